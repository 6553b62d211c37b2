"""Partitions near the optimum, found by bounds that go on from one another, against all partitions there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from analysis.cooperation.communities import canonical, exact_partitions, modularity
from analysis.cooperation.graph import Graph, make_graph

TOLERANCE = 0.08


def random_graph(seed: int) -> Graph:
    """Eight nodes and some weighted edges: often in several components, some nodes without any."""
    rng, names = np.random.default_rng(seed), "abcdefgh"
    pairs = [(a, b) for a in names for b in names if a < b and rng.random() < 0.3]
    return make_graph(names, [(a, b, float(rng.integers(1, 5))) for a, b in pairs])


def partitions(n: int) -> Iterator[list[int]]:
    """All ways to divide n things: each joins a group of those before, or begins one."""
    if n == 0:
        yield []
        return
    for labels in partitions(n - 1):
        for group in range(max(labels, default=-1) + 2):
            yield [*labels, group]


@pytest.mark.parametrize("seed", range(6))
def test_partitions_are_those_that_enumeration_finds(seed: int) -> None:
    graph = random_graph(seed)
    connected = {}
    for labels in partitions(8):
        groups = [[i for i in range(8) if labels[i] == c] for c in set(labels)]
        if all(graph.igraph.subgraph(group).is_connected() for group in groups):
            connected[tuple(canonical(graph.nodes, labels).tolist())] = modularity(graph, labels)
    top = max(connected.values())
    near = {labels for labels, q in connected.items() if q >= top - TOLERANCE}
    found = exact_partitions(graph, tolerance=TOLERANCE, most=1000, rng=np.random.default_rng(1))
    assert found.complete
    assert {tuple(row) for row in found.labels.tolist()} == near
    assert found.q[0] == pytest.approx(top)
