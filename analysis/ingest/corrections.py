"""Reviewed corrections of raw answers: the raw file stays as it came, the change has a reason and a guard.

`data/editions/<year>/corrections.csv`: file, respondent (the identifier of the row), column, expect, value, reason,
status. `expect` is what the cell holds now; when the source is fixed the guard trips and the correction must go.
Only rows whose status is `accepted` are applied.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.errors import Problem, suggest
from analysis.ingest.text import RawTable, read_text

COLUMNS = ("file", "respondent", "column", "expect", "value", "reason", "status")
STATUSES = ("accepted", "proposed", "rejected")


def read_corrections(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the corrections, if there are any; the index is the line of each in its file, empty cells are ''."""
    nothing = pd.DataFrame(columns=list(COLUMNS), dtype="str")
    if not path.is_file():
        return nothing, []
    raw, problems = read_text(path)
    if raw is None:
        return nothing, problems
    absent = [c for c in COLUMNS if c not in raw.cells.columns]
    if absent:
        remedy = f"the columns are {', '.join(COLUMNS)}"
        return nothing, [Problem(path.name, 1, c, None, "the column is missing", remedy) for c in absent]
    table = raw.cells.fillna("")
    table.index = pd.Index(raw.lines)
    for line, row in table.iterrows():
        number = int(str(line))
        if row["status"] not in STATUSES:
            allowed = f"use one of: {', '.join(STATUSES)}"
            problems.append(Problem(path.name, number, "status", row["status"], "unknown status", allowed))
        if not row["reason"].strip():
            problems.append(
                Problem(path.name, number, "reason", None, "the correction has no reason", "say who found it and how")
            )
    return table, problems


def apply_corrections(
    raw: RawTable, corrections: pd.DataFrame, key: str, *, source: str = "corrections.csv"
) -> tuple[RawTable, int, list[Problem]]:
    """Apply the accepted corrections of one raw file.

    Parameters
    ----------
    raw
        The file as read.
    corrections
        From `read_corrections`; corrections of other files are ignored.
    key
        Column that identifies a row.
    source
        Name of the corrections file, for messages.

    Returns
    -------
    The corrected table, the number of cells changed, and a problem for every correction that does not fit: unknown
    column or row, or a cell that does not hold what the correction expects.
    """
    mine = corrections[(corrections["file"] == raw.file) & (corrections["status"] == "accepted")]
    cells = raw.cells.copy()
    problems: list[Problem] = []
    changed = 0
    for line, row in mine.iterrows():
        number = int(str(line))
        column, who = row["column"], row["respondent"]
        if column not in cells.columns or key not in cells.columns:
            near = suggest(column, list(cells.columns))
            message = f"{raw.file} has no such column"
            problems.append(Problem(source, number, "column", column, message, f"name a column of the file{near}"))
            continue
        found = cells.index[cells[key] == who]
        if len(found) != 1:
            message = f"{raw.file} has {len(found)} rows with this identifier"
            problems.append(Problem(source, number, "respondent", who, message, "name exactly one row"))
            continue
        now = str(cells[column].fillna("").loc[found[0]])
        if now != row["expect"]:
            message = f"{raw.file}, {who}, {column} holds {now!r}, the correction expects {row['expect']!r}"
            remedy = "the source has changed: remove the correction if it is no longer needed, or review it"
            problems.append(Problem(source, number, "expect", row["expect"], message, remedy))
            continue
        cells.at[found[0], column] = row["value"] or None
        changed += 1
    return RawTable(raw.file, cells, raw.lines), changed, problems
