"""Known data sets: iris and wine (scikit-learn's numbers), Ruspini 1970 (as R's `cluster::pam` prints it)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.datasets import load_iris, load_wine
from sklearn.metrics import adjusted_rand_score, silhouette_score

from analysis.clustering.partition import cuts, mixture, numbered, pam, partitions
from analysis.clustering.stability import bootstrap_jaccard
from analysis.clustering.validity import gap_statistic, indices, within
from analysis.config.clustering import Clustering

SETTINGS = Clustering(starts=10)
RUSPINI = np.fromstring(  # x y x y …
    """4 53 5 63 10 59 9 77 13 49 13 69 12 88 15 75 18 61 19 65 22 74 27 72 28 76 24 58 27 55 28 60 30 52 31 60 32 61
    36 72 28 147 32 149 35 153 33 154 38 151 41 150 38 145 38 143 32 143 34 141 44 156 44 149 44 143 46 142 47 149
    49 152 50 142 53 144 52 152 55 155 54 124 60 136 63 139 86 132 85 115 85 96 78 94 74 96 97 122 98 116 98 124
    99 119 99 128 101 115 108 111 110 111 108 116 111 126 115 117 117 115 70 4 77 12 83 21 61 15 69 15 78 16 66 18
    58 13 64 20 69 21 66 23 61 25 76 27 72 31 64 30""",
    sep=" ",
).reshape(-1, 2)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize(
    ("algorithm", "silhouette", "ari"),
    [("kmeans", 0.5528, 0.7302), ("pam", 0.5528, 0.7302), ("ward", 0.5543, 0.7312)],
)
def test_iris(algorithm: str, silhouette: float, ari: float) -> None:
    values, species = load_iris(return_X_y=True)
    labels = partitions(values, [3], algorithm, SETTINGS, rng=rng())[3]  # type: ignore[arg-type]
    assert silhouette_score(values, labels) == pytest.approx(silhouette, abs=5e-5)
    assert adjusted_rand_score(species, labels) == pytest.approx(ari, abs=5e-5)


def test_iris_by_inertia_and_by_a_mixture_with_full_covariances() -> None:
    values, species = load_iris(return_X_y=True)
    assert within(values, partitions(values, [3], "kmeans", SETTINGS, rng=rng())[3]) == pytest.approx(78.851, abs=5e-4)
    free = SETTINGS.model_copy(update={"variance_floor": 1e-6})
    assert adjusted_rand_score(species, mixture(values, 3, "gmm_full", free, rng()).predict(values)) == pytest.approx(
        0.9039, abs=5e-5
    )


@pytest.mark.parametrize(("algorithm", "ari"), [("kmeans", 0.8975), ("ward", 0.7899)])
def test_wine(algorithm: str, ari: float) -> None:
    values, cultivar = load_wine(return_X_y=True)
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    labels = partitions(values, [3], algorithm, SETTINGS, rng=rng())[3]  # type: ignore[arg-type]
    assert adjusted_rand_score(cultivar, labels) == pytest.approx(ari, abs=5e-5)
    if algorithm == "kmeans":
        assert within(values, labels) == pytest.approx(1277.928, abs=5e-4)


def test_ruspini_has_four_groups_by_every_method_and_index() -> None:
    for algorithm in ("ward", "kmeans", "pam"):
        parted = partitions(RUSPINI, range(2, 7), algorithm, SETTINGS, rng=rng())  # type: ignore[arg-type]
        table = indices(RUSPINI, parted).set_index("k")
        assert table["silhouette"].idxmax() == 4 and table["davies_bouldin"].idxmin() == 4
        assert table.at[4, "silhouette"] == pytest.approx(0.737657, abs=5e-7)
        assert np.bincount(parted[4])[1:].tolist() == [23, 20, 17, 15]
    few = SETTINGS.model_copy(update={"gap_draws": 50})
    gap = gap_statistic(RUSPINI, "pam", few, rng=rng())
    assert gap.loc[gap["chosen"] == 1, "k"].tolist() == [4]


def test_ruspini_is_stable_with_four_groups_and_not_with_five() -> None:
    _, jaccard = bootstrap_jaccard(
        RUSPINI, [4, 5], "kmeans", SETTINGS.model_copy(update={"starts": 5}), draws=40, rng=rng()
    )
    assert jaccard[4] == pytest.approx(np.ones(4), abs=0.02)
    assert jaccard[5].min() < 0.8, "one of the four is cut in two, and not always the same one"


def test_medoids_are_the_best_of_all_choices() -> None:
    """Six points in two triples: the medoids that an enumeration of all pairs finds."""
    from itertools import combinations

    from scipy.spatial.distance import pdist, squareform

    for seed in range(20):
        distances = squareform(pdist(np.random.default_rng(seed).normal(size=(9, 2))))
        labels, medoids = pam(distances, 2)
        best = min(distances[list(pair)].min(axis=0).sum() for pair in combinations(range(9), 2))
        cost = distances[medoids].min(axis=0).sum()
        # A swap of one medoid at a time may stop short of the best pair, never below it, and rarely far off.
        assert best - 1e-12 <= cost <= 1.1 * best
        assert (distances[np.array(medoids)[labels], np.arange(9)] == distances[medoids].min(axis=0)).all()


@pytest.mark.parametrize("tied", [False, True])
def test_cuts_of_a_tree_are_those_of_scipy_and_have_exactly_k_groups(tied: bool) -> None:
    rng = np.random.default_rng(5)
    compared = 0
    for n in range(3, 43):
        values = rng.integers(0, 4, (n, 2)).astype(float) if tied else rng.random((n, 3))
        links = linkage(values, "ward")
        for k, labels in cuts(links, range(1, min(n, 9) + 1)).items():
            assert sorted(set(labels)) == list(range(k))
            expected = fcluster(links, k, "maxclust")  # joins what merges at one height, then it has fewer groups
            if expected.max() == k:
                compared += 1
                assert numbered(labels).tolist() == numbered(expected).tolist()
    assert compared > 100
