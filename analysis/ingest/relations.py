"""Rules between raw files that name things by each other: what a cell refers to, and what may stand there only once.

`data/framework/relations.csv` declares them: `refers` (every value of a column is a value of `file.column`) and
`unique` (no two rows agree in all of the columns; `a|b` means the two in either order, for ties without direction).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import FrameworkError, Problem, Said, suggest
from analysis.framework import read_text_table
from analysis.messages import say

RELATION_COLUMNS = ("instrument", "rule", "columns", "target")
RULES = ("refers", "unique")


@dataclass(frozen=True)
class Relation:
    """One rule; each entry of `columns` is one column, or two whose order does not matter."""

    instrument: str
    rule: str
    columns: tuple[tuple[str, ...], ...]
    target: tuple[str, str] = ("", "")


def load_relations(folder: Path, columns: Mapping[str, list[str]]) -> list[Relation]:
    """Load `relations.csv` of a framework; none, if it has no such file.

    Parameters
    ----------
    columns
        Columns of each instrument's codebook.

    Raises
    ------
    FrameworkError
        A column of the file is missing, an instrument, rule or column unknown, a target not of the form `file.column`.
    """
    path = folder / "relations.csv"
    if not path.is_file():
        return []
    table = read_text_table(path, RELATION_COLUMNS)
    problems: list[str] = []
    out = []
    for row in table.to_dict("records"):
        name, rule = row["instrument"], row["rule"]
        if name not in columns:
            problems.append(f"unknown instrument `{name}`{suggest(name, list(columns))}")
            continue
        parts = tuple(tuple(part.split("|")) for part in row["columns"].split(";"))
        unknown = [c for part in parts for c in part if c not in columns[name]]
        problems += [f"{name}: no column `{c}`{suggest(c, columns[name])}" for c in unknown]
        target = tuple(row["target"].split(".")) if row["target"] else ("", "")
        if rule not in RULES:
            problems.append(f"{name}: rule is {rule!r}; use one of: {', '.join(RULES)}")
        elif rule == "refers" and (len(target) != 2 or not all(target) or len(parts) != 1 or len(parts[0]) != 1):
            problems.append(f"{name}: `refers` needs one column and a target `file.column`, got {row['target']!r}")
        out.append(Relation(name, rule, parts, (target[0], target[-1])))
    if problems:
        raise FrameworkError("relations.csv: " + "; ".join(problems))
    return out


def _refers(rule: Relation, own: pd.DataFrame, lines: pd.Series, there: pd.DataFrame) -> list[Problem]:
    column, (file, key) = rule.columns[0][0], rule.target
    known = {str(v).strip() for v in there[key].dropna()}
    problems = []
    given = own[column].dropna()
    for line, value in zip(lines.loc[given.index], given, strict=True):
        text = str(value).strip()
        if text not in known:
            hint = suggest(text, sorted(known)) if len(known) > 12 else Said("")
            message = say("not_in_column", file=file, column=key, hint=hint)
            remedy = say("not_in_column.do", file=file)
            problems.append(Problem(f"{rule.instrument}.csv", int(line), column, text, message, remedy))
    return problems


def _unique(rule: Relation, own: pd.DataFrame, lines: pd.Series) -> list[Problem]:
    names = [c for part in rule.columns for c in part]
    seen: dict[tuple[object, ...], int] = {}
    problems = []
    given = own[names].dropna()
    for number, row in zip(lines.loc[given.index], given.to_dict("records"), strict=True):
        key = tuple(tuple(sorted(str(row[c]) for c in part)) for part in rule.columns)
        line = int(number)
        if key in seen:
            shown = ", ".join(str(row[c]) for c in names)
            pairs = [(" with ".join(part), " z ".join(part)) for part in rule.columns]
            columns = Said(" and ".join(en for en, _ in pairs), ", ".join(pl for _, pl in pairs))
            message = say("repeats", row=seen[key], columns=columns)
            file, also = f"{rule.instrument}.csv", tuple(names[1:])
            problems.append(Problem(file, line, names[0], shown, message, say("repeats.do"), also=also))
        seen.setdefault(key, line)
    return problems


def relation_problems(
    relations: list[Relation], cells: Mapping[str, pd.DataFrame], lines: Mapping[str, pd.Series]
) -> list[Problem]:
    """Check text cells against the relations; a file that could not be read is passed over, it has its own problem.

    Parameters
    ----------
    cells, lines
        Raw text cells of each file, and the line of each row.
    """
    problems: list[Problem] = []
    for rule in relations:
        own = cells.get(rule.instrument)
        if own is None or any(c not in own for part in rule.columns for c in part):
            continue
        if rule.rule == "unique":
            problems += _unique(rule, own, lines[rule.instrument])
            continue
        there = cells.get(rule.target[0])
        if there is not None and rule.target[1] in there:
            problems += _refers(rule, own, lines[rule.instrument], there)
    return problems
