"""Groups of respondents: bands include their lower bound, and nobody falls between two of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.config import Bands, CrossSections, load_method
from analysis.errors import DataError, MethodError
from analysis.framework import load_framework
from analysis.indicators import characteristics
from analysis.indicators.characteristics import assign_bands


@pytest.fixture(scope="session")
def cross(root: Path) -> CrossSections:
    return load_method("default", root / "config").cross_sections


def coordinators() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "respondent_id": ["R01", "R02", "R03", "R04"],
            "sector": ["bio", "ict", "metal", "moto"],
            "kkk_status": pd.array([1, 0, 0, 1], dtype="Int64"),
            "kkk_plans": pd.array([None, 1, 0, None], dtype="Int64"),
            "members_total": [20, 49, 149, 150],
            "members_science": [1, 2, 3, 4],
            "founding_year": [2009, 2010, 2014, 2015],
            "strategy_status": ["none", "not_updated", "updated", "updated"],
        }
    )


def test_groups_at_the_edges_of_bands(cross: CrossSections) -> None:
    out = characteristics(coordinators(), cross)
    assert out.index.tolist() == ["R01", "R02", "R03", "R04"]
    assert out["size"].tolist() == ["20-49", "20-49", "80-149", "150+"]
    assert out["age"].tolist() == ["before 2010", "2010-2014", "2010-2014", "2015-2020"]
    assert out["kkk"].tolist() == ["KKK", "not KKK", "not KKK", "KKK"]
    assert out["strategy"].tolist() == ["none", "not updated", "updated", "updated"]
    assert out["kkk_plans"].tolist() == [pd.NA, 1, 0, pd.NA]


def test_group_codes_are_those_of_the_cross_sections(root: Path, cross: CrossSections) -> None:
    declared = load_framework(root / "data").cross_sections
    out = characteristics(coordinators(), cross)
    for column, found in out[["sector", "kkk", "strategy"]].items():
        assert set(found) <= set(declared.loc[declared["dimension"] == column, "group"])
    for column, bands in (("size", cross.size), ("age", cross.age)):
        assert bands.groups == declared.loc[declared["dimension"] == column, "group"].tolist()


def test_value_below_the_lowest_band(cross: CrossSections) -> None:
    small = coordinators().assign(members_total=[19, 20, 5, 150])
    with pytest.raises(MethodError, match=r"members_total is below .* begins at 20 \(R01: 19, R03: 5\)"):
        characteristics(small, cross)


def test_missing_and_unknown_answers_come_together(cross: CrossSections) -> None:
    bad = coordinators().astype({"members_total": "Int64"})
    bad.loc[1, "members_total"] = pd.NA
    bad.loc[2, "strategy_status"] = "unknown"
    bad.loc[3, "kkk_status"] = 2
    with pytest.raises(DataError) as caught:
        characteristics(bad, cross)
    found = {(p.column, p.value): p for p in caught.value.problems}
    assert set(found) == {("members_total", None), ("strategy_status", "unknown"), ("kkk_status", "2")}
    assert "R02" in found["members_total", None].message
    assert "none, not_updated, updated" in found["strategy_status", "unknown"].remedy


def test_missing_column(cross: CrossSections) -> None:
    with pytest.raises(DataError, match="column sector: the column is missing"):
        characteristics(coordinators().drop(columns="sector"), cross)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True), st.lists(st.integers(0, 80), min_size=1))
def test_every_value_lies_in_its_band(lower: list[int], values: list[int]) -> None:
    edges = sorted(lower)
    bands = Bands(lower=[float(e) for e in edges], groups=[str(e) for e in edges])
    series = pd.Series(values)
    if min(values) < edges[0]:
        with pytest.raises(MethodError):
            assign_bands(series, bands, name="x")
        return
    for value, group in zip(values, assign_bands(series, bands, name="x"), strict=True):
        above = [e for e in edges if e > int(group)]
        assert int(group) <= value and (not above or value < above[0])
