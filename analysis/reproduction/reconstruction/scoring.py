"""Statistics of score tables under trial: fast measures of a 42 × 25 score matrix by group (Tables 18 to 36).

Used inside simulated annealing, where the distance to 2,850 printed values is needed many thousand times. Quartiles are
of type 7. Missing scores are NaN and left out.
"""

from __future__ import annotations

import numpy as np

from analysis.reproduction.reconstruction.published import DIMENSIONS, GROUPS, N

QUANTILES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
TOLERANCE = 0.005


def group_rows(labels: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Row numbers of the 19 groups: all, then the groups of the five dimensions in printed order."""
    rows = [np.arange(N)]
    for dimension in DIMENSIONS:
        rows += [np.flatnonzero(labels[dimension] == k) for k in range(len(GROUPS[dimension]))]
    return rows


def padded(rows: list[np.ndarray]) -> np.ndarray:
    """Index array groups × 42, short groups filled with 42 (a row of +inf)."""
    out = np.full((len(rows), N), N)
    for i, members in enumerate(rows):
        out[i, : len(members)] = members
    return out


def measures(extended: np.ndarray, index: np.ndarray) -> np.ndarray:
    """min, q1, median, mean, q3, max of columns by group.

    Parameters
    ----------
    extended : array 43 × columns, NaN replaced by +inf, last row +inf
    index : array groups × width of row numbers, padded with 42

    Returns
    -------
    array groups × columns × 6; NaN for a group without values
    """
    values = np.sort(extended[index], axis=1)
    finite = values < np.inf
    n = finite.sum(axis=1)
    position = np.maximum(n - 1, 0)[None] * QUANTILES[:, None, None]
    low = position.astype(np.intp)
    high = np.minimum(low + 1, np.maximum(n - 1, 0)[None])
    g = np.arange(values.shape[0])[None, :, None]
    c = np.arange(values.shape[2])[None, None, :]
    at_low = values[g, low, c]
    at_high = values[g, high, c]
    with np.errstate(invalid="ignore"):
        q = at_low + (at_high - at_low) * (position - low)
    mean = np.where(finite, values, 0.0).sum(axis=1) / np.maximum(n, 1)
    out = np.stack([q[0], q[1], q[2], mean, q[3], q[4]], axis=-1)
    out[n == 0] = np.nan
    return out


def extend(scores: np.ndarray) -> np.ndarray:
    """Scores with NaN as +inf and the padding row appended (copy)."""
    out = np.vstack([scores, np.full((1, scores.shape[1]), np.inf)])
    out[np.isnan(out)] = np.inf
    return out


def hit_rates(found: np.ndarray, printed: np.ndarray) -> dict[str, float]:
    """Share of printed statistics met exactly (to the printed digit) and within 0.01, 0.02, 0.05."""
    gap = np.abs(found - printed)
    return {
        "exact": float(np.mean(gap <= TOLERANCE + 1e-9)),
        "0.01": float(np.mean(gap <= 0.01 + TOLERANCE)),
        "0.02": float(np.mean(gap <= 0.02 + TOLERANCE)),
        "0.05": float(np.mean(gap <= 0.05 + TOLERANCE)),
        "mean_gap": float(np.mean(gap)),
    }
