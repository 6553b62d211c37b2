"""Median and benchmark of groups in each area: two marks on one line, groups close together, areas apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.charts.style import ACCENT, DARK, INK, MUTED, RULE, new_figure, polish_number, score_axes
from analysis.errors import MethodError

ROW_CM = 0.5
HEADING_CM = 0.62


def median_benchmark(
    data: pd.DataFrame,
    *,
    labels: Sequence[str] = ("Mediana", "Benchmark"),
    sample: str = "n",
    absent: str = "brak danych",
) -> Figure:
    """Median (dot) and benchmark (diamond) of every group, area by area, on a common scale of 0 to 1.

    Parameters
    ----------
    data
        Columns `panel` (name of the area), `group` (name of the group), `n` (its size, may be missing), `median`,
        `benchmark`; in printed order. A missing median or benchmark is not drawn; where both are missing the row
        says so with the word `absent`.
    labels
        Names of the two marks in the legend.
    sample
        Sign of the group size.
    absent
        Printed where a group has neither value.

    Raises
    ------
    MethodError
        A value lies outside 0–1, or the table is empty.
    """
    values = data[["median", "benchmark"]]
    if not len(data):
        raise MethodError("median and benchmark: the table is empty")
    if ((values < 0) | (values > 1)).any(axis=None):
        raise MethodError("median and benchmark: scores must lie between 0 and 1")
    panels = list(dict.fromkeys(data["panel"]))
    height = len(panels) * HEADING_CM + len(data) * ROW_CM + 1.7
    figure = new_figure(height)
    axes = figure.add_subplot()
    ticks, names = [], []
    y = 0.0
    for panel in panels:
        axes.text(-0.065, y, panel, fontweight="bold", va="center", ha="left", fontsize=8.8)
        y += HEADING_CM * 0.95
        for row in data[data["panel"] == panel].itertuples():
            known = [v for v in (row.median, row.benchmark) if pd.notna(v)]
            if not known:
                axes.text(0.0, y, absent, color=MUTED, va="center", fontsize=7.8, fontstyle="italic")
            if len(known) == 2:
                axes.plot(known, [y, y], color=RULE, linewidth=2.2, solid_capstyle="butt", zorder=2)
            if pd.notna(row.median):
                axes.plot(row.median, y, "o", color=DARK, markersize=6, zorder=3)
                axes.text(row.median - 0.016, y, polish_number(row.median, 2), ha="right", va="center", fontsize=7.8)
            if pd.notna(row.benchmark):
                axes.plot(row.benchmark, y, "D", color=ACCENT, markersize=5.4, markeredgecolor=INK,
                          markeredgewidth=0.5, zorder=3)  # fmt: skip
                axes.text(
                    row.benchmark + 0.018, y, polish_number(row.benchmark, 2), ha="left", va="center", fontsize=7.8
                )
            ticks.append(y)
            size = "" if pd.isna(row.n) else f" ({sample}={int(row.n)})"
            names.append(f"{row.group}{size}")
            y += ROW_CM
        y += ROW_CM * 0.35
    score_axes(axes, ticks, names, bottom=y - ROW_CM * 0.6, top=-HEADING_CM * 0.8, room=0.07)
    handles = [
        Line2D([], [], marker="o", color=DARK, linestyle="", markersize=6, label=labels[0]),
        Line2D([], [], marker="D", color=ACCENT, markeredgecolor=INK, markeredgewidth=0.5, linestyle="",
               markersize=5.4, label=labels[1]),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False, handletextpad=0.2)
    return figure
