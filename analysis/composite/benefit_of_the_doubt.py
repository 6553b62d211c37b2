"""Benefit of the doubt: each unit is scored with the weights that are best for it, compared with all others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from analysis.composite.domain import OutsideDomain
from analysis.errors import MethodError

Array = NDArray[np.float64]


def array_benefit_of_the_doubt(values: Array, *, shares: tuple[float, float] = (0.0, 1.0)) -> tuple[Array, Array]:
    """Score each unit by the linear programme of benefit of the doubt.

    Parameters
    ----------
    values
        (..., n_units, k), not negative, nothing missing; higher is better.
    shares
        Least and largest share of an indicator in the unit's own score.

    Returns
    -------
    scores, weights
        (..., n_units) in (0, 1], where 1 means that no other unit is better under the unit's own best weights, and
        (..., n_units, k).

    Raises
    ------
    MethodError
        A value is missing or negative, a unit is zero throughout, or the bounds on shares admit no weights.

    Notes
    -----
    max Σ_j w_j y_ij subject to Σ_j w_j y_pj ≤ 1 for all units p, w ≥ 0, and
    min · Σ_j w_j y_ij ≤ w_j y_ij ≤ max · Σ_j w_j y_ij. Solved by HiGHS (scipy).

    References
    ----------
    Cherchye, Moesen, Rogge, Van Puyenbroeck (2007), doi:10.1007/s11205-006-9029-7; OECD/JRC (2008), Handbook, p. 92.
    """
    if values.ndim > 2:
        flat = values.reshape(-1, *values.shape[-2:])
        parts = [array_benefit_of_the_doubt(one, shares=shares) for one in flat]
        made = np.stack([p[0] for p in parts]).reshape(values.shape[:-1])
        return made, np.stack([p[1] for p in parts]).reshape(values.shape)
    if np.isnan(values).any():
        unit, j = (int(i) for i in np.argwhere(np.isnan(values))[0])
        raise OutsideDomain(
            "benefit_of_the_doubt needs every value", (unit,), j, np.nan, "impute first, or use another rule"
        )
    if (values < 0).any():
        unit, j = (int(i) for i in np.argwhere(values < 0)[0])
        raise OutsideDomain(
            "benefit_of_the_doubt needs values that are not negative", (unit,), j, float(values[unit, j])
        )
    n, k = values.shape
    low, high = shares
    if low * k > 1 + 1e-12 or high * k < 1 - 1e-12:
        raise MethodError(f"aggregation: shares between {low:g} and {high:g} of {k} children cannot sum to 1")
    scores, weights = np.empty(n), np.empty((n, k))
    for i, own in enumerate(values):
        rows, limits = [values], [np.ones(n)]
        if low > 0:
            rows.append(low * np.tile(own, (k, 1)) - np.diag(own))
            limits.append(np.zeros(k))
        if high < 1:
            rows.append(np.diag(own) - high * np.tile(own, (k, 1)))
            limits.append(np.zeros(k))
        solved = optimize.linprog(-own, A_ub=np.vstack(rows), b_ub=np.concatenate(limits), bounds=(0, None))
        if not solved.success or -solved.fun <= 0:
            raise OutsideDomain(
                "benefit_of_the_doubt finds no weights that give a score above 0",
                (i,),
                int(np.argmin(own)),
                float(own.min()),
                "a zero cannot have a least share of a score: normalise onto a scale above 0, or lower `min_share`",
            )
        scores[i], weights[i] = -solved.fun, solved.x
    return scores, weights
