"""The codebook as the import sees it: for every item its wording, its place in the question, what a cell may say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.framework import Framework, read_text_table
from analysis.intake.answers import Target, label_form
from analysis.schemas import Item, parse_codebook, short_codes


@dataclass(frozen=True)
class Wanted:
    """An item of the codebook with its wording in both languages; `place` counts the items of its question from 1."""

    item: Item
    target: Target
    question_no: str
    questions: tuple[str, ...]
    options: tuple[str, ...]
    place: int
    of: int


@dataclass(frozen=True)
class Codebook:
    """The items of an instrument, the one that identifies a row, and the instrument it refers to."""

    name: str
    wanted: tuple[Wanted, ...]
    key: str
    key_pattern: str
    reference: str = ""
    reference_key: str = ""

    @property
    def items(self) -> list[Item]:
        """The parsed items."""
        return [w.item for w in self.wanted]

    def find(self, name: str) -> Wanted | None:
        """Return an item by its name."""
        return next((w for w in self.wanted if w.item.name == name), None)


def _labels(item: Item, lists: pd.DataFrame) -> dict[str, str]:
    own = lists[lists["option_list"] == item.option_list] if item.option_list else lists.iloc[:0]
    out: dict[str, str] = {}
    double: set[str] = set()
    for row in own.to_dict("records"):
        for label in (row["label_pl"], row["label_en"]):
            form = label_form(str(label))
            if form and out.setdefault(form, str(row["option"])) != str(row["option"]):
                double.add(form)  # two options share a wording: it says nothing
    # LimeSurvey stores five characters of an answer; no wording is taken by such a code.
    short = {label_form(code): option for option, code in short_codes(list(own["option"])).items()}
    return short | {form: code for form, code in out.items() if form not in double}


def load_codebooks(framework: Framework, folder: Path) -> dict[str, Codebook]:
    """Load the codebook of every instrument that `instruments.csv` in the folder lists."""
    table = read_text_table(folder / "instruments.csv").set_index("instrument")
    out: dict[str, Codebook] = {}
    for name, raw in framework.codebooks.items():
        if name not in table.index:
            continue
        items = parse_codebook(raw, framework.option_lists, name=name)
        wanted: list[Wanted] = []
        numbers = list(raw["question_no"])
        for position, (item, row) in enumerate(zip(items, raw.to_dict("records"), strict=True)):
            target = Target(item, _labels(item, framework.option_lists), str(row["option_pl"]))
            wanted.append(
                Wanted(
                    item=item,
                    target=target,
                    question_no=str(row["question_no"]),
                    questions=tuple(t for t in (str(row["question_pl"]), str(row["question_en"])) if t),
                    options=tuple(t for t in (str(row["option_pl"]), str(row["option_en"])) if t),
                    place=numbers[: position + 1].count(row["question_no"]),
                    of=numbers.count(row["question_no"]),
                )
            )
        reference = str(table.at[name, "reference"])
        out[name] = Codebook(
            name=name,
            wanted=tuple(wanted),
            key=str(table.at[name, "key"]),
            key_pattern=str(table.at[name, "key_pattern"]),
            reference=reference,
            reference_key=str(table.at[reference, "key"]) if reference else "",
        )
    return out


def known_texts(codebooks: dict[str, Codebook]) -> list[str]:
    """Return the wordings and names by which a header is recognised; numbers of questions only with a letter."""
    texts: set[str] = set()
    for book in codebooks.values():
        for one in book.wanted:
            texts |= {one.item.name, *one.questions, *one.options}
            texts |= {f"{q} [{o}]" for q in one.questions for o in one.options}
            if re.match(r"[A-Za-z]", one.question_no):
                texts.add(one.question_no)
    return sorted(texts)
