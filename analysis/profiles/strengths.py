"""Strengths and weaknesses of all clusters (Tables 1, 2 and 12), and the spread of area scores (Figure 48)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from analysis.composite.quantiles import quantiles
from analysis.config import Strengths
from analysis.errors import MethodError


def as_printed(value: float, decimals: int) -> float:
    """Round a value as the tables print it: halves away from zero.

    Examples
    --------
    >>> as_printed(0.295, 2), as_printed(0.105, 2)
    (0.3, 0.11)
    """
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def strengths_and_weaknesses(medians: pd.Series, settings: Strengths) -> pd.DataFrame:
    """Sub-areas whose median over all clusters is high or low.

    Parameters
    ----------
    medians
        (n_subareas,), index the codes, in the order of the framework.
    settings
        Section `strengths` of the method: the two limits, and the decimals to which a median is rounded before it is
        compared with them.

    Returns
    -------
    DataFrame
        Columns kind (strength, weakness), place (from 1, highest median first), code, median (not rounded). A median
        strictly between the limits is in neither list.

    Raises
    ------
    MethodError
        A median is missing, or the limits overlap.
    """
    if medians.isna().any():
        raise MethodError(f"strengths: no median for {', '.join(map(str, medians.index[medians.isna()]))}")
    if settings.weakness_at_most >= settings.strength_at_least:
        raise MethodError(
            f"strengths: `weakness_at_most` ({settings.weakness_at_most}) must be below `strength_at_least` "
            f"({settings.strength_at_least}); else a sub-area could be both"
        )
    shown = medians.map(lambda value: as_printed(float(value), settings.decimals))
    ordered = medians.sort_values(ascending=False, kind="stable")
    parts = []
    for kind, chosen in (
        ("strength", shown >= settings.strength_at_least),
        ("weakness", shown <= settings.weakness_at_most),
    ):
        codes = [code for code in ordered.index if chosen[code]]
        places = range(1, len(codes) + 1)
        parts.append(pd.DataFrame({"kind": kind, "place": places, "code": codes, "median": ordered[codes].to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def group_sides(scores: pd.DataFrame, groups: pd.Series, settings: Strengths) -> pd.DataFrame:
    """Apply the rule of strengths and weaknesses inside each group of clusters.

    Parameters
    ----------
    scores
        (n_units, n_subareas); missing scores are left out of the medians.
    groups
        (n_units,), same index: the group of each unit.
    settings
        As for `strengths_and_weaknesses`.

    Returns
    -------
    DataFrame
        One row per group, sorted: group, n (units), strengths, weaknesses (numbers of sub-areas), best and worst (codes
        of the highest and lowest median; of equal ones the first in the framework), best_median, worst_median.

    Raises
    ------
    MethodError
        A group has no score at all in some sub-area.
    """
    rows = []
    for group, own in scores.groupby(groups, sort=True):
        medians = own.median()
        kinds = strengths_and_weaknesses(medians, settings)["kind"].value_counts()
        best, worst = str(medians.idxmax()), str(medians.idxmin())
        rows.append(
            {
                "group": group,
                "n": len(own),
                "strengths": int(kinds.get("strength", 0)),
                "weaknesses": int(kinds.get("weakness", 0)),
                "best": best,
                "best_median": float(medians[best]),
                "worst": worst,
                "worst_median": float(medians[worst]),
            }
        )
    return pd.DataFrame(rows)


def area_ends(medians: pd.Series, parents: pd.Series, settings: Strengths) -> pd.DataFrame:
    """Sub-areas with the highest and the lowest median of each area; all of them where several are printed alike.

    Parameters
    ----------
    medians
        (n_subareas,), index the codes, in the order of the framework.
    parents
        (n_subareas,), same index: code of the area.
    settings
        `decimals`: how medians are printed.

    Returns
    -------
    DataFrame
        Columns area, end (best, worst), place (from 1), code, median (not rounded).
    """
    shown = medians.map(lambda value: as_printed(float(value), settings.decimals))
    rows = []
    for area, own in shown.groupby(parents, sort=False):
        for end, level in (("best", own.max()), ("worst", own.min())):
            for place, code in enumerate(own.index[own == level], start=1):
                rows.append({"area": area, "end": end, "place": place, "code": code, "median": float(medians[code])})
    return pd.DataFrame(rows)


def spread(scores: pd.DataFrame, *, quantile_type: int = 7) -> pd.DataFrame:
    """How far the lower quarter, the middle half and the upper quarter of the clusters reach.

    Parameters
    ----------
    scores
        (n_units, n_codes); missing scores are left out.

    Returns
    -------
    DataFrame
        (n_codes,), index `code`: min, q1, median, q3, max, and the lengths lower = q1 - min, middle = q3 - q1,
        upper = max - q3; `middle_exclusive` is q3 - q1 with exclusive quartiles (type 6), the ones that the previous
        edition's lengths are printed with.
    """
    q = quantiles(scores, [0.25, 0.5, 0.75], quantile_type=quantile_type)
    exclusive = quantiles(scores, [0.25, 0.75], quantile_type=6)
    table = pd.DataFrame(
        {"min": scores.min(), "q1": q.loc[0.25], "median": q.loc[0.5], "q3": q.loc[0.75], "max": scores.max()}
    )
    table["lower"] = table["q1"] - table["min"]
    table["middle"] = table["q3"] - table["q1"]
    table["upper"] = table["max"] - table["q3"]
    table["middle_exclusive"] = exclusive.loc[0.75] - exclusive.loc[0.25]
    return table.rename_axis("code")
