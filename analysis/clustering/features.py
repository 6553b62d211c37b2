"""Columns from which types are made: gaps filled by a named rule, every column on one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.config.clustering import Clustering
from analysis.errors import MethodError


@dataclass(frozen=True)
class Features:
    """What is clustered.

    `values` (n_units, n_columns), sorted by unit, complete; `log` has one row for each filled cell, dropped column and
    dropped unit: columns unit, code, action, value.
    """

    values: pd.DataFrame
    log: pd.DataFrame

    def count(self, action: str) -> int:
        """Rows of the log with this action (filled, dropped_column, constant_column, dropped_unit)."""
        return int((self.log["action"] == action).sum())


def make_features(table: pd.DataFrame, settings: Clustering, *, shape: bool = False) -> Features:
    """Fill or drop gaps, leave out constant columns, scale, and for `shape` take away each unit's own mean.

    Parameters
    ----------
    table
        (n_units, n_columns), scores; the index is the unit's id.
    settings
        Keys `missing` and `scaling`.
    shape
        Subtract the unit's mean over all columns after scaling; a strong and a weak unit with the same strong sides
        become alike.

    Raises
    ------
    MethodError
        An id occurs twice, a column has no value at all, or nothing is left to cluster.
    """
    if not table.index.is_unique:
        double = table.index[table.index.duplicated()].unique()
        raise MethodError(f"clustering: more than one row for {', '.join(map(str, double))}")
    values = table.sort_index().astype(float)
    empty = values.columns[values.isna().all()]
    if len(empty):
        raise MethodError(f"clustering: no value at all in {', '.join(map(str, empty))}; leave the column out")
    log: list[tuple[str, str, str, float]] = []
    if settings.missing in ("median", "mean"):
        centre = values.median() if settings.missing == "median" else values.mean()
        gaps = values.isna().to_numpy()
        for j in np.flatnonzero(gaps.any(axis=0)).tolist():
            filled = (str(values.columns[j]), "filled", float(centre.iloc[j]))
            log += [(str(unit), *filled) for unit in values.index[gaps[:, j]]]
        if gaps.any():
            values = values.fillna(centre)
    elif settings.missing == "drop_columns":
        gone = values.columns[values.isna().any()]
        log += [("", str(c), "dropped_column", float("nan")) for c in gone]
        values = values.drop(columns=gone)
    else:
        units = values.index[values.isna().any(axis=1)]
        log += [(str(u), "", "dropped_unit", float("nan")) for u in units]
        values = values.drop(index=units)
    constant = values.columns[values.max() == values.min()]
    if len(constant):
        log += [("", str(c), "constant_column", float(values[c].iloc[0])) for c in constant]
        values = values.drop(columns=constant)
    if values.shape[0] < 3 or not values.shape[1]:
        raise MethodError(
            f"clustering: {values.shape[0]} units and {values.shape[1]} columns are left after `missing: "
            f"{settings.missing}`; choose another rule"
        )
    if settings.scaling == "zscore":
        values = (values - values.mean()) / values.std(ddof=0)
    if shape:
        values = values.sub(values.mean(axis=1), axis=0)
    return Features(values, pd.DataFrame(log, columns=["unit", "code", "action", "value"]))
