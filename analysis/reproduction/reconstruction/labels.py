"""Labels of the synthetic respondents under which every score column can have its printed statistics.

Sector and size are given (their joint numbers are public). Age, status and strategy are unknowns of one CP-SAT model,
together with the scores: every column of Tables 18 to 36 is constrained in every group, columns are added in steps, and
each step starts from the labels of the one before. Columns are tied by the labels only; how sub-areas make up areas is
the next step (`targets`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from analysis.errors import DataError, Problem
from analysis.reproduction.reconstruction.columns import UNIT, add_column, add_group, printed_range
from analysis.reproduction.reconstruction.groups import AGE_SIZES, N_KKK, SECTOR_BY_SIZE, STRATEGY_SIZES
from analysis.reproduction.reconstruction.published import DIMENSIONS, GROUPS, SECTORS, N, Published
from analysis.reproduction.reconstruction.scoring import group_rows
from analysis.workspace import write_csv

SIZES = {"age": AGE_SIZES, "kkk": (N_KKK, N - N_KKK), "strategy": STRATEGY_SIZES}
# areas and the overall score first: they bind the labels most
ORDER = (
    "ALL", "V", "III", "I", "II", "IV", "III.1", "V.2", "I.3", "II.3", "V.1", "V.3", "II.5", "II.2", "IV.1", "IV.3",
    "III.3", "III.2", "II.1", "I.1", "II.4", "I.2", "IV.2", "II.6",
)  # fmt: skip
STEPS = (4, 8, 14, 24)
LAST = "IV.4"  # four respondents have no such score; who they are is settled when the labels are known
SMALL_KKK = 1  # among respondents with fewer than 80 members
GRID = 10  # scores are multiples of 0.001 here: smaller domains, same labels


@dataclass(frozen=True)
class Labels:
    """Group numbers of the respondents by dimension, and who has no score in sub-area IV.4."""

    of: dict[str, np.ndarray]
    without_iv4: np.ndarray


def read_labels(edition_dir: Path) -> Labels:
    """Labels found earlier, kept with the edition because the search is long (`reproduction/labels.csv`).

    Raises
    ------
    DataError
        The file is missing or its groups do not have the printed sizes.
    """
    path = edition_dir / "reproduction" / "labels.csv"
    if not path.is_file():
        raise DataError(
            [Problem(path.name, None, None, None, "is missing", "run `klastry reconstruct --search-labels`")]
        )
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    found = {}
    for d in DIMENSIONS:
        unknown = sorted(set(table[d]) - set(GROUPS[d]))
        if unknown:
            row = int(np.flatnonzero(table[d] == unknown[0])[0])
            raise DataError(
                [Problem(path.name, row + 2, d, unknown[0], "is no group", f"use one of {list(GROUPS[d])}")]
            )
        found[d] = np.array([GROUPS[d].index(v) for v in table[d]])
    wanted = {**SIZES, "sector": SECTOR_BY_SIZE.sum(axis=1), "size": SECTOR_BY_SIZE.sum(axis=0)}
    for d, sizes in wanted.items():
        counts = np.bincount(found[d], minlength=len(GROUPS[d]))
        if not np.array_equal(counts, sizes):
            raise DataError(
                [
                    Problem(
                        path.name,
                        None,
                        d,
                        str(counts.tolist()),
                        "sizes differ from print",
                        f"have {[int(k) for k in sizes]}",
                    )
                ]
            )
    return Labels(found, (table["iv4"] == "none").to_numpy())


def write_labels(labels: Labels, edition_dir: Path) -> Path:
    """Write `reproduction/labels.csv`."""
    table = pd.DataFrame({d: [GROUPS[d][k] for k in labels.of[d]] for d in DIMENSIONS})
    table["iv4"] = np.where(labels.without_iv4, "none", "given")
    return write_csv(table, edition_dir / "reproduction" / "labels.csv")


def cells() -> tuple[np.ndarray, np.ndarray]:
    """Sector and size band of the 42 respondents, in the order of sectors and bands."""
    pairs = [(s, b) for s in range(len(SECTORS)) for b in range(4) for _ in range(SECTOR_BY_SIZE[s, b])]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _groups_before(dimension: str) -> int:
    """Number of the first group of a dimension among the 19 groups."""
    return 1 + sum(len(GROUPS[d]) for d in DIMENSIONS[: DIMENSIONS.index(dimension)])


class _Search:
    """Model of some columns with open labels."""

    def __init__(self, published: Published, columns: tuple[str, ...], known: Mapping[str, np.ndarray]) -> None:
        self.model = cp_model.CpModel()
        self.published = published
        self.sector, self.size = cells()
        self.labels: dict[str, list[list[cp_model.IntVar]]] = {}
        for dimension, sizes in SIZES.items():
            switches = [[self.model.new_bool_var("") for _ in sizes] for _ in range(N)]
            for row in switches:
                self.model.add_exactly_one(row)
            for k, n in enumerate(sizes):
                self.model.add(sum(row[k] for row in switches) == n)
            if dimension in known:
                for i, row in enumerate(switches):
                    for k, switch in enumerate(row):
                        self.model.add_hint(switch, int(known[dimension][i] == k))
            self.labels[dimension] = switches
        small = [self.labels["kkk"][i][0] for i in range(N) if self.size[i] < 2]
        self.model.add(sum(small) <= SMALL_KKK)
        for column in columns:
            self._column(column)

    def _column(self, name: str) -> None:
        printed = self.published.scores[:, self.published.columns.index(name)]
        first_sector, first_size = _groups_before("sector"), _groups_before("size")
        scores = []
        for i in range(N):
            rows = (0, first_sector + int(self.sector[i]), first_size + int(self.size[i]))
            low = max(printed_range(printed[g, 0])[0] for g in rows)
            high = min(printed_range(printed[g, 5])[1] for g in rows)
            scores.append(self.model.new_int_var_from_domain(_grid(low, high), ""))
        add_group(self.model, scores, printed[0])
        for first, group_of, count in ((first_sector, self.sector, len(SECTORS)), (first_size, self.size, 4)):
            for k in range(count):
                add_group(self.model, [scores[i] for i in np.flatnonzero(group_of == k)], printed[first + k])
        for dimension, sizes in SIZES.items():
            first = _groups_before(dimension)
            for k, n in enumerate(sizes):
                inside = [row[k] for row in self.labels[dimension]]
                add_group(self.model, scores, printed[first + k], inside=inside, size=n)

    def solve(self, *, seed: int, workers: int, limit: float) -> dict[str, np.ndarray] | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.interleave_search = True  # several strategies, yet the same result every time
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = limit
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return {
            d: np.array([next(k for k, switch in enumerate(row) if solver.boolean_value(switch)) for row in switches])
            for d, switches in self.labels.items()
        }


def _grid(low: int, high: int) -> cp_model.Domain:
    """Multiples of `GRID` in a range; the whole range where there is none."""
    values = list(range(-(-low // GRID) * GRID, high + 1, GRID))
    return cp_model.Domain.from_values(values or list(range(low, min(high, UNIT) + 1)))


def column_holds(
    published: Published, name: str, labels: Mapping[str, np.ndarray], absent: frozenset[int] = frozenset()
) -> bool:
    """Whether scores exist that give a column its printed statistics in all 19 groups."""
    model = cp_model.CpModel()
    rows = group_rows(dict(labels))
    printed = published.scores[:, published.columns.index(name)]
    scores = {}
    for i in range(N):
        if i in absent:
            continue
        own = [g for g, members in enumerate(rows) if i in members]
        low = max(printed_range(printed[g, 0])[0] for g in own)
        high = min(printed_range(printed[g, 5])[1] for g in own)
        if low > high:
            return False
        scores[i] = model.new_int_var(low, high, "")
    add_column(model, scores, rows, printed, guard=0)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 60.0
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _without(published: Published, labels: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Four respondents without IV.4 for which the column holds: one of edu with 150 or more members, three of moto."""
    sector, size = labels["sector"], labels["size"]
    moto, edu = SECTORS.index("moto"), SECTORS.index("edu")
    for first in np.flatnonzero((sector == edu) & (size == 3)):
        for others in combinations(np.flatnonzero(sector == moto), 3):
            absent = frozenset(int(i) for i in (first, *others))
            if column_holds(published, LAST, labels, absent):
                out = np.zeros(N, bool)
                out[list(absent)] = True
                return out
    return None


def search_labels(
    published: Published, *, seed: int, workers: int, limit: float, progress: Callable[[str], None]
) -> Labels:
    """Find labels for which each of the 25 columns can have its printed statistics.

    Parameters
    ----------
    limit : deterministic seconds for each step

    Raises
    ------
    RuntimeError
        A step found no labels within its limit, or none of them leave IV.4 possible; another seed may.
    """
    sector, size = cells()
    known: dict[str, np.ndarray] = {}
    for step in STEPS:
        found = _Search(published, ORDER[:step], known).solve(seed=seed, workers=workers, limit=limit)
        if found is None:
            raise RuntimeError(f"labels: no solution for {step} columns within the limit; try another seed")
        known = found
        progress(f"labels: {step} columns")
    labels = {"age": known["age"], "kkk": known["kkk"], "sector": sector, "size": size, "strategy": known["strategy"]}
    without = _without(published, labels)
    if without is None:
        raise RuntimeError(f"labels: column {LAST} holds for no choice of absent respondents; try another seed")
    return Labels(labels, without)
