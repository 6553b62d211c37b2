"""Checks of the score tables: order, extremes, group means, the two readings of area scores, strengths.

Tables 5-9 (one area each, strengths) and 18-36 (all clusters, then every group).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pandas as pd

from analysis.reproduction.claims.keys import SECTORS
from analysis.reproduction.consistency.findings import Finding, add_up, cell, joined, judge, read_number, show
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.printed import Interval, round_half_up
from analysis.reproduction.published import MEASURES, OVERALL

READINGS = {
    "equal": "the area score is the mean of its sub-area scores",
    "indicators": "the area score is the mean of its indicators, and every cluster answered all of them",
}
# Where the text prints the size of a group: dimension, subject and statistic of the claim.
PRINTED_SIZES = {
    **{("sector", "char:sector", f"count_eq({name})"): code for name, code in SECTORS.items()},
    ("kkk", "char:kkk_status", "count_eq(yes)"): "KKK",
    ("kkk", "char:kkk_status", "count_eq(no)"): "not KKK",
    ("strategy", "II.1.1 strategy_status:none", "count"): "none",
    ("strategy", "II.1.1 strategy_status:written_not_updated", "count"): "not updated",
    ("strategy", "II.1.1 strategy_status:written_updated", "count"): "updated",
}
MAX_COMPOSITIONS = 3_000_000


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
                ", ".join(f"{m} {got[m][0]}" for m in MEASURES), judge(ok, ok), "",
                joined(*(line for _, line in got.values())),
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
                    judge(ok, ok), "", joined(*lines),
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


def stated_sizes(t: Tables, dim: str) -> tuple[dict[str, int], str]:
    """Return the sizes of the groups of a dimension that are counted in the registry or printed in the text.

    Empty where neither is the case; sizes that fit the means are no evidence against the means.
    """
    groups = t.dimensions[dim]
    counted = registry_sizes(t["registry"], list(groups)) if "registry" in t else None
    if counted is not None:
        return counted, "sizes counted in the registry"
    found: dict[str, int] = {}
    for r in t["claims"].to_dict("records") if "claims" in t else []:
        group = PRINTED_SIZES.get((dim, str(r["subject"]), str(r["statistic"])))
        if group in groups and r["group"] == "all":
            found.setdefault(str(group), int(float(r["value"])))
    complete = set(found) == set(groups) and ("registry" not in t or sum(found.values()) == t.n)
    return ({g: found[g] for g in groups}, "sizes printed in the text") if complete else ({}, "")


def group_sizes(t: Tables, dim: str) -> tuple[dict[str, int], str]:
    """Return the sizes of the groups of a dimension and how they were found; empty if they cannot be found.

    Stated sizes, or else sizes inferred from the means of all columns where only one way fits best.
    """
    groups = t.dimensions[dim]
    stated = stated_sizes(t, dim)
    if stated[0]:
        return stated
    means = np.array([[float(t.scores[table, c, "mean"][0].value) for c in t.codes] for table in groups.values()])
    whole = np.array([float(t.scores[t.whole, c, "mean"][0].value) for c in t.codes])
    found, broken = fitted_sizes(means, whole, 0.01, t.n)
    if not found:
        return {}, "too many groups to find their sizes"
    if len(found) > 1:
        return {}, f"{len(found)} ways fit the means"
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
            possible = add_up(p.interval.times(Fraction(sizes[g], n)) for g, (p, _) in parts.items())
            verdict = judge(round_half_up(exact, whole.decimals) == whole.value, possible.meets(whole.interval))
            lines = (line, *(x for _, x in parts.values()))
            yield Finding(
                f"weighted_mean:{dim}:{code}", "weighted_mean", code,
                f"the mean over all clusters is the mean over the groups of {dim}, weighted by their sizes, if every "
                "cluster has the score",
                f"all {whole}; weighted {show(exact, 4)} = "
                + " + ".join(f"{p} x {sizes[g]}" for g, (p, _) in parts.items()),
                verdict,
                how + ("; clusters without the score in one of the groups would explain it"
                       if verdict == "contradicted" else ""),
                joined(*lines),
            )  # fmt: skip


def _weights(subareas: dict[str, int], reading: str) -> dict[str, Fraction]:
    total = len(subareas) if reading == "equal" else sum(subareas.values())
    return {s: Fraction(1 if reading == "equal" else n, total) for s, n in subareas.items()}


def _composed(
    t: Tables, table: str, weights: dict[str, Fraction], measure: str
) -> tuple[Fraction, Interval, list[str]]:
    parts = [(*t.scores[table, code, measure], weight) for code, weight in weights.items()]
    exact = sum((printed.exact * weight for printed, _, weight in parts), Fraction(0))
    interval = add_up(printed.interval.times(weight) for printed, _, weight in parts)
    return exact, interval, [line for _, line, _ in parts]


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
            verdict = judge(round_half_up(exact, printed.decimals) == printed.value, possible.meets(printed.interval))
            yield Finding(
                f"area_mean:{reading}:{table}:{code}", "area_mean", code,
                f"table {table} ({dim}: {group}): {statement}",
                f"printed {printed}, composed {show(exact, 4)}", verdict,
                "beyond rounding" if verdict == "contradicted" else "", joined(line, *lines),
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
                verdict = judge(plain, possible)
                yield Finding(
                    f"area_bound:{reading}:{table}:{code}:{measure}", "area_bound", code,
                    f"table {table} ({dim}: {group}): {statement}, so its {measure} is "
                    f"{'at most' if measure == 'benchmark' else 'at least'} that of the parts",
                    f"printed {printed}, bound {show(exact, 4)}", verdict,
                    "no cluster can reach the printed value" if verdict == "contradicted" else "", joined(line, *lines),
                )  # fmt: skip


def check_area_tables(t: Tables) -> Iterable[Finding]:
    """The tables of one area repeat the first columns of the table of all clusters."""
    for row in t["area_tables"].to_dict("records"):
        for measure in ("mean", "median", "benchmark"):
            here = read_number(row[measure])
            there, line = t.scores[t.whole, row["code"], measure]
            ok = here.value == there.value
            yield Finding(
                f"restated:table {row['table']}:{row['code']}:{measure}", "restated", row["code"],
                f"table {row['table']} prints the {measure} of table {t.whole}", f"{here}; {there}", judge(ok, ok),
                "", joined(row["line"], line),
                "" if ok else ";".join(cell(x, row["code"], measure) for x in (row["line"], line)),
            )  # fmt: skip


def check_strengths(t: Tables) -> Iterable[Finding]:
    """Strengths have a median above 0.30 and weaknesses one of at most 0.20, as in the table of all clusters."""
    for row in t["strengths"].to_dict("records"):
        median, line = t.scores[t.whole, row["code"], "median"]
        stated = read_number(row["median"])
        ident = f"{row['table']}:{row['code']}"
        ok = stated.value == median.value
        yield Finding(
            f"restated:table {ident}:median", "restated", row["code"],
            f"table {row['table']} prints the median of table {t.whole}", f"{stated}; {median}", judge(ok, ok), "",
            joined(row["line"], line),
        )  # fmt: skip
        strong = row["kind"] == "strength"
        exact = stated.value > Decimal("0.30") if strong else stated.value <= Decimal("0.20")
        possible = stated.interval.high > Fraction(3, 10) if strong else stated.interval.low <= Fraction(1, 5)
        yield Finding(
            f"strength_rule:{ident}", "strength_rule", row["code"],
            f"a {row['kind']} has a median {'above 0.30' if strong else 'of at most 0.20'}", str(stated),
            judge(exact, possible),
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
