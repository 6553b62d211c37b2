"""Relations between printed cells: scores, shares, parts and wholes, series, units.

Each rule yields systems of statements that are to hold together; `analysis.reproduction.proofs.prove` decides them. The
arithmetic is that of the checks in `analysis.reproduction.consistency`, here with a statement for every cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from analysis.reproduction.consistency.comments import PART_OF
from analysis.reproduction.consistency.findings import cell, read_number
from analysis.reproduction.consistency.index import Fact, Measure, Tables
from analysis.reproduction.consistency.members import QUOTED_FROM_SURVEY
from analysis.reproduction.consistency.scores import _weights, stated_sizes
from analysis.reproduction.consistency.shares import categories, stated_base
from analysis.reproduction.printed import Interval, Printed, round_half_up, unit_factor
from analysis.reproduction.proofs.engine import System
from analysis.reproduction.proofs.relations import SCORE, Relation, RelationSystem
from analysis.reproduction.proofs.statements import Source, Statement
from analysis.reproduction.published import OVERALL

ONE = Fraction(1)


@dataclass(frozen=True)
class Case:
    """Statements to be decided together, and what kind of contradiction they are if they cannot hold."""

    kind: str
    key: str
    statements: list[Statement]
    system: System
    note: str = ""


def rule(t: Tables, name: str, words: str) -> Statement:
    """Return a rule that the method text states, with the lines the folder gives for it."""
    line = ""
    if "rules" in t:
        line = next((r["lines"] for r in t["rules"].to_dict("records") if r["rule"] == name), "")
    first = line.split(";")[0]
    return Statement(
        f"rule:{name}", name, "rule", "rule", words, "", first, Interval(ONE, ONE), also=tuple(line.split(";")[1:])
    )


def supposed(name: str, words: str) -> Statement:
    """Return a supposition that the printed tables do not state."""
    return Statement(f"supposed:{name}", name, "supposed", "supposed", words, "", "", Interval(ONE, ONE))


def printed_cell(
    number: Printed, line: str, key: str, statistic: str, words: str, *, source: Source = "annex", unit: str = "",
    group: str = "all", name: str = "",
) -> Statement:  # fmt: skip
    """Return the statement of one printed cell; `name` tells cells apart that the ledger names alike."""
    factor = Fraction(unit_factor(unit))
    place = cell(line, key, statistic)
    return Statement(
        name or place, key, statistic, source, words, f"{number} {unit}".strip(), line, number.interval.times(factor),
        group=group, decimals=number.decimals, factor=factor, cell=place,
    )  # fmt: skip


def score(t: Tables, table: str, code: str, measure: str) -> Statement:
    """Return the statement of a cell of the score tables."""
    number, line = t.scores[table, code, measure]
    dim, group = t.groups[table]
    where = "all" if dim == "all" else f"{dim}: {group}"
    return printed_cell(
        number, line, code, measure, f"table {table}: {measure} of {code} ({where})", group=where,
        name=f"table {table}:{code}:{measure}",
    )  # fmt: skip


# --- scores -------------------------------------------------------------------------------------------------


def order(t: Tables) -> Iterator[Case]:
    """Minimum, quartiles and maximum ascend; the mean lies between the extremes."""
    chain = ("min", "q1", "median", "q3", "benchmark")
    for table in t.groups:
        for code in t.codes:
            for low, high in [*pairwise(chain), ("min", "mean"), ("mean", "benchmark")]:
                a, b = score(t, table, code, low), score(t, table, code, high)
                relation = Relation({a.id: ONE, b.id: -ONE}, "<=", natural=SCORE)
                yield Case("impossible", code, [a, b], RelationSystem(relation))


def extremes(t: Tables) -> Iterator[Case]:
    """No group exceeds the extremes of all clusters, and some group attains them."""
    for groups in t.dimensions.values():
        for code in t.codes:
            for measure, sign in (("benchmark", ONE), ("min", -ONE)):
                whole = score(t, t.whole, code, measure)
                parts = [score(t, table, code, measure) for table in groups.values()]
                for part in parts:
                    relation = Relation({part.id: sign, whole.id: -sign}, "<=", natural=SCORE)
                    yield Case("impossible", code, [whole, part], RelationSystem(relation))
                # attained: for some group the whole does not exceed the part
                attained = [Relation({whole.id: sign, p.id: -sign}, "<=", natural=SCORE) for p in parts]
                yield Case("impossible", code, [whole, *parts], RelationSystem(*attained, either=True))


def weighted_means(t: Tables) -> Iterator[Case]:
    """Group means weighted by group sizes give the mean of all clusters, if every cluster has the score."""
    for dim, groups in t.dimensions.items():
        sizes, how = stated_sizes(t, dim)
        n = sum(sizes.values())
        for code in t.codes if sizes else []:
            whole = score(t, t.whole, code, "mean")
            parts = [score(t, table, code, "mean") for table in groups.values()]
            all_have = supposed(f"all have {code}", f"every cluster has a score in {code}")
            weights = {p.id: Fraction(sizes[g], n) for g, p in zip(groups, parts, strict=True)}
            relation = Relation({**weights, whole.id: -ONE}, natural=SCORE, needs=(all_have.id,))
            yield Case("answers", code, [whole, *parts, all_have], RelationSystem(relation), how)


def areas(t: Tables) -> Iterator[Case]:
    """Means and extremes of areas against those of their sub-areas, by the stated rule; likewise the overall score."""
    plain = rule(t, "area", "method: the score of an area is the plain mean of the scores of its sub-areas")
    overall = rule(t, "overall", "method: the overall score is the plain mean of the scores of the areas")
    parents = [(area, _weights(subareas, "equal"), plain) for area, subareas in t.subareas.items()]
    parents.append((OVERALL, {area: Fraction(1, len(t.subareas)) for area in t.subareas}, overall))
    for table in t.groups:
        for code, weights, stated in parents:
            for measure, sense, sign in (("mean", "=", ONE), ("benchmark", "<=", ONE), ("min", "<=", -ONE)):
                whole = score(t, table, code, measure)
                parts = {score(t, table, part, measure): weight for part, weight in weights.items()}
                both = {whole.id: sign, **{p.id: -sign * w for p, w in parts.items()}}
                relation = Relation(both, sense, natural=SCORE, needs=(stated.id,))  # type: ignore[arg-type]
                yield Case("method", code, [whole, *parts, stated], RelationSystem(relation))


def restated_scores(t: Tables) -> Iterator[Case]:
    """Tables of one area, and of strengths, repeat the table of all clusters."""
    rows = [
        (r["table"], r["code"], m, r[m], r["line"])
        for r in (t["area_tables"].to_dict("records") if "area_tables" in t else [])
        for m in ("mean", "median", "benchmark")
    ]
    if "strengths" in t:
        rows += [(r["table"], r["code"], "median", r["median"], r["line"]) for r in t["strengths"].to_dict("records")]
    for table, code, measure, value, line in rows:
        there = score(t, t.whole, code, measure)
        here = printed_cell(
            read_number(value), line, code, measure, f"table {table}: {measure} of {code}", source="table",
            name=f"table {table}:{code}:{measure}@{line}",
        )  # fmt: skip
        yield Case("two values", code, [there, here], equal(there, here))


def equal(one: Statement, two: Statement) -> RelationSystem:
    """Return the system in which two cells hold one value."""
    return RelationSystem(Relation({one.id: ONE, two.id: -ONE}))


# --- indicators ---------------------------------------------------------------------------------------------


def measure(t: Tables, code: str, name: str) -> Statement:
    """Return the statement of mean, median or benchmark of an indicator."""
    m: Measure = t.indicators[code][name]
    return printed_cell(m.printed, m.line, code, name, f"{name} of {code} over all answers", unit=m.unit)


def fact(f: Fact) -> Statement:
    """Return the statement of a fact in a comment; the fact has a value."""
    assert f.value is not None
    return printed_cell(f.value, f.line, f.code, f.statistic, f.note, source="comment", unit=f.unit)


def units(t: Tables) -> Iterator[Case]:
    """Mean, median and benchmark of one indicator are printed in one unit."""
    for code, measures in t.indicators.items():
        common = measures["mean"].unit
        one_unit = rule(t, "unit", "mean, median and benchmark of an indicator are in one unit")
        for name, m in measures.items():
            if m.unit != common:
                here = [measure(t, code, "mean"), measure(t, code, name), one_unit]
                never = Relation({}, "=", ONE, needs=tuple(s.id for s in here))
                yield Case("unit", code, here, RelationSystem(never))


def parts(t: Tables) -> Iterator[Case]:
    """A part does not exceed its whole, if the same clusters answered and both are measured alike."""
    for part, whole in PART_OF.items():
        if part not in t.indicators or whole not in t.indicators:
            continue
        alike = supposed(f"alike {part} {whole}", f"the same clusters answered {part} and {whole}, measured alike")
        for name in ("mean", "median", "benchmark"):
            a, b = measure(t, part, name), measure(t, whole, name)
            relation = Relation({a.id: ONE, b.id: -ONE}, "<=", needs=(alike.id,))
            yield Case("answers", part, [b, a, alike], RelationSystem(relation))


def part_totals(t: Tables) -> Iterator[Case]:
    """Printed parts of a total do not exceed the mean times the number of clusters, which is the most that answered."""
    for code in t.indicators:
        labelled = [f for f in t.of(code, "total") if f.label]
        if not labelled:
            continue
        mean, pieces = measure(t, code, "mean"), [fact(f) for f in labelled]
        relation = Relation({**dict.fromkeys((p.id for p in pieces), ONE), mean.id: Fraction(-t.n)}, "<=")
        yield Case("impossible", code, [mean, *pieces], RelationSystem(relation))


def years(t: Tables) -> Iterator[Case]:
    """Means of single years add up, or average, to the printed mean, if the same clusters answered for each."""
    for code in t.indicators:
        single = [fact(f) for f in t.of(code, "mean_year")]
        if len(single) < 2:
            continue
        mean = measure(t, code, "mean")
        same = supposed(f"same years {code}", f"the same clusters answered {code} for every year")
        relations = [
            Relation({**dict.fromkeys((s.id for s in single), w), mean.id: -ONE}, needs=(same.id,))
            for w in (ONE, Fraction(1, len(single)))
        ]
        yield Case("answers", code, [mean, *single, same], RelationSystem(*relations, either=True))


def shares(t: Tables) -> Iterator[Case]:
    """Shares of a single choice add up to 100; a follow-up share of all does not exceed the answer that opens it."""
    for row in t["indicators"].to_dict("records"):
        found = categories(row["categories"])
        if len(found) < 2 or t.of(row["code"], "n_zero"):
            continue
        cells = [printed_cell(p, row["line"], row["code"], f"share {x}", x, unit="%") for x, p in found.items()]
        relation = Relation(dict.fromkeys((c.id for c in cells), ONE), constant=Fraction(100))
        yield Case("sum", row["code"], cells, RelationSystem(relation))
    for code in dict.fromkeys(f.code for f in t.facts):
        options = t.of(code, "share_option")
        for f in options:
            base = stated_base(f.note) if "base not stated" in f.note else None
            opening = [
                p for p in options
                if base and p.value and stated_base(p.note) is None
                and round_half_up(Fraction(100 * base, t.n), 0) == p.value.value
            ]  # fmt: skip
            for parent in opening[:1]:
                a, b = fact(f), fact(parent)
                common = supposed(f"base {a.id}", f"the share is of all {t.n} clusters (no other base is printed)")
                relation = Relation({a.id: ONE, b.id: -ONE}, "<=", needs=(common.id,))
                yield Case("answers", code, [b, a, common], RelationSystem(relation), f"fits {base} clusters asked")


# --- member survey, series ----------------------------------------------------------------------------------


def survey(t: Tables) -> Iterator[Case]:
    """Shares of one question, or of one of its items, add up to 100; comments that quote it agree with it."""
    table = t["members_survey"]
    percent = table[table["unit"] == "%"]
    for (question, item), rows in percent.groupby(["question_no", "item_pl"], sort=False):
        cells = [survey_cell(r) for r in rows.to_dict("records")]
        relation = Relation(dict.fromkeys((c.id for c in cells), ONE), constant=Fraction(100))
        yield Case("sum", f"Q{question}", cells, RelationSystem(relation), str(item))
    if "indicator_facts" not in t:
        return
    for code, (question, item, options) in QUOTED_FROM_SURVEY.items():
        chosen = table[
            (table["question_no"] == question)
            & table["item_pl"].str.startswith(item)
            & table["option"].str.startswith(options)
        ]
        for f in t.of(code, "other"):
            if ("members surveyed" in f.note or "interest of members" in f.note) and not chosen.empty:
                quoted, cells = fact(f), [survey_cell(r) for r in chosen.to_dict("records")]
                relation = Relation({quoted.id: -ONE, **dict.fromkeys((c.id for c in cells), ONE)})
                yield Case("two values", code, [*cells, quoted], RelationSystem(relation))


def survey_cell(row: Mapping[Any, Any]) -> Statement:
    """Return the statement of a cell of the member survey."""
    name = f"{row['item_pl']}: {row['option']}" if row["item_pl"] else row["option"]
    unit = row["unit"] if row["unit"] == "%" else ""
    return printed_cell(
        read_number(row["value_str"]), row["line"], f"Q{row['question_no']}", f"{row['item_pl']}: {row['option']}",
        f"member survey, question {row['question_no']}: {name}", unit=unit,
    )  # fmt: skip


def growth(t: Tables) -> Iterator[Case]:
    """Mean yearly growth follows from first and last value of the series."""
    table = t["history"]
    for row in table[table["metric"].str.startswith("CAGR of ")].to_dict("records"):
        first, last = row["edition"].split("-")
        metric = row["metric"].removeprefix("CAGR of ")
        ends = [table[(table["metric"] == metric) & (table["edition"] == e)] for e in (first, last)]
        if any(e.empty for e in ends):
            continue
        a, b = (
            printed_cell(
                read_number(e["value"].iloc[0]), e["line"].iloc[0], metric, str(e["edition"].iloc[0]),
                f"{metric}, edition {e['edition'].iloc[0]}", source="series",
            ) for e in ends
        )  # fmt: skip
        rate = printed_cell(
            read_number(row["value"]), row["line"], metric, "growth", row["metric"], source="series", unit="%"
        )
        system = GrowthSystem(a.id, b.id, rate.id, int(last) - int(first))
        yield Case("impossible", "history", [a, b, rate], system, f"{int(last) - int(first)} years")


class GrowthSystem:
    """first * (1 + rate / 100) ** years = last, exactly."""

    def __init__(self, first: str, last: str, rate: str, years: int) -> None:
        self.names, self.years = (first, last, rate), years

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether values of the three statements satisfy the equation; True if one of them is left out."""
        cells = {s.id: s.values for s in statements}
        if any(name not in cells for name in self.names):
            return True
        first, last, rate = (cells[name] for name in self.names)
        low, high = ((1 + r / 100) ** self.years for r in (rate.low, rate.high))
        return first.low * low < last.high and last.low < first.high * high


def totals_of_registry(t: Tables) -> Iterator[Case]:
    """Members and clusters of the registry are those of the series."""
    for metric, counted in (("members", t.members), ("clusters surveyed", t.n)):
        if found := t.history(metric):
            number, _, line = found
            here = printed_cell(number, line, metric, "total", f"{metric}, latest edition", source="series")
            exact = Interval(Fraction(counted), Fraction(counted))
            there = Statement(
                f"registry:{metric}", metric, "total", "table", f"registry: {metric}", str(counted), "", exact
            )
            yield Case("two values", metric, [there, here], equal(there, here))


def audit(t: Tables) -> Iterator[Case]:
    """No criterion is met by more sites than were audited."""
    for r in t["audit"].to_dict("records"):
        key = f"criterion {r['no']}"
        a = printed_cell(read_number(r["n_sites_passing"]), r["line"], key, "n_sites_passing", f"{key}: sites passing")
        b = printed_cell(read_number(r["n_sites"]), r["line"], key, "n_sites", f"{key}: sites audited")
        yield Case("impossible", key, [b, a], RelationSystem(Relation({a.id: ONE, b.id: -ONE}, "<=")))


RULES: tuple[tuple[Callable[[Tables], Iterator[Case]], tuple[str, ...]], ...] = (
    (order, ("scores",)), (extremes, ("scores",)), (weighted_means, ("scores", "registry")), (areas, ("scores",)),
    (restated_scores, ("scores",)), (units, ("indicators",)), (parts, ("indicators",)),
    (part_totals, ("indicators", "indicator_facts", "registry")), (years, ("indicators", "indicator_facts")),
    (shares, ("indicators", "indicator_facts", "registry")), (survey, ("members_survey",)), (growth, ("history",)),
    (totals_of_registry, ("history", "registry")), (audit, ("audit",)),
)  # fmt: skip


def cases(t: Tables) -> Iterable[Case]:
    """Return the cases of all rules whose tables are there."""
    for make, needs in RULES:
        if all(name in t for name in needs):
            yield from make(t)
