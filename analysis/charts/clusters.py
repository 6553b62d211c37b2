"""Charts of groups: dendrogram of sectors, choice of the number of types, silhouettes, biplot, heat map with trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from scipy.cluster.hierarchy import dendrogram

from analysis.charts.style import ACCENT, DARK, INK, LIGHT, MUTED, PALE, new_figure, number_axis, shown_number
from analysis.errors import MethodError

# Types differ in lightness, and in the mark as well.
FILLS = (DARK, ACCENT, LIGHT, "#5B6770", "#8C3B1B", "#3F7D4E", "#C9A227", "#B0B7BD")
MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":")
# From far below the mean to far above it: ever darker, so that greyscale keeps the order.
CLASSES = ("#F6F3EA", "#D5E0C0", "#9FC492", "#549263", "#1B5236")
BOUNDS = (-1.25, -0.5, 0.5, 1.25)


def sector_dendrogram(
    links: np.ndarray, merges: pd.DataFrame, names: Sequence[str], *, words: Mapping[str, str]
) -> Figure:
    """Dendrogram of a few named groups, leaves at the left, with the support of each branch in percent.

    Parameters
    ----------
    links
        Linkage as SciPy makes it.
    merges
        Columns height, support (0–1, missing for the root), in the order of `links`.
    names
        Names of the leaves, in their order.
    words
        `distance`, the name of the axis.
    """
    figure = new_figure(len(names) * 0.95 + 1.8)
    axes = figure.add_subplot()
    drawn = dendrogram(links, orientation="right", no_plot=True)
    for x, y in zip(drawn["dcoord"], drawn["icoord"], strict=True):
        axes.plot(x, y, color=DARK, linewidth=1.4, solid_joinstyle="miter")
        merge = merges.iloc[int((merges["height"] - x[1]).abs().argmin())]
        if merge["support"] == merge["support"]:
            axes.text(
                x[1], (y[1] + y[2]) / 2, f" {shown_number(100 * merge['support'])}%", va="bottom", ha="left",
                fontsize=7.8, color=INK,
            )  # fmt: skip
    axes.set_yticks([5 + 10 * i for i in range(len(names))], [names[i] for i in drawn["leaves"]])
    axes.set_ylim(0, 10 * len(names))
    axes.set_xlim(0, float(links[:, 2].max()) * 1.08)
    axes.set_xlabel(words["distance"])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", colors=MUTED)
    number_axis(axes, axis="x", decimals=1)
    axes.grid(axis="x", color=PALE)
    return figure


def choice_of_k(data: pd.DataFrame, gap: pd.DataFrame, *, names: Mapping[str, str], words: Mapping[str, str]) -> Figure:
    """Mean silhouette against the number of types, one line for each algorithm, and the gap statistic beside it.

    Parameters
    ----------
    data
        Columns algorithm, k, silhouette.
    gap
        Columns k, gap, se, chosen.
    names
        Printed name of each algorithm, in the order of the legend.
    words
        `k`, `silhouette`, `gap`, `chosen` (legend of the value that the rule takes).
    """
    figure = new_figure(8.4)
    left, right = figure.subplots(1, 2)
    for i, (algorithm, name) in enumerate(names.items()):
        own = data[data["algorithm"] == algorithm]
        left.plot(
            own["k"], own["silhouette"], LINES[i % 4], marker=MARKS[i], color=FILLS[i], markersize=4.5, label=name,
            linewidth=1.3, markeredgecolor=INK, markeredgewidth=0.4,
        )  # fmt: skip
    left.set_ylim(bottom=min(0.0, float(data["silhouette"].min()) - 0.02))
    left.set_ylabel(words["silhouette"])
    right.errorbar(gap["k"], gap["gap"], yerr=gap["se"], color=DARK, marker="o", markersize=4, linewidth=1.3, capsize=2)
    taken = gap[gap["chosen"] == 1]
    right.plot(
        taken["k"], taken["gap"], "o", color=ACCENT, markersize=8, markeredgecolor=INK, zorder=4, label=words["chosen"]
    )
    right.set_ylabel(words["gap"])
    for axes in (left, right):
        axes.set_xlabel(words["k"])
        axes.set_xticks(sorted({*gap["k"]} if axes is right else {*data["k"]}))
        axes.grid(axis="y", color=PALE)
        axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        number_axis(axes, axis="y", decimals=2)
    lines = [a + b for a, b in zip(left.get_legend_handles_labels(), right.get_legend_handles_labels(), strict=True)]
    figure.legend(*lines, loc="outside upper left", ncols=3, frameon=False, fontsize=7.6)
    return figure


def silhouette_plot(data: pd.DataFrame, *, names: Mapping[int, str], words: Mapping[str, str]) -> Figure:
    """Silhouette of every unit, by type, widest first.

    Parameters
    ----------
    data
        Columns type, silhouette.
    names
        Printed name of each type, in order.
    words
        `width` (axis) and `mean` (legend of the dashed line).
    """
    figure = new_figure(len(data) * 0.2 + len(names) * 0.5 + 2.0)
    axes = figure.add_subplot()
    ticks, at = [], 0.0
    for i, number in enumerate(names):
        own = np.sort(data.loc[data["type"] == number, "silhouette"].to_numpy())[::-1]
        y = at + np.arange(len(own))
        axes.barh(y, own, height=0.82, color=FILLS[i % len(FILLS)], edgecolor=INK, linewidth=0.3)
        ticks.append(float(y.mean()))
        at += len(own) + 2
    mean = float(data["silhouette"].mean())
    label = f"{words['mean']} {shown_number(mean, 2)}"
    axes.axvline(mean, color=INK, linestyle="--", linewidth=1, label=label)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_yticks(ticks, list(names.values()))
    axes.set_ylim(at - 1, -1)
    axes.set_xlabel(words["width"])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", colors=MUTED)
    number_axis(axes, axis="x", decimals=1)
    axes.grid(axis="x", color=PALE)
    figure.legend(loc="outside upper right", frameon=False)
    return figure


def _spread(ends: pd.DataFrame, step: float) -> pd.Series:
    """Heights of labels at the tips of arrows, on each side at least `step` apart, from the lowest up."""
    out = {}
    for _, side in ends.groupby("right"):
        last = -np.inf
        for name, y in side["y"].sort_values(kind="stable").items():
            last = max(float(y), last + step)
            out[name] = last
    return pd.Series(out, dtype=float)


def biplot(
    points: pd.DataFrame,
    arrows: pd.DataFrame,
    *,
    types: Mapping[int, str],
    sectors: Mapping[str, str],
    axis_labels: tuple[str, str],
    words: Mapping[str, str],
) -> Figure:
    """Units on two principal components: colour by type, mark by sector, arrows for the columns that lie best there.

    Parameters
    ----------
    points
        Columns x, y, type, sector.
    arrows
        Columns x, y (correlations with the components), label.
    types, sectors
        Printed names, in the order of the legend; `words` has `types` and `sectors`, the titles of its parts.

    Raises
    ------
    MethodError
        There are more sectors than marks or more types than fillings.
    """
    if len(types) > len(FILLS) or len(sectors) > len(MARKS):
        raise MethodError(f"biplot: {len(types)} types and {len(sectors)} sectors cannot be told apart")
    figure = new_figure(13.2)
    axes = figure.add_subplot()
    axes.axhline(0, color=PALE, linewidth=0.8, zorder=0)
    axes.axvline(0, color=PALE, linewidth=0.8, zorder=0)
    for mark, sector in zip(MARKS, sectors, strict=False):
        for fill, number in zip(FILLS, types, strict=False):
            own = points[(points["sector"] == sector) & (points["type"] == number)]
            axes.plot(
                own["x"], own["y"], mark, color=fill, markersize=7, markeredgecolor=INK, markeredgewidth=0.6, zorder=3
            )
    reach = 0.9 * float(points[["x", "y"]].abs().to_numpy().max())
    # Arrows are as long as they may be without leaving the space of the points.
    low, high = points["y"].min(), points["y"].max()
    down, up = float(-arrows["y"].min()), float(arrows["y"].max())
    reach = min([reach, *([-low / down] if down > 0 else []), *([high / up] if up > 0 else [])])
    ends = arrows.assign(x=reach * arrows["x"], y=reach * arrows["y"], right=arrows["x"] >= 0)
    tall = float(np.ptp(points["y"]))
    edges = {True: float(points["x"].max()) + 0.3, False: float(points["x"].min()) - 0.3}
    for row in ends.assign(at=_spread(ends, 0.055 * tall)).to_dict("records"):
        tip, edge = (row["x"], row["y"]), edges[row["right"]]
        axes.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": MUTED, "linewidth": 0.9}, zorder=1)
        # Names stand beside the points, where nothing covers them, with a thin line to their arrow.
        axes.annotate(
            row["label"], tip, (edge, row["at"]), fontsize=7, ha="left" if row["right"] else "right", va="center",
            color=INK, arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.6}, zorder=0.5,
            annotation_clip=False,
        )  # fmt: skip
    axes.set_xlabel(axis_labels[0])
    axes.set_ylabel(axis_labels[1])
    axes.margins(0.12)
    number_axis(axes, axis="x")
    number_axis(axes, axis="y")
    by_type = [
        Patch(facecolor=f, edgecolor=INK, linewidth=0.5, label=n) for f, n in zip(FILLS, types.values(), strict=False)
    ]
    by_sector = [
        Line2D([], [], linestyle="", marker=m, color="white", markeredgecolor=INK, markersize=6, label=n)
        for m, n in zip(MARKS, sectors.values(), strict=False)
    ]
    options: Any = {"frameon": False, "fontsize": 7.2, "title_fontsize": 7.4, "alignment": "left"}
    figure.legend(handles=by_type, title=words["types"], loc="outside upper left", ncols=1, **options)
    figure.legend(handles=by_sector, title=words["sectors"], loc="outside lower left", ncols=3, **options)
    return figure


def _tree(axes: Axes, links: np.ndarray, *, left: bool) -> list[int]:
    drawn = dendrogram(links, no_plot=True)
    for along, height in zip(drawn["icoord"], drawn["dcoord"], strict=True):
        at = (np.array(along) - 5) / 10
        axes.plot(*((height, at) if left else (at, height)), color=MUTED, linewidth=0.7)
    (axes.invert_xaxis if left else axes.set_ylim)(*(() if left else (0, None)))
    axes.axis("off")
    return [int(i) for i in drawn["leaves"]]


def cluster_heatmap(
    classes: pd.DataFrame,
    rows: np.ndarray,
    columns: np.ndarray,
    types: Sequence[int],
    *,
    names: Mapping[int, str],
    words: Mapping[str, str],
) -> Figure:
    """Heat map of classes of z-scores, rows and columns in the order of their trees; rows are not named.

    Parameters
    ----------
    classes
        (n_units, n_columns), 0 (far below the mean) to 4 (far above); columns are printed names.
    rows, columns
        Linkage of rows and of columns.
    types
        Type of each row, shown as a strip.
    names
        Printed names of types.
    words
        `class_0` … `class_4`, names of the classes; `units`, name of the vertical axis; `types`.
    """
    figure = new_figure(len(classes) * 0.27 + 6.2)
    grid = figure.add_gridspec(2, 3, width_ratios=(1.6, 0.25, 9), height_ratios=(1, 9))
    above = figure.add_subplot(grid[0, 2])
    side, strip, axes = (figure.add_subplot(grid[1, i]) for i in range(3))
    across = _tree(above, columns, left=False)
    down = _tree(side, rows, left=True)
    above.set_xlim(-0.5, len(across) - 0.5)
    side.set_ylim(len(down) - 0.5, -0.5)
    data = classes.to_numpy()[np.ix_(down, across)]
    axes.imshow(data, aspect="auto", cmap=ListedColormap(list(CLASSES)), norm=BoundaryNorm(np.arange(-0.5, 5), 5),
                interpolation="nearest")  # fmt: skip
    axes.set_xticks(
        range(len(across)), [str(classes.columns[i]) for i in across], rotation=60, ha="right", fontsize=7.2
    )
    axes.set_xticks(np.arange(len(across)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(down)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.6)
    axes.set_yticks([])
    axes.tick_params(which="both", length=0)
    own = [list(names).index(types[i]) for i in down]
    palette = ListedColormap(list(FILLS))
    strip.imshow(np.array(own)[:, None], aspect="auto", cmap=palette, vmin=-0.5, vmax=len(FILLS) - 0.5)
    strip.set_xticks([])
    strip.set_yticks([])
    for shown in (axes, strip):
        for spine in shown.spines.values():
            spine.set_visible(False)
    side.set_ylabel(words["units"])
    options: Any = {"frameon": False, "fontsize": 7.2, "title_fontsize": 7.4, "alignment": "left"}
    shades = [
        Patch(facecolor=c, edgecolor=MUTED, linewidth=0.4, label=words[f"class_{i}"]) for i, c in enumerate(CLASSES)
    ]
    figure.legend(handles=shades, title=words["classes"], loc="outside lower left", ncols=5, **options)
    kinds = [Patch(facecolor=FILLS[i], edgecolor=INK, linewidth=0.4, label=n) for i, n in enumerate(names.values())]
    figure.legend(handles=kinds, title=words["types"], loc="outside upper left", ncols=1, **options)
    return figure
