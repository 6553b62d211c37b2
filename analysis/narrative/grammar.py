"""The words of the narrator: tables under `data/framework/narrative`, one row for each indicator, option, group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import FrameworkError
from analysis.framework import Framework, load_framework, read_text_table

TABLES = {
    "indicators": ("code", "title", "forms", "verb", "object", "none", "base", "options", "level"),
    "options": ("question", "what", "among"),
    "groups": ("dimension", "group", "subject"),
    "subareas": ("code", "few"),
    "members": ("subarea", "kind", "fact", "intro", "text"),
    "thresholds": ("code", "relation", "threshold"),
}
NOUN_FORMS, VERB_FORMS = 4, 3


@dataclass(frozen=True)
class Grammar:
    """Words by indicator, question, group and sub-area, and the framework they belong to.

    `indicators`, `options`, `subareas` are indexed by code or question; `forms` of an indicator are the noun after one,
    few, many and after a fraction, `verb` and `object` say what a cluster above zero does, `none` what there is not at
    zero. `groups`, `members` and `thresholds` keep the order of the files.
    """

    framework: Framework
    indicators: pd.DataFrame
    options: pd.DataFrame
    groups: pd.DataFrame
    subareas: pd.DataFrame
    members: pd.DataFrame
    thresholds: pd.DataFrame

    def words(self, code: str) -> Mapping[str, str]:
        """Words of one indicator; raises `FrameworkError` for a code without a row."""
        if code not in self.indicators.index:
            raise FrameworkError(f"narrative/indicators.csv has no row for `{code}`")
        return {str(k): str(v) for k, v in self.indicators.loc[code].items()}

    def place(self, code: str) -> int:
        """Place of an indicator or a sub-area in the framework, from 0: it chooses among patterns."""
        table = self.framework.indicators if code in self.framework.indicators.index else self.framework.subareas
        return int(table.index.get_loc(code))  # type: ignore[arg-type]

    def question(self, question: str) -> tuple[str, str]:
        """What the options of a question are, and among whom it was asked ('' for everybody)."""
        row = self.options.loc[question]
        return str(row["what"]), str(row["among"])

    def few(self, subarea: str) -> str:
        """What the few at the top of a sub-area do."""
        return str(self.subareas["few"].to_dict()[subarea])

    def tails(self, code: str) -> list[tuple[str, str]]:
        """Relation and name of each tail that is counted for an indicator."""
        own = self.thresholds[self.thresholds["code"] == code]
        pairs = zip(own["relation"].astype(str), own["threshold"].astype(float), strict=True)
        return [(relation, f"{relation}_{threshold:g}") for relation, threshold in pairs]

    def option_labels(self, question: str, level: str = "") -> dict[str, str]:
        """Labels of the options of a question, by the id of their facts: `item`, or `item.option` for a choice."""
        book = self.framework.codebooks["coordinators"]
        out = {}
        for entry in book[book["item"].str.partition("__")[0] == question].to_dict("records"):
            if entry["type"] == "tick":
                out[str(entry["item"])] = str(entry["option_pl"])
            elif entry["type"] == "level":
                out[f"{entry['item']}.{level}"] = str(entry["option_pl"])
            elif entry["type"] == "single":
                lists = self.framework.option_lists
                for row in lists[lists["option_list"] == entry["option_list"]].to_dict("records"):
                    out[f"{entry['item']}.{row['option']}"] = str(row["label_pl"])
        return out


def _problems(tables: Mapping[str, pd.DataFrame], framework: Framework) -> list[str]:
    found = []
    words = tables["indicators"]
    for code in framework.codes:
        rows = words[words["code"] == code]
        if len(rows) != 1:
            found.append(f"indicators.csv: {len(rows)} rows for {code}, needed is one")
            continue
        row = rows.iloc[0]
        if row["forms"] and len(row["forms"].split("|")) != NOUN_FORMS:
            found.append(f"indicators.csv: {code}: forms `{row['forms']}`, needed are {NOUN_FORMS} or none")
        if len(row["verb"].split("|")) != VERB_FORMS or not row["object"] or not row["none"]:
            found.append(f"indicators.csv: {code}: needed are {VERB_FORMS} forms of the verb, an object, and `none`")
        unknown = [q for q in row["options"].split(";") if q and q not in set(tables["options"]["question"])]
        found += [f"indicators.csv: {code}: no row of options.csv for `{q}`" for q in unknown]
    codes = set(framework.codes)
    found += [f"indicators.csv: unknown indicator {c}" for c in words["code"] if c not in codes]
    for name in ("subareas", "members"):
        column = TABLES[name][0]
        found += [
            f"{name}.csv: unknown sub-area {c}" for c in tables[name][column] if c not in framework.subareas.index
        ]
    absent = [c for c in framework.subareas.index if c not in set(tables["subareas"]["code"])]
    return found + [f"subareas.csv: no row for {c}" for c in absent]


def load_grammar(data_dir: Path) -> Grammar:
    """Load the words and check that every indicator and sub-area has its own.

    Raises
    ------
    FrameworkError
        Lists every missing column, row and form.
    """
    framework = load_framework(data_dir)
    folder = data_dir / "framework" / "narrative"
    tables = {name: read_text_table(folder / f"{name}.csv") for name in TABLES}
    found = [
        f"{name}.csv: missing column {column}"
        for name, columns in TABLES.items()
        for column in columns
        if column not in tables[name].columns
    ]
    found = found or _problems(tables, framework)
    if found:
        raise FrameworkError(f"{folder.name}: " + "; ".join(found))
    return Grammar(
        framework,
        tables["indicators"].set_index("code"),
        tables["options"].set_index("question"),
        tables["groups"],
        tables["subareas"].set_index("code"),
        tables["members"],
        tables["thresholds"].astype({"threshold": float}),
    )
