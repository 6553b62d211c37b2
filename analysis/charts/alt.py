"""Alternative texts of charts, in Polish, made from the same table as the chart.

They are written to be heard: what kind of chart it is, what is counted, then the values as a list or, where there are
many, the range and its ends. Values are those of the table, rounded as in the chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.charts.scatter import equation
from analysis.charts.style import NBSP, polish_number
from analysis.errors import MethodError

MAX_LISTED = 16


def _join(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _labels(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " i " + names[-1]


def alt_bars(data: pd.DataFrame, what: str, *, kind: str = "Wykres słupkowy", decimals: int = 0, unit: str = "") -> str:
    """Describe a bar chart or a stacked bar by listing its values.

    Parameters
    ----------
    data
        Columns `label`, `value`, optionally `share` (0–100), in the order of the chart.
    what
        What is counted, in the nominative: 'liczba klastrów według okresu założenia'.

    Raises
    ------
    MethodError
        The chart has more values than can be listened to.
    """
    if len(data) > MAX_LISTED:
        raise MethodError(f"alt text: {len(data)} values are too many to list (at most {MAX_LISTED})")
    shares = data["share"] if "share" in data else [None] * len(data)
    parts = []
    for label, value, share in zip(data["label"], data["value"], shares, strict=True):
        text = f"{label}: {polish_number(value, decimals)}" + (f"{NBSP}{unit}" if unit else "")
        parts.append(text if share is None else f"{text} ({polish_number(share, 1)}%)")
    return f"{kind}: {what.rstrip('.')}. {_join(parts)}."


def alt_levels(data: pd.DataFrame, what: str, levels: Sequence[str]) -> str:
    """Describe bars divided into levels, row by row, by the numbers of each level.

    Parameters
    ----------
    data
        As for `analysis.charts.level_bars`.
    """
    rows = [
        f"{row['label']}: " + ", ".join(f"{level} {polish_number(row[level])}" for level in levels)
        for row in data.to_dict("records")
    ]
    return f"Wykres słupkowy skumulowany: {what.rstrip('.')}. {_join(rows)}."


def alt_map(values: pd.Series, what: str) -> str:
    """Describe a map by listing regions from the highest value down, those at zero together.

    Parameters
    ----------
    values
        Index the names of the regions.
    """
    alphabetical = values.loc[sorted(values.index, key=_polish_key)]
    ordered = alphabetical.sort_values(ascending=False, kind="stable")
    groups = []
    for value in dict.fromkeys(ordered[ordered > 0]):
        names = [str(n) for n in ordered.index[ordered == value]]
        shown = polish_number(value)
        groups.append(f"{names[0]}: {shown}" if len(names) == 1 else f"po {shown}: {_labels(names)}")
    zero = [str(n) for n in ordered.index[ordered == 0]]
    tail = f" Wartość zero: {_labels(zero)}." if zero else ""
    return f"Mapa Polski w podziale na województwa: {what.rstrip('.')}. {_join(groups)}.{tail}"


def alt_median_benchmark(data: pd.DataFrame, what: str, *, measure: str = "median") -> str:
    """Describe medians or means, and benchmarks: every panel by the groups with the lowest and the highest.

    Parameters
    ----------
    data
        As for `analysis.charts.median_benchmark`. Up to three groups are listed, of more the ends are named.
    """
    middle = {"median": ("median", "mediana", "mediany"), "mean": ("mean", "średnia", "średnie")}[measure]
    sentences = []
    for panel in dict.fromkeys(data["panel"]):
        rows = data[data["panel"] == panel]
        parts = []
        for column, one, many in (middle, ("benchmark", "benchmark", "benchmarki")):
            known = rows.dropna(subset=column).sort_index()
            shown = [
                f"{polish_number(value, 2)} ({_flat(group)})"
                for group, value in zip(known["group"], known[column], strict=True)
            ]
            if len(shown) == 1:
                parts.append(f"{one} {shown[0]}")
            elif 1 < len(shown) <= 3:
                parts.append(f"{many} {', '.join(shown)}")
            elif shown:
                values = known[column].to_list()
                low, high = values.index(min(values)), values.index(max(values))
                parts.append(f"{many} od {shown[low]} do {shown[high]}")
        text = f"{'; '.join(parts)}."
        sentences.append(f"{panel}: {text}" if panel else text[0].upper() + text[1:])
    return f"Wykres punktowy: {what.rstrip('.')}. Skala od 0 do 1. " + " ".join(sentences)


def alt_regression(points: pd.DataFrame, *, slope: float, intercept: float, r2: float, x_name: str, y_name: str) -> str:
    """Describe a scatter with a line of fit: number and range of the points, the line, how closely they follow it.

    Parameters
    ----------
    points
        Columns `x`, `y`.
    x_name, y_name
        Names of the axes, in the nominative.
    """
    direction = "rośnie" if slope > 0 else "opada"
    return (
        f"Wykres rozrzutu. Liczba punktów: {len(points)}; każdy przedstawia jeden klaster. Oś pozioma: {x_name}, od "
        f"{polish_number(points['x'].min())} do {polish_number(points['x'].max())}. Oś pionowa: {y_name}, od "
        f"{polish_number(points['y'].min(), 2)} do {polish_number(points['y'].max(), 2)}. Linia regresji {direction}: "
        f"{equation(slope, intercept)}; R² = {polish_number(r2, 2)}. "
        "Wokół linii zaznaczono 95-procentowy przedział ufności."
    )


def alt_rank_intervals(data: pd.DataFrame, variants: pd.DataFrame) -> str:
    """Describe intervals of ranks by their widths at the top, in the middle and at the end, and by the variants.

    Parameters
    ----------
    data, variants
        As for `analysis.charts.rank_intervals`.
    """
    width = data["rank_p95"] - data["rank_p5"]
    n = len(width)
    shown = [polish_number(width.iloc[i * n // 3 : (i + 1) * n // 3].median(), 1) for i in range(3)]
    moved = (variants.sub(data["rank"].to_numpy(), axis=0)).abs().max()
    tail = _join(f"{name}: {polish_number(value)}" for name, value in moved.items())
    return (
        f"Wykres przedziałów. Liczba klastrów: {n}, uporządkowane według miejsca w wyniku ogółem, bez nazw. Poziomy "
        "pasek pokazuje miejsca zajmowane w losowaniach od piątego do dziewięćdziesiątego piątego percentyla. "
        "Typowa szerokość paska (liczba miejsc): "
        f"{shown[0]} w górnej części listy, {shown[1]} w środkowej, {shown[2]} w dolnej."
        + (f" Największe przesunięcie miejsca w wariantach metody: {tail}." if len(moved) else "")
    )


def alt_sensitivity(data: pd.DataFrame, what: str) -> str:
    """Describe Sobol indices input by input.

    Parameters
    ----------
    data
        As for `analysis.charts.sensitivity_bars`.
    what
        What the indices explain, in the nominative.
    """
    parts = [
        f"{row['label']}: {polish_number(row['total'], 2)} (sama {polish_number(row['first'], 2)})"
        for row in data.to_dict("records")
    ]
    return f"Wykres słupkowy: {what.rstrip('.')}; wskaźnik łączny i wskaźnik samej decyzji. {_join(parts)}."


def _flat(label: object) -> str:
    """Return a label without brackets of its own, to stand in brackets: 'małe (20–49)' → 'małe, 20–49'."""
    return str(label).replace(" (", ", ").replace("(", "").replace(")", "")


_ALPHABET = {letter: i for i, letter in enumerate("-aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż")}


def _polish_key(name: str) -> tuple[int, ...]:
    return tuple(_ALPHABET.get(letter, -1) for letter in str(name).lower())


def alt_network(
    nodes: pd.DataFrame, ties: pd.DataFrame, *, kinds: Mapping[str, str], tie_kinds: Mapping[str, str]
) -> str:
    """Describe a graph: how many organisations and ties of each kind, who has most ties, which parts it has.

    Parameters
    ----------
    nodes
        Indexed by node: short, kind.
    ties
        Columns source, target, kind.
    """
    who = _join(f"{name}: {int((nodes['kind'] == k).sum())}" for k, name in kinds.items() if (nodes["kind"] == k).any())
    what = _join(
        f"{name}: {int((ties['kind'] == k).sum())}" for k, name in tie_kinds.items() if (ties["kind"] == k).any()
    )
    counts = pd.concat([ties["source"], ties["target"]]).value_counts().sort_index()
    top = counts.sort_values(ascending=False, kind="stable").head(5)
    most = _join(f"{name}: {int(count)}" for name, count in zip(nodes.loc[top.index, "short"], top, strict=True))
    return (
        f"Graf powiązań. Liczba podmiotów: {len(nodes)} ({who}). Liczba powiązań: {len(ties)} ({what}). "
        f"Najwięcej powiązań mają {most}. Pełną listę powiązań zawiera strona interaktywna i plik danych."
    )


def alt_removal(curves: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Describe removal curves: the share that is left after a tenth and a quarter of the nodes are gone.

    Parameters
    ----------
    curves
        Columns attack, removed, share (0–100).
    """
    parts = []
    for attack, name in names.items():
        own = curves[curves["attack"] == attack].set_index("removed")["share"]
        n = int(own.index.max())
        tenth, quarter = polish_number(own[round(n / 10)]), polish_number(own[round(n / 4)])
        parts.append(f"{name}: {tenth}% po usunięciu co dziesiątego podmiotu, {quarter}% po usunięciu co czwartego")
    return f"Wykres liniowy: udział największej spójnej części sieci przy usuwaniu podmiotów. {_join(parts)}."
