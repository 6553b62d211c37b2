"""Scores to aim at: for given labels, 25 columns that have their printed statistics, areas near their sub-areas.

Areas and the overall score are solved together; then every sub-area near what its area suggests. The columns are not
yet tied exactly: answers are (`exchanges`), and their search only starts from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction.columns import UNIT, add_column, printed_range
from analysis.reproduction.reconstruction.published import N, Published
from analysis.reproduction.reconstruction.scoring import group_rows

LIMIT = 1.5  # deterministic seconds for a column
GRID = 625  # scores of IV.3 are sixteenths


def _variables(
    model: cp_model.CpModel, name: str, published: Published, rows: list[np.ndarray], absent: np.ndarray
) -> dict[int, cp_model.IntVar]:
    """Score variables inside the printed extremes of everybody's groups, under all printed statistics of a column."""
    printed = published.scores[:, published.columns.index(name)]
    out = {}
    for i in np.flatnonzero(~absent):
        own = [g for g, members in enumerate(rows) if i in members]
        low = max(printed_range(printed[g, 0])[0] for g in own)
        high = min(printed_range(printed[g, 5])[1] for g in own)
        if low > high:
            raise RuntimeError(
                f"{name}: the printed extremes leave no score to respondent {i}; other labels are needed"
            )
        steps = range(-(-low // GRID) * GRID, high + 1, GRID) if name == "IV.3" else None
        domain = cp_model.Domain.from_values(list(steps)) if steps else cp_model.Domain(low, high)
        out[int(i)] = model.new_int_var_from_domain(domain, "")
    add_column(model, out, rows, printed, guard=0)
    return out


def _solve(model: cp_model.CpModel, name: str, limit: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = limit
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(f"{name}: no scores with the printed statistics found for these labels")
    return solver


def trial_scores(
    published: Published, labels: Mapping[str, np.ndarray], without_iv4: np.ndarray, progress: Callable[[str], None]
) -> np.ndarray:
    """42 × 25 scores (NaN: none), every column with its printed statistics.

    Raises
    ------
    RuntimeError
        A column has no solution for these labels, or none was found in time.
    """
    columns = published.columns
    rows = group_rows(dict(labels))
    nobody = np.zeros(N, bool)
    out = np.full((N, len(columns)), np.nan)
    areas = [c for c in columns if "." not in c and c != "ALL"]
    model = cp_model.CpModel()
    score = {c: _variables(model, c, published, rows, nobody) for c in (*areas, "ALL")}
    for i in range(N):
        off = len(areas) * score["ALL"][i] - sum(score[a][i] for a in areas)
        model.add(2 * off <= len(areas))
        model.add(2 * off >= -len(areas))
    solver = _solve(model, "areas", 40 * LIMIT)
    for c in score:
        out[:, columns.index(c)] = [solver.value(score[c][i]) / UNIT for i in range(N)]
    progress("scores to aim at: areas")
    for name in columns:
        if "." not in name:
            continue
        own = out[:, columns.index(name.split(".")[0])]
        printed = published.scores[0, columns.index(name)]
        place = np.argsort(np.argsort(own, kind="stable"), kind="stable") / (N - 1)
        wanted = np.rint(np.interp(place, [0, 0.25, 0.5, 0.75, 1], printed[[0, 1, 2, 4, 5]]) * UNIT).astype(int)
        model = cp_model.CpModel()
        scores = _variables(model, name, published, rows, without_iv4 if name == "IV.4" else nobody)
        gaps = []
        for i, x in scores.items():
            gap = model.new_int_var(0, UNIT, "")
            model.add_abs_equality(gap, x - int(wanted[i]))
            gaps.append(gap)
        model.minimize(sum(gaps))
        solver = _solve(model, name, LIMIT)
        out[list(scores), columns.index(name)] = [solver.value(x) / UNIT for x in scores.values()]
    progress("scores to aim at: sub-areas")
    return out
