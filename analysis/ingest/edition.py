"""All raw files of an edition together: every problem of every file in one report, or tables that can be trusted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import pandas as pd

from analysis.errors import ConfigError, DataError, Problem, suggest
from analysis.framework import Framework
from analysis.ingest.corrections import apply_corrections, read_corrections
from analysis.ingest.relations import load_relations, relation_problems
from analysis.ingest.rules import Instrument, load_checks, load_instruments
from analysis.ingest.table import CheckedTable, check_table
from analysis.ingest.text import read_text
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
            times = f" ({len(rows)} rows, the first is named)" if len(rows) > 1 else ""
            remedy = f"correct the identifier, or add the row to {there}"
            line = int(one.lines.loc[rows[0]])
            problems.append(Problem(file, line, column, str(value), f"is not in {there}{times}", remedy))
        counts = own.value_counts().reindex(known.drop_duplicates(), fill_value=0)
        for who, n in counts[counts < rule.min_per_reference].items():
            message = f"has {n} row{'s' if n != 1 else ''} here, at least {rule.min_per_reference} needed"
            remedy = f"add the missing rows, or remove the respondent from {there}"
            problems.append(Problem(file, None, column, str(who), message, remedy))
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


def validate_edition(edition: Edition, framework: Framework) -> ValidatedEdition:
    """Read and check all raw files of an edition.

    Every questionnaire that has a codebook is checked against it, corrected by the reviewed corrections, and checked
    against the other files; other CSV files in the folder need readable text only. Every file needs a sidecar with
    its SHA-256.

    Raises
    ------
    DataError
        With all problems of all files together.
    FrameworkError
        A codebook, `instruments.csv` or `checks.csv` contradicts itself.
    ConfigError
        `edition.yaml` lists an instrument without a codebook.
    """
    folder = edition.root.parents[1] / "framework"
    names = _instruments(edition, framework)
    items = {n: parse_codebook(framework.codebooks[n], framework.option_lists, name=n) for n in framework.codebooks}
    instruments, checks = load_instruments(folder), load_checks(folder, items)
    relations = load_relations(folder, {n: [item.name for item in listed] for n, listed in items.items()})
    corrections, problems = read_corrections(edition.root / "corrections.csv")
    # A second dot marks a note about a file (members.unmet.csv), not data.
    others = sorted(p.stem for p in edition.raw.glob("*.csv") if p.stem not in names and "." not in p.stem)
    files = {f"{n}.csv" for n in [*names, *others]}
    for line, row in corrections.iterrows():
        if row["file"] not in files:
            known = suggest(row["file"], sorted(files))
            message = "is not a raw file of the edition"
            problems.append(
                Problem("corrections.csv", int(str(line)), "file", row["file"], message, f"name a file of raw/{known}")
            )

    tables: dict[str, pd.DataFrame] = {}
    checked: dict[str, CheckedTable] = {}
    cells: dict[str, pd.DataFrame] = {}
    lines: dict[str, pd.Series] = {}
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
        cells[name], lines[name] = raw.cells, raw.lines
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
    problems += relation_problems(relations, cells, lines)
    if problems:
        raise DataError(problems)
    order = ["file", "rows", "columns", "answers_asked", "answers_missing", "missing_pct", "corrections"]
    counts = pd.DataFrame(summary).reindex(columns=order).astype({"answers_asked": "Int64", "answers_missing": "Int64"})
    odd = pd.DataFrame([asdict(note) for note in sorted(notes)], columns=[f.name for f in fields(Problem)])
    return ValidatedEdition(tables, counts, pd.concat(completeness, ignore_index=True), odd)


def validation_report(edition: Edition, framework: Framework) -> str:
    """Validate an edition for the command line: one line per file if all is well, then odd answers worth a look.

    Raises
    ------
    DataError
        With all problems; its text is the report to print.
    """
    lines = []
    validated = validate_edition(edition, framework)
    for row in validated.summary.to_dict("records"):
        line = f"{row['file']}: {row['rows']} rows, {row['columns']} columns"
        if pd.notna(row["missing_pct"]):
            line += f", {row['missing_pct']:.1f}% of the answers asked for are missing"
        if row["corrections"]:
            line += f", {row['corrections']} correction{'s' if row['corrections'] != 1 else ''} applied"
        lines.append(line)
    lines += [f"note: {Problem(*note)}" for note in validated.notes.itertuples(index=False, name=None)]
    return "\n".join(lines)
