"""Facts, printed tables and the data of the interactive page of the cooperation graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.facts import FactSet
from analysis.workspace import Column

FOLDER = "42_cooperation_graph"
COEFFICIENT = {"unit": "coefficient", "decimals": 2}
THREE = {"unit": "coefficient", "decimals": 3}
PERCENT = {"unit": "percent", "decimals": 0}


class _Adder:
    """Adds facts of one table after another, `net.…`."""

    def __init__(self, facts: FactSet) -> None:
        self.facts = facts

    def __call__(self, name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        self.facts.add(f"net.{name}", value, table=f"{FOLDER}/{table}.csv", key=key, column=column, **more)


def add_graph_facts(
    facts: FactSet, nodes: pd.DataFrame, ties: pd.DataFrame, graphs: pd.DataFrame, registered: int
) -> None:
    """Counts of organisations and ties by kind, of distinct pairs, and measures of the graphs under both expansions.

    Parameters
    ----------
    nodes, ties
        Raw tables with the columns kind, form, since_year; nodes indexed by node_id.
    graphs
        Columns graph, expansion, measure, value.
    registered
        Number of clusters in the registry.
    """
    add = _Adder(facts)
    raw: dict[str, Any] = {"table": "10_validated/cooperation_nodes.csv", "column": "kind"}
    facts.add("net.nodes", len(nodes), key="all rows", **raw)
    for kind, count in nodes["kind"].value_counts().sort_index().items():
        facts.add(f"net.nodes.{kind}", int(count), key=str(kind), **raw)
    clusters = int(nodes["kind"].str.startswith("cluster").sum())
    facts.add("net.nodes.clusters", clusters, unit="clusters", key="cluster_*", **raw)
    facts.add("net.nodes.bodies", len(nodes) - clusters, key="not cluster_*", **raw)
    facts.add("net.nodes.unnamed", int(nodes["star_centre"].notna().sum()), key="star_centre", **raw)
    silent = registered - int((nodes["kind"] == "cluster_in_study").sum())
    facts.add("net.silent", silent, unit="clusters", key="registry less cluster_in_study", **raw)
    raw = {"table": "10_validated/cooperation_ties.csv"}
    facts.add("net.ties", len(ties), key="all rows", column="tie_id", **raw)
    for column in ("kind", "form"):
        for name, count in ties[column].value_counts().sort_index().items():
            facts.add(f"net.ties.{name}", int(count), key=str(name), column=column, **raw)
    own = nodes["kind"].str.startswith("cluster").reindex(ties["source"]).to_numpy()
    other = nodes["kind"].str.startswith("cluster").reindex(ties["target"]).to_numpy()
    for name, rows in (("direct", own & other), ("with_bodies", own != other), ("between_bodies", ~own & ~other)):
        facts.add(f"net.ties.{name}", int(rows.sum()), key=name, column="source, target", **raw)
    dated = ties["since_year"].dropna()
    facts.add("net.ties.dated", len(dated), key="not empty", column="since_year", **raw)
    facts.add("net.since.first", int(dated.min()), unit="year", key="minimum", column="since_year", **raw)
    facts.add("net.since.median", float(dated.median()), unit="year", key="median", column="since_year", **raw)
    whole = {"nodes", "edges", "components", "largest", "diameter", "articulation_points", "bridges", "max_core"}
    for row in graphs.to_dict("records"):
        if row["value"] == row["value"]:
            name = f"{row['graph']}.{row['expansion']}.{row['measure']}"
            style = {} if row["measure"] in whole or row["measure"] == "core_size" else THREE
            add(name, row["value"], "graphs", f"{row['graph']}/{row['expansion']}/{row['measure']}", "value", **style)


def add_position_facts(facts: FactSet, measures: pd.DataFrame, losses: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Who stands out: `net.top.<measure>.<place>` with names, and who holds the graph together, `net.holds.<place>`.

    Parameters
    ----------
    measures
        Node measures of the cluster graph, indexed by node.
    losses
        `robustness.node_losses` of the graph of all organisations.
    """
    add = _Adder(facts)
    for measure in ("degree", "betweenness", "effective_size", "core"):
        ordered = measures.reset_index().sort_values([measure, "node"], ascending=[False, True]).head(3)
        for place, row in enumerate(ordered.to_dict("records"), start=1):
            style = {} if measure in ("degree", "core") else COEFFICIENT
            add(f"top.{measure}.{place}", names[row["node"]], "node_measures", row["node"], "node", unit="text")
            add(f"top.{measure}.{place}.value", row[measure], "node_measures", row["node"], measure, **style)
    first = losses.reset_index().sort_values(["pairs_lost", "node"], ascending=[False, True]).head(3)
    for place, row in enumerate(first.to_dict("records"), start=1):
        add(f"holds.{place}", names[row["node"]], "node_losses", row["node"], "node", unit="text")
        add(f"holds.{place}.pairs", row["pairs_lost"], "node_losses", row["node"], "pairs_lost", **PERCENT)
        add(f"holds.{place}.pieces", int(row["pieces"]), "node_losses", row["node"], "pieces")
    add("holds.nobody", int((losses["pieces"] <= 0).sum()), "node_losses", "pieces = 0", "pieces")


def add_test_facts(
    facts: FactSet, null: pd.DataFrame, brokers: pd.DataFrame, world: pd.DataFrame, agree: pd.DataFrame, draws: int
) -> None:
    """Null models `net.null.…`, brokerage `net.broker.…`, small world `net.world.…`, agreement `net.agree.…`."""
    add = _Adder(facts)
    add("null.draws", draws, "null_models", "method cooperation.null_draws", "p")
    for name, values in null.iterrows():
        for column in ("observed", "mean", "low", "high", "p"):
            style = THREE if column == "p" else COEFFICIENT
            if values[column] == values[column]:
                add(f"null.{name}.{column}", values[column], "null_models", str(name), column, **style)
    for row in brokers.to_dict("records"):
        key = f"{row['groups']}/{row['role']}"
        base = f"broker.{row['groups']}.{row['role']}"
        add(base, int(row["observed"]), "brokerage_test", key, "observed")
        add(f"{base}.expected", row["expected"], "brokerage_test", key, "expected", unit="count", decimals=0)
        add(f"{base}.p", row["p"], "brokerage_test", key, "p", **THREE)
    for row in world.to_dict("records"):
        if row["value"] == row["value"]:
            add(f"world.{row['measure']}", row["value"], "small_world", row["measure"], "value", **COEFFICIENT)
    for row in agree.to_dict("records"):
        key = str(row["groups"])
        add(f"agree.{key}.n", int(row["n"]), "agreement", key, "n", unit="clusters")
        add(f"agree.{key}.ari", row["ari"], "agreement", key, "ari", **COEFFICIENT)
        add(f"agree.{key}.p", row["p"], "agreement", key, "p", **THREE)


def add_community_facts(facts: FactSet, table: pd.DataFrame, complete: bool, certain: int) -> None:
    """Communities of the best partition and how many others come close.

    Parameters
    ----------
    table
        Columns partition, q, node, community.
    certain
        Pairs of clusters that share a community in some but not all listed partitions.
    """
    add = _Adder(facts)
    best = table[table["partition"] == 1]
    add("q", best["q"].iloc[0], "communities", "1", "q", **THREE)
    add("communities", int(best["community"].max()), "communities", "1", "community")
    sizes = best["community"].value_counts()
    add("communities.largest", int(sizes.max()), "communities", "1", "community", unit="clusters")
    add("communities.smallest", int(sizes.min()), "communities", "1", "community", unit="clusters")
    add("partitions", table["partition"].nunique(), "communities", "all rows", "partition")
    add("partitions.complete", int(complete), "communities", "all rows", "partition")
    add("partitions.open_pairs", certain, "communities", "pairs that differ", "community")


def add_removal_facts(facts: FactSet, r: pd.DataFrame, ties: pd.DataFrame, names: Mapping[str, str]) -> None:
    """R under each attack, `net.r.<graph>.<expansion>.<attack>`, and the missing ties that would raise it most."""
    add = _Adder(facts)
    for row in r.to_dict("records"):
        key = f"{row['graph']}.{row['expansion']}.{row['attack']}"
        add(f"r.{key}", row["r"], "r_index", key.replace(".", "/"), "r", **THREE)
    limit = r[r["attack"] == "random"]["limit"].iloc[0]
    add("r.limit", limit, "r_index", "limit", "limit", **THREE)
    for place, row in enumerate(ties.head(3).to_dict("records"), start=1):
        key = f"{row['a']}/{row['b']}"
        add(f"tie.{place}.a", names[row["a"]], "best_ties", key, "a", unit="text")
        add(f"tie.{place}.b", names[row["b"]], "best_ties", key, "b", unit="text")
        add(f"tie.{place}.gain", 100 * row["relative"], "best_ties", key, "relative", **PERCENT)


def add_model_facts(
    facts: FactSet,
    models: pd.DataFrame,
    declared: Mapping[str, float],
    quoted: Mapping[str, Any],
    bound: float,
    *,
    edition: int,
) -> None:
    """Ministry's models `net.model.…`; declared agreements `net.declared.…`; what the print says `net.printed.…`.

    Parameters
    ----------
    quoted
        Section `cooperation` of `edition.yaml`: counts of agreements as printed, each with its line.
    bound
        Smallest mean that the printed counts allow.
    """
    add = _Adder(facts)
    path = f"data/editions/{edition}/edition.yaml"
    for name in ("coordination", "cooperation", "ecosystem"):
        count = int((models["model"] == name).sum())
        add(f"model.{name}", count, "models", name, "model")
        add(f"model.{name}.share", 100 * count / len(models), "models", name, "model", **PERCENT)
    source: dict[str, Any] = {"table": "10_validated/coordinators.csv", "column": "agreements_domestic_clusters"}
    inputs = ("agreements_domestic_clusters",)
    for name in ("n", "positive"):
        facts.add(f"net.declared.{name}", int(declared[name]), unit="clusters", key=name, inputs=inputs, **source)
    facts.add("net.declared.share", declared["share"], unit="percent", key="share", inputs=inputs, **source)
    for name in ("sum", "max"):
        facts.add(f"net.declared.{name}", declared[name], key=name, inputs=inputs, **source)
    for name in ("mean", "median", "mean_positive", "median_positive"):
        facts.add(
            f"net.declared.{name}", declared[name], unit="coefficient", decimals=1, key=name, inputs=inputs, **source
        )
    for name, entry in quoted.items():
        value = entry["value"]
        style = {"unit": entry.get("unit", "count"), "decimals": int(entry.get("decimals", 0))}
        key = f"cooperation.{name} (l. {entry['source_line']})"
        facts.add(f"net.printed.{name}", value, table=path, key=key, column="value", **style)
    facts.add(
        "net.printed.least_mean", bound, unit="coefficient", decimals=2, table=path,
        key="least mean that the printed counts allow", column="cooperation",
    )  # fmt: skip


def add_matching_facts(facts: FactSet, hidden: pd.DataFrame, pairs: int) -> None:
    """How many pairs were ranked, and how well the ranking finds hidden ties, if there are any between candidates."""
    add = _Adder(facts)
    add("match.pairs", pairs, "matching", "all rows", "rank")
    add("match.hidden", len(hidden), "hidden_ties", "all rows", "a")
    if len(hidden):
        add("match.auc", 100 * hidden["place"].mean(), "hidden_ties", "mean", "place", **PERCENT)


def communities_text(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Columns community, size, members: the best partition as a printed table."""
    best = table[table["partition"] == 1]
    rows = [
        {"community": number, "size": len(group), "members": "; ".join(sorted(names[n] for n in group["node"]))}
        for number, (_, group) in enumerate(best.groupby("community"), start=1)
    ]
    return pd.DataFrame(rows)


def reasons(row: Mapping[Any, Any], nodes: pd.DataFrame, words: Mapping[str, str]) -> str:
    """Explain a suggestion in words, from the public facts it rests on."""
    a, b = nodes.loc[row["a"]], nodes.loc[row["b"]]
    out = []
    if pd.notna(row["sector"]):
        same = a["sector"] == b["sector"]
        out.append(
            words["same_sector"] if same else words["near_sectors"] if row["sector"] > 0 else words["far_sectors"]
        )
    via = [str(nodes.at[v, "short"]) for v in str(row["via"]).split(";") if v and v in nodes.index]
    if via:
        out.append(f"{words['shared']}: {', '.join(via)}")
    elif row["steps"] == float("inf"):
        out.append(words["no_way"])
    else:
        out.append(f"{words['steps']}: {int(row['steps'])}")
    if row["region"] == 1:
        out.append(words["same_region"])
    elif pd.notna(row["region"]) and row["region"] > 0:
        out.append(words["same_macroregion"])
    return "; ".join(out)


def explained(ranked: pd.DataFrame, nodes: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Add the columns pair (printed names) and reasons to ranked pairs."""
    name = nodes["short"]
    pairs = [f"{name[a]} – {name[b]}" for a, b in zip(ranked["a"], ranked["b"], strict=True)]
    return ranked.assign(pair=pairs, reasons=[reasons(row, nodes, words) for row in ranked.to_dict("records")])


def both_ways(
    network: Any, projection: str, organisations: Callable[..., Any], clusters: Callable[..., Any]
) -> dict[tuple[str, str], Any]:
    """Graphs by name and expansion, made by the two functions given."""
    out = {}
    for way in ("star", "clique"):
        out["organisations", way] = organisations(network, way)
        out["clusters", way] = clusters(network, way, projection)
    return out


def _year(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def page_data(
    nodes: pd.DataFrame,
    ties: pd.DataFrame,
    models: pd.DataFrame,
    options: Mapping[str, Mapping[str, str]],
    words: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the interactive page shows, ready as JSON.

    Parameters
    ----------
    nodes
        Indexed by node: name, short, kind, sector, voivodeship (codes), x, y in cm.
    ties
        tie_id, source, target, kind, form, since_year, until_year, what_pl.
    models
        tie_id, model.
    options
        Printed names of `kinds`, `tie_kinds`, and the option lists `cooperation_forms`, `sectors`, `voivodeships`.
    words
        Printed names of the models.
    """
    model_of = models.set_index("tie_id")["model"]
    people = [
        {
            "id": str(node), "name": str(row["name"]), "short": str(row["short"]), "kind": str(row["kind"]),
            "sector": options["sectors"].get(str(row["sector"]), ""),
            "voivodeship": options["voivodeships"].get(str(row["voivodeship"]), ""),
            "x": round(float(row["x"]), 3), "y": round(float(row["y"]) + float(row["height"]) / 2 - 0.17, 3),
        }
        for node, row in nodes.iterrows()
    ]  # fmt: skip
    rows = [
        {
            "id": tie["tie_id"], "a": tie["source"], "b": tie["target"], "kind": tie["kind"], "what": tie["what_pl"],
            "form": options["cooperation_forms"][tie["form"]], "model": words[model_of[tie["tie_id"]]],
            "since": _year(tie["since_year"]),
            "until": _year(tie["until_year"]),
        }
        for tie in ties.to_dict("records")
    ]  # fmt: skip
    return {"nodes": people, "ties": rows, "kinds": dict(options["kinds"]), "tieKinds": dict(options["tie_kinds"])}


def numbered(nodes: pd.DataFrame) -> pd.Series:
    """Numbers 1, 2, … of nodes in the order of their short names, as a list is searched; index as `nodes`."""
    order = nodes["short"].str.casefold().sort_values(kind="stable").index
    return pd.Series(range(1, len(nodes) + 1), index=order).reindex(nodes.index)


def number_note(nodes: pd.DataFrame, words: Mapping[str, str]) -> str:
    """Whom the numbers of the figure stand for, '' where every node has its name.

    Parameters
    ----------
    nodes
        Indexed by node: short, label (the short name, or a number).
    """
    unnamed = nodes[nodes["label"] != nodes["short"]]
    listed = unnamed.assign(no=unnamed["label"].astype(int)).sort_values("no")
    if not len(listed):
        return ""
    return words["numbers"] + "; ".join(f"{n} – {s}" for n, s in zip(listed["no"], listed["short"], strict=True)) + "."


def tie_data(ties: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Columns of the ties that go with the figure; with the labels of both ends where some of these are numbers."""
    out = ties[["tie_id", "source", "target", "kind", "form", "since_year", "until_year", "what_pl"]]
    if (nodes["label"] == nodes["short"]).all():
        return out
    ends = {f"{end}_label": out[end].map(nodes["label"]) for end in ("source", "target")}
    return out.assign(**ends)


def community_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of communities."""
    return [
        Column("community", words["community"], "right", "integer", width=0.14),
        Column("size", words["size"], "right", "integer", width=0.12),
        Column("members", words["members"], width=0.74),
    ]


def null_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of null models."""
    numbers = [Column(c, words[c], "right", "number", 2) for c in ("observed", "mean", "low", "high")]
    return [Column("name", words["statistic"], width=0.4), *numbers, Column("p", words["p"], "right", "number", 3)]


def matching_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of suggestions."""
    return [
        Column("rank", words["rank"], "right", "integer", width=0.07),
        Column("pair", words["pair"], width=0.36),
        Column("reasons", words["reasons"], width=0.47),
        Column("score", words["score"], "right", "number", 2, width=0.1),
    ]


def measure_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of positions in the cluster graph."""
    numbers = [("degree", "integer", 0), ("strength", "number", 1), ("betweenness", "number", 3),
               ("effective_size", "number", 1), ("constraint", "number", 2), ("core", "integer", 0),
               ("gatekeeper", "integer", 0), ("liaison", "integer", 0)]  # fmt: skip
    named = [Column("name", words["cluster"], width=0.34)]
    return named + [Column(n, words[n], align="right", format=f, decimals=d) for n, f, d in numbers]
