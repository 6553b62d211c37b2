"""Can printed cells satisfy one relation between them? Decided by exact interval arithmetic.

A relation is a weighted sum of cells that must be zero, or at most zero. Each cell may be any value that prints as
shown; a cell whose statement is left out may be any value the quantity can have. Ends of intervals are kept open or
closed, so that 36.7 and 36.8 have no value in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.statements import TOP, Statement

ANY = Interval(Fraction(0), TOP)
SCORE = Interval(Fraction(0), Fraction(1) + Fraction(1, 10**9))
Sense = Literal["=", "<="]


@dataclass(frozen=True)
class Relation:
    """weights · cells `=` or `<=` constant; `needs` are suppositions and rules without which nothing follows."""

    weights: Mapping[str, Fraction]
    sense: Sense = "="
    constant: Fraction = Fraction(0)
    natural: Interval = ANY
    needs: tuple[str, ...] = ()


def possible(relation: Relation, cells: Mapping[str, Interval]) -> bool:
    """Whether values of the cells satisfy the relation."""
    least, least_open = -relation.constant, False
    most, most_open = -relation.constant, False
    for name, weight in relation.weights.items():
        values = cells.get(name, relation.natural)
        single = values.low == values.high
        low, high = weight * values.low, weight * values.high
        if weight >= 0:
            least, most = least + low, most + high
            most_open |= not single and weight > 0
        else:
            least, most = least + high, most + low
            least_open |= not single
    under = least < 0 or (least == 0 and not least_open)
    return under if relation.sense == "<=" else under and (most > 0 or (most == 0 and not most_open))


class RelationSystem:
    """Statements that relations must all accept, each relation for itself.

    With more than one relation the test is of each alone, which is a relaxation: what it refutes is refuted.
    """

    def __init__(self, *relations: Relation, either: bool = False) -> None:
        self.relations = relations
        self.either = either

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether the values of the statements satisfy every relation (or one of them, if `either`)."""
        cells = {s.id: s.values for s in statements}
        verdicts = [
            any(name not in cells for name in relation.needs) or possible(relation, cells)
            for relation in self.relations
        ]
        return any(verdicts) if self.either else all(verdicts)
