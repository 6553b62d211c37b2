"""Coherence, redundancy, decomposition and links: cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.composite.coherence import (
    collinear_pairs,
    group_consistency,
    group_correlations,
    holm,
    parent_correlations,
)
from analysis.composite.decomposition import contributions, leave_one_out, nearest_gains
from analysis.composite.index import Index, build_index
from analysis.composite.links import correlation_interval, links
from analysis.composite.redundancy import array_kendall, audit_redundancy
from analysis.composite.structure import Structure
from analysis.config import IndexMethod, load_index_method
from analysis.errors import MethodError

ENGINE = load_index_method(None)


def tree(**parents: str) -> Structure:
    return Structure.from_table(pd.DataFrame({"parent": parents}))


def frame(n: int, **columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index([f"U{i:02d}" for i in range(n)], name="unit"))


def everything(index: Index) -> pd.DataFrame:
    return pd.concat([index.normalised, index.scores], axis=1)


def test_flags_of_correlations() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(size=200)
    x = frame(200, a=base, b=base + 0.01 * rng.normal(size=200), c=-base, d=rng.normal(size=200))
    s = tree(a="G", b="G", c="G", d="H", G="T", H="T", T="")
    index = build_index(x, s, ENGINE)
    pairs = group_correlations(everything(index), s).set_index(["code", "other"])["flag"]
    assert pairs["a", "b"] == "collinear" and pairs["a", "c"] == "negative"
    above = parent_correlations(everything(index), s).set_index(["code", "ancestor"])
    assert above.at[("c", "G"), "flag"] == "negative" and above.at[("d", "H"), "flag"] == "high"
    assert above.at[("d", "T"), "steps"] == 2
    found = stats.pearsonr(index.normalised["a"], index.scores["G"])
    np.testing.assert_allclose(above.loc[("a", "G"), ["r", "p"]].astype(float), found)
    assert (above["p_holm"] >= above["p"]).all()
    strong = collinear_pairs(x)
    assert strong[["code", "other"]].values.tolist() == [["a", "c"], ["a", "b"], ["b", "c"]]
    consistent = group_consistency(everything(index), s).set_index("code")
    assert consistent.at["G", "pc1_negative"] == "c" and consistent.at["G", "pc1_share"] > 0.99
    assert consistent.at["G", "drop"] == "c" and consistent.at["G", "alpha_without"] > 0.99


def test_holm_by_hand() -> None:
    # Four tests (one of five is missing): 0.01·4, 0.02·3, then not below the one before.
    adjusted = holm(np.array([0.02, 0.01, np.nan, 0.03, 0.9]))
    np.testing.assert_allclose(adjusted[[0, 1, 3, 4]], [0.06, 0.04, 0.06, 0.9])
    assert np.isnan(adjusted[2])


def test_kendall_is_tau_b() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 5, 30).astype(float), rng.integers(0, 5, (4, 30)).astype(float)
    np.testing.assert_allclose(array_kendall(a, b), [stats.kendalltau(a, row)[0] for row in b])
    few, many = np.array([2.0, 1, np.nan, 4] * 70), np.array([[1.0, 2, 3, np.nan] * 70])
    long_few, long_many = np.tile(few, 2), np.tile(many, 2)  # beyond the limit of pairs: by sorting
    expected = stats.kendalltau(long_few[:280], long_many[0, :280], nan_policy="omit")[0]
    assert array_kendall(few, many)[0] == pytest.approx(expected)
    expected = stats.kendalltau(long_few, long_many[0], nan_policy="omit")[0]
    assert array_kendall(long_few, long_many)[0] == pytest.approx(expected)


@pytest.mark.parametrize("exchange", [True, False])
def test_copies_are_redundant_and_noise_is_not(exchange: bool) -> None:
    rng = np.random.default_rng(5)
    one, two = rng.normal(size=40), rng.normal(size=40)
    x = frame(40, a=one, b=one, c=one, d=two, e=two)
    s = tree(a="G", b="G", c="G", d="H", e="H", G="T", H="T", T="")
    index = build_index(x, s, ENGINE)
    audit = audit_redundancy(index.normalised, s, ENGINE.aggregation, index.weights, exchange=exchange)
    assert len(audit.kept) == 2 and {s.elements.at[c, "parent"] for c in audit.kept} == {"G", "H"}
    path = audit.path.set_index("kept")
    np.testing.assert_allclose(path.loc[[5, 4, 3, 2], "tau"], 1)
    assert path.at[1, "tau"] < 0.95 and path.at[1, "largest_shift"] > 1
    assert audit.lost.set_index("code").loc["G", ["members", "kept", "tau"]].tolist() == [3, 1, 1.0]


def test_the_set_that_the_audit_returns_does_keep_the_ranking() -> None:
    rng = np.random.default_rng(6)
    codes = [f"i{j}" for j in range(12)]
    common = rng.normal(size=(30, 1))
    x = frame(30, **dict(zip(codes, (common + rng.normal(size=(30, 12))).T, strict=True)))
    s = tree(**{c: "GHK"[j % 3] for j, c in enumerate(codes)}, G="T", H="T", K="T", T="")
    index = build_index(x, s, ENGINE)
    audit = audit_redundancy(index.normalised, s, ENGINE.aggregation, index.weights, threshold=0.8)
    smaller = build_index(x[audit.kept], s.without(set(codes) - set(audit.kept)), ENGINE)
    tau = stats.kendalltau(index.scores["T"], smaller.scores["T"])[0]
    assert tau >= 0.8 and tau == pytest.approx(audit.path.set_index("kept").at[len(audit.kept), "tau"])
    assert len(audit.kept) < 12


def small() -> tuple[pd.DataFrame, Structure, Index]:
    x = frame(5, a=np.array([0.0, 1, 2, 3, 10]), b=np.array([5.0, 4, 3, 2, 1]), c=np.array([1.0, np.nan, 2, 2, 3]))
    table = pd.DataFrame({"parent": {"a": "G", "b": "G", "c": "H", "G": "T", "H": "T", "T": ""}})
    table["direction"] = [1.0, -1, 1, 1, 1, 1]
    s = Structure.from_table(table)
    return x, s, build_index(x, s, ENGINE)


def test_leaving_out_equals_an_index_without_the_indicator() -> None:
    x, s, index = small()
    table = leave_one_out(index.normalised, s, ENGINE.aggregation, index.weights)
    for code in "abc":
        without = build_index(x.drop(columns=code), s.without([code]), ENGINE)
        shift = (without.ranks["T"] - index.ranks["T"]).abs()
        assert table.at[code, "mean_shift"] == pytest.approx(shift.mean())
        assert table.at[code, "largest_shift"] == shift.max() and table.at[code, "moved"] == (shift > 0).sum()


def gains(x: pd.DataFrame, s: Structure, index: Index, method: IndexMethod = ENGINE, **keys: object) -> pd.DataFrame:
    return nearest_gains(
        index.prepared, index.normalised, index.scores, s, method.aggregation, index.weights,
        treatment_log=index.treatment_log, **keys,  # type: ignore[arg-type]
    )  # fmt: skip


def test_nearest_gains_by_hand() -> None:
    x, s, index = small()
    table = gains(x, s, index, top=None).set_index(["unit", "code"])
    # U00 has a = 0: the nearest better quartile of 0, 1, 2, 3, 10 is Q1 = 1, a tenth of the scale, an eighth… of T.
    first = table.loc[("U00", "a")]
    assert (first["goal"], first["goal_value"], first["change"]) == ("q1", 1, 1)
    assert first["gain"] == pytest.approx(0.1 / 4)
    # b is better when low: U00 has 5, Q1 from the worse end is 4, a quarter of the scale.
    assert table.loc[("U00", "b"), ["goal_value", "change"]].tolist() == [4, -1]
    assert ("U01", "c") not in table.index, "a missing answer is no gain"
    assert "U04" not in table.index.get_level_values(0), "the best everywhere has nothing to gain"
    best = gains(x, s, index, goal="benchmark", top=None).set_index(["unit", "code"])
    assert best.loc[("U00", "a"), ["goal", "goal_value"]].tolist() == ["best", 10]
    # What is said to come out does come out of a fresh index, while the scale stays (10 and 0 remain the extremes).
    changed = x.copy()
    changed.loc["U01", "a"] = table.loc[("U01", "a"), "goal_value"]
    again = build_index(changed, s, ENGINE)
    assert again.scores.at["U01", "T"] == pytest.approx(table.loc[("U01", "a"), "score_after"])
    assert again.ranks.at["U01", "T"] == table.loc[("U01", "a"), "rank_after"]


def test_a_goal_beyond_the_fence_is_the_fence() -> None:
    x, s, _ = small()
    method = ENGINE.replaced(treatment={"rule": "iqr_cap"})
    index = build_index(x, s, method)
    table = gains(x, s, index, method, goal="benchmark", top=None).set_index(["unit", "code"])
    assert table.at[("U00", "a"), "goal_value"] == 3 + 1.5 * 2


def test_what_does_not_add_up_is_refused() -> None:
    x, s, _ = small()
    for rule in ("harmonic", "copeland"):
        method = ENGINE.replaced(aggregation={"rule": rule}, normalisation={"lower": 1.0, "upper": 2.0})
        index = build_index(x, s, method)
        with pytest.raises(MethodError, match="do not add up"):
            contributions(index.normalised, index.scores, s, method.aggregation, index.weights)
    with pytest.raises(MethodError, match="a change of one unit changes the others"):
        gains(x, s, index, method)


def test_links_and_their_intervals() -> None:
    # Bonett & Wright (2000): Pearson r = .5, n = 30: artanh .5 ± 1.96/√27.
    low, high = correlation_interval(0.5, 30, "pearson")
    np.testing.assert_allclose([low, high], np.tanh(np.arctanh(0.5) + np.array([-1, 1]) * 1.959964 / np.sqrt(27)))
    rng = np.random.default_rng(8)
    scores = frame(30, T=rng.normal(size=30))
    outside = pd.DataFrame({"same": scores["T"] * 2 + 1, "noise": rng.normal(size=30)}).sample(frac=1, random_state=1)
    outside.iloc[0, 0] = np.nan
    table = links(scores, outside).set_index(["variable", "method"])
    assert table.at[("same", "pearson"), "r"] == pytest.approx(1) and table.at[("same", "kendall"), "n"] == 29
    r = stats.spearmanr(scores["T"], outside["noise"].reindex(scores.index))
    assert table.at[("noise", "spearman"), "r"] == pytest.approx(r[0])
    assert (table["low"] <= table["r"] + 1e-12).all() and (table["p_holm"] >= table["p"]).all()
    with pytest.raises(MethodError, match="group is not numeric"):
        links(scores, pd.DataFrame({"group": list("ab")}))
