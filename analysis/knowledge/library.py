"""All records together, as the notebook and the chapters see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analysis.framework import Framework
from analysis.knowledge.eligibility import Condition, load_conditions
from analysis.knowledge.glossary import Term, load_glossary
from analysis.knowledge.kkk import Contest, load_contest
from analysis.knowledge.practices import Practice, Selection, load_practices, load_selection
from analysis.knowledge.recommendations import Recommendation, load_recommendations
from analysis.knowledge.records import Record
from analysis.knowledge.registers import Registers, load_registers


@dataclass(frozen=True)
class Library:
    """The records of `data/knowledge`, each list in the order of print."""

    practices: list[Practice] = field(default_factory=list)
    practice_selection: list[Selection] = field(default_factory=list)
    recommendations: list[Recommendation] = field(default_factory=list)
    glossary: list[Term] = field(default_factory=list)
    contest: Contest = field(default_factory=lambda: Contest([], []))
    registers: Registers = field(default_factory=lambda: Registers([], []))
    conditions: list[Condition] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        yield from (*self.practices, *self.practice_selection, *self.recommendations, *self.glossary)
        yield from (*self.contest.criteria, *self.contest.results)
        yield from (*self.registers.clusters, *self.registers.statements, *self.conditions)

    def term(self, ident: str) -> Term:
        """The term of the glossary with an id.

        Raises
        ------
        KeyError
            There is none.
        """
        for term in self.glossary:
            if term.id == ident:
                return term
        raise KeyError(ident)

    def record(self, kind: str, key: str) -> Record:
        """The record of a kind (`practice`) with a key.

        Raises
        ------
        KeyError
            There is none.
        """
        for record in self:
            if kind == record.KIND and record.key == key:
                return record
        raise KeyError(f"{kind} `{key}`")


def load_library(knowledge: Path, framework: Framework) -> Library:
    """Read the folder `data/knowledge`.

    Raises
    ------
    ConfigError
        A record is broken; the message names file, line and key.
    """
    return Library(
        practices=load_practices(knowledge / "practices", framework),
        recommendations=load_recommendations(knowledge / "recommendations", framework),
        practice_selection=load_selection(knowledge / "practice_selection", framework),
        glossary=load_glossary(knowledge / "glossary.csv", framework),
        contest=load_contest(knowledge / "kkk", framework),
        registers=load_registers(knowledge / "registers", framework),
        conditions=load_conditions(knowledge / "eligibility.csv", framework),
    )
