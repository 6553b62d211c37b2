"""Rules between columns and between files, declared as tables beside the questionnaires.

`data/framework/instruments.csv` says what identifies a row and which other file it refers to;
`data/framework/checks.csv` holds statements that every row must satisfy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import FrameworkError, Said, suggest
from analysis.framework import read_text_table
from analysis.ingest.expressions import Expression, parse_expression
from analysis.schemas import Item

INSTRUMENT_COLUMNS = ("instrument", "key", "key_pattern", "reference", "min_per_reference")
CHECK_COLUMNS = ("instrument", "check", "expression", "severity", "message_en", "message_pl")
SEVERITIES = ("stop", "note")


@dataclass(frozen=True)
class Instrument:
    """What identifies a row of an instrument, and the instrument whose rows it refers to.

    A row refers through the key column of `reference`; every row there needs `min_per_reference` rows here.
    """

    name: str
    key: str
    key_pattern: str
    reference: str = ""
    min_per_reference: int = 0


@dataclass(frozen=True)
class Check:
    """A statement about the columns of one row; where a column it names is empty it does not apply.

    Answers that cannot be true stop the validation; answers that are only odd are noted and kept.
    """

    name: str
    expression: Expression
    message: Said
    severity: str = "stop"


def load_instruments(folder: Path) -> dict[str, Instrument]:
    """Load `instruments.csv`.

    Raises
    ------
    FrameworkError
        A column is missing, an instrument double, a pattern or a number unreadable, a reference unknown.
    """
    table = read_text_table(folder / "instruments.csv", INSTRUMENT_COLUMNS)
    problems: list[str] = []
    out: dict[str, Instrument] = {}
    for row in table.to_dict("records"):
        name = row["instrument"]
        if name in out:
            problems.append(f"`{name}` is defined twice")
        try:
            re.compile(row["key_pattern"])
        except re.error as error:
            problems.append(f"{name}: key_pattern {row['key_pattern']!r} is not a regular expression ({error})")
        least = row["min_per_reference"] or "0"
        if not least.isdigit():
            problems.append(f"{name}: min_per_reference is {least!r}, must be a whole number or empty")
            least = "0"
        if row["reference"] and row["reference"] not in set(table["instrument"]):
            problems.append(f"{name}: unknown reference `{row['reference']}`{suggest(row['reference'], list(out))}")
        out[name] = Instrument(name, row["key"], row["key_pattern"], row["reference"], int(least))
    if problems:
        raise FrameworkError("instruments.csv: " + "; ".join(problems))
    return out


def load_checks(folder: Path, items: dict[str, list[Item]]) -> dict[str, list[Check]]:
    """Load `checks.csv` and parse every expression against the columns of its instrument.

    Raises
    ------
    FrameworkError
        A column is missing, an instrument unknown, a check double, an expression not allowed; names the check.
    """
    table = read_text_table(folder / "checks.csv", CHECK_COLUMNS)
    problems: list[str] = []
    out: dict[str, list[Check]] = {name: [] for name in items}
    for row in table.to_dict("records"):
        name, check = row["instrument"], row["check"]
        if name not in items:
            problems.append(f"{check}: unknown instrument `{name}`{suggest(name, list(items))}")
            continue
        if check in {c.name for c in out[name]}:
            problems.append(f"{check}: defined twice for {name}")
        if row["severity"] not in SEVERITIES:
            problems.append(f"{check}: severity is {row['severity']!r}; use one of: {', '.join(SEVERITIES)}")
        problems += [
            f"{check}: {column} is empty; say what is wrong when the check fails"
            for column in ("message_en", "message_pl")
            if not row[column]
        ]
        try:
            expression = parse_expression(row["expression"], [i.name for i in items[name]])
        except FrameworkError as error:
            problems.append(f"{check}: {error}")
            continue
        out[name].append(Check(check, expression, Said(row["message_en"], row["message_pl"]), row["severity"]))
    if problems:
        raise FrameworkError("checks.csv: " + "; ".join(problems))
    return out
