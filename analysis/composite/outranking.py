"""Outranking: units compared in pairs, indicator by indicator, so that a strength cannot make up for a weakness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def array_outranking(columns: Sequence[Array], weights: ArrayLike, *, tolerance: float = 1e-9) -> Array:
    """Share of the weight on which a unit beats another, ties counted half.

    Parameters
    ----------
    columns
        k arrays (..., n_units); NaN is missing.
    weights
        (..., k), not negative.
    tolerance
        Values closer than this are tied.

    Returns
    -------
    ndarray
        (..., n_units, n_units): row beats column. Entries of a pair sum to 1; NaN where the two have no indicator in
        common, and on the diagonal.

    Notes
    -----
    A pair is compared on what both have, weights renormalised (COINr adds up what is there and takes the other half of
    the matrix as the complement, which depends on the order of units when values are missing).

    References
    ----------
    Munda, Nardo (2009), doi:10.1080/00036840601019364; OECD/JRC (2008), Handbook, p. 112.
    """
    w = np.asarray(weights, dtype=float)
    shape = np.broadcast_shapes(*(x.shape for x in columns), (*w.shape[:-1], 1))
    n = shape[-1]
    won, total = np.zeros((*shape, n)), np.zeros((*shape, n))
    for j, x in enumerate(columns):
        own = w[..., j, None, None]
        gap = x[..., :, None] - x[..., None, :]
        points = np.where(np.abs(gap) <= tolerance, 0.5, gap > 0)
        there = ~np.isnan(gap)
        won += np.where(there, points, 0.0) * own
        total += there * own
    with np.errstate(invalid="ignore", divide="ignore"):
        out = np.where(total > 0, won / total, np.nan)
    out[..., np.arange(n), np.arange(n)] = np.nan
    return out


def array_copeland(
    columns: Sequence[Array], weights: ArrayLike, *, tolerance: float = 1e-9, min_available: float = 0.0
) -> Array:
    """Copeland score: number of units outranked minus number of units outranking, (..., n_units).

    Parameters
    ----------
    columns, weights, tolerance
        As `array_outranking`. A majority within `tolerance` of one half is a tie as well (sums of weights that mean
        one half seldom are one half in binary).
    min_available
        Smallest share of available columns; below it a unit has no score and is compared with nobody.
    """
    count = np.sum([~np.isnan(x) for x in columns], axis=0)
    w = np.asarray(weights, dtype=float)
    heavy = np.sum([~np.isnan(x) * (w[..., j, None] > 0) for j, x in enumerate(columns)], axis=0)
    enough = (heavy > 0) & (count >= min_available * len(columns) - 1e-9)
    kept = [np.where(enough, x, np.nan) for x in columns]
    margin = array_outranking(kept, weights, tolerance=tolerance) - 0.5
    margin = np.where(np.isnan(margin) | (np.abs(margin) <= max(tolerance, 1e-12)), 0.0, margin)
    return np.where(enough, np.sign(margin).sum(axis=-1), np.nan)
