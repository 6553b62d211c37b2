"""The contest for the status of National Key Cluster (KKK): its criteria, and mean results of its third round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd
from pydantic import ValidationInfo, field_validator, model_validator

from analysis.errors import ConfigError, suggest
from analysis.framework import Framework
from analysis.knowledge.records import Indicator, Record, Reference, count_row, read_rows, with_counts
from analysis.language import named

_SHARE = re.compile(r"100 \* (\w+) / (\w+)")


class Criterion(Record):
    """A row of `criteria.csv`; `indicator` is the survey's nearest measure, empty if it has none (`note` says why)."""

    KIND: ClassVar[str] = "kkk_criterion"
    CODES: ClassVar[frozenset[str]] = frozenset({"area_no", "area_en", "no", "criterion_en", "indicator", "note"})

    area_no: int
    area_pl: str
    area_en: str
    no: int
    criterion_pl: str
    criterion_en: str
    indicator: Indicator = ""
    note: str


class Result(Record):
    """A row of `results.csv`: a share that winners of the third round had on average.

    `indicator_or_expression` says how the same share follows from a coordinator's answers (`100 * item / item`); it is
    empty where it does not, and `note` says why.
    """

    KIND: ClassVar[str] = "kkk_result"
    CODES: ClassVar[frozenset[str]] = frozenset({"id", "name_pl", "name_en", "unit", "indicator_or_expression", "note"})

    id: str
    name_pl: str
    name_en: str
    value: float
    unit: str
    indicator_or_expression: str = ""
    note: str

    @model_validator(mode="before")
    @classmethod
    def _key_is_id(cls, data: object) -> object:
        if isinstance(data, dict) and "key" in data:
            return {("id" if k == "key" else k): v for k, v in data.items()}
        return data

    @field_validator("indicator_or_expression")
    @classmethod
    def _readable(cls, value: str, info: ValidationInfo) -> str:
        match = _SHARE.fullmatch(value)
        if value and match is None:
            raise ValueError(f"`{value}` is not of the form `100 * item / item`")
        questions = list(getattr(info.context, "questions", ()))
        for name in match.groups() if match else ():
            if name not in questions:
                raise ValueError(f"no question `{name}` of the coordinators{suggest(name, questions)}")
        return value

    def share(self, answers: pd.DataFrame) -> pd.Series | None:
        """The same share from the answers of coordinators (rows: respondents), in percent; None where it cannot be had.

        A missing answer, or no enterprises, gives a missing share.
        """
        match = _SHARE.fullmatch(self.indicator_or_expression)
        if match is None:
            return None
        part, whole = (answers[name].astype(float) for name in match.groups())
        return 100 * part / whole.where(whole > 0)


@dataclass(frozen=True)
class Contest:
    """Criteria in the order of the contest, and the mean results."""

    criteria: list[Criterion]
    results: list[Result]

    @property
    def areas(self) -> list[tuple[int, str]]:
        """Number and name of the areas, in order."""
        return list(dict.fromkeys((c.area_no, c.area_pl) for c in self.criteria))

    @property
    def measured(self) -> list[Criterion]:
        """Criteria that the survey measures."""
        return [c for c in self.criteria if c.indicator]


def load_contest(folder: Path, framework: Framework) -> Contest:
    """Read `criteria.csv` and `results.csv`.

    Raises
    ------
    ConfigError
        A row is broken, an indicator or question is unknown, or an area has two names.
    """
    reference = Reference.read(folder.parent, framework)
    made = Contest(
        read_rows(folder / "criteria.csv", Criterion, reference), read_rows(folder / "results.csv", Result, reference)
    )
    names: dict[int, str] = {}
    for criterion in made.criteria:
        first = names.setdefault(criterion.area_no, criterion.area_pl)
        if criterion.area_pl != first:
            place = f"{criterion.place.file}:{criterion.place.line()}"
            raise ConfigError(f"{place}: area_pl: area {criterion.area_no} is called `{first}` above")
    return made


def criteria_table(contest: Contest, framework: Framework) -> pd.DataFrame:
    """Criteria with their measure: area, no, criterion, indicator (code), indicator_name, note."""
    rows = [
        (
            getattr(c, named("area")),
            c.no,
            getattr(c, named("criterion")),
            c.indicator,
            framework.label(c.indicator, short=True) if c.indicator else "",
            c.note,
        )
        for c in contest.criteria
    ]
    return pd.DataFrame(rows, columns=["area", "no", "criterion", "indicator", "indicator_name", "note"])


def facts_table(contest: Contest) -> pd.DataFrame:
    """Counts and mean results, as a table of facts (see `records.facts_table`)."""
    where = contest.criteria[0].place.file
    rows = [
        count_row("kkk.criteria.n", len(contest.criteria), "Kryteria konkursu o status KKK", where),
        count_row("kkk.areas.n", len(contest.areas), "Obszary kryteriów konkursu o status KKK", where),
        count_row("kkk.criteria.measured", len(contest.measured), "Kryteria konkursu, które mierzy ankieta", where),
        count_row("kkk.results.n", len(contest.results), "Średnie wyniki trzeciej rundy konkursu", where),
    ]
    rows += [
        count_row(f"kkk.result.{r.id}", r.value, f"{r.name_pl}, średnio w trzeciej rundzie konkursu", r.place.file,
                  unit=r.unit, decimals=2)
        for r in contest.results
    ]  # fmt: skip
    everything: Sequence[Record] = ()
    return with_counts(everything, rows)
