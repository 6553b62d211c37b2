"""Each step against hand-worked cases, independent implementations, and what COINr's tests expect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.composite.aggregation import array_aggregate, array_mean
from analysis.composite.availability import screen
from analysis.composite.benefit_of_the_doubt import array_benefit_of_the_doubt
from analysis.composite.denomination import denominate
from analysis.composite.imputation import impute
from analysis.composite.index import build_index
from analysis.composite.normalisation import array_rank, normalise
from analysis.composite.outranking import array_copeland, array_outranking
from analysis.composite.quantiles import array_quantiles
from analysis.composite.statistics import describe_indicators
from analysis.composite.structure import Structure
from analysis.composite.transforms import array_kurtosis, array_skewness, boxcox, winsorise
from analysis.composite.treatment import cap, iqr_fences, treat, treatment_summary
from analysis.composite.weighting import by_number_of_indicators, noisy_weights, optimised_weights, pca_weights
from analysis.config import (
    Aggregation,
    Availability,
    Denomination,
    Imputation,
    Normalisation,
    Treatment,
    load_index_method,
)
from analysis.errors import FrameworkError, MethodError

NUMPY = {
    1: "inverted_cdf", 2: "averaged_inverted_cdf", 3: "closest_observation", 4: "interpolated_inverted_cdf",
    5: "hazen", 6: "weibull", 7: "linear", 8: "median_unbiased", 9: "normal_unbiased",
}  # fmt: skip


def frame(**columns: list[float]) -> pd.DataFrame:
    index = pd.Index([f"U{i}" for i in range(1, len(next(iter(columns.values()))) + 1)], name="unit")
    return pd.DataFrame(columns, index=index, dtype=float)


def tree(**parents: str) -> Structure:
    return Structure.from_table(pd.DataFrame({"parent": parents}))


# --------------------------------------------------------------------------------------------------------- quantiles


@pytest.mark.parametrize("kind", NUMPY)
def test_quantiles_of_all_nine_types(kind: int) -> None:
    rng = np.random.default_rng(kind)
    p = [0, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1]
    for n in range(1, 40):
        x = np.round(rng.lognormal(2, 1, (3, n, 4)), 1)
        expected = np.quantile(x, p, axis=1, method=NUMPY[kind])  # type: ignore[call-overload]
        np.testing.assert_allclose(array_quantiles(x, p, quantile_type=kind), expected, rtol=1e-14)
    # R: quantile(c(1, 2, 4, 8, 16, 32), .4, type = 1:9)
    r = [4, 4, 2, 2.8, 3.8, 3.6, 4, 3.7333333333333334, 3.75]
    assert array_quantiles(np.array([[1.0], [2], [4], [8], [16], [32]]), [0.4], quantile_type=kind)[0, 0] == (
        pytest.approx(r[kind - 1])
    )


def test_quantiles_leave_out_missing_values() -> None:
    x = np.array([[3.0, np.nan], [np.nan, np.nan], [1.0, np.nan]])
    assert array_quantiles(x, [0.5])[0].tolist()[0] == 2 and np.isnan(array_quantiles(x, [0.5])[0, 1])


# --------------------------------------------------------------------------------------------------------- treatment


def test_skewness_and_kurtosis_are_of_type_2() -> None:
    x = np.random.default_rng(1).lognormal(0, 1, (30, 3))
    np.testing.assert_allclose(array_skewness(x), stats.skew(x, bias=False))
    np.testing.assert_allclose(array_kurtosis(x), stats.kurtosis(x, bias=False))
    x[::4] = np.nan
    np.testing.assert_allclose(array_skewness(x), stats.skew(x, bias=False, nan_policy="omit"))
    assert np.isnan(array_skewness(np.full((5, 1), 0.1))).all()


def test_winsorising_as_in_coinr() -> None:
    # COINr tests/testthat/test-treat.R: 1…10 and 100: the outlier becomes 10; 1…20, 100, 200 with one point: log.
    done = winsorise(np.array([*range(1, 11), 100.0]), max_points=5)
    assert done.values.tolist() == [*range(1, 11), 10.0] and done.points == 1
    x = frame(a=[*range(1, 21), 100, 200])
    logged = treat(x, Treatment(rule="winsorise_log", max_points=1))
    low, spread = 1, 199
    np.testing.assert_allclose(logged.values["a"], np.log(x["a"] - low + 0.01 * spread))
    assert set(logged.log["side"]) == {"log"} and len(logged.log) == 22
    only = treat(x, Treatment(rule="winsorise", max_points=1))
    assert only.values["a"].max() == 100
    summary = treatment_summary(x, only, Treatment(rule="winsorise", max_points=1))
    assert not summary.at["a", "passes_after"] and summary.at["a", "changed"] == 1
    forced = treat(x, Treatment(rule="winsorise", indicators={"a": {"points": 3}}))  # type: ignore[dict-item]
    assert len(forced.log) == 3


def test_ties_at_an_extreme_go_together_and_low_outliers_are_raised() -> None:
    tied = winsorise(np.array([*range(1, 11), 100.0, 100.0]), max_points=1, points=1)
    assert tied.values.tolist() == [*range(1, 11), 10.0, 10.0] and tied.points == 2
    low = winsorise(-np.array([*range(1, 11), 100.0]), max_points=5)
    assert low.values.min() == -10 and low.side.tolist()[-1] == "lower"


def test_an_override_acts_although_the_test_passes() -> None:
    x = frame(a=[1, 2, 3, 4, 5, 6, 7, 8])
    untouched = treat(x, Treatment(rule="winsorise_log"))
    assert untouched.values.equals(x) and untouched.log.empty
    for over in ({"rule": "log"}, {"rule": "winsorise", "points": 1}, {"rule": "boxcox", "boxcox_lambda": 0.5}):
        assert not treat(x, Treatment(indicators={"a": over})).log.empty  # type: ignore[dict-item]
    asked = treat(x, Treatment(indicators={"a": {"rule": "log", "test": True}}))  # type: ignore[dict-item]
    assert asked.log.empty
    other_k = treat(frame(a=[0, 1, 2, 3, 9]), Treatment(rule="iqr_cap", indicators={"a": {"k": 10.0}}))  # type: ignore[dict-item]
    assert other_k.log.empty


def test_boxcox_lambda_is_the_maximum_likelihood_estimate() -> None:
    x = np.random.default_rng(3).lognormal(1, 0.6, 200) ** 1.3
    made, lam = boxcox(x)
    expected, best = stats.boxcox(x)
    assert lam == pytest.approx(best, abs=1e-4)
    np.testing.assert_allclose(made, expected, rtol=1e-3)
    np.testing.assert_allclose(boxcox(x, lam=0.0)[0], np.log(x))


def test_fences_for_many_k_at_once() -> None:
    x = np.random.default_rng(5).lognormal(0, 1, (30, 4))
    k = np.array([0.5, 1.5, 3.0])
    together = cap(x, iqr_fences(x, k=k, side="both"))
    assert together.shape == (3, 30, 4)
    for one, value in zip(together, k, strict=True):
        np.testing.assert_array_equal(one, cap(x, iqr_fences(x, k=float(value), side="both")))


# ------------------------------------------------------------------------------------------------------ normalisation


def scaled(rule: str, values: list[float], sign: int = 1, **keys: object) -> list[float]:
    settings = Normalisation.model_validate({"rule": rule, "indicators": {"a": keys}} if keys else {"rule": rule})
    return normalise(frame(a=values), pd.Series({"a": sign}), settings)["a"].round(6).tolist()


def test_every_normaliser_by_hand() -> None:
    x = [2.0, 4.0, 4.0, 10.0]
    assert scaled("minmax", x, lower=1, upper=9) == [1, 3, 3, 9]
    assert scaled("minmax", x, -1) == [1, 0.75, 0.75, 0]
    np.testing.assert_allclose(scaled("zscore", x), (np.array(x) - 5) / np.std(x, ddof=1), atol=1e-6)
    np.testing.assert_allclose(np.std(scaled("zscore", x, mean=100, sd=10), ddof=1), 10, atol=1e-5)
    assert scaled("rank", x) == [1, 2, 2, 4] and scaled("rank", x, -1) == [4, 2, 2, 1]
    assert scaled("borda", x) == [0, 1, 1, 3]
    assert scaled("percentile_rank", x) == [0, round(1 / 3, 6), round(1 / 3, 6), 1]
    assert scaled("distance_to_max", x) == [0, 0.25, 0.25, 1]
    assert scaled("distance_to_reference", x, reference=6) == [0, 0.5, 0.5, 1]
    assert scaled("distance_to_reference", x, reference=6, cap=False) == [0, 0.5, 0.5, 2]
    assert scaled("distance_to_reference", x, reference_unit="U2") == [0, 1, 1, 1]
    assert scaled("distance_to_target", x, target=18) == [0, 0.125, 0.125, 0.5]
    assert scaled("distance_to_target", x, -1, target=0) == [0.8, 0.6, 0.6, 0]
    assert scaled("fraction_of_max", x) == [0.2, 0.4, 0.4, 1]
    assert scaled("goalposts", x, goalpost_low=0, goalpost_high=8) == [0.25, 0.5, 0.5, 1]
    assert scaled("goalposts", x, -1, goalpost_low=0, goalpost_high=8) == [0.75, 0.5, 0.5, 0]
    assert scaled("goalposts", x, goalpost_low=4, goalpost_high=8, cap=False) == [-0.5, 0, 0, 1.5]


def test_ranks_with_missing_values_match_pandas() -> None:
    rng = np.random.default_rng(7)
    x = rng.integers(0, 6, (4, 15, 3)).astype(float)
    x[rng.random(x.shape) < 0.2] = np.nan
    for ties in ("min", "max", "average"):
        for block, ranks in zip(x, array_rank(x, ties=ties), strict=True):
            np.testing.assert_array_equal(ranks, pd.DataFrame(block).rank(method=ties).to_numpy())  # type: ignore[arg-type]


def test_what_makes_no_scale_is_refused() -> None:
    for rule, keys, message in (
        ("distance_to_target", {"target": 1}, "not better than the worst"),
        ("distance_to_target", {}, "no target for a"),
        ("goalposts", {"goalpost_low": 3, "goalpost_high": 3}, "goalposts of a coincide"),
        ("distance_to_reference", {"reference_unit": "U9"}, "no unit `U9`"),
    ):
        with pytest.raises(MethodError, match=message):
            scaled(rule, [2, 4, 6], 1, **keys)
    with pytest.raises(MethodError, match="fraction_of_max needs direction"):
        scaled("fraction_of_max", [2, 4, 6], -1)


# --------------------------------------------------------------------------------- availability, denominators, gaps


def test_screening_says_who_and_why() -> None:
    x = frame(a=[1, np.nan, 0, 4], b=[1, np.nan, 0, 2], c=[1, 2, np.nan, np.nan], d=[1, 2, 3, 4])
    s = tree(a="G", b="G", c="H", d="I", G="T", H="T", I="T", T="")
    done = screen(x, s, Availability(min_indicator_share=0.6, min_unit_share=0.6, min_unit_nonzero=0.5))
    assert done.structure.indicators == ["a", "b", "d"] and done.structure.aggregates == ["G", "I", "T"]
    assert done.indicators["reason"].to_dict() == {"a": "", "b": "", "c": "too little data", "d": ""}
    assert done.units["reason"].tolist() == ["", "too little data", "too many zeros", ""]
    forced = screen(x, s, Availability(min_unit_share=1.0, include=["U2"], exclude=["U1"]))
    assert list(forced.values.index) == ["U2"]


def test_denominators_scale_and_refuse_zero() -> None:
    x, size = frame(a=[10, 20, np.nan], b=[1, 2, 3]), frame(pop=[2, 4, np.nan], zero=[1, 0, 1])
    named = pd.Series({"a": "pop", "b": ""})
    out = denominate(x, size, named, Denomination(rule="framework", scale=100))
    assert out["a"].tolist()[:2] == [500, 500] and out["b"].tolist() == [1, 2, 3]
    own = Denomination.model_validate({"indicators": {"b": {"denominator": "zero"}}})
    with pytest.raises(MethodError, match="zero = 0 for U2, so b"):
        denominate(x, size, named, own)


def test_imputation_fills_only_gaps_and_logs_them() -> None:
    x = frame(a=[0, 10, np.nan, 5], b=[1, 2, 3, np.nan], c=[np.nan, 4, 8, 8])
    s = tree(a="G", b="G", c="G", G="")
    groups = pd.DataFrame({"g": ["x", "x", "y", "y"]}, index=x.index)
    settings = Imputation.model_validate(
        {"rule": "mean", "group": "g", "indicators": {"a": "framework_mean", "b": "group_median"}}
    )
    filled, log = impute(x, s, settings, groups)
    # a of U3: b scores (3-1)/2 = 1 and c (8-4)/4 = 1, so 1 on the scale of a: 10.
    assert filled["a"].tolist() == [0, 10, 10, 5] and filled["b"].tolist()[3] == 3
    assert filled["c"].tolist()[0] == pytest.approx(20 / 3)
    assert filled.where(x.notna()).equals(x)
    assert log["unit"].tolist() == ["U1", "U3", "U4"] and log["rule"].tolist() == [
        "mean",
        "framework_mean",
        "group_median",
    ]
    with pytest.raises(MethodError, match="nobody in group z has b"):
        impute(x, s, settings, groups.replace({"y": "z"}).assign(g=["x", "x", "x", "z"]))


def test_statistics_and_flags() -> None:
    table = describe_indicators(frame(a=[0, 0, 0, 1], b=[2, 2, 2, 2], c=[np.nan, np.nan, 1, 2], d=[1, 2, 3, 4]))
    # Skewness of a is 2 and its kurtosis 4: an outlier as well, by the rule of both.
    assert table["flags"].tolist() == ["zeros outliers", "constant", "low_data", ""]
    assert table.loc["d", ["n", "q1", "median", "q3"]].tolist() == [4, 1.75, 2.5, 3.25]
    assert table.at["d", "sd"] == pytest.approx(np.std([1, 2, 3, 4], ddof=1))


# -------------------------------------------------------------------------------------------------------- aggregation


def test_means_by_hand_and_by_scipy() -> None:
    x = [np.array([1.0, 4, np.nan]), np.array([4.0, 4, 9]), np.array([16.0, np.nan, 9])]
    w = np.array([1.0, 2, 1])
    np.testing.assert_allclose(array_mean(x, w), [25 / 4, 4, 9])
    np.testing.assert_allclose(array_mean(x, w, rule="geometric")[0], stats.gmean([1, 4, 16], weights=w))
    np.testing.assert_allclose(array_mean(x, w, rule="harmonic")[0], stats.hmean([1, 4, 16], weights=w))
    np.testing.assert_allclose(array_mean(x, w, rule="generalised", power=3)[0], stats.pmean([1, 4, 16], 3, weights=w))
    # Mazziotta–Pareto of 90, 100, 110: mean 100, variance 200/3, penalty (200/3)/100.
    three = [np.array([v]) for v in (90.0, 100, 110)]
    np.testing.assert_allclose(array_mean(three, np.ones(3), rule="mazziotta_pareto"), 100 - 2 / 3)
    np.testing.assert_allclose(array_mean(three, np.ones(3), rule="mazziotta_pareto", penalty="plus"), 100 + 2 / 3)
    assert np.isnan(array_mean(x, w, min_available=1.0)).tolist() == [False, True, True]
    for rule, low in (("geometric", 0.0), ("harmonic", -1.0), ("mazziotta_pareto", -200.0)):
        with pytest.raises(MethodError):
            array_mean([np.array([low]), np.array([1.0])], np.ones(2), rule=rule)


def test_copeland_by_hand_with_ties_and_gaps() -> None:
    # Three units on three equal indicators: U1 beats U2 on two, U2 beats U3 on two, U3 beats U1 on two: a circle.
    circle = [np.array([3.0, 2, 1]), np.array([2.0, 1, 3]), np.array([1.0, 3, 2])]
    assert array_copeland(circle, np.ones(3)).tolist() == [0, 0, 0]
    clear = [np.array([3.0, 2, 1, np.nan]), np.array([3.0, 2, np.nan, np.nan])]
    scores = array_copeland(clear, np.ones(2))
    assert scores.tolist()[:3] == [2, 0, -2] and np.isnan(scores[3])
    # 0.1 + 0.2 and 0.3 are the same number for everybody but the computer.
    near = [np.array([0.1 + 0.2, 0.3]), np.array([1.0, 1.0])]
    assert array_copeland(near, np.ones(2)).tolist() == [0, 0]
    # Weights 0.1 · 3 against 0.3: half and half, although not in binary.
    half = [np.array([1.0, 0]), np.array([1.0, 0]), np.array([1.0, 0]), np.array([0.0, 1])]
    assert array_copeland(half, np.array([0.1, 0.1, 0.1, 0.3])).tolist() == [0, 0]
    matrix = array_outranking(circle, np.ones(3))
    np.testing.assert_allclose((matrix + matrix.T)[~np.eye(3, dtype=bool)], 1)


def test_benefit_of_the_doubt_by_hand() -> None:
    # (1, ½) and (½, 1) are on the frontier; (½, ½) is dominated: best weights (⅔, ⅔) give ⅔.
    values = np.array([[1.0, 0.5], [0.5, 1.0], [0.5, 0.5]])
    scores, weights = array_benefit_of_the_doubt(values)
    np.testing.assert_allclose(scores, [1, 1, 2 / 3], atol=1e-9)
    assert (values @ weights.T <= 1 + 1e-9).all()
    bounded, weights = array_benefit_of_the_doubt(np.array([[1.0, 0.2], [0.2, 1.0], [0.9, 0.1]]), shares=(0.4, 0.6))
    shares = weights * np.array([[1.0, 0.2], [0.2, 1.0], [0.9, 0.1]]) / bounded[:, None]
    assert shares.min() >= 0.4 - 1e-9 and shares.max() <= 0.6 + 1e-9 and bounded[2] < 1
    with pytest.raises(MethodError, match="needs every value"):
        array_benefit_of_the_doubt(np.array([[1.0, np.nan]]))
    x = frame(a=[1, 0.5, 0.5], b=[0.5, 1, 0.5])
    plain = {"rule": "goalposts", "indicators": {c: {"goalpost_low": 0, "goalpost_high": 1} for c in "ab"}}
    method = load_index_method(None).replaced(aggregation={"rule": "benefit_of_the_doubt"}, normalisation=plain)
    np.testing.assert_allclose(build_index(x, tree(a="T", b="T", T=""), method).scores["T"], [1, 1, 2 / 3])


def test_levels_overrides_and_readings() -> None:
    s = tree(a="G", b="G", c="H", G="A", H="A", A="T", T="")
    x = np.array([[0.2, 0.8, 0.5]])
    weights = np.ones(7)
    plain = array_aggregate(x, weights, s, Aggregation())
    np.testing.assert_allclose(plain[0], [0.5, 0.5, 0.5, 0.5])
    x = np.array([[0.2, 0.8, 0.2]])
    flat = array_aggregate(x, weights, s, Aggregation(area_from="indicators"))
    np.testing.assert_allclose(flat[0], [0.5, 0.2, 0.4, 0.4])
    mixed = Aggregation.model_validate({"levels": {2: {"rule": "geometric"}, 3: {"rule": "generalised", "power": 2}}})
    g = np.sqrt(0.16)
    np.testing.assert_allclose(array_aggregate(x, weights, s, mixed)[0, 2], np.sqrt((g**2 + 0.04) / 2))


def test_many_runs_at_once_equal_single_runs() -> None:
    rng = np.random.default_rng(9)
    s = tree(a="G", b="G", c="H", d="H", G="A", H="A", A="")
    x = rng.random((6, 8, 4)) + 0.1
    x[rng.random(x.shape) < 0.1] = np.nan
    w = rng.random((6, 7)) + 0.1
    for rule in ("arithmetic", "geometric", "harmonic", "mazziotta_pareto", "copeland"):
        settings = Aggregation.model_validate({"rule": rule} | ({"levels": {3: {"rule": "arithmetic"}}}))
        together = array_aggregate(x, w, s, settings)
        for one in range(6):
            np.testing.assert_array_equal(together[one], array_aggregate(x[one], w[one], s, settings))
        layout = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 0)), 0, -1)
        np.testing.assert_array_equal(together, array_aggregate(layout, w, s, settings))


# ------------------------------------------------------------------------------------------------ weights, structure


def test_weights_by_number_pca_and_noise() -> None:
    s = tree(a="G", b="G", c="H", G="T", H="T", T="")
    weights = by_number_of_indicators(s)
    assert weights[["G", "H"]].tolist() == [2, 1]
    np.testing.assert_allclose(s.effective_weights(weights).loc[["a", "b", "c"], "effective"], 1 / 3)
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.random((40, 3)), columns=list("abc"))
    found = pca_weights(s, x, Aggregation())
    assert found[["a", "b"]].sum() == pytest.approx(1) and found["c"] == 1
    np.testing.assert_allclose(found[["a", "b"]], 0.5)  # two standardised columns always share equally
    noisy = noisy_weights(weights, 0.25, 500, rng=np.random.default_rng(1))
    assert noisy.shape == (500, 6) and (np.abs(noisy / weights.to_numpy() - 1) <= 0.25).all()
    np.testing.assert_array_equal(noisy, noisy_weights(weights, 0.25, 500, rng=np.random.default_rng(1)))


def test_optimised_weights_meet_a_target_and_say_when_they_do_not() -> None:
    rng = np.random.default_rng(4)
    common = rng.normal(size=300)
    x = pd.DataFrame({"a": common + rng.normal(size=300), "b": rng.normal(size=300), "c": common})
    s = tree(a="T", b="T", c="T", T="")
    equal = optimised_weights(s, x, Aggregation())
    assert equal.met and equal.largest_gap < 0.005 and equal.table["weight"].sum() == pytest.approx(1)
    assert equal.table.at["b", "weight"] > equal.table.at["c", "weight"]
    # Copies of each other correlate alike whatever the weights: a 9:1 importance cannot be had.
    copies = pd.DataFrame({"a": common, "b": common * 2, "c": common})
    never = optimised_weights(s, copies, Aggregation(), targets={"a": 9, "b": 1, "c": 1})
    assert not never.met and never.largest_gap > 0.3
    with pytest.raises(MethodError, match=r"differ in c"):
        optimised_weights(s, x, Aggregation(), targets={"a": 1, "b": 1})


def test_structure_of_any_depth() -> None:
    s = tree(a="B", B="C", C="D", D="E", E="")
    assert s.aggregates == ["B", "C", "D", "E"] and [s.level(c) for c in "aBCDE"] == [1, 2, 3, 4, 5]
    uneven = tree(a="G", b="T", G="T", T="")
    assert uneven.level("T") == 3 and uneven.groups()[-1].members == ("b", "G")
    np.testing.assert_allclose(s.effective_weights(s.weights)["effective"], 1)
    pruned = tree(a="G", b="H", G="T", H="T", T="").without(["a"])
    assert pruned.aggregates == ["H", "T"]
    with pytest.raises(FrameworkError, match="no root"):
        Structure.from_table(
            pd.DataFrame({"parent": {"a": "b", "b": ""}, "level": {"a": 1.0, "b": 1.0}}).drop(index="b")
        )
