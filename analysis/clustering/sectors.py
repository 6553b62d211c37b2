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


def _resampled_profiles(values: Array, member: Array, *, draws: int, rng: np.random.Generator) -> Array:
    """(draws, n_groups, n_columns): means of groups in bootstrap samples within groups."""
    group, unit = np.nonzero(member.T)  # units by group
    sizes = member.sum(axis=0).astype(int)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    drawn = unit[start + rng.integers(0, np.tile(sizes[group], (draws, 1)))]
    n, count = member.shape
    cell = (np.arange(draws)[:, None] * count + group) * n + drawn
    weights = np.bincount(cell.ravel(), minlength=draws * count * n).reshape(-1, n)
    return np.asarray((weights @ values).reshape(draws, count, -1) / sizes[:, None])


def _branches_of_each(centres: Array, method: str) -> NDArray[np.bool_]:
    """`branches` of many dendrograms at once, as SciPy's linkage finds them where no two distances are equal.

    With six sectors a call of SciPy takes twenty times as long for its checks as for its work.

    Parameters
    ----------
    centres
        (n_trees, n_groups, n_columns), profiles.

    Returns
    -------
    ndarray
        (n_trees, n_groups - 1, n_groups): for each merge the groups below it.
    """
    trees, count, _ = centres.shape
    far = np.sqrt(((centres[:, :, None, :] - centres[:, None, :, :]) ** 2).mean(axis=3))
    far[:, np.arange(count), np.arange(count)] = np.inf
    sizes = np.ones((trees, count))
    below = np.tile(np.eye(count, dtype=bool), (trees, 1, 1))
    found = np.empty((trees, count - 1, count), dtype=bool)
    each = np.arange(trees)
    for merge in range(count - 1):
        a, b = np.divmod(far.reshape(trees, -1).argmin(axis=1), count)
        x, y, own = far[each, a], far[each, b], far[each, a, b][:, None]
        n_x, n_y = sizes[each, a][:, None], sizes[each, b][:, None]
        gone = ~np.isfinite(x + y)  # merged already, or one of the two
        x, y = np.where(gone, 0.0, x), np.where(gone, 0.0, y)
        if method == "complete":
            joined = np.maximum(x, y)
        elif method == "average":
            joined = (n_x * x + n_y * y) / (n_x + n_y)
        else:  # Ward
            joined = np.sqrt(((sizes + n_x) * x**2 + (sizes + n_y) * y**2 - sizes * own**2) / (sizes + n_x + n_y))
        joined[gone] = np.inf
        far[each, a] = far[each, :, a] = joined
        far[each, b] = far[each, :, b] = np.inf
        sizes[each, a] += sizes[each, b]
        below[each, a] |= below[each, b]
        found[:, merge] = below[each, a]
    return found


def branch_support(values: Array, member: Array, method: str, *, draws: int, rng: np.random.Generator) -> Array:
    """Share of resamples (units drawn within their groups) in whose dendrogram each branch returns.

    Returns
    -------
    ndarray
        (n_groups - 1,), in the order of merges; the root has 1.
    """
    own = _branches_of_each(profiles(values, member)[None], method)[0]
    found = _branches_of_each(_resampled_profiles(values, member, draws=draws, rng=rng), method)
    again = (own[None, :, None, :] == found[:, None, :, :]).all(axis=3).any(axis=2)
    return np.asarray(again.mean(axis=0))


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
