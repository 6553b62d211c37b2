"""Scores to aim at: for given labels, 25 columns that have their printed statistics and missing answers that allow it.

For each area but III the least number of missing answers is found with which its column and those of its sub-areas hold
together; then all columns are solved at once, the overall score as the mean of the areas. Area III cannot be had from
its sub-areas (see docs/reconstruction.md): its column holds, and its sub-areas are put near it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction.columns import UNIT, add_column, printed_range
from analysis.reproduction.reconstruction.missing import GAPS, Options, add_gaps, mean_of_available
from analysis.reproduction.reconstruction.published import N, Published
from analysis.reproduction.reconstruction.scoring import group_rows

LIMIT = 400.0  # deterministic seconds for an area, and for all of them together
NEAR_LIMIT = 60.0  # for the sub-areas of area III
GRID = 625  # scores of IV.3 are sixteenths


@dataclass(frozen=True)
class Trial:
    """Scores 42 × 25 (NaN: none) and, for some indicators, who gave no answer."""

    scores: np.ndarray
    absent: dict[str, np.ndarray]


class ScoreModel:
    """Score variables of columns under their printed statistics."""

    def __init__(self, published: Published, labels: Mapping[str, np.ndarray], without_iv4: np.ndarray) -> None:
        self.model = cp_model.CpModel()
        self.published, self.rows, self.without_iv4 = published, group_rows(dict(labels)), without_iv4
        self.sector = labels["sector"]
        self.scores: dict[str, dict[int, cp_model.IntVar]] = {}
        indicators = published.indicators.index
        self.sizes = {
            c: sum(1 for code in indicators if code.rsplit(".", 1)[0] == c) for c in published.columns if "." in c
        }

    def column(self, name: str) -> dict[int, cp_model.IntVar]:
        """Variables inside the printed extremes of everybody's groups, under all printed statistics of the column."""
        printed = self.published.scores[:, self.published.columns.index(name)]
        out: dict[int, cp_model.IntVar] = {}
        for i in range(N):
            if name == "IV.4" and self.without_iv4[i]:
                continue
            own = [g for g, members in enumerate(self.rows) if i in members]
            low = max(printed_range(printed[g, 0])[0] for g in own)
            high = min(printed_range(printed[g, 5])[1] for g in own)
            if low > high:
                raise RuntimeError(
                    f"{name}: the printed extremes leave no score to respondent {i}; other labels are needed"
                )
            steps = range(-(-low // GRID) * GRID, high + 1, GRID) if name == "IV.3" else None
            domain = cp_model.Domain.from_values(list(steps)) if steps else cp_model.Domain(low, high)
            out[i] = self.model.new_int_var_from_domain(domain, f"{name} {i}")
        add_column(self.model, out, self.rows, printed, guard=0)
        self.scores[name] = out
        return out

    def subareas(self, area: str) -> list[str]:
        """Codes of the sub-areas of an area."""
        return [c for c in self.sizes if c.split(".")[0] == area]

    def tie(self, area: str, counts: Sequence[Options]) -> None:
        """Area scores are means over the available indicators."""
        for i, options in enumerate(counts):
            subareas = [self.scores[s].get(i) for s in self.subareas(area)]
            mean_of_available(self.model, self.scores[area][i], subareas, options)

    def solve(self, what: str, limit: float) -> cp_model.CpSolver:
        """Solve with one thread within `limit` deterministic seconds, or raise `RuntimeError`."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = limit
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise RuntimeError(f"{what}: no scores with the printed statistics found for these labels")
        return solver


def trial_scores(
    published: Published,
    labels: Mapping[str, np.ndarray],
    without_iv4: np.ndarray,
    numbers: Mapping[str, Mapping[str, int]],
    progress: Callable[[str], None],
) -> Trial:
    """Scores that have their printed statistics in all columns but those of III.1 to III.3 as parts of III.

    Parameters
    ----------
    labels : dimension → number of the group of every respondent
    without_iv4 : respondents with no answer in IV.4
    numbers : missing answers by sector, for indicators whose numbers follow from Table 10 at run time

    Raises
    ------
    RuntimeError
        A column or an area has no solution for these labels, or none was found in time.
    """
    absent: dict[str, np.ndarray] = {}
    chosen: dict[str, list[tuple[int, ...]]] = {}
    for area in GAPS:
        one = ScoreModel(published, labels, without_iv4)
        for name in (area, *one.subareas(area)):
            one.column(name)
        gaps = add_gaps(one.model, area, one.sizes, one.sector, without_iv4, numbers)
        one.tie(area, gaps.counts)
        one.model.minimize(gaps.price)
        solver = one.solve(f"area {area}", LIMIT)
        absent |= {code: np.array([solver.boolean_value(s) for s in own]) for code, own in gaps.switches.items()}
        chosen[area] = [next(w for s, w in options if solver.boolean_value(s)) for options in gaps.counts]
        progress(f"scores to aim at: missing answers of area {area}, {int(solver.objective_value)} beyond those stated")
    whole = ScoreModel(published, labels, without_iv4)
    areas = [c for c in published.columns if "." not in c and c != "ALL"]
    for name in (*areas, "ALL", *(s for a in chosen for s in whole.subareas(a))):
        whole.column(name)
    sure = whole.model.new_constant(1)
    for area, weights in chosen.items():
        whole.tie(area, [[(sure, w)] for w in weights])
    for i in range(N):
        off = len(areas) * whole.scores["ALL"][i] - sum(whole.scores[a][i] for a in areas)
        whole.model.add(2 * off <= len(areas))
        whole.model.add(2 * off >= -len(areas))
    out = np.full((N, len(published.columns)), np.nan)
    _take(out, whole, whole.solve("all areas", LIMIT))
    progress("scores to aim at: areas, their sub-areas and the overall score")
    for area in areas:
        if area not in chosen:
            _take(out, *_near(published, labels, without_iv4, area, out[:, published.columns.index(area)]))
            progress(f"scores to aim at: sub-areas of {area}")
    return Trial(out, absent)


def _take(out: np.ndarray, model: ScoreModel, solver: cp_model.CpSolver) -> None:
    for name, scores in model.scores.items():
        for i, score in scores.items():
            out[i, model.published.columns.index(name)] = solver.value(score) / UNIT


def _near(
    published: Published, labels: Mapping[str, np.ndarray], without_iv4: np.ndarray, area: str, wanted: np.ndarray
) -> tuple[ScoreModel, cp_model.CpSolver]:
    """Sub-areas with their printed statistics, their mean as near the area score as was found in time."""
    model = ScoreModel(published, labels, without_iv4)
    subareas = model.subareas(area)
    for name in subareas:
        model.column(name)
    total = sum(model.sizes[s] for s in subareas)
    gaps = []
    for i in range(N):
        gap = model.model.new_int_var(0, total * UNIT, "")
        parts = sum(model.sizes[s] * model.scores[s][i] for s in subareas)
        model.model.add_abs_equality(gap, parts - total * round(wanted[i] * UNIT))
        gaps.append(gap)
    model.model.minimize(sum(gaps))
    return model, model.solve(f"sub-areas of {area}", NEAR_LIMIT)
