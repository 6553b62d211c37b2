"""Intervals of scores: solved by hand, compared with enumeration, and true of every release made from scores."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.composite.quantiles import quantiles
from analysis.disclosure.bounds import Contradiction, propagate
from analysis.disclosure.column import MEASURES, Column, as_printed, column_of, place
from analysis.disclosure.decide import INFEASIBLE, NARROW, OPEN, UNDECIDED, Interval, intervals
from analysis.errors import MethodError

RESOLUTION = 0.001
Groups = dict[str, list[str]]


def described(values: np.ndarray, quantile_type: int = 7) -> dict[str, float]:
    q = quantiles(pd.DataFrame({"x": values}), [0, 0.25, 0.5, 0.75, 1], quantile_type=quantile_type)["x"].to_list()
    return dict(zip(MEASURES, [q[0], q[1], q[2], float(np.mean(values)), q[3], q[4]], strict=True))


def released(
    scores: list[float], groups: Groups, *, decimals: int = 2, resolution: float = RESOLUTION, kind: int = 7
) -> Column:
    """The column that a publisher of these scores releases: six measures of each group."""
    values = np.array(scores)
    printed = {}
    for dimension, labels in groups.items():
        for group in dict.fromkeys(labels):
            own = values[[i for i, g in enumerate(labels) if g == group]]
            printed[dimension, group] = {m: as_printed(v, decimals) for m, v in described(own, kind).items()}
    return column_of(
        groups, printed, [True] * len(scores), code="X", decimals=decimals, resolution=resolution, quantile_type=kind
    )


def decide(column: Column, threshold: float = 0.02) -> dict[int, Interval]:
    """Respondent → interval."""
    found = intervals(column, threshold=threshold, limit=5, seed=1)
    return {i: interval for members, interval in zip(column.profiles, found, strict=True) for i in members}


def test_a_group_of_one_is_printed_itself() -> None:
    found = decide(released([0.314, 0.5, 0.7], {"d": ["a", "b", "b"]}))
    assert (found[0].status, found[0].single) == (NARROW, True)
    assert (found[0].low, found[0].high) == (305, 314)  # everything that prints as 0.31, and no more


def test_two_of_one_profile_hide_behind_each_other_but_not_their_values() -> None:
    found = decide(released([0.2, 0.6], {"d": ["a", "a"]}))
    assert found[0] == found[1]
    assert found[0].status == OPEN
    assert (found[0].low, found[0].high) == (195, 604)


def test_two_told_apart_by_another_table_are_both_disclosed() -> None:
    # d puts both into one group, e tells which of them is the larger one
    scores, groups = [0.2, 0.6, 0.6, 0.9], {"d": ["a", "a", "b", "b"], "e": ["x", "y", "x", "y"]}
    found = decide(released(scores, groups))
    assert all(found[i].single for i in range(4))


def test_the_median_of_three_is_a_score_but_not_known_whose() -> None:
    column = released([0.1, 0.4, 0.9], {"d": ["a", "a", "a"]})
    assert column.profiles == [(0, 1, 2)]
    found = decide(column)
    assert found[0].status == OPEN and (found[0].low, found[0].high) == (95, 904)


def test_a_complement_discloses_the_one_who_is_left() -> None:
    # The mean of three and the mean of two of them give the third, though no group has a single member in print.
    printed = {("all", "all"): {"mean": as_printed(0.5, 2)}, ("d", "a"): {"mean": as_printed(0.25, 2)}}
    column = column_of(
        {"all": ["all"] * 3, "d": ["a", "a", "b"]}, printed, [True] * 3, code="X", decimals=2, resolution=RESOLUTION
    )
    found = decide(column, threshold=0.06)
    # 3 · [0.495, 0.505) - 2 · [0.245, 0.255): between 0.975 and 1
    assert found[2].status == NARROW and found[2].low in range(973, 977)
    assert found[0].status == OPEN


def test_respondents_without_a_score_take_no_part() -> None:
    groups = {"d": ["a", "a", "b"]}
    printed = {("d", "a"): {"mean": as_printed(0.3, 2)}, ("d", "b"): {"mean": as_printed(0.8, 2)}}
    column = column_of(groups, printed, [True, False, True], code="X", decimals=2, resolution=RESOLUTION)
    assert column.n == 2 and decide(column)[0].single


def test_impossible_statistics_are_said_to_be_infeasible() -> None:
    printed = {("d", "a"): {"min": as_printed(0.2, 2), "benchmark": as_printed(0.3, 2), "mean": as_printed(0.5, 2)}}
    column = column_of({"d": ["a", "a"]}, printed, [True, True], code="X", decimals=2, resolution=RESOLUTION)
    assert [i.status for i in intervals(column, threshold=0.02, limit=5, seed=1)] == [INFEASIBLE]
    with pytest.raises(Contradiction, match="a"):
        propagate(column)
    # Nothing is wrong with one group alone: only the search sees that four scores cannot be so few.
    both = {"min": as_printed(0.1, 2), "benchmark": as_printed(0.9, 2)}
    printed = {("d", "a"): both, ("d", "b"): both, ("e", "x"): {"benchmark": as_printed(0.5, 2)}, ("e", "y"): both}
    groups = {"d": ["a", "a", "b", "b"], "e": ["x", "x", "x", "y"]}
    column = column_of(groups, printed, [True] * 4, code="X", decimals=2, resolution=RESOLUTION)
    assert {i.status for i in intervals(column, threshold=0.02, limit=5, seed=1)} == {INFEASIBLE}


def test_a_limit_that_runs_out_is_undecided_and_still_bounded() -> None:
    rng = np.random.default_rng(3)
    groups = {"all": ["all"] * 24, "d": list("abcd" * 6), "e": list("xxxyyy" * 4)}
    column = released([float(v) for v in rng.random(24)], groups)
    found = intervals(column, threshold=0.02, limit=1e-9, seed=1)
    assert {i.status for i in found} <= {UNDECIDED, NARROW} and UNDECIDED in {i.status for i in found}


def test_errors_name_what_is_wrong() -> None:
    printed = {("d", "a"): {"mean": as_printed(0.3, 2)}}
    arguments = {"code": "X", "decimals": 2, "resolution": RESOLUTION}
    with pytest.raises(MethodError, match="no membership for dimension `d`; known: e"):
        column_of({"e": ["a"]}, printed, [True], **arguments)
    with pytest.raises(MethodError, match="nobody in it has a score in X"):
        column_of({"d": ["a"]}, printed, [False], **arguments)
    with pytest.raises(MethodError, match="unknown measure 'maen'"):
        column_of({"d": ["a"]}, {("d", "a"): {"maen": as_printed(0.3, 2)}}, [True], **arguments)
    column = column_of({"d": ["a"]}, printed, [True], code="X", decimals=2, resolution=0.003)
    with pytest.raises(MethodError, match=r"not an even number of resolutions 0\.003"):
        intervals(column, threshold=0.02, limit=5, seed=1)


@pytest.mark.parametrize("kind", [6, 7])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 9, 42])
def test_places_are_those_of_the_quantiles(n: int, kind: int) -> None:
    values = np.sort(np.random.default_rng(n).random(n))
    for measure, value in described(values, kind).items():
        if measure == "mean":
            continue
        at = place(measure, n, kind)
        weight = at.quarters / 4
        mine = values[at.first] if not at.quarters else (1 - weight) * values[at.first] + weight * values[at.first + 1]
        assert mine == pytest.approx(value)


def enumerated(column: Column, grid: int) -> dict[int, tuple[float, float]]:
    """Lowest and highest score of each respondent over all columns of the grid that print as released, in integers."""
    ticks = np.array(list(product(range(grid + 1), repeat=column.n)))
    fits = np.ones(len(ticks), dtype=bool)
    scale = 10**column.decimals
    for group in column.released:
        own = np.sort(ticks[:, list(group.members)], axis=1)
        n = own.shape[1]
        for measure, value in group.printed.items():
            if measure == "mean":
                top, bottom = own.sum(axis=1), n * grid
            else:
                at = place(measure, n, column.quantile_type)
                nxt = min(at.first + 1, n - 1)
                top, bottom = (4 - at.quarters) * own[:, at.first] + at.quarters * own[:, nxt], 4 * grid
            fits &= (2 * scale * top + bottom) // (2 * bottom) == int(value * scale)  # half up
    low, high = ticks[fits].min(axis=0) / grid, ticks[fits].max(axis=0) / grid
    return {i: (float(low[i]), float(high[i])) for i in range(column.n)}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", [6, 7])
def test_intervals_agree_with_enumeration(seed: int, kind: int) -> None:
    """One printed decimal, a grid of 1/20: all columns of four scores, half of them on the edge of a printed value."""
    rng = np.random.default_rng(seed)
    scores = [float(v) / 20 for v in rng.integers(0, 21, 4)]
    groups: Groups = {"d": [str(v) for v in rng.integers(0, 2, 4)], "e": [str(v) for v in rng.integers(0, 2, 4)]}
    column = released(scores, groups, decimals=1, resolution=0.05, kind=kind)
    found = decide(column, threshold=0.2)
    for i, (low, high) in enumerated(column, 20).items():
        assert found[i].low * 0.05 <= low + 1e-9 and high <= (found[i].high + 1) * 0.05 - 1e-9
        assert found[i].status in (NARROW, OPEN, UNDECIDED)
        if high - low >= 0.2 - 1e-9:
            assert found[i].status == OPEN
        if found[i].status == OPEN:  # the strict grid of the solver is the grid enumerated here
            assert high - low >= 0.2 - 1e-9
        if found[i].single:
            assert as_printed(low, 1) == as_printed(high, 1)


PEOPLE = st.integers(3, 9).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0, 1).map(lambda v: round(v, 6)), min_size=n, max_size=n),
        st.lists(st.sampled_from("ab"), min_size=n, max_size=n),
        st.lists(st.sampled_from("xyz"), min_size=n, max_size=n),
    )
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(PEOPLE)
def test_the_true_scores_are_always_inside(case: tuple[list[float], list[str], list[str]]) -> None:
    scores, d, e = case
    column = released(scores, {"all": ["all"] * len(scores), "d": d, "e": e})
    low, high = propagate(column)
    found = decide(column)
    for i, score in enumerate(scores):
        assert low[i] * RESOLUTION - 1e-9 <= score < (high[i] + 1) * RESOLUTION + 1e-9
        assert found[i].status != INFEASIBLE
        assert found[i].low * RESOLUTION - 1e-9 <= score < (found[i].high + 1) * RESOLUTION + 1e-9
        assert low[i] <= found[i].low and found[i].high <= high[i]
        if found[i].single:
            assert as_printed(score, 2) == as_printed(found[i].low * RESOLUTION, 2)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(PEOPLE)
def test_more_tables_never_reveal_less(case: tuple[list[float], list[str], list[str]]) -> None:
    scores, d, e = case
    few = decide(released(scores, {"d": d}))
    many = decide(released(scores, {"d": d, "e": e}))
    for i in range(len(scores)):
        if few[i].status == NARROW:
            assert many[i].status == NARROW
        if many[i].status == OPEN:
            assert few[i].status == OPEN


def test_the_same_release_gives_the_same_intervals_whatever_the_order_of_respondents() -> None:
    rng = np.random.default_rng(5)
    scores, d, e = [float(v) for v in rng.random(12)], list("aabbccaabbcc"), list("xyzxyzxyzzyx")
    base = decide(released(scores, {"d": d, "e": e}))
    assert base == decide(released(scores, {"d": d, "e": e}))
    order = rng.permutation(12)
    turned = decide(released([scores[i] for i in order], {"d": [d[i] for i in order], "e": [e[i] for i in order]}))
    for at, i in enumerate(order):
        assert (turned[at].status, turned[at].single) == (base[i].status, base[i].single)


@pytest.mark.parametrize("case", [10, 12])
def test_bounds_do_not_depend_on_the_columns_that_the_search_came_across(case: int) -> None:
    rng, n = np.random.default_rng(case), 30
    groups = {"all": ["all"] * n}
    for dimension, labels in (("d", "abcde"), ("e", "xxyyz"), ("f", "kkl")):
        groups[dimension] = list(rng.permutation(list((labels * n)[:n])))
    column = released([float(v) for v in rng.beta(2, 3, n)], groups)
    found = [intervals(column, threshold=0.02, limit=5, seed=seed) for seed in (1, 2)]
    bounds = [[(i.status, i.low, i.high) for i in some] for some in found]
    assert {status for status, *_ in bounds[0]} == {NARROW, OPEN}
    assert bounds[0] == bounds[1]
