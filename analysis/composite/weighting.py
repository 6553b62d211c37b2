"""Weights of elements within their parent: given, equal, by size, from principal components, optimised, noisy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from analysis.composite.aggregation import aggregate
from analysis.composite.structure import Structure
from analysis.config import Aggregation
from analysis.config import Weights as WeightSettings
from analysis.errors import MethodError


@dataclass(frozen=True)
class Optimised:
    """Outcome of a search for weights: one row for each element (index `code`), and how near the target came.

    `table` columns: weight, target, reached (shares of importance), gap; `largest_gap` the largest absolute gap; `met`
    says whether it is at most 0.005; `message` of the solver.
    """

    table: pd.DataFrame
    largest_gap: float
    met: bool
    message: str


def weights_of(
    structure: Structure, normalised: pd.DataFrame, settings: WeightSettings, aggregation: Aggregation
) -> tuple[pd.Series, Optimised | None]:
    """Return the weights that a method means, (n_elements,) by code, and the report of a search.

    Raises
    ------
    MethodError
        The weights cannot be found; names the group or the codes.
    """
    if settings.rule == "framework":
        return structure.weights, None
    if settings.rule == "equal":
        return pd.Series(1.0, index=structure.elements.index), None
    if settings.rule == "by_number_of_indicators":
        return by_number_of_indicators(structure), None
    if settings.rule == "pca":
        return pca_weights(structure, normalised, aggregation, kind=settings.pca), None
    found = optimised_weights(
        structure, normalised, aggregation, level=settings.level, targets=dict(settings.targets) or None
    )
    weights = structure.weights.copy()
    weights[found.table.index] = found.table["weight"]
    return weights, found


def by_number_of_indicators(structure: Structure) -> pd.Series:
    """Each indicator weighs 1 and an aggregate as many as the indicators below it: all count equally in the index."""
    return pd.Series({code: float(len(structure.leaves(str(code)))) for code in structure.elements.index})


def first_component(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Loadings (unit length) of the first principal component of standardised columns, and its share of variance.

    Parameters
    ----------
    values
        (n_units, k), nothing missing, no constant column.

    Returns
    -------
    loadings, share
        (k,), signed so that they sum to a positive number, and the share in (0, 1].
    """
    correlation = np.atleast_2d(np.corrcoef(values, rowvar=False))
    eigenvalues, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1]
    if loadings.sum() < 0:
        loadings = -loadings
    return loadings, float(eigenvalues[-1] / eigenvalues.sum())


def pca_weights(
    structure: Structure, normalised: pd.DataFrame, aggregation: Aggregation, *, kind: str = "squared_loadings"
) -> pd.Series:
    """Weights from the first principal component of each group, from the lowest groups upwards.

    Parameters
    ----------
    structure, normalised, aggregation
        The tree, (n_units, n_indicators) scores, and the section by which groups are scored on the way up.
    kind
        squared_loadings (shares of the component's variance, never negative) or loadings (refused when negative).

    Returns
    -------
    Series
        (n_elements,), those of a group sum to 1. Units with a missing value in the group do not enter its component.

    Raises
    ------
    MethodError
        A group has fewer than three complete units, a constant member, or a negative loading.

    References
    ----------
    Nicoletti, Scarpetta, Boylaud (2000); OECD/JRC (2008), Handbook, p. 89.
    """
    weights = pd.Series(1.0, index=structure.elements.index)
    for group in structure.groups(area_from=aggregation.area_from):
        scores = aggregate(
            normalised, structure, aggregation.model_copy(update={"complete_from_level": None}), weights=weights
        )
        members = list(group.members)
        table = pd.concat([normalised, scores], axis=1)[members].dropna()
        flat = [m for m in members if table[m].nunique() < 2]
        if len(table) < 3 or flat:
            why = f"{len(table)} complete units" if len(table) < 3 else f"no variation in {', '.join(flat)}"
            raise MethodError(f"weights: no principal component of {group.code}: {why}; impute, or use other weights")
        loadings, _ = first_component(table.to_numpy(dtype=float))
        negative = [m for m, value in zip(members, loadings, strict=True) if value < 0]
        if kind == "loadings" and negative:
            raise MethodError(
                f"weights: negative loading of {', '.join(negative)} on the first component of {group.code}: it runs "
                "against its group; check its direction, or use `pca: squared_loadings`"
            )
        found = loadings**2 if kind == "squared_loadings" else loadings
        weights[members] = found / found.sum()
    return weights


def importances(index: NDArray[np.float64], members: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pearson correlation of each member with the index over units that have both: (n,), (n, k) → (k,)."""
    out = np.empty(members.shape[1])
    for j in range(members.shape[1]):
        there = ~np.isnan(index) & ~np.isnan(members[:, j])
        out[j] = np.corrcoef(index[there], members[there, j])[0, 1] if there.sum() > 2 else np.nan
    return out


def optimised_weights(
    structure: Structure,
    normalised: pd.DataFrame,
    aggregation: Aggregation,
    *,
    level: int | None = None,
    targets: dict[str, float] | None = None,
) -> Optimised:
    """Weights of one level under which each element's importance has the wanted share.

    Parameters
    ----------
    structure, normalised, aggregation
        The tree, (n_units, n_indicators) scores, the section by which the index is computed.
    level
        Level of the elements; None: the one below the index.
    targets
        Wanted importance by code (any scale); None: all equal.

    Raises
    ------
    MethodError
        The level has fewer than two elements, targets name others, or correlations do not exist.

    Notes
    -----
    Importance is the correlation of the element with the index. Minimises Σ (r_j / Σ r - t_j / Σ t)² over weights ≥ 0
    that sum to 1 (SLSQP from equal weights, then Nelder–Mead where it gets nearer). When elements oppose each other no
    weights may meet the target: the report gives the gap, nothing is called met that is not.

    References
    ----------
    Becker, Saisana, Paruolo, Vandecasteele (2017), doi:10.1016/j.ecolind.2017.03.056; COINr `get_opt_weights`.
    """
    top = structure.level(structure.root)
    at = top - 1 if level is None else level
    codes = [str(c) for c in structure.elements.index if structure.level(str(c)) == at and c != structure.root]
    if len(codes) < 2:
        raise MethodError(f"weights: level {at} has {len(codes)} elements; at least two are needed (`weights.level`)")
    if targets is not None and set(targets) != set(codes):
        differ = ", ".join(sorted(set(targets) ^ set(codes)))
        raise MethodError(
            f"weights: `weights.targets` and level {at} differ in {differ}; name each element of the level"
        )
    wanted = np.array([1.0 if targets is None else targets[c] for c in codes])
    wanted = wanted / wanted.sum()
    plain = aggregation.model_copy(update={"complete_from_level": None})

    def reached(w: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = structure.weights.copy()
        weights[codes] = w
        scores = aggregate(normalised, structure, plain, weights=weights)
        members = pd.concat([normalised, scores], axis=1)[codes].to_numpy(dtype=float)
        r = importances(scores[structure.root].to_numpy(dtype=float), members)
        if np.isnan(r).any():
            raise MethodError(f"weights: no correlation with the index for {codes[int(np.argmax(np.isnan(r)))]}")
        return np.asarray(r / r.sum())

    def loss(free: NDArray[np.float64]) -> float:
        w = np.clip(free, 1e-6, None)
        return float(((reached(w / w.sum()) - wanted) ** 2).sum())

    start = np.full(len(codes), 1 / len(codes))
    first = optimize.minimize(
        lambda x: loss(x) * 1e4, start, method="SLSQP", bounds=[(1e-6, 1.0)] * len(codes),
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1}, options={"maxiter": 300, "ftol": 1e-14},
    )  # fmt: skip
    best = min((start, first.x), key=loss)
    message = str(first.message)
    if loss(best) > 1e-9:
        second = optimize.minimize(
            loss, best, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-8, "fatol": 1e-14}
        )
        if loss(second.x) < loss(best):
            best, message = second.x, str(second.message)
    w = np.clip(best, 1e-6, None)
    w = w / w.sum()
    got = reached(w)
    table = pd.DataFrame(
        {"weight": w, "target": wanted, "reached": got, "gap": got - wanted}, index=pd.Index(codes, name="code")
    )
    largest = float(np.abs(got - wanted).max())
    return Optimised(table, largest, largest <= 0.005, message)


def noisy_weights(weights: pd.Series, noise: float, size: int, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Replicas of weights with independent relative noise: w · (1 + u), u uniform on [-noise, noise].

    Parameters
    ----------
    weights
        (n_elements,), as used by `aggregate`; a mean renormalises them within its group.
    noise
        Half-width, 0 to 1.
    size
        Number of replicas.

    Returns
    -------
    ndarray
        (size, n_elements), never negative, columns in the order of `weights`.

    Raises
    ------
    MethodError
        `noise` is outside 0 to 1.

    References
    ----------
    COINr `get_noisy_weights`.
    """
    if not 0 <= noise <= 1:
        raise MethodError(f"weights: noise {noise:g} must lie between 0 and 1, or weights become negative")
    return np.asarray(weights.to_numpy(dtype=float) * (1 + rng.uniform(-noise, noise, (size, len(weights)))))
