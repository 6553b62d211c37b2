"""The search behind the reconstruction: compiled statistics against pandas, conditions for ticks against a solver."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ortools.sat.python import cp_model

from analysis.errors import DataError
from analysis.reproduction.reconstruction import columns, kernel, labels, scoring
from analysis.reproduction.reconstruction.published import load_published

EDITION = Path(__file__).resolve().parents[2] / "data/editions/2024"
SCRATCH = np.empty(64, np.int64)


def solvable(model: cp_model.CpModel) -> bool:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def ticks_exist(totals: np.ndarray, parents: int, children: list[int], others: list[int]) -> bool:
    """The same question as `kernel.list_exists`, asked of a solver; column 0 is the parent."""
    counts = [parents, *children, *others]
    model = cp_model.CpModel()
    y = [[model.new_bool_var("") for _ in counts] for _ in totals]
    for row, total in zip(y, totals, strict=True):
        model.add(sum(row) <= int(total))
        for child in row[1 : 1 + len(children)]:
            model.add_implication(child, row[0])
    for k, n in enumerate(counts):
        model.add(sum(row[k] for row in y) == n)
    return solvable(model)


@pytest.mark.parametrize("seed", range(40))
def test_ticks_exist_exactly_when_the_condition_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    totals = rng.integers(0, 7, 8)
    parents = int(rng.integers(0, 7)) if seed % 2 else 0
    children = sorted((int(v) for v in rng.integers(0, parents + 1, 3 * (parents > 0))), reverse=True)
    others = sorted((int(v) for v in rng.integers(0, 7, 3)), reverse=True)
    padded = [np.array([*values, *[0] * (16 - len(values))]) for values in (children, others)]
    found = kernel.list_exists(totals, parents, padded[0], len(children), padded[1], len(others), SCRATCH)
    assert bool(found) == ticks_exist(totals, parents, children, others)


def test_both_answers_of_the_condition_occur() -> None:
    found = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        totals = rng.integers(0, 7, 8)
        others = np.zeros(16, np.int64)
        others[:3] = sorted(rng.integers(0, 9, 3))[::-1]
        found.add(bool(kernel.list_exists(totals, 0, np.zeros(16, np.int64), 0, others, 3, SCRATCH)))
    assert found == {True, False}


@pytest.mark.parametrize("seed", range(30))
def test_levels_exist_exactly_when_the_condition_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = 4
    totals = rng.integers(0, 2 * items + 1, 6)
    twos = sorted((int(v) for v in rng.integers(0, 6, items)), reverse=True)
    model = cp_model.CpModel()
    one = [[model.new_bool_var("") for _ in twos] for _ in totals]
    two = [[model.new_bool_var("") for _ in twos] for _ in totals]
    for p, q, total in zip(one, two, totals, strict=True):
        model.add(sum(p) + sum(q) == int(total))
        for a, b in zip(p, q, strict=True):
            model.add_implication(b, a)
    for k, n in enumerate(twos):
        model.add(sum(row[k] for row in two) == n)
    assert bool(kernel.levels_exist(totals, items, np.array(twos), SCRATCH)) == solvable(model)


@pytest.mark.parametrize("seed", range(20))
def test_compiled_statistics_are_those_of_pandas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.random(42).round(3)
    scores[rng.choice(42, 3, replace=False)] = -1.0
    members = rng.choice(42, 11, replace=False)
    given = pd.Series(scores[members][scores[members] >= 0])
    printed = np.array(
        [given.min(), given.quantile(0.25), given.median(), given.mean(), given.quantile(0.75), given.max()]
    )
    scratch = np.empty(42)
    assert kernel.group_price(scores, members, 11, printed, scratch, 1.0) == 0.0
    for k in range(6):
        moved = printed.copy()
        moved[k] += 0.0151  # one hundredth beyond the edge of the printed range, nearly
        assert kernel.group_price(scores, members, 11, moved, scratch, 1.0) == pytest.approx(2.01, abs=1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_cap_and_score_are_those_of_the_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = np.rint(rng.lognormal(3, 1.2, 42)).astype(np.int64)
    present = rng.random(42) > 0.1
    least, cap = kernel.treatment(answers, present, np.empty(42, np.int64))
    table = pd.DataFrame({"x": np.where(present, answers, np.nan).astype(float)})
    q1, q3 = table["x"].quantile([0.25, 0.75])
    expected = np.minimum(table["x"], q3 + 1.5 * (q3 - q1))
    expected = (expected - expected.min()) / (expected.max() - expected.min())
    found = [kernel.normalise_one(v, least, cap) for v in answers[present]]
    assert found == pytest.approx(expected[present].tolist())


def test_roughness_counts_digits_beyond_two() -> None:
    assert [kernel.roughness(v) for v in (0, 7, 99, 100, 120, 125, 12500, 12345, 100001)] == [0, 0, 0, 0, 0, 1, 1, 3, 4]


def test_printed_ranges_round_half_up() -> None:
    low, high = columns.printed_range(0.35)
    assert (low, high) == (3450, 3549)
    low, high = columns.printed_range(0.35, 4)
    assert (low / 4, high / 4) == (3450.0, 3549.75)


@pytest.mark.parametrize("column", [*labels.ORDER, labels.LAST])
def test_every_column_can_have_its_statistics_under_the_labels(column: str) -> None:
    found = labels.read_labels(EDITION)
    absent = frozenset(int(i) for i in np.flatnonzero(found.without_iv4)) if column == labels.LAST else frozenset()
    assert labels.column_holds(load_published(EDITION), column, found.of, absent)


def test_the_labels_decide_whether_a_column_can_hold() -> None:
    found = labels.read_labels(EDITION)
    shuffled = dict(found.of) | {"kkk": found.of["kkk"][::-1]}
    assert not labels.column_holds(load_published(EDITION), "ALL", shuffled)


def test_labels_with_wrong_group_sizes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "reproduction").mkdir()
    text = (EDITION / "reproduction/labels.csv").read_text(encoding="utf-8")
    path = tmp_path / "reproduction/labels.csv"
    path.write_text(text.replace("before 2010", "2010-2014", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"labels.csv, column age: sizes differ"):
        labels.read_labels(tmp_path)
    path.write_text(text.replace("before 2010", "before 1910", 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2, column age.*before 1910"):
        labels.read_labels(tmp_path)
    path.unlink()
    with pytest.raises(DataError, match="search-labels"):
        labels.read_labels(tmp_path)


def test_group_rows_partition_the_respondents() -> None:
    rows = scoring.group_rows(labels.read_labels(EDITION).of)
    assert [len(r) for r in rows] == [42, 18, 16, 8, 17, 25, 4, 6, 6, 9, 9, 8, 10, 11, 11, 10, 8, 5, 29]
