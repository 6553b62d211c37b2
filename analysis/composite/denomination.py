"""Denomination: indicators divided by a measure of size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.config import Denomination
from analysis.errors import MethodError


def denominate(
    indicators: pd.DataFrame, denominators: pd.DataFrame, named: pd.Series, settings: Denomination
) -> pd.DataFrame:
    """Divide indicators by their denominators: x · scale / d; missing where the denominator is.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units.
    denominators
        (n_units, n_denominators), columns that may be named.
    named
        (n_indicators,), denominator of each indicator by the framework, '' for none.
    settings
        Section `denomination` of the method.

    Raises
    ------
    MethodError
        A named column or indicator does not exist, or a denominator is zero or negative. Names unit, code and column.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Data selection"; COINr `Denominate`.
    """
    unknown = [c for c in settings.indicators if c not in indicators.columns]
    if unknown:
        raise MethodError(f"denomination: `denomination.indicators` names {', '.join(unknown)}, which is no indicator")
    plan: dict[str, tuple[str, float]] = {}
    for code in indicators.columns:
        if code in settings.indicators:
            own = settings.indicators[code]
            if own.denominator is not None:
                plan[code] = (own.denominator, own.scale)
        elif settings.rule == "framework" and named.get(code, ""):
            plan[code] = (str(named[code]), settings.scale)
    if not plan:
        return indicators
    out = indicators.copy()
    for code, (column, scale) in plan.items():
        if column not in denominators.columns:
            raise MethodError(f"denomination: no data column {column} to divide {code} by; add it, or correct the name")
        by = denominators[column].reindex(indicators.index).astype(float)
        wrong = by.index[(by <= 0) & indicators[code].notna()]
        if len(wrong):
            raise MethodError(
                f"denomination: {column} = {by[wrong[0]]:g} for {wrong[0]}, so {code} cannot be divided by it; "
                "a denominator must be above 0"
            )
        out[code] = indicators[code] * scale / by.where(by > 0, np.nan)
    return out
