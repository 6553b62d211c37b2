"""Values of one column: stratified draws through a quantile function that follows from type, bounds and options alone.

Every column takes the ranks of a mixture of one trait of the row (large clusters are large in most things) and noise,
so options and quantiles all occur even among few rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.schemas import NUMERIC_TYPES, Item

Floats = npt.NDArray[np.float64]

COUPLING = 0.6  # correlation of a number with the trait of its row, before ranking
DEFAULT_RANGE = (0.0, 1000.0)  # of a number that the codebook does not bound
FIRST_YEAR = 1990
ZERO_SHARE = 0.35  # at most this share of a column that may be zero is zero
_SHAPE = 0.35  # where the median lies between the bounds, on a logarithmic scale
_SPREAD = 0.13  # standard deviation of the logarithm, as a share of the logarithmic range


def strata(trait: Floats, coupling: float, rng: np.random.Generator) -> Floats:
    """Return one number in (0, 1) for each row, (n_rows,): its rank in `coupling` parts trait, rest noise.

    Every stratum of width 1/n holds exactly one row (Latin hypercube sampling in one dimension).
    """
    n = len(trait)
    mixed = coupling * trait + math.sqrt(1 - coupling**2) * rng.standard_normal(n)
    order = np.empty(n)
    order[np.argsort(mixed, kind="stable")] = np.arange(n)
    return (order + 0.5) / max(n, 1)


def allot(total: int, weights: Sequence[float], least: Sequence[int] | None = None) -> list[int]:
    """Split a whole number into whole parts in proportion to `weights` by largest remainders, none below its `least`.

    Raises
    ------
    ValueError
        `total` is smaller than the sum of `least`.
    """
    floor = list(least) if least is not None else [0] * len(weights)
    free = total - sum(floor)
    if free < 0:
        raise ValueError(f"{total} cannot be split into parts of at least {floor}")
    sum_of_weights = float(sum(weights))
    shares = [w / sum_of_weights if sum_of_weights > 0 else 1 / len(weights) for w in weights]
    exact = [free * s for s in shares]
    parts = [math.floor(e) for e in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in by_remainder[: free - sum(parts)]:
        parts[i] += 1
    return [f + p for f, p in zip(floor, parts, strict=True)]


def _options(options: Sequence[str], u: Floats, rng: np.random.Generator) -> list[str]:
    """Give the rows options in the order of `u`; each option at least once if there are rows enough."""
    n, k = len(u), len(options)
    counts = allot(n, list(rng.uniform(0.5, 1.5, k)), [1] * k if n >= k else None)
    dealt = [option for option, count in zip(options, counts, strict=True) for _ in range(count)]
    order = np.argsort(u, kind="stable")
    out = [""] * n
    for place, option in zip(order, dealt, strict=True):
        out[int(place)] = option
    return out


def _quantile(u: Floats) -> Floats:
    """Return quantiles close to the standard normal ones: of the logistic law with the usual factor 1.702."""
    result: Floats = np.log(u / (1 - u)) / 1.702
    return result


def _numbers(item: Item, u: Floats, last_year: int, rng: np.random.Generator) -> Floats:
    low = item.minimum if math.isfinite(item.minimum) else DEFAULT_RANGE[0]
    high = item.maximum if math.isfinite(item.maximum) else max(DEFAULT_RANGE[1], low + DEFAULT_RANGE[1])
    if item.type == "year":
        low = item.minimum if math.isfinite(item.minimum) else FIRST_YEAR
        high = item.maximum if math.isfinite(item.maximum) else last_year
        return np.asarray(np.clip(np.round(low + (high - low) * np.sqrt(u)), low, high))
    if item.type == "percent":
        return np.asarray(np.clip(np.round(low + (high - low) * u**1.3), low, high))
    start = max(low, 1.0)
    width = math.log(max(high, start) / start)
    values = start * np.exp(_SHAPE * width + _SPREAD * width * _quantile(u))
    if low <= 0:
        values = np.where(u < rng.uniform(0, ZERO_SHARE), 0.0, values)
    if item.type == "amount":
        values = np.round(values, 1)
    elif item.type == "decimal":
        values = np.round(values * 2) / 2
    else:
        values = np.round(values)
    return np.asarray(np.clip(values, low, high))


def draw(
    item: Item, trait: Floats, rng: np.random.Generator, *, ordered: bool, last_year: int, label: str
) -> list[float] | list[str]:
    """Draw one column: numbers for numeric items, text for others.

    Parameters
    ----------
    item
        Column to fill; every value lies within its bounds or options.
    trait
        (n_rows,) standardised trait of each row.
    ordered
        Whether the options of a choice go from little to much, hence depend on the trait.
    last_year
        Latest year for a year without a bound.
    label
        Question, for open answers.
    """
    if item.options:
        u = strata(trait, COUPLING if ordered else 0.0, rng)
        dealt = _options(item.options, u, rng)
        return [float(v) for v in dealt] if item.type in NUMERIC_TYPES else dealt
    if item.type in NUMERIC_TYPES:
        u = strata(trait, COUPLING, rng)
        return [float(v) for v in _numbers(item, u, last_year, rng)]
    return [f"{label} {n} (zmyślone)" for n in range(1, len(trait) + 1)]
