"""Integer tables with given margins: proportional fitting and controlled rounding."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def fit(start: np.ndarray, rows: np.ndarray, columns: np.ndarray, *, rounds: int = 2000) -> np.ndarray:
    """Iterative proportional fitting of a non-negative table to row and column sums; zeros stay zeros."""
    table = start.astype(float).copy()
    for _ in range(rounds):
        table *= (rows / np.maximum(table.sum(axis=1), 1e-12))[:, None]
        sums = table.sum(axis=0)
        table *= columns / np.maximum(sums, 1e-12)
    return table


def controlled_rounding(
    table: np.ndarray, rows: np.ndarray, columns: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Integers with the given margins, near a fitted table (most cells at its floor or ceiling; zeros stay zeros).

    Raises
    ------
    RuntimeError
        No integer table with these margins and zeros exists.
    """
    r, c = table.shape
    base = np.floor(table + 1e-9)
    cost = rng.random((r, c)) * 0.01 + (1.0 - (table - base))
    open_cell = table > 1e-9
    for slack in (1, 3, 50, 1000):
        lower = np.where(open_cell, np.maximum(base - (slack - 1), 0), 0)
        upper = np.where(open_cell, base + slack, 0)
        # the cells of a transportation problem: an optimal vertex is integer
        a = np.zeros((r + c, r * c))
        for i in range(r):
            a[i, i * c : (i + 1) * c] = 1
        for j in range(c):
            a[r + j, j::c] = 1
        found = linprog(
            cost.ravel(),
            A_eq=a,
            b_eq=np.concatenate([rows, columns]),
            bounds=np.column_stack([lower.ravel(), upper.ravel()]),
            method="highs-ds",
        )
        if found.status == 0:
            return np.rint(found.x.reshape(r, c)).astype(int)
    raise RuntimeError("no integer table has these row and column sums")


def spread_total(weights: np.ndarray, total: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Integers near `weights` scaled to `total`, inside [low, high].

    Raises
    ------
    RuntimeError
        The bounds do not admit the total.
    """
    if not low.sum() <= total <= high.sum():
        raise RuntimeError(f"total {total} is outside the bounds {low.sum()} to {high.sum()}")
    lo, hi = 0.0, 1e9
    for _ in range(200):
        mid = (lo + hi) / 2
        if np.clip(weights * mid, low, high).sum() > total:
            hi = mid
        else:
            lo = mid
    real = np.clip(weights * lo, low, high)
    out = np.clip(np.floor(real + 1e-9).astype(int), low, high)
    order = np.argsort(-(real - np.floor(real)), kind="stable")
    k = 0
    while out.sum() < total:
        i = order[k % len(order)]
        if out[i] < high[i]:
            out[i] += 1
        k += 1
    return out
