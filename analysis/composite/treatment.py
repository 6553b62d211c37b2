"""Treatment of outliers: values beyond a fence are set to it, and every changed cell is logged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.composite.quantiles import quantiles
from analysis.config import Treatment
from analysis.errors import MethodError

LOG_COLUMNS = ["respondent_id", "code", "raw", "treated", "side", "fence", "q1", "q3"]


def treat(indicators: pd.DataFrame, settings: Treatment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cap outliers at Q1 - k·IQR and Q3 + k·IQR.

    Parameters
    ----------
    indicators
        (n_units, n_indicators); index `respondent_id`, native units; missing values stay missing.
    settings
        Section `treatment` of the method.

    Returns
    -------
    treated, log
        The treated table, and one row for each changed cell (respondent_id, code, raw, treated, side, fence, q1, q3).

    Raises
    ------
    MethodError
        An indicator has coinciding quartiles and `zero_iqr: error`.

    Notes
    -----
    An indicator that more than three quarters of the units leave at one value has IQR = 0: its fence would erase every
    other answer. `zero_iqr: leave` keeps such an indicator as it is; `cap` flattens it to a constant.

    References
    ----------
    Tukey (1977), Exploratory Data Analysis (fences); OECD/JRC (2008), Handbook, step "Data treatment".
    """
    empty = pd.DataFrame(columns=LOG_COLUMNS)
    if settings.rule == "none":
        return indicators.copy(), empty
    bounds = quantiles(indicators, [0.25, 0.75], quantile_type=settings.quantile_type)
    q1, q3 = bounds.loc[0.25], bounds.loc[0.75]
    spread = q3 - q1
    flat = [code for code in spread.index if spread[code] == 0]
    if settings.zero_iqr == "error" and flat:
        raise MethodError(
            f"treatment: Q1 = Q3 for {', '.join(flat)}, so the fence is no fence; "
            "set `treatment.zero_iqr` to leave or cap"
        )
    lower, upper = q1 - settings.k * spread, q3 + settings.k * spread
    if settings.zero_iqr == "leave":
        lower[flat], upper[flat] = -np.inf, np.inf
    if settings.side == "upper":
        lower[:] = -np.inf
    elif settings.side == "lower":
        upper[:] = np.inf
    values = indicators.to_numpy(dtype=float)
    capped = np.clip(values, lower.to_numpy(dtype=float), upper.to_numpy(dtype=float))
    treated = pd.DataFrame(capped, index=indicators.index, columns=indicators.columns)
    changed = (capped != values) & ~np.isnan(values)
    rows, columns = np.nonzero(changed)
    high = values[rows, columns] > upper.to_numpy()[columns]
    log = pd.DataFrame(
        {
            "respondent_id": indicators.index.to_numpy()[rows],
            "code": indicators.columns.to_numpy()[columns],
            "raw": values[rows, columns],
            "treated": capped[rows, columns],
            "side": np.where(high, "upper", "lower"),
            "fence": np.where(high, upper.to_numpy()[columns], lower.to_numpy()[columns]),
            "q1": q1.to_numpy()[columns],
            "q3": q3.to_numpy()[columns],
        },
        columns=LOG_COLUMNS,
    )
    return treated, log
