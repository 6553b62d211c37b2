"""Communities: the exact optimum of modularity, every partition nearly as good, and agreement with known groups.

Heuristics (Louvain) find different partitions in different runs. A graph of this size needs no luck: the optimum is
found by branch and bound on the linear relaxation and proved, and so is the list of near-optimal partitions, which
shows how much of the optimum is arbitrary. Q = Σ_c [w_c/m - (d_c/2m)²], w_c the weight within community c, d_c the
sum of its strengths.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import igraph
import numpy as np
import pandas as pd
from ortools.linear_solver import pywraplp
from sklearn.metrics import adjusted_rand_score

from analysis.config import Communities
from analysis.contingency import pairs_together
from analysis.cooperation.graph import Graph
from analysis.errors import MethodError


def modularity(graph: Graph, labels: Sequence[int] | np.ndarray) -> float:
    """Newman's Q of a partition; `labels` in the order of the graph's nodes. 0 for a graph without edges."""
    member = np.asarray(labels)
    strength = graph.strength
    two_m = strength.sum()
    if not two_m:
        return 0.0
    i, j = graph.index.T
    inside = graph.weights[member[i] == member[j]].sum()
    return float(2 * inside / two_m - (np.bincount(member, weights=strength) ** 2).sum() / two_m**2)


def louvain(graph: Graph, *, tries: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Labels and Q of the best of several Louvain runs, nodes in another order each time: a lower bound."""
    best, found = -np.inf, np.zeros(len(graph.nodes), dtype=int)
    made = graph.igraph
    for _ in range(tries):
        order = rng.permutation(len(graph.nodes))
        # igraph draws from a generator of the whole process, which nobody else may have seeded.
        igraph.set_random_number_generator(random.Random(order.tobytes()))
        shuffled = made.permute_vertices(order.tolist())
        member = shuffled.community_multilevel(weights="weight").membership
        labels = np.empty(len(order), dtype=int)
        labels[order] = member
        q = modularity(graph, labels)
        if q > best + 1e-12:
            best, found = q, labels
    return found, float(best)


@dataclass(frozen=True)
class Partitions:
    """Partitions of one graph, best first.

    `labels` (n_partitions, n_nodes): communities numbered by size, then by first node; `q` their modularity, the first
    one the proven maximum. `complete` tells whether every partition within the tolerance is listed.
    """

    nodes: tuple[str, ...]
    labels: np.ndarray
    q: np.ndarray
    complete: bool

    def table(self) -> pd.DataFrame:
        """Columns partition (1 = best), q, node, community (1 = largest)."""
        rows = [
            {"partition": k, "q": float(q), "node": node, "community": int(label)}
            for k, (q, row) in enumerate(zip(self.q, self.labels, strict=True), start=1)
            for node, label in zip(self.nodes, row, strict=True)
        ]
        return pd.DataFrame(rows)


def canonical(nodes: Sequence[str], labels: Sequence[int] | np.ndarray) -> np.ndarray:
    """Number communities from 1 by (-size, first node), so that a rerun never renames one."""
    member = np.asarray(labels)
    groups = [np.flatnonzero(member == c) for c in np.unique(member)]
    groups.sort(key=lambda g: (-len(g), min(nodes[i] for i in g.tolist())))
    out = np.zeros(len(member), dtype=int)
    for number, group in enumerate(groups, start=1):
        out[group] = number
    return out


class _Component:
    """One connected component: y_ij = 1 where i and j share a community; Q is linear in y.

    The linear relaxation with its triangle inequalities (added where they are broken) bounds Q from above and is nearly
    always whole. Since communities are connected, a partition is known from the edges it joins and cuts: branching
    fixes edges only, and a branch is left when its bound is below what is asked for.
    """

    def __init__(self, graph: Graph, nodes: list[int], two_m: float, strength: np.ndarray, weight: np.ndarray) -> None:
        self.n = len(nodes)
        self.ids = np.zeros((self.n, self.n), dtype=int)
        upper = np.triu_indices(self.n, 1)
        self.ids[upper] = np.arange(len(upper[0]))
        self.ids += self.ids.T
        inner = weight[np.ix_(nodes, nodes)]
        gain = 2 * (inner - np.outer(strength[nodes], strength[nodes]) / two_m) / two_m
        self.gain = gain[upper]
        self.edges = [(int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(inner, 1)), strict=True)]
        self.triples = np.array(list(combinations(range(self.n), 3)), dtype=int).reshape(-1, 3)
        self.cuts: set[tuple[int, int, int]] = set()
        # One linear programme, changed from bound to bound: each solution starts from the basis of the one before.
        self.programme = pywraplp.Solver.CreateSolver("GLOP")
        self.programme.SetSolverSpecificParametersAsString("use_preprocessing: false use_dual_simplex: true")
        self.y = [self.programme.NumVar(0, 1, "") for _ in self.gain]
        for y, value in zip(self.y, self.gain.tolist(), strict=True):
            self.programme.Objective().SetCoefficient(y, value)
        self.programme.Objective().SetMaximization()

    def bound(self, low: np.ndarray, high: np.ndarray) -> tuple[float, np.ndarray]:
        """Largest gain of the relaxation between bounds of y, and its y; -inf where nothing is possible."""
        i, j, k = self.triples.T
        sides = self.ids[i, j], self.ids[j, k], self.ids[i, k]
        for y, least, most in zip(self.y, low.tolist(), high.tolist(), strict=True):
            y.SetBounds(least, most)
        while True:
            status = self.programme.Solve()
            if status == pywraplp.Solver.INFEASIBLE:
                return -np.inf, low
            if status != pywraplp.Solver.OPTIMAL:
                raise MethodError(f"modularity: the linear program was not solved (status {status} of OR-Tools)")
            found = np.array([y.solution_value() for y in self.y])
            broken = 0
            for a, b, c in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
                excess = found[sides[a]] + found[sides[b]] - found[sides[c]] - 1
                worst = np.flatnonzero(excess > 1e-7)
                broken += len(worst)
                for t in worst[np.argsort(-excess[worst], kind="stable")][:2000]:
                    self._cut(int(sides[a][t]), int(sides[b][t]), int(sides[c][t]))
            if not broken:
                return self.programme.Objective().Value(), found

    def _cut(self, one: int, two: int, third: int) -> None:
        """Who is with two others is with both: where the first two share communities, so does the third pair."""
        if (one, two, third) not in self.cuts:
            self.cuts.add((one, two, third))
            row = self.programme.Constraint(-np.inf, 1)
            for at, sign in ((one, 1), (two, 1), (third, -1)):
                row.SetCoefficient(self.y[at], sign)

    def _whole(self, joined: set[tuple[int, int]]) -> tuple[float, list[int]] | None:
        """Partition whose communities are held together by exactly the joined edges, and its gain."""
        parts = igraph.Graph(n=self.n, edges=sorted(joined)).connected_components().membership
        if any((parts[i] == parts[j]) != ((i, j) in joined) for i, j in self.edges):
            return None
        member = np.array(parts)
        upper = np.triu_indices(self.n, 1)
        return float(self.gain[member[upper[0]] == member[upper[1]]].sum()), parts

    def best(self, floor: float, loss: float, most: int) -> tuple[list[tuple[float, list[int]]], bool]:
        """Partitions with a gain within `loss` of the best, best first; `floor` is a gain known to be reached.

        The second value tells whether that is all of them, or only `most`.
        """
        found: list[tuple[float, list[int]]] = []
        best = floor
        complete = True
        stack = [(np.zeros(len(self.gain)), np.ones(len(self.gain)))]
        while stack:
            low, high = stack.pop()
            value, y = self.bound(low, high)
            if value < best - loss - 1e-9:
                continue
            open_edges = [e for e in self.edges if low[self.ids[e]] != high[self.ids[e]]]
            if not open_edges:
                whole = self._whole({e for e in self.edges if low[self.ids[e]] == 1})
                if whole is not None and whole[0] >= best - loss - 1e-9:
                    best = max(best, whole[0])
                    found.append(whole)
                    if len(found) > 4 * most:
                        found = sorted(found, key=lambda item: -item[0])[: 2 * most]
                        complete = False
                continue
            edge = max(open_edges, key=lambda e: (min(y[self.ids[e]], 1 - y[self.ids[e]]), e))
            first = round(float(y[self.ids[edge]]))
            for side in (1 - first, first):  # the side that the relaxation prefers is looked at first
                a, b = low.copy(), high.copy()
                a[self.ids[edge]] = b[self.ids[edge]] = side
                stack.append((a, b))
        kept = sorted((f for f in found if f[0] >= best - loss - 1e-9), key=lambda item: (-item[0], item[1]))
        return kept[:most], complete and len(kept) <= most


def exact_partitions(
    graph: Graph, *, tolerance: float, most: int, rng: np.random.Generator, largest: int = 80
) -> Partitions:
    """Find the partition with the highest modularity, and all whose Q is within `tolerance` of it.

    Communities are connected, and nodes without edges are communities of their own. Each component is solved by itself
    (no optimal community spans two), with the Q of the whole graph.

    Parameters
    ----------
    tolerance
        Largest loss of Q of a near-optimal partition.
    most
        At most so many partitions are listed; `complete` says whether there are more.
    largest
        Components with more nodes are refused; use `louvain`, and say that it is a lower bound.

    Raises
    ------
    MethodError
        A component is too large, or the graph has no edges.
    """
    strength = graph.strength
    if not strength.any():
        raise MethodError("modularity: the graph has no edges, so it has no communities")
    weight = graph.adjacency.toarray()
    parts = sorted((sorted(p) for p in graph.igraph.connected_components()), key=lambda p: (-len(p), p))
    if len(parts[0]) > largest:
        raise MethodError(
            f"modularity: a component has {len(parts[0])} nodes, the exact optimum is meant for at most {largest}; "
            "set cooperation.communities.rule: louvain"
        )
    complete = True
    sets: list[tuple[float, dict[int, tuple[int, int]]]] = [(0.0, {})]
    for number, nodes in enumerate(parts):
        one = _Component(graph, nodes, float(strength.sum()), strength, weight)
        upper = np.triu_indices(len(nodes), 1)
        labels, _ = louvain(graph, tries=20, rng=rng)
        inside = labels[nodes]
        floor = float(one.gain[inside[upper[0]] == inside[upper[1]]].sum())
        found, all_of_them = one.best(floor, tolerance, most)
        complete &= all_of_them
        top = found[0][0]
        joined = [
            (loss + top - q, {**have, **{v: (number, label[i]) for i, v in enumerate(nodes)}})
            for loss, have in sets
            for q, label in found
            if loss + top - q <= tolerance + 1e-12
        ]
        joined.sort(key=lambda item: item[0])
        complete &= len(joined) <= most
        sets = joined[:most]
    rows = []
    for _, have in sets:
        keys = sorted(set(have.values()))
        rows.append(canonical(graph.nodes, [keys.index(have[i]) for i in range(len(graph.nodes))]))
    labels = np.array(rows)
    q = np.array([modularity(graph, row) for row in labels])
    return Partitions(graph.nodes, labels, q, complete)


def agreements(
    found: Partitions, groups: Mapping[str, Mapping[str, str]], *, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Columns groups, n, ari, p: `agreement` of the best partition with each of several groupings."""
    rows = [
        {"groups": name, **agreement(found.nodes, found.labels[0].tolist(), known, draws=draws, rng=rng)}
        for name, known in groups.items()
    ]
    return pd.DataFrame(rows)


def find(graph: Graph, settings: Communities, *, rng: np.random.Generator) -> Partitions:
    """Partitions by the rule of the method; Louvain gives one, never `complete`.

    Raises
    ------
    MethodError
        As `exact_partitions`.
    """
    if settings.rule == "exact":
        return exact_partitions(graph, tolerance=settings.tolerance, most=settings.most, rng=rng)
    labels, q = louvain(graph, tries=settings.tries, rng=rng)
    return Partitions(graph.nodes, canonical(graph.nodes, labels)[None, :], np.array([q]), False)


def together(partitions: Partitions) -> pd.DataFrame:
    """Share of the listed partitions in which two nodes share a community, (n, n)."""
    same = np.mean([row[:, None] == row[None, :] for row in partitions.labels], axis=0)
    return pd.DataFrame(same, index=partitions.nodes, columns=partitions.nodes)


def agreement(
    nodes: Sequence[str], labels: Iterable[int], groups: Mapping[str, str], *, draws: int, rng: np.random.Generator
) -> dict[str, float]:
    """Adjusted Rand index of a partition with known groups, and its p under groups dealt out at random.

    Returns
    -------
    dict
        n (nodes with a known group), ari, p (one-sided: (1 + draws at least as high)/(draws + 1)).
    """
    pairs = [(label, groups[node]) for node, label in zip(nodes, labels, strict=True) if node in groups]
    ours = np.unique([p[0] for p in pairs], return_inverse=True)[1]
    known = np.unique([p[1] for p in pairs], return_inverse=True)[1]
    # The sizes of groups stay, so the index rises and falls with the pairs of nodes in one group of both.
    drawn = pairs_together(ours, rng.permuted(np.tile(known, (draws, 1)), axis=1))
    higher = int((drawn >= pairs_together(ours, known[None, :])).sum())
    return {"n": len(pairs), "ari": float(adjusted_rand_score(known, ours)), "p": (1 + higher) / (draws + 1)}
