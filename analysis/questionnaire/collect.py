"""Returned Excel templates → one table with the names of the raw columns, for `klastry import` to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from analysis.errors import DataError, Problem
from analysis.files import packed_too_deep
from analysis.questionnaire.excel import Place, places
from analysis.questionnaire.form import LANGUAGES, Form
from analysis.questionnaire.workbook import MADE_UP, MARK


def _text(value: object) -> str:
    """Return a cell as text: numbers without an exponent or a point that says nothing."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return str(value).strip()


def _read(
    path: Path, form: Form, found: dict[str, dict[str, Place]], made_up: bool
) -> tuple[dict[str, str], list[Problem]]:
    file = path.name
    try:
        deep = packed_too_deep(path)
        if deep:
            return {}, [Problem(file, None, None, None, deep, "ask for the template as it was filled in")]
        book = openpyxl.load_workbook(path, data_only=True, read_only=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        said = f"cannot be opened as a workbook ({type(error).__name__})"
        return {}, [Problem(file, None, None, None, said, "open it in Excel and save it as .xlsx")]
    info = book.properties
    wanted = f"{form.instrument} {form.year}"
    if info.keywords != MARK or info.subject != wanted or info.category not in LANGUAGES:
        told = f"{info.subject or 'no template of ours'}"
        remedy = "ask for the template of this edition, and for the answers to be moved into it"
        return {}, [Problem(file, None, None, told, f"is not the template `{wanted}`", remedy)]
    notes = {form.words("trial")[language] for language in LANGUAGES}
    filled = info.contentStatus == MADE_UP or any(sheet["A2"].value in notes for sheet in book)
    if filled and not made_up:
        remedy = "leave it out; for a trial with made-up answers collect with --made-up"
        return {}, [Problem(file, None, None, None, "is an example: its answers are made up", remedy)]
    own = found.setdefault(info.category, places(form, info.category))
    problems, row = [], {}
    for name, place in own.items():
        if place.sheet not in book.sheetnames:
            said = f"the sheet `{place.sheet}` is missing"
            problems.append(Problem(file, None, name, None, said, "give the sheet its name back"))
            continue
        sheet = book[place.sheet]
        # The hidden column says which item a row is: rows that were moved are noticed, never read as another question.
        item, value = sheet.cell(place.row + 1, 7).value, sheet.cell(place.row + 1, 4).value
        if item != name:
            said = f"the row of `{name}` holds `{item}`"
            problems.append(Problem(file, place.row + 1, name, None, said, "put the rows back in their order"))
        elif value is not None and _text(value):
            row[name] = _text(value)
    return row, problems


def collect(files: Sequence[Path], form: Form, *, made_up: bool = False) -> pd.DataFrame:
    """Read returned templates, in the order of their names: one row each, columns named as the raw ones.

    Cells are as the coordinators wrote them (labels, not codes); an empty cell is ''. What they mean is the matter of
    the import, which reports every cell it cannot read. Examples, whose answers are made up, are taken with `made_up`.

    Raises
    ------
    DataError
        With all problems of all files: not a workbook, another template, an example, sheets or rows moved.
    """
    rows, problems = [], []
    found: dict[str, dict[str, Place]] = {}
    for path in sorted(files, key=lambda p: p.name):
        row, own = _read(path, form, found, made_up)
        rows.append(row)
        problems += own
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows, columns=list(form.place()), dtype="object").fillna("")
