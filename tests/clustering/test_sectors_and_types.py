"""Likeness of sectors, types and their names, features, and what the method file refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.metrics import adjusted_rand_score

from analysis.clustering import sectors, types
from analysis.clustering.features import make_features
from analysis.clustering.partition import numbered, partitions
from analysis.clustering.validity import adjusted_rand, agreement, mixture_bic
from analysis.config.clustering import Clustering
from analysis.errors import MethodError

SETTINGS = Clustering(sector_bootstrap=100, null_draws=19, starts=3)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def four_sectors(gap: float) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Sectors a and b near each other, c and d near each other, the two pairs `gap` apart."""
    place = {"a": 0.0, "b": 1.0, "c": gap, "d": gap + 1.0}
    groups = pd.Series([g for g in place for _ in range(6)], index=[f"R{i:02d}" for i in range(24)])
    values = rng(2).normal(scale=0.4, size=(24, 5)) + groups.map(place).to_numpy()[:, None]
    return pd.DataFrame(values, index=groups.index), groups, list(place)


def test_a_clear_tree_has_its_branches_supported() -> None:
    values, groups, order = four_sectors(6.0)
    _, merges = sectors.sector_tree(values.to_numpy(), groups, order, SETTINGS, rng=rng())
    support = merges.set_index("members")["support"]
    assert support["a;b"] == support["c;d"] == 1.0 and np.isnan(support["a;b;c;d"])
    assert sectors.branches(np.array([[0, 1, 1, 2], [2, 3, 2, 3]]))[-1] == {0, 1, 2}


def test_distances_are_root_mean_squares_and_far_pairs_are_significant() -> None:
    values, groups, order = four_sectors(6.0)
    table = sectors.sector_distances(values.to_numpy(), groups, order, permutations=199, rng=rng()).set_index(
        ["a", "b"]
    )
    means = values.groupby(groups).mean()
    expected = float(np.sqrt(((means.loc["a"] - means.loc["d"]) ** 2).mean()))
    assert table.at[("a", "d"), "distance"] == pytest.approx(expected)
    assert table.at[("a", "d"), "p"] < 0.05 < table.at[("a", "b"), "p"]


def test_a_unit_in_the_wrong_sector_is_found_and_does_not_pull_its_own_mean() -> None:
    values, groups, order = four_sectors(6.0)
    groups = groups.copy()
    groups["R00"] = "d"
    table, p = sectors.nearest_sector(values, groups, order, permutations=199, rng=rng())
    assert table.at["R00", "nearest"] == "a" and table["margin"].idxmax() == "R00" and p == pytest.approx(0.005)
    others = values[(groups == "d") & (values.index != "R00")].mean()
    assert table.at["R00", "own"] == pytest.approx(float(np.sqrt(((values.loc["R00"] - others) ** 2).mean())))


def test_numbers_of_types_depend_on_the_groups_alone() -> None:
    raw = np.array([7, 3, 3, 7, 5, 3, 5])
    assert numbered(raw).tolist() == [2, 1, 1, 2, 3, 1, 3]
    assert numbered(10 - raw).tolist() == numbered(raw).tolist()


def test_names_come_from_the_level_and_from_what_stands_out_of_it() -> None:
    described = pd.DataFrame({"x": [2.0, 2.2, -1, -1.2], "y": [1.0, 0.8, -1, -0.8], "z": [0.9, 0.9, -2, -2]})
    made = types.type_summary(
        described, described, pd.Series([1, 1, 2, 2]), SETTINGS.model_copy(update={"name_top": 1})
    )
    assert made["name"].tolist() == ["strong", "weak"] and made["top"].tolist() == ["x", "y"]
    assert made["bottom"].tolist() == ["y", "z"] and made["size"].tolist() == [2, 2]


def test_cramers_v_is_one_for_equal_groups_and_small_for_unrelated_ones() -> None:
    labels = pd.Series([1, 1, 2, 2, 3, 3] * 4)
    traits = pd.DataFrame({"same": labels.map({1: "p", 2: "q", 3: "r"}), "other": ["u", "v"] * 12})
    traits.loc[0, "other"] = None
    made = types.across(labels, traits, permutations=199, rng=rng()).set_index("trait")
    assert made.at["same", "cramers_v"] == pytest.approx(1) and made.at["same", "p"] == pytest.approx(0.005)
    assert made.at["other", "cramers_v"] < 0.1 and made.at["other", "n"] == 23


def test_plane_keeps_distances_of_flat_data_and_arrows_are_correlations() -> None:
    flat = pd.DataFrame(rng(3).normal(size=(30, 2)) @ rng(4).normal(size=(2, 5)), columns=list("abcde"))
    made = types.plane(flat)
    assert sum(made.shares) == pytest.approx(100) and made.arrows["x"].sum() >= 0
    assert made.arrows.at["b", "x"] == pytest.approx(np.corrcoef(flat["b"], made.points["x"])[0, 1])
    assert np.ptp(made.points["x"]) >= np.ptp(made.points["y"]) * 0.5


def test_agreement_of_equal_and_of_unrelated_partitions() -> None:
    one = np.repeat([1, 2, 3], 8)
    pairs = agreement({"one": one, "two": 4 - one, "other": np.tile([1, 2], 12)}, permutations=99, rng=rng())
    ari = pairs.set_index(["a", "b"])
    assert ari.at[("one", "two"), "ari"] == 1 and ari.at[("one", "two"), "p"] == 0.01
    assert abs(ari.at[("one", "other"), "ari"]) < 0.1 and ari.at[("one", "other"), "p"] > 0.2


def gappy() -> pd.DataFrame:
    table = pd.DataFrame(rng(5).normal(size=(8, 3)), index=[f"R{i}" for i in range(7, -1, -1)], columns=["x", "y", "z"])
    table.loc[["R1", "R4"], "y"] = np.nan
    return table


def test_each_rule_of_gaps_does_what_it_says_and_logs_it() -> None:
    for rule, shape, logged in (
        ("median", (8, 3), "filled"), ("mean", (8, 3), "filled"),
        ("drop_columns", (8, 2), "dropped_column"), ("drop_units", (6, 3), "dropped_unit"),
    ):  # fmt: skip
        made = make_features(gappy(), Clustering(missing=rule, scaling="none"))  # type: ignore[arg-type]
        assert made.values.shape == shape and set(made.log["action"]) == {logged}
        assert made.values.index.is_monotonic_increasing
    filled = make_features(gappy(), Clustering(scaling="none")).values
    assert filled.at["R1", "y"] == gappy()["y"].median()


def test_scaling_shape_and_constant_columns() -> None:
    made = make_features(gappy().assign(c=1.0), Clustering())
    assert made.count("constant_column") == 1 and "c" not in made.values
    assert made.values.std(ddof=0).to_numpy() == pytest.approx(np.ones(3))
    assert make_features(gappy(), Clustering(), shape=True).values.mean(axis=1).to_numpy() == pytest.approx(np.zeros(8))


def test_what_cannot_be_computed_says_why() -> None:
    with pytest.raises(MethodError, match="no value at all in y"):
        make_features(gappy().assign(y=np.nan), Clustering())
    with pytest.raises(MethodError, match="more than one row for R3"):
        make_features(pd.concat([gappy(), gappy().loc[["R3"]]]), Clustering())
    with pytest.raises(MethodError, match="9 groups of 8 distinct units"):
        partitions(gappy().fillna(0).to_numpy(), [2, 9], "ward", SETTINGS, rng=rng())
    wide = mixture_bic(rng(1).normal(size=(10, 12)), ["gmm_diag", "gmm_tied"], SETTINGS, rng=rng()).set_index(
        "algorithm"
    )
    assert wide.loc["gmm_diag", "bic"].notna().all() and wide.loc["gmm_tied", "bic"].isna().all()
    assert wide.loc["gmm_tied", "reason"].str.contains("12 columns cannot be estimated from 10 units").all()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"k_from": 5, "k_to": 5}, "must be below k_to"),
        ({"k": 9}, "must lie between"),
        ({"doubtful": 0.8}, "must be below valid"),
        ({"linkage": "ward"}, "Extra inputs"),
        ({"algorithm": "dbscan"}, "gmm_diag"),
    ],
)
def test_the_method_file_refuses_what_makes_no_sense(keys: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Clustering.model_validate(keys)


def test_number_of_types_is_the_best_silhouette_unless_the_method_says() -> None:
    table = pd.DataFrame({"k": [2, 3, 4], "silhouette": [0.1, 0.4, 0.2]})
    assert types.choose_k(table, Clustering()) == 3 and types.choose_k(table, Clustering(k=4)) == 4


def test_the_rand_index_is_that_of_scikit_learn() -> None:
    draw = rng()
    for groups in (1, 2, 3, 9):
        one, two = draw.integers(groups, size=30), draw.integers(4, size=30)
        for pair in ((one, two), (two, one), (one, one)):
            assert adjusted_rand(*pair) == adjusted_rand_score(*pair)
    apart = np.arange(6)
    assert adjusted_rand(apart, apart) == adjusted_rand_score(apart, apart) == 1
