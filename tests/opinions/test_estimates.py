"""Intervals of answers nested in clusters, against numbers published elsewhere and worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.opinions.counts import Counts, Item, count_answers
from analysis.opinions.estimates import KEY, bootstrap_errors, estimate, ratio_variance, wilson

BOOK = pd.DataFrame(
    [("q__one", "7", "single", "yn"), ("rate", "24", "rating", "scale")],
    columns=["item", "question_no", "type", "option_list"],
)
LISTS = pd.DataFrame(
    [("yn", "yes", ""), ("yn", "no", ""), ("scale", "low", "1"), ("scale", "average", "3"), ("scale", "high", "5"),
     ("scale", "dont_know", "")],
    columns=["option_list", "option", "score"],
)  # fmt: skip
ANSWERS = pd.DataFrame({"q__one": ["yes", "no", "yes", ""], "rate": ["low", "high", "high", "dont_know"]})

YES_NO = Item("q", "1", "single", "yn", ("yes", "no"), (float("nan"),) * 2)


def nested(yes: list[int], no: list[int]) -> Counts:
    names = pd.Index([f"C{i:02d}" for i in range(len(yes))])
    return Counts(names, (YES_NO,), {"q": np.array([yes, no]).T})


def row(table: pd.DataFrame, **wanted: object) -> pd.Series:
    for column, value in wanted.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_one_stage_sample_of_suites_has_the_published_error() -> None:
    """Lohr, Sampling: Design and Analysis, example 5.2: grades of 5 suites of 4 students; mean 2.826, SE 0.164."""
    suites = np.array(
        [[3.08, 2.60, 3.44, 3.04], [2.36, 3.04, 3.28, 2.68], [2.00, 2.56, 2.52, 1.88], [3.00, 2.88, 3.44, 3.64],
         [2.68, 1.92, 3.28, 3.20]]
    )  # fmt: skip
    y, n = suites.sum(axis=1), np.full(5, 4.0)
    ratio = y.sum() / n.sum()
    variance = ratio_variance(*(np.array(x) for x in ((y * y).sum(), (y * n).sum(), (n * n).sum(), ratio, n.sum(), 5)))
    assert ratio == pytest.approx(2.826, abs=5e-4)
    # The book takes 5 of 100 suites and so has the finite population correction.
    assert float(np.sqrt(variance * (1 - 5 / 100))) == pytest.approx(0.164, abs=5e-4)


def test_design_effect_by_hand() -> None:
    """Two clusters of 4 that answer 4 and 0 yes: v = 2 · (2² + 2²) / 8² = 1/4; as many independent: (1/4) / 7."""
    found = row(estimate(nested([4, 0], [0, 4])), option="yes")
    assert found["value"] == 50 and found["se"] == pytest.approx(50)
    assert found["deff"] == pytest.approx(7)


def test_one_respondent_in_each_cluster_is_a_simple_random_sample() -> None:
    found = row(estimate(nested([1] * 30 + [0] * 70, [0] * 30 + [1] * 70)), option="yes")
    assert found["deff"] == pytest.approx(1.0)
    assert found["se"] == pytest.approx(100 * np.sqrt(0.3 * 0.7 / 99))


def test_wilson_of_a_textbook_example() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 is 0.2553 to 0.3662, 0 of 20 is 0 to 0.1611."""
    low, high = wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]), 1.959964)
    assert low == pytest.approx([0.2553, 0.0], abs=5e-5) and high == pytest.approx([0.3662, 0.1611], abs=5e-5)


def test_intervals_contain_the_value_and_stay_in_range() -> None:
    table = estimate(nested([3, 0, 7, 2, 5, 1], [2, 9, 1, 2, 0, 4]))
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (table["low"] >= 0).all() and (table["high"] <= 100).all()


def test_nobody_said_so_is_no_certainty() -> None:
    """Without any yes the design effect is unknown: six clusters count as six answers, not as thirty."""
    found = row(estimate(nested([0] * 6, [5] * 6)), option="yes")
    expected = wilson(np.array(0.0), np.array(6.0), 2.5705818)[1]
    assert found["low"] == 0 and found["high"] == pytest.approx(100 * float(expected)) and np.isnan(found["deff"])


def test_small_bases_are_flagged_and_one_cluster_has_no_interval() -> None:
    counts = nested([10, 20, 30, 5, 5, 9], [10, 20, 30, 5, 5, 9])
    groups = pd.DataFrame({"kind": ["a", "b", "b", "b", "b", "b"]}, index=counts.clusters)
    table = estimate(counts, groups, small_base=30, small_clusters=5)
    single, many = (row(table, group=g, option="yes") for g in ("a", "b"))
    assert single["small"] and np.isnan(single["low"]) and np.isnan(single["se"])
    assert not many["small"] and many["clusters"] == 5 and many["n"] == 138


def test_a_group_is_estimated_as_if_it_were_alone() -> None:
    counts = nested([3, 0, 7, 2, 5, 1], [2, 9, 1, 2, 0, 4])
    groups = pd.DataFrame({"kind": list("aaabbb")}, index=counts.clusters)
    inside = row(estimate(counts, groups), group="a", option="yes")
    alone = row(estimate(nested([3, 0, 7], [2, 9, 1])), option="yes")
    for column in ("value", "se", "low", "high", "deff"):
        assert inside[column] == pytest.approx(alone[column])


def test_bootstrap_agrees_with_linearisation() -> None:
    rng = np.random.default_rng(1)
    size = rng.integers(5, 30, 60)
    yes = rng.binomial(size, rng.beta(4, 6, 60))
    counts = nested(yes.tolist(), (size - yes).tolist())
    drawn = bootstrap_errors(counts, draws=4000, level=0.95, rng=rng)
    both = estimate(counts).merge(drawn, on=KEY)
    assert (both["boot_se"] / both["se"]).between(0.95, 1.05).all()
    again = bootstrap_errors(counts, draws=100, level=0.95, rng=np.random.default_rng(5))
    assert again.equals(bootstrap_errors(counts, draws=100, level=0.95, rng=np.random.default_rng(5)))


def test_ratings_have_mean_and_top_two_of_those_with_an_opinion() -> None:
    counts = count_answers(ANSWERS.assign(c=["x", "x", "y", "y"]), BOOK, LISTS, cluster="c")
    table = estimate(counts, headlines={"yn": ["yes"]})
    mean = row(table, item="rate", measure="mean")
    assert mean["value"] == pytest.approx(11 / 3) and mean["n"] == 3
    assert row(table, item="rate", measure="top_two")["value"] == pytest.approx(200 / 3)
    assert row(table, item="q__one", measure="headline")["value"] == pytest.approx(200 / 3)


def test_what_cannot_be_counted_is_refused_by_name() -> None:
    with pytest.raises(MethodError, match="without a cluster"):
        count_answers(ANSWERS.assign(c=["x", "", "y", "y"]), BOOK, LISTS, cluster="c")
    with pytest.raises(MethodError, match="rate: `middling` is not among"):
        count_answers(ANSWERS.assign(rate="middling"), BOOK, LISTS)
    counts = nested([1, 2], [2, 1])
    with pytest.raises(MethodError, match="nothing is known about C01"):
        estimate(counts, pd.DataFrame({"kind": ["a"]}, index=["C00"]))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12), st.randoms())
def test_order_and_names_of_clusters_change_nothing(cells: list[tuple[int, int]], random: object) -> None:
    if not sum(map(sum, cells)):
        return
    mixed = list(cells)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = (estimate(nested(*map(list, zip(*c, strict=True)))) for c in (cells, mixed))
    pd.testing.assert_frame_equal(first, second, check_exact=False, rtol=1e-9, atol=1e-9)
