"""One respondent against all, its sector and its size: one picture for each area, the area above its sub-areas.

Marks differ in shape first, so that a page printed in black and white reads the same. A group that is too small is not
drawn: the numbers of the picture then are those of all respondents.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.charts.drawing import CIRCLE, DIAMOND, SQUARE, TRIANGLE, Drawing
from analysis.charts.style import ACCENT, CM, DARK, INK, LIGHT, MUTED, PALE, RULE, TEXT_WIDTH_CM, shown_number
from analysis.errors import MethodError

# Points.
WIDTH, ROW, TOP, BOTTOM, LEFT, RIGHT = (72 * CM * cm for cm in (TEXT_WIDTH_CM, 0.6, 1.02, 0.5, 5.9, 2.5))
AXIS = WIDTH - LEFT - RIGHT
BEYOND = 0.03  # how far the axis goes on at both ends of the scale of 0 to 1
LABEL_AT, SCORE_AT, PERCENTILE_AT = (LEFT + AXIS * at for at in (-0.02, 1.12, 1.32))  # right ends
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1.0)
TICK, NUMBER_AT = 3.5, 10.87  # length of a tick, and how far below the axis its number has its middle
NUMBER_SIZE, LABEL_SIZE, HEAD_SIZE, TICK_SIZE, LEGEND_SIZE = 8.5, 8.2, 7.5, 8.0, 7.2  # of letters
LEGEND_AT, LEGEND_TEXT_AT = 3.98, 4.52  # middle of the marks and of the texts
HANDLE, HANDLE_GAP, HANDLES_GAP = 8.64, 2.16, 6.48  # width of a mark's place, then to its text, then to the next mark
BAND, WHITE = "#F1F4F7", "#FFFFFF"
PEERS = {"sector": TRIANGLE, "size": SQUARE}
VALUES = ["own", "q1", "median", "q3", "benchmark", "sector", "size"]
MARKS: dict[str, dict[str, Any]] = {
    "benchmark": {"shape": DIAMOND, "size": 5.5, "fill": ACCENT, "edge": INK, "width": 0.6},
    **{peer: {"shape": mark, "size": 5.5, "fill": WHITE, "edge": INK, "width": 0.9} for peer, mark in PEERS.items()},
    "own": {"shape": CIRCLE, "size": 6.5, "fill": DARK, "edge": WHITE, "width": 0.8},
}


def _legend(drawing: Drawing, words: Mapping[str, str], names: Sequence[str]) -> None:
    """Say in a line at the top what the marks mean."""
    left = 0.1 * LEGEND_SIZE
    for name in names:
        middle = left + HANDLE / 2
        if name == "median":
            drawing.line(middle, LEGEND_AT - 5, middle, LEGEND_AT + 5, colour=INK, width=1.6)
        elif name == "half":
            drawing.rectangle(left - 0.5, LEGEND_AT - 3, HANDLE + 1, 6, LIGHT)
        else:
            drawing.mark(x=middle, y=LEGEND_AT, **MARKS[name])
        left += HANDLE + HANDLE_GAP
        left += drawing.text(left, LEGEND_TEXT_AT, words[name], LEGEND_SIZE) + HANDLES_GAP


def _at(score: float) -> float:
    """Place of a score on the axis."""
    return LEFT + AXIS * (score + BEYOND) / (1 + 2 * BEYOND)


def _axis(drawing: Drawing, rows: int) -> None:
    """The scale below the rows with its light lines, and a band behind the first row."""
    bottom = TOP + rows * ROW
    drawing.rectangle(LEFT, TOP, AXIS, ROW, BAND)
    for tick in TICKS:
        x = _at(tick)
        drawing.line(x, TOP, x, bottom, colour=PALE, width=0.6)
        drawing.line(x, bottom, x, bottom + TICK, colour=MUTED, width=0.6)
        drawing.text(x, bottom + NUMBER_AT, shown_number(tick, 1), TICK_SIZE, align="center", colour=MUTED)
    drawing.line(LEFT, bottom, LEFT + AXIS, bottom, colour=RULE, width=0.6)


def _row(drawing: Drawing, y: float, row: Mapping[str, Any], words: Mapping[str, str], *, bold: bool) -> None:
    """One element: its label, the distribution of all, the marks, and two numbers."""
    drawing.text(LABEL_AT, y, row["label"], LABEL_SIZE, align="right", bold=bold)
    if math.isfinite(row["q1"]) and math.isfinite(row["q3"]):
        left = _at(row["q1"])
        drawing.rectangle(left, y - ROW / 4, _at(row["q3"]) - left, ROW / 2, LIGHT)
    if math.isfinite(row["median"]):
        drawing.line(_at(row["median"]), y - 7, _at(row["median"]), y + 7, colour=INK, width=1.6)
    for name, look in MARKS.items():
        if math.isfinite(row[name]) and not row.get(f"{name}_replaced"):
            drawing.mark(x=_at(row[name]), y=y, **look)
    if not math.isfinite(row["own"]):
        absent = words["absent"]
        drawing.text(PERCENTILE_AT, y, absent, NUMBER_SIZE, align="right", colour=MUTED, italic=True)
        return
    drawing.text(SCORE_AT, y, shown_number(row["own"], 2), NUMBER_SIZE, align="right", bold=bold)
    if math.isfinite(row["percentile"]):
        drawing.text(PERCENTILE_AT, y, shown_number(row["percentile"]), NUMBER_SIZE, align="right", bold=bold)


def area_picture(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Drawing:
    """Own score of an area and its sub-areas on the distribution of all, with the medians of the peers.

    Parameters
    ----------
    rows
        In printed order, the area first: `label`, `own`, `percentile`, `q1`, `median`, `q3`, `benchmark`, `sector`,
        `size` (medians of the peers), `sector_replaced`, `size_replaced` (1: the group is too small, its mark is left
        out). A missing value (NaN) is not drawn; where the own score is missing the row says so.
    words
        own, median, half, sector, size, benchmark, absent, percentile, score.

    Raises
    ------
    MethodError
        There is no row, or a value lies outside 0–1.
    """
    if not rows:
        raise MethodError("area picture: the table is empty")
    if any(row[name] < 0 or row[name] > 1 for row in rows for name in VALUES):
        raise MethodError("area picture: scores must lie between 0 and 1")
    drawing = Drawing(WIDTH, TOP + len(rows) * ROW + BOTTOM)
    _axis(drawing, len(rows))
    for place, row in enumerate(rows):
        _row(drawing, TOP + (place + 0.5) * ROW, row, words, bold=place == 0)
    for at, name in ((SCORE_AT, "score"), (PERCENTILE_AT, "percentile")):
        drawing.text(at, TOP - 0.24 * ROW, words[name], HEAD_SIZE, align="right", colour=MUTED)
    peers = [name for name in PEERS if any(math.isfinite(r[name]) and not r[f"{name}_replaced"] for r in rows)]
    _legend(drawing, words, ["own", "median", "half", *peers, "benchmark"])
    return drawing


def alt_area(rows: Sequence[Mapping[str, Any]], respondent: str, words: Mapping[str, str]) -> str:
    """Describe the picture in Polish: for each row own score, percentile, median of all and of peers, benchmark."""
    sentences = []
    for row in rows:
        if not math.isfinite(row["own"]):
            sentences.append(f"{row['label']}: {words['absent']}.")
            continue
        parts = [f"{row['label']}: {words['own'].lower()} {shown_number(row['own'], 2)}"]
        if math.isfinite(row["percentile"]):
            parts.append(f"{words['percentile']} {shown_number(row['percentile'])}")
        for name in ("median", *PEERS, "benchmark"):
            if math.isfinite(row[name]) and not row.get(f"{name}_replaced"):
                parts.append(f"{words[name].lower()} {shown_number(row[name], 2)}")
        sentences.append(", ".join(parts) + ".")
    return f"{words['alt'].format(respondent=respondent)} {' '.join(sentences)}"


def area_pictures(
    scores: pd.DataFrame, areas: Mapping[str, str], respondent: str, words: Mapping[str, str]
) -> list[tuple[str, str]]:
    """One picture (SVG) and its description for each area.

    Parameters
    ----------
    scores
        Rows of all areas together, with what `area_picture` needs and the column `code`.
    areas
        Code of the area → its printed name; rows of a sub-area have a code that begins with it.
    """
    rows: Any = scores.astype(dict.fromkeys([*VALUES, "percentile"], float)).to_dict("records")
    made = []
    for area in areas:
        own = [row for row in rows if row["code"] == area]
        own += [row for row in rows if row["code"].startswith(f"{area}.")]
        made.append((area_picture(own, words).svg(), alt_area(own, respondent, words)))
    return made
