"""Alternative texts of the charts of change, in the language of the process, made from the same table as the chart."""

from __future__ import annotations

import pandas as pd

from analysis.charts.sentences import say
from analysis.charts.style import shown_number


def alt_over_time(data: pd.DataFrame, what: str, *, decimals: int = 0) -> str:
    """Describe columns by edition: every edition with its value, those without one named at the end.

    Parameters
    ----------
    data
        As for `analysis.charts.editions_over_time`.
    what
        What is shown, in the nominative.
    """
    known = data.dropna(subset="value")
    parts = [
        f"{year}: {shown_number(value, decimals)}" for year, value in zip(known["edition"], known["value"], strict=True)
    ]
    missing = [str(year) for year in data.loc[data["value"].isna(), "edition"]]
    tail = say("columns_missing", years=", ".join(missing)) if missing else ""
    return say("columns", what=what.rstrip("."), rows="; ".join(parts), tail=tail)


def alt_spread(data: pd.DataFrame, what: str) -> str:
    """Describe spreads of scores row by row.

    Parameters
    ----------
    data
        As for `analysis.charts.score_spread`.
    """
    measures = ("min", "max", "median", "lower", "middle", "upper")
    parts = [
        say("spread_row", label=row["label"], **{name: shown_number(row[name], 2) for name in measures})
        for row in data.to_dict("records")
    ]
    return say("spread", what=what.rstrip("."), rows=" ".join(parts))


def alt_waterfall(data: pd.DataFrame, what: str, *, decimals: int = 3) -> str:
    """Describe a waterfall: the first level, the steps in order, the last level.

    Parameters
    ----------
    data
        As for `analysis.charts.waterfall`.
    """
    rows = data.to_dict("records")
    steps = [f"{row['label']}: {shown_number(row['value'], decimals)}" for row in rows[1:-1]]
    first, last = (f"{row['label']}: {shown_number(row['value'], decimals)}" for row in (rows[0], rows[-1]))
    return say("waterfall", what=what.rstrip("."), first=first, steps="; ".join(steps), last=last)
