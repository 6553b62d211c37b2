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
