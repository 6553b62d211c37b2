"""What types are like: mean profiles, names made by rule, how they lie across sectors and sizes, and plane views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from analysis.clustering.validity import silhouettes
from analysis.config.clustering import Clustering
from analysis.contingency import contingency_tables


def choose_k(indices: pd.DataFrame, settings: Clustering) -> int:
    """Return the number of types: `k` of the method, or the smallest one with the highest mean silhouette."""
    if settings.k is not None:
        return settings.k
    return int(indices["k"].to_numpy()[int(np.nanargmax(indices["silhouette"].to_numpy()))])


def type_profiles(described: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Mean of every column in every type.

    Parameters
    ----------
    described
        (n_units, n_columns), z-scores of sub-areas, whatever the types were made from.
    labels
        (n_units,), types.

    Returns
    -------
    DataFrame
        (n_types, n_columns), index type.
    """
    return described.groupby(labels.rename("type")).mean()


def type_summary(
    described: pd.DataFrame, features: pd.DataFrame, labels: pd.Series, settings: Clustering
) -> pd.DataFrame:
    """Describe each type by its level and the sub-areas that stand out from it.

    The level is the mean z-score over all sub-areas: `strong` from `settings.level` up, `weak` from its negative down,
    else `middling`. The strong (weak) sides are the sub-areas furthest above (below) that level, so that a weak type
    is named by what it does best as well.

    Returns
    -------
    DataFrame
        Index type; columns size, share (percent), silhouette (mean of its units, in `features`), level, name (strong,
        middling, weak), top and bottom (codes, `;`).
    """
    means = type_profiles(described, labels)
    widths = pd.Series(silhouettes(features.to_numpy(), labels.to_numpy()), index=labels.index)
    rows = []
    for number, own in means.iterrows():
        height = float(own.mean())
        apart = (own - height).sort_values(kind="stable")
        rows.append(
            {
                "type": number,
                "size": int((labels == number).sum()),
                "share": 100 * float((labels == number).mean()),
                "silhouette": float(widths[labels == number].mean()),
                "level": height,
                "name": "strong" if height >= settings.level else "weak" if height <= -settings.level else "middling",
                "top": ";".join(map(str, apart.index[::-1][: settings.name_top])),
                "bottom": ";".join(map(str, apart.index[: settings.name_top])),
            }
        )
    return pd.DataFrame(rows).set_index("type")


def across(labels: pd.Series, traits: pd.DataFrame, *, permutations: int, rng: np.random.Generator) -> pd.DataFrame:
    """Agreement of types with characteristics of the units that took no part in making them.

    Parameters
    ----------
    traits
        (n_units, …), groups; a unit without a value is left out of that comparison.

    Returns
    -------
    DataFrame
        Columns trait, n, ari, cramers_v, p: share of random orders with at least this chi-square.
    """
    rows = []
    for name in traits.columns:
        known = traits[name].reindex(labels.index).dropna()
        own = labels.loc[known.index]
        a, b = pd.factorize(own)[0], pd.factorize(known.astype(str))[0]
        observed = float(_chi_square(a, b[None, :])[0])
        drawn = _chi_square(a, rng.permuted(np.tile(b, (permutations, 1)), axis=1))
        smaller = min(a.max(), b.max())
        rows.append(
            {
                "trait": str(name),
                "n": len(own),
                "ari": float(adjusted_rand_score(a, b)),
                "cramers_v": float(np.sqrt(observed / (len(own) * smaller))),
                "p": (1 + int((drawn >= observed - 1e-9).sum())) / (permutations + 1),
            }
        )
    return pd.DataFrame(rows)


def _chi_square(a: NDArray[np.integer], orders: NDArray[np.integer]) -> NDArray[np.float64]:
    """Chi-square of `a` with each of several orders of the same groups, (n_orders, n_units)."""
    tables = contingency_tables(a, orders)
    expected = np.outer(tables[0].sum(axis=1), tables[0].sum(axis=0)) / len(a)
    return np.asarray(((tables - expected) ** 2 / expected).sum(axis=(1, 2)))


@dataclass(frozen=True)
class Plane:
    """Principal components: `points` (n_units, 2), `arrows` (n_columns, 2) loadings, `shares` of the variance."""

    points: pd.DataFrame
    arrows: pd.DataFrame
    shares: tuple[float, float]


def plane(values: pd.DataFrame) -> Plane:
    """Project units on the two first principal components; arrows are correlations of columns with them.

    The sign of a component is free; it is chosen so that the arrows point to positive values on the whole.
    """
    centred = values - values.mean()
    left, singular, right = np.linalg.svd(centred.to_numpy(), full_matrices=False)
    sign = np.where(right[:2].sum(axis=1) < 0, -1.0, 1.0)
    points = left[:, :2] * singular[:2] * sign
    spread = centred.std(ddof=0).to_numpy()
    arrows = right[:2].T * sign * singular[:2] / np.sqrt(len(values)) / spread[:, None]
    shares = 100 * singular[:2] ** 2 / (singular**2).sum()
    return Plane(
        pd.DataFrame(points, index=values.index, columns=["x", "y"]),
        pd.DataFrame(arrows, index=values.columns, columns=["x", "y"]),
        (float(shares[0]), float(shares[1])),
    )


def main_arrows(made: Plane, *, first: int, second: int, names: Mapping[str, str]) -> pd.DataFrame:
    """Arrows of the columns most strongly tied to each component (numbers of them given), with printed names.

    Returns
    -------
    DataFrame
        Columns x, y, label, by code.
    """
    strength = made.arrows.abs()
    codes = {*strength["x"].nlargest(first).index, *strength["y"].nlargest(second).index}
    own = made.arrows.loc[sorted(codes)]
    return own.assign(label=[names[str(c)] for c in own.index])
