"""The answers of the edition, exported as LimeSurvey does, come back as they were; nothing personal comes with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from exports import IP, MAIL, TOKEN, as_csv, limesurvey, raw_answers

from analysis.framework import Framework
from analysis.intake import Result
from analysis.intake.headings import dissect, unique
from analysis.intake.mapping import Mapping
from analysis.intake.model import Column
from analysis.sources import check_sidecar


@pytest.mark.parametrize(
    ("instrument", "style", "encoding", "delimiter"),
    [
        ("coordinators", "full", "utf-8-sig", ","),
        ("members", "full", "cp1250", ";"),
        ("desk_research", "full", "utf-8", "\t"),
        ("coordinators", "codetext", "utf-8", ","),
        ("members", "code", "utf-8", ","),
        ("coordinators", "em", "utf-8", ";"),
    ],
)
def test_answers_come_back_as_they_were(
    root: Path, framework: Framework, tmp_path: Path, proposed: Callable[..., Mapping],
    imported: Callable[..., Result], instrument: str, style: str, encoding: str, delimiter: str,
) -> None:  # fmt: skip
    answers = raw_answers(root, instrument)
    rows = limesurvey(answers, framework.codebooks[instrument], framework, style=style)
    source = tmp_path / "results-survey481516.csv"
    source.write_bytes(as_csv(rows, encoding=encoding, delimiter=delimiter))
    mapping = proposed(source)
    (table,) = mapping.tables
    assert table.instrument == instrument
    assert not [c.column for c in table.columns if c.item == "?"]
    assert table.incomplete.keep == "submitted"
    result = imported(source, mapping)
    # Nobody decided anything here: the proposal alone gives the raw file back, byte by byte.
    written = (tmp_path / "raw" / f"{instrument}.csv").read_bytes()
    assert written == (root / "data/editions/2024/raw" / f"{instrument}.csv").read_bytes()
    assert not check_sidecar(tmp_path / "raw" / f"{instrument}.csv")
    left_out = [c.row for one in result.imported for c in one.changes if c.rule == "row_incomplete"]
    assert len(left_out) == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_nothing_personal_is_stored(
    root: Path, framework: Framework, tmp_path: Path, proposed: Callable[..., Mapping],
    imported: Callable[..., Result], ending: str,
) -> None:  # fmt: skip
    rows = limesurvey(raw_answers(root, "desk_research"), framework.codebooks["desk_research"], framework)
    source = tmp_path / f"export.{ending}"
    if ending == "csv":
        source.write_bytes(as_csv(rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(source)
    hidden = [s.encode() for s in (TOKEN, IP, MAIL, "example.org", "jan.kowalski")]
    assert ending == "xlsx" or all(word in source.read_bytes() for word in hidden)
    imported(source, proposed(source))
    files = [p for p in tmp_path.rglob("*") if p.is_file() and p != source]
    assert len(files) >= 6
    for path in files:
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            data = "\n".join(str(c.value) for s in book for r in s.iter_rows() for c in r).encode()
        assert not [word for word in hidden if word in data], path.name


def made_up(tmp_path: Path, head: list[str], *rows: list[str]) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv([head, *rows]))
    return path


def column(mapping: Mapping, heading: str) -> tuple[str, str]:
    one = next(c for c in mapping.tables[0].columns if c.column == heading)
    return one.item, one.blank


def test_marks_and_blanks_of_multiple_response(
    framework: Framework, tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    """Blank is `not ticked` where only marks occur, but not where the question was not asked or not reached."""
    items = [i for i in framework.codebooks["members"]["item"] if i.startswith("higher_fee")]
    head = ["id", "submitdate", "lastpage", "respondent_id", "cluster_project", *items]
    blank = [""] * 5
    rows = [
        ["7", "2026-01-01", "9", "R01", "Tak", "Tak", "500", "Y", "", "", "", ""],
        ["8", "2026-01-02", "9", "R01", "Nie", "Nie", "", *blank],
        ["9", "2026-01-03", "9", "R02", "Nie", "Tak", "b.d.", *blank],
        ["10", "", "3", "R02", "Nie", "Tak", "", *blank],
    ]
    source = made_up(tmp_path, head, *rows)
    mapping = proposed(source, instrument="members")
    assert column(mapping, "higher_fee_services__events") == ("higher_fee_services__events", "not_ticked")
    everyone = {"incomplete": {"keep": "all"}}
    table = mapping.tables[0].model_copy(
        update={k: type(mapping.tables[0].incomplete)(**v) for k, v in everyone.items()}
    )
    imported(source, mapping.model_copy(update={"tables": [table]}))
    raw = pd.read_csv(tmp_path / "raw/members.csv", dtype=str, keep_default_na=False)
    link = pd.read_csv(tmp_path / "confidential/respondents.csv", dtype=str).set_index("source_key")["id"]
    ticks = raw.set_index("member_id")[items[2:]].agg("".join, axis=1)
    assert [ticks[link[k]] for k in ("7", "8", "9", "10")] == ["10000", "", "00000", ""]
    assert sorted(raw["member_id"]) == ["M001", "M002", "M003", "M004"]


def test_incomplete_answers_by_page(
    tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    head = ["id", "submitdate", "lastpage", "respondent_id", "search_results", "website_languages"]
    source = made_up(tmp_path, head, ["1", "", "4", "R01", "5", "1"], ["2", "", "3", "R02", "6", "1"])
    mapping = proposed(source, instrument="desk_research")
    text = yaml.safe_load(mapping.model_dump_json())
    text["tables"][0]["incomplete"] = {"keep": "page", "page": 4, "column": "lastpage"}
    imported(source, Mapping.model_validate(text))
    assert list(pd.read_csv(tmp_path / "raw/desk_research.csv")["respondent_id"]) == ["R01"]


@pytest.mark.parametrize(
    ("heading", "code", "sub", "text", "subtext"),
    [
        ("A9[SQ001]", "A9", "SQ001", "", ""),
        ("A9_SQ001", "A9", "SQ001", "", ""),
        ("Q3[SQ001_SQ002]", "Q3", "SQ001_SQ002", "", ""),
        ("Q3[other]", "Q3", "other", "", ""),
        ("Q3_other", "Q3", "other", "", ""),
        ("Q3[SQ001][1]", "Q3", "SQ001_1", "", ""),
        ("A9[SQ001]. Ilu członków? [małe]", "A9", "SQ001", "Ilu członków?", "małe"),
        ("Ilu członków? [inne (np. szkoły)]", "", "", "Ilu członków?", "inne (np. szkoły)"),
        ("<p>Ilu <b>członków</b>?</p>", "", "", "Ilu członków ?", ""),
        ("Liczba członków klastra", "", "", "Liczba członków klastra", ""),
    ],
)
def test_headings(heading: str, code: str, sub: str, text: str, subtext: str) -> None:
    found = dissect(Column(heading))
    assert (found.code, found.sub, found.text, found.subtext) == (code, sub, text, subtext)


def test_headings_are_unique() -> None:
    assert unique(["Inne", "Inne", "", "Inne (2)", "Inne"]) == [
        "Inne",
        "Inne (2)",
        "(column 3)",
        "Inne (2) (2)",
        "Inne (3)",
    ]
