"""Shares and ratings with intervals that respect respondents nested in clusters, overall and in groups of clusters.

Members of one cluster share a coordinator and answer alike, so 733 members say less than 733 independent people would.
Every number here is a ratio of two sums over clusters, R = Σ y_c / Σ n_c; its error comes from how clusters differ, not
from how respondents do. Tests of the same numbers are in `differences`, the check by resampling in `bootstrap_errors`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.errors import MethodError
from analysis.opinions.counts import TICKED, Counts, Item
from analysis.opinions.tabulation import MEAN, SHARE

TOP_TWO, HEADLINE = "top_two", "headline"
ALL = "all"
KEY = ["dimension", "group", "item", "question_no", "type", "option", "measure"]
ESTIMATES = [*KEY, "count", "n", "clusters", "value", "se", "deff", "low", "high", "small"]


@dataclass(frozen=True)
class Measure:
    """A ratio of an item: weights of the options in the numerator, its squares, and in the denominator."""

    option: str
    name: str
    top: np.ndarray
    base: np.ndarray

    @property
    def is_share(self) -> bool:
        """Whether the value is a share (printed in percent) and not points of a rating."""
        return self.name != MEAN


def measures_of(item: Item, headlines: Mapping[str, Collection[str]]) -> list[Measure]:
    """Return what is estimated of an item: shares, for ratings the mean and the top two, and the headline.

    Parameters
    ----------
    headlines
        Option list → options that together are the favourable answer. For a rating the mean is the headline.

    Notes
    -----
    The top two are the two highest scores, in the share of those with an opinion.
    """
    everyone = np.ones(len(item.options))
    one = np.eye(len(item.options))
    shown = [i for i, option in enumerate(item.options) if item.type != "tick" or option == TICKED]
    out = [Measure(item.options[i], SHARE, one[i], everyone) for i in shown]
    if item.type == "rating":
        scores, scored = np.nan_to_num(np.array(item.scores)), item.scored.astype(float)
        highest = np.isin(np.array(item.scores), sorted(s for s in item.scores if s == s)[-2:]).astype(float)
        out += [Measure("", MEAN, scores, scored), Measure("", TOP_TWO, highest, scored)]
    elif item.option_list in headlines:
        unknown = set(headlines[item.option_list]) - set(item.options)
        if unknown:
            raise MethodError(f"{item.option_list}: the headline names {', '.join(sorted(unknown))}, not an option")
        favourable = np.isin(np.array(item.options), list(headlines[item.option_list])).astype(float)
        out.append(Measure("|".join(headlines[item.option_list]), HEADLINE, favourable, everyone))
    return out


def group_masks(counts: Counts, groups: pd.DataFrame | None) -> dict[tuple[str, str], np.ndarray]:
    """Return (dimension, group) → (n_clusters,) membership, all clusters first.

    Parameters
    ----------
    groups
        Index the identifiers of clusters, one column a dimension; '' or missing leaves a cluster out of it.

    Raises
    ------
    MethodError
        A cluster of the answers has no row.
    """
    masks = {(ALL, ALL): np.ones(len(counts.clusters), dtype=bool)}
    if groups is None:
        return masks
    absent = [str(c) for c in counts.clusters if c not in groups.index]
    if absent:
        raise MethodError(f"groups of clusters: nothing is known about {', '.join(absent[:5])}")
    known = groups.reindex(counts.clusters)
    for dimension in groups.columns:
        values = known[dimension]
        for group in sorted(values[values.notna() & (values != "")].unique()):
            masks[str(dimension), str(group)] = (values == group).to_numpy(dtype=bool)
    return masks


def ratio_variance(
    yy: np.ndarray, yn: np.ndarray, nn: np.ndarray, ratio: np.ndarray, n: np.ndarray, m: np.ndarray
) -> np.ndarray:
    """Linearised variance of R = Σ y / Σ n over `m` clusters, from sums of squares and products over clusters.

    v(R) = m / (m − 1) · Σ (y_c − R n_c)² / (Σ n_c)²; not a number where m < 2.

    References
    ----------
    Cochran (1977), Sampling Techniques, §6.3 and §9A; Lohr (2010), Sampling: Design and Analysis, §5.2.3 (without the
    finite population correction: clusters stand for what such clusters would say).
    """
    squares = np.maximum(yy - 2 * ratio * yn + ratio**2 * nn, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(m > 1, m / (m - 1.0) * squares / n**2, np.nan)


def wilson(share: np.ndarray, n: np.ndarray, quantile: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of shares (0–1) on `n` answers, which may be an effective number."""
    z2 = np.square(quantile)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(share * (1 - share) / n * z2 + z2**2 / (4 * n**2)) / (1 + z2 / n)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _intervals(
    value: np.ndarray, se: np.ndarray, deff: np.ndarray, n: np.ndarray, m: np.ndarray, share: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits: Wilson on the effective base for shares, plus and minus t · se for means; none under two clusters."""
    quantile = np.where(m > 1, stats.t.ppf(0.5 + level / 2, np.maximum(m - 1, 1)), np.nan)
    # Where all or nobody chose it nothing is known of the design effect; then a cluster counts as one answer.
    effective = np.where(np.isnan(deff) | (deff <= 0), m, n / np.maximum(deff, 1.0))
    low, high = wilson(np.where(share, value, 0.5), effective, quantile)
    return np.where(share, low, value - quantile * se), np.where(share, high, value + quantile * se)


def estimate(
    counts: Counts,
    groups: pd.DataFrame | None = None,
    *,
    headlines: Mapping[str, Collection[str]] | None = None,
    level: float = 0.95,
    small_base: int = 30,
    small_clusters: int = 5,
) -> pd.DataFrame:
    """Estimate all measures of all items, overall and in each group of clusters.

    Parameters
    ----------
    counts
        From `count_answers`, with a cluster column.
    groups
        As for `group_masks`.
    headlines
        As for `measures_of`.
    level
        Confidence level of the intervals.
    small_base, small_clusters
        A number is flagged `small` that rests on fewer answers, or on answers from fewer clusters.

    Returns
    -------
    DataFrame
        Columns `ESTIMATES`: value, se, low, high in percent for shares and in points for means; `count` the answers in
        the numerator (for means: with a score), `n` the base, `clusters` those with an answer, `deff` the variance
        against that of a simple random sample of as many. A measure without a base in a group has no row. se, deff and
        limits are missing where they cannot be had: with one cluster, and deff where all answer alike.
    """
    masks = group_masks(counts, groups)
    # Sparse: a cluster is in one group of each dimension, and threads of a dense product would wait for each other.
    member = sparse.csr_array(np.array(list(masks.values()), dtype=float))
    names = list(masks)
    keys: list[list[object]] = []
    numbers = []
    for item, table in counts:
        counted = table.astype(float)
        own = measures_of(item, headlines or {})
        tops, bases = np.array([x.top for x in own]).T, np.array([x.base for x in own]).T
        y, n = counted @ tops, counted @ bases
        totals = [member @ part for part in (y, n, y * y, y * n, n * n, counted @ tops**2, (n > 0).astype(float))]
        total = member @ (counted @ (tops != 0))
        keys += [
            [*names[g], item.name, item.question_no, item.type, x.option, x.name]
            for g in range(len(names))
            for x in own
        ]
        flags = np.broadcast_to(np.array([float(x.is_share) for x in own]), y[:1].repeat(len(names), axis=0).shape)
        numbers.append(np.stack([*totals, total, flags], axis=-1).reshape(-1, 9))
    sy, n, yy, yn, nn, units, m, count, share = np.concatenate(numbers).T
    share = share > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        value = sy / n
        variance = ratio_variance(yy, yn, nn, value, n, m)
        simple = (units / n - value**2) / (n - 1)
        deff = np.where(simple > 1e-15, variance / simple, np.nan)
    se = np.sqrt(variance)
    low, high = _intervals(value, se, deff, n, m, share, level)
    scale = np.where(share, 100.0, 1.0)
    out = pd.DataFrame(keys, columns=KEY)
    out["count"], out["n"], out["clusters"] = (np.rint(x).astype(np.int64) for x in (count, n, m))
    for name, column in (("value", value), ("se", se), ("low", low), ("high", high)):
        out[name] = column * scale
    out["deff"] = deff
    out["small"] = (n < small_base) | (m < small_clusters)
    return out.loc[n > 0, ESTIMATES].reset_index(drop=True)


def bootstrap_errors(
    counts: Counts,
    groups: pd.DataFrame | None = None,
    *,
    headlines: Mapping[str, Collection[str]] | None = None,
    draws: int,
    level: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Standard errors and percentile limits of the same measures by resampling clusters: the check on `estimate`.

    In every group of `m` clusters, m − 1 are drawn with replacement (Rao and Wu), which makes the bootstrap variance of
    a total unbiased.

    Returns
    -------
    DataFrame
        Columns `KEY`, boot_se, boot_low, boot_high (percent or points). Groups of one cluster have no row.
    """
    masks = group_masks(counts, groups)
    tail = 50 * (1 - level)
    heads, tops, bases, scales = [], [], [], []
    for item, table in counts:
        counted = table.astype(float)
        for x in measures_of(item, headlines or {}):
            heads.append((item.name, item.question_no, item.type, x.option, x.name))
            tops.append(counted @ x.top)
            bases.append(counted @ x.base)
            scales.append(100.0 if x.is_share else 1.0)
    y, n = np.array(tops), np.array(bases)  # (n_measures, n_clusters)
    parts = []
    for (dimension, group), mask in masks.items():
        m = int(mask.sum())
        if m < 2:
            continue
        weights = rng.multinomial(m - 1, np.full(m, 1 / m), size=draws).astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = (y[:, mask] @ weights.T) / (n[:, mask] @ weights.T)
        drawn *= np.array(scales)[:, None]
        known, whole = n[:, mask].sum(axis=1) > 0, ~np.isnan(drawn).any(axis=1)
        limits = np.full((2, len(heads)), np.nan)
        limits[:, whole] = np.percentile(drawn[whole], [tail, 100 - tail], axis=1)
        errors = np.full(len(heads), np.nan)
        errors[whole] = drawn[whole].std(axis=1, ddof=1)
        for j in np.flatnonzero(known & ~whole):  # draws without anybody who answered
            limits[:, j] = np.nanpercentile(drawn[j], [tail, 100 - tail])
            errors[j] = drawn[j][~np.isnan(drawn[j])].std(ddof=1)
        parts += [(dimension, group, *heads[j], errors[j], *limits[:, j]) for j in np.flatnonzero(known)]
    return pd.DataFrame(parts, columns=[*KEY, "boot_se", "boot_low", "boot_high"])
