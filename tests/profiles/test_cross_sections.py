"""Cross-sections: six measures of every score in every group, groups that do not fit are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.profiles.cross_sections import MEASURES, cross_sections, describe

IDS = pd.Index([f"R{i:02d}" for i in range(1, 6)], name="respondent_id")
SCORES = pd.DataFrame({"I.1": [0.0, 0.1, 0.2, 0.4, 1.0], "I": [0.5, np.nan, 0.1, 0.2, 0.3]}, index=IDS)
GROUPS = pd.DataFrame({"dimension": ["all", "kkk", "kkk"], "group": ["all", "KKK", "not KKK"]})
WHO = pd.DataFrame({"kkk": ["KKK", "KKK", "not KKK", "not KKK", "not KKK"]}, index=IDS)


def cell(table: pd.DataFrame, group: str, code: str, measure: str) -> float:
    row = table[(table["group"] == group) & (table["code"] == code) & (table["measure"] == measure)]
    return float(row["value"].iloc[0])


def test_measures_worked_by_hand() -> None:
    # Type 7 on 0, 0.1, 0.2, 0.4, 1: the quartiles are the second and fourth value.
    table = cross_sections(SCORES, WHO, GROUPS, dimensions=["all", "kkk"])
    assert [cell(table, "all", "I.1", m) for m in MEASURES] == pytest.approx([0, 0.1, 0.2, 0.34, 0.4, 1])
    assert [cell(table, "not KKK", "I.1", m) for m in MEASURES] == pytest.approx([0.2, 0.3, 0.4, 1.6 / 3, 0.7, 1])
    # A missing score is left out: the KKK group has one value of I.
    assert {cell(table, "KKK", "I", m) for m in MEASURES} == {0.5}
    assert table.groupby("group")["n"].first().to_dict() == {"all": 5, "KKK": 2, "not KKK": 3}
    assert len(table) == 3 * 2 * 6


def test_exclusive_quartiles_are_wider() -> None:
    inner, outer = describe(SCORES), describe(SCORES, quantile_type=6)
    assert outer.at["q1", "I.1"] < inner.at["q1", "I.1"] and outer.at["q3", "I.1"] > inner.at["q3", "I.1"]


def test_groups_that_do_not_fit_are_named() -> None:
    with pytest.raises(MethodError, match=r"R01, R02 in no group of `kkk`"):
        cross_sections(SCORES, WHO.replace({"kkk": {"KKK": "KK"}}), GROUPS, dimensions=["kkk"])
    with pytest.raises(MethodError, match=r"group `KKK` of `kkk` is empty"):
        cross_sections(SCORES, WHO.assign(kkk="not KKK"), GROUPS, dimensions=["kkk"])
    with pytest.raises(MethodError, match=r"dimension `size` has no groups"):
        cross_sections(SCORES, WHO, GROUPS, dimensions=["size"])
