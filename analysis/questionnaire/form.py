"""A questionnaire between the codebook and the formats: sections, questions of one shape, wording in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import ConfigError, FrameworkError, suggest
from analysis.framework import Framework, read_text_table
from analysis.ingest.rules import Check, load_checks, load_instruments
from analysis.schemas import NUMERIC_TYPES, Condition, Item, parse_codebook

LANGUAGES = ("pl", "en")
Text = Mapping[str, str]
_CHOSEN = frozenset({"single", "rating", "level"})
_END = re.compile(r"end-(\d{4})")


class Words:
    """Fixed words of the forms, from `data/framework/form_words.csv`."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._words = table.set_index("key")

    def __call__(self, key: str, **values: object) -> dict[str, str]:
        """Return a text in every language, places filled in."""
        if key not in self._words.index:
            near = suggest(key, list(self._words.index))
            raise FrameworkError(f"form_words.csv has no row `{key}`{near}; add it in Polish and English")
        return {lang: str(self._words.at[key, lang]).format(**values) for lang in LANGUAGES}


@dataclass(frozen=True)
class Choice:
    """An option: the code that is stored, and its wording."""

    code: str
    label: Text


@dataclass(frozen=True)
class Field:
    """One column of the raw file within a question: its item, its wording (of the option, else of the question).

    `option` is the wording of the option alone, empty if the question has none.
    """

    item: Item
    label: Text
    hint: Text
    option: Text


@dataclass(frozen=True)
class Question:
    """Fields that are asked together.

    `kind`: `ticks` (several boxes), `matrix` (one choice for each field), `numbers` (a number for each field),
    `choice`, `yes_no`, `number`, `text` or `id` (one field). `stem` is what the names of the fields begin with.
    """

    kind: str
    stem: str
    number: str
    text: Text
    fields: tuple[Field, ...]
    choices: tuple[Choice, ...]
    conditions: tuple[Condition, ...]

    @property
    def required(self) -> bool:
        """Whether it must be answered when asked."""
        return all(field.item.required for field in self.fields)

    def option(self, field: Field) -> str:
        """Return what the name of a field adds to the stem."""
        return field.item.name.removeprefix(self.stem).lstrip("_")


@dataclass(frozen=True)
class Section:
    """Questions under one heading: a part of the questionnaire and, where its indicators have one, a sub-area."""

    name: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Rule:
    """A check between columns that must hold, with what to say where it does not."""

    check: Check
    message: Text


@dataclass(frozen=True)
class Form:
    """A questionnaire of one edition."""

    instrument: str
    year: int
    title: Text
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...]
    key: str
    patterns: Mapping[str, str]
    words: Words

    @property
    def questions(self) -> list[Question]:
        """All questions, in order."""
        return [question for section in self.sections for question in section.questions]

    def place(self) -> dict[str, tuple[Question, Field]]:
        """Return where each item is asked."""
        return {field.item.name: (question, field) for question in self.questions for field in question.fields}

    def rules_at(self) -> dict[str, list[Rule]]:
        """Return for each item the rules that can be checked once it is answered: it is the last one they name."""
        order = {name: i for i, name in enumerate(self.place())}
        out: dict[str, list[Rule]] = {}
        for rule in self.rules:
            last = max(rule.check.expression.columns, key=order.__getitem__)
            out.setdefault(last, []).append(rule)
        return out


def number_text(value: float) -> str:
    """Return a bound as it is written: no exponent, no trailing zeros."""
    return f"{value:.15g}"


def numbered(question: Question, text: str) -> str:
    """Return a wording with the number of its question; identifiers have none."""
    return text if question.number in ("", "0") else f"{question.number}. {text}"


def _period(text: str, words: Words) -> dict[str, str]:
    if not text:
        return dict.fromkeys(LANGUAGES, "")
    if found := _END.fullmatch(text):
        return words("period.end", year=found[1])
    if re.fullmatch(r"\d{4}", text):
        return words("period.year", period=text)
    if re.fullmatch(r"\d{4}[-–]\d{4}", text):
        return words("period.years", period=text.replace("-", "–"))
    return dict.fromkeys(LANGUAGES, "")  # free text such as „July 2025”: the question itself says it


def _hint(item: Item, period: str, words: Words) -> dict[str, str]:
    if item.type == "id":
        return words("hint.identifier")
    parts = [words(f"unit.{item.unit}")] if item.unit and item.type in NUMERIC_TYPES and not item.options else []
    parts.append(_period(period, words))
    text = {lang: ", ".join(p[lang] for p in parts if p[lang]) for lang in LANGUAGES}
    return {lang: t[:1].upper() + t[1:] for lang, t in text.items()}


def _family(item: Item, labelled: bool) -> str:
    if item.type == "tick":
        return "ticks"
    if item.type in _CHOSEN:
        return f"matrix:{item.option_list}" if labelled else "choice"
    if item.type == "yes_no":
        return "yes_no"
    if item.type in NUMERIC_TYPES:
        return "numbers" if labelled else "number"
    return item.type


def _stem(names: Sequence[str]) -> str:
    """Return the words that all names begin with, '' if they share none."""
    if len(names) == 1:
        return names[0].partition("__")[0] if "__" in names[0] else names[0]
    parts = [re.split(r"_+", name) for name in names]
    shared = []
    for words in zip(*(p[:-1] for p in parts), strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    stem = "_".join(shared)
    return stem if all(name.startswith(stem) for name in names) else ""


def _both(row: Mapping[Any, Any], what: str) -> dict[str, str]:
    found = [row.get(f"{what}_{lang}") or "" for lang in LANGUAGES]
    return {lang: str(own or next(filter(None, found), "")) for lang, own in zip(LANGUAGES, found, strict=True)}


def _questions(codebook: pd.DataFrame, items: Sequence[Item], lists: pd.DataFrame, words: Words) -> list[Question]:
    rows = codebook.to_dict("records")
    runs: list[list[int]] = []
    for i, item in enumerate(items):
        row, family = rows[i], _family(item, bool(rows[i].get("option_pl")))
        if runs and family.split(":")[0] in ("ticks", "matrix", "numbers"):
            j = runs[-1][-1]
            same = rows[j].get("question_no") == row.get("question_no") and items[j].conditions == item.conditions
            if same and _family(items[j], bool(rows[j].get("option_pl"))) == family:
                runs[-1].append(i)
                continue
        runs.append([i])
    used: set[str] = set()
    out = []
    for run in runs:
        stem = _stem([items[i].name for i in run])
        kind = _family(items[run[0]], bool(rows[run[0]].get("option_pl"))).split(":")[0]
        if kind == "matrix" and len(run) == 1:
            kind = "choice"
        alone = len(run) == 1 and kind == "numbers"
        # Fields whose names share no beginning of their own are asked one by one: a column must keep its name.
        cut = [[i] for i in run] if alone or (len(run) > 1 and (not stem or stem in used)) else [run]
        for part in cut:
            whole = part is run
            own = kind if whole else "number"
            name = stem if whole else items[part[0]].name
            used.add(name)
            first, row = items[part[0]], rows[part[0]]
            question, option = _both(row, "question"), _both(row, "option")
            if not whole or (len(part) == 1 and kind == "choice" and option["pl"]):
                question = {k: f"{q} – {option[k]}" if option[k] else q for k, q in question.items()}
            chosen = lists[lists["option_list"] == first.option_list].to_dict("records") if first.option_list else []
            choices = tuple(Choice(str(r["option"]), _both(r, "label")) for r in chosen)
            fields = tuple(
                Field(
                    items[i], _both(rows[i], "option") if whole and rows[i].get("option_pl") else question,
                    _hint(items[i], str(rows[i].get("period") or ""), words), _both(rows[i], "option"),
                )
                for i in part
            )  # fmt: skip
            number = str(row.get("question_no") or "")
            out.append(Question(own, name, number, question, fields, choices, first.conditions))
    return out


def _subarea(question: Question, framework: Framework, instrument: str) -> str:
    own = framework.indicators[framework.indicators["instrument"] == instrument]
    for field in question.fields:
        for subarea, patterns in zip(own["subarea"], own["items"], strict=True):
            if any(fnmatchcase(field.item.name, p.strip()) for p in patterns.split(";")):
                return str(subarea)
    return ""


def _sections(
    questions: Sequence[Question], sections: Mapping[str, str], framework: Framework, instrument: str, words: Words
) -> tuple[Section, ...]:
    out: list[tuple[str, str, list[Question]]] = []
    for question in questions:
        section = sections[question.fields[0].item.name]
        subarea = _subarea(question, framework, instrument)
        if out and out[-1][0] == section and subarea in ("", out[-1][1]):
            out[-1][2].append(question)
        elif out and out[-1][0] == section and not out[-1][1]:
            out[-1] = (section, subarea, [*out[-1][2], question])
        else:
            out.append((section, subarea, [question]))
    made = []
    seen: dict[str, int] = {}
    for section, subarea, asked in out:
        title = words(f"section.{section}")
        if subarea:
            title = {lang: f"{title[lang]}: {framework.label(subarea, lang)}" for lang in LANGUAGES}
        seen[section] = seen.get(section, 0) + 1
        made.append(Section(f"{section}_{seen[section]}", title, tuple(asked)))
    return tuple(made)


def load_form(framework: Framework, folder: Path, instrument: str, *, year: int) -> Form:
    """Build the form of an instrument from its codebook.

    Parameters
    ----------
    framework
        Codebooks, option lists, and the indicators that say to which sub-area a question belongs.
    folder
        `data/framework`: instruments.csv, checks.csv, form_words.csv.
    instrument
        Name of a codebook.
    year
        Year of the edition.

    Raises
    ------
    ConfigError
        There is no such instrument.
    FrameworkError
        The codebook contradicts itself, or a word of the forms is missing.
    """
    if instrument not in framework.codebooks:
        raise ConfigError(f"no questionnaire `{instrument}`{suggest(instrument, list(framework.codebooks))}")
    words = Words(read_text_table(folder / "form_words.csv"))
    parsed = {n: parse_codebook(t, framework.option_lists, name=n) for n, t in framework.codebooks.items()}
    items, codebook = parsed[instrument], framework.codebooks[instrument]
    questions = _questions(codebook, items, framework.option_lists, words)
    sections = dict(zip(codebook["item"], codebook["section"], strict=True))
    told = read_text_table(folder / "checks.csv").to_dict("records")
    messages = {(row["instrument"], row["check"]): row for row in told}
    rules = [
        Rule(check, _both({str(k): str(v) for k, v in messages[instrument, check.name].items()}, "message"))
        for check in load_checks(folder, parsed)[instrument]
        if check.severity == "stop"
    ]
    known = load_instruments(folder)
    patterns = {rule.key: rule.key_pattern for rule in known.values()}
    return Form(
        instrument=instrument,
        year=year,
        title={lang: f"{text} ({year})" for lang, text in words(f"title.{instrument}").items()},
        sections=_sections(questions, sections, framework, instrument, words),
        rules=tuple(rules),
        key=known[instrument].key if instrument in known else items[0].name,
        patterns=patterns,
        words=words,
    )
