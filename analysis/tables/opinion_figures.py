"""Rows of the charts of the members' survey, and its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis import language
from analysis.facts import FactSet
from analysis.tables.opinions import _Questions

Number = Callable[[float, int], str]
FOLDER = "44_members_survey"
SIDES = ("low", "average", "high")
ABSENT = "dont_know"


def diverging_rows(
    estimates: pd.DataFrame,
    question: str,
    codebook: pd.DataFrame,
    option_lists: pd.DataFrame,
    sides: Mapping[str, str],
    *,
    number: Number,
) -> pd.DataFrame:
    """Rows of a diverging chart of one question, the most favourable on top.

    Parameters
    ----------
    question
        Part of the item's name before `__`.
    sides
        low, average, high → option; other options (don't know) are left out of the bar and shown apart.

    Returns
    -------
    DataFrame
        Columns item, label, low, average, high (percent of those with an opinion), dont_know (percent of all), mark
        (mean rating; empty without one), n.
    """
    said = _Questions(codebook, option_lists, language.current())
    whole = estimates[(estimates["dimension"] == "all") & estimates["item"].str.startswith(f"{question}__")]
    rows = []
    for item, own in whole.groupby("item", sort=False):
        counted = own[own["measure"] == "share"].set_index("option")["count"]
        parts = {side: float(counted[option]) for side, option in sides.items()}
        opinion = sum(parts.values())
        shares = {side: 100 * n / opinion for side, n in parts.items()}
        mean = own.loc[own["measure"] == "mean", "value"]
        order = float(mean.iloc[0]) if len(mean) else shares["high"]
        everyone = int(counted.sum())
        rows.append(
            {"item": item, "label": said.item(str(item)).partition(" (")[0], **{s: shares[s] for s in SIDES},
             "dont_know": 100 * (everyone - opinion) / everyone,
             "mark": number(order, 1) if len(mean) else "", "n": int(opinion), "order": order}
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values("order", ascending=False, kind="stable", ignore_index=True)
    return table.drop(columns="order")


def priority_rows(estimates: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame) -> pd.DataFrame:
    """Mean rating of the coordinator (x) and importance (y) of the areas that both questions name, with intervals."""
    said = _Questions(codebook, option_lists, language.current())
    means = estimates[(estimates["dimension"] == "all") & (estimates["measure"] == "mean")].set_index("item")
    rows = []
    for item in means.index:
        head, _, part = str(item).partition("__")
        other = f"priority__{part}"
        if head != "coordinator_rating" or other not in means.index:
            continue
        row: dict[str, Any] = {"part": part, "label": said.item(str(item)).partition(" (")[0]}
        for axis, name in (("x", item), ("y", other)):
            row |= {axis: means.at[name, "value"]}
            row |= {f"{axis}_{end}": means.at[name, end] for end in ("low", "high")}
        rows.append(row)
    return pd.DataFrame(rows)


def interval_panels(
    estimates: pd.DataFrame, shown: Mapping[str, str], groups: Mapping[tuple[str, str], str]
) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """Panels of headlines by group, and their overall values.

    Parameters
    ----------
    shown
        Item → title of its panel.
    groups
        (dimension, group) → name, in printed order.
    """
    heads = {
        (str(row["item"]), str(row["dimension"]), str(row["group"])): row
        for row in estimates[estimates["measure"] == "headline"].to_dict("records")
    }
    panels, overall = {}, {}
    for item, title in shown.items():
        rows, last = [], ""
        for (dimension, group), name in groups.items():
            row = heads[item, dimension, group]
            rows.append(
                {"dimension": dimension, "group": group, "label": name, "gap": bool(last) and dimension != last,
                 **{key: row[key] for key in ("value", "low", "high", "small", "n", "clusters")}}
            )  # fmt: skip
            last = dimension
        panels[title] = pd.DataFrame(rows)
        overall[title] = float(heads[item, "all", "all"]["value"])
    return panels, overall


def add_opinion_facts(
    facts: FactSet, estimates: pd.DataFrame, differences: pd.DataFrame, summary: pd.DataFrame, settings: Any
) -> None:
    """Add what the annex says about errors, tests and agreement as `opinions.…`.

    Parameters
    ----------
    estimates
        With the columns of `bootstrap_errors` beside those of `estimate`.
    settings
        Section `opinions` of the method.
    """

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.add(f"opinions.{name}", value, table=f"{FOLDER}/{table}.csv", key=key, column=column, **more)

    whole = estimates[(estimates["dimension"] == "all") & ~estimates["small"]]
    designs = whole[whole["measure"].isin(["share", "mean"])]["deff"].dropna()
    ratios = (whole["boot_se"] / whole["se"]).where(whole["se"] > 0).dropna()
    for name, column, values in (("deff", "deff", designs), ("bootstrap", "boot_se", 100 * (ratios - 1).abs())):
        unit: dict[str, Any] = {"unit": "coefficient" if name == "deff" else "percent", "decimals": 1}
        add(f"{name}.median", float(values.median()), "estimates", "all", column, **unit)
        add(f"{name}.max", float(values.max()), "estimates", "all", column, **unit)
    shares = whole[whole["measure"] == "share"]
    add("margin.median", float(((shares["high"] - shares["low"]) / 2).median()), "estimates", "all", "high",
        unit="percent_points", decimals=1)  # fmt: skip
    add("estimates.n", len(estimates), "estimates", "all rows", "value")
    add("estimates.small", int(estimates["small"].sum()), "estimates", "all rows", "small")
    add("tests.n", len(differences), "differences", "all rows", "item")
    add(
        "tests.single",
        int((differences["p_permutation"] <= settings.alpha).sum()),
        "differences",
        "all rows",
        "p_permutation",
    )
    add(
        "tests.expected", settings.alpha * len(differences), "differences", "all rows", "item", unit="count", decimals=0
    )
    add("tests.differs", int(differences["differs"].sum()), "differences", "all rows", "differs")
    add(
        "tests.least",
        float(differences["p_adjusted"].min()),
        "differences",
        "all rows",
        "p_adjusted",
        unit="coefficient",
        decimals=2,
    )
    judged = summary.dropna(subset=["agrees"])
    pairs = int(judged[["agrees", "differs", "contradicts"]].to_numpy(dtype=int).sum())
    add("topics.n", len(summary), "triangulation", "all rows", "topic")
    add("pairs.n", pairs, "triangulation", "all rows", "clusters")
    for verdict in ("agrees", "differs", "contradicts"):
        total = int(judged[verdict].sum())
        add(f"pairs.{verdict}", total, "triangulation", "all rows", verdict)
        add(f"pairs.{verdict}_share", 100 * total / pairs, "triangulation", "all rows", verdict, unit="percent")
    add(
        "topics.linked", int((summary["p_adjusted"] <= settings.alpha).sum()), "triangulation", "all rows", "p_adjusted"
    )
    for row in summary.to_dict("records"):
        topic = str(row["topic"])
        for column in ("stated", "members", "agreement"):
            if row[column] == row[column] and not (row["kind"] == "quantity" and column == "stated"):
                add(f"topic.{topic}.{column}", float(row[column]), "triangulation", topic, column, unit="percent")
        for column in ("agrees", "contradicts"):
            if not pd.isna(row[column]):
                add(f"topic.{topic}.{column}", int(row[column]), "triangulation", topic, column, unit="clusters")
    method: dict[str, Any] = {"table": "config/method/default.yaml", "key": "opinions"}
    for name, value, kind in (
        ("level", 100 * settings.level, "percent"), ("small_base", settings.small_base, "count"),
        ("small_clusters", settings.small_clusters, "clusters"), ("permutations", settings.permutations, "count"),
        ("bootstrap", settings.bootstrap, "count"), ("alpha", 100 * settings.alpha, "percent"),
    ):  # fmt: skip
        facts.add(f"opinions.method.{name}", value, unit=kind, column=name, **method)


def add_priority_facts(facts: FactSet, rows: pd.DataFrame) -> None:
    """Add the ends of ratings and of importance, and where importance is furthest ahead, as `opinions.priority.…`.

    Parameters
    ----------
    rows
        From `priority_rows`.
    """
    place = f"{FOLDER}/priorities.csv"
    table = rows.assign(gap=rows["y"] - rows["x"]).sort_values("part", ignore_index=True)
    ends = {"rated_best": ("x", True), "rated_worst": ("x", False), "wanted_most": ("y", True), "gap": ("gap", True)}
    for name, (column, most) in ends.items():
        row = table.iloc[int(table[column].argmax() if most else table[column].argmin())]
        label = str(row["label"])[:1].lower() + str(row["label"])[1:]
        facts.add(f"opinions.priority.{name}.label", label, unit="text", table=place, key=row["part"], column="label")
        for axis, what in (("x", "rating"), ("y", "importance")):
            facts.add(f"opinions.priority.{name}.{what}", float(row[axis]), unit="coefficient", decimals=1, table=place,
                      key=row["part"], column=axis)  # fmt: skip
    facts.add("opinions.priority.n", len(table), table=place, key="all rows", column="part")
    facts.add("opinions.priority.ahead", int((table["gap"] > 0).sum()), table=place, key="all rows", column="gap")
