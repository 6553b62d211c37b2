"""All raw files of an edition together: every problem of every file in one report, or tables that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.errors import ConfigError, DataError, Problem, suggest
from analysis.framework import Framework
from analysis.ingest.corrections import apply_corrections, read_corrections
from analysis.ingest.relations import load_relations, relation_problems
from analysis.ingest.rules import Instrument, load_checks, load_instruments
from analysis.ingest.soft import Past, load_soft_checks, soft_notes, years_around
from analysis.ingest.table import CheckedTable, check_table
from analysis.ingest.text import RawTable, read_text
from analysis.messages import say
from analysis.schemas import Item, parse_codebook
from analysis.sources import Edition, check_sidecar


@dataclass(frozen=True)
class ValidatedEdition:
    """The raw data of an edition, validated.

    `tables` maps the name of a raw file to its table: questionnaires with the types of their codebook, other files
    (without a codebook) as text. `summary`: file, rows, columns, answers_asked, answers_missing, missing_pct,
    corrections. `completeness`: instrument, item, n_rows, n_asked, n_answered, answered_pct (percent of those asked).
    `notes`: file, row, column, value, message, remedy of answers that are odd but possible; they are kept.
    """

    tables: dict[str, pd.DataFrame]
    summary: pd.DataFrame
    completeness: pd.DataFrame
    notes: pd.DataFrame

    def missing_pct(self, instrument: str) -> float:
        """Return the share of missing answers of an instrument, in percent of the answers asked for."""
        found = self.summary.loc[self.summary["file"] == f"{instrument}.csv", "missing_pct"]
        return float(found.iloc[0])


def _instruments(edition: Edition, framework: Framework) -> list[str]:
    """Return the instruments of the edition: those that `edition.yaml` lists, else all that have a codebook."""
    wanted = edition.info.get("instruments", list(framework.codebooks))
    for name in wanted:
        if name not in framework.codebooks:
            known = suggest(name, list(framework.codebooks))
            raise ConfigError(f"edition.yaml of {edition.year}: no codebook for the instrument `{name}`{known}")
    return list(wanted)


def _reference_problems(checked: dict[str, CheckedTable], instruments: dict[str, Instrument]) -> list[Problem]:
    problems: list[Problem] = []
    for name, one in checked.items():
        rule = instruments.get(name)
        if rule is None or not rule.reference or rule.reference not in checked:
            continue
        column = instruments[rule.reference].key
        if column not in one.table or column not in checked[rule.reference].table:
            continue
        known = checked[rule.reference].table[column].dropna()
        own = one.table[column]
        file, there = f"{name}.csv", f"{rule.reference}.csv"
        unknown = own[own.notna() & ~own.isin(known)]
        for value, rows in unknown.groupby(unknown).groups.items():
            key = "not_in_file_rows" if len(rows) > 1 else "not_in_file"
            message, remedy = say(key, file=there, n=len(rows)), say("not_in_file.do", file=there)
            line = int(one.lines.loc[rows[0]])
            problems.append(Problem(file, line, column, str(value), message, remedy))
        counts = own.value_counts().reindex(known.drop_duplicates(), fill_value=0)
        for who, n in counts[counts < rule.min_per_reference].items():
            message = say("too_few_one" if n == 1 else "too_few", n=n, least=rule.min_per_reference)
            problems.append(Problem(file, None, column, str(who), message, say("too_few.do", file=there)))
    return problems


def _completeness(name: str, items: list[Item], one: CheckedTable) -> pd.DataFrame:
    answered = one.table.notna() & one.asked
    out = pd.DataFrame(
        {
            "instrument": name,
            "item": [item.name for item in items],
            "n_rows": len(one.table),
            "n_asked": one.asked.sum().to_numpy(),
            "n_answered": answered.sum().to_numpy(),
        }
    )
    return out.assign(answered_pct=100 * out["n_answered"] / out["n_asked"].where(out["n_asked"] > 0))


@dataclass(frozen=True)
class Inspection:
    """Everything a look at the raw files found.

    `problems` stop the edition, `notes` do not; `files` are the raw tables as they came, in text, by name. `tables`,
    `summary` and `completeness` are those of `ValidatedEdition`, as far as the files could be read.
    """

    problems: list[Problem]
    notes: list[Problem]
    files: dict[str, RawTable]
    tables: dict[str, pd.DataFrame]
    summary: pd.DataFrame
    completeness: pd.DataFrame

    @property
    def all(self) -> list[Problem]:
        """Problems and notes together: by file, the worst first."""
        return sorted([*self.problems, *self.notes], key=lambda p: (p.file, p.severity != "stop", p.place))


SUMMARY = ["file", "rows", "columns", "answers_asked", "answers_missing", "missing_pct", "corrections"]
COMPLETENESS = ["instrument", "item", "n_rows", "n_asked", "n_answered", "answered_pct"]
NOTE_COLUMNS = ["file", "row", "column", "value", "message", "remedy"]


def _past(edition: Edition, framework: Framework) -> Past | None:
    """What may be compared with the previous edition: indicators that are one answer or a sum of answers."""
    folder = edition.previous
    if folder is None or "rule" not in framework.indicators:
        return None
    paths = [folder / f"{name}.csv" for name in ("statistics", "comparability")]
    if not all(path.is_file() for path in paths):
        return None
    published, decided = (pd.read_csv(path, keep_default_na=False) for path in paths)
    kept = set(decided.loc[decided["comparable"] == "yes", "subject"])
    chosen = framework.indicators[framework.indicators["rule"].isin(["value", "sum"])]
    items = {str(c): tuple(str(text).split(";")) for c, text in chosen["items"].items() if c in kept}
    statistics: dict[str, dict[str, float]] = {}
    for row in published[published["group"] == "all"].to_dict("records"):
        if row["metric"] in items and row["statistic"] in ("max", "median") and not row["contradiction"]:
            value = float(row["value"]) * float(row["factor"] or 1)
            statistics.setdefault(row["metric"], {})[row["statistic"]] = value
    return Past(statistics, items)


def inspect_edition(edition: Edition, framework: Framework) -> Inspection:
    """Read and check all raw files of an edition, and say everything that is wrong or odd.

    Raises
    ------
    FrameworkError
        A codebook or a table of rules contradicts itself.
    ConfigError
        `edition.yaml` lists an instrument without a codebook, or sets a soft check that does not exist.
    """
    folder = edition.framework
    names = _instruments(edition, framework)
    items = {n: parse_codebook(framework.codebooks[n], framework.option_lists, name=n) for n in framework.codebooks}
    instruments, checks = load_instruments(folder), load_checks(folder, items)
    soft = load_soft_checks(folder, items, edition.info.get("soft_checks"))
    relations = load_relations(folder, {n: [item.name for item in listed] for n, listed in items.items()})
    corrections, problems = read_corrections(edition.root / "corrections.csv")
    # A second dot marks a note about a file (members.unmet.csv), not data.
    others = sorted(p.stem for p in edition.raw.glob("*.csv") if p.stem not in names and "." not in p.stem)
    files = {f"{n}.csv" for n in [*names, *others]}
    for line, row in corrections.iterrows():
        if row["file"] not in files:
            remedy = say("correction_file.do", hint=suggest(row["file"], sorted(files)))
            problems.append(
                Problem("corrections.csv", int(str(line)), "file", row["file"], say("correction_file"), remedy)
            )

    tables: dict[str, pd.DataFrame] = {}
    checked: dict[str, CheckedTable] = {}
    read: dict[str, RawTable] = {}
    notes: list[Problem] = []
    summary, completeness = [], []
    for name in [*names, *others]:
        path = edition.raw / f"{name}.csv"
        raw, found = read_text(path)
        problems += found
        if path.is_file():
            problems += check_sidecar(path, edition.info.get("provenance"))
        if raw is None:
            continue
        key = instruments[name].key if name in instruments else str(raw.cells.columns[0])
        raw, changed, found = apply_corrections(raw, corrections, key)
        problems += found
        read[name] = raw
        record = {"file": path.name, "rows": len(raw.cells), "columns": raw.cells.shape[1], "corrections": changed}
        if name in items:
            one = check_table(raw, items[name], instrument=instruments.get(name), checks=checks[name])
            problems += one.problems
            notes += one.notes
            checked[name], tables[name] = one, one.table
            complete = _completeness(name, items[name], one)
            completeness.append(complete)
            asked, answered = int(complete["n_asked"].sum()), int(complete["n_answered"].sum())
            record |= {"answers_asked": asked, "answers_missing": asked - answered}
            record["missing_pct"] = 100 * (asked - answered) / asked if asked else float("nan")
        else:
            tables[name] = raw.cells
        summary.append(record)
    problems += _reference_problems(checked, instruments)
    cells, lines = {n: r.cells for n, r in read.items()}, {n: r.lines for n, r in read.items()}
    problems += relation_problems(relations, cells, lines)
    keys = {n: {i.name for i in listed if i.type == "id"} for n, listed in items.items()}
    years = years_around(str(edition.info.get("period", "")), edition.year)
    notes += soft_notes(soft, checked, keys, years, _past(edition, framework))
    counts = (
        pd.DataFrame(summary).reindex(columns=SUMMARY).astype({"answers_asked": "Int64", "answers_missing": "Int64"})
    )
    told = pd.concat(completeness, ignore_index=True) if completeness else pd.DataFrame(columns=COMPLETENESS)
    return Inspection(problems, sorted(notes, key=lambda p: p.place), read, tables, counts, told)


def notes_table(notes: Sequence[Problem]) -> pd.DataFrame:
    """Notes as a table: file, row, column, value, message, remedy."""
    return pd.DataFrame([[getattr(n, c) for c in NOTE_COLUMNS] for n in notes], columns=NOTE_COLUMNS)


def validate_edition(edition: Edition, framework: Framework) -> ValidatedEdition:
    """Read and check all raw files of an edition.

    Every questionnaire that has a codebook is checked against it, corrected by the reviewed corrections, and checked
    against the other files; other CSV files in the folder need readable text only. Every file needs a sidecar with
    its SHA-256.

    Raises
    ------
    DataError
        With all problems of all files together.
    FrameworkError, ConfigError
        See `inspect_edition`.
    """
    found = inspect_edition(edition, framework)
    if found.problems:
        raise DataError(found.problems)
    return ValidatedEdition(found.tables, found.summary, found.completeness, notes_table(found.notes))
