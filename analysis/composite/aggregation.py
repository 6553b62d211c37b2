"""Aggregation: weighted means of all kinds over what is available, from indicators up to the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.composite.benefit_of_the_doubt import array_benefit_of_the_doubt
from analysis.composite.domain import OutsideDomain
from analysis.composite.outranking import array_copeland
from analysis.composite.structure import Group, Structure
from analysis.config import Aggregation
from analysis.errors import MethodError

Array = NDArray[np.float64]


def array_mean(
    columns: Sequence[Array],
    weights: ArrayLike,
    *,
    rule: str = "arithmetic",
    power: float = 1.0,
    penalty: str = "minus",
    min_available: float = 0.0,
) -> Array:
    """Weighted mean of some columns for each unit, over the available ones, weights renormalised.

    Parameters
    ----------
    columns
        k arrays (..., n_units); NaN is missing. Leading dimensions broadcast against those of `weights`.
    weights
        (..., k), not negative.
    rule
        arithmetic, geometric, harmonic, generalised, mazziotta_pareto.
    power
        Power of the generalised mean.
    penalty
        minus or plus, the sign of the Mazziotta–Pareto penalty.
    min_available
        Smallest share of available columns; below it the mean is missing.

    Returns
    -------
    ndarray
        (..., n_units); NaN where nothing of positive weight is available, or too little.

    Raises
    ------
    OutsideDomain
        geometric, harmonic or a negative power meets a value ≤ 0; another power a negative value; Mazziotta–Pareto a
        mean ≤ 0.

    Notes
    -----
    With W = Σ w_j over the available j: arithmetic Σ w x / W · geometric exp(Σ w ln x / W) · harmonic W / Σ (w / x) ·
    generalised (Σ w x^p / W)^(1/p) · Mazziotta–Pareto M ∓ S²/M with M the mean and S² = Σ w (x - M)² / W.
    The sum runs over the columns in their order (the same result whatever the number of units, threads or runs).

    References
    ----------
    OECD/JRC (2008), Handbook, step "Weighting and aggregation"; De Muro, Mazziotta, Pareto (2011),
    doi:10.1007/s11205-010-9727-z.
    """
    w = np.asarray(weights, dtype=float)
    if rule == "generalised" and power == 1.0:
        rule = "arithmetic"
    _check_domain(columns, w, rule, power)
    forward: Callable[[Array], Array] = {
        "arithmetic": lambda x: x,
        "mazziotta_pareto": lambda x: x,
        "geometric": lambda x: np.log(x),
        "harmonic": lambda x: 1.0 / x,
        "generalised": lambda x: x**power,
    }[rule]
    total, sums, count = _sums([forward(x) for x in columns], w)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, sums / total, np.nan)
        if rule == "geometric":
            mean = np.exp(mean)
        elif rule == "harmonic":
            mean = 1.0 / mean
        elif rule == "generalised":
            mean = mean ** (1.0 / power)
        elif rule == "mazziotta_pareto":
            _, squares, _ = _sums([(x - mean) ** 2 for x in columns], w)
            if np.any(mean <= 0):
                at = tuple(int(i) for i in np.argwhere(mean <= 0)[0])
                raise OutsideDomain("mazziotta_pareto needs a positive mean", at, -1, float(mean[at]))
            spread = squares / total / mean
            mean = mean - spread if penalty == "minus" else mean + spread
    if min_available > 0:
        mean = np.where(count >= min_available * len(columns) - 1e-9, mean, np.nan)
    return mean


def _sums(columns: Sequence[Array], w: Array) -> tuple[Array, Array, Array]:
    """Total weight, weighted sum and number of what is available, columns added in their order.

    The sum has the shape of the columns and weights together. While nothing is missing, the total weight of all units
    is the same and stands there once, and so does the number: the shapes of both only broadcast against the sum's.
    """
    sums = np.zeros(np.broadcast_shapes(*(x.shape for x in columns), (*w.shape[:-1], 1)))
    total, count = np.zeros((*w.shape[:-1], 1)), np.zeros(1)
    for j, x in enumerate(columns):
        own = w[..., j, None]
        there = ~np.isnan(x)
        if there.all():
            total = total + own
            sums += x * own
            count = count + 1
        else:
            total = total + np.where(there, own, 0.0)
            sums += np.where(there, x, 0.0) * own
            count = count + there
    return total, sums, count


def _check_domain(columns: Sequence[Array], w: Array, rule: str, power: float) -> None:
    strict = rule in ("geometric", "harmonic") or (rule == "generalised" and power < 0)
    if not strict and rule != "generalised":
        return
    for j, x in enumerate(columns):
        wrong = (x <= 0 if strict else x < 0) & (np.max(w[..., j]) > 0)
        if wrong.any():
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            name = f"{rule} mean" + (f" of power {power:g}" if rule == "generalised" else "")
            need = "values above 0" if strict else "values that are not negative"
            raise OutsideDomain(f"the {name} needs {need}", at, j, float(x[at]))


def array_aggregate(
    normalised: Array,
    weights: ArrayLike,
    structure: Structure,
    settings: Aggregation,
) -> Array:
    """Aggregate through all levels, for many runs at once.

    Parameters
    ----------
    normalised
        (..., n_units, n_indicators), columns as `structure.indicators`; NaN is missing. Any memory order; fastest with
        the indicators slowest (`np.moveaxis(contiguous, 0, -1)`).
    weights
        (..., n_elements), columns as `[*structure.indicators, *structure.aggregates]`; leading dimensions broadcast.
    structure
        The tree.
    settings
        Section `aggregation` of the method.

    Returns
    -------
    ndarray
        (..., n_units, n_aggregates), columns as `structure.aggregates`.

    Raises
    ------
    OutsideDomain
        A mean is not defined for a value; the message names the aggregate and the member.
    """
    w = np.asarray(weights, dtype=float)
    codes = [*structure.indicators, *structure.aggregates]
    place = {code: i for i, code in enumerate(codes)}
    columns: list[Array | None] = [normalised[..., j] for j in range(len(structure.indicators))]
    columns += [None] * len(structure.aggregates)
    for group in structure.groups(area_from=settings.area_from):
        members = [place[code] for code in group.members]
        parts = [columns[i] for i in members]
        columns[place[group.code]] = _aggregate_group(
            [p for p in parts if p is not None], w[..., members], group, settings.settings(group.level)
        )
    made = [columns[place[code]] for code in structure.aggregates]
    return np.stack([column for column in made if column is not None], axis=-1)


def _aggregate_group(parts: list[Array], w: Array, group: Group, settings: Aggregation) -> Array:
    if settings.rule == "copeland":
        return array_copeland(parts, w, tolerance=settings.tie_tolerance, min_available=settings.min_available)
    try:
        if settings.rule == "benefit_of_the_doubt":
            shares = (settings.min_share, settings.max_share)
            return array_benefit_of_the_doubt(np.stack(parts, axis=-1), shares=shares)[0]
        return array_mean(
            parts,
            w,
            rule=settings.rule,
            power=settings.power,
            penalty=settings.penalty,
            min_available=settings.min_available,
        )
    except OutsideDomain as error:
        member = f" has {group.members[error.member]}" if error.member >= 0 else " has a mean"
        raise OutsideDomain(
            f"aggregation: {error}: {group.code}{member} = {error.value:g}",
            error.position,
            error.member,
            error.value,
            error.remedy,
        ) from error


def check_weights(weights: pd.Series) -> None:
    """Refuse a weight that is missing, infinite or negative; raises `MethodError` with the codes."""
    bad = weights.index[~(weights >= 0) | np.isinf(weights)]
    if len(bad):
        raise MethodError(f"aggregation: weight missing or negative for {', '.join(map(str, bad))}")


def aggregate(
    normalised: pd.DataFrame,
    structure: Structure,
    settings: Aggregation,
    *,
    weights: pd.Series | None = None,
) -> pd.DataFrame:
    """Aggregate normalised indicators through all levels of the structure.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores; columns are the indicators of the structure, in any order.
    structure
        The tree.
    settings
        Section `aggregation` of the method.
    weights
        (n_elements,), weights within the parent by code; those of the structure if left out.

    Returns
    -------
    DataFrame
        (n_units, n_aggregates), columns as `structure.aggregates`: children before their parent, the index last.

    Raises
    ------
    MethodError
        Columns and structure differ, a weight is missing or negative, all weights of a group are zero, a mean is not
        defined for a value, or an aggregate at or above `complete_from_level` is missing. Names units and codes.
    """
    if set(normalised.columns) != set(structure.indicators):
        differ = sorted(set(normalised.columns) ^ set(structure.indicators))
        raise MethodError(f"aggregation: indicators and framework differ in {', '.join(differ)}")
    used = (structure.weights if weights is None else weights).reindex([*structure.indicators, *structure.aggregates])
    check_weights(used)
    groups = structure.groups(area_from=settings.area_from)
    absent = sorted(set(settings.levels) - {group.level for group in groups})
    if absent:
        raise MethodError(
            f"aggregation: `aggregation.levels` names level {absent[0]}; the aggregates of this index have the levels "
            f"{', '.join(map(str, sorted({group.level for group in groups})))}"
        )
    given = dict(zip(used.index, used.to_numpy(dtype=float).tolist(), strict=True))
    for group in groups:
        if not any(given[code] > 0 for code in group.members):
            raise MethodError(f"aggregation: all weights are zero below {group.code} ({', '.join(group.members)})")
    values = normalised[structure.indicators].to_numpy(dtype=float)
    try:
        scores = array_aggregate(values, used.to_numpy(dtype=float), structure, settings)
    except OutsideDomain as error:
        raise MethodError(f"{error} for {normalised.index[error.position[-1]]}; {error.remedy}") from error
    out = pd.DataFrame(scores, index=normalised.index, columns=structure.aggregates)
    if settings.complete_from_level is not None:
        column = {code: j for j, code in enumerate(structure.aggregates)}
        lost = np.isnan(scores)
        for group in groups:
            nobody = out.index[lost[:, column[group.code]]]
            if group.level >= settings.complete_from_level and len(nobody):
                raise MethodError(
                    f"aggregation: no available indicator of {group.code} for {', '.join(map(str, nobody))}; "
                    "such a unit cannot be scored, remove it or obtain an answer (`aggregation.complete_from_level`)"
                )
    return out
