"""Decisions by CP-SAT: which scores can a respondent have, given every printed number of a column at once.

One worker, a fixed seed and deterministic time limits: the same tables give the same answer on any machine. A limit
that runs out leaves a score undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from analysis.disclosure.bounds import order
from analysis.disclosure.column import Column, Reading, Released, place

# Share of the time limit for a first attempt without linear relaxations.
QUICK = 0.1


@dataclass(frozen=True)
class Wish:
    """A score of at least, or of at most, this many units."""

    at_least: int
    at_most: int


@dataclass(frozen=True)
class Solved:
    """Scores of a column (none found: None), whether it is proved that there are none, and the bound of an aim."""

    scores: np.ndarray | None
    impossible: bool
    bound: int | None


class Model:
    """A score column as constraints: all printed statistics of all groups, to be solved in either reading.

    `low` and `high` are valid bounds of the scores in the sound reading, and so in both, (n,) in units. Respondents of
    one profile are exchangeable; they are put in ascending order, so that the first has the lowest score of the profile
    and the last the highest.
    """

    def __init__(self, column: Column, low: np.ndarray, high: np.ndarray, *, seed: int) -> None:
        self.column, self.seed = column, seed
        self.low, self.high = [int(v) for v in low], [int(v) for v in high]
        self.model = cp_model.CpModel()
        ends = zip(self.low, self.high, strict=True)
        self.scores = [self.model.new_int_var(a, b, f"x{i}") for i, (a, b) in enumerate(ends)]
        self._literals: dict[tuple[int, int], cp_model.IntVar] = {}
        # Sums whose range depends on the reading: the constraint, the printed value, and how many parts it has.
        self._sums: list[tuple[int, Decimal, int]] = []
        for profile in column.profiles:
            for i, j in pairwise(profile):
                self.model.add(self.scores[i] <= self.scores[j])
        for group in column.released:
            self._group(group)
        self.asked = cp_model.CpModel()

    def _at_least(self, i: int, limit: int) -> cp_model.IntVar | int:
        """Whether score i is at least the limit: known from its bounds, or a literal, one for each pair."""
        if limit <= self.low[i]:
            return 1
        if limit > self.high[i]:
            return 0
        if (i, limit) not in self._literals:
            literal = self.model.new_bool_var("")
            self.model.add(self.scores[i] >= limit).only_enforce_if(literal)
            self.model.add(self.scores[i] < limit).only_enforce_if(literal.negated())
            self._literals[i, limit] = literal
        return self._literals[i, limit]

    def _group(self, group: Released) -> None:
        members, n = group.members, len(group.members)
        for measure, value in group.printed.items():
            if measure == "mean":
                self._sum(cp_model.LinearExpr.sum([self.scores[i] for i in members]), value, n)
                continue
            at = place(measure, n, self.column.quantile_type)
            if at.quarters:
                first, second = self._neighbours(group, at.first)
                self._sum((4 - at.quarters) * first + at.quarters * second, value, 4)
                continue
            # The score at a place lies between two limits if enough scores do on either side.
            start, end = self.column.span(value, 1, "sound")  # the same in both readings
            self._count([self._at_least(i, start) for i in members], n - at.first, n)
            self._count([self._at_least(i, end + 1) for i in members], 0, n - at.first - 1)

    def _sum(self, parts: cp_model.LinearExprT, value: Decimal, times: int) -> None:
        added = self.model.add_linear_constraint(parts, *self.column.span(value, times, "sound"))
        self._sums.append((added.index, value, times))

    def _count(self, literals: Sequence[cp_model.IntVar | int], low: int, high: int) -> None:
        known = sum(v for v in literals if isinstance(v, int))
        free = [v for v in literals if not isinstance(v, int)]
        self.model.add_linear_constraint(cp_model.LinearExpr.sum(free), low - known, high - known)

    def _neighbours(self, group: Released, first: int) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        """Variables for the sorted scores at places `first` and `first` + 1, counted from 0.

        A switch for each member divides the group; the largest of the lower part and the smallest of the upper part are
        the scores of chosen members. Members who can only be on one side have no switch, those who cannot be chosen no
        choice, and what the bounds say anyway is no constraint.
        """
        members = group.members
        least, most = self._places(group)
        value = [self.model.new_int_var(least[k], most[k], "") for k in (first, first + 1)]
        can_be_lower = [self.low[i] <= most[first] for i in members]
        # Somebody who fits neither side counts as upper, where the constraints then say that there is no column.
        can_be_upper = [
            not may or self.high[i] >= least[first + 1] for i, may in zip(members, can_be_lower, strict=True)
        ]
        sides = zip(can_be_lower, can_be_upper, strict=True)
        lower = [self.model.new_bool_var("") if a and b else int(a) for a, b in sides]
        upper = [_negated(switch) for switch in lower]
        self._count(lower, first + 1, first + 1)
        self.model.add(value[0] <= value[1])
        for k, switches, can_be, below in ((0, lower, can_be_lower, True), (1, upper, can_be_upper, False)):
            bound, here = value[k], first + k
            able = []
            for i, switch, may in zip(members, switches, can_be, strict=True):
                score = self.scores[i]
                beyond = self.high[i] <= least[here] if below else self.low[i] >= most[here]
                if may and not beyond:
                    guard = [] if isinstance(switch, int) else [switch]
                    self.model.add(score <= bound if below else score >= bound).only_enforce_if(guard)
                # Whoever cannot reach the place from this side is beyond it anyway.
                if may and (self.high[i] >= least[here] if below else self.low[i] <= most[here]):
                    able.append((score, switch))
            chosen = [self.model.new_bool_var("") for _ in able]
            self.model.add_exactly_one(chosen)
            for (score, switch), is_it in zip(able, chosen, strict=True):
                if not isinstance(switch, int):
                    self.model.add_implication(is_it, switch)
                self.model.add(score >= bound if below else score <= bound).only_enforce_if(is_it)
        return value[0], value[1]

    def _places(self, group: Released) -> tuple[list[int], list[int]]:
        """Bounds of the sorted scores of a group that its statistics leave."""
        low, high = (np.array([ends[i] for i in group.members]) for ends in (self.low, self.high))
        least, most = order(self.column, group, low, high)
        return [int(v) for v in least], [int(v) for v in most]

    def solve(
        self,
        reading: Reading,
        limit: float,
        *,
        widen: Mapping[int, Wish] | None = None,
        most: bool = False,
        aim: tuple[int, int] | None = None,
        hint: np.ndarray | None = None,
    ) -> Solved:
        """Find a column within a deterministic time limit.

        `widen` asks for a column that grants at least one wish: of profile p, a score at least or at most as far as the
        wish says; with `most`, for one that grants many. `aim` = (i, ±1) asks for the highest or lowest score i. `hint`
        is a column to start from.
        """
        # Copied into one model again and again: making a new one costs as much as many a search.
        model = self.asked
        model.proto.copy_from(self.model.proto)
        model.rebuild_constant_map()
        for at, value, times in self._sums:
            domain = model.proto.constraints[at].linear.domain
            domain[0], domain[1] = self.column.span(value, times, reading)
        scores = [model.get_int_var_from_proto_index(x.index) for x in self.scores]
        if hint is not None:
            for x, value in zip(scores, hint, strict=True):
                model.add_hint(x, int(value))
        if widen is not None:
            granted = []
            for p, wish in widen.items():
                first, last = self.column.profiles[p][0], self.column.profiles[p][-1]
                for i, sign, beyond in ((last, 1, wish.at_least), (first, -1, wish.at_most)):
                    if beyond <= self.high[i] if sign > 0 else beyond >= self.low[i]:
                        switch = model.new_bool_var("")
                        model.add(sign * scores[i] >= sign * beyond).only_enforce_if(switch)
                        granted.append(switch)
            model.add_bool_or(granted)
            if most:
                model.maximize(sum(granted))
        if aim is not None:
            model.maximize(aim[1] * scores[aim[0]])
        solver, status = self._decide(model, limit, best=not most)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        values = np.array([solver.value(x) for x in scores]) if found else None
        bound = aim[1] * round(solver.best_objective_bound) if aim is not None and found else None
        return Solved(values, status == cp_model.INFEASIBLE, bound)

    def _decide(self, model: cp_model.CpModel, limit: float, *, best: bool) -> tuple[cp_model.CpSolver, Any]:
        """Solve a model, first without linear relaxations.

        Models are small and many: most are decided several times faster by search alone, and objectives, which are a
        score or a few wishes, best from their bound. What is not decided so is decided with relaxations. Where the
        `best` column is not needed, any that was found will do.
        """
        solver = self._solver(limit * QUICK)
        solver.parameters.linearization_level = 0
        solver.parameters.cp_model_presolve = False
        solver.parameters.optimize_with_core = True
        status = solver.solve(model)
        if status in (cp_model.OPTIMAL, cp_model.INFEASIBLE) or (status == cp_model.FEASIBLE and not best):
            return solver, status
        solver = self._solver(limit)
        solver.parameters.linearization_level = 2
        # Work before the search costs more than it saves.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        return solver, solver.solve(model)

    def _solver(self, limit: float) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.max_deterministic_time = limit
        return solver


def _negated(switch: cp_model.IntVar | int) -> Any:
    return 1 - switch if isinstance(switch, int) else switch.negated()
