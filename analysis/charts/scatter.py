"""Points with a line of fit, its equation and its 95 % band."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import ACCENT, DARK, INK, PALE, new_figure, number_axis, shown_number


def equation(slope: float, intercept: float, *, decimals: int = 4) -> str:
    """Return the line as text, 'y = 0,0012x + 0,1799'."""
    sign = "+" if intercept >= 0 else "−"
    return f"y = {shown_number(slope, decimals)}x {sign} {shown_number(abs(intercept), decimals)}"


def regression_scatter(
    points: pd.DataFrame,
    band: pd.DataFrame,
    *,
    slope: float,
    intercept: float,
    r2: float,
    x_label: str,
    y_label: str,
    band_label: str,
    decimals: int = 4,
    x_decimals: int = 0,
) -> Figure:
    """Scatter of `y` on `x` with the least-squares line and the confidence band of its mean.

    Parameters
    ----------
    points
        Columns `x`, `y`, one row per respondent.
    band
        Columns `x`, `fit`, `low`, `high`, ascending in `x`.
    slope, intercept, r2
        The fit, printed on the chart.
    x_decimals
        Decimals on the horizontal axis.
    """
    figure = new_figure(9.2)
    axes = figure.add_subplot()
    axes.fill_between(band["x"], band["low"], band["high"], color=PALE, linewidth=0, label=band_label, zorder=1)
    axes.plot(
        band["x"],
        band["fit"],
        color=ACCENT,
        linewidth=1.8,
        zorder=2,
        label=equation(slope, intercept, decimals=decimals),
    )
    axes.plot(points["x"], points["y"], "o", color=DARK, markersize=5, alpha=0.85, markeredgecolor="white",
              markeredgewidth=0.6, zorder=3)  # fmt: skip
    axes.set_xlim(left=min(0.0, float(points["x"].min())) - 0.02 * float(points["x"].max()))
    axes.set_ylim(0, max(1.0, float(points["y"].max())))
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    number_axis(axes, axis="x", decimals=x_decimals)
    number_axis(axes, axis="y", decimals=1)
    axes.grid(axis="y", color=PALE)
    # Above the axes: a respondent with a high score would lie under it.
    legend = figure.legend(
        loc="outside upper left", frameon=False, title=f"R² = {shown_number(r2, decimals)};  N = {len(points)}",
        alignment="left", ncols=2,
    )  # fmt: skip
    legend.get_title().set_color(INK)
    return figure
