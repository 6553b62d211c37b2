"""Do sectors differ? Rank tests of every score with effect sizes, and one test of the whole profile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control, rankdata

from analysis.clustering.partition import Array
from analysis.errors import MethodError

_BATCH = 1000


def indicator_matrix(groups: pd.Series, order: Sequence[str]) -> Array:
    """(n_units, n_groups), 1 where a unit belongs to a group; raises `MethodError` for a unit outside the groups."""
    outside = groups.index[~groups.isin(order)]
    if len(outside):
        raise MethodError(f"sectors: {', '.join(map(str, outside[:5]))} in none of {', '.join(order)}")
    return (groups.to_numpy()[:, None] == np.array(order)[None, :]).astype(float)


def kruskal_table(
    scores: pd.DataFrame, groups: pd.Series, order: Sequence[str], *, permutations: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Kruskal–Wallis test of every column between groups, with a permutation p-value.

    The chi-square law of H is an approximation that groups of four do not warrant; `p` comes from random assignments
    of the same scores to groups of the same sizes.

    Parameters
    ----------
    scores
        (n_units, n_columns); a unit without a score is left out of that column's test.
    groups
        (n_units,), group of each unit.
    order
        Groups, in printed order.

    Returns
    -------
    DataFrame
        Columns code, n, smallest (size of the smallest group), h (corrected for ties), p_chi2, p, q (p adjusted over
        the columns, Benjamini–Hochberg), epsilon2 = H/(n - 1), eta2 = (H - k + 1)/(n - k), by_chance (mean of epsilon2
        under random assignment, (k - 1)/(n - 1)), highest and lowest (groups by mean rank).

    Raises
    ------
    MethodError
        A group has no score in a column, or all scores of a column are equal.
    """
    rows = []
    for code in scores.columns:
        column = scores[code].dropna()
        member = indicator_matrix(groups.reindex(column.index), order)
        sizes = member.sum(axis=0)
        if (sizes == 0).any():
            raise MethodError(f"sectors: nobody of `{order[int(sizes.argmin())]}` has a score of {code}")
        n, k = len(column), len(order)
        ranks = rankdata(column)
        counts = np.unique(ranks, return_counts=True)[1]
        ties = 1 - float((counts**3 - counts).sum()) / (n**3 - n)
        if ties == 0:
            raise MethodError(f"sectors: all scores of {code} are equal; there is nothing to test")
        drawn = [_h(rng.permuted(np.tile(ranks, (size, 1)), axis=1), member, ties) for size in _batches(permutations)]
        h = float(_h(ranks[None, :], member, ties)[0])
        p = (1 + int((np.concatenate(drawn) >= h - 1e-9).sum())) / (permutations + 1)
        means = (ranks @ member) / sizes
        rows.append(
            {
                "code": str(code),
                "n": n,
                "smallest": int(sizes.min()),
                "h": h,
                "p_chi2": float(chi2.sf(h, k - 1)),
                "p": p,
                "epsilon2": h / (n - 1),
                "eta2": (h - k + 1) / (n - k),
                "by_chance": (k - 1) / (n - 1),
                "highest": order[int(means.argmax())],
                "lowest": order[int(means.argmin())],
            }
        )
    table = pd.DataFrame(rows)
    table.insert(6, "q", false_discovery_control(table["p"]))
    return table


def _h(ranks: Array, member: Array, ties: float) -> Array:
    n = ranks.shape[1]
    sums = ranks @ member
    return np.asarray((12 / (n * (n + 1)) * (sums**2 / member.sum(axis=0)).sum(axis=1) - 3 * (n + 1)) / ties)


def _batches(total: int) -> list[int]:
    return [min(_BATCH, total - start) for start in range(0, total, _BATCH)]


def permanova(
    values: Array, groups: pd.Series, order: Sequence[str], *, permutations: int, rng: np.random.Generator
) -> dict[str, float]:
    """Test of whole profiles between groups (Anderson 2001), with Euclidean distances.

    Parameters
    ----------
    values
        (n_units, n_columns), complete, rows as in `groups`.

    Returns
    -------
    dict
        f (pseudo-F), r2 (share of the sum of squares between groups), by_chance (its mean under random assignment,
        (k - 1)/(n - 1)), p.
    """
    member = indicator_matrix(groups, order)
    n, k = member.shape
    sizes = member.sum(axis=0)
    centred = values - values.mean(axis=0)
    total = float((centred**2).sum())

    def between(members: Array) -> Array:
        sums = np.einsum("mng,np->mgp", members, centred)
        return np.asarray(((sums**2).sum(axis=2) / sizes).sum(axis=1))

    own = float(between(member[None])[0])
    drawn = [between(member[np.argsort(rng.random((size, n)), axis=1)]) for size in _batches(permutations)]
    r2 = own / total
    p = (1 + int((np.concatenate(drawn) >= own - 1e-9 * total).sum())) / (permutations + 1)
    return {"f": (own / (k - 1)) / ((total - own) / (n - k)), "r2": r2, "by_chance": (k - 1) / (n - 1), "p": p}
