"""Soft checks: each kind finds its own slip, and nothing in answers without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ConfigError, FrameworkError, Problem
from analysis.ingest.soft import Past, SoftCheck, load_soft_checks, soft_notes, years_around
from analysis.ingest.table import CheckedTable
from analysis.schemas import Item

HEAD = "instrument,check,kind,columns,threshold,least,message_en,message_pl\n"
ITEMS = {
    "c": [
        Item("id", "id"), Item("money_1", "amount", "thousand_pln"), Item("money_2", "amount", "thousand_pln"),
        Item("n", "integer", "count"), Item("share", "percent", "percent"), Item("r__a", "rating"),
        Item("r__b", "rating"), Item("r__c", "rating"),
    ]
}  # fmt: skip


def rows(n: int = 20) -> pd.DataFrame:
    """Skewed, but honest: amounts over two orders of magnitude, no two rows alike."""
    money = 10 ** np.linspace(1.5, 3.5, n)
    return pd.DataFrame(
        {
            "id": [f"R{i:02d}" for i in range(n)], "money_1": money, "money_2": money * 1.2,
            "n": pd.Series(range(1, n + 1), dtype="Int64"), "share": np.linspace(5, 95, n),
            "r__a": pd.Series((["1", "2"] * n)[:n], dtype="str"), "r__b": pd.Series((["3", "2"] * n)[:n], dtype="str"),
            "r__c": pd.Series((["1", "3"] * n)[:n], dtype="str"),
        }
    )  # fmt: skip


def load(tmp_path: Path, *lines: str, settings: dict[str, object] | None = None) -> list[SoftCheck]:
    (tmp_path / "soft_checks.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return load_soft_checks(tmp_path, ITEMS, settings)


def look(checks: list[SoftCheck], table: pd.DataFrame, past: Past | None = None) -> list[Problem]:
    lines = pd.Series(range(2, len(table) + 2), index=table.index)
    one = CheckedTable(table, table.notna(), lines, [], [])
    return soft_notes(checks, {"c": one}, {"c": {"id"}}, range(2020, 2026), past)


RULES = {
    "factor": "c,x,factor,type:amount,1000,8,{factor} {median},{factor} {median}",
    "outlier": "c,x,outlier,money_*;n,5,10,far from {median},daleko od {median}",
    "pair": "c,x,pair,money_*,100,,{times} times,{times} razy",
    "fraction": "c,x,fraction,type:percent,,,{percent}%?,{percent}%??",
    "year": "c,x,year,unit:count,10,8,a year,rok",
    "same_rows": "c,x,same_rows,*,,5,as row {row},jak wiersz {row}",
    "straight": "c,x,straight,r__*,,3,all {n},wszystkie {n}",
}
SLIPS = {
    "factor": ("money_1", 10, 400_000.0),
    "outlier": ("money_2", 3, 5e7),
    "pair": ("money_2", 4, 1e6),
    "fraction": ("share", 2, 0.35),
    "year": ("n", 6, 2023),
    "straight": ("r__c", 1, "2"),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_each_kind_finds_its_slip_and_nothing_else(tmp_path: Path, kind: str) -> None:
    checks = load(tmp_path, RULES[kind])
    table = rows()
    assert look(checks, table) == []
    column, position, value = SLIPS[kind]
    table.loc[position, column] = value
    (note,) = look(checks, table)
    assert (note.row, note.severity) == (position + 2, "note")
    assert column in (note.column, *note.also)
    assert note.message != "" and "{" not in note.message and "{" not in note.message.pl


def test_a_row_that_stands_there_twice(tmp_path: Path) -> None:
    table = rows()
    table.loc[7, table.columns[1:]] = table.loc[4, table.columns[1:]]
    (note,) = look(load(tmp_path, RULES["same_rows"]), table)
    assert (note.row, note.column, note.message) == (9, None, "as row 6")
    table.loc[[4, 7], ["money_1", "money_2", "n", "share"]] = pd.NA
    assert look(load(tmp_path, RULES["same_rows"]), table) == []  # too few answers to say so


def test_a_factor_explains_an_outlier(tmp_path: Path) -> None:
    table = rows()
    table.loc[10, "money_1"] = 1e6
    factor, outlier = RULES["factor"].replace("c,x", "c,f"), "c,o,outlier,money_1,3,8,far,daleko"
    assert [p.remedy.split("`")[1] for p in look(load(tmp_path, outlier), table)] == ["o"]
    assert [p.remedy.split("`")[1] for p in look(load(tmp_path, factor, outlier), table)] == ["f"]


def test_rows_and_order_do_not_matter(tmp_path: Path) -> None:
    table = rows()
    table.loc[3, "money_2"] = 5e7
    checks = load(tmp_path, *(RULES[k].replace("c,x", f"c,{k}") for k in RULES))
    turned = table.iloc[::-1].reset_index(drop=True)
    found, back = look(checks, table), look(checks, turned)
    assert sorted((p.column, p.value) for p in found) == sorted((p.column, p.value) for p in back)


def test_against_the_previous_edition(tmp_path: Path) -> None:
    text = "{code} {before},{code} {before}."
    both = [f"c,{k},{k},,{t},8,{text}" for k, t in (("previous_max", 5), ("previous_median", 4))]
    checks, table = load(tmp_path, *both), rows()
    items = {"I.1": ("money_1", "money_2")}
    total = table["money_1"] + table["money_2"]
    same = Past({"I.1": {"max": total.max(), "median": total.median()}}, items)
    assert look(checks, table, same) == [] == look(checks, table, None)
    past = Past({"I.1": {"max": total.max() / 5.5, "median": total.median() / 5}}, items)
    column, cell = sorted(look(checks, table, past), key=lambda p: p.row or 0)
    assert (column.row, column.column) == (None, "money_1") and cell.row == 21 and cell.also == ("money_2",)


def test_an_edition_moves_or_drops_a_threshold(tmp_path: Path) -> None:
    table = rows()
    table.loc[4, "money_2"] = 1e6
    assert look(load(tmp_path, RULES["pair"], settings={"x": 1e9}), table) == []
    assert look(load(tmp_path, RULES["pair"], settings={"x": "off"}), table) == []
    with pytest.raises(ConfigError, match="no check `y`"):
        load(tmp_path, RULES["pair"], settings={"y": 3})
    with pytest.raises(ConfigError, match="write a number or off"):
        load(tmp_path, RULES["pair"], settings={"x": "much"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("d,x,pair,money_*,1,,a,b", "unknown instrument `d`"),
        ("c,x,pare,money_*,1,,a,b", "kind is 'pare'"),
        ("c,x,pair,money,1,,a,b", "no column `money`; did you mean money_"),
        ("c,x,outlier,r__a,1,,a,b", "`r__a` is no number"),
        ("c,x,pair,money_*,much,,a,b", "must be numbers"),
        ("c,x,pair,money_*,1,,a,", "message_pl is empty"),
    ],
)
def test_fault_in_the_declared_soft_checks(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        load(tmp_path, line)


def test_years_of_an_edition() -> None:
    assert list(years_around("2022-2023", 2024)) == [2020, 2021, 2022, 2023, 2024, 2025]
