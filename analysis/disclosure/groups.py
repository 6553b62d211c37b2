"""Simple warning signs of a release, without a solver: small groups, small remainders, respondents who stand alone."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

SIZES = (3, 4, 5)


def small_groups(cross: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Groups with fewer than `limit` respondents for which statistics are printed.

    Parameters
    ----------
    cross
        Columns dimension, group, n, code, measure.

    Returns
    -------
    DataFrame
        Columns dimension, group, n, statistics (printed numbers of the group), ascending by n.
    """
    sizes = cross.groupby(["dimension", "group"], sort=False).agg(n=("n", "first"), statistics=("measure", "size"))
    found = sizes[sizes["n"] < limit].reset_index()
    return found.sort_values(["n", "dimension", "group"], ignore_index=True)


def remainders(membership: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Differences of printed groups with few respondents: a printed group less a printed group inside it.

    Whoever has the means of both has the mean of the rest. Groups of every dimension and the whole are compared.

    Parameters
    ----------
    membership
        (n_respondents, dimensions): the group of each respondent.
    limit
        Remainders with fewer respondents are listed.

    Returns
    -------
    DataFrame
        Columns outer, inner (`dimension=group`), n: respondents in the outer group only, 1 ≤ n < limit.
    """
    sets = {"all": frozenset(membership.index)}
    for dimension in map(str, membership):
        for group, members in membership.groupby(dimension, sort=True).groups.items():
            sets[f"{dimension}={group}"] = frozenset(members)
    rows = [
        (outer, inner, len(sets[outer] - sets[inner]))
        for outer in sets
        for inner in sets
        if sets[inner] < sets[outer] and len(sets[outer] - sets[inner]) < limit
    ]
    return pd.DataFrame(rows, columns=["outer", "inner", "n"])


def crossings(membership: pd.DataFrame) -> pd.DataFrame:
    """How many respondents share their groups with fewer than 3, 4, 5 others, themselves counted.

    Returns
    -------
    DataFrame
        One row for each dimension, each pair of dimensions, and all of them together: dimensions, cells (not empty),
        alone (respondents alone in their cell), under_3, under_4, under_5 (respondents in cells so small).
    """
    names = [str(d) for d in membership.columns]
    chosen = [(d,) for d in names] + list(combinations(names, 2)) + ([tuple(names)] if len(names) > 2 else [])
    rows = []
    for some in chosen:
        cells = membership.groupby(list(some)).size()
        row = {"dimensions": " x ".join(some), "cells": len(cells), "alone": int((cells == 1).sum())}
        rows.append(row | {f"under_{k}": int(cells[cells < k].sum()) for k in SIZES})
    return pd.DataFrame(rows)


def readable_points(values: pd.Series) -> int:
    """Respondents whose point can be told from the others: nobody else has that value on the axis that is known.

    In a scatter plot of scores against a public quantity such a point shows whose score it is.
    """
    known = values.dropna()
    return int((~known.duplicated(keep=False)).sum())


def signs_table(
    small: pd.DataFrame, rest: pd.DataFrame, cells: pd.DataFrame, points: dict[str, int], respondents: int
) -> pd.DataFrame:
    """Return the simple warning signs as one table: sign, value.

    Parameters
    ----------
    small, rest, cells
        As `small_groups`, `remainders` and `crossings` return them.
    points
        Quantity on the known axis of a scatter plot → respondents whose point can be told apart.
    respondents
        Number of respondents.
    """
    by_name = cells.set_index("dimensions")["alone"]
    rows = {
        "respondents": respondents,
        "small_groups": len(small),
        "remainders": len(rest),
        "alone.all_groups": int(by_name.iloc[-1]),
        "alone.sector_size": int(by_name["sector x size"]),
        **{f"points.{name}": value for name, value in points.items()},
    }
    return pd.DataFrame({"sign": list(rows), "value": list(rows.values())})
