"""Which tables tell of single respondents: by a column that identifies them, or by their identifiers in any cell."""

from __future__ import annotations

import csv
from pathlib import Path

CHARACTERISTICS = "20_indicators/characteristics.csv"
COLUMNS = frozenset({"respondent_id", "member_id", "site_id"})


def identifiers(build: Path) -> frozenset[str]:
    """Return the identifiers of all respondents of a build; none before its indicators have been computed."""
    path = build / CHARACTERISTICS
    if not path.is_file():
        return frozenset()
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(row["respondent_id"] for row in csv.DictReader(handle))


def names_respondents(path: Path, build: Path) -> bool:
    """Return whether a CSV file has a row or a column for a respondent of the build."""
    known = identifiers(build)
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.reader(handle)
        return not (COLUMNS | known).isdisjoint(next(rows, [])) or any(not known.isdisjoint(row) for row in rows)
