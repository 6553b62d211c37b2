"""Words for facts: what a number is and how it comes about, by the framework and `report/labels/facts_<lang>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import PublishError
from analysis.framework import OVERALL, Framework
from analysis.yamlfile import read_mapping

Fact = Mapping[str, Any]


@dataclass(frozen=True)
class Description:
    """What a fact is, how it comes about (may be empty), and the element of the framework it belongs to (or '')."""

    what: str
    how: str
    code: str


@dataclass(frozen=True)
class _Rule:
    """One entry of the labels file: which facts it describes, and the templates."""

    ident: re.Pattern[str]
    key: re.Pattern[str] | None
    text: str
    how: str
    of: str
    sibling: str


_KEYS = {"id", "key", "text", "how", "of", "sibling"}
_INDICATOR = re.compile(r"(?:^|\.)([IV]+\.\d+\.\d+)(?=\.|$)")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


class Describer:
    """Describes facts in one language.

    Parameters
    ----------
    path
        The labels file.
    framework
        Names of elements, groups and questions.
    facts
        All facts by id: a description may speak of another fact.
    rows
        Table name → its rows, for the labels of rows; a table that is not there has none.
    """

    def __init__(
        self, path: Path, framework: Framework, facts: Mapping[str, Fact], rows: Mapping[str, pd.DataFrame]
    ) -> None:
        self.framework = framework
        self.facts = facts
        self._elements: dict[str, str] = {}
        self.words: dict[str, Any] = read_mapping(path)
        self.rules = [self._rule(entry, path.name) for entry in self.words["facts"]]
        self.groups = {
            (str(row["dimension"]), str(row["group"])): str(row["label_pl"])
            for row in framework.cross_sections.to_dict("records")
        }
        self.labels = {
            (name, str(row["id"])): str(row["label"])
            for name, table in rows.items()
            if {"id", "label"} <= set(table.columns)
            for row in table.to_dict("records")
        }
        # The coordinators' questionnaire has the last word on a name that two questionnaires use.
        self.items = {
            str(row["item"]): row
            for book in sorted(framework.codebooks, key=lambda name: (name == "coordinators", name))
            for row in framework.codebooks[book].to_dict("records")
        }
        self.options = {
            (str(row["option_list"]), str(row["option"])): str(row["label_pl"])
            for row in framework.option_lists.to_dict("records")
        }

    @staticmethod
    def _rule(entry: Mapping[str, str], name: str) -> _Rule:
        unknown = set(entry) - _KEYS
        if unknown or not {"id", "text"} <= set(entry):
            raise PublishError(
                f"{name}: entry {dict(entry)!r} needs id and text; allowed besides: {', '.join(sorted(_KEYS))}"
            )
        try:
            key = re.compile(entry["key"]) if "key" in entry else None
            ident = re.compile(entry["id"])
        except re.error as error:
            raise PublishError(f"{name}: pattern of entry {dict(entry)!r} cannot be read ({error})") from error
        parts = [entry.get(k, "") for k in ("text", "how", "of", "sibling")]
        return _Rule(ident, key, *parts)

    def word(self, section: str, key: str) -> str:
        """Return the word of a section for a key, or the key with spaces."""
        listed = self.words.get(section) or {}
        return str(listed.get(key, key.replace("_", " ")))

    def element(self, code: str) -> str:
        """Return code and name of an element, short for an indicator; the overall score has no code."""
        name = self.framework.label(code, short=code in self.framework.indicators.index)
        return name.lower() if code == OVERALL else f"{code} „{name}”"

    def group(self, dimension: str, group: str) -> str:
        """Return the printed name of a group."""
        own = (self.words.get("group") or {}).get(group)
        return str(own or self.groups.get((dimension, group)) or group)

    def question(self, item: str) -> str:
        """Return the question behind a raw column, with the position of the list it stands for; '' if unknown."""
        if item not in self.items:
            return ""
        row = self.items[item]
        position = f" – {row['option_pl']}" if row.get("option_pl") else ""
        return f"{row['question_pl']}{position}"

    def _answer(self, key: str) -> str:
        """Describe a row of the answer shares: the question, and the answer if the row has one."""
        item, _, answer = key.partition(".")
        if item not in self.items:
            return f"„{key}”"
        row = self.items[item]
        if not answer:
            return f"„{self.question(item)}”"
        known = [
            v for (name, option), v in self.options.items() if name == row["option_list"] and _same(option, answer)
        ]
        label = known[0] if known else {"1": "tak", "0": "nie"}.get(answer, answer.replace("_", " "))
        return f"odpowiedź „{label}” na pytanie „{self.question(item)}”"

    @cached_property
    def _questions(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of the members' codebook by the number of their question; tables are slow to ask one by one."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.framework.codebooks["members"].to_dict("records"):
            found.setdefault(str(row["question_no"]), []).append({str(name): value for name, value in row.items()})
        return found

    def _asked(self, key: str) -> str:
        """Describe a row of the members' survey, `Q<number>[.<position>][.<answer>].<statistic>`."""
        number, *parts = key.removeprefix("Q").split(".")[:-1]
        rows = self._questions.get(number)
        if not rows:
            return f"„{key}”"
        ends = [r for r in rows if parts and str(r["item"]).endswith(f"__{parts[0]}")]
        row, rest = (ends[0], parts[1:]) if ends else (rows[0], parts)
        position = f" – {row['option_pl']}" if ends and row.get("option_pl") else ""
        question = f"pytanie „{row['question_pl']}{position}”"
        if not rest:
            return question
        label = self.options.get((str(row["option_list"]), rest[0])) or {"yes": "tak", "no": "nie"}.get(rest[0], "")
        return f"odpowiedź „{label or rest[0].replace('_', ' ')}”, {question}"

    def _value(self, name: str, value: str, parts: Mapping[str, str]) -> str:
        if name == "code":
            if value not in self._elements:
                known = value == OVERALL or any(
                    value in t.index for t in (self.framework.indicators, self.framework.subareas, self.framework.areas)
                )
                self._elements[value] = self.element(value) if known else value
            return self._elements[value]
        if name == "group":
            return self.group(parts.get("dimension", ""), value)
        return value if name in ("place", "rest") else self.word(name, value)

    def code(self, fact_id: str, fact: Fact) -> str:
        """Return the element that a fact belongs to: its indicator, or the element of a score; '' for none."""
        found = _INDICATOR.search(fact_id)
        if found and found.group(1) in self.framework.indicators.index:
            return found.group(1)
        parts = str(fact["key"]).split("/")
        if fact_id.startswith("score.") and len(parts) == 4:
            return parts[2]
        if fact_id.startswith("option."):
            item = str(fact["key"]).partition(".")[0]
            return self.indicator_of(item)
        return ""

    def indicator_of(self, item: str) -> str:
        """Return the first indicator that rests on a raw column, '' for none."""
        for code, listed in self.framework.indicators["items"].items():
            for name in str(listed).split(";"):
                if name == item or (name.endswith("*") and item.startswith(name[:-1])):
                    return str(code)
        return ""

    def describe(self, fact_id: str, fact: Fact) -> Description:
        """Describe a fact; one that no entry fits is described by its table, row and column."""
        code = self.code(fact_id, fact)
        column = str(fact["column"])
        for rule in self.rules:
            match = rule.ident.fullmatch(fact_id)
            inside = rule.key.fullmatch(str(fact["key"])) if rule.key else None
            if not match or (rule.key and not inside):
                continue
            parts = match.groupdict() | (inside.groupdict() if inside else {})
            of = rule.of.format(**parts)
            if of and of not in self.facts:
                continue
            shown = {name: self._value(name, value, parts) for name, value in parts.items()}
            measure = parts.get("measure") or column
            shown |= {"key": str(fact["key"]), "column": self.word("column", column)}
            shown["how"] = self.word("how", measure) if measure in self.words["how"] else ""
            shown["label"] = self.labels.get((str(fact["table"]), str(fact["key"])), str(fact["key"]))
            if "{item}" in rule.text:
                shown["item"] = self._answer(str(fact["key"]))
            if "{asked}" in rule.text:
                shown["asked"] = self._asked(str(fact["key"]))
            if "{rule}" in rule.how:
                shown["rule"] = self.word("rule", str(self.framework.indicators.at[parts["code"], "rule"]))
            if of:
                shown["of"] = self.describe(of, self.facts[of]).what
            if rule.sibling:
                shown["sibling"] = str(self.facts.get(rule.sibling.format(**parts), {}).get("value", fact["key"]))
            how = rule.how.format(**shown) if rule.how else shown["how"]
            return Description(_upper(rule.text.format(**shown)), _upper(how.removeprefix(". ")), code)
        page = self.word("pages", str(fact["notebook"]))
        text = self.words["fallback"].format(page=page, column=self.word("column", column), key=fact["key"])
        return Description(_upper(text), _upper(self.word("how", column) if column in self.words["how"] else ""), code)


def _same(option: str, answer: str) -> bool:
    """Whether an option of a list is the one that the row of a table names, in either spelling."""
    return option == answer or re.sub(r"[^0-9a-z]+", "_", option.lower()).strip("_") == answer
