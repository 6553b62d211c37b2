"""Median and benchmark of groups: what is written, where the marks stand, and that everything fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from lxml import etree

from analysis.charts import median_benchmark
from analysis.charts.drawing import Drawing, text_width
from analysis.charts.dumbbell import WIDTH
from analysis.errors import MethodError

SVG = "{http://www.w3.org/2000/svg}"
PANELS = pd.DataFrame(
    {
        "panel": ["Zasoby", "Zasoby", "Procesy", "Procesy"],
        "group": ["edycja 2022", "edycja 2024"] * 2,
        "n": [41, 42, 41, 42],
        "median": [np.nan, 0.21, np.nan, 0.44],
        "benchmark": [0.78, 0.79, np.nan, 0.8],
    }
)
GROUPS = pd.DataFrame(
    {"panel": ["", "Status", "Status"], "group": ["wszystkie", "KKK", "bez statusu"], "n": [42, 17, 25],
     "mean": [0.3, 0.44, 0.2], "benchmark": [0.87, 0.87, 0.81]}
)  # fmt: skip
MEANS: dict[str, Any] = {
    "measure": "mean",
    "labels": ("Średnia", "Benchmark"),
    "reference": (0.3, "średnia wszystkich"),
}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    """Texts that a drawing gets, each with its left and right end."""
    found: list[tuple[str, float, float]] = []
    text = Drawing.text

    def note(drawing: Drawing, x: float, y: float, told: str, size: float, **look: Any) -> float:
        width = text(drawing, x, y, told, size, **look)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[look.get("align", "left")] * width
        found.append((told, left, left + width))
        return width

    monkeypatch.setattr(Drawing, "text", note)
    return found


def parsed(drawing: Drawing) -> Any:
    return etree.fromstring(drawing.svg().encode())


def test_labels_values_and_sizes_are_written_and_what_is_absent(written: Any) -> None:
    median_benchmark(PANELS)
    shown = [told for told, _, _ in written]
    assert {"0,21", "0,79", "0,44", "0,80", "0,78", "Zasoby", "brak danych", "edycja 2024 (n=42)"} <= set(shown)
    assert shown.count("brak danych") == 1


def test_groups_are_set_against_the_mean_of_all(written: Any) -> None:
    drawing = median_benchmark(GROUPS, **MEANS)
    shown = {told for told, _, _ in written}
    assert {"0,30", "0,44", "0,20", "0,81", "KKK (n=17)", "Status", "średnia wszystkich"} <= shown and "" not in shown
    dashed = [line for line in parsed(drawing).iter(f"{SVG}line") if line.get("stroke-dasharray")]
    assert len(dashed) == 2, "across the rows and in the legend"
    circles = [float(c.get("cx")) for c in parsed(drawing).iter(f"{SVG}circle")]
    assert float(dashed[0].get("x1")) == pytest.approx(circles[0], abs=1e-3), "the first row is the mean of all"


def test_marks_stand_where_the_scores_are() -> None:
    data = GROUPS.assign(mean=[0.0, 0.25, 1.0], benchmark=1.0, panel="")
    zero, quarter, one = [
        float(c.get("cx")) for c in parsed(median_benchmark(data, measure="mean")).iter(f"{SVG}circle")
    ][:3]
    assert quarter == pytest.approx(zero + (one - zero) / 4, abs=1e-3)


@pytest.mark.parametrize("name", ["a", "Przemysł metalowy i maszynowy, w tym automatyka i robotyka"])
@pytest.mark.parametrize("benchmark", [0.2, 1.0])
def test_names_and_numbers_fit_into_the_width(name: str, benchmark: float, written: Any) -> None:
    drawing = median_benchmark(PANELS.assign(group=name, benchmark=benchmark))
    assert min(left for _, left, _ in written) >= 2.9 and max(right for _, _, right in written) <= WIDTH - 2.9
    ends = [right for told, _, right in written if told.startswith(name)]
    assert max(ends) == pytest.approx(min(ends)) and max(ends) < float(
        next(parsed(drawing).iter(f"{SVG}circle")).get("cx")
    )
    assert text_width(name, 8.5) < max(ends)


def test_the_same_table_gives_the_same_bytes_without_fonts() -> None:
    svg = median_benchmark(PANELS).svg()
    assert svg == median_benchmark(PANELS).svg() and "<text" not in svg


def test_scores_off_the_scale_and_an_empty_table_are_refused() -> None:
    with pytest.raises(MethodError, match="mean and benchmark"):
        median_benchmark(GROUPS.assign(mean=[0.3, 1.2, 0.2]), measure="mean")
    with pytest.raises(MethodError, match="between 0 and 1"):
        median_benchmark(PANELS.assign(benchmark=[0.7, 79, 0.8, 0.8]))
    with pytest.raises(MethodError, match="empty"):
        median_benchmark(PANELS.iloc[:0])
