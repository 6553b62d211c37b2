"""One raw file, from bytes to a table with types: cells, conditions between questions, checks between columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import DataError, Problem, Said
from analysis.ingest.expressions import violations
from analysis.ingest.rules import Check, Instrument
from analysis.ingest.text import RawTable, read_text
from analysis.messages import say
from analysis.schemas import NUMERIC_TYPES, Item, cell_problems, pandas_dtype, parse_codebook


@dataclass(frozen=True)
class CheckedTable:
    """A raw file checked against its codebook; `table` has the codebook's columns, `asked` the same shape.

    `notes` are odd answers that break a check of severity `note`; they are kept.
    """

    table: pd.DataFrame
    asked: pd.DataFrame
    lines: pd.Series
    problems: list[Problem]
    notes: list[Problem]


def _typed(cells: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Give every column its type; a cell that is not of the type becomes missing (it has its own problem)."""
    columns: dict[str, pd.Series] = {}
    for item in items:
        text = cells[item.name] if item.name in cells else pd.Series(None, index=cells.index, dtype="str")
        if item.type not in NUMERIC_TYPES:
            columns[item.name] = text.astype("str")
            continue
        numbers = pd.to_numeric(text.str.strip(), errors="coerce").astype("float64")
        if pandas_dtype(item) == "Int64":
            numbers = numbers.where((numbers % 1 == 0) & (numbers.abs() < 1e15))
            columns[item.name] = numbers.astype("Int64")
            continue
        columns[item.name] = numbers
    return pd.DataFrame(columns)


def _condition_problems(
    raw: RawTable, items: Sequence[Item], asked: pd.DataFrame, bad: set[tuple[int | None, str | None]]
) -> list[Problem]:
    """Compare answers with what was asked; where the deciding answer is itself `bad`, nothing can be said."""
    problems = []
    shown = raw.cells.fillna("").to_dict("index")
    for item in items:
        if not item.conditions or item.name not in raw.cells:
            continue
        cells = raw.cells[item.name]
        listed = [str(condition) for condition in item.conditions]
        wanted = Said(" and ".join(listed), " i ".join(listed))
        needs = [c.item for c in item.conditions if c.item in raw.cells]
        clear = pd.Series([not any((line, n) in bad for n in needs) for line in raw.lines], index=cells.index)
        for position in cells.index[cells.notna() & ~asked[item.name] & clear]:
            values = [(n, shown[position][n]) for n in needs]
            found = Said(*(", ".join(f"{n}={v or empty}" for n, v in values) for empty in ("(empty)", "(puste)")))
            message = say("not_asked", condition=wanted, found=found)
            line = int(raw.lines.loc[position])
            value, also = str(cells.loc[position]), tuple(needs)
            problems.append(Problem(raw.file, line, item.name, value, message, say("not_asked.do"), also=also))
        if item.required:
            for position in cells.index[cells.isna() & asked[item.name] & clear]:
                line, message = int(raw.lines.loc[position]), say("required_if", condition=wanted)
                problems.append(Problem(raw.file, line, item.name, None, message, say("fill"), also=tuple(needs)))
    return problems


def _check_problems(raw: RawTable, table: pd.DataFrame, checks: Sequence[Check]) -> list[Problem]:
    problems = []
    shown = raw.cells.to_dict("index")
    for check in checks:
        broken = violations(check.expression, table)
        for position in table.index[broken]:
            names = check.expression.columns
            values = [f"{n}={shown[position][n]}" for n in names]
            value = ", ".join(values[:6]) + (f", … (+{len(values) - 6})" if len(values) > 6 else "")
            remedy = say("agree.do" if check.severity == "stop" else "ask.do", check=check.name)
            line, also = int(raw.lines.loc[position]), names[1:]
            problems.append(
                Problem(raw.file, line, names[0], value, check.message, remedy, severity=check.severity, also=also)
            )
    return problems


def check_table(
    raw: RawTable, items: Sequence[Item], *, instrument: Instrument | None = None, checks: Sequence[Check] = ()
) -> CheckedTable:
    """Check a raw table against its codebook and give it types.

    Parameters
    ----------
    raw
        The file as read.
    items
        The parsed codebook.
    instrument
        What identifies a row; without it, the first item of type `id`.
    checks
        Statements every row must satisfy.
    """
    key = instrument.key if instrument else next((item.name for item in items if item.type == "id"), None)
    pattern = instrument.key_pattern if instrument else None
    problems = cell_problems(raw.cells, raw.lines, items, file=raw.file, key=key, key_pattern=pattern)
    if raw.cells.empty:
        problems.append(Problem(raw.file, None, None, None, say("no_rows"), say("no_rows.do")))
    asked = pd.DataFrame({item.name: item.asked(raw.cells) for item in items})
    table = _typed(raw.cells, items)
    problems += _condition_problems(raw, items, asked, {(p.row, p.column) for p in problems})
    problems += _check_problems(raw, table, [c for c in checks if c.severity == "stop"])
    notes = _check_problems(raw, table, [c for c in checks if c.severity == "note"])
    return CheckedTable(table, asked, raw.lines, problems, notes)


def read_raw(
    path: Path,
    codebook: pd.DataFrame,
    option_lists: pd.DataFrame,
    *,
    instrument: Instrument | None = None,
    checks: Sequence[Check] = (),
) -> pd.DataFrame:
    """Read one raw file by its codebook.

    Returns one row per row of the file and one column per item, in the order of the codebook: whole numbers and codes
    `Int64`, other numbers `float64` in the unit of the codebook, choices, identifiers and text `str`; an empty cell is
    missing.

    Raises
    ------
    DataError
        With every problem of the file: encoding, separator, columns, cells, conditions, checks.
    FrameworkError
        The codebook contradicts itself.
    """
    items = parse_codebook(codebook, option_lists, name=path.stem)
    raw, problems = read_text(path)
    if raw is None:
        raise DataError(problems)
    checked = check_table(raw, items, instrument=instrument, checks=checks)
    if checked.problems:
        raise DataError(checked.problems)
    return checked.table
