"""Back to the indicators: what a score is made of, what leaving one out changes, which change would gain most."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.aggregation import array_aggregate
from analysis.composite.normalisation import array_rank
from analysis.composite.redundancy import array_kendall
from analysis.composite.structure import Structure
from analysis.config import Aggregation
from analysis.errors import MethodError

Array = NDArray[np.float64]


def _rules(structure: Structure, settings: Aggregation) -> set[str]:
    return {settings.settings(group.level).rule for group in structure.groups(area_from=settings.area_from)}


def unit_weights(
    normalised: pd.DataFrame, scores: pd.DataFrame, structure: Structure, settings: Aggregation, weights: pd.Series
) -> pd.DataFrame:
    """Weight that each indicator has in each unit's overall score, after renormalising over what is available.

    Parameters
    ----------
    normalised, scores
        (n_units, n_indicators) and (n_units, n_aggregates).
    structure, settings, weights
        The tree, the section `aggregation`, (n_elements,) weights.

    Returns
    -------
    DataFrame
        (n_units, n_indicators); rows of scored units sum to 1, rows of others are missing.
    """
    table = {c: ~normalised[c].isna().to_numpy() for c in structure.indicators}
    table |= {c: ~scores[c].isna().to_numpy() for c in structure.aggregates}
    share = {structure.root: table[structure.root].astype(float)}
    out = {c: np.zeros(len(normalised)) for c in structure.indicators}
    for group in reversed(structure.groups(area_from=settings.area_from)):
        if group.code not in share:
            continue  # below an aggregate computed from its indicators directly
        available = {m: table[m] * float(weights[m]) for m in group.members}
        total = np.sum(list(available.values()), axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = {m: np.where(total > 0, share[group.code] * w / total, 0.0) for m, w in available.items()}
        for member, part in parts.items():
            (out if member in out else share)[member] = part
    result = pd.DataFrame(out, index=normalised.index)
    return result.where(scores[structure.root].notna(), np.nan)


def contributions(
    normalised: pd.DataFrame, scores: pd.DataFrame, structure: Structure, settings: Aggregation, weights: pd.Series
) -> pd.DataFrame:
    """Contribution of each indicator to each unit's overall score; contributions add up to it exactly.

    Parameters
    ----------
    normalised, scores, structure, settings, weights
        As `unit_weights`.

    Returns
    -------
    DataFrame
        (n_units, n_indicators): w_ij x_ij with the unit's own weights. If every level is a geometric mean, they are
        w_ij ln x_ij and add up to the logarithm of the score. Missing where the answer is.

    Raises
    ------
    MethodError
        Another mean, or a mixture of means, is used: then the score is no sum, and no way of sharing it out is the way.

    Notes
    -----
    Arithmetic: S_i = Σ_j w_ij x_ij. Geometric: ln S_i = Σ_j w_ij ln x_ij. With w_ij from `unit_weights`.
    """
    rules = _rules(structure, settings)
    if rules not in ({"arithmetic"}, {"geometric"}):
        raise MethodError(
            f"decomposition: scores of {', '.join(sorted(rules))} do not add up from their indicators; contributions "
            "exist where all levels are arithmetic (or all geometric: of the logarithm). Use leave_one_out instead"
        )
    shares = unit_weights(normalised, scores, structure, settings, weights)
    values = normalised[structure.indicators]
    return shares * (np.log(values) if rules == {"geometric"} else values)


def leave_one_out(
    normalised: pd.DataFrame, structure: Structure, settings: Aggregation, weights: pd.Series
) -> pd.DataFrame:
    """What leaving out one indicator changes in the overall ranking.

    Parameters
    ----------
    normalised, structure, settings, weights
        As `unit_weights`.

    Returns
    -------
    DataFrame
        (n_indicators, 5), index `code`: mean_shift and largest_shift (absolute change of rank), moved (units whose
        rank changes), tau (Kendall's τ-b with the whole index), unscored (units that lose their score).

    References
    ----------
    COINr `remove_elements`.
    """
    codes = structure.indicators
    values = normalised[codes].to_numpy(dtype=float)
    used = weights.reindex([*codes, *structure.aggregates]).to_numpy(dtype=float)
    plain = settings.model_copy(update={"complete_from_level": None})
    full = array_aggregate(values, used, structure, plain)[..., -1]
    without = np.repeat(used[None], len(codes), axis=0)
    without[np.arange(len(codes)), np.arange(len(codes))] = 0.0
    if "benefit_of_the_doubt" in _rules(structure, settings):
        raise MethodError("decomposition: leave_one_out weighs an indicator 0, which benefit_of_the_doubt does not see")
    scores = array_aggregate(values, without, structure, plain)[..., -1]
    before = array_rank(-full[:, None])[:, 0]
    shift = np.abs(array_rank(-scores[..., None])[..., 0] - before)
    there = ~np.isnan(shift)
    count = there.sum(axis=1)
    return pd.DataFrame(
        {
            "mean_shift": np.where(there, shift, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan),
            "largest_shift": np.where(there, shift, -np.inf).max(axis=1),
            "moved": (np.where(there, shift, 0.0) > 0).sum(axis=1),
            "tau": array_kendall(full, scores),
            "unscored": (np.isnan(scores) & ~np.isnan(full)).sum(axis=1),
        },
        index=pd.Index(codes, name="code"),
    )


def nearest_gains(
    prepared: pd.DataFrame,
    normalised: pd.DataFrame,
    scores: pd.DataFrame,
    structure: Structure,
    settings: Aggregation,
    weights: pd.Series,
    *,
    treatment_log: pd.DataFrame | None = None,
    goal: str = "next_quartile",
    top: int | None = 5,
) -> pd.DataFrame:
    """Which single change of an indicator would raise a unit's overall score most.

    Parameters
    ----------
    prepared, normalised, scores
        Indicators in native units, their scores, and the scores of aggregates, as built.
    structure, settings, weights
        As `unit_weights`.
    treatment_log
        Log of treatment; with it a goal beyond a fence is the fence, from where a higher value gains nothing.
    goal
        next_quartile: the nearest better of Q1, median, Q3 and the best value among the units; benchmark: the best.
        Quartiles here are observed values (type 1), so that a goal is something another unit has reached.
    top
        Number of changes listed for each unit; None: all with a gain.

    Returns
    -------
    DataFrame
        unit's key, order (1 = most), code, value, goal (q1, median, q3, best), goal_value, change (native units),
        gain (of the overall score), score_after, rank_before, rank_after.

    Raises
    ------
    MethodError
        Another goal, or a mean under which a unit's score depends on the other units' values.

    Notes
    -----
    Everything else stays as it is: the other units, the scale of the indicator and its fences (the new value scores
    what the unit that has it scores). A missing answer is no gain to be had and is not listed.
    """
    if goal not in ("next_quartile", "benchmark"):
        raise MethodError(f"decomposition: no goal `{goal}`; next_quartile or benchmark")
    between = _rules(structure, settings) & {"copeland", "benefit_of_the_doubt"}
    if between:
        raise MethodError(f"decomposition: under {', '.join(between)} a change of one unit changes the others as well")
    codes = structure.indicators
    key = str(normalised.index.name or "unit")
    plain = settings.model_copy(update={"complete_from_level": None})
    values = normalised[codes].to_numpy(dtype=float)
    raw = prepared[codes].to_numpy(dtype=float)
    within = _within_fences(prepared[codes], treatment_log)
    goals, goal_raw, label = _goals(values, within, structure.directions.to_numpy(dtype=float), goal)
    changed = np.repeat(values[None], len(codes), axis=0)
    position = np.arange(len(codes))
    changed[position, :, position] = np.where(np.isnan(goals), values, goals).T
    used = weights.reindex([*codes, *structure.aggregates]).to_numpy(dtype=float)
    after = array_aggregate(changed, used, structure, plain)[..., -1].T
    now = scores[structure.root].to_numpy(dtype=float)
    gain = np.where(np.isnan(goals), np.nan, after - now[:, None])
    rows = []
    for i, unit in enumerate(normalised.index):
        useful = np.flatnonzero(gain[i] > 1e-12)
        best = useful[np.argsort(-gain[i, useful], kind="stable")][:top]
        others = np.delete(now, i)
        for order, j in enumerate(best, start=1):
            rows.append(
                [unit, order, codes[j], raw[i, j], label[i, j], goal_raw[i, j], goal_raw[i, j] - raw[i, j], gain[i, j],
                 after[i, j], 1 + int((others > now[i]).sum()), 1 + int((others > after[i, j]).sum())]
            )  # fmt: skip
    columns = [
        key, "order", "code", "value", "goal", "goal_value", "change", "gain", "score_after",
        "rank_before", "rank_after",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _within_fences(prepared: pd.DataFrame, log: pd.DataFrame | None) -> Array:
    """Native values with capped and winsorised ones at what they were set to."""
    out = prepared.to_numpy(dtype=float, copy=True)
    if log is not None:
        capped = log[log["side"].isin(["upper", "lower"])]
        rows = prepared.index.get_indexer(pd.Index(capped.iloc[:, 0]))
        out[rows, prepared.columns.get_indexer(pd.Index(capped["code"]))] = capped["treated"].to_numpy(dtype=float)
    return out


def _goals(values: Array, raw: Array, signs: Array, goal: str) -> tuple[Array, Array, NDArray[np.str_]]:
    """Goal of each cell as score, native value and name; missing where there is nothing better."""
    out, out_raw = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    label = np.full(values.shape, "", dtype="<U6")
    for j in range(values.shape[1]):
        there = np.flatnonzero(~np.isnan(values[:, j]))
        if not len(there):
            continue
        order = there[np.argsort(signs[j] * raw[there, j], kind="stable")]
        n = len(order)
        steps = {"best": n}
        if goal == "next_quartile":
            steps |= {name: -(-share * n // 4) for name, share in (("q3", 3), ("median", 2), ("q1", 1))}
        for name, rank in steps.items():  # from the best down: the nearest better one is written last
            unit = order[rank - 1]
            better = there[values[there, j] < values[unit, j]]
            out[better, j], out_raw[better, j], label[better, j] = values[unit, j], raw[unit, j], name
    return out, out_raw, label
