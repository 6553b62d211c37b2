"""Reviewed corrections of raw answers: the raw file stays as it came, the change has a reason and a guard.

`data/editions/<year>/corrections.csv`: file, respondent (the identifier of the row), column, expect, value, reason,
status (accepted, proposed, rejected), reviewed_by, reviewed_on (2027-03-15). `expect` is what the cell holds now; when
the source is fixed the guard trips and the correction must go. Only rows whose status is `accepted` are applied, and
only somebody's review makes a row accepted.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from analysis.errors import Problem, suggest
from analysis.ingest.text import RawTable, read_text
from analysis.messages import say

COLUMNS = ("file", "respondent", "column", "expect", "value", "reason", "status", "reviewed_by", "reviewed_on")
STATUSES = ("accepted", "proposed", "rejected")


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


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
        remedy = say("correction_columns.do", columns=", ".join(COLUMNS))
        return nothing, [Problem(path.name, 1, c, None, say("column_absent"), remedy) for c in absent]
    table = raw.cells.fillna("")
    table.index = pd.Index(raw.lines)
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in table.iterrows():
        number = int(str(line))

        def found(column: str, value: str | None, key: str, number: int = number, **values: object) -> Problem:
            do = "one_of.do" if key == "correction_status" else f"{key}.do"
            return Problem(path.name, number, column, value, say(key, **values), say(do, options=", ".join(STATUSES)))

        if row["status"] not in STATUSES:
            problems.append(found("status", row["status"], "correction_status"))
        if not row["reason"].strip():
            problems.append(found("reason", None, "correction_no_reason"))
        if row["status"] != "accepted":
            continue
        if not row["reviewed_by"].strip():
            problems.append(found("reviewed_by", None, "correction_no_review"))
        if not _is_date(row["reviewed_on"]):
            problems.append(found("reviewed_on", row["reviewed_on"] or None, "correction_no_date"))
        cell = (row["file"], row["respondent"], row["column"])
        if cell in seen:
            problems.append(found("column", row["column"], "correction_double", row=seen[cell]))
        seen.setdefault(cell, number)
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
            remedy = say("correction_column.do", hint=suggest(column, list(cells.columns)))
            problems.append(Problem(source, number, "column", column, say("correction_column", file=raw.file), remedy))
            continue
        found = cells.index[cells[key] == who]
        if len(found) != 1:
            message = say("correction_rows", file=raw.file, n=len(found))
            problems.append(Problem(source, number, "respondent", who, message, say("correction_rows.do")))
            continue
        now = str(cells[column].fillna("").loc[found[0]])
        if now != row["expect"]:
            key = "correction_fixed" if now == row["value"] else "correction_guard"
            message = say(key, file=raw.file, who=who, column=column, now=now, expect=row["expect"], value=now)
            problems.append(Problem(source, number, "expect", row["expect"], message, say(f"{key}.do")))
            continue
        cells.at[found[0], column] = row["value"] or None
        changed += 1
    return RawTable(raw.file, cells, raw.lines), changed, problems
