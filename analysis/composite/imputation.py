"""Imputation: values for missing answers, every one of them logged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.composite.normalisation import array_extremes
from analysis.composite.structure import Structure
from analysis.config import Imputation
from analysis.errors import MethodError

LOG_COLUMNS = ["code", "imputed", "rule", "based_on"]
MIDDLE: dict[str, Callable[[pd.Series], float]] = {
    "mean": lambda x: float(x.mean()),
    "median": lambda x: float(x.median()),
}


def impute(
    indicators: pd.DataFrame, structure: Structure, settings: Imputation, groups: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing answers by the rule of each indicator; answers that are there never change.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units.
    structure
        The tree, for the rules framework_mean and framework_median.
    settings
        Section `imputation` of the method.
    groups
        Columns of the data with groups of units, for group_mean and group_median.

    Returns
    -------
    imputed, log
        The filled table, and one row for each filled cell: the unit's key, code, imputed, rule, based_on (number of
        answers the value rests on).

    Raises
    ------
    MethodError
        An override names no indicator; nothing to rest a value on (no answer in the indicator, the group, or the
        unit's siblings); the group column is not named, not there or empty for a unit. Names unit and code.

    Notes
    -----
    framework_*: the unit's other answers below the same parent, each on a directed min–max scale, averaged and put
    back onto the indicator's scale: x = min + s · (max - min) (with direction -1 mirrored).

    References
    ----------
    OECD/JRC (2008), Handbook, step "Imputation of missing data"; COINr `Impute`.
    """
    key = str(indicators.index.name or "unit")
    unknown = [c for c in settings.indicators if c not in indicators.columns]
    if unknown:
        raise MethodError(f"imputation: `imputation.indicators` names {', '.join(unknown)}, which is no indicator")
    rules = {code: settings.indicators.get(code, settings.rule) for code in indicators.columns}
    out = indicators
    rows: list[pd.DataFrame] = []
    gappy = set(indicators.columns[np.isnan(indicators.to_numpy(dtype=float)).any(axis=0)])
    for code, rule in rules.items():
        if rule == "none" or code not in gappy:
            continue
        gaps = indicators[code].isna()
        if out is indicators:
            out = indicators.copy()
        if rule == "zero":
            found = pd.DataFrame({"imputed": 0.0, "based_on": 0}, index=indicators.index[gaps])
        elif rule.startswith("framework_"):
            found = _from_siblings(indicators, structure, code, gaps, MIDDLE[rule.removeprefix("framework_")])
        else:
            kind = rule.removeprefix("group_")
            labels = _labels(indicators, groups, settings, code) if rule.startswith("group_") else None
            found = _from_units(indicators[code], gaps, labels, MIDDLE[kind])
        out.loc[gaps, code] = found["imputed"]
        rows.append(found.rename_axis(key).reset_index().assign(code=code, rule=rule))
    if not rows:
        return out, pd.DataFrame(columns=[key, *LOG_COLUMNS])
    log = pd.concat(rows, ignore_index=True)
    place = {unit: i for i, unit in enumerate(indicators.index)}
    log = log.sort_values(key, key=lambda s: s.map(place), kind="stable", ignore_index=True)
    return out, log[[key, *LOG_COLUMNS]]


def _labels(indicators: pd.DataFrame, groups: pd.DataFrame | None, settings: Imputation, code: str) -> pd.Series:
    if settings.group is None:
        raise MethodError(f"imputation: {code}: name the column of groups as `imputation.group`")
    if groups is None or settings.group not in groups.columns:
        raise MethodError(f"imputation: no data column {settings.group} (key `imputation.group`)")
    labels = groups[settings.group].reindex(indicators.index)
    return labels.where(labels.astype(str) != "")


def _from_units(
    column: pd.Series, gaps: pd.Series, labels: pd.Series | None, middle: Callable[[pd.Series], float]
) -> pd.DataFrame:
    known = column.dropna()
    if labels is None:
        if known.empty:
            raise MethodError(f"imputation: no answer at all for {column.name}; leave the indicator out")
        return pd.DataFrame({"imputed": middle(known), "based_on": len(known)}, index=column.index[gaps])
    values, counts = [], []
    for unit in column.index[gaps]:
        if pd.isna(labels[unit]):
            raise MethodError(f"imputation: {unit} has no group, so {column.name} cannot be filled from it")
        peers = known[labels.reindex(known.index) == labels[unit]]
        if peers.empty:
            raise MethodError(
                f"imputation: nobody in group {labels[unit]} has {column.name}, so it cannot be filled for {unit}; "
                "choose another rule for it under `imputation.indicators`"
            )
        values.append(middle(peers))
        counts.append(len(peers))
    return pd.DataFrame({"imputed": values, "based_on": counts}, index=column.index[gaps])


def _from_siblings(
    indicators: pd.DataFrame, structure: Structure, code: str, gaps: pd.Series, middle: Callable[[pd.Series], float]
) -> pd.DataFrame:
    parent = str(structure.elements.at[code, "parent"])
    siblings = [c for c in structure.children(parent) if c in indicators.columns]
    sign = structure.directions[siblings].to_numpy(dtype=float)
    directed = indicators[siblings].to_numpy(dtype=float) * sign
    low, high = array_extremes(directed)
    own = siblings.index(code)
    if np.isnan(low[own]):
        raise MethodError(f"imputation: no answer at all for {code}; leave the indicator out")
    usable = high > low  # a constant sibling has no scale
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(usable, (directed - low) / (high - low), np.nan)
    values, counts = [], []
    for row in np.flatnonzero(gaps.to_numpy()):
        there = pd.Series(scaled[row]).dropna()
        if there.empty:
            raise MethodError(
                f"imputation: {indicators.index[int(row)]} has no answer below {parent}, so {code} cannot be filled "
                "from it; choose another rule for it under `imputation.indicators`"
            )
        values.append((low[own] + middle(there) * (high[own] - low[own])) * sign[own])
        counts.append(len(there))
    return pd.DataFrame({"imputed": values, "based_on": counts}, index=indicators.index[gaps])
