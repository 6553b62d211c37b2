import numpy as np
import pandas as pd
import pytest

from analysis.charts import alt
from analysis.errors import MethodError


def test_bars_are_listed_with_polish_numbers():
    data = pd.DataFrame({"label": ["firmy", "inne"], "value": [4113, 242], "share": [83.23, 4.9]})
    assert alt.alt_bars(data, "liczba członków.") == (
        "Wykres słupkowy: liczba członków. firmy: 4\u00a0113 (83,2%); inne: 242 (4,9%)."
    )


def test_too_many_bars_to_listen_to():
    data = pd.DataFrame({"label": [str(i) for i in range(17)], "value": range(17)})
    with pytest.raises(MethodError, match="17 values"):
        alt.alt_bars(data, "x")


def test_map_groups_equal_values_in_polish_order():
    values = pd.Series({"śląskie": 3, "łódzkie": 2, "pomorskie": 3, "lubelskie": 2, "opolskie": 0, "mazowieckie": 6})
    assert alt.alt_map(values, "liczba klastrów") == (
        "Mapa Polski w podziale na województwa: liczba klastrów. mazowieckie: 6; po 3: pomorskie i śląskie; "
        "po 2: lubelskie i łódzkie. Wartość zero: opolskie."
    )


def panels(groups, medians, benchmarks):
    return pd.DataFrame({"panel": "Zasoby", "group": groups, "n": 1, "median": medians, "benchmark": benchmarks})


def test_few_groups_are_listed_and_missing_ones_left_out():
    text = alt.alt_median_benchmark(panels(["edycja 2022", "edycja 2024"], [np.nan, 0.21], [0.78, 0.79]), "mediana")
    assert "mediana 0,21 (edycja 2024); benchmarki 0,78 (edycja 2022), 0,79 (edycja 2024)." in text


def test_of_many_groups_the_ends_are_named():
    data = panels(["małe (20–49)", "średnie", "duże", "bardzo duże"], [0.2, 0.1, 0.3, 0.4], [0.5, 0.6, 0.7, 0.55])
    text = alt.alt_median_benchmark(data, "mediana")
    assert "mediany od 0,10 (średnie) do 0,40 (bardzo duże)" in text
    assert "benchmarki od 0,50 (małe, 20–49) do 0,70 (duże)" in text


@pytest.mark.parametrize(("slope", "word"), [(0.1, "rośnie"), (-0.1, "opada")])
def test_direction_of_the_line_follows_the_slope(slope, word):
    points = pd.DataFrame({"x": [1.0, 2.0], "y": [0.1, 0.2]})
    text = alt.alt_regression(points, slope=slope, intercept=0.0, r2=0.5, x_name="x", y_name="y")
    assert f"Linia regresji {word}" in text


def test_means_of_groups_are_described_with_their_own_word():
    data = pd.DataFrame(
        {"panel": ["", "Status", "Status"], "group": ["wszystkie", "KKK", "bez"], "mean": [0.3, 0.44, 0.2],
         "benchmark": [0.87, 0.87, 0.81]}
    )  # fmt: skip
    assert alt.alt_median_benchmark(data, "średnia i benchmark", measure="mean") == (
        "Wykres punktowy: średnia i benchmark. Skala od 0 do 1. Średnia 0,30 (wszystkie); benchmark 0,87 (wszystkie). "
        "Status: średnie 0,44 (KKK), 0,20 (bez); benchmarki 0,87 (KKK), 0,81 (bez)."
    )


def test_levels_are_listed_row_by_row():
    data = pd.DataFrame({"label": ["chmura"], "wdrożenie": [29], "brak": [13]})
    assert alt.alt_levels(data, "technologie", ["wdrożenie", "brak"]) == (
        "Wykres słupkowy skumulowany: technologie. chmura: wdrożenie 29, brak 13."
    )
