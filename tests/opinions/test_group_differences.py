"""Tests between groups of clusters: what they reduce to without clusters, and whether they keep their promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.errors import MethodError
from analysis.opinions.counts import Counts, Item
from analysis.opinions.differences import compare_groups

ITEM = Item("q", "1", "single", "yn", ("yes", "no"), (float("nan"),) * 2)


def compared(yes: np.ndarray, no: np.ndarray, group: np.ndarray, permutations: int = 199) -> pd.Series:
    names = pd.Index([f"C{i:03d}" for i in range(len(yes))])
    counts = Counts(names, (ITEM,), {"q": np.array([yes, no]).T})
    groups = pd.DataFrame({"kind": group}, index=names)
    made = compare_groups(
        counts, groups, headlines={}, permutations=permutations, alpha=0.05, rng=np.random.default_rng(3)
    )
    return made.iloc[0]


def test_without_clusters_it_is_pearsons_chi_squared() -> None:
    """One respondent in each cluster: F = X² but for the group-wise n/(n − 1) of the variance."""
    table = np.array([[40, 60], [55, 45]])
    yes = np.concatenate([np.repeat([1, 0], row) for row in table])
    found = compared(yes, 1 - yes, np.repeat(["a", "b"], 100))
    plain = stats.chi2_contingency(table, correction=False)
    p = yes.mean()
    each = [table[i, 0] / 100 for i in range(2)]
    inflate = np.mean([x * (1 - x) for x in each]) / (p * (1 - p)) * 100 / 99
    assert found["statistic"] == pytest.approx(plain.statistic / inflate)
    assert found["df"] == pytest.approx(1.0)
    assert found["effect"] == pytest.approx(np.sqrt(plain.statistic / 200))
    assert (found["lowest"], found["highest"]) == ("a", "b")


def test_clusters_that_answer_as_one_weigh_as_one() -> None:
    """Ten times as many members who repeat their cluster's answer bring no evidence: F stays, X² grows tenfold."""
    yes, group = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0]), np.repeat(["a", "b"], 5)
    once, ten = compared(yes, 1 - yes, group), compared(10 * yes, 10 * (1 - yes), group)
    for column in ("statistic", "p_rao_scott", "p_permutation"):
        assert once[column] == pytest.approx(ten[column])


def test_a_true_difference_is_found_and_the_two_tests_agree() -> None:
    rng = np.random.default_rng(4)
    size, group = rng.integers(8, 25, 40), np.repeat(["a", "b"], 20)
    yes = rng.binomial(size, np.where(group == "a", 0.25, 0.6))
    found = compared(yes, size - yes, group)
    assert found["differs"] and found["p_permutation"] == pytest.approx(1 / 200) and found["p_rao_scott"] < 1e-4


def test_no_difference_is_rejected_as_often_as_promised() -> None:
    """Clusters differ much, groups do not: a test that ignores clusters would reject far more often than 5%."""
    rng = np.random.default_rng(11)
    p = {"p_permutation": [], "p_rao_scott": [], "naive": []}
    for _ in range(150):
        size, group = rng.integers(8, 25, 30), np.repeat(["a", "b", "c"], 10)
        yes = rng.binomial(size, rng.beta(1, 1.5, 30))
        found = compared(yes, size - yes, group, permutations=99)
        for name in ("p_permutation", "p_rao_scott"):
            p[name].append(found[name])
        table = [[yes[group == g].sum(), (size - yes)[group == g].sum()] for g in "abc"]
        p["naive"].append(stats.chi2_contingency(table).pvalue)
    rates = {name: float(np.mean(np.array(values) <= 0.05)) for name, values in p.items()}
    assert rates["p_permutation"] < 0.1 and rates["p_rao_scott"] < 0.12 and rates["naive"] > 0.4


def test_groups_of_one_cluster_cannot_be_compared() -> None:
    with pytest.raises(MethodError, match="members of two clusters"):
        compared(np.array([1, 2, 3]), np.array([2, 2, 2]), np.array(["a", "b", "c"]))
