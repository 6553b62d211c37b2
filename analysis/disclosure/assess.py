"""The release as a whole: all score columns of the group tables, decided profile by profile, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.config import Disclosure
from analysis.disclosure.column import Column, as_printed, column_of
from analysis.disclosure.decide import INFEASIBLE, NARROW, OPEN, UNDECIDED, Interval, intervals
from analysis.errors import MethodError

STATUSES = (NARROW, OPEN, UNDECIDED, INFEASIBLE)
WHOLE = "all"


def release(cross: pd.DataFrame, decimals: int, base: float | None = None) -> pd.DataFrame:
    """Return the tables as they will be printed: column `printed` holds the value rounded half up, as a Decimal.

    Parameters
    ----------
    cross
        Columns dimension, group, n, code, measure, value, as the cross-sections of an edition; any subset of rows.
        Withheld values are missing and left out.
    base
        Number to whose multiples values are rounded.
    """
    shown = cross[cross["value"].notna()]
    return shown.assign(printed=shown["value"].map(lambda v: as_printed(v, decimals, base)))


def score_columns(
    released: pd.DataFrame,
    membership: pd.DataFrame,
    scored: pd.DataFrame,
    settings: Disclosure,
    *,
    scale: tuple[float, float],
    quantile_type: int,
) -> list[Column]:
    """Make one `Column` for each score code of a release.

    Parameters
    ----------
    released
        As `release` returns it.
    membership
        (n_respondents, dimensions), index `respondent_id`: the group of each respondent. `all` need not be there.
    scored
        (n_respondents, codes), same index, true where the respondent has a score.

    Raises
    ------
    MethodError
        The two tables have different respondents, a dimension is missing, or a measure is unknown.
    """
    if not membership.index.equals(scored.index):
        raise MethodError("disclosure: `membership` and `scored` list different respondents; give both the same index")
    groups = {str(d): [str(g) for g in membership[d]] for d in membership}
    groups.setdefault(WHOLE, [WHOLE] * len(membership))
    out = []
    for code, rows in released.groupby("code", sort=False):
        printed: dict[tuple[str, str], dict[str, Any]] = {}
        for row in rows.itertuples(index=False):
            printed.setdefault((str(row.dimension), str(row.group)), {})[str(row.measure)] = row.printed
        has = [bool(v) for v in scored[code]]
        out.append(
            column_of(
                groups, printed, has, code=str(code), decimals=settings.decimals, resolution=settings.resolution,
                scale=scale, quantile_type=quantile_type, base=settings.rounding,
            )
        )  # fmt: skip
    return out


def intervals_table(columns: Sequence[Column], settings: Disclosure, *, seed: int) -> pd.DataFrame:
    """Decide every profile of every column.

    Returns
    -------
    DataFrame
        One row per profile and code: code, profile (its groups, `dimension=group` joined by `; `), respondents (of
        that profile with a score), status, single, low, high, width, seen_low, seen_high. `low` and `high` enclose
        every possible score; `seen_*` are scores of columns that print as released. For an infeasible column, bounds
        are missing: nothing can be said under these memberships.
    """
    rows = []
    for column in columns:
        found = intervals(column, threshold=settings.threshold, limit=settings.time_limit, seed=seed)
        for members, interval in zip(column.profiles, found, strict=True):
            rows.append(_row(column, members, interval))
    table = pd.DataFrame(rows)
    table["single"] = table["single"].astype(int)
    return table


def _row(column: Column, members: Sequence[int], found: Interval) -> dict[str, Any]:
    unit = float(column.unit)
    groups = [g for g in column.released if members[0] in g.members and g.dimension != WHOLE]
    low = high = None
    if found.status != INFEASIBLE:
        top = column.limits()[1]
        low, high = found.low * unit, min(found.high + 1, top) * unit  # a score was rounded down to `high`
    seen_low, seen_high = (None if v is None else v * unit for v in (found.seen_low, found.seen_high))
    return {
        "code": column.code, "profile": "; ".join(f"{g.dimension}={g.group}" for g in groups),
        "respondents": len(members), "status": found.status, "single": found.single, "low": low, "high": high,
        "width": None if low is None or high is None else high - low, "seen_low": seen_low, "seen_high": seen_high,
    }  # fmt: skip


def summarise(table: pd.DataFrame, levels: dict[str, Sequence[str]]) -> pd.DataFrame:
    """Count scores (profiles weighted by their respondents) by status, for each level of codes and for each group.

    Parameters
    ----------
    table
        As `intervals_table` returns it.
    levels
        Name of a level (`subareas`, …) → its codes; `total` is added.

    Returns
    -------
    DataFrame
        Columns part (level, or `dimension=group`), scores, one column per status, single, narrow_share and
        single_share in percent of the scores.
    """
    rows = [("total", table), *((name, table[table["code"].isin(codes)]) for name, codes in levels.items())]
    groups = table["profile"].str.split("; ").explode()
    order = list(dict.fromkeys(group.split("=")[0] for group in groups))
    for group in sorted(groups.unique(), key=lambda g: (order.index(g.split("=")[0]), g)):
        rows.append((group, table.loc[groups.index[groups == group]]))
    return pd.DataFrame([{"part": part, **_counted(some)} for part, some in rows])


def _counted(some: pd.DataFrame) -> dict[str, Any]:
    """Scores of some profiles by status, and shares of the narrow and single ones in percent."""
    weight = some["respondents"]
    counts = {status: int(weight[some["status"] == status].sum()) for status in STATUSES}
    single, scores = int((weight * some["single"]).sum()), int(weight.sum())
    shares = {"narrow_share": 100 * counts[NARROW] / scores, "single_share": 100 * single / scores}
    return {"scores": scores, **counts, "single": single, **shares}


def effect_of_dimensions(
    released: pd.DataFrame,
    membership: pd.DataFrame,
    scored: pd.DataFrame,
    settings: Disclosure,
    decided: pd.DataFrame,
    *,
    scale: tuple[float, float],
    quantile_type: int,
    seed: int,
) -> pd.DataFrame:
    """What a release would reveal without the tables of one dimension; parameters as in `score_columns`.

    Parameters
    ----------
    decided
        The whole release, as `intervals_table` returns it; rows of codes that are not in `released` are left out.

    Returns
    -------
    DataFrame
        Columns left_out (`nothing`, then each dimension), scores, one per status, single, narrow_share,
        single_share.
    """
    dimensions = [d for d in dict.fromkeys(released["dimension"]) if d != WHOLE]
    tables = {"nothing": decided[decided["code"].isin(released["code"])]}
    for left_out in dimensions:
        rest = released[released["dimension"] != left_out]
        made = score_columns(rest, membership, scored, settings, scale=scale, quantile_type=quantile_type)
        tables[left_out] = intervals_table(made, settings, seed=seed)
    return pd.DataFrame([{"left_out": left_out, **_counted(made)} for left_out, made in tables.items()])
