"""The two sides of a bridge: an edition's answers, and the ruler (range, fences) that its scores were read on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.composite.treatment import iqr_fences
from analysis.config import IndexMethod
from analysis.errors import MethodError

Array = NDArray[np.float64]
EXACT = 1e-9


class Frame(NamedTuple):
    """The ruler of an edition, each (n_indicators,) in native units: observed range, and the fences of the cap."""

    low: Array
    high: Array
    fence_low: Array
    fence_high: Array


@dataclass(frozen=True)
class Side:
    """One edition: what its index rests on.

    `values` (n_units, n_indicators) in native units after denomination and imputation; `scores` (n_units,
    n_indicators + n_aggregates) normalised indicators and aggregates as the engine gives them; `bottom` and `top`
    (n_indicators,) the normalised worst and best value.
    """

    name: str
    structure: Structure
    method: IndexMethod
    values: pd.DataFrame
    frame: Frame
    bottom: Array
    top: Array
    weights: pd.Series
    scores: pd.DataFrame


def read_side(
    name: str,
    indicators: pd.DataFrame,
    structure: Structure,
    method: IndexMethod,
    *,
    others: pd.DataFrame | None = None,
) -> Side:
    """Run the engine on one edition and take its ruler.

    Parameters
    ----------
    name
        Of the edition, for messages.
    indicators, structure, method, others
        As `analysis.composite.index.build_index`.

    Raises
    ------
    MethodError
        The engine cannot be run; the method is not one whose ruler is a range and fences (treatment `none` or
        `iqr_cap` without a test, normalisation `minmax`).
    """
    for code in structure.indicators:
        rule, scale = method.treatment.settings(code), method.normalisation.settings(code)[0]
        over = method.treatment.indicators.get(code)
        if rule.rule not in ("none", "iqr_cap") or (over is not None and over.test):
            raise MethodError(
                f"bridge: the treatment of {code} is `{rule.rule}`; the bridge can follow a cap at fences only: "
                "set `treatment.rule` to iqr_cap or none, without `test`"
            )
        if scale.rule != "minmax":
            raise MethodError(
                f"bridge: the normalisation of {code} is `{scale.rule}`; the frame that the bridge moves is that of "
                "min-max: set `normalisation.rule` to minmax"
            )
    try:
        index = build_index(indicators, structure, method, others=others)
    except MethodError as error:
        raise MethodError(f"{name}: {error}") from error
    frame = _frame(index.prepared, method)
    normalised = index.normalised.to_numpy()
    bottom, top = np.fmin.reduce(normalised, axis=0), np.fmax.reduce(normalised, axis=0)
    side = Side(
        name, index.structure, method, index.prepared, frame, bottom, top, index.weights,
        index.normalised.join(index.scores),
    )  # fmt: skip
    again = measure(index.prepared.to_numpy(), side, frame, frame)
    if not np.allclose(again, normalised, rtol=0, atol=EXACT, equal_nan=True):
        away = np.nanmax(np.abs(again - normalised), axis=0)
        codes = [c for c, d in zip(index.normalised.columns, away, strict=True) if d > EXACT]
        raise MethodError(f"{name}: the scores of {', '.join(codes)} do not follow from a range and fences alone")
    return side


def _frame(values: pd.DataFrame, method: IndexMethod) -> Frame:
    raw = values.to_numpy(dtype=float)
    fences = np.full((2, raw.shape[1]), [[-np.inf], [np.inf]])
    for j, code in enumerate(values.columns):
        rule = method.treatment.settings(str(code))
        if rule.rule == "iqr_cap":
            own = iqr_fences(
                raw[:, [j]], k=rule.k, side=rule.side, quantile_type=rule.quantile_type, zero_iqr=rule.zero_iqr
            )
            fences[:, j] = own.lower[0], own.upper[0]
    return Frame(np.fmin.reduce(raw, axis=0), np.fmax.reduce(raw, axis=0), fences[0], fences[1])


def ends(span: Frame, cap: Frame) -> tuple[Array, Array]:
    """Raw values that become the worst and the best score (for direction +1): the range of `span` cut by `cap`."""
    return (
        np.clip(span.low, cap.fence_low, cap.fence_high),
        np.clip(span.high, cap.fence_low, cap.fence_high),
    )


def measure(values: Array, side: Side, span: Frame, cap: Frame) -> Array:
    """Normalise values with the range of one edition and the fences of another, (n_units, n_indicators).

    A value outside the range gets a score outside the scale, as a ruler is read beyond its last mark.

    Raises
    ------
    MethodError
        The range of one edition lies wholly beyond a fence of the other: no scale is left between the ends.
    """
    low, high = ends(span, cap)
    codes = side.structure.indicators
    flat = [code for code, wide in zip(codes, high > low, strict=True) if not wide]
    if flat:
        raise MethodError(
            f"bridge: no scale for {', '.join(flat)}: the range of one edition lies beyond the fence of the other. "
            "Check that both editions give the indicator in the same unit and by the same definition; if they do, "
            "leave it out of both frameworks"
        )
    treated = np.clip(values, cap.fence_low, cap.fence_high)
    share = (treated - low) / (high - low)
    up = side.structure.directions.reindex(codes).to_numpy() > 0
    return side.bottom + (side.top - side.bottom) * np.where(up, share, 1 - share)
