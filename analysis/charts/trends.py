"""Charts of change: values by edition with the missing years left open, spreads of scores, and a waterfall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.charts.style import (
    ACCENT,
    DARK,
    INK,
    LIGHT,
    MUTED,
    RULE,
    SEQUENTIAL,
    new_figure,
    number_axis,
    score_axes,
    shown_number,
)
from analysis.errors import MethodError


def editions_over_time(
    data: pd.DataFrame, *, decimals: int = 0, unit: str = "", absent: str = "brak badania", last: str = ""
) -> Figure:
    """Columns by edition on a true axis of time; a year without an edition stays open and says so.

    Parameters
    ----------
    data
        Columns `edition` (year), `value`; missing where the edition gave none.
    decimals, unit
        Format of the values; the unit stands on the axis.
    absent
        Printed in the place of a missing value.
    last
        Remark under the last edition.

    Raises
    ------
    MethodError
        No value at all, or a negative one.
    """
    known = data.dropna(subset="value")
    if not len(known) or (known["value"] < 0).any():
        raise MethodError("editions over time: values not below zero are needed")
    figure = new_figure(7.4)
    axes = figure.add_subplot()
    current = data["edition"].max()
    colours = [ACCENT if year == current else DARK for year in known["edition"]]
    axes.bar(known["edition"], known["value"], width=1.15, color=colours)
    top = float(known["value"].max())
    for year, value in zip(known["edition"], known["value"].astype(float), strict=True):
        text = shown_number(value, decimals)
        axes.text(year, value + top * 0.015, text, ha="center", va="bottom", fontweight="bold")
    for year in data.loc[data["value"].isna(), "edition"]:
        axes.text(year, top * 0.02, absent, ha="center", va="bottom", rotation=90, color=MUTED, fontsize=7.8)
    names = [f"{year}\n{last}" if last and year == current else str(year) for year in data["edition"]]
    axes.set_xticks(list(data["edition"]), names)
    axes.tick_params(axis="x", length=0, colors=INK)
    axes.set_ylim(0, top * 1.12)
    axes.set_ylabel(unit)
    number_axis(axes, axis="y")
    axes.grid(axis="y", color=RULE, linewidth=0.4)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, colors=MUTED)
    return figure


def score_spread(data: pd.DataFrame, *, labels: Sequence[str], median: str = "Mediana") -> Figure:
    """From the lowest to the highest score: lower quarter, middle half and upper quarter, with their lengths.

    Parameters
    ----------
    data
        Columns `label`, `min`, `q1`, `median`, `q3`, `max`, `lower`, `middle`, `upper`; from the top down.
    labels
        Names of the three parts.

    Raises
    ------
    MethodError
        A row is not in ascending order, or leaves 0–1.
    """
    ends = data[["min", "q1", "median", "q3", "max"]].to_numpy(dtype=float)
    if np.isnan(ends).any() or (np.diff(ends, axis=1) < 0).any() or ends.min() < 0 or ends.max() > 1:
        raise MethodError("score spread: every row must ascend from minimum to maximum between 0 and 1")
    step = 1.25
    figure = new_figure(1.9 + step * len(data))
    axes = figure.add_subplot()
    colours = (SEQUENTIAL[1], SEQUENTIAL[3], LIGHT)
    heights = (0.34, 0.62, 0.34)
    ticks = []
    for place, row in enumerate(data.to_dict("records")):
        y = place * step
        ticks.append(y)
        parts = (("min", "lower"), ("q1", "middle"), ("q3", "upper"))
        for (start, length), colour, height in zip(parts, colours, heights, strict=True):
            axes.barh(y, row[length], left=row[start], height=height, color=colour, edgecolor="white", linewidth=0.8)
            middle = row[start] + row[length] / 2
            axes.text(middle, y - 0.36, shown_number(row[length], 2), ha="center", va="bottom", fontsize=7.8)
        axes.plot([row["median"]] * 2, [y - 0.31, y + 0.31], color=INK, linewidth=1.6)
        for at in ("min", "max"):
            side = "right" if at == "min" else "left"
            axes.text(row[at] + (-0.008 if at == "min" else 0.008), y, shown_number(row[at], 2), ha=side, va="center",
                      fontsize=7.8, color=MUTED)  # fmt: skip
    score_axes(axes, ticks, [str(n) for n in data["label"]], bottom=ticks[-1] + 0.6, top=-0.85, room=0.06)
    axes.tick_params(axis="y", pad=12)
    handles = [Patch(color=colour, label=name) for colour, name in zip(colours, labels, strict=True)]
    handles.append(Line2D([], [], color=INK, linewidth=1.6, label=median))  # type: ignore[arg-type]
    figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, handletextpad=0.4)
    return figure


def waterfall(data: pd.DataFrame, *, decimals: int = 3) -> Figure:
    """From one level to another by steps: horizontal, the two levels as bars, each step where the last one ended.

    Parameters
    ----------
    data
        Columns `label`, `value`, `kind` (level, step), and optionally `low`, `high`: the range of a step, drawn as a
        thin line around the end of its bar. The first and the last row are levels.

    Raises
    ------
    MethodError
        The steps do not lead from the first level to the last.
    """
    kinds = list(data["kind"])
    if kinds[0] != "level" or kinds[-1] != "level" or set(kinds[1:-1]) - {"step"}:
        raise MethodError("waterfall: a level, steps, and a level are needed")
    start, end = float(data["value"].iloc[0]), float(data["value"].iloc[-1])
    steps = data["value"].iloc[1:-1].to_numpy(dtype=float)
    if abs(start + steps.sum() - end) > 1e-9:
        raise MethodError(f"waterfall: the steps lead from {start:g} to {start + steps.sum():g}, not to {end:g}")
    figure = new_figure(1.5 + 0.82 * len(data))
    axes = figure.add_subplot()
    at = start
    seen = [0.0, start, end]
    for y, row in enumerate(data.to_dict("records")):
        value = float(row["value"])
        if row["kind"] == "level":
            axes.barh(y, value, height=0.6, color=DARK)
            axes.text(value, y, f"  {shown_number(value, decimals)}", va="center", ha="left", fontweight="bold")
            continue
        colour = SEQUENTIAL[3] if value >= 0 else ACCENT
        axes.barh(y, value, left=at, height=0.6, color=colour)
        axes.plot([at, at], [y - 1 + 0.3, y + 0.3], color=RULE, linewidth=0.8)
        right = max(at, at + value)
        if "low" in row and pd.notna(row["low"]):
            axes.plot([at + row["low"], at + row["high"]], [y, y], color=INK, linewidth=1.0, marker="|", markersize=5)
            right = max(right, at + row["high"])
        sign = "+" if value > 0 else ""
        axes.text(right, y, f"  {sign}{shown_number(value, decimals)}", va="center", ha="left")
        at += value
        seen += [at, right]
    axes.plot([at, at], [len(data) - 2 + 0.3, len(data) - 1 + 0.3], color=RULE, linewidth=0.8)
    axes.set_yticks(range(len(data)), [str(label) for label in data["label"]])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.set_xlim(0, max(seen) * 1.16)
    number_axis(axes, axis="x", decimals=1)
    axes.spines["left"].set_color(RULE)
    axes.tick_params(axis="x", colors=MUTED)
    return figure
