"""Printed tables of what the report knows besides the survey: regional lists, their numbers, criteria, conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.language import decimal_mark, text
from analysis.tables.exhibits import ExhibitDesk, Labels
from analysis.workspace import Column


def _number(value: float, unit: str, words: Mapping[str, str]) -> str:
    digits = f"{value:.1f}".removesuffix(".0").replace(".", decimal_mark())
    return f"{digits}%" if unit == "percent" else f"{digits}{words.get(unit, '')}"


def listing_table(listing: pd.DataFrame, labels: Labels) -> tuple[pd.DataFrame, list[Column]]:
    """The regional lists with words for codes; `year` is text, so that an unknown one stays empty."""
    words = labels["knowledge"]
    table = pd.DataFrame(
        {
            "no": listing["no"],
            "name": listing["name"],
            "voivodeship": [text(name) for name in listing["voivodeship"]],
            "initiator": [
                words[f"initiator_{code}"] + (f", {year}" if pd.notna(year) else "")
                for code, year in zip(listing["initiator"], listing["year"], strict=True)
            ],
            "activity": [words[f"activity_{code}"] for code in listing["activity"]],
            "in_study": [words["yes"] if name else "–" for name in listing["registry_name"]],
        }
    )
    columns = [
        Column("no", labels["columns"]["position"], align="right", format="integer", width=0.06),
        Column("name", labels["columns"]["name"], width=0.36),
        Column("voivodeship", words["voivodeship"], width=0.14),
        Column("initiator", words["initiator"], width=0.2),
        Column("activity", words["activity"], width=0.14),
        Column("in_study", words["in_study"], width=0.1),
    ]
    return table, columns


def comparison_table(found: pd.DataFrame, labels: Labels) -> tuple[pd.DataFrame, list[Column]]:
    """Numbers side by side: what a list says, what it is compared with, and whether they can both hold."""
    words = labels["knowledge"]
    units: dict[str, str] = {}
    rows = []
    for row in found.to_dict("records"):
        stated = _number(float(row["stated"]), row["unit"], units)
        other = _number(float(row["other"]), row["unit"], units)
        dated = row["kind"] == "dated"
        rows.append(
            {
                "subject": row["subject"],
                "name": text(row["name"]),
                "stated": f"{stated} ({text(row['as_of'])})",
                "other": f"{words['compare_' + row['kind']]}: {other}"
                + (f" ({text(row['other_as_of'])})" if dated else ""),
                "verdict": words[f"verdict_{row['verdict']}"],
            }
        )
    columns = [
        Column("subject", words["subject"], width=0.22),
        Column("name", words["quantity"], width=0.24),
        Column("stated", words["stated"], format="mixed", width=0.18),
        Column("other", words["compared"], format="mixed", width=0.24),
        Column("verdict", words["verdict"], width=0.12),
    ]
    return pd.DataFrame(rows, columns=[c.name for c in columns]), columns


def criteria_table(criteria: pd.DataFrame, labels: Labels) -> tuple[pd.DataFrame, list[Column]]:
    """Criteria of the KKK contest with the survey's measure."""
    words = labels["knowledge"]
    measure = [
        f"{code} {name}" if code else words["not_measured"]
        for code, name in zip(criteria["indicator"], criteria["indicator_name"], strict=True)
    ]
    table = criteria.assign(measure=measure, note=criteria["note"].map(text))[
        ["no", "criterion", "area", "measure", "note"]
    ]
    columns = [
        Column("no", labels["columns"]["position"], align="right", format="integer", width=0.06),
        Column("criterion", words["criterion"], width=0.24),
        Column("area", words["contest_area"], width=0.18),
        Column("measure", words["measure"], format="mixed", width=0.22),
        Column("note", words["remark"], width=0.3),
    ]
    return table, columns


def conditions_table(
    conditions: Sequence[tuple[str, str, str]], tested: pd.DataFrame, labels: Labels
) -> tuple[pd.DataFrame, list[Column]]:
    """Conditions of the study with the result of their test; `conditions`: name, what is checked, why it is not."""
    words = labels["knowledge"]
    rows = []
    for (name, checked, reason), row in zip(conditions, tested.to_dict("records"), strict=True):
        result = text(reason)
        if pd.notna(row["n"]):
            result = f"{row['n']} {words['of']} {row['of']}"
            result += f"; {words['least']}: {row['least']}" if pd.notna(row["least"]) else ""
            result += f"; {words['missing']}: {', '.join(map(text, row['names'].split(', ')))}" if row["names"] else ""
        rows.append({"name": name, "checked": text(checked) or "–", "result": result,
                     "verdict": words[f"condition_{row['verdict']}"]})  # fmt: skip
    columns = [
        Column("name", words["condition"], width=0.3),
        Column("checked", words["checked"], width=0.22),
        Column("result", words["result"], format="mixed", width=0.32),
        Column("verdict", words["verdict"], width=0.16),
    ]
    return pd.DataFrame(rows, columns=[c.name for c in columns]), columns


def save_knowledge_tables(
    desk: ExhibitDesk,
    *,
    listing: pd.DataFrame,
    found: pd.DataFrame,
    criteria: pd.DataFrame,
    conditions: Sequence[tuple[str, str, str]],
    tested: pd.DataFrame,
    registry_source: str,
) -> dict[int, pd.DataFrame]:
    """Save Tables 69 to 72; returns what the notebook shows, by number."""
    sources = desk.labels["knowledge"]
    made = {
        69: (listing_table(listing, desk.labels), sources["source_lists"], "name"),
        70: (comparison_table(found, desk.labels), sources["source_compared"], "subject"),
        71: (criteria_table(criteria, desk.labels), sources["source_contest"], "criterion"),
        72: (conditions_table(conditions, tested, desk.labels), registry_source, "name"),
    }
    return {
        no: desk.table(no, table, columns, source=source, row_header=head)
        for no, ((table, columns), source, head) in made.items()
    }
