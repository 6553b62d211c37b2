"""The index of n units × 90 indicators, and thousands of draws of its method, against plain pandas in the same run."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.composite.draws import (
    Array,
    Problem,
    describe,
    draw_uniform,
    make_problem,
    resolve,
    run_draws,
    weight_noise,
)
from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import Method, load_method
from analysis.framework import load_framework
from benchmarks.harness import ROOT, Row, growth, keep, load, peak_mb

SIZES = (42, 1_000, 5_000, 20_000, 50_000, 100_000)
PLAIN_DRAWS = 20
DRAWS = 10_000


def plain_scores(x: pd.DataFrame, framework: pd.DataFrame) -> pd.DataFrame:
    """The published method as one would type it in a notebook: a loop over columns, a groupby over codes."""
    out = {}
    for code in x.columns:
        q1, q3 = x[code].quantile([0.25, 0.75])
        column = x[code] if q1 == q3 else x[code].clip(upper=q3 + 1.5 * (q3 - q1))
        out[code] = (column - column.min()) / (column.max() - column.min())
    normalised = pd.DataFrame(out)
    subareas = normalised.T.groupby(framework["subarea"]).mean().T
    areas = normalised.T.groupby(framework["area"]).mean().T
    return pd.concat([subareas, areas, areas.mean(axis=1).rename("ALL")], axis=1)


def plain_index(x: pd.DataFrame, framework: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Scores, ranks, and the cells that capping changed, which an index is read with, typed the same way."""
    scores = plain_scores(x, framework)
    parts = []
    for code in x.columns:
        q1, q3 = x[code].quantile([0.25, 0.75])
        fence = q3 + 1.5 * (q3 - q1)
        raw = x[code][x[code] > fence] if q1 != q3 else x[code].iloc[:0]
        parts.append(pd.DataFrame({"unit": raw.index, "code": code, "raw": raw.to_numpy(), "treated": fence}))
    return scores, scores.rank(ascending=False, method="min"), pd.concat(parts, ignore_index=True)


def plain_draw(x: pd.DataFrame, framework: pd.DataFrame, k: float, weights: pd.Series, dropped: str) -> pd.Series:
    """One draw of cap multiple, weights and a dropped indicator, typed the same way: the overall score."""
    x = x.drop(columns=dropped) if dropped else x
    framework, weights = framework.loc[x.columns], weights[x.columns]
    out = {}
    for code in x.columns:
        q1, q3 = x[code].quantile([0.25, 0.75])
        column = x[code] if q1 == q3 else x[code].clip(upper=q3 + k * (q3 - q1))
        out[code] = (column - column.min()) / (column.max() - column.min())
    normalised = pd.DataFrame(out)
    sums = normalised.mul(weights).T.groupby(framework["area"]).sum().T
    return (sums / normalised.notna().mul(weights).T.groupby(framework["area"]).sum().T).mean(axis=1)


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int = 7) -> tuple[float, float, float]:
    """Median seconds of the first function, and median processor seconds of both, run in turn on the same machine."""
    clock: list[float] = []
    worked: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, record in zip((first, second), worked, strict=True):
            start, began = time.perf_counter(), time.process_time()
            function()
            record.append(time.process_time() - began)
            if function is first:
                clock.append(time.perf_counter() - start)
    return statistics.median(clock), statistics.median(worked[0]), statistics.median(worked[1])


def plain_draws(problem: Problem, values: pd.DataFrame, framework: pd.DataFrame) -> Array:
    """Overall scores of draws the plain way, (n_draws, n_units); their weights are made by the engine."""
    shown = describe(problem, values)
    scores = []
    for row, seeds in zip(shown.to_dict("records"), values.to_dict("records"), strict=True):
        noise = weight_noise(problem, {str(k): v for k, v in seeds.items()})[: len(framework)]
        weights = pd.Series(noise, index=framework.index)
        scores.append(plain_draw(problem.indicators, framework, row["multiple"], weights, row["indicator"]))
    return np.array(scores)


def scores(framework: pd.DataFrame, structure: Structure, method: Method) -> tuple[list[Row], list[str]]:
    """Rows for the index of ever more units; both ways are checked to give the same scores."""
    rng = np.random.default_rng(method.seed)
    rows = []
    for n in SIZES:
        values = np.round(rng.lognormal(2, 1, (n, len(framework))), 1)
        x = pd.DataFrame(values, columns=framework.index).rename_axis("respondent_id")
        reference, _, changed = plain_index(x, framework)
        made = build_index(x, structure, method)
        np.testing.assert_allclose(made.scores[reference.columns], reference, atol=1e-12)
        assert len(made.treatment_log) == len(changed), "both ways cap the same cells"
        del made, changed
        seconds, ours, plain = alternate(
            lambda x=x: build_index(x, structure, method),
            lambda x=x: plain_index(x, framework),
            rounds=7 if n < 50_000 else 3,
        )
        row = Row(f"{n:,} units × {len(framework)}", seconds, ours, plain / ours, "plain pandas", process_mb=peak_mb())
        rows.append(row)
    large = [(n, row.cpu or row.seconds) for n, row in zip(SIZES, rows, strict=True) if n >= 1_000]
    return rows, [f"Index: {growth('units', large)}."]


def monte_carlo(framework: pd.DataFrame, structure: Structure, method: Method) -> list[Row]:
    """Rows for replications of the edition's index with a few of the uncertain choices, and with all of them."""
    built = ROOT / "build/2024/20_indicators/indicators.csv"
    if not built.is_file():
        raise SystemExit(f"{built} is not there; run `make report` first")
    indicators = pd.read_csv(built).set_index("respondent_id")
    every = method.uncertainty.inputs
    few = {name: every[name] for name in ("multiple", "indicator_weights", "indicator")}
    rows = []
    for label, inputs in (("multiple, weights, one indicator left out", few), ("all uncertain choices", every)):
        changed = method.model_copy(update={"uncertainty": method.uncertainty.model_copy(update={"inputs": inputs})})
        problem = make_problem(indicators, structure, changed, seed=method.seed)
        values = resolve(problem, draw_uniform(problem, DRAWS, rng=np.random.default_rng(method.seed)))
        run_draws(problem, values.head(10))
        row = Row(f"{DRAWS:,} draws: {label}", 0.0)
        rows.append(row)
        if inputs is every:
            start, worked = time.perf_counter(), time.process_time()
            run_draws(problem, values)
            row.seconds, row.cpu = time.perf_counter() - start, time.process_time() - worked
        else:
            some = values.head(PLAIN_DRAWS)
            np.testing.assert_allclose(
                run_draws(problem, some)[..., -1], plain_draws(problem, some, framework), atol=1e-12
            )
            row.seconds, row.cpu, plain = alternate(
                lambda p=problem, v=values: run_draws(p, v),
                lambda p=problem, v=some: plain_draws(p, v, framework),
                rounds=3,
            )
            row.ratio, row.against = plain * DRAWS / PLAIN_DRAWS / row.cpu, "plain pandas"
            row.note = f"the plain way timed on {PLAIN_DRAWS} draws, checked to give the same scores, and scaled"
        row.process_mb = peak_mb()
    return rows


def main() -> int:
    """Measure both."""
    before = load()
    framework = load_framework(ROOT / "data").indicators
    structure = Structure.from_hierarchy(framework)
    method = load_method("default", ROOT / "config")
    drawn = monte_carlo(framework, structure, method)
    rows, notes = scores(framework, structure, method)
    keep("index", "Index and uncertainty", [*rows, *drawn], before, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
