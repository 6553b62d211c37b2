"""Normalisation: indicators of different units onto one scale."""

from __future__ import annotations

import pandas as pd

from analysis.config import Normalisation
from analysis.errors import MethodError


def normalise_minmax(
    indicators: pd.DataFrame, direction: pd.Series, *, bounds: tuple[float, float] = (0.0, 1.0)
) -> pd.DataFrame:
    """Rescale each indicator linearly onto `bounds`; the best observed value gets the upper bound.

    Parameters
    ----------
    indicators
        (n_units, n_indicators); index `respondent_id`, one column per indicator code. Missing values stay missing.
    direction
        (n_indicators,); +1 where more is better, -1 where less is better.
    bounds
        Lowest and highest score.

    Raises
    ------
    MethodError
        An indicator is constant or has no value at all (no scale exists), or has no direction. Lists the codes.

    Notes
    -----
    I = l + (u - l) · (x - min x) / (max x - min x); for direction -1, x is replaced by -x.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step "Normalisation".
    """
    sign = direction.reindex(indicators.columns)
    undirected = sign.index[~sign.isin([1, -1])]
    if len(undirected):
        raise MethodError(f"normalisation: no direction (+1 or -1) for {', '.join(undirected)}")
    directed = indicators * sign
    low, high = directed.min(), directed.max()
    empty = low.index[low.isna()]
    if len(empty):
        raise MethodError(
            f"normalisation: no answer at all for {', '.join(empty)}; leave the indicator out of the framework"
        )
    constant = low.index[low == high]
    if len(constant):
        raise MethodError(
            f"normalisation: {', '.join(constant)} has the same value for everybody, so min–max has no scale; "
            "check the answers and `treatment.zero_iqr`, or leave the indicator out of the framework"
        )
    lower, upper = bounds
    return lower + (upper - lower) * (directed - low) / (high - low)


def normalise(indicators: pd.DataFrame, direction: pd.Series, settings: Normalisation) -> pd.DataFrame:
    """Normalise by the method's rule; see `normalise_minmax` for shapes and errors."""
    return normalise_minmax(indicators, direction, bounds=(settings.lower, settings.upper))
