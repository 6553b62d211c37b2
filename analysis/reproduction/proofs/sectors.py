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
from analysis.reproduction.proofs.answers import LARGE, Quantity, whole_numbers
from analysis.reproduction.proofs.statements import Statement

KINDS = ("sector_mean", "mean", "total", "answers")
MAX_PATTERNS = 5_000_000


class SectorSystem:
    """Statements on one quantity and its means by sector.

    Parameters
    ----------
    quantity
        Must have sectors.
    """

    def __init__(self, quantity: Quantity) -> None:
        self.q = quantity
        self.clusters = sum(quantity.sectors.values())
        patterns = math.prod(size + 1 for size in quantity.sectors.values())
        self.countable = 1 < patterns <= MAX_PATTERNS
        self._known: dict[frozenset[Statement], bool | None] = {}

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
        of_sector: dict[str, list[Interval]] = {sector: [] for sector in self.q.sectors}
        for s in by_kind["sector_mean"]:
            if s.says is not None and s.says.sector in of_sector:
                of_sector[s.says.sector].append(s.values)
        # One entry for each pattern of the sectors so far. Numbers that a sector's printed mean rules out take no part:
        # a mean with a decimal leaves few of them. Sectors without one are one: nothing tells their clusters apart.
        silent = sum(clusters for sector, clusters in self.q.sectors.items() if not of_sector[sector])
        n = np.arange(silent + 1, dtype=np.int64)
        low, high = np.zeros_like(n), np.where(n > 0, LARGE, 0)
        for sector, said in of_sector.items():
            if said:
                size = np.arange(1, self.q.sectors[sector] + 1)  # a mean that is printed is the mean of somebody
                least, most = self._between(said, size)
                possible = least <= most
                n = np.add.outer(n, size[possible]).ravel()
                low = np.minimum(np.add.outer(low, least[possible]), LARGE).ravel()
                high = np.minimum(np.add.outer(high, most[possible]), LARGE).ravel()
        keep = n > 0
        for s in by_kind["answers"]:
            allowed = s.values.integers()
            keep &= (n >= allowed.start) & (n < allowed.stop)
        for kind, per in (("mean", n), ("total", np.ones_like(n))):
            least, most = self._between([s.values for s in by_kind[kind]], per)
            low, high = np.maximum(low, least), np.minimum(high, most)
        return bool((keep & (low <= high)).any())

    def _between(self, said: Sequence[Interval], per: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return smallest and largest whole number of grid steps in all of values * per, for each divisor."""
        least, most = np.zeros_like(per), np.full_like(per, LARGE)
        for values in said:
            low, high = whole_numbers(values, self.q.scale, self.clusters)[:, per]
            least, most = np.maximum(least, low), np.minimum(most, high)
        return least, most
