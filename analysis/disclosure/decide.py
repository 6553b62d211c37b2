"""Intervals of a score column: bounds for every profile, and a decision for each whether they are narrow.

Propagation bounds every score. The solver then looks for columns of scores (witnesses) in which the score of a profile
moves by the threshold; one witness dismisses many profiles. That no column moves any of the others is proved for all of
them at once; within the windows that this leaves, their lowest and highest scores are computed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

import numpy as np

from analysis.disclosure.bounds import Contradiction, propagate
from analysis.disclosure.column import Column, as_printed
from analysis.disclosure.exact import Model, Wish

NARROW, OPEN, UNDECIDED, INFEASIBLE = "narrow", "open", "undecided", "infeasible"

# Ends that a column has to show at once; for fewer it is quicker to search each.
FEW = 3


@dataclass(frozen=True)
class Interval:
    """What the tables leave of the score of a profile, in units of the resolution.

    Every possible score is at least `low` and less than `high` + 1; `seen_low` and `seen_high` are scores that occur in
    witnesses. `single`: every possible score prints as the same number.
    """

    status: str
    low: int
    high: int
    seen_low: int | None = None
    seen_high: int | None = None
    single: bool = False


class _Seen:
    """Witnesses: the lowest and highest score of each profile, and a column that has it."""

    def __init__(self, profiles: list[tuple[int, ...]]) -> None:
        self.profiles = profiles
        self.low: dict[int, tuple[int, np.ndarray]] = {}
        self.high: dict[int, tuple[int, np.ndarray]] = {}

    def add(self, scores: np.ndarray) -> None:
        for p, members in enumerate(self.profiles):
            least, most = int(scores[members[0]]), int(scores[members[-1]])
            if p not in self.low or least < self.low[p][0]:
                self.low[p] = least, scores
            if p not in self.high or most > self.high[p][0]:
                self.high[p] = most, scores

    def ends(self, p: int) -> tuple[int, int]:
        return self.low[p][0], self.high[p][0]

    def wishes(self, profiles: Iterable[int], step: int) -> dict[int, Wish]:
        """For each profile a score that far from what was seen at the other end."""
        return {p: Wish(self.low[p][0] + step, self.high[p][0] - step) for p in profiles}


def _single(column: Column, low: int, high: int) -> bool:
    """Whether everything between the bounds, but for one unit at either end, prints as one number."""
    return len({as_printed(float(v * column.unit), column.decimals, column.base) for v in (low, high)}) == 1


class _Decision:
    """The steps of `intervals` on one column; `wide` is the threshold in units."""

    def __init__(self, column: Column, low: np.ndarray, high: np.ndarray, wide: int, limit: float, seed: int) -> None:
        self.column, self.wide, self.limit, self.seed = column, wide, limit, seed
        self.low, self.high = low, high
        self.start = low.copy(), high.copy()
        self.model = Model(column, low, high, seed=seed)
        self.seen = _Seen(column.profiles)

    def feasible(self) -> bool:
        """Find a first witness; without one, say whether there may be a column at all."""
        first = self.model.solve("strict", self.limit)
        if first.scores is not None:
            self.seen.add(first.scores)
            return True
        return not self.model.solve("sound", self.limit).impossible

    def dismiss(self) -> list[int]:
        """Look for witnesses that move a profile by the threshold; returns the profiles without one."""
        # Two columns that move as many as possible, then any that moves one more: asking for most is slow where little
        # is fixed, and where much is fixed there are few left to ask for.
        for rounds in count():
            left = [p for p in range(len(self.column.profiles)) if self._width(p) < self.wide]
            if not left:
                return left
            many = rounds < 2
            limit = self.limit / (10 if many else 5)
            found = self.model.solve("strict", limit, widen=self.seen.wishes(left, self.wide), most=many)
            if found.scores is not None:
                self.seen.add(found.scores)
            elif found.impossible or not many:
                return left
        raise AssertionError  # pragma: no cover  (the count does not end)

    def _width(self, p: int) -> int:
        low, high = self.seen.ends(p)
        return high - low

    def enclose(self, left: list[int]) -> None:
        """Prove for as many of these profiles as possible that their scores stay near what was seen."""
        near = set(left)
        while near:
            wishes = self.seen.wishes(sorted(near), self.wide)
            found = self.model.solve("sound", self.limit, widen=wishes)
            if found.scores is None:
                if not found.impossible:
                    return
                break
            for p, wish in wishes.items():
                members = self.column.profiles[p]
                if found.scores[members[-1]] >= wish.at_least or found.scores[members[0]] <= wish.at_most:
                    near.discard(p)
        for p in near:
            inside = list(self.column.profiles[p])
            self.low[inside] = np.maximum(self.low[inside], self.seen.high[p][0] - self.wide + 1)
            self.high[inside] = np.minimum(self.high[inside], self.seen.low[p][0] + self.wide - 1)
        if near:
            self.low, self.high = propagate(self.column, (self.low, self.high))
            self.model = Model(self.column, self.low, self.high, seed=self.seed)

    def measure(self, left: list[int]) -> None:
        """Bound every score: the lowest and highest of these profiles by search, of the others by what that leaves.

        All bounds are what the tables say, whichever witnesses were found on the way (unless a limit ran out). So
        bounds that were searched of a profile that turns out to be open are not kept: that it was searched is chance.
        """
        reached = self._reached(left)
        for p in left:
            members = list(self.column.profiles[p])
            first, last = members[0], members[-1]
            low, high = int(self.low[first]), int(self.high[last])
            seen_low, seen_high = self.seen.ends(p)
            if seen_low > low and (p, -1) not in reached:
                solved = self.model.solve("sound", self.limit, aim=(first, -1), hint=self.seen.low[p][1])
                low = low if solved.bound is None else solved.bound
            if seen_high < high and (p, 1) not in reached:
                solved = self.model.solve("sound", self.limit, aim=(last, 1), hint=self.seen.high[p][1])
                high = high if solved.bound is None else solved.bound
            if high - low >= self.wide:
                for i, sign in ((first, -1), (last, 1)):
                    witness = self.model.solve("strict", self.limit, aim=(i, sign)).scores
                    if witness is not None:
                        self.seen.add(witness)
            if self._width(p) < self.wide:
                self.start[0][members] = np.maximum(self.start[0][members], low)
                self.start[1][members] = np.minimum(self.start[1][members], high)
        self.low, self.high = propagate(self.column, self.start)

    def _reached(self, left: list[int]) -> set[tuple[int, int]]:
        """Ends of these profiles, (profile, -1) or (profile, 1), that scores reach: propagation was exact there.

        Most are, and one column of scores shows it of many, so only the rest is searched end by end.
        """
        missing = {(p, sign) for p in left for sign in (-1, 1)}
        reached: set[tuple[int, int]] = set()
        new = missing
        while missing and len(new) > FEW:
            wishes = {p: self._ends(p, missing) for p, _ in missing}
            scores = self.model.solve("sound", self.limit / 10, widen=dict(sorted(wishes.items())), most=True).scores
            if scores is None:
                break
            new = {(p, sign) for p, sign in missing if self._at_end(p, sign, scores)}
            reached |= new
            missing -= new
        return reached

    def _ends(self, p: int, missing: set[tuple[int, int]]) -> Wish:
        """The wish for the ends of a profile that are missing; the others are asked for where nobody can be."""
        lowest, highest = self.column.limits()
        members = self.column.profiles[p]
        high = int(self.high[members[-1]]) if (p, 1) in missing else highest + 1
        low = int(self.low[members[0]]) if (p, -1) in missing else lowest - 1
        return Wish(high, low)

    def _at_end(self, p: int, sign: int, scores: np.ndarray) -> bool:
        members = self.column.profiles[p]
        at, end = (members[0], self.low) if sign < 0 else (members[-1], self.high)
        return bool(scores[at] == end[at])

    def interval(self, p: int) -> Interval:
        members = self.column.profiles[p]
        low, high = int(self.low[members[0]]), int(self.high[members[-1]])
        seen_low, seen_high = self.seen.ends(p)
        status = NARROW if high - low < self.wide else UNDECIDED
        if seen_high - seen_low >= self.wide:
            status = OPEN
        single = status == NARROW and _single(self.column, low, high)
        return Interval(status, low, high, seen_low, seen_high, single)


def intervals(column: Column, *, threshold: float, limit: float, seed: int) -> list[Interval]:
    """Decide for each profile of a column whether its possible scores lie less than `threshold` apart.

    Parameters
    ----------
    column
        Memberships and printed statistics.
    threshold
        Width in score units. `open`: two possible scores at least so far apart are known. `narrow`: any two possible
        scores are less than that apart. Both are proved; `undecided` is neither.
    limit
        Deterministic time limit of one call of the solver.

    Returns
    -------
    list
        One interval for each of `column.profiles`. All are `infeasible`, with the bounds of the scale, if no scores
        have these statistics under these memberships.
    """
    wide = -(-Fraction(str(threshold)) // column.unit)
    profiles = column.profiles
    try:
        low, high = propagate(column)
    except Contradiction:
        return _all(column, INFEASIBLE, *column.limits())
    decision = _Decision(column, low, high, int(wide), limit, seed)
    if not decision.feasible():
        return _all(column, INFEASIBLE, *column.limits())
    if not decision.seen.low:
        return [Interval(UNDECIDED, int(low[p[0]]), int(high[p[-1]])) for p in profiles]
    left = decision.dismiss()
    decision.enclose(left)
    decision.measure(left)
    return [decision.interval(p) for p in range(len(profiles))]


def _all(column: Column, status: str, low: int, high: int) -> list[Interval]:
    return [Interval(status, low, high) for _ in column.profiles]
