"""Checks of mean, median and benchmark of an indicator against the counts and totals in its comment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.reproduction.consistency.findings import Finding, add_up, cell, joined, judge, show, span
from analysis.reproduction.consistency.index import COUNT_UNITS, Fact, Measure, Tables
from analysis.reproduction.printed import Interval, round_half_up, unit_factor


def check_measures(t: Tables) -> Iterable[Finding]:
    """One unit for mean, median and benchmark; neither mean nor median above the benchmark."""
    for code, m in t.indicators.items():
        units = {k: v.unit for k, v in m.items()}
        one = len(set(units.values())) == 1
        yield Finding(
            f"units:{code}", "units", code, "mean, median and benchmark are printed in one unit",
            ", ".join(f"{k} {m[k].printed} {u}" for k, u in units.items()), judge(one, one),
            "" if one else "a reader who takes one unit for all three is wrong by a power of ten", m["mean"].line,
        )  # fmt: skip
        ok = m["median"].exact <= m["benchmark"].exact and m["mean"].exact <= m["benchmark"].exact
        yield Finding(
            f"measures:{code}", "measures", code, "median and mean do not exceed the benchmark",
            ", ".join(f"{k} {v.printed} {v.unit}" for k, v in m.items()), judge(ok, ok), "", m["mean"].line,
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
                f"median {median.printed} {median.unit}; {f.statistic} {f.value}", judge(at_n, possible),
                "" if possible else f"fits {span(pinned)} answers", joined(median.line, f.line),
                "" if possible or pinned
                else joined(cell(median.line, code, "median"), cell(f.line, code, f.statistic)),
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
            + (f"{show(found.low / factor, 1)} to {show(found.high / factor, 1)}" if found else "none"),
            judge(ok, possible), "" if possible else "fewer answers could explain it",
            joined(mean.line, *(c.line for c in counts)),
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
            f"mean {m['mean'].printed}; totals {span(totals)}", judge(bool(totals), bool(totals)),
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
                f"mean {mean.printed} {mean.unit} x {t.n} = {show(mean.exact * t.n, 0)}; total {show(middle, 0)}",
                judge(ok, ok), "" if ok else f"fits {span(fits)} answers", joined(mean.line, line),
                "" if fits else cell(mean.line, code, "mean"),
            )  # fmt: skip
        else:
            ok = mean.interval.times(t.n).high >= total.low
            yield Finding(
                f"mean_total:{code}", "mean_total", code,
                f"the printed parts of the total do not exceed the mean times {t.n} clusters",
                f"mean {mean.printed} x {t.n} = {show(mean.exact * t.n, 0)}; parts {show(middle, 0)}",
                judge(ok, ok), "" if ok else "more than the total", joined(mean.line, line),
                "" if ok else cell(mean.line, code, "mean"),
            )  # fmt: skip


def check_member_share(t: Tables) -> Iterable[Finding]:
    """The share of all members that took part is the total over all members of the clusters."""
    for code, m in t.indicators.items():
        for implied, f in t.member_totals(code):
            mean, total = m["mean"], t.totals(code)
            whole = total[0] if total and total[2] else None
            base = implied.low / (f.interval.low / 100)
            if whole is not None:
                ok, shown = whole.meets(implied), (whole.low + whole.high) / 2
                fits: list[int] = []
                source = f"total {show(shown, 0)}"
            else:
                fits = [n for n in range(1, t.n + 1) if mean.interval.times(n).meets(implied)]
                ok, shown = t.n in fits, mean.exact * t.n
                source = f"mean {mean.printed} x {t.n} = {show(shown, 0)}"
            yield Finding(
                f"member_share:{code}@{f.line}", "member_share", code,
                f"the printed share is the total over all {int(base)} of them: {f.note}",
                f"{source}; {show(100 * shown / base, 1)}% of {int(base)}; printed {f.value}%", judge(ok, ok),
                "" if ok
                else f"fits {span(fits)} answers" if whole is None else "the total and the base are printed",
                joined(mean.line, f.line, total[1] if total else ""),
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
                    f"{show(mean.exact * t.n / f.exact, 2)} clusters",
                    judge(ok, ok), "" if ok else f"fits: {shown or 'none'}", joined(mean.line, line, f.line),
                    "" if fits else joined(cell(mean.line, code, "mean"), cell(f.line, code, f.statistic), counted),
                )  # fmt: skip
            total = t.totals(code)
            if total and total[2] and counts:
                k = int(counts[0].exact)
                ok = f.interval.times(k).meets(total[0])
                yield Finding(
                    f"mean_positive:{code}:total@{f.line}", "mean_positive", code,
                    f"the mean over the {k} clusters with a positive value is the printed total divided by {k}",
                    f"total {show(total[0].low, 0)} / {k} = {show(total[0].low / k, 1)}; printed {f.value}",
                    judge(ok, ok), "" if ok else "the total, the number and the mean are all printed",
                    joined(f.line, total[1], counts[0].line), "" if ok else cell(f.line, code, f.statistic),
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
                f"({m['mean'].printed} x {t.n} - {m['benchmark'].printed}) / {t.n - 1} = {show(exact, 1)}; "
                f"printed {f.value}",
                judge(ok, ok), "" if ok else f"fits {span(fits)} answers", joined(m["mean"].line, f.line),
                "" if fits else cell(f.line, code, f.statistic),
            )  # fmt: skip


def check_mean_year(t: Tables) -> Iterable[Finding]:
    """The means of single years add up to the printed mean, or average to it."""
    for code, m in t.indicators.items():
        years = t.of(code, "mean_year")
        if len(years) < 2:
            continue
        total = add_up(f.interval for f in years)
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
            f"{' and '.join(str(f.value) for f in years)}; printed {mean.printed} {mean.unit}", judge(plain, ok),
            "" if ok else f"sum {show(exact / factor, 1)}; clusters that answered for one year only would explain it",
            joined(mean.line, *(f.line for f in years)),
        )  # fmt: skip
