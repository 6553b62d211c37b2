"""A codebook that contradicts itself is refused before any answer is read, with all its faults."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import FrameworkError
from analysis.framework import load_framework
from analysis.ingest.rules import load_checks, load_instruments
from analysis.schemas import parse_codebook

LISTS = pd.DataFrame({"option_list": ["colour"] * 2, "option": ["red", "blue"], "score": ["", ""]}, dtype="str")
COLUMNS = ["item", "type", "unit", "option_list", "min", "max", "required", "condition"]


def codebook(*rows: str) -> pd.DataFrame:
    return pd.DataFrame([row.split(",") for row in ["id,id,,,,,1,", *rows]], columns=COLUMNS, dtype="str")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,intger,,,,,0,", "x: unknown type `intger`; did you mean integer"),
        ("id,integer,,,,,0,", "item `id` is defined twice"),
        ("x,single,,color,,,0,", "option list `color` is not in option_lists.csv; did you mean colour"),
        ("x,single,,,,,0,", "option list `` is not in option_lists.csv; allowed: colour"),
        ("x,integer,,,few,,0,", "x: min is 'few', must be a number"),
        ("x,integer,,,9,1,0,", "x: min 9 is above max 1"),
        ("x,integer,,,,,yes,", "x: required is 'yes', must be 1 or 0"),
        ("x,integer,,,,,0,maybe", "condition 'maybe' is not of the form"),
        ("x,integer,,,,,0,y=1", "condition on unknown item `y`"),
        ("x,integer,,,,,0,id>many", "needs a number after >"),
    ],
)
def test_fault(row: str, message: str) -> None:
    with pytest.raises(FrameworkError) as caught:
        parse_codebook(codebook(row), LISTS, name="members")
    assert "questionnaires/members.csv" in str(caught.value)
    assert message in str(caught.value)


def test_condition_with_a_value_that_never_occurs() -> None:
    rows = ("c,single,,colour,,,1,", "t,tick,,,,,1,", "x,text,,,,,0,c=green", "y,text,,,,,0,t=2")
    with pytest.raises(FrameworkError) as caught:
        parse_codebook(codebook(*rows), LISTS)
    assert "compares with 'green', which `c` never is" in str(caught.value)
    assert "compares with '2', which `t` never is" in str(caught.value)


def test_yes_and_no_stand_for_codes_and_bars_for_alternatives() -> None:
    rows = ("c,single,,colour,,,1,", "q,yes_no,,,,,1,", "x,text,,,,,0,q=yes;c=red|blue", "n,integer,,,,,0,q!=no")
    items = {item.name: item for item in parse_codebook(codebook(*rows), LISTS)}
    cells = pd.DataFrame({"q": ["1", "0", None], "c": ["red", "red", "blue"]}, dtype="str")
    assert items["x"].asked(cells).tolist() == [True, False, False]
    assert items["n"].asked(cells).tolist() == [True, False, False]


def test_rules_of_the_project_fit_its_questionnaires(root: Path) -> None:
    declared = load_framework(root / "data")
    items = {n: parse_codebook(book, declared.option_lists, name=n) for n, book in declared.codebooks.items()}
    instruments = load_instruments(root / "data" / "framework")
    assert set(instruments) == set(items)
    for name, instrument in instruments.items():
        assert instrument.key in {item.name for item in items[name] if item.type == "id"}
    checks = load_checks(root / "data" / "framework", items)
    assert {check.name for check in checks["coordinators"]} >= {"members_by_type", "members_by_place"}
