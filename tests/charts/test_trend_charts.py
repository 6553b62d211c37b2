"""Charts of change: they draw what they are given, and refuse what would mislead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.charts import editions_over_time, score_spread, waterfall
from analysis.charts.alt_trends import alt_over_time, alt_spread, alt_waterfall
from analysis.errors import MethodError

YEARS = pd.DataFrame({"edition": [2014, 2016, 2018], "value": [1.5, np.nan, 3.0]})
STEPS = pd.DataFrame(
    {"label": ["A", "x", "y", "B"], "value": [0.4, 0.1, -0.2, 0.3], "kind": ["level", "step", "step", "level"]}
)
SPREAD = pd.DataFrame(
    {"label": ["I"], "min": [0.0], "q1": [0.1], "median": [0.2], "q3": [0.4], "max": [0.9], "lower": [0.1],
     "middle": [0.3], "upper": [0.5]}
)  # fmt: skip


def texts(figure: object) -> list[str]:
    return [t.get_text() for t in figure.axes[0].texts]  # type: ignore[attr-defined]


def test_a_year_without_edition_stays_open_and_says_so() -> None:
    figure = editions_over_time(YEARS, decimals=1, absent="brak badania")
    assert len(figure.axes[0].patches) == 2
    assert texts(figure) == ["1,5", "3,0", "brak badania"]
    assert alt_over_time(YEARS, "coś", decimals=1).endswith("2014: 1,5; 2018: 3,0. Bez danych: 2016.")


def test_waterfall_steps_begin_where_the_last_one_ended() -> None:
    bars = waterfall(STEPS).axes[0].patches
    assert [(round(b.get_x(), 6), round(b.get_width(), 6)) for b in bars] == [
        (0, 0.4),
        (0.4, 0.1),
        (0.5, -0.2),
        (0, 0.3),
    ]
    assert "x: 0,100; y: −0,200" in alt_waterfall(STEPS, "coś")


def test_waterfall_that_does_not_arrive_is_refused() -> None:
    with pytest.raises(MethodError, match=r"not to 0\.5"):
        waterfall(STEPS.assign(value=[0.4, 0.1, -0.2, 0.5]))


def test_spread_prints_lengths_and_refuses_disorder() -> None:
    figure = score_spread(SPREAD, labels=("a", "b", "c"))
    assert {"0,10", "0,30", "0,50", "0,00", "0,90"} == set(texts(figure))
    assert "mediana 0,20" in alt_spread(SPREAD, "coś")
    with pytest.raises(MethodError, match="ascend"):
        score_spread(SPREAD.assign(q3=0.05), labels=("a", "b", "c"))


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(MethodError, match="not below zero"):
        editions_over_time(YEARS.assign(value=np.nan))
