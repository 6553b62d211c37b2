"""Figures of speed: each as a ratio to a plain pandas version of the same work, run in turn in one process.

Run with `make bench`. Nothing here is a test: a busy machine changes seconds, hardly the ratios.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
from analysis.cooperation import communities, measures, robustness
from analysis.cooperation.brokerage import brokerage
from analysis.cooperation.graph import make_graph
from analysis.cooperation.small_world import small_world
from analysis.framework import load_framework
from analysis.opinions.counts import closed_items, count_answers
from analysis.opinions.estimates import estimate

PLAIN_DRAWS = 20
ROOT = Path(__file__).resolve().parents[1]


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


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """Median seconds of two functions, run in turn so that both meet the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, record in zip((first, second), times, strict=True):
            start = time.perf_counter()
            function()
            record.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def monte_carlo(indicators: pd.DataFrame, framework: pd.DataFrame, structure: Structure, method: Method) -> None:
    """Print the figures of 10,000 replications of 42 × 90 → 19 → 5 → 1, and of the plain way."""
    every = method.uncertainty.inputs
    few = {name: every[name] for name in ("multiple", "indicator_weights", "indicator")}
    print(f"\n{'10,000 replications, 42 × 90':<44}{'engine s':>10}{'plain s':>10}{'ratio':>8}")
    for label, inputs in (("multiple, weights, one indicator left out", few), ("all inputs of the edition", every)):
        changed = method.model_copy(update={"uncertainty": method.uncertainty.model_copy(update={"inputs": inputs})})
        problem = make_problem(indicators, structure, changed, seed=method.seed)
        values = resolve(problem, draw_uniform(problem, 10_000, rng=np.random.default_rng(method.seed)))
        run_draws(problem, values.head(10))
        if inputs is every:
            start = time.perf_counter()
            run_draws(problem, values)
            print(f"{label:<44}{time.perf_counter() - start:>10.2f}{'–':>10}{'–':>8}")
            continue
        some = values.head(PLAIN_DRAWS)
        np.testing.assert_allclose(run_draws(problem, some)[..., -1], plain_draws(problem, some, framework), atol=1e-12)
        ours, plain = alternate(
            lambda p=problem, v=values: run_draws(p, v),
            lambda p=problem, v=some: plain_draws(p, v, framework),
            rounds=3,
        )
        each = 10_000 / PLAIN_DRAWS
        print(f"{label:<44}{ours:>10.2f}{plain * each:>10.1f}{ours / plain / each:>8.4f}")
    print(f"largest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    print(f"(the plain way is timed on {PLAIN_DRAWS} draws, checked to give the same scores, and scaled)")


def plain_draws(problem: Problem, values: pd.DataFrame, framework: pd.DataFrame) -> Array:
    """Overall scores of draws the plain way, (n_draws, n_units); their weights are made by the engine."""
    shown = describe(problem, values)
    scores = []
    for row, seeds in zip(shown.to_dict("records"), values.to_dict("records"), strict=True):
        noise = weight_noise(problem, {str(k): v for k, v in seeds.items()})[: len(framework)]
        weights = pd.Series(noise, index=framework.index)
        scores.append(plain_draw(problem.indicators, framework, row["multiple"], weights, row["indicator"]))
    return np.array(scores)


def linear_fit(sizes: list[int], seconds: list[float]) -> str:
    """Slope of log seconds on log units: 1 is linear time."""
    slope, _ = np.polyfit(np.log(sizes), np.log(seconds), 1)
    return f"seconds grow with units to the power {slope:.2f} ({sizes[0]:,}–{sizes[-1]:,})"


def cooperation(seed: int) -> None:
    """Print the seconds of all measures on a random graph of 10,000 nodes and 50,000 ties."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(10_000, size=(53_000, 2))
    ends = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    ends = ends[rng.permutation(len(ends))[:50_000]]
    names = np.array([f"n{i:05d}" for i in range(10_000)])
    pairs = [(a, b, 1.0) for a, b in names[ends].tolist()]
    graph = make_graph(names.tolist(), pairs)
    groups = dict(zip(names.tolist(), map(str, rng.integers(6, size=len(names))), strict=True))
    steps: dict[str, Callable[[], object]] = {
        "node measures": lambda: measures.node_measures(graph),
        "graph measures, E-I, assortativity": lambda: measures.whole_measures(graph, groups, groups),
        "brokerage": lambda: brokerage(graph, groups),
        "small world, 1 draw": lambda: small_world(graph, draws=1, rng=rng),
        "R, random and degree, 20 draws": lambda: [
            robustness.removal_curves(graph, attack, draws=20, rng=rng) for attack in ("random", "degree")
        ],
        "communities, 5 runs of Louvain": lambda: communities.louvain(graph, tries=5, rng=rng),
    }
    print(f"\n{f'graph of {len(graph.nodes):,} nodes, {len(graph.edges):,} ties':<44}{'seconds':>10}")
    total = 0.0
    for label, step in steps.items():
        start = time.perf_counter()
        step()
        total += time.perf_counter() - start
        print(f"{label:<44}{time.perf_counter() - start:>10.1f}")
    print(f"{'all':<44}{total:>10.1f}")


def survey(seed: int, respondents: int = 1_000_000) -> None:
    """Print the seconds and memory of a large survey: text answers to all shares, ratings, cross-tables, intervals."""
    code = f"from benchmarks.run import survey_alone; survey_alone({seed}, {respondents})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)


def survey_alone(seed: int, respondents: int) -> None:
    """Draw answers to every closed question of the members' codebook, tabulate them, print what it took.

    Runs in a process of its own, so that the memory is that of the survey and its answers.
    """
    framework = load_framework(ROOT / "data")
    codebook, lists = framework.codebooks["members"], framework.option_lists
    rng = np.random.default_rng(seed)
    names = np.array([f"C{i:05d}" for i in range(respondents // 18)], dtype=object)
    columns = {"respondent_id": pd.Series(names[rng.integers(len(names), size=respondents)], dtype="str")}
    for item in closed_items(codebook, lists):
        options = np.array([*item.options, ""], dtype=object)
        columns[item.name] = pd.Series(options[rng.integers(len(options), size=respondents)], dtype="str")
    answers = pd.DataFrame(columns, copy=False)
    dimensions = load_method("default", ROOT / "config").opinions.dimensions
    known = framework.cross_sections.groupby("dimension")["group"].agg(list)
    groups = pd.DataFrame({d: rng.choice(known[d], len(names)) for d in dimensions}, index=names)
    start, worked = time.perf_counter(), time.process_time()
    counts = count_answers(answers, codebook, lists, cluster="respondent_id")
    counted = time.perf_counter() - start
    made = estimate(counts, groups)
    total, worked = time.perf_counter() - start, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{respondents:,} respondents in {len(names):,} clusters, {len(counts.items)} questions as text")
    print(f"counting {counted:.1f} s; all of it {total:.1f} s for {len(made):,} numbers with intervals")
    print(
        f"processor time of all threads {worked:.1f} s (a busy machine stretches the seconds above, and this a little)"
    )
    print(f"largest memory, answers included: {memory:.2f} GB")


def individual_reports() -> None:
    """Print the seconds of all individual reports: notebooks, then pages, PDFs and archives, on two processes."""
    build = ROOT / "build/2024"
    if not (build / "43_resilience/units.csv").is_file():
        print("individual reports: not measured, run `make report` first")
        return
    from analysis.publish.individual import build_individual
    from analysis.publish.publication import open_publication

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "workflow/scripts/run_individual.py", "--build", "build/2024", "--jobs", "2"]
        command += ["--log", f"{folder}/individual.log", "-p", "edition", "2024", "-p", "method", "default"]
        command += ["-p", "data_dir", "../data", "-p", "build_dir", "../build/2024"]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        notebooks = time.perf_counter() - start
        made = build_individual(open_publication(ROOT, build, 2024), Path(folder) / "out")
        total = time.perf_counter() - start
    print(
        f"\n{len(made)} individual reports: {total:.1f} s (notebooks {notebooks:.1f} s, limit 60 s on two quiet cores)"
    )


def main() -> int:
    """Print the figures."""
    framework = load_framework(ROOT / "data").indicators
    structure = Structure.from_hierarchy(framework)
    method = load_method("default", ROOT / "config")
    rng = np.random.default_rng(method.seed)
    print(f"{'index of n units × 90':<28}{'engine s':>10}{'plain s':>10}{'ratio':>8}")
    measured = {}
    for n in (42, 1_000, 5_000, 20_000, 100_000):
        values = np.round(rng.lognormal(2, 1, (n, len(framework))), 1)
        x = pd.DataFrame(values, columns=framework.index).rename_axis("respondent_id")
        reference = plain_scores(x, framework)
        engine = build_index(x, structure, method).scores
        np.testing.assert_allclose(engine[reference.columns], reference, atol=1e-12)
        ours, plain = alternate(
            lambda x=x: build_index(x, structure, method),
            lambda x=x: plain_scores(x, framework),
            rounds=7 if n < 50_000 else 3,
        )
        measured[n] = ours
        print(f"{n:<28}{ours:>10.4f}{plain:>10.4f}{ours / plain:>8.2f}")
    sizes = [n for n in measured if n >= 1_000]
    print(linear_fit(sizes, [measured[n] for n in sizes]))
    cooperation(method.seed)
    survey(method.seed)
    individual_reports()
    built = ROOT / "build/2024/20_indicators/indicators.csv"
    if built.is_file():
        monte_carlo(pd.read_csv(built).set_index("respondent_id"), framework, structure, method)
    else:
        print("Monte Carlo: not measured, run `make report` first")
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "analysis.cli", "build"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and "up to date" in done.stdout:
        print(f"build with nothing to do: {time.perf_counter() - start:.1f} s")
    else:
        print("build with nothing to do: not measured, run `make report` first")
    return 0


if __name__ == "__main__":
    sys.exit(main())
