"""The report of an import: every change with its row and column, and a page that a person reads first.

The report quotes answers, so it belongs to the confidential files of the edition.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from analysis.intake.convert import Imported
from analysis.intake.messages import rule
from analysis.intake.model import Change

COLUMNS = ("file", "sheet", "row", "column", "item", "was", "became", "rule")
_FORMULA = re.compile(r"[=+@\t\r]|-(?!\d)")
_HEADS = {
    "en": {
        "title": "What the import of {source} did",
        "checked": "Mapping checked by",
        "tables": "Raw files",
        "file": "file",
        "rows": "rows imported",
        "read": "rows in the source",
        "changed": "cells changed",
        "rules": "Changes of answers, by rule",
        "rule": "rule",
        "n": "cells",
        "examples": "for example",
        "rows_out": "Rows left out",
        "columns_out": "Columns not imported",
        "items": "Items without a column (left empty)",
        "notes": "How the file was read",
        "none": "none",
        "row": "row",
        "all": "Every single change: `import_report.csv`. To read: `import_report.xlsx` (codes counted).",
        "sheet_single": "changes",
        "sheet_coded": "answers to codes",
        "col_file": "file",
        "col_sheet": "sheet",
        "col_row": "row",
        "col_column": "column",
        "col_item": "item",
        "col_was": "was",
        "col_became": "became",
        "col_rule": "rule",
        "col_n": "cells",
    },
    "pl": {
        "title": "Co zrobił import pliku {source}",
        "checked": "Odwzorowanie sprawdził(a)",
        "tables": "Pliki surowe",
        "file": "plik",
        "rows": "wierszy zaimportowano",
        "read": "wierszy w źródle",
        "changed": "komórek zmieniono",
        "rules": "Zmiany odpowiedzi według reguł",
        "rule": "reguła",
        "n": "komórek",
        "examples": "na przykład",
        "rows_out": "Pominięte wiersze",
        "columns_out": "Kolumny, których nie zaimportowano",
        "items": "Pozycje bez kolumny (pozostały puste)",
        "notes": "Jak odczytano plik",
        "none": "brak",
        "row": "wiersz",
        "all": "Każda zmiana osobno: `import_report.csv`. Do czytania: `import_report.xlsx` (kody zliczone).",
        "sheet_single": "zmiany",
        "sheet_coded": "odpowiedzi na kody",
        "col_file": "plik",
        "col_sheet": "arkusz",
        "col_row": "wiersz",
        "col_column": "kolumna",
        "col_item": "pozycja",
        "col_was": "było",
        "col_became": "jest",
        "col_rule": "reguła",
        "col_n": "komórek",
    },
}
_NOTES = ("encoding", "hidden_row", "hidden_column", "sheet_left_out")
_EXAMPLES = 3
_CODING = ("label", "ticked", "not_ticked", "yes_no")  # rules that only turn answers into codes
_WIDTHS = {"file": 24, "sheet": 14, "row": 8, "n": 10, "column": 48, "item": 32, "was": 44, "became": 24, "rule": 44}


def rule_names(keys: str, lang: str) -> str:
    """Return the rules of a change in words: 'decimal, unit' → 'decimal comma …; unit removed'."""
    return "; ".join(rule(key, lang) for key in keys.split(", "))


def _is_cell(change: Change) -> bool:
    return change.row is not None and bool(change.item)


def changes_table(imported: Sequence[Imported], lang: str = "en") -> pd.DataFrame:
    """Return every change of every table: file, sheet, row, column, item, was, became, rule (in words)."""
    rows = [
        (c.file, c.sheet, c.row, c.column, c.item, c.was, c.became, rule_names(c.rule, lang))
        for one in imported
        for c in one.changes
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"row": "Int64"})


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula when it opens the CSV."""
    return f"'{text}" if _FORMULA.match(text) else text


def _quoted(text: str) -> str:
    """Return a text for a cell of a Markdown table."""
    bare = " ".join(text.split())
    cut = bare if len(bare) <= 60 else bare[:57] + "…"
    return "`" + cut.replace("`", "'").replace("|", "\\|") + "`" if cut else "–"


def summary(imported: Sequence[Imported], *, source: str, checked_by: str, lang: str = "en") -> str:
    """Return the report's first page as Markdown."""
    words = _HEADS[lang]
    changes = [c for one in imported for c in one.changes]
    lines = [f"# {words['title'].format(source=source)}", "", f"{words['checked']}: {checked_by}", ""]
    head = " | ".join(words[key] for key in ("file", "rows", "read", "changed"))
    lines += [f"## {words['tables']}", "", f"| {head} |", "| --- | ---: | ---: | ---: |"]
    for one in imported:
        n = sum(_is_cell(c) for c in one.changes)
        lines.append(f"| {one.instrument}.csv | {len(one.table)} | {one.rows_read} | {n} |")
    lines += ["", f"## {words['rules']}", ""]
    counts = Counter(c.rule for c in changes if _is_cell(c))
    if counts:
        lines += [f"| {words['rule']} | {words['n']} | {words['examples']} |", "| --- | ---: | --- |"]
    for key, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        pairs = list(dict.fromkeys((c.was, c.became) for c in changes if c.rule == key and _is_cell(c)))[:_EXAMPLES]
        shown = ", ".join(f"{_quoted(was)} → {_quoted(became)}" for was, became in pairs)
        lines.append(f"| {rule_names(key, lang)} | {n} | {shown} |")
    lines += [] if counts else [words["none"]]
    for section, keys in (
        ("rows_out", ("row_incomplete", "row_empty", "row_total", "row_duplicate")),
        ("columns_out", ("column_personal", "column_none")),
        ("items", ("item_empty",)),
        ("notes", _NOTES),
    ):
        lines += ["", f"## {words[section]}", ""]
        found: dict[str, list[str]] = {}
        for c in changes:
            if c.rule in keys:
                place = c.became if c.rule in _NOTES else c.item or c.column
                if c.rule.startswith("row_"):
                    place = str(c.row)
                found.setdefault(c.rule, []).append(place)
        lines += [f"- {rule(key, lang)}: {', '.join(places)}" for key, places in found.items()] or [words["none"]]
    return "\n".join([*lines, "", words["all"], ""])


def _sheet(book: xlsxwriter.Workbook, name: str, table: pd.DataFrame, words: dict[str, str]) -> None:
    """Write a table to a sheet of its own; every text as text."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E3EAF2", "border": 1})
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, words[f"col_{column}"], head)
        sheet.set_column(at, at, _WIDTHS.get(str(column), 24))
    for line, row in enumerate(table.itertuples(index=False), start=1):
        for at, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, at, value)
            elif not pd.isna(value):
                sheet.write_number(line, at, int(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def write_report(folder: Path, imported: Sequence[Imported], *, source: str, checked_by: str, lang: str) -> list[str]:
    """Write import_report.csv, .xlsx and .md into a folder; the same import gives the same bytes of each.

    The CSV has a line for every change. The workbook lists answers that only became codes once for each column and
    spelling, with their number, so that the changes worth reading are not buried among them. In the CSV a text that a
    spreadsheet would run as a formula gets an apostrophe; the workbook holds texts as texts.
    """
    table = changes_table(imported, lang)
    safe = table.copy()
    for column in ("column", "item", "was", "became"):
        safe[column] = safe[column].map(_harmless)
    safe.to_csv(folder / "import_report.csv", index=False, lineterminator="\n", encoding="utf-8-sig")
    text = summary(imported, source=source, checked_by=checked_by, lang=lang)
    (folder / "import_report.md").write_text(text, encoding="utf-8", newline="\n")
    coded = [c for one in imported for c in one.changes if _is_cell(c) and c.rule in _CODING]
    single = table[[not (_is_cell(c) and c.rule in _CODING) for one in imported for c in one.changes]]
    counts = Counter((c.file, c.sheet, c.column, c.item, c.was, c.became, rule_names(c.rule, lang)) for c in coded)
    recoded = pd.DataFrame([(*key, n) for key, n in counts.items()], columns=[*(c for c in COLUMNS if c != "row"), "n"])
    book = xlsxwriter.Workbook(str(folder / "import_report.xlsx"), {"strings_to_formulas": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    words = _HEADS[lang]
    _sheet(book, words["sheet_single"], single, words)
    _sheet(book, words["sheet_coded"], recoded, words)
    book.close()
    return ["import_report.csv", "import_report.xlsx", "import_report.md"]
