"""Answers of a whole sub-area at once, so that its score has the printed statistics in every group (Tables 18 to 36).

All indicators of a sub-area stand in one CP-SAT model with everything printed about each of them (`marginals.state`),
their links, and the printed column of the sub-area score (`columns.add_column`). The treatment depends on the answers:
the cap is Q3 + 1.5 · IQR. It becomes a constant by fixing the sorted answers around Q1 and Q3; which values to fix is
tried from a list that starts with the present ones and goes on with those whose expected mean score is near the
printed mean. The scores come as near as possible to those aimed at, with which the areas hold as well; narrow boxes
around them are tried first, because they are decided fast.

Where no attempt holds all 114 statistics, the present answers stay.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction import marginals, options, scoring
from analysis.reproduction.reconstruction.assignment import STRATEGY, make_task, normalise, score_matrix
from analysis.reproduction.reconstruction.columns import UNIT, add_column
from analysis.reproduction.reconstruction.exchanges import Setting, outside
from analysis.reproduction.reconstruction.published import SECTORS, N

BY_SECTOR = ("IV.2.2",)  # yes/no answers whose number per sector is known
LOWER_FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5)
UPPER_FACTORS = (0.6, 0.75, 0.85, 0.93, 1.0, 1.08, 1.2, 1.4, 1.7)
DRAWS = 4000
PRICE_OF_CHANGE = 0.02
ATTEMPTS = 40  # most fences are refuted in half a second …
UNDECIDED = 6  # … and so many may take their full time
SHORT, LONG = 3.0, 12.0  # deterministic seconds
LONG_ATTEMPTS = 1
GIVING_UP = 3  # fences tried when statements may be given up
RESTORING = 5  # fences tried to bring sector means back
WORTH = 8  # statistics of the score that a printed count must bring if it is given up
SECTOR_SLACK = 0.002  # sector means that exclude each other do so by about 0.1%
TOTAL_KEPT = ("III.2.7", "IV.1.7")  # answers are split into kinds with printed totals
BOXES = (250, 600, None)  # how far a score may move (1/10 000); a narrow box is decided fast
PRICE_OF_UNIT = 3000  # against the weights of `marginals`

Factors = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Fence:
    """Sorted answers fixed around the quartiles, and the cap that follows (scaled)."""

    places: dict[int, int]
    low: int
    cap: float
    capped: bool


def fence(values: np.ndarray, factors: tuple[float, float] = (1.0, 1.0)) -> Fence:
    """Fix the neighbours of Q1 and Q3 at their present values times the two factors (type 7, cap Q3 + 1.5 · IQR).

    Parameters
    ----------
    values : scaled whole answers without gaps
    """
    v = np.sort(values).astype(float)
    n = len(v)
    spans = []
    for share, factor, least, most in (
        (0.25, factors[0], v[0], v[(n - 1) // 2]),
        (0.75, factors[1], v[n // 2], v[-1]),
    ):
        at = (n - 1) * share
        places = sorted({int(at), int(np.ceil(at))})
        for place in places:
            v[place] = min(max(round(v[place] * factor), least), most)
        v[places[-1]] = max(v[places[0]], v[places[-1]])
        spans.append((places, v[places[0]] + (at - places[0]) * (v[places[-1]] - v[places[0]])))
    (lower, q1), (upper, q3) = spans
    cap = min(q3 + 1.5 * (q3 - q1), v[-1]) if q3 > q1 else v[-1]
    fixed = {place: int(v[place]) for place in (*lower, *upper)} if q3 > q1 and cap < v[-1] else {}
    return Fence(fixed, int(v[0]), float(cap), bool(cap < v[-1]))


def expected_mean(values: np.ndarray, factors: tuple[float, float]) -> float:
    """Mean normalised score of the present answers under another fence."""
    chosen = fence(values, factors)
    seen = np.minimum(values, chosen.cap)
    return float(((seen - values.min()) / max(chosen.cap - values.min(), 1.0)).mean())


def _scaled(table: pd.DataFrame, code: str, setting: Setting) -> np.ndarray:
    return np.rint(table[code].dropna().to_numpy(float) * setting.scale(code))


def fences_to_try(table: pd.DataFrame, sub: str, setting: Setting, rng: np.random.Generator) -> list[Factors]:
    """Factors for the fences of a sub-area's indicators: the present ones, then by expected mean score and change."""
    codes = _inside(table, sub)
    printed = setting.published.scores[0, setting.published.columns.index(sub), 3] * len(codes)
    fixed = 0.0
    choices: dict[str, list[tuple[float, tuple[float, float]]]] = {}
    for code in codes:
        if not setting.numeric(code):
            fixed += float(table[code].mean())
            continue
        values = _scaled(table, code, setting)
        seen: dict[float, tuple[float, float]] = {}
        for pair in [(a, b) for a in LOWER_FACTORS for b in UPPER_FACTORS]:
            seen.setdefault(round(expected_mean(values, pair), 3), pair)
        seen[round(expected_mean(values, (1.0, 1.0)), 3)] = (1.0, 1.0)
        choices[code] = sorted(seen.items())
    drawn = []
    for k in range(DRAWS):
        pick = {c: options[int(rng.integers(len(options)))] for c, options in choices.items()}
        change = sum(abs(np.log(f[0])) + abs(np.log(f[1])) for _, f in pick.values())
        off = abs(fixed + sum(mean for mean, _ in pick.values()) - printed)
        drawn.append((off + PRICE_OF_CHANGE * change, k, {c: f for c, (_, f) in pick.items()}))
    out: list[Factors] = [{}]
    for _, _, factors in sorted(drawn, key=lambda d: d[:2]):
        if factors not in out:
            out.append(factors)
        if len(out) == ATTEMPTS:
            break
    return out


def _inside(table: pd.DataFrame, sub: str) -> list[str]:
    return [str(c) for c in table.columns if str(c).rsplit(".", 1)[0] == sub]


def hits(table: pd.DataFrame, sub: str, setting: Setting) -> int:
    """How many of the 114 printed statistics of a sub-area score the answers give."""
    published = setting.published
    column = published.columns.index(sub)
    scores = score_matrix(normalise(table.to_numpy(float)), list(table.columns), published.columns)[:, [column]]
    found = scoring.measures(scoring.extend(scores), scoring.padded(setting.rows))[:, 0]
    return int((np.abs(found - published.scores[:, column]) <= scoring.TOLERANCE + 1e-9).sum())


def missed(table: pd.DataFrame, setting: Setting) -> int:
    """How many of all printed score statistics the answers do not give."""
    return int((outside(table, setting) > 0).sum())


class Model:
    """CP-SAT model of one sub-area."""

    def __init__(
        self,
        table: pd.DataFrame,
        sub: str,
        setting: Setting,
        factors: Factors,
        seed: int,
        *,
        may_give_up: bool = False,
        empty: bool = False,
    ) -> None:
        self.model = cp_model.CpModel()
        self.may_give_up = may_give_up
        self.table, self.sub, self.setting = table, sub, setting
        self.codes = _inside(table, sub)
        self.raw = table.to_numpy(float)
        self.normalised = normalise(self.raw)
        self.place = {str(c): j for j, c in enumerate(table.columns)}
        self.parts: dict[int, list[cp_model.LinearExprT]] = {i: [] for i in range(N)}
        self.answers: dict[str, dict[int, cp_model.IntVar]] = {}
        self.builders: dict[str, marginals.Builder] = {}
        self.price: list[cp_model.LinearExprT] = []
        if empty:
            return
        rng = np.random.default_rng(seed)
        for code in self.codes:
            if code == STRATEGY:
                self._strategy()
            elif setting.numeric(code):
                self._number(code, factors.get(code, (1.0, 1.0)), rng)
            else:
                self._category(code)
        self._links()
        self.scores = self._scores()

    def column(self, code: str) -> np.ndarray:
        """Present answers to one indicator."""
        return self.raw[:, self.place[code]]

    def _strategy(self) -> None:
        """Points for the strategy and the fields it covers: every field keeps its number of respondents."""
        labels = self.setting.design.labels["strategy"]
        present = self.column(STRATEGY)
        covers: list[list[cp_model.IntVar]] = []
        top = int(present.max())
        out = self.answers[STRATEGY] = {}
        for i in range(N):
            out[i] = self.model.new_int_var(0, top, "")
            self.model.add_hint(out[i], round(present[i]))
            if labels[i]:
                covers.append([self.model.new_bool_var("") for _ in options.SCOPE_SHARES])
                self.model.add(out[i] == int(labels[i]) + sum(covers[-1]))
            else:
                self.model.add(out[i] == 0)
            part = self.model.new_int_var(0, UNIT, "")
            self.model.add(part * top == out[i] * UNIT)
            self.parts[i].append(part)
        for k, share in enumerate(options.SCOPE_SHARES):
            self.model.add(sum(row[k] for row in covers) == options.count_of(share, len(covers)))

    def _category(self, code: str) -> None:
        """Categories worth 0, a half or 1: every category keeps its number of respondents."""
        values = self.column(code)
        present = ~np.isnan(values)
        out = self.answers[code] = {}
        for i in np.flatnonzero(present):
            out[int(i)] = self.model.new_int_var(0, 2, "")
            self.model.add_hint(out[int(i)], round(values[i] * 2))
            self.parts[int(i)].append(out[int(i)] * (UNIT // 2))
        sector = self.setting.design.labels["sector"]
        parts = [present & (sector == s) for s in range(len(SECTORS))] if code in BY_SECTOR else [present]
        for part in parts:
            for value in (0, 1, 2):
                chosen = []
                for i in np.flatnonzero(part):
                    switch = self.model.new_bool_var("")
                    self.model.add(out[int(i)] == value).only_enforce_if(switch)
                    self.model.add(out[int(i)] != value).only_enforce_if(switch.negated())
                    chosen.append(switch)
                self.model.add(sum(chosen) == int((values[part] * 2 == value).sum()))

    def task(self, code: str) -> marginals.Task:
        """Bounds of one indicator; links to indicators of the same sub-area are left to `_links`."""
        values = {c: self.raw[:, j] for c, j in self.place.items()}
        parent, bound = marginals.NEEDS.get(code), marginals.AT_MOST.get(code)
        if parent in self.codes:
            values[str(parent)] = np.ones(N)
        if bound in self.codes:
            values[str(bound)] = np.full(N, 1e8)
        s = self.setting
        task = make_task(
            code, values, ~np.isnan(self.column(code)), np.zeros(N), s.design, s.published, s.units[code],
            s.enterprises, set(s.with_other),
        )  # fmt: skip
        if parent in self.codes:
            task.must_be_zero[:] = False
            task.must_be_positive[:] = False
        for child in self.codes:  # an answer that only some can give needs its parent where it is given
            if marginals.NEEDS.get(child) == code and child == "V.3.2":
                task.must_be_positive |= ~np.isnan(self.column(child))
        return task

    def _number(self, code: str, factors: tuple[float, float], rng: np.random.Generator) -> None:
        s = self.setting
        task = self.task(code)
        firm = s.firm(task)
        stated = marginals.state(task, s.published, s.units[code], rng, firm=firm, model=self.model)
        b = stated.builder
        self.price += stated.objective
        for switch, kind, holds in zip(stated.kept, stated.kinds, self.present(task), strict=True):
            if holds and (not self.may_give_up or (kind == "total" and code in TOTAL_KEPT)):
                self.model.add(switch == 1)
        values = np.rint(self.column(code)[task.answered] * task.scale)
        chosen = fence(values, factors)
        n = len(b.who)
        for x in b.x.values():
            self.model.add(x >= chosen.low)
        self.model.add(b.count(None, chosen.low) >= 1)
        for place, value in chosen.places.items():
            self.model.add(b.count(None, value) >= place + 1)
            self.model.add(b.count(value, None) >= n - place)
        # eighths: a quartile is a multiple of a quarter, 1.5 times a difference of quartiles one of an eighth
        width = max(round(8 * (chosen.cap - chosen.low)), 1)
        for i in b.who:
            self.model.add_hint(b.x[i], round(self.column(code)[i] * task.scale))
            seen = self.model.new_int_var(0, width, "")
            if chosen.capped:
                self.model.add_min_equality(seen, [8 * b.x[i] - 8 * chosen.low, width])
            else:
                self.model.add(seen == 8 * b.x[i] - 8 * chosen.low)
            part = self.model.new_int_var(0, UNIT, "")
            self.model.add(2 * (part * width - UNIT * seen) <= width)
            self.model.add(2 * (part * width - UNIT * seen) >= -width)
            self.parts[i].append(part)
        self.answers[code], self.builders[code] = b.x, b

    def present(self, task: marginals.Task) -> list[bool]:
        """Which of the statements that may be given up hold for the present answers."""
        s = self.setting
        stated = marginals.state(task, s.published, s.units[task.code], np.random.default_rng(0), firm=False)
        b = stated.builder
        for i, x in b.x.items():
            b.model.add(x == round(float(self.column(task.code)[i]) * task.scale))
        b.model.minimize(sum(stated.objective))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(b.model) != cp_model.OPTIMAL:
            raise RuntimeError(f"{task.code}: the present answers break a statement that is never given up")
        return [solver.boolean_value(switch) for switch in stated.kept]

    def _links(self) -> None:
        """Answers that need another one of the same sub-area, or may not exceed it."""
        for child, parent in marginals.NEEDS.items():
            if child not in self.builders or parent not in self.builders:
                continue
            given, needed = self.builders[child].positive(), self.builders[parent].positive()
            for i, switch in given.items():
                if i not in needed:
                    self.model.add(switch == 0)
                    continue
                self.model.add_implication(switch, needed[i])
                if child in marginals.SAME_PLACES:
                    self.model.add_implication(needed[i], switch)
        for code, bound in marginals.AT_MOST.items():
            if code in self.answers and bound in self.answers:
                for i, x in self.answers[code].items():
                    if i in self.answers[bound]:
                        self.model.add(x <= self.answers[bound][i])

    def _scores(self) -> dict[int, cp_model.IntVar]:
        out = {}
        for i, parts in self.parts.items():
            if parts:
                k = len(parts)
                out[i] = self.model.new_int_var(0, UNIT, "")
                off = sum([k * out[i], *(-1 * part for part in parts)])
                self.model.add(2 * off <= k)
                self.model.add(2 * off >= -k)
        return out

    def solve(self, limit: float, box: int | None, aims: np.ndarray | None) -> tuple[str, pd.DataFrame | None]:
        """Answers whose scores have the printed statistics and lie near the aims, so that areas have theirs.

        `limit` in deterministic seconds; no score lies further than `box` from its aim; `aims` (42 × 25) are the
        present scores if left out.
        """
        columns = self.setting.published.columns
        column = columns.index(self.sub)
        printed = self.setting.published.scores[:, column]
        add_column(self.model, self.scores, self.setting.rows, printed, guard=1)
        wanted = (score_matrix(self.normalised, list(self.table.columns), columns) if aims is None else aims)[:, column]
        gaps = []
        for i, score in self.scores.items():
            aim = int(np.rint(wanted[i] * UNIT))
            gap = self.model.new_int_var(0, UNIT if box is None else box, "")
            self.model.add(gap >= score - aim)
            self.model.add(gap >= aim - score)
            gaps.append(gap)
        self.model.minimize(sum([*(PRICE_OF_UNIT * gap for gap in gaps), *self.price]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 3
        solver.parameters.max_deterministic_time = limit
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return solver.status_name(status), None
        return solver.status_name(status), self.read(solver)

    def read(self, solver: cp_model.CpSolver) -> pd.DataFrame:
        """The whole table with the answers that the solver found."""
        out = self.table.copy()
        for code, answers in self.answers.items():
            scale = self.setting.scale(code)
            for i, x in answers.items():
                out.iloc[i, self.place[code]] = solver.value(x) / scale
        return out


def statements_held(table: pd.DataFrame, sub: str, setting: Setting) -> int:
    """How many of the printed counts, ranks and totals of a sub-area's indicators the answers give."""
    model = Model(table, sub, setting, {}, 0, empty=True)
    return sum(sum(model.present(model.task(code))) for code in model.codes if setting.numeric(code))


def solve_subarea(
    table: pd.DataFrame, sub: str, setting: Setting, seed: int, aims: np.ndarray
) -> tuple[pd.DataFrame, int]:
    """Answers of one sub-area with as many of its 114 printed statistics as found, and how many these are.

    Printed statements about single indicators that hold now go on to hold; only where nothing else is found may some be
    given up, and only if every one of them brings `WORTH` statistics of the score.
    """
    best, most = table, hits(table, sub, setting)
    rng = np.random.default_rng(seed)
    undecided: list[Factors] = []
    full = len(setting.rows) * 6
    held = statements_held(table, sub, setting)

    def attempt(factors: Factors, limit: float, box: int | None = None, *, may_give_up: bool = False) -> None:
        nonlocal best, most
        if most == full:
            return
        model = Model(table, sub, setting, factors, seed, may_give_up=may_give_up)
        status, found = model.solve(limit, box, aims)
        if found is not None and (n := hits(found, sub, setting)) > most:
            lost = held - statements_held(found, sub, setting)
            if WORTH * lost <= n - most:
                best, most = found, n
        if status == "UNKNOWN":
            undecided.append(factors)

    for box in BOXES:
        attempt({}, LONG, box)
    others = fences_to_try(table, sub, setting, rng)[1:]
    for factors in others:
        if len(undecided) < UNDECIDED:
            attempt(factors, SHORT)
    for factors in [f for f in undecided if f][:LONG_ATTEMPTS]:
        attempt(factors, LONG)
    for factors in ({}, *others[:GIVING_UP]):
        attempt(factors, SHORT, may_give_up=True)
    return best, most


def hold_sectors(model: Model, code: str) -> None:
    """Keep the sector totals of an indicator within `SECTOR_SLACK` of those that the printed sector means give."""
    b, scale = model.builders[code], model.setting.scale(code)
    sector = model.setting.design.labels["sector"]
    for name, (mean, _) in marginals.sector_targets(model.setting.published, code).items():
        inside = [b.x[i] for i in b.who if sector[i] == SECTORS.index(name)]
        total = mean * len(inside) * scale
        model.model.add(sum(inside) >= int(np.floor(total * (1 - SECTOR_SLACK))))
        model.model.add(sum(inside) <= int(np.ceil(total * (1 + SECTOR_SLACK))))


def restore_sectors(table: pd.DataFrame, setting: Setting, seed: int, progress: Callable[[str], None]) -> pd.DataFrame:
    """Bring sector means back that cannot all hold exactly and were given up for scores.

    No more score statistics are missed than before; an indicator for which no such answers are found stays as it is.
    """
    out = table
    sector = setting.design.labels["sector"]
    for code in map(str, table.columns):
        targets = marginals.sector_targets(setting.published, code)
        off = [
            abs(float(table[code][sector == SECTORS.index(name)].mean()) / mean - 1) if mean else 0.0
            for name, (mean, decimals) in targets.items()
            if abs(float(table[code][sector == SECTORS.index(name)].mean()) - mean) > 0.51 * 10.0**-decimals
        ]
        if not off or max(off) <= SECTOR_SLACK or not setting.numeric(code):
            continue
        sub = code.rsplit(".", 1)[0]
        for factors in fences_to_try(out, sub, setting, np.random.default_rng(seed))[:RESTORING]:
            model = Model(out, sub, setting, factors, seed)
            hold_sectors(model, code)
            _, found = model.solve(SHORT, None, None)
            if found is not None and missed(found, setting) <= missed(out, setting):
                out = found
                progress(f"{code}: sector means within {100 * SECTOR_SLACK:.1f}% again")
                break
    return out


def _job(arguments: tuple[pd.DataFrame, str, Setting, int, np.ndarray]) -> tuple[str, pd.DataFrame, int]:
    table, sub, setting, seed, aims = arguments
    found, n = solve_subarea(table, sub, setting, seed, aims)
    return sub, found[_inside(table, sub)], n


def solve_all(
    table: pd.DataFrame,
    setting: Setting,
    seed: int,
    aims: np.ndarray,
    *,
    processes: int,
    progress: Callable[[str], None],
) -> pd.DataFrame:
    """Solve the sub-areas that miss statistics, beside each other, near their aims (42 × 25)."""
    out = table.copy()
    open_ = missing_subareas(table, setting)
    with ProcessPoolExecutor(processes) as pool:
        for sub, part, n in pool.map(_job, [(table, sub, setting, seed, aims) for sub in open_]):
            progress(f"sub-area {sub}: {hits(table, sub, setting)} → {n} of {len(setting.rows) * 6} score statistics")
            out[part.columns] = part
    return out


def missing_subareas(table: pd.DataFrame, setting: Setting) -> tuple[str, ...]:
    """Sub-areas some of whose statistics are missed."""
    subs = list(dict.fromkeys(str(c).rsplit(".", 1)[0] for c in table.columns))
    return tuple(sub for sub in subs if hits(table, sub, setting) < len(setting.rows) * 6)
