"""Partitions of units into k groups by four families of methods, with labels that a rerun never changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from analysis.config.clustering import Algorithm, Clustering
from analysis.errors import MethodError

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
COVARIANCES = {"gmm_diag": "diag", "gmm_tied": "tied", "gmm_full": "full"}


def numbered(raw: NDArray[np.integer]) -> Labels:
    """Number groups 1, 2, … from the largest down; of equal ones, that with the first unit comes first.

    Units are in the order of their ids, so the numbers depend on the groups alone and not on the run.
    """
    _, first, group, sizes = np.unique(raw, return_index=True, return_inverse=True, return_counts=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.lexsort((first, -sizes))] = np.arange(1, len(first) + 1)
    return place[group]


def pam(distances: Array, k: int) -> tuple[Labels, list[int]]:
    """Partition around medoids: BUILD, then the best SWAP as long as one lowers the sum of distances.

    Kaufman and Rousseeuw (1990), chapter 2, without their speed-ups: for a few hundred units the plain steps take
    milliseconds, and they are deterministic (of equal choices the first unit is taken).

    Parameters
    ----------
    distances
        (n, n), symmetric.

    Returns
    -------
    tuple
        Index of each unit's nearest medoid among the medoids, and the medoids in ascending order.
    """
    n = len(distances)
    medoids = [int(distances.sum(axis=1).argmin())]
    nearest = distances[medoids[0]].copy()
    while len(medoids) < k:
        gain = np.maximum(nearest[None, :] - distances, 0).sum(axis=1)
        gain[medoids] = -1
        medoids.append(int(gain.argmax()))
        nearest = np.minimum(nearest, distances[medoids[-1]])
    cost = float(nearest.sum())
    while True:
        best = (cost - 1e-12 * max(cost, 1.0), -1, -1)
        for place in range(k):
            others = np.delete(distances[medoids], place, axis=0)
            base = others.min(axis=0) if k > 1 else np.full(n, np.inf)
            totals = np.minimum(base[None, :], distances).sum(axis=1)
            totals[medoids] = np.inf
            candidate = int(totals.argmin())
            if totals[candidate] < best[0]:
                best = (float(totals[candidate]), place, candidate)
        if best[1] < 0:
            break
        cost, medoids[best[1]] = best[0], best[2]
    medoids.sort()
    return distances[medoids].argmin(axis=0).astype(np.int64), medoids


def mixture(
    values: Array, k: int, algorithm: Algorithm, settings: Clustering, rng: np.random.Generator
) -> GaussianMixture:
    """Fit a Gaussian mixture of k parts.

    Raises
    ------
    MethodError
        The covariance of all columns cannot be estimated from so few units.
    """
    n, p = values.shape
    if algorithm != "gmm_diag" and n <= p:
        raise MethodError(
            f"clustering: a mixture with covariances of {p} columns cannot be estimated from {n} units; use gmm_diag"
        )
    made = GaussianMixture(
        k,
        covariance_type=COVARIANCES[algorithm],
        n_init=settings.starts,
        reg_covar=settings.variance_floor,
        max_iter=500,
        random_state=int(rng.integers(2**31)),
    )
    return made.fit(values)


def cuts(links: Array, ks: Sequence[int]) -> dict[int, Labels]:
    """Cut a tree into each wanted number of groups: what its first n - k merges have joined.

    There are always exactly k groups, as with R's `cutree`: of merges at one height the earlier row counts first.
    Without such ties these are the groups of SciPy's `fcluster`, which starts anew for each cut.

    Parameters
    ----------
    links
        (n - 1, 4), a linkage as SciPy writes it.

    Returns
    -------
    dict
        For each k (n,) labels 0 … k - 1, in no particular order.
    """
    n = len(links) + 1
    pairs = links[:, :2].astype(int).tolist()
    leaves = [[i] for i in range(n)]
    for a, b in pairs:
        leaves.append(leaves[a] + leaves[b])
    found = {}
    alive = {2 * n - 2}
    done = 1
    for k in sorted(set(ks)):
        for merge in range(n - 1 - done, n - 1 - k, -1):
            alive.remove(n + merge)
            alive.update(pairs[merge])
        done = k
        labels = np.empty(n, dtype=np.int64)
        for label, node in enumerate(alive):
            labels[leaves[node]] = label
        found[k] = labels
    return found


def partitions(
    values: Array, ks: Sequence[int], algorithm: Algorithm, settings: Clustering, *, rng: np.random.Generator
) -> dict[int, Labels]:
    """Partition the rows of `values` into each wanted number of groups; labels as in `numbered`.

    Parameters
    ----------
    values
        (n_units, n_columns), in the order of the ids.
    ks
        Numbers of groups, each at least 1. Ward's tree is grown once and cut at each.

    Raises
    ------
    MethodError
        More groups than distinct rows are wanted, or a mixture cannot be estimated.
    """
    distinct = len(np.unique(values, axis=0))
    if max(ks) > distinct:
        raise MethodError(f"clustering: {max(ks)} groups of {distinct} distinct units are impossible; lower k")
    if algorithm == "ward":
        made = cuts(linkage(values, "ward"), ks)
        return {k: numbered(made[k]) for k in ks}
    if algorithm == "pam":
        distances = squareform(pdist(values))
        return {k: numbered(pam(distances, k)[0]) for k in ks}
    if algorithm == "kmeans":
        means = {k: KMeans(k, n_init=settings.starts, random_state=int(rng.integers(2**31))) for k in ks}
        return {k: numbered(fit.fit(values).labels_) for k, fit in means.items()}
    return {k: numbered(mixture(values, k, algorithm, settings, rng).predict(values)) for k in ks}
