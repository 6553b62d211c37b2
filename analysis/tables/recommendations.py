"""Tables of chapter 11: recommendation × addressee, what became of each condition, sub-areas from the lowest; facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.language import named, text
from analysis.workspace import Column

NUMBER = Callable[[float, int], str]
EVIDENCE = "40_analyses/recommendation_evidence.csv"
VERDICTS = "40_analyses/recommendation_verdicts.csv"
SUBAREAS = "40_analyses/recommendation_subareas.csv"
_UNIT = {"percent": "%"}


def matrix_table(catalogue: pd.DataFrame, addressees: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Recommendations in rows, addressees in columns, a word where they meet; the totals last.

    Parameters
    ----------
    catalogue
        From `analysis.knowledge.recommendations.catalogue`.
    addressees
        The list of addressees, index the codes.

    Returns
    -------
    DataFrame
        Columns number, title, one for each addressee (`words["yes"]` or ''), emphasis (1 for the totals).
    """
    rows = []
    for row in catalogue.to_dict("records"):
        marks = {code: words["yes"] if code in row["addressees"] else words["none"] for code in addressees.index}
        rows.append({"number": row["number"], "title": row["title"], **marks, "emphasis": 0})
    totals = {code: str(sum(code in codes for codes in catalogue["addressees"])) for code in addressees.index}
    rows.append({"number": "", "title": words["total"], **totals, "emphasis": 1})
    return pd.DataFrame(rows)


def matrix_columns(addressees: pd.DataFrame, words: Mapping[str, str]) -> list[Column]:
    """Columns of the matrix."""
    own = [Column(str(code), str(short), align="center") for code, short in addressees[named("short")].items()]
    return [Column("number", words["number"]), Column("title", words["recommendation"], width=0.3), *own]


def _shown(value: float, unit: str, decimals: int, number: NUMBER) -> str:
    return number(value, decimals) + _UNIT.get(unit, "")


def evidence_table(
    evaluated: pd.DataFrame, verdicts: pd.DataFrame, words: Mapping[str, str], number: NUMBER
) -> pd.DataFrame:
    """All conditions under the recommendation that they belong to, with its verdict.

    Parameters
    ----------
    evaluated, verdicts
        From `analysis.knowledge.evidence`.
    number
        How the language prints a number with so many decimals.

    Returns
    -------
    DataFrame
        Columns says, value, limit, met (as printed), emphasis (1 for the line of a recommendation, a name only).
    """
    rows = []
    for head in verdicts.to_dict("records"):
        name = f"{head['number']} {head['title']}: {words['verdict_' + head['verdict']]}"
        if head["judged"]:
            name += f" ({words['met_of'].format(met=head['met'], judged=head['judged'])})"
        rows.append({"says": name, "value": "", "limit": "", "met": "", "emphasis": 1})
        if not head["judged"]:
            rows.append(
                dict.fromkeys(("value", "limit", "met"), words["none"]) | {"says": words["unasked"], "emphasis": 0}
            )
        for row in evaluated[evaluated["no"] == head["no"]].to_dict("records"):
            limit = _shown(row["limit"], row["unit"] if row["limit_fact"] else "", row["limit_decimals"], number)
            rows.append(
                {
                    "says": row["says"] if row["kind"] == "need" else text(row["says"]),
                    "value": _shown(row["value"], row["unit"], row["decimals"], number),
                    "limit": f"{words[row['comparison']]} {limit}",
                    "met": words["met"] if row["met"] else words["not_met"],
                    "emphasis": 0,
                }
            )
    return pd.DataFrame(rows)


def evidence_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of conditions."""
    return [
        Column("says", words["condition"], width=0.52),
        Column("value", words["value"], align="right", width=0.14),
        Column("limit", words["limit"], width=0.2),
        Column("met", words["result"], width=0.14),
    ]


def subarea_table(
    catalogue: pd.DataFrame,
    medians: pd.Series,
    framework: Framework,
    strengths: pd.Series,
    words: Mapping[str, str],
) -> pd.DataFrame:
    """Sub-areas from the lowest median up, with the recommendations that serve them.

    Parameters
    ----------
    medians
        (n_subareas,), index the codes: medians over all clusters.
    strengths
        Index codes, values strength or weakness; codes between the limits are absent.

    Returns
    -------
    DataFrame
        Columns code, name, median, group (weakness, between, strength), kind (the same as printed), recommendations
        (numbers, or a word for none), n.
    """
    rows = []
    for code, median in medians.sort_values(kind="stable").items():
        serving = [r["number"] for r in catalogue.to_dict("records") if code in r["subareas"]]
        group = str(strengths.get(code, "between"))
        told = ", ".join(serving) or words["nothing"]
        rows.append((code, framework.label(str(code)), median, group, words[group], told, len(serving)))
    return pd.DataFrame(rows, columns=["code", "name", "median", "group", "kind", "recommendations", "n"])


def subarea_columns(words: Mapping[str, str], decimals: int) -> list[Column]:
    """Columns of the index by sub-area."""
    return [
        Column("name", words["subarea"], width=0.34),
        Column("median", words["median"], align="right", format="number", decimals=decimals, width=0.12),
        Column("kind", words["kind"], width=0.2),
        Column("recommendations", words["recommendations"], width=0.34),
    ]


def verdict_bars(verdicts: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Met and unmet conditions of each recommendation, for a chart: label and one column for each level."""
    judged = verdicts[verdicts["judged"] > 0]
    return pd.DataFrame(
        {
            "label": judged["number"] + " " + judged["title"],
            words["level_met"]: judged["met"],
            words["level_not_met"]: judged["judged"] - judged["met"],
        }
    ).reset_index(drop=True)


def add_limit_facts(facts: FactSet, majority: tuple[float, float, float], *, path: str) -> None:
    """Add the shares from which the report says "many" and "a half": `evidence.limit.many`, `.half`.

    They are the limits that the sentences of the whole report use (`words.majority` of the method), so no condition has
    one of its own.
    """
    for name, value in zip(("many", "half"), majority[:2], strict=True):
        facts.add(f"evidence.limit.{name}", value, unit="percent", table=path, key="words", column="majority")


def add_evidence_facts(
    facts: FactSet,
    evaluated: pd.DataFrame,
    verdicts: pd.DataFrame,
    subareas: pd.DataFrame,
    words: Mapping[str, str],
) -> None:
    """Add verdicts, conditions, and sub-areas without a recommendation.

    `evidence.<no>.verdict` (words), `.code`, `.met`, `.judged`; `evidence.<no>.<condition>.value`, `.met` (words);
    `evidence.verdict.<verdict>.n`; `evidence.conditions.…`; `evidence.uncovered.n`, `.01`; those of them that are a
    weakness `evidence.uncovered_weak.…`.
    """
    for row in verdicts.to_dict("records"):
        place: dict[str, Any] = {"table": VERDICTS, "key": str(row["no"])}
        head = f"evidence.{row['no']}"
        facts.add(f"{head}.verdict", words["verdict_" + row["verdict"]], unit="text", column="verdict", **place)
        facts.add(f"{head}.code", row["verdict"], unit="text", column="verdict", **place)
        facts.add(f"{head}.met", row["met"], column="met", **place)
        facts.add(f"{head}.judged", row["judged"], column="judged", **place)
    for row in evaluated.to_dict("records"):
        place = {"table": EVIDENCE, "key": row["key"]}
        head = f"evidence.{row['no']}.{row['id']}"
        said = words["met"] if row["met"] else words["not_met"]
        facts.add(f"{head}.value", row["value"], unit=row["unit"], decimals=row["decimals"], column="value", **place)
        facts.add(f"{head}.met", said, unit="text", column="met", **place)
    for code in ("supported", "partly", "not_supported", "not_judged"):
        number = int((verdicts["verdict"] == code).sum())
        facts.add(f"evidence.verdict.{code}.n", number, table=VERDICTS, key=code, column="verdict")
    met = {"n": len(evaluated), "met": int(evaluated["met"].sum()), "needs": int((evaluated["kind"] == "need").sum())}
    for name, number in met.items():
        facts.add(f"evidence.conditions.{name}", number, table=EVIDENCE, key="*", column="met")
    bare = subareas[subareas["n"] == 0]
    for name, chosen in (("uncovered", bare), ("uncovered_weak", bare[bare["group"] == "weakness"])):
        facts.add(f"evidence.{name}_count", len(chosen), table=SUBAREAS, key="n=0", column="n")
        for i, row in enumerate(chosen.to_dict("records"), start=1):
            facts.add(f"evidence.{name}.{i:02d}", row["name"], unit="text", table=SUBAREAS, key=row["code"], column="n")
