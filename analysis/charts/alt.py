"""Alternative texts of charts, in the language of the process, made from the same table as the chart.

They are written to be heard: what kind of chart it is, what is counted, then the values as a list or, where there are
many, the range and its ends. Values are those of the table, rounded as in the chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.charts.scatter import equation
from analysis.charts.sentences import say
from analysis.charts.style import NBSP, shown_number
from analysis.errors import MethodError

MAX_LISTED = 16


def _join(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _labels(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + say("and") + names[-1]


def alt_bars(data: pd.DataFrame, what: str, *, kind: str = "bars", decimals: int = 0, unit: str = "") -> str:
    """Describe a bar chart or a stacked bar by listing its values.

    Parameters
    ----------
    data
        Columns `label`, `value`, optionally `share` (0–100), in the order of the chart.
    what
        What is counted, in the nominative: 'liczba klastrów według okresu założenia'.
    kind
        bars or stacked.

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
        text = f"{label}: {shown_number(value, decimals)}" + (f"{NBSP}{unit}" if unit else "")
        parts.append(text if share is None else f"{text} ({shown_number(share, 1)}%)")
    return f"{say(kind)}: {what.rstrip('.')}. {_join(parts)}."


def alt_levels(data: pd.DataFrame, what: str, levels: Sequence[str]) -> str:
    """Describe bars divided into levels, row by row, by the numbers of each level.

    Parameters
    ----------
    data
        As for `analysis.charts.level_bars`.
    """
    rows = [
        f"{row['label']}: " + ", ".join(f"{level} {shown_number(row[level])}" for level in levels)
        for row in data.to_dict("records")
    ]
    return say("levels", what=what.rstrip("."), rows=_join(rows))


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
        shown = shown_number(value)
        groups.append(f"{names[0]}: {shown}" if len(names) == 1 else say("map_each", value=shown, names=_labels(names)))
    zero = [str(n) for n in ordered.index[ordered == 0]]
    tail = say("map_zero", names=_labels(zero)) if zero else ""
    return say("map", what=what.rstrip("."), groups=_join(groups), tail=tail)


def alt_median_benchmark(data: pd.DataFrame, what: str, *, measure: str = "median") -> str:
    """Describe medians or means, and benchmarks: every panel by the groups with the lowest and the highest.

    Parameters
    ----------
    data
        As for `analysis.charts.median_benchmark`. Up to three groups are listed, of more the ends are named.
    """
    sentences = []
    for panel in dict.fromkeys(data["panel"]):
        rows = data[data["panel"] == panel]
        parts = []
        for column in (measure, "benchmark"):
            one, many = say(f"{column}_one"), say(f"{column}_many")
            known = rows.dropna(subset=column).sort_index()
            shown = [
                f"{shown_number(value, 2)} ({_flat(group)})"
                for group, value in zip(known["group"], known[column], strict=True)
            ]
            if len(shown) == 1:
                parts.append(f"{one} {shown[0]}")
            elif 1 < len(shown) <= 3:
                parts.append(f"{many} {', '.join(shown)}")
            elif shown:
                values = known[column].to_list()
                low, high = values.index(min(values)), values.index(max(values))
                parts.append(say("from_to", many=many, low=shown[low], high=shown[high]))
        text = f"{'; '.join(parts)}."
        sentences.append(f"{panel}: {text}" if panel else text[0].upper() + text[1:])
    return say("dots", what=what.rstrip("."), rows=" ".join(sentences))


def alt_regression(points: pd.DataFrame, *, slope: float, intercept: float, r2: float, x_name: str, y_name: str) -> str:
    """Describe a scatter with a line of fit: number and range of the points, the line, how closely they follow it.

    Parameters
    ----------
    points
        Columns `x`, `y`.
    x_name, y_name
        Names of the axes, in the nominative.
    """
    return say(
        "scatter",
        n=len(points),
        x=x_name,
        x_low=shown_number(points["x"].min()),
        x_high=shown_number(points["x"].max()),
        y=y_name,
        y_low=shown_number(points["y"].min(), 2),
        y_high=shown_number(points["y"].max(), 2),
        direction=say("rises" if slope > 0 else "falls"),
        equation=equation(slope, intercept),
        r2=shown_number(r2, 2),
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
    shown = [shown_number(width.iloc[i * n // 3 : (i + 1) * n // 3].median(), 1) for i in range(3)]
    moved = (variants.sub(data["rank"].to_numpy(), axis=0)).abs().max()
    tail = _join(f"{name}: {shown_number(value)}" for name, value in moved.items())
    said = say("ranks", n=n, top=shown[0], middle=shown[1], bottom=shown[2])
    return said + (say("ranks_moved", moved=tail) if len(moved) else "")


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
        say("sobol_row", label=row["label"], total=shown_number(row["total"], 2), first=shown_number(row["first"], 2))
        for row in data.to_dict("records")
    ]
    return say("sobol", what=what.rstrip("."), rows=_join(parts))


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
        Indexed by node: short, kind, label (what is drawn: the short name, or a number).
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
    told = say("network", nodes=len(nodes), who=who, ties=len(ties), what=what, most=most)
    unnamed = int((nodes["label"] != nodes["short"]).sum())
    return told + say("network_numbers", count=unnamed) if unnamed else told


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
        tenth, quarter = shown_number(own[round(n / 10)]), shown_number(own[round(n / 4)])
        parts.append(say("removal_row", name=name, tenth=tenth, quarter=quarter))
    return say("removal", rows=_join(parts))
