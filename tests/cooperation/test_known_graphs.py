"""Measures, communities and robustness against published values, networkx, and graphs with known answers."""

from __future__ import annotations

import random

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cooperation import communities, measures, robustness
from analysis.cooperation.brokerage import ROLES, brokerage
from analysis.cooperation.graph import Graph, make_graph
from analysis.errors import MethodError


def from_networkx(graph: nx.Graph, weight: str | None = None) -> Graph:
    """Take over a networkx graph; node names become text, edges without `weight` count 1."""
    pairs = [(str(a), str(b), float(data.get(weight, 1.0)) if weight else 1.0) for a, b, data in graph.edges(data=True)]
    return make_graph([str(n) for n in graph.nodes], pairs)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def karate() -> Graph:
    return from_networkx(nx.karate_club_graph())


def test_karate_club(karate: Graph) -> None:
    every, nodes = measures.graph_measures(karate), measures.node_measures(karate)
    assert (every["nodes"], every["edges"], every["diameter"]) == (34, 78, 5)
    assert every["path_length"] == pytest.approx(2.4082, abs=5e-5)
    assert every["clustering"] == pytest.approx(0.5706, abs=5e-5)
    assert every["transitivity"] == pytest.approx(0.2557, abs=5e-5)
    assert every["degree_assortativity"] == pytest.approx(-0.4756, abs=5e-5)
    assert nodes.at["0", "betweenness"] == pytest.approx(0.4376, abs=5e-5)
    assert nodes.at["33", "betweenness"] == pytest.approx(0.3041, abs=5e-5)


def test_karate_modularity_is_the_published_optimum(karate: Graph) -> None:
    found = communities.exact_partitions(karate, tolerance=0.0, most=5, rng=rng())
    assert found.q[0] == pytest.approx(0.41979, abs=5e-6) and found.complete
    assert found.labels[0].max() == 4
    proved = karate.igraph.community_optimal_modularity(weights="weight")
    assert found.q[0] == pytest.approx(communities.modularity(karate, proved.membership), abs=1e-9)
    factions = nx.get_node_attributes(nx.karate_club_graph(), "club")
    labels = [int(factions[int(n)] == "Officer") for n in karate.nodes]
    assert communities.modularity(karate, labels) == pytest.approx(0.3582, abs=5e-5)


def test_near_optimal_partitions_are_all_there() -> None:
    graph = from_networkx(nx.barbell_graph(3, 1))
    found = communities.exact_partitions(graph, tolerance=0.1, most=100, rng=rng())
    connected = {}
    for labels in np.ndindex(*(4,) * 7):
        parts = [[graph.nodes[i] for i in range(7) if labels[i] == c] for c in set(labels)]
        if all(nx.is_connected(graph.networkx.subgraph(part)) for part in parts):
            connected[tuple(communities.canonical(graph.nodes, labels))] = communities.modularity(graph, labels)
    best = max(connected.values())
    wanted = {labels for labels, q in connected.items() if q >= best - 0.1 + 1e-9}
    listed = {tuple(row) for row in found.labels.tolist() if max(row) <= 4}
    assert found.q[0] == pytest.approx(best) and found.complete
    assert wanted <= listed and len(wanted) > 2
    assert all(q >= best - 0.1 - 1e-9 for q in found.q)


def test_les_miserables() -> None:
    graph = from_networkx(nx.les_miserables_graph())
    every, nodes = measures.graph_measures(graph), measures.node_measures(graph)
    assert (every["nodes"], every["edges"]) == (77, 254)
    assert (every["articulation_points"], every["bridges"]) == (8, 18)
    assert every["clustering"] == pytest.approx(0.5731, abs=5e-5)
    assert every["transitivity"] == pytest.approx(0.4989, abs=5e-5)
    assert nodes.at["Valjean", "betweenness"] == pytest.approx(0.5700, abs=5e-5)
    assert communities.louvain(graph, tries=100, rng=rng())[1] == pytest.approx(0.5600, abs=1e-3)


def test_louvain_does_not_depend_on_what_the_process_drew_before(karate: Graph) -> None:
    igraph.set_random_number_generator(random)  # as it is in a new process
    found = set()
    for seed in range(6):
        random.seed(seed)
        found.add(communities.louvain(karate, tries=1, rng=rng())[1])
        igraph.set_random_number_generator(random)
    assert len(found) == 1


def test_florentine_families() -> None:
    graph = from_networkx(nx.florentine_families_graph())
    nodes = measures.node_measures(graph)
    assert nodes.at["Medici", "betweenness"] == pytest.approx(47.5 / 91)
    assert nodes.at["Guadagni", "betweenness"] == pytest.approx(0.2546, abs=5e-5)
    assert nodes.at["Albizzi", "betweenness"] == pytest.approx(0.2125, abs=5e-5)
    assert nodes["articulation"].sum() == 4
    assert robustness.node_losses(graph)["pieces"].gt(0).sum() == 4


def test_krackhardt_kite() -> None:
    nodes = measures.node_measures(from_networkx(nx.krackhardt_kite_graph()))
    assert nodes["degree"].idxmax() == "3"
    assert nodes["betweenness"].idxmax() == "7" and nodes["betweenness"].max() == pytest.approx(0.3889, abs=5e-5)
    assert set(nodes.index[nodes["closeness"] > nodes["closeness"].max() - 1e-12]) == {"5", "6"}


def test_davis_women() -> None:
    from analysis.cooperation.graph import project

    davis = nx.davis_southern_women_graph()
    women = [n for n, d in davis.nodes(data=True) if d["bipartite"] == 0]
    table = pd.DataFrame([[int(davis.has_edge(w, e)) for e in davis if e not in women] for w in women], index=women)
    assert table.to_numpy().sum() == 89
    graph = make_graph(women, project(table, "count"))
    assert len(graph.edges) == 139 and measures.graph_measures(graph)["density"] == pytest.approx(0.9085, abs=5e-5)
    newman = make_graph(women, project(table, "newman"))
    strength = np.asarray(newman.adjacency.sum(axis=1)).ravel()
    attended = table.loc[list(newman.nodes)].sum(axis=1)
    assert strength == pytest.approx(attended.to_numpy())  # every event gives 1, however many came


@pytest.mark.parametrize("n", [5, 10, 50])
@pytest.mark.parametrize("attack", ["random", "degree", "betweenness"])
def test_r_of_a_complete_graph(n: int, attack: robustness.Attack) -> None:
    graph = from_networkx(nx.complete_graph(n))
    assert robustness.r_index(graph, attack, draws=3, rng=rng()) == pytest.approx((n - 1) / (2 * n))


@pytest.mark.parametrize("n", [5, 10, 50])
@pytest.mark.parametrize("attack", ["degree", "betweenness"])
def test_r_of_a_star(n: int, attack: robustness.Attack) -> None:
    graph = from_networkx(nx.star_graph(n - 1))
    assert robustness.r_index(graph, attack, draws=3, rng=rng()) == pytest.approx((n - 1) / n**2)


def test_r_of_known_graphs_lies_where_it_was_measured(karate: Graph) -> None:
    assert robustness.r_index(karate, "degree", draws=200, rng=rng()) == pytest.approx(0.1315, abs=0.004)
    assert robustness.r_index(karate, "betweenness", draws=50, rng=rng()) == pytest.approx(0.1341, abs=0.006)


def random_graph(seed: int, n: int, p: float) -> Graph:
    made = nx.gnp_random_graph(n, p, seed=seed)
    chance = np.random.default_rng(seed)
    for _, _, data in made.edges(data=True):
        data["weight"] = float(chance.integers(1, 5))
    return from_networkx(made, "weight")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 25), st.floats(0.05, 0.6))
def test_igraph_and_networkx_agree(seed: int, n: int, p: float) -> None:
    graph = random_graph(seed, n, p)
    ours = measures.node_measures(graph)
    eigen = ["eigenvector"]  # of a component without a single largest eigenvector there is no one answer
    theirs = measures.node_measures(graph, backend="networkx")
    pd.testing.assert_frame_equal(
        ours.drop(columns=eigen), theirs.drop(columns=eigen), check_dtype=False, atol=1e-9, rtol=1e-9
    )


def test_eigenvector_agrees_where_it_is_unique(karate: Graph) -> None:
    both = [measures.node_measures(karate, backend=b)["eigenvector"] for b in ("igraph", "networkx")]
    assert both[0].to_numpy() == pytest.approx(both[1].to_numpy(), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 20), st.floats(0.05, 0.6))
def test_removal_curves_are_those_of_removing(seed: int, n: int, p: float) -> None:
    graph = random_graph(seed, n, p)
    curve = robustness.removal_curves(graph, "degree", draws=1, rng=np.random.default_rng(seed))[0]
    priority = np.random.default_rng(seed).permutation(n)
    left = graph.networkx.copy()
    sizes = []
    for _ in range(n):
        gone = max(left, key=lambda v: (left.degree(v), -priority[graph.nodes.index(v)]))
        left.remove_node(gone)
        sizes.append(max((len(c) for c in nx.connected_components(left)), default=0))
    assert curve == pytest.approx(np.array(sizes) / n)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 15), st.floats(0.1, 0.7))
def test_brokerage_counts_every_open_pair_once(seed: int, n: int, p: float) -> None:
    graph = random_graph(seed, n, p)
    chance = np.random.default_rng(seed)
    groups = {v: str(chance.integers(3)) for v in graph.nodes}
    counted = brokerage(graph, groups)
    g = graph.networkx
    for b in graph.nodes:
        seen = dict.fromkeys(ROLES, 0)
        around = sorted(g[b])
        for i, a in enumerate(around):
            for c in around[i + 1 :]:
                if not g.has_edge(a, c):
                    same = (groups[a] == groups[b], groups[b] == groups[c], groups[a] == groups[c])
                    role = (
                        "coordinator"
                        if all(same)
                        else "consultant"
                        if same[2]
                        else "gatekeeper"
                        if any(same)
                        else "liaison"
                    )
                    seen[role] += 1
        assert counted.loc[b, list(ROLES)].to_dict() == seen


def test_ei_and_assortativity_agree_with_networkx(karate: Graph) -> None:
    club = {str(n): c for n, c in nx.get_node_attributes(nx.karate_club_graph(), "club").items()}
    ei, r, n = measures.mixing_indices(karate, club)
    g = nx.karate_club_graph()
    between = sum(g.nodes[a]["club"] != g.nodes[b]["club"] for a, b in g.edges)
    assert n == 78 and ei == pytest.approx((between - (78 - between)) / 78)
    assert r == pytest.approx(nx.attribute_assortativity_coefficient(g, "club"))


def test_core_periphery_finds_the_planted_core() -> None:
    core = nx.complete_graph(4)
    for leaf in range(4, 16):
        core.add_edge(leaf, leaf % 4)
    names, fit = measures.core_periphery(from_networkx(core))
    assert set(names) == {"0", "1", "2", "3"} and fit == pytest.approx(1.0)


def test_too_large_a_component_is_refused(karate: Graph) -> None:
    with pytest.raises(MethodError, match=r"34 nodes.*louvain"):
        communities.exact_partitions(karate, tolerance=0.0, most=1, rng=rng(), largest=20)


def test_best_tie_of_two_separate_stars_joins_them() -> None:
    two = nx.disjoint_union(nx.star_graph(4), nx.star_graph(4))
    graph = from_networkx(two)
    best = robustness.best_ties(graph, list(graph.nodes), "random", draws=300, rng=rng()).iloc[0]
    assert (int(best["a"]) < 5) != (int(best["b"]) < 5) and best["gain"] > 0
