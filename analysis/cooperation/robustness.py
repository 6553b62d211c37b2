"""How a graph falls apart: R, which node holds it together, which missing tie would help most.

R = (1/N) Σ_{k=1}^{N} S(k), where S(k) is the share of the N nodes in the largest component after k removals
(Schneider et al. 2011, PNAS 108, 3838). A complete graph has (N-1)/2N, a star (N-1)/N², whatever the N.

Attacks: `random` (every order as likely), `degree` (the node with most partners left goes next, counted anew after
every removal), `betweenness` (likewise). Nodes that tie are taken in random order, and R is the mean over the draws:
an order by name would make R depend on names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import numba
import numpy as np
import pandas as pd

from analysis.cooperation.graph import Graph
from analysis.errors import MethodError

Attack = Literal["random", "degree", "betweenness"]


@numba.njit(cache=True)
def _percolate(indptr: np.ndarray, indices: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Size of the largest component after each of n removals, (n,): nodes come back in reverse and are joined."""
    n = len(order)
    parent = np.arange(n)
    size = np.ones(n, np.int64)
    here = np.zeros(n, np.bool_)
    out = np.zeros(n, np.int64)
    largest = 0
    for k in range(n - 1, -1, -1):
        out[k] = largest
        v = order[k]
        here[v] = True
        if largest == 0:
            largest = 1
        for e in range(indptr[v], indptr[v + 1]):
            u = indices[e]
            if here[u]:
                a, b = v, u
                while parent[a] != a:
                    parent[a] = parent[parent[a]]
                    a = parent[a]
                while parent[b] != b:
                    parent[b] = parent[parent[b]]
                    b = parent[b]
                if a != b:
                    if size[a] < size[b]:
                        a, b = b, a
                    parent[b] = a
                    size[a] += size[b]
                    largest = max(largest, size[a])
    return out


@numba.njit(cache=True)
def _degree_order(indptr: np.ndarray, indices: np.ndarray, priority: np.ndarray) -> np.ndarray:
    """Order of removal by the number of partners left; of nodes that tie the one with the smaller priority goes first.

    Nodes stand in buckets of their degree; a bucket is a heap of priorities, stale entries are passed over.
    """
    n = len(priority)
    degree = indptr[1:] - indptr[:-1]
    left = degree.copy()
    top = 0
    for v in range(n):
        top = max(top, degree[v])
    start = np.zeros(top + 2, np.int64)  # a node enters the bucket of every degree it ever has, at most once
    for v in range(n):
        for d in range(degree[v] + 1):
            start[d + 1] += 1
    for d in range(top + 1):
        start[d + 1] += start[d]
    heap = np.empty(start[-1], np.int64)
    count = np.zeros(top + 1, np.int64)
    gone = np.zeros(n, np.bool_)
    out = np.empty(n, np.int64)
    for v in range(n):
        _push(heap, start[degree[v]], count, degree[v], v, priority)
    level = top
    for k in range(n):
        while True:
            while count[level] == 0:
                level -= 1
            v = _pop(heap, start[level], count, level, priority)
            if not gone[v] and left[v] == level:
                break
        gone[v] = True
        out[k] = v
        for e in range(indptr[v], indptr[v + 1]):
            u = indices[e]
            if not gone[u]:
                left[u] -= 1
                _push(heap, start[left[u]], count, left[u], u, priority)
    return out


@numba.njit(cache=True)
def _push(heap: np.ndarray, at: int, count: np.ndarray, level: int, v: int, priority: np.ndarray) -> None:
    i = count[level]
    heap[at + i] = v
    count[level] += 1
    while i > 0:
        up = (i - 1) // 2
        if priority[heap[at + up]] <= priority[heap[at + i]]:
            break
        heap[at + up], heap[at + i] = heap[at + i], heap[at + up]
        i = up


@numba.njit(cache=True)
def _pop(heap: np.ndarray, at: int, count: np.ndarray, level: int, priority: np.ndarray) -> int:
    first = heap[at]
    count[level] -= 1
    n = count[level]
    heap[at] = heap[at + n]
    i = 0
    while True:
        low = 2 * i + 1
        if low >= n:
            break
        if low + 1 < n and priority[heap[at + low + 1]] < priority[heap[at + low]]:
            low += 1
        if priority[heap[at + i]] <= priority[heap[at + low]]:
            break
        heap[at + low], heap[at + i] = heap[at + i], heap[at + low]
        i = low
    return int(first)


@numba.njit(cache=True)
def _curves(indptr: np.ndarray, indices: np.ndarray, priorities: np.ndarray, by_degree: bool) -> np.ndarray:
    out = np.empty(priorities.shape, np.int64)
    order = np.empty(priorities.shape[1], np.int64)
    for d in range(len(priorities)):
        if by_degree:
            order = _degree_order(indptr, indices, priorities[d])
        else:
            for v in range(len(order)):
                order[priorities[d, v]] = v
        out[d] = _percolate(indptr, indices, order)
    return out


def _structure(n: int, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours of all nodes in one array, and where each node's begin."""
    both = np.concatenate([index, index[:, ::-1]]) if len(index) else np.empty((0, 2), np.int64)
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))]).astype(np.int64)
    return indptr, np.ascontiguousarray(both[:, 1], dtype=np.int64)


def _betweenness_orders(graph: Graph, priorities: np.ndarray) -> list[np.ndarray]:
    """Orders of removal by betweenness in what is left, one for each row of priorities.

    Draws differ only where nodes tie, so most of what is left has been seen before. Where no node lies between others
    any more, only complete components are left, and the order of the rest is that of the priorities.
    """
    first: dict[int, np.ndarray] = {}  # removed nodes, as bits → those of the others that tie for the first place
    orders = []
    for priority in priorities:
        removed, order = 0, list[int]()
        while len(order) < len(priority):
            if removed not in first:
                rest = graph.igraph.copy()
                rest.delete_vertices(order)
                value = np.round(rest.betweenness(), 9)
                left = np.setdiff1d(np.arange(len(priority)), order)
                first[removed] = left[(value == value.max()) & (value > 0)]
            best = first[removed]
            if not len(best):
                left = np.setdiff1d(np.arange(len(priority)), order)
                order += left[np.argsort(priority[left])].tolist()
                break
            chosen = int(best[np.argmin(priority[best])])
            order.append(chosen)
            removed |= 1 << chosen
        orders.append(np.array(order))
    return orders


def removal_curves(graph: Graph, attack: Attack, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Share of nodes in the largest component after k = 1 … N removals, (draws, N).

    Raises
    ------
    MethodError
        The graph has no nodes, or the attack is unknown.
    """
    n = len(graph.nodes)
    if not n or attack not in ("random", "degree", "betweenness"):
        raise MethodError(f"removal curves: {n} nodes, attack {attack!r}; use random, degree or betweenness")
    priorities = np.array([rng.permutation(n) for _ in range(draws)])
    indptr, indices = _structure(n, graph.index)
    if attack == "betweenness":
        return np.array([_percolate(indptr, indices, order) for order in _betweenness_orders(graph, priorities)]) / n
    return _curves(indptr, indices, priorities, attack == "degree") / n


def r_index(graph: Graph, attack: Attack, *, draws: int, rng: np.random.Generator) -> float:
    """R, the mean over draws of the mean of the removal curve; at most (N-1)/2N."""
    return float(removal_curves(graph, attack, draws=draws, rng=rng).mean())


def node_losses(graph: Graph) -> pd.DataFrame:
    """What the graph loses with each node.

    Returns
    -------
    DataFrame
        Indexed by node: pieces (components more than before, among the others), largest_lost (nodes, itself not
        counted, that leave the largest component), pairs_lost (percent of the connected pairs of other nodes that are
        cut).
    """
    rows = []
    for v in range(len(graph.nodes)):
        sizes = graph.igraph.connected_components()
        own = sizes.sizes()
        member = sizes.membership[v]
        rest = graph.igraph.copy()
        rest.delete_vertices(v)
        after = rest.connected_components().sizes()
        pairs_before = sum(s * (s - 1) / 2 for s in own) - (own[member] - 1)
        pairs_after = sum(s * (s - 1) / 2 for s in after)
        largest = max(own) - (1 if own[member] == max(own) else 0)
        rows.append(
            {
                "pieces": len(after) - (len(own) - (1 if own[member] == 1 else 0)),
                "largest_lost": largest - max(after, default=0),
                "pairs_lost": 100 * (pairs_before - pairs_after) / pairs_before if pairs_before else 0.0,
            }
        )
    return pd.DataFrame(rows, index=pd.Index(graph.nodes, name="node"))


def best_ties(
    graph: Graph,
    candidates: Sequence[str],
    attack: Literal["random", "degree"],
    *,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """R with each missing tie between two candidates added, best first.

    All are tried against the same draws, so that differences do not come from chance.

    Returns
    -------
    DataFrame
        Columns a, b, r, gain (r less the R of the graph as it is).
    """
    n = len(graph.nodes)
    priorities = np.array([rng.permutation(n) for _ in range(draws)])
    present = {tuple(row) for row in graph.index.tolist()}
    before = float((_curves(*_structure(n, graph.index), priorities, attack == "degree") / n).mean())
    place = {node: i for i, node in enumerate(graph.nodes)}
    rows = []
    for a, b in combinations(sorted(candidates), 2):
        i, j = sorted((place[a], place[b]))
        if (i, j) in present:
            continue
        index = np.concatenate([graph.index, [[i, j]]])
        r = float((_curves(*_structure(n, index), priorities, attack == "degree") / n).mean())
        rows.append({"a": a, "b": b, "r": r, "gain": r - before})
    table = pd.DataFrame(rows, columns=["a", "b", "r", "gain"])
    return table.sort_values(["gain", "a", "b"], ascending=[False, True, True], kind="stable").reset_index(drop=True)


def compare_attacks(
    graphs: Mapping[tuple[str, str], Graph], *, draws: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """R and mean removal curve of several graphs under all attacks.

    Parameters
    ----------
    graphs
        By graph and expansion.

    Returns
    -------
    tuple of DataFrames
        graph, expansion, attack, r, limit (R of a complete graph); and graph, expansion, attack, removed, share
        (0–100).
    """
    rows, curves = [], []
    for (name, expansion), graph in graphs.items():
        n = len(graph.nodes)
        start = max(graph.igraph.connected_components().sizes()) / n
        attacks: tuple[Attack, ...] = ("random", "degree", "betweenness")
        for attack in attacks:
            shares = removal_curves(graph, attack, draws=draws, rng=rng)
            head = {"graph": name, "expansion": expansion, "attack": attack}
            rows.append({**head, "r": shares.mean(), "limit": (n - 1) / (2 * n)})
            mean = 100 * np.concatenate([[start], shares.mean(axis=0)])
            curves.append(pd.DataFrame({**head, "removed": np.arange(n + 1), "share": mean}))
    return pd.DataFrame(rows), pd.concat(curves, ignore_index=True)


def after_removal(graph: Graph, removed: Sequence[str], *, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """What is left of the graph without each of some nodes, one at a time.

    Returns
    -------
    DataFrame
        Indexed by node: degree, largest (percent of the other nodes in the largest component), r (R of the rest under
        removal by degree).
    """
    names = list(graph.nodes)
    rows = []
    for node in removed:
        v = names.index(node)
        rest = graph.index[(graph.index != v).all(axis=1)]
        rest = rest - (rest > v)
        n = len(names) - 1
        priorities = np.array([rng.permutation(n) for _ in range(draws)])
        without = graph.igraph.copy()
        without.delete_vertices(v)
        largest = max(without.connected_components().sizes(), default=0)
        r = float((_curves(*_structure(n, rest), priorities, True) / n).mean())
        rows.append({"degree": int(graph.igraph.degree(v)), "largest": 100 * largest / n, "r": r})
    return pd.DataFrame(rows, index=pd.Index(list(removed), name="node"))
