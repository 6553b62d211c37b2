"""Charts of opinions: nothing overlaps, nothing is dropped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from analysis.charts import diverging_bars, group_intervals, priority_map
from analysis.charts.opinions import spread_labels
from analysis.errors import MethodError

SIDES = {"low": "low", "average": "average", "high": "high", "dont_know": "none", "mark": "mean"}
MAP_WORDS = {k: k for k in ("x", "y", "urgent", "strong", "minor", "served", "behind", "ahead")}


def bars_table(**changes: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {"label": ["One", "Two"], "low": [10.0, 30.0], "average": [20.0, 40.0], "high": [70.0, 30.0],
         "dont_know": [5.0, 6.0], "mark": ["4,2", "3,0"]}
    )  # fmt: skip
    return table.assign(**changes)


def test_diverging_bars_stand_around_the_middle() -> None:
    axes = diverging_bars(bars_table(), words=SIDES).axes[0]
    starts = [bar.get_x() for bar in axes.containers[0]]
    assert starts == pytest.approx([-20.0, -50.0])  # low plus half of the middle
    assert [bar.get_x() + bar.get_width() for bar in axes.containers[2]] == pytest.approx([80.0, 50.0])
    assert {"4,2", "3,0", "5%", "6%"} <= {text.get_text() for text in axes.texts}


def test_bars_that_are_no_whole_are_refused() -> None:
    with pytest.raises(MethodError, match="sum to 100"):
        diverging_bars(bars_table(high=[70.0, 31.0]), words=SIDES)


def test_labels_of_the_priority_map_do_not_overlap() -> None:
    """All points in one spot: the worst case. Extents of the text alone, without the line to its point."""
    near = np.linspace(0, 0.02, 11)
    data = pd.DataFrame({"label": [f"A rather long name of an area, number {i}" for i in range(11)], "x": 4.2 + near})
    data = data.assign(y=4.4 + near[::-1], x_low=4.0, x_high=4.5, y_low=4.1, y_high=4.6)
    figure = priority_map(data, words=MAP_WORDS)
    figure.canvas.draw()
    names = [t for t in figure.axes[0].texts if t.get_text().startswith("A rather")]
    assert len(names) == 11
    # An annotation's own extent takes in its line: its place and the height of its text are taken apart.
    whole = figure.axes[0].get_window_extent().height
    high = max(Text.get_window_extent(t).height for t in names) / whole
    places = sorted(float(t.xyann[1]) for t in names)
    assert all(upper - lower >= high for lower, upper in pairwise(places))
    assert places[0] >= high / 2 and places[-1] <= 1 - high / 2


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_spread_labels_keep_order_distance_and_limits(wanted: list[float]) -> None:
    heights = np.sort(np.array(wanted))
    gap = np.full(len(wanted), 0.08)
    placed = spread_labels(heights, gap, 0.0, 1.0)
    assert (np.diff(placed) >= 0.08 - 1e-6).all() and placed.min() >= 0.04 - 1e-9 and placed.max() <= 0.96 + 1e-9


def test_labels_without_room_are_refused() -> None:
    with pytest.raises(MethodError, match="do not fit"):
        spread_labels(np.zeros(3), np.full(3, 0.5), 0.0, 1.0)


def test_small_groups_have_open_marks() -> None:
    rows = pd.DataFrame({"label": ["a", "b"], "value": [20.0, 30.0], "low": [10.0, np.nan], "high": [40.0, np.nan],
                         "small": [False, True], "gap": [False, True]})  # fmt: skip
    words = {"sure": "group", "small": "small", "overall": "all"}
    axes = group_intervals({"Question": rows}, overall={"Question": 25.0}, words=words).axes[0]
    open_marks = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert len(open_marks) == 1 and list(open_marks[0].get_xdata()) == [30.0]
