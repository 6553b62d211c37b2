"""Sobol indices: which uncertain choice moves the ranking, and which moves the rank of one unit."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from SALib.analyze import sobol as analyse_sobol
from SALib.sample import sobol as sample_sobol

from analysis.composite.draws import Problem
from analysis.composite.uncertainty import Runs, run
from analysis.errors import MethodError

Array = NDArray[np.float64]
COLUMNS = ["output", "input", "first", "first_low", "first_high", "total", "total_low", "total_high", "variance"]
CONFIDENCE = 0.95


def _design(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sample(names: Sequence[str], n: int, *, seed: int) -> Array:
    """Saltelli's design of uniform numbers for first and total order, (n · (d + 2), d); n is a power of 2."""
    return np.asarray(sample_sobol.sample(_design(names), n, calc_second_order=False, seed=seed), dtype=float)


def indices(
    names: Sequence[str], outputs: dict[str, Array], *, resamples: int, seed: int, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """First- and total-order indices of outputs computed on `sample`.

    Parameters
    ----------
    names
        The inputs, (d,).
    outputs
        Name → (n · (d + 2),), in the order of the design.
    resamples
        Bootstrap resamples of the intervals.
    seed
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row for each output and input: output, input, first, total, each with `_low` and `_high` (normal intervals
        from the bootstrap), and the variance of the output. An output that never moves has no indices.

    Raises
    ------
    MethodError
        The length of an output does not fit the design, or a value is missing.

    Notes
    -----
    first: share of the variance that goes with the input alone; total: with the input and everything it interacts
    with. Estimators of Saltelli et al. (2010) and Jansen (1999), as SALib has them. Estimates may fall a little below
    0 or above 1; they are not cut off.

    References
    ----------
    Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018; Iwanaga, Usher, Herman (2022), SALib,
    doi:10.18174/sesmo.18155.
    """
    rows = []
    d = len(names)
    for output, y in outputs.items():
        if len(y) % (d + 2) or np.isnan(y).any():
            raise MethodError(f"sensitivity: output {output} has {len(y)} values, some missing or not of the design")
        variance = float(np.var(y))
        if np.ptp(y) == 0:
            rows += [[output, name, *[np.nan] * 6, 0.0] for name in names]
            continue
        with warnings.catch_warnings():
            # A bootstrap resample of a rank that hardly moves may be constant; it counts as an index of 0.
            warnings.filterwarnings("ignore", message="Constant values encountered")
            found = analyse_sobol.analyze(
                _design(names), y, calc_second_order=False, num_resamples=resamples, conf_level=confidence, seed=seed
            )
        for j, name in enumerate(names):
            s, t = float(found["S1"][j]), float(found["ST"][j])
            a, b = float(found["S1_conf"][j]), float(found["ST_conf"][j])
            rows.append([output, name, s, s - a, s + a, t, t - b, t + b, variance])
    return pd.DataFrame(rows, columns=COLUMNS)


def sobol(
    names: Sequence[str], model: Callable[[Array], dict[str, Array]], *, n: int, resamples: int, seed: int
) -> pd.DataFrame:
    """Sobol indices of a model of uniform numbers: (n_runs, d) → name → (n_runs,)."""
    return indices(names, model(sample(names, n, seed=seed)), resamples=resamples, seed=seed)


def mean_rank_shift(runs: Runs) -> Array:
    """Mean absolute difference of each draw's ranks from the nominal ones, (n_draws,)."""
    nominal = runs.problem.nominal.ranks[runs.problem.structure.root].to_numpy(dtype=float)
    return np.asarray(np.abs(runs.ranks - nominal).mean(axis=1))


def rank_sensitivity(problem: Problem, *, seed: int, **how: Any) -> pd.DataFrame:
    """Sobol indices for the mean absolute rank shift (output `*`) and for the rank of each unit.

    Parameters
    ----------
    problem
        From `make_problem`; its section `uncertainty` says sample size and resamples.
    seed
        Seed of the design and of the bootstrap.
    how
        As `uncertainty.run`.

    Notes
    -----
    The rank shift is measured from the nominal ranking, so its indices also say what moves the ranking away from it
    on average; the rank of a unit shows which decision moves this unit.
    """
    names = list(problem.inputs)
    settings = problem.method.uncertainty

    def model(u: Array) -> dict[str, Array]:
        runs = run(problem, u, **how)
        out = {"*": mean_rank_shift(runs)}
        return out | {str(unit): runs.ranks[:, i] for i, unit in enumerate(runs.units)}

    return sobol(names, model, n=settings.sobol_samples, resamples=settings.resamples, seed=seed)
