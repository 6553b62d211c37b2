"""The committed network, the null models, the models of cooperation, matching, and bad input."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.cooperation import graph as graphs
from analysis.cooperation import layout, matching, models, null_models
from analysis.errors import DataError, MethodError
from analysis.framework import load_framework
from analysis.ingest import validate_edition
from analysis.sources import load_edition, seal


@pytest.fixture(scope="module")
def network(root: Path) -> graphs.Network:
    raw = root / "data/editions/2024/raw"
    tables = [pd.read_csv(raw / f"{n}.csv") for n in ("cooperation_nodes", "cooperation_ties", "registry")]
    return graphs.read_network(*tables, pd.read_csv(root / "data/reference/voivodeships.csv", dtype=str))


def test_counts_of_the_documented_network(network: graphs.Network) -> None:
    assert len(network.nodes) == 71 and len(network.ties) == 87
    kinds = network.nodes["kind"].value_counts()
    assert kinds["cluster_in_study"] == 27 and kinds["cluster_outside_study"] == 18
    assert network.ties["kind"].value_counts().to_dict() == {
        "inter_sector": 26, "intra_sector": 17, "regional_strategy": 17, "policy_skills_council": 15,
        "other_association": 12,
    }  # fmt: skip
    assert (
        network.nodes.loc[network.nodes["kind"] == "cluster_in_study", ["sector", "voivodeship"]].notna().all(axis=None)
    )


def test_groupings_without_a_name_become_star_or_clique(network: graphs.Network) -> None:
    star, clique = (set(graphs.expanded_pairs(network, way)) for way in ("star", "clique"))
    metal = {"evoluma", "lkm", "bkp", "cinnomatech"}
    assert sum(set(p) <= metal for p in star) == 3 and sum(set(p) <= metal for p in clique) == 6
    assert star < clique and not {n for p in clique for n in p} & set(network.unnamed)
    assert len(graphs.organisation_graph(network, "star").nodes) == 69


def test_a_centre_outside_its_grouping_is_refused(network: graphs.Network) -> None:
    nodes = network.nodes.copy()
    nodes.loc["metal-informal", "star_centre"] = "pkb"
    with pytest.raises(MethodError, match=r"metal-informal.*pkb"):
        graphs.expanded_pairs(graphs.Network(nodes, network.ties), "star")


def test_clusters_of_the_registry_are_all_candidates(root: Path, network: graphs.Network) -> None:
    registry = pd.read_csv(root / "data/editions/2024/raw/registry.csv")
    everyone = graphs.with_isolates(network, registry, pd.read_csv(root / "data/reference/voivodeships.csv", dtype=str))
    assert (everyone.nodes["kind"] == "cluster_in_study").sum() == 42


def traded(table: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Curveball as its authors tell it, with sets: rows trade what only one of them has."""
    rows = [set(np.flatnonzero(row).tolist()) for row in table]
    for _ in range(null_models.TRADES_PER_ROW * len(rows) if len(rows) > 1 else 0):
        i, j = rng.choice(len(rows), 2, replace=False)
        only, mine = sorted(rows[i] ^ rows[j]), len(rows[i] - rows[j])
        if 0 < mine < len(only):
            dealt, shared = rng.permutation(only).tolist(), rows[i] & rows[j]
            rows[i], rows[j] = shared | set(dealt[:mine]), shared | set(dealt[mine:])
    return np.array([[column in row for column in range(table.shape[1])] for row in rows], dtype=int)


@pytest.mark.parametrize("shape", [(1, 4), (2, 1), (2, 6), (3, 30), (31, 22)])
def test_curveball_is_that_of_sets(shape: tuple[int, int]) -> None:
    table = (np.random.default_rng(3).random(shape) < 0.4).astype(int)
    one, other = np.random.default_rng(9), np.random.default_rng(9)
    shuffled = null_models.curveball(pd.DataFrame(table), rng=one)
    assert (shuffled.to_numpy() == traded(table, other)).all()
    assert one.random() == other.random()


def test_curveball_keeps_both_margins_and_moves_something(network: graphs.Network) -> None:
    table = graphs.incidence(network)
    shuffled = null_models.curveball(table, rng=np.random.default_rng(1))
    assert shuffled.sum().equals(table.sum()) and shuffled.sum(axis=1).equals(table.sum(axis=1))
    assert not shuffled.equals(table)


def test_swapped_pairs_keep_degrees(network: graphs.Network) -> None:
    pairs = graphs.direct_pairs(network)
    swapped = null_models.swapped_pairs(pairs, rng=np.random.default_rng(1))
    degree = [pd.Series([n for p in x for n in p]).value_counts().sort_index() for x in (pairs, swapped)]
    assert degree[0].equals(degree[1]) and set(swapped) != set(pairs)
    again = null_models.swapped_pairs(pairs, rng=np.random.default_rng(1))
    assert again == swapped


def test_null_test_sees_planted_homophily_and_nothing_in_noise() -> None:
    chance = np.random.default_rng(3)
    names = [f"c{i:02d}" for i in range(24)]
    groups = {n: str(i % 3) for i, n in enumerate(names)}
    table = pd.DataFrame(0, index=names, columns=["b0"])
    table.iloc[:2] = 1
    alike = [(a, b) for a in names for b in names if a < b and groups[a] == groups[b] and chance.random() < 0.4]
    any_pair = [(a, b) for a in names for b in names if a < b and chance.random() < 0.12]
    p = [
        null_models.null_test(pairs, table, "count", groups, groups, draws=99, rng=np.random.default_rng(5))["p"]
        for pairs in (alike, any_pair)
    ]
    assert p[0]["ei_sector"] <= 0.02 and p[1]["ei_sector"] > 0.02


def test_models_of_cooperation(network: graphs.Network) -> None:
    kept = models.cooperation_models(network, network_from=3).set_index("tie_id")["model"]
    assert kept["T17"] == "coordination"  # two clusters and a contract
    assert kept["T25"] == "cooperation"  # three clusters, written as pairs
    assert kept["T12"] == "cooperation" and kept["T07"] == "cooperation"
    assert kept["T48"] == "ecosystem"  # clusters and the public body that runs the system of councils
    assert models.least_mean(26, [21, 15, 12]) == pytest.approx(71 / 26)


def test_complementarity() -> None:
    profiles = pd.DataFrame({"I.1": [1.0, 0.0, 1.0], "I.2": [0.0, 1.0, np.nan]}, index=["R01", "R02", "R03"])
    found = matching.complementarity(profiles)
    assert found.at["R01", "R02"] == 1 and found.at["R01", "R01"] == 0 and found.at["R01", "R03"] == 0


def test_link_file(tmp_path: Path) -> None:
    path = tmp_path / "cooperation_links.csv"
    options = {"respondents": ["R01", "R02"], "nodes": ["lkm", "pkb"]}
    assert matching.link_file(path, reconstructed=True, **options) is None
    path.write_text("respondent_id,node_id\nR01,lkm\nR02,pkb\n")
    assert matching.link_file(path, reconstructed=False, **options)["node_id"].tolist() == ["lkm", "pkb"]
    with pytest.raises(DataError, match="reconstructed"):
        matching.link_file(path, reconstructed=True, **options)
    path.write_text("respondent_id,node_id\nR01,lkm\nR09,lkm\n")
    with pytest.raises(DataError, match=r"twice[\s\S]*row 3, column respondent_id.*R09"):
        matching.link_file(path, reconstructed=False, **options)


def test_named_clusters_are_matched_on_public_facts_only(network: graphs.Network) -> None:
    organisations, clusters = graphs.organisation_graph(network), graphs.cluster_graph(network)
    study = [n for n in network.clusters if network.nodes.at[n, "kind"] == "cluster_in_study"]
    terms = matching.pair_terms(network, clusters, organisations, study, macro_share=0.5)
    assert terms["complement"].isna().all()
    weights = dict.fromkeys(matching.TERMS, 1.0)
    ranked = matching.rank_pairs(terms, weights)
    assert ranked["score"].between(0, 1).all() and ranked["rank"].is_monotonic_increasing
    direct = set(graphs.expanded_pairs(network, "star"))
    assert not direct & set(zip(ranked["a"], ranked["b"], strict=True))
    with pytest.raises(MethodError, match="weights"):
        matching.rank_pairs(terms, {"sector": 1.0})


def test_boxes_are_pushed_apart_and_too_many_are_refused() -> None:
    centres = np.random.default_rng(1).random((30, 2)) * 10
    sizes = np.tile([1.6, 0.8], (30, 1))
    place = layout.push_apart(centres, sizes, width=12, height=12, gap=0.1)
    gaps = np.abs(place[:, None] - place[None, :])
    apart = (gaps[..., 0] >= 1.7 - 1e-3) | (gaps[..., 1] >= 0.9 - 1e-3)
    assert (apart | np.eye(30, dtype=bool)).all()
    with pytest.raises(MethodError, match="cover"):
        layout.push_apart(centres, sizes * 3, width=12, height=12, gap=0.1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("T19,pkb,slaski-nano", "T19,pkb,slaski-nanno", r"row 20, column target: .*'slaski-nanno'.*Remedy"),
        ("T18,pkb,bazaltowe", "T18,pkb,pkb", r"row 19, column source: an organisation has a tie with itself"),
        ("T17,lkm,metalika", "T17,rkm,lkm", r"row 18, column source: repeats row 17"),
        ("agreement,2013", "agreement,1013", r"row 17, column since_year.*'1013'"),
        ("operator,2019,2024", "operator,2019,2012", r"row 46, column since_year: the tie ends before it begins"),
    ],
)
def test_bad_ties_are_named(root: Path, tmp_path: Path, old: str, new: str, message: str) -> None:
    shutil.copytree(root / "data/framework", tmp_path / "framework")
    shutil.copytree(root / "data/reference", tmp_path / "reference")
    shutil.copytree(root / "data/editions/2024/raw", tmp_path / "editions/2024/raw")
    shutil.copy(root / "data/editions/2024/edition.yaml", tmp_path / "editions/2024/edition.yaml")
    path = tmp_path / "editions/2024/raw/cooperation_ties.csv"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    seal(path)
    with pytest.raises(DataError, match=message) as caught:
        validate_edition(load_edition(2024, tmp_path), load_framework(tmp_path))
    assert all(p.file == "cooperation_ties.csv" for p in caught.value.problems)


@pytest.mark.parametrize(("n", "everybody"), [(20, True), (90, False)])
def test_nodes_that_have_no_room_for_their_names_get_numbers(n: int, everybody: bool) -> None:
    rng = np.random.default_rng(2)
    nodes = [f"n{i:03d}" for i in range(n)]
    ends = [tuple(rng.choice(n, 2, replace=False)) for _ in range(2 * n)]
    graph = graphs.make_graph(nodes, [(nodes[a], nodes[b], 1.0) for a, b in ends])
    names, numbers = np.tile([2.2, 1.1], (n, 1)), np.tile([0.6, 0.6], (n, 1))
    page = layout.place_labels(graph, names, numbers, width=16, heights=(17.2, 19.4), gap=0.1, seed=1)
    assert page.named.all() == everybody and page.named.any()
    assert page.height == (17.2 if everybody else 19.4)
    assert (page.sizes == np.where(page.named[:, None], names, numbers)).all()
    gaps = np.abs(page.centres[:, None] - page.centres[None, :])
    room = (page.sizes[:, None] + page.sizes[None, :]) / 2
    assert ((gaps >= room - 1e-3).any(axis=2) | np.eye(n, dtype=bool)).all()
    degree = np.array([sum(node in (a, b) for a, b in graph.edges[["a", "b"]].to_numpy()) for node in graph.nodes])
    assert everybody or degree[page.named].min() >= degree[~page.named].max()


def test_more_nodes_than_a_page_holds_are_refused() -> None:
    nodes = [f"n{i}" for i in range(12)]
    graph = graphs.make_graph(nodes, [(a, b, 1.0) for a, b in itertools.pairwise(nodes)])
    size = np.tile([2.0, 2.0], (12, 1))
    with pytest.raises(MethodError, match="even with numbers"):
        layout.place_labels(graph, size, size, width=5, heights=(5.0,), gap=0.1, seed=1)
