"""Strengths, weaknesses and spreads: the rule as printed, its edges, and the built tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.config import Strengths
from analysis.errors import MethodError
from analysis.profiles.strengths import area_ends, as_printed, group_sides, spread, strengths_and_weaknesses


def test_rule_works_on_medians_as_printed() -> None:
    medians = pd.Series({"a": 0.2949, "b": 0.2951, "c": 0.2049, "d": 0.2051, "e": 0.9})
    listed = strengths_and_weaknesses(medians, Strengths())
    assert listed[listed["kind"] == "strength"]["code"].tolist() == ["e", "b"]  # 0.2951 is printed 0.30
    assert listed[listed["kind"] == "weakness"]["code"].tolist() == ["c"]  # 0.2049 is printed 0.20
    assert listed["place"].tolist() == [1, 2, 1]


def test_a_half_is_rounded_up_as_in_print() -> None:
    assert as_printed(0.295, 2) == 0.30 and as_printed(0.115, 2) == 0.12


def test_limits_that_overlap_and_missing_medians_are_refused() -> None:
    with pytest.raises(MethodError, match="could be both"):
        strengths_and_weaknesses(pd.Series({"a": 0.2}), Strengths(weakness_at_most=0.3))
    with pytest.raises(MethodError, match="no median for a"):
        strengths_and_weaknesses(pd.Series({"a": np.nan}), Strengths())


def test_sides_of_a_group_follow_its_own_medians() -> None:
    scores = pd.DataFrame({"I.1": [0.1, 0.3, 0.9, np.nan], "I.2": [0.25, 0.25, 0.2, 0.1]}, index=list("abcd"))
    sides = group_sides(scores, pd.Series({"a": "x", "b": "x", "c": "y", "d": "y"}), Strengths()).set_index("group")
    assert sides.loc["x", ["n", "strengths", "weaknesses", "best", "worst"]].tolist() == [2, 0, 1, "I.2", "I.1"]
    assert sides.loc["y", ["strengths", "weaknesses", "best", "worst"]].tolist() == [1, 1, "I.1", "I.2"]
    assert (sides.loc["y", "best_median"], sides.loc["y", "worst_median"]) == pytest.approx((0.9, 0.15))


def test_ends_of_an_area_hold_all_that_are_printed_alike() -> None:
    medians = pd.Series({"I.1": 0.283, "I.2": 0.278, "I.3": 0.5, "II.1": 0.4})
    ends = area_ends(medians, pd.Series({"I.1": "I", "I.2": "I", "I.3": "I", "II.1": "II"}), Strengths())
    assert ends[["area", "end", "place", "code"]].to_numpy().tolist() == [
        ["I", "best", 1, "I.3"],
        ["I", "worst", 1, "I.1"],
        ["I", "worst", 2, "I.2"],
        ["II", "best", 1, "II.1"],
        ["II", "worst", 1, "II.1"],
    ]
    assert ends["median"].tolist() == [0.5, 0.283, 0.278, 0.4, 0.4]


def test_spread_adds_up_and_knows_both_kinds_of_quartiles() -> None:
    scores = pd.DataFrame({"I": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0]})
    row = spread(scores).loc["I"]
    assert row["lower"] + row["middle"] + row["upper"] == pytest.approx(1.0)
    assert (row["q1"], row["q3"]) == pytest.approx((0.15, 0.45))  # inclusive: between ranks
    assert row["middle_exclusive"] == pytest.approx(0.5 - 0.1)  # exclusive: ranks 2 and 6 of 7


def test_built_lists_are_those_of_the_printed_tables(build: Path, root: Path) -> None:
    """Codes, order and printed medians; the medians of Table 18 that they rest on are all reproduced."""
    printed = pd.read_csv(root / "data/editions/2024/published/strengths.csv")
    for no in (1, 2, 12):
        ours = pd.read_csv(build / f"40_analyses/tables/table-{no:02d}.csv")
        for kind in ("strength", "weakness"):
            rows = printed[(printed["table"] == no) & (printed["kind"] == kind)]
            codes = ours[f"{kind}_code"].dropna().tolist()
            medians = [as_printed(m, 2) for m in ours[f"{kind}_median"].dropna()]
            assert codes == rows["code"].tolist() and medians == rows["median"].tolist(), (no, kind)
        mark = "." if no == 2 else ","
        assert f"(0{mark}78)" in ours["strength"].iloc[0]


def test_built_spreads_are_those_of_the_text(build: Path) -> None:
    """Section 10.2 prints 0.41, 0.37 and 0.27 for the middle half of I, III and IV; they fit exclusive quartiles."""
    table = pd.read_csv(build / "40_analyses/spread.csv").set_index("code")
    assert as_printed(table["upper"].min(), 2) == 0.23 and as_printed(table["upper"].max(), 2) == 0.46
    assert as_printed(table.at["I", "middle_exclusive"], 2) == 0.41
    assert as_printed(table.at["IV", "middle_exclusive"], 2) == 0.27
