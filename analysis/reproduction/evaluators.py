"""Recompute a fact from the comment on an indicator: one small function for each kind of statement.

A link (a row of `data/editions/<year>/reproduction/links.csv`) says what a fact is computed from where its kind alone
does not: `evaluator` (name below; empty: the kind of the fact), `items` and `base`.

- `items`: an indicator code, a column of the coordinators' answers or of the characteristics; `a/b` is 100 times a
  over b, cluster by cluster (clusters with b = 0 left out); `item=option` (or `item=x|y`) is the choice of an option;
  several are separated by `;`.
- `base`: the clusters that count: `column=value`, `column!=value`, `column>0`, or `self>0` for the item itself; several
  conditions are joined by `&`.

Missing answers are left out of counts, means and shares alike, so a share of a follow-up question is a share of the
clusters that were asked it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property

import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem
from analysis.framework import Framework
from analysis.reproduction.printed import Printed, parse_printed, unit_factor


@dataclass(frozen=True)
class Answers:
    """Tables that facts are recomputed from, each indexed by `respondent_id` (members: any index).

    Attributes
    ----------
    framework
        Indicators and codebooks.
    coordinators
        Validated answers of coordinators, columns as in the codebook.
    indicators
        (n, 90) indicators in their raw units.
    characteristics
        Groups and sizes of the respondents.
    members
        Validated answers of the members, option codes.
    """

    framework: Framework
    coordinators: pd.DataFrame
    indicators: pd.DataFrame
    characteristics: pd.DataFrame
    members: pd.DataFrame

    @cached_property
    def _known(self) -> dict[tuple[str, str], pd.Series]:
        """Columns and values of expressions that were asked for: a few hundred are, several times each."""
        return {}

    def _column(self, name: str) -> pd.Series:
        """Return a column in base units (złoty, not thousands of them)."""
        if ("column", name) not in self._known:
            self._known["column", name] = self._read(name)
        return self._known["column", name]

    def _read(self, name: str) -> pd.Series:
        if name in self.indicators.columns:
            return self.indicators[name].astype(float) * unit_factor(str(self.framework.indicators.at[name, "unit"]))
        if name in self.coordinators.columns:
            book = self.framework.codebooks["coordinators"].set_index("item")
            values = self.coordinators[name]
            if name in book.index and book.at[name, "type"] == "tick":
                # beside a ticked or crossed box an empty one means "not ticked"
                asked = self.coordinators[self.matching(f"{name.split('__')[0]}__*")].notna().any(axis=1)
                values = values.where(values.notna() | ~asked, 0)
            factor = unit_factor(str(book.at[name, "unit"])) if name in book.index else 1
            return values if factor == 1 else values.astype(float) * factor
        if name in self.characteristics.columns:
            return self.characteristics[name]
        raise FrameworkError(
            f"links: no indicator, answer or characteristic `{name}`; correct `items` or `base` of the link"
        )

    def series(self, expression: str, base: str = "") -> pd.Series:
        """Evaluate one expression of `items` for the clusters of `base`; missing answers dropped; numeric."""
        if ("values", expression) not in self._known:
            self._known["values", expression] = self._values(expression)
        values = self._known["values", expression]
        return self.restrict(values, base) if base else values.copy()

    def _values(self, expression: str) -> pd.Series:
        if "=" in expression:
            name, options = expression.split("=", 1)
            chosen = self._column(name)
            asked = chosen[chosen.notna() & (chosen.astype(str) != "")]
            values = asked.map(_text).isin(options.split("|")).astype(float)
        elif "/" in expression:
            one, two = expression.split("/")
            below = self._column(two).astype(float)
            values = 100.0 * self._column(one).astype(float) / below.where(below > 0)
        else:
            values = pd.to_numeric(self._column(expression))
        return values.dropna().astype(float)

    def restrict(self, values: pd.Series, base: str) -> pd.Series:
        """Keep the clusters of `base`; several conditions are joined by `&`.

        Raises
        ------
        FrameworkError
            A condition is none of the forms at the head of this module, or names no column.
        """
        for part in base.split("&"):
            if part == "self>0":
                values = values[values > 0]
                continue
            if match := re.fullmatch(r"([\w.]+)>0", part):
                condition = pd.to_numeric(self._column(match[1])) > 0
            elif match := re.fullmatch(r"([\w.]+)(!?)=(.+)", part):
                condition = self._column(match[1]).map(_text).isin(match[3].split("|")) ^ bool(match[2])
            else:
                raise FrameworkError(
                    f"links: base `{part}` is none of `column=value`, `column!=value`, `column>0`, `self>0`"
                )
            values = values[condition.reindex(values.index, fill_value=False)]
        return values

    def matching(self, pattern: str) -> list[str]:
        """Return the listed options that a pattern names: ticks and levels, not the number of further ones."""
        book = self.framework.codebooks["coordinators"]
        listed = book[book["type"].isin(["tick", "level"])]
        return [item for item in listed["item"] if fnmatch(item, pattern)]  # in the order of the codebook


def _text(value: object) -> str:
    """Return an answer as its option code: 1.0 and 1 are both "1"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@dataclass(frozen=True)
class Statement:
    """A printed fact with what is needed to recompute it; `threshold` and `upper` are in base units."""

    kind: str
    code: str
    printed: Printed | None
    unit: str
    threshold: float | None
    upper: float | None
    items: tuple[str, ...]
    base: str
    argument: str

    def series(self, answers: Answers) -> pd.Series:
        """Return the values the fact speaks of."""
        return answers.series(self.items[0] if self.items else self.code, self.base)

    def in_unit(self, value: float) -> float:
        """Convert a value from base units to the unit of the fact."""
        return value / unit_factor(self.unit)


@dataclass(frozen=True)
class Outcome:
    """A recomputed value in the printed unit; `holds` decides for statements that are not equalities."""

    value: float | None
    holds: bool | None = None
    reason: str = ""


def parse_threshold(text: str, indicator_unit: str) -> tuple[float | None, float | None]:
    """Read a threshold: "10", "10 mln zł", "100%", or a range "1-2"; returns it (and its end) in base units."""
    if match := re.fullmatch(r"(\d+)-(\d+)", text):
        return float(match[1]), float(match[2])
    match = re.fullmatch(r"([\d\s.,]+?)\s*(mln zł|tys\. zł|zł|%)?", text)
    number = parse_printed(match[1]) if match else None
    if match is None or number is None:
        return None, None
    unit = match[2] if match[2] and match[2] != "%" else ("" if match[2] else indicator_unit)
    return float(number.value) * unit_factor(unit), None


def _count(test: Callable[[pd.Series, float], pd.Series]) -> Callable[[Statement, Answers], Outcome]:
    def evaluate(s: Statement, answers: Answers) -> Outcome:
        if s.threshold is None:
            return Outcome(None, reason="the threshold is not a number")
        return Outcome(float(test(s.series(answers), s.threshold).sum()))

    return evaluate


def _n_between(s: Statement, answers: Answers) -> Outcome:
    if s.threshold is None or s.upper is None:
        return Outcome(None, reason="the range is not a pair of numbers")
    return Outcome(float(s.series(answers).between(s.threshold, s.upper).sum()))


def _share_positive(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers)
    return _mean_of(100.0 * (values > 0))


def _mean_of(values: pd.Series, convert: Callable[[float], float] = float) -> Outcome:
    if values.empty:
        return Outcome(None, reason="no cluster answered")
    return Outcome(convert(float(values.mean())))


def _zero_fraction(s: Statement, answers: Answers) -> Outcome:
    """A fraction such as 1/3 of the clusters, exactly."""
    values = s.series(answers)
    if s.printed is None:
        return Outcome(None, reason="the fraction is not a number")
    zeros = int((values == 0).sum())
    return Outcome(zeros / len(values), holds=abs(zeros - len(values) * float(s.printed.value)) < 1e-9)


def _most_le(s: Statement, answers: Answers) -> Outcome:
    """In most of the clusters with a positive value it is at most the threshold; the value is their number."""
    if s.threshold is None:
        return Outcome(None, reason="the threshold is not a number")
    values = s.series(answers)
    positive = values[values > 0]
    within = int((positive <= s.threshold).sum())
    return Outcome(float(within), holds=2 * within > len(positive), reason=f"{within} of {len(positive)} clusters")


def _half_zero(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers)
    zeros = int((values == 0).sum())
    holds = 2 * zeros > len(values)
    return Outcome(float(values.median()), holds=holds, reason=f"{zeros} of {len(values)} clusters have none")


def _upper_bound(s: Statement, answers: Answers) -> Outcome:
    total = s.in_unit(float(s.series(answers).sum()))
    return Outcome(total, holds=s.printed is not None and total <= float(s.printed.value), reason="an upper bound")


def _largest(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers).sort_values(ascending=False)
    rank = int(s.argument)
    return Outcome(s.in_unit(float(values.iloc[rank - 1]))) if len(values) >= rank else Outcome(None, reason="too few")


def _min_positive(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers)
    positive = values[values > 0]
    return Outcome(s.in_unit(float(positive.min()))) if len(positive) else Outcome(None, reason="no positive value")


def _mean_positive(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers)
    return _mean_of(values[values > 0], s.in_unit)


def _mean_excluding(s: Statement, answers: Answers) -> Outcome:
    values = s.series(answers)
    return _mean_of(values.drop(values.idxmax()), s.in_unit) if len(values) > 1 else Outcome(None, reason="too few")


def _growth(s: Statement, answers: Answers) -> Outcome:
    """Growth in percent of the total from the first item to the second, over clusters that answered both."""
    first, second = (answers.series(item, s.base) for item in s.items)
    both = first.index.intersection(second.index)
    start = float(first[both].sum())
    return Outcome(100.0 * (float(second[both].sum()) / start - 1)) if start else Outcome(None, reason="no first value")


def _ratio(s: Statement, answers: Answers) -> Outcome:
    """100 times the total of the first over the total of the second; all clusters of the base count in the second."""
    one, two = s.items[0].split("/")
    total = float(answers.series(two, s.base).sum())
    return (
        Outcome(100.0 * float(answers.series(one, s.base).sum()) / total) if total else Outcome(None, reason="no base")
    )


def _survey(s: Statement, answers: Answers) -> Outcome:
    """Share of members who chose the options, or, without options, the mean of their ratings by option scores."""
    name, _, options = s.items[0].partition("=")
    given = answers.members[name].dropna().astype(str)
    given = given[given != ""]
    if options:
        return _mean_of(100.0 * given.isin(options.split("|")))
    book = answers.framework.codebooks["members"].set_index("item")
    lists = answers.framework.option_lists
    scored = lists[(lists["option_list"] == book.at[name, "option_list"]) & (lists["score"] != "")]
    scores = dict(zip(scored["option"], scored["score"].astype(float), strict=True))
    return _mean_of(given[given.isin(list(scores))].map(scores))


def _least_ticked(s: Statement, answers: Answers) -> Outcome:
    """Each of the listed options is ticked by at least the threshold; the value is the least number of ticks."""
    ticks = [float(answers.series(item).sum()) for item in answers.matching(s.items[0])]
    if not ticks or s.threshold is None:
        return Outcome(None, reason="no options listed")
    return Outcome(min(ticks), holds=min(ticks) >= s.threshold, reason="a lower bound")


EVALUATORS: Mapping[str, Callable[[Statement, Answers], Outcome]] = {
    "growth": _growth,
    "largest": _largest,
    "least_ticked": _least_ticked,
    "list_size": lambda s, a: Outcome(float(len(a.matching(s.items[0])))),
    "max": lambda s, a: Outcome(s.in_unit(float(s.series(a).max()))),
    "mean": lambda s, a: _mean_of(s.series(a), s.in_unit),
    "mean_excluding": _mean_excluding,
    "mean_positive": _mean_positive,
    "median_restated": lambda s, a: Outcome(s.in_unit(float(s.series(a).median()))),
    "min_positive": _min_positive,
    "more_than_half_zero": _half_zero,
    "most_le": _most_le,
    "n_answered": lambda s, a: Outcome(float(len(s.series(a)))),
    "n_between": _n_between,
    "n_eq": _count(lambda x, t: x == t),
    "n_ge": _count(lambda x, t: x >= t),
    "n_gt": _count(lambda x, t: x > t),
    "n_le": _count(lambda x, t: x <= t),
    "n_lt": _count(lambda x, t: x < t),
    "n_positive": lambda s, a: Outcome(float((s.series(a) > 0).sum())),
    "n_zero": lambda s, a: Outcome(float((s.series(a) == 0).sum())),
    "n_zero_fraction": _zero_fraction,
    "ratio": _ratio,
    "scale_max": lambda s, a: Outcome(2.0 * len(a.matching(s.items[0]))),
    "share": lambda s, a: _mean_of(100.0 * (s.series(a) == 1)),
    "share_positive": _share_positive,
    "survey": _survey,
    "total": lambda s, a: Outcome(s.in_unit(float(s.series(a).sum()))),
    "total_upper_bound": _upper_bound,
}


def evaluate(name: str, statement: Statement, answers: Answers) -> Outcome:
    """Recompute a statement with the evaluator of that name.

    Raises
    ------
    DataError
        There is no such evaluator.
    """
    if name not in EVALUATORS:
        raise DataError(
            [
                Problem(
                    "links.csv", None, "evaluator", name, f"no such evaluator (fact of {statement.code})",
                    f"use one of {', '.join(sorted(EVALUATORS))}, or none with a note",
                )
            ]
        )  # fmt: skip
    return EVALUATORS[name](statement, answers)
