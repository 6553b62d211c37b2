"""Quantiles of the nine Hyndman–Fan types; one definition for treatment, cross-sections and statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Continuous types 4–9: the quantile stands at place n·p + m with m = a + b·p (Hyndman & Fan 1996, table 1).
_PLACE = {4: (0.0, 0.0), 5: (0.5, 0.0), 6: (0.0, 1.0), 7: (1.0, -1.0), 8: (1 / 3, 1 / 3), 9: (3 / 8, 1 / 4)}


def array_quantiles(
    values: NDArray[np.float64], probabilities: Sequence[float], *, quantile_type: int = 7
) -> NDArray[np.float64]:
    """Quantiles along the units, missing values left out.

    Parameters
    ----------
    values
        (..., n_units, n_columns); NaN is missing.
    probabilities
        (n_probabilities,), in [0, 1].
    quantile_type
        1–9 of Hyndman & Fan; 7 is inclusive (numpy, Excel, R), 6 exclusive (SPSS, Minitab).

    Returns
    -------
    ndarray
        (n_probabilities, ..., n_columns); NaN for a column with no value.

    Notes
    -----
    With h = n p + m: types 4–9 interpolate linearly between the order statistics ⌊h⌋ and ⌊h⌋ + 1; types 1–3 are steps.

    References
    ----------
    Hyndman, Fan (1996), Sample quantiles in statistical packages, doi:10.2307/2684934.
    """
    ordered = np.sort(values, axis=-2)  # NaN sorts last
    n = np.count_nonzero(~np.isnan(values), axis=-2)
    out = np.empty((len(probabilities), *n.shape))
    for i, p in enumerate(probabilities):
        low, share = _place(n, float(p), quantile_type)
        below = _pick(ordered, np.clip(low, 1, np.maximum(n, 1)) - 1)
        above = _pick(ordered, np.clip(low + 1, 1, np.maximum(n, 1)) - 1)
        out[i] = _between(below, above, share)
    return out


def _place(n: NDArray[np.int64], p: float, quantile_type: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rank (from 1) of the order statistic below the quantile, and the share of the one above it."""
    if quantile_type <= 3:
        eps = 4 * np.finfo(float).eps  # steps: places such as 0.07 · 100 fall a hair beside the integer they mean
        h = n * p - (0.5 if quantile_type == 3 else 0.0)
        low = np.floor(h + eps * np.maximum(np.abs(h), 1)).astype(np.int64)
        exact = np.abs(h - low) <= eps * np.maximum(np.abs(h), 1)
        if quantile_type == 1:
            share = np.where(exact, 0.0, 1.0)
        elif quantile_type == 2:
            share = np.where(exact, 0.5, 1.0)
        else:
            share = np.where(exact & (low % 2 == 0), 0.0, 1.0)
        return low, share
    a, b = _PLACE[quantile_type]
    # Places are counted from 0 in the order of operations that numpy has, so that quantiles agree to the last bit.
    h = (n - 1) * p if quantile_type == 7 else n * p + (a + p * b) - 1
    low = np.floor(h).astype(np.int64)
    return low + 1, h - low


def _pick(ordered: NDArray[np.float64], rank: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.take_along_axis(ordered, rank[..., None, :], axis=-2)[..., 0, :]


def _between(below: NDArray[np.float64], above: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate from the nearer end, as numpy does: the same numbers to the last bit."""
    step = above - below
    out = np.where(share >= 0.5, above - step * (1 - share), below + step * share)
    return np.where(step == 0, below, out)


def quantiles(table: pd.DataFrame, probabilities: Sequence[float], *, quantile_type: int = 7) -> pd.DataFrame:
    """Quantiles of each column of a table; see `array_quantiles`.

    Parameters
    ----------
    table
        (n_units, n_columns), numeric.
    probabilities
        Probabilities in [0, 1].
    quantile_type
        1–9 of Hyndman & Fan.

    Returns
    -------
    DataFrame
        (n_probabilities, n_columns); index the probabilities; NaN for a column with no value.
    """
    values = table.to_numpy(dtype=float)
    if len(values):
        out = array_quantiles(values, probabilities, quantile_type=quantile_type)
    else:
        out = np.full((len(probabilities), values.shape[1]), np.nan)
    return pd.DataFrame(out, index=list(probabilities), columns=table.columns)
