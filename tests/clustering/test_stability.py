"""Stability is high where there are types, and the calibration tells types from noise and from a gradient."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.clustering.partition import partitions
from analysis.clustering.stability import (
    best_jaccard,
    bootstrap_jaccard,
    gradient,
    leave_one_out,
    moved,
    permuted,
    stability_test,
    verdict,
)
from analysis.config.clustering import Clustering
from analysis.errors import MethodError

FEW = Clustering(bootstrap=20, null_draws=39)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def blobs(n: int = 14, columns: int = 6) -> np.ndarray:
    centres = np.repeat(np.eye(3, columns) * 8, n, axis=0)
    return centres + rng(3).normal(size=centres.shape)


def test_jaccard_by_hand() -> None:
    base, other = np.array([1, 1, 1, 2, 2]), np.array([5, 5, 7, 7, 7])
    pairs = np.array([base, base, [1, 1, 1, 1, 1]]), np.array([other, base, base])
    by_hand = [[np.nan, 2 / 3, 2 / 3], [np.nan, 1, 1], [np.nan, 3 / 5, np.nan]]
    assert best_jaccard(*pairs) == pytest.approx(np.array(by_hand), nan_ok=True)
    assert moved(base, other) == 1 and moved(base, 3 - base) == 0


def test_types_are_stable_and_beat_both_kinds_of_data_without_types() -> None:
    types, whole = stability_test(blobs(), [3], "ward", FEW, rng=rng())
    assert types["jaccard"].min() > 0.97 and set(types["verdict"]) == {"valid"}
    assert whole[["p_permuted", "p_gradient"]].to_numpy().max() == pytest.approx(1 / 40)


def test_noise_is_not_significant_although_some_groups_reach_a_threshold() -> None:
    noise = rng(8).normal(size=(42, 19))
    _, whole = stability_test(noise, [2, 3], "ward", FEW, rng=rng())
    assert whole["p_permuted"].min() > 0.05


def test_a_gradient_beats_columns_in_random_order_but_not_other_gradients() -> None:
    graded = rng(0).normal(size=(42, 1)) + 0.4 * rng(5).normal(size=(42, 12))
    _, whole = stability_test(graded, [2], "ward", FEW, rng=rng())
    assert whole["p_permuted"].iloc[0] < 0.05 < 0.2 < whole["p_gradient"].iloc[0]


def test_data_without_types_keep_values_and_the_gradient_keeps_correlations() -> None:
    mixed = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, -1.0]])
    values = np.exp(0.4 * rng(3).normal(size=(300, 4)) @ mixed)  # skewed, as scores are
    for make in (permuted, gradient):
        drawn = make(values, rng())
        assert np.sort(drawn, axis=0) == pytest.approx(np.sort(values, axis=0))
    many = np.mean([np.corrcoef(gradient(values, rng(i)).T) for i in range(30)], axis=0)
    assert many == pytest.approx(np.corrcoef(values.T), abs=0.08)
    alone = np.mean([np.corrcoef(permuted(values, rng(i)).T) for i in range(30)], axis=0)
    assert alone == pytest.approx(np.eye(4), abs=0.06)


def test_thresholds_of_hennig() -> None:
    assert [verdict(j, FEW) for j in (0.75, 0.74, 0.60, 0.59)] == ["valid", "doubtful", "doubtful", "unstable"]


def test_leaving_out_the_column_that_makes_the_types_moves_units() -> None:
    values = pd.DataFrame(rng(6).normal(size=(20, 3)), columns=["a", "b", "c"])
    values["a"] += np.where(np.arange(20) < 10, 30, 0)
    labels = pd.Series(partitions(values.to_numpy(), [2], "ward", FEW, rng=rng())[2], index=values.index)
    variants = {c: values.drop(columns=c) for c in values}
    table = leave_one_out(variants, labels, "ward", FEW, rng=rng()).set_index("code")
    assert table.index[0] == "a" and table.at["a", "moved"] > 0
    assert table.loc[["b", "c"], "moved"].tolist() == [0, 0] and table.at["b", "ari"] == 1
    with pytest.raises(MethodError, match="without a"):
        leave_one_out({"a": values.iloc[1:]}, labels, "ward", FEW, rng=rng())


def test_the_same_seed_gives_the_same_result() -> None:
    quick = FEW.model_copy(update={"null_draws": 2, "starts": 2})
    first, second = (stability_test(blobs(), [2, 4], "kmeans", quick, rng=rng()) for _ in range(2))
    pd.testing.assert_frame_equal(first[0], second[0])


@pytest.mark.parametrize("twins", [0, 30])
def test_compiled_trees_give_what_scipys_trees_give(twins: int) -> None:
    values = rng(11).normal(size=(37, 5))
    values[:twins] = values[0]  # resamples with fewer distinct rows than groups
    ks = [2, 3, 7]
    base, jaccard = bootstrap_jaccard(values, ks, "ward", FEW, draws=40, rng=rng(12))
    repeated = rng(12)
    per_draw: dict[int, list[np.ndarray]] = {k: [] for k in ks}
    for _ in range(40):
        chosen = np.unique(repeated.integers(37, size=37))
        for k in ks:
            if k <= len(np.unique(values[chosen], axis=0)):
                again = partitions(values[chosen], [k], "ward", FEW, rng=rng())[k]
                alike = np.full(k + 1, np.nan)
                found = best_jaccard(base[k][None, chosen], again[None, :])[0]
                alike[: len(found)] = found
                per_draw[k].append(alike[1:])
    for k in ks:
        assert jaccard[k] == pytest.approx(np.nanmean(per_draw[k], axis=0), abs=1e-12)
