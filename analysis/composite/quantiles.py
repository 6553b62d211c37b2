"""Quantiles of the Hyndman–Fan types in use; one definition for treatment, cross-sections and statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

METHODS = {6: "weibull", 7: "linear"}


def quantiles(table: pd.DataFrame, probabilities: Sequence[float], *, quantile_type: int = 7) -> pd.DataFrame:
    """Quantiles of each column, missing values left out.

    Parameters
    ----------
    table
        (n_units, n_columns), numeric.
    probabilities
        Probabilities in [0, 1].
    quantile_type
        7: inclusive, h = (n - 1) p + 1 (numpy's and Excel's default); 6: exclusive, h = (n + 1) p.

    Returns
    -------
    DataFrame
        (len(probabilities), n_columns); index the probabilities; NaN for a column with no value.

    References
    ----------
    Hyndman, Fan (1996), Sample quantiles in statistical packages, doi:10.2307/2684934.
    """
    values = table.to_numpy(dtype=float)
    out = np.full((len(probabilities), values.shape[1]), np.nan)
    filled = ~np.all(np.isnan(values), axis=0) if len(values) else np.zeros(values.shape[1], dtype=bool)
    if filled.any():
        method: Any = METHODS[quantile_type]
        out[:, filled] = np.nanquantile(values[:, filled], list(probabilities), axis=0, method=method)
    return pd.DataFrame(out, index=list(probabilities), columns=table.columns)
