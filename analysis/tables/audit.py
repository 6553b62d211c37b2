"""Printed tables and facts of the website audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from analysis.facts import FactSet
from analysis.language import named, text
from analysis.workspace import Column

FOLDER = "45_website_audit"


class _Criterion(Protocol):
    """What the tables need of a criterion (`analysis.accessibility.Criterion`)."""

    @property
    def no(self) -> int: ...
    @property
    def wcag(self) -> tuple[str, ...]: ...
    @property
    def level(self) -> tuple[str, ...]: ...
    @property
    def name_pl(self) -> str: ...
    @property
    def checked_pl(self) -> str: ...
    @property
    def automatic_pl(self) -> str: ...
    @property
    def person_pl(self) -> str: ...


class _Recommendation(Protocol):
    """What the tables need of a recommendation."""

    @property
    def number(self) -> int: ...
    @property
    def priority(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def criteria(self) -> tuple[str, ...]: ...


def criteria_table(criteria: Mapping[str, _Criterion]) -> pd.DataFrame:
    """One row for each criterion: item, no, name, wcag (numbers with level), automatic, person."""
    rows = [
        {
            "item": item,
            "no": c.no,
            "name": f"{c.no}. {getattr(c, named('name'))}",
            "wcag": ", ".join(f"{n} ({level})" for n, level in zip(c.wcag, c.level, strict=True)),
            "checked": getattr(c, named("checked")),
            "automatic": getattr(c, named("automatic")),
            "person": getattr(c, named("person")),
        }
        for item, c in criteria.items()
    ]
    return pd.DataFrame(rows)


def criteria_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of `criteria_table`."""
    widths = {"name": 0.2, "wcag": 0.12, "automatic": 0.36, "person": 0.32}
    return [Column(name, words[name], width=width) for name, width in widths.items()]


def recommendation_table(
    recommendations: Sequence[_Recommendation], criteria: Mapping[str, _Criterion], counts: pd.DataFrame
) -> pd.DataFrame:
    """One row for each recommendation: no, priority, title, action, effect, criteria, and how many sites need it.

    Parameters
    ----------
    counts
        Columns item, value (sites that meet the criterion), n (sites with a verdict).
    """
    failing = (counts["n"] - counts["value"]).set_axis(counts["item"])
    rows = [
        {
            "no": r.number,
            "priority": str(r.priority),
            "title": text(r.title),
            "action": text(r.action),
            "effect": text(r.effect),
            "criteria": ", ".join(str(criteria[item].no) for item in r.criteria) or "–",
            "needed": ", ".join(str(int(failing[item])) for item in r.criteria) or "–",
        }
        for r in recommendations
    ]
    return pd.DataFrame(rows)


def recommendation_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of `recommendation_table`."""
    widths = {"priority": 0.08, "title": 0.2, "action": 0.36, "effect": 0.2, "criteria": 0.08, "needed": 0.08}
    return [
        Column(name, words[name], width=width, align="left" if width > 0.1 else "right")
        for name, width in widths.items()
    ]


def add_audit_facts(
    facts: FactSet,
    counts: pd.DataFrame,
    distribution: pd.DataFrame,
    bands: pd.DataFrame,
    bounds: Mapping[str, tuple[int, int]],
    criteria: Mapping[str, _Criterion],
    fail_both: int,
) -> None:
    """Facts `audit.…`: sites by criterion, order of criteria, criteria by site, bands with their bounds.

    Parameters
    ----------
    counts, distribution, bands
        `pass_counts`, `criteria_met` and `bands` of `analysis.accessibility`.
    bounds
        Fewest and most sites, by group of `bands`: of the first and the last band.
    fail_both
        Sites that fail both forms and keyboard.
    """
    place: dict[str, Any] = {"table": f"{FOLDER}/criteria.csv"}
    sites: dict[str, Any] = {"unit": "count"}
    for row in counts.to_dict("records"):
        item, inputs = str(row["item"]), (str(row["item"]),)
        key: dict[str, Any] = {"key": item, "inputs": inputs, "n": int(row["n"])} | place
        facts.add(f"audit.{item}.met", row["value"], column="value", **sites, **key)
        facts.add(f"audit.{item}.not_met", row["n"] - row["value"], column="value", **sites, **key)
        facts.add(f"audit.{item}.share", row["share"], unit="percent", column="share", **key)
        facts.add(f"audit.{item}.name", criteria[item].name_pl, unit="text", column="item", **key)
    ordered = counts.sort_values("value", ascending=False, kind="stable")
    for rank, row in enumerate(ordered.to_dict("records"), start=1):
        name = criteria[str(row["item"])].name_pl
        facts.add(f"audit.rank.{rank}.name", name, unit="text", key=str(row["item"]), column="item", **place)
        facts.add(f"audit.rank.{rank}.met", row["value"], key=str(row["item"]), column="value", **sites, **place)
    n = int(counts["n"].max())
    facts.add("audit.sites", n, key="all rows", column="n", **sites, **place)
    facts.add("audit.criteria", len(counts), key="all rows", column="item", **place)
    mean = counts["share"].sum() / 100
    facts.add("audit.mean", mean, unit="coefficient", decimals=1, key="all rows", column="share", **place)
    half = int((counts["share"] < 50).sum())
    facts.add("audit.below_half", half, key="all rows", column="share", **place)
    facts.add("audit.fail_both", fail_both, key="form_labels, keyboard", table="10_validated/websites.csv",
              column="form_labels", inputs=("form_labels", "keyboard"), **sites)  # fmt: skip
    spread: dict[str, Any] = {"table": f"{FOLDER}/distribution.csv", "column": "sites"} | sites
    scores = distribution[distribution["sites"] > 0]["met"]
    for name, value in (("min", scores.min()), ("max", scores.max())):
        facts.add(f"audit.score.{name}", value, key=str(value), table=spread["table"], column="met")
    for row in bands.to_dict("records"):
        group = str(row["group"])
        where: dict[str, Any] = {"table": f"{FOLDER}/bands.csv", "key": group}
        for column in ("low", "high", "sites"):
            facts.add(f"audit.band.{group}.{column}", row[column], column=column, **sites, **where)
        facts.add(f"audit.band.{group}.share", row["share"], unit="percent", column="share", **where)
        if group in bounds:
            least, most = bounds[group]
            facts.add(f"audit.band.{group}.least", least, column="least", **sites, **where)
            facts.add(f"audit.band.{group}.most", most, column="most", **sites, **where)
