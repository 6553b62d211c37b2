"""Bounds by propagation: what minima, order statistics and means of all groups leave of each score, without search.

Every rule removes only values that no column can have, in the sound reading of the printed numbers; the bounds are
therefore valid, but need not be the narrowest. They are whole numbers of units, both ends included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.disclosure.column import QUARTERS, Column, Released, place

ROUNDS = 100


@dataclass(frozen=True)
class Contradiction(Exception):
    """No column has these statistics under these memberships; `group` is where it showed."""

    group: str


def _monotone(least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of sorted scores: a place is at least what the one before is, at most what the next one is."""
    return np.maximum.accumulate(least), np.minimum.accumulate(most[::-1])[::-1]


def order(column: Column, group: Released, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the sorted scores of a group, (n,) each, from the printed measures and the bounds of its members."""
    n = len(group.members)
    least, most = np.sort(low), np.sort(high)
    for measure, value in group.printed.items():
        if measure not in QUARTERS:
            continue
        at = place(measure, n, column.quantile_type)
        f, nxt = at.quarters, at.first + 1
        start, end = column.span(value, 4 if f else 1, "sound")
        if not f:
            least[at.first], most[at.first] = max(least[at.first], start), min(most[at.first], end)
            least, most = _monotone(least, most)
            continue
        # (4 - f) x[first] + f x[next] lies between start and end, and x[first] <= x[next]
        most[at.first] = min(most[at.first], (end - f * least[nxt]) // (4 - f))
        least[nxt] = max(least[nxt], -(-start // 4))
        most[at.first] = min(most[at.first], end // 4)
        least[nxt] = max(least[nxt], -(-(start - (4 - f) * most[at.first]) // f))
        most[nxt] = min(most[nxt], (end - (4 - f) * least[at.first]) // f)
        least[at.first] = max(least[at.first], -(-(start - f * most[nxt]) // (4 - f)))
        least, most = _monotone(least, most)
    if "mean" in group.printed:
        at_least, at_most = column.span(group.printed["mean"], n, "sound")
        # A score beyond its place leaves the rest of the sum to the others, who have at least (at most) their bounds.
        most = np.minimum(most, at_most - least.sum() + least)
        least = np.maximum(least, at_least - most.sum() + most)
        least, most = _monotone(least, most)
    return least, most


def places(column: Column, group: Released) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the sorted scores of a group from its own statistics alone, (n,) each, in units."""
    lowest, highest = column.limits()
    least, most = np.full(len(group.members), lowest), np.full(len(group.members), highest)
    for _ in range(ROUNDS):
        before = least, most
        least, most = order(column, group, least, most)
        if (before[0] == least).all() and (before[1] == most).all():
            break
    return least, most


def _members(least: np.ndarray, most: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the members from those of the places: everybody takes one place, and every place is taken."""
    n = len(low)
    low, high = np.maximum(low, least[0]), np.minimum(high, most[-1])
    for k in range(1, n):
        reach = high >= least[k]  # only these can take the places from k on
        if np.count_nonzero(reach) == n - k:
            low = np.where(reach, np.maximum(low, least[k]), low)
        under = low <= most[k - 1]  # only these can take the places before k
        if np.count_nonzero(under) == k:
            high = np.where(under, np.minimum(high, most[k - 1]), high)
    return low, high


def propagate(column: Column, start: tuple[np.ndarray, np.ndarray] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest score that propagation leaves each respondent.

    `start` holds bounds known already, two vectors (n,); by default those of the scale.

    Returns
    -------
    tuple
        Two integer vectors (n,) in units of the resolution. Respondents of one profile have equal bounds.

    Raises
    ------
    Contradiction
        Some score is left without a value: no scores of these groups print as released.
    """
    if start is None:
        lowest, highest = column.limits()
        low, high = np.full(column.n, lowest), np.full(column.n, highest)
    else:
        low, high = start[0].copy(), start[1].copy()
    members = [np.array(group.members) for group in column.released]
    # Bounds of the members that a group leaves as they are, once it has.
    at_rest: list[tuple[np.ndarray, np.ndarray] | None] = [None] * len(members)
    for _ in range(ROUNDS):
        before = low.copy(), high.copy()
        for g, (group, inside) in enumerate(zip(column.released, members, strict=True)):
            own_low, own_high = low[inside], high[inside]
            rest = at_rest[g]
            if rest is not None and (rest[0] == own_low).all() and (rest[1] == own_high).all():
                continue
            least, most = order(column, group, own_low, own_high)
            lo, hi = _members(least, most, own_low, own_high)
            if "mean" in group.printed:
                at_least, at_most = column.span(group.printed["mean"], len(inside), "sound")
                hi = np.minimum(hi, at_most - lo.sum() + lo)
                lo = np.maximum(lo, at_least - hi.sum() + hi)
            if (lo > hi).any() or (least > most).any():
                raise Contradiction(f"{group.group} ({group.dimension})")
            low[inside], high[inside] = lo, hi
            at_rest[g] = (lo, hi) if (lo == own_low).all() and (hi == own_high).all() else None
        if (before[0] == low).all() and (before[1] == high).all():
            break
    return low, high
