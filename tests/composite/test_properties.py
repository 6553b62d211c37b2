"""Properties that hold whatever the data, with the steps that break them named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.composite.decomposition import contributions, unit_weights
from analysis.composite.index import Index, build_index
from analysis.composite.structure import Structure
from analysis.config import IndexMethod, load_index_method

SIGN = {"a": 1.0, "b": -1.0, "c": 1.0, "d": 1.0, "e": -1.0}
PARENTS = {"a": "G", "b": "G", "c": "H", "d": "H", "e": "H", "G": "T", "H": "T", "T": ""}
MEANS = ("arithmetic", "geometric", "harmonic", "mazziotta_pareto")


def structure(sign: dict[str, float] | None = None) -> Structure:
    table = pd.DataFrame({"parent": PARENTS})
    table["direction"] = pd.Series(SIGN if sign is None else sign).reindex(table.index).fillna(1.0)
    table["weight"] = np.linspace(1, 2, len(table))
    return Structure.from_table(table)


def data(seed: int, n: int = 14, *, gaps: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = np.round(rng.lognormal(1, 1, (n, 5)), 3)
    x[rng.random(x.shape) < gaps] = np.nan
    return pd.DataFrame(x, columns=list("abcde"), index=pd.Index([f"U{i:02d}" for i in range(n)], name="unit"))


def method(**sections: dict[str, object]) -> IndexMethod:
    return load_index_method(None).replaced(**sections)


def build(x: pd.DataFrame, m: IndexMethod, sign: dict[str, float] | None = None) -> Index:
    return build_index(x, structure(sign), m)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rule", ["minmax", "zscore", "percentile_rank", "distance_to_max"])
def test_scores_ignore_the_units_of_measurement(seed: int, rule: str) -> None:
    x = data(seed, gaps=0.1)
    m = method(normalisation={"rule": rule}, treatment={"rule": "iqr_cap", "side": "both"})
    other = x * np.array([10, 0.5, 3, 100, 7]) + np.array([5, -3, 0, 1000, 2])
    np.testing.assert_allclose(build(other, m).scores, build(x, m).scores, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rule", ["minmax", "zscore", "rank", "borda", "percentile_rank", "distance_to_max"])
def test_flipping_direction_and_sign_mirrors(seed: int, rule: str) -> None:
    x = data(seed)
    flipped = {code: -sign for code, sign in SIGN.items()}
    m = method(normalisation={"rule": rule})
    np.testing.assert_allclose(build(-x, m, flipped).normalised, build(x, m).normalised, atol=1e-12)
    if rule in ("minmax", "percentile_rank"):
        np.testing.assert_allclose(build(x, m, flipped).scores[["T"]].rank(), (-build(x, m).scores[["T"]]).rank())


@pytest.mark.parametrize("seed", range(8))
def test_order_and_names_of_units_do_not_matter(seed: int) -> None:
    x = data(seed, gaps=0.1)
    m = method(treatment={"rule": "winsorise_log"}, aggregation={"levels": {3: {"rule": "copeland"}}})
    base = build(x, m).scores
    mixed = x.sample(frac=1, random_state=seed)
    np.testing.assert_allclose(build(mixed, m).scores.loc[x.index], base, atol=1e-12)
    renamed = x.set_axis([f"Z{99 - i}" for i in range(len(x))]).rename_axis("unit")
    np.testing.assert_array_equal(build(renamed, m).scores, base)
    codes = {c: f"x_{c}" for c in PARENTS}
    table = structure().elements.rename(index=codes)
    table["parent"] = table["parent"].map(lambda p: codes.get(p, ""))
    relabelled = build_index(x.rename(columns=codes), Structure.from_table(table), m)
    np.testing.assert_array_equal(relabelled.scores, base)


@pytest.mark.parametrize("seed", range(8))
def test_means_are_ordered(seed: int) -> None:
    x = data(seed, gaps=0.1)
    scale = {"lower": 50.0, "upper": 100.0}  # a narrow scale keeps the penalty below the mean
    found = {rule: build(x, method(normalisation=scale, aggregation={"rule": rule})).scores for rule in MEANS}
    assert (found["harmonic"] <= found["geometric"] + 1e-9).all().all()
    assert (found["geometric"] <= found["arithmetic"] + 1e-9).all().all()
    assert (found["mazziotta_pareto"] <= found["arithmetic"] + 1e-9).all().all()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rule", ["arithmetic", "geometric", "harmonic", "copeland"])
def test_a_better_answer_never_lowers_the_score(seed: int, rule: str) -> None:
    # Holds on fixed scales. It may fail where the scale moves with the answer: z-scores (a larger spread), minmax and
    # fences (only when the answer is the extreme), ranks of others, and under Mazziotta–Pareto, which asks for balance.
    posts = {c: {"goalpost_low": 0.0, "goalpost_high": 1000.0} for c in "abcde"}
    m = method(
        normalisation={"rule": "goalposts", "lower": 1.0, "upper": 2.0, "indicators": posts},
        aggregation={"rule": rule},
    )
    x = data(seed, gaps=0.1)
    before = build(x, m).scores["T"]
    for code, sign in SIGN.items():
        better = x.copy()
        better.iloc[3, better.columns.get_loc(code)] *= 1 + 0.5 * sign
        assert build(better, m).scores["T"].iloc[3] >= before.iloc[3] - 1e-12


def test_mazziotta_pareto_is_not_monotone() -> None:
    from analysis.composite.aggregation import array_mean

    # (1, 1, t) scores (2 + 8t - t²) / (3 (2 + t)): 14/12 for t = 2, but -18/36 for t = 10.
    columns = [np.array([1.0, 1.0]), np.array([1.0, 1.0]), np.array([2.0, 10.0])]
    made = array_mean(columns, np.ones(3), rule="mazziotta_pareto")
    np.testing.assert_allclose(made, [14 / 12, -0.5])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("area_from", ["subareas", "indicators"])
def test_contributions_add_up(seed: int, area_from: str) -> None:
    x = data(seed, gaps=0.2)
    for rule in ("arithmetic", "geometric"):
        m = method(
            normalisation={"lower": 1.0, "upper": 2.0},
            aggregation={"rule": rule, "area_from": area_from, "min_available": 0.4},
        )
        index = build(x, m)
        args = (index.normalised, index.scores, index.structure, m.aggregation, index.weights)
        total = index.scores["T"] if rule == "arithmetic" else np.log(index.scores["T"])
        scored = total.notna()
        np.testing.assert_allclose(contributions(*args).sum(axis=1)[scored], total[scored], atol=1e-12)
        np.testing.assert_allclose(unit_weights(*args).sum(axis=1)[scored], 1, atol=1e-12)
        effective = index.structure.effective_weights(index.weights, area_from=area_from)["effective"]
        full = x.notna().all(axis=1)
        np.testing.assert_allclose(
            unit_weights(*args)[full].to_numpy(), effective[list("abcde")].to_numpy()[None].repeat(full.sum(), 0)
        )


@pytest.mark.parametrize("seed", range(4))
def test_weights_within_parents_and_levels_sum_to_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    s = structure()
    weights = pd.Series(rng.random(len(s.elements)), index=s.elements.index)
    table = s.effective_weights(weights)
    np.testing.assert_allclose(table.groupby("level")["effective"].sum(), 1)
    np.testing.assert_allclose(table[table["parent"] != ""].groupby("parent")["within_parent"].sum(), 1)


def test_ranks_come_before_rounding() -> None:
    x = data(0)
    index = build(x, method())
    nearly = index.scores["T"].copy()
    assert index.ranks["T"].tolist() == nearly.rank(ascending=False, method="min").tolist()
    close = pd.DataFrame({"s": [0.1 + 1e-13, 0.1, 0.1]})
    from analysis.composite.index import rank_scores

    assert rank_scores(close)["s"].tolist() == [1, 2, 2]
