"""How sure a ranking is: intervals of ranks with named variants, and which decision moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.charts.style import ACCENT, DARK, LIGHT, MUTED, PALE, RULE, new_figure, number_axis, shown_number
from analysis.errors import MethodError

ROW_CM = 0.36
# Variants differ in shape first; filled marks are dark, open ones stay readable on top of each other.
MARKS = ("s", "^", "v", "D", "P", "X", "<", ">", "*")


def rank_intervals(data: pd.DataFrame, variants: pd.DataFrame, *, words: Mapping[str, str]) -> Figure:
    """Rank of each unit: bars for the draws, a dot for the method itself, a mark where a variant gives another rank.

    Parameters
    ----------
    data
        Columns rank, rank_p5, rank_p25, rank_p75, rank_p95; one row for each unit, best first. Rows are not named.
    variants
        (n_units, n_variants), ranks in the same order of rows; columns are printed names. May have no columns.
    words
        `place` (name of the vertical axis), `rank` (of the horizontal one), `nominal`, `half`, `most` for the legend.

    Raises
    ------
    MethodError
        There are more variants than marks, or none of the rows.
    """
    if len(variants.columns) > len(MARKS) or not len(data):
        raise MethodError(f"rank intervals: {len(variants.columns)} variants of {len(data)} units cannot be drawn")
    n = len(data)
    figure = new_figure(n * ROW_CM + 3.4)
    axes = figure.add_subplot()
    y = range(1, n + 1)
    axes.hlines(y, data["rank_p5"], data["rank_p95"], color=LIGHT, linewidth=4.2, zorder=1)
    axes.hlines(y, data["rank_p25"], data["rank_p75"], color="#6E9DC2", linewidth=4.2, zorder=2)
    handles = [
        Patch(color=LIGHT, label=words["most"]),
        Patch(color="#6E9DC2", label=words["half"]),
        Line2D([], [], marker="o", color=DARK, linestyle="", markersize=4.5, label=words["nominal"]),
    ]
    nominal = data["rank"].to_numpy(dtype=float)
    for mark, name in zip(MARKS, map(str, variants), strict=False):
        style = {"marker": mark, "markersize": 4.0, "markerfacecolor": "none", "markeredgecolor": ACCENT}
        own = variants[name].to_numpy(dtype=float)
        other = np.where(own == nominal, np.nan, own)  # marks on the dot would hide it
        axes.plot(other, y, linestyle="", markeredgewidth=0.9, zorder=4, **style)  # type: ignore[arg-type]
        handles.append(Line2D([], [], linestyle="", markeredgewidth=0.9, label=name, **style))  # type: ignore[arg-type]
    axes.plot(data["rank"], y, "o", color=DARK, markersize=4.5, zorder=3)
    ticks = [1, *range(5, n + 1, 5)]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.set_ylim(n + 0.8, 0.2)
    axes.set_xlim(0.2, n + 0.8)
    axes.set_xlabel(words["rank"])
    axes.set_ylabel(words["place"])
    axes.grid(axis="x", color=PALE)
    axes.tick_params(axis="x", colors=MUTED)
    figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, handletextpad=0.5)
    return figure


def sensitivity_bars(data: pd.DataFrame, *, words: Sequence[str]) -> Figure:
    """Total (bar) and first-order (dark part) Sobol index of each input, with the interval of the total index.

    Parameters
    ----------
    data
        Columns label, first, total, total_low, total_high; in printed order.
    words
        Names of the dark part (alone), of the whole bar (with interactions), of the whisker, and of the axis.

    Raises
    ------
    MethodError
        The table is empty or an index is missing.
    """
    if not len(data) or data[["first", "total"]].isna().any(axis=None):
        raise MethodError("sensitivity bars: an index is missing; an output that never moves has none")
    figure = new_figure(len(data) * 0.72 + 2.6)
    axes = figure.add_subplot()
    y = range(len(data))
    total, first = data["total"].clip(lower=0), data["first"].clip(lower=0)
    axes.barh(y, total, height=0.6, color=LIGHT, zorder=1)
    axes.barh(y, pd.concat([first, total], axis=1).min(axis=1), height=0.6, color=DARK, zorder=2)
    low, high = data["total_low"].clip(lower=0), data["total_high"].clip(lower=0)
    axes.hlines(y, low, high, color=ACCENT, linewidth=1.4, zorder=3)
    right = max(float(high.max()), float(total.max()))
    for place, value, end in zip(y, data["total"], high, strict=True):
        axes.text(max(end, value) + 0.015 * right, place, shown_number(value, 2), va="center", fontsize=7.8)
    axes.set_yticks(list(y), list(data["label"]))
    axes.invert_yaxis()
    axes.set_xlim(0, right * 1.12)
    axes.set_xlabel(words[3])
    number_axis(axes, axis="x", decimals=1)
    axes.grid(axis="x", color=PALE)
    axes.spines["left"].set_color(RULE)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", colors=MUTED)
    handles = [
        Patch(color=DARK, label=words[0]),
        Patch(color=LIGHT, label=words[1]),
        Line2D([], [], color=ACCENT, linewidth=1.4, label=words[2]),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, handletextpad=0.5)
    return figure
