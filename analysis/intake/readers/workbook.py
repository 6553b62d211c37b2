"""XLSX as people send it: header somewhere below a title, two header rows, merged cells, hidden rows, formulas.

The header is the row with most texts of the codebooks; the rows above and below belong to it if they hold such texts as
well. Without any, it is the first row of texts that fills most of the sheet's width. The mapping states the rows found.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from analysis.errors import DataError, Problem
from analysis.files import packed_too_deep
from analysis.intake.headings import clean
from analysis.intake.messages import detail
from analysis.intake.model import Column, Formula, Merged, Percent, SheetError, Source
from analysis.intake.privacy import plain

MAX_CELLS = 20_000_000
_HEADER_SEARCH = 30  # rows from the top among which a header is looked for
_LEAST_WIDTH = 0.6  # of the sheet's columns, for a header that no codebook text marks


def known_form(text: str) -> str:
    """Return a text as it is compared with the codebook: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", plain(text))


def _value(cell: Any, formula: Any) -> object:
    """Return a cell with its type; a formula counts by its stored result."""
    value = cell.value
    if value is None:
        text = formula.value
        is_formula = formula.data_type == "f"
        return Formula(str(getattr(text, "text", text))) if is_formula else None
    if cell.data_type == "e":
        return SheetError(str(value))
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if "%" in str(cell.number_format):
        return Percent(float(f"{value * 100:.12g}"))
    return int(value) if isinstance(value, float) and value == int(value) and abs(value) < 1e15 else value


def _matches(row: Sequence[object], known: frozenset[str]) -> int:
    count = 0
    for value in row:
        if isinstance(value, str):
            form = known_form(clean(value))
            count += len(form) > 2 and form in known
    return count


def _spans(upper: Sequence[object], lower: Sequence[object]) -> bool:
    """Return whether the upper row leaves columns unnamed, or names several alike, that the lower one tells apart."""
    filled = [a for a, b in zip(upper, lower, strict=True) if b is not None]
    return None in filled or len(set(filled)) < len(filled)


def find_header(grid: Sequence[Sequence[object]], known: frozenset[str]) -> tuple[int, ...]:
    """Return the positions (from 0) of the header rows; () if there is none."""
    top = list(grid[:_HEADER_SEARCH])
    counts = [_matches(row, known) for row in top]
    if counts and max(counts) >= 2:
        best = counts.index(max(counts))
        if best and counts[best - 1] and _spans(top[best - 1], top[best]):
            return best - 1, best
        texts = [v for v in top[best + 1] if v is not None] if best + 1 < len(top) else []
        if texts and counts[best + 1] and all(isinstance(v, str) for v in texts) and _spans(top[best], top[best + 1]):
            return best, best + 1
        return (best,)
    width = max((sum(v is not None for v in row) for row in grid), default=0)
    for number, row in enumerate(top):
        filled = [v for v in row if v is not None]
        enough = len(filled) >= 2 and len(filled) >= _LEAST_WIDTH * width
        if enough and all(isinstance(v, str) for v in filled):
            return (number,)
    return ()


def _headings(rows: list[list[object]], width: int) -> list[tuple[str, str]]:
    """Return question and sub-question of each column; of two rows the upper holds on to the right until the next."""

    def text(value: object) -> str:
        return "" if value is None else clean(str(value))

    if len(rows) == 1:
        return [(text(rows[0][i]), "") for i in range(width)]
    upper, lower = rows[-2], rows[-1]
    out, current = [], ""
    for i in range(width):
        above, below = text(upper[i]), text(lower[i])
        current = above or current
        if above and not below:
            out.append((above, ""))
        else:
            out.append((current, below if below != current else ""))
    return out


def _sheet(path: Path, values: Any, formulas: Any, wanted: Sequence[int], known: frozenset[str]) -> Source | str:
    """Read one sheet, or say why it is left out."""
    if values.sheet_state != "visible":
        return "hidden"
    if (values.max_row or 0) * (values.max_column or 0) > MAX_CELLS:
        message = f"sheet {values.title!r} has {values.max_row} × {values.max_column} cells"
        raise DataError([Problem(path.name, None, None, None, message, "delete the empty rows and columns and save")])
    grid = [
        [_value(cell, formula) for cell, formula in zip(row, other, strict=True)]
        for row, other in zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    ]
    ranges = sorted(values.merged_cells.ranges, key=lambda r: (r.min_row, r.min_col))
    for area in ranges:  # a title over several columns is a header for each of them
        if area.min_row <= _HEADER_SEARCH and area.max_col > area.min_col:
            first = grid[area.min_row - 1][area.min_col - 1]
            if wanted and area.min_row not in wanted:
                continue
            if isinstance(first, str) and known_form(clean(first)) in known:
                for column in range(area.min_col, area.max_col):
                    grid[area.min_row - 1][column] = first
    header = tuple(r - 1 for r in wanted) if wanted else find_header(grid, known)
    if not header:
        return "no_header"
    if header[-1] >= len(grid):
        remedy = f"the sheet has {len(grid)} rows: correct `header_rows`"
        raise DataError([Problem(path.name, header[-1] + 1, None, None, "there is no such row", remedy)])
    width = max((i + 1 for row in grid for i, v in enumerate(row) if v is not None), default=0)
    pairs = _headings([grid[r] for r in header], width)
    hidden = {
        i
        for letter, size in values.column_dimensions.items()
        if size.hidden
        for i in range(size.min or 0, (size.max or 0) + 1)
    }
    columns = [
        Column(
            heading=f"{q} [{s}]" if s and q else q or s,
            letter=get_column_letter(i + 1),
            text=q if s else "",
            subtext=s,
            hidden=i + 1 in hidden,
        )
        for i, (q, s) in enumerate(pairs)
    ]
    filled = [(n, row) for n, row in enumerate(grid, start=1) if n > header[-1] + 1 and any(v is not None for v in row)]
    if not filled or width < 2:
        return "no_table"
    empty = [i for i, c in enumerate(columns) if not c.heading and all(row[i] is None for _, row in filled)]
    keep = [i for i in range(width) if i not in empty]
    merged = []
    for area in ranges:
        if area.min_row <= header[-1] + 1:
            continue
        value = grid[area.min_row - 1][area.min_col - 1]
        if value is not None:
            inside = tuple(columns[i - 1].heading for i in range(area.min_col, min(area.max_col, width) + 1))
            merged.append(Merged(area.coord, tuple(range(area.min_row, area.max_row + 1)), inside, value))
    notes = [("hidden_row", str(n), "") for n, _ in filled if values.row_dimensions[n].hidden]
    notes += [("hidden_column", c.letter, c.heading) for c in columns if c.hidden and c.heading]
    return Source(
        file=path.name,
        kind="xlsx",
        columns=tuple(columns[i] for i in keep),
        rows=tuple(tuple(row[i] if i < len(row) else None for i in keep) for _, row in filled),
        lines=tuple(n for n, _ in filled),
        sheet=str(values.title),
        header_rows=tuple(r + 1 for r in header),
        merged=tuple(merged),
        notes=tuple(notes),
    )


def read_workbook(path: Path, *, headers: Mapping[str, Sequence[int]], known: Sequence[str]) -> list[Source]:
    """Read the visible sheets that hold a table.

    Parameters
    ----------
    path
        The workbook.
    headers
        Rows of the header (from 1) by sheet; sheets without an entry are searched.
    known
        Texts and codes of the codebooks.

    Raises
    ------
    DataError
        The file is no workbook, is protected by a password, or no sheet holds a table.
    """
    forms = frozenset(f for f in map(known_form, known) if len(f) > 2 and not f.isdigit())
    try:
        deep = packed_too_deep(path)
        if deep:
            raise DataError([Problem(path.name, None, None, None, deep, "export fewer columns or rows, or as CSV")])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # drop-downs and styles that openpyxl does not know carry no answers
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        remedy = "save it as an .xlsx workbook without a password"
        problem = Problem(path.name, None, None, None, f"cannot be opened as a workbook ({error})", remedy)
        raise DataError([problem]) from None
    out: list[Source] = []
    left: list[tuple[str, str, str]] = []
    for sheet in values.worksheets:
        read = _sheet(path, sheet, formulas[sheet.title], headers.get(sheet.title, ()), forms)
        if isinstance(read, Source):
            out.append(read)
        else:
            left.append(("sheet_left_out", sheet.title, read))
    if not out:
        reasons = "; ".join(f"{name}: {detail(why)}" for _, name, why in left)
        remedy = "state the sheet and its `header_rows` in the mapping"
        raise DataError([Problem(path.name, None, None, None, f"no sheet holds a table ({reasons})", remedy)])
    first = out[0]
    return [Source(**{**first.__dict__, "notes": (*first.notes, *left)}), *out[1:]]
