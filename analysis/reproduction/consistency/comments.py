"""Checks of the comments on indicators: restated values, nested counts, what the questionnaire implies."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

from analysis.reproduction.consistency.findings import Finding, cell, joined, judge, span
from analysis.reproduction.consistency.index import COUNTED_ELSEWHERE, Fact, Measure, Tables

# What the questionnaire implies. A cluster can have the first only if it has the second.
DEPENDS = {
    "III.1.4": "III.1.3", "III.1.5": "III.1.3", "III.2.2": "III.2.1", "III.2.3": "III.2.1", "V.1.2": "V.1.1",
    "V.2.3": "V.2.2", "V.3.5": "V.3.4",
}  # fmt: skip
# The first is a part of the second, in every cluster.
PART_OF = {"I.1.2": "I.1.1", "I.3.2": "I.3.1", "I.3.3": "I.3.1"}


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
                f"{m[target].printed} {m[target].unit}; {f.value} {f.unit}", judge(plain, ok), "",
                joined(m[target].line, f.line),
                "" if ok else joined(cell(m[target].line, code, target), cell(f.line, code, f.statistic)),
            )  # fmt: skip
        for f in t.of(code, "other"):
            if "largest" in f.note:
                ok = f.exact <= m["benchmark"].exact
                yield Finding(
                    f"restated:{code}:other@{f.line}:{f.value}", "restated", code,
                    f"not above the benchmark: {f.note}", f"{m['benchmark'].printed}; {f.value} {f.unit}",
                    judge(ok, ok), "", joined(m["benchmark"].line, f.line),
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
                judge(ok, ok), "", joined(one.line, two.line),
                "" if ok else joined(cell(one.line, code, one.statistic), cell(two.line, code, two.statistic)),
            )  # fmt: skip
        for one in t.of(code, "n_positive"):
            for two in t.of(code, "n_zero"):
                total = int(one.exact + two.exact)
                ok = total <= t.n
                yield Finding(
                    f"complement:{code}@{one.line}:{two.line}", "complement", code,
                    f"clusters with and without add up to at most {t.n}", f"{one.value} + {two.value} = {total}",
                    judge(ok, ok), "" if total == t.n else f"{t.n - total} clusters in neither",
                    joined(one.line, two.line),
                    "" if ok else joined(cell(one.line, code, one.statistic), cell(two.line, code, two.statistic)),
                )  # fmt: skip
    for f in t.facts:
        target = COUNTED_ELSEWHERE.get((f.code, f.kind))
        for other in t.of(target, "n_positive") if target else []:
            total = int(other.exact + f.exact)
            ok = total == t.n
            yield Finding(
                f"complement:{f.code}:{target}@{f.line}", "complement", f.code,
                f"clusters with ({target}) and without ({f.note}) add up to {t.n}",
                f"{other.value} + {f.value} = {total}", judge(ok, ok),
                "" if ok else f"{t.n - int(other.exact)} would",
                joined(f.line, other.line),
                "" if ok else joined(cell(f.line, f.code, f.statistic), cell(other.line, str(target), other.statistic)),
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
            judge(first.value == f.value, ok), "", joined(first.line, f.line),
            "" if ok else joined(cell(first.line, f.code, f.statistic), cell(f.line, f.code, f.statistic)),
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
                f"median {median.printed} of {t.n} answers; {f.value} clusters with {parent}", judge(ok, ok),
                "" if ok else f"the median needs at least {t.n - t.n // 2} clusters; fits {span(others)} answers",
                joined(median.line, f.line),
                "" if ok or others else joined(cell(median.line, code, "median"), cell(f.line, parent, f.statistic)),
            )  # fmt: skip
            for child in t.of(code, "n_positive"):
                ok = child.exact <= f.exact
                yield Finding(
                    f"depends:{code}:{parent}@{child.line}:{f.line}", "depends", code,
                    f"clusters with {code} are among the clusters with {parent}", f"{child.value} of {f.value}",
                    judge(ok, ok), "", joined(child.line, f.line),
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
                f"{measure} {one.printed} of {two.printed} {two.unit}", judge(ok, possible),
                "" if possible else "the two are not measured alike, or not by the same clusters",
                joined(one.line, two.line),
            )  # fmt: skip
