"""Normalisation: indicators of different units onto one scale; direction is applied first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.composite.structure import NUMBERS
from analysis.config import Normalisation
from analysis.errors import MethodError

Array = NDArray[np.float64]
RANKED = ("rank", "percentile_rank", "borda")


def array_rank(values: Array, *, ties: str = "min") -> Array:
    """Ranks along the units, 1 = lowest; missing values have none: (..., n_units, n_columns) → the same.

    Parameters
    ----------
    values
        (..., n_units, n_columns); NaN is missing.
    ties
        Rank shared by tied values: min, max or average.
    """
    order = np.argsort(values, axis=-2, kind="stable")  # NaN last
    ordered = np.take_along_axis(values, order, axis=-2)
    n = values.shape[-2]
    place = np.broadcast_to(np.arange(1, n + 1, dtype=float)[:, None], ordered.shape)
    new = np.ones(ordered.shape, dtype=bool)
    new[..., 1:, :] = ordered[..., 1:, :] != ordered[..., :-1, :]
    low = np.maximum.accumulate(np.where(new, place, 0.0), axis=-2)
    ranks = low
    if ties != "min":
        last = np.ones(ordered.shape, dtype=bool)
        last[..., :-1, :] = new[..., 1:, :]
        high = np.minimum.accumulate(np.where(last, place, np.inf)[..., ::-1, :], axis=-2)[..., ::-1, :]
        ranks = high if ties == "max" else (low + high) / 2
    out = np.empty(values.shape)
    np.put_along_axis(out, order, ranks, axis=-2)
    return np.where(np.isnan(values), np.nan, out)


def array_extremes(values: Array) -> tuple[Array, Array]:
    """Smallest and largest available value of each column, (..., n_columns); NaN where there is none."""
    low, high = np.fmin.reduce(values, axis=-2), np.fmax.reduce(values, axis=-2)
    return low, high


def array_minmax(directed: Array, lower: ArrayLike = 0.0, upper: ArrayLike = 1.0) -> Array:
    """l + (u - l) (x - min) / (max - min), (..., n_units, n_columns); NaN in a constant column (callers check)."""
    low, high = array_extremes(directed)
    a, b = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return a + (b - a) * (directed - low[..., None, :]) / (high - low)[..., None, :]


def array_zscore(directed: Array, mean: ArrayLike = 0.0, sd: ArrayLike = 1.0) -> Array:
    """m + s (x - x̄) / s_x with s_x of n - 1, (..., n_units, n_columns); NaN in a constant column (callers check)."""
    there = ~np.isnan(directed)
    n = there.sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(there, directed, 0.0).sum(axis=-2) / n
        d = directed - centre[..., None, :]
        spread = np.sqrt(np.where(there, d * d, 0.0).sum(axis=-2) / (n - 1))
        return np.asarray(mean, dtype=float) + np.asarray(sd, dtype=float) * d / spread[..., None, :]


def array_ranked(directed: Array, rule: str) -> Array:
    """Scores from ranks (ties share the smallest): rank 1…n, borda rank - 1, percentile_rank (rank - 1) / (n - 1)."""
    ranks = array_rank(directed)
    if rule == "rank":
        return ranks
    if rule == "borda":
        return ranks - 1
    n = (~np.isnan(directed)).sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (ranks - 1) / (n - 1)[..., None, :]


def array_linear(directed: Array, zero: ArrayLike, one: ArrayLike) -> Array:
    """(x - zero) / (one - zero), the form of all distances: bounds broadcast as (..., n_columns)."""
    a, b = np.asarray(zero, dtype=float)[..., None, :], np.asarray(one, dtype=float)[..., None, :]
    return (directed - a) / (b - a)


def normalise(
    indicators: pd.DataFrame,
    direction: pd.Series,
    settings: Normalisation,
    *,
    framework: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Normalise each indicator by its rule; better is higher afterwards.

    Parameters
    ----------
    indicators
        (n_units, n_indicators); missing values stay missing.
    direction
        (n_indicators,); +1 where more is better, -1 where less is better.
    settings
        Section `normalisation` of the method.
    framework
        Numbers of the framework by code: `goalpost_low`, `goalpost_high`, `target`, `reference` in native units
        (before direction), and bounds `lower`, `upper`, `mean`, `sd` of the indicator's own scale. An override of the
        method goes before the framework, the framework before the section.

    Raises
    ------
    MethodError
        An indicator has no direction, no value, the same value for everybody; a number that the rule needs is missing
        or makes no scale. Names the rule, the codes and the remedy.

    Notes
    -----
    With x directed (x · direction), and targets and goalposts likewise:
    minmax l + (u - l)(x - min)/(max - min) · zscore m + s (x - x̄)/s_x · rank, borda, percentile_rank (see
    `array_ranked`) · distance_to_max 1 - (max - x)/(max - min) · distance_to_reference and distance_to_target
    1 - (t - x)/(t - min), at most 1 with `cap` · fraction_of_max x/max (direction +1, positive maximum) ·
    goalposts l + (u - l)(x - low)/(high - low), within the bounds with `cap`.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Normalisation"; COINr `Normalise`.
    """
    sign = direction.reindex(indicators.columns)
    undirected = sign.index[~sign.isin([1, -1])]
    if len(undirected):
        raise MethodError(f"normalisation: no direction (+1 or -1) for {', '.join(undirected)}")
    unknown = [code for code in settings.indicators if code not in indicators.columns]
    if unknown:
        raise MethodError(
            f"normalisation: `normalisation.indicators` names {', '.join(unknown)}, which is no indicator"
        )
    # Direction by columns keeps pandas' column order in memory: sums and differences stay bit-identical.
    directed = (indicators * sign).to_numpy(dtype=float)
    _refuse_empty_and_constant(directed, list(indicators.columns), settings)
    groups: dict[str, list[int]] = {}
    settled: dict[str, Normalisation] = {}
    numbers: dict[str, dict[str, float]] = {}
    stated = _stated(framework, list(indicators.columns))
    common = settings.model_dump_json(exclude={"indicators"})
    for j, code in enumerate(indicators.columns):
        own, written = _own_settings(code, settings, stated.get(code, {}))
        numbers[code] = written
        key = common if own is settings else own.model_dump_json(exclude={"indicators"})
        settled[key] = own
        groups.setdefault(key, []).append(j)
    values = np.empty_like(directed)  # the same memory order
    for key, columns in groups.items():
        codes = [str(indicators.columns[j]) for j in columns]
        part = directed if len(groups) == 1 else directed[:, columns]
        values[:, columns] = _apply(part, codes, sign, settled[key], numbers, indicators)
    return pd.DataFrame(values, index=indicators.index, columns=indicators.columns)


def _stated(framework: pd.DataFrame | None, codes: list[str]) -> dict[str, dict[str, float]]:
    """Numbers that the framework states, by code and name; codes without any are left out."""
    names = [] if framework is None else [name for name in NUMBERS if name in framework]
    if framework is None or not names:
        return {}
    table = framework.loc[codes, names].astype(float).to_numpy()
    found: dict[str, dict[str, float]] = {}
    for i, j in np.argwhere(~np.isnan(table)):
        found.setdefault(codes[i], {})[names[j]] = float(table[i, j])
    return found


def _own_settings(
    code: str, settings: Normalisation, stated: dict[str, float]
) -> tuple[Normalisation, dict[str, float]]:
    """Settings and numbers of one indicator: override, then framework, then section."""
    own, written = settings.settings(code)
    over = settings.indicators.get(code)
    said = set() if over is None else over.model_fields_set
    scale = {}
    for name, value in stated.items():
        if name in said:
            continue
        if name in ("lower", "upper", "mean", "sd"):
            scale[name] = value
        else:
            written.setdefault(name, value)
    if scale:
        own = own.model_copy(update=scale)
    if not own.lower < own.upper or not own.sd > 0:
        raise MethodError(
            f"normalisation: {code} has bounds {own.lower:g} to {own.upper:g} and standard deviation {own.sd:g}; "
            "lower must be below upper, and the deviation positive"
        )
    return own, written


def _refuse_empty_and_constant(directed: Array, codes: list[str], settings: Normalisation) -> None:
    low, high = array_extremes(directed)
    empty = [code for code, value in zip(codes, low, strict=True) if np.isnan(value)]
    if empty:
        raise MethodError(
            f"normalisation: no answer at all for {', '.join(empty)}; leave the indicator out of the framework"
        )
    free = ("goalposts", "distance_to_target", "fraction_of_max", *RANKED)
    constant = [
        code
        for code, a, b in zip(codes, low, high, strict=True)
        if a == b and settings.settings(code)[0].rule not in free
    ]
    if constant:
        raise MethodError(
            f"normalisation: {', '.join(constant)} has the same value for everybody, so {settings.rule} has no scale; "
            "check the answers and `treatment.zero_iqr`, or leave the indicator out of the framework"
        )


def _apply(
    directed: Array,
    codes: list[str],
    sign: pd.Series,
    own: Normalisation,
    numbers: dict[str, dict[str, float]],
    raw: pd.DataFrame,
) -> Array:
    """Apply one rule with one set of settings to some columns."""
    if own.rule == "minmax":
        return array_minmax(directed, own.lower, own.upper)
    if own.rule == "zscore":
        return array_zscore(directed, own.mean, own.sd)
    if own.rule in RANKED:
        if own.rule == "percentile_rank" and directed.shape[0] < 2:
            raise MethodError("normalisation: percentile_rank needs at least two units")
        return array_ranked(directed, own.rule)
    low, high = array_extremes(directed)
    signs = sign.loc[codes].to_numpy(dtype=float)
    if own.rule == "distance_to_max":
        return array_linear(directed, low, high)
    if own.rule == "fraction_of_max":
        wrong = [c for c, s, top in zip(codes, signs, high, strict=True) if s < 0 or not top > 0]
        if wrong:
            raise MethodError(
                f"normalisation: fraction_of_max needs direction +1 and a positive maximum, not so for "
                f"{', '.join(wrong)}; choose another rule for it under `normalisation.indicators`"
            )
        return directed / high
    if own.rule == "goalposts":
        return _goalposts(directed, codes, signs, own, numbers)
    goal = _goals(codes, signs, own, numbers, raw)
    wrong = [c for c, t, a in zip(codes, goal, low, strict=True) if not t > a]
    if wrong:
        raise MethodError(
            f"normalisation: {own.rule}: the goal of {', '.join(wrong)} is not better than the worst value, so there "
            "is no distance to it; correct it or choose another rule"
        )
    out = array_linear(directed, low, goal)
    return np.minimum(out, 1.0) if own.cap else out


def _goalposts(
    directed: Array, codes: list[str], signs: Array, own: Normalisation, numbers: dict[str, dict[str, float]]
) -> Array:
    missing = [c for c in codes if not {"goalpost_low", "goalpost_high"} <= set(numbers[c])]
    if missing:
        raise MethodError(
            f"normalisation: no goalposts for {', '.join(missing)}; add columns goalpost_low and goalpost_high to the "
            "framework, or the keys under `normalisation.indicators`"
        )
    posts = np.array(
        [
            sorted(numbers[c][k] * s for k in ("goalpost_low", "goalpost_high"))
            for c, s in zip(codes, signs, strict=True)
        ]
    )
    equal = [c for c, (a, b) in zip(codes, posts, strict=True) if a == b]
    if equal:
        raise MethodError(f"normalisation: the goalposts of {', '.join(equal)} coincide, so they make no scale")
    out = array_linear(directed, posts[:, 0], posts[:, 1])
    if own.cap:
        out = np.clip(out, 0.0, 1.0)
    return own.lower + (own.upper - own.lower) * out


def _goals(
    codes: list[str], signs: Array, own: Normalisation, numbers: dict[str, dict[str, float]], raw: pd.DataFrame
) -> Array:
    """Directed target or reference of each indicator."""
    key = "target" if own.rule == "distance_to_target" else "reference"
    goals = np.array([numbers[c].get(key, np.nan) for c in codes])
    if key == "reference" and own.reference_unit is not None:
        if own.reference_unit not in raw.index:
            raise MethodError(f"normalisation: no unit `{own.reference_unit}` (key `normalisation.reference_unit`)")
        of_unit = raw.loc[own.reference_unit, codes].to_numpy(dtype=float)
        goals = np.where(np.isnan(goals), of_unit, goals)
    missing = [c for c, value in zip(codes, goals, strict=True) if np.isnan(value)]
    if missing:
        more = "" if key == "target" else ", or name a unit with an answer as `normalisation.reference_unit`"
        raise MethodError(
            f"normalisation: no {key} for {', '.join(missing)}; add a column {key} to the framework or the key under "
            f"`normalisation.indicators`{more}"
        )
    return goals * signs
