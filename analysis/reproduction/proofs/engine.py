"""From statements that cannot all hold to the smallest sets that cannot, and to what would repair them.

Independent of what decides feasibility: `System` is anything that says whether a list of statements can hold together
(True, False, or None where it could not decide). None never makes a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.statements import TOP, Statement, proof_id


class System(Protocol):
    """Decides whether statements can hold together."""

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether they can; None if undecided."""


@dataclass(frozen=True)
class Proof:
    """Statements that cannot hold together, none of which can be spared.

    Attributes
    ----------
    kind
        What sort of contradiction; see `analysis.reproduction.proofs.classify`.
    key
        Quantity concerned.
    members
        The irreducible set, most trusted first.
    repairs
        Statement id to what would let the others hold; statements without a cheap answer are absent.
    minimal
        Whether leaving out any one member was decided to be feasible; False if one of these was not.
    witnesses
        Statements beside the set that say where the number comes from (a value of the other edition).
    note
        What else the reader should know.
    """

    kind: str
    key: str
    members: tuple[Statement, ...]
    repairs: dict[str, str] = field(default_factory=dict)
    minimal: bool = True
    witnesses: tuple[Statement, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """Id from content: it stays while the members print what they print."""
        return proof_id(self.kind, self.key, self.members)


def irreducible(statements: Sequence[Statement], system: System) -> tuple[list[Statement], bool]:
    """Reduce statements that cannot hold together by the deletion filter.

    Statements are tried in the order of the list, so those at the front are left out first where the choice is free.

    Returns
    -------
    list, bool
        A subset that is infeasible and becomes feasible when any one member is left out; and whether every such test
        was decided. A test that was not keeps its statement.
    """
    kept, decided = list(statements), True
    for s in statements:
        rest = [k for k in kept if k is not s]
        verdict = system.feasible(rest)
        if verdict is False:
            kept = rest
        elif verdict is None:
            decided = False
    return kept, decided


def by_trust(statements: Iterable[Statement]) -> list[Statement]:
    """Return statements with those that give way first at the front; ties in the order of the source."""
    return sorted(statements, key=lambda s: (s.trust, -int(s.line or 0), s.id))


def same_thing(statements: Sequence[Statement], system: System) -> list[tuple[Statement, Statement]]:
    """Return pairs of statements about one and the same statistic that exclude each other.

    Of several statements on a statistic each is set against the most trusted one only. A statement that is
    impossible by itself is in no pair.
    """
    groups: dict[tuple[object, ...], list[Statement]] = {}
    for s in statements:
        if s.says is not None:
            groups.setdefault((s.key, *s.says.same), []).append(s)
    out = []
    for group in groups.values():
        possible = [s for s in reversed(by_trust(group)) if len(group) > 1 and system.feasible([s])]
        for other in possible[1:]:
            if not possible[0].values.meets(other.values) and system.feasible([possible[0], other]) is False:
                out.append((possible[0], other))
    return out


def contradictions(statements: Sequence[Statement], system: System) -> list[tuple[list[Statement], bool]]:
    """Return irreducible sets that cannot hold, until what is left can.

    After each set its least trusted member is put aside, so that every number that has to give way has one proof of
    its own. First statements on one statistic are compared in pairs, then everything together.
    """
    left = by_trust(statements)
    if system.feasible(left) is not False:
        return []
    out: list[tuple[list[Statement], bool]] = []
    for one, two in same_thing(left, system):
        out.append(([one, two], True))
        left = [s for s in left if s is not two]
    while system.feasible(left) is False:
        found, decided = irreducible(left, system)
        out.append((found, decided))
        left = [s for s in left if s is not found[0]] if found else []
    return out


# --- repairs ------------------------------------------------------------------------------------------------

_FAR = 2**26  # steps; a number further away is no repair


def _bounded(s: Statement, values: Interval) -> Statement:
    says = None if s.says is None else replace(s.says, values=values)
    return replace(s, values=values, says=says)


def _search(fits: Callable[[int], bool | None]) -> int | None:
    """Return the smallest k with fits(k), 1 <= k <= `_FAR`, for fits that stays true once it is; None if there is none.

    What does not fit at the far end fits nowhere, so most searches without a result end after two questions.
    """
    high = 1
    while not fits(high):
        if high >= _FAR or (high == 1 and fits(_FAR) is False):
            return None
        high *= 4
    low = high // 4
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle
    return high


def same_says(one: Statement, two: Statement) -> bool:
    """Whether two statements are about one statistic of one quantity."""
    return one.key == two.key and one.says is not None and two.says is not None and one.says.same == two.says.same


def nearest(s: Statement, others: Sequence[Statement], system: System) -> list[Fraction]:
    """Return the numbers nearest to the printed one, below and above, with which the others can hold.

    In the printed unit and at the printed decimals. Exact: the set of numbers up to k steps away grows with k, so
    bisection finds the first that fits.
    """
    if s.values.high >= TOP or s.source in ("supposed", "rule"):
        return []
    if len(others) == 1 and same_says(s, others[0]) and others[0].values.high < TOP:
        return [(others[0].values.low + others[0].values.high) / 2 / s.factor]
    step = Fraction(1, 10**s.decimals) * s.factor
    whole = s.values.low == s.values.high

    def below(k: int) -> bool | None:
        low, high = s.values.low - k * step, s.values.high - step
        if high < 0:
            return False
        return system.feasible(
            [*others, _bounded(s, Interval(max(low, Fraction(0)), high + (step / 2 if whole else 0)))]
        )

    def above(k: int) -> bool | None:
        low = s.values.low + step
        return system.feasible(
            [*others, _bounded(s, Interval(low, s.values.high + k * step + (step / 2 if whole else 0)))]
        )

    middle = (s.values.low + s.values.high) / 2 / s.factor
    out = []
    for sign, fits in ((-1, below), (1, above)):
        k = _search(fits)
        if k is not None and middle + sign * k * step / s.factor >= 0:
            out.append(middle + sign * k * step / s.factor)
    return out
