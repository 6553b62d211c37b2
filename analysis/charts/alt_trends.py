"""Alternative texts of the charts of change, in Polish, made from the same table as the chart."""

from __future__ import annotations

import pandas as pd

from analysis.charts.style import polish_number


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
        f"{year}: {polish_number(value, decimals)}"
        for year, value in zip(known["edition"], known["value"], strict=True)
    ]
    missing = [str(year) for year in data.loc[data["value"].isna(), "edition"]]
    tail = f" Bez danych: {', '.join(missing)}." if missing else ""
    return f"Wykres kolumnowy: {what.rstrip('.')}. {'; '.join(parts)}.{tail}"


def alt_spread(data: pd.DataFrame, what: str) -> str:
    """Describe spreads of scores row by row.

    Parameters
    ----------
    data
        As for `analysis.charts.score_spread`.
    """
    parts = [
        f"{row['label']}: od {polish_number(row['min'], 2)} do {polish_number(row['max'], 2)}, mediana "
        f"{polish_number(row['median'], 2)}; dolna ćwiartka {polish_number(row['lower'], 2)}, środkowa połowa "
        f"{polish_number(row['middle'], 2)}, górna ćwiartka {polish_number(row['upper'], 2)}."
        for row in data.to_dict("records")
    ]
    return f"Wykres pasków: {what.rstrip('.')}. Skala od 0 do 1. " + " ".join(parts)


def alt_waterfall(data: pd.DataFrame, what: str, *, decimals: int = 3) -> str:
    """Describe a waterfall: the first level, the steps in order, the last level.

    Parameters
    ----------
    data
        As for `analysis.charts.waterfall`.
    """
    rows = data.to_dict("records")
    steps = [f"{row['label']}: {polish_number(row['value'], decimals)}" for row in rows[1:-1]]
    first, last = (f"{row['label']}: {polish_number(row['value'], decimals)}" for row in (rows[0], rows[-1]))
    return f"Wykres kaskadowy: {what.rstrip('.')}. {first}. Kolejne kroki: {'; '.join(steps)}. {last}."
