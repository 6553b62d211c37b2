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


def add_disclosure_facts(
    facts: FactSet, summary: pd.DataFrame, effect: pd.DataFrame, signs: pd.DataFrame, settings: Disclosure
) -> None:
    """Add counts and shares of disclosed scores, by level and by group, as `disclosure.…`."""

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.add(f"disclosure.{name}", value, table=table, key=key, column=column, **more)

    percent = {"unit": "percent", "decimals": 0}
    for row in summary.to_dict("records"):
        part = str(row["part"])
        name = f"group.{slug(part.split('=', 1)[1])}" if "=" in part else part
        for column in ("scores", "narrow", "open", "undecided", "single"):
            add(f"{name}.{column}", int(row[column]), SUMMARY, part, column)
        for column in ("narrow_share", "single_share"):
            add(f"{name}.{column}", float(row[column]), SUMMARY, part, column, **percent)
    for row in effect.to_dict("records"):
        left_out = str(row["left_out"])
        add(f"without.{left_out}", float(row["narrow_share"]), EFFECT, left_out, "narrow_share", **percent)
    for row in signs.to_dict("records"):
        add(str(row["sign"]), int(row["value"]), SIGNS, str(row["sign"]), "value")
    method = "config/method/default.yaml"
    add("threshold", settings.threshold, method, "disclosure", "threshold", unit="score", decimals=2)
    add("small_limit", settings.small_group, method, "disclosure", "small_group")
