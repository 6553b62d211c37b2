"""Values of each numeric indicator: 42 integers (scaled) that give the printed statistics, by CP-SAT.

For one indicator the unknowns are the answers of the respondents. Mean, median, benchmark, totals, counts in comments
and sector means are constraints, each behind a switch with a weight, so that contradictory statements give way in a
fixed order: mean, median and benchmark are kept always, then come sector means, totals, counts of the annex and counts
of the running text. Among the solutions the one nearest to a target is wanted: a skewed shape through the printed order
statistics, the larger values at respondents with larger trial scores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction import options
from analysis.reproduction.reconstruction.published import SECTORS, Fact, Published, decimals_of

# answers are multiples of 1/SCALE of the printed unit (default 1): amounts in 0.1 thousand PLN, halves where they occur
SCALE_BY_UNIT = {"thousand_pln": 10, "million_pln": 10}
SCALE = {"I.1.4": 2, "II.2.1": 2, "V.3.2": 2}
# largest value a closed question admits
CEILING = {"II.3.1": 7, "II.3.2": 4, "II.3.3": 7, "II.6.1": 9, "II.6.2": 26, "II.3.5": 100, "V.3.2": 100}
# numbers of zeros that follow from other statements or are assumed
ZEROS = {"III.2.2": 21, "IV.1.2": 9, "IV.1.4": 5, "I.2.5": 4}
# smallest values shown by the score tables (sub-area minima), and least values of questions that all answered
FLOOR = {"II.6.1": 2, "II.6.2": 7, "II.2.2": 1, "II.4.3": 1, "I.1.1": 60, "I.1.2": 30, "II.3.4": 40, "I.3.1": 20}
# child positive only where parent is positive; BOTH: positive in the same places
NEEDS = {
    "I.2.2": "I.2.1",
    "I.2.4": "I.2.3",
    "II.5.4": "II.5.1",
    "III.1.4": "III.1.3",
    "III.1.5": "III.1.3",
    "III.1.7": "III.1.6",
    "III.1.8": "III.1.6",
    "III.2.1": "III.2.2",
    "III.2.3": "III.2.1",
    "V.1.2": "V.1.1",
    "V.2.3": "V.2.2",
    "V.3.2": "V.3.1",
    "V.3.3": "V.3.1",
    "V.3.5": "V.3.4",
}
# positive exactly where the parent is
SAME_PLACES = ("III.1.4", "III.1.7")
# not more than the members / enterprises of the respondent, or than another answer
AT_MOST_MEMBERS = ("II.5.4", "III.1.4", "III.1.7", "III.2.2", "V.1.2", "V.2.5", "V.2.6", "V.3.5")
AT_MOST_ENTERPRISES = ("II.1.5", "IV.4.1", "IV.4.2", "IV.4.3", "IV.4.4", "V.3.1")
AT_MOST = {"I.1.2": "I.1.1"}
MONEY = {"10 mln zł": 10000.0, "5 mln zł": 5000.0, "1 mln zł": 1000.0, "100 tys. zł": 100.0}

WEIGHT_STATISTIC = 1000
WEIGHT_SECTOR = 120
WEIGHT_TOTAL = 100
WEIGHT_COUNT = 60
WEIGHT_TEXT = 25


def threshold(fact: Fact) -> float | None:
    """Numeric threshold of a counting fact in the unit of the indicator, None when it has none."""
    text = fact.threshold
    if text in MONEY:
        return MONEY[text]
    try:
        return float(text)
    except ValueError:
        return None


def target_shape(
    n: int, mean: float, anchors: dict[int, float], *, low: float, positive_from: int, step: float
) -> np.ndarray:
    """Sorted target values through given order statistics, bent until their mean is near `mean`.

    Parameters
    ----------
    n : number of values
    anchors : position (0-based, sorted ascending) → value; must hold the last position
    low : value at the first positive position when no anchor stands there
    positive_from : number of zeros at the start
    step : smallest distance between answers, used when logs need an offset
    """
    points = {k: v for k, v in anchors.items() if k >= positive_from}
    if positive_from < n and positive_from not in points:
        points[positive_from] = min(low, min(points.values()))
    xs = sorted(points)
    ys = np.maximum.accumulate([points[k] for k in xs])

    def bend(power: float) -> np.ndarray:
        out = np.zeros(n)
        for (a, b), (va, vb) in zip(pairwise(xs), pairwise(ys), strict=True):
            k = np.arange(a, b + 1)
            u = ((k - a) / (b - a)) ** power
            out[a : b + 1] = np.exp(np.log(va + step) * (1 - u) + np.log(vb + step) * u) - step
        if len(xs) == 1:
            out[xs[0] :] = ys[0]
        return out

    lo, hi = 0.05, 30.0
    for _ in range(50):
        mid = np.sqrt(lo * hi)
        if bend(mid).mean() > mean:
            lo = mid
        else:
            hi = mid
    return bend(np.sqrt(lo * hi))


@dataclass
class Task:
    """One indicator to solve: who answers, bounds, scale, links to other answers.

    `aim` (normalised scores wanted, NaN: none) with `keep` (present answers) asks for answers whose scores come near
    the aim while the quartiles, and so the cap of the treatment, stay those of `keep`.
    """

    code: str
    scale: int
    answered: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    must_be_zero: np.ndarray
    must_be_positive: np.ndarray
    activity: np.ndarray
    sector: np.ndarray
    kkk: np.ndarray
    shares: np.ndarray | None = None
    extra: dict[str, float] = field(default_factory=dict)
    aim: np.ndarray | None = None
    keep: np.ndarray | None = None


def printed_triple(published: Published, code: str, unit: str) -> tuple[float, float, float, int, int]:
    """Mean, median, benchmark in one unit, and decimals of mean and median (median of I.2.6 is printed in PLN)."""
    row = {str(k): str(v) for k, v in published.indicators.loc[code].items()}
    mean, median, top = float(row["mean"]), float(row["median"]), float(row["benchmark"])
    dm, dd = decimals_of(row["mean_str"]), decimals_of(row["median_str"])
    if unit == "thousand_pln" and row["unit_median"] == "zł":
        median, dd = median / 1000, 2
    return mean, median, top, dm, dd


def sector_targets(published: Published, code: str) -> dict[str, tuple[float, int]]:
    """Printed sector means of an indicator: sector → (value, decimals); empty when not in Table 10."""
    table = published.sector_means
    part = table[(table["code"] == code) & (table["unit"] != "% of clusters")]
    return {str(r["sector_code"]): (float(r["value"]), int(r["decimals"])) for r in part.to_dict("records")}


class Builder:
    """Variables of one indicator and cached threshold switches."""

    def __init__(self, task: Task, top: int, model: cp_model.CpModel | None = None) -> None:
        self.model = cp_model.CpModel() if model is None else model
        self.task = task
        self.who = [int(i) for i in np.flatnonzero(task.answered)]
        self.x = {}
        for i in self.who:
            high = 0 if task.must_be_zero[i] else int(min(task.upper[i], top))
            low = int(min(max(task.lower[i], 1 if task.must_be_positive[i] else 0), high))
            self.x[i] = self.model.new_int_var(low, high, f"x{i}")
        self.top = top
        self.at_least: dict[int, dict[int, cp_model.IntVar]] = {}
        self.order: dict[int, tuple[int, int]] = {}  # threshold → range of the number of answers at or above it
        self.counted: set[int] = set()  # thresholds of printed counts

    def ge(self, value: int) -> list[cp_model.IntVar]:
        """One switch per respondent: answer >= value."""
        if value not in self.at_least:
            out = {}
            for i in self.who:
                b = self.model.new_bool_var(f"ge{value}_{i}")
                self.model.add(self.x[i] >= value).only_enforce_if(b)
                self.model.add(self.x[i] <= value - 1).only_enforce_if(b.negated())
                out[i] = b
            self.at_least[value] = out
        return list(self.at_least[value].values())

    def positive(self) -> dict[int, cp_model.IntVar]:
        """Switch per respondent: answer above zero."""
        self.ge(1)
        return self.at_least[1]

    def count(self, low: int | None, high: int | None) -> cp_model.LinearExprT:
        """Number of answers in [low, high]."""
        self.counted |= {t for t in (low, None if high is None else high + 1) if t is not None}
        first = sum(self.ge(low)) if low is not None else len(self.who)
        return first - (sum(self.ge(high + 1)) if high is not None else 0)

    def ordered(self, place: int, value: int) -> None:
        """Demand that the sorted answer at `place` (0-based) is `value`; `order` keeps the ranges that follow."""
        n = len(self.who)
        self.model.add(sum(self.ge(value)) >= n - place)
        self.model.add(sum(self.ge(value + 1)) <= n - place - 1)
        for threshold, low, high in ((value, n - place, n), (value + 1, 0, n - place - 1)):
            known = self.order.get(threshold, (0, n))
            self.order[threshold] = (max(low, known[0]), min(high, known[1]))

    def soft(self) -> cp_model.IntVar:
        """Return a new switch."""
        return self.model.new_bool_var("")


def interval(value: float, decimals: int, times: float, *, half_up: bool = False) -> tuple[int, int]:
    """Integer totals whose mean over `times` prints as `value`; `half_up` admits one exactly half a digit below."""
    half = 0.4999 * 10.0**-decimals
    low = 0.5 * 10.0**-decimals if half_up else half
    return int(np.ceil((value - low) * times - 1e-6)), int(np.floor((value + half) * times + 1e-6))


def _steps(target: np.ndarray, scale: int, rng: np.random.Generator) -> np.ndarray:
    """Rounding of amounts: most answers are round figures that grow with their size, some exact to the last digit."""
    steps = np.ones(len(target), int)
    smallest = 2 if scale == 10 else 300
    for i, value in enumerate(np.nan_to_num(target) / scale):
        if value <= smallest or rng.random() < 0.3:
            continue
        magnitude = 10 ** int(np.floor(np.log10(value)))
        share = rng.choice([0.01, 0.05, 0.1, 0.5], p=[0.25, 0.2, 0.4, 0.15])
        steps[i] = max(round(magnitude * share * scale), 1)
    return steps


def solve(task: Task, published: Published, unit: str, rng: np.random.Generator, *, time_limit: float) -> np.ndarray:
    """Answers of one indicator in its printed unit (NaN: no answer).

    Sector means and shares of enterprises are demanded first; only when no answers give them are they only wished for.

    Raises
    ------
    RuntimeError
        Not even mean, median and benchmark can be met within the bounds.
    """
    state = rng.bit_generator.state
    for firm in (True, False):
        rng.bit_generator.state = state
        found = _attempt(task, published, unit, rng, time_limit=time_limit, firm=firm)
        if found is not None:
            return found
    raise RuntimeError(f"{task.code}: no answers give the printed mean, median and benchmark within the bounds")


@dataclass
class Stated:
    """Variables of one indicator under its printed statements.

    `objective` holds the prices of statements given up, `kept` the switches behind them and `kinds` what they state;
    `target` the wanted shape (scaled, one per respondent).
    """

    builder: Builder
    objective: list[cp_model.LinearExprT]
    kept: list[cp_model.IntVar]
    kinds: list[str]
    target: np.ndarray


def state(
    task: Task,
    published: Published,
    unit: str,
    rng: np.random.Generator,
    *,
    firm: bool,
    model: cp_model.CpModel | None = None,
) -> Stated:
    """Put one indicator with everything that is printed about it into a model (a new one unless given).

    With `firm` the sector means and the shares of enterprises hold; else they are wishes.
    """
    code, scale = task.code, task.scale
    mean, median, top_value, dm, _ = printed_triple(published, code, unit)
    top = round(top_value * scale)
    b = Builder(task, top, model)
    model, n, who = b.model, len(b.who), b.who
    total = sum(b.x.values())
    objective: list[cp_model.LinearExprT] = []
    kept: list[cp_model.IntVar] = []
    kinds: list[str] = []
    facts = [f for f in published.facts if f.code == code]

    # benchmark, mean, median
    b.ordered(n - 1, top)
    low, high = interval(mean, dm, n * scale)
    model.add(total >= low)
    model.add(total <= high)
    anchors: dict[int, float] = {n - 1: top}
    zeros = 0
    for f in facts:
        if f.kind == "n_positive" and f.source != "running text" and not f.label and code != "IV.1.8":
            zeros = max(zeros, n - int(float(f.value)))
        if f.kind in ("n_zero",) and not f.label:
            zeros = max(zeros, int(float(f.value)))
    if code == "IV.1.8":
        zeros = n - 20
    if code == "IV.1.5":
        zeros = 14
    if code == "V.1.3":
        zeros = 12
    if code in ("II.5.4", "II.5.5"):
        zeros = n - round(float(next(f.value for f in facts if f.kind == "share_positive")) * n / 100)
    zeros = max(zeros, int((task.must_be_zero & task.answered).sum()), ZEROS.get(code, 0))
    zeros = min(zeros, n - 1)
    m = median * scale
    half = n // 2
    if n % 2:
        b.ordered(half, round(m))
        anchors[half] = m
    else:
        pair = (int(np.floor(m)), int(np.ceil(m)))
        if code == "I.2.6":
            pair = (0, 5)
        elif code == "V.3.3":
            pair = (19, 21)
        elif code == "III.2.2":
            pair = (0, 2) if zeros >= half else (1, 1)
        elif pair[0] == pair[1] and m > 30 * scale and "n_" not in code:
            wide = max(round(m * 0.04), 1)
            pair = (int(m) - wide, int(m) + wide)
        if pair[0] + pair[1] != round(2 * m):
            pair = (int(np.floor(m)), round(2 * m) - int(np.floor(m)))
        b.ordered(half - 1, pair[0])
        b.ordered(half, pair[1])
        if pair[0] > 0 or zeros >= half:
            anchors[half - 1] = pair[0]
        anchors[half] = pair[1]

    # counts, totals, ranks: each may be given up
    def soften(fact: Fact) -> cp_model.IntVar:
        ok = b.soft()
        weight = WEIGHT_TEXT if fact.source == "running text" else WEIGHT_COUNT
        if fact.kind in ("total", "rank"):
            weight = WEIGHT_TOTAL
        objective.append(weight * 100000 * ok.negated())
        kept.append(ok)
        kinds.append(fact.kind)
        return ok

    def equal(expr: cp_model.LinearExprT, value: int, fact: Fact) -> None:
        model.add(expr == value).only_enforce_if(soften(fact))

    for f in facts:
        t = threshold(f)
        ts = None if t is None else round(t * scale)
        if f.kind == "other" or f.label or f.kind.startswith("share_option") or f.kind == "n_option":
            continue
        value = float(f.value) if f.value.replace(".", "").isdigit() else None
        # comments say "further clusters" or count among those that gave a value: zeros do not belong
        positive_only = 1 if ("FURTHER" in f.note or "among" in f.note or "of the providers" in f.note) else 0
        if f.kind == "n_zero" and value is not None:
            equal(b.count(0, 0), int(value), f)
        elif f.kind == "n_zero_fraction":
            equal(b.count(0, 0), 14, f)
        elif f.kind == "n_positive" and value is not None:
            equal(b.count(1, None), int(value), f)
        elif f.kind == "share_positive" and value is not None:
            equal(b.count(1, None), round(value * 42 / 100), f)
        elif f.kind == "n_eq" and ts is not None and "%" not in f.threshold and value is not None:
            equal(b.count(ts, ts), int(value), f)
        elif f.kind == "n_ge" and ts is not None and value is not None:
            equal(b.count(ts, None), int(value), f)
            anchors.setdefault(n - int(value), ts * 1.02)
        elif f.kind == "n_gt" and ts is not None and value is not None:
            equal(b.count(ts + 1, None), int(value), f)
            if value:
                anchors.setdefault(n - int(value), ts * 1.1 + 1)
        elif f.kind == "n_le" and ts is not None and value is not None:
            equal(b.count(positive_only, ts), int(value), f)
            if value:
                anchors.setdefault((zeros if positive_only else 0) + int(value) - 1, ts * 0.9)
        elif f.kind in ("n_lt", "n_lt_positive") and ts is not None and value is not None:
            low_ = 1 if positive_only or f.kind == "n_lt_positive" else 0
            equal(b.count(low_, ts - 1), int(value), f)
            anchors.setdefault((zeros if low_ else 0) + int(value) - 1, ts * 0.8)
        elif f.kind == "n_between" and value is not None:
            a, z = (round(float(v) * scale) for v in f.threshold.split("-"))
            equal(b.count(a if code != "I.1.4" else 1, z), int(value), f)
            if code == "I.1.4":  # nobody between 0 and 1 person: both readings of "1 or 2 persons" hold
                model.add(b.count(1, scale - 1) == 0)
        elif f.kind == "total" and value is not None:
            if code in ("I.1.1", "I.3.1"):
                continue  # rounded totals that follow from the mean and the number of answers
            model.add(total == round(value * scale)).only_enforce_if(soften(f))
        elif f.kind == "rank" and value is not None:
            rank, v = int(f.threshold), round(value * scale)
            ok = soften(f)
            model.add(b.count(v, None) >= rank).only_enforce_if(ok)
            model.add(b.count(v + 1, None) <= rank - 1).only_enforce_if(ok)
            anchors[n - rank] = v
        elif f.kind == "min_positive" and value is not None:
            ok = soften(f)
            v = round(value * scale)
            model.add(b.count(1, v - 1) == 0).only_enforce_if(ok)
            model.add(b.count(v, v) >= 1).only_enforce_if(ok)
            anchors[zeros] = v
        elif f.kind == "mean_positive" and value is not None:
            # printed in millions for amounts; number of positive answers as stated elsewhere
            factor = 1000 if unit == "thousand_pln" else 1
            decimals = len(f.value.split(".")[1]) if "." in f.value else 0
            k = {"III.2.1": 19, "III.2.3": 15, "V.2.5": 20, "V.2.6": 19, "V.3.1": 35, "V.3.2": 23}[code]
            lo_, hi_ = interval(value, decimals, k * scale * factor)
            ok = soften(f)
            model.add(total >= lo_).only_enforce_if(ok)
            model.add(total <= hi_).only_enforce_if(ok)
            model.add(b.count(1, None) == k).only_enforce_if(ok)
            zeros = max(zeros, n - k)
        elif f.kind == "most_le" and ts is not None:
            ok = soften(f)
            model.add(4 * b.count(1, ts) >= 3 * b.count(1, None)).only_enforce_if(ok)
        elif f.kind == "total_upper_bound" and value is not None:
            model.add(total <= round(value * scale)).only_enforce_if(soften(f))

    if code == "III.2.2":
        model.add(b.count(0, 0) == ZEROS[code])
    if code == "II.6.2":
        options.levels_exist(model, list(b.x.values()))
    if code in options.SHARES:
        options.feasible_with(code, b.ge, model, list(b.x.values()), bool(task.extra.get("other")))
    if code in ("II.1.5", "II.3.4"):
        zeros = 0
    # sector means
    sectors = sector_targets(published, code)
    effect = np.zeros(len(task.activity))
    for s, (value, decimals) in sectors.items():
        inside = [i for i in who if task.sector[i] == SECTORS.index(s)]
        if not inside:
            continue
        lo_, hi_ = interval(value, decimals, len(inside) * scale, half_up=True)
        part = sum(b.x[i] for i in inside)
        over = model.new_int_var(0, 0 if firm else 10**10, "")
        model.add(part - hi_ <= over)
        model.add(lo_ - part <= over)
        unit_cost = max(int(WEIGHT_SECTOR * 100000 / max(abs(lo_), scale)), 1)
        objective.append(unit_cost * over)
        wrong = model.new_bool_var("")
        model.add(over == 0).only_enforce_if(wrong.negated())
        objective.append(20 * 100000 * wrong)
        for i in inside:
            effect[i] = np.log((value + 0.1) / (mean + 0.1))
    for key, value in task.extra.items():
        if key == "kkk_total":
            model.add(sum(b.x[i] for i in who if task.kkk[i] == 0) == int(value))

    # target: shape by rank of activity
    rank_by = task.activity + 0.6 * effect + rng.normal(0, 0.15, len(task.activity))
    rank_by = np.where(task.must_be_zero, -100 + rank_by * 0.01, rank_by)
    rank_by = np.where(task.must_be_positive, rank_by + 0.5, rank_by)
    anchors = {k: v for k, v in anchors.items() if 0 <= k < n}
    anchors_below = [v for k, v in anchors.items() if k < n - 2]
    rest = (mean * n * scale - top) / max(n - zeros - 1, 1)
    if n - 2 not in anchors and rest > 0:
        anchors[n - 2] = max(min(0.7 * top, 4.0 * rest), 1.0, *anchors_below)
    low_end = max(int(task.lower.min()), 1, round((m if m > 0 else rest) / 30))
    shape = target_shape(
        n,
        mean * scale,
        anchors,
        low=float(low_end),
        positive_from=min(zeros, n - 1),
        step=1.0,
    )
    target = np.zeros(len(task.activity))
    for place, i in enumerate(sorted(who, key=lambda r: rank_by[r])):
        target[i] = min(shape[place], b.top)
    if task.shares is not None:
        # mean share of the enterprises of each respondent, in percent
        share, decimals, full = task.extra["mean_share"], 0, int(task.extra["full"])
        weight = [round(100000 / task.shares[i]) for i in who]
        lo_ = int((share - 0.45) * 1000 * n)
        hi_ = int((share + 0.45) * 1000 * n)
        expr = sum(w * b.x[i] for w, i in zip(weight, who, strict=True))
        ok = model.new_bool_var("")
        if firm:
            model.add(ok == 1)
        objective.append(WEIGHT_COUNT * 100000 * ok.negated())
        model.add(expr >= lo_).only_enforce_if(ok)
        model.add(expr <= hi_).only_enforce_if(ok)
        equals = []
        for i in who:
            e = model.new_bool_var("")
            model.add(b.x[i] == int(task.shares[i])).only_enforce_if(e)
            model.add(b.x[i] <= int(task.shares[i]) - 1).only_enforce_if(e.negated())
            equals.append(e)
        ok = model.new_bool_var("")
        if firm:
            model.add(ok == 1)
        objective.append(WEIGHT_COUNT * 100000 * ok.negated())
        model.add(sum(equals) == full).only_enforce_if(ok)
    return Stated(b, objective, kept, kinds, target)


def possible(task: Task, published: Published, unit: str) -> bool:
    """Whether the sector means can hold beside the other statements of the indicator (undecided counts as yes)."""
    stated = state(task, published, unit, np.random.default_rng(0), firm=True)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 4.0
    return bool(solver.solve(stated.builder.model) != cp_model.INFEASIBLE)


def _attempt(
    task: Task, published: Published, unit: str, rng: np.random.Generator, *, time_limit: float, firm: bool
) -> np.ndarray | None:
    stated = state(task, published, unit, rng, firm=firm)
    b, objective = stated.builder, stated.objective
    if task.aim is None:
        _near_shape(b, stated.target, _steps(stated.target, task.scale, rng), objective, rng)
    elif task.keep is not None:
        _near_aim(b, task, _steps(task.keep, task.scale, rng), objective)
    b.model.minimize(sum(objective))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    solver.parameters.max_deterministic_time = time_limit
    solver.parameters.relative_gap_limit = 0.02
    if solver.solve(b.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    out = np.full(len(task.activity), np.nan)
    for i in b.who:
        out[i] = solver.value(b.x[i]) / task.scale
    return out


def _near_shape(
    b: Builder, target: np.ndarray, steps: np.ndarray, objective: list[cp_model.LinearExprT], rng: np.random.Generator
) -> None:
    """Wish for answers near a target, most of them in round figures."""
    model, task = b.model, b.task
    steps[rng.permutation(b.who)[:3]] = 1
    for i in b.who:
        if steps[i] > 1 and not task.must_be_zero[i]:
            k = model.new_int_var(0, b.top // int(steps[i]) + 1, "")
            off = model.new_bool_var("")
            model.add(b.x[i] == int(steps[i]) * k).only_enforce_if(off.negated())
            objective.append(30 * off)
            model.add_hint(k, int(target[i] // steps[i]))
        gap = model.new_int_var(0, b.top + 1, "")
        model.add(gap >= b.x[i] - round(target[i]))
        model.add(gap >= round(target[i]) - b.x[i])
        objective.append(max(int(1000 / (target[i] + 0.5 * task.scale)), 1) * gap)
        model.add_hint(b.x[i], int(np.clip(round(target[i]), 0, b.top)))


def _near_aim(b: Builder, task: Task, steps: np.ndarray, objective: list[cp_model.LinearExprT]) -> None:
    """Wish for answers whose normalised scores come near the aim; quartiles, least value and cap stay as they are."""
    assert task.aim is not None and task.keep is not None
    model, n = b.model, len(b.who)
    present = np.sort(np.rint(task.keep[b.who] * task.scale)).astype(int)
    low = int(present[0])
    factor = task.extra.get("cap_factor", 1.0)
    upper_places = sorted({int((n - 1) * 0.75), int(np.ceil((n - 1) * 0.75))})
    for place in upper_places:
        present[place] = round(present[place] * factor)
    present = np.maximum.accumulate(present)
    for place in range(upper_places[0] - 1, -1, -1):
        present[place] = min(present[place], present[place + 1])
    q1, q3 = np.quantile(present, [0.25, 0.75])
    cap = q3 + 1.5 * (q3 - q1) if q3 > q1 else float(present[-1])
    cap = min(cap, float(b.top))
    for x in b.x.values():
        model.add(x >= low)
    model.add(b.count(None, low) >= 1)
    if q3 > q1 and cap < b.top:
        places = set()
        for share in (0.25, 0.75):
            at = (n - 1) * share
            places |= {int(at), int(np.ceil(at))}
        for place in places:
            model.add(b.count(None, int(present[place])) >= place + 1)
            model.add(b.count(int(present[place]), None) >= n - place)
    ceiling = int(np.ceil(cap))
    for i in b.who:
        model.add_hint(b.x[i], round(float(task.keep[i]) * task.scale))
        if steps[i] > 1 and not task.must_be_zero[i]:
            k = model.new_int_var(0, b.top // int(steps[i]) + 1, "")
            off = model.new_bool_var("")
            model.add(b.x[i] == int(steps[i]) * k).only_enforce_if(off.negated())
            objective.append(40 * off)
        if np.isnan(task.aim[i]):
            continue
        want = round(low + float(np.clip(task.aim[i], 0, 1)) * (cap - low))
        seen = b.x[i]
        if ceiling < b.top:
            seen = model.new_int_var(low, ceiling, "")
            model.add_min_equality(seen, [b.x[i], ceiling])
        gap = model.new_int_var(0, ceiling + 1, "")
        model.add(gap >= seen - want)
        model.add(gap >= want - seen)
        objective.append(max(round(20000 / max(cap - low, 1)), 1) * gap)
