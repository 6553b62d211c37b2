"""Sectors as points: distances of their mean profiles, a dendrogram with support, and clusters unlike their sector."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import cdist, pdist

from analysis.clustering.differences import indicator_matrix
from analysis.clustering.partition import Array
from analysis.config.clustering import Clustering


def profiles(values: Array, member: Array) -> Array:
    """(n_groups, n_columns): mean of each group; `member` as in `indicator_matrix`."""
    return np.asarray((member.T @ values) / member.sum(axis=0)[:, None])


def profile_distances(centres: Array) -> Array:
    """Condensed distances of profiles: root of the mean squared difference over columns (units: z-scores)."""
    return np.asarray(pdist(centres) / np.sqrt(centres.shape[1]))


def tree(centres: Array, method: str) -> Array:
    """Linkage of profiles (SciPy's form), heights in z-scores."""
    return np.asarray(linkage(profile_distances(centres), method))


def branches(links: Array) -> list[frozenset[int]]:
    """Sets of leaves below each merge, in the order of merges; the last is the root."""
    count = len(links) + 1
    sets = [frozenset([i]) for i in range(count)]
    for a, b in links[:, :2].astype(int):
        sets.append(sets[a] | sets[b])
    return sets[count:]


def _resampled(shape: tuple[int, ...], units: Sequence[NDArray[np.intp]], rng: np.random.Generator) -> Array:
    """Weights of units (columns: groups) of a bootstrap sample within groups; `units` holds those of each group."""
    out = np.zeros(shape)
    for g, own in enumerate(units):
        out[:, g] = np.bincount(own[rng.integers(0, len(own), len(own))], minlength=shape[0])
    return out


def branch_support(values: Array, member: Array, method: str, *, draws: int, rng: np.random.Generator) -> Array:
    """Share of resamples (units drawn within their groups) in whose dendrogram each branch returns.

    Returns
    -------
    ndarray
        (n_groups - 1,), in the order of merges; the root has 1.
    """
    own = branches(tree(profiles(values, member), method))
    hits = np.zeros(len(own))
    units = [np.flatnonzero(column) for column in member.T]
    for _ in range(draws):
        found = set(branches(tree(profiles(values, _resampled(member.shape, units, rng)), method)))
        hits += [b in found for b in own]
    return hits / draws


def sector_tree(
    values: Array, groups: pd.Series, order: Sequence[str], settings: Clustering, *, rng: np.random.Generator
) -> tuple[Array, pd.DataFrame]:
    """Dendrogram of sectors with bootstrap support, judged against sectors assigned at random.

    Returns
    -------
    tuple
        Linkage, and its merges: columns merge, members (codes), size, height, support (0–1; missing for the root, which
        is always there), p: share of random assignments whose best-supported branch has at least this support.
    """
    member = indicator_matrix(groups, order)
    links = tree(profiles(values, member), settings.sector_linkage)
    support = branch_support(values, member, settings.sector_linkage, draws=settings.sector_bootstrap, rng=rng)
    null = [
        branch_support(values, member[rng.permutation(len(member))], settings.sector_linkage, draws=100, rng=rng)[
            :-1
        ].max()
        for _ in range(settings.null_draws)
    ]
    rows = []
    for i, leaves in enumerate(branches(links)):
        root = i == len(links) - 1
        p = (1 + sum(d >= support[i] - 1e-12 for d in null)) / (len(null) + 1)
        rows.append(
            {
                "merge": i + 1,
                "members": ";".join(order[j] for j in sorted(leaves)),
                "size": len(leaves),
                "height": float(links[i, 2]),
                "support": np.nan if root else float(support[i]),
                "p": np.nan if root else p,
            }
        )
    return links, pd.DataFrame(rows)


def sector_distances(
    values: Array, groups: pd.Series, order: Sequence[str], *, permutations: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Distance of every two sectors beside what small groups alone produce.

    Returns
    -------
    DataFrame
        Columns a, b, distance (z-scores), by_chance (its mean under random assignment), p (one-sided: at least as far).
    """
    member = indicator_matrix(groups, order)
    own = profile_distances(profiles(values, member))
    drawn = np.array(
        [profile_distances(profiles(values, member[rng.permutation(len(member))])) for _ in range(permutations)]
    )
    p = (1 + (drawn >= own - 1e-12).sum(axis=0)) / (permutations + 1)
    pairs = list(combinations(order, 2))
    return pd.DataFrame(
        {
            "a": [a for a, _ in pairs],
            "b": [b for _, b in pairs],
            "distance": own,
            "by_chance": drawn.mean(axis=0),
            "p": p,
        }
    )


def nearest_sector(
    values: pd.DataFrame, groups: pd.Series, order: Sequence[str], *, permutations: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, float]:
    """Whose mean profile is each unit nearest to? Its own sector's mean is taken without the unit.

    Parameters
    ----------
    values
        (n_units, n_columns), complete; every group has at least two units.

    Returns
    -------
    tuple
        Table indexed as `values`: sector, own (distance to the own sector, z-scores), nearest (sector of the nearest
        mean), distance (to it), margin = own less the smallest distance to another sector; positive: another one is
        nearer. And p: share of random assignments in which at least as many units are nearest to their own sector.
    """
    array = values.to_numpy()
    member = indicator_matrix(groups.reindex(values.index), order)
    far = _distances(array, member)
    place = member.argmax(axis=1)
    own = far[np.arange(len(array)), place]
    other = np.where(member > 0, np.inf, far).min(axis=1)
    hits = int((own < other).sum())
    drawn = []
    for _ in range(permutations):
        mixed = member[rng.permutation(len(member))]
        drawn.append(int((_distances(array, mixed).argmin(axis=1) == mixed.argmax(axis=1)).sum()))
    p = (1 + sum(d >= hits for d in drawn)) / (permutations + 1)
    table = pd.DataFrame(
        {
            "sector": [order[i] for i in place],
            "own": own,
            "nearest": [order[i] for i in far.argmin(axis=1)],
            "distance": far.min(axis=1),
            "margin": own - other,
        },
        index=values.index,
    )
    return table, p


def _distances(values: Array, member: Array) -> Array:
    """(n_units, n_groups), each unit to each mean, the own mean without the unit; root mean square over columns."""
    sizes = member.sum(axis=0)
    sums = member.T @ values
    far = cdist(values, sums / sizes[:, None])
    place = member.argmax(axis=1)
    without = (sums[place] - values) / (sizes[place] - 1)[:, None]
    far[np.arange(len(values)), place] = np.sqrt(((values - without) ** 2).sum(axis=1))
    return np.asarray(far / np.sqrt(values.shape[1]))
