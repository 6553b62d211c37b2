"""All measures of the cooperation graph on random graphs of up to 10,000 nodes, five ties a node."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.config import load_method
from analysis.cooperation import communities, measures, robustness
from analysis.cooperation.brokerage import brokerage
from analysis.cooperation.graph import make_graph
from analysis.cooperation.small_world import small_world
from benchmarks.harness import ROOT, Row, growth, keep, load, peak_mb

SIZES = (1_000, 2_500, 5_000, 10_000)
TIES = 5  # a node


def random_graph(n: int, rng: np.random.Generator) -> tuple[Any, list[str], dict[str, str]]:
    """Return a graph of `n` nodes and `TIES`·n ties drawn evenly, its nodes, and six groups of them."""
    ends = rng.integers(n, size=(TIES * n + n // 2, 2))
    ends = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    ends = ends[rng.permutation(len(ends))[: TIES * n]]
    names = np.array([f"n{i:05d}" for i in range(n)])
    groups = dict(zip(names.tolist(), map(str, rng.integers(6, size=n)), strict=True))
    return make_graph(names.tolist(), [(a, b, 1.0) for a, b in names[ends].tolist()]), names.tolist(), groups


def main() -> int:
    """Measure every step at every size."""
    before, seed = load(), load_method("default", ROOT / "config").seed
    taken: dict[str, list[tuple[int, float]]] = {}
    rows: list[Row] = []
    for n in (200, *SIZES):  # the first one loads and compiles what the others use
        rng = np.random.default_rng(seed)
        graph, _, groups = random_graph(n, rng)
        steps: dict[str, Callable[[], object]] = {
            "node measures": lambda g=graph: measures.node_measures(g),
            "graph measures, E-I, assortativity": lambda g=graph, b=groups: measures.whole_measures(g, b, b),
            "brokerage": lambda g=graph, b=groups: brokerage(g, b),
            "small world, 1 draw": lambda g=graph, r=rng: small_world(g, draws=1, rng=r),
            "robustness, random and degree, 20 draws": lambda g=graph, r=rng: [
                robustness.removal_curves(g, attack, draws=20, rng=r) for attack in ("random", "degree")
            ],
            "communities, 5 runs of Louvain": lambda g=graph, r=rng: communities.louvain(g, tries=5, rng=r),
        }
        start, worked = time.perf_counter(), time.process_time()
        for label, step in steps.items():
            began = time.process_time()
            step()
            if n < SIZES[0]:
                continue
            taken.setdefault(label, []).append((n, time.process_time() - began))
        if n < SIZES[0]:
            continue
        everything = Row(f"all measures, {n:,} nodes, {len(graph.edges):,} ties", time.perf_counter() - start)
        everything.cpu, everything.process_mb = time.process_time() - worked, peak_mb()
        rows.append(everything)
        print(f"{n}: {everything.seconds:.1f} s", flush=True)
    largest = [Row(f"… {label}, {SIZES[-1]:,} nodes", seen[-1][1], seen[-1][1]) for label, seen in taken.items()]
    notes = [f"{label[0].upper()}{label[1:]}: {growth('nodes', seen)}." for label, seen in taken.items()]
    keep("cooperation", "Graph of cooperation", [*rows, *largest], before, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
