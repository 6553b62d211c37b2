"""Strengths and weaknesses of one respondent, by rule: place among all, without scores that hardly tell clusters apart.

Two filters, after COINr's `get_str_weak` (Becker et al. 2022): a score with few distinct values is left out, because
half of the clusters share its first place; and what ties with the worst of all is no strength, with the best no
weakness.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.profiles.individual.standing import known


def distinctness(values: pd.DataFrame, respondent: str, directions: pd.Series | None = None) -> pd.DataFrame:
    """How far a column tells respondents apart, and whether the respondent stands at one of its ends.

    Parameters
    ----------
    values
        (n_units, n_codes), index `respondent_id`.
    directions
        (n_codes,), 1 if more is better (default), -1 if less is.

    Returns
    -------
    DataFrame
        (n_codes,), index `code`: distinct (share of distinct among known values, 0-1), at_worst and at_best (nobody is
        worse, nobody is better).
    """
    known(respondent, values)
    signs = pd.Series(1, index=values.columns) if directions is None else directions.reindex(values.columns)
    numbers = np.sort(values.to_numpy(dtype=float, na_value=np.nan), axis=0)  # missing ones last
    known_ones = (~np.isnan(numbers)).sum(axis=0)
    different = (numbers[1:] > numbers[:-1]).sum(axis=0) + (known_ones > 0)
    oriented = values.to_numpy(dtype=float, na_value=np.nan) * signs.to_numpy(dtype=float)
    own = oriented[values.index.get_loc(respondent)]
    return pd.DataFrame(
        {
            "distinct": different / np.where(known_ones > 0, known_ones, np.nan),
            "at_worst": own == np.fmin.reduce(oriented, axis=0),
            "at_best": own == np.fmax.reduce(oriented, axis=0),
        },
        index=values.columns.rename("code"),
    )


def extremes(
    standing: pd.DataFrame,
    told: pd.DataFrame,
    names: Mapping[str, str],
    *,
    top: int,
    distinct_at_least: float,
    ids: tuple[str, str] = ("strength", "weakness"),
) -> pd.DataFrame:
    """Elements in which the respondent stands highest and lowest among all.

    Parameters
    ----------
    standing
        Columns code, own, rank, n, percentile, median; in the order of the framework.
    told
        Result of `distinctness` for these codes.
    names
        Code → printed name.
    top
        How many on each side; fewer where there are not twice as many elements with a score, so that none is both.
    distinct_at_least
        Elements with a smaller share of distinct values are on neither list.

    Returns
    -------
    DataFrame
        Columns id (`strength.1`, …, `weakness.1`, …), side, place, code, name, own, rank, n, percentile, median,
        above (better than the median) and below. Equal percentile ranks are ordered by the distance to the median,
        then as in the framework.
    """
    table = standing.merge(told.reset_index(), on="code", how="left").dropna(subset=["percentile"])
    table = table[table["distinct"] >= distinct_at_least]
    table = table.assign(name=table["code"].map(names), gap=table["own"] - table["median"])
    table["above"] = (table["gap"] > 0).astype(int)
    table["below"] = (table["gap"] < 0).astype(int)
    count = min(top, len(table) // 2)
    parts = []
    for side, ascending, tied in ((ids[0], False, "at_worst"), (ids[1], True, "at_best")):
        able = table[~table[tied].astype(bool)]
        best = able.sort_values(["percentile", "gap"], ascending=ascending, kind="stable").head(count)
        places = np.arange(1, len(best) + 1)
        parts.append(best.assign(side=side, place=places, id=[f"{side}.{i}" for i in places]))
    columns = ["id", "side", "place", "code", "name", "own", "rank", "n", "percentile", "median", "above", "below"]
    return pd.concat(parts, ignore_index=True)[columns]
