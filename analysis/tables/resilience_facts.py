"""Facts of resilience, `resil.…`: what is quoted, the index, responses to shocks, the graph, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.facts import FactSet

FOLDER = "43_resilience"
PERCENT = {"unit": "percent", "decimals": 1}
SCORE = {"unit": "score", "decimals": 2}
INDEX = {"unit": "coefficient", "decimals": 2}


class _Adder:
    def __init__(self, facts: FactSet) -> None:
        self.facts = facts

    def __call__(self, name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        self.facts.add(f"resil.{name}", value, table=f"{FOLDER}/{table}.csv", key=key, column=column, **more)


def add_quoted_facts(facts: FactSet, quoted: Mapping[str, Any], source: str) -> None:
    """Numbers that the printed chapter quotes, `resil.printed.…`, each with its line; `source` is their file."""
    for name, entry in quoted.items():
        style = {"unit": entry.get("unit", "count"), "decimals": int(entry.get("decimals", 0))}
        key = f"resilience.{name} (l. {entry['source_line']})"
        facts.add(f"resil.printed.{name}", entry["value"], table=source, key=key, column="value", **style)


def add_index_facts(
    facts: FactSet, dimensions: pd.DataFrame, link: Mapping[str, float], units: pd.DataFrame, draws: int, root: str
) -> None:
    """Index and dimensions `resil.dim.…`, extremes, link to the overall score, stability of ranks.

    Parameters
    ----------
    dimensions
        `dimension_table` with the column name.
    link
        pearson, spearman, n.
    units
        `analysis.composite.robustness.unit_table`: rank_p5, rank_p95.
    """
    add = _Adder(facts)
    own = dimensions[dimensions["code"] != root]
    add("dimensions", len(own), "dimensions", "all rows but the index", "code")
    add("indicators", int(own["indicators"].sum()), "dimensions", "sum", "indicators")
    for row in dimensions.to_dict("records"):
        for column in ("median", "benchmark", "alpha", "r"):
            if row[column] == row[column]:
                add(f"dim.{row['code']}.{column}", row[column], "dimensions", row["code"], column,
                    **(SCORE if column in ("median", "benchmark") else INDEX))  # fmt: skip
        add(f"dim.{row['code']}.name", row["name"], "dimensions", row["code"], "name", unit="text")
    ordered = own.sort_values(["median", "code"], ascending=[False, True])
    places = {"highest": ordered.iloc[0], "lowest": ordered.iloc[-1], "loosest": own.sort_values("r").iloc[0]}
    for name, extreme in places.items():
        add(name, extreme["name"], "dimensions", extreme["code"], "name", unit="text")
        add(f"{name}.median", extreme["median"], "dimensions", extreme["code"], "median", **SCORE)
        add(f"{name}.r", extreme["r"], "dimensions", extreme["code"], "r", **INDEX)
    for name in ("pearson", "spearman"):
        add(f"link.{name}", link[name], "link", "ALL", name, **INDEX)
    width = (units["rank_p95"] - units["rank_p5"]).median()
    add("rank_width", width, "units", "median", "rank_p95 - rank_p5")
    add("draws", draws, "units", "uncertainty.replications", "draws")


def add_shock_facts(
    facts: FactSet,
    table: pd.DataFrame,
    exposed: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    names: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]],
    roots: tuple[str, str],
    unknown: Mapping[str, int],
) -> None:
    """Responses `resil.shock.…`, who is most exposed `resil.exposed.…`, groups `resil.group.<shock>.<dimension>.…`.

    Parameters
    ----------
    table, exposed, groups
        `response_table`, `most_exposed`, `group_losses`.
    names
        Code of an area or dimension → printed name.
    words
        Dimension → group → printed name.
    roots
        Codes of the overall score and of the resilience index.
    """
    add = _Adder(facts)
    overall, own = roots
    for shock in dict.fromkeys(table["shock"]):
        rows = table[table["shock"] == shock].set_index("code")
        for name, code in (("", overall), (".index", own)):
            key = f"{shock}/{code}"
            for column in ("relative", "relative_low", "relative_high"):
                add(f"shock.{shock}{name}.{column}", rows.at[code, column], "response", key, column, **PERCENT)
            add(
                f"shock.{shock}{name}.gaining",
                int(rows.at[code, "gaining"]),
                "response",
                key,
                "gaining",
                unit="clusters",
            )
            add(f"shock.{shock}{name}.moved", int(rows.at[code, "moved"]), "response", key, "moved", unit="clusters")
        areas = rows.loc[[c for c in rows.index if c in names and not c.startswith(own)]].sort_values("relative")
        add(
            f"shock.{shock}.area", names[areas.index[-1]], "response", f"{shock}/{areas.index[-1]}", "code", unit="text"
        )
        worst = areas["relative"].iloc[-1]
        add(f"shock.{shock}.area.relative", worst, "response", f"{shock}/{areas.index[-1]}", "relative", **PERCENT)
        add(f"shock.{shock}.unknown", unknown[shock], "response", shock, "unknown", unit="clusters")
        for dimension, named in words.items():
            part = groups[(groups["shock"] == shock) & (groups["code"] == overall) & (groups["dimension"] == dimension)]
            part = part.sort_values(["relative", "group"])
            for place, row in (("most", part.iloc[-1]), ("least", part.iloc[0])):
                key = f"{shock}/{overall}/{dimension}/{row['group']}"
                base = f"group.{shock}.{dimension}.{place}"
                add(base, named[str(row["group"])], "groups", key, "group", unit="text")
                add(f"{base}.relative", row["relative"], "groups", key, "relative", **PERCENT)
    for row in exposed.to_dict("records"):
        base = f"exposed.{row['shock']}"
        add(base, int(row["first"]), "exposed", row["shock"], "first", unit="clusters")
        add(f"{base}.top_share", row["top_share"], "exposed", row["shock"], "top_share", unit="percent")
    add("exposed.tail", int(exposed["tail_n"].iloc[0]), "exposed", "all", "tail_n", unit="clusters")


def add_graph_facts(facts: FactSet, table: pd.DataFrame, base_r: float) -> None:
    """Response of the graph by kind of the one who leaves, `resil.graph.…`; worst case over all kinds."""
    add = _Adder(facts)
    add("graph.r", base_r, "graph", "nobody leaves", "r", unit="coefficient", decimals=3)
    worst = table.iloc[0]
    add("graph.who", worst["who"], "graph", worst["kind"], "who", unit="text")
    add("graph.worst", worst["worst"], "graph", worst["kind"], "worst", unit="percent")
    for row in table.to_dict("records"):
        add(f"graph.{row['kind']}.largest", row["largest"], "graph", row["kind"], "largest", unit="percent")
        add(f"graph.{row['kind']}.worst", row["worst"], "graph", row["kind"], "worst", unit="percent")


def add_ledger_facts(facts: FactSet, table: pd.DataFrame) -> None:
    """How many printed figures on resilience agree, `resil.ledger.…`."""
    add = _Adder(facts)
    add("ledger.n", len(table), "printed", "all rows", "id")
    for name, verdict in (("yes", "yes"), ("no", "no"), ("contradicted", "contradicted"), ("other", "not computable")):
        add(f"ledger.{name}", int((table["match"] == verdict).sum()), "printed", verdict, "match")
    add("ledger.words", int((table["match"] == "none").sum()), "printed", "none", "match")
