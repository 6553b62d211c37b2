"""Shapley values of a game given by the worth of every coalition: exact, and free of any order of the players."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def marginals(worth: Array, player: int) -> Array:
    """What a player adds to each coalition without it: (2^n, k) → (2^(n-1), k), coalitions in ascending order.

    Parameters
    ----------
    worth
        (2^n, k); row c is the worth of the coalition whose members are the set bits of c.
    player
        Number of the bit.
    """
    without = [c for c in range(len(worth)) if not c >> player & 1]
    return worth[[c | 1 << player for c in without]] - worth[without]


def shapley_values(worth: Array) -> Array:
    """Shapley value of each player: (2^n, k) → (n, k); the n values of a column sum to its last row minus its first.

    Parameters
    ----------
    worth
        (2^n, k), as in `marginals`.

    Notes
    -----
    φ_i = Σ_{S ∌ i} |S|! (n - |S| - 1)! / n! · (v(S ∪ i) - v(S)): the mean of what i adds over all n! orders.

    References
    ----------
    Shapley (1953), A value for n-person games; Shorrocks (2013), Decomposition procedures for distributional analysis,
    doi:10.1007/s10888-011-9214-z.
    """
    n = len(worth).bit_length() - 1
    if len(worth) != 1 << n:
        raise ValueError(f"a game of n players has 2^n coalitions, not {len(worth)}")
    share = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    out = np.empty((n, worth.shape[1]))
    for player in range(n):
        sizes = [c.bit_count() for c in range(len(worth)) if not c >> player & 1]
        out[player] = np.array([share[size] for size in sizes]) @ marginals(worth, player)
    return out
