"""Numbers of the disclosure analysis that the report may print. They count; they describe no respondent."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.config import Disclosure
from analysis.disclosure.decide import NARROW, OPEN, UNDECIDED

SUMMARY = "40_analyses/disclosure_summary.csv"
EFFECT = "40_analyses/disclosure_effect.csv"
SIGNS = "40_analyses/disclosure_signs.csv"


def slug(text: str) -> str:
    """Part of a fact id: lower case, `+` as `plus`, everything else that is no letter or digit as `_`."""
    return re.sub(r"[^0-9a-z]+", "_", text.lower().replace("+", "plus")).strip("_")


def signs_table(
    small: pd.DataFrame, rest: pd.DataFrame, cells: pd.DataFrame, points: dict[str, int], respondents: int
) -> pd.DataFrame:
    """Return the simple warning signs as one table: sign, value.

    Parameters
    ----------
    small, rest, cells
        As `groups.small_groups`, `groups.remainders` and `groups.crossings` return them.
    points
        Quantity on the known axis of a scatter plot → respondents whose point can be told apart.
    respondents
        Number of respondents.
    """
    by_name = cells.set_index("dimensions")["alone"]
    rows = {
        "respondents": respondents,
        "small_groups": len(small),
        "remainders": len(rest),
        "alone.all_groups": int(by_name.iloc[-1]),
        "alone.sector_size": int(by_name["sector x size"]),
        **{f"points.{name}": value for name, value in points.items()},
    }
    return pd.DataFrame({"sign": list(rows), "value": list(rows.values())})


def summary_facts(
    summary: pd.DataFrame, effect: pd.DataFrame, signs: pd.DataFrame, settings: Disclosure
) -> list[dict[str, Any]]:
    """Return the facts, each the arguments of `FactSet.add`."""
    facts: list[dict[str, Any]] = []

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.append(
            {"fact_id": f"disclosure.{name}", "value": value, "table": table, "key": key, "column": column} | more
        )

    percent = {"unit": "percent", "decimals": 0}
    for row in summary.to_dict("records"):
        part = str(row["part"])
        name = f"group.{slug(part.split('=', 1)[1])}" if "=" in part else part
        for column in ("scores", NARROW, OPEN, UNDECIDED, "single"):
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
    return facts
