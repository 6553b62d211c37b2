"""Small-world coefficients σ and ω of the largest component, against references that keep every degree."""

from __future__ import annotations

import igraph
import numpy as np

from analysis.cooperation.graph import Graph
from analysis.cooperation.measures import largest_component
from analysis.errors import MethodError

SWAPS_PER_EDGE = 10


def _seeded(rng: np.random.Generator) -> None:
    """Give igraph a generator of our own: its rewiring takes no seed as an argument."""
    import random

    igraph.set_random_number_generator(random.Random(int(rng.integers(2**32))))


def rewired(graph: igraph.Graph, *, rng: np.random.Generator) -> igraph.Graph:
    """Return a copy with edges swapped at random: same degrees, no loops or double edges."""
    copy = graph.copy()
    _seeded(rng)
    copy.rewire(n=SWAPS_PER_EDGE * copy.ecount())
    return copy


def latticised(graph: igraph.Graph, *, rng: np.random.Generator) -> igraph.Graph:
    """Return a copy with edges swapped only where that shortens them on a ring of the nodes (Sporns and Zwi 2004)."""
    n, edges = graph.vcount(), [sorted(e) for e in graph.get_edgelist()]
    place = rng.permutation(n)
    linked = {tuple(e) for e in edges}

    def far(a: int, b: int) -> int:
        gap = abs(int(place[a]) - int(place[b]))
        return min(gap, n - gap)

    for i, j, flip in zip(
        rng.integers(len(edges), size=2 * SWAPS_PER_EDGE * len(edges)).tolist(),
        rng.integers(len(edges), size=2 * SWAPS_PER_EDGE * len(edges)).tolist(),
        rng.integers(2, size=2 * SWAPS_PER_EDGE * len(edges)).tolist(),
        strict=True,
    ):
        (a, b), (c, d) = edges[i], edges[j] if not flip else edges[j][::-1]
        if len({a, b, c, d}) < 4 or far(a, d) + far(c, b) >= far(a, b) + far(c, d):
            continue
        new = (min(a, d), max(a, d)), (min(c, b), max(c, b))
        if new[0] in linked or new[1] in linked:
            continue
        linked -= {tuple(edges[i]), tuple(edges[j])}
        linked |= set(new)
        edges[i], edges[j] = list(new[0]), list(new[1])
    return igraph.Graph(n=n, edges=edges)


def small_world(graph: Graph, *, draws: int, rng: np.random.Generator) -> dict[str, float]:
    """Return σ, ω and what they are made of: clustering, path_length, their means in random graphs, lattice_clustering.

    Where random graphs or the lattice have no triangles, σ or ω is NaN: there is nothing to compare with.

    Raises
    ------
    MethodError
        The largest component has fewer than four nodes.
    """
    inside = graph.subgraph(largest_component(graph)).igraph
    if inside.vcount() < 4:
        raise MethodError(f"small world: the largest component has {inside.vcount()} nodes, at least 4 are needed")
    clustering, length = inside.transitivity_avglocal_undirected(mode="zero"), inside.average_path_length()
    random = [rewired(inside, rng=rng) for _ in range(draws)]
    c_random = float(np.mean([g.transitivity_avglocal_undirected(mode="zero") for g in random]))
    l_random = float(np.mean([g.average_path_length() for g in random]))
    lattice = [latticised(inside, rng=rng) for _ in range(max(1, draws // 10))]
    c_lattice = float(np.mean([g.transitivity_avglocal_undirected(mode="zero") for g in lattice]))
    return {
        "clustering": clustering,
        "path_length": length,
        "random_clustering": c_random,
        "random_path_length": l_random,
        "lattice_clustering": c_lattice,
        "sigma": (clustering / c_random) / (length / l_random) if c_random else float("nan"),
        "omega": l_random / length - clustering / c_lattice if c_lattice else float("nan"),
    }
