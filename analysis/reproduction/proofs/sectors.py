"""Can sector means, mean, total and number of answers hold together? Decided exactly by going through all patterns.

A pattern says how many clusters of each sector answered. For six sectors of four to nine clusters there are some
200,000; each fixes the divisors, so that sums of sectors are intervals (of whole numbers for counts). A set of
statements can hold if a pattern exists under which the sum of the sectors meets mean and total. All in integers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.answers import Quantity
from analysis.reproduction.proofs.statements import TOP, Statement

KINDS = ("sector_mean", "mean", "total", "answers")
MAX_PATTERNS = 5_000_000
_LARGE = 2**62 // 64


class SectorSystem:
    """Statements on one quantity and its means by sector.

    Parameters
    ----------
    quantity
        Must have sectors.
    """

    def __init__(self, quantity: Quantity) -> None:
        self.q = quantity
        patterns = math.prod(size + 1 for size in quantity.sectors.values())
        self.countable = 1 < patterns <= MAX_PATTERNS
        self._known: dict[frozenset[Statement], bool | None] = {}

    def _limits(self, values: Interval, per: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return smallest and largest whole number of grid steps in values * per, for each divisor."""
        low, high = values.low * self.q.scale, values.high * self.q.scale
        least = -((-low.numerator * per) // low.denominator)
        if values.low == values.high:
            return least, (low.numerator * per) // low.denominator
        if values.high >= TOP:
            return least, np.full_like(least, _LARGE)
        return least, -((-high.numerator * per) // high.denominator) - 1

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether some pattern of answers and some sums satisfy all statements; None if there are too many."""
        if not self.countable:
            return None
        name = frozenset(statements)
        if name not in self._known:
            self._known[name] = self._decide(statements)
        return self._known[name]

    def _decide(self, statements: Sequence[Statement]) -> bool:
        by_kind: dict[str, list[Statement]] = {k: [] for k in KINDS}
        for s in statements:
            if s.says is not None:
                by_kind[s.says.kind].append(s)
        # One entry for each pattern of the sectors so far. Numbers that a sector's printed mean rules out take no part:
        # a mean with a decimal leaves few of them.
        n, low, high = np.zeros((3, 1), np.int64)
        for sector, clusters in self.q.sectors.items():
            said = [s.values for s in by_kind["sector_mean"] if s.says and s.says.sector == sector]
            # a mean that is printed is the mean of somebody
            size = np.arange(1 if said else 0, clusters + 1, dtype=np.int64)
            least, most = np.zeros_like(size), np.where(size > 0, _LARGE, 0)
            for values in said:
                a, b = self._limits(values, size)
                least, most = np.maximum(least, a), np.minimum(most, b)
            possible = least <= most
            n = np.add.outer(n, size[possible]).ravel()
            low = np.add.outer(low, least[possible]).ravel()
            high = np.minimum(np.add.outer(high, most[possible]), _LARGE).ravel()
        keep = n > 0
        for s in by_kind["answers"]:
            allowed = s.values.integers()
            keep &= (n >= allowed.start) & (n < allowed.stop)
        for s in by_kind["mean"]:
            a, b = self._limits(s.values, n)
            low, high = np.maximum(low, a), np.minimum(high, b)
        for s in by_kind["total"]:
            a, b = self._limits(s.values, np.ones_like(n))
            low, high = np.maximum(low, a), np.minimum(high, b)
        return bool((keep & (low <= high)).any())
