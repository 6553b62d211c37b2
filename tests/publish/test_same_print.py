"""The same fact, the same print: site, PDF, Word and workbook show every number alike.

A place is a fact with the text around it, as the chapters print it; each format must hold that very text.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import printed
import pytest

from analysis.publish import numbers
from analysis.publish.docx import build_docx
from analysis.publish.exhibit_tables import GROUP
from analysis.publish.exhibit_tables import build as build_table
from analysis.publish.exhibits import load_exhibits
from analysis.publish.pdf import build_pdf
from analysis.publish.publication import Publication, open_publication

TEXTS = {"html": printed.html_text, "docx": printed.docx_text, "pdf": printed.pdf_text}


def _file(pub_build: Path, kind: str) -> Path:
    report = pub_build / "60_report"
    return report / "html" if kind == "html" else next(report.glob(f"raport-ogolny-*.{kind}"))


@pytest.mark.parametrize("kind", TEXTS)
def test_small_edition_prints_every_fact_alike(mini: Publication, kind: str) -> None:
    places = printed.places(mini.build / "50_chapters/book.json")
    assert places
    assert printed.missing(places, TEXTS[kind](_file(mini.build, kind)), pages=kind == "pdf") == []


@pytest.mark.product
@pytest.mark.parametrize("kind", TEXTS)
def test_edition_prints_every_fact_alike(build: Path, kind: str) -> None:
    places = printed.places(build / "50_chapters/book.json")
    assert len(places) > 1000
    assert printed.missing(places, TEXTS[kind](_file(build, kind)), pages=kind == "pdf")[:20] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("83,2%", "83,3%"), ("83,2%", "83.2%"), ("83,2%", "83,2"), ("83,2%", "−83,2%")],
)
def test_another_print_of_a_fact_is_named(mini: Publication, old: str, new: str) -> None:
    places = printed.places(mini.build / "50_chapters/book.json")
    text = printed.docx_text(_file(mini.build, "docx"))
    assert old in text
    found = printed.missing(places, text.replace(old, new))
    told = [p for p in places if old in p.before + p.shown + p.after]  # the fact, and facts that have it beside them
    assert found == printed.missing(told, "")
    assert {p.fact for p in told if old in p.shown} == {"sample.share"}


def test_only_typography_is_set_aside() -> None:
    assert printed.plain("1\u00a0060,4 tys.\u00a0osób") == printed.plain("1 060,4\ntys. osób")
    assert printed.plain("obec-\nnych") == printed.plain("obecnych")
    for a, b in (("0,28", "0.28"), ("\u22125", "5"), ("5%", "5"), ("1,0", "1"), ("2022–2023", "20222023")):
        assert printed.plain(a) != printed.plain(b)


def shown_by_excel(value: float, code: str) -> str:
    """A number as the cell's format prints it in Polish."""
    decimals = len(re.sub(r"[^0]", "", code.split(".")[1])) if "." in code else 0
    percent = "%" if "%" in code else ""
    return numbers.number(value, decimals) + percent


def shown_by_data(path: Path, columns: list[dict[str, Any]]) -> Iterator[str]:
    """The numbers of a data file as the columns of its exhibit print them."""
    numeric = {c["name"]: c for c in columns if c.get("format") in ("integer", "number", "percent")}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            for name, column in numeric.items():
                if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", row[name]):
                    decimals = 0 if column["format"] == "integer" else column["decimals"]
                    yield numbers.number(float(row[name]), decimals) + "%" * (column["format"] == "percent")


@pytest.mark.product
def test_workbook_and_data_hold_the_printed_numbers(build: Path) -> None:
    """Each number of a printed table is in its sheet, under a format that prints it so, and in the data of the site."""
    book = openpyxl.load_workbook(next((build / "60_report").glob("aneks-statystyczny-*.xlsx")))
    exhibits = load_exhibits(build)
    compared: Counter[str] = Counter()
    wrong: list[str] = []
    for sheet in book.worksheets:
        label = next((f"tbl-{name.removeprefix('tabela_')}" for name in sheet.tables), "")
        if label not in exhibits:
            continue
        exhibit = exhibits[label]
        table = build_table(exhibit, build)
        forms = [c.get("format") for c in exhibit.record["columns"]]
        numeric = [i for i, form in enumerate(forms) if form in ("integer", "number", "percent")]
        rows = [row.cells for row in table.rows if row.kind != GROUP]
        printed_cells = Counter(row[i] for row in rows for i in numeric if row[i] != numbers.MISSING)
        cells = [c for row in sheet[sheet.tables[f"tabela_{label[4:]}"].ref] for c in row]
        in_sheet = Counter(shown_by_excel(c.value, c.number_format) for c in cells if isinstance(c.value, int | float))
        in_data = Counter(
            shown_by_data(build / "60_report/html/dane" / Path(exhibit.data_file).name, exhibit.record["columns"])
        )
        for place, held in (("sheet", in_sheet), ("data", in_data)):
            compared[place] += sum(printed_cells.values())
            wrong += [f"{label}, {place}: {cell} ×{n}" for cell, n in (printed_cells - held).items()]
    assert min(compared["sheet"], compared["data"]) > 1000
    assert wrong[:20] == []


@pytest.mark.product
def test_pdf_and_docx_are_the_same_bytes_twice(build: Path, root: Path, tmp_path: Path) -> None:
    """Published again from the same book, both files equal the ones in the report."""
    pub = open_publication(root, build, 2024)
    for kind, make in (("pdf", build_pdf), ("docx", build_docx)):
        make(pub, tmp_path / f"again.{kind}")
        digests = [hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / f"again.{kind}", _file(build, kind))]
        assert digests[0] == digests[1], kind
