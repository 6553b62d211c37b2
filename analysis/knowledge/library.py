"""All records together, as the notebook and the chapters see them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.framework import Framework
from analysis.knowledge.glossary import Term, load_glossary
from analysis.knowledge.practices import load_practices, load_selection
from analysis.knowledge.records import Record


@dataclass(frozen=True)
class Library:
    """The records of `data/knowledge`, each list in the order of print."""

    practices: list[Any] = field(default_factory=list)
    practice_selection: list[Any] = field(default_factory=list)
    recommendations: list[Any] = field(default_factory=list)
    glossary: list[Term] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        for name in self.__dataclass_fields__:
            yield from getattr(self, name)

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
    made: dict[str, list[Any]] = {"glossary": load_glossary(knowledge / "glossary.csv", framework)}
    if (knowledge / "practices").is_dir():
        made["practices"] = load_practices(knowledge / "practices", framework)
        made["practice_selection"] = load_selection(knowledge / "practice_selection", framework)
    if (knowledge / "recommendations").is_dir():
        module = importlib.import_module("analysis.knowledge.recommendations")
        made["recommendations"] = module.load_recommendations(knowledge / "recommendations", framework)
    return Library(**made)
