"""Charts of opinions: answers to either side of the middle, importance against rating, groups with their intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import (
    ACCENT,
    DARK,
    INK,
    MUTED,
    PALE,
    RULE,
    new_figure,
    number_axis,
    readable_on,
    shown_number,
)
from analysis.errors import MethodError

# Against, middle, in favour: lightness falls to the right, so that the sides differ without colour.
SIDES = {"low": "#E8B07A", "average": PALE, "high": DARK}
ABSENT = "#F4F6F8"
_LEAST = 4.0  # percent of the width below which a part has no room for its number


def diverging_bars(data: pd.DataFrame, *, words: Mapping[str, str], wrap: int = 40) -> Figure:
    """Stacked bars around the middle of the scale: against left, in favour right, half the middle on each side.

    Parameters
    ----------
    data
        Columns label, low, average, high (percent of those with an opinion, summing to 100), dont_know (percent of
        all, in a column of its own at the right) and mark (text at the far right, or empty); in printed order.
    words
        Names of `low`, `average`, `high`, `dont_know` and of the marks (`mark`), which stand only where there are some.

    Raises
    ------
    MethodError
        The parts of a bar do not sum to 100.
    """
    parts = data[list(SIDES)].to_numpy(dtype=float)
    if not len(data) or np.isnan(parts).any() or (np.abs(parts.sum(axis=1) - 100) > 1e-6).any():
        raise MethodError("diverging bars: low, average and high of every row must sum to 100")
    labels = [textwrap.fill(str(label), wrap) for label in data["label"]]
    lines = np.array([label.count("\n") + 1 for label in labels])
    heights = np.where(lines == 1, 0.72, 0.38 * lines + 0.16)
    figure = new_figure(1.7 + float(heights.sum()))
    axes = figure.add_subplot()
    y = np.cumsum(heights) - heights / 2
    start = -(parts[:, 0] + parts[:, 1] / 2)
    left_end, right_end = float(start.min()) - 2, float((start + 100).max()) + 2
    left = start.copy()
    for part, (side, colour) in zip(parts.T, SIDES.items(), strict=True):
        axes.barh(y, part, left=left, height=0.52, color=colour, edgecolor="white", linewidth=0.8, label=words[side])
        for place, value, at in zip(y, part, left, strict=True):
            if value >= _LEAST:
                axes.text(at + value / 2, place, shown_number(value), ha="center", va="center", fontsize=7.5,
                          color=readable_on(colour))  # fmt: skip
        left = left + part
    axes.axvline(0, color=MUTED, linewidth=0.8, linestyle=":", zorder=0)
    marked = bool((data["mark"] != "").any())
    first, second = right_end + 10, right_end + 32
    for place, share, mark in zip(y, data["dont_know"], data["mark"], strict=True):
        axes.text(first, place, f"{shown_number(share)}%", ha="center", va="center", color=MUTED, fontsize=7.8)
        axes.text(second, place, str(mark), ha="center", va="center", color=INK, fontsize=8, fontweight="bold")
    head = y[0] - heights[0] / 2 - 0.12
    for at, name in [(first, words["dont_know"]), *([(second, words["mark"])] if marked else [])]:
        named = textwrap.fill(name, 9, break_long_words=False)
        axes.text(at, head, named, ha="center", va="bottom", color=MUTED, fontsize=7.2)
    axes.set_xlim(left_end, (second if marked else first) + 11)
    axes.set_ylim(y[-1] + heights[-1] / 2 + 0.05, head - 0.75)
    axes.set_yticks(y, labels)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, handlelength=1.0)
    return figure


def spread_labels(wanted: np.ndarray, gap: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return heights near the wanted ones, at least `gap` apart, inside the limits, in the same order.

    Parameters
    ----------
    wanted
        (n_labels,) heights, ascending.
    gap
        (n_labels,) room each label needs, half above and half below.

    Raises
    ------
    MethodError
        The labels do not fit between the limits.
    """
    if gap.sum() > high - low + 1e-9:
        raise MethodError(f"{len(wanted)} labels do not fit beside the chart; make it higher")
    least = low + np.cumsum(gap) - gap / 2
    most = high - (np.cumsum(gap[::-1])[::-1] - gap / 2)
    out = np.clip(wanted, least, most)
    step = (gap[1:] + gap[:-1]) / 2
    for _ in range(20 * len(wanted)):  # overlapping neighbours part by equal shares
        overlap = np.maximum(step - np.diff(out), 0.0)
        if (overlap < 1e-9).all():
            break
        out[:-1] -= overlap / 2
        out[1:] += overlap / 2
        out = np.clip(out, least, most)
    for i in range(1, len(out)):
        out[i] = max(out[i], out[i - 1] + step[i - 1])
    return np.minimum(out, most)


def _distance(point: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """Distance of a point from a stretch of line."""
    along = end - start
    part = float(np.clip((point - start) @ along / max(float(along @ along), 1e-12), 0, 1))
    return float(np.hypot(*(point - start - part * along)))


def _crosses(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    """Whether the stretches of line a–b and c–d cross."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _clutter(points: np.ndarray, ends: np.ndarray, near: float) -> float:
    """How far lines from points to their labels come too close to other points, summed, and how often they cross."""
    pairs = [(i, j) for i in range(len(points)) for j in range(len(points)) if i != j]
    close = sum(max(0.0, near - _distance(points[j], points[i], ends[i])) / near for i, j in pairs)
    return close + sum(_crosses(points[i], ends[i], points[j], ends[j]) for i, j in pairs) / 2


def order_labels(points: np.ndarray, gap: np.ndarray, *, near: float = 0.03) -> tuple[np.ndarray, np.ndarray]:
    """Order labels in a column at the right so that their lines keep off other points and each other.

    Starts with the order of heights and exchanges neighbours as long as that helps.

    Parameters
    ----------
    points
        (n, 2) places in the axes (0–1).
    gap
        (n,) room of each label in the same unit.

    Returns
    -------
    tuple
        Order of the points from the lowest label up, and the heights of the labels in that order.
    """
    order = np.argsort(points[:, 1], kind="stable")

    def placed(candidate: np.ndarray) -> tuple[float, np.ndarray]:
        heights = spread_labels(np.sort(points[candidate, 1]), gap[candidate], 0.0, 1.0)
        ends = np.column_stack([np.full(len(candidate), 1.03), heights])
        return _clutter(points[candidate], ends, near), heights

    cost, heights = placed(order)
    improved = True
    while improved and cost > 0:
        improved = False
        for i in range(len(order) - 1):
            other = order.copy()
            other[[i, i + 1]] = other[[i + 1, i]]
            tried, moved = placed(other)
            if tried < cost - 1e-9:
                order, cost, heights, improved = other, tried, moved, True
    return order, heights


def priority_map(data: pd.DataFrame, *, words: Mapping[str, str], decimals: int = 1, wrap: int = 34) -> Figure:
    """Importance against rating: a point for each area, its name in a column at the right joined by a line.

    Dotted lines stand at the means of both; the corners they cut say what each quarter means.

    Parameters
    ----------
    data
        Columns label, x (rating), y (importance), and the ends of their intervals x_low, x_high, y_low, y_high.
    words
        `x`, `y` names of the axes; `urgent`, `strong`, `minor`, `served` of the quarters (important and badly rated,
        important and well rated, neither, well rated and less important).
    """
    table = data.sort_values("y", kind="stable").reset_index(drop=True)
    names = [textwrap.fill(str(label), wrap) for label in table["label"]]
    figure = new_figure(12.5)
    axes = figure.add_subplot()
    spans = {a: (float(table[f"{a}_low"].min()), float(table[f"{a}_high"].max())) for a in "xy"}
    room = {a: 0.14 * (spans[a][1] - spans[a][0]) for a in "xy"}
    x0, x1 = spans["x"][0] - room["x"], spans["x"][1] + room["x"]
    y0, y1 = spans["y"][0] - room["y"], spans["y"][1] + room["y"]
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    axes.axvline(table["x"].mean(), color=MUTED, linewidth=0.8, linestyle=":")
    axes.axhline(table["y"].mean(), color=MUTED, linewidth=0.8, linestyle=":")
    axes.hlines(table["y"], table["x_low"], table["x_high"], color=RULE, linewidth=1.4, zorder=2)
    axes.vlines(table["x"], table["y_low"], table["y_high"], color=RULE, linewidth=1.4, zorder=2)
    corners = {"urgent": (0.01, 0.99), "strong": (0.99, 0.99), "minor": (0.01, 0.01), "served": (0.99, 0.01)}
    for corner, (across, up) in corners.items():
        axes.text(across, up, words[corner], transform=axes.transAxes, fontsize=7.6, color=MUTED, style="italic",
                  ha="left" if across < 0.5 else "right", va="top" if up > 0.5 else "bottom")  # fmt: skip
    lines = np.array([name.count("\n") + 1 for name in names])
    inside = np.column_stack([(table["x"] - x0) / (x1 - x0), (table["y"] - y0) / (y1 - y0)])
    order, heights = order_labels(inside, 0.034 * lines + 0.012)
    for at, height in zip(order, heights, strict=True):
        name, x, y = names[at], table["x"][at], table["y"][at]
        axes.annotate(
            name, (x, y), xytext=(1.03, height), textcoords="axes fraction", ha="left", va="center",
            fontsize=7.8, linespacing=1.05, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": RULE, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 3,
                        "relpos": (0, 0.5)},
        )  # fmt: skip
    below = table["y"] > table["x"]
    axes.plot(table["x"][below], table["y"][below], "o", color=ACCENT, markersize=7, zorder=4, label=words["behind"])
    axes.plot(table["x"][~below], table["y"][~below], "s", color=DARK, markersize=6.5, zorder=4, label=words["ahead"])
    axes.set_xlabel(words["x"])
    axes.set_ylabel(words["y"])
    number_axis(axes, axis="x", decimals=decimals)
    number_axis(axes, axis="y", decimals=decimals)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, handlelength=1.0)
    return figure


def group_intervals(
    panels: Mapping[str, pd.DataFrame], *, overall: Mapping[str, float], words: Mapping[str, str], unit: str = "%"
) -> Figure:
    """Estimates of groups with their intervals, one panel for each question, the overall value as a line.

    Parameters
    ----------
    panels
        Title → columns label, value, low, high, small (an open mark: few answers or few clusters), gap (true: some room
        above); all panels have the same rows. An interval that is not known is not drawn.
    overall
        Title → value of all.
    words
        `sure`, `small`, `overall`: names in the legend.
    """
    first = next(iter(panels.values()))
    y = np.arange(len(first)) + 0.55 * np.cumsum(first["gap"].astype(bool).to_numpy())
    figure = new_figure(2.0 + 0.56 * (y[-1] + 1))
    grid = figure.subplots(1, len(panels), sharey=True)
    for axes, (title, data) in zip(np.atleast_1d(grid), panels.items(), strict=True):
        small = data["small"].to_numpy(dtype=bool)
        line = axes.axvline(overall[title], color=ACCENT, linewidth=1.4, zorder=1)
        axes.hlines(y, data["low"], data["high"], color=MUTED, linewidth=1.2, zorder=2)
        sure = axes.plot(data["value"][~small], y[~small], "o", color=DARK, markersize=6, zorder=3)[0]
        open_ = axes.plot(data["value"][small], y[small], "o", markerfacecolor="white", markeredgecolor=DARK,
                          markersize=6, zorder=3)[0]  # fmt: skip
        axes.set_title(textwrap.fill(title, 26), fontsize=8.5, color=INK)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=PALE)
        axes.spines["left"].set_visible(False)
        number_axis(axes, axis="x")
        axes.set_xlabel(unit, color=MUTED)
        axes.set_yticks(y, [str(label) for label in data["label"]])
        axes.set_ylim(y[-1] + 0.6, -0.6)
    marks = [sure, open_, line] if first["small"].any() else [sure, line]
    names = (
        [words["sure"], words["small"], words["overall"]] if first["small"].any() else [words["sure"], words["overall"]]
    )
    figure.legend(marks, names, loc="outside upper left", ncols=3, frameon=False, handlelength=1.4)
    return figure
