"""Numbers of the disclosure analysis that the report may print. They count; they describe no respondent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.config import Disclosure
from analysis.facts import FactSet
from analysis.tables.facts import slug

SUMMARY = "40_analyses/disclosure_summary.csv"
EFFECT = "40_analyses/disclosure_effect.csv"
SIGNS = "40_analyses/disclosure_signs.csv"
LINKED = "40_analyses/disclosure_linked.csv"
EXPOSURE = "40_analyses/disclosure_exposure.csv"
PROTECTED = "40_analyses/disclosure_protected.csv"
LISTS = "40_analyses/disclosure_lists.csv"
FURTHER = ("status=", "strategy_any=")
PLAN = "36_protection/plan.csv"


def add_disclosure_facts(
    facts: FactSet, summary: pd.DataFrame, effect: pd.DataFrame, signs: pd.DataFrame, settings: Disclosure
) -> None:
    """Add counts and shares of disclosed scores, by level and by group, as `disclosure.…`."""

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.add(f"disclosure.{name}", value, table=table, key=key, column=column, **more)

    percent = {"unit": "percent", "decimals": 0}
    for row in summary.to_dict("records"):
        part = str(row["part"])
        if part.startswith(FURTHER):  # their groups are groups of other dimensions, or joined ones
            continue
        name = f"group.{slug(part.split('=', 1)[1])}" if "=" in part else part
        for column in ("scores", "narrow", "open", "undecided", "single"):
            add(f"{name}.{column}", int(row[column]), SUMMARY, part, column)
        for column in ("narrow_share", "single_share"):
            add(f"{name}.{column}", float(row[column]), SUMMARY, part, column, **percent)
    for row in effect.to_dict("records"):
        left_out = str(row["left_out"])
        add(f"without.{left_out}", float(row["narrow_share"]), EFFECT, left_out, "narrow_share", **percent)
    for row in signs.to_dict("records"):
        place = str(row.get("table") or SIGNS)
        add(str(row["sign"]), int(row["value"]), place, str(row["sign"]), "value")
    method = "config/method/default.yaml"
    add("threshold", settings.threshold, method, "disclosure", "threshold", unit="score", decimals=2)
    add("small_limit", settings.small_group, method, "disclosure", "small_group")


def add_protection_facts(
    facts: FactSet, linked: pd.DataFrame, lists: pd.DataFrame, protected: pd.DataFrame, plan: pd.DataFrame
) -> None:
    """Add what the columns tell together, which groups are lists of scores, and what a rule leaves disclosed.

    Parameters
    ----------
    linked
        From `analysis.disclosure.links.linked_summary`.
    lists
        From `analysis.disclosure.exposure.revealed_lists`.
    protected
        The summary after protection; empty without a rule.
    plan
        What is withheld; empty without a rule.
    """
    percent: dict[str, Any] = {"unit": "percent", "decimals": 0}
    for row in linked.to_dict("records"):
        head, part = f"disclosure.together.{row['part']}", str(row["part"])
        facts.add(head, int(row["linked"]), table=LINKED, key=part, column="linked")
        share = 100 * float(row["linked"]) / float(row["scores"])
        facts.add(f"{head}.share", share, table=LINKED, key=part, column="linked / scores", **percent)
    for row in lists.to_dict("records"):
        key = f"{row['dimension']}/{row['group']}"
        if row["dimension"] == "all" or not row["revealed"]:
            continue
        head = f"disclosure.list.{row['dimension']}.{slug(str(row['group']))}"
        facts.add(head, int(row["revealed"]), table=LISTS, key=key, column="revealed", n=int(row["n"]))
        facts.add(f"{head}.of", int(row["elements"]), table=LISTS, key=key, column="elements", n=int(row["n"]))
    for row in protected.to_dict("records"):
        part = str(row["part"])
        if "=" in part:
            continue
        for column in ("narrow", "single", "undecided"):
            facts.add(f"disclosure.after.{part}.{column}", int(row[column]), table=PROTECTED, key=part, column=column)
        for column in ("narrow_share", "single_share"):
            value = float(row[column])
            facts.add(f"disclosure.after.{part}.{column}", value, table=PROTECTED, key=part, column=column, **percent)
    if len(protected):
        facts.add("disclosure.withheld", len(plan), table=PLAN, key="all rows", column="measure")
