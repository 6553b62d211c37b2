"""Alternative texts of the charts of opinions, in Polish, made from the tables of the charts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.style import polish_number


def alt_diverging(data: pd.DataFrame, what: str, words: Mapping[str, str]) -> str:
    """Describe diverging bars row by row: both sides of the scale and the mark.

    Parameters
    ----------
    data
        As for `analysis.charts.diverging_bars`.
    """
    rows = [
        f"{row['label']}: {words['high']} {polish_number(row['high'])}%, {words['low']} {polish_number(row['low'])}%"
        + (f", {words['mark']} {row['mark']}" if row["mark"] else "")
        for row in data.to_dict("records")
    ]
    return f"Wykres słupkowy skumulowany wokół środka skali: {what.rstrip('.')}. {'; '.join(rows)}."


def alt_priorities(data: pd.DataFrame, words: Mapping[str, str], *, decimals: int = 1) -> str:
    """Describe the map of priorities point by point, the most important first."""
    ordered = data.sort_values("y", ascending=False, kind="stable")
    rows = [
        f"{row['label']}: ważność {polish_number(row['y'], decimals)}, ocena {polish_number(row['x'], decimals)}"
        for row in ordered.to_dict("records")
    ]
    return f"Wykres punktowy. Oś pozioma: {words['x']}; oś pionowa: {words['y']}. {'; '.join(rows)}."


def alt_group_intervals(panels: Mapping[str, pd.DataFrame], what: str) -> str:
    """Describe the panels: the groups at both ends of each."""
    parts = []
    for title, data in panels.items():
        low, high = data.iloc[int(data["value"].argmin())], data.iloc[int(data["value"].argmax())]
        parts.append(
            f"{title}: najmniej {low['label']} ({polish_number(low['value'])}%), "
            f"najwięcej {high['label']} ({polish_number(high['value'])}%)"
        )
    return f"Wykres punktowy z przedziałami ufności: {what.rstrip('.')}. {'; '.join(parts)}."
