"""Sector groups: means over those who answered, contrasts of the right sign, places, tables of the framework."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.profiles.sectors import answers_above_zero, count_led, group_contrasts, group_means, leaders

GROUPS = pd.Series({"a": "g", "b": "g", "c": "h", "d": "h"})


def test_means_leave_missing_answers_out_and_say_how_many_answered() -> None:
    table = group_means(pd.DataFrame({"x": [1.0, np.nan, 4.0, 8.0]}, index=list("abcd")), GROUPS, ["g", "h"])
    assert table[["group", "size", "n", "mean"]].values.tolist() == [["g", 2, 1, 1.0], ["h", 2, 2, 6.0]]
    with pytest.raises(MethodError, match="nobody of `g`"):
        group_means(pd.DataFrame({"x": [np.nan, np.nan, 4.0, 8.0]}, index=list("abcd")), GROUPS, ["g", "h"])
    with pytest.raises(MethodError, match="in none of"):
        group_means(pd.DataFrame({"x": [1.0, 2.0, 4.0, 8.0]}, index=list("abcd")), GROUPS, ["g"])


def test_contrasts_have_the_right_sign_and_mirror_in_two_groups() -> None:
    scores = pd.DataFrame({"x": [1.0, 1, 0, 0], "y": [0.0, 0, 0.5, 0.5], "z": [0.3] * 4}, index=list("abcd"))
    table = group_contrasts(scores, GROUPS, ["g", "h"], top=5)
    g = table[table["group"] == "g"].set_index("kind")
    assert g.at["above", "code"] == "x" and g.at["below", "code"] == "y"
    assert "z" not in set(table["code"])  # no difference is neither above nor below
    h = table[table["group"] == "h"].set_index("kind")
    assert h.at["below", "gap"] == -g.at["above", "gap"]


def test_leaders_and_how_many_scores_each_leads() -> None:
    cross = pd.DataFrame(
        [(g, c, "median", v) for c, pair in {"I": (1, 2), "II": (4, 3), "ALL": (0, 9)}.items()
         for g, v in zip("gh", pair, strict=True)],
        columns=["group", "code", "measure", "value"],
    )  # fmt: skip
    table = leaders(cross, ["g", "h"], ["I", "II", "ALL"], "median")
    assert table[table["place"] == 1]["group"].tolist() == ["h", "g", "h"]
    assert count_led(table, ["I", "II"]) == {"h": 1, "g": 1}


def test_units_above_zero() -> None:
    table = answers_above_zero(pd.DataFrame({"x": [0.0, 2, np.nan, 1]}), {"x": "ex"})
    assert table[["label", "value", "n"]].values.tolist() == [["ex", 2, 3]]


def test_listed_measures_are_those_of_table_10(root: Path) -> None:
    listed = pd.read_csv(root / "data/framework/sector_indicators.csv")
    printed = pd.read_csv(root / "data/editions/2024/published/sector_means.csv")
    assert listed["code"].tolist() == printed["code"].fillna("members_total").drop_duplicates().tolist()
    decimals = printed.drop_duplicates("indicator_label")["value_str"].str.rstrip("%").str.partition(",")[2].str.len()
    assert listed["decimals"].tolist() == decimals.tolist()


def test_clusters_between_groups_are_in_the_register_under_their_first_group(root: Path) -> None:
    several = pd.read_csv(root / "data/reference/multi_sector.csv")
    registry = pd.read_csv(root / "data/editions/2024/raw/registry.csv").set_index("name")["sector"]
    known = set(pd.read_csv(root / "data/reference/sectors.csv")["code"])
    assert len(several) == 5
    for row in several.to_dict("records"):
        codes = row["sectors"].split(";")
        assert registry[row["cluster"]] == codes[0] and len(codes) > 1 and set(codes) <= known


def test_members_row_of_table_10_is_the_printed_one(build: Path, root: Path) -> None:
    ours = pd.read_csv(build / "40_analyses/tables/table-10.csv").set_index("code")
    printed = pd.read_csv(root / "data/editions/2024/published/sector_means.csv")
    members = printed[printed["code"].isna()].to_dict("records")
    assert len(members) == 6
    for row in members:
        assert ours.at["members_total", f"{row['sector_code']}_text"] == row["value_str"]
