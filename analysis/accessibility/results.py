"""What an audit table says: sites by criterion, criteria by site, and what column totals alone say about sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.errors import MethodError

# Least number of criteria met; the highest band first. The printed edition reads the score in these bands.
BANDS: Mapping[str, int] = {"good": 9, "lacking": 6, "poor": 0}


def pass_counts(audit: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """Sites that meet each criterion.

    Parameters
    ----------
    audit
        (n_sites, …) one column of 1 and 0 for each of `items`; an empty cell is a verdict still open.

    Returns
    -------
    DataFrame
        Columns `item`, `value` (sites that meet it), `n` (sites with a verdict), `share` (0–100), `open`.

    Raises
    ------
    MethodError
        A column is missing, has no verdict at all, or holds something else than 1, 0 and empty.
    """
    absent = [item for item in items if item not in audit.columns]
    if absent:
        raise MethodError(f"audit table: no column {', '.join(absent)}; it has {', '.join(map(str, audit.columns))}")
    rows = []
    for item in items:
        known = audit[item].dropna()
        if not known.isin([0, 1]).all() or known.empty:
            raise MethodError(f"audit table, column {item}: expected 1 (met) and 0 (not met), found {known.unique()}")
        met, n = int(known.sum()), len(known)
        rows.append({"item": item, "value": met, "n": n, "share": 100 * met / n, "open": len(audit) - n})
    return pd.DataFrame(rows)


def criteria_met(audit: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """How many sites meet 0, 1, … all criteria; only sites with every verdict count.

    Returns
    -------
    DataFrame
        Columns `met` (0 to the number of items), `sites`.
    """
    scores = audit[list(items)].dropna().sum(axis=1).astype(int)
    counts = scores.value_counts().reindex(range(len(items) + 1), fill_value=0)
    return pd.DataFrame({"met": counts.index, "sites": counts.to_numpy()})


def bands(distribution: pd.DataFrame) -> pd.DataFrame:
    """Sites in each band of the score.

    Parameters
    ----------
    distribution
        As `criteria_met` returns it.

    Returns
    -------
    DataFrame
        Columns `group`, `low`, `high`, `sites`, `share` (0–100); the highest band first.
    """
    total = int(distribution["sites"].sum())
    rows, high = [], int(distribution["met"].max())
    for group, low in BANDS.items():
        sites = int(distribution.loc[distribution["met"].between(low, high), "sites"].sum())
        rows.append({"group": group, "low": low, "high": high, "sites": sites, "share": 100 * sites / total})
        high = low - 1
    return pd.DataFrame(rows)


def band_bounds(totals: Sequence[int], sites: int, least: int) -> tuple[int, int]:
    """Fewest and most sites that can meet at least `least` criteria, whatever goes together, given column totals.

    k sites can all meet t criteria exactly if they can draw k · t verdicts from columns that give each of them at most
    one: sum over columns of min(total, k) ≥ k · t (Gale and Ryser, with equal rows). The fewest follow from the same
    for the criteria that are not met.

    Parameters
    ----------
    totals
        Sites that meet each criterion.

    Raises
    ------
    MethodError
        A total is not between 0 and the number of sites.

    Examples
    --------
    >>> band_bounds([1, 1], sites=2, least=2), band_bounds([2, 1], sites=2, least=1)
    ((0, 1), (2, 2))
    """
    wrong = [t for t in totals if not 0 <= t <= sites]
    if wrong:
        raise MethodError(f"totals {wrong} are not between 0 and {sites} sites")

    def most(columns: Sequence[int], each: int) -> int:
        return max(k for k in range(sites + 1) if sum(min(c, k) for c in columns) >= k * each)

    below = len(totals) - least + 1  # criteria that a site below the threshold fails at least
    return sites - most([sites - t for t in totals], below), most(totals, least)
