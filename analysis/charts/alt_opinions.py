"""Alternative texts of the charts of opinions, in the language of the process, made from the tables of the charts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.sentences import say
from analysis.charts.style import shown_number


def alt_diverging(data: pd.DataFrame, what: str, words: Mapping[str, str]) -> str:
    """Describe diverging bars row by row: both sides of the scale and the mark.

    Parameters
    ----------
    data
        As for `analysis.charts.diverging_bars`.
    """
    rows = [
        f"{row['label']}: {words['high']} {shown_number(row['high'])}%, {words['low']} {shown_number(row['low'])}%"
        + (f", {words['mark']} {row['mark']}" if row["mark"] else "")
        for row in data.to_dict("records")
    ]
    return say("diverging", what=what.rstrip("."), rows="; ".join(rows))


def alt_priorities(data: pd.DataFrame, words: Mapping[str, str], *, decimals: int = 1) -> str:
    """Describe the map of priorities point by point, the most important first."""
    ordered = data.sort_values("y", ascending=False, kind="stable")
    rows = [
        say("priority_row", label=row["label"], y=shown_number(row["y"], decimals), x=shown_number(row["x"], decimals))
        for row in ordered.to_dict("records")
    ]
    return say("priorities", x=words["x"], y=words["y"], rows="; ".join(rows))


def alt_group_intervals(panels: Mapping[str, pd.DataFrame], what: str) -> str:
    """Describe the panels: the groups at both ends of each."""
    parts = []
    for title, data in panels.items():
        low, high = data.iloc[int(data["value"].argmin())], data.iloc[int(data["value"].argmax())]
        parts.append(
            say(
                "interval_row",
                title=title,
                low=low["label"],
                low_value=shown_number(low["value"]),
                high=high["label"],
                high_value=shown_number(high["value"]),
            )
        )
    return say("intervals", what=what.rstrip("."), rows="; ".join(parts))
