"""Statistics of indicators before the index is built, with flags for what deserves a look."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.composite.quantiles import array_quantiles
from analysis.composite.transforms import array_kurtosis, array_skewness, passes

LOW_DATA, MANY_ZEROS = 0.65, 0.5


def describe_indicators(indicators: pd.DataFrame, *, quantile_type: int = 7) -> pd.DataFrame:
    """Describe each indicator.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units.
    quantile_type
        Hyndman–Fan type of the quartiles.

    Returns
    -------
    DataFrame
        (n_indicators, 15), index `code`: n, n_missing, available (share), zeros, distinct (counts), min, q1, median,
        mean, q3, max, sd (n - 1), skewness and kurtosis (type 2), flags (space between): `empty`, `constant`,
        `low_data` (available below 0.65), `zeros` (more than half of the answers), `outliers` (|skewness| ≥ 2 and
        kurtosis ≥ 3.5).

    References
    ----------
    JRC COIN Tool and COINr `get_stats` have the same thresholds of availability, skewness and kurtosis.
    """
    x = indicators.to_numpy(dtype=float)
    there = ~np.isnan(x)
    n = there.sum(axis=0)
    zeros = (x == 0).sum(axis=0)
    low, q1, median, q3, high = array_quantiles(x, [0, 0.25, 0.5, 0.75, 1], quantile_type=quantile_type)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, x, 0.0).sum(axis=0) / np.where(n > 0, n, np.nan)
        sd = np.sqrt((np.where(there, x - mean, 0.0) ** 2).sum(axis=0) / np.where(n > 1, n - 1, np.nan))
    skew, kurtosis = array_skewness(x), array_kurtosis(x)
    flags = {
        "empty": n == 0,
        "constant": (n > 0) & (low == high),
        "low_data": (n > 0) & (n / len(x) < LOW_DATA),
        "zeros": zeros > MANY_ZEROS * n,
        "outliers": ~passes(x),
    }
    texts = [" ".join(name for name, found in flags.items() if found[j]) for j in range(x.shape[1])]
    return pd.DataFrame(
        {
            "n": n, "n_missing": len(x) - n, "available": n / len(x), "zeros": zeros,
            "distinct": indicators.nunique().to_numpy(), "min": low, "q1": q1, "median": median, "mean": mean,
            "q3": q3, "max": high, "sd": sd, "skewness": skew, "kurtosis": kurtosis, "flags": texts,
        },
        index=pd.Index(indicators.columns, name="code"),
    )  # fmt: skip
