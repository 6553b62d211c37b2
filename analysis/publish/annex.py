"""The statistical annex: one workbook, one sheet per table, numbers as numbers, real Excel tables, no merged cells.

Order of sheets: cover, contents with links, notes, then the tables by number. The values are those of the exhibits'
data files, unrounded; the cell format shows the decimals that the report prints.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.errors import PublishError
from analysis.publish import numbers
from analysis.publish.exhibits import Exhibit
from analysis.publish.publication import Publication

_ACCENT = "#17456B"
_MUTED = "#55616B"
_HEADER_ROW = 5  # zero-based row of the column headings
_COVER, _CONTENTS, _NOTES = "Okładka", "Spis treści", "Objaśnienia"

NOTES = (
    ("–", "brak danych albo wartość, której nie oblicza się dla danego wskaźnika"),
    ("Benchmark", "najlepsza wartość w grupie klastrów"),
    ("KKK", "Krajowy Klaster Kluczowy"),
    ("Wyniki znormalizowane", "wartości od zera do jedności: zero to najsłabszy, jedność najlepszy wynik w badaniu"),
    ("Dokładność", "komórki przechowują wartości niezaokrąglone; format pokazuje tyle miejsc po przecinku, ile raport"),
)


@dataclass(frozen=True)
class _Sheet:
    """A table as the workbook holds it: headings, rows of values, number format of each column, groups of headings."""

    heads: list[str]
    rows: list[list[float | str | None]]
    formats: list[str]
    cell_formats: dict[tuple[int, int], str]
    groups: list[str]


def number_format(form: str, decimals: int) -> str:
    """Excel's format of a column: text, integer, number or percent (values 0–100)."""
    if form == "text":
        return "@"
    digits = "#,##0" + ("." + "0" * decimals if decimals and form != "integer" else "")
    return f'{digits}"%"' if form == "percent" else digits


def _value(text: str, form: str) -> tuple[float | str | None, str | None]:
    """Return the cell's value and, for numbers inside mixed columns, a format of their own."""
    text = text.strip()
    if form in ("integer", "number", "percent"):
        return (float(text), None) if text not in ("", "nan") else (None, None)
    if form == "mixed":
        if text in ("", numbers.MISSING):
            return None, None
        parsed = numbers.parse(text)
        if parsed:
            amount, decimals, percent = parsed
            return float(amount), number_format("percent" if percent else "number", decimals)
    return text, None


def _exact(source: Mapping[str, str], name: str, printed: float | str | None) -> float | str | None:
    """Return the value behind a printed one: `mean` beside `mean_text`, if it rounds to what is printed."""
    parsed = numbers.parse(source[name])
    try:
        value = float(source[name.removesuffix("_text")])
    except (KeyError, ValueError):
        return printed
    return value if parsed and numbers.rounded(value, parsed[1]) == parsed[0] else printed


def _unique(heads: list[str]) -> list[str]:
    """Excel tables need headings that differ (case aside) and are not empty."""
    out: list[str] = []
    for i, head in enumerate(heads, start=1):
        name = head.strip() or f"Kolumna {i}"
        while name.lower() in (x.lower() for x in out):
            name += " "
        out.append(name)
    return out


def _sheet(exhibit: Exhibit, build_dir: Path) -> _Sheet:
    columns: list[Mapping[str, Any]] = list(exhibit.record["columns"])
    group = exhibit.record.get("row_groups")
    if group and group not in [c["name"] for c in columns]:
        columns.insert(0, {"name": group, "label": "Grupa", "format": "text"})
    rows: list[list[float | str | None]] = []
    cell_formats: dict[tuple[int, int], str] = {}
    with (build_dir / exhibit.data_file).open(encoding="utf-8", newline="") as handle:
        for i, source in enumerate(csv.DictReader(handle)):
            row: list[float | str | None] = []
            for j, column in enumerate(columns):
                try:
                    value, own = _value(source[column["name"]], column.get("format", "text"))
                except ValueError as error:
                    raise PublishError(
                        f"{exhibit.data_file}, line {i + 2}, column {column['name']}: {error}"
                    ) from error
                row.append(value)
                if own:
                    cell_formats[i, j] = own
                    row[-1] = _exact(source, str(column["name"]), value)
            rows.append(row)
    formats = [number_format(c.get("format", "text"), int(c.get("decimals") or 0)) for c in columns]
    groups = [str(c.get("group") or "") for c in columns]
    # A heading repeated under several group heads carries its group.
    heads = [str(c["label"]) for c in columns]
    heads = [f"{g}: {h}" if g and heads.count(h) > 1 else h for h, g in zip(heads, groups, strict=True)]
    return _Sheet(_unique(heads), rows, formats, cell_formats, groups)


def _width(sheet: _Sheet, column: int) -> float:
    values = [row[column] for row in sheet.rows]
    texts = [v for v in values if isinstance(v, str)]
    if len(texts) > len(values) / 3:
        return float(min(max([len(t) for t in texts] + [10]) + 2, 60))
    longest_word = max((len(word) for word in sheet.heads[column].split()), default=0)
    return float(max(12, min(longest_word + 3, 26)))


class _Book:
    """The workbook with its formats."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.base = base
        self.title = book.add_format({**base, "font_size": 16, "bold": True, "font_color": _ACCENT})
        self.head = book.add_format(
            {**base, "bold": True, "font_color": _ACCENT, "text_wrap": True, "valign": "bottom", "bottom": 2,
             "bottom_color": _ACCENT}
        )  # fmt: skip
        self.group = book.add_format({**base, "bold": True, "font_color": _MUTED})
        self.text = book.add_format({**base, "text_wrap": True})
        self.plain = book.add_format(base)
        self.muted = book.add_format({**base, "font_color": _MUTED})
        self.link = book.add_format({**base, "font_color": _ACCENT, "underline": 1})
        self._numbers: dict[str, Format] = {}

    def number(self, code: str) -> Format:
        if code == "@":
            return self.text
        if code not in self._numbers:
            self._numbers[code] = self.book.add_format({**self.base, "num_format": code, "align": "right"})
        return self._numbers[code]

    def sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_footer("&C&P / &N")
        return sheet


def _write_table(book: _Book, exhibit: Exhibit, build_dir: Path) -> None:
    data = _sheet(exhibit, build_dir)
    sheet = book.sheet(f"Tabela {exhibit.no}")
    sheet.write_string(0, 0, f"Tabela {exhibit.no}. {exhibit.title}", book.title)
    sheet.write_string(1, 0, f"Źródło: {exhibit.source}", book.muted)
    if exhibit.note:
        sheet.write_string(2, 0, exhibit.note, book.muted)
    sheet.write_url(3, 0, f"internal:'{_CONTENTS}'!A1", book.link, "Powrót do spisu treści")
    shown = ""
    for j, group in enumerate(data.groups):
        if group and group != shown:
            sheet.write_string(_HEADER_ROW - 1, j, group, book.group)
        shown = group
    last_row = _HEADER_ROW + max(len(data.rows), 1)
    columns = [
        {"header": head, "header_format": book.head, "format": book.number(code)}
        for head, code in zip(data.heads, data.formats, strict=True)
    ]
    sheet.add_table(
        _HEADER_ROW, 0, last_row, len(data.heads) - 1,
        {"name": f"tabela_{exhibit.no}", "columns": columns, "style": "Table Style Light 1", "autofilter": False},
    )  # fmt: skip
    for i, row in enumerate(data.rows):
        for j, value in enumerate(row):
            form = book.number(data.cell_formats.get((i, j), data.formats[j]))
            place = (_HEADER_ROW + 1 + i, j)
            if value is None:
                sheet.write_blank(*place, None, form)
            elif isinstance(value, str):
                sheet.write_string(*place, value, book.text)
            else:
                sheet.write_number(*place, value, form)
    for j in range(len(data.heads)):
        sheet.set_column(j, j, _width(data, j))
    first_numeric = next((j for j, code in enumerate(data.formats) if code != "@"), 1)
    sheet.freeze_panes(_HEADER_ROW + 1, min(max(first_numeric, 1), 2))
    sheet.repeat_rows(_HEADER_ROW)
    sheet.fit_to_pages(1, 0)
    if len(data.heads) > 6:
        sheet.set_landscape()


def _write_front(book: _Book, pub: Publication, tables: list[Exhibit]) -> None:
    cover = book.sheet(_COVER)
    cover.set_column(0, 0, 100)
    lines = [
        pub.subtitle,
        "Aneks statystyczny",
        pub.period,
        pub.edition_label,
        pub.publisher,
        pub.date_text.capitalize(),
    ]
    cover.write_string(0, 0, pub.title, book.title)
    row = 2
    for line in filter(None, [*lines, pub.provenance_note]):
        cover.write_string(row, 0, line, book.text)
        row += 1
    cover.write_url(row + 1, 0, f"internal:'{_CONTENTS}'!A1", book.link, "Spis treści")
    cover.write_url(row + 2, 0, f"internal:'{_NOTES}'!A1", book.link, "Objaśnienia")

    contents = book.sheet(_CONTENTS)
    contents.write_string(0, 0, _CONTENTS, book.title)
    contents.set_column(0, 0, 14)
    contents.set_column(1, 1, 110)
    contents.set_column(2, 2, 12)
    columns = [{"header": h, "header_format": book.head} for h in ("Tabela", "Tytuł", "Rozdział")]
    last = 2 + max(len(tables), 1)
    contents.add_table(
        2, 0, last, 2,
        {"name": "spis_tabel", "columns": columns, "style": "Table Style Light 1", "autofilter": False},
    )  # fmt: skip
    for i, exhibit in enumerate(tables, start=3):
        target = f"internal:'Tabela {exhibit.no}'!A1"
        contents.write_url(i, 0, target, book.link, f"Tabela {exhibit.no}")
        contents.write_string(i, 1, exhibit.title, book.text)
        contents.write_string(i, 2, exhibit.chapter, book.plain)
    contents.freeze_panes(3, 0)

    notes = book.sheet(_NOTES)
    notes.write_string(0, 0, _NOTES, book.title)
    notes.set_column(0, 0, 26)
    notes.set_column(1, 1, 100)
    columns = [{"header": h, "header_format": book.head} for h in ("Oznaczenie", "Objaśnienie")]
    notes.add_table(
        2, 0, 2 + len(NOTES), 1,
        {"name": "objasnienia", "columns": columns, "style": "Table Style Light 1", "autofilter": False},
    )  # fmt: skip
    for i, (sign, meaning) in enumerate(NOTES, start=3):
        notes.write_string(i, 0, sign, book.text)
        notes.write_string(i, 1, meaning, book.text)


def build_annex(pub: Publication, out: Path) -> int:
    """Write the workbook; returns the number of tables in it.

    Raises
    ------
    PublishError
        A cell of a number column is no number.
    """
    tables = [exhibit for exhibit in pub.exhibits.values() if exhibit.kind == "table"]
    out.parent.mkdir(parents=True, exist_ok=True)
    workbook = xlsxwriter.Workbook(str(out))
    workbook.set_properties(
        {
            "title": f"{pub.title}. Aneks statystyczny",
            "author": pub.publisher,
            "comments": pub.provenance_note,
            "created": datetime.datetime.combine(pub.date, datetime.time()),
        }
    )
    book = _Book(workbook)
    _write_front(book, pub, tables)
    for exhibit in tables:
        _write_table(book, exhibit, pub.build)
    workbook.close()
    return len(tables)
