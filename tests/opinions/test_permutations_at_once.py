"""What is computed for all items and draws at once is what one item and one draw at a time give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.opinions.counts import Counts, count_answers
from analysis.opinions.differences import Responses, _orders, _p_permutation, _studentised
from analysis.opinions.estimates import bootstrap_errors, measures_of


def answered(rng: np.random.Generator, clusters: int, options: int, *, shares: bool) -> Responses:
    table = rng.integers(0, 6, (clusters, options)).astype(float)
    base = table.sum(axis=1)
    if shares:
        return Responses(table, base, table.sum(axis=0) / base.sum())
    return Responses((table @ np.arange(options))[:, None], base, np.array([1.7]))


@pytest.mark.parametrize("seed", range(8))
def test_items_and_draws_at_once_are_those_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters, draws = 14, 60
    member = np.eye(3)[:, np.r_[0, 0, 1, 1, 2, 2, rng.integers(0, 3, clusters - 6)]]
    compared = [answered(rng, clusters, k, shares=k < 5) for k in (2, 3, 4, 5)]
    compared[1].base[3] = compared[1].sums[3] = 0  # a cluster without an answer
    drawn = (member > 0)[:, _orders(clusters, draws, rng)]

    def statistic(r: Responses, assigned: np.ndarray) -> float:
        squares, expected = _studentised(r, assigned)
        return float(squares / expected)

    for r, p in zip(compared, _p_permutation(compared, member, drawn), strict=True):
        seen = statistic(r, member)
        reached = sum(statistic(r, drawn[:, i].astype(float)) >= seen - 1e-9 for i in range(draws))
        assert p == (1 + reached) / (1 + draws)


def test_groups_that_cannot_differ_more_are_always_reached() -> None:
    """Everybody in a group answers alike, and the groups do not: nothing within explains it, so X² is infinite."""
    member = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]])
    table = np.array([[3.0, 0], [2, 0], [0, 4], [0, 1]])
    r = Responses(table, table.sum(axis=1), np.array([0.5, 0.5]))
    drawn = np.array([[[1, 1, 0, 0], [1, 0, 1, 0]], [[0, 0, 1, 1], [0, 1, 0, 1]]], dtype=bool)
    assert _p_permutation([r], member, drawn) == [2 / 3]


def test_orders_are_those_of_single_permutations() -> None:
    one, many = np.random.default_rng(3), np.random.default_rng(3)
    assert (_orders(17, 50, many) == [one.permutation(17) for _ in range(50)]).all()
    assert one.random() == many.random()


def test_bootstrap_of_all_measures_is_that_of_each(members: Counts, groups: pd.DataFrame) -> None:
    drawn = bootstrap_errors(members, groups, draws=40, level=0.9, rng=np.random.default_rng(2))
    rng = np.random.default_rng(2)
    for (_dimension, group), own in drawn.groupby(["dimension", "group"], sort=False):
        mask = np.ones(6, dtype=bool) if group == "all" else (groups["size"] == group).to_numpy()
        weights = rng.multinomial(mask.sum() - 1, np.full(mask.sum(), 1 / mask.sum()), size=40)
        expected = []
        for item, table in members:
            for x in measures_of(item, {}):
                if not (table[mask] @ x.base).any():
                    continue
                with np.errstate(invalid="ignore"):
                    ratio = (weights @ (table[mask] @ x.top)) / (weights @ (table[mask] @ x.base))
                ratio = ratio[~np.isnan(ratio)] * (100 if x.is_share else 1)
                expected.append([ratio.std(ddof=1), *np.percentile(ratio, [5, 95])])
        assert np.allclose(own[["boot_se", "boot_low", "boot_high"]], expected, rtol=1e-13)
        assert np.isfinite(expected).all() and len(expected) > 3


@pytest.fixture
def groups() -> pd.DataFrame:
    return pd.DataFrame({"size": list("aaabbb")}, index=[f"R{i}" for i in range(6)])


@pytest.fixture
def members() -> Counts:
    rng = np.random.default_rng(7)
    codebook = pd.DataFrame(
        {"item": ["q1", "q2"], "question_no": ["1", "2"], "type": ["single", "rating"], "option_list": ["yn", "five"]}
    )
    lists = pd.DataFrame(
        {"option_list": ["yn"] * 3 + ["five"] * 3, "option": ["y", "n", "x", "1", "2", "3"],
         "score": ["", "", "", "1", "2", "3"]}
    )  # fmt: skip
    answers = pd.DataFrame(
        {"respondent_id": [f"R{i % 6}" for i in range(40)], "q1": rng.choice(["y", "n", "x"], 40),
         "q2": rng.choice(["1", "2", "3", ""], 40, p=[0.2, 0.1, 0.1, 0.6])}
    )  # fmt: skip
    return count_answers(answers, codebook, lists, cluster="respondent_id")
