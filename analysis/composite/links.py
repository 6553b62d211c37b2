"""Links: do scores go together with measures from outside the index?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.composite.coherence import correlate, holm
from analysis.errors import MethodError

METHODS = ("pearson", "spearman", "kendall")


def correlation_interval(r: float, n: int, method: str, *, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of a correlation by Fisher's transformation.

    Parameters
    ----------
    r, n
        Correlation and number of pairs.
    method
        pearson, spearman or kendall.
    level
        Confidence level.

    Returns
    -------
    low, high
        NaN with too few pairs (fewer than five); the point itself for |r| = 1.

    Notes
    -----
    tanh(artanh r ± z · s) with s² = 1/(n - 3) (Pearson), (1 + r²/2)/(n - 3) (Spearman), 0.437/(n - 4) (Kendall).

    References
    ----------
    Bonett, Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman correlations,
    doi:10.1007/BF02294183.
    """
    if n < 5 or np.isnan(r):
        return np.nan, np.nan
    if abs(r) >= 1:
        return r, r
    variance = {"pearson": 1 / (n - 3), "spearman": (1 + r * r / 2) / (n - 3), "kendall": 0.437 / (n - 4)}[method]
    reach = float(stats.norm.ppf((1 + level) / 2)) * np.sqrt(variance)
    middle = np.arctanh(r)
    return float(np.tanh(middle - reach)), float(np.tanh(middle + reach))


def links(
    scores: pd.DataFrame,
    outside: pd.DataFrame,
    *,
    methods: Sequence[str] = METHODS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Correlate scores with outside variables, unit by unit.

    Parameters
    ----------
    scores
        (n_units, n_scores).
    outside
        (n_units, n_variables), numeric, matched by index; units that are missing there are left out.
    methods
        Any of pearson (linear), spearman and kendall (order only).
    level
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        code, variable, method, n, r, low, high, p, p_holm (over all tests of the table with the same method).

    Raises
    ------
    MethodError
        An unknown method, or a variable that is not numeric.

    Notes
    -----
    A link is no cause: both may follow size or age. Which way it points is for the text to argue.
    """
    unknown = [m for m in methods if m not in METHODS]
    if unknown:
        raise MethodError(f"links: no method {', '.join(unknown)}; pearson, spearman or kendall")
    words = [str(c) for c in outside.columns if not pd.api.types.is_numeric_dtype(outside[c])]
    if words:
        raise MethodError(f"links: {', '.join(words)} is not numeric; code groups as 0 and 1 first")
    matched = outside.reindex(scores.index)
    rows = []
    for method in methods:
        for code in scores.columns:
            for variable in matched.columns:
                n, r, p = correlate(scores[code].to_numpy(dtype=float), matched[variable].to_numpy(dtype=float), method)
                rows.append([code, variable, method, n, r, *correlation_interval(r, n, method, level=level), p])
    table = pd.DataFrame(rows, columns=["code", "variable", "method", "n", "r", "low", "high", "p"])
    table["p_holm"] = table.groupby("method")["p"].transform(lambda p: holm(p.to_numpy(dtype=float)))
    return table
