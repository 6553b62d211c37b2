"""Good practices and recommendations for one respondent: those that serve its weakest sub-areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

COLUMNS = ["id", "place", "record", "subarea"]


def served(records: Iterable[Any]) -> pd.DataFrame:
    """What each record of `data/knowledge` serves: columns record (its key) and codes, the main sub-area first."""
    rows = [
        (record.key, [record.key_area, *record.related_areas] if hasattr(record, "key_area") else list(record.subareas))
        for record in records
    ]
    return pd.DataFrame(rows, columns=["record", "codes"])


def pick_records(records: pd.DataFrame, weak: Sequence[str], *, top: int, prefix: str) -> pd.DataFrame:
    """Take the records that serve the weakest sub-areas, the weakest first.

    Parameters
    ----------
    records
        Columns record (its id) and codes: the sub-areas or areas that it serves, the main one first.
    weak
        Sub-areas, the weakest first.
    top
        How many records at most; each sub-area gives one before any gives a second.
    prefix
        Beginning of the ids of the rows.

    Returns
    -------
    DataFrame
        Columns id (`<prefix>.1`, …), place, record, subarea (the weak one it was taken for). A record is taken once.
        For a sub-area those that name it first come before those that name it later, and these before those that name
        its whole area; then as printed.
    """
    waiting: dict[str, list[str]] = {}
    for code in weak:
        area = code.split(".")[0]
        scored = []
        for order, row in enumerate(records.to_dict("records")):
            codes = [str(c) for c in row["codes"]]
            if code in codes:
                scored.append((0 if codes[0] == code else 1, order, str(row["record"])))
            elif area in codes:
                scored.append((2, order, str(row["record"])))
        waiting[code] = [name for _, _, name in sorted(scored)]
    taken: list[tuple[str, str]] = []
    while len(taken) < top and any(waiting.values()):
        for code in weak:
            used = {name for name, _ in taken}
            waiting[code] = [name for name in waiting[code] if name not in used]
            if waiting[code] and len(taken) < top:
                taken.append((waiting[code].pop(0), code))
    rows = [(f"{prefix}.{i}", i, name, code) for i, (name, code) in enumerate(taken, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS)
