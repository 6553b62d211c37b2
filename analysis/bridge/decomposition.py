"""Exact decomposition of the change of a mean score between two editions.

A score of an edition is a measurement: values of units, read on a ruler that the same units have made. Between two
editions both change. The bridge switches six factors from the first edition to the second, one by one and in every
order, measures the mean score after each switch, and gives each factor the mean of what its switch adds over all
orders (its Shapley value). The six parts sum to the total change, exactly, for every indicator and every aggregate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.bridge.panels import Frame, Side, ends, measure
from analysis.bridge.shapley import marginals, shapley_values
from analysis.composite.aggregation import aggregate
from analysis.errors import MethodError

Array = NDArray[np.float64]
# Order of the bits of a coalition; see docs/edition-bridge.md for what each switch does.
FACTORS = ("values", "answers", "frame", "cap", "entering", "leaving")
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Bridge:
    """Result of a bridge.

    Attributes
    ----------
    contributions
        (n_codes,), index `code` (indicators, then aggregates): level, name, before, after, change, the six `FACTORS`,
        and `same_first`, `same_second`: change of the mean score of the units of both editions when both of their
        measurements are read on the ruler of the first, or of the second, edition.
    ranges
        Columns code, factor, share, lowest, highest: the part of a factor, and the least and the most that its switch
        adds in any order of switching.
    frames
        (n_indicators,), index `code`: observed range, fence, upper end of the scale in each edition, and who sets it.
    units
        Index same, entering, leaving: number of units, and the mean of the overall score before and after.
    """

    contributions: pd.DataFrame
    ranges: pd.DataFrame
    frames: pd.DataFrame
    units: pd.DataFrame


def bridge(first: Side, second: Side) -> Bridge:
    """Decompose the change of every mean score from the first edition to the second.

    Parameters
    ----------
    first, second
        Editions with the same framework, weights and method, and with units under the same keys.

    Raises
    ------
    MethodError
        The frameworks, weights or scales differ; no unit is in both editions; an element has no score at all after
        some switches, so that its change cannot be divided. Names the codes and the remedy.

    Notes
    -----
    values: the answers of units of both editions, where they gave one in both · answers: where such a unit answered in
    one edition only · frame: the observed range · cap: the fences · entering, leaving: units of one edition only.
    The range and the fences are those that *all* units of an edition made, so a newcomer that stretches the scale
    counts in `frame` for everybody else and in `entering` for its own score.

    References
    ----------
    Shorrocks (2013), doi:10.1007/s10888-011-9214-z; de Boer and Rodrigues (2020), Decomposition analysis: when to use
    which method?, doi:10.1080/09535314.2019.1652571.
    """
    _check_alike(first, second)
    same = first.values.index.intersection(second.values.index, sort=False)
    if not len(same):
        raise MethodError(
            f"bridge: {first.name} and {second.name} have no unit in common, so no change of the same units can be "
            "seen; check that both use the same keys"
        )
    worth = _worths(first, second)
    parts = shapley_values(worth)
    codes = [*first.structure.indicators, *first.structure.aggregates]
    change = worth[-1] - worth[0]
    if np.abs(parts.sum(axis=0) - change).max() > TOLERANCE:  # pragma: no cover - arithmetic
        raise MethodError("bridge: the parts do not sum to the change")
    table = pd.DataFrame({"level": [first.structure.level(c) for c in codes]}, index=pd.Index(codes, name="code"))
    table["name"] = first.structure.elements["name"].reindex(codes).where(lambda s: s.notna() & (s != ""), codes)
    table["before"], table["after"], table["change"] = worth[0], worth[-1], change
    table[list(FACTORS)] = parts.T
    table["same_first"] = _same_units(first, second, same, first.frame)
    table["same_second"] = _same_units(first, second, same, second.frame)
    return Bridge(table, _ranges(worth, parts, codes), _frames(first, second, same), _units(first, second, same))


def _check_alike(first: Side, second: Side) -> None:
    ours, theirs = list(first.structure.elements.index), list(second.structure.elements.index)
    if set(ours) != set(theirs) or first.structure.indicators != second.structure.indicators:
        differ = sorted(set(ours) ^ set(theirs)) or ["their order"]
        raise MethodError(
            f"bridge: {first.name} and {second.name} differ in the elements that took part: {', '.join(differ)}; "
            "compare only what both editions have"
        )
    pairs = {
        "the parent": (first.structure.elements["parent"], second.structure.elements["parent"]),
        "the direction": (first.structure.directions, second.structure.directions),
        "the weight": (first.weights, second.weights),
        "the worst score": tuple(pd.Series(side.bottom, side.structure.indicators) for side in (first, second)),
        "the best score": tuple(pd.Series(side.top, side.structure.indicators) for side in (first, second)),
    }
    for what, (a, b) in pairs.items():
        b = b.reindex(a.index)
        numeric = pd.api.types.is_numeric_dtype(a)
        near = np.isclose(a, b, rtol=0, atol=TOLERANCE, equal_nan=True) if numeric else (a.fillna("") == b.fillna(""))
        differing = [str(code) for code, alike in zip(a.index, near, strict=True) if not alike]
        if differing:
            raise MethodError(
                f"bridge: {what} of {', '.join(differing)} differs between {first.name} and "
                f"{second.name}; a change of the method is no change between editions: `klastry compare` shows that"
            )


def _means(values: Array, side: Side, units: pd.Index, span: Frame, cap: Frame) -> Array:
    """Mean normalised indicators and aggregates of the units, (n_codes,)."""
    codes = side.structure.indicators
    table = pd.DataFrame(measure(values, side, span, cap), index=units, columns=codes).dropna(how="all")
    scores = aggregate(table, side.structure, side.method.aggregation, weights=side.weights)
    return np.concatenate([table.mean().to_numpy(), scores[side.structure.aggregates].mean().to_numpy()])


def _worths(first: Side, second: Side) -> Array:
    """Mean scores after each set of switches, (2^6, n_codes)."""
    units = first.values.index.union(second.values.index, sort=False)
    a, b = (side.values.reindex(units).to_numpy(dtype=float) for side in (first, second))
    in_a, in_b = units.isin(first.values.index), units.isin(second.values.index)
    both = in_a & in_b
    worth = np.empty((1 << len(FACTORS), a.shape[1] + len(first.structure.aggregates)))
    for coalition in range(len(worth)):
        on = {factor: bool(coalition >> bit & 1) for bit, factor in enumerate(FACTORS)}
        new, old = (b, a) if on["values"] else (a, b)
        shown = ~np.isnan(b if on["answers"] else a)
        panel = np.where(shown, np.where(np.isnan(new), old, new), np.nan)
        panel[~both] = np.nan
        if on["entering"]:
            panel[in_b & ~in_a] = b[in_b & ~in_a]
        if not on["leaving"]:
            panel[in_a & ~in_b] = a[in_a & ~in_b]
        span, cap = (second if on[name] else first for name in ("frame", "cap"))
        worth[coalition] = _means(panel, first, units, span.frame, cap.frame)
    lost = np.isnan(worth).any(axis=0)
    if lost.any():
        codes = np.array([*first.structure.indicators, *first.structure.aggregates])[lost]
        raise MethodError(
            f"bridge: nobody of both editions has a value of {', '.join(codes)}, so the change cannot be divided; "
            "leave it out of both frameworks"
        )
    return worth


def _same_units(first: Side, second: Side, same: pd.Index, ruler: Frame) -> Array:
    """Change of the mean scores of the units of both editions, read on one ruler, where they answered in both."""
    a, b = (side.values.loc[same].to_numpy(dtype=float) for side in (first, second))
    there = ~np.isnan(a) & ~np.isnan(b)
    before, after = (_means(np.where(there, values, np.nan), first, same, ruler, ruler) for values in (a, b))
    return after - before


def _ranges(worth: Array, parts: Array, codes: list[str]) -> pd.DataFrame:
    made = []
    for bit, factor in enumerate(FACTORS):
        added = marginals(worth, bit)
        part = {"code": codes, "factor": factor, "share": parts[bit]}
        made.append(pd.DataFrame({**part, "lowest": added.min(axis=0), "highest": added.max(axis=0)}))
    table = pd.concat(made, ignore_index=True)
    order = {code: place for place, code in enumerate(codes)}
    return table.sort_values("code", key=lambda c: c.map(order), kind="stable", ignore_index=True)


def _frames(first: Side, second: Side, same: pd.Index) -> pd.DataFrame:
    codes = first.structure.indicators
    table = pd.DataFrame(index=pd.Index(codes, name="code"))
    for name, side in (("first", first), ("second", second)):
        _, top = ends(side.frame, side.frame)
        shared = side.values.loc[same].max().to_numpy()
        own = np.where(shared >= side.frame.high, "same units", "entering" if name == "second" else "leaving")
        table[f"{name}_low"], table[f"{name}_high"] = side.frame.low, side.frame.high
        table[f"{name}_fence"] = np.where(np.isfinite(side.frame.fence_high), side.frame.fence_high, np.nan)
        table[f"{name}_end"] = top
        table[f"{name}_set_by"] = np.where(side.frame.high > side.frame.fence_high, "cap", own)
    return table


def _units(first: Side, second: Side, same: pd.Index) -> pd.DataFrame:
    root = first.structure.root
    rows = {
        "same": (same, first.scores[root].reindex(same).mean(), second.scores[root].reindex(same).mean()),
        "entering": (second.values.index.difference(same), np.nan, None),
        "leaving": (first.values.index.difference(same), None, np.nan),
    }
    made = []
    for name, (units, before, after) in rows.items():
        before = first.scores[root].reindex(units).mean() if before is None else before
        after = second.scores[root].reindex(units).mean() if after is None else after
        made.append((name, len(units), before, after))
    return pd.DataFrame(made, columns=["group", "n", "before", "after"]).set_index("group")
