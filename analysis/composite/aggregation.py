"""Aggregation: weighted means over what is available, from indicators to sub-areas, areas and the overall score."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.errors import MethodError


def weighted_mean(values: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """Arithmetic mean of the available columns of each unit, weights renormalised over what is available.

    Parameters
    ----------
    values
        (n_units, n_columns), scores; missing values are left out.
    weights
        (n_columns,), not negative.

    Returns
    -------
    Series
        (n_units,); missing where a unit has no available column of positive weight.

    Raises
    ------
    MethodError
        A weight is missing or negative, or all are zero.

    Notes
    -----
    y = Σ w_j x_j / Σ w_j over the available j.
    """
    w = weights.reindex(values.columns)
    bad = w.index[~(w >= 0)]
    if len(bad):
        raise MethodError(f"aggregation: weight missing or negative for {', '.join(bad)}")
    if not w.sum() > 0:
        raise MethodError(f"aggregation: all weights are zero for {', '.join(values.columns)}")
    x = values.to_numpy(dtype=float)
    available = np.where(np.isnan(x), 0.0, w.to_numpy(dtype=float))
    total = available.sum(axis=1)
    weighted = np.nansum(np.nan_to_num(x) * available, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, weighted / total, np.nan)
    return pd.Series(mean, index=values.index)


def aggregate(
    normalised: pd.DataFrame,
    hierarchy: pd.DataFrame,
    *,
    area_from: str = "indicators",
    weights: pd.Series | None = None,
    overall: str = "ALL",
) -> pd.DataFrame:
    """Aggregate normalised indicators to sub-areas, areas and the overall score.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores.
    hierarchy
        (n_indicators,), index the codes, columns `area` and `subarea`.
    area_from
        `indicators`: the area is the mean of its available indicators; `subareas`: of its available sub-area scores.
    weights
        (n_indicators,); equal if left out. Sub-areas within an area and areas within the index count equally.
    overall
        Code of the overall score.

    Returns
    -------
    DataFrame
        (n_units, n_subareas + n_areas + 1), columns in the order of the hierarchy: sub-areas, then
        their area, …, overall.

    Raises
    ------
    MethodError
        Columns and hierarchy differ, or a unit has no available indicator in a whole area.
    """
    if set(normalised.columns) != set(hierarchy.index):
        differ = sorted(set(normalised.columns) ^ set(hierarchy.index))
        raise MethodError(f"aggregation: indicators and framework differ in {', '.join(differ)}")
    if weights is None:
        weights = pd.Series(1.0, index=hierarchy.index)
    out: dict[str, pd.Series] = {}
    areas = list(dict.fromkeys(hierarchy["area"]))
    for area in areas:
        inside = hierarchy[hierarchy["area"] == area]
        subareas = list(dict.fromkeys(inside["subarea"]))
        for subarea in subareas:
            out[subarea] = weighted_mean(normalised[inside.index[inside["subarea"] == subarea]], weights)
        if area_from == "indicators":
            out[area] = weighted_mean(normalised[inside.index], weights)
        elif area_from == "subareas":
            out[area] = weighted_mean(pd.DataFrame({s: out[s] for s in subareas}), pd.Series(1.0, index=subareas))
        else:
            raise MethodError(f"aggregation: area_from is {area_from!r}; allowed: indicators, subareas")
        nobody = out[area].index[out[area].isna()]
        if len(nobody):
            raise MethodError(
                f"aggregation: no available indicator of area {area} for {', '.join(map(str, nobody))}; "
                "such a unit cannot be scored, remove it or obtain an answer"
            )
    out[overall] = weighted_mean(pd.DataFrame({a: out[a] for a in areas}), pd.Series(1.0, index=areas))
    return pd.DataFrame(out, index=normalised.index)
