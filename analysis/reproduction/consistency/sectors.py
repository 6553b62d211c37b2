"""Checks of the means by sector: whole totals, and together the mean of all clusters."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from analysis.reproduction.consistency.findings import (
    Finding,
    add_up,
    cell,
    joined,
    judge,
    read_number,
    show,
    span,
    whole_totals,
)
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.consistency.scores import group_sizes
from analysis.reproduction.printed import Interval, Printed, round_half_up


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
        means = {r["sector_code"]: read_number(r["value_str"]) for r in rows.to_dict("records")}
        percent = rows["unit"].iloc[0].startswith("% of clusters")
        whole = rows["unit"].iloc[0] == "count" or percent
        totals: dict[str, list[int]] = {}
        if whole:
            for sector in names:
                scale = Fraction(sizes[sector], 100 if percent else 1)
                fits = totals[sector] = whole_totals(means[sector], scale)
                yield Finding(
                    f"sector_grim:{key}:{sector}", "sector_grim", key,
                    f"some whole total over {sizes[sector]} clusters prints as the sector's mean",
                    f"{means[sector]} x {sizes[sector]}: {span(fits)}", judge(bool(fits), bool(fits)), how, line,
                    "" if fits else cell(line, key, "mean"),
                )  # fmt: skip
        yield from _sector_total(t, str(label), code, key, line, means, sizes, totals, percent=percent)


def _sector_total(
    t: Tables, label: str, code: str, key: str, line: str, means: dict[str, Printed], sizes: dict[str, int],
    totals: dict[str, list[int]], *, percent: bool,
) -> Iterable[Finding]:  # fmt: skip
    n = sum(sizes.values())
    if code and code in t.indicators:
        mean = t.indicators[code]["mean"]
        target, unit, target_line = mean.printed, mean.unit, mean.line
    elif code:
        options = [f for f in t.of(code, "share_option") if f.value is not None]
        if not (percent and options):
            return
        target, unit, target_line = options[0].value or read_number("0"), "%", options[0].line
    else:
        exact = sum((Fraction(k[0]) for k in totals.values() if k), Fraction(0))
        ok = all(len(k) == 1 for k in totals.values()) and exact == t.members
        yield Finding(
            f"sector_total:{key}", "sector_total", key, "members by sector add up to the members of the registry",
            f"{show(exact, 0)}; registry {t.members}", judge(ok, ok), "", line,
        )  # fmt: skip
        return
    exact = sum((means[s].exact * Fraction(k, n) for s, k in sizes.items()), Fraction(0))
    if totals and all(totals.values()):
        scale = 100 if percent else 1
        low = sum((Fraction(min(totals[s]) * scale, n) for s in sizes), Fraction(0))
        high = sum((Fraction(max(totals[s]) * scale, n) for s in sizes), Fraction(0))
        possible = Interval(low, high)
        exact = (low + high) / 2
    else:
        possible = add_up(means[s].interval.times(Fraction(k, n)) for s, k in sizes.items())
    ok = possible.meets(target.interval)
    plain = round_half_up(exact, target.decimals) == target.value
    explanation = "" if ok else _patterns(t, code, means, sizes, target)
    known = totals and all(len(k) == 1 for k in totals.values()) and not percent
    grand = f"; exact total {sum(k[0] for k in totals.values())}" if known else ""
    yield Finding(
        f"sector_mean:{key}", "sector_mean", key,
        "sector means weighted by sector size give the mean of all clusters, if every cluster answered",
        f"weighted {show(exact, 2)}{grand}; printed {target} {unit}", judge(plain, ok), explanation,
        joined(line, target_line),
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
        text += f"; {len(found)} of them with the {span(base)} answers that the printed total implies"
    best = found[found.sum(axis=1) == found.sum(axis=1).max()] if len(found) else found
    if 0 < len(best) <= 3:
        text += "; most answers: " + " or ".join(
            f"{int(row.sum())} (" + ", ".join(f"{s} {k}" for s, k in zip(names, row, strict=True)) + ")" for row in best
        )
    return text
