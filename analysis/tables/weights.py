"""What the explorer of weights shows: normalised indicators, the tree, groups, and the results of ready weightings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.framework import Framework

FOLDER = "33_weights"


def groups_of(characteristics: pd.DataFrame, framework: Framework) -> dict[tuple[str, str], list[str]]:
    """Units of each group of the cross-sections, (dimension, group) → keys; empty groups are left out."""
    found = {}
    for row in framework.cross_sections.itertuples():
        own = characteristics[str(row.column)].astype(str) == row.group if row.column else slice(None)
        inside = characteristics.index[own]
        if len(inside):
            found[str(row.dimension), str(row.group)] = [str(key) for key in inside]
    return found


def explorer_data(
    normalised: pd.DataFrame,
    framework: Framework,
    groups: Mapping[tuple[str, str], Sequence[str]],
    presets: Sequence[tuple[str, Mapping[str, float]]],
    results: tuple[pd.DataFrame, pd.DataFrame],
    *,
    area_from: str,
) -> dict[str, Any]:
    """Return what the page needs, ready as JSON.

    Parameters
    ----------
    normalised
        (n_units, n_indicators), scores; NaN is missing and becomes null.
    groups
        (dimension, group) → units.
    presets
        Name and weights of each ready weighting; `results` are the tables of its units and groups.
    area_from
        What an area is a mean of: indicators or subareas.
    """
    place = {str(key): i for i, key in enumerate(normalised.index)}
    codes = framework.codes
    units, medians = results
    key = str(normalised.index.name)
    labels = framework.cross_sections.set_index(["dimension", "group"])["label_pl"]
    areas = [
        {
            "code": area, "name": framework.label(area),
            "subareas": [
                {
                    "code": sub, "name": framework.label(sub),
                    "indicators": [codes.index(code) for code in framework.members_of(sub)],
                }
                for sub in framework.subareas.index[framework.subareas["parent"] == area]
            ],
        }
        for area in framework.areas.index
    ]  # fmt: skip
    ready = []
    for name, weights in presets:
        own = units[units["preset"] == name].set_index(key).reindex(normalised.index)
        middle = medians[medians["preset"] == name].set_index(["dimension", "group"])["median"]
        ready.append(
            {
                "name": name, "weights": dict(weights),
                "scores": [float(x) for x in own["score"]], "ranks": [int(x) for x in own["rank"]],
                "medians": [float(middle[pair]) for pair in groups],
            }
        )  # fmt: skip
    return {
        "areaFrom": area_from,
        "units": list(place),
        "values": [
            [None if pd.isna(x) else float(x) for x in row] for row in normalised[codes].itertuples(index=False)
        ],
        "areas": areas,
        "groups": [
            {"dimension": d, "group": g, "label": str(labels[d, g]), "units": [place[u] for u in members]}
            for (d, g), members in groups.items()
        ],
        "presets": ready,
    }
