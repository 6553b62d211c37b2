"""Bars: ordered horizontal bars with their values, one stacked bar for parts of a whole, and a stack in every row."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import ACCENT, DARK, INK, LIGHT, NBSP, RULE, STEPS, new_figure, readable_on, shown_number
from analysis.errors import MethodError

CHARACTERS = 92  # that fit side by side across the figure


def _value_text(value: float, share: float | None, decimals: int, unit: str, share_decimals: int) -> str:
    text = shown_number(value, decimals) + (f"{NBSP}{unit}" if unit and unit != "%" else unit)
    if share is not None:
        text += f"  ({shown_number(share, share_decimals)}%)"
    return text


def bars(
    data: pd.DataFrame,
    *,
    decimals: int = 0,
    unit: str = "",
    share_decimals: int = 1,
    sort: bool = False,
    highlight: str | None = None,
    wrap: int = 42,
) -> Figure:
    """Horizontal bars, value at the end of each, no axis of values.

    Parameters
    ----------
    data
        Columns `label`, `value`, and optionally `share` (0–100), printed behind the value.
    decimals, unit
        Format of the values.
    sort
        Order by value, largest on top; otherwise the order of the table is kept (bands, regions).
    highlight
        Label of one bar to set off.
    wrap
        Longest line of a label, in characters.

    Raises
    ------
    MethodError
        A value is missing or negative: a bar from zero could not show it.
    """
    if data["value"].isna().any() or (data["value"] < 0).any():
        raise MethodError("bars: every value must be a number not below zero")
    table = data.sort_values("value", ascending=False, kind="stable") if sort else data
    labels = [textwrap.fill(str(label), wrap) for label in table["label"]]
    lines = np.array([label.count("\n") + 1 for label in labels])
    figure = new_figure(0.7 + float(np.where(lines == 1, 0.72, 0.42 * lines + 0.12).sum()))
    axes = figure.add_subplot()
    positions = np.arange(len(table))
    colours = [ACCENT if label == highlight else DARK for label in table["label"]]
    axes.barh(positions, table["value"], height=0.62, color=colours)
    largest = float(table["value"].max()) or 1.0
    shares = table["share"] if "share" in table else [None] * len(table)
    for position, value, share in zip(positions, table["value"], shares, strict=True):
        text = _value_text(value, share, decimals, unit, share_decimals)
        axes.text(value + largest * 0.012, float(position), text, va="center", ha="left", color=INK)
    axes.set_yticks(positions, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(table) - 0.45, -0.55)
    axes.set_xlim(0, largest * (1.18 if "share" not in table else 1.3))
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_color(RULE)
    return figure


def stacked_bar(data: pd.DataFrame, *, unit: str = "") -> Figure:
    """One bar split into the parts of a whole; each part carries its name, number and share.

    Parameters
    ----------
    data
        Columns `label`, `value` in the order of the parts; parts of size zero are left out of the bar.
    unit
        Word after the number, or nothing.

    Raises
    ------
    MethodError
        Nothing to show, more parts than the palette can tell apart, or a name longer than its part.
    """
    table = data[data["value"] > 0]
    if not len(table) or len(table) > len(STEPS):
        raise MethodError(f"stacked bar: {len(table)} parts, between 1 and {len(STEPS)} can be shown; use bars instead")
    total = float(table["value"].sum())
    figure = new_figure(3.0)
    axes = figure.add_subplot()
    colours = [DARK, LIGHT] if len(table) == 2 else list(STEPS)
    left = 0.0
    for colour, label, value in zip(colours, table["label"], table["value"], strict=False):
        room = CHARACTERS * value / total
        text = textwrap.fill(str(label), max(1, int(room)), break_long_words=False)
        if max(map(len, text.split("\n"))) > room + 1:
            raise MethodError(f"stacked bar: the name `{label}` does not fit its part; use bars instead")
        axes.barh(0, value, left=left, height=0.9, color=colour, edgecolor="white", linewidth=1.2)
        middle = left + value / 2
        axes.text(middle, 0, _value_text(value, None, 0, unit, 1), ha="center", va="center", fontsize=11,
                  fontweight="bold", color=readable_on(colour))  # fmt: skip
        axes.text(left + total * 0.002, -0.56, text, ha="left", va="bottom")
        axes.text(left + total * 0.002, 0.56, f"{shown_number(100 * value / total, 1)}%", ha="left", va="top")
        left += value
    axes.set_xlim(0, total)
    axes.set_ylim(0.95, -1.35)
    axes.set_axis_off()
    return figure


def level_bars(data: pd.DataFrame, levels: Sequence[str], *, wrap: int = 38) -> Figure:
    """Horizontal bars of equal base, each divided into levels; the number of each level stands in its part.

    Parameters
    ----------
    data
        Column `label` and one column of counts for each of `levels`; in printed order.
    levels
        Names of the levels, from the highest; they name the columns and the legend.

    Raises
    ------
    MethodError
        More levels than the palette can tell apart, or a count that is missing or negative.
    """
    counts = data[list(levels)]
    if not 1 <= len(levels) <= len(STEPS):
        raise MethodError(f"level bars: {len(levels)} levels, between 1 and {len(STEPS)} can be shown")
    if counts.isna().any(axis=None) or (counts < 0).any(axis=None):
        raise MethodError("level bars: every count must be a number not below zero")
    labels = [textwrap.fill(str(label), wrap) for label in data["label"]]
    figure = new_figure(1.5 + 0.62 * len(data))
    axes = figure.add_subplot()
    positions = np.arange(len(data))
    left = np.zeros(len(data))
    total = float(counts.sum(axis=1).max())
    for colour, level in zip(STEPS, levels, strict=False):
        values = counts[level].to_numpy(dtype=float)
        axes.barh(
            positions, values, left=left, height=0.72, color=colour, edgecolor="white", linewidth=0.8, label=level
        )
        for position, value, start in zip(positions, values, left, strict=True):
            if value > 0:
                axes.text(start + value / 2, float(position), shown_number(value), ha="center", va="center",
                          fontsize=7.8, color=readable_on(colour))  # fmt: skip
        left += values
    axes.set_yticks(positions, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(data) - 0.45, -0.55)
    axes.set_xlim(0, total)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    figure.legend(loc="outside upper left", ncols=len(levels), frameon=False, handlelength=1.0)
    return figure
