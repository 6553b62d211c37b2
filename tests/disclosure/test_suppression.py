"""Sensitive cells and their complements: textbook tables, and bounds recomputed by an independent programme."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.config import Disclosure, Dominance
from analysis.disclosure import plan
from analysis.disclosure.sensitivity import dominated, estimable, reason
from analysis.disclosure.suppression import Publication, bounds_of, complement
from analysis.errors import MethodError


def two_way(inner: np.ndarray, top: float | None = None) -> Publication:
    """A table with its margins: inner cells first, then totals of rows, totals of columns and the whole."""
    rows, columns = inner.shape
    atoms = inner.size
    position = np.arange(atoms).reshape(inner.shape)
    sets = [[k] for k in range(atoms)]
    sets += [list(position[r]) for r in range(rows)] + [list(position[:, c]) for c in range(columns)]
    sets.append(list(range(atoms)))
    inside = np.array([[float(k in s) for k in range(atoms)] for s in sets])
    names = [f"cell {k}" for k in range(len(sets))]
    high = np.full(atoms, float(inner.sum()) if top is None else top)
    return Publication(names, inside, inner.ravel().astype(float), np.zeros(atoms), high)


def costs(publication: Publication, inner: int) -> list[float]:
    """Inner cells cost their value, margins have to be printed."""
    values = publication.inside @ publication.values
    return [float(values[k]) if k < inner else float("inf") for k in range(len(values))]


def test_dominance_and_p_percent_of_hand() -> None:
    # x = 100, 10, 5: the largest has 86.96 % of 115; the second knows it to within 5 of 100.
    values = [5, 100, 10]
    assert dominated(values, 1, 85) and not dominated(values, 1, 87)
    assert dominated(values, 2, 95) and not dominated(values, 2, 96)
    assert estimable(values, 6) and not estimable(values, 5)  # strictly less than p percent
    assert not dominated([0, 0], 1, 75) and not estimable([0, 0, 0], 10)
    with pytest.raises(MethodError, match="not negative"):
        dominated([1, -1], 1, 75)


def test_the_polish_rule_is_fewer_than_three_or_more_than_three_quarters() -> None:
    rule = Disclosure(rule="polish_public_statistics")
    assert reason([1, 1], rule) == "too few"
    assert reason([1, 1, 1], rule) == ""
    assert reason([75, 15, 10], rule) == ""  # three quarters exactly is not more than three quarters
    assert reason([76, 14, 10], rule) == "dominance"
    assert reason([76, 14, 10], Disclosure()) == ""
    stricter = Disclosure(rule="polish_public_statistics", min_group=5, dominance=[Dominance(n=2, k=60)])
    assert reason([1, 1, 1, 1], stricter) == "too few"
    assert reason([4, 3, 1, 1, 1], stricter) == "dominance"


def test_a_rule_has_something_to_protect_and_none_has_nothing() -> None:
    with pytest.raises(ValueError, match="choose rule: custom"):
        Disclosure(min_group=3)
    with pytest.raises(ValueError, match="no key says what to protect"):
        Disclosure(rule="custom")


def test_a_sensitive_inner_cell_needs_a_rectangle() -> None:
    # Every row and column total is printed: one cell alone is a difference, four corners of a rectangle are not.
    inner = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    table = two_way(inner)
    found = complement(table, [3], [6.0], costs(table, 9))
    assert len(found) == 3 and all(k < 9 for k in found)
    rows, columns = {k // 3 for k in [3, *found]}, {k % 3 for k in [3, *found]}
    assert len(rows) == len(columns) == 2
    low, high = bounds_of(table, [3, *found])[3]
    assert high - low >= 6
    assert bounds_of(table, [3])[3] == pytest.approx((8, 8))  # without its complement it is known


def test_the_complement_is_the_cheapest_of_all() -> None:
    inner = np.array([[6, 9, 3], [4, 1, 7], [8, 5, 2]])
    table, width = two_way(inner), 3.0
    found = complement(table, [4], [width], costs(table, 9))
    price = float(sum(inner.ravel()[k] for k in found))
    for size in range(len(inner.ravel())):
        for others in combinations([k for k in range(9) if k != 4], size):
            low, high = independent_bounds(table, [4, *others])[4]
            if high - low >= width - 1e-6:
                assert price <= sum(inner.ravel()[k] for k in others) + 1e-4


def test_a_2_by_2_table_loses_all_its_cells_and_says_when_that_is_not_enough() -> None:
    table = two_way(np.array([[2, 8], [9, 21]]))
    assert complement(table, [0], [5.0], costs(table, 4)) == [1, 2, 3]
    assert bounds_of(table, [0, 1, 2, 3])[0] == pytest.approx((0, 10))
    with pytest.raises(MethodError, match="no suppression keeps cell 0 as uncertain"):
        complement(table, [0], [11.0], costs(table, 4))


def independent_bounds(publication: Publication, withheld: list[int]) -> dict[int, tuple[float, float]]:
    """Bounds by another way: unknown cells and atoms as variables, written out without the code under test."""
    cells, atoms = publication.inside.shape
    truth = publication.inside @ publication.values
    rows, right = [], []
    for cell in range(cells):
        row = np.zeros(atoms + cells)
        row[:atoms], row[atoms + cell] = publication.inside[cell], -1
        rows.append(row)
        right.append(0.0)
    limits = [*zip(publication.low, publication.high, strict=True)]
    limits += [(None, None) if c in withheld else (truth[c], truth[c]) for c in range(cells)]
    out = {}
    for cell in withheld:
        aim = np.zeros(atoms + cells)
        aim[atoms + cell] = 1
        ends = [linprog(s * aim, A_eq=np.array(rows), b_eq=right, bounds=limits, method="highs-ipm") for s in (1, -1)]
        out[cell] = (float(ends[0].fun), -float(ends[1].fun))
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 4))
def test_no_sensitive_cell_is_bounded_within_its_width(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    inner = rng.integers(1, 40, size=(rows, columns))
    table = two_way(inner)
    sensitive = sorted(rng.choice(inner.size, size=min(2, inner.size - 1), replace=False).tolist())
    width = [0.3 * float(inner.ravel()[k]) for k in sensitive]
    try:
        withheld = [*sensitive, *complement(table, sensitive, width, costs(table, inner.size))]
    except MethodError:  # rightly only if withholding every inner cell would not do
        most = independent_bounds(table, list(range(inner.size)))
        assert any(most[k][1] - most[k][0] < wide + 1e-5 for k, wide in zip(sensitive, width, strict=True))
        return
    found = independent_bounds(table, withheld)
    for cell, wide in zip(sensitive, width, strict=True):
        assert found[cell][1] - found[cell][0] >= wide - 1e-5


def people(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    index = [f"R{i:02d}" for i in range(18)]
    membership = pd.DataFrame(
        {"d": [*"aaa", *"bbbbbbb", *"cccccccc"], "e": rng.choice(["x", "y"], 18), "f": rng.choice(["p", "q", "r"], 18)},
        index=index,
    )
    return pd.DataFrame({"S": rng.uniform(0, 1, 18), "T": rng.uniform(0, 1, 18)}, index=index), membership


@pytest.mark.parametrize("seed", range(6))
def test_means_of_small_groups_cannot_be_computed_from_overlapping_ones(seed: int) -> None:
    values, membership = people(seed)
    rule = Disclosure(rule="custom", min_group=4, interval=0.1)
    made = plan.make_plan(values, membership, rule, scale=(0, 1))
    too_few = made[(made["reason"] == "too few") & (made["measure"] == "mean")]
    assert {"a"} <= set(too_few["group"])
    for code in values:
        publication, groups = plan.publication_of(values[code], membership, (0, 1))
        gone = made[(made["code"] == code) & (made["measure"] == "mean")]
        keys = set(zip(gone["dimension"], gone["group"], strict=True))
        withheld = [k for k, names in enumerate(groups) if keys & set(names)]
        assert all(set(names) <= keys for k, names in enumerate(groups) if k in withheld)
        found = independent_bounds(publication, withheld)
        for row in gone[gone["reason"] == "too few"].itertuples():
            cell = next(k for k, names in enumerate(groups) if (row.dimension, row.group) in names)
            assert (found[cell][1] - found[cell][0]) / row.n >= 0.1 - 1e-6
            assert (row.low, row.high) == pytest.approx([end / row.n for end in found[cell]], abs=1e-6)
            alone = independent_bounds(publication, [cell])[cell]
            assert alone[1] - alone[0] < 1e-6  # negative control: without the complement the mean is a difference


def test_the_plan_empties_what_it_says_and_rounds_the_rest() -> None:
    values, membership = people(0)
    rule = Disclosure(rule="custom", min_group=4, rounding=0.05, order_statistics_from=8)
    made = plan.make_plan(values, membership, rule, scale=(0, 1))
    cross = pd.DataFrame(
        [("d", g, "S", m, 0.333) for g in "abc" for m in ("min", "mean")],
        columns=["dimension", "group", "code", "measure", "value"],
    )
    shown = plan.protect(cross, made, rule).set_index(["group", "measure"])
    assert shown.loc[("a", "mean"), "withheld"] == 1 and np.isnan(shown.loc[("a", "mean"), "value"])
    assert shown.loc[("c", "min"), "value"] == pytest.approx(0.35)
    assert shown.loc[("b", "min"), "withheld"] == 1  # seven respondents, order statistics only from eight
    assert plan.make_plan(values, membership, Disclosure(), scale=(0, 1)).empty


def test_a_total_that_one_respondent_makes_is_withheld_for_all() -> None:
    values = pd.DataFrame({"M": [1000.0, 10, 10, 10, 10, 10]}, index=list("abcdef"))
    membership = pd.DataFrame({"d": list("xxxyyy")}, index=values.index)
    made = plan.make_plan(values, membership, Disclosure(rule="polish_public_statistics"), scale=None)
    assert set(made["group"]) == {"all", "x", "y"}
    by_group = made.drop_duplicates("group").set_index("group")["reason"]
    assert by_group["all"] == by_group["x"] == "dominance" and by_group["y"] == "complement"
