"""Do groups of clusters answer differently? Tests that do not mistake 733 members for 733 independent people.

Two tests of the same statistic: Rao and Scott's correction of the chi-squared test for answers nested in clusters, and
a permutation of clusters between the groups, which needs no large numbers of clusters. Many questions are asked at
once, so p-values of the permutation are corrected by Benjamini and Hochberg over all questions and groupings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import MethodError
from analysis.opinions.counts import TICKED, Counts, Item
from analysis.opinions.estimates import ALL, HEADLINE, group_masks
from analysis.opinions.tabulation import MEAN, SHARE

CHUNK = 1000  # draws at once: the sums of an item stay in the caches
EXACT = 1e-12  # what differs less does not differ
DIFFERENCES = [
    "dimension", "item", "question_no", "measure", "groups", "n", "clusters", "statistic", "df", "p_rao_scott",
    "p_permutation", "p_adjusted", "differs", "effect", "lowest", "lowest_value", "highest", "highest_value",
]  # fmt: skip


@dataclass(frozen=True)
class Responses:
    """What is compared between groups: sums of each response in every cluster, and its variance in one respondent."""

    sums: np.ndarray  # (n_clusters, n_responses)
    base: np.ndarray  # (n_clusters,)
    unit: np.ndarray  # (n_responses,) divisor of squared differences: p_k of a share, the variance of a score


def responses_of(item: Item, table: np.ndarray) -> Responses | None:
    """Return shares of all options, or the rating; None where all respondents answer alike.

    Parameters
    ----------
    table
        (n_clusters, n_options) numbers of answers.
    """
    counted = table.astype(float)
    if item.type == "rating":
        scored, scores = item.scored, np.nan_to_num(np.array(item.scores))
        base, sums = counted[:, scored].sum(axis=1), (counted @ scores)[:, None]
        if not base.sum():
            return None
        variance = (counted @ scores**2).sum() / base.sum() - (sums.sum() / base.sum()) ** 2
        return Responses(sums, base, np.array([variance])) if variance > 1e-12 else None
    base = counted.sum(axis=1)
    chosen = counted.sum(axis=0) > 0
    if chosen.sum() < 2:
        return None
    return Responses(counted[:, chosen], base, counted[:, chosen].sum(axis=0) / base.sum())


def _studentised(r: Responses, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return X² and its expectation trace(W V) for memberships (…, n_groups, n_clusters)."""
    n, m = member @ r.base, member @ (r.base > 0).astype(float)
    y, yy, yn = (member @ part for part in (r.sums, r.sums**2, r.sums * r.base[:, None]))
    nn = (member @ r.base**2)[..., None]
    total = r.base.sum()
    overall = r.sums.sum(axis=0) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = y / n[..., None]
        variance = (m / (m - 1.0) / n**2)[..., None] * np.maximum(yy - 2 * ratio * yn + ratio**2 * nn, 0.0)
    usable = ((n > 0) & (m > 1))[..., None]
    squares = np.where(usable, n[..., None] * (ratio - overall) ** 2 / r.unit, 0.0).sum(axis=(-2, -1))
    expected = np.where(usable, ((1 - n / total) * n)[..., None] * variance / r.unit, 0.0).sum(axis=(-2, -1))
    return squares, expected


def _rao_scott(r: Responses, member: np.ndarray) -> tuple[float, float, float]:
    """Return F, its numerator's degrees of freedom and p.

    X² is the quadratic form p̂′ W p̂ with W = (diag(n) − n n′/N) ⊗ diag(1/unit). With the linearised covariance V of the
    groups' shares, F = X² / tr(WV) follows F(ν, ν (m − G)) where ν = tr(WV)² / tr((WV)²).

    References
    ----------
    Rao and Scott (1984), On chi-squared tests for multiway contingency tables, Annals of Statistics 12; Thomas and Rao
    (1987) for the F reference.
    """
    n, k = member @ r.base, len(r.unit)
    blocks = np.zeros((len(n) * k, len(n) * k))
    for g, inside in enumerate(member > 0):
        own = inside & (r.base > 0)
        m = own.sum()
        residual = r.sums[own] - np.outer(r.base[own], r.sums[own].sum(axis=0) / n[g])
        blocks[g * k : (g + 1) * k, g * k : (g + 1) * k] = m / (m - 1) * residual.T @ residual / n[g] ** 2
    weight = np.kron(np.diag(n) - np.outer(n, n) / n.sum(), np.diag(1 / r.unit))
    product = weight @ blocks
    trace, square = float(np.trace(product)), float(np.sum(product * product.T))
    if trace <= 0 or square <= 0:
        return float("nan"), float("nan"), float("nan")
    ratio = member @ r.sums / n[:, None]
    squares = float((n[:, None] * (ratio - r.sums.sum(axis=0) / n.sum()) ** 2 / r.unit).sum())
    df = trace**2 / square
    clusters = float(((member > 0) & (r.base > 0)).sum() - len(n))
    return squares / trace, df, float(stats.f.sf(squares / trace, df, df * clusters))


def _parts(r: Responses) -> np.ndarray:
    """Rows whose sums over the clusters of a group are all that the statistic needs of an item, one column a cluster.

    Base, whether there is one, its square, the squared length of z, then z and z times the base, where z are the sums
    less their expectation, in units of the responses. Only lengths and products of z count, so it is turned until
    directions in which no cluster differs, as that of all shares together, can be left out.
    """
    z = (r.sums - np.outer(r.base, r.sums.sum(axis=0) / r.base.sum())) / np.sqrt(r.unit)
    turned, sizes, _ = np.linalg.svd(z, full_matrices=False)
    z = (turned * sizes)[:, sizes > 1e-10 * sizes[0]]
    return np.vstack([r.base, r.base > 0, r.base**2, (z**2).sum(axis=1), z.T, z.T * r.base])


def _statistic(sums: np.ndarray, total: float) -> np.ndarray:
    """Return X² over its expectation, the same as from `_studentised`, for sums of `_parts`: (n_parts, n_groups, …)."""
    n, m, nn, lengths = sums[:4]
    half = 4 + (len(sums) - 4) // 2
    z, zn = sums[4:half], sums[half:]
    square = (z * z).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.maximum(lengths - 2 * (z * zn).sum(axis=0) / n + nn * square / n**2, 0.0)
        usable = (n > 0) & (m > 1)
        squares = np.where(usable, square / n, 0.0).sum(axis=0)
        expected = np.where(usable, (1 - n / total) * m / (m - 1.0) / n * within, 0.0).sum(axis=0)
        return np.where(expected > EXACT, squares / expected, np.where(squares > EXACT, np.inf, 0.0))


def _p_permutation(compared: Sequence[Responses], member: np.ndarray, drawn: np.ndarray) -> list[float]:
    """Share of assignments of clusters to groups (with the present one) whose statistic is at least as large.

    Parameters
    ----------
    compared
        Items with the same clusters and groups.
    drawn
        (n_groups, n_draws, n_clusters), random assignments, true where a cluster is in a group: truth values take an
        eighth of the memory of numbers. All sums of a batch, of all items, come from one product.
    """
    parts = [_parts(r) for r in compared]
    ends = np.cumsum([len(own) for own in parts])[:-1]
    rows = np.vstack(parts)
    groups, draws, clusters = drawn.shape

    def statistics(assigned: np.ndarray) -> list[np.ndarray]:
        sums = (rows @ assigned.reshape(-1, clusters).T.astype(float)).reshape(len(rows), groups, -1)
        return [_statistic(own, float(r.base.sum())) for own, r in zip(np.split(sums, ends), compared, strict=True)]

    observed = statistics(member[:, None] > 0)
    reached = np.ones(len(compared))
    for start in range(0, draws, CHUNK):
        found = statistics(drawn[:, start : start + CHUNK])
        reached += [int((own >= seen - 1e-9).sum()) for own, seen in zip(found, observed, strict=True)]
    return list(reached / (draws + 1))


def _headline(item: Item, table: np.ndarray, headlines: Mapping[str, Collection[str]]) -> tuple[str, np.ndarray, float]:
    """What groups are ordered by: the rating, the favourable answers, or the first option; with each cluster's sums."""
    if item.type == "rating":
        return MEAN, table @ np.nan_to_num(np.array(item.scores)), 1.0
    chosen = headlines.get(item.option_list, {item.options[0]} if item.type != "tick" else {TICKED})
    return (HEADLINE if item.option_list in headlines else SHARE), table @ np.isin(item.options, list(chosen)), 100.0


def _orders(clusters: int, permutations: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n_permutations, n_clusters) random orders of the clusters."""
    return rng.permuted(np.tile(np.arange(clusters), (permutations, 1)), axis=1)


def compare_groups(
    counts: Counts,
    groups: pd.DataFrame,
    *,
    headlines: Mapping[str, Collection[str]],
    permutations: int,
    alpha: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Test every item for differences between the groups of every dimension.

    Parameters
    ----------
    counts, groups, headlines
        As for `analysis.opinions.estimates.estimate`.
    permutations
        Random assignments of clusters to groups.
    alpha
        False discovery rate at which an item `differs`.

    Returns
    -------
    DataFrame
        Columns `DIFFERENCES`: statistic (F), df of its numerator, p of both tests, p_adjusted (Benjamini–Hochberg over
        all rows), effect (Cramér's V of shares, correlation ratio η of ratings; sample values), and the groups with the
        lowest and highest headline. Clusters without a base and groups with fewer than two clusters are left out; items
        on which all agree have no row.

    Raises
    ------
    MethodError
        A cluster has no row in `groups`.
    """
    masks = group_masks(counts, groups)
    rows: list[list[Any]] = []
    for dimension in dict.fromkeys(d for d, _ in masks if d != ALL):
        names = [g for d, g in masks if d == dimension]
        whole = np.array([masks[dimension, g] for g in names], dtype=float)
        inside = whole.sum(axis=0) > 0
        assigned = (whole[:, inside] > 0)[:, _orders(int(inside.sum()), permutations, rng)]
        together: list[tuple[int, Responses]] = []  # row and answers of items that every cluster was asked
        for item, table in counts:
            r = responses_of(item, table[inside])
            if r is None:
                continue
            member = whole[:, inside]
            kept = (member @ (r.base > 0)) > 1
            member, left = member[kept], [g for g, k in zip(names, kept, strict=True) if k]
            used = member.sum(axis=0) > 0
            if len(left) < 2 or not _studentised(r, member)[1]:
                continue
            if not used.all():
                r = responses_of(item, table[inside][used])
                if r is None:
                    continue
                member = member[:, used]
            p_drawn = float("nan")
            if not used.all():
                drawn = (member > 0)[:, _orders(int(used.sum()), permutations, rng)]
                p_drawn = _p_permutation([r], member, drawn)[0]
            elif not kept.all():
                p_drawn = _p_permutation([r], member, assigned[kept])[0]
            else:
                together.append((len(rows), r))
            statistic, df, p = _rao_scott(r, member)
            n = member @ r.base
            squares = _studentised(r, member)[0]
            measure, sums, scale = _headline(item, table[inside][used], headlines)
            values = scale * (member @ sums) / n
            low, high = int(np.argmin(values)), int(np.argmax(values))
            rank = 1 if item.type == "rating" else min(len(left), len(r.unit)) - 1
            rows.append(
                [dimension, item.name, item.question_no, measure, len(left), int(n.sum()), int((r.base > 0).sum()),
                 statistic, df, p, p_drawn, np.nan, False,
                 float(np.sqrt(squares / n.sum() / rank)), left[low], values[low], left[high], values[high]]
            )  # fmt: skip
        if together:
            drawn_together = _p_permutation([r for _, r in together], whole[:, inside], assigned)
            for (row, _), p_drawn in zip(together, drawn_together, strict=True):
                rows[row][DIFFERENCES.index("p_permutation")] = p_drawn
    if not rows:
        raise MethodError("no item can be compared between groups: every group needs members of two clusters")
    out = pd.DataFrame(rows, columns=DIFFERENCES)
    out["p_adjusted"] = stats.false_discovery_control(out["p_permutation"])
    out["differs"] = out["p_adjusted"] <= alpha
    return out
