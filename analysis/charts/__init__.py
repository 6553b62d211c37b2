"""Charts: pure functions from a table to a figure, in one style, and the alternative text that goes with each.

Every chart takes a tidy table whose columns are named in its docstring and returns a `matplotlib` figure that has not
been shown or saved. Texts inside a chart are in the language of the labels it is given; numbers are printed the Polish
way (decimal comma, no-break space between thousands).
"""

from analysis.charts.bars import bars, level_bars, stacked_bar
from analysis.charts.dumbbell import median_benchmark
from analysis.charts.maps import choropleth, load_shapes
from analysis.charts.opinions import diverging_bars, group_intervals, priority_map
from analysis.charts.resilience import loss_grid, response_curves
from analysis.charts.robustness import rank_intervals, sensitivity_bars
from analysis.charts.scatter import regression_scatter
from analysis.charts.style import english_number, polish_number, shown_number, use_style
from analysis.charts.trends import editions_over_time, score_spread, waterfall

__all__ = [
    "bars",
    "choropleth",
    "diverging_bars",
    "editions_over_time",
    "english_number",
    "group_intervals",
    "level_bars",
    "load_shapes",
    "loss_grid",
    "median_benchmark",
    "polish_number",
    "priority_map",
    "rank_intervals",
    "regression_scatter",
    "response_curves",
    "score_spread",
    "sensitivity_bars",
    "shown_number",
    "stacked_bar",
    "use_style",
    "waterfall",
]
