"""Weightings that a reader can set: a weight for each area and each sub-area, and some ready ones to compare.

The weight of an area is its weight in the index. The weight of a sub-area is that of each of its indicators in the
mean of the area (with `area_from: indicators`) or its own weight in that mean (with `area_from: subareas`): one number
serves both readings, and the score of the sub-area itself does not depend on it. All weights 1 is the equal weighting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.composite.aggregation import array_aggregate, check_weights
from analysis.composite.index import rank_scores
from analysis.composite.structure import Structure
from analysis.config import Aggregation, IndexMethod
from analysis.errors import MethodError

PUBLISHED = "published"


@dataclass(frozen=True)
class Weighting:
    """Weights of areas and sub-areas by code; what is not named weighs 1. `doubled` is the area of a doubled one."""

    name: str
    weights: Mapping[str, float]
    doubled: str = ""


def _areas(structure: Structure) -> list[str]:
    return list(structure.children(structure.root))


def element_weights(structure: Structure, weights: Mapping[str, float]) -> pd.Series:
    """Weights of all elements, (n_elements,) by code, from those of areas and sub-areas.

    Raises
    ------
    MethodError
        A code is neither an area nor a sub-area, or a weight is missing, infinite or negative.
    """
    settable = [code for area in _areas(structure) for code in (area, *structure.children(area))]
    unknown = sorted(set(weights) - set(settable))
    if unknown:
        raise MethodError(f"weights: no area or sub-area {', '.join(unknown)}; there are {', '.join(settable)}")
    out = pd.Series(1.0, index=[*structure.indicators, *structure.aggregates])
    for code, weight in weights.items():
        out[code] = float(weight)
        if code not in _areas(structure):
            out[list(structure.leaves(code))] = float(weight)
    check_weights(out)
    return out


def presets(structure: Structure) -> list[Weighting]:
    """Ready weightings: equal (as published), equal sub-areas, equal indicators, and each area doubled."""
    areas = _areas(structure)
    size = {code: len(structure.leaves(code)) for code in structure.elements.index}
    most = {area: max(size[child] for child in structure.children(area)) for area in areas}
    even = {child: most[area] / size[child] for area in areas for child in structure.children(area)}
    largest = max(size[area] for area in areas)
    return [
        Weighting(PUBLISHED, {}),
        Weighting("equal_subareas", even),
        Weighting("equal_indicators", {area: size[area] / largest * len(areas) for area in areas}),
        *(Weighting(f"double_{area}", {area: 2.0}, area) for area in areas),
    ]


def weighted(
    normalised: pd.DataFrame, structure: Structure, settings: Aggregation, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Scores of areas and of the index under a weighting: (n_units, n_areas + 1), the index last.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores; NaN is missing.
    structure, settings
        The tree and the section `aggregation`.
    weights
        By code of area or sub-area; an area whose sub-areas all weigh nothing has no score and is left out.
    """
    used = element_weights(structure, weights)
    values = normalised[structure.indicators].to_numpy(dtype=float)
    scores = pd.DataFrame(
        array_aggregate(values, used.to_numpy(dtype=float), structure, settings),
        index=normalised.index, columns=structure.aggregates,
    )  # fmt: skip
    return scores[[*_areas(structure), structure.root]]


def preset_table(
    normalised: pd.DataFrame,
    structure: Structure,
    method: IndexMethod,
    groups: Mapping[tuple[str, str], list[str]],
    weightings: Sequence[Weighting],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Results of ready weightings.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores; NaN is missing.
    groups
        (dimension, group) → units of that group.
    weightings
        What to compute, as `presets` gives them; none gives empty tables.

    Returns
    -------
    DataFrame, DataFrame
        Units: preset, unit's key, score, rank. Groups: preset, dimension, group, n, median; both of the index.
    """
    key = str(normalised.index.name)
    units: list[pd.DataFrame] = []
    medians: list[tuple[str, str, str, int, float]] = []
    for preset in weightings:
        score = weighted(normalised, structure, method.aggregation, preset.weights)[[structure.root]]
        rank = rank_scores(score, ties=method.ranks.ties)
        table = pd.DataFrame({"score": score[structure.root], "rank": rank[structure.root]})
        units.append(table.reset_index().assign(preset=preset.name))
        for (dimension, group), members in groups.items():
            middle = float(np.nanmedian(score.loc[members, structure.root]))
            medians.append((preset.name, dimension, group, len(members), middle))
    columns = ["preset", key, "score", "rank"]
    every = pd.concat(units, ignore_index=True)[columns] if units else pd.DataFrame(columns=columns)
    return every, pd.DataFrame(medians, columns=["preset", "dimension", "group", "n", "median"])


def why_not(method: IndexMethod) -> str:
    """Say why weights cannot be set by hand under a method; empty where they can.

    A reader's weights mean something only where scores are weighted arithmetic means that began with equal weights.
    """
    settings = method.aggregation
    if method.weights.rule != "equal":
        return f"the method has weights of its own (weights.rule: {method.weights.rule})"
    if settings.rule != "arithmetic" or settings.levels:
        return f"scores are no plain arithmetic means (aggregation.rule: {settings.rule})"
    if settings.min_available > 0:
        return f"means need a share of available children (aggregation.min_available: {settings.min_available:g})"
    if method.ranks.ties != "min":
        return f"ties do not share the smaller rank (ranks.ties: {method.ranks.ties})"
    return ""
