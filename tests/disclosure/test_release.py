"""A whole release: tables from cross-sections, counts by part, and the simple warning signs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.config import Disclosure
from analysis.disclosure import assess, groups
from analysis.errors import MethodError
from analysis.profiles.cross_sections import cross_sections

SETTINGS = Disclosure(threshold=0.02, decimals=2, resolution=0.0001, time_limit=5, small_group=5)
TRAITS = pd.DataFrame(
    {"sector": list("aabbbccc"), "kkk": list("yynnynny")}, index=pd.Index([f"R{i}" for i in range(8)], name="id")
)
LISTED = pd.DataFrame(
    [("all", "all"), ("sector", "a"), ("sector", "b"), ("sector", "c"), ("kkk", "y"), ("kkk", "n")],
    columns=["dimension", "group"],
)


@pytest.fixture
def scores() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    table = pd.DataFrame(rng.random((8, 2)), index=TRAITS.index, columns=["I.1", "ALL"])
    table.loc["R7", "I.1"] = np.nan
    return table


@pytest.fixture
def released(scores: pd.DataFrame) -> pd.DataFrame:
    return assess.release(cross_sections(scores, TRAITS, LISTED, dimensions=["all", "sector", "kkk"]), 2)


def made(released: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    columns = assess.score_columns(released, TRAITS, scores.notna(), SETTINGS, scale=(0.0, 1.0), quantile_type=7)
    return assess.intervals_table(columns, SETTINGS, seed=1)


def test_every_scored_respondent_is_counted_once_and_true_scores_lie_inside(
    released: pd.DataFrame, scores: pd.DataFrame
) -> None:
    table = made(released, scores)
    assert table.groupby("code")["respondents"].sum().to_dict() == {"I.1": 7, "ALL": 8}
    profile = "sector=" + TRAITS["sector"] + "; kkk=" + TRAITS["kkk"]
    rows = table.set_index(["code", "profile"])
    for code in scores:
        for i, score in scores[code].dropna().items():
            row = rows.loc[(code, profile[i])]
            assert row["low"] - 1e-12 <= score <= row["high"] + 1e-12
    assert (table["single"].eq(1) <= table["status"].eq("narrow")).all()
    assert (table.loc[table["status"] == "narrow", "width"] <= SETTINGS.threshold + 1e-12).all()


def test_summary_adds_up(released: pd.DataFrame, scores: pd.DataFrame) -> None:
    table = made(released, scores)
    summary = assess.summarise(table, {"subareas": ["I.1"], "overall": ["ALL"]}).set_index("part")
    counts = ["scores", *assess.STATUSES, "single"]
    assert (summary.loc["total", counts] == summary.loc[["subareas", "overall"], counts].sum()).all()
    for dimension in ("sector", "kkk"):
        parts = summary.index[summary.index.str.startswith(dimension + "=")]
        assert (summary.loc[parts, counts].sum() == summary.loc["total", counts]).all()
    assert (summary[list(assess.STATUSES)].sum(axis=1) == summary["scores"]).all()
    # two respondents of sector a share all their groups: nobody can be told from the other, but b and c have crossings
    assert summary.loc["sector=a", "scores"] == 4


def test_leaving_out_a_dimension_reveals_less(released: pd.DataFrame, scores: pd.DataFrame) -> None:
    overall = released[released["code"] == "ALL"]
    effect = assess.effect_of_dimensions(
        overall, TRAITS, scores.notna(), SETTINGS, made(released, scores), scale=(0.0, 1.0), quantile_type=7, seed=1
    ).set_index("left_out")
    assert effect.index.tolist() == ["nothing", "sector", "kkk"]
    assert (effect["narrow"] <= effect.loc["nothing", "narrow"]).all() and effect.loc["nothing", "narrow"] > 0


def test_infeasible_columns_have_no_bounds(released: pd.DataFrame, scores: pd.DataFrame) -> None:
    wrong = released.copy()
    at = (wrong["code"] == "ALL") & (wrong["group"] == "a") & (wrong["measure"] == "mean")
    wrong.loc[at, "printed"] = assess.release(wrong[at].assign(value=0.99), 2)["printed"]
    table = made(wrong, scores).set_index("code")
    assert table.loc["ALL", "status"].eq("infeasible").all() and table.loc["ALL", ["low", "high"]].isna().all(axis=None)
    assert not table.loc["I.1", "status"].eq("infeasible").any()


def test_different_respondents_are_refused(released: pd.DataFrame, scores: pd.DataFrame) -> None:
    with pytest.raises(MethodError, match="different respondents"):
        assess.score_columns(released, TRAITS.iloc[::-1], scores.notna(), SETTINGS, scale=(0.0, 1.0), quantile_type=7)


def test_printing_rounds_half_up_on_the_decimal_value() -> None:
    table = pd.DataFrame({"value": [0.125, 2.675, 0.1 + 0.2, 0.995]})
    assert [str(v) for v in assess.release(table, 2)["printed"]] == ["0.13", "2.68", "0.30", "1.00"]


def test_small_groups_and_lonely_respondents(released: pd.DataFrame) -> None:
    small = groups.small_groups(released, limit=4)
    assert small[["dimension", "group", "n", "statistics"]].to_numpy().tolist() == [
        ["sector", "a", 2, 12], ["sector", "b", 3, 12], ["sector", "c", 3, 12]
    ]  # fmt: skip
    cells = groups.crossings(TRAITS).set_index("dimensions")
    assert cells.loc["sector x kkk", ["cells", "alone", "under_3"]].tolist() == [5, 2, 8]
    assert cells.loc["kkk", "under_5"] == 8 and cells.loc["kkk", "under_4"] == 0


def test_remainders_find_a_group_inside_another() -> None:
    membership = pd.DataFrame({"d": list("aaabb"), "e": list("xxyyy")})
    found = groups.remainders(membership, limit=3)
    # a less x is one respondent, y less b is one; the whole less a, less y are groups of two that are printed as well
    assert found.to_numpy().tolist() == [
        ["all", "d=a", 2], ["all", "e=y", 2], ["d=a", "e=x", 1], ["e=y", "d=b", 1]
    ]  # fmt: skip


def test_points_that_stand_alone_are_readable() -> None:
    assert groups.readable_points(pd.Series([20, 20, 35, 50, np.nan])) == 2


def test_signs_are_counts_of_the_tables_they_come_from(released: pd.DataFrame) -> None:
    traits = TRAITS.assign(size=list("ppqqrrss"))[["sector", "kkk", "size"]]
    cells = groups.crossings(traits)
    small = groups.small_groups(released, limit=4)
    signs = groups.signs_table(small, groups.remainders(traits, limit=3), cells, {"members": 5}, 8).set_index("sign")
    by_name = cells.set_index("dimensions")["alone"]
    assert signs["value"].to_dict() == {
        "respondents": 8, "small_groups": 3, "remainders": len(groups.remainders(traits, limit=3)),
        "alone.all_groups": by_name["sector x kkk x size"], "alone.sector_size": by_name["sector x size"],
        "points.members": 5,
    }  # fmt: skip


@pytest.mark.product
def test_the_table_of_the_documentation_is_what_the_build_found(root: Path, build: Path) -> None:
    rows = re.findall(r"^\| (no rule, with|the same, all)[^|]*\| ([\d,]+) \| (\d+)[^|]*\| (\d+)% \| (\d+) of 42 \|$",
                      (root / "docs/disclosure.md").read_text("utf-8"), re.M)  # fmt: skip
    found = pd.read_csv(build / "40_analyses/disclosure_linked.csv", index_col="part")
    expected = [
        (name, f"{found.at['total', 'scores']:,}", str(found.at["total", column]),
         f"{100 * found.at['total', column] / found.at['total', 'scores']:.0f}", str(found.at["overall", column]))
        for name, column in (("no rule, with", "alone"), ("the same, all", "linked"))
    ]  # fmt: skip
    assert rows == expected
