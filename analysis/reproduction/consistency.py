"""Do the published numbers of an edition agree with each other?

Arithmetic and GRIM-style checks over the published tables alone: no raw data, no recomputed value. Each check states
what must hold, the values it compares, and a verdict:

- `consistent`: the printed numbers satisfy the statement as they stand;
- `rounding`: they do so only for unrounded values that the printed numbers can stand for;
- `contradicted`: no unrounded values can satisfy the statement;
- `suspicious`: possible, but far more likely a slip (two identical rows of different questions);
- `not checked`: the tables that the check needs are not in the folder.

A statement that supposes every cluster answered says so; where it fails, the numbers of answers that would satisfy it
are listed. `cells` names the printed cells that conflict whatever the number of answers: only these can excuse a row of
the ledger.

What no check here sees: numbers in running text, and words that disagree with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.printed import Interval, Printed, parse_printed, round_half_up, unit_factor
from analysis.reproduction.published import MEASURES, OVERALL, Published, read_published, score_codes

COLUMNS = ("id", "kind", "key", "statement", "values", "verdict", "explanation", "source_lines", "cells")
VERDICTS = ("consistent", "rounding", "contradicted", "suspicious", "not checked")
READINGS = {
    "equal": "the area score is the mean of its sub-area scores",
    "indicators": "the area score is the mean of its indicators, and every cluster answered all of them",
}

# What the questionnaire implies. A cluster can have the first only if it has the second.
DEPENDS = {
    "III.1.4": "III.1.3", "III.1.5": "III.1.3", "III.2.2": "III.2.1", "III.2.3": "III.2.1", "V.1.2": "V.1.1",
    "V.2.3": "V.2.2", "V.3.5": "V.3.4",
}  # fmt: skip
# The first is a part of the second, in every cluster.
PART_OF = {"I.1.2": "I.1.1", "I.3.2": "I.3.1", "I.3.3": "I.3.1"}
# Facts printed in the comment on one indicator that count the clusters of another one.
COUNTED_ELSEWHERE = {("V.1.2", "n_zero"): "V.1.1"}
# Totals that the section on previous editions prints, and the indicator they sum.
HISTORY_TOTALS = {
    "total employment in member entities": "I.1.1",
    "coordinator staff, total": "I.1.4",
    "total budget of clusters": "I.3.1",
}
# Facts in the comment on an indicator that quote the member survey: question, beginning of the item, of the options.
QUOTED_FROM_SURVEY = {
    "II.1.1": ("3", "", ("Tak",)),
    "II.1.3": ("1", "", ("Delegowanie",)),
    "II.3.4": ("15", "Zwiększanie przychodów", ("Tak",)),
    "V.1.2": ("25", "Aktywność międzynarodowa", ("średnia",)),
}
COUNT_UNITS = ("count",)
MAX_COMPOSITIONS = 3_000_000


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


def _lines(*lines: str) -> str:
    return ";".join(dict.fromkeys(line for line in lines if line))


def _verdict(exact: bool, possible: bool) -> str:
    return "consistent" if exact else "rounding" if possible else "contradicted"


def _need(text: str) -> Printed:
    number = parse_printed(text)
    if number is None:
        raise DataError([Problem("published tables", None, None, text, "is not a number", "compare with the source")])
    return number


def _span(numbers: Sequence[int]) -> str:
    """Return whole numbers as text, runs shortened: 3, 5-9."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs) or "none"


def _show(value: Fraction, decimals: int = 2) -> str:
    return f"{round_half_up(value, decimals):f}"


@dataclass(frozen=True)
class Measure:
    """Mean, median or benchmark of an indicator as printed; `interval` and `exact` are in base units."""

    printed: Printed
    unit: str
    line: str

    @property
    def exact(self) -> Fraction:
        """Value in base units."""
        return self.printed.exact * unit_factor(self.unit)

    @property
    def interval(self) -> Interval:
        """What the printed value can stand for, in base units."""
        return self.printed.interval.times(unit_factor(self.unit))


@dataclass(frozen=True)
class Fact:
    """A fact from the comment on an indicator; `exact` and `threshold` are in base units where they are amounts."""

    code: str
    kind: str
    threshold_text: str
    value: Printed | None
    unit: str
    note: str
    label: str
    line: str
    indicator_unit: str

    @property
    def exact(self) -> Fraction:
        """Value in base units."""
        assert self.value is not None
        return self.value.exact * unit_factor(self.unit)

    @property
    def interval(self) -> Interval:
        """What the value can stand for, in base units."""
        assert self.value is not None
        return self.value.interval.times(unit_factor(self.unit))

    @property
    def threshold(self) -> Fraction | None:
        """Threshold in base units; None if it is not a number."""
        match = re.match(r"^([\d\s.,]+?)\s*(mln zł|tys\. zł|zł)?$", self.threshold_text)
        number = parse_printed(match.group(1)) if match else None
        if match is None or number is None:
            return None
        return number.exact * unit_factor(match.group(2) or self.indicator_unit)

    @property
    def statistic(self) -> str:
        """Name of the statistic, as in the ledger."""
        return fact_statistic(self.kind, self.threshold_text, self.label)


def fact_statistic(kind: str, threshold: str, label: str) -> str:
    """Return the name of a fact's statistic: its kind and what tells it from others of the kind."""
    plain = kind in ("n_positive", "n_zero", "mean_positive", "share_positive", "more_than_half_zero")
    return " ".join(part for part in (kind, "" if plain else threshold, label) if part)


class Tables:
    """The published tables, indexed for the checks."""

    def __init__(self, published: Published) -> None:
        self.published = published

    def __contains__(self, name: str) -> bool:
        return name in self.published

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.published[name]

    @cached_property
    def codes(self) -> list[str]:
        """Score columns."""
        return score_codes(self["framework"])

    @cached_property
    def subareas(self) -> dict[str, dict[str, int]]:
        """Area to its sub-areas, with their numbers of indicators."""
        out: dict[str, dict[str, int]] = {}
        for row in self["framework"].itertuples():
            out.setdefault(str(row.area_code), {})[str(row.subarea_code)] = int(str(row.n_indicators))
        return out

    @cached_property
    def scores(self) -> dict[tuple[str, str, str], tuple[Printed, str]]:
        """(table, code, measure) to printed value and line."""
        columns = (self["scores"][c] for c in ("table", "column_code", "measure", "value", "line"))
        return {
            (table, code, measure): (_need(v), line) for table, code, measure, v, line in zip(*columns, strict=True)
        }

    @cached_property
    def groups(self) -> dict[str, tuple[str, str]]:
        """Table number to dimension and group."""
        table = self["scores"][["table", "group_dim", "group"]].drop_duplicates()
        return {str(r.table): (str(r.group_dim), str(r.group)) for r in table.itertuples()}

    @cached_property
    def whole(self) -> str:
        """Number of the table of all clusters."""
        return next(table for table, (dim, _) in self.groups.items() if dim == "all")

    @cached_property
    def dimensions(self) -> dict[str, dict[str, str]]:
        """Dimension to group to table number, without the dimension of all clusters."""
        out: dict[str, dict[str, str]] = {}
        for table, (dim, group) in self.groups.items():
            if dim != "all":
                out.setdefault(dim, {})[group] = table
        return out

    @cached_property
    def n(self) -> int:
        """Stated number of clusters: rows of the registry."""
        return len(self["registry"])

    @cached_property
    def indicators(self) -> dict[str, dict[str, Measure]]:
        """Indicator to mean, median, benchmark; only those printed as numbers."""
        out: dict[str, dict[str, Measure]] = {}
        for row in self["indicators"].to_dict("records"):
            if parse_printed(row["mean_str"]) is not None:
                out[row["code"]] = {
                    m: Measure(_need(row[f"{m}_str"]), row[f"unit_{m}"], row["line"])
                    for m in ("mean", "median", "benchmark")
                }
        return out

    @cached_property
    def units(self) -> dict[str, str]:
        """Indicator to its unit."""
        return dict(zip(self["indicators"]["code"], self["indicators"]["unit"], strict=True))

    @cached_property
    def facts(self) -> list[Fact]:
        """Facts from the comments on indicators."""
        return [
            Fact(
                r["code"], r["kind"], r["threshold"], parse_printed(r["value"]), r["unit"], r["note"], r["label_pl"],
                r["line"], self.units[r["code"]],
            )
            for r in self["indicator_facts"].to_dict("records")
        ]  # fmt: skip

    def of(self, code: str, *kinds: str) -> list[Fact]:
        """Return the facts of an indicator with a value, of the kinds named; those counting another one left out."""
        return [
            f
            for f in self.facts
            if COUNTED_ELSEWHERE.get((f.code, f.kind), f.code) == code
            and f.code == code
            and f.kind in kinds
            and f.value is not None
        ]

    def history(self, metric: str) -> tuple[Printed, str, str] | None:
        """Return value, unit and line of a metric of the section on previous editions, for the latest edition."""
        if "history" not in self:
            return None
        table = self["history"]
        latest = max(int(e) for e in table["edition"] if e.isdigit())
        rows = table[(table["metric"] == metric) & (table["edition"] == str(latest))]
        if rows.empty:
            return None
        row = rows.iloc[0]
        return _need(row["value"]), row["unit"], row["line"]

    @cached_property
    def members(self) -> int:
        """Sum of members over the registry."""
        return int(self["registry"]["members"].astype(int).sum())

    def totals(self, code: str) -> tuple[Interval, str, bool] | None:
        """Return the printed total of an indicator in base units, its lines, and whether it is the whole total.

        Several labelled totals are parts that may leave out others, so their sum is a lower bound.
        """
        parts = self.of(code, "total")
        if parts:
            total = Interval(Fraction(0), Fraction(0))
            for part in parts:
                total = (
                    total + part.interval
                    if part.value and part.value.decimals
                    else total + Interval(part.exact, part.exact)
                )
            return total, _lines(*(p.line for p in parts)), len(parts) == 1 and not parts[0].label
        for metric, target in HISTORY_TOTALS.items():
            found = self.history(metric) if target == code else None
            if found:
                return found[0].interval.times(unit_factor(found[1])), found[2], True
        return None

    @cached_property
    def bases(self) -> dict[str, list[int]]:
        """Indicator to the numbers of answers that fit its printed total, where a whole total is printed."""
        out = {}
        for code, measures in self.indicators.items():
            total = self.totals(code)
            limits = [total[0]] if total and total[2] else []
            limits += [share for share, _ in _member_totals(self, code)]
            if limits:
                mean = measures["mean"].interval
                out[code] = [k for k in range(1, self.n + 1) if all(mean.times(k).meets(limit) for limit in limits)]
        return out


# --- scores -------------------------------------------------------------------


def check_order(t: Tables) -> Iterable[Finding]:
    """Minimum, quartiles, median and maximum ascend, and the mean lies between the extremes: rounding keeps order."""
    for table, (dim, group) in t.groups.items():
        for code in t.codes:
            got = {m: t.scores[table, code, m] for m in MEASURES}
            chain = [got[m][0].value for m in ("min", "q1", "median", "q3", "benchmark")]
            ok = all(a <= b for a, b in pairwise(chain)) and chain[0] <= got["mean"][0].value <= chain[-1]
            yield Finding(
                f"order:{table}:{code}", "order", code,
                f"table {table} ({dim}: {group}): min <= q1 <= median <= q3 <= benchmark and min <= mean <= benchmark",
                ", ".join(f"{m} {got[m][0]}" for m in MEASURES), _verdict(ok, ok), "",
                _lines(*(line for _, line in got.values())),
                "" if ok else ";".join(cell(line, code, m) for m, (_, line) in got.items()),
            )  # fmt: skip


def check_extremes(t: Tables) -> Iterable[Finding]:
    """The extremes over all clusters are the extremes over the groups of every dimension."""
    for dim, groups in t.dimensions.items():
        for code in t.codes:
            for measure, pick in (("min", min), ("benchmark", max)):
                whole, line = t.scores[t.whole, code, measure]
                parts = [t.scores[table, code, measure] for table in groups.values()]
                best = pick(p.value for p, _ in parts)
                ok = whole.value == best
                lines = (line, *(part_line for _, part_line in parts))
                yield Finding(
                    f"extremes:{dim}:{code}:{measure}", "extremes", code,
                    f"the {measure} over all clusters is the {pick.__name__} over the groups of {dim}",
                    f"all {whole}; " + ", ".join(f"{g} {p}" for g, (p, _) in zip(groups, parts, strict=True)),
                    _verdict(ok, ok), "", _lines(*lines),
                    "" if ok else ";".join(cell(x, code, measure) for x in lines),
                )  # fmt: skip


def _in_group(group: str, value: int) -> bool | None:
    """Whether a number belongs to a group named by a band (20-49, 150+, before 2010); None if it is no band."""
    if match := re.match(r"^(\d+)-(\d+)$", group):
        return int(match[1]) <= value <= int(match[2])
    if match := re.match(r"^(\d+)\+$", group):
        return value >= int(match[1])
    if match := re.match(r"^before (\d+)$", group):
        return value < int(match[1])
    return None


def registry_sizes(registry: pd.DataFrame, groups: Sequence[str]) -> dict[str, int] | None:
    """Count the clusters of the registry in groups that are bands of years or of members; None for other groups.

    For a cluster with `operating_since` that year counts, not the year in which its present form was founded.
    """
    if any(_in_group(group, 0) is None for group in groups):
        return None
    years = any(int(number) >= 1900 for group in groups for number in re.findall(r"\d+", group))
    since = registry["operating_since"].where(registry["operating_since"] != "", registry["founded"])
    values = (since if years else registry["members"]).astype(int)
    return {group: int(sum(bool(_in_group(group, v)) for v in values)) for group in groups}


def _compositions(n: int, parts: int) -> np.ndarray:
    """Return all ways to split n into positive parts; shape (ways, parts)."""
    if comb(n - 1, parts - 1) > MAX_COMPOSITIONS:
        return np.empty((0, parts))
    cuts = np.array(list(combinations(range(1, n), parts - 1)), dtype=np.int16).reshape(-1, parts - 1)
    edges = np.hstack([np.zeros((len(cuts), 1), np.int16), cuts, np.full((len(cuts), 1), n, np.int16)])
    return np.diff(edges, axis=1)


def fitted_sizes(means: np.ndarray, whole: np.ndarray, slack: float, n: int) -> tuple[list[np.ndarray], int]:
    """Find the group sizes under which the weighted group means come nearest to the whole.

    Parameters
    ----------
    means
        Printed group means; shape (groups, columns).
    whole
        Printed means of all clusters; shape (columns,).
    slack
        Largest difference that rounding explains.
    n
        Number of clusters.

    Returns
    -------
    list of arrays, int
        The size vectors with the fewest columns beyond rounding, best fit first, and that number of columns.
    """
    sizes = _compositions(n, len(means))
    if not len(sizes):
        return [], -1
    gaps = np.abs(sizes @ means / n - whole)
    broken = (gaps > slack + 1e-9).sum(axis=1)
    best = np.flatnonzero(broken == broken.min())
    order = np.argsort((gaps[best] ** 2).sum(axis=1), kind="stable")
    return [sizes[i] for i in best[order]], int(broken.min())


def group_sizes(t: Tables, dim: str) -> tuple[dict[str, int], str]:
    """Return the sizes of the groups of a dimension and how they were found; empty if they cannot be found."""
    groups = t.dimensions[dim]
    counted = registry_sizes(t["registry"], list(groups))
    if counted is not None:
        return counted, "sizes counted in the registry"
    means = np.array([[float(t.scores[table, c, "mean"][0].value) for c in t.codes] for table in groups.values()])
    whole = np.array([float(t.scores[t.whole, c, "mean"][0].value) for c in t.codes])
    found, broken = fitted_sizes(means, whole, 0.01, t.n)
    if not found:
        return {}, "too many groups to find their sizes"
    how = f"sizes inferred from the means of all columns: {len(found)} way(s) leave {broken} column(s) beyond rounding"
    return dict(zip(groups, map(int, found[0]), strict=True)), how


def check_weighted_means(t: Tables) -> Iterable[Finding]:
    """Group means weighted by group sizes give the mean of all clusters."""
    for dim, groups in t.dimensions.items():
        sizes, how = group_sizes(t, dim)
        if not sizes:
            continue
        n = sum(sizes.values())
        for code in t.codes:
            whole, line = t.scores[t.whole, code, "mean"]
            parts = {g: t.scores[table, code, "mean"] for g, table in groups.items()}
            exact = sum((p.exact * Fraction(sizes[g], n) for g, (p, _) in parts.items()), Fraction(0))
            possible = Interval(Fraction(0), Fraction(0))
            for g, (p, _) in parts.items():
                possible = possible + p.interval.times(Fraction(sizes[g], n))
            verdict = _verdict(round_half_up(exact, whole.decimals) == whole.value, possible.meets(whole.interval))
            lines = (line, *(x for _, x in parts.values()))
            yield Finding(
                f"weighted_mean:{dim}:{code}", "weighted_mean", code,
                f"the mean over all clusters is the mean over the groups of {dim}, weighted by their sizes, if every "
                "cluster has the score",
                f"all {whole}; weighted {_show(exact, 4)} = "
                + " + ".join(f"{p} x {sizes[g]}" for g, (p, _) in parts.items()),
                verdict,
                how + ("; clusters without the score in one of the groups would explain it"
                       if verdict == "contradicted" else ""),
                _lines(*lines),
            )  # fmt: skip


def _weights(subareas: dict[str, int], reading: str) -> dict[str, Fraction]:
    total = len(subareas) if reading == "equal" else sum(subareas.values())
    return {s: Fraction(1 if reading == "equal" else n, total) for s, n in subareas.items()}


def _composed(
    t: Tables, table: str, weights: dict[str, Fraction], measure: str
) -> tuple[Fraction, Interval, list[str]]:
    exact, interval, lines = Fraction(0), Interval(Fraction(0), Fraction(0)), []
    for code, weight in weights.items():
        printed, line = t.scores[table, code, measure]
        exact += printed.exact * weight
        interval = interval + printed.interval.times(weight)
        lines.append(line)
    return exact, interval, lines


def _parents(t: Tables) -> Iterable[tuple[str, str, dict[str, Fraction], str]]:
    for reading, statement in READINGS.items():
        for area, subareas in t.subareas.items():
            yield area, reading, _weights(subareas, reading), statement
    areas = {area: Fraction(1, len(t.subareas)) for area in t.subareas}
    yield OVERALL, "equal", areas, "the overall score is the mean of the area scores"


def check_area_means(t: Tables) -> Iterable[Finding]:
    """Area means against the means of their sub-areas under both readings; the overall mean against the areas."""
    for table, (dim, group) in t.groups.items():
        for code, reading, weights, statement in _parents(t):
            printed, line = t.scores[table, code, "mean"]
            exact, possible, lines = _composed(t, table, weights, "mean")
            verdict = _verdict(
                round_half_up(exact, printed.decimals) == printed.value, possible.meets(printed.interval)
            )
            yield Finding(
                f"area_mean:{reading}:{table}:{code}", "area_mean", code,
                f"table {table} ({dim}: {group}): {statement}",
                f"printed {printed}, composed {_show(exact, 4)}", verdict,
                "beyond rounding" if verdict == "contradicted" else "", _lines(line, *lines),
            )  # fmt: skip


def check_area_bounds(t: Tables) -> Iterable[Finding]:
    """No cluster exceeds the mean of the sub-area maxima or falls below the mean of the minima, under both readings.

    Strict, because it averages over no clusters.
    """
    for table, (dim, group) in t.groups.items():
        for code, reading, weights, statement in _parents(t):
            for measure in ("min", "benchmark"):
                printed, line = t.scores[table, code, measure]
                exact, bound, lines = _composed(t, table, weights, measure)
                if measure == "benchmark":
                    plain, possible = printed.exact <= exact, printed.interval.low <= bound.high
                else:
                    plain, possible = printed.exact >= exact, printed.interval.high >= bound.low
                verdict = _verdict(plain, possible)
                yield Finding(
                    f"area_bound:{reading}:{table}:{code}:{measure}", "area_bound", code,
                    f"table {table} ({dim}: {group}): {statement}, so its {measure} is "
                    f"{'at most' if measure == 'benchmark' else 'at least'} that of the parts",
                    f"printed {printed}, bound {_show(exact, 4)}", verdict,
                    "no cluster can reach the printed value" if verdict == "contradicted" else "", _lines(line, *lines),
                )  # fmt: skip


def check_area_tables(t: Tables) -> Iterable[Finding]:
    """The tables of one area repeat the first columns of the table of all clusters."""
    for row in t["area_tables"].to_dict("records"):
        for measure in ("mean", "median", "benchmark"):
            here = _need(row[measure])
            there, line = t.scores[t.whole, row["code"], measure]
            ok = here.value == there.value
            yield Finding(
                f"restated:table {row['table']}:{row['code']}:{measure}", "restated", row["code"],
                f"table {row['table']} prints the {measure} of table {t.whole}", f"{here}; {there}", _verdict(ok, ok),
                "", _lines(row["line"], line),
                "" if ok else ";".join(cell(x, row["code"], measure) for x in (row["line"], line)),
            )  # fmt: skip


def check_strengths(t: Tables) -> Iterable[Finding]:
    """Strengths have a median above 0.30 and weaknesses one of at most 0.20, as in the table of all clusters."""
    for row in t["strengths"].to_dict("records"):
        median, line = t.scores[t.whole, row["code"], "median"]
        stated = _need(row["median"])
        ident = f"{row['table']}:{row['code']}"
        ok = stated.value == median.value
        yield Finding(
            f"restated:table {ident}:median", "restated", row["code"],
            f"table {row['table']} prints the median of table {t.whole}", f"{stated}; {median}", _verdict(ok, ok), "",
            _lines(row["line"], line),
        )  # fmt: skip
        strong = row["kind"] == "strength"
        exact = stated.value > Decimal("0.30") if strong else stated.value <= Decimal("0.20")
        possible = stated.interval.high > Fraction(3, 10) if strong else stated.interval.low <= Fraction(1, 5)
        yield Finding(
            f"strength_rule:{ident}", "strength_rule", row["code"],
            f"a {row['kind']} has a median {'above 0.30' if strong else 'of at most 0.20'}", str(stated),
            _verdict(exact, possible),
            "" if exact else "only the unrounded median can satisfy the rule", row["line"],
        )  # fmt: skip
    for table, rows in t["strengths"].groupby("table", sort=False):
        listed = dict(zip(rows["code"], rows["kind"], strict=True))
        for code in (s for subareas in t.subareas.values() for s in subareas):
            median, line = t.scores[t.whole, code, "median"]
            due = (
                "strength" if median.value > Decimal("0.30") else "weakness" if median.value <= Decimal("0.20") else ""
            )
            if due and code not in listed:
                yield Finding(
                    f"strength_listed:{table}:{code}", "strength_rule", code,
                    f"table {table} lists every {due}", f"median {median}", "contradicted",
                    f"the sub-area is a {due} by the rule but not in the table", line,
                )  # fmt: skip


# --- indicators: mean, median, benchmark and the facts in their comments -------


def check_measures(t: Tables) -> Iterable[Finding]:
    """One unit for mean, median and benchmark; neither mean nor median above the benchmark."""
    for code, m in t.indicators.items():
        units = {k: v.unit for k, v in m.items()}
        one = len(set(units.values())) == 1
        yield Finding(
            f"units:{code}", "units", code, "mean, median and benchmark are printed in one unit",
            ", ".join(f"{k} {m[k].printed} {u}" for k, u in units.items()), _verdict(one, one),
            "" if one else "a reader who takes one unit for all three is wrong by a power of ten", m["mean"].line,
        )  # fmt: skip
        ok = m["median"].exact <= m["benchmark"].exact and m["mean"].exact <= m["benchmark"].exact
        yield Finding(
            f"measures:{code}", "measures", code, "median and mean do not exceed the benchmark",
            ", ".join(f"{k} {v.printed} {v.unit}" for k, v in m.items()), _verdict(ok, ok), "", m["mean"].line,
            "" if ok else ";".join(cell(v.line, code, k) for k, v in m.items()),
        )  # fmt: skip


@dataclass(frozen=True)
class _Count:
    """`k` clusters are at or above `level` (base units); the others are at or below `below`."""

    k: int
    level: Fraction
    below: Fraction
    line: str
    statistic: str


def _counts(t: Tables, code: str, n: int) -> list[_Count]:
    """Counts of large values implied by the facts of an indicator, for n answers."""
    whole = t.units[code] in COUNT_UNITS
    step = Fraction(1) if whole else Fraction(0)
    out = []
    for f in t.of(code, "n_positive", "n_zero", "n_ge", "n_gt"):
        value, level = int(f.exact), f.threshold
        if f.kind == "n_positive":
            out.append(_Count(value, step, Fraction(0), f.line, f.statistic))
        elif f.kind == "n_zero":
            if n >= value:
                out.append(_Count(n - value, step, Fraction(0), f.line, f.statistic))
        elif level is not None and f.kind == "n_ge":
            out.append(_Count(value, level, level - step, f.line, f.statistic))
        elif level is not None:
            out.append(_Count(value, level + step, level, f.line, f.statistic))
    return [c for c in out if c.k <= n]


def _bounds(counts: Sequence[_Count], top: Interval, n: int) -> tuple[list[Fraction], list[Fraction]]:
    """Lowest and highest possible sorted values of n answers that are not negative."""
    low, high = [Fraction(0)] * n, [top.high] * n
    for c in counts:
        for i in range(n):
            if i >= n - c.k:
                low[i] = max(low[i], c.level)
            else:
                high[i] = min(high[i], c.below)
    low[-1] = max(low[-1], top.low)
    return low, high


def _median_fits(t: Tables, f: Fact, n: int, median: Interval, top: Interval) -> bool:
    """Whether n answers, as many of them large as the fact says, can have a median in the interval."""
    counts = [c for c in _counts(t, f.code, n) if (c.line, c.statistic) == (f.line, f.statistic)]
    if not counts:
        return False
    low, high = _bounds(counts, top, n)
    a, b = (n - 1) // 2, n // 2
    if not Interval(low[a] + low[b], high[a] + high[b]).meets(median.times(2)):
        return False
    # an amount above zero is not zero, however small
    above_zero = f.kind in ("n_positive", "n_zero") and counts[0].k >= n - b
    return not (above_zero and median.high <= 0)


def check_median_counts(t: Tables) -> Iterable[Finding]:
    """The median fits each count of zero, positive or large values, for the stated number of answers or fewer."""
    for code, m in t.indicators.items():
        median, top = m["median"], m["benchmark"].interval
        exact = Interval(median.exact, median.exact)
        for f in t.of(code, "n_positive", "n_zero", "n_ge", "n_gt"):
            at_n = _median_fits(t, f, t.n, exact, top)
            possible = at_n or _median_fits(t, f, t.n, median.interval, top)
            others = [] if possible else [n for n in range(1, t.n) if _median_fits(t, f, n, median.interval, top)]
            pinned = [n for n in others if n in t.bases.get(code, range(1, t.n + 1))]
            yield Finding(
                f"median_counts:{code}:{f.statistic}@{f.line}", "median_counts", code,
                f"the median of {t.n} clusters fits the number of clusters in: {f.note}",
                f"median {median.printed} {median.unit}; {f.statistic} {f.value}", _verdict(at_n, possible),
                "" if possible else f"fits {_span(pinned)} answers", _lines(median.line, f.line),
                "" if possible or pinned
                else _lines(cell(median.line, code, "median"), cell(f.line, code, f.statistic)),
            )  # fmt: skip


def mean_range(counts: Sequence[_Count], median: Interval, top: Interval, n: int) -> Interval | None:
    """Return the lowest and highest mean of n answers with these counts, median and largest value.

    None if no answers satisfy them.
    """
    low, high = _bounds(counts, top, n)
    if any(lo > hi for lo, hi in zip(low, high, strict=True)):
        return None
    a, b = (n - 1) // 2, n // 2
    out = []
    for m, least in ((median.low, True), (median.high, False)):
        if a == b:
            x = y = min(max(m, low[a]), high[a])
        else:
            # nearest to equal middle values that the bounds allow
            x = min(m, high[a], 2 * m - low[b])
            x = max(x, low[a], 2 * m - high[b])
            y = 2 * m - x
            if not (low[a] <= x <= high[a] and low[b] <= y <= high[b] and x <= y):
                x, y = (low[a], low[b]) if least else (high[a], high[b])
        if least:
            values = [*low[:a], x, *([] if a == b else [y]), *(max(v, y) for v in low[b + 1 :])]
        else:
            values = [*(min(v, x) for v in high[:a]), x, *([] if a == b else [y]), *high[b + 1 :]]
        out.append(sum(values, Fraction(0)) / n)
    return Interval(min(out), max(out))


def check_mean_range(t: Tables) -> Iterable[Finding]:
    """The mean is possible with the printed median, benchmark and all counts that do not contradict the median."""
    broken = {f.cells for f in check_median_counts(t) if f.verdict == "contradicted"}
    skip = {c for cells in broken for c in cells.split(";")}
    for code, m in t.indicators.items():
        mean, n = m["mean"], t.n
        counts = [c for c in _counts(t, code, n) if cell(c.line, code, c.statistic) not in skip]
        if len({c.k for c in counts if c.below == 0}) > 1:
            continue  # two different counts of positive clusters: that is a finding of its own
        exact = Interval(m["median"].exact, m["median"].exact)
        found = mean_range(counts, exact, m["benchmark"].interval, n)
        wide = mean_range(counts, m["median"].interval, m["benchmark"].interval, n)
        ok = found is not None and found.holds(mean.exact)
        possible = wide is not None and wide.meets(mean.interval)
        factor = unit_factor(mean.unit)
        yield Finding(
            f"mean_range:{code}", "mean_range", code,
            f"the mean is possible for {n} answers with the printed median, benchmark and counts",
            f"mean {mean.printed}, possible "
            + (f"{_show(found.low / factor, 1)} to {_show(found.high / factor, 1)}" if found else "none"),
            _verdict(ok, possible), "" if possible else "fewer answers could explain it",
            _lines(mean.line, *(c.line for c in counts)),
        )  # fmt: skip


def check_grim(t: Tables) -> Iterable[Finding]:
    """A mean of whole numbers over n clusters is a multiple of 1/n."""
    for code, m in t.indicators.items():
        if t.units[code] not in COUNT_UNITS:
            continue
        totals = [
            k
            for k in m["mean"].interval.times(t.n).integers()
            if round_half_up(Fraction(k, t.n), m["mean"].printed.decimals) == m["mean"].printed.value
        ]
        yield Finding(
            f"grim:{code}", "grim", code, f"some whole total over {t.n} clusters prints as this mean",
            f"mean {m['mean'].printed}; totals {_span(totals)}", _verdict(bool(totals), bool(totals)),
            "without power where 1/n is smaller than the last printed place", m["mean"].line,
        )  # fmt: skip


def check_mean_total(t: Tables) -> Iterable[Finding]:
    """Mean times the number of clusters gives the printed total; parts of a total do not exceed it."""
    for code, m in t.indicators.items():
        found = t.totals(code)
        if found is None:
            continue
        total, line, is_whole = found
        mean = m["mean"]
        middle = (total.low + total.high) / 2
        if is_whole:
            fits = [n for n in range(1, t.n + 1) if mean.interval.times(n).meets(total)]
            ok = t.n in fits
            yield Finding(
                f"mean_total:{code}", "mean_total", code, f"the mean times {t.n} clusters is the printed total",
                f"mean {mean.printed} {mean.unit} x {t.n} = {_show(mean.exact * t.n, 0)}; total {_show(middle, 0)}",
                _verdict(ok, ok), "" if ok else f"fits {_span(fits)} answers", _lines(mean.line, line),
                "" if fits else cell(mean.line, code, "mean"),
            )  # fmt: skip
        else:
            ok = mean.interval.times(t.n).high >= total.low
            yield Finding(
                f"mean_total:{code}", "mean_total", code,
                f"the printed parts of the total do not exceed the mean times {t.n} clusters",
                f"mean {mean.printed} x {t.n} = {_show(mean.exact * t.n, 0)}; parts {_show(middle, 0)}",
                _verdict(ok, ok), "" if ok else "more than the total", _lines(mean.line, line),
                "" if ok else cell(mean.line, code, "mean"),
            )  # fmt: skip


def _member_totals(t: Tables, code: str) -> list[tuple[Interval, Fact]]:
    """Totals implied by facts that give the share of all members, or of all enterprises, taking part."""
    out = []
    for f in t.of(code, "other"):
        if (
            f.unit != "%"
            or not re.match(r"^share of (all )?(members|enterprises)\b", f.note)
            or "only clusters" in f.note
        ):
            continue
        if "enterprises" in f.note:
            found = t.history("enterprises among members")
            if found is None:
                continue
            base = int(found[0].value)
        else:
            base = t.members
        out.append((f.interval.times(Fraction(base, 100)), f))
    return out


def check_member_share(t: Tables) -> Iterable[Finding]:
    """The share of all members that took part is the total over all members of the clusters."""
    for code, m in t.indicators.items():
        for implied, f in _member_totals(t, code):
            mean, total = m["mean"], t.totals(code)
            whole = total[0] if total and total[2] else None
            base = implied.low / (f.interval.low / 100)
            if whole is not None:
                ok, shown = whole.meets(implied), (whole.low + whole.high) / 2
                fits: list[int] = []
                source = f"total {_show(shown, 0)}"
            else:
                fits = [n for n in range(1, t.n + 1) if mean.interval.times(n).meets(implied)]
                ok, shown = t.n in fits, mean.exact * t.n
                source = f"mean {mean.printed} x {t.n} = {_show(shown, 0)}"
            yield Finding(
                f"member_share:{code}@{f.line}", "member_share", code,
                f"the printed share is the total over all {int(base)} of them: {f.note}",
                f"{source}; {_show(100 * shown / base, 1)}% of {int(base)}; printed {f.value}%", _verdict(ok, ok),
                "" if ok
                else f"fits {_span(fits)} answers" if whole is None else "the total and the base are printed",
                _lines(mean.line, f.line, total[1] if total else ""),
                "" if ok or fits else cell(f.line, code, f.statistic),
            )  # fmt: skip


def check_mean_positive(t: Tables) -> Iterable[Finding]:
    """The mean of all clusters and the mean of those with a positive value come from one total."""
    for code, m in t.indicators.items():
        means = t.of(code, "mean_positive")
        for f in means:
            mean = m["mean"]
            whole = t.units[code] in COUNT_UNITS
            counts = [c for c in t.of(code, "n_positive", "n_answered") if c.value is not None]
            at_least = max((int(c.exact) for c in t.of(code, "n_ge", "n_gt")), default=1)
            options: list[tuple[list[int], str, str, str]] = [
                ([int(c.exact)], f"{c.value} clusters", c.line, cell(c.line, code, c.statistic)) for c in counts
            ] or [(list(range(at_least, t.n + 1)), "some whole number of clusters", "", "")]

            def totals(n: int, k: int, f: Fact = f, mean: Measure = mean, whole: bool = whole) -> bool:
                one, two = mean.interval.times(n), f.interval.times(k)
                both = Interval(max(one.low, two.low), min(one.high, two.high))
                return both.low <= both.high and (not whole or len(both.integers()) > 0)

            for ks, label, line, counted in options:
                ok = any(totals(t.n, k) for k in ks)
                fits = [(n, k) for n in range(1, t.n + 1) for k in ks if k <= n and totals(n, k)]
                shown = ", ".join(f"{k} of {n}" for n, k in fits[:6])
                yield Finding(
                    f"mean_positive:{code}:{label.split()[0]}@{line or f.line}", "mean_positive", code,
                    f"mean over all {t.n} clusters and mean over {label} have one total",
                    f"mean {mean.printed} {mean.unit}; positive mean {f.value} {f.unit}; ratio gives "
                    f"{_show(mean.exact * t.n / f.exact, 2)} clusters",
                    _verdict(ok, ok), "" if ok else f"fits: {shown or 'none'}", _lines(mean.line, line, f.line),
                    "" if fits else _lines(cell(mean.line, code, "mean"), cell(f.line, code, f.statistic), counted),
                )  # fmt: skip
            total = t.totals(code)
            if total and total[2] and counts:
                k = int(counts[0].exact)
                ok = f.interval.times(k).meets(total[0])
                yield Finding(
                    f"mean_positive:{code}:total@{f.line}", "mean_positive", code,
                    f"the mean over the {k} clusters with a positive value is the printed total divided by {k}",
                    f"total {_show(total[0].low, 0)} / {k} = {_show(total[0].low / k, 1)}; printed {f.value}",
                    _verdict(ok, ok), "" if ok else "the total, the number and the mean are all printed",
                    _lines(f.line, total[1], counts[0].line), "" if ok else cell(f.line, code, f.statistic),
                )  # fmt: skip


def check_mean_excluding(t: Tables) -> Iterable[Finding]:
    """The mean without the leader follows from mean, benchmark and number of answers."""
    for code, m in t.indicators.items():
        for f in t.of(code, "mean_excluding"):
            mean, top = m["mean"].interval, m["benchmark"].interval

            def without(n: int, mean: Interval = mean, top: Interval = top) -> Interval:
                return (mean.times(n) - top).times(Fraction(1, n - 1))

            fits = [n for n in range(2, t.n + 1) if without(n).meets(f.interval)]
            ok = t.n in fits
            exact = (m["mean"].exact * t.n - m["benchmark"].exact) / (t.n - 1)
            yield Finding(
                f"mean_excluding:{code}@{f.line}", "mean_excluding", code,
                f"the mean of {t.n - 1} clusters without the leader follows from the mean and the benchmark",
                f"({m['mean'].printed} x {t.n} - {m['benchmark'].printed}) / {t.n - 1} = {_show(exact, 1)}; "
                f"printed {f.value}",
                _verdict(ok, ok), "" if ok else f"fits {_span(fits)} answers", _lines(m["mean"].line, f.line),
                "" if fits else cell(f.line, code, f.statistic),
            )  # fmt: skip


def check_mean_year(t: Tables) -> Iterable[Finding]:
    """The means of single years add up to the printed mean, or average to it."""
    for code, m in t.indicators.items():
        years = t.of(code, "mean_year")
        if len(years) < 2:
            continue
        total = Interval(Fraction(0), Fraction(0))
        for f in years:
            total = total + f.interval
        exact = sum((f.exact for f in years), Fraction(0))
        mean, factor = m["mean"], unit_factor(m["mean"].unit)
        sums = {"sum": Fraction(1), "mean": Fraction(1, len(years))}
        plain = any(
            round_half_up(exact * k / factor, mean.printed.decimals) == mean.printed.value for k in sums.values()
        )
        ok = any(total.times(k).meets(mean.interval) for k in sums.values())
        yield Finding(
            f"mean_year:{code}", "mean_year", code,
            "the means of the single years add up, or average, to the printed mean, if the same clusters answered",
            f"{' and '.join(str(f.value) for f in years)}; printed {mean.printed} {mean.unit}", _verdict(plain, ok),
            "" if ok else f"sum {_show(exact / factor, 1)}; clusters that answered for one year only would explain it",
            _lines(mean.line, *(f.line for f in years)),
        )  # fmt: skip


def check_restated(t: Tables) -> Iterable[Finding]:
    """Values that a comment repeats: leader, median, end of the scale, ranks below the leader."""
    for code, m in t.indicators.items():
        for f in t.of(code, "max", "median_restated", "scale_max", "min_positive"):
            target = "median" if f.kind == "median_restated" else "benchmark"
            ok = m[target].interval.meets(f.interval)
            plain = m[target].exact == f.exact
            if f.kind == "min_positive":
                ok = plain = f.exact <= m["benchmark"].exact
            if f.kind == "scale_max":
                ok = plain = m["benchmark"].exact <= f.exact
            yield Finding(
                f"restated:{code}:{f.kind}@{f.line}", "restated", code,
                f"the comment agrees with the printed {target}: {f.note}",
                f"{m[target].printed} {m[target].unit}; {f.value} {f.unit}", _verdict(plain, ok), "",
                _lines(m[target].line, f.line),
                "" if ok else _lines(cell(m[target].line, code, target), cell(f.line, code, f.statistic)),
            )  # fmt: skip
        for f in t.of(code, "other"):
            if "largest" in f.note:
                ok = f.exact <= m["benchmark"].exact
                yield Finding(
                    f"restated:{code}:other@{f.line}:{f.value}", "restated", code,
                    f"not above the benchmark: {f.note}", f"{m['benchmark'].printed}; {f.value} {f.unit}",
                    _verdict(ok, ok), "", _lines(m["benchmark"].line, f.line),
                )  # fmt: skip


def check_nested_counts(t: Tables) -> Iterable[Finding]:
    """Counts above a higher threshold do not exceed those above a lower one; with and without do not exceed all."""
    for code in dict.fromkeys(f.code for f in t.facts):
        facts = t.of(code, "n_positive", "n_ge", "n_gt", "n_eq")
        rows: list[tuple[Fraction, int, Fact]] = []
        for f in facts:
            level = Fraction(0) if f.kind == "n_positive" else f.threshold
            if level is not None and f.kind != "n_eq":
                rows.append((level, 0 if f.kind == "n_ge" else 1, f))
        rows.sort(key=lambda r: r[:2])
        for (_, _, one), (_, _, two) in combinations(rows, 2):
            ok = two.exact <= one.exact
            yield Finding(
                f"nested_counts:{code}:{one.statistic}@{one.line}:{two.statistic}@{two.line}", "nested_counts", code,
                f"clusters in `{two.statistic}` are among those in `{one.statistic}`", f"{two.value} of {one.value}",
                _verdict(ok, ok), "", _lines(one.line, two.line),
                "" if ok else _lines(cell(one.line, code, one.statistic), cell(two.line, code, two.statistic)),
            )  # fmt: skip
        for one in t.of(code, "n_positive"):
            for two in t.of(code, "n_zero"):
                total = int(one.exact + two.exact)
                ok = total <= t.n
                yield Finding(
                    f"complement:{code}@{one.line}:{two.line}", "complement", code,
                    f"clusters with and without add up to at most {t.n}", f"{one.value} + {two.value} = {total}",
                    _verdict(ok, ok), "" if total == t.n else f"{t.n - total} clusters in neither",
                    _lines(one.line, two.line),
                    "" if ok else _lines(cell(one.line, code, one.statistic), cell(two.line, code, two.statistic)),
                )  # fmt: skip
    for f in t.facts:
        target = COUNTED_ELSEWHERE.get((f.code, f.kind))
        for other in t.of(target, "n_positive") if target else []:
            total = int(other.exact + f.exact)
            ok = total == t.n
            yield Finding(
                f"complement:{f.code}:{target}@{f.line}", "complement", f.code,
                f"clusters with ({target}) and without ({f.note}) add up to {t.n}",
                f"{other.value} + {f.value} = {total}", _verdict(ok, ok),
                "" if ok else f"{t.n - int(other.exact)} would",
                _lines(f.line, other.line),
                "" if ok else _lines(cell(f.line, f.code, f.statistic), cell(other.line, str(target), other.statistic)),
            )  # fmt: skip


def check_two_values(t: Tables) -> Iterable[Finding]:
    """One statistic of one indicator is printed with one value."""
    seen: dict[tuple[str, str], Fact] = {}
    for f in t.facts:
        if f.value is None or f.kind in ("other", "growth", "mean_year"):
            continue
        first = seen.setdefault((f.code, f.statistic), f)
        if first is f or first.unit != f.unit:
            continue
        ok = first.interval.meets(f.interval)
        yield Finding(
            f"two_values:{f.code}:{f.statistic}@{f.line}", "two_values", f.code,
            f"one value of `{f.statistic}` is printed: {f.note}", f"{first.value}; {f.value}",
            _verdict(first.value == f.value, ok), "", _lines(first.line, f.line),
            "" if ok else _lines(cell(first.line, f.code, f.statistic), cell(f.line, f.code, f.statistic)),
        )  # fmt: skip


def check_depends(t: Tables) -> Iterable[Finding]:
    """A quantity that supposes another one is positive in no more clusters than the other one."""
    for code, parent in DEPENDS.items():
        if code not in t.indicators or parent not in t.indicators:
            continue
        median = t.indicators[code]["median"]
        for f in t.of(parent, "n_positive"):
            k = int(f.exact)

            def fits(n: int, k: int = k, median: Measure = median) -> bool:
                # with k positive answers of n, is the printed median possible?
                middle = [(n - 1) // 2, n // 2]
                positive = [i >= n - k for i in middle]
                return median.exact == 0 or any(positive)

            ok = fits(t.n)
            others = (
                [n for n in range(k, t.n) if fits(n) and n in t.bases.get(code, range(1, t.n + 1))] if not ok else []
            )
            yield Finding(
                f"depends:{code}:{parent}@{f.line}", "depends", code,
                f"clusters with {code} are among those with {parent}, so its median is zero if they are a minority",
                f"median {median.printed} of {t.n} answers; {f.value} clusters with {parent}", _verdict(ok, ok),
                "" if ok else f"the median needs at least {t.n - t.n // 2} clusters; fits {_span(others)} answers",
                _lines(median.line, f.line),
                "" if ok or others else _lines(cell(median.line, code, "median"), cell(f.line, parent, f.statistic)),
            )  # fmt: skip
            for child in t.of(code, "n_positive"):
                ok = child.exact <= f.exact
                yield Finding(
                    f"depends:{code}:{parent}@{child.line}:{f.line}", "depends", code,
                    f"clusters with {code} are among the clusters with {parent}", f"{child.value} of {f.value}",
                    _verdict(ok, ok), "", _lines(child.line, f.line),
                )  # fmt: skip


def check_parts(t: Tables) -> Iterable[Finding]:
    """A part does not exceed its whole, in mean, median and benchmark, if the same clusters answered."""
    for part, whole in PART_OF.items():
        if part not in t.indicators or whole not in t.indicators:
            continue
        for measure in ("mean", "median", "benchmark"):
            one, two = t.indicators[part][measure], t.indicators[whole][measure]
            ok, possible = one.exact <= two.exact, one.interval.low <= two.interval.high
            yield Finding(
                f"part_of:{part}:{whole}:{measure}", "part_of", part, f"{part} is a part of {whole}",
                f"{measure} {one.printed} of {two.printed} {two.unit}", _verdict(ok, possible),
                "" if possible else "the two are not measured alike, or not by the same clusters",
                _lines(one.line, two.line),
            )  # fmt: skip


# --- shares of options --------------------------------------------------------


def possible_bases(share: Printed, largest: int) -> list[int]:
    """Return the numbers of answers of which some whole number prints as the share (in percent)."""
    return [
        n
        for n in range(1, largest + 1)
        if any(
            0 <= k <= n and round_half_up(Fraction(100 * k, n), share.decimals) == share.value
            for k in share.interval.times(Fraction(n, 100)).integers()
        )
    ]


def stated_base(note: str) -> int | None:
    """Return the number of answers a note states: "(base 34)", "fits 33 of the 36", "fits 22 of 29"."""
    match = re.search(r"base (\d+)|fits \d+ of (?:the )?(\d+)", note)
    return int(match[1] or match[2]) if match else None


def categories(text: str) -> dict[str, Printed]:
    """Read the shares of a categorical indicator: `label=share;label=share`."""
    pairs = (part.rpartition("=") for part in text.split(";") if part)
    return {label: _need(value) for label, _, value in pairs}


def check_shares(t: Tables) -> Iterable[Finding]:
    """A percentage of n clusters is k/n for some whole k."""
    shares = [
        (f.code, f.value, f.note, f.line, f.statistic)
        for f in t.facts
        if f.kind in ("share_option", "share_positive") and f.value is not None
    ]
    for row in t["indicators"].to_dict("records"):
        shares += [
            (row["code"], share, "category", row["line"], f"share {label}")
            for label, share in categories(row["categories"]).items()
        ]
    for code, share, note, line, statistic in shares:
        base = stated_base(note) or t.n
        fits = possible_bases(share, t.n)
        ok = base in fits
        near = [n for n in fits if n >= t.n - 10]
        yield Finding(
            f"share:{code}:{statistic}@{line}", "share", code, f"the share is a whole number of {base} clusters",
            f"{share}%", _verdict(ok, ok),
            "" if ok else f"no k of {base}; of up to {t.n}: fits a base of {_span(near)}", line,
            "" if ok or fits else cell(line, code, statistic),
        )  # fmt: skip


def _choice_bases(shares: Sequence[Printed], largest: int) -> list[int]:
    """Return the numbers of answers that print as the shares of a single choice, every answer in one of them."""
    out = []
    for n in range(1, largest + 1):
        ways = [
            [
                k
                for k in share.interval.times(Fraction(n, 100)).integers()
                if round_half_up(Fraction(100 * k, n), share.decimals) == share.value
            ]
            for share in shares
        ]
        if all(ways) and sum(min(w) for w in ways) <= n <= sum(max(w) for w in ways):
            out.append(n)
    return out


def check_common_base(t: Tables) -> Iterable[Finding]:
    """The shares of one question have one number of answers; those of a single choice account for every answer."""
    questions: list[tuple[str, str, list[tuple[Printed, str, str]], bool]] = []
    for row in t["indicators"].to_dict("records"):
        rows = [(p, row["line"], f"share {label}") for label, p in categories(row["categories"]).items()]
        rest = bool(t.of(row["code"], "n_zero"))
        if len(rows) > 1 and not rest:
            questions.append((row["code"], "single choice", rows, True))
    for code in dict.fromkeys(f.code for f in t.facts):
        options = [f for f in t.of(code, "share_option") if stated_base(f.note) is None and "multiple" in f.note]
        if len(options) > 1:
            questions.append((code, "options", [(f.value, f.line, f.statistic) for f in options if f.value], False))
    for code, what, rows, single in questions:
        shares = [p for p, _, _ in rows]
        each = [possible_bases(p, t.n) for p in shares]
        fits = _choice_bases(shares, t.n) if single else sorted(set.intersection(*(set(e) for e in each)))
        ok = t.n in fits
        wrong = [cell(line, code, stat) for (_, line, stat), e in zip(rows, each, strict=True) if t.n not in e]
        yield Finding(
            f"common_base:{code}:{what}", "common_base", code,
            f"all shares of the question are shares of {t.n} clusters",
            ", ".join(f"{p}%" for p in shares),
            _verdict(ok, ok), "" if ok else f"fits a base of {_span(fits)}",
            _lines(*(line for _, line, _ in rows)), "" if ok or fits else ";".join(wrong),
        )  # fmt: skip


def check_nested_shares(t: Tables) -> Iterable[Finding]:
    """A share of a follow-up question, taken of all clusters, does not exceed the share of the answer that opens it."""
    for code in dict.fromkeys(f.code for f in t.facts):
        options = t.of(code, "share_option")
        followup = [f for f in options if "base not stated" in f.note]
        parents = [f for f in options if stated_base(f.note) is None]
        for f in followup:
            base = stated_base(f.note)
            opening = [p for p in parents if base and round_half_up(Fraction(100 * base, t.n), 0) == p.value.value]  # type: ignore[union-attr]
            for parent in opening[:1]:
                ok = f.exact <= parent.exact
                yield Finding(
                    f"nested_share:{code}:{f.label}@{f.line}", "nested_share", code,
                    f"the share of all {t.n} clusters does not exceed that of the answer that opens the question",
                    f"{f.value}% of {parent.value}% ({parent.label})", _verdict(ok, ok),
                    "" if ok else f"so the base is not {t.n} but the {base} clusters asked; the table does not say so",
                    _lines(f.line, parent.line),
                )  # fmt: skip


def check_category_sums(t: Tables) -> Iterable[Finding]:
    """Shares of a single choice add up to 100."""
    for row in t["indicators"].to_dict("records"):
        shares = categories(row["categories"])
        if len(shares) < 2:
            continue
        values = list(shares.values())
        rest = t.of(row["code"], "n_zero")
        exact = sum((v.exact for v in values), Fraction(0)) + sum((100 * f.exact / t.n for f in rest), Fraction(0))
        slack = sum((v.interval.high - v.exact for v in values), Fraction(0))
        plain = exact == 100
        ok = abs(exact - 100) <= slack
        yield Finding(
            f"sum100:{row['code']}", "sum100", row["code"], "the shares of all categories add up to 100",
            " + ".join([*(str(v) for v in values), *(f"{f.value}/{t.n}" for f in rest)]) + f" = {_show(exact, 1)}",
            _verdict(plain, ok), "", _lines(row["line"], *(f.line for f in rest)),
        )  # fmt: skip


def check_options_mean(t: Tables) -> Iterable[Finding]:
    """Options named, share by share, do not add up to more than the mean number of options."""
    for code, m in t.indicators.items():
        options = [f for f in t.of(code, "share_option") if stated_base(f.note) is None]
        sized = t.of(code, "list_size")
        if t.units[code] not in COUNT_UNITS or not options or not sized:
            continue
        parts = [f.interval.times(Fraction(t.n, 100)) for f in options]
        named = sum((Fraction(int(round_half_up(f.exact * t.n / 100, 0))) for f in options), Fraction(0))
        least = sum((p.low for p in parts), Fraction(0))
        total = m["mean"].interval.times(t.n)
        plain, ok = named <= total.high, least <= total.high
        extra = m["mean"].exact * t.n - named
        yield Finding(
            f"options_mean:{code}", "options_mean", code,
            f"the listed options named by {t.n} clusters are not more than their mean number of options",
            f"named {named}; mean {m['mean'].printed} x {t.n} = {_show(m['mean'].exact * t.n, 0)}", _verdict(plain, ok),
            f"{max(0, round(extra))} further options beyond the list" if extra > 1 else "",
            _lines(m["mean"].line, *(f.line for f in options)),
        )  # fmt: skip


# --- sector means -------------------------------------------------------------


def _sectors(t: Tables) -> tuple[dict[str, int], str]:
    if "scores" not in t or "sector" not in t.dimensions:
        return {}, ""
    return group_sizes(t, "sector")


def check_sector_means(t: Tables) -> Iterable[Finding]:
    """Sector means are multiples of 1/size, and weighted by size they give the mean of all clusters.

    Where they do not, all numbers of answers by sector are tried; a printed total narrows them down.
    """
    sizes, how = _sectors(t)
    if not sizes:
        return
    table = t["sector_means"]
    names = list(sizes)
    for label, rows in table.groupby("indicator_label", sort=False):
        code = rows["code"].iloc[0]
        key = code or "members"
        line = rows["line"].iloc[0]
        means = {r["sector_code"]: _need(r["value_str"]) for r in rows.to_dict("records")}
        percent = rows["unit"].iloc[0].startswith("% of clusters")
        whole = rows["unit"].iloc[0] == "count" or percent
        totals: dict[str, list[int]] = {}
        if whole:
            for sector in names:
                scale = Fraction(sizes[sector], 100 if percent else 1)
                fits = [
                    k
                    for k in means[sector].interval.times(scale).integers()
                    if round_half_up(Fraction(k) / scale, means[sector].decimals) == means[sector].value
                ]
                totals[sector] = fits
                yield Finding(
                    f"sector_grim:{key}:{sector}", "sector_grim", key,
                    f"some whole total over {sizes[sector]} clusters prints as the sector's mean",
                    f"{means[sector]} x {sizes[sector]}: {_span(fits)}", _verdict(bool(fits), bool(fits)), how, line,
                    "" if fits else cell(line, key, "mean"),
                )  # fmt: skip
        yield from _sector_total(t, str(label), code, key, line, means, sizes, totals, percent=percent)


def _sector_total(
    t: Tables, label: str, code: str, key: str, line: str, means: dict[str, Printed], sizes: dict[str, int],
    totals: dict[str, list[int]], *, percent: bool,
) -> Iterable[Finding]:  # fmt: skip
    n = sum(sizes.values())
    if code and code in t.indicators:
        target, unit, target_line = t.indicators[code]["mean"].printed, t.indicators[code]["mean"].unit, ""
        target_line = t.indicators[code]["mean"].line
    elif code:
        options = [f for f in t.of(code, "share_option") if f.value is not None]
        if not (percent and options):
            return
        target, unit, target_line = options[0].value or _need("0"), "%", options[0].line
    else:
        exact = sum((Fraction(k[0]) for k in totals.values() if k), Fraction(0))
        ok = all(len(k) == 1 for k in totals.values()) and exact == t.members
        yield Finding(
            f"sector_total:{key}", "sector_total", key, "members by sector add up to the members of the registry",
            f"{_show(exact, 0)}; registry {t.members}", _verdict(ok, ok), "", line,
        )  # fmt: skip
        return
    exact = sum((means[s].exact * Fraction(k, n) for s, k in sizes.items()), Fraction(0))
    low = high = Fraction(0)
    if totals and all(totals.values()):
        scale = 100 if percent else 1
        low = sum((Fraction(min(totals[s]) * scale, n) for s in sizes), Fraction(0))
        high = sum((Fraction(max(totals[s]) * scale, n) for s in sizes), Fraction(0))
        possible = Interval(low, high)
        exact = (low + high) / 2
    else:
        possible = Interval(Fraction(0), Fraction(0))
        for s, k in sizes.items():
            possible = possible + means[s].interval.times(Fraction(k, n))
    ok = possible.meets(target.interval)
    plain = round_half_up(exact, target.decimals) == target.value
    explanation = "" if ok else _patterns(t, code, means, sizes, target)
    known = totals and all(len(k) == 1 for k in totals.values()) and not percent
    grand = f"; exact total {sum(k[0] for k in totals.values())}" if known else ""
    yield Finding(
        f"sector_mean:{key}", "sector_mean", key,
        "sector means weighted by sector size give the mean of all clusters, if every cluster answered",
        f"weighted {_show(exact, 2)}{grand}; printed {target} {unit}", _verdict(plain, ok), explanation,
        _lines(line, target_line),
    )  # fmt: skip


def _patterns(t: Tables, code: str, means: dict[str, Printed], sizes: dict[str, int], target: Printed) -> str:
    """Describe which numbers of answers by sector reproduce the mean of all clusters."""
    names = list(sizes)
    grids = np.meshgrid(*(np.arange(sizes[s] + 1) for s in names), indexing="ij")
    answers = np.stack([g.ravel() for g in grids], axis=1)
    answers = answers[answers.sum(axis=1) > 0]
    n = answers.sum(axis=1)
    values = np.array([float(means[s].value) for s in names])
    half = np.array([float(means[s].interval.high - means[s].exact) for s in names])
    slack = (answers @ half) / n + float(target.interval.high - target.exact)
    keep = np.abs(answers @ values / n - float(target.value)) <= slack + 1e-9
    found = answers[keep]
    text = f"{len(found)} pattern(s) of answers by sector reproduce the mean"
    total = t.totals(code)
    if total and total[2]:
        base = [k for k in range(1, t.n + 1) if t.indicators[code]["mean"].interval.times(k).meets(total[0])]
        found = found[np.isin(found.sum(axis=1), base)]
        text += f"; {len(found)} of them with the {_span(base)} answers that the printed total implies"
    best = found[found.sum(axis=1) == found.sum(axis=1).max()] if len(found) else found
    if 0 < len(best) <= 3:
        text += "; most answers: " + " or ".join(
            f"{int(row.sum())} (" + ", ".join(f"{s} {k}" for s, k in zip(names, row, strict=True)) + ")" for row in best
        )
    return text


# --- member survey, registry, previous editions ---------------------------------


def check_survey_sums(t: Tables) -> Iterable[Finding]:
    """Shares of one question, or of one item of a question, add up to 100."""
    table = t["members_survey"]
    table = table[table["unit"] == "%"]
    for (question, item), rows in table.groupby(["question_no", "item_pl"], sort=False):
        values = [_need(v) for v in rows["value_str"]]
        exact = sum((v.exact for v in values), Fraction(0))
        slack = sum((v.interval.high - v.exact for v in values), Fraction(0))
        ok = abs(exact - 100) <= slack
        yield Finding(
            f"sum100:Q{question}:{str(item)[:40]}", "sum100", f"Q{question}",
            f"question {question}{f', {item}' if item else ''}: the shares add up to 100",
            " + ".join(map(str, values)) + f" = {_show(exact, 1)}", _verdict(exact == 100, ok), "",
            _lines(*rows["line"]),
            "" if ok
            else ";".join(cell(r["line"], f"Q{question}", f"{item}: {r['option']}") for r in rows.to_dict("records")),
        )  # fmt: skip


def check_survey_copies(t: Tables) -> Iterable[Finding]:
    """No two items carry the same three or more shares."""
    table = t["members_survey"]
    table = table[table["unit"] == "%"]
    seen: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for (question, item), rows in table.groupby(["question_no", "item_pl"], sort=False):
        values = tuple(rows["value_str"])
        if len(values) < 3:
            continue
        if values in seen:
            other, other_item, line = seen[values]
            yield Finding(
                f"copy:Q{other}:Q{question}:{str(item)[:40]}", "copy", f"Q{question}",
                f"question {other}, {other_item}, and question {question}, {item}, have answers of their own",
                " | ".join(values), "suspicious", "identical rows: one is very likely a copy of the other",
                _lines(line, *rows["line"]),
            )  # fmt: skip
        else:
            seen[values] = (str(question), str(item), rows["line"].iloc[0])


def check_quoted(t: Tables) -> Iterable[Finding]:
    """Facts in comments that quote the member survey agree with its table."""
    table = t["members_survey"]
    for code, (question, item, options) in QUOTED_FROM_SURVEY.items():
        chosen = table[
            (table["question_no"] == question)
            & table["item_pl"].str.startswith(item)
            & table["option"].str.startswith(options)
        ]
        for f in t.of(code, "other"):
            if not re.search(r"members surveyed|interest of members", f.note) or chosen.empty:
                continue
            values = [_need(v) for v in chosen["value_str"]]
            exact = sum((v.exact for v in values), Fraction(0))
            possible = Interval(Fraction(0), Fraction(0))
            for v in values:
                possible = possible + v.interval
            ok = possible.meets(f.interval)
            plain = f.value is not None and round_half_up(exact, f.value.decimals) == f.value.value
            yield Finding(
                f"quoted:{code}@{f.line}", "quoted", code, f"question {question} of the member survey: {f.note}",
                f"{' + '.join(map(str, values))} = {_show(exact, 1)}; quoted {f.value}", _verdict(plain, ok), "",
                _lines(f.line, *chosen["line"]), "" if ok else cell(f.line, code, f.statistic),
            )  # fmt: skip


def check_history(t: Tables) -> Iterable[Finding]:
    """Totals and growth printed for the series of editions follow from its own numbers."""
    found = t.history("members")
    if found:
        ok = int(found[0].value) == t.members
        yield Finding(
            "registry_total:members", "registry_total", "members", "members of the registry add up to the printed sum",
            f"{t.members}; {found[0]}", _verdict(ok, ok), "", found[2],
        )  # fmt: skip
    found = t.history("clusters surveyed")
    if found:
        ok = int(found[0].value) == t.n
        yield Finding(
            "registry_total:clusters", "registry_total", "clusters", "the registry lists the clusters surveyed",
            f"{t.n}; {found[0]}", _verdict(ok, ok), "", found[2],
        )  # fmt: skip
    table = t["history"]
    for row in table[table["metric"].str.startswith("CAGR of ")].to_dict("records"):
        first, last = row["edition"].split("-")
        metric = row["metric"].removeprefix("CAGR of ")
        ends = [table[(table["metric"] == metric) & (table["edition"] == e)] for e in (first, last)]
        if any(e.empty for e in ends):
            continue
        one, two = (_need(e["value"].iloc[0]) for e in ends)
        rate, years = _need(row["value"]), int(last) - int(first)
        bounds = [
            100 * ((float(b) / float(a)) ** (1 / years) - 1)
            for a, b in ((one.interval.high, two.interval.low), (one.interval.low, two.interval.high))
        ]
        exact = 100 * ((float(two.value) / float(one.value)) ** (1 / years) - 1)
        ok = bounds[0] <= float(rate.interval.high) and bounds[1] >= float(rate.interval.low)
        yield Finding(
            f"growth:{metric}", "growth", "history", f"mean yearly growth of {metric} over {years} years",
            f"{one} to {two}: {exact:.1f}%; printed {rate}%",
            _verdict(round_half_up(exact, rate.decimals) == rate.value, ok), "",
            _lines(row["line"], *(e["line"].iloc[0] for e in ends)),
        )  # fmt: skip


def check_audit(t: Tables) -> Iterable[Finding]:
    """No criterion is met by more sites than were audited, and all criteria cover the same sites."""
    table = t["audit"]
    sites = set(table["n_sites"])
    for row in table.to_dict("records"):
        ok = int(row["n_sites_passing"]) <= int(row["n_sites"]) and len(sites) == 1
        yield Finding(
            f"audit:{row['no']}", "audit", f"criterion {row['no']}", "the sites passing are among the sites audited",
            f"{row['n_sites_passing']} of {row['n_sites']}", _verdict(ok, ok), "", row["line"],
        )  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A check and the tables it needs."""

    run: Callable[[Tables], Iterable[Finding]]
    needs: tuple[str, ...]


CHECKS = (
    Check(check_order, ("scores",)),
    Check(check_extremes, ("scores",)),
    Check(check_weighted_means, ("scores", "registry")),
    Check(check_area_means, ("scores",)),
    Check(check_area_bounds, ("scores",)),
    Check(check_area_tables, ("scores", "area_tables")),
    Check(check_strengths, ("scores", "strengths")),
    Check(check_measures, ("indicators",)),
    Check(check_median_counts, ("indicators", "indicator_facts", "registry")),
    Check(check_mean_range, ("indicators", "indicator_facts", "registry")),
    Check(check_grim, ("indicators", "registry")),
    Check(check_mean_total, ("indicators", "indicator_facts", "registry")),
    Check(check_member_share, ("indicators", "indicator_facts", "registry")),
    Check(check_mean_positive, ("indicators", "indicator_facts", "registry")),
    Check(check_mean_excluding, ("indicators", "indicator_facts", "registry")),
    Check(check_mean_year, ("indicators", "indicator_facts")),
    Check(check_restated, ("indicators", "indicator_facts")),
    Check(check_nested_counts, ("indicators", "indicator_facts", "registry")),
    Check(check_two_values, ("indicators", "indicator_facts")),
    Check(check_depends, ("indicators", "indicator_facts", "registry")),
    Check(check_parts, ("indicators",)),
    Check(check_shares, ("indicators", "indicator_facts", "registry")),
    Check(check_common_base, ("indicators", "indicator_facts", "registry")),
    Check(check_nested_shares, ("indicators", "indicator_facts", "registry")),
    Check(check_category_sums, ("indicators", "indicator_facts", "registry")),
    Check(check_options_mean, ("indicators", "indicator_facts", "registry")),
    Check(check_sector_means, ("sector_means", "scores", "registry", "indicators", "indicator_facts")),
    Check(check_survey_sums, ("members_survey",)),
    Check(check_survey_copies, ("members_survey",)),
    Check(check_quoted, ("indicators", "indicator_facts", "members_survey")),
    Check(check_history, ("history", "registry")),
    Check(check_audit, ("audit",)),
)  # fmt: skip


def audit(published: Published) -> pd.DataFrame:
    """Run every check whose tables are there.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per statement, sorted by kind and id; a check without its tables gives one row with the
        verdict `not checked`.

    Raises
    ------
    DataError
        Two findings have one id (the tables hold something twice).
    """
    tables = Tables(published)
    findings: list[Finding] = []
    for check in CHECKS:
        absent = [name for name in check.needs if name not in published]
        if absent:
            name = check.run.__name__.removeprefix("check_")
            findings.append(
                Finding(
                    f"coverage:{name}", "coverage", name, (check.run.__doc__ or "").strip().splitlines()[0], "",
                    "not checked", f"needs {', '.join(f'{a}.csv' for a in absent)}",
                )
            )  # fmt: skip
        else:
            findings.extend(check.run(tables))
    out = pd.DataFrame([asdict(f) for f in findings], columns=list(COLUMNS))
    double = out.loc[out["id"].duplicated(), "id"]
    if len(double):
        raise DataError([Problem("published tables", None, None, i, "is stated twice", "remove one") for i in double])
    return out.sort_values(["kind", "id"], kind="stable", ignore_index=True)


def audit_published(folder: Path) -> pd.DataFrame:
    """Audit the published tables of a folder; see `audit`.

    Raises
    ------
    DataError
        The folder or its `framework.csv` is missing, or a table is malformed: a column missing or in the place of
        another, a cell that does not hold what its column holds, rows missing or double. Numbers that disagree with
        each other are findings, not errors.
    """
    return audit(read_published(folder))


def summary(findings: pd.DataFrame) -> pd.DataFrame:
    """Count verdicts by kind of check: columns kind, n and one per verdict."""
    table = pd.crosstab(findings["kind"], findings["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    table.insert(0, "n", table.sum(axis=1))
    table.columns.name = None
    return table.reset_index()


def summary_facts(checks: pd.DataFrame, known: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the numbers of the audit as facts, each the arguments of `FactSet.add`.

    Parameters
    ----------
    checks
        Result of `summary`.
    known
        Result of `known_contradictions`.
    """
    table = "40_analyses/consistency_summary.csv"
    counts = checks.drop(columns="kind").sum()
    out = [
        {
            "fact_id": f"consistency.all.{str(c).replace(' ', '_')}",
            "value": int(counts[c]),
            "table": table,
            "key": "all",
            "column": str(c),
        }
        for c in counts.index
    ]
    for r in checks.to_dict("records"):
        for column in ("n", "contradicted"):
            out.append(
                {"fact_id": f"consistency.{r['kind']}.{column}", "value": int(r[column]), "table": table,
                 "key": str(r["kind"]), "column": column}
            )  # fmt: skip
    table = "40_analyses/known_contradictions.csv"
    for name, count in (
        ("n", len(known)),
        ("detected", int((known["status"] == "detected").sum())),
        ("beyond", int((known["status"] != "detected").sum())),
    ):
        out.append(
            {"fact_id": f"contradictions.{name}", "value": count, "table": table, "key": "all", "column": "status"}
        )
    return out


def known_contradictions(contradictions: pd.DataFrame, findings: pd.DataFrame, review: pd.DataFrame) -> pd.DataFrame:
    """Set the contradictions found by reading against what the checks find by themselves.

    Parameters
    ----------
    contradictions
        Columns id, severity, concerns, lines, explanation.
    findings
        Result of `audit`.
    review
        Columns id, findings, reason, one row per contradiction. `findings` are ids of findings joined by ";" (empty:
        the checks cannot see it), `reason` says what they show or why they cannot.

    Returns
    -------
    DataFrame
        id, severity, concerns, status (detected | beyond these checks), findings, reason.

    Raises
    ------
    DataError
        A contradiction has no review, a review names no contradiction or no finding, or names a finding that is
        consistent.
    """
    file = "known.csv"
    verdicts = dict(zip(findings["id"], findings["verdict"], strict=True))
    reviews = review.set_index("id")
    problems = [
        Problem(file, None, "id", i, "no such contradiction", "remove the row")
        for i in reviews.index.difference(list(contradictions["id"]))
    ]
    rows = []
    for row in contradictions.to_dict("records"):
        if row["id"] not in reviews.index:
            problems.append(
                Problem(file, None, "id", row["id"], "has no row", "say which finding shows it, or why none")
            )
            continue
        named = [i for i in str(reviews.at[row["id"], "findings"]).split(";") if i]
        for i in named:
            if verdicts.get(i) in (None, "consistent", "not checked"):
                problems.append(
                    Problem(
                        file, None, "findings", i, f"is {verdicts.get(i, 'no finding')}",
                        f"correct the row of {row['id']}",
                    )
                )  # fmt: skip
        rows.append(
            {
                "id": row["id"], "severity": row["severity"], "concerns": row["concerns"],
                "status": "detected" if named else "beyond these checks", "findings": ";".join(named),
                "reason": reviews.at[row["id"], "reason"],
            }
        )  # fmt: skip
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows, columns=["id", "severity", "concerns", "status", "findings", "reason"])
