"""Regional lists of clusters, and what sources say of them: values side by side, contradictions found by computing.

Nothing here is marked as contradictory by hand. Every statement keeps its value, date and place; `checks` compares
statements with each other, with the list they describe, and with the register of the edition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import pandas as pd

from analysis.errors import ConfigError, suggest
from analysis.framework import Framework
from analysis.knowledge.records import Cluster, Record, Reference, count_row, read_rows, with_counts

AGREE, CONTRADICT = "agree", "contradict"
COLUMNS = ["id", "subject", "name", "kind", "stated", "unit", "as_of", "other", "other_as_of", "verdict"]


class Listed(Record):
    """A row of `clusters.csv`: a cluster on a regional list; `activity` may be unknown, which is a value like others.

    `initiator` says who started it, as far as the list tells; `registry_name` is its name in the register of the
    edition, empty if it did not take part.
    """

    KIND: ClassVar[str] = "listed"
    CODES: ClassVar[frozenset[str]] = frozenset(
        {"id", "voivodeship", "name", "initiator", "activity", "registry_name", "note"}
    )

    id: str
    voivodeship: str
    name: str
    initiator: Literal["municipality", "marshal", "other", "unknown"] = "unknown"
    year: int | None = None
    activity: Literal["active", "inactive", "unknown"]
    registry_name: Cluster = ""
    line: int
    note: str = ""


class Statement(Record):
    """A row of `statements.csv`: what a source says, or, without `value`, what follows as the sum of its parts.

    `part_of` names the statement that this one is a part of; `share_part` and `share_whole` the two whose ratio it
    states in percent; `counted` the list (`lubelskie`) or its part (`lubelskie/marshal`) that it counts.
    """

    KIND: ClassVar[str] = "statement"
    CODES: ClassVar[frozenset[str]] = frozenset(
        {"id", "subject", "name", "unit", "as_of", "source", "line", "part_of", "share_part", "share_whole", "counted"}
    )

    id: str
    subject: str
    name: str
    value: float | None = None
    unit: str
    as_of: str
    source: str
    line: str
    part_of: str = ""
    share_part: str = ""
    share_whole: str = ""
    counted: str = ""


@dataclass(frozen=True)
class Registers:
    """Regional lists in the order of their sources, and the statements about their clusters."""

    clusters: list[Listed]
    statements: list[Statement]

    @property
    def names(self) -> list[str]:
        """Names of the lists."""
        return list(dict.fromkeys(c.voivodeship for c in self.clusters))

    def of(self, register: str, initiator: str = "") -> list[Listed]:
        """Clusters of a list, or those of one initiator."""
        return [c for c in self.clusters if c.voivodeship == register and initiator in ("", c.initiator)]

    def value(self, statement: Statement) -> float:
        """The stated value, or the sum of the parts where the source gives only these."""
        if statement.value is not None:
            return statement.value
        return sum(self.value(part) for part in self.parts(statement))

    def parts(self, statement: Statement) -> list[Statement]:
        """Statements that are parts of this one."""
        return [s for s in self.statements if s.part_of == statement.id]

    def statement(self, ident: str) -> Statement:
        """The statement with an id."""
        return next(s for s in self.statements if s.id == ident)


def load_registers(folder: Path, framework: Framework) -> Registers:
    """Read `clusters.csv` and `statements.csv`.

    Raises
    ------
    ConfigError
        A row is broken, refers to a statement or list that is not there, or has neither value nor parts.
    """
    reference = Reference.read(folder.parent, framework)
    clusters = read_rows(folder / "clusters.csv", Listed, reference)
    made = Registers(clusters, read_rows(folder / "statements.csv", Statement, reference))
    known = {s.id: s for s in made.statements}
    problems = []
    for s in made.statements:
        place = f"{s.place.file}:{s.place.line()}"
        for key in ("part_of", "share_part", "share_whole"):
            other = getattr(s, key)
            if other and other not in known:
                problems.append(f"{place}: {key}: unknown statement `{other}`{suggest(other, list(known))}")
        if bool(s.share_part) != bool(s.share_whole):
            problems.append(f"{place}: share_part and share_whole belong together")
        if s.value is None and not made.parts(s):
            problems.append(f"{place}: value: missing, and no statement is a part of `{s.id}`")
        if s.counted and not made.of(*s.counted.split("/")):
            problems.append(f"{place}: counted: no cluster in `{s.counted}`; lists: {', '.join(made.names)}")
    if problems:
        raise ConfigError("\n  ".join(["registers:", *problems]))
    return made


def listing(registers: Registers) -> pd.DataFrame:
    """The lists as a table: no, name, voivodeship, initiator, year, activity, registry_name."""
    names = ["name", "voivodeship", "initiator", "year", "activity", "registry_name"]
    rows = [[getattr(c, name) for name in names] for c in registers.clusters]
    table = pd.DataFrame(rows, columns=names, dtype=object)
    table["year"] = table["year"].astype("Int64")
    table.insert(0, "no", range(1, len(table) + 1))
    return table


def half_step(value: float) -> float:
    """Half of the last printed digit of a value: what rounding may hide.

    Examples
    --------
    >>> half_step(88), half_step(66.7)
    (0.5, 0.05)
    """
    text = f"{value:.10f}".rstrip("0")
    return 0.5 * 10.0 ** -len(text.split(".")[1])


def checks(registers: Registers, registry: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Compare every statement with what should equal it.

    Parameters
    ----------
    registry
        The register of the edition: columns name, members.
    as_of
        Date of the register's values.

    Returns
    -------
    pd.DataFrame
        One row for each comparison, columns `COLUMNS`: `kind` is dated (the same thing at another date), sum (parts
        and their whole), share (a percentage and the numbers it comes from) or list (a count and the list); `verdict`
        is agree or contradict. Rounding is allowed for: half of the last digit, for each rounded part.
    """
    rows: list[tuple[object, ...]] = []
    members = registry.set_index("name")["members"].astype(float)
    for s in registers.statements:
        value = registers.value(s)
        head = (s.id, s.subject, s.name)
        tail = (value, s.unit, s.as_of)
        if s.subject in members.index and s.unit == "members" and not s.part_of and not s.share_part:
            other = float(members[s.subject])
            rows.append((*head, "dated", *tail, other, as_of, AGREE if value == other else CONTRADICT))
        parts = registers.parts(s)
        if parts and s.value is not None:
            total = sum(registers.value(part) for part in parts)
            percent = s.unit == "percent"
            slack = sum(half_step(registers.value(part)) for part in parts) if percent else 0.0
            fits = abs(total - value) <= slack + 1e-9
            rows.append((*head, "sum", *tail, total, s.as_of, AGREE if fits else CONTRADICT))
        if s.share_part:
            part, whole = (registers.value(registers.statement(x)) for x in (s.share_part, s.share_whole))
            share = 100 * part / whole
            fits = abs(share - value) <= half_step(value)
            rows.append((*head, "share", *tail, share, s.as_of, AGREE if fits else CONTRADICT))
        if s.counted:
            count = len(registers.of(*s.counted.split("/")))
            rows.append((*head, "list", *tail, float(count), s.as_of, AGREE if count == value else CONTRADICT))
    return pd.DataFrame(rows, columns=COLUMNS)


def common_base(registers: Registers, subject: str) -> tuple[int, int] | None:
    """Bounds of the base that would make all stated shares of a subject right; None if there is none.

    A share p (rounded to ±h) of a count k needs a base between k / (p + h) and k / (p − h).
    """
    low, high = 1, math.inf
    for s in registers.statements:
        if s.subject == subject and s.share_part:
            part, share, half = (
                registers.value(registers.statement(s.share_part)),
                registers.value(s),
                half_step(s.value or 0),
            )
            low = max(low, math.ceil(100 * part / (share + half)))
            high = min(high, math.floor(100 * part / (share - half)))
    return (low, int(high)) if math.isfinite(high) and low <= high else None


def absent(registers: Registers, register: str, registry: pd.DataFrame) -> list[str]:
    """Clusters of the edition from a voivodeship that its regional list does not name."""
    listed = {c.registry_name for c in registers.of(register)}
    here = registry[registry["voivodeship"] == register]
    return [name for name in here["name"] if name not in listed]


def facts_table(registers: Registers, found: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """Counts, statements and contradictions, as a table of facts (see `records.facts_table`); `found` is `checks`."""
    where = registers.clusters[0].place.file
    rows = [
        count_row("register.n", len(registers.clusters), "Klastry na listach regionalnych", where, unit="clusters"),
        count_row("register.activity_unknown.n", sum(c.activity == "unknown" for c in registers.clusters),
                  "Klastry z list regionalnych, o których nie wiadomo, czy działają", where, unit="clusters"),
        count_row("register.checks.n", len(found), "Porównania liczb z list regionalnych", where),
        count_row("register.contradictions.n", int((found["verdict"] == CONTRADICT).sum()),
                  "Porównania, w których liczby się wykluczają", where),
    ]  # fmt: skip
    dates = {s.counted: s.as_of for s in registers.statements if s.counted}
    for name in registers.names:
        ours = registers.of(name)
        if name in dates:
            rows.append(count_row(f"register.{name}.as_of", dates[name], f"Data listy: {name}", where, unit="text"))
        missing = absent(registers, name, registry)
        rows += [
            count_row(f"register.{name}.n", len(ours), f"Klastry na liście: {name}", where, unit="clusters"),
            count_row(f"register.{name}.in_sample", sum(bool(c.registry_name) for c in ours),
                      f"Klastry z listy, które biorą udział w badaniu: {name}", where, unit="clusters"),
            count_row(f"register.{name}.absent", len(missing),
                      f"Klastry z badania, których nie ma na liście: {name}", where, unit="clusters"),
        ]  # fmt: skip
        if missing:
            label = f"Nazwy klastrów z badania, których nie ma na liście: {name}"
            rows.append(count_row(f"register.{name}.absent.names", ", ".join(missing), label, where, unit="text"))
        for initiator in dict.fromkeys(c.initiator for c in ours if c.initiator != "unknown"):
            rows.append(count_row(f"register.{name}.initiator.{initiator}", len(registers.of(name, initiator)),
                                  f"Klastry na liście według inicjatora: {name}", where, unit="clusters"))  # fmt: skip
    for s in registers.statements:
        value = registers.value(s)
        decimals = 0 if value == int(value) else 1
        rows.append(count_row(f"register.statement.{s.id}", value, f"{s.subject}: {s.name} ({s.as_of})", s.place.file,
                              unit=s.unit, decimals=decimals))  # fmt: skip
    for row in found.to_dict("records"):
        rows.append(count_row(f"register.check.{row['id']}.{row['kind']}", row["other"],
                              f"{row['subject']}: {row['name']}, do porównania", where, unit=row["unit"],
                              decimals=0 if row["other"] == int(row["other"]) else 1))  # fmt: skip
    for subject in dict.fromkeys(s.subject for s in registers.statements if s.share_part):
        base = common_base(registers, subject)
        if base is not None:
            short = next(s.id for s in registers.statements if s.subject == subject).split("_")[0]
            label = f"{subject}: podstawa, przy której udziały się zgadzają"
            for end, value in zip(("low", "high"), base, strict=True):
                rows.append(count_row(f"register.base.{short}.{end}", value, label, where, unit="members"))
    nobody: Sequence[Record] = ()
    return with_counts(nobody, rows)
