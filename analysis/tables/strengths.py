"""Tables 1, 2 and 12: strengths beside weaknesses, and the facts that the text takes from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from analysis.config import Strengths
from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.workspace import Column

KINDS = ("strength", "weakness")
PLACE = "40_analyses/strengths.csv"
EMPTY = "–"


def strength_table(
    listed: pd.DataFrame,
    framework: Framework,
    number: Callable[[float, int], str],
    *,
    decimals: int,
    lang: str | None = None,
) -> pd.DataFrame:
    """Two lists side by side, each entry with its median in brackets.

    Parameters
    ----------
    listed
        From `analysis.profiles.strengths.strengths_and_weaknesses`.
    number
        How the language prints a number with so many decimals.

    Returns
    -------
    DataFrame
        Columns strength, weakness (as printed; a dash where the shorter list has ended), and for either kind code and
        median.
    """
    columns: dict[str, Sequence[object]] = {}
    for kind in KINDS:
        own = listed[listed["kind"] == kind]
        columns[kind] = [
            f"{framework.label(code, lang)} ({number(median, decimals)})"
            for code, median in zip(own["code"], own["median"], strict=True)
        ]
        columns[f"{kind}_code"], columns[f"{kind}_median"] = list(own["code"]), list(own["median"])
    rows = list(zip_longest(*columns.values()))
    table = pd.DataFrame(rows, columns=list(columns))
    return table.fillna(dict.fromkeys(KINDS, EMPTY))


def strength_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of Tables 1, 2 and 12; `words` is the section `columns` of the labels in the table's language."""
    return [Column("strength", words["strengths"], width=0.5), Column("weakness", words["weaknesses"], width=0.5)]


def add_strength_facts(
    facts: FactSet,
    listed: pd.DataFrame,
    framework: Framework,
    settings: Strengths,
    *,
    before: pd.Series,
) -> None:
    """Add the lists as `strength.name.01`, `.name_en.01`, `.median.01` (and `weakness.…`), their lengths and limits.

    `before` are the medians of the previous edition that were published, by code: those that reached the limit of a
    strength then and do not now are `strength.lost.01`; sub-areas that stay a weakness are `weakness.kept.01`.
    """
    known: dict[str, Any] = {"table": PLACE, "column": "median"}
    codes: dict[str, list[str]] = {}
    for kind in KINDS:
        own = listed[listed["kind"] == kind]
        codes[kind] = list(own["code"])
        facts.add(f"{kind}.count", len(own), table=PLACE, key=kind, column="code")
        for row in own.to_dict("records"):
            end = f"{int(row['place']):02d}"
            key = f"{kind}/{row['code']}"
            for name, lang in (("name", "pl"), ("name_en", "en")):
                text = framework.label(str(row["code"]), lang)
                facts.add(f"{kind}.{name}.{end}", text, unit="text", key=key, **known)
            facts.add(f"{kind}.median.{end}", row["median"], unit="score", decimals=settings.decimals, key=key, **known)
    place: dict[str, Any] = {
        "table": "config/method/default.yaml",
        "key": "strengths",
        "unit": "score",
        "decimals": settings.decimals,
    }
    facts.add("strength.limit", settings.strength_at_least, column="strength_at_least", **place)
    facts.add("weakness.limit", settings.weakness_at_most, column="weakness_at_most", **place)
    lost = [c for c in before.index[before >= settings.strength_at_least] if c not in codes["strength"]]
    kept = [c for c in before.index[before <= settings.weakness_at_most] if c in codes["weakness"]]
    for name, chosen in (("strength.lost", lost), ("weakness.kept", kept)):
        facts.add(f"{name}_count", len(chosen), table=PLACE, key=name, column="code")
        for number, code in enumerate(chosen, start=1):
            facts.add(f"{name}.{number:02d}", framework.label(code), unit="text", key=str(code), **known)


def add_side_facts(facts: FactSet, sides: pd.DataFrame, framework: Framework, *, decimals: int, path: str) -> None:
    """Add `sides.<group>.strengths`, `.weaknesses`, `.best`, `.best.median`, `.worst`, `.worst.median`."""
    for row in sides.to_dict("records"):
        group = str(row["group"])
        for kind in ("strengths", "weaknesses"):
            facts.add(f"sides.{group}.{kind}", int(row[kind]), table=path, key=group, column=kind, n=int(row["n"]))
        for end in ("best", "worst"):
            name = framework.label(str(row[end]))
            facts.add(f"sides.{group}.{end}", name, unit="text", table=path, key=group, column=end)
            facts.add(
                f"sides.{group}.{end}.median", row[f"{end}_median"], unit="score", decimals=decimals, table=path,
                key=group, column=f"{end}_median", n=int(row["n"]),
            )  # fmt: skip


def add_end_facts(facts: FactSet, ends: pd.DataFrame, framework: Framework, *, decimals: int, path: str) -> None:
    """Add `ends.<area>.<end>.name.01`, `.name_en.01` for each sub-area at an end of its area, and `.median`."""
    for row in ends.to_dict("records"):
        start = f"ends.{row['area']}.{row['end']}"
        place: dict[str, Any] = {"table": path, "key": f"{row['area']}/{row['end']}/{row['code']}", "column": "median"}
        for name, lang in (("name", "pl"), ("name_en", "en")):
            text = framework.label(str(row["code"]), lang)
            facts.add(f"{start}.{name}.{int(row['place']):02d}", text, unit="text", **place)
        if row["place"] == 1:
            facts.add(f"{start}.median", row["median"], unit="score", decimals=decimals, **place)


def add_spread_facts(facts: FactSet, spread: pd.DataFrame, names: Mapping[str, str], *, path: str) -> None:
    """Add the lengths of Figure 48 as `spread.<code>.<part>`, and where each part is shortest and longest."""
    parts = ("lower", "middle", "upper", "middle_exclusive", "min")
    for code, row in spread.to_dict("index").items():
        for part in parts:
            facts.add(
                f"spread.{code}.{part}", float(row[part]), unit="score", decimals=2, table=path, key=str(code),
                column=part,
            )  # fmt: skip
    for part in ("lower", "middle", "upper"):
        lengths = {str(code): float(row[part]) for code, row in spread.to_dict("index").items()}
        ordered = sorted(lengths, key=lengths.__getitem__)
        ends = {"shortest": ordered[0], "longest": ordered[-1]}
        for end, code in ends.items():
            facts.add(f"spread.{part}.{end}", names[code], unit="text", table=path, key=code, column=part)
            facts.add(
                f"spread.{part}.{end}.value", lengths[code], unit="score", decimals=2, table=path, key=code, column=part
            )
    widest = spread[["lower", "middle", "upper"]].idxmax(axis=1)
    facts.add("spread.upper_widest", int((widest == "upper").sum()), table=path, key="areas", column="upper")
