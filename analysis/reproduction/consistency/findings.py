"""One checked statement, the words and numbers it is made of, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction

import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.printed import Interval, Printed, parse_printed, round_half_up

COLUMNS = ("id", "kind", "key", "statement", "values", "verdict", "explanation", "source_lines", "cells")
VERDICTS = ("consistent", "rounding", "contradicted", "suspicious", "not checked")


@dataclass(frozen=True)
class Finding:
    """One checked statement; `key` is the indicator, score or question it concerns."""

    id: str
    kind: str
    key: str
    statement: str
    values: str
    verdict: str
    explanation: str = ""
    source_lines: str = ""
    cells: str = ""


def cell(line: str, key: str, statistic: str) -> str:
    """Return the name of a printed cell, the same in findings and in the ledger."""
    return f"{line}:{key}:{statistic}"


def joined(*lines: str) -> str:
    """Return lines or cells as text, each once, empty ones left out."""
    return ";".join(dict.fromkeys(line for line in lines if line))


def judge(exact: bool, possible: bool) -> str:
    """Return the verdict on a statement that holds as printed, or for unrounded values only, or not at all."""
    return "consistent" if exact else "rounding" if possible else "contradicted"


def read_number(text: str) -> Printed:
    """Read a printed number.

    Raises
    ------
    DataError
        The text is not a number.
    """
    number = parse_printed(text)
    if number is None:
        raise DataError([Problem("published tables", None, None, text, "is not a number", "compare with the source")])
    return number


def span(numbers: Sequence[int]) -> str:
    """Return whole numbers as text, runs shortened: 3, 5-9."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs) or "none"


def show(value: Fraction, decimals: int = 2) -> str:
    """Return a number as text, rounded half up."""
    return f"{round_half_up(value, decimals):f}"


def add_up(intervals: Iterable[Interval]) -> Interval:
    """Return the sum of intervals."""
    return sum(intervals, Interval(Fraction(0), Fraction(0)))


def whole_totals(mean: Printed, n: Fraction) -> list[int]:
    """Return the whole numbers that divided by `n` print as the mean; for a share of n in percent, by n / 100."""
    return [k for k in mean.interval.times(n).integers() if round_half_up(k / n, mean.decimals) == mean.value]


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return the findings as a table with `COLUMNS`, sorted by kind and id.

    Raises
    ------
    DataError
        Two findings have one id (the tables hold something twice).
    """
    out = pd.DataFrame([asdict(f) for f in findings], columns=list(COLUMNS))
    double = out.loc[out["id"].duplicated(), "id"]
    if len(double):
        raise DataError([Problem("published tables", None, None, i, "is stated twice", "remove one") for i in double])
    return out.sort_values(["kind", "id"], kind="stable", ignore_index=True)


def summary(findings: pd.DataFrame) -> pd.DataFrame:
    """Count verdicts by kind of check: columns kind, n and one per verdict."""
    table = pd.crosstab(findings["kind"], findings["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    table.insert(0, "n", table.sum(axis=1))
    table.columns.name = None
    return table.reset_index()
