"""The report for a person: a table in the terminal and a workbook with the cells marked, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.framework import load_framework
from analysis.ingest import Inspection, default_language, inspect_edition, terminal_report, write_workbook
from analysis.ingest.report import RED, YELLOW, counted
from analysis.sources import load_edition, seal


@pytest.fixture
def broken(root: Path, tmp_path: Path) -> Inspection:
    """The answers of the repository with one error, one odd answer, and a hostile text, each in a known cell."""
    shutil.copytree(root / "data/framework", tmp_path / "framework")
    shutil.copytree(root / "data/editions/2024/raw", tmp_path / "editions/2024/raw")
    shutil.copy(root / "data/editions/2024/edition.yaml", tmp_path / "editions/2024/edition.yaml")
    path = tmp_path / "editions/2024/raw/coordinators.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[0, "members_total"] = "12O"
    table.loc[1, "export_revenue_share"] = "0.07"
    table.loc[2, "sector"] = "=1+1"
    table.to_csv(path, index=False, lineterminator="\n")
    seal(path)
    return inspect_edition(load_edition(2024, tmp_path), load_framework(tmp_path))


@pytest.mark.parametrize(
    ("language", "wrong", "todo"),
    [("pl", "w liczbie jest litera", "wpisz same cyfry"), ("en", "has a letter in a number", "write digits only")],
)
def test_terminal(broken: Inspection, language: str, wrong: str, todo: str) -> None:
    text = terminal_report(broken, language, 200)
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if "12O" in line)
    assert wrong in lines[at] and todo in lines[at] and "members_total" in lines[at]
    assert lines[at].split()[1] == "2"
    kinds = [
        line.split()[0]
        for line in lines
        if line.startswith("  ") and line.split()[0] in ("błąd", "uwaga", "error", "note")
    ]
    assert kinds == sorted(kinds, key=lambda k: k in ("uwaga", "note"))  # in the only file with problems, worst first
    assert lines[-1].startswith(counted(len(broken.problems), "stop", language))
    assert counted(len(broken.notes), "note", language) in lines[-1]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_terminal_fits_its_width(broken: Inspection, width: int) -> None:
    table = [line for line in terminal_report(broken, "pl", width).splitlines() if line.startswith("  ")]
    assert max(map(len, table)) <= width


def test_polish_and_english_say_the_same_problems(broken: Inspection) -> None:
    assert all(hasattr(p.message, "pl") and hasattr(p.remedy, "pl") for p in broken.all)


def test_workbook(broken: Inspection, tmp_path: Path) -> None:
    path = tmp_path / "out" / "uwagi.xlsx"
    write_workbook(broken, path, "pl")
    book = openpyxl.load_workbook(path)
    listing = book["Lista"]
    assert listing.max_row == 4 + len(broken.all)
    assert [c.value for c in listing[4]][:4] == ["waga", "plik", "wiersz", "kolumna"]
    assert listing["A5"].value == "błąd"
    sheet = book["coordinators"]
    heads = {c.value: c.column for c in sheet[1]}
    for row, column, colour, said in (
        (2, "members_total", RED, "w liczbie jest litera"),
        (3, "export_revenue_share", YELLOW, "czy chodziło o 7%?"),
        (4, "sector", RED, "takiej odpowiedzi nie ma na liście"),
    ):
        cell = sheet.cell(row, heads[column])
        assert cell.fill.fgColor.rgb[-6:] == colour[1:]
        assert said in cell.comment.text
        assert sheet.cell(row, 1).value == row
    assert sheet.cell(4, heads["sector"]).data_type == "s"  # text, no formula
    raw = broken.files["coordinators"].cells.fillna("")
    copied = [[c.value or "" for c in row] for row in sheet.iter_rows(min_row=2, min_col=2)]
    assert copied == raw.to_numpy().tolist()
    plain = [c for row in sheet.iter_rows(min_row=2) for c in row if c.comment is None]
    assert all(c.fill.fgColor.rgb == "00000000" for c in plain)


def test_same_problems_same_bytes(broken: Inspection, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(broken, tmp_path / name, "en")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert not list(tmp_path.glob(".*part*"))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "pl"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "pl"),
        ({"LC_ALL": "pl_PL", "LANG": "en"}, "pl"),
    ],
)
def test_language_of_the_shell(environment: dict[str, str], expected: str) -> None:
    assert default_language(environment, ["pl"]) == expected


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 błąd"), (3, "3 błędy"), (5, "5 błędów"), (12, "12 błędów"), (22, "22 błędy")]
)
def test_polish_count(n: int, text: str) -> None:
    assert counted(n, "stop", "pl") == text
