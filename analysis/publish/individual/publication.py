"""The report of one respondent as a small publication of its own: its facts, its words, its workshop."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import PublishError
from analysis.framework import load_framework
from analysis.knowledge import Library, load_library
from analysis.publish import numbers
from analysis.publish.exhibits import Exhibit
from analysis.publish.publication import LANG, Publication

FOLDER = "individual"
TEMPLATE = "report.md"
PAGE, PDF = "index.html", "raport.pdf"


@dataclass(frozen=True)
class Cell:
    """A number printed in a table: exhibit, row, column, and the fact it is."""

    exhibit: str
    row: str
    column: str
    fact: str


@dataclass(frozen=True)
class IndividualPublication(Publication):
    """The report of one respondent; `build` is its workshop, `tables` the folder that its notebook wrote.

    `cells` collects, in order, every fact that a table prints.
    """

    respondent: str = ""
    tables: Path = Path()
    knowledge: Library = field(default_factory=Library)
    cells: list[Cell] = field(default_factory=list)

    @property
    def chapters_dir(self) -> Path:
        """The workshop holds the book itself."""
        return self.build

    @property
    def template_dir(self) -> Path:
        """Template, words, page and Typst file of the individual reports."""
        return self.report_dir / FOLDER

    @cached_property
    def labels(self) -> dict[str, Any]:
        """Words of tables and pages."""
        return load_labels(self)

    @cached_property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Facts of this respondent, and no others."""
        path = self.tables / "facts.json"
        if not path.is_file():
            raise PublishError(
                f"respondent {self.respondent}: {FOLDER}/{self.respondent}/facts.json is not there; "
                "run the individual notebooks again"
            )
        return dict(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def exhibits(self) -> dict[str, Exhibit]:
        """The figures and tables of the report, numbered in the order of print."""
        from analysis.publish.individual.exhibits import make_exhibits

        return {exhibit.id: exhibit for exhibit in make_exhibits(self)}

    @property
    def numbered(self) -> dict[str, int]:
        """Name of each exhibit (`levers`) → its number."""
        return {str(exhibit.record["name"]): exhibit.no for exhibit in self.exhibits.values()}

    def text(self, fact_id: str, *, unit: bool = True) -> str:
        """A fact as it is printed in a cell; the sign of a missing value where there is no such fact."""
        fact = self.facts.get(fact_id)
        return self.labels["missing"] if fact is None else numbers.fact_text(fact, lang=LANG, with_unit=unit)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of a table of the notebook, for names and order; numbers come from the facts."""
        path = self.tables / name
        if not path.is_file():
            raise PublishError(f"respondent {self.respondent}: {name} is not there; run the individual notebooks again")
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))


def archive_name(respondent: str) -> str:
    """Name of the ZIP with the data of one respondent."""
    return f"dane-{respondent}.zip"


def load_labels(pub: Publication) -> dict[str, Any]:
    """Read the words of the individual reports."""
    return _labels((pub.report_dir / FOLDER / "labels.yaml").read_text(encoding="utf-8"))


@cache
def _labels(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text))


def respondents(pub: Publication) -> list[str]:
    """Identifiers of all respondents whose notebook has run.

    Raises
    ------
    PublishError
        The notebooks have not been run, or there are no respondents.
    """
    path = pub.build / "40_analyses" / FOLDER / "respondents.csv"
    if not path.is_file():
        raise PublishError(f"{FOLDER}/respondents.csv is not there yet; run the individual notebooks first")
    with path.open(encoding="utf-8", newline="") as handle:
        found = [row["respondent_id"] for row in csv.DictReader(handle)]
    if not found:
        raise PublishError(f"{FOLDER}/respondents.csv names no respondent")
    return found


def read_knowledge(pub: Publication) -> Library:
    """The records that reports tell; none where the project has no folder for them."""
    folder = pub.project / "data/knowledge"
    return load_library(folder, load_framework(pub.framework_root)) if folder.is_dir() else Library()


def open_individual(pub: Publication, respondent: str, knowledge: Library | None = None) -> IndividualPublication:
    """Open the report of one respondent; its workshop is `50_chapters/individual/<id>`."""
    inherited = {field.name: getattr(pub, field.name) for field in fields(Publication)}
    workshop = pub.chapters_dir / FOLDER / respondent
    tables = pub.build / "40_analyses" / FOLDER / respondent
    return IndividualPublication(
        **{**inherited, "build": workshop},
        respondent=respondent,
        tables=tables,
        knowledge=read_knowledge(pub) if knowledge is None else knowledge,
    )


def provenance(fact: Mapping[str, Any]) -> tuple[str, str, str]:
    """Table, row and column of a fact."""
    return str(fact["table"]), str(fact["key"]), str(fact["column"])
