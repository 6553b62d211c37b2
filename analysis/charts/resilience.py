"""Charts of shocks: what each takes from which score, and how the loss grows with severity."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.charts.style import (
    ACCENT,
    DARK,
    INK,
    MUTED,
    PALE,
    SEQUENTIAL,
    new_figure,
    number_axis,
    readable_on,
    shown_number,
)
from analysis.errors import MethodError

# Lines differ in stroke first: five survive greyscale.
STROKES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))


def loss_grid(data: pd.DataFrame, *, decimals: int = 1, wrap: int = 30) -> Figure:
    """Grid of losses: scores in rows, shocks in columns, the number in each cell, darker where more is lost.

    Parameters
    ----------
    data
        Column `label` (names of the rows), optional `gap` (true: some room above the row), and one column of losses for
        each shock, headed by its printed name; in printed order. A negative loss is a gain and stays white.

    Raises
    ------
    MethodError
        A loss is missing, or there is none.
    """
    shocks = [c for c in data.columns if c not in ("label", "gap")]
    losses = data[shocks].to_numpy(dtype=float)
    if not losses.size or np.isnan(losses).any():
        raise MethodError("loss grid: every cell must be a number")
    gaps = data["gap"].astype(bool).to_numpy() if "gap" in data else np.zeros(len(data), dtype=bool)
    y = np.arange(len(data)) + 0.35 * np.cumsum(gaps)
    figure = new_figure(1.9 + 0.62 * (y[-1] + 1))
    axes = figure.add_subplot()
    colours = LinearSegmentedColormap.from_list("losses", SEQUENTIAL)
    top = max(float(losses.max()), 1e-12)
    for row, place in enumerate(y):
        for column, loss in enumerate(losses[row]):
            shown = shown_number(loss, decimals)
            zero = float(shown_number(abs(loss), decimals).replace(",", ".").replace("\u00a0", "")) == 0
            colour = "#FFFFFF" if loss <= 0 or zero else to_hex(colours(loss / top))
            axes.barh(place, 0.96, left=column + 0.02, height=0.92, color=colour, edgecolor=PALE, linewidth=0.6)
            axes.text(column + 0.5, place, shown, ha="center", va="center",
                      color=MUTED if zero else readable_on(colour), fontsize=8)  # fmt: skip
    axes.set_xlim(0, len(shocks))
    axes.set_ylim(y[-1] + 0.55, -0.55)
    axes.set_yticks(y, [textwrap.fill(str(label), wrap) for label in data["label"]])
    axes.set_xticks(np.arange(len(shocks)) + 0.5, [textwrap.fill(name, 13) for name in shocks])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, colors=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def response_curves(data: pd.DataFrame, *, words: Mapping[str, str], names: Mapping[str, str]) -> Figure:
    """Mean loss against severity, a line for each shock, with the middle of its drawn severities marked.

    Parameters
    ----------
    data
        Columns shock, severity (0–1), loss (percent), middle (true at the median of the drawn severities).
    words
        `severity` and `loss`, names of the axes; `middle`, of the mark.
    names
        Printed names of the shocks, in the order of the legend.

    Raises
    ------
    MethodError
        More shocks than strokes.
    """
    if len(names) > len(STROKES):
        raise MethodError(f"response curves: {len(names)} shocks, at most {len(STROKES)} can be told apart")
    figure = new_figure(9.0)
    axes = figure.add_subplot()
    for stroke, (shock, name) in zip(STROKES, names.items(), strict=False):
        own = data[data["shock"] == shock].sort_values("severity")
        colour = ACCENT if stroke == STROKES[0] else DARK
        axes.plot(100 * own["severity"], own["loss"], linestyle=stroke, color=colour, linewidth=1.8, label=name)
        middle = own[own["middle"]]
        axes.plot(100 * middle["severity"], middle["loss"], "o", color=colour, markersize=5)
    axes.plot([], [], "o", color=MUTED, markersize=5, label=words["middle"])
    axes.set_xlim(0, 101)
    axes.set_ylim(min(0.0, float(data["loss"].min()) * 1.05), float(data["loss"].max()) * 1.08)
    axes.set_xlabel(words["severity"])
    axes.set_ylabel(words["loss"])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    number_axis(axes, axis="x")
    number_axis(axes, axis="y")
    axes.grid(axis="y", color=PALE)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, handlelength=3.0)
    return figure
