"""A graph of organisations with its legend: kinds by shape and colour, ties by colour and dash, names on white."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from analysis.charts.style import ACCENT, CM, DARK, INK, LIGHT, MUTED, TEXT_WIDTH_CM, new_figure, use_style
from analysis.errors import MethodError

LABEL_PT = 6.2
LINE_CM = 0.26
MARK_CM = 0.34
WRAP = 17
NETWORK_HEIGHTS_CM = (17.2, 19.4)  # of the drawing: as usual, and with its legend and caption the height of a page


@dataclass(frozen=True)
class Mark:
    """How a kind of node is drawn: marker of matplotlib, filling, size in points."""

    marker: str
    fill: str
    size: float


# Shape first, then lightness: the kinds are told apart without colour as well.
MARKS = {
    "cluster_in_study": Mark("o", DARK, 8.0),
    "cluster_outside_study": Mark("o", LIGHT, 8.0),
    "platform": Mark("s", ACCENT, 7.5),
    "council": Mark("D", ACCENT, 7.0),
    "programme": Mark("^", "#F2C48D", 8.5),
    "association": Mark("h", "#8A929A", 8.5),
    "public_body": Mark("P", "#5B6770", 8.5),
}
TIES: dict[str, tuple[str, Any]] = {
    "intra_sector": (DARK, "-"),
    "inter_sector": ("#B5541A", "--"),
    "policy_skills_council": ("#6E9DC2", "-"),
    "regional_strategy": ("#3F7D4E", "-."),
    "other_association": ("#8A929A", ":"),
}


def wrapped(label: str) -> str:
    """Break a label into lines of about the same length, at spaces."""
    return "\n".join(wrap(label, WRAP, break_long_words=False, break_on_hyphens=False))


class _Widths:
    """Widths in pt of lines of labels, from the leftmost to the rightmost ink, as `TextPath` draws them.

    The outlines of a letter are looked through once, not for each label in which it comes.
    """

    def __init__(self, family: str) -> None:
        self.font = get_font(findfont(FontProperties(family=family)))
        self.font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
        self.outlines: dict[str, Any] = {}
        self.ink: dict[str, tuple[float, float]] = {}

    def of(self, line: str) -> float:
        """Width of a line; 0 where it has no ink."""
        placed, outlines, _ = text_to_path.get_glyphs_with_font(self.font, line, self.outlines)
        ends = []
        for letter, x, *_ in placed:
            if letter not in self.ink:
                points, codes = outlines[letter]
                self.ink[letter] = tuple(Path(points, codes).get_extents().intervalx) if len(points) else (np.nan,) * 2
            ends += [x + end for end in self.ink[letter]]
        return float(np.nanmax(ends) - np.nanmin(ends)) * LABEL_PT / text_to_path.FONT_SCALE


def label_boxes(labels: list[str]) -> np.ndarray:
    """Width and height in cm of a node with its label below it, (n, 2)."""
    use_style()
    widths = _Widths("DejaVu Sans")
    out = []
    for label in labels:
        lines = wrapped(label).split("\n")
        wide = max(widths.of(line) for line in lines)
        out.append((wide / 72 / CM + 0.16, MARK_CM + LINE_CM * len(lines)))
    return np.array(out)


def network_figure(
    nodes: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    height_cm: float,
    kinds: Mapping[str, str],
    tie_kinds: Mapping[str, str],
    words: Mapping[str, str],
) -> Figure:
    """Draw a graph at given places.

    Parameters
    ----------
    nodes
        Indexed by node: label, kind, x, y, width, height: centre and size of its box in cm (`label_boxes`).
    ties
        Columns source, target, kind.
    kinds, tie_kinds
        Printed names of the kinds, in the order of the legend; `words` has `kinds` and `tie_kinds`, the titles of its
        two parts.

    Raises
    ------
    MethodError
        A kind has no mark or no line.
    """
    unknown = sorted((set(nodes["kind"]) - set(MARKS)) | (set(ties["kind"]) - set(TIES)))
    if unknown:
        raise MethodError(f"network figure: no mark for {', '.join(unknown)}")
    figure = new_figure(height_cm + 2.6)
    figure.set_layout_engine("none")
    bottom = 2.5 / (height_cm + 2.6)
    axes = figure.add_axes((0, bottom, 1, 1 - bottom))
    axes.set_xlim(0, TEXT_WIDTH_CM)
    axes.set_ylim(0, height_cm)
    axes.axis("off")
    at = {n: (r.x, r.y + r.height / 2 - MARK_CM / 2) for n, r in nodes.iterrows()}
    for tie in ties.itertuples():
        (x0, y0), (x1, y1) = at[tie.source], at[tie.target]
        colour, dash = TIES[str(tie.kind)]
        axes.plot([x0, x1], [y0, y1], color=colour, linestyle=dash, linewidth=0.85, zorder=1, solid_capstyle="round")
    for name, row in nodes.iterrows():
        mark = MARKS[str(row["kind"])]
        x, y = at[name]
        axes.plot(
            x, y, mark.marker, color=mark.fill, markersize=mark.size, markeredgecolor=INK, markeredgewidth=0.6, zorder=3
        )
        axes.text(
            x, y - MARK_CM / 2, wrapped(str(row["label"])), fontsize=LABEL_PT, ha="center", va="top", zorder=4,
            linespacing=1.05, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.82, "pad": 0.4},
        )  # fmt: skip
    used = [k for k in kinds if (nodes["kind"] == k).any()]
    marks = [
        Line2D([], [], linestyle="", marker=MARKS[k].marker, color=MARKS[k].fill, markersize=MARKS[k].size,
               markeredgecolor=INK, markeredgewidth=0.6, label=kinds[k])
        for k in used
    ]  # fmt: skip
    lines = [
        Line2D([], [], color=TIES[k][0], linestyle=TIES[k][1], linewidth=1.3, label=tie_kinds[k])
        for k in tie_kinds
        if (ties["kind"] == k).any()
    ]
    options: Any = {
        "frameon": False, "fontsize": 7.2, "title_fontsize": 7.4, "alignment": "left", "labelcolor": INK,
        "loc": "lower left",
    }  # fmt: skip
    figure.legend(handles=marks, title=words["kinds"], bbox_to_anchor=(0.01, 0.0), ncols=2, **options)
    figure.legend(handles=lines, title=words["tie_kinds"], bbox_to_anchor=(0.64, 0.0), ncols=1, **options)
    return figure


def removal_chart(curves: pd.DataFrame, *, names: Mapping[str, str], x_label: str, y_label: str) -> Figure:
    """Share of nodes in the largest component against the number removed, one line for each attack.

    Parameters
    ----------
    curves
        Columns attack, removed (from 0), share (0–100).
    names
        Printed name of each attack, in the order of the legend (with its R).
    """
    figure = new_figure(7.4)
    axes = figure.add_subplot()
    looks: Any = ((MUTED, "-", 1.4), (DARK, "-", 1.8), (ACCENT, "--", 1.8))
    for (attack, label), (colour, dash, wide) in zip(names.items(), looks, strict=False):
        own = curves[curves["attack"] == attack]
        axes.plot(own["removed"], own["share"], color=colour, linestyle=dash, linewidth=wide, label=label)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_xlim(0, float(curves["removed"].max()))
    axes.set_ylim(0, 100)
    axes.grid(color="#DDE5EC")
    axes.tick_params(axis="x", colors=MUTED)
    axes.legend(frameon=False, loc="upper right")
    return figure
