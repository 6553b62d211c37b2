"""The ten criteria and the checks behind them, read from `data/framework`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import FrameworkError

LEVELS = ("fail", "review", "note")
SOURCES = ("axe", "own")
BEYOND = "beyond"  # checks that belong to none of the ten criteria


@dataclass(frozen=True)
class Criterion:
    """One of the ten criteria: what is checked, by which success criteria of WCAG, what a machine sees and a person."""

    no: int
    wcag: tuple[str, ...]
    name_pl: str
    name_en: str
    level: tuple[str, ...]
    item: str
    checked_pl: str
    checked_en: str
    automatic_pl: str
    automatic_en: str
    person_pl: str
    person_en: str


@dataclass(frozen=True)
class Check:
    """One thing that is looked for.

    `level`: `fail` settles that the criterion is not met, `review` asks a person, `note` is told and changes nothing.
    `source`: a rule of axe-core of that name, or a check of ours.
    """

    check: str
    item: str
    source: str
    level: str
    message_pl: str
    message_en: str


@dataclass(frozen=True)
class Criteria:
    """Criteria by item of the codebook, in printed order, and checks by name."""

    criteria: Mapping[str, Criterion]
    checks: Mapping[str, Check]

    @property
    def axe_rules(self) -> list[str]:
        """Rules that axe-core is asked to run."""
        return [c.check for c in self.checks.values() if c.source == "axe"]


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not path.is_file():
        raise FrameworkError(f"{path.name}: the file is missing in {path.parent}")
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != columns:
            there = ", ".join(reader.fieldnames or ())
            raise FrameworkError(f"{path.name}, row 1: the columns are {there}; expected {', '.join(columns)}")
        return list(reader)


def load_criteria(framework_dir: Path) -> Criteria:
    """Read `wcag_criteria.csv` and `wcag_checks.csv`.

    Raises
    ------
    FrameworkError
        A file or column is missing, or a row holds an unknown value; names file, row, column and what is allowed.
    """
    criteria: dict[str, Criterion] = {}
    name = "wcag_criteria.csv"
    for line, row in enumerate(_rows(framework_dir / name, tuple(Criterion.__dataclass_fields__)), start=2):
        if row["no"] != str(line - 1):
            raise FrameworkError(f"{name}, row {line}, no: {row['no']!r} out of order; expected {line - 1}")
        if row["item"] in criteria:
            raise FrameworkError(f"{name}, row {line}, item: {row['item']!r} is there twice; give it a name of its own")
        texts = {k: v for k, v in row.items() if k not in ("no", "wcag", "level")}
        lists = {"wcag": tuple(row["wcag"].split(";")), "level": tuple(row["level"].split(";"))}
        criteria[row["item"]] = Criterion(no=int(row["no"]), **lists, **texts)  # type: ignore[arg-type]
    checks: dict[str, Check] = {}
    name = "wcag_checks.csv"
    allowed = {"item": (*criteria, BEYOND), "source": SOURCES, "level": LEVELS}
    for line, row in enumerate(_rows(framework_dir / name, tuple(Check.__dataclass_fields__)), start=2):
        for column, values in allowed.items():
            if row[column] not in values:
                raise FrameworkError(
                    f"{name}, row {line}, {column}: unknown value {row[column]!r}; allowed: {', '.join(values)}"
                )
        if row["check"] in checks:
            raise FrameworkError(f"{name}, row {line}, check: {row['check']!r} is there twice; remove one")
        checks[row["check"]] = Check(**row)
    return Criteria(criteria, checks)
