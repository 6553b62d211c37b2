"""What is wrong with the raw files, for the person who has to mend it: a table in the terminal, a marked workbook."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.errors import Problem, in_language
from analysis.ingest.edition import Inspection
from analysis.ingest.text import RawTable

WORDS: dict[str, dict[str, str]] = {
    "pl": {
        "row": "wiersz", "column": "kolumna", "value": "wartość", "message": "co jest nie tak", "remedy": "co zrobić",
        "severity": "waga", "file": "plik", "stop": "błąd", "note": "uwaga", "list": "Lista", "whole": "cały plik",
        "explained": (
            "Komórki czerwone to błędy: bez poprawy raport nie powstanie. Komórki żółte to odpowiedzi możliwe, ale "
            "nietypowe: warto na nie spojrzeć. Powód jest w komentarzu komórki i w tej tabeli."
        ),
        "good": "Odpowiedzi są poprawne, nie ma żadnych uwag.",
        "can": "Odpowiedzi można wykorzystać.",
        "cannot": "Dopóki są błędy, raport nie powstanie.",
        "corrected": "zastosowane poprawki: {n}",
        "missing": "{n}% odpowiedzi bez wartości",
        "shape": "wiersze: {rows}, kolumny: {columns}",
        "line": "wiersz pliku",
    },
    "en": {
        "row": "row", "column": "column", "value": "value", "message": "what is wrong", "remedy": "what to do",
        "severity": "kind", "file": "file", "stop": "error", "note": "note", "list": "List", "whole": "whole file",
        "explained": (
            "Red cells are errors: no report without mending them. Yellow cells are answers that are possible but "
            "unusual: have a look. The reason is in the comment of the cell and in this table."
        ),
        "good": "The answers are correct and there is nothing to note.",
        "can": "The answers can be used.",
        "cannot": "There is no report while there are errors.",
        "corrected": "{n} corrections applied",
        "missing": "{n}% of the answers asked for are missing",
        "shape": "{rows} rows, {columns} columns",
        "line": "row of the file",
    },
}  # fmt: skip
_PLURALS = {
    "pl": {"stop": ("błąd", "błędy", "błędów"), "note": ("uwaga", "uwagi", "uwag")},
    "en": {"stop": ("error", "errors", "errors"), "note": ("note", "notes", "notes")},
}
FIXED_DATE = datetime.datetime(2000, 1, 1)  # the same problems give the same bytes
SHEET_NAME = 31  # Excel's longest name of a sheet
CELL = 32_000  # Excel's longest text of a cell, less a margin
RED, YELLOW = "#F8C9C4", "#FFF2B3"


def default_language(environment: Mapping[str, str], report_languages: Sequence[str]) -> str:
    """Language of the messages: of the shell if it speaks Polish or English, else of the edition's report."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            code = environment[name][:2].lower()
            return code if code in WORDS else next((x for x in report_languages if x in WORDS), "en")
    return next((x for x in report_languages if x in WORDS), "en")


def counted(n: int, severity: str, language: str) -> str:
    """Number and noun: "1 błąd", "3 błędy", "12 błędów"."""
    one, few, many = _PLURALS[language][severity]
    if n == 1:
        return f"1 {one}"
    some = language == "pl" and n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
    return f"{n} {few if some else many}"


def summary_line(found: Inspection, language: str) -> str:
    """Count problems and notes, and say whether the answers can be used."""
    words = WORDS[language]
    if not found.problems and not found.notes:
        return words["good"]
    parts = [counted(len(p), s, language) for p, s in ((found.problems, "stop"), (found.notes, "note")) if p]
    return f"{', '.join(parts)}. {words['cannot'] if found.problems else words['can']}"


def _shape(row: Mapping[str, Any], language: str) -> str:
    words = WORDS[language]
    parts = [words["shape"].format(rows=row["rows"], columns=row["columns"])]
    if pd.notna(row["missing_pct"]):
        share = f"{row['missing_pct']:.1f}"
        parts.append(words["missing"].format(n=share.replace(".", ",") if language == "pl" else share))
    if row["corrections"]:
        parts.append(words["corrected"].format(n=row["corrections"]))
    return ", ".join(parts)


def _shown(text: str, width: int) -> list[str]:
    """Text in lines of a width; what a respondent typed cannot move the cursor or break the table."""
    safe = "".join(c if c.isprintable() else "·" for c in text)
    parts = safe.split(", ") if "=" in safe else [safe]  # several answers, one a line
    return [line for part in parts for line in textwrap.wrap(part, width)] or [""]


def terminal_report(found: Inspection, language: str, width: int = 120) -> str:
    """Return the report for a terminal: one line a file, a table of its problems, the worst first, and the count."""
    words = WORDS[language]
    shapes = {
        str(row["file"]): _shape({str(k): v for k, v in row.items()}, language)
        for row in found.summary.to_dict("records")
    }
    problems = found.all
    files = list(dict.fromkeys([*shapes, *(p.file for p in problems)]))
    room = max(width, 80) - 2 - 7 - 7 - 4 * 2
    widths = [7, 7, room * 20 // 100, room * 24 // 100, room * 30 // 100, room * 26 // 100]
    heads = [words[key] for key in ("severity", "row", "column", "value", "message", "remedy")]
    out: list[str] = []
    for file in files:
        out.append(f"{file}: {shapes[file]}" if file in shapes else file)
        mine = [p for p in problems if p.file == file]
        if not mine:
            continue
        rows = [
            [
                words[p.severity],
                "" if p.row is None else str(p.row),
                p.column or words["whole"],
                "" if p.value is None else p.value,
                in_language(p.message, language),
                in_language(p.remedy, language),
            ]
            for p in mine
        ]
        out.append("  " + "  ".join(h.ljust(w) for h, w in zip(heads, widths, strict=True)).rstrip())
        out.append("  " + "  ".join("─" * w for w in widths))
        for row in rows:
            cells = [_shown(text, w) for text, w in zip(row, widths, strict=True)]
            for i in range(max(map(len, cells))):
                line = "  ".join((c[i] if i < len(c) else "").ljust(w) for c, w in zip(cells, widths, strict=True))
                out.append(f"  {line}".rstrip())
        out.append("")
    return "\n".join([*out, summary_line(found, language)])


def _sheet_names(files: Sequence[str], reserved: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for file in files:
        base = file.removesuffix(".csv")[:SHEET_NAME]
        name, n = base, 2
        while name.lower() in {reserved.lower(), *(v.lower() for v in names.values())}:
            name, n = f"{base[: SHEET_NAME - 3]}~{n}", n + 1
        names[file] = name
    return names


class _Book:
    """The workbook being written."""

    def __init__(self, path: Path, language: str) -> None:
        # A respondent's text stays text: no formula, no link.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(str(path), options)
        self.book.set_properties({"title": WORDS[language]["list"], "created": FIXED_DATE})
        add = self.book.add_format
        self.head = add({"bold": True, "bg_color": "#E7ECF2", "text_wrap": True, "valign": "top"})
        self.wrap = add({"text_wrap": True, "valign": "top"})
        self.marks = {"stop": add({"bg_color": RED}), "note": add({"bg_color": YELLOW})}
        self.kinds = {
            "stop": add({"bg_color": RED, "valign": "top"}), "note": add({"bg_color": YELLOW, "valign": "top"})
        }  # fmt: skip
        self.language, self.words = language, WORDS[language]

    def listing(self, problems: Sequence[Problem], line: str) -> None:
        sheet = self.book.add_worksheet(self.words["list"])
        sheet.write_string(0, 0, line, self.book.add_format({"bold": True}))
        sheet.merge_range(1, 0, 1, 6, self.words["explained"], self.wrap)
        sheet.set_row(1, 32)
        heads = ("severity", "file", "row", "column", "value", "message", "remedy")
        widths = (9, 22, 8, 30, 30, 60, 60)
        for i, (key, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(i, i, width)
            sheet.write_string(3, i, self.words[key], self.head)
        for i, p in enumerate(problems, start=4):
            value = (p.value or "")[:CELL]
            texts = [
                self.words[p.severity], p.file, "", p.column or self.words["whole"],
                value.replace(", ", "\n") if p.also else value,
                in_language(p.message, self.language)[:CELL], in_language(p.remedy, self.language)[:CELL],
            ]  # fmt: skip
            for j, text in enumerate(texts):
                sheet.write_string(i, j, text, self.kinds[p.severity] if j == 0 else self.wrap)
            if p.row is not None:
                sheet.write_number(i, 2, p.row, self.wrap)
            # Excel fits the height of a row by itself, other programs do not.
            lines = (sum(-(-len(part) // w) or 1 for part in t.split("\n")) for t, w in zip(texts, widths, strict=True))
            sheet.set_row(i, 15 * min(max(lines), 20))
        if problems:
            sheet.autofilter(3, 0, 3 + len(problems), 6)
        sheet.freeze_panes(4, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def raw(self, name: str, raw: RawTable, problems: Sequence[Problem]) -> None:
        """Copy a raw table with its problems marked; the first column says which line of the file a row is."""
        sheet = self.book.add_worksheet(name)
        columns = [str(c) for c in raw.cells.columns]
        place = {c: i + 1 for i, c in enumerate(columns)}
        where = {int(line): i + 1 for i, line in enumerate(raw.lines)}
        marks: dict[tuple[int, int], list[Problem]] = {}
        for p in problems:
            row = 0 if p.row is None else where.get(p.row, 0)
            for column in (p.column, *p.also):
                marks.setdefault((row, place.get(column or "", 0)), []).append(p)
        sheet.write_string(0, 0, self.words["line"], self.head)
        for c in columns:
            sheet.write_string(0, place[c], c, self.head)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, len(columns), 16)
        sheet.freeze_panes(1, 2)
        texts = raw.cells.fillna("").to_numpy()
        for line, i in where.items():
            sheet.write_number(i, 0, line)
            for j, text in enumerate(texts[i - 1], start=1):
                if text:
                    sheet.write_string(i, j, str(text)[:CELL])
        for (i, j), mine in sorted(marks.items()):
            worst = "stop" if any(p.severity == "stop" for p in mine) else "note"
            text = str(texts[i - 1][j - 1]) if i and j else (columns[j - 1] if j else "")
            if i and not j:
                sheet.write_number(i, 0, int(raw.lines.iloc[i - 1]), self.marks[worst])
            elif text or i:
                sheet.write_string(i, j, text[:CELL], self.marks[worst])
            else:
                sheet.write_string(0, 0, self.words["line"], self.marks[worst])
            said = [f"{in_language(p.message, self.language)}\n→ {in_language(p.remedy, self.language)}" for p in mine]
            options = {"author": "klastry", "x_scale": 2.2, "y_scale": min(1.0 + 0.6 * len(said), 6)}
            sheet.write_comment(i, j, "\n\n".join(dict.fromkeys(said))[:CELL], options)


def write_workbook(found: Inspection, path: Path, language: str) -> None:
    """Write the marked workbook: the sheet of all problems, then a copy of every raw file that has one.

    The file appears when it is whole; one that stood there before is replaced.
    """
    problems = found.all
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part.xlsx")
    book = _Book(part, language)
    book.listing(problems, summary_line(found, language))
    names = _sheet_names([f"{n}.csv" for n in found.files], WORDS[language]["list"])
    for name, raw in found.files.items():
        mine = [p for p in problems if p.file == raw.file]
        if mine:
            book.raw(names[f"{name}.csv"], raw, mine)
    book.book.close()
    part.replace(path)
