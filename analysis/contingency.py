"""Tables of two groupings of the same units, for many orders of the second at once: what permutation tests count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.integer]


def contingency_tables(first: Groups, orders: Groups) -> NDArray[np.intp]:
    """Numbers of units in each group of `first` (n_units,) and of each order (n_orders, n_units), groups from 0.

    Returns
    -------
    ndarray
        (n_orders, n_first, n_second).
    """
    tall, wide = int(first.max()) + 1, int(orders.max()) + 1
    cell = (np.arange(len(orders))[:, None] * tall + first) * wide + orders
    return np.bincount(cell.ravel(), minlength=len(orders) * tall * wide).reshape(-1, tall, wide)


def pairs_together(first: Groups, orders: Groups) -> NDArray[np.intp]:
    """Ordered pairs of units, a unit with itself as well, in one group of `first` and of each order, (n_orders,).

    While the sizes of groups stay, the adjusted Rand index rises and falls with it.
    """
    return np.asarray((contingency_tables(first, orders) ** 2).sum(axis=(1, 2)))
