"""One respondent against all: own score as a dot on the middle half, the median and the benchmark of each sub-area."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.charts.style import ACCENT, DARK, INK, LIGHT, MUTED, new_figure, polish_number, score_axes
from analysis.errors import MethodError

ROW_CM = 0.46
HEADING_CM = 0.56
OWN, HALF, MEDIAN, BENCHMARK = "Wynik respondenta", "Środkowa połowa wszystkich", "Mediana", "Benchmark"


def profile_chart(data: pd.DataFrame, *, absent: str = "brak wyniku") -> Figure:
    """Own score of every sub-area on the distribution of all respondents, on a common scale of 0 to 1.

    Parameters
    ----------
    data
        Columns `panel` (name of the area), `label` (name of the sub-area), `own`, `q1`, `median`, `q3`, `benchmark`;
        in printed order. A missing value is not drawn; where the own score is missing the row says `absent`.

    Raises
    ------
    MethodError
        The table is empty or a value lies outside 0–1.
    """
    values = data[["own", "q1", "median", "q3", "benchmark"]].astype(float)
    if not len(data):
        raise MethodError("profile chart: the table is empty")
    if ((values < 0) | (values > 1)).any(axis=None):
        raise MethodError("profile chart: scores must lie between 0 and 1")
    panels = list(dict.fromkeys(data["panel"]))
    figure = new_figure(len(panels) * HEADING_CM + len(data) * ROW_CM + 1.5)
    axes = figure.add_subplot()
    ticks, names = [], []
    y = 0.0
    for panel in panels:
        axes.text(-0.065, y, panel, fontweight="bold", va="center", ha="left", fontsize=8.8)
        y += HEADING_CM * 0.9
        for row in data[data["panel"] == panel].itertuples():
            if pd.notna(row.q1) and pd.notna(row.q3):
                axes.barh(y, row.q3 - row.q1, left=row.q1, height=ROW_CM * 0.52, color=LIGHT, zorder=2)
            if pd.notna(row.median):
                axes.plot([row.median] * 2, [y - ROW_CM * 0.36, y + ROW_CM * 0.36], color=INK, linewidth=1.4, zorder=3)
            if pd.notna(row.benchmark):
                axes.plot(row.benchmark, y, "D", color=ACCENT, markersize=7, markeredgecolor=INK,
                          markeredgewidth=0.5, zorder=4)  # fmt: skip
            if pd.notna(row.own):
                axes.plot(row.own, y, "o", color=DARK, markersize=6, markeredgecolor="white",
                          markeredgewidth=0.8, zorder=5)  # fmt: skip
                axes.text(1.06, y, polish_number(float(row.own), 2), ha="left", va="center", fontsize=8)
            else:
                axes.text(1.06, y, absent, color=MUTED, ha="left", va="center", fontsize=7.8, fontstyle="italic")
            ticks.append(y)
            names.append(str(row.label))
            y += ROW_CM
        y += ROW_CM * 0.3
    score_axes(axes, ticks, names, bottom=y - ROW_CM * 0.6, top=-HEADING_CM * 0.8, room=0.17)
    handles = [
        Line2D([], [], marker="o", color=DARK, markeredgecolor="white", linestyle="", markersize=6, label=OWN),
        Line2D([], [], marker="|", color=INK, linestyle="", markersize=9, markeredgewidth=1.4, label=MEDIAN),
        Patch(color=LIGHT, label=HALF),
        Line2D([], [], marker="D", color=ACCENT, markeredgecolor=INK, markeredgewidth=0.5, linestyle="",
               markersize=7, label=BENCHMARK),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False, handletextpad=0.5)
    return figure


def alt_profile(data: pd.DataFrame, respondent: str) -> str:
    """Describe the chart in Polish: area by area the own score and the median of all, then the range of benchmarks.

    Parameters
    ----------
    data
        As for `profile_chart`.
    """
    sentences = []
    for panel in dict.fromkeys(data["panel"]):
        parts = []
        for row in data[data["panel"] == panel].itertuples():
            own = polish_number(float(row.own), 2) if pd.notna(row.own) else "brak wyniku"
            middle = f" (mediana {polish_number(float(row.median), 2)})" if pd.notna(row.median) else ""
            parts.append(f"{row.label} {own}{middle}")
        sentences.append(f"{panel}: {'; '.join(parts)}.")
    known = data["benchmark"].dropna()
    tail = (
        f" Benchmarki wszystkich od {polish_number(known.min(), 2)} do {polish_number(known.max(), 2)}."
        if len(known)
        else ""
    )
    return (
        f"Wykres punktowy: wynik respondenta {respondent} w podobszarach na tle wszystkich respondentów. "
        f"Skala od 0 do 1. {' '.join(sentences)}{tail}"
    )
