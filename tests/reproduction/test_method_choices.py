"""What the printed numbers say about choices of the method; docs/decisions 0001 to 0003, 0007 to 0012."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from analysis.reproduction.consistency import Tables
from analysis.reproduction.consistency.scores import stated_sizes
from analysis.reproduction.printed import Interval
from analysis.reproduction.published import read_published

EDITION = Path(__file__).resolve().parents[2] / "data/editions/2024"
LARGEST = 16  # actions, the printed benchmark of IV.3.1, the only indicator of sub-area IV.3


@pytest.fixture(scope="module")
def printed() -> Tables:
    return Tables(read_published(EDITION / "published"))


def weights(n: int, p: Fraction, kind: int) -> dict[int, Fraction]:
    """Hyndman and Fan's quantile of type 1 to 9 as weights of the order statistics 1 to n."""
    if kind <= 3:
        h = n * p - (Fraction(1, 2) if kind == 3 else 0)
        j, g = math.floor(h), h - math.floor(h)
        if kind == 2 and g == 0:
            return {j: Fraction(1, 2), j + 1: Fraction(1, 2)}
        lower = g == 0 and (kind == 1 or (kind == 3 and j % 2 == 0))
        return {min(max(j if lower else j + 1, 1), n): Fraction(1)}
    a, b = {4: ("0", "1"), 5: ("1/2", "1/2"), 6: ("0", "0"), 7: ("1", "1"), 8: ("1/3", "1/3"), 9: ("3/8", "3/8")}[kind]
    alpha, beta = Fraction(a), Fraction(b)
    h = n * p + alpha + p * (1 - alpha - beta)
    h = min(max(h, Fraction(1)), Fraction(n))
    j, g = math.floor(h), h - math.floor(h)
    return {j: 1 - g, j + 1: g} if g else {j: Fraction(1)}


def feasible(t: Tables, table: str, n: int, kind: int) -> bool:
    """Whether n whole numbers from 0 to 16 have all six printed measures of IV.3, with quartiles of this type."""
    model = cp_model.CpModel()
    x = [model.new_int_var(0, LARGEST, f"x{i}") for i in range(n)]
    for lower, upper in pairwise(x):
        model.add(lower <= upper)

    def inside(parts: dict[int, Fraction], limits: Interval) -> None:
        scale = math.lcm(*(w.denominator for w in parts.values()), limits.low.denominator, limits.high.denominator)
        total = sum(int(w * scale) * x[i - 1] for i, w in parts.items())
        model.add(total >= int(limits.low * LARGEST * scale))
        model.add(total <= int(limits.high * LARGEST * scale) - 1)

    def measure(name: str) -> Interval:
        return t.scores[table, "IV.3", name][0].interval

    inside({1: Fraction(1)}, measure("min"))
    inside({n: Fraction(1)}, measure("benchmark"))
    inside(dict.fromkeys(range(1, n + 1), Fraction(1, n)), measure("mean"))
    inside(weights(n, Fraction(1, 2), 7), measure("median"))  # the median is the same for every type that interpolates
    inside(weights(n, Fraction(1, 4), kind), measure("q1"))
    inside(weights(n, Fraction(3, 4), kind), measure("q3"))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


@pytest.mark.parametrize(
    ("kind", "impossible"), [(1, 13), (2, 13), (3, 13), (4, 10), (5, 12), (6, 11), (7, 0), (8, 12), (9, 12)]
)
def test_only_quartiles_of_type_7_fit_the_column_of_whole_numbers(printed: Tables, kind: int, impossible: int) -> None:
    """Tables of all 19 groups; numbers of tables that no whole numbers can give."""
    sizes = {printed.whole: printed.n}
    for dim, groups in printed.dimensions.items():
        sizes |= {groups[g]: n for g, n in stated_sizes(printed, dim)[0].items()}
    assert len(sizes) == 19
    assert sum(not feasible(printed, table, n, kind) for table, n in sizes.items()) == impossible


def test_the_minimum_of_the_scale_is_the_observed_one(printed: Tables) -> None:
    """II.6 is the mean of two indicators; its mean follows from their means, largest values (9, 26) and minima."""
    one, two = (printed.indicators[c]["mean"].interval for c in ("II.6.1", "II.6.2"))
    score = printed.scores[printed.whole, "II.6", "mean"][0].interval

    def mean(a: int, b: int) -> Interval:
        low = ((one.low - a) / (9 - a) + (two.low - b) / (26 - b)) / 2
        high = ((one.high - a) / (9 - a) + (two.high - b) / (26 - b)) / 2
        return Interval(low, high)

    fits = [(a, b) for a in range(9) for b in range(26) if mean(a, b).meets(score)]
    assert (0, 0) not in fits and (2, 7) in fits
    assert mean(0, 0).low > score.high  # 0.80 against 0.74


def test_without_a_cap_the_means_would_be_far_smaller(printed: Tables) -> None:
    """Uncapped, the mean of an indicator is at most mean / maximum; so is that of the sub-area, averaged."""
    beyond = {}
    for code in ("I.2", "III.1", "III.3", "V.2"):  # every indicator is a number
        own = [m for c, m in printed.indicators.items() if c.rsplit(".", 1)[0] == code]
        bound = sum(m["mean"].interval.high / m["benchmark"].interval.low for m in own) / len(own)
        beyond[code] = printed.scores[printed.whole, code, "mean"][0].interval.low / bound
    assert all(ratio > 1 for ratio in beyond.values()), beyond


def test_three_scores_for_the_strategy_leave_no_room_for_iso_standards(printed: Tables) -> None:
    """Decision 0010: with 0, 0.5 and 1 the fifth indicator of II.1 would need a mean that it cannot have."""
    table = pd.read_csv(EDITION / "published/indicators.csv", dtype=str, keep_default_na=False).set_index("code")
    iso = table.loc["II.1.5"]
    largest, n = int(iso["benchmark"]), 42
    total = (int(iso["mean"]) + Fraction(1, 2)) * n
    middle = int(iso["median"])
    assert middle == 30
    # shares of Table 14 as numbers of clusters: half points, full points
    categories = [(5, 29), (20, 19), (11, 27), (17, 22)]
    four = sum(Fraction(half, 2) + full for half, full in categories) / n
    needed = 5 * printed.scores["18", "II.1", "mean"][0].interval.high - four

    def least_mean(lowest: int) -> Fraction:
        q = (total - largest - 10 * middle - 21 * lowest) / 10  # third quartile if all others are as small as can be
        width = Fraction(5, 2) * (q - lowest)
        return (10 * (middle - lowest) + 10 * (q - lowest) + width) / (n * width)

    assert all(least_mean(lowest) > needed for lowest in range(21))
    assert least_mean(29) < needed  # the bound is about the sizes of clusters, not about any number


AREAS = ("I", "II", "III", "IV", "V")
CENT = Fraction(1, 100)


def subareas(area: str) -> dict[str, int]:
    """Sub-areas of an area and their numbers of indicators, as the framework table prints them."""
    with (EDITION / "published/framework.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["area_code"] == area]
    return {row["subarea_code"]: int(row["n_indicators"]) for row in rows}


def group_tables(t: Tables) -> list[str]:
    return sorted({table for table, _, _ in t.scores})


def weighted(t: Tables, table: str, weight: dict[str, int], measure: str = "mean") -> Fraction:
    """Weighted mean of the printed values of several columns."""
    total = sum(w * t.scores[table, code, measure][0].exact for code, w in weight.items())
    return Fraction(total, sum(weight.values()))


def test_areas_follow_indicators(printed: Tables) -> None:
    """Decision 0001: means beyond 0.01, and extremes that no cluster can reach, under either weights."""
    beyond, broken = {"equal": 0, "indicators": 0}, {"equal": 0, "indicators": 0}
    for table in group_tables(printed):
        for area in AREAS:
            counts = subareas(area)
            for name, weight in (("equal", dict.fromkeys(counts, 1)), ("indicators", counts)):
                mean = printed.scores[table, area, "mean"][0].exact
                beyond[name] += abs(mean - weighted(printed, table, weight)) > CENT
                top = printed.scores[table, area, "benchmark"][0].exact - weighted(printed, table, weight, "benchmark")
                bottom = weighted(printed, table, weight, "min") - printed.scores[table, area, "min"][0].exact
                broken[name] += (top > CENT) + (bottom > CENT)
    assert beyond == {"equal": 57, "indicators": 10}
    assert broken == {"equal": 12, "indicators": 4}


def test_overall_is_the_plain_mean_of_areas(printed: Tables) -> None:
    """Decision 0011."""
    by_indicators = {area: sum(subareas(area).values()) for area in AREAS}
    by_subareas = {area: len(subareas(area)) for area in AREAS}
    assert list(by_indicators.values()) == [14, 24, 20, 16, 16] and list(by_subareas.values()) == [3, 6, 3, 4, 3]
    beyond = [
        sum(
            abs(printed.scores[table, "ALL", "mean"][0].exact - weighted(printed, table, weight)) > CENT
            for table in group_tables(printed)
        )
        for weight in (dict.fromkeys(AREAS, 1), by_indicators, by_subareas)
    ]
    assert beyond == [0, 9, 18]


def test_a_capped_constant_would_bound_its_subarea(printed: Tables) -> None:
    """Decision 0003: with III.1.10 zero for everybody nine tenths would be the largest III.1."""
    assert printed.scores[printed.whole, "III.1", "benchmark"][0].interval.low > Fraction(9, 10)
    assert subareas("III")["III.1"] == 10


@pytest.mark.parametrize(
    ("code", "total", "answers"),
    [("III.2.2", 321, 42), ("III.2.4", 242, 42), ("III.2.5", 176, 42), ("III.2.7", 510, 42), ("III.3.2", 4327, 42),
     ("IV.1.7", 2159, 42), ("I.1.1", 1060400, 41), ("V.3.1", 1731, 38)],
)  # fmt: skip
def test_totals_over_means_count_the_answers(printed: Tables, code: str, total: int, answers: int) -> None:
    """Decisions 0002 and 0012: zeros are answers, missing amounts are not. Employment is rounded to hundreds."""
    mean = printed.indicators[code]["mean"].interval
    slack = 50 if total > 10**6 else 0
    fits = [n for n in range(1, 43) if mean.low * n < total + slack and (total - slack) <= mean.high * n]
    assert fits == [answers]


def test_medians_of_zero_need_zeros(printed: Tables) -> None:
    """Decision 0012: left out, a cluster without any could not make the median zero."""
    medians = [m["median"].exact for m in printed.indicators.values() if "median" in m]
    assert (len(medians), sum(v == 0 for v in medians)) == (83, 20)


def test_missing_scores_of_iv4_explain_its_mean(printed: Tables) -> None:
    """Decision 0002: means by size give the mean of all only if some of the ten largest clusters have no score."""
    sizes = stated_sizes(printed, "size")[0]
    names = printed.dimensions["size"]
    whole = printed.scores[printed.whole, "IV.4", "mean"][0].interval

    def all_of(missing: int) -> Interval:
        n = {g: k - (missing if g == "150+" else 0) for g, k in sizes.items()}
        ends = [
            [k * getattr(printed.scores[names[g], "IV.4", "mean"][0].interval, end) for g, k in n.items()]
            for end in ("low", "high")
        ]
        return Interval(Fraction(sum(ends[0]), sum(n.values())), Fraction(sum(ends[1]), sum(n.values())))

    assert [m for m in range(6) if all_of(m).meets(whole)] == [3, 4]
