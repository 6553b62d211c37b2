"""Alternative texts of the charts of groups, in the language of the process, made from the tables of the charts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.sentences import say
from analysis.charts.style import shown_number


def alt_dendrogram(merges: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Describe a dendrogram merge by merge: who, at which distance, how often it returns."""
    parts = []
    for row in merges.to_dict("records"):
        who = " + ".join(names[c] for c in str(row["members"]).split(";"))
        if row["size"] == len(names):
            who = say("dendrogram_all")
        text = say("dendrogram_row", who=who, height=shown_number(row["height"], 2))
        if row["support"] == row["support"]:
            text += say("dendrogram_support", support=shown_number(100 * row["support"]))
        parts.append(text)
    return say("dendrogram", rows="; ".join(parts))


def alt_choice(data: pd.DataFrame, gap: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Describe the choice of k: the best silhouette of each algorithm, and what the gap statistic takes."""
    parts = []
    for algorithm, name in names.items():
        own = data[data["algorithm"] == algorithm].dropna(subset="silhouette").sort_values("k")
        best, last = own.sort_values(["silhouette", "k"], ascending=[False, True]).iloc[0], own.iloc[-1]
        parts.append(
            say(
                "choice_row",
                name=name,
                best=shown_number(best["silhouette"], 2),
                best_k=best["k"],
                last=shown_number(last["silhouette"], 2),
                last_k=last["k"],
            )
        )
    taken = int(gap.loc[gap["chosen"] == 1, "k"].iloc[0])
    return say("choice", rows="; ".join(parts), taken=taken)


def alt_silhouettes(data: pd.DataFrame, names: Mapping[int, str]) -> str:
    """Describe a silhouette plot: for each type its units, mean, lowest value, and how many are below zero."""
    parts = []
    for number, name in names.items():
        own = data.loc[data["type"] == number, "silhouette"]
        parts.append(
            say(
                "silhouette_row",
                name=name,
                n=len(own),
                mean=shown_number(own.mean(), 2),
                least=shown_number(own.min(), 2),
                below=int((own < 0).sum()),
            )
        )
    return say("silhouettes", rows="; ".join(parts))


def alt_biplot(points: pd.DataFrame, types: Mapping[int, str], shares: tuple[float, float]) -> str:
    """Describe a biplot: what the axes hold and where each type lies along the first."""
    first, second = (shown_number(s) for s in shares)
    parts = []
    for number, name in types.items():
        own = points.loc[points["type"] == number, "x"]
        parts.append(say("biplot_row", name=name, low=shown_number(own.min(), 1), high=shown_number(own.max(), 1)))
    return say("biplot", first=first, second=second, rows="; ".join(parts))


def alt_heatmap(classes: pd.DataFrame, types: pd.Series, names: Mapping[int, str]) -> str:
    """Describe a heat map: for each type the share of cells above and below the mean."""
    parts = []
    for number, name in names.items():
        own = classes.loc[types[types == number].index].to_numpy()
        above, below = (shown_number(100 * float(share)) for share in ((own > 2).mean(), (own < 2).mean()))
        parts.append(say("heatmap_row", name=name, above=above, below=below))
    return say("heatmap", rows="; ".join(parts))
