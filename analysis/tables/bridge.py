"""The bridge between editions in print: rows of the waterfall, its table, its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.facts import FactSet
from analysis.language import text
from analysis.tables.exhibits import Labels
from analysis.workspace import Column

CONTRIBUTIONS = "47_edition_bridge/contributions.csv"
UNITS = "47_edition_bridge/units.csv"
INGREDIENTS = "47_edition_bridge/ingredients.csv"


def waterfall_rows(
    contributions: pd.DataFrame, ranges: pd.DataFrame, code: str, words: Mapping[str, str], factors: Sequence[str]
) -> pd.DataFrame:
    """Rows of `analysis.charts.waterfall` for one element.

    Parameters
    ----------
    contributions, ranges
        Tables of `analysis.bridge.Bridge`.
    words
        Names of `before`, `after` and the factors.

    Returns
    -------
    DataFrame
        Columns label, value, kind, low, high, factor.
    """
    spread = ranges[ranges["code"] == code].set_index("factor").to_dict("index")
    own = contributions.loc[[code]].to_dict("records")[0]
    rows = [(words["before"], own["before"], "level", float("nan"), float("nan"), "before")]
    rows += [(words[f], own[f], "step", spread[f]["lowest"], spread[f]["highest"], f) for f in factors]
    rows.append((words["after"], own["after"], "level", float("nan"), float("nan"), "after"))
    table = pd.DataFrame(rows, columns=["label", "value", "kind", "low", "high", "factor"])
    return table.astype({"value": float, "low": float, "high": float})


def bridge_table(
    contributions: pd.DataFrame, factors: Sequence[str], number: Callable[[float, int], str], decimals: int = 3
) -> pd.DataFrame:
    """One row for each element: before, the parts, after; printed with signs, so that the parts can be summed.

    Returns
    -------
    DataFrame
        Columns code, name, before, then the factors, after (numbers), `<column>_text`, emphasis (1 for aggregates).
    """
    columns = ["before", *factors, "after"]
    table = contributions.reset_index()[["code", "name", "level", *columns]].copy()
    table["name"] = table["name"].map(text)
    for column in columns:
        signed = column in factors
        table[f"{column}_text"] = [
            ("+" if signed and round(v, decimals) > 0 else "") + number(v, decimals) for v in table[column]
        ]
    table["emphasis"] = (table["level"] > 1).astype(int)
    return table


def bridge_columns(words: Mapping[str, str], factors: Sequence[str], labels: Labels) -> list[Column]:
    """Columns of the table of a bridge."""
    columns = ["before", *factors, "after"]
    width = 0.76 / len(columns)
    return [
        Column("name", labels["columns"]["measure"], width=0.24),
        *(Column(f"{c}_text", words[f"{c}_short"], align="right", format="mixed", width=width) for c in columns),
    ]


def ingredients(
    statistics: pd.DataFrame, codes: Sequence[str], needed: Mapping[str, Sequence[str]], comparable: Mapping[str, bool]
) -> pd.DataFrame:
    """What of an edition known by aggregates only is there for a bridge, indicator by indicator.

    Parameters
    ----------
    statistics
        Published statistics: metric, statistic, group.
    needed
        Ingredient → statistics any of which gives it.
    comparable
        Indicator → whether it may be compared at all; missing where nothing is published.

    Returns
    -------
    DataFrame
        Columns code, published (any statistic), comparable, then one for each ingredient; 0 or 1.
    """
    whole = statistics[statistics["group"] == "all"]
    known = whole.groupby("metric")["statistic"].agg(set).to_dict()
    rows = []
    for code in codes:
        own = known.get(code, set())
        row = {"code": code, "published": int(bool(own)), "comparable": int(comparable.get(code, False))}
        rows.append(row | {name: int(bool(own & set(any_of))) for name, any_of in needed.items()})
    return pd.DataFrame(rows)


def add_bridge_facts(facts: FactSet, contributions: pd.DataFrame, units: pd.DataFrame, factors: Sequence[str]) -> None:
    """Add every part as `bridge.<code>.<factor>`, with before, after, change and the plain readings; unit counts."""
    for code, row in contributions.to_dict("index").items():
        for column in ("before", "after", "change", *factors, "same_first", "same_second"):
            facts.add(
                f"bridge.{code}.{column}", float(row[column]), unit="score", decimals=3, table=CONTRIBUTIONS,
                key=str(code), column=column,
            )  # fmt: skip
        facts.add(
            f"bridge.{code}.name", str(row["name"]), unit="text", table=CONTRIBUTIONS, key=str(code), column="name"
        )
    for group, count in units["n"].items():
        facts.add(f"bridge.units.{group}", int(count), table=UNITS, key=str(group), column="n")


def add_ingredient_facts(facts: FactSet, table: pd.DataFrame) -> None:
    """Add the number of indicators that have each ingredient, as `bridge.known.<ingredient>`."""
    for column in table.columns.drop("code"):
        facts.add(
            f"bridge.known.{column}", int(table[column].sum()), unit="indicators", table=INGREDIENTS, key="sum",
            column=str(column),
        )  # fmt: skip
    facts.add("bridge.known.indicators", len(table), unit="indicators", table=INGREDIENTS, key="rows", column="code")
