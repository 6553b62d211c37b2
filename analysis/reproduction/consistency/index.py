"""The published tables, indexed for the checks: printed values by code, facts of the comments, totals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import pandas as pd

from analysis.reproduction.consistency.findings import add_up, joined, read_number
from analysis.reproduction.printed import Interval, Printed, parse_printed, unit_factor
from analysis.reproduction.published import Published, score_codes

# Facts printed in the comment on one indicator that count the clusters of another one.
COUNTED_ELSEWHERE = {("V.1.2", "n_zero"): "V.1.1"}
# Totals that the section on previous editions prints, and the indicator they sum.
HISTORY_TOTALS = {
    "total employment in member entities": "I.1.1",
    "coordinator staff, total": "I.1.4",
    "total budget of clusters": "I.3.1",
}
COUNT_UNITS = ("count",)


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
            (table, code, measure): (read_number(v), line)
            for table, code, measure, v, line in zip(*columns, strict=True)
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
                    m: Measure(read_number(row[f"{m}_str"]), row[f"unit_{m}"], row["line"])
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
        return [f for f in self._facts_of.get(code, []) if f.kind in kinds]

    @cached_property
    def _facts_of(self) -> dict[str, list[Fact]]:
        """Facts with a value by the indicator that they are printed at and count."""
        out: dict[str, list[Fact]] = {}
        for f in self.facts:
            if f.value is not None and (f.code, f.kind) not in COUNTED_ELSEWHERE:
                out.setdefault(f.code, []).append(f)
        return out

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
        return read_number(row["value"]), row["unit"], row["line"]

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
            total = add_up(p.interval if p.value and p.value.decimals else Interval(p.exact, p.exact) for p in parts)
            return total, joined(*(p.line for p in parts)), len(parts) == 1 and not parts[0].label
        for metric, target in HISTORY_TOTALS.items():
            found = self.history(metric) if target == code else None
            if found:
                return found[0].interval.times(unit_factor(found[1])), found[2], True
        return None

    def member_totals(self, code: str) -> list[tuple[Interval, Fact]]:
        """Return the totals implied by facts that give the share of all members, or enterprises, taking part."""
        out = []
        for f in self.of(code, "other"):
            if (
                f.unit != "%"
                or not re.match(r"^share of (all )?(members|enterprises)\b", f.note)
                or "only clusters" in f.note
            ):
                continue
            if "enterprises" in f.note:
                found = self.history("enterprises among members")
                if found is None:
                    continue
                base = int(found[0].value)
            else:
                base = self.members
            out.append((f.interval.times(Fraction(base, 100)), f))
        return out

    @cached_property
    def bases(self) -> dict[str, list[int]]:
        """Indicator to the numbers of answers that fit its printed total, where a whole total is printed."""
        out = {}
        for code, measures in self.indicators.items():
            total = self.totals(code)
            limits = [total[0]] if total and total[2] else []
            limits += [share for share, _ in self.member_totals(code)]
            if limits:
                mean = measures["mean"].interval
                out[code] = [k for k in range(1, self.n + 1) if all(mean.times(k).meets(limit) for limit in limits)]
        return out
