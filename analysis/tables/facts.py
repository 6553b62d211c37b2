"""Facts from the rows of a table: one call instead of one line per number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.config import Method
from analysis.errors import FactError
from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.tables.indicators import CATEGORICAL


def slug(text: str) -> str:
    """Turn a group code into a part of a fact id.

    Examples
    --------
    >>> slug("150+"), slug("before 2010"), slug("not KKK")
    ('150plus', 'before_2010', 'not_kkk')
    """
    return re.sub(r"[^0-9a-z]+", "_", text.lower().replace("+", "plus")).strip("_")


def add_row_facts(
    facts: FactSet,
    table: pd.DataFrame,
    prefix: str,
    *,
    path: str,
    columns: Mapping[str, Mapping[str, Any]],
    key: str = "group",
    inputs: str | tuple[str, ...] = (),
    empty: bool = True,
) -> None:
    """Add one fact for each row and listed column, as `prefix.<key of the row>.<name>`.

    Parameters
    ----------
    table
        Column `key` identifies the rows; missing values give no fact.
    path
        Where the table is written, below the build folder.
    columns
        Column → `unit`, `decimals`, and `name` (last part of the id; '' for none, default the column's own name).
        A `unit` or `decimals` that names a column of the table is read from there, row by row.
    inputs
        Raw columns behind the facts, or the column of the table that names them.
    empty
        Whether an empty text is a fact.

    Raises
    ------
    FactError
        A column is missing, or two rows have the same key.
    """
    absent = [c for c in [key, *columns] if c not in table.columns]
    if absent:
        raise FactError(f"{facts.notebook}: {path} has no column {', '.join(absent)}")
    if not table[key].is_unique:
        twice = table.loc[table[key].duplicated(), key]
        raise FactError(f"{facts.notebook}: {path} has more than one row for {twice.iloc[0]!r}")
    for values in table.to_numpy():
        row = dict(zip(table.columns, values, strict=True))
        own = slug(str(row[key])) if key == "group" else str(row[key])
        n = row.get("n")
        behind = tuple(str(row[inputs]).split(";")) if isinstance(inputs, str) else inputs
        for column, how in columns.items():
            value = row[column]
            if pd.isna(value) or (not empty and isinstance(value, str) and not value):
                continue
            name = str(how.get("name", column))
            unit, decimals = how.get("unit", "count"), how.get("decimals", 0)
            facts.add(
                ".".join(part for part in (prefix, own, name) if part),
                value,
                unit=str(row.get(unit, unit)),
                decimals=int(row.get(decimals, decimals)),
                table=path,
                key=str(row[key]),
                column=column,
                inputs=behind,
                n=None if pd.isna(n) or n is None else int(n),
            )


def collect_counts(parts: Mapping[str, pd.DataFrame], units: Mapping[str, str]) -> pd.DataFrame:
    """Stack tables of counts under one another, each row with the id of its fact.

    Parameters
    ----------
    parts
        Topic → table with `group`, `value` and optionally `label`, `share`, `n`, `unit`, `decimals`, `inputs`.
    units
        Topic → unit of `value`, where the table does not say.

    Returns
    -------
    DataFrame
        Columns id, topic, group, label, value, share, n, unit, decimals, inputs.
    """
    stacked = []
    for topic, part in parts.items():
        table = part.reindex(columns=["group", "label", "value", "share", "n", "unit", "decimals", "inputs"])
        if "unit" not in part.columns:
            table["unit"] = units[topic]
        table["decimals"] = table["decimals"].fillna(0).astype(int)
        table["inputs"] = table["inputs"].fillna("")
        keys = [group if "." in str(group) else slug(str(group)) for group in table["group"]]
        table.insert(0, "topic", topic)
        table.insert(0, "id", [f"{topic}.{key}" if topic != "numbers" else key for key in keys])
        stacked.append(table)
    return pd.concat(stacked, ignore_index=True)


def add_design_facts(facts: FactSet, info: Mapping[str, Any], *, edition: int) -> None:
    """Add what `edition.yaml` says: number, year, period and fieldwork of the edition, and its section `design`."""
    path = f"data/editions/{edition}/edition.yaml"
    years = {"year": info["edition"], "fieldwork": int(str(info["fieldwork"])[:4])}
    facts.add("edition.number", info["number"], table=path, key="number", column="value")
    for key, year in years.items():
        key_of = "edition" if key == "year" else key
        facts.add(f"edition.{key}", year, unit="year", table=path, key=key_of, column="value")
    period = str(info["period"]).replace("-", "–")
    facts.add("edition.period", period, unit="text", table=path, key="period", column="value")
    for key, entry in info["design"].items():
        text = str(entry["value"])
        facts.add(
            f"design.{key}",
            entry["value"],
            unit=entry["unit"],
            decimals=len(text.partition(".")[2]),
            table=path,
            key=f"design.{key}",
            column="value",
        )


def add_previous_facts(
    facts: FactSet, statistics: pd.DataFrame, picks: Mapping[str, tuple[str, str, str, int]], *, table: str
) -> None:
    """Add published statistics of the previous edition.

    Parameters
    ----------
    statistics
        `published/statistics.csv` of that edition: claim_id, metric, statistic, value, …
    picks
        Fact id below `previous.` → metric, statistic, unit, decimals.
    table
        Path of the statistics in the project.

    Raises
    ------
    FactError
        A statistic is not published, or more than once with different values.
    """
    for name, (metric, statistic, unit, decimals) in picks.items():
        rows = statistics[(statistics["metric"] == metric) & (statistics["statistic"] == statistic)]
        if rows["value"].nunique() != 1:
            raise FactError(
                f"{facts.notebook}: `{metric}` {statistic} has {rows['value'].nunique()} published values, not one"
            )
        facts.add(
            f"previous.{name}",
            float(rows["value"].iloc[0]),
            unit=unit,
            decimals=decimals,
            table=table,
            key=str(rows["claim_id"].iloc[0]),
            column="value",
        )


def add_score_facts(facts: FactSet, cross: pd.DataFrame, *, path: str) -> None:
    """Add every number of the cross-sections as `score.<code>.<group>.<measure>`, group sizes as `group.<group>.n`."""
    for row in cross.to_dict("records"):
        if pd.isna(row["value"]):
            continue
        facts.add(
            f"score.{row['code']}.{slug(str(row['group']))}.{row['measure']}",
            row["value"],
            unit="score",
            decimals=2,
            table=path,
            key=f"{row['dimension']}/{row['group']}/{row['code']}/{row['measure']}",
            column="value",
            n=int(row["n"]),
        )
    for row in cross.drop_duplicates(["dimension", "group"]).to_dict("records"):
        facts.add(
            f"group.{slug(str(row['group']))}.n",
            int(row["n"]),
            unit="clusters",
            table=path,
            key=f"{row['dimension']}/{row['group']}",
            column="n",
        )


def add_statistics_facts(facts: FactSet, statistics: pd.DataFrame, indicators: pd.DataFrame, *, path: str) -> None:
    """Add the statistics of every indicator as `indicator.<code>.<statistic>`.

    Parameters
    ----------
    statistics
        From `analysis.profiles.statistics.indicator_statistics`.
    indicators
        Framework: index the codes, columns unit, decimals, items.
    """
    described = statistics.merge(indicators[["unit", "decimals", "items"]], left_on="code", right_index=True)
    amounts = ("mean", "median", "benchmark", "min", "q1", "q3", "total")
    counts = ("n", "missing", "zeros", "positive")
    add_row_facts(
        facts,
        described,
        "indicator",
        path=path,
        key="code",
        inputs="items",
        columns={m: {"unit": "unit", "decimals": "decimals"} for m in amounts}
        | {c: {"unit": "clusters", "decimals": 0} for c in counts},
    )


def add_share_facts(facts: FactSet, shares: pd.DataFrame, *, path: str) -> None:
    """Add shares of answers as `option.<item>[.<option>].share` and `.count`; ticked options have no `<option>`."""
    table = shares.assign(
        id=[
            i if o == "ticked" else f"{i}.{slug(str(o))}" for i, o in zip(shares["item"], shares["option"], strict=True)
        ]
    )
    columns = {
        "share": {"unit": "percent", "decimals": 0},
        "k": {"unit": "clusters", "decimals": 0, "name": "count"},
    }
    add_row_facts(facts, table, "option", path=path, key="id", inputs="item", columns=columns)


def gap_facts(
    facts: FactSet, cross: pd.DataFrame, groups: tuple[str, str], names: Mapping[str, str], *, prefix: str, path: str
) -> pd.DataFrame:
    """Compare the medians of two groups area by area; name the areas with the largest and the smallest difference.

    Parameters
    ----------
    groups
        The group that is expected to lead, and the other.
    names
        Area code → printed name.

    Returns
    -------
    DataFrame
        Columns code, name, first, second, gap, ordered by gap, largest first. The facts are `<prefix>.largest` and
        `<prefix>.smallest` (name, with `.gap` the difference) and `<prefix>.all_ahead` (areas in which the first group
        has the higher median).
    """
    medians = cross[cross["measure"] == "median"].pivot(index="code", columns="group", values="value")
    table = medians.loc[list(names), list(groups)].set_axis(["first", "second"], axis=1).reset_index()
    table.insert(1, "name", [names[c] for c in table["code"]])
    table["gap"] = table["first"] - table["second"]
    table = table.sort_values("gap", ascending=False, ignore_index=True)
    for end, row in (("largest", table.iloc[0]), ("smallest", table.iloc[-1])):
        key = f"{row['code']}/median/{groups[0]}-{groups[1]}"
        facts.add(f"{prefix}.{end}", str(row["name"]), unit="text", table=path, key=key, column="value")
        facts.add(
            f"{prefix}.{end}.gap", float(row["gap"]), unit="score", decimals=2, table=path, key=key, column="value"
        )
    facts.add(
        f"{prefix}.ahead",
        int((table["gap"] > 0).sum()),
        unit="count",
        table=path,
        key=f"medians/{groups}",
        column="value",
    )
    return table


def rank_facts(
    facts: FactSet, cross: pd.DataFrame, names: Mapping[str, str], *, prefix: str, path: str
) -> pd.DataFrame:
    """Order the areas by their median over all respondents: facts `<prefix>.<place>` (name) and `….median`.

    Returns
    -------
    DataFrame
        Columns code, name, median, highest first.
    """
    rows = cross[(cross["dimension"] == "all") & (cross["measure"] == "median") & cross["code"].isin(list(names))]
    table = pd.DataFrame({"code": rows["code"], "name": rows["code"].map(names), "median": rows["value"]})
    table = table.sort_values("median", ascending=False, kind="stable", ignore_index=True)
    for place, row in enumerate(table.to_dict("records"), start=1):
        key = f"all/all/{row['code']}/median"
        facts.add(f"{prefix}.{place}", str(row["name"]), unit="text", table=path, key=key, column="value")
        facts.add(
            f"{prefix}.{place}.median", row["median"], unit="score", decimals=2, table=path, key=key, column="value"
        )
    return table


def add_framework_facts(facts: FactSet, framework: Framework) -> None:
    """Add the numbers of areas, sub-areas and indicators, and of indicators by kind, as `framework.<what>`."""
    place = "data/framework/indicators.csv"
    facts.add("framework.areas", len(framework.areas), table="data/framework/areas.csv", key="area", column="level")
    facts.add(
        "framework.subareas", len(framework.subareas), table="data/framework/areas.csv", key="subarea", column="level"
    )
    facts.add("framework.indicators", len(framework.indicators), unit="indicators", table=place, key="*", column="code")
    categories = int(framework.indicators["rule"].isin(CATEGORICAL).sum())
    key = ", ".join(CATEGORICAL)
    facts.add("framework.indicators.categorical", categories, unit="indicators", table=place, key=key, column="rule")
    for subarea, count in framework.indicators["subarea"].value_counts().sort_index().items():
        facts.add(
            f"framework.indicators.{subarea}",
            int(count),
            unit="indicators",
            table=place,
            key=str(subarea),
            column="subarea",
        )
    for instrument, count in framework.indicators["instrument"].value_counts().sort_index().items():
        facts.add(
            f"framework.indicators.{instrument}",
            int(count),
            unit="indicators",
            table=place,
            key=str(instrument),
            column="instrument",
        )


def add_method_facts(facts: FactSet, method: Method) -> None:
    """Add what chapters say of the method: `method.cap_k`, and the choices on which sentences depend as text."""
    place = f"config/method/{method.name}.yaml"
    facts.add(
        "method.cap_k", method.treatment.k, unit="coefficient", decimals=1, table=place, key="treatment", column="k"
    )
    facts.add("method.treatment", method.treatment.rule, unit="text", table=place, key="treatment", column="rule")
    facts.add("method.missing", method.imputation.rule, unit="text", table=place, key="imputation", column="rule")
    facts.add(
        "method.area_from",
        method.aggregation.area_from,
        unit="text",
        table=place,
        key="aggregation",
        column="area_from",
    )


def add_group_labels(facts: FactSet, cross: pd.DataFrame, framework: Framework, *, path: str) -> None:
    """Add the printed name of every group as `group.<group>.label`, and the smallest group as `group.smallest.…`."""
    listed = framework.cross_sections[["dimension", "group", "label_pl"]].astype(str).to_dict("records")
    names = {(row["dimension"], row["group"]): row["label_pl"] for row in listed}
    for (dimension, group), label in names.items():
        facts.add(
            f"group.{slug(group)}.label",
            label,
            unit="text",
            table="data/framework/cross_sections.csv",
            key=f"{dimension}/{group}",
            column="label_pl",
        )
    smallest = cross.drop_duplicates(["dimension", "group"]).sort_values("n", kind="stable").to_dict("records")[0]
    key = f"{smallest['dimension']}/{smallest['group']}"
    label = names[(str(smallest["dimension"]), str(smallest["group"]))]
    facts.add("group.smallest.label", label, unit="text", table=path, key=key, column="group")
    facts.add("group.smallest.n", int(smallest["n"]), unit="clusters", table=path, key=key, column="n")


def add_label_facts(facts: FactSet, words: Mapping[str, str], *, prefix: str, path: str) -> None:
    """Add words of the labels file as text facts, `<prefix>.<key>`."""
    for key, word in words.items():
        facts.add(f"{prefix}.{slug(key)}", word, unit="text", table=path, key=key, column=prefix)


def add_change_facts(facts: FactSet, names: Sequence[str]) -> None:
    """Add the relative change of a fact since the previous edition, in percent, as `<name>.change`.

    Both `<name>` and `previous.<name>` must be among the facts.
    """
    for name in names:
        now, before = facts[name], facts[f"previous.{name}"]
        facts.add(
            f"{name}.change",
            100 * (float(now.value) / float(before.value) - 1),
            unit="percent",
            decimals=1,
            table=now.table,
            key=f"{now.key} / {before.table} {before.key}",
            column=now.column,
            inputs=now.inputs,
        )
