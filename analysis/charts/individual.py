"""One respondent against all, its sector and its size: one picture for each area, the area above its sub-areas.

Marks differ in shape first, so that a page printed in black and white reads the same. A group that is too small is not
drawn: the numbers of the picture then are those of all respondents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.charts.style import (
    ACCENT,
    CM,
    DARK,
    INK,
    LIGHT,
    MUTED,
    PALE,
    TEXT_WIDTH_CM,
    number_axis,
    shown_number,
    use_style,
)
from analysis.errors import MethodError

ROW_CM, TOP_CM, BOTTOM_CM, LEFT_CM, RIGHT_CM = 0.6, 1.02, 0.5, 5.9, 2.5
SCORE_AT, PERCENTILE_AT = 1.12, 1.32  # right ends of the two columns, in widths of the axes
PEERS = {"sector": "^", "size": "s"}
VALUES = ["own", "q1", "median", "q3", "benchmark", "sector", "size"]


def _marks(words: Mapping[str, str], peers: Mapping[str, bool]) -> list[Any]:
    line: dict[str, Any] = {"linestyle": "", "color": INK}
    handles: list[Any] = [
        Line2D([], [], marker="o", markersize=6.5, **{**line, "color": DARK}, label=words["own"]),
        Line2D([], [], marker="|", markersize=10, markeredgewidth=1.6, **line, label=words["median"]),
        Patch(color=LIGHT, label=words["half"]),
    ]
    for name, shown in peers.items():
        if shown:
            handles.append(
                Line2D([], [], marker=PEERS[name], markersize=5.5, markerfacecolor="white", **line, label=words[name])
            )
    handles.append(
        Line2D([], [], marker="D", markersize=5.5, markeredgewidth=0.6, linestyle="", color=ACCENT,
               markeredgecolor=INK, label=words["benchmark"])
    )  # fmt: skip
    return handles


def area_picture(data: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Own score of an area and its sub-areas on the distribution of all, with the medians of the peers.

    Parameters
    ----------
    data
        Rows in printed order, the area first: columns `label`, `own`, `percentile`, `q1`, `median`, `q3`, `benchmark`,
        `sector`, `size` (medians of the peers), `sector_replaced`, `size_replaced` (1: the group is too small, its mark
        is left out). A missing value is not drawn; where the own score is missing the row says so.
    words
        own, median, half, sector, size, benchmark, absent, percentile, score.

    Raises
    ------
    MethodError
        The table is empty or a value lies outside 0–1.
    """
    values = data[VALUES].astype(float)
    if not len(data):
        raise MethodError("area picture: the table is empty")
    if ((values < 0) | (values > 1)).any(axis=None):
        raise MethodError("area picture: scores must lie between 0 and 1")
    use_style()
    height = TOP_CM + len(data) * ROW_CM + BOTTOM_CM
    figure = Figure(figsize=(TEXT_WIDTH_CM * CM, height * CM))
    box = (LEFT_CM / TEXT_WIDTH_CM, BOTTOM_CM / height)
    size = ((TEXT_WIDTH_CM - LEFT_CM - RIGHT_CM) / TEXT_WIDTH_CM, len(data) * ROW_CM / height)
    axes = figure.add_axes((*box, *size))
    y = np.arange(len(data))
    axes.axhspan(-0.5, 0.5, color="#F1F4F7", zorder=0, linewidth=0)
    axes.barh(y, values["q3"] - values["q1"], left=values["q1"], height=0.5, color=LIGHT, zorder=2)
    axes.plot(values["median"], y, "|", color=INK, markersize=14, markeredgewidth=1.6, zorder=3)
    axes.plot(values["benchmark"], y, "D", color=ACCENT, markersize=5.5, markeredgecolor=INK, markeredgewidth=0.6,
              zorder=4)  # fmt: skip
    peers = {}
    for name, mark in PEERS.items():
        shown = values[name].where(data[f"{name}_replaced"].to_numpy() == 0)
        peers[name] = bool(shown.notna().any())
        axes.plot(shown, y, mark, color=INK, markersize=5.5, markerfacecolor="white", markeredgewidth=0.9, zorder=5)
    axes.plot(values["own"], y, "o", color=DARK, markersize=6.5, markeredgecolor="white", markeredgewidth=0.8, zorder=6)
    across = axes.get_yaxis_transform()
    right: dict[str, Any] = {"ha": "right", "va": "center", "transform": across}
    for row, record in enumerate(data.to_dict("records")):
        bold: dict[str, Any] = {"fontweight": "bold"} if row == 0 else {}
        axes.text(-0.02, row, record["label"], fontsize=8.2, **right, **bold)
        if pd.isna(record["own"]):
            axes.text(PERCENTILE_AT, row, words["absent"], color=MUTED, fontstyle="italic", **right)
            continue
        axes.text(SCORE_AT, row, shown_number(record["own"], 2), **right, **bold)
        if pd.notna(record["percentile"]):
            axes.text(PERCENTILE_AT, row, shown_number(record["percentile"]), **right, **bold)
    for place, name in ((SCORE_AT, "score"), (PERCENTILE_AT, "percentile")):
        axes.text(place, -0.74, words[name], color=MUTED, fontsize=7.5, **right)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(len(data) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    number_axis(axes, axis="x", decimals=1)
    axes.grid(axis="x", color=PALE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", colors=MUTED)
    figure.legend(
        handles=_marks(words, peers), loc="upper left", bbox_to_anchor=(0, 1), ncols=6, frameon=False, fontsize=7.2,
        handlelength=1.2, handletextpad=0.3, columnspacing=0.9, borderpad=0, borderaxespad=0.1,
    )  # fmt: skip
    return figure


def alt_area(data: pd.DataFrame, respondent: str, words: Mapping[str, str]) -> str:
    """Describe the picture in Polish: for each row own score, percentile, median of all and of peers, benchmark."""
    sentences = []
    for row in data.to_dict("records"):
        if pd.isna(row["own"]):
            sentences.append(f"{row['label']}: {words['absent']}.")
            continue
        parts = [f"{row['label']}: {words['own'].lower()} {shown_number(row['own'], 2)}"]
        if pd.notna(row["percentile"]):
            parts.append(f"{words['percentile']} {shown_number(row['percentile'])}")
        for name in ("median", *PEERS, "benchmark"):
            if pd.notna(row[name]) and not row.get(f"{name}_replaced"):
                parts.append(f"{words[name].lower()} {shown_number(row[name], 2)}")
        sentences.append(", ".join(parts) + ".")
    return f"{words['alt'].format(respondent=respondent)} {' '.join(sentences)}"


def area_pictures(
    scores: pd.DataFrame, areas: Mapping[str, str], respondent: str, words: Mapping[str, str]
) -> list[tuple[Figure, str]]:
    """One picture and its description for each area.

    Parameters
    ----------
    scores
        As for `area_picture`, all areas together, with the column `code`.
    areas
        Code of the area → its printed name; rows of a sub-area have a code that begins with it.
    """
    made = []
    for area in areas:
        first = scores[scores["code"] == area]
        rows = pd.concat([first, scores[scores["code"].str.startswith(f"{area}.")]])
        made.append((area_picture(rows, words), alt_area(rows, respondent, words)))
    return made
