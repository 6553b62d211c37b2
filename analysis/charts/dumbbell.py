"""Median (or mean) and benchmark of groups: two marks on one line, groups of one panel close together, panels apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.charts.sentences import say
from analysis.charts.style import ACCENT, DARK, INK, MUTED, RULE, new_figure, score_axes, shown_number
from analysis.errors import MethodError

ROW_CM = 0.5
HEADING_CM = 0.62


def median_benchmark(
    data: pd.DataFrame,
    *,
    measure: str = "median",
    labels: Sequence[str] = (),
    sample: str = "n",
    absent: str = "",
    reference: tuple[float, str] | None = None,
    row_cm: float = ROW_CM,
) -> Figure:
    """Middle (dot) and benchmark (diamond) of every group, panel by panel, on a common scale of 0 to 1.

    Parameters
    ----------
    data
        Columns `panel` (name of an area or a division; '' for rows without a heading), `group` (name of the group),
        `n` (its size, may be missing), the column `measure`, and `benchmark`; in printed order. A missing value is not
        drawn; where both are missing the row says so with the word `absent`.
    measure
        Column of the dot: median or mean.
    labels
        Names of the two marks in the legend; median and benchmark if empty.
    reference
        Value and name of a line across all rows, such as the mean of everybody.
    row_cm
        Height of a row.
    sample
        Sign of the group size.
    absent
        Printed where a group has neither value; that there are no data if empty.

    Raises
    ------
    MethodError
        A value lies outside 0–1, or the table is empty.
    """
    values = data[[measure, "benchmark"]]
    if not len(data):
        raise MethodError(f"{measure} and benchmark: the table is empty")
    if ((values < 0) | (values > 1)).any(axis=None):
        raise MethodError(f"{measure} and benchmark: scores must lie between 0 and 1")
    labels = labels or (say("median_name"), say("benchmark_name"))
    absent = absent or say("no_data")
    panels = list(dict.fromkeys(data["panel"]))
    height = sum(map(bool, panels)) * HEADING_CM + len(data) * row_cm + 1.7
    figure = new_figure(height)
    axes = figure.add_subplot()
    # Where a line crosses the rows, numbers stand on white.
    ground: Any = None if reference is None else {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    ticks, names = [], []
    y = 0.0
    for panel in panels:
        if panel:
            axes.text(-0.065, y, panel, fontweight="bold", va="center", ha="left", fontsize=8.8, bbox=ground)
            y += HEADING_CM * 0.95
        for row in data[data["panel"] == panel].rename(columns={measure: "middle"}).itertuples():
            known = [v for v in (row.middle, row.benchmark) if pd.notna(v)]
            if not known:
                axes.text(0.0, y, absent, color=MUTED, va="center", fontsize=7.8, fontstyle="italic")
            if len(known) == 2:
                axes.plot(known, [y, y], color=RULE, linewidth=2.2, solid_capstyle="butt", zorder=2)
            if pd.notna(row.middle):
                axes.plot(row.middle, y, "o", color=DARK, markersize=6, zorder=3)
                axes.text(row.middle - 0.016, y, shown_number(row.middle, 2), ha="right", va="center", fontsize=7.8,
                          bbox=ground)  # fmt: skip
            if pd.notna(row.benchmark):
                axes.plot(row.benchmark, y, "D", color=ACCENT, markersize=5.4, markeredgecolor=INK,
                          markeredgewidth=0.5, zorder=3)  # fmt: skip
                axes.text(
                    row.benchmark + 0.018, y, shown_number(row.benchmark, 2), ha="left", va="center", fontsize=7.8,
                    bbox=ground,
                )  # fmt: skip
            ticks.append(y)
            size = "" if pd.isna(row.n) else f" ({sample}={int(row.n)})"
            names.append(f"{row.group}{size}")
            y += row_cm
        y += row_cm * 0.35
    score_axes(axes, ticks, names, bottom=y - row_cm * 0.6, top=-HEADING_CM * 0.8, room=0.07)
    handles = [
        Line2D([], [], marker="o", color=DARK, linestyle="", markersize=6, label=labels[0]),
        Line2D([], [], marker="D", color=ACCENT, markeredgecolor=INK, markeredgewidth=0.5, linestyle="",
               markersize=5.4, label=labels[1]),
    ]  # fmt: skip
    if reference is not None:
        axes.axvline(reference[0], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        handles.append(Line2D([], [], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), label=reference[1]))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), frameon=False, handletextpad=0.2)
    return figure
