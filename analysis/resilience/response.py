"""What a shock does to scores and ranks, on the scales as they were and on scales set anew.

`fixed`: fences, ends of scales and weights are those before the shock, so a score falls by what was lost. Scales end
where they ended: a value beyond the old worst one scores as the worst. `renormalised`: the index is built again from
what is left, as a next edition would: only those who lose more than others fall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.aggregation import array_aggregate
from analysis.composite.index import Index, build_index, rank_scores
from analysis.composite.structure import Structure
from analysis.composite.treatment import iqr_fences
from analysis.config import IndexMethod
from analysis.errors import MethodError

Array = NDArray[np.float64]
EXACT = 1e-9


@dataclass(frozen=True)
class Ruler:
    """Scales of an index before the shock: a line from treated value to score for each indicator, with its fences.

    `slope`, `offset`, `low`, `high` (scores at the ends), `fence_low`, `fence_high`: each (n_indicators,).
    """

    index: Index
    method: IndexMethod
    slope: Array
    offset: Array
    low: Array
    high: Array
    fence_low: Array
    fence_high: Array


def make_ruler(indicators: pd.DataFrame, structure: Structure, method: IndexMethod) -> Ruler:
    """Build the index before the shock and read its scales off it.

    Parameters
    ----------
    indicators, structure, method
        As `analysis.composite.index.build_index`.

    Raises
    ------
    MethodError
        The index cannot be built; its treatment is no cap at fences, its scales are no straight lines (ranks), or it
        divides by a measure of size: then there is no scale that could be kept.
    """
    index = build_index(indicators, structure, method)
    codes = index.structure.indicators
    if method.denomination.rule != "none":
        raise MethodError("resilience: denominated indicators have no fixed scale; set `denomination.rule` to none")
    raw = index.prepared[codes].to_numpy(dtype=float)
    fences = np.full((2, len(codes)), [[-np.inf], [np.inf]])
    for j, code in enumerate(codes):
        rule, over = method.treatment.settings(code), method.treatment.indicators.get(code)
        if rule.rule not in ("none", "iqr_cap") or (over is not None and over.test):
            raise MethodError(
                f"resilience: the treatment of {code} is `{rule.rule}`; a scale can be kept with iqr_cap or none only"
            )
        if rule.rule == "iqr_cap":
            own = iqr_fences(
                raw[:, [j]], k=rule.k, side=rule.side, quantile_type=rule.quantile_type, zero_iqr=rule.zero_iqr
            )
            fences[:, j] = own.lower[0], own.upper[0]
    treated, scored = index.treated[codes].to_numpy(dtype=float), index.normalised[codes].to_numpy(dtype=float)
    bottom, top = np.nanargmin(treated, axis=0), np.nanargmax(treated, axis=0)
    column = np.arange(len(codes))
    run, rise = treated[top, column] - treated[bottom, column], scored[top, column] - scored[bottom, column]
    slope = rise / run
    offset = scored[bottom, column] - slope * treated[bottom, column]
    away = np.abs(offset + slope * treated - scored)
    bent = [code for code, d in zip(codes, np.nanmax(away, axis=0), strict=True) if not d <= EXACT]
    if bent:
        raise MethodError(
            f"resilience: the scale of {', '.join(bent[:3])} is no straight line under `normalisation.rule: "
            f"{method.normalisation.rule}`; use minmax or zscore, whose scales can be kept"
        )
    return Ruler(
        index, method, slope, offset, np.nanmin(scored, axis=0), np.nanmax(scored, axis=0), fences[0], fences[1]
    )


def fixed_scores(values: Array, ruler: Ruler) -> Array:
    """Scores on the old scales.

    Parameters
    ----------
    values
        (..., n_units, n_indicators), raw, units and columns as `ruler.index.prepared`; missing values that the index
        before the shock had imputed keep the imputed value.

    Returns
    -------
    ndarray
        (..., n_units, n_aggregates), columns as `structure.aggregates`.
    """
    tree = ruler.index.structure
    prepared = ruler.index.prepared[tree.indicators].to_numpy(dtype=float)
    filled = np.where(np.isnan(values), prepared, values)
    treated = np.clip(filled, ruler.fence_low, ruler.fence_high)
    scored = np.clip(ruler.offset + ruler.slope * treated, ruler.low, ruler.high)
    weights = ruler.index.weights.reindex([*tree.indicators, *tree.aggregates]).to_numpy(dtype=float)
    return array_aggregate(scored, weights, tree, ruler.method.aggregation)


def renormalised(values: pd.DataFrame, ruler: Ruler) -> tuple[pd.DataFrame, list[str]]:
    """Scores of an index built anew from what is left, and the indicators that no longer differ and were left out.

    Parameters
    ----------
    values
        (n_units, n_indicators), raw, after the shock.
    """
    tree = ruler.index.structure
    span = values[tree.indicators].max() - values[tree.indicators].min()
    flat = [str(code) for code in span.index[~(span > 0)]]
    kept = tree.without(flat) if flat else tree
    made = build_index(values[kept.indicators], kept, ruler.method)
    return made.scores.reindex(columns=tree.aggregates), flat


def stacked_values(indicators: pd.DataFrame, ruler: Ruler) -> Array:
    """Turn stacked indicators (rows `<respondent>@<k>`) into (n_severities, n_units, n_indicators).

    Raises
    ------
    MethodError
        The rows are not those of every unit at every severity.
    """
    units = ruler.index.prepared.index.tolist()
    codes = ruler.index.structure.indicators
    rows = indicators.index.tolist()
    every = len({str(row).rsplit("@", 1)[1] for row in rows})
    order = [f"{unit}@{k}" for k in range(every) for unit in units]
    if not set(order) <= set(rows):
        raise MethodError(f"resilience: {len(indicators)} rows are not {len(units)} respondents times {every}")
    own = indicators[codes] if rows == order else indicators.loc[order, codes]
    return own.to_numpy(dtype=float).reshape(every, len(units), len(codes))


def rank_alone(before: Array, after: Array) -> Array:
    """Rank (1 = best, ties share the best) of each unit if it alone is struck and all others stay as they were.

    Parameters
    ----------
    before
        (n_units,).
    after
        (..., n_units).
    """
    better = before[None, :] > after[..., None] + EXACT
    own = np.eye(len(before), dtype=bool)
    return 1 + (better & ~own).sum(axis=-1)


def responses(values: Array, ruler: Ruler, *, levels: Mapping[float, int]) -> pd.DataFrame:
    """Response of each unit and score to one shock.

    Parameters
    ----------
    values
        (n_draws, n_units, n_indicators), draws ascending in severity.
    levels
        Quantile of the severity → draw at which the index is also built anew.

    Returns
    -------
    DataFrame
        respondent_id, code, base, mean, p5, p95 (scores on the old scales), loss (base less mean), rank_base,
        rank_alone (mean over draws), rank_median (rank if all are struck, old scales, median severity), and for each
        level `rank_new_<percent>` and `new_<percent>`: rank and score on new scales.

    Raises
    ------
    MethodError
        The scores before the shock do not follow from the ruler: a mistake of this package, not of the data.
    """
    index = ruler.index
    units, codes = index.prepared.index, index.structure.aggregates
    base = index.scores[codes]
    again = fixed_scores(index.prepared[index.structure.indicators].to_numpy(dtype=float), ruler)
    if not np.allclose(again, base.to_numpy(), atol=1e-8, equal_nan=True):
        raise MethodError("resilience: the scores before the shock do not follow from their scales")
    scores = fixed_scores(values, ruler)
    ranks = rank_scores(base)
    middle = rank_scores(pd.DataFrame(scores[len(scores) // 2], index=units, columns=codes))
    new = {}
    for level, draw in levels.items():
        made, _ = renormalised(pd.DataFrame(values[draw], index=units, columns=index.structure.indicators), ruler)
        new[f"{100 * level:g}"] = (made, rank_scores(made))
    rows = []
    for j, code in enumerate(codes):
        own = scores[..., j]
        low, high = np.quantile(own, [0.05, 0.95], axis=0)
        table = pd.DataFrame(
            {
                "respondent_id": units,
                "code": code,
                "base": base[code].to_numpy(),
                "mean": own.mean(axis=0),
                "p5": low,
                "p95": high,
                "loss": base[code].to_numpy() - own.mean(axis=0),
                "rank_base": ranks[code].to_numpy(),
                "rank_alone": rank_alone(base[code].to_numpy(), own).mean(axis=0),
                "rank_median": middle[code].to_numpy(),
            }
        )
        for name, (made, placed) in new.items():
            table[f"new_{name}"] = made[code].to_numpy()
            table[f"rank_new_{name}"] = placed[code].to_numpy()
        rows.append(table)
    return pd.concat(rows, ignore_index=True)


def group_losses(response: pd.DataFrame, traits: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Mean loss by group.

    Parameters
    ----------
    response
        Column shock and those of `responses`.
    traits
        (n_units, n_dimensions), groups of the respondents.

    Returns
    -------
    DataFrame
        shock, code, dimension, group, n, base, loss, relative (percent of the mean score before), shift (mean change of
        rank on new scales at the median severity; positive is worse).
    """
    rows = []
    own = response[response["code"].isin(codes)]
    for dimension in traits.columns:
        groups = own["respondent_id"].map(traits[dimension])
        for (shock, code, group), part in own.groupby(["shock", "code", groups], sort=True):
            base, loss = part["base"].mean(), part["loss"].mean()
            shift = (part["rank_new_50"] - part["rank_base"]).mean() if "rank_new_50" in part else np.nan
            rows.append([shock, code, dimension, group, len(part), base, loss, 100 * loss / base, shift])
    columns = ["shock", "code", "dimension", "group", "n", "base", "loss", "relative", "shift"]
    return pd.DataFrame(rows, columns=columns)


def most_exposed(response: pd.DataFrame, code: str, share: float) -> pd.DataFrame:
    """Shock to which each respondent is most exposed, and how far the most exposed lie from the rest.

    Parameters
    ----------
    response
        Column shock (single shocks only) and those of `responses`.
    share
        Share of respondents called the most exposed.

    Returns
    -------
    DataFrame
        shock, first (respondents whose largest loss it is), mean, median (loss), tail (mean loss of the most exposed),
        tail_n, top_share (percent of the total loss that they bear).
    """
    own = response[response["code"] == code]
    wide = own.pivot(index="respondent_id", columns="shock", values="loss")
    worst = wide.idxmax(axis=1)
    rows = []
    for shock in wide.columns:
        loss = wide[shock].sort_values(ascending=False, kind="stable")
        count = max(1, round(share * len(loss)))
        total = loss.sum()
        tail = loss.head(count)
        borne = 100 * tail.sum() / total if total > 0 else np.nan
        rows.append([shock, int((worst == shock).sum()), loss.mean(), loss.median(), tail.mean(), count, borne])
    return pd.DataFrame(rows, columns=["shock", "first", "mean", "median", "tail", "tail_n", "top_share"])
