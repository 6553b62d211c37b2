"""Data of the interactive map of sectors: places on the plane, profiles, distances, types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd


def page_data(
    points: pd.DataFrame,
    profile: pd.DataFrame,
    apart: pd.DataFrame,
    merges: pd.DataFrame,
    shares: tuple[float, float],
    sectors: Mapping[str, str],
    types: Mapping[int, str],
    subareas: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the page shows, ready as JSON; a sector stands at the mean of its clusters.

    Parameters
    ----------
    points
        (n_units, 4), index respondent_id: x, y (principal components), type, sector. The page gets them in an order
        of their places, without identifiers: what the printed biplot shows and no more.
    profile
        (n_units, n_subareas), z-scores, the same index.
    apart
        Columns a, b, distance, by_chance, p: each pair of sectors once, in z-scores.
    merges
        Rows of the sectors' tree, in the order of joining; `members` are codes joined by `;`.
    shares
        Percent of the variance that each component carries.
    sectors, types, subareas
        Printed names, in printed order; sectors without a cluster are left out.
    """
    member = points["sector"].astype(str)
    listed = [code for code in sectors if (member == code).any()]
    centres = points[["x", "y"]].groupby(member).mean()
    means = profile.groupby(member).mean().T.to_dict()
    held = Counter(zip(member, points["type"].astype(int), strict=True))
    ordered = points.sort_values(["x", "y"])
    return {
        "shares": [round(float(s), 4) for s in shares],
        "types": [{"no": int(n), "name": name} for n, name in types.items()],
        "subareas": [{"code": code, "name": subareas[code]} for code in profile.columns],
        "sectors": [
            {
                "code": code, "name": sectors[code], "size": int((member == code).sum()),
                "x": _short(centres.at[code, "x"]), "y": _short(centres.at[code, "y"]),
                "types": [held[code, int(n)] for n in types],
                "profile": [_short(means[code][column]) for column in profile.columns],
            }
            for code in listed
        ],
        "points": [
            {"x": _short(row["x"]), "y": _short(row["y"]), "sector": str(row["sector"]), "type": int(row["type"])}
            for row in ordered.to_dict("records")
        ],
        "pairs": [
            {"a": row["a"], "b": row["b"]} | {key: float(row[key]) for key in ("distance", "by_chance", "p")}
            for row in apart.to_dict("records")
        ],
        "merges": [str(names).split(";") for names in merges["members"]],
    }  # fmt: skip


def _short(value: Any) -> float:
    return round(float(value), 4)
