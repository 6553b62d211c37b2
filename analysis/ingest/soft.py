"""Soft checks: answers that are possible but look like a slip. They never stop anything; a person should look.

`data/framework/soft_checks.csv` declares them: `instrument`, `check`, `kind`, `columns`, `threshold`, `least`,
`message_en`, `message_pl`. `columns` are names separated by `;`, with `*` for any ending, or `type:amount`,
`unit:count`.
An edition moves a threshold in its `edition.yaml`, `soft_checks: {check: threshold}`; `off` leaves the check out.

Kinds (`least` answers are needed in the column, or in the row for `same_rows` and `straight`):

- `outlier`: |0.6745 (x - median) / MAD| of log10(x) above the threshold, positive answers only (Iglewicz and Hoaglin
  1993, on the log scale because amounts and counts are skewed to the right).
- `factor`: the answer lies far outside the other ones (beyond the root of the threshold times their quartile, with a
  gap of at least half an order of magnitude to the next), and divided, or multiplied, by the threshold it lies among
  them: thousands and single units were taken for each other.
- `pair`: two columns, both positive, one more than the threshold times the other (two years of one amount).
- `fraction`: a share above 0 and below 1 where percent is asked for.
- `year`: the answer is one of the years around the period, and more than the threshold times the median answer.
- `same_rows`: two rows have the same answers in all columns.
- `straight`: all answers of a row to the questions of one scale are the same.
- `previous_max`: an indicator above the threshold times the greatest value of the previous edition.
- `previous_median`: its median moved by more than the threshold, in either direction, since the previous edition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, FrameworkError, Problem, Said, suggest
from analysis.framework import read_text_table
from analysis.ingest.table import CheckedTable
from analysis.messages import say
from analysis.schemas import NUMERIC_TYPES, Item

COLUMNS = ("instrument", "check", "kind", "columns", "threshold", "least", "message_en", "message_pl")
WITHOUT_COLUMNS = ("previous_max", "previous_median")
KINDS = ("outlier", "factor", "pair", "fraction", "year", "same_rows", "straight", *WITHOUT_COLUMNS)
_GAP = 10**0.5
_MAD = 0.6745  # the quartile of the normal distribution: a MAD on the scale of a standard deviation


@dataclass(frozen=True)
class SoftCheck:
    """One rule of `soft_checks.csv`, its columns chosen and its threshold that of the edition."""

    instrument: str
    name: str
    kind: str
    columns: tuple[str, ...]
    threshold: float
    least: int
    message: Said


@dataclass(frozen=True)
class Past:
    """Statistics of the previous edition that may be compared: indicator code → statistic → value in its unit."""

    statistics: Mapping[str, Mapping[str, float]]
    items: Mapping[str, tuple[str, ...]]


def _select(text: str, items: Sequence[Item], problems: list[str], check: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in filter(None, text.split(";")):
        kind, _, value = part.partition(":")
        if kind in ("type", "unit") and value:
            chosen = [i.name for i in items if getattr(i, kind) == value]
        else:
            chosen = [i.name for i in items if fnmatchcase(i.name, part)]
        if not chosen:
            problems.append(f"{check}: no column `{part}`{suggest(part, [i.name for i in items])}")
        found += [c for c in chosen if c not in found]
    return tuple(found)


def load_soft_checks(
    folder: Path, items: Mapping[str, list[Item]], settings: Mapping[str, Any] | None = None
) -> list[SoftCheck]:
    """Load `soft_checks.csv` of a framework; none, if it has no such file.

    Parameters
    ----------
    settings
        Thresholds of the edition: check → number or `off`.

    Raises
    ------
    FrameworkError
        A column of the file is missing, an instrument, kind or column unknown, a number unreadable, a message empty.
    ConfigError
        The edition sets a threshold of a check that does not exist, or one that is no number.
    """
    path = folder / "soft_checks.csv"
    settings = dict(settings or {})
    if not path.is_file():
        return []
    table = read_text_table(path, COLUMNS)
    names = list(table["check"])
    for name, value in settings.items():
        if name not in names:
            raise ConfigError(f"edition.yaml, soft_checks: no check `{name}`{suggest(name, names)}")
        if value is not False and value != "off" and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ConfigError(f"edition.yaml, soft_checks: {name} is {value!r}; write a number or off")
    problems: list[str] = [f"{n}: defined twice" for n in table["check"][table["check"].duplicated()]]
    out = []
    for row in table.to_dict("records"):
        name, instrument = row["check"], row["instrument"]
        if instrument not in items:
            problems.append(f"{name}: unknown instrument `{instrument}`{suggest(instrument, list(items))}")
            continue
        if row["kind"] not in KINDS:
            problems.append(f"{name}: kind is {row['kind']!r}; use one of: {', '.join(KINDS)}")
        columns = _select(row["columns"], items[instrument], problems, name)
        numeric = {i.name for i in items[instrument] if i.type in NUMERIC_TYPES}
        if row["kind"] not in ("same_rows", "straight"):
            problems += [f"{name}: `{c}` is no number" for c in columns if c not in numeric]
        if row["kind"] == "pair" and len(columns) != 2:
            problems.append(f"{name}: a pair needs two columns, got {len(columns)}")
        for column in ("message_en", "message_pl"):
            if not row[column]:
                problems.append(f"{name}: {column} is empty; say what looks odd")
        try:
            threshold, least = float(row["threshold"] or 0), int(row["least"] or 0)
        except ValueError:
            problems.append(f"{name}: threshold and least must be numbers")
            continue
        setting = settings.get(name, threshold)
        if setting is not False and setting != "off":
            message = Said(row["message_en"], row["message_pl"])
            out.append(SoftCheck(instrument, name, row["kind"], columns, float(setting), least, message))
    if problems:
        raise FrameworkError("soft_checks.csv: " + "; ".join(problems))
    return out


def _number(value: float) -> str:
    return f"{value:.15g}"


class _Look:
    """One file under the soft checks; collects the notes."""

    def __init__(self, name: str, one: CheckedTable, keys: set[str], years: range, past: Past | None) -> None:
        self.file, self.table, self.lines = f"{name}.csv", one.table, one.lines
        self.keys, self.years, self.past = keys, years, past
        self.notes: list[Problem] = []

    def numbers(self, column: str) -> pd.Series:
        return self.table[column].dropna().astype("float64")

    def note(
        self, check: SoftCheck, position: Any, column: str | None, value: str | None, also: tuple[str, ...] = (),
        **values: Any,
    ) -> None:  # fmt: skip
        said = Said(check.message.format(**values), check.message.pl.format(**values))
        line = None if position is None else int(self.lines.loc[position])
        remedy = say("look.do", check=check.name)
        self.notes.append(Problem(self.file, line, column, value, said, remedy, severity="note", also=also))

    def outlier(self, check: SoftCheck) -> None:
        for column in check.columns:
            answers = self.numbers(column)
            answers = answers[answers > 0]
            if len(answers) < check.least:
                continue
            logs = np.log10(answers)
            spread = float((logs - logs.median()).abs().median())
            if spread == 0:
                continue
            far = (_MAD * (logs - logs.median()) / spread).abs() > check.threshold
            for position, value in answers[far].items():
                self.note(check, position, column, _number(value), median=_number(float(answers.median())))

    def factor(self, check: SoftCheck) -> None:
        margin = float(np.sqrt(check.threshold))
        for column in check.columns:
            answers = self.numbers(column)
            answers = answers[answers > 0]
            if len(answers) < check.least:
                continue
            for position, value in answers.items():
                others = answers.drop(index=position)
                alone = value > _GAP * others.max(), value * _GAP < others.min()
                if not any(alone):
                    continue
                low, high = float(others.quantile(0.25)), float(others.quantile(0.75))
                above = alone[0] and value > margin * high and low / 2 <= value / check.threshold <= 2 * high
                below = alone[1] and value * margin < low and low / 2 <= value * check.threshold <= 2 * high
                if above or below:
                    median = _number(float(others.median()))
                    self.note(check, position, column, _number(value), median=median, factor=_number(check.threshold))

    def pair(self, check: SoftCheck) -> None:
        first, second = check.columns
        both = self.table[[first, second]].dropna().astype("float64")
        both = both[(both > 0).all(axis=1)]
        ratio = both.max(axis=1) / both.min(axis=1)
        for position in ratio.index[ratio > check.threshold]:
            a, b = (_number(float(both[c].loc[position])) for c in (first, second))
            shown = f"{first}={a}, {second}={b}"
            self.note(check, position, first, shown, also=(second,), times=_number(round(float(ratio[position]))))

    def fraction(self, check: SoftCheck) -> None:
        for column in check.columns:
            answers = self.numbers(column)
            for position, value in answers[(answers > 0) & (answers < 1)].items():
                self.note(check, position, column, _number(value), percent=_number(100 * value))

    def year(self, check: SoftCheck) -> None:
        for column in check.columns:
            answers = self.numbers(column)
            if len(answers) < check.least:
                continue
            odd = answers.isin(self.years) & (answers > check.threshold * answers.median())
            for position, value in answers[odd].items():
                self.note(check, position, column, _number(value))

    def same_rows(self, check: SoftCheck) -> None:
        columns = [c for c in check.columns if c not in self.keys]
        answers = self.table[columns]
        answers = answers[answers.notna().sum(axis=1) >= check.least].astype("str").fillna("")
        first: dict[tuple[str, ...], int] = {}
        for position, row in zip(answers.index, answers.itertuples(index=False, name=None), strict=True):
            line = int(self.lines.loc[position])
            if row in first:
                self.note(check, position, None, None, row=first[row])
            first.setdefault(row, line)

    def straight(self, check: SoftCheck) -> None:
        answers = self.table[list(check.columns)].astype("str")
        given = answers.notna().sum(axis=1)
        same = (answers.nunique(axis=1) == 1) & (given >= check.least)
        for position in answers.index[same]:
            row = answers.loc[position].dropna()
            also = tuple(str(c) for c in row.index[1:])
            self.note(check, position, str(row.index[0]), str(row.iloc[0]), also, n=int(given[position]))

    def _indicators(self, check: SoftCheck, statistic: str) -> list[tuple[str, tuple[str, ...], pd.Series, float]]:
        if self.past is None:
            return []
        out = []
        for code, items in self.past.items.items():
            before = self.past.statistics.get(code, {}).get(statistic)
            if before and all(i in self.table for i in items):
                answers = self.table[list(items)].astype("float64").sum(axis=1, min_count=len(items)).dropna()
                if len(answers) >= check.least:
                    out.append((code, items, answers, before))
        return out

    def previous_max(self, check: SoftCheck) -> None:
        for code, items, answers, before in self._indicators(check, "max"):
            for position, value in answers[answers > check.threshold * before].items():
                shown = _number(value)
                self.note(check, position, items[0], shown, also=items[1:], code=code, before=_number(before))

    def previous_median(self, check: SoftCheck) -> None:
        for code, items, answers, before in self._indicators(check, "median"):
            now = float(answers.median())
            if now > 0 and max(now / before, before / now) > check.threshold:
                self.note(check, None, items[0], _number(now), code=code, before=_number(before))


def soft_notes(
    checks: Sequence[SoftCheck],
    checked: Mapping[str, CheckedTable],
    keys: Mapping[str, set[str]],
    years: range,
    past: Past | None,
) -> list[Problem]:
    """Look at validated tables with the soft checks.

    Parameters
    ----------
    checked
        Tables with the types of their codebooks.
    keys
        Columns of each file that identify, and are no answers.
    years
        Years that an answer may be by mistake.
    past
        The previous edition; None if nothing is known of it.

    Returns
    -------
    Notes, by file and check. Where a `factor` note explains an answer, `outlier` says nothing more about it.
    """
    notes: list[Problem] = []
    for name, one in checked.items():
        look = _Look(name, one, keys.get(name, set()), years, past)
        for check in (c for c in checks if c.instrument == name):
            run: Callable[[SoftCheck], None] = getattr(look, check.kind)
            known = {(p.row, p.column) for p in look.notes} if check.kind == "outlier" else set()
            before = len(look.notes)
            run(check)
            look.notes[before:] = [p for p in look.notes[before:] if (p.row, p.column) not in known]
        notes += look.notes
    return notes


def years_around(period: str, edition: int) -> range:
    """Years that may be typed by mistake: from two before the period to one after the edition."""
    found = [int(y) for y in re.findall(r"[12][0-9]{3}", period)]
    return range(min(found, default=edition) - 2, edition + 2)
