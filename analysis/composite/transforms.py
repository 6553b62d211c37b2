"""Skewness and kurtosis, and what brings a skewed column back: winsorising, logarithm, Box–Cox."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.errors import MethodError

Vector = NDArray[np.float64]


def array_skewness(values: Vector) -> Vector:
    """Skewness of type 2 along the units, missing values left out: (..., n_units, n_columns) → (..., n_columns).

    Notes
    -----
    G₁ = √(n (n-1)) / (n-2) · m₃ / m₂^(3/2), as SAS, SPSS and COINr; NaN for n < 3 or a constant column.
    """
    n, _, m2, m3, _ = _moments(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((n > 2) & (m2 > 0), np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5, np.nan)


def array_kurtosis(values: Vector) -> Vector:
    """Excess kurtosis of type 2 along the units, missing values left out; shapes as `array_skewness`.

    Notes
    -----
    G₂ = ((n+1) g₂ + 6) (n-1) / ((n-2)(n-3)) with g₂ = m₄ / m₂² - 3; NaN for n < 4 or a constant column.
    """
    n, _, m2, _, m4 = _moments(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = m4 / m2**2 - 3
        return np.where((n > 3) & (m2 > 0), ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3)), np.nan)


def _moments(values: Vector) -> tuple[Vector, Vector, Vector, Vector, Vector]:
    """n, mean and central moments 2–4; a column of equal values has moments of exactly zero."""
    there = ~np.isnan(values)
    n = there.sum(axis=-2).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=-2) / n
    d = np.where(there, values - mean[..., None, :], 0.0)
    low = np.where(there, values, np.inf).min(axis=-2, initial=np.inf)
    high = np.where(there, values, -np.inf).max(axis=-2, initial=-np.inf)
    d = np.where((low == high)[..., None, :], 0.0, d)
    squares = d * d
    with np.errstate(invalid="ignore", divide="ignore"):
        m2, m3, m4 = (part.sum(axis=-2) / n for part in (squares, squares * d, squares * squares))
    return n, mean, m2, m3, m4


def passes(values: Vector, *, skew_limit: float = 2.0, kurtosis_limit: float = 3.5) -> NDArray[np.bool_]:
    """Say for each column whether its distribution needs no treatment: |skewness| or kurtosis below its limit.

    Parameters
    ----------
    values
        (..., n_units, n_columns). A column too short for the measures (or constant) passes: no outlier can be told.
    skew_limit, kurtosis_limit
        Limits; the column passes if either is kept.

    References
    ----------
    JRC COIN Tool user's guide (2019); COINr `check_SkewKurt`.
    """
    skew, kurtosis = array_skewness(values), array_kurtosis(values)
    return (np.abs(skew) < skew_limit) | (kurtosis < kurtosis_limit) | np.isnan(skew) | np.isnan(kurtosis)


@dataclass(frozen=True)
class Winsorised:
    """A winsorised column: `values` (n_units,), `side` (n_units,) of '', 'upper' or 'lower', and `points` changed."""

    values: Vector
    side: NDArray[np.str_]
    points: int


def winsorise(
    column: Vector, *, max_points: int, points: int | None = None, skew_limit: float = 2.0, kurtosis_limit: float = 3.5
) -> Winsorised:
    """Set the most extreme values to the next one until the column passes, or `max_points` have been set.

    Parameters
    ----------
    column
        (n_units,), NaN is missing.
    max_points
        A step starts only while fewer points have been set. All units tied at the extreme go in one step, so the
        last step may exceed the limit (as COINr's does): ties are not torn apart.
    points
        Number of points to set whatever the test says (at least; ties go together).

    Notes
    -----
    The end that is set is the upper one when the skewness is not negative, else the lower one.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Data treatment"; COINr `winsorise`.
    """
    values = column.copy()
    side = np.full(len(values), "", dtype="<U5")
    limit = max_points if points is None else points
    while np.count_nonzero(side) < limit:
        there = values[~np.isnan(values)]
        if len(np.unique(there)) < 3:
            break  # one more step would make the column constant
        if points is None and passes(values[:, None], skew_limit=skew_limit, kurtosis_limit=kurtosis_limit)[0]:
            break
        skew = array_skewness(values[:, None])[0]
        if np.isnan(skew) or skew >= 0:
            extreme = there.max()
            at, new, name = values == extreme, there[there < extreme].max(), "upper"
        else:
            extreme = there.min()
            at, new, name = values == extreme, there[there > extreme].min(), "lower"
        values[at] = new
        side[at] = name
    return Winsorised(values, side, int(np.count_nonzero(side)))


def log_shifted(column: Vector, *, offset: float = 0.01) -> Vector:
    """Logarithm after a shift that makes all values positive: ln(x - min + offset · (max - min)), (n_units,).

    References
    ----------
    JRC COIN Tool; COINr `log_CT` has offset 0.01.
    """
    low, high = np.nanmin(column), np.nanmax(column)
    return np.asarray(np.log(column - low + offset * (high - low)))


def boxcox(column: Vector, *, lam: float | None = None) -> tuple[Vector, float]:
    """Box–Cox transformation after a shift to a minimum of 1; λ by maximum likelihood where it is not given.

    Parameters
    ----------
    column
        (n_units,), NaN is missing; shifted to x - min + 1 unless all values are positive already.
    lam
        λ; None: estimated within [-5, 5].

    Returns
    -------
    transformed, lam
        (n_units,) and the λ used.

    Raises
    ------
    MethodError
        The likelihood has its maximum at the border of the range: no λ can be estimated.

    Notes
    -----
    y = (x^λ - 1) / λ, and ln x for λ = 0. The profile log-likelihood is -n/2 · ln σ²(λ) + (λ - 1) Σ ln x.

    References
    ----------
    Box, Cox (1964), An analysis of transformations, doi:10.1111/j.2517-6161.1964.tb00553.x.
    """
    low = np.nanmin(column)
    x = column if low > 0 else column - low + 1
    if lam is None:
        there = x[~np.isnan(x)]
        logs = np.log(there)
        logs_sum = logs.sum()

        def loss(value: float) -> float:
            variance = np.var(_power(there, logs, value))
            return float(len(there) / 2 * np.log(variance) - (value - 1) * logs_sum)

        grid = np.linspace(-5, 5, 41)
        best = int(np.argmin([loss(v) for v in grid]))
        if best in (0, len(grid) - 1):
            raise MethodError("treatment: no Box–Cox λ within -5…5 fits; give `boxcox_lambda`, or use the logarithm")
        lam = float(
            optimize.minimize_scalar(
                loss, bounds=(grid[best - 1], grid[best + 1]), method="bounded", options={"xatol": 1e-10}
            ).x
        )
    return _power(x, np.log(x), lam), lam


def _power(x: Vector, logs: Vector, lam: float) -> Vector:
    return logs if lam == 0 else np.expm1(lam * logs) / lam
