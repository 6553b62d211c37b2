"""Good practices: records in the six headings of the printed template, and the sub-areas that each one serves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pandas as pd
from pydantic import Field, model_validator

from analysis.errors import ConfigError
from analysis.framework import Framework
from analysis.knowledge.records import (
    Cluster,
    Record,
    RecordFact,
    Reference,
    Subarea,
    count_row,
    file_name,
    read_records,
    with_counts,
)

HOME = "PL"
KEY, RELATED = "key", "related"


class PracticeFact(RecordFact):
    """A number of a practice.

    `kind` adds to those of every record the circumstances (context) that the practice answers; `bound` says whether the
    source gives the number itself or a limit, which the text has to put into words (“ponad”, “blisko”).
    """

    CODES: ClassVar[frozenset[str]] = RecordFact.CODES | {"bound"}

    kind: Literal["result", "expected", "scale", "context"]  # type: ignore[assignment]
    bound: Literal["exact", "above", "about", "nearly", "up_to"] = "exact"


class Practice(Record):
    """A good practice as the report tells it.

    `cluster` is its name in the heading, `registry` that of the register of clusters (domestic ones only), `lang` the
    language of a foreign name, `short` the name in the matrix. `key_area` and `related_areas` are sub-areas. `stage`
    tells a practice that runs from one still in development. `comment` is what the cluster stresses, in our words.
    `suits` says for whom it is, `monday` what to do first, `remarks` what does not fit in the source; `lines` is its
    place there.
    """

    KIND: ClassVar[str] = "practice"
    CODES: ClassVar[frozenset[str]] = frozenset(
        {"id", "section", "title_en", "registry", "lang", "country", "key_area", "related_areas", "stage", "lines"}
    )

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    section: str = Field(pattern=r"^9\.[23]\.[1-9]\d?$")
    title: str
    title_en: str
    cluster: str
    registry: Cluster | None = None
    lang: str = "pl"
    short: str = Field(max_length=24)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    key_area: Subarea
    related_areas: Annotated[list[Subarea], Field(min_length=1)]
    stage: Literal["running", "in_development"]
    lines: tuple[int, int]
    gist: str
    purpose: str
    description: str
    effect: str
    transferability: str
    comment: str | None = None
    suits: str
    monday: Annotated[list[str], Field(min_length=3, max_length=5)]
    remarks: tuple[str, ...] = ()
    facts: tuple[PracticeFact, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Practice:
        problems = []
        double = sorted({code for code in self.areas if self.areas.count(code) > 1})
        if double:
            problems.append(f"related_areas: {', '.join(double)} named twice; the key area is not repeated")
        if self.domestic and (self.comment is None or self.registry is None):
            problems.append("a domestic practice needs comment and registry")
        if not self.domestic and (self.comment is not None or self.registry is not None):
            problems.append("a foreign practice has neither comment nor registry")
        if self.section.startswith("9.2") != self.domestic:
            problems.append(
                f"section {self.section} does not go with country {self.country} (9.2 domestic, 9.3 foreign)"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def areas(self) -> tuple[str, ...]:
        """Sub-areas that the practice serves, the key one first."""
        return (self.key_area, *self.related_areas)

    @property
    def domestic(self) -> bool:
        """Whether it is a practice of a Polish cluster."""
        return self.country == HOME

    @property
    def evidence(self) -> str:
        """What the source says in numbers about effects: results, expected (no result, but a hope or a plan), none."""
        kinds = {fact.kind for fact in self.facts}
        return "results" if "result" in kinds else "expected" if "expected" in kinds else "none"

    @property
    def anchor(self) -> str:
        """Anchor of its section in the book."""
        return f"sec-praktyka-{self.id}"

    @property
    def order(self) -> tuple[int, ...]:
        """Place among the printed sections."""
        return tuple(map(int, self.section.split(".")))


class Selection(Record):
    """How the printed report chose its practices: `criteria` in our words, `areas` given special attention."""

    KIND: ClassVar[str] = "practices"
    CODES: ClassVar[frozenset[str]] = frozenset({"id", "areas", "lines"})

    id: Literal["selection"]
    criteria: Annotated[list[str], Field(min_length=1)]
    areas: list[Subarea]
    lines: tuple[int, int]
    facts: tuple[PracticeFact, ...] = ()


def load_selection(folder: Path, framework: Framework) -> list[Selection]:
    """Read how the practices were chosen: one record.

    Raises
    ------
    ConfigError
        The record is broken or missing.
    """
    found = read_records(folder, Selection, Reference.read(folder.parent, framework))
    if not found:
        raise ConfigError(
            f"{file_name(folder)} holds no record of how the practices were chosen; restore selection.yaml"
        )
    return found


def load_practices(folder: Path, framework: Framework) -> list[Practice]:
    """Read the practices in printed order.

    Raises
    ------
    ConfigError
        A record is broken, or two claim the same section.
    """
    found = sorted(read_records(folder, Practice, Reference.read(folder.parent, framework)), key=lambda p: p.order)
    wrong = [
        f"{b.place.file}:{b.place.line('section')}: section: {b.section} is already that of {a.place.file}"
        for a, b in pairwise(found)
        if a.section == b.section
    ]
    if wrong:
        raise ConfigError("good practices:\n  " + "\n  ".join(wrong))
    return found


def practice_matrix(practices: Sequence[Practice], subareas: Sequence[str]) -> pd.DataFrame:
    """Which practice serves which sub-area.

    Returns
    -------
    DataFrame
        Index: id of the practice, in the given order; a column per sub-area: “key”, “related” or empty.
    """
    table = pd.DataFrame("", index=pd.Index([p.id for p in practices], name="id"), columns=list(subareas))
    for practice in practices:
        table.loc[practice.id, list(practice.related_areas)] = RELATED
        table.loc[practice.id, practice.key_area] = KEY
    return table


def coverage(matrix: pd.DataFrame) -> pd.DataFrame:
    """How many practices serve a sub-area: index code; columns `key`, `related`, `practices` (both together)."""
    out = pd.DataFrame({name: (matrix == name).sum() for name in (KEY, RELATED)}).rename_axis("code")
    return out.assign(practices=out[KEY] + out[RELATED])


def overview(practices: Sequence[Practice]) -> pd.DataFrame:
    """Practices in printed order: index id; columns section, short, stage, evidence."""
    rows = [(p.id, p.section, p.short, p.stage, p.evidence) for p in practices]
    return pd.DataFrame(rows, columns=["id", "section", "short", "stage", "evidence"]).set_index("id")


def stated_numbers(practices: Sequence[Practice]) -> pd.DataFrame:
    """The numbers of all practices: columns practice (its id), id, name, value, unit, decimals, kind, bound."""
    rows = [
        (p.id, x.id, x.name, x.value, x.unit, x.decimals, x.kind, x.bound) for p in practices for x in p.facts
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["practice", "id", "name", "value", "unit", "decimals", "kind", "bound"])


def facts_table(practices: Sequence[Practice]) -> pd.DataFrame:
    """Facts of the practices, and counts `practices.<what>`: n, domestic, foreign, in_development, evidence.<kind>."""
    folder = str(Path(practices[0].place.file).parent)
    domestic = sum(p.domestic for p in practices)
    counts = [
        ("n", len(practices), "Opisane dobre praktyki"),
        ("domestic", domestic, "Opisane praktyki krajowe"),
        ("foreign", len(practices) - domestic, "Opisane praktyki zagraniczne"),
        ("in_development", sum(p.stage == "in_development" for p in practices), "Praktyki w fazie rozwoju"),
        ("least_areas", min(len(p.areas) for p in practices), "Najmniejsza liczba podobszarów jednej praktyki"),
        ("most_areas", max(len(p.areas) for p in practices), "Największa liczba podobszarów jednej praktyki"),
        ("evidence.results", sum(p.evidence == "results" for p in practices), "Praktyki z liczbą o wynikach"),
        ("evidence.expected", sum(p.evidence == "expected" for p in practices), "Praktyki tylko z oczekiwaniami"),
        ("evidence.none", sum(p.evidence == "none" for p in practices), "Praktyki bez liczby o skutkach"),
    ]
    rows = [count_row(f"practices.{key}", n, name, folder) for key, n, name in counts]
    return with_counts(practices, rows)


def selection_facts(selections: Sequence[Selection]) -> pd.DataFrame:
    """Facts about how the practices were chosen: `practices.criteria`, `practices.chosen_areas`, its own numbers."""
    (selection,) = selections
    file = selection.place.file
    rows = [
        count_row("practices.criteria", len(selection.criteria), "Kryteria wyboru dobrych praktyk", file),
        count_row("practices.chosen_areas", len(selection.areas), "Podobszary wyróżnione przy wyborze", file),
    ]
    return with_counts(selections, rows)
