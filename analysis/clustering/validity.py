"""How many types: indices of a partition, the gap statistic, and the information criterion of mixtures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_samples,
    silhouette_score,
)

from analysis.clustering.partition import Array, Labels, mixture, partitions
from analysis.config.clustering import Algorithm, Clustering
from analysis.contingency import pairs_together
from analysis.errors import MethodError


def indices(values: Array, parted: Mapping[int, Labels]) -> pd.DataFrame:
    """Indices of partitions.

    Returns
    -------
    DataFrame
        Columns k, groups (a mixture may leave some of its k parts empty), smallest (size of the smallest group),
        silhouette (Rousseeuw 1987, higher is better), calinski_harabasz (higher), davies_bouldin (lower).
    """
    rows = []
    for k, labels in parted.items():
        groups, sizes = np.unique(labels, return_counts=True)
        one = len(groups) < 2
        rows.append(
            {
                "k": k,
                "groups": len(groups),
                "smallest": int(sizes.min()),
                "silhouette": np.nan if one else float(silhouette_score(values, labels)),
                "calinski_harabasz": np.nan if one else float(calinski_harabasz_score(values, labels)),
                "davies_bouldin": np.nan if one else float(davies_bouldin_score(values, labels)),
            }
        )
    return pd.DataFrame(rows)


def compare_algorithms(
    values: Array, algorithms: Sequence[Algorithm], settings: Clustering, *, rng: np.random.Generator
) -> tuple[dict[Algorithm, dict[int, Labels]], pd.DataFrame]:
    """Partitions of several algorithms for every k of the method, and their indices.

    A mixture whose covariances cannot be estimated from so few units is left out; `mixture_bic` says why.

    Returns
    -------
    tuple
        Algorithm → k → labels, and `indices` with a column algorithm.
    """
    possible = [a for a in algorithms if a not in ("gmm_tied", "gmm_full") or values.shape[0] > values.shape[1]]
    parted = {a: partitions(values, settings.ks, a, settings, rng=rng) for a in possible}
    found = [indices(values, own).assign(algorithm=a) for a, own in parted.items()]
    return parted, pd.concat(found, ignore_index=True)


def within(values: Array, labels: NDArray[np.integer]) -> float:
    """Sum of squared distances to the means of the groups."""
    return float(sum(((values[labels == g] - values[labels == g].mean(axis=0)) ** 2).sum() for g in np.unique(labels)))


def gap_statistic(
    values: Array, algorithm: Algorithm, settings: Clustering, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Gap statistic of Tibshirani, Walther and Hastie (2001), from k = 1 on.

    The reference data sets are uniform over the box of the principal axes of the data.

    Returns
    -------
    DataFrame
        Columns k, log_within, expected, gap, se, chosen: 1 at the smallest k with gap(k) >= gap(k + 1) - se(k + 1),
        or at the last k if no other one has it (their rule).
    """
    ks = list(range(1, settings.k_to + 1))
    centre = values.mean(axis=0)
    axes = np.linalg.svd(values - centre, full_matrices=False)[2]
    turned = (values - centre) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)

    def logs(data: Array) -> Array:
        made = partitions(data, ks, algorithm, settings, rng=rng)
        return np.log([within(data, made[k]) for k in ks])

    own = logs(values)
    reference = np.array(
        [logs(rng.uniform(low, high, turned.shape) @ axes + centre) for _ in range(settings.gap_draws)]
    )
    gap = reference.mean(axis=0) - own
    se = reference.std(axis=0) * np.sqrt(1 + 1 / settings.gap_draws)
    enough = [i for i in range(len(ks) - 1) if gap[i] >= gap[i + 1] - se[i + 1]]
    chosen = enough[0] if enough else len(ks) - 1
    return pd.DataFrame(
        {
            "k": ks,
            "log_within": own,
            "expected": reference.mean(axis=0),
            "gap": gap,
            "se": se,
            "chosen": [int(i == chosen) for i in range(len(ks))],
        }
    )


def mixture_bic(
    values: Array, algorithms: Sequence[Algorithm], settings: Clustering, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Bayesian information criterion of mixtures with 1 to `k_to` parts; lower is better.

    Returns
    -------
    DataFrame
        Columns algorithm, k, bic, reason; where a mixture cannot be estimated `bic` is missing and `reason` says why.
    """
    rows = []
    for algorithm in algorithms:
        for k in range(1, settings.k_to + 1):
            try:
                bic, reason = float(mixture(values, k, algorithm, settings, rng).bic(values)), ""
            except MethodError as error:
                bic, reason = np.nan, str(error)
            rows.append((algorithm, k, bic, reason))
    return pd.DataFrame(rows, columns=["algorithm", "k", "bic", "reason"])


def silhouettes(values: Array, labels: Labels) -> NDArray[np.float64]:
    """Silhouette of each unit, -1 to 1; 0 for the only unit of its group."""
    return np.asarray(silhouette_samples(values, labels), dtype=np.float64)


def agreement(parted: Mapping[str, NDArray], *, permutations: int, rng: np.random.Generator) -> pd.DataFrame:
    """Adjusted Rand index of every two partitions of the same units (Hubert and Arabie 1985).

    Returns
    -------
    DataFrame
        Columns a, b, ari, p: share of random orders of `b` that agree with `a` at least as well.
    """
    rows = []
    coded = {name: np.unique(labels, return_inverse=True)[1].ravel() for name, labels in parted.items()}
    for (a, first), (b, second) in combinations(coded.items(), 2):
        ari = adjusted_rand(first, second)
        # The sizes of groups stay, so the index rises and falls with the pairs of units in one group of both.
        drawn = pairs_together(first, rng.permuted(np.tile(second, (permutations, 1)), axis=1))
        higher = int((drawn >= pairs_together(first, second[None, :])).sum())
        rows.append((a, b, ari, (1 + higher) / (permutations + 1)))
    return pd.DataFrame(rows, columns=["a", "b", "ari", "p"])


def adjusted_rand(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Adjusted Rand index of two partitions labelled 0, 1, …; 1 where both are the same.

    The formula of `sklearn.metrics.adjusted_rand_score` in whole numbers, without its checks of the labels, which take
    nearly all of its time where the same partitions are compared thousands of times.
    """
    width = int(second.max()) + 1
    table = np.bincount(first * width + second, minlength=(int(first.max()) + 1) * width).reshape(-1, width)
    n = int(table.sum())
    together = int((table**2).sum())
    by_first, by_second = int((table.sum(axis=1) ** 2).sum()), int((table.sum(axis=0) ** 2).sum())
    # Ordered pairs of units: in one group of both, of the second only, of the first only, of neither.
    both, second_only, first_only = together - n, by_second - together, by_first - together
    neither = n * n - by_second - by_first + together
    if not second_only and not first_only:
        return 1.0
    spread = (both + first_only) * (first_only + neither) + (both + second_only) * (second_only + neither)
    return 2.0 * (both * neither - first_only * second_only) / spread
