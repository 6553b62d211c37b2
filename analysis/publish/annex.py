"""The statistical annex: a workbook in Polish and one in English, one sheet per table, for all programs and readers.

The rules are those of accessible spreadsheets (gptables): a cover, a contents sheet with links and a notes sheet, then
one real Excel table a sheet, beginning in column A under its title, with one row of headings, no merged cell, no empty
cell, no empty row before the table; title and language of the document are set. Values are those of the exhibits' data
files, unrounded; the cell format shows the decimals that the report prints.
"""

from __future__ import annotations

import csv
import datetime
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.config import WITHHELD
from analysis.errors import PublishError
from analysis.publish import numbers
from analysis.publish.annex_words import WORDS, Words
from analysis.publish.exhibits import Exhibit
from analysis.publish.publication import Publication

_ACCENT = "#17456B"
_MUTED = "#55616B"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEXT_FORMATS = ("text", "@")


@dataclass(frozen=True)
class _Table:
    """A table exhibit in one language: what stands above it, its columns and its data file."""

    exhibit: Exhibit
    title: str
    source: str
    note: str
    columns: list[Mapping[str, Any]]
    data_file: str


def in_language(exhibit: Exhibit, lang: str) -> _Table | None:
    """Return the exhibit in a language, or None if it is not made in it; Polish is always there."""
    columns: list[Mapping[str, Any]] = list(exhibit.record["columns"])
    if lang == "pl":
        return _Table(exhibit, exhibit.title, exhibit.source, exhibit.note, columns, exhibit.data_file)
    other = exhibit.record.get(lang)
    if not other:
        return None
    return _Table(exhibit, other["title"], other["source"], other["note"], list(other["columns"]), other["data_file"])


@dataclass(frozen=True)
class _Sheet:
    """A table as the workbook holds it: headings, rows of values, number format of each column and of single cells."""

    heads: list[str]
    rows: list[list[float | str | None]]
    formats: list[str]
    cell_formats: dict[tuple[int, int], str]


def number_format(form: str, decimals: int) -> str:
    """Excel's format of a column: text, integer, number or percent (values 0–100)."""
    if form == "text":
        return "@"
    digits = "#,##0" + ("." + "0" * decimals if decimals and form != "integer" else "")
    return f'{digits}"%"' if form == "percent" else digits


def _value(text: str, form: str, lang: str) -> tuple[float | str | None, str | None]:
    """Return the cell's value and, for numbers inside mixed columns, a format of their own."""
    text = text.strip()
    if text == WITHHELD:
        return WITHHELD, None
    if form in ("integer", "number", "percent"):
        return (float(text), None) if text not in ("", "nan") else (None, None)
    if form == "mixed":
        if text in ("", numbers.MISSING):
            return None, None
        parsed = numbers.parse(text, lang=lang)
        if parsed:
            amount, decimals, percent = parsed
            return float(amount), number_format("percent" if percent else "number", decimals)
    return text or None, None


def _exact(source: Mapping[str, str], name: str, printed: float | str | None, lang: str) -> float | str | None:
    """Return the value behind a printed one: `mean` beside `mean_text`, if it rounds to what is printed."""
    parsed = numbers.parse(source[name], lang=lang)
    try:
        value = float(source[name.removesuffix("_text")])
    except (KeyError, ValueError):
        return printed
    return value if parsed and numbers.rounded(value, parsed[1]) == parsed[0] else printed


def _unique(heads: list[str], column: str) -> list[str]:
    """Excel tables need headings that differ (case aside) and are not empty."""
    out: list[str] = []
    for i, head in enumerate(heads, start=1):
        name = head.strip() or f"{column} {i}"
        while name.lower() in (x.lower() for x in out):
            name += " "
        out.append(name)
    return out


def _sheet(table: _Table, build_dir: Path, words: Words) -> _Sheet:
    columns = list(table.columns)
    group = table.exhibit.record.get("row_groups")
    if group and group not in [c["name"] for c in columns]:
        columns.insert(0, {"name": group, "label": words.group, "format": "text"})
    # A row that only names what follows becomes a column: a table of a spreadsheet has no headings inside.
    inside, current = False, ""
    above: list[str] = []
    rows: list[list[float | str | None]] = []
    cell_formats: dict[tuple[int, int], str] = {}
    with (build_dir / table.data_file).open(encoding="utf-8", newline="") as handle:
        for line, source in enumerate(csv.DictReader(handle), start=2):
            blank = not any(source[str(c["name"])].strip() for c in columns[1:])
            if blank and source.get(str(table.exhibit.record.get("emphasis")), "0") not in ("", "0"):
                inside, current = True, source[str(columns[0]["name"])]
                continue
            if source.get(str(table.exhibit.record.get("emphasis"))) == "":
                current = ""  # a row under no heading
            i = len(rows)
            above.append(current or "–")
            row: list[float | str | None] = []
            for j, column in enumerate(columns):
                try:
                    value, own = _value(source[column["name"]], column.get("format", "text"), words.lang)
                except ValueError as error:
                    raise PublishError(f"{table.data_file}, line {line}, column {column['name']}: {error}") from error
                row.append(value)
                if own:
                    cell_formats[i, j] = own
                    row[-1] = _exact(source, str(column["name"]), value, words.lang)
            rows.append(row)
    formats = [number_format(c.get("format", "text"), int(c.get("decimals") or 0)) for c in columns]
    # One row of headings: a heading under a common one carries it.
    heads = [f"{c['group']}: {c['label']}" if c.get("group") else str(c["label"]) for c in columns]
    if inside:
        heads, formats = [words.group, *heads], ["@", *formats]
        rows = [[name, *row] for name, row in zip(above, rows, strict=True)]
        cell_formats = {(i, j + 1): code for (i, j), code in cell_formats.items()}
    return _Sheet(_unique(heads, words.column), rows, formats, cell_formats)


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
        self.text = book.add_format({**base, "text_wrap": True})
        self.plain = book.add_format(base)
        self.absent = book.add_format({**base, "align": "right", "font_color": _MUTED})
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


def _write_table(book: _Book, table: _Table, build_dir: Path, words: Words) -> None:
    data = _sheet(table, build_dir, words)
    no = table.exhibit.no
    sheet = book.sheet(f"{words.table} {no}")
    lines = [words.one_table, f"{words.source}: {table.source}", *([table.note] if table.note else [])]
    sheet.write_string(0, 0, f"{words.table} {no}. {table.title}", book.title)
    for i, line in enumerate(lines, start=1):
        sheet.write_string(i, 0, line, book.muted)
    sheet.write_url(len(lines) + 1, 0, f"internal:'{words.contents}'!A1", book.link, words.back)
    top = len(lines) + 2
    columns = [
        {"header": head, "header_format": book.head, "format": book.number(code)}
        for head, code in zip(data.heads, data.formats, strict=True)
    ]
    _add_table(sheet, top, max(len(data.rows), 1), f"{words.table_id}_{no}", columns)
    for i, row in enumerate(data.rows):
        for j, value in enumerate(row):
            place = (top + 1 + i, j)
            if value is None:
                numeric = data.formats[j] not in _TEXT_FORMATS
                sheet.write_string(*place, words.absent, book.absent if numeric else book.text)
            elif isinstance(value, str):
                sheet.write_string(*place, value, book.text)
            else:
                sheet.write_number(*place, value, book.number(data.cell_formats.get((i, j), data.formats[j])))
    for j in range(len(data.heads)):
        sheet.set_column(j, j, _width(data, j))
    first_numeric = next((j for j, code in enumerate(data.formats) if code != "@"), 1)
    sheet.freeze_panes(top + 1, min(max(first_numeric, 1), 2))
    sheet.repeat_rows(top)
    sheet.fit_to_pages(1, 0)
    if len(data.heads) > 6:
        sheet.set_landscape()


def _add_table(sheet: Worksheet, top: int, rows: int, name: str, columns: list[dict[str, Any]]) -> None:
    sheet.add_table(
        top, 0, top + rows, len(columns) - 1,
        {"name": name, "columns": columns, "style": "Table Style Light 1", "autofilter": False},
    )  # fmt: skip


def _write_list(
    book: _Book, name: str, lead: str, table: str, heads: tuple[str, ...], widths: tuple[int, ...], rows: int
) -> Worksheet:
    """Begin a sheet with a title, a line that says what is on it, and an empty table of so many rows."""
    sheet = book.sheet(name)
    sheet.write_string(0, 0, name, book.title)
    sheet.write_string(1, 0, lead, book.muted)
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    _add_table(sheet, 2, max(rows, 1), table, [{"header": h, "header_format": book.head} for h in heads])
    sheet.freeze_panes(3, 0)
    return sheet


def _write_front(book: _Book, pub: Publication, tables: list[_Table], missing: list[Exhibit], words: Words) -> None:
    english = words.lang == "en"
    title = str(pub.info.get("title_en") or pub.title) if english else pub.title
    period = f"Data for {str(pub.info['period']).replace('-', '–')}" if english else pub.period
    note = str(pub.info.get("provenance_note_en") or "") if english and pub.provenance_note else pub.provenance_note
    about = [words.annex, period] if english else [pub.subtitle, words.annex, pub.period, pub.edition_label]
    about += [pub.publisher, str(pub.date.year) if english else pub.date_text.capitalize()]
    cover = book.sheet(words.cover)
    cover.set_column(0, 0, 100)
    cover.write_string(0, 0, title, book.title)
    lines = [line for line in [*about, " ".join(note.split())] if line]
    for i, line in enumerate(lines, start=1):
        cover.write_string(i, 0, line, book.text)
    for i, name in enumerate((words.contents, words.notes), start=len(lines) + 1):
        cover.write_url(i, 0, f"internal:'{name}'!A1", book.link, name)

    contents = _write_list(
        book, words.contents, words.contents_lead, f"{words.table_id}_contents", words.contents_heads, (14, 110, 12),
        len(tables),
    )  # fmt: skip
    for i, table in enumerate(tables, start=3):
        name = f"{words.table} {table.exhibit.no}"
        contents.write_url(i, 0, f"internal:'{name}'!A1", book.link, name)
        contents.write_string(i, 1, table.title, book.text)
        contents.write_string(i, 2, table.exhibit.chapter or words.absent, book.plain)

    meanings = list(words.meanings)
    if missing and words.only_other:
        listed = ", ".join(str(exhibit.no) for exhibit in missing)
        meanings.append((words.only_other, f"tables {listed}, which are not made in English"))
    notes = _write_list(
        book, words.notes, words.notes_lead, f"{words.table_id}_notes", words.notes_heads, (26, 100), len(meanings)
    )
    for i, (sign, meaning) in enumerate(meanings, start=3):
        notes.write_string(i, 0, sign, book.text)
        notes.write_string(i, 1, meaning, book.text)


def _declare_language(path: Path, locale: str) -> None:
    """Write the language of the document into its properties; the writer has no option for it."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info.filename, archive.read(info.filename)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            if name == "docProps/core.xml":
                end = b"</cp:coreProperties>"
                content = content.replace(end, f"<dc:language>{locale}</dc:language>".encode() + end)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def build_annex(pub: Publication, out: Path, lang: str = "pl") -> int:
    """Write the workbook in a language; returns the number of tables in it.

    A table that is not made in English is left out of the English workbook, whose notes name it.

    Raises
    ------
    PublishError
        A cell of a number column is no number.
    """
    words = WORDS[lang]
    exhibits = [exhibit for exhibit in pub.exhibits.values() if exhibit.kind == "table"]
    made = [(exhibit, in_language(exhibit, lang)) for exhibit in exhibits]
    tables = [table for _, table in made if table is not None]
    out.parent.mkdir(parents=True, exist_ok=True)
    workbook = xlsxwriter.Workbook(str(out))
    title = str(pub.info.get("title_en") or pub.title) if lang == "en" else pub.title
    workbook.set_properties(
        {
            "title": f"{title}. {words.annex}",
            "author": pub.publisher,
            "comments": str(pub.info.get("provenance_note_en") or "").strip() if lang == "en" else pub.provenance_note,
            "created": datetime.datetime.combine(pub.date, datetime.time()),
        }
    )
    book = _Book(workbook)
    _write_front(book, pub, tables, [exhibit for exhibit, table in made if table is None], words)
    for table in tables:
        _write_table(book, table, pub.build, words)
    workbook.close()
    _declare_language(out, words.locale)
    return len(tables)
