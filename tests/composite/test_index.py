"""The index against a case worked by hand, and properties every composite index of this kind has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.composite.aggregation import aggregate, array_mean
from analysis.composite.index import build_index, rank_scores
from analysis.composite.normalisation import normalise
from analysis.composite.quantiles import quantiles
from analysis.composite.structure import Structure
from analysis.composite.treatment import treat
from analysis.config import Aggregation, Method, Normalisation, Treatment, load_method
from analysis.errors import MethodError

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORK = Structure.from_hierarchy(
    pd.DataFrame(
        {
            "area": ["A", "A", "A", "B"],
            "subarea": ["A.1", "A.1", "A.2", "B.1"],
            "direction": [1, 1, 1, 1],
            "weight": [1.0, 1.0, 1.0, 1.0],
        },
        index=["a", "b", "c", "d"],
    )
)


@pytest.fixture(scope="module")
def method() -> Method:
    return load_method("default", ROOT / "config")


def frame(**columns: list[float]) -> pd.DataFrame:
    index = pd.Index([f"R{i:02d}" for i in range(1, len(next(iter(columns.values()))) + 1)], name="respondent_id")
    return pd.DataFrame(columns, index=index)


def test_case_worked_by_hand(method: Method) -> None:
    # a: Q1 = 1, Q3 = 3, fence 3 + 1.5·2 = 6, so 100 becomes 6; scale 0…6. c is missing for R02.
    x = frame(a=[0, 1, 2, 3, 100], b=[0, 1, 2, 3, 4], c=[0, np.nan, 1, 1, 2], d=[0, 0, 1, 1, 1])
    index = build_index(x, FRAMEWORK, method)
    assert index.treated["a"].tolist() == [0, 1, 2, 3, 6]
    np.testing.assert_allclose(index.normalised["a"], [0, 1 / 6, 2 / 6, 3 / 6, 1])
    np.testing.assert_allclose(index.scores["A.1"], [0, (1 / 6 + 1 / 4) / 2, (2 / 6 + 2 / 4) / 2, (0.5 + 0.75) / 2, 1])
    # The area is the mean of the available indicators: two for R02, three for the others.
    np.testing.assert_allclose(index.scores["A"].iloc[1], (1 / 6 + 1 / 4) / 2)
    np.testing.assert_allclose(index.scores["A"].iloc[2], (2 / 6 + 2 / 4 + 0.5) / 3)
    np.testing.assert_allclose(index.scores["ALL"].iloc[2], ((2 / 6 + 2 / 4 + 0.5) / 3 + 1) / 2)
    assert index.ranks["B"].tolist() == [4, 4, 1, 1, 1]
    log = index.treatment_log
    assert log[["respondent_id", "code", "raw", "treated", "side"]].values.tolist() == [
        ["R05", "a", 100.0, 6.0, "upper"]
    ]


def test_area_from_subareas_is_the_other_reading(method: Method) -> None:
    x = frame(a=[0, 1, 2, 3, 4], b=[0, 1, 2, 3, 4], c=[0, 4, 0, 4, 0], d=[0, 1, 2, 3, 4])
    text = method.model_copy(update={"aggregation": method.aggregation.model_copy(update={"area_from": "subareas"})})
    scores = build_index(x, FRAMEWORK, text).scores
    np.testing.assert_allclose(scores["A"], (scores["A.1"] + scores["A.2"]) / 2)
    by_indicator = build_index(x, FRAMEWORK, method).scores
    np.testing.assert_allclose(by_indicator["A"], (2 * scores["A.1"] + scores["A.2"]) / 3)


def test_quantiles_match_r_types() -> None:
    # R: quantile(c(1, 2, 4, 8, 16), c(.25, .5, .75), type = 7) and type = 6
    x = frame(v=[1, 2, 4, 8, 16])
    assert quantiles(x, [0.25, 0.5, 0.75])["v"].tolist() == [2, 4, 8]
    assert quantiles(x, [0.25, 0.5, 0.75], quantile_type=6)["v"].tolist() == [1.5, 4, 12]


def test_zero_iqr_is_left_capped_or_refused() -> None:
    x = frame(p=[0, 0, 0, 0, 0, 0, 7])
    kept, log, _ = treat(x, Treatment(rule="iqr_cap"))
    assert kept["p"].max() == 7 and log.empty
    flat, log, _ = treat(x, Treatment(rule="iqr_cap", zero_iqr="cap"))
    assert flat["p"].max() == 0 and len(log) == 1
    with pytest.raises(MethodError, match=r"Q1 = Q3 for p"):
        treat(x, Treatment(rule="iqr_cap", zero_iqr="error"))


def test_constant_and_empty_indicators_are_named() -> None:
    with pytest.raises(MethodError, match="b has the same value for everybody"):
        normalise(frame(a=[1, 2], b=[3, 3]), pd.Series({"a": 1, "b": 1}), Normalisation())
    with pytest.raises(MethodError, match="no answer at all for b"):
        normalise(frame(a=[1, 2], b=[np.nan, np.nan]), pd.Series({"a": 1, "b": 1}), Normalisation())
    with pytest.raises(MethodError, match=r"no direction .* for b"):
        normalise(frame(a=[1, 2], b=[1, 2]), pd.Series({"a": 1, "b": 0}), Normalisation())


def test_unit_without_an_area_is_named() -> None:
    x = frame(a=[0, 1.0], b=[0, 1.0], c=[0, 1.0], d=[0, np.nan])
    with pytest.raises(MethodError, match="no available indicator of B for R02"):
        aggregate(x, FRAMEWORK, Aggregation(complete_from_level=3))
    left_out = aggregate(x, FRAMEWORK, Aggregation())
    assert np.isnan(left_out.at["R02", "B"]) and left_out.at["R02", "ALL"] == left_out.at["R02", "A"]


def test_ranks_use_unrounded_scores() -> None:
    ranks = rank_scores(pd.DataFrame({"s": [0.12345, 0.12344, np.nan, 0.12345]}))
    assert ranks["s"].tolist()[:2] == [1, 3] and np.isnan(ranks["s"][2]) and ranks["s"][3] == 1


tables = st.lists(
    st.tuples(*[st.floats(0, 1000, allow_nan=False, width=32).map(lambda v: round(v, 3)) for _ in range(4)]),
    min_size=5,
    max_size=12,
).filter(lambda rows: all(len(set(column)) > 2 for column in zip(*rows, strict=True)))


def scores_of(rows: list[tuple[float, ...]] | np.ndarray, method: Method) -> pd.DataFrame:
    columns = np.asarray(rows, dtype=float).T.tolist()
    return build_index(frame(**dict(zip("abcd", columns, strict=True))), FRAMEWORK, method).scores


@settings(max_examples=60, deadline=None)
@given(tables, st.floats(0.5, 20), st.floats(-50, 50))
def test_scores_ignore_units_and_order(rows: list[tuple[float, ...]], factor: float, shift: float) -> None:
    method = load_method("default", ROOT / "config")
    base = scores_of(rows, method)
    other_units = np.asarray(rows, dtype=float) * factor + shift
    np.testing.assert_allclose(scores_of(other_units, method), base, atol=1e-6)
    np.testing.assert_allclose(scores_of(rows[::-1], method).to_numpy(), base.to_numpy()[::-1], atol=1e-12)
    assert base.to_numpy().min() >= 0 and base.to_numpy().max() <= 1 + 1e-12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=3, max_size=3), st.integers(0, 2))
def test_weighted_mean_is_monotone_and_renormalises(values: list[float | None], position: int) -> None:
    row = [np.array([np.nan if v is None else v]) for v in values]
    weights = [1.0, 2.0, 3.0]
    got = array_mean(row, weights)[0]
    present = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None]
    if not present:
        assert np.isnan(got)
        return
    assert got == pytest.approx(sum(v * w for v, w in present) / sum(w for _, w in present))
    if values[position] is not None:
        row[position] = row[position] + 0.1
        assert array_mean(row, weights)[0] > got
