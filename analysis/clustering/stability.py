"""Do types come back? Bootstrap Jaccard stability, judged against data that have no types, and leaving one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from analysis.clustering.partition import Array, Labels, partitions
from analysis.clustering.ward_kernel import resampled_jaccard
from analysis.config.clustering import Algorithm, Clustering
from analysis.errors import MethodError

NULLS = ("permuted", "gradient")


def best_jaccard(base: NDArray[np.integer], other: NDArray[np.integer]) -> Array:
    """Jaccard coefficient of each group of `base` with the most similar group of `other`, for several pairs at once.

    Parameters
    ----------
    base, other
        (n_pairs, n_units), labels from 0; row by row two partitions of the same units.

    Returns
    -------
    ndarray
        (n_pairs, largest label of `base` + 1); missing where no unit has the label.
    """
    pairs, tall, wide = len(base), int(base.max()) + 1, int(other.max()) + 1
    cell = (np.arange(pairs)[:, None] * tall + base) * wide + other
    table = np.bincount(cell.ravel(), minlength=pairs * tall * wide).reshape(pairs, tall, wide)
    a, b = table.sum(axis=2), table.sum(axis=1)
    with np.errstate(invalid="ignore"):  # no unit in either group
        each = table / (a[:, :, None] + b[:, None, :] - table)
    return np.where(a > 0, np.nan_to_num(each).max(axis=2), np.nan)


def bootstrap_jaccard(
    values: Array,
    ks: Sequence[int],
    algorithm: Algorithm,
    settings: Clustering,
    *,
    draws: int,
    rng: np.random.Generator,
) -> tuple[dict[int, Labels], dict[int, Array]]:
    """Mean Jaccard of each group over resamples (Hennig 2007); `ks` in ascending order.

    Units are drawn with replacement and each drawn unit counts once, as `fpc::clusterboot` does by default: copies
    would form groups of their own. A resample without a unit of a group says nothing about it and is left out of that
    group's mean; so is one with fewer distinct rows than groups.

    Returns
    -------
    tuple
        Partition of the data for each k, and for each k the mean Jaccard of its groups, by label.
    """
    base = partitions(values, ks, algorithm, settings, rng=rng)
    own = np.array([base[k] for k in ks]) - 1
    sums, counts = np.zeros((len(ks), int(own.max()) + 1)), np.zeros((len(ks), int(own.max()) + 1))
    n = len(values)
    same_row = np.unique(values, axis=0, return_inverse=True)[1].ravel()
    if algorithm == "ward":
        drawn, apart = rng.integers(n, size=(draws, n)), squareform(pdist(values))
        resampled_jaccard(apart, same_row, drawn, np.array(ks), own, sums, counts)
    else:
        for _ in range(draws):
            chosen = np.unique(rng.integers(n, size=n))
            distinct = len(np.unique(same_row[chosen]))
            possible = [k for k in ks if k <= distinct]
            if not possible:
                continue
            again = partitions(values[chosen], possible, algorithm, settings, rng=rng)
            rows = np.flatnonzero(np.array(ks) <= distinct)
            alike = best_jaccard(own[np.ix_(rows, chosen)], np.array([again[k] - 1 for k in possible]))
            there = ~np.isnan(alike)
            padded = slice(0, alike.shape[1])
            sums[rows, padded] += np.where(there, alike, 0)
            counts[rows, padded] += there
    with np.errstate(invalid="ignore"):
        mean = sums / counts
    return base, {k: mean[i, : int(base[k].max())] for i, k in enumerate(ks)}


def permuted(values: Array, rng: np.random.Generator) -> Array:
    """Every column in a random order of its own: the same values, no connection between columns, no types."""
    return rng.permuted(values, axis=0)


def gradient(values: Array, rng: np.random.Generator) -> Array:
    """Data with the same values in every column and about the same correlations, but without types.

    Normal draws with the covariance of the data give the order of units in each column; the column's own values are
    put into that order. Units differ by degrees only: types that are no more stable than here are slices of a
    continuum. With skewed columns correlations come out somewhat weaker (by a tenth, on the average of the scores of
    this survey), so that the test errs, if at all, towards finding types.
    """
    n = len(values)
    spread = values.std(axis=0)
    drawn = rng.standard_normal((n, n)) @ (
        (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1) / np.sqrt(n)
    )
    order = drawn.argsort(axis=0).argsort(axis=0)
    return np.take_along_axis(np.sort(values, axis=0), order, axis=0)


def verdict(jaccard: float, settings: Clustering) -> str:
    """Name a stability: valid, doubtful or unstable, by the thresholds of the method alone."""
    if jaccard >= settings.valid:
        return "valid"
    return "doubtful" if jaccard >= settings.doubtful else "unstable"


def stability_test(
    values: Array, ks: Sequence[int], algorithm: Algorithm, settings: Clustering, *, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stability of types beside that of types found in data without any.

    Fixed thresholds fail with few units: even columns in random order give groups that reach them. So the same search
    runs on `null_draws` data sets of each kind (`permuted`, `gradient`).

    Returns
    -------
    tuple
        Types: columns k, type, size, jaccard, verdict, p_permuted, p_gradient; p is the share of data sets without
        types whose most stable group reaches this stability, so it holds for all types of a partition together.
        Partitions: columns k, jaccard (mean over types), and for each kind mean_, best_ (95th percentile) and p_.
    """
    base, own = bootstrap_jaccard(values, ks, algorithm, settings, draws=settings.bootstrap, rng=rng)
    best: dict[tuple[str, int], list[float]] = {(kind, k): [] for kind in NULLS for k in ks}
    mean: dict[tuple[str, int], list[float]] = {(kind, k): [] for kind in NULLS for k in ks}
    for kind, make in (("permuted", permuted), ("gradient", gradient)):
        for _ in range(settings.null_draws):
            data = make(values, rng)
            _, null = bootstrap_jaccard(data, ks, algorithm, settings, draws=settings.bootstrap, rng=rng)
            for k in ks:
                best[kind, k].append(float(np.nanmax(null[k])))
                mean[kind, k].append(float(np.nanmean(null[k])))
    types, wholes = [], []
    for k in ks:
        for number, jaccard in enumerate(own[k], start=1):
            row = {"k": k, "type": number, "size": int((base[k] == number).sum()), "jaccard": float(jaccard)}
            row["verdict"] = verdict(float(jaccard), settings)  # type: ignore[assignment]
            types.append(row | {f"p_{kind}": _p(best[kind, k], float(jaccard)) for kind in NULLS})
        whole: dict[str, float] = {"k": k, "jaccard": float(np.nanmean(own[k]))}
        for kind in NULLS:
            whole[f"mean_{kind}"] = float(np.mean(mean[kind, k]))
            whole[f"best_{kind}"] = float(np.quantile(best[kind, k], 0.95))
            whole[f"p_{kind}"] = _p(mean[kind, k], whole["jaccard"])
        wholes.append(whole)
    return pd.DataFrame(types), pd.DataFrame(wholes)


def _p(drawn: Sequence[float], observed: float) -> float:
    return (1 + sum(d >= observed - 1e-12 for d in drawn)) / (len(drawn) + 1)


def moved(base: NDArray[np.integer], other: NDArray[np.integer]) -> int:
    """Units that change groups, when the groups of both partitions are paired so that as few as possible do."""
    first, second = (np.unique(labels, return_inverse=True)[1].ravel() for labels in (base, other))
    wide = int(second.max()) + 1
    table = np.bincount(first * wide + second, minlength=(int(first.max()) + 1) * wide).reshape(-1, wide)
    rows, columns = linear_sum_assignment(-table)
    return int(len(base) - table[rows, columns].sum())


def leave_one_out(
    variants: Mapping[str, pd.DataFrame],
    labels: pd.Series,
    algorithm: Algorithm,
    settings: Clustering,
    *,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Types once more without each indicator.

    Parameters
    ----------
    variants
        Indicator left out → complete features without it, units as in `labels`.
    labels
        (n_units,), types with everything.

    Returns
    -------
    DataFrame
        Columns code, ari (adjusted Rand index with the types), moved (units that change types), by `moved` downwards.

    Raises
    ------
    MethodError
        A variant has other units.
    """
    k = int(labels.nunique())
    rows = []
    for code, values in variants.items():
        if list(values.index) != list(labels.index):
            raise MethodError(f"clustering: without {code} there are other units than with it")
        again = partitions(values.to_numpy(), [k], algorithm, settings, rng=rng)[k]
        rows.append((code, float(adjusted_rand_score(labels, again)), moved(labels.to_numpy(), again)))
    table = pd.DataFrame(rows, columns=["code", "ari", "moved"])
    return table.sort_values(["moved", "code"], ascending=[False, True], ignore_index=True)
