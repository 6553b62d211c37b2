"""From tables of organisations and ties to the three graphs that are measured.

1. *All organisations*: every organisation with every tie, one edge for each pair.
2. *Bipartite*: clusters × bodies (councils, platforms, programmes, associations, public bodies) in which they meet.
3. *Clusters*: direct ties between clusters, and pairs that meet in a body (a projection, see `cluster_graph`).

A grouping that has no name is no organisation. It stands for ties among its participants and is expanded: as a `star`
around the participant that the source puts in the middle, or as a `clique` of all pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

import igraph
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from analysis.errors import MethodError

Expansion = Literal["star", "clique"]
Projection = Literal["newman", "count", "none"]
CLUSTER_KINDS = ("cluster_in_study", "cluster_outside_study")


@dataclass(frozen=True)
class Network:
    """Organisations and ties with what is publicly known of them.

    `nodes`, indexed by node_id: name, short, kind, specialisation, sector, voivodeship, macroregion (codes, NaN where
    not known), star_centre, is_cluster. `ties`: tie_id, source, target, kind, form, since_year, until_year, what_pl, …
    """

    nodes: pd.DataFrame
    ties: pd.DataFrame

    @property
    def clusters(self) -> list[str]:
        """Clusters with at least one tie, sorted."""
        return sorted(self.nodes.index[self.nodes["is_cluster"]])

    @property
    def unnamed(self) -> list[str]:
        """Groupings without a name, which are expanded."""
        return sorted(self.nodes.index[self.nodes["star_centre"].notna()])


def read_network(
    nodes: pd.DataFrame, ties: pd.DataFrame, registry: pd.DataFrame, voivodeships: pd.DataFrame
) -> Network:
    """Join the validated tables: clusters that took part get sector and voivodeship from the registry.

    Parameters
    ----------
    nodes, ties, registry
        Validated raw tables `cooperation_nodes`, `cooperation_ties`, `registry`.
    voivodeships
        Reference table: code, name_pl, macroregion.
    """
    codes = voivodeships.set_index("name_pl")["code"]
    listed = registry.assign(no=registry["no"].astype(int), voivodeship=registry["voivodeship"].map(codes))
    own = listed.set_index("no")[["sector", "voivodeship"]]
    out = nodes.copy()
    for column in ("sector", "voivodeship"):
        out[column] = out[column].where(out["registry_no"].isna(), out["registry_no"].map(own[column]))
    out["macroregion"] = out["voivodeship"].map(voivodeships.set_index("code")["macroregion"])
    out["is_cluster"] = out["kind"].isin(CLUSTER_KINDS)
    return Network(out.set_index("node_id").sort_index(), ties.reset_index(drop=True))


def with_isolates(network: Network, registry: pd.DataFrame, voivodeships: pd.DataFrame) -> Network:
    """Add the clusters of the registry that are named in no tie, as `reg-<no>`; they have no ties here either."""
    codes = voivodeships.set_index("name_pl")
    known = set(network.nodes["registry_no"].dropna().astype(int))
    rows = [
        {
            "node_id": f"reg-{int(r['no']):02d}", "name": r["name"], "short": r["name"], "kind": "cluster_in_study",
            "registry_no": int(r["no"]), "sector": r["sector"], "voivodeship": codes.at[r["voivodeship"], "code"],
            "macroregion": codes.at[r["voivodeship"], "macroregion"], "is_cluster": True,
        }
        for r in registry.to_dict("records")
        if int(r["no"]) not in known
    ]  # fmt: skip
    if not rows:
        return network
    added = pd.DataFrame(rows).set_index("node_id").reindex(columns=network.nodes.columns)
    both = pd.concat([network.nodes.astype(object), added.astype(object)])
    return Network(both.assign(is_cluster=both["is_cluster"].astype(bool)).sort_index(), network.ties)


@dataclass(frozen=True)
class Graph:
    """An undirected weighted graph: sorted nodes, and one row of `edges` (a, b, weight) for each pair, a < b."""

    nodes: tuple[str, ...]
    edges: pd.DataFrame

    @cached_property
    def index(self) -> np.ndarray:
        """Edges as positions of nodes, (n_edges, 2)."""
        place = {node: i for i, node in enumerate(self.nodes)}
        pairs = [(place[a], place[b]) for a, b in zip(self.edges["a"], self.edges["b"], strict=True)]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    @cached_property
    def weights(self) -> np.ndarray:
        """Weight of each edge."""
        return self.edges["weight"].to_numpy(dtype=float)

    @cached_property
    def igraph(self) -> igraph.Graph:
        """The same graph for igraph; vertices in the order of `nodes`."""
        made = igraph.Graph(n=len(self.nodes), edges=self.index.tolist())
        made.vs["name"] = list(self.nodes)
        made.es["weight"] = self.weights.tolist()
        return made

    @cached_property
    def networkx(self) -> Any:
        """The same graph for networkx."""
        made = nx.Graph()
        made.add_nodes_from(self.nodes)
        made.add_weighted_edges_from(self.edges[["a", "b", "weight"]].itertuples(index=False, name=None))
        return made

    @cached_property
    def adjacency(self) -> sparse.csr_array:
        """Symmetric matrix of weights, (n, n)."""
        n, (i, j) = len(self.nodes), self.index.T
        one = sparse.coo_array((self.weights, (i, j)), shape=(n, n))
        return sparse.csr_array(one + one.T)

    @cached_property
    def strength(self) -> np.ndarray:
        """Sum of the weights of each node's edges."""
        return np.asarray(self.adjacency.sum(axis=1)).ravel()

    @property
    def binary(self) -> sparse.csr_array:
        """Symmetric matrix of zeros and ones."""
        ones = self.adjacency.copy()
        ones.data[:] = 1.0
        return ones

    def subgraph(self, nodes: Iterable[str]) -> Graph:
        """Return the graph on some of the nodes."""
        kept = set(nodes)
        rows = self.edges["a"].isin(kept) & self.edges["b"].isin(kept)
        return Graph(tuple(n for n in self.nodes if n in kept), self.edges[rows].reset_index(drop=True))


def make_graph(nodes: Iterable[str], pairs: Iterable[tuple[str, str, float]]) -> Graph:
    """Build a graph; pairs that come several times add up their weights.

    Raises
    ------
    MethodError
        A pair joins a node with itself, names an unknown node, or has no positive weight.
    """
    kept = tuple(sorted(set(nodes)))
    known = set(kept)
    total: dict[tuple[str, str], float] = {}
    for a, b, weight in pairs:
        if a == b or a not in known or b not in known or not weight > 0:
            raise MethodError(f"graph: the pair {a}–{b} with weight {weight} cannot be an edge")
        key = (min(a, b), max(a, b))
        total[key] = total.get(key, 0.0) + float(weight)
    rows = [(a, b, w) for (a, b), w in sorted(total.items())]
    return Graph(kept, pd.DataFrame(rows, columns=["a", "b", "weight"]))


def expanded_pairs(network: Network, expansion: Expansion) -> list[tuple[str, str]]:
    """Return pairs of named organisations: the ties, with groupings without a name expanded; each pair once.

    Raises
    ------
    MethodError
        The centre of a star does not take part in its grouping.
    """
    unnamed = set(network.unnamed)
    ties = network.ties
    inside = ties["source"].isin(unnamed) | ties["target"].isin(unnamed)
    pairs = {(min(a, b), max(a, b)) for a, b in zip(ties["source"], ties["target"], strict=True)}
    pairs = {p for p in pairs if not unnamed & set(p)}
    for group in sorted(unnamed):
        own = ties[inside & ((ties["source"] == group) | (ties["target"] == group))]
        people = sorted((set(own["source"]) | set(own["target"])) - {group})
        centre = str(network.nodes.at[group, "star_centre"])
        if centre not in people:
            raise MethodError(f"{group}: star_centre is {centre}, which has no tie with it; there are: {people}")
        made = combinations(people, 2) if expansion == "clique" else ((centre, p) for p in people if p != centre)
        pairs |= {(min(a, b), max(a, b)) for a, b in made}
    return sorted(pairs)


def organisation_graph(network: Network, expansion: Expansion = "star") -> Graph:
    """All named organisations with at least one tie; every pair counts 1, however many ties it has."""
    pairs = expanded_pairs(network, expansion)
    return make_graph({n for p in pairs for n in p}, [(a, b, 1.0) for a, b in pairs])


def direct_pairs(network: Network, expansion: Expansion = "star") -> list[tuple[str, str]]:
    """Pairs of clusters with a tie of their own (or from a grouping without a name)."""
    clusters = set(network.clusters)
    return [p for p in expanded_pairs(network, expansion) if set(p) <= clusters]


def incidence(network: Network, expansion: Expansion = "star") -> pd.DataFrame:
    """Bipartite graph as a table of 0 and 1: clusters that meet in a body (rows) × bodies (columns)."""
    clusters = set(network.clusters)
    met = [(a, b) if a in clusters else (b, a) for a, b in expanded_pairs(network, expansion)]
    met = [(c, body) for c, body in met if c in clusters and body not in clusters]
    table = pd.crosstab(pd.Series([c for c, _ in met]), pd.Series([b for _, b in met])).clip(upper=1)
    return table.rename_axis(index="cluster", columns="body").sort_index().sort_index(axis=1)


def project(table: pd.DataFrame, projection: Projection) -> list[tuple[str, str, float]]:
    """Pairs of clusters that share bodies, weighted.

    `count`: each shared body counts 1. `newman`: each counts 1/(k - 1), where k clusters meet in it, so that what a
    cluster gives to a body adds up to 1 however large the body is (Newman 2001, Phys. Rev. E 64, 016132). `none`: no
    pairs.
    """
    pairs = []
    if projection != "none":
        clusters = list(table.index)
        for column in table.to_numpy().T:
            who = [clusters[i] for i in np.flatnonzero(column == 1)]
            weight = 1.0 if projection == "count" else 1.0 / max(len(who) - 1, 1)
            pairs += [(a, b, weight) for a, b in combinations(who, 2)]
    return pairs


def cluster_graph(
    network: Network, expansion: Expansion = "star", projection: Projection = "newman", *, isolates: bool = False
) -> Graph:
    """Clusters: 1 for a direct tie, plus the projection of the bodies they share.

    Parameters
    ----------
    isolates
        Keep clusters that have neither, among them those added by `with_isolates`.
    """
    pairs = [(a, b, 1.0) for a, b in direct_pairs(network, expansion)]
    pairs += project(incidence(network, expansion), projection)
    nodes = set(network.clusters) if isolates else {n for a, b, _ in pairs for n in (a, b)}
    return make_graph(nodes, pairs)
