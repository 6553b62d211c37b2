"""Can all these statements about one quantity hold together? Decided exactly, by going through all patterns of counts.

**Model.** `x[0] >= x[1] >= ... >= x[N-1] >= 0` are the answers in descending order, in whole steps of the quantity's
grid; N, from 1 to n, is the number of clusters that answered. T is the sum of the answers, K(c) the number of answers
at or above a threshold c.

| statement | constraint |
| --- | --- |
| mean in [a, b) | a N <= T < b N |
| total in [a, b) | a <= T < b |
| median in [a, b) | the two middle answers of N add up to [2a, 2b) |
| k-th largest in [a, b) | k <= N and a <= x[k-1] < b |
| number of answers in a band | K(lower) - K(upper) |
| share of answers in a band, percent | 100 (K(lower) - K(upper)) in [a N, b N) |
| share of all clusters in a band (text) | 100 (K(lower) - K(upper)) in [a n, b n) |
| clusters without the quantity | n - K(> 0): zero or no answer, whichever the printed text means |
| mean of the positive answers | T in [a K(>0), b K(>0)) |
| mean of all but the largest | T - x[0] in [a (N - 1), b (N - 1)) |
| clusters below a level | answers in (0, level) <= k <= answers in [0, level): the text may leave zeros out |

Means of sectors are decided apart, by `analysis.reproduction.proofs.sectors`, together with mean, total and N.

**Patterns.** A pattern says N and K(c) for every threshold c that a statement names. It decides the statements on
numbers of answers, and gives each x[i] a lowest and a highest value; neither grows with i. What is left are sums. With
x[0] fixed, the sum of the others can be every whole number from its least to its greatest value: answers are raised one
step at a time, of equal ones the first; where the two middle ones reach the limit of their sum, the first gives a step
to the second, after which later ones can be raised further. The least sum is the same for every x[0] that is possible,
the greatest does not shrink as x[0] grows. So the largest x[0] that leaves room below the limit of T decides.

**Largest value.** Answers are bounded by (n + 1) times the largest lower limit or threshold. This loses no solution:
nothing else asks for large answers, and every lower limit of T is at most n times one of these.

**Undecided.** With more than `MAX_PATTERNS` patterns, or numbers too large for 64 bits, the answer is None, which no
caller may read as a contradiction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np

from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.statements import TOP, Cut, Says, Statement

MAX_PATTERNS = 2_000_000
BATCH = 4096  # patterns whose sums are looked at together
LARGE = 2**61  # stands for "no limit"; twice as much is still a number of 64 bits

# Counts of a pattern are named by their thresholds in steps: that of 0 is N, as no answer is negative. -1 is for n.
EVERYONE, ANSWERED, POSITIVE = -1, 0, 1
Pattern = Mapping[int, np.ndarray]


@dataclass(frozen=True)
class Quantity:
    """One quantity asked of every cluster.

    Attributes
    ----------
    key
        Its code.
    n
        Number of clusters.
    scale
        Steps of the grid to one base unit: 1 for counts, more for amounts.
    ceiling
        Largest answer possible, where there is one (1 for yes and no, 100 for percent).
    sectors
        Sector to its number of clusters.
    """

    key: str
    n: int
    scale: int = 1
    ceiling: Fraction | None = None
    sectors: Mapping[str, int] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def whole_numbers(values: Interval, scale: Fraction | int, n: int) -> np.ndarray:
    """Return the least and the greatest whole number in values * scale * k, for k from 0 to n.

    Returns
    -------
    ndarray
        (2, n + 1), no number beyond +- `LARGE`; least above greatest where there is none.
    """
    low, high = values.low * scale, values.high * scale
    least = [-(-low.numerator * k // low.denominator) for k in range(n + 1)]
    if values.low == values.high:
        most = [low.numerator * k // low.denominator for k in range(n + 1)]
    elif values.high < TOP:
        most = [-(-high.numerator * k // high.denominator) - 1 for k in range(n + 1)]
    else:
        most = [LARGE] * (n + 1)
    return np.array([[max(-LARGE, min(v, LARGE)) for v in ends] for ends in (least, most)], dtype=np.int64)


@dataclass(frozen=True)
class _Number:
    """K(lower) - K(upper) lies in values * scale * K(per); without `upper` all from `lower` on, without `per` no K."""

    limits: np.ndarray
    lower: int
    upper: int | None
    per: int | None

    @property
    def thresholds(self) -> set[int]:
        return {level for level in (self.lower, self.upper, self.per) if level is not None}

    def holds(self, pattern: Pattern) -> np.ndarray:
        number = pattern[self.lower] - (0 if self.upper is None else pattern[self.upper])
        least, most = self.limits[:, 1 if self.per is None else pattern[self.per]]
        return (least <= number) & (number <= most)


class _Answers:
    """What statements ask of the answers to one quantity."""

    def __init__(self, quantity: Quantity, said: Sequence[Says], *, positive: bool = False) -> None:
        self.q = quantity
        self.numbers: list[_Number] = []
        self.totals: list[tuple[np.ndarray, int | None]] = []  # limits of T and the threshold of their divisor
        self.rests: list[tuple[np.ndarray, int | None]] = []  # the same of T - x[0], where N - 1 divides
        self.middle = -LARGE, LARGE  # limits of the sum of the two middle answers
        self.top = self._top(said)
        # Limits of each answer, if it was given, from printed ranks.
        self.least, self.most = np.zeros(quantity.n, np.int64), np.full(quantity.n, min(self.top, LARGE))
        for says in said:
            self._add(says)
        named = {ANSWERED} | ({POSITIVE} if positive else set())
        named.update(*(number.thresholds for number in self.numbers))
        self.thresholds = sorted(named - {EVERYONE})

    def _top(self, said: Sequence[Says]) -> int:
        if self.q.ceiling is not None:
            return math.floor(self.q.ceiling * self.q.scale)
        limits = [says.values.low for says in said]
        limits += [cut.level for says in said for cut in (says.lower, says.upper) if cut is not None]
        return (self.q.n + 1) * max(1, math.ceil(max(limits, default=0) * self.q.scale))

    def _threshold(self, cut: Cut | None) -> int:
        """Return the least answer from the cut on, in steps."""
        if cut is None:
            return ANSWERED
        return math.floor(cut.level * self.q.scale) + 1 if cut.strict else math.ceil(cut.level * self.q.scale)

    def _number(
        self, values: Interval, lower: int, upper: int | None = None, per: int | None = None,
        scale: Fraction | int = 1,
    ) -> None:  # fmt: skip
        self.numbers.append(_Number(whole_numbers(values, scale, self.q.n), lower, upper, per))

    def _at_least(self, number: int, threshold: int) -> None:
        self._number(Interval(Fraction(number), TOP), threshold)

    def _add(self, says: Says) -> None:
        """Add what a statement says.

        Raises
        ------
        ValueError
            The kind is not known.
        """
        n, scale, values = self.q.n, self.q.scale, says.values
        upper = None if says.upper is None else self._threshold(says.upper)
        if says.kind in ("mean", "total", "mean_active"):
            per = {"mean": ANSWERED, "total": None, "mean_active": POSITIVE}[says.kind]
            self.totals.append((whole_numbers(values, scale, n), per))
            if per == POSITIVE:
                self._at_least(1, POSITIVE)
        elif says.kind == "mean_rest":
            self.rests.append((whole_numbers(values, scale, n), ANSWERED))
            self._at_least(2, ANSWERED)
        elif says.kind == "rank":
            low, high = whole_numbers(values, scale, n)[:, 1]
            self.least[: says.rank] = np.maximum(self.least[: says.rank], low)
            self.most[says.rank - 1 :] = np.minimum(self.most[says.rank - 1 :], high)
            self._at_least(says.rank, ANSWERED)
        elif says.kind == "median":
            low, high = whole_numbers(values, 2 * scale, n)[:, 1]
            self.middle = max(self.middle[0], int(low)), min(self.middle[1], int(high))
        elif says.kind == "answers":
            self._number(values, ANSWERED)
        elif says.kind == "count":
            self._number(values, self._threshold(says.lower), upper)
        elif says.kind in ("share", "share_of_all"):
            per = EVERYONE if says.kind == "share_of_all" else ANSWERED
            self._number(values, self._threshold(says.lower), upper, per, Fraction(1, 100))
        elif says.kind == "without":
            self._number(values, EVERYONE, POSITIVE)
        elif says.kind == "without_share":
            self._number(values, EVERYONE, POSITIVE, EVERYONE, Fraction(1, 100))
        elif says.kind == "below":
            self._number(Interval(Fraction(0), values.high + (values.low == values.high)), POSITIVE, upper)
            self._number(Interval(values.low, TOP), ANSWERED, upper)
        else:
            raise ValueError(f"no rule for statements of kind {says.kind!r}")

    def batches(self) -> list[Pattern] | None:
        """Return the patterns in which all statements on numbers hold: counts (n_patterns,) for each threshold.

        None if they are more than `MAX_PATTERNS`, or numbers too large for sums of 64 bits.
        """
        if self.top * (self.q.n + 1) > LARGE:
            return None
        pattern = {EVERYONE: np.array([self.q.n])}
        for before, threshold in zip([EVERYONE, *self.thresholds], self.thresholds, strict=False):
            least = 1 if threshold == ANSWERED else 0
            choices = pattern[before] + 1 - least
            if choices.sum() > MAX_PATTERNS:
                return None
            pattern = {level: np.repeat(counts, choices) for level, counts in pattern.items()}
            start = np.repeat(np.cumsum(choices) - choices, choices)
            pattern[threshold] = np.arange(len(start)) - start + least
            keep = np.ones(len(start), dtype=bool)
            for number in self.numbers:
                if max(number.thresholds) == threshold:
                    keep &= number.holds(pattern)
            pattern = {level: counts[keep] for level, counts in pattern.items()}
        ends = range(0, len(pattern[ANSWERED]), BATCH)
        return [{level: counts[at : at + BATCH] for level, counts in pattern.items()} for at in ends]

    def _ends(self, pattern: Pattern) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest value of each answer, (n_patterns, n) each; 0 where there is none."""
        position, above = np.arange(self.q.n), self.thresholds[1:]
        band = np.zeros((len(pattern[ANSWERED]), self.q.n), np.int64)  # how many thresholds an answer reaches
        for threshold in above:
            band += position < pattern[threshold][:, None]
        answered = position < pattern[ANSWERED][:, None]
        low = np.maximum(np.array([0, *above])[band], self.least)
        high = np.minimum(np.array([*above, self.top + 1])[band] - 1, self.most)
        return np.where(answered, low, 0), np.where(answered, high, 0)

    def hold(self, pattern: Pattern) -> np.ndarray:
        """Whether answers with these numbers satisfy the statements on sums and on single answers, (n_patterns,)."""
        given = pattern[ANSWERED]
        low, high = self._ends(pattern)
        total_low, total_high = _limits(self.totals, pattern)
        rest_low, rest_high = _limits(self.rests, {ANSWERED: given - 1})
        both = given == 2  # the two in the middle are all there are
        total_low = np.where(both, np.maximum(total_low, self.middle[0]), total_low)
        total_high = np.where(both, np.minimum(total_high, self.middle[1]), total_high)
        low, more = self._middle_from_below(given, low, high)
        rest_low = np.maximum(rest_low, low[:, 1:].sum(axis=1) + more)
        largest = np.minimum(high[:, :1], (total_high - rest_low)[:, None])
        high, less = self._middle_from_above(given, low, np.minimum(high, largest))
        rest_high = np.minimum(rest_high, high[:, 1:].sum(axis=1) - less)
        answered = np.arange(self.q.n) < given[:, None]
        holds = ((low <= high) | ~answered).all(axis=1) & (self.middle[0] <= self.middle[1])
        return holds & (rest_low <= rest_high) & (total_low <= np.minimum(high[:, 0] + rest_high, total_high))

    # Of an odd number of answers one is in the middle, of an even number two, `first` and `second`. The limits of their
    # sum may need more than their lowest values, and allow less than their highest.

    def _middle_from_below(
        self, given: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Return lowest values that the median allows, and how much more the sum of the two middle ones has to be."""
        rows, first, second = np.arange(len(given)), (given - 1) // 2, given // 2
        least, two = self.middle[0], (given > 2) & (first < second)
        together = np.maximum(least, low[rows, first] + low[rows, second])
        value = np.maximum(-(-together // 2), together - high[rows, second])
        value = np.where(first == second, -(-least // 2), np.where(two, value, 0))
        value = np.maximum(value, low[rows, first])
        more = np.where(two, together - value - low[rows, second], 0)
        before = np.arange(self.q.n) <= first[:, None]
        return np.where(before, np.maximum(low, value[:, None]), low), more

    def _middle_from_above(
        self, given: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """Return highest values that the median allows, and how much less the sum of the two middle ones has to be."""
        rows, first, second = np.arange(len(given)), (given - 1) // 2, given // 2
        most, two = self.middle[1], (given > 2) & (first < second)
        together = np.minimum(most, high[rows, first] + high[rows, second])
        value = np.minimum(together // 2, together - low[rows, first])
        value = np.where(first == second, most // 2, np.where(two, value, LARGE))
        value = np.minimum(value, high[rows, second])
        less = np.where(two, high[rows, first] + value - together, 0)
        after = np.arange(self.q.n) >= second[:, None]
        return np.where(after, np.minimum(high, value[:, None]), high), less


def _limits(sums: Sequence[tuple[np.ndarray, int | None]], pattern: Pattern) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of a sum that statements leave, (n_patterns,) each."""
    low, high = np.full((2, len(pattern[ANSWERED])), [[-LARGE], [LARGE]])
    for limits, per in sums:
        least, most = limits[:, [1] if per is None else pattern[per]]
        low, high = np.maximum(low, least), np.minimum(high, most)
    return low, high


@dataclass(frozen=True)
class Link:
    """A supposition that joins two quantities: no more clusters are above zero in the first than in the second."""

    statement: Statement
    child: str
    parent: str


class AnswersSystem:
    """Statements on the answers to one quantity, or to two that a link joins.

    Parameters
    ----------
    quantities
        The quantities; the statements' `key` names them.
    link
        Supposition that joins two of them.
    """

    def __init__(self, quantities: Sequence[Quantity], link: Link | None = None) -> None:
        self.quantities = {q.key: q for q in quantities}
        self.link = link
        self._known: dict[frozenset[Statement], bool | None] = {}
        self.undecided = 0

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether some answers satisfy all statements; None if there are too many patterns."""
        name = frozenset(statements)
        if name not in self._known:
            self._known[name] = self._decide(statements)
            self.undecided += self._known[name] is None
        return self._known[name]

    def _decide(self, statements: Sequence[Statement]) -> bool | None:
        said: dict[str, list[Says]] = {key: [] for key in self.quantities}
        link = None
        for s in statements:
            if self.link is not None and s.id == self.link.statement.id:
                link = self.link
            elif s.says is not None:
                said[s.key].append(s.says)
        positive: dict[str, set[int]] = {}
        for key, own in said.items():
            answers = _Answers(self.quantities[key], own, positive=link is not None)
            batches = answers.batches()
            if batches is None:
                return None
            if link is not None:
                positive[key] = {int(k) for batch in batches for k in batch[POSITIVE][answers.hold(batch)]}
            if not (positive[key] if link is not None else any(answers.hold(batch).any() for batch in batches)):
                return False
        return link is None or min(positive[link.child]) <= max(positive[link.parent])
