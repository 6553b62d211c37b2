"""What would move one unit: each indicator set to a target by itself, and the score that follows.

Every answer but one stays as it is, and the whole index is computed anew: fences, extremes and with them everybody's
normalised values follow the changed answer. Where each column is treated and normalised by itself and weights do not
depend on the data, one run with all targets at once gives the normalised value that each change alone would give, and
one aggregation turns them into scores; otherwise the index is built once for each change. Both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.composite.aggregation import aggregate
from analysis.composite.index import Index, build_index
from analysis.composite.structure import Structure
from analysis.config import IndexMethod
from analysis.errors import MethodError

OWN_COLUMN = {"none", "zero", "mean", "median", "group_mean", "group_median"}
FIXED_WEIGHTS = {"framework", "equal", "by_number_of_indicators"}
AGAINST_OTHERS = {"copeland", "benefit_of_the_doubt"}


def columnwise(method: IndexMethod, structure: Structure) -> bool:
    """Whether a change of one indicator of a unit leaves its normalised values of all other indicators as they are."""
    rules = {method.aggregation.settings(group.level).rule for group in structure.groups()}
    return (
        {method.imputation.rule, *method.imputation.indicators.values()} <= OWN_COLUMN
        and method.weights.rule in FIXED_WEIGHTS
        and not rules & AGAINST_OTHERS
        and method.availability.min_unit_nonzero == 0
    )


def _moved(indicators: pd.DataFrame, unit: str, targets: pd.Series) -> pd.DataFrame:
    """The answers with one unit's at their targets; a single cell at a time would cost pandas a whole column each."""
    changed = indicators.to_numpy(dtype=float, na_value=np.nan, copy=True)
    row: Any = indicators.index.get_loc(unit)
    places: Any = [indicators.columns.get_loc(code) for code in targets.index]
    changed[row, places] = targets.to_numpy(dtype=float)
    return pd.DataFrame(changed, index=indicators.index, columns=indicators.columns)


def single_gains(
    indicators: pd.DataFrame,
    structure: Structure,
    method: IndexMethod,
    unit: str,
    targets: pd.Series,
    *,
    nominal: Index | None = None,
    others: pd.DataFrame | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Score of a unit if one of its answers were at its target, for each target by itself.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units, index the unit's key.
    targets
        (n_targets,), indicator code → value in native units.
    nominal
        The index as it is, if it has been built.
    exact
        Build the whole index for each target, also where it is not needed.

    Returns
    -------
    DataFrame
        (n_targets,), columns code, own (value before), target, base (score before), score (after), gain; in the order
        of `targets`. A gain can be zero: the answer is capped before and after, or ties with the target.

    Raises
    ------
    MethodError
        The unit or an indicator is unknown, an answer that would be moved is missing, or a target is not finite.
    """
    if unit not in indicators.index:
        raise MethodError(f"levers: no unit {unit} in the data")
    unknown = [str(code) for code in targets.index if code not in structure.indicators]
    if unknown:
        raise MethodError(f"levers: no indicator {', '.join(unknown)}")
    own = indicators.T[unit].reindex(targets.index).astype(float)
    wrong = [str(c) for c in targets.index if not np.isfinite(float(targets[c])) or pd.isna(own[c])]
    if wrong:
        raise MethodError(f"levers: {unit} cannot move {', '.join(wrong)}: an answer or its target is missing")
    index = nominal or build_index(indicators, structure, method, others=others)
    root = structure.aggregates[-1]
    base = float(index.scores.T[unit][root])
    if not len(targets):
        after: list[float] = []
    elif columnwise(method, structure) and not exact:
        made = build_index(_moved(indicators, unit, targets), structure, method, others=others).normalised.loc[unit]
        rows = np.tile(index.normalised.loc[unit].to_numpy(dtype=float), (len(targets), 1))
        places = index.normalised.columns.get_indexer(targets.index)
        rows[np.arange(len(targets)), places] = made[targets.index].to_numpy(dtype=float)
        table = pd.DataFrame(rows, index=[f"{unit}: {c}" for c in targets.index], columns=index.normalised.columns)
        scores = aggregate(table, index.structure, method.aggregation, weights=index.weights)
        after = scores[root].to_list()
    else:
        after = [joint_score(indicators, structure, method, unit, targets[[c]], others=others) for c in targets.index]
    return pd.DataFrame(
        {
            "code": list(targets.index), "own": own.to_numpy(), "target": targets.to_numpy(dtype=float), "base": base,
            "score": after, "gain": np.array(after) - base,
        }
    )  # fmt: skip


def joint_score(
    indicators: pd.DataFrame,
    structure: Structure,
    method: IndexMethod,
    unit: str,
    targets: pd.Series,
    *,
    others: pd.DataFrame | None = None,
) -> float:
    """Score of a unit if all targets were met at once; the whole index is built anew."""
    moved = build_index(_moved(indicators, unit, targets), structure, method, others=others)
    return float(moved.scores.T[unit][structure.aggregates[-1]])


def next_targets(
    own: pd.Series,
    thresholds: Sequence[pd.Series],
    directions: pd.Series,
    *,
    steps: Mapping[str, float] | None = None,
    fixed: Sequence[str] = (),
) -> pd.DataFrame:
    """The first threshold that lies ahead of each answer: the rule of what is feasible.

    Parameters
    ----------
    own
        (n_indicators,), answers of one unit; a missing one is not moved.
    thresholds
        Values of the indicators in the order in which they are aimed at, say medians and third quartiles (first
        quartiles where less is better); a missing one is passed over.
    directions
        (n_indicators,), 1 if more is better, -1 if less is.
    steps
        Indicators that take only multiples of a step (things counted, scores of options): the target is the next one
        at or beyond the threshold.
    fixed
        Indicators that nobody can be asked to move.

    Returns
    -------
    DataFrame
        Columns code, target, step (position of the threshold, from 0); an answer beyond all thresholds has no row.
    """
    rows = []
    for code in own.index:
        if code in fixed or pd.isna(own[code]):
            continue
        sign = float(directions[code])
        for step, threshold in enumerate(thresholds):
            target = float(threshold[code])
            if np.isnan(target):
                continue
            if steps and code in steps:
                units = round(target / steps[code], 9)
                target = float(np.ceil(units) if sign > 0 else np.floor(units)) * steps[code]
            if sign * (target - float(own[code])) > 0:
                rows.append((code, target, step))
                break
    return pd.DataFrame(rows, columns=["code", "target", "step"])
