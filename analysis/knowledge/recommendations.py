"""Recommendations of chapter 11: what is proposed and to whom, first steps, and the conditions its reasons are put to.

A condition is plain data: a fact, a comparison and a limit (another fact, or zero). Two kinds are told apart. *Stated*
conditions stand in the record, one for each statement of the printed reasons that the data can check. *Needs* are not
written by anybody: every sub-area of a recommendation for coordinators or members must not be a strength of the
clusters by the published rule. `analysis.knowledge.evidence` judges both. The conditions, the limits and the rule of
needs were set with the results of edition 2024 in view: no preregistered test, and the chapter says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field, PrivateAttr, model_validator

from analysis import language
from analysis.errors import ConfigError
from analysis.framework import Framework, read_text_table
from analysis.knowledge.records import (
    Addressee,
    Part,
    Record,
    RecordFact,
    Reference,
    Subarea,
    count_row,
    read_records,
    with_counts,
)

COMPARISONS = ("above", "at_least", "below", "at_most")
# Whose doings the benchmarking measures: only for them a sub-area says whether there is a need.
MEASURED = frozenset({"COORDINATOR", "MEMBERS"})
STRENGTH_LIMIT = "strength.limit"
FOLDER = "data/knowledge/recommendations"


class Condition(Part):
    """What the data are asked: a fact, one of `COMPARISONS`, and a limit: the id of a fact, or 0.

    With `of` the fact is taken in percent of another one. `says` is the statement that is checked, without numbers, for
    it is printed whether it holds or not; `line` its place in the source.
    """

    CODES: ClassVar[frozenset[str]] = frozenset({"id", "fact", "of", *COMPARISONS, "line"})

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    says: str
    fact: str
    of: str | None = None
    above: str | Literal[0] | None = None
    at_least: str | Literal[0] | None = None
    below: str | Literal[0] | None = None
    at_most: str | Literal[0] | None = None
    line: int | str = ""

    @model_validator(mode="after")
    def _one_comparison(self) -> Condition:
        given = [name for name in COMPARISONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(COMPARISONS)}; given: {', '.join(given) or 'none'}")
        return self

    @property
    def comparison(self) -> str:
        """Which of `COMPARISONS`."""
        return next(name for name in COMPARISONS if getattr(self, name) is not None)

    @property
    def limit(self) -> str | int:
        """Id of the fact that is the limit, or 0."""
        limit: str | int = getattr(self, self.comparison)
        return limit


class Recommendation(Record):
    """One recommendation; `no` counts through the chapter, `number` is how it is printed (11.2.3)."""

    KIND: ClassVar[str] = "recommendation"
    CODES: ClassVar[frozenset[str]] = frozenset({"no", "section", "lines", "addressees", "subareas"})

    no: int = Field(ge=1)
    section: str = Field(pattern=r"^11\.[1-8]$")
    title: str
    title_en: str
    lines: tuple[int, int]
    addressees: list[Addressee] = Field(min_length=1)
    subareas: list[Subarea]
    topic: str | None = None
    gist: str
    rationale: str
    action: str
    kpis: list[str] = Field(default_factory=list)
    first_steps: dict[Addressee, list[str]] = Field(min_length=1)
    effect: str
    facts: list[RecordFact] = Field(default_factory=list)
    evidence: list[Condition]
    beyond: str
    _number: str = PrivateAttr(default="")
    _labels: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _needs: list[Condition] = PrivateAttr(default_factory=list)

    @model_validator(mode="after")
    def _parts_fit(self) -> Recommendation:
        if not self.subareas and not self.topic:
            raise ValueError("`topic` says what it is about when there are no `subareas`")
        strangers = [code for code in self.first_steps if code not in self.addressees]
        if strangers:
            raise ValueError(f"`first_steps` for {', '.join(strangers)}, who are not among the `addressees`")
        ids = [condition.id for condition in self.evidence]
        twice = sorted({x for x in ids if ids.count(x) > 1})
        if twice:
            raise ValueError(f"`evidence`: {', '.join(twice)} defined twice")
        return self

    @property
    def number(self) -> str:
        """Number in print: the section and the place in it."""
        return self._number

    @property
    def conditions(self) -> list[Condition]:
        """All that is asked of the data: needs of the sub-areas first, then the stated conditions."""
        return [*self._needs, *self.evidence]

    @property
    def called(self) -> str:
        """The title in the language of the process."""
        return self.title if language.current() == "pl" else self.title_en

    def label(self, code: str) -> str:
        """Name of an addressee or a sub-area."""
        return self._labels[code]


NOT_A_STRENGTH = {
    "pl": "Podobszar „{name}” nie jest mocną stroną klastrów",
    "en": "The sub-area “{name}” is not a strength of the clusters",
}


def _needs(record: Recommendation, labels: Mapping[str, str]) -> list[Condition]:
    if not MEASURED & set(record.addressees) or not record.subareas:
        return []
    return [
        Condition(
            id=f"need_{code.lower().replace('.', '_')}",
            says=NOT_A_STRENGTH[language.current()].format(name=labels[code]),
            fact=f"score.{code}.all.median",
            below=STRENGTH_LIMIT,
        )
        for code in record.subareas
    ]


def load_recommendations(folder: Path, framework: Framework) -> list[Recommendation]:
    """Read the recommendations in the order of print, with their numbers, names and needs.

    Raises
    ------
    ConfigError
        A record is broken, or the sections do not follow one another; names file and key.
    """
    records = read_records(folder, Recommendation, Reference.read(folder.parent, framework))
    records.sort(key=lambda record: record.no)
    for before, after in pairwise(records):
        if after.section < before.section:
            place = after.place
            raise ConfigError(
                f"{place.file}:{place.line('section')}: section: number {after.no} stands in {after.section}, "
                f"but number {before.no} already in {before.section}; correct `no` or `section`"
            )
    names = read_text_table(folder.parent / "addressees.csv").set_index("code")["name_pl"]
    labels = names.to_dict() | {code: framework.label(code) for code in framework.subareas.index}
    places: dict[str, int] = {}
    for record in records:
        places[record.section] = places.get(record.section, 0) + 1
        record._number = f"{record.section}.{places[record.section]}"
        record._labels = labels
        record._needs = _needs(record, labels)
    return records


def catalogue(records: Sequence[Recommendation]) -> pd.DataFrame:
    """Recommendations as a table: no, number, section, title, addressees and subareas (lists of codes)."""
    names = ("no", "number", "section", "title", "addressees", "subareas")
    title = "title" if language.current() == "pl" else "title_en"
    return pd.DataFrame(
        [{name: getattr(record, title if name == "title" else name) for name in names} for record in records],
        columns=list(names),
    )


def facts_table(records: Sequence[Recommendation]) -> pd.DataFrame:
    """Facts of the records, and how many there are: in all, by section, by addressee, by sub-area."""
    counts = [count_row("recommendations.n", len(records), "rekomendacje", FOLDER)]
    for field in ("section", "addressees", "subareas"):
        found: dict[str, int] = {}
        for record in records:
            values = getattr(record, field)
            for code in [values] if isinstance(values, str) else values:
                found[code] = found.get(code, 0) + 1
        name = field.removesuffix("s")
        for code, number in found.items():
            counts.append(count_row(f"recommendations.{name}.{code}.n", number, f"rekomendacje: {code}", FOLDER))
    return with_counts(records, counts)
