"""Tests between groups agree with SciPy and statsmodels, and say nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kruskal
from statsmodels.stats.multitest import multipletests

from analysis.clustering.differences import indicator_matrix, kruskal_table, permanova
from analysis.errors import MethodError

ORDER = ["a", "b", "c"]
GROUPS = pd.Series(list("aaaabbbbbbcccccccc"), index=range(18))


def table(seed: int, shift: float = 0.0) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(18, 2)).round(1)  # rounded, so that there are ties
    values[:, 1] += shift * (GROUPS == "c")
    return pd.DataFrame(values, columns=["x", "y"])


def run(scores: pd.DataFrame, permutations: int = 999) -> pd.DataFrame:
    made = kruskal_table(scores, GROUPS, ORDER, permutations=permutations, rng=np.random.default_rng(1))
    return made.set_index("code")


def test_h_and_its_chi_square_p_are_those_of_scipy_with_ties_and_gaps() -> None:
    scores = table(3)
    scores.loc[[2, 9], "x"] = np.nan
    made = run(scores)
    for code in scores:
        h, p = kruskal(*[scores.loc[g == GROUPS, code].dropna() for g in ORDER])
        assert made.at[code, "h"] == pytest.approx(h) and made.at[code, "p_chi2"] == pytest.approx(p)
    assert made["n"].tolist() == [16, 18] and made.at["x", "smallest"] == 3
    assert made.at["y", "epsilon2"] == pytest.approx(made.at["y", "h"] / 17)


def test_effect_by_chance_is_the_mean_under_random_assignment() -> None:
    rng = np.random.default_rng(5)
    scores = pd.DataFrame(rng.normal(size=(18, 1500)), columns=[str(i) for i in range(1500)])
    made = run(scores, permutations=99)
    assert made["epsilon2"].mean() == pytest.approx(made["by_chance"].iloc[0], rel=0.1)
    # p-values are uniform where nothing differs, and nothing survives the adjustment.
    assert (made["p"] < 0.1).mean() == pytest.approx(0.1, abs=0.05)


def test_a_shift_is_found_and_its_group_named() -> None:
    made = run(table(7, shift=4.0))
    assert made.at["y", "q"] < 0.01 < made.at["x", "q"]
    assert made.at["y", "highest"] == "c"


def test_adjusted_p_values_are_those_of_statsmodels() -> None:
    made = run(table(7, shift=1.0))
    assert made["q"].tolist() == pytest.approx(multipletests(made["p"], method="fdr_bh")[1].tolist())
    assert (made["q"] > made["p"]).any()


def test_permanova_of_one_column_is_the_f_of_an_analysis_of_variance() -> None:
    from scipy.stats import f_oneway

    values = table(4, shift=1.0)[["y"]].to_numpy()
    made = permanova(values, GROUPS, ORDER, permutations=999, rng=np.random.default_rng(1))
    f, p = f_oneway(*[values[(g == GROUPS).to_numpy(), 0] for g in ORDER])
    assert made["f"] == pytest.approx(f) and made["p"] == pytest.approx(p, abs=0.04)


def test_errors_name_the_unit_the_group_and_the_column() -> None:
    with pytest.raises(MethodError, match="17 in none of a, b"):
        indicator_matrix(GROUPS[[0, 5, 17]], ["a", "b"])
    empty = table(1)
    empty.loc[GROUPS == "b", "x"] = np.nan
    with pytest.raises(MethodError, match="nobody of `b` has a score of x"):
        run(empty)
    with pytest.raises(MethodError, match="all scores of y are equal"):
        run(table(1).assign(y=1.0))
