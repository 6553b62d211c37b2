import io

import numpy as np
import pandas as pd
import pytest

from analysis.charts import (
    bars,
    choropleth,
    level_bars,
    load_shapes,
    rank_intervals,
    regression_scatter,
    sensitivity_bars,
    stacked_bar,
)
from analysis.charts.maps import centre, project
from analysis.errors import MethodError

COUNTS = pd.DataFrame({"label": ["tak", "nie"], "value": [12, 30], "share": [28.57, 71.43]})


def texts(figure):
    figure.canvas.draw()
    found = [t.get_text() for axes in figure.axes for t in axes.texts]
    return found + [t.get_text() for axes in figure.axes for t in axes.get_yticklabels()]


@pytest.fixture(scope="module")
def shapes(root):
    places = pd.read_csv(root / "data/reference/voivodeships.csv", dtype=str)
    return load_shapes(root / "data/reference/voivodeships.geojson", places.set_index("natural_earth_name")["name_pl"])


def test_bars_print_value_and_share_of_each_bar():
    figure = bars(COUNTS)
    assert "12  (28,6%)" in texts(figure)
    assert [p.get_width() for p in figure.axes[0].patches] == [12, 30]


def test_sorted_bars_put_the_largest_first():
    figure = bars(COUNTS, sort=True)
    assert [p.get_width() for p in figure.axes[0].patches] == [30, 12]


@pytest.mark.parametrize("value", [np.nan, -1])
def test_bars_refuse_what_a_bar_cannot_show(value):
    with pytest.raises(MethodError, match="not below zero"):
        bars(COUNTS.assign(value=[value, 3]))


def test_stacked_bar_fills_the_whole():
    figure = stacked_bar(COUNTS)
    patches = figure.axes[0].patches
    assert patches[0].get_x() == 0
    assert patches[-1].get_x() + patches[-1].get_width() == 42
    assert {"12", "30", "28,6%", "71,4%"} <= set(texts(figure))


def test_stacked_bar_refuses_a_name_wider_than_its_part():
    with pytest.raises(MethodError, match="does not fit"):
        stacked_bar(pd.DataFrame({"label": ["wystarczająco", "nie"], "value": [1, 99]}))


def test_scatter_prints_the_equation():
    x = np.arange(5.0)
    band = pd.DataFrame({"x": x, "fit": 0.1 + 0.1 * x, "low": 0.1 * x, "high": 0.2 + 0.1 * x})
    figure = regression_scatter(
        pd.DataFrame({"x": x, "y": 0.1 + 0.1 * x}),
        band,
        slope=0.1,
        intercept=-0.1799,
        r2=1.0,
        x_label="x",
        y_label="y",
        band_label="band",
    )
    legend = figure.legends[0]
    assert "y = 0,1000x − 0,1799" in [t.get_text() for t in legend.get_texts()]
    assert legend.get_title().get_text() == "R² = 1,0000;  N = 5"


def test_map_has_all_regions_and_their_numbers(shapes):
    assert len(shapes) == 16
    values = pd.Series(range(16), index=list(shapes))
    figure = choropleth(shapes, values)
    assert {str(v) for v in range(16)} <= set(texts(figure))


def test_map_refuses_a_missing_region(shapes):
    with pytest.raises(MethodError, match="opolskie"):
        choropleth(shapes, pd.Series(1, index=[name for name in shapes if name != "opolskie"]))


def test_map_knows_where_things_are(shapes):
    """Projected centres stand as on any map of Poland: pomorskie in the north, małopolskie in the south, …"""
    at = {name: centre(rings) for name, rings in shapes.items()}
    assert max(at, key=lambda n: at[n][1]) in {"pomorskie", "warmińsko-mazurskie"}
    assert min(at, key=lambda n: at[n][1]) in {"małopolskie", "podkarpackie"}
    assert min(at, key=lambda n: at[n][0]) == "zachodniopomorskie" or min(at, key=lambda n: at[n][0]) == "lubuskie"
    assert at["mazowieckie"][0] > at["łódzkie"][0] > at["wielkopolskie"][0]


def test_projection_keeps_distances_near_the_central_meridian():
    """One degree of latitude is 111.2 km; one of longitude at 52° N is 111.2 · cos 52° = 68.5 km."""
    x, y = project(np.array([19.0, 19.0, 20.0]), np.array([52.0, 53.0, 52.0]))
    assert y[1] - y[0] == pytest.approx(111.2, abs=0.1)
    assert x[2] - x[0] == pytest.approx(68.46, abs=0.1)


@pytest.mark.parametrize("draw", [lambda: bars(COUNTS), lambda: stacked_bar(COUNTS)])
def test_the_same_table_gives_the_same_bytes(draw):
    files = []
    for _ in range(2):
        buffer = io.BytesIO()
        draw().savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        files.append(buffer.getvalue())
    assert files[0] == files[1]
    assert b"<text" not in files[0]  # outlines: no font is needed to show it


def test_rank_intervals_mark_variants_only_where_they_differ() -> None:
    data = pd.DataFrame(
        {"rank": [1, 2, 3], "rank_p5": [1, 1, 2], "rank_p25": [1, 2, 3], "rank_p75": [1, 2, 3], "rank_p95": [1, 3, 3]}
    )
    words = dict.fromkeys(("place", "rank", "nominal", "half", "most"), "x")
    figure = rank_intervals(data, pd.DataFrame({"same": [1, 2, 3], "swap": [2, 1, 3]}), words=words)
    drawn = {line.get_label(): line.get_xdata() for line in figure.axes[0].lines}
    marks = [np.asarray(x, dtype=float) for x in drawn.values()]
    assert sum(np.isfinite(x).sum() for x in marks) == 3 + 2, "three dots, and two marks of the variant that differs"
    assert not any("R0" in text.get_text() for text in figure.findobj(match=lambda a: hasattr(a, "get_text")))
    many = pd.DataFrame({str(i): [1, 2, 3] for i in range(10)})
    with pytest.raises(MethodError, match="10 variants"):
        rank_intervals(data, many, words=words)


def test_sensitivity_bars_refuse_what_has_no_index() -> None:
    data = pd.DataFrame(
        {
            "label": ["a", "b"],
            "first": [0.5, -0.01],
            "total": [0.6, 0.4],
            "total_low": [0.5, 0.3],
            "total_high": [0.7, 0.5],
        }
    )
    figure = sensitivity_bars(data, words=["a", "b", "c", "d"])
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    assert widths == pytest.approx([0.6, 0.4, 0.5, 0.0]), "an index below zero is drawn as zero"
    with pytest.raises(MethodError, match="an index is missing"):
        sensitivity_bars(data.assign(total=[float("nan"), 0.1]), words=["a", "b", "c", "d"])


LEVELS = pd.DataFrame({"label": ["chmura", "roboty"], "wdrożenie": [29, 16], "próby": [6, 14], "brak": [7, 12]})


def test_levels_fill_every_row_and_carry_their_counts():
    figure = level_bars(LEVELS, ["wdrożenie", "próby", "brak"])
    assert {"29", "6", "7", "16", "14", "12"} <= set(texts(figure))
    ends = [p.get_x() + p.get_width() for p in figure.axes[0].patches]
    assert max(ends) == 42 and [p.get_width() for p in figure.axes[0].patches[:2]] == [29, 16]


def test_levels_refuse_what_they_cannot_show():
    with pytest.raises(MethodError, match="not below zero"):
        level_bars(LEVELS.assign(brak=[np.nan, 1]), ["wdrożenie", "próby", "brak"])
    with pytest.raises(MethodError, match="levels, between"):
        level_bars(LEVELS, [])
