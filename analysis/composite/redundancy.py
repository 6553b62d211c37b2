"""Redundancy audit: how few indicators keep the ranking of the whole index?

A search, not a proof: backward elimination with exchanges finds small sets, so the smallest set found is an upper bound
on the smallest there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.composite.aggregation import array_aggregate
from analysis.composite.normalisation import array_rank
from analysis.composite.structure import Structure
from analysis.config import Aggregation
from analysis.errors import MethodError

Array = NDArray[np.float64]
PAIRS_UP_TO = 300  # units; beyond, all pairs at once take more memory than sorting each ranking takes time


@dataclass(frozen=True)
class Redundancy:
    """Outcome of the audit.

    `path` has one row for each number of indicators kept: kept, tau (Kendall's τ-b of the overall ranking with the
    whole index), largest_shift and mean_shift (of ranks), dropped (the code that went last), swaps (exchanges made).
    `kept` are the codes of the smallest set found with τ at or above the threshold, `lost` says by aggregate what is
    lost: members, kept, tau (of its own ranking; missing where nothing is left of it).
    """

    threshold: float
    path: pd.DataFrame
    kept: list[str]
    lost: pd.DataFrame


def array_kendall(reference: Array, others: Array) -> Array:
    """Kendall's τ-b of each column of scores with a reference: (n,), (..., n) → (...); missing pairs are left out.

    Notes
    -----
    τ-b = Σ sign(Δa) sign(Δb) / √(Σ sign(Δa)² · Σ sign(Δb)²) over pairs; NaN where one side has no untied pair.
    """
    if len(reference) > PAIRS_UP_TO:
        flat = others.reshape(-1, len(reference))
        found = [stats.kendalltau(reference, row, nan_policy="omit")[0] for row in flat]
        return np.asarray(found, dtype=float).reshape(others.shape[:-1])
    i, j = np.triu_indices(len(reference), k=1)
    a = np.sign(reference[i] - reference[j])
    known = ~np.isnan(a)
    a = np.where(known, a, 0.0)
    b = others[..., i] - others[..., j]
    np.sign(b, out=b)
    there = ~np.isnan(b)
    both = there @ (a * a) if not there.all() else (a * a).sum()  # sums of signs are whole numbers: no rounding
    b[~there] = 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((b @ a) / np.sqrt(both * ((b * b) @ known)))


def audit_redundancy(
    normalised: pd.DataFrame,
    structure: Structure,
    settings: Aggregation,
    weights: pd.Series,
    *,
    threshold: float = 0.95,
    smallest: int = 1,
    exchange: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Redundancy:
    """Leave out indicators one by one, each time the one whose absence changes the overall ranking least.

    Parameters
    ----------
    normalised, structure, settings, weights
        The index as built: (n_units, n_indicators) scores, the tree, the section `aggregation`, (n_elements,) weights.
    threshold
        Kendall's τ-b with the ranking of the whole index that the kept set must reach.
    smallest
        The elimination stops at this number, or where no set of that size can be scored.
    exchange
        After each elimination below the threshold, try all swaps of a kept for a dropped indicator, and take the best
        while it raises τ.

    Raises
    ------
    MethodError
        `settings.rule` is one that the search cannot repeat thousands of times (benefit_of_the_doubt).

    Notes
    -----
    An indicator left out has weight 0, so weights are renormalised within its group; an aggregate without any kept
    indicator leaves the mean above it. A unit that loses its overall score makes the set inadmissible.
    Ties between candidates go to the later indicator of the framework, so the path is the same on every machine.
    """
    if "benefit_of_the_doubt" in (settings.rule, *(o.rule for o in settings.levels.values())):
        raise MethodError("redundancy: benefit_of_the_doubt is too slow for this search; audit the arithmetic index")
    codes = structure.indicators
    values = normalised[codes].to_numpy(dtype=float)
    used = weights.reindex([*codes, *structure.aggregates]).to_numpy(dtype=float)
    plain = settings.model_copy(update={"complete_from_level": None})

    def overall(masks: NDArray[np.bool_]) -> Array:
        """(k, n_indicators) masks → (k, n_units) overall scores."""
        return array_aggregate(values, _without(used, masks), structure, plain)[..., -1]

    full = overall(np.ones((1, len(codes)), dtype=bool))[0]
    scored = ~np.isnan(full)

    def taus(masks: NDArray[np.bool_]) -> Array:
        scores = overall(masks)
        tau = array_kendall(full, scores)
        return np.where(np.isnan(scores[:, scored]).any(axis=1) | np.isnan(tau), -np.inf, tau)

    def best_swap(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], float]:
        inside, outside = np.flatnonzero(mask), np.flatnonzero(~mask)
        masks = np.repeat(mask[None], len(inside) * len(outside), axis=0)
        row = np.arange(len(masks))
        masks[row, np.repeat(inside, len(outside))] = False
        masks[row, np.tile(outside, len(inside))] = True
        found = np.concatenate([taus(masks[at : at + 512]) for at in range(0, len(masks), 512)])
        best = int(np.argmax(found))
        return masks[best], float(found[best])

    base = array_rank(-full[:, None])[:, 0]
    mask = np.ones(len(codes), dtype=bool)
    rows: list[list[object]] = [[len(codes), 1.0, 0.0, 0.0, "", 0]]
    kept, below = mask.copy(), False
    while mask.sum() > max(smallest, 1):
        inside = np.flatnonzero(mask)
        masks = np.repeat(mask[None], len(inside), axis=0)
        masks[np.arange(len(inside)), inside] = False
        found = taus(masks)
        best = len(found) - 1 - int(np.argmax(found[::-1]))
        if np.isinf(found[best]):
            break
        mask, tau, swaps = masks[best], float(found[best]), 0
        while exchange and tau < threshold and not below:
            other, better = best_swap(mask)
            if better <= tau + 1e-12:
                break
            mask, tau, swaps = other, better, swaps + 1
        shift = np.abs(array_rank(-overall(mask[None])[0][:, None])[:, 0] - base)
        rows.append([int(mask.sum()), tau, np.nanmax(shift), np.nanmean(shift), codes[inside[best]], swaps])
        if tau >= threshold:
            kept, below = mask.copy(), False
        elif not below and swaps == 0 and tau < threshold - 0.1:
            below = True  # far below: exchanges no longer help, the rest of the path is for the picture
        if progress is not None and mask.sum() % 10 == 0:
            progress(f"redundancy: {mask.sum()} indicators, tau {tau:.3f}")
    path = pd.DataFrame(rows, columns=["kept", "tau", "largest_shift", "mean_shift", "dropped", "swaps"])
    return Redundancy(
        threshold, path, [c for c, k in zip(codes, kept, strict=True) if k], _lost(values, used, structure, plain, kept)
    )


def _without(used: Array, masks: NDArray[np.bool_]) -> Array:
    """Weights (..., n_elements) with those of left-out indicators at 0; masks are (..., n_indicators)."""
    out = np.broadcast_to(used, (*masks.shape[:-1], len(used))).copy()
    out[..., : masks.shape[-1]] *= masks
    return out


def _lost(
    values: Array, used: Array, structure: Structure, settings: Aggregation, kept: NDArray[np.bool_]
) -> pd.DataFrame:
    before = array_aggregate(values, used, structure, settings)
    after = array_aggregate(values, _without(used, kept), structure, settings)
    chosen = {c for c, k in zip(structure.indicators, kept, strict=True) if k}
    rows = []
    for j, code in enumerate(structure.aggregates):
        leaves = structure.leaves(code)
        tau = float(array_kendall(before[:, j], after[:, j]))
        rows.append([code, structure.level(code), len(leaves), len(chosen & set(leaves)), tau])
    return pd.DataFrame(rows, columns=["code", "level", "members", "kept", "tau"])
