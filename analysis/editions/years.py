"""Years in the framework of an edition, moved on to the next one: names of answers, periods, wordings."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from analysis.framework import read_text_table

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
# Bounds and bands of founding years are a decision, not a date that moves on by itself.
FIXED_COLUMNS = ("min", "max", "source_line", "note")
FIXED_FILES = ("cross_sections.csv", "areas.csv", "wcag_criteria.csv", "wcag_checks.csv", "narrative/groups.csv")


def move_years(text: str, by: int, first: int, last: int) -> str:
    """Move every year from `first` to `last` in a text.

    Examples
    --------
    >>> move_years("budget_2022, end of 2023 (since 2010)", 2, 2020, 2025)
    'budget_2024, end of 2025 (since 2010)'
    """
    return _YEAR.sub(lambda m: str(int(m[1]) + by) if first <= int(m[1]) <= last else m[1], text)


def moved_table(table: pd.DataFrame, file: str, by: int, first: int, last: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Move the years in a table of texts.

    Returns
    -------
    The table, and what was moved: columns file, row (line of the file, the header is 1), column, was, became.
    """
    out, changes = table.copy(), []
    for column in table.columns:
        if column in FIXED_COLUMNS:
            continue
        out[column] = [move_years(text, by, first, last) for text in table[column]]
        for i in out.index[out[column] != table[column]]:
            changes.append((file, int(i) + 2, column, table.at[i, column], out.at[i, column]))
    return out, pd.DataFrame(changes, columns=["file", "row", "column", "was", "became"])


def copy_framework(source: Path, target: Path, *, by: int, first: int, last: int) -> pd.DataFrame:
    """Copy a framework folder with its years moved on; returns every cell that was moved, to be read over."""
    moved = []
    for path in sorted(source.rglob("*.csv")):
        name = path.relative_to(source).as_posix()
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if name in FIXED_FILES:
            place.write_bytes(path.read_bytes())
            continue
        table, changes = moved_table(read_text_table(path), name, by, first, last)
        table.to_csv(place, index=False, encoding="utf-8", lineterminator="\n")
        moved.append(changes)
    return pd.concat(moved, ignore_index=True)
