"""The tables behind the numbers: which of them go with the site, and where a raw column is found.

Tables of groups and of the method are public. A table with a row for each respondent is published only where the
answers are reconstructed or made up; of real answers (`provenance: survey`) the site names file and column, never the
cells.
"""

from __future__ import annotations

import csv
import fnmatch
import shutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import PublishError
from analysis.framework import Framework, read_text_table
from analysis.publish.respondents import names_respondents
from analysis.sources import MADE_UP, RECONSTRUCTED

FOLDER = "dane/zrodla"
LINEAGE = "20_indicators/lineage.csv"
_RESPONDENT_STEPS = ("10_validated/", "20_indicators/", "30_scores/")
# Public by nature: the register of clusters, and which question goes into which indicator.
_PUBLIC = frozenset({"registry.csv", "lineage.csv"})


class Sources:
    """Tables that facts and indicators of one edition rest on.

    Parameters
    ----------
    project, build
        Folders that table names are relative to: inputs below the project, results below the build.
    edition
        Year of the edition.
    provenance
        `survey`, `reconstructed` or `made_up`.
    framework
        Framework of the edition.
    facts
        All facts; their tables are the ones that matter.
    results
        Whether tables of the build may go with the site; a rule of disclosure control lets only inputs do so.
    """

    def __init__(
        self,
        project: Path,
        build: Path,
        edition: int,
        provenance: str,
        framework: Framework,
        facts: Mapping[str, Mapping[str, Any]],
        *,
        results: bool = True,
    ) -> None:
        self.results = results
        self.project = project
        self.build = build
        self.raw = f"data/editions/{edition}/raw"
        self.survey = provenance not in (RECONSTRUCTED, MADE_UP)
        self.framework = framework
        self._frames: dict[str, pd.DataFrame | None] = {}
        self._found: dict[str, tuple[str, str, str]] = {}
        self.tables = sorted({str(fact["table"]) for fact in facts.values()})
        absent = [table for table in self.tables if self.path(table) is None]
        if absent:
            example = next(key for key, fact in facts.items() if fact["table"] == absent[0])
            raise PublishError(
                f"facts name tables that do not exist: {', '.join(absent)} (fact `{example}`); a fact needs the table "
                "it comes from, written below the build or the project"
            )

    def path(self, table: str) -> Path | None:
        """Return the file of a table, or None."""
        return next((base / table for base in (self.build, self.project) if (base / table).is_file()), None)

    def header(self, table: str) -> list[str]:
        """Return the columns of a table, none for a file that is not a CSV."""
        path = self.path(table)
        if path is None or path.suffix != ".csv":
            return []
        with path.open(encoding="utf-8", newline="") as handle:
            return next(csv.reader(handle), [])

    def of_respondents(self, table: str) -> bool:
        """Whether a table tells of single respondents."""
        if Path(table).name in _PUBLIC:
            return False
        if table.startswith((*_RESPONDENT_STEPS, self.raw + "/")):
            return True
        path = self.path(table)
        if path is None or path.suffix != ".csv":
            return False
        # `unit` is a respondent in tables of the engine. Elsewhere it is a unit of measure, and withholding is safe.
        return "unit" in self.header(table) or names_respondents(path, self.build)

    def public(self, table: str) -> bool:
        """Whether a table may go with the site."""
        path = self.path(table)
        if path is None or (not self.results and path.is_relative_to(self.build)):
            return False
        return not (self.survey and self.of_respondents(table))

    def href(self, table: str) -> str:
        """Return where the site has a table, '' where it does not."""
        return f"{FOLDER}/{table}" if table in self.published else ""

    @cached_property
    def instruments(self) -> dict[str, str]:
        """Questionnaire → its raw file, for those that are there."""
        names = {name: f"{self.raw}/{name}.csv" for name in sorted(self.framework.codebooks)}
        return {name: table for name, table in names.items() if self.path(table) is not None}

    @cached_property
    def published(self) -> list[str]:
        """Tables that go with the site: those of the facts, and the raw files behind them."""
        wanted = {*self.tables, *self.instruments.values()}
        if self.path(LINEAGE) is not None:
            wanted |= {LINEAGE, "20_indicators/indicators.csv", "30_scores/scores.csv", "30_scores/normalised.csv"}
        return sorted(table for table in wanted if self.public(table))

    @cached_property
    def lineage(self) -> dict[str, list[tuple[str, str]]]:
        """Indicator → (questionnaire, raw column) of everything it rests on."""
        path = self.path(LINEAGE)
        out: dict[str, list[tuple[str, str]]] = {}
        if path is not None:
            for row in read_text_table(path).to_dict("records"):
                out.setdefault(str(row["code"]), []).append((str(row["instrument"]), str(row["item"])))
        return out

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        return {name: self.header(table) for name, table in self.instruments.items()}

    def files_of(self, inputs: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return (input, raw file, link or '') for the inputs of a fact; a pattern such as `members_in__*` counts."""
        return [self._file_of(name) for name in inputs if name]

    def _file_of(self, name: str) -> tuple[str, str, str]:
        if name not in self._found:
            table = name
            if self.path(name) is None:
                homes = [i for i in ("coordinators", *self._columns) if fnmatch.filter(self._columns.get(i, []), name)]
                table = self.instruments[homes[0]] if homes else ""
            self._found[name] = (name, table, self.href(table) if table else "")
        return self._found[name]

    def frame(self, table: str) -> pd.DataFrame | None:
        """Read a table as text by respondent, or None where it is not public or not there."""
        if table not in self._frames:
            self._frames[table] = self._read(table)
        return self._frames[table]

    def _read(self, table: str) -> pd.DataFrame | None:
        if not self.public(table):
            return None
        path = self.path(table)
        assert path is not None
        frame = read_text_table(path)
        return frame.set_index("respondent_id") if "respondent_id" in frame.columns else None

    def copy(self, site: Path) -> None:
        """Put the public tables into the site."""
        for table in self.published:
            source = self.path(table)
            assert source is not None
            target = site / FOLDER / table
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
