"""Numbers of the running text against tables, against each other, and against the ratios the text states.

Claims on the answers to indicators are collected in `analysis.reproduction.proofs.collect`; here are those on scores,
the member survey, the website audit and everything else. Which cell of a table a claim repeats follows from its key,
or stands in `claim_cells.csv` where the words differ (options, survey questions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from analysis.reproduction.claims import ClaimKey, claim_key
from analysis.reproduction.consistency.findings import read_number
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.printed import Interval
from analysis.reproduction.proofs.cells import ONE, Case, equal, printed_cell, score, survey_cell
from analysis.reproduction.proofs.collect import Collected, editions
from analysis.reproduction.proofs.relations import SCORE, Relation, RelationSystem
from analysis.reproduction.proofs.statements import TOP, Statement
from analysis.reproduction.proofs.wording import base_factor, stands_for
from analysis.reproduction.published import MEASURES

# Statistics whose number is chosen by the text (thresholds), or counts of something else on every line.
NOT_COMPARED = ("threshold", "value", "count(options)", "constant", "min", "ge", "mostly", "share_low", "share_good")


Claim = tuple[dict[str, str], ClaimKey, Statement]


def claim_statement(row: dict[str, str], named: ClaimKey) -> Statement | None:
    """Return the statement of a claim; None if it holds no number."""
    found = stands_for(row["value"], row["printed"], row["unit"], row["statistic"])
    if found is None:
        return None
    values, words, decimals = found
    return Statement(
        row["id"], named.code, named.statistic, "text", row["statement_en"], row["printed"], row["line"], values,
        group=named.group, period=named.edition, decimals=decimals, factor=Fraction(base_factor(row["unit"])),
        wording=words, section=row["section"],
    )  # fmt: skip


def claims_of(t: Tables) -> list[Claim]:
    """Return the claims that hold a number, with their keys."""
    out = []
    for r in t["claims"].to_dict("records"):
        row = {str(k): str(v) for k, v in r.items()}
        named = claim_key(row)
        s = claim_statement(row, named)
        if s is not None:
            out.append((row, named, s))
    return out


def _score_claims(t: Tables, said: Sequence[Claim]) -> Iterator[Case]:
    tables = {("all" if dim == "all" else f"{dim}: {group}"): table for table, (dim, group) in t.groups.items()}
    current = next(iter(editions(t)), "")
    for _, named, s in said:
        if named.code not in t.codes or named.edition != current or named.group not in tables:
            continue
        table = tables[named.group]
        if named.statistic in MEASURES:
            there = score(t, table, named.code, named.statistic)
            yield Case("two values", named.code, [there, s], equal(there, s))
        elif named.statistic == "iqr":
            q1, q3 = (score(t, table, named.code, m) for m in ("q1", "q3"))
            relation = Relation({q3.id: ONE, q1.id: -ONE, s.id: -ONE}, natural=SCORE)
            yield Case("impossible", named.code, [q1, q3, s], RelationSystem(relation))


def _top_ranges(t: Tables, said: Sequence[Claim]) -> Iterator[Case]:
    """Smallest and largest distance from third quartile to benchmark over the areas."""
    for row, _, s in said:
        for name, sign in (("min_over_areas(max-q3)", ONE), ("max_over_areas(max-q3)", -ONE)):
            if row["statistic"] != name or s.group != "all":
                continue
            for area in t.subareas:
                q3, top = (score(t, t.whole, area, m) for m in ("q3", "benchmark"))
                # the smallest is at most, the largest at least, that of every area
                relation = Relation({s.id: sign, top.id: -sign, q3.id: sign}, "<=", natural=SCORE)
                yield Case("impossible", area, [q3, top, s], RelationSystem(relation))


def _cell_claims(t: Tables, said: Sequence[Claim]) -> Iterator[Case]:
    """Claims that repeat cells of the member survey or of the website audit."""
    cells = {r["subject"]: r for r in t["claim_cells"].to_dict("records")}
    current = next(iter(editions(t)), "")
    for row, named, s in said:
        place = cells.get(row["subject"])
        if place is None or named.edition != current:
            continue
        if place["table"] == "members_survey" and "members_survey" in t:
            yield from _survey_claim(t, place, s)
        elif place["table"] == "audit" and "audit" in t:
            yield from _audit_claim(t, place, s)


def _chosen(option: str, patterns: str) -> bool:
    """Whether an option is one of those named: in full, or by its beginning and a star."""
    return any(option.startswith(p.removesuffix("*")) if p.endswith("*") else option == p for p in patterns.split("|"))


def _survey_claim(t: Tables, place: Mapping[Any, Any], s: Statement) -> Iterator[Case]:
    table = t["members_survey"]
    chosen = table[
        (table["question_no"] == place["key"].removeprefix("Q"))
        & table["item_pl"].str.startswith(place["item"])
        & table["option"].map(lambda option: _chosen(option, place["options"]))
    ]
    if chosen.empty:
        return
    cells = [survey_cell(r) for r in chosen.to_dict("records")]
    relation = Relation({s.id: -ONE, **dict.fromkeys((c.id for c in cells), ONE)})
    yield Case("two values", place["key"], [*cells, s], RelationSystem(relation))


def _audit_claim(t: Tables, place: Mapping[Any, Any], s: Statement) -> Iterator[Case]:
    table = t["audit"]
    for number in place["key"].split(";"):
        for r in table[table["no"] == number].to_dict("records"):
            key = f"criterion {number}"
            passing, sites = read_number(r["n_sites_passing"]), read_number(r["n_sites"])
            there = printed_cell(passing, r["line"], key, "n_sites_passing", f"website audit, {key}: sites passing")
            if s.statistic == "share_eq(0)":
                # share failing = 100 (1 - passing / sites)
                exact = replace(
                    there, values=Interval(there.values.low + Fraction(1, 2), there.values.low + Fraction(1, 2))
                )
                relation = Relation({s.id: ONE, there.id: Fraction(100, int(sites.value))}, constant=Fraction(100))
                yield Case("impossible", key, [exact, s], RelationSystem(relation))
            else:
                yield Case("two values", key, [there, s], equal(there, s))


def _pairs(said: Sequence[Claim], done: set[str]) -> Iterator[Case]:
    """Two claims on one statistic of one thing, where no table was compared; and sums that count the questions."""
    first: dict[tuple[str, str, str, str], Statement] = {}
    for _, named, s in said:
        key = (named.code, named.statistic.removesuffix("_gt").removesuffix("_lt"), named.group, named.edition)
        if s.id in done or named.statistic.startswith(NOT_COMPARED) or "?" in named.code:
            continue
        other = first.setdefault(key, s)
        if other is s:
            continue
        yield Case("two values", named.code, [other, s], equal(other, s))
        if other.wording and not s.wording:
            first[key] = s


def _ratios(said: Sequence[Claim]) -> Iterator[Case]:
    """A stated ratio of two editions is that of some statistic printed for both; of medians where it says so."""
    order = sorted({n.edition for _, n, _ in said if n.edition.isdigit()}, key=int)
    plain = [(n, o) for _, n, o in said if not o.wording and n.group == "all" and n.edition in order]
    for _, named, s in said:
        if named.statistic not in ("ratio", "ratio_median") or named.edition not in order or named.group != "all":
            continue
        chosen: dict[str, tuple[Statement, Statement]] = {}
        here = [(n, o) for n, o in plain if n.code == named.code and o.values.low > 0 and "ratio" not in n.statistic]
        for n, now in here:
            if n.edition != named.edition or (named.statistic == "ratio_median" and n.statistic != "median"):
                continue
            before = [o for k, o in here if k.statistic == n.statistic and int(k.edition) < int(n.edition)]
            if before:
                chosen[n.statistic] = (now, max(before, key=lambda o: int(o.period)))
        if chosen:
            systems = []
            for now, before_ in chosen.values():
                up = now.values.low >= before_.values.low  # larger by smaller, whichever way the text turns it
                large, small = (now, before_) if up else (before_, now)
                systems.append(RatioSystem(large.id, small.id, s.id))
            members = [x for pair in chosen.values() for x in pair]
            yield Case("wording", named.code, [*members, s], EitherSystem(systems))


class RatioSystem:
    """large = ratio * small, exactly."""

    def __init__(self, large: str, small: str, ratio: str) -> None:
        self.names = (large, small, ratio)

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether values of the three statements satisfy the equation; True if one of them is left out."""
        cells = {s.id: s.values for s in statements}
        if any(name not in cells for name in self.names):
            return True
        large, small, ratio = (cells[name] for name in self.names)
        return large.high > ratio.low * small.low and (ratio.high >= TOP or large.low < ratio.high * small.high)


class EitherSystem:
    """One of several systems accepts the statements."""

    def __init__(self, systems: Sequence[RatioSystem]) -> None:
        self.systems = systems

    def feasible(self, statements: Sequence[Statement]) -> bool | None:
        """Whether one of the systems does."""
        return any(system.feasible(statements) for system in self.systems)


def cases(t: Tables, collected: Collected) -> Iterator[Case]:
    """Return the cases of the running text; `collected` names the claims decided with the answers of indicators."""
    if "claims" not in t:
        return
    said = claims_of(t)
    done = {s.id for group in collected.statements.values() for s in group}
    if "scores" in t:
        yield from _score_claims(t, said)
        yield from _top_ranges(t, said)
        done |= {s.id for _, n, s in said if n.code in t.codes}
    if "claim_cells" in t:
        yield from _cell_claims(t, said)
        tables = {r["subject"] for r in t["claim_cells"].to_dict("records") if r["table"] in t}
        current = next(iter(editions(t)), "")
        done |= {s.id for row, n, s in said if row["subject"] in tables and n.edition == current}
    yield from _pairs(said, done)
    yield from _ratios(said)
