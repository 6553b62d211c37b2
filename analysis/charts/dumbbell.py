"""Median (or mean) and benchmark of groups: two marks on one line, groups of one panel close together, panels apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.charts.drawing import CIRCLE, DIAMOND, Drawing, text_width
from analysis.charts.sentences import say
from analysis.charts.style import ACCENT, CM, DARK, INK, MUTED, PALE, RULE, TEXT_WIDTH_CM, shown_number
from analysis.errors import MethodError

ROW_CM = 0.5
HEADING_CM = 0.62
WIDTH = 72 * CM * TEXT_WIDTH_CM
# Points: of the legend above the rows and the scale below them, empty around everything, from a name to the rows.
TOP, BOTTOM, MARGIN, LABEL_GAP = 25.0, 18.0, 3.0, 3.5
BEYOND = 0.07  # how far the axis goes on at both ends of the scale of 0 to 1
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1.0)
TICK, NUMBER_AT = 3.5, 10.4  # length of a tick, and how far below the axis its number has its middle
HEADING_SIZE, LABEL_SIZE, VALUE_SIZE, TICK_SIZE = 8.8, 8.5, 7.8, 8.0  # of letters
MIDDLE_GAP, BENCHMARK_GAP = 5.4, 6.2  # from the middle of a mark to its number: clear of its edge
LEGEND_AT, HANDLE, HANDLE_GAP = 11.6, 17.0, 1.7  # middle of the legend, width of a mark's place, from there to its text
DASHES = "3.6 2.7"
MIDDLE: Any = {"shape": CIRCLE, "size": 6, "fill": DARK, "edge": DARK, "width": 1.0}
BENCHMARK: Any = {"shape": DIAMOND, "size": 5.4, "fill": ACCENT, "edge": INK, "width": 0.5}


def median_benchmark(
    data: pd.DataFrame,
    *,
    measure: str = "median",
    labels: Sequence[str] = (),
    sample: str = "n",
    absent: str = "",
    reference: tuple[float, str] | None = None,
    row_cm: float = ROW_CM,
) -> Drawing:
    """Middle (dot) and benchmark (diamond) of every group, panel by panel, on a common scale of 0 to 1.

    Parameters
    ----------
    data
        Columns `panel` (name of an area or a division; '' for rows without a heading), `group` (name of the group),
        `n` (its size, may be missing), the column `measure`, and `benchmark`; in printed order. A missing value is not
        drawn; where both are missing the row says so with the word `absent`.
    measure
        Column of the dot: median or mean.
    labels
        Names of the two marks in the legend; median and benchmark if empty.
    reference
        Value and name of a line across all rows, such as the mean of everybody.
    row_cm
        Height of a row.
    sample
        Sign of the group size.
    absent
        Printed where a group has neither value; that there are no data if empty.

    Raises
    ------
    MethodError
        A value lies outside 0–1, or the table is empty.
    """
    values = data[[measure, "benchmark"]]
    if not len(data):
        raise MethodError(f"{measure} and benchmark: the table is empty")
    if ((values < 0) | (values > 1)).any(axis=None):
        raise MethodError(f"{measure} and benchmark: scores must lie between 0 and 1")
    absent = absent or say("no_data")
    panels: dict[str, list[dict[str, Any]]] = {}
    records: Any = data.to_dict("records")
    for row in records:
        size = "" if pd.isna(row["n"]) else f" ({sample}={int(row['n'])})"
        panels.setdefault(row["panel"], []).append({**row, "label": f"{row['group']}{size}", "middle": row[measure]})
    rows = [row for own in panels.values() for row in own]
    height = 72 * CM * (sum(map(bool, panels)) * HEADING_CM + len(rows) * row_cm + 1.7)
    drawing = Drawing(WIDTH, height)
    place = _scale(rows)
    y, last = _heights(panels, row_cm)
    stretch = (height - TOP - BOTTOM) / last
    _axis(drawing, place, height - BOTTOM)
    if reference is not None:
        x = place(reference[0])
        drawing.line(x, TOP, x, height - BOTTOM, colour=MUTED, width=0.9, dashes=DASHES)
    # Where a line crosses the rows, numbers stand on white.
    ground = "" if reference is None else "#FFFFFF"
    for panel, own in panels.items():
        if panel:
            at = TOP + stretch * y[panel]
            drawing.text(place(-0.065), at, panel, HEADING_SIZE, bold=True, ground=ground)
        for i, row in enumerate(own):
            _row(drawing, TOP + stretch * y[panel, i], row, place, absent, ground)
    _legend(drawing, labels or (say("median_name"), say("benchmark_name")), reference[1] if reference else "")
    return drawing


def _heights(panels: Mapping[str, Sequence[Any]], row_cm: float) -> tuple[dict[Any, float], float]:
    """Middles of headings (by panel) and of rows (by panel and number) below the top, and the end, in centimetres."""
    found: dict[Any, float] = {}
    y = 0.8 * HEADING_CM
    for panel, rows in panels.items():
        if panel:
            found[panel] = y
            y += 0.95 * HEADING_CM
        for i in range(len(rows)):
            found[panel, i] = y
            y += row_cm
        y += 0.35 * row_cm
    return found, y - 0.6 * row_cm


def _scale(rows: Sequence[Mapping[str, Any]]) -> Callable[[float], float]:
    """Return where a score has its place: right of the longest name, and so that every number fits."""
    left = MARGIN + max(text_width(row["label"], LABEL_SIZE) for row in rows) + LABEL_GAP
    length = WIDTH - MARGIN - left
    for row in rows:
        if pd.notna(row["benchmark"]):
            end = text_width(shown_number(row["benchmark"], 2), VALUE_SIZE)
            share = (row["benchmark"] + BEYOND) / (1 + 2 * BEYOND)
            length = min(length, (WIDTH - MARGIN - left - BENCHMARK_GAP - end) / share)
    return lambda score: left + length * (score + BEYOND) / (1 + 2 * BEYOND)


def _axis(drawing: Drawing, place: Callable[[float], float], bottom: float) -> None:
    """The scale below the rows with its light lines."""
    for tick in TICKS:
        x = place(tick)
        drawing.line(x, TOP, x, bottom, colour=PALE, width=0.6)
        drawing.line(x, bottom, x, bottom + TICK, colour=MUTED, width=0.6)
        drawing.text(x, bottom + NUMBER_AT, shown_number(tick, 1), TICK_SIZE, align="center", colour=MUTED)
    drawing.line(place(-BEYOND), bottom, place(1 + BEYOND), bottom, colour=RULE, width=0.6)


def _row(
    drawing: Drawing, y: float, row: Mapping[str, Any], place: Callable[[float], float], absent: str, ground: str
) -> None:
    """One group: its name, what joins the marks, the marks and their numbers."""
    middle, benchmark = row["middle"], row["benchmark"]
    drawing.text(place(-BEYOND) - LABEL_GAP, y, row["label"], LABEL_SIZE, align="right")
    if pd.isna(middle) and pd.isna(benchmark):
        drawing.text(place(0), y, absent, VALUE_SIZE, colour=MUTED, italic=True)
    elif pd.notna(middle) and pd.notna(benchmark):
        drawing.line(place(middle), y, place(benchmark), y, colour=RULE, width=2.2)
    if pd.notna(middle):
        told = shown_number(middle, 2)
        drawing.text(place(middle) - MIDDLE_GAP, y, told, VALUE_SIZE, align="right", ground=ground)
    if pd.notna(benchmark):
        drawing.text(place(benchmark) + BENCHMARK_GAP, y, shown_number(benchmark, 2), VALUE_SIZE, ground=ground)
    for score, look in ((middle, MIDDLE), (benchmark, BENCHMARK)):
        if pd.notna(score):
            drawing.mark(x=place(score), y=y, **look)


def _legend(drawing: Drawing, labels: Sequence[str], reference: str) -> None:
    """Say in a line at the top what the marks mean, and the line across all rows if there is one."""
    left = MARGIN + 0.5 * LABEL_SIZE
    for look, label in zip((MIDDLE, BENCHMARK, None), [*labels, reference], strict=True):
        if not label:
            continue
        if look:
            drawing.mark(x=left + HANDLE / 2, y=LEGEND_AT, **look)
        else:
            drawing.line(left, LEGEND_AT, left + HANDLE, LEGEND_AT, colour=MUTED, width=0.9, dashes=DASHES)
        left += HANDLE + HANDLE_GAP
        left += drawing.text(left, LEGEND_AT, label, LABEL_SIZE) + HANDLE
