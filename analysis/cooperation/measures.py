"""Measures of nodes and of whole graphs. DEFINITIONS says of each what it is, how it is normalised, and who defined it.

Hot measures run in igraph; `backend="networkx"` computes the same numbers a second way (the tests hold them together).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from analysis.cooperation.graph import Graph
from analysis.errors import MethodError

Backend = Literal["igraph", "networkx"]
EIGENVECTOR_DIGITS = 10

# name → (what it is, normalisation, source)
DEFINITIONS: dict[str, tuple[str, str, str]] = {
    "degree": ("number of partners", "none; degree_share divides by N - 1", "Freeman 1979"),
    "strength": ("sum of the weights of a node's edges", "none", "Barrat et al. 2004"),
    "betweenness": (
        "shortest paths between two others that pass through the node",
        "divided by (N-1)(N-2)/2; unweighted",
        "Freeman 1977",
    ),
    "closeness": (
        "nearness to the nodes that can be reached",
        "(r-1)/(sum of distances) · (r-1)/(N-1), r nodes in the component; unweighted",
        "Wasserman and Faust 1994",
    ),
    "eigenvector": (
        "partners count by their own centrality",
        "largest value 1; in the largest component, 0 outside; weighted",
        "Bonacich 1972",
    ),
    "core": (
        "largest k such that the node stays when nodes with fewer than k partners are removed again and again",
        "none",
        "Seidman 1983",
    ),
    "articulation": ("1 if the graph has more components without the node", "0 or 1", "Hopcroft and Tarjan 1973"),
    "constraint": (
        "how far a node's partners are tied to each other: low is freedom to broker",
        "Burt's sum of squares; weighted; missing for a node without partners",
        "Burt 1992",
    ),
    "effective_size": (
        "partners less what is redundant among them",
        "none, at most the degree; weighted; missing for a node without partners",
        "Burt 1992",
    ),
    "bridges": ("edges whose removal leaves more components", "count", "Hopcroft and Tarjan 1973"),
    "density": ("edges among all pairs", "2M/(N(N-1))", "–"),
    "transitivity": (
        "share of two-step paths that are closed",
        "3 · triangles / two-step paths",
        "Newman, Strogatz and Watts 2001",
    ),
    "clustering": (
        "mean over nodes of the density among partners",
        "nodes with one partner count 0",
        "Watts and Strogatz 1998",
    ),
    "path_length": ("mean distance of pairs in the largest component", "unweighted", "Watts and Strogatz 1998"),
    "degree_assortativity": ("correlation of the degrees at both ends of an edge", "-1 to 1", "Newman 2002"),
    "assortativity": (
        "more edges within groups than chance gives",
        "Newman's r, at most 1; edges with both groups known",
        "Newman 2003",
    ),
    "ei": (
        "(edges between - edges within groups) / all edges",
        "-1 to 1; edges with both groups known",
        "Krackhardt and Stern 1988",
    ),
    "sigma": (
        "(C/C of random graphs) / (L/L of random graphs), largest component",
        "above 1: small world; random graphs keep all degrees",
        "Humphries and Gurney 2008",
    ),
    "omega": (
        "L of random graphs/L - C/C of a lattice, largest component",
        "near 0: small world, below: lattice; both references keep all degrees",
        "Telesford et al. 2011",
    ),
    "core_fit": (
        "correlation with an ideal core and periphery",
        "Pearson over pairs; core found exactly",
        "Borgatti and Everett 2000; Lip 2011",
    ),
    "modularity": (
        "edges within communities beyond chance",
        "Newman's Q, weighted; exact maximum",
        "Newman and Girvan 2004; Brandes et al. 2008",
    ),
    "r_index": (
        "mean share of the largest component while nodes are removed one by one",
        "complete graph (N-1)/2N, star (N-1)/N²",
        "Schneider et al. 2011",
    ),
}


def definitions_table() -> pd.DataFrame:
    """Columns measure, definition, normalisation, source: what every number of this package means."""
    rows = [{"measure": k, "definition": d, "normalisation": n, "source": s} for k, (d, n, s) in DEFINITIONS.items()]
    return pd.DataFrame(rows)


def _constraint(graph: Graph, backend: Backend) -> np.ndarray:
    if backend == "networkx":
        found = nx.constraint(graph.networkx, weight="weight")
        return np.array([found[n] for n in graph.nodes], dtype=float)
    degree = np.array(graph.igraph.degree())
    values = np.array(graph.igraph.constraint(weights="weight"), dtype=float)
    return np.where(degree > 0, values, np.nan)


def _effective_size(graph: Graph, backend: Backend) -> np.ndarray:
    """Burt's effective size: Σ_j [1 - Σ_q p_iq m_jq], p a row's share, m relative to the row's largest weight."""
    if backend == "networkx":
        # Asked for single nodes: for all at once networkx 3.6 divides by the maxima of columns instead of rows.
        found = nx.effective_size(graph.networkx, nodes=list(graph.nodes), weight="weight")
        return np.array([found[n] for n in graph.nodes], dtype=float)
    a = graph.adjacency
    degree = np.diff(a.indptr)
    total = np.asarray(a.sum(axis=1)).ravel()
    largest = a.max(axis=1).toarray().ravel()
    p = sparse.diags_array(np.divide(1, total, out=np.zeros_like(total), where=total > 0)) @ a
    m = sparse.diags_array(np.divide(1, largest, out=np.zeros_like(largest), where=largest > 0)) @ a
    redundancy = np.asarray((graph.binary * (p @ m.T)).sum(axis=1)).ravel()
    return np.where(degree > 0, degree - redundancy, np.nan)


def _closeness(graph: Graph) -> np.ndarray:
    """Within its component from igraph, times the share of the graph that can be reached."""
    made = graph.igraph
    size = np.array(made.connected_components().sizes())[np.array(made.connected_components().membership)]
    inner = np.nan_to_num(np.array(made.closeness(normalized=True), dtype=float))
    return inner * (size - 1) / max(len(graph.nodes) - 1, 1)


def _eigenvector(graph: Graph) -> np.ndarray:
    values = np.zeros(len(graph.nodes))
    largest = set(largest_component(graph))
    inside = graph.subgraph(largest)
    if len(inside.edges):
        found = np.abs(np.array(inside.igraph.eigenvector_centrality(weights="weight", scale=True)))
        # The solver starts from a random vector: the digits beyond these differ from run to run.
        found = np.round(found, EIGENVECTOR_DIGITS)
        values[[i for i, n in enumerate(graph.nodes) if n in largest]] = found
    return values


def largest_component(graph: Graph) -> list[str]:
    """Nodes of the largest component, sorted; of several as large the one with the first node."""
    parts = [sorted(graph.nodes[i] for i in part) for part in graph.igraph.connected_components()]
    return max(sorted(parts), key=len) if parts else []


def node_measures(graph: Graph, *, backend: Backend = "igraph") -> pd.DataFrame:
    """Measures of every node.

    Returns
    -------
    DataFrame
        Indexed by node, in the order of the graph: degree, degree_share, strength, betweenness, closeness, eigenvector,
        core, articulation, bridges, constraint, effective_size, component (1 = largest). See `DEFINITIONS`.

    Raises
    ------
    MethodError
        The graph has fewer than three nodes.
    """
    n = len(graph.nodes)
    if n < 3:
        raise MethodError(f"node measures: the graph has {n} nodes, at least 3 are needed")
    strength = graph.strength
    if backend == "igraph":
        made = graph.igraph
        degree = np.array(made.degree())
        between = np.array(made.betweenness()) / ((n - 1) * (n - 2) / 2)
        closeness, eigen, core = _closeness(graph), _eigenvector(graph), np.array(made.coreness())
        cut = np.isin(np.arange(n), made.articulation_points())
        bridges = [tuple(made.es[e].tuple) for e in made.bridges()]
    else:
        g = graph.networkx
        degree = np.array([d for _, d in g.degree()])
        between = np.array(list(nx.betweenness_centrality(g).values()))
        closeness = np.array(list(nx.closeness_centrality(g).values()))
        core = np.array(list(nx.core_number(g).values()))
        cut = np.isin(np.array(graph.nodes), list(nx.articulation_points(g)))
        place = {name: i for i, name in enumerate(graph.nodes)}
        bridges = [(place[a], place[b]) for a, b in nx.bridges(g)]
        eigen = np.zeros(n)
        names = largest_component(graph)
        if len(names) > 1:  # dense: the sparse solver of networkx refuses components of a few nodes
            vector = np.abs(np.linalg.eigh(nx.to_numpy_array(g, nodelist=names, weight="weight"))[1][:, -1])
            eigen[[place[name] for name in names]] = vector / vector.max()
    ends = np.bincount(np.array(bridges, dtype=np.int64).ravel(), minlength=n)
    return pd.DataFrame(
        {
            "degree": degree,
            "degree_share": degree / (n - 1),
            "strength": strength,
            "betweenness": between,
            "closeness": closeness,
            "eigenvector": eigen,
            "core": core,
            "articulation": cut.astype(int),
            "bridges": ends,
            "constraint": _constraint(graph, backend),
            "effective_size": _effective_size(graph, backend),
            "component": component_numbers(graph),
        },
        index=pd.Index(graph.nodes, name="node"),
    )


def component_numbers(graph: Graph) -> np.ndarray:
    """Number of each node's component: 1 the largest; of several as large the one with the first node comes first."""
    member = np.array(graph.igraph.connected_components().membership)
    size = np.bincount(member)
    first = {m: int(np.flatnonzero(member == m)[0]) for m in range(len(size))}
    order = sorted(range(len(size)), key=lambda m: (-size[m], first[m]))
    number = {m: i for i, m in enumerate(order, start=1)}
    return np.array([number[m] for m in member])


def bridge_edges(graph: Graph) -> list[tuple[str, str]]:
    """Edges whose removal leaves more components, sorted."""
    made = graph.igraph
    return sorted((graph.nodes[a], graph.nodes[b]) for a, b in (sorted(made.es[e].tuple) for e in made.bridges()))


def group_mixing(graph: Graph, groups: Mapping[str, str]) -> pd.DataFrame:
    """Edges between groups, (groups × groups), symmetric; an edge within a group stands once on the diagonal.

    Parameters
    ----------
    groups
        Group of a node; nodes without one, and their edges, are left out.
    """
    names, counts = _group_counts(graph, groups)
    return pd.DataFrame(counts, index=names, columns=names)


def _group_counts(graph: Graph, groups: Mapping[str, str]) -> tuple[list[str], np.ndarray]:
    """Groups that occur, sorted, and the numbers of `group_mixing`."""
    names = sorted({groups[n] for n in graph.nodes if n in groups})
    place = {name: i for i, name in enumerate(names)}
    own = np.array([place[groups[n]] if n in groups else -1 for n in graph.nodes], dtype=np.int64)
    i, j = own[graph.index.T]
    known = (i >= 0) & (j >= 0)
    one_way = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(one_way, (i[known], j[known]), 1)
    return names, one_way + one_way.T - np.diag(np.diag(one_way))


def mixing_indices(graph: Graph, groups: Mapping[str, str]) -> tuple[float, float, int]:
    """E–I index and assortativity by group, and the number of edges with both groups known (unweighted).

    Both are NaN without such edges; assortativity also where all edges lie in one group.
    """
    counts = _group_counts(graph, groups)[1].astype(float)
    within = float(np.trace(counts))
    total = within + (counts.sum() - within) / 2
    if not total:
        return float("nan"), float("nan"), 0
    e = (counts + np.diag(np.diag(counts))) / (2 * total)
    expected = float((e.sum(axis=0) ** 2).sum())
    r = (float(np.trace(e)) - expected) / (1 - expected) if expected < 1 else float("nan")
    return (total - 2 * within) / total, r, int(total)


def core_periphery(graph: Graph) -> tuple[list[str], float]:
    """Core of the best split into core and periphery, and its fit.

    The split minimises pairs missing in the core plus edges within the periphery; it is found exactly, since the best
    core of each size is that of the largest degrees (Lip 2011, arXiv:1102.5511). Ties in degree go by name. The fit is
    Borgatti and Everett's correlation between edges and the ideal pattern over pairs within core and within periphery;
    NaN where the pattern does not vary. Unweighted.
    """
    n = len(graph.nodes)
    degree = np.bincount(graph.index.ravel(), minlength=n)
    order = np.argsort(-degree, kind="stable")
    # score(k) = k(k-1)/2 + M - Σ degrees of the first k: missing in the core + edges that touch no core node
    k = np.arange(1, n)
    score = k * (k - 1) / 2 - np.cumsum(degree[order])[: n - 1]
    size = int(k[np.argmin(score)])
    core = np.zeros(n, dtype=bool)
    core[order[:size]] = True
    a, b = core[graph.index.T]
    inner, outer = int((a & b).sum()), int((~a & ~b).sum())
    pairs_in, pairs_out = size * (size - 1) / 2, (n - size) * (n - size - 1) / 2
    names = [graph.nodes[i] for i in np.flatnonzero(core)]
    total, edges = pairs_in + pairs_out, inner + outer
    if not 0 < pairs_in < total or not 0 < edges < total:
        return names, float("nan")
    top = inner / total - (pairs_in / total) * (edges / total)
    return names, top / np.sqrt((pairs_in * pairs_out / total**2) * (edges * (total - edges) / total**2))


def graph_measures(graph: Graph) -> dict[str, float]:
    """Return measures of the whole graph: counts, density, components, clustering, distances, assortativity, core.

    `diameter` and `path_length` are those of the largest component. See `DEFINITIONS`.
    """
    made = graph.igraph
    sizes = made.connected_components().sizes()
    giant = made.connected_components().giant()
    core, fit = core_periphery(graph)
    return {
        "nodes": len(graph.nodes),
        "edges": len(graph.edges),
        "density": made.density(),
        "mean_degree": 2 * len(graph.edges) / len(graph.nodes),
        "components": len(sizes),
        "largest": max(sizes),
        "largest_share": max(sizes) / len(graph.nodes),
        "diameter": giant.diameter(),
        "path_length": giant.average_path_length(),
        "transitivity": made.transitivity_undirected(mode="zero"),
        "clustering": made.transitivity_avglocal_undirected(mode="zero"),
        "degree_assortativity": made.assortativity_degree(directed=False),
        "articulation_points": len(made.articulation_points()),
        "bridges": len(made.bridges()),
        "max_core": max(made.coreness()),
        "core_size": len(core),
        "core_fit": fit,
    }


def whole_measures(graph: Graph, sectors: Mapping[str, str], regions: Mapping[str, str]) -> pd.DataFrame:
    """Columns measure, value: `graph_measures`, with E–I index and assortativity by sector and by region.

    `n_sector`, `n_region`: edges with both groups known.
    """
    values = dict(graph_measures(graph))
    for name, groups in (("sector", sectors), ("region", regions)):
        keys = (f"ei_{name}", f"r_{name}", f"n_{name}")
        values |= dict(zip(keys, mixing_indices(graph, groups), strict=True))
    return pd.DataFrame({"measure": list(values), "value": list(values.values())}).astype({"value": float})
