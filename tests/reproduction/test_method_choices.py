"""What the printed numbers say about choices that the method text leaves open; see docs/decisions 0007 to 0010."""

from __future__ import annotations

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
