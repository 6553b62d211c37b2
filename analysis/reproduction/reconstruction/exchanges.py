"""Answers moved and exchanged between respondents until the score tables hold, everything else printed kept true.

`prepare` puts answers, links, ranges and printed statistics into arrays; `kernel.anneal` does the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import marginals, options, scoring
from analysis.reproduction.reconstruction.assignment import STRATEGY, make_task, normalise, score_matrix, strategy_base
from analysis.reproduction.reconstruction.groups import REGRESSION, Design
from analysis.reproduction.reconstruction.kernel import anneal
from analysis.reproduction.reconstruction.published import DIMENSIONS, GROUPS, SECTORS, N, Published

MAY_MISS = ("II.3.4", "II.4.2", "II.5.3", "III.1.8", "III.1.9", "III.2.3", "V.3.2")
# what these answers are made of (options, kinds, levels) fits the present set of values
SET_KEPT = ("III.2.7", "IV.1.6")
SUM_KEPT = ("total", "mean_positive", "total_upper_bound")
ROUGH = {"thousand_pln": 0.02, "million_pln": 0.02}
ROUGH_COUNTS = 0.005
WIDE = 1e15


@dataclass(frozen=True)
class Setting:
    """What does not change: design, printed statistics, units, enterprises, indicators with an open option."""

    design: Design
    published: Published
    units: dict[str, str]
    enterprises: np.ndarray
    with_other: frozenset[str]
    decided: dict[tuple[str, bytes], bool] = field(default_factory=dict)

    @property
    def rows(self) -> list[np.ndarray]:
        """Members of the 19 groups."""
        return scoring.group_rows(self.design.labels)

    def numeric(self, code: str) -> bool:
        """Whether mean, median and benchmark are printed."""
        return bool(self.published.indicators.at[code, "mean"])

    def scale(self, code: str) -> int:
        """Answers are multiples of 1/scale."""
        if code == STRATEGY:
            return 1
        if not self.numeric(code):
            return 2
        return marginals.SCALE.get(code, marginals.SCALE_BY_UNIT.get(self.units[code], 1))

    def firm(self, task: marginals.Task) -> bool:
        """Whether the sector means of an indicator are demanded (they can hold); decided once."""
        key = (task.code, task.answered.tobytes())
        if key not in self.decided:
            self.decided[key] = marginals.possible(task, self.published, self.units[task.code])
        return self.decided[key]


def outside(table: pd.DataFrame, setting: Setting) -> np.ndarray:
    """Distance of every score statistic from its printed range (19 × 25 × 6)."""
    published = setting.published
    scores = score_matrix(normalise(table.to_numpy(float)), list(table.columns), published.columns)
    found = scoring.measures(scoring.extend(scores), scoring.padded(setting.rows))
    return np.maximum(np.abs(found - published.scores) - scoring.TOLERANCE - 1e-9, 0.0)


def _links(codes: list[str]) -> dict[str, np.ndarray]:
    number = {c: j for j, c in enumerate(codes)}
    parent, same = np.full(len(codes), -1), np.zeros(len(codes), int)
    below, above = np.full(len(codes), -1), np.full(len(codes), -1)
    for child, needed in marginals.NEEDS.items():
        parent[number[child]] = number[needed]
        same[number[child]] = 1 if child in marginals.SAME_PLACES else 2 if child == "V.3.2" else 0
    for code, bound in marginals.AT_MOST.items():
        below[number[code]], above[number[bound]] = number[bound], number[code]
    return {"parent": parent, "same": same, "below": below, "above": above}


def _ranges(table: pd.DataFrame, setting: Setting) -> dict[str, np.ndarray]:
    """Cells, bounds, classes and ranges of sums of every indicator."""
    codes = list(table.columns)
    n_j = len(codes)
    design, published = setting.design, setting.published
    values = {c: table[c].to_numpy(float) for c in codes}
    free_values = values | {p: np.ones(N) for p in marginals.NEEDS.values()}
    free_values |= {p: np.full(N, 1e8) for p in marginals.AT_MOST.values()}
    cells: list[dict[int, tuple[int, int]]] = []
    out = {
        "free": np.zeros(n_j, bool),
        "may_miss": np.array([c in MAY_MISS for c in codes]),
        "fixed": np.zeros((n_j, N), bool),
        "classes": np.zeros((n_j, N), int),
        "class_low": np.full((n_j, 2 * len(SECTORS)), -WIDE),
        "class_high": np.full((n_j, 2 * len(SECTORS)), WIDE),
        "total_low": np.full(n_j, -WIDE),
        "total_high": np.full(n_j, WIDE),
        "weights": np.zeros((n_j, N)),
        "weight_low": np.full(n_j, -WIDE),
        "weight_high": np.full(n_j, WIDE),
        "low": np.zeros((n_j, N), int),
        "high": np.full((n_j, N), 10**12),
        "rough": np.zeros(n_j),
    }
    sector, kkk = design.labels["sector"], design.labels["kkk"]
    for j, code in enumerate(codes):
        present = ~np.isnan(values[code])
        scaled = np.where(present, np.rint(np.nan_to_num(values[code]) * setting.scale(code)), 0)
        if not setting.numeric(code):
            cells.append({})
            if code == STRATEGY:
                base = strategy_base(design)
                out["low"][j], out["high"][j] = base, np.where(base > 0, base + len(options.SCOPE_SHARES), 0)
                out["free"][j] = True
                out["total_low"][j] = out["total_high"][j] = float(scaled.sum())
            if code == "IV.2.2":
                out["classes"][j] = sector
                _keep_sums(out, j, scaled, present)
            continue
        task = make_task(
            code, free_values, present, np.zeros(N), design, published, setting.units[code], setting.enterprises,
            set(setting.with_other),
        )  # fmt: skip
        stated = marginals.state(task, published, setting.units[code], np.random.default_rng(0), firm=False)
        builder = stated.builder
        found = {t: int((scaled[present] >= t).sum()) for t in (*builder.order, *builder.counted)}
        order = {t: (min(low, found[t]), max(high, found[t])) for t, (low, high) in builder.order.items()}
        cells.append(order | {t: (found[t], found[t]) for t in builder.counted})
        out["low"][j] = np.minimum(task.lower, np.where(present, scaled, task.lower))
        out["high"][j] = np.maximum(np.minimum(task.upper, builder.top), np.where(present, scaled, 0))
        kinds = {f.kind for f in published.facts if f.code == code and not f.label}
        n = int(present.sum())
        now = float(scaled.sum())
        mean, _, _, decimals, _ = marginals.printed_triple(published, code, setting.units[code])
        low, high = marginals.interval(mean, decimals, n * setting.scale(code))
        if code in options.SHARES and code in setting.with_other:  # further named options add to the ticked ones
            low = max(low, sum(options.column_counts(code)))
        elif kinds & set(SUM_KEPT) or code in options.SHARES:
            low = high = int(now)
        out["total_low"][j], out["total_high"][j] = min(low, now), max(high, now)
        targets = marginals.sector_targets(published, code)
        if code == "II.3.1":  # the mean of key clusters is printed, too
            out["classes"][j] = 2 * sector + kkk
            _keep_sums(out, j, scaled, present)
        elif targets:
            out["classes"][j] = sector
            for s, name in enumerate(SECTORS):
                inside = present & (sector == s)
                value, decimals = targets[name]
                low, high = marginals.interval(value, decimals, inside.sum() * setting.scale(code), half_up=True)
                total = float(scaled[inside].sum())
                out["class_low"][j, s], out["class_high"][j, s] = min(low, total), max(high, total)
        out["free"][j] = code not in SET_KEPT
        if task.shares is not None:
            full = scaled == task.shares
            out["fixed"][j] = full & present
            out["high"][j] = np.where(full, out["high"][j], np.minimum(out["high"][j], task.shares - 1))
            out["weights"][j] = np.round(100000 / task.shares)
            total = float((out["weights"][j] * scaled)[present].sum())
            share = task.extra["mean_share"]
            out["weight_low"][j] = min((share - 0.45) * 1000 * n, total)
            out["weight_high"][j] = max((share + 0.45) * 1000 * n, total)
        if code == "IV.4.1":
            out["fixed"][j, int(np.argmax(design.members))] = True
        out["rough"][j] = ROUGH.get(setting.units[code], ROUGH_COUNTS)
    width = max(len(c) for c in cells)
    out |= {
        "cells": np.full((n_j, width), 10**15),
        "n_cells": np.array([len(c) for c in cells]),
        "cell_low": np.zeros((n_j, width), int),
        "cell_high": np.full((n_j, width), N),
    }
    for j, order in enumerate(cells):
        for k, t in enumerate(sorted(order)):
            out["cells"][j, k] = t
            out["cell_low"][j, k], out["cell_high"][j, k] = order[t]
    return out


def _keep_sums(out: dict[str, np.ndarray], j: int, scaled: np.ndarray, present: np.ndarray) -> None:
    for k in np.unique(out["classes"][j]):
        total = float(scaled[present & (out["classes"][j] == k)].sum())
        out["class_low"][j, k] = out["class_high"][j, k] = total


def _lists(codes: list[str], design: Design) -> dict[str, np.ndarray]:
    """Numbers of ticks by option, in falling order, for the indicators that count options or add up levels."""
    n_j = len(codes)
    out = {
        "lists": np.zeros(n_j, int),
        "list_base": np.zeros((n_j, N), int),
        "list_parents": np.zeros(n_j, int),
        "list_children": np.zeros((n_j, 16), int),
        "n_children": np.zeros(n_j, int),
        "list_others": np.zeros((n_j, 16), int),
        "n_others": np.zeros(n_j, int),
    }
    for j, code in enumerate(codes):
        children: list[int] = []
        if code == STRATEGY:
            out["lists"][j] = 1
            out["list_base"][j] = strategy_base(design)
            counts = [options.count_of(s, int((design.labels["strategy"] > 0).sum())) for s in options.SCOPE_SHARES]
        elif code == "II.6.2":
            out["lists"][j] = 2
            counts = [options.count_of(s, N) for s in options.LEVELS]
        elif code in options.SHARES:
            out["lists"][j] = 1
            counts = options.column_counts(code)
            first, last, parent = options.NESTED.get(code, (0, 0, -1))
            children = sorted(counts[first:last], reverse=True)
            if parent >= 0:
                out["list_parents"][j] = counts[parent]
            counts = [n for k, n in enumerate(counts) if not first <= k < last and k != parent]
        else:
            continue
        out["list_children"][j, : len(children)], out["n_children"][j] = children, len(children)
        out["list_others"][j, : len(counts)] = sorted(counts, reverse=True)
        out["n_others"][j] = len(counts)
    return out


def _first(dimension: str) -> int:
    """Number of the first group of a dimension among the 19 groups."""
    return 1 + sum(len(GROUPS[d]) for d in DIMENSIONS[: DIMENSIONS.index(dimension)])


def _groups(setting: Setting) -> dict[str, np.ndarray]:
    labels = setting.design.labels
    rows = setting.rows
    return {
        "group_of": np.stack([np.zeros(N, int)] + [_first(d) + labels[d] for d in DIMENSIONS], axis=1),
        "group_members": np.minimum(scoring.padded(rows), N - 1),
        "group_size": np.array([len(r) for r in rows]),
    }


def search(
    table: pd.DataFrame,
    setting: Setting,
    *,
    seed: int,
    steps: int,
    hot: float,
    cold: float,
    only: tuple[str, ...] = (),
) -> tuple[pd.DataFrame, float]:
    """Exchange and shift answers until the score tables fit; every statement about single indicators stays as it is.

    Parameters
    ----------
    table : 42 × 90 answers in printed units, NaN where there is none
    steps : number of steps (about 2 µs each)
    hot, cold : first and last temperature, in missed statistics
    only : sub-areas whose answers may change (default: all)

    Returns
    -------
    The best answers, and the price of what they miss: one for every statistic outside its printed range and for every
    0.01 of its distance, and the distance from the printed regression line.
    """
    codes = list(table.columns)
    published = setting.published
    columns = list(published.columns)
    raw = table.to_numpy(float).T
    scales = np.array([setting.scale(c) for c in codes])
    present = ~np.isnan(raw)
    answers = np.where(present, np.rint(np.nan_to_num(raw) * scales[:, None]), 0).astype(np.int64)
    areas = [c for c in columns if "." not in c and c != "ALL"]
    ranges = _ranges(table, setting)
    movable = [
        j
        for j, c in enumerate(codes)
        if (not only or c.rsplit(".", 1)[0] in only) and len(np.unique(answers[j][present[j]])) > 1
    ]
    line = np.array(
        [
            [REGRESSION["slope"], 0.00005, 0.0001],
            [REGRESSION["intercept"], 0.00005, 0.002],
            [REGRESSION["r2"], 0.00005, 0.005],
        ]
    )
    arrays = {
        **ranges,
        **_links(codes),
        **_lists(codes, setting.design),
        **_groups(setting),
        "of_sub": np.array([columns.index(c.rsplit(".", 1)[0]) for c in codes]),
        "of_area": np.array([columns.index(c.split(".")[0]) for c in codes]),
        "all_column": columns.index("ALL"),
        "areas": np.array([columns.index(a) for a in areas]),
        "printed": published.scores,
        "members": setting.design.members.astype(float),
        "line": line,
        "pool": np.array(movable),
    }
    names = (
        "cells", "n_cells", "cell_low", "cell_high", "lists", "list_base", "list_parents", "list_children",
        "n_children", "list_others", "n_others", "free", "may_miss", "fixed", "classes", "class_low", "class_high",
        "total_low", "total_high", "weights", "weight_low", "weight_high", "low", "high", "parent", "same", "below",
        "above", "of_sub", "of_area", "all_column", "areas", "group_of", "group_members", "group_size", "printed",
        "members", "line", "rough", "pool",
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    arguments = (answers, present, *(arrays[n] for n in names), rng, steps, hot, cold, max(steps // 10, 1))
    found, given, price = anneal(*arguments)
    values = np.where(given, found / scales[:, None], np.nan).T
    out = pd.DataFrame(values, columns=codes)
    return out, float(price)


def _job(arguments: tuple[pd.DataFrame, Setting, dict[str, Any]]) -> tuple[pd.DataFrame, float]:
    table, setting, how = arguments
    return search(table, setting, **how)


def best_of(
    table: pd.DataFrame, setting: Setting, seeds: Sequence[int], *, processes: int, **how: Any
) -> tuple[pd.DataFrame, float]:
    """Run `search` with several seeds beside each other and keep the best; the first seed wins a tie."""
    with ProcessPoolExecutor(processes) as pool:
        found = list(pool.map(_job, [(table, setting, {**how, "seed": seed}) for seed in seeds]))
    return min(found, key=lambda f: f[1])
