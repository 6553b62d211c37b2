"""Can all these statements about one quantity hold together? Decided exactly, over integers, by CP-SAT.

**Model.** `x[0] >= x[1] >= ... >= x[n-1]` are the answers of the n clusters in descending order, in whole steps of the
quantity's grid. `N`, the number of clusters that answered, is a variable from 1 to n; positions from N on hold -1. No
answer is negative. T is the sum of the answers, K(c) the number of answers at or above a threshold c.

| statement | constraint |
| --- | --- |
| mean in [a, b) | a N <= T < b N |
| total in [a, b) | a <= T < b |
| median in [a, b) | the two middle answers of N add up to [2a, 2b) |
| k-th largest in [a, b) | a <= x[k-1] < b |
| number of answers in a band | K(lower) - K(upper) |
| share of answers in a band, percent | 100 (K(lower) - K(upper)) in [a N, b N) |
| share of all clusters in a band (text) | 100 (K(lower) - K(upper)) in [a n, b n) |
| clusters without the quantity | n - K(> 0): zero or no answer, whichever the printed text means |
| mean of the positive answers | T in [a K(>0), b K(>0)) |
| mean of all but the largest | T - x[0] in [a (N - 1), b (N - 1)) |
| clusters below a level | answers in (0, level) <= k <= answers in [0, level): the text may leave zeros out |

Means of sectors are decided apart, by `analysis.reproduction.proofs.sectors`, together with mean, total and N.

**Largest value.** Answers are bounded by (n + 1) times the largest printed number. This loses no solution: only lower
limits can ask for more, and every lower limit of T is at most n times a printed number.

**Undecided.** The time limit is deterministic; when it runs out the answer is None, which no caller may read as a
contradiction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ortools.sat.python import cp_model

from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.statements import TOP, Cut, Says, Statement

Expression = cp_model.LinearExpr | int  # every literal and variable is a linear expression
DETERMINISTIC_SECONDS = 4.0


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


class _Answers:
    """Variables of one quantity in a model, and the constraints of statements on them."""

    def __init__(self, model: cp_model.CpModel, quantity: Quantity, statements: Sequence[Statement]) -> None:
        self.model, self.q = model, quantity
        n = quantity.n
        top = self._top(statements)
        self.x = [model.new_int_var(-1, top, f"{quantity.key}_x{i}") for i in range(n)]
        self.count = model.new_int_var(1, n, f"{quantity.key}_N")
        self.answered = [model.new_bool_var(f"{quantity.key}_a{i}") for i in range(n)]
        model.add(sum(self.answered) == self.count)
        for i in range(n):
            model.add(self.x[i] >= 0).only_enforce_if(self.answered[i])
            model.add(self.x[i] == -1).only_enforce_if(self.answered[i].negated())
            if i:
                model.add(self.x[i - 1] >= self.x[i])
                model.add_implication(self.answered[i], self.answered[i - 1])
        self.total = sum(self.x) + (n - self.count)
        self.thresholds: dict[int, Expression] = {}

    def _top(self, statements: Sequence[Statement]) -> int:
        limits = [1]
        for s in statements:
            says = s.says
            if says is None:
                continue
            ends = [says.values.low] + ([says.values.high] if says.values.high < TOP else [])
            ends += [c.level for c in (says.lower, says.upper) if c is not None]
            limits += [math.ceil(e * self.q.scale) for e in ends]
        top = (self.q.n + 1) * max(limits)
        return top if self.q.ceiling is None else math.floor(self.q.ceiling * self.q.scale)

    def at_least(self, cut: Cut | None) -> Expression:
        """Return the number of answers from the threshold on."""
        if cut is None:
            return self.count
        level = math.floor(cut.level * self.q.scale) + 1 if cut.strict else math.ceil(cut.level * self.q.scale)
        if level not in self.thresholds:
            marks: list[cp_model.IntVar] = []
            for i in range(self.q.n):
                mark = self.model.new_bool_var(f"{self.q.key}_k{level}_{i}")
                self.model.add(self.x[i] >= level).only_enforce_if(mark)
                self.model.add(self.x[i] <= level - 1).only_enforce_if(mark.negated())
                if i:
                    self.model.add_implication(mark, marks[-1])
                marks.append(mark)
            self.thresholds[level] = sum(marks)
        return self.thresholds[level]

    @property
    def positive(self) -> Expression:
        """Number of answers above zero."""
        return self.at_least(Cut(Fraction(0), strict=True))

    def _within(
        self, value: Expression, limits: Interval, per: Expression | int, scale: int,
        guard: Sequence[cp_model.BoolVarT],
    ) -> None:  # fmt: skip
        """Add low * per <= value / scale < high * per."""
        low, high = limits.low * scale, limits.high * scale
        if limits.low == limits.high:
            self.model.add(low.denominator * value == low.numerator * per).only_enforce_if(guard)
            return
        self.model.add(low.denominator * value >= low.numerator * per).only_enforce_if(guard)
        if limits.high < TOP:
            self.model.add(high.denominator * value <= high.numerator * per - 1).only_enforce_if(guard)

    def add(self, says: Says, guard: Sequence[cp_model.BoolVarT] = ()) -> None:
        """Add what a statement says, if the guard literals hold.

        Raises
        ------
        ValueError
            The kind is not known.
        """
        n, scale, values = self.q.n, self.q.scale, says.values
        if says.kind == "mean":
            self._within(self.total, values, self.count, scale, guard)
        elif says.kind == "total":
            self._within(self.total, values, 1, scale, guard)
        elif says.kind == "rank":
            self._within(self.x[says.rank - 1], values, 1, scale, guard)
        elif says.kind == "answers":
            self._within(self.count, values, 1, 1, guard)
        elif says.kind == "median":
            self._median(values, guard)
        elif says.kind in ("count", "share", "share_of_all"):
            number = self.at_least(says.lower) - (0 if says.upper is None else self.at_least(says.upper))
            if says.kind == "count":
                self._within(number, values, 1, 1, guard)
            else:
                self._within(100 * number, values, n if says.kind == "share_of_all" else self.count, 1, guard)
        elif says.kind == "without":
            self._within(n - self.positive, values, 1, 1, guard)
        elif says.kind == "without_share":
            self._within(100 * (n - self.positive), values, n, 1, guard)
        elif says.kind == "mean_active":
            self.model.add(self.positive >= 1).only_enforce_if(guard)
            self._within(self.total, values, self.positive, scale, guard)
        elif says.kind == "mean_rest":
            self.model.add(self.count >= 2).only_enforce_if(guard)
            self._within(self.total - self.x[0], values, self.count - 1, scale, guard)
        elif says.kind == "below":
            least = self.positive - self.at_least(says.upper)
            most = self.count - self.at_least(says.upper)
            self._within(least, Interval(Fraction(0), values.high + (values.low == values.high)), 1, 1, guard)
            self._within(most, Interval(values.low, TOP), 1, 1, guard)
        else:
            raise ValueError(f"no constraint for statements of kind {says.kind!r}")

    def _median(self, values: Interval, guard: Sequence[cp_model.BoolVarT]) -> None:
        n = self.q.n
        for number in range(1, n + 1):
            # exactly `number` answered: position number - 1 holds one, the next does not
            here = [*guard, self.answered[number - 1]]
            if number < n:
                here.append(self.answered[number].negated())
            middle = self.x[(number - 1) // 2] + self.x[number // 2]
            self._within(middle, values, 2, self.q.scale, here)


@dataclass(frozen=True)
class Link:
    """A supposition that joins two quantities: the first is positive only where the second is, or is part of it."""

    statement: Statement
    child: str
    parent: str
    kind: str = "positive"


class AnswersSystem:
    """Statements on the answers to one quantity, or to several that links join.

    Parameters
    ----------
    quantities
        The quantities; the statements' `key` names them.
    links
        Suppositions that join two of them.
    """

    def __init__(self, quantities: Sequence[Quantity], links: Sequence[Link] = ()) -> None:
        self.quantities = {q.key: q for q in quantities}
        self.links = {link.statement.id: link for link in links}
        self._known: dict[frozenset[Statement], bool | None] = {}
        self.undecided = 0

    def _model(
        self, statements: Sequence[Statement], *, guarded: bool
    ) -> tuple[cp_model.CpModel, dict[int, Statement]]:  # fmt: skip
        model = cp_model.CpModel()
        parts: dict[str, _Answers] = {}
        for key, quantity in self.quantities.items():
            own = [s for s in statements if s.key == key and s.says is not None]
            if own or any(key in (link.child, link.parent) for link in self.links.values()):
                parts[key] = _Answers(model, quantity, own)
        names: dict[int, Statement] = {}
        for s in statements:
            guard = []
            if guarded:
                literal = model.new_bool_var(f"holds_{s.id}")
                names[literal.index] = s
                guard = [literal]
            link = self.links.get(s.id)
            if link is not None:
                child, parent = parts[link.child], parts[link.parent]
                model.add(child.positive <= parent.positive).only_enforce_if(guard)
            elif s.says is not None:
                parts[s.key].add(s.says, guard)
        if guarded:
            model.add_assumptions([model.get_bool_var_from_proto_index(i) for i in names])
        return model, names

    def _solve(self, model: cp_model.CpModel, *, small: bool = False) -> tuple[cp_model.CpSolver, bool | None]:
        """Solve a model; of a `small` one, which only has to say yes or no, less is tried before the search."""
        solver = cp_model.CpSolver()
        if small:
            solver.parameters.max_presolve_iterations = 1
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = DETERMINISTIC_SECONDS
        status = solver.solve(model)
        found = {cp_model.OPTIMAL: True, cp_model.FEASIBLE: True, cp_model.INFEASIBLE: False}.get(status)
        self.undecided += found is None
        return solver, found

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether some answers satisfy all statements; None if the time limit came first."""
        name = frozenset(statements)
        if name not in self._known:
            model, _ = self._model(statements, guarded=False)
            self._known[name] = self._solve(model, small=True)[1]
        return self._known[name]

    def core(self, statements: Sequence[Statement]) -> list[Statement] | None:
        """Return statements that suffice for a contradiction, as the solver reports them; None if it found none.

        Every statement stands behind a literal of its own, and the solver says which literals it needed. The result
        is not yet irreducible.
        """
        model, names = self._model(statements, guarded=True)
        solver, found = self._solve(model)
        if found is not False:
            return None
        used = {names[i] for i in solver.sufficient_assumptions_for_infeasibility()}
        return [s for s in statements if s in used]
