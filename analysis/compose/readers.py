"""Reading a framework and a data file, in our own columns or in COINr's `iMeta` and `iData`; every problem is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.composite.structure import NUMBERS, Structure
from analysis.errors import DataError, FrameworkError, Problem, suggest

MISSING = {"", "NA", "NaN", "nan"}
# Lower-case heading → our name. COINr 1.1.14 has iCode, iName, Level, Parent, Direction, Weight, Type, Unit, Target,
# Denominator, and numbers for `use_iMeta = TRUE`.
HEADINGS = {
    "icode": "code", "iname": "name", "goalpost_lower": "goalpost_low", "goalpost_upper": "goalpost_high",
    "minmax_lower": "lower", "minmax_upper": "upper", "zscore_mean": "mean", "zscore_sd": "sd",
}  # fmt: skip
KNOWN = {
    "code",
    "name",
    "level",
    "parent",
    "direction",
    "weight",
    "unit",
    "type",
    "denominator",
    "area",
    "subarea",
    *NUMBERS,
}
# Numbers of COINr that are keys of the method here; refused where they say something, so that nothing is lost silently.
ELSEWHERE = {
    "goalpost_scale": "normalisation.indicators.<code>.upper",
    "goalpost_trunc2posts": "normalisation.indicators.<code>.cap",
    "dist2targ_cap_max": "normalisation.indicators.<code>.cap",
    "scaled_lower": "normalisation.indicators.<code>.goalpost_low (rule: goalposts, cap: false)",
    "scaled_upper": "normalisation.indicators.<code>.goalpost_high (rule: goalposts, cap: false)",
    "scale_factor": "normalisation.indicators.<code>.upper",
}
TYPES = ("indicator", "aggregate", "group", "denominator", "other")
UNIT_HEADINGS = ("ucode", "unit", "unit_id", "respondent_id", "id", "code")
NAME_HEADINGS = ("uname", "unit_name", "name")


def read_cells(path: Path) -> pd.DataFrame:
    """Read a CSV file with commas, every cell as text without surrounding blanks; the index is the line in the file.

    Raises
    ------
    DataError
        The file does not exist, is empty, has no rows, is not UTF-8, has semicolons, a heading twice or empty, or a
        row with another number of cells. UTF-8 with a byte order mark is read.
    """
    name = str(path)

    def problem(row: int | None, column: str | None, value: str | None, message: str, remedy: str) -> DataError:
        return DataError([Problem(name, row, column, value, message, remedy)])

    if not path.is_file():
        raise problem(None, None, None, "the file does not exist", "give the path of a CSV file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise problem(
            None, None, None, f"not UTF-8 (byte {error.start})", "save it as 'CSV UTF-8 (comma delimited)'"
        ) from error
    if not text.strip():
        raise problem(None, None, None, "the file is empty", "write a line of headings and a row for each element")
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [cell.strip() for cell in next(reader)]
    if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
        mark = "semicolons" if ";" in head[0] else "tabs"
        raise problem(
            1, None, head[0][:60], f"cells are separated by {mark}",
            "save it with commas and decimal points: 'CSV UTF-8 (comma delimited)', or pandas "
            "to_csv(path, index=False) after read_csv(path, sep=';', decimal=',')",
        )  # fmt: skip
    problems = []
    for heading in sorted({h for h in head if head.count(h) > 1 or not h}):
        message = "a column without heading" if not heading else "this heading stands more than once"
        problems.append(Problem(name, 1, heading or None, None, message, "give every column a heading of its own"))
    lines, rows = [], []
    for row in _rows(reader, problem):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(head):
            message = f"{len(row)} cells where the headings are {len(head)}"
            problems.append(Problem(name, reader.line_num, None, None, message, "quote cells that hold a comma"))
            continue
        lines.append(reader.line_num)
        rows.append([cell.strip() for cell in row])
    if problems:
        raise DataError(problems)
    if not rows:
        raise problem(None, None, None, "there is no row below the headings", "write a row for each element")
    return pd.DataFrame(rows, columns=head, index=lines, dtype=object)


def _rows(reader: Any, problem: Callable[..., DataError]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise problem(
            reader.line_num, None, None, f"not readable as CSV ({error})", "save it as 'CSV UTF-8 (comma delimited)'"
        ) from error


def _numbers(
    cells: pd.DataFrame, column: str, path: Path, problems: list[Problem], *, shown: str | None = None
) -> pd.Series:
    """Numbers of a column; empty cells and NA are missing, anything else and infinite numbers are problems."""
    text = cells[column]
    empty = text.isin(MISSING)
    values = pd.to_numeric(text.where(~empty, None), errors="coerce").astype(float)
    wrong = (values.isna() & ~empty) | np.isinf(values)
    for line in values.index[wrong]:
        value = str(text[line])
        infinite = bool(np.isinf(values[line]))
        remedy = "leave the cell empty if the value is not known"
        if not infinite and "," in value:
            remedy = "write decimals with a point and no separators of thousands"
        message = "an infinite value" if infinite else "not a number"
        problems.append(Problem(str(path), int(line), shown or column, value, message, remedy))
    return values.mask(wrong)


def read_framework(path: Path) -> Structure:
    """Read a framework: a row for each indicator and aggregate, or for each indicator with `area` and `subarea`.

    Headings in any case; ours (code, name, level, parent, direction, weight, unit, type, denominator, goalpost_low,
    goalpost_high, target, reference, lower, upper, mean, sd) or COINr's. Left out: direction and weight are 1, level is
    derived, type is Indicator for elements without children, else Aggregate. Rows of type Group, Denominator or Other
    describe columns of the data that are no part of the tree. Other columns are notes, unless one looks like a
    misspelt heading.

    Raises
    ------
    DataError
        The file cannot be read, a cell is no number, a type is unknown; with file, row, column, value and remedy.
    FrameworkError
        The tree contradicts itself (see `Structure.from_table`).
    """
    cells = read_cells(path)
    cells.columns = [HEADINGS.get(c.lower(), c.lower()) for c in cells.columns]
    _check_headings(cells, path)
    problems: list[Problem] = []
    table = pd.DataFrame(index=cells.index)
    for column in ("level", "direction", "weight", *NUMBERS):
        if column in cells.columns:
            table[column] = _numbers(cells, column, path, problems)
    for column in ("name", "parent", "unit", "denominator", "area", "subarea"):
        if column in cells.columns:
            table[column] = cells[column].where(~cells[column].isin(MISSING), "")
    for line in cells.index[cells["code"] == ""]:
        problems.append(Problem(str(path), int(line), "code", None, "no code", "give each element a code of its own"))
    if "type" in cells.columns:
        table["type"] = cells["type"].where(~cells["type"].isin(MISSING), "").str.lower()
        for line in table.index[~table["type"].isin(["", *TYPES])]:
            remedy = "write Indicator, Aggregate, Group, Denominator or Other"
            problems.append(Problem(str(path), int(line), "type", str(cells.at[line, "type"]), "unknown type", remedy))
    else:
        table["type"] = ""
    if problems:
        raise DataError(problems)
    table.index = pd.Index(cells["code"], name="code")
    outside = table["type"].isin(["group", "denominator", "other"])
    if not table.index.is_unique:
        double = ", ".join(table.index[table.index.duplicated()].unique())
        raise FrameworkError(f"{path}: duplicate code(s) {double}; give each element its own")
    others = table.loc[outside, "type"].to_dict()
    tree = table[~outside]
    if "parent" not in table.columns:
        structure = Structure.from_hierarchy(tree, source=str(path))
        return Structure(structure.elements, {str(k): str(v) for k, v in others.items()})
    return Structure.from_table(tree, others={str(k): str(v) for k, v in others.items()}, source=str(path))


def _check_headings(cells: pd.DataFrame, path: Path) -> None:
    columns = list(cells.columns)
    double = sorted({c for c in columns if columns.count(c) > 1})
    if double:
        raise FrameworkError(
            f"{path}: column(s) {', '.join(double)} more than once (headings in any case are the same)"
        )
    if "code" not in columns:
        raise FrameworkError(f"{path}: no column `code` (or iCode){suggest('code', columns)}")
    if "parent" not in columns and not {"area", "subarea"} <= set(columns):
        raise FrameworkError(f"{path}: no column `parent`, nor `area` and `subarea`{suggest('parent', columns)}")
    for column in columns:
        if column in KNOWN:
            continue
        if column in ELSEWHERE:
            lines = cells.index[~cells[column].isin(MISSING)]
            if len(lines):
                raise FrameworkError(
                    f"{path}, row {lines[0]}, column {column}: this number is a key of the method file here: "
                    f"`{ELSEWHERE[column]}`; write it there and remove the column"
                )
            continue
        near = suggest(column, sorted(KNOWN - set(columns)), limit=1) if len(column) > 3 else ""
        if near and _close(column, near):
            raise FrameworkError(f"{path}: unknown column `{column}`{near} rename it, or call a note otherwise")


def _close(column: str, hint: str) -> bool:
    from difflib import SequenceMatcher

    wanted = hint.removeprefix("; did you mean ").rstrip("?")
    return SequenceMatcher(None, column, wanted).ratio() >= 0.8


def read_data(path: Path, structure: Structure) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a data file: a row for each unit, a column for each indicator.

    Parameters
    ----------
    path
        CSV with a column of unit codes (uCode, unit, unit_id, respondent_id, id or code; else the first column, if it
        is no indicator), optional names (uName, unit_name, name) and Time (one value throughout).
    structure
        The tree; `structure.others` names columns that are groups, denominators or other.

    Returns
    -------
    indicators, others
        (n_units, n_indicators) of numbers and (n_units, …) of groups (text), denominators and other (numbers where all
        cells are); index `unit`.

    Raises
    ------
    DataError
        A unit code is missing or double, a cell is no number, a column belongs to nothing, an indicator has no column.
    """
    cells = read_cells(path)
    name = str(path)
    lower = {c.lower(): c for c in cells.columns}
    elements = set(structure.elements.index)
    key = next((lower[h] for h in UNIT_HEADINGS if h in lower and lower[h] not in elements), None)
    first = str(cells.columns[0])
    if key is None and first not in elements and first.lower() not in (*NAME_HEADINGS, "time"):
        key = first
    if key is None:
        remedy = "add a column uCode or unit with a code for each row"
        raise DataError([Problem(name, 1, None, None, "no column of unit codes", remedy)])
    problems: list[Problem] = []
    special = {key, *(lower[h] for h in NAME_HEADINGS if h in lower and lower[h] not in elements)}
    if "time" in lower and lower["time"] not in elements:
        special.add(lower["time"])
        times = cells[lower["time"]].unique()
        if len(times) > 1:
            remedy = "give one file for each time"
            message = f"{len(times)} times in one file ({', '.join(map(str, times[:4]))})"
            problems.append(Problem(name, None, lower["time"], None, message, remedy))
    seen: dict[str, int] = {}
    for line, unit in cells[key].items():
        if unit == "":
            problems.append(Problem(name, int(str(line)), key, None, "no unit code", "give each unit a code"))
        elif unit in seen:
            message = f"the unit stands in row {seen[unit]} already"
            problems.append(Problem(name, int(str(line)), key, unit, message, "keep one row for each unit"))
        else:
            seen[unit] = int(str(line))
    known = set(structure.indicators) | set(structure.others)
    for column in cells.columns:
        if column not in known and column not in special:
            remedy = "add a row for it to the framework (type Other keeps it out of the index), or remove it"
            remedy += suggest(column, sorted(known))
            problems.append(Problem(name, 1, column, None, "a column that the framework does not know", remedy))
    for code in structure.indicators:
        if code not in cells.columns:
            remedy = "add the column, or take the indicator out of the framework"
            problems.append(Problem(name, 1, code, None, "an indicator of the framework without data column", remedy))
    numbers = {c: _numbers(cells, c, path, problems) for c in structure.indicators if c in cells.columns}
    outside = {}
    for column, kind in structure.others.items():
        if column not in cells.columns:
            continue
        if kind == "denominator":
            outside[column] = _numbers(cells, column, path, problems)
        else:
            text = cells[column].where(~cells[column].isin(MISSING), None)
            as_number = pd.to_numeric(text, errors="coerce")
            numeric = kind == "other" and bool((as_number.notna() | text.isna()).all())
            outside[column] = as_number if numeric else text
    if problems:
        raise DataError(problems)
    units = pd.Index(cells[key].astype(str), name="unit")
    table = pd.DataFrame({c: v.to_numpy(dtype=float) for c, v in numbers.items()}, index=units)
    return table, pd.DataFrame({c: v.to_numpy() for c, v in outside.items()}, index=units)
