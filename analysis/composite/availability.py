"""Availability: which share of the data is there, by unit and by indicator, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.structure import Structure
from analysis.config import Availability
from analysis.errors import MethodError


@dataclass(frozen=True)
class Screened:
    """Outcome of screening: the units and indicators that stay, and tables that say why.

    `units` (n_units, 4), index the unit: available (share), nonzero (share of available), included, reason;
    `indicators` (n_indicators, 4), index the code: available, zeros (share of available), included, reason.
    """

    values: pd.DataFrame
    structure: Structure
    units: pd.DataFrame
    indicators: pd.DataFrame


def _share(some: NDArray[np.integer], of: NDArray[np.integer], index: pd.Index) -> pd.Series:
    """Divide counts; missing where there is nothing to count."""
    return pd.Series(some, index=index) / pd.Series(of, index=index).where(of > 0)


def _first_that_holds(*conditions: tuple[NDArray[np.bool_], str], index: pd.Index) -> pd.Series:
    """For each row the word beside the first condition that holds there, '' where none does."""
    words = np.full(len(index), "", dtype=object)
    for holds, word in reversed(conditions):
        words[holds] = word
    return pd.Series(words, index=index, dtype="str")


def screen(indicators: pd.DataFrame, structure: Structure, settings: Availability) -> Screened:
    """Leave out units and indicators that fall below the thresholds; indicators first, then units on what is left.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units.
    structure
        The tree; emptied aggregates leave it.
    settings
        Section `availability` of the method.

    Raises
    ------
    MethodError
        A named unit or indicator does not exist, or nobody is left.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Data selection"; COINr `Screen` (thresholds 0.66 and 0.05 there).
    """
    # Counted in arrays: a table of many columns, each read on its own, is slow to sum.
    data = indicators.to_numpy(dtype=float)
    there = ~np.isnan(data)
    names = set(map(str, indicators.index))
    lost = [u for u in [*settings.include, *settings.exclude] if u not in names]
    if lost:
        raise MethodError(f"availability: no unit {', '.join(lost)} (keys `availability.include` and `exclude`)")
    wrong = [c for c in settings.exclude_indicators if c not in structure.indicators]
    if wrong:
        raise MethodError(f"availability: no indicator {', '.join(wrong)} (key `availability.exclude_indicators`)")
    share = pd.Series(there.mean(axis=0), index=indicators.columns)
    zeros = _share((data == 0).sum(axis=0), there.sum(axis=0), indicators.columns)
    little = (share < settings.min_indicator_share - 1e-12).to_numpy()
    excluded = indicators.columns.isin(settings.exclude_indicators)
    reason = _first_that_holds((excluded, "excluded"), (little, "too little data"), index=indicators.columns)
    by_indicator = pd.DataFrame(
        {"available": share, "zeros": zeros, "included": reason == "", "reason": reason}
    ).rename_axis("code")
    dropped = list(reason.index[reason != ""])
    kept = structure.without(dropped) if dropped else structure
    values = indicators[kept.indicators]
    data = values.to_numpy(dtype=float)
    present = ~np.isnan(data)
    unit_share = pd.Series(present.mean(axis=1), index=indicators.index)
    nonzero = _share((present & (data != 0)).sum(axis=1), present.sum(axis=1), indicators.index)
    labels = indicators.index.astype(str)
    why = _first_that_holds(
        (labels.isin(settings.exclude), "excluded"),
        (labels.isin(settings.include), ""),
        ((unit_share < settings.min_unit_share - 1e-12).to_numpy(), "too little data"),
        ((nonzero < settings.min_unit_nonzero - 1e-12).to_numpy(), "too many zeros"),
        index=indicators.index,
    )
    by_unit = pd.DataFrame({"available": unit_share, "nonzero": nonzero, "included": why == "", "reason": why})
    if not by_unit["included"].any():
        raise MethodError("availability: no unit is left; lower the thresholds of section `availability`")
    if not by_unit["included"].all():
        values = values[by_unit["included"].to_numpy()]
    return Screened(values, kept, by_unit, by_indicator)
