"""The printed statistics of a score column as constraints of CP-SAT: minimum, quartiles, mean and maximum of 19 groups.

Scores are whole numbers of 1/10 000. A printed value p stands for everything that rounds half up to it. A quartile of
type 7 lies between two neighbours of the sorted group: a switch per score divides the group into a lower and an upper
part, and two more switches name the largest of the lower and the smallest of the upper part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from ortools.sat.python import cp_model

UNIT = 10_000
QUARTILES = ((1, 1), (2, 2), (4, 3))  # place in the printed row, number of the quartile
MINIMUM, MEAN, MAXIMUM = 0, 3, 5


def printed_range(value: float, times: int = 1, guard: int = 0) -> tuple[int, int]:
    """Whole numbers v of 1/10 000 for which v / `times` prints as `value` (two decimals, half up).

    `guard` units at either end are left out, for scores that are themselves rounded.
    """
    low = int(np.ceil((value - 0.005) * UNIT * times - 1e-6)) + guard * times
    high = int(np.ceil((value + 0.005) * UNIT * times - 1e-6)) - 1 - guard * times
    return low, high


def _between(model: cp_model.CpModel, value: cp_model.LinearExprT, span: tuple[int, int]) -> None:
    model.add(value >= span[0])
    model.add(value <= span[1])


class _Group:
    """Scores of one group. `inside` are switches where membership is open; then `size` of them are true."""

    def __init__(
        self,
        model: cp_model.CpModel,
        scores: Sequence[cp_model.IntVar],
        inside: Sequence[cp_model.IntVar] | None,
        size: int,
    ) -> None:
        self.model, self.scores, self.size = model, scores, size
        self.inside = [[switch] for switch in inside] if inside is not None else [[] for _ in scores]
        self.open = inside is not None

    def bound(self, limit: int, *, above: bool) -> None:
        """No score is below (`above`: or else above) the limit."""
        for score, inside in zip(self.scores, self.inside, strict=True):
            self.model.add(score >= limit if above else score <= limit).only_enforce_if(inside)

    def some(self, limit: int, *, above: bool) -> None:
        """Some score is at least (`above`) or at most the limit."""
        reached = []
        for score, inside in zip(self.scores, self.inside, strict=True):
            switch = self.model.new_bool_var("")
            self.model.add(score >= limit if above else score <= limit).only_enforce_if(switch)
            for member in inside:
                self.model.add_implication(switch, member)
            reached.append(switch)
        self.model.add_bool_or(reached)

    def total(self) -> cp_model.LinearExprT:
        """Sum of the scores."""
        if not self.open:
            return sum(self.scores)
        parts = []
        for score, (member,) in zip(self.scores, self.inside, strict=True):
            part = self.model.new_int_var(0, UNIT, "")
            self.model.add(part == score).only_enforce_if(member)
            self.model.add(part == 0).only_enforce_if(member.negated())
            parts.append(part)
        return sum(parts)

    def _parts(self, place: int) -> tuple[list[cp_model.IntVar], list[cp_model.LiteralT]]:
        """Switches for the lower `place` + 1 scores and for the others."""
        lower = [self.model.new_bool_var("") for _ in self.scores]
        self.model.add(sum(lower) == place + 1)
        if not self.open:
            return lower, [switch.negated() for switch in lower]
        upper = [self.model.new_bool_var("") for _ in self.scores]
        self.model.add(sum(upper) == self.size - place - 1)
        for low, up, (member,) in zip(lower, upper, self.inside, strict=True):
            self.model.add(low + up == member)
        return lower, list(upper)

    def neighbours(self, place: int, *, both: bool) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        """Variables for the sorted scores at `place` and, with `both`, at `place` + 1 (else the first one twice)."""
        lower, upper = self._parts(place)
        first = self._extreme(lower, largest=True)
        if not both:
            for score, switch in zip(self.scores, upper, strict=True):
                self.model.add(score >= first).only_enforce_if(switch)
            return first, first
        second = self._extreme(upper, largest=False)
        self.model.add(second >= first)
        return first, second

    def _extreme(self, part: Sequence[cp_model.LiteralT], *, largest: bool) -> cp_model.IntVar:
        """Largest or smallest score of a part of the group."""
        value = self.model.new_int_var(0, UNIT, "")
        chosen = [self.model.new_bool_var("") for _ in self.scores]
        self.model.add_exactly_one(chosen)
        for score, switch, is_it in zip(self.scores, part, chosen, strict=True):
            self.model.add(score <= value if largest else score >= value).only_enforce_if(switch)
            self.model.add_implication(is_it, switch)
            self.model.add(score >= value if largest else score <= value).only_enforce_if(is_it)
        return value


def add_group(
    model: cp_model.CpModel,
    scores: Sequence[cp_model.IntVar],
    printed: np.ndarray,
    *,
    guard: int = 0,
    inside: Sequence[cp_model.IntVar] | None = None,
    size: int | None = None,
) -> None:
    """Constrain the scores of one group to its printed row (min, q1, median, mean, q3, max).

    Parameters
    ----------
    scores : scores of the group, or of everybody where membership is open
    inside, size : switches of open membership and the number of members
    guard : units to stay away from the ends of the printed ranges
    """
    n = len(scores) if size is None else size
    group = _Group(model, scores, inside, n)

    for place, above in ((MINIMUM, True), (MAXIMUM, False)):
        low, high = printed_range(printed[place], 1, guard)
        group.bound(low if above else high, above=above)
        group.some(high if above else low, above=not above)
    _between(model, group.total(), printed_range(printed[MEAN], n, min(guard, 1)))
    for column, number in QUARTILES:
        place, quarters = divmod((n - 1) * number, 4)
        first, second = group.neighbours(place, both=quarters > 0)
        value = (4 - quarters) * first + quarters * second
        _between(model, value, printed_range(printed[column], 4, guard))


def add_column(
    model: cp_model.CpModel,
    scores: Mapping[int, cp_model.IntVar],
    rows: Sequence[np.ndarray],
    printed: np.ndarray,
    *,
    guard: int,
) -> None:
    """Constrain a score column to its printed statistics in all groups.

    Parameters
    ----------
    scores : respondent → score in 1/10 000; respondents without a score are absent
    rows : members of the 19 groups
    printed : groups × 6, as in Tables 18 to 36
    guard : units to stay away from the ends of the printed ranges
    """
    for g, members in enumerate(rows):
        inside = [scores[int(i)] for i in members if int(i) in scores]
        add_group(model, inside, printed[g], guard=guard)
