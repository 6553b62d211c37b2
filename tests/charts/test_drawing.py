"""Drawings made without Matplotlib's layout: letters, widths and places as Matplotlib has them."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from matplotlib import rc_context
from matplotlib.figure import Figure

from analysis.charts.drawing import CIRCLE, DIAMOND, SQUARE, TRIANGLE, Drawing
from analysis.charts.individual import MARKS, VALUES, area_picture
from analysis.charts.style import FONT
from analysis.errors import MethodError
from analysis.pictures import rasterise

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {
    "own": "Twój wynik", "median": "mediana wszystkich", "half": "środkowa połowa", "sector": "mediana branży",
    "size": "mediana wielkości", "benchmark": "benchmark", "absent": "brak wyniku", "percentile": "percentyl",
    "score": "wynik",
}  # fmt: skip


def row(**given: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(VALUES, 0.5), "label": "I. Zasoby", "percentile": 40.0, "sector_replaced": 0,
        "size_replaced": 0, **given,
    }  # fmt: skip


def drawn(drawing: Drawing) -> Any:
    return etree.fromstring(drawing.svg().encode())


def points(path: str) -> list[int]:
    return [int(n) for n in re.findall(r"-?\d+", path)]


@pytest.mark.parametrize(("bold", "italic"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("text", ["0,62", "Wpływ na otoczenie", "AVA To. fi", "Źródła (ą) – 5%"])
def test_letters_and_places_are_those_of_matplotlib(text: str, bold: bool, italic: bool) -> None:
    figure = Figure(figsize=(4, 1))
    look = {"fontweight": "bold"} if bold else {"fontstyle": "italic"} if italic else {}
    figure.text(0.5, 0.5, text, ha="right", va="baseline", fontsize=8.2, family=FONT, **look)
    stream = StringIO()
    with rc_context({"svg.fonttype": "path"}):
        figure.savefig(stream, format="svg")
    theirs = etree.fromstring(stream.getvalue().encode()).find(f".//{SVG}g[@id='text_1']/{SVG}g")
    drawing = Drawing(288, 72)
    drawing.text(144, 36, text, 8.2, align="right", bold=bold, italic=italic)
    ours = drawn(drawing).find(f"{SVG}g")

    def start(group: Any) -> float:
        return float(re.findall(r"translate\(([\d.]+)", group.get("transform"))[0])

    def letters(group: Any, unit: float) -> list[tuple[str, float]]:
        href = "{http://www.w3.org/1999/xlink}href"
        uses = [(u.get(href)[1:], u) for u in group.iter(f"{SVG}use")]
        spaces = {p.get("id") for p in theirs.iter(f"{SVG}path") if not p.get("d")}
        place = r"translate\(([\d.]+)"
        return [
            (name, float(u.get("x") or (re.findall(place, u.get("transform") or "") or [0])[0]) / unit)
            for name, u in uses
            if name not in spaces
        ]

    assert start(ours) == pytest.approx(start(theirs), abs=1e-3)
    got, wanted = letters(ours, 64), letters(theirs, 1)
    assert [name for name, _ in got] == [name for name, _ in wanted]
    assert [x for _, x in got] == pytest.approx([x for _, x in wanted], abs=0.02)
    shapes = {p.get("id"): points(p.get("d")) for p in drawn(drawing).iter(f"{SVG}path")}
    assert shapes == {p.get("id"): points(p.get("d")) for p in theirs.iter(f"{SVG}path") if p.get("d")}


def test_picture_shows_what_the_row_has_and_no_more(tmp_path: Path) -> None:
    full = area_picture([row(), row(label="I.1. Kadry")], WORDS)
    marks = dict.fromkeys((CIRCLE, TRIANGLE, SQUARE, DIAMOND), 3)  # two rows and the legend

    def count(drawing: Drawing) -> dict[str, int]:
        root = drawn(drawing)
        found = {look["shape"]: 0 for look in MARKS.values()} | {CIRCLE: len(root.findall(f"{SVG}circle"))}
        for path in root.findall(f"{SVG}path"):
            d = path.get("d")
            found[TRIANGLE if d.count("L") == 2 else SQUARE if "H" in d else DIAMOND] += 1
        return found

    assert count(full) == marks
    less = area_picture([row(sector_replaced=1), row(own=float("nan"), size=float("nan"), sector_replaced=1)], WORDS)
    assert count(less) == {CIRCLE: 2, TRIANGLE: 0, SQUARE: 2, DIAMOND: 3}
    path = tmp_path / "x.svg"
    path.write_text(full.svg(), encoding="utf-8")
    assert rasterise(path, 100).startswith(b"\x89PNG")
    assert full.svg() == area_picture([row(), row(label="I.1. Kadry")], WORDS).svg()


def test_marks_stand_where_the_scores_are() -> None:
    at = [
        float(c.get("cx"))
        for c in drawn(area_picture([row(own=x) for x in (0.0, 0.25, 1.0)], WORDS)).iter(f"{SVG}circle")
    ]
    zero, quarter, one = at[:3]
    assert quarter == pytest.approx(zero + (one - zero) / 4, abs=1e-3)
    assert 0 < zero < one < 453.6


def test_nonsense_is_refused() -> None:
    with pytest.raises(MethodError, match="empty"):
        area_picture([], WORDS)
    with pytest.raises(MethodError, match="between 0 and 1"):
        area_picture([row(benchmark=1.2)], WORDS)
