"""Alternative texts of the charts of groups, in Polish, made from the same tables as the charts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.style import polish_number


def alt_dendrogram(merges: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Describe a dendrogram merge by merge: who, at which distance, how often it returns."""
    parts = []
    for row in merges.to_dict("records"):
        who = " + ".join(names[c] for c in str(row["members"]).split(";"))
        if row["size"] == len(names):
            who = "wszystkie branże"
        text = f"{who}: odległość {polish_number(row['height'], 2)}"
        if row["support"] == row["support"]:
            text += f", poparcie {polish_number(100 * row['support'])}%"
        parts.append(text)
    return f"Dendrogram sześciu grup branż, łączonych od najbardziej podobnych. {'; '.join(parts)}."


def alt_choice(data: pd.DataFrame, gap: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Describe the choice of k: the best silhouette of each algorithm, and what the gap statistic takes."""
    parts = []
    for algorithm, name in names.items():
        own = data[data["algorithm"] == algorithm].dropna(subset="silhouette").sort_values("k")
        best, last = own.sort_values(["silhouette", "k"], ascending=[False, True]).iloc[0], own.iloc[-1]
        parts.append(
            f"{name}: najwyższa sylwetka {polish_number(best['silhouette'], 2)} przy liczbie typów {best['k']}, "
            f"a {polish_number(last['silhouette'], 2)} przy liczbie typów {last['k']}"
        )
    taken = int(gap.loc[gap["chosen"] == 1, "k"].iloc[0])
    return f"Dwa wykresy liniowe. Średnia sylwetka: {'; '.join(parts)}. Statystyka luki wskazuje liczbę typów {taken}."


def alt_silhouettes(data: pd.DataFrame, names: Mapping[int, str]) -> str:
    """Describe a silhouette plot: for each type its units, mean, lowest value, and how many are below zero."""
    parts = []
    for number, name in names.items():
        own = data.loc[data["type"] == number, "silhouette"]
        parts.append(
            f"{name}: liczba klastrów {len(own)}, średnia {polish_number(own.mean(), 2)}, "
            f"najmniej {polish_number(own.min(), 2)}, poniżej zera {int((own < 0).sum())}"
        )
    return f"Wykres sylwetek klastrów w podziale na typy. {'; '.join(parts)}."


def alt_biplot(points: pd.DataFrame, types: Mapping[int, str], shares: tuple[float, float]) -> str:
    """Describe a biplot: what the axes hold and where each type lies along the first."""
    first, second = (polish_number(s) for s in shares)
    parts = []
    for number, name in types.items():
        own = points.loc[points["type"] == number, "x"]
        parts.append(f"{name}: od {polish_number(own.min(), 1)} do {polish_number(own.max(), 1)}")
    return (
        f"Wykres punktowy klastrów na dwóch składowych głównych, które niosą {first}% i {second}% zmienności. "
        f"Położenie typów na pierwszej osi: {'; '.join(parts)}."
    )


def alt_heatmap(classes: pd.DataFrame, types: pd.Series, names: Mapping[int, str]) -> str:
    """Describe a heat map: for each type the share of cells above and below the mean."""
    parts = []
    for number, name in names.items():
        own = classes.loc[types[types == number].index].to_numpy()
        above, below = (polish_number(100 * float(share)) for share in ((own > 2).mean(), (own < 2).mean()))
        parts.append(f"{name}: {above}% pól powyżej średniej, {below}% poniżej")
    return f"Mapa ciepła wyników podobszarów poszczególnych klastrów z drzewami podobieństwa. {'; '.join(parts)}."
