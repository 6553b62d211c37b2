"""Sector groups side by side: means of chosen indicators (Table 10), and in what each group differs from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.errors import MethodError


def group_means(values: pd.DataFrame, groups: pd.Series, order: Sequence[str]) -> pd.DataFrame:
    """Mean of every column in every group, over the units that have a value.

    Parameters
    ----------
    values
        (n_units, n_columns), native units.
    groups
        (n_units,), group of each unit.
    order
        Groups, in printed order.

    Returns
    -------
    DataFrame
        Columns code, group, size (units of the group), n (of them with a value), mean; by column, then group.

    Raises
    ------
    MethodError
        A unit is in none of the groups, or nobody of a group has a value.
    """
    member = groups.reindex(values.index)
    outside = member.index[~member.isin(order)]
    if len(outside):
        raise MethodError(f"groups: {', '.join(map(str, outside[:5]))} in none of {', '.join(order)}")
    rows = []
    for code in values.columns:
        for group in order:
            own = values.loc[member == group, code]
            if not own.notna().any():
                raise MethodError(f"groups: nobody of `{group}` has a value of {code}")
            rows.append((str(code), group, len(own), int(own.notna().sum()), float(own.mean())))
    return pd.DataFrame(rows, columns=["code", "group", "size", "n", "mean"])


def group_contrasts(normalised: pd.DataFrame, groups: pd.Series, order: Sequence[str], *, top: int) -> pd.DataFrame:
    """Indicators in which a group stands furthest above and below the clusters outside it.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores of 0 to 1, so that indicators of different units can be compared.
    groups, order
        As in `group_means`.
    top
        Number of indicators listed at each end.

    Returns
    -------
    DataFrame
        Columns group, kind (above, below), place, code, inside, outside, gap = inside - outside (mean scores). Only
        gaps of the right sign are listed, so an end may be shorter than `top`.
    """
    member = groups.reindex(normalised.index)
    rows = []
    for group in order:
        inside, outside = normalised[member == group].mean(), normalised[member != group].mean()
        gap = (inside - outside).dropna().sort_values(kind="stable")
        ends = {"above": gap[gap > 0][::-1][:top], "below": gap[gap < 0][:top]}
        for kind, chosen in ends.items():
            for place, code in enumerate(map(str, chosen.index), start=1):
                rows.append((group, kind, place, code, inside[code], outside[code], gap[code]))
    return pd.DataFrame(rows, columns=["group", "kind", "place", "code", "inside", "outside", "gap"])


def leaders(cross: pd.DataFrame, groups: Sequence[str], codes: Sequence[str], measure: str) -> pd.DataFrame:
    """Groups by one measure of each score, highest first.

    Parameters
    ----------
    cross
        Cross-sections of one dimension: columns group, code, measure, value.
    measure
        median or benchmark.

    Returns
    -------
    DataFrame
        Columns code, place, group, value; equal values keep the order of `groups`.
    """
    chosen = cross[(cross["measure"] == measure) & cross["code"].isin(codes) & cross["group"].isin(groups)]
    wide = chosen.pivot(index="code", columns="group", values="value").loc[list(codes), list(groups)]
    rows = []
    for code in codes:
        own = {g: float(wide[g][code]) for g in groups}
        ordered = sorted(groups, key=own.__getitem__, reverse=True)
        rows += [(code, place, g, own[g]) for place, g in enumerate(ordered, start=1)]
    return pd.DataFrame(rows, columns=["code", "place", "group", "value"])


def count_led(table: pd.DataFrame, codes: Sequence[str]) -> dict[str, int]:
    """Number of the given scores in which each group of `leaders` has the first place."""
    first = table[(table["place"] == 1) & table["code"].isin(codes)]
    return {str(group): int((first["group"] == group).sum()) for group in dict.fromkeys(table["group"])}


def answers_above_zero(values: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Number of units above zero in each column, as a table for bars.

    Returns
    -------
    DataFrame
        Columns group (the column), label, value, share (percent of those who answered), n.
    """
    rows = []
    for code, label in labels.items():
        column = values[code].dropna()
        above = int((column > 0).sum())
        rows.append((code, label, above, 100 * above / len(column), len(column)))
    return pd.DataFrame(rows, columns=["group", "label", "value", "share", "n"])
