"""Multiple-choice answers: which options a respondent ticked, given how many, and how many ticked each option."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction.published import N

# printed shares in codebook order of the options; base 42 unless a base is given
SHARES: dict[str, tuple[int, ...]] = {
    "I.2.5": (88, 57, 47, 36, 17),
    "I.3.4": (21, 21, 12, 7),
    "II.2.2": (100, 86, 83, 48, 33, 92, 86, 19, 17),
    "II.3.1": (62, 33, 55, 76, 26, 14, 45),
    "II.3.2": (55, 12, 21, 17),
    "II.3.3": (76, 29, 24, 17, 10, 7, 5),
    "II.4.3": (100, 79, 60, 60, 57, 55, 10),
    "II.5.1": (86, 76, 60, 57, 50, 40),
    "II.6.1": (93, 93, 93, 88, 86, 86, 83, 76, 74),
    "IV.1.2": (57, 45, 33, 33, 7),
    "IV.1.4": (81, 64, 60, 48),
    "IV.3.1": (69, 57, 57, 52, 48, 38, 76, 76, 69, 69, 55, 45),
}
LEVELS = (100, 90, 86, 74, 69, 69, 69, 64, 64, 57, 57, 48, 38)
# options asked only when another option is ticked: (first, last + 1, parent position)
NESTED = {"II.2.2": (5, 9, 1), "IV.3.1": (6, 12, 0)}
OTHER_MAX = 12
SCOPE_SHARES = (68, 56, 32)


def count_of(share: int, base: int) -> int:
    """Number of respondents whose share of `base` prints as `share` percent (nearest when none does)."""
    return round(share * base / 100)


def column_counts(code: str) -> list[int]:
    """How many respondents ticked each option of an indicator."""
    counts = [count_of(s, N) for s in SHARES[code]]
    if code in NESTED:
        first, last, parent = NESTED[code]
        for k in range(first, last):
            counts[k] = count_of(SHARES[code][k], counts[parent])
    return counts


def tick(
    code: str, totals: np.ndarray, has_other: bool, liking: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Ticks (42 × options) and numbers of further named options that give the totals.

    `liking` (42 × options) raises the chance of a tick. Ticks of nested options stand only under their parent.

    Raises
    ------
    RuntimeError
        The printed shares and the totals exclude each other.
    """
    counts = column_counts(code)
    k = len(counts)
    model = cp_model.CpModel()
    y = [[model.new_bool_var(f"y{i}_{j}") for j in range(k)] for i in range(N)]
    other = [model.new_int_var(0, OTHER_MAX if has_other else 0, f"o{i}") for i in range(N)]
    for i in range(N):
        model.add(sum(y[i]) + other[i] == int(totals[i]))
    for j, n in enumerate(counts):
        model.add(sum(y[i][j] for i in range(N)) == n)
    if code in NESTED:
        first, last, parent = NESTED[code]
        for i in range(N):
            for j in range(first, last):
                model.add_implication(y[i][j], y[i][parent])
    cost = rng.integers(0, 100, (N, k)) - (60 * liking).astype(int)
    model.minimize(
        sum(int(cost[i, j]) * y[i][j] for i in range(N) for j in range(k)) + sum(40 * other[i] for i in range(N))
    )
    values = _solve(model, f"{code}: printed shares of options and numbers of options exclude each other")
    ticks = np.array([[values(v) for v in row] for row in y])
    return ticks, np.array([values(v) for v in other])


def tick_counts(totals: np.ndarray, counts: list[int], rng: np.random.Generator) -> np.ndarray:
    """Ticks (respondents × options) with given row sums and column sums.

    Raises
    ------
    RuntimeError
        No ticks have these sums.
    """
    model = cp_model.CpModel()
    y = [[model.new_bool_var("") for _ in counts] for _ in totals]
    for row, total in zip(y, totals, strict=True):
        model.add(sum(row) == int(total))
    for j, n in enumerate(counts):
        model.add(sum(row[j] for row in y) == n)
    cost = rng.integers(0, 100, (len(totals), len(counts)))
    model.minimize(sum(int(cost[i, j]) * y[i][j] for i in range(len(y)) for j in range(len(counts))))
    values = _solve(model, "fields of the strategy: printed shares and points exclude each other")
    return np.array([[values(v) for v in row] for row in y])


def levels(totals: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Levels 0, 1, 2 of 13 technologies (42 × 13): row sums are the points, printed shares are those of level 2.

    Raises
    ------
    RuntimeError
        The shares and the points exclude each other.
    """
    counts = [count_of(s, N) for s in LEVELS]
    model = cp_model.CpModel()
    one = [[model.new_bool_var("") for _ in counts] for _ in range(N)]
    two = [[model.new_bool_var("") for _ in counts] for _ in range(N)]
    for i in range(N):
        for j in range(len(counts)):
            model.add_implication(two[i][j], one[i][j])
        model.add(sum(one[i]) + sum(two[i]) == int(totals[i]))
    for j, n in enumerate(counts):
        model.add(sum(two[i][j] for i in range(N)) == n)
    cost = rng.integers(0, 100, (N, len(counts)))
    model.minimize(sum(int(cost[i, j]) * two[i][j] for i in range(N) for j in range(len(counts))))
    values = _solve(model, "II.6.2: printed shares of technologies and points exclude each other", limit=5.0)
    return np.array([[values(a) + values(b) for a, b in zip(p, q, strict=True)] for p, q in zip(one, two, strict=True)])


def feasible_with(
    code: str,
    ge: Callable[[int], list[cp_model.IntVar]],
    model: cp_model.CpModel,
    totals: list[cp_model.IntVar],
    has_other: bool,
) -> None:
    """Condition on the totals under which ticks exist, added to the model of an indicator.

    For plain lists the inequalities of Gale and Ryser; for nested options the ticks themselves as further unknowns.

    `ge(t)` gives the switches "total >= t".
    """
    counts = sorted(column_counts(code), reverse=True)
    total = sum(totals)
    if has_other:
        model.add(total >= sum(counts))
    else:
        model.add(total == sum(counts))
    if code in NESTED:
        _ticks_exist(code, model, totals, has_other)
        return
    reached: list[cp_model.IntVar] = []
    for k, _ in enumerate(counts, start=1):
        reached.extend(ge(k))
        model.add(sum(reached) >= sum(counts[:k]))


def _ticks_exist(code: str, model: cp_model.CpModel, totals: list[cp_model.IntVar], has_other: bool) -> None:
    counts = column_counts(code)
    first, last, parent = NESTED[code]
    y = [[model.new_bool_var("") for _ in counts] for _ in totals]
    for row, total in zip(y, totals, strict=True):
        if has_other:
            model.add(sum(row) <= total)
            model.add(sum(row) >= total - OTHER_MAX)
        else:
            model.add(sum(row) == total)
        for j in range(first, last):
            model.add_implication(row[j], row[parent])
    for j, n in enumerate(counts):
        model.add(sum(row[j] for row in y) == n)


def levels_exist(model: cp_model.CpModel, totals: list[cp_model.IntVar]) -> None:
    """Condition on the points of II.6.2 under which levels with the printed shares of level 2 exist."""
    counts = sorted((count_of(s, N) for s in LEVELS), reverse=True)
    k = len(counts)
    twos = [
        [model.new_bool_var("") for _ in range(k)] for _ in totals
    ]  # t-th switch: at least t technologies at level 2
    for row, total in zip(twos, totals, strict=True):
        for a, b in pairwise(row):
            model.add_implication(b, a)
        model.add(2 * sum(row) <= total)
        model.add(total - k <= sum(row))
    model.add(sum(sum(row) for row in twos) == sum(counts))
    for j in range(1, k + 1):
        model.add(sum(sum(row[:j]) for row in twos) >= sum(counts[:j]))


def _solve(model: cp_model.CpModel, message: str, *, limit: float = 30.0) -> Callable[[cp_model.LinearExprT], int]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 11
    solver.parameters.max_deterministic_time = limit
    solver.parameters.relative_gap_limit = 0.01
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(message)
    return solver.value
