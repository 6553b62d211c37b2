"""Draws equal single runs, bit for bit in any batches; Monte Carlo and Sobol on cases with a known answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.composite.draws import draw_uniform, make_problem, resolve, run_draws, run_one
from analysis.composite.index import build_index
from analysis.composite.robustness import comparison_table, group_medians, membership, result_tables, unit_table
from analysis.composite.sensitivity import mean_rank_shift, rank_sensitivity, sobol
from analysis.composite.structure import Structure
from analysis.composite.uncertainty import batches_of, monte_carlo, run
from analysis.config import IndexMethod, load_index_method, load_method
from analysis.errors import ConfigError, MethodError

EVERYTHING: dict[str, Any] = {
    "multiple": {"kind": "uniform", "key": "treatment.k", "low": 1, "high": 3},
    "side": {"kind": "choice", "key": "treatment.side", "values": ["upper", "both"]},
    "quartiles": {"kind": "choice", "key": "treatment.quantile_type", "values": [6, 7, 8], "probabilities": [1, 2, 1]},
    "scale": {
        "kind": "choice",
        "key": "normalisation",
        "values": [{"rule": "minmax"}, {"rule": "zscore", "mean": 5}, {"rule": "percentile_rank"}],
    },
    "mean": {
        "kind": "choice",
        "key": "aggregation",
        "values": [{"rule": "arithmetic"}, {"rule": "generalised", "power": 0.5}],
    },
    "missing": {"kind": "choice", "key": "imputation.rule", "values": ["none", "zero", "median"]},
    "area": {"kind": "choice", "key": "aggregation.area_from", "values": ["indicators", "subareas"]},
    "weights": {"kind": "weight_noise", "level": 1, "noise": 0.3},
    "areas": {"kind": "weight_noise", "level": 3, "distribution": "dirichlet", "concentration": 2},
    "indicator": {"kind": "leave_out", "probability": 0.5},
}


def tree() -> Structure:
    rows = {f"i{j}": f"s{j // 2}" for j in range(8)} | {"s0": "a0", "s1": "a0", "s2": "a1", "s3": "a1"}
    parents = pd.Series(rows | {"a0": "X", "a1": "X", "X": ""}, name="parent")
    table = parents.to_frame()
    table["direction"] = 1.0
    table.loc["i3", "direction"] = -1.0
    return Structure.from_table(table)


def data(n: int = 15, *, gaps: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = pd.DataFrame(rng.lognormal(1, 1, (n, 8)), columns=[f"i{j}" for j in range(8)])
    x.index = pd.Index([f"u{i:02d}" for i in range(n)], name="unit")
    if gaps:
        x.iloc[2, 1] = x.iloc[4, 6] = x.iloc[4, 7] = np.nan
    return x


def method(inputs: dict[str, Any] | None = None, **sections: Any) -> IndexMethod:
    text = {"treatment": {"rule": "iqr_cap"}, "uncertainty": {"inputs": inputs or EVERYTHING, "batch_size": 50}}
    return IndexMethod.model_validate(text | sections)


def test_every_draw_is_the_index_of_its_settings() -> None:
    problem = make_problem(data(), tree(), method(), seed=1)
    values = resolve(problem, draw_uniform(problem, 400, rng=np.random.default_rng(2)))
    assert all(values[name].nunique() > 1 for name in EVERYTHING)
    scores = run_draws(problem, values)
    for i in range(0, 400, 5):
        row = {str(k): v for k, v in values.iloc[i].to_dict().items()}
        single = run_one(problem, row).scores.reindex(columns=problem.structure.aggregates)
        np.testing.assert_allclose(scores[i], single.to_numpy(), rtol=0, atol=1e-12)


def test_the_reference_itself_is_what_one_would_write_by_hand() -> None:
    """A draw with one indicator left out, other fences and one changed weight, against `build_index` typed out."""
    inputs = {name: EVERYTHING[name] for name in ("multiple", "scale", "indicator")}
    problem = make_problem(data(), tree(), method(inputs), seed=1)
    row = {"multiple": 2.5, "scale": 1, "indicator": 4}
    by_hand = IndexMethod.model_validate(
        {
            "treatment": {"rule": "iqr_cap", "k": 2.5},
            "normalisation": {"rule": "zscore", "mean": 5},
            "availability": {"exclude_indicators": ["i4"]},
        }
    )
    expected = build_index(data(), tree(), by_hand).scores
    pd.testing.assert_frame_equal(run_one(problem, row).scores, expected)
    np.testing.assert_allclose(run_draws(problem, pd.DataFrame([row]))[0], expected.to_numpy(), atol=1e-12)


def test_rules_without_an_array_path_are_drawn_as_well() -> None:
    inputs = {
        "rule": {"kind": "choice", "key": "treatment.rule", "values": ["iqr_cap", "winsorise", "boxcox"]},
        "weights": {"kind": "choice", "key": "weights.rule", "values": ["equal", "pca"]},
        "noise": {"kind": "weight_noise"},
    }
    problem = make_problem(data(gaps=False), tree(), method(inputs), seed=1)
    values = resolve(problem, draw_uniform(problem, 12, rng=np.random.default_rng(2)))
    scores = run_draws(problem, values)
    rows = [{str(k): v for k, v in row.items()} for row in values.to_dict("records")]
    singles = [run_one(problem, row).scores for row in rows]
    assert np.ptp(scores, axis=0).max() > 0.01
    for made, single in zip(scores, singles, strict=True):
        np.testing.assert_allclose(made, single.to_numpy(), rtol=0, atol=1e-12)


def test_batches_processes_and_interruptions_change_no_bit(tmp_path: Path) -> None:
    problem = make_problem(data(), tree(), method(), seed=1)
    once = monte_carlo(problem, seed=7, replications=160, batch_size=1000)
    for size in (1, 33):
        again = monte_carlo(problem, seed=7, replications=160, batch_size=size)
        assert again.scores.tobytes() == once.scores.tobytes()
    assert monte_carlo(problem, seed=7, replications=160, jobs=2).scores.tobytes() == once.scores.tobytes()
    assert monte_carlo(problem, seed=7, replications=90).scores.tobytes() == once.scores[:90].tobytes()

    class Stop(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done >= 100:
            raise Stop

    with pytest.raises(Stop):
        monte_carlo(problem, seed=7, replications=160, keep=tmp_path, progress=stop)
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("batch-*.npy")}
    assert len(kept) == 2
    seen: list[int] = []
    resumed = monte_carlo(
        problem, seed=7, replications=160, keep=tmp_path, progress=lambda done, _total: seen.append(done)
    )
    assert resumed.scores.tobytes() == once.scores.tobytes()
    assert seen == [150, 160] and all(p.stat().st_mtime_ns == at for p, at in kept.items())
    other = make_problem(data() * 2, tree(), method(), seed=1)
    monte_carlo(other, seed=7, replications=160, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2, "other data must not meet the batches of these"


@pytest.mark.workflow
def test_a_dask_cluster_gives_the_same_bits() -> None:
    from distributed import LocalCluster

    problem = make_problem(data(), tree(), method(), seed=1)
    here = monte_carlo(problem, seed=7, replications=100, batch_size=25)
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        there = monte_carlo(problem, seed=7, replications=100, batch_size=25, scheduler=str(cluster.scheduler_address))
    assert there.scores.tobytes() == here.scores.tobytes() and there.ranks.tobytes() == here.ranks.tobytes()


def test_batches_hold_every_draw_once() -> None:
    problem = make_problem(data(), tree(), method(), seed=1)
    values = resolve(problem, draw_uniform(problem, 103, rng=np.random.default_rng(2)))
    assert sorted(np.concatenate(batches_of(problem, values, 10)).tolist()) == list(range(103))


def test_a_draw_that_fails_stops_with_its_settings() -> None:
    inputs = {
        "multiple": {"kind": "uniform", "key": "treatment.k", "low": 1, "high": 3},
        "mean": {"kind": "choice", "key": "aggregation.rule", "values": ["arithmetic", "geometric"]},
    }
    with pytest.raises(MethodError, match=r"geometric mean needs values above 0(.|\n)*multiple = .*mean = geometric"):
        monte_carlo(make_problem(data(), tree(), method(inputs), seed=1), seed=1, replications=40)
    flat = data()
    flat["i0"] = [0.0] * 12 + [1.0, 2.0, 3.0]
    inputs = {"cap": {"kind": "choice", "key": "treatment.zero_iqr", "values": ["leave", "cap"]}}
    with pytest.raises(MethodError, match=r"i0 has the same value for everybody(.|\n)*cap = cap"):
        monte_carlo(make_problem(flat, tree(), method(inputs), seed=1), seed=1, replications=40)
    empty = data()
    empty.loc["u03", ["i4", "i5", "i6", "i7"]] = np.nan
    inputs = {"missing": {"kind": "choice", "key": "imputation.rule", "values": ["zero", "none"]}}
    strict = method(inputs, aggregation={"complete_from_level": 3})
    with pytest.raises(MethodError, match="no available indicator of a1 for u03"):
        make_problem(empty, tree(), strict, seed=1).nominal  # noqa: B018
    start = method(inputs, aggregation={"complete_from_level": 3}, imputation={"rule": "zero"})
    with pytest.raises(MethodError, match=r"no available indicator of a1 for u03(.|\n)*missing = none"):
        monte_carlo(make_problem(empty, tree(), start, seed=1), seed=1, replications=40)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "nothing is uncertain"),
        ({"a": {"kind": "uniform", "key": "treatment.kk", "low": 1, "high": 2}}, r"inputs\.a`: treatment\.kk = 1"),
        ({"a": {"kind": "uniform", "key": "treatment.k", "low": -1, "high": 2}}, r"treatment\.k = -1.*greater than 0"),
        ({"a": {"kind": "choice", "key": "treament.k", "values": [1, 2]}}, "`treament` is no section"),
        ({"a": {"kind": "choice", "key": "treatment", "values": [1, 2]}}, "a mapping of its keys"),
        (
            {name: {"kind": "choice", "key": "treatment.k", "values": [1, 2]} for name in "ab"},
            r"a and b both draw `treatment\.k`",
        ),
    ],
)
def test_inputs_that_cannot_be_drawn_are_refused_by_name(inputs: dict[str, Any], message: str) -> None:
    text = {"uncertainty": {"inputs": inputs}}
    with pytest.raises(ConfigError, match=message):
        make_problem(data(), tree(), IndexMethod.model_validate(text), seed=1)


def test_unknown_keys_of_an_input_are_refused_with_the_allowed(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text("uncertainty: {inputs: {k: {kind: uniform, key: treatment.k, lo: 1, high: 3}}}\n")
    with pytest.raises(ConfigError, match=r"unknown key `uncertainty\.inputs\.k\.uniform\.lo`; did you mean low"):
        load_index_method(file)


def test_inputs_have_the_distribution_they_name() -> None:
    problem = make_problem(data(), tree(), method(), seed=1)
    values = resolve(problem, draw_uniform(problem, 20_000, rng=np.random.default_rng(3)))
    assert values["multiple"].between(1, 3).all() and values["multiple"].mean() == pytest.approx(2, abs=0.02)
    assert values["quartiles"].value_counts(normalize=True).loc[[0, 1, 2]].tolist() == pytest.approx(
        [0.25, 0.5, 0.25], abs=0.015
    )
    left = values["indicator"]
    assert (left >= 0).mean() == pytest.approx(0.5, abs=0.015)
    assert left[left >= 0].value_counts(normalize=True).to_numpy() == pytest.approx(np.full(8, 1 / 8), abs=0.02)
    ends = resolve(problem, np.array([[0.0] * 10, [1.0] * 10]))
    assert ends["indicator"].tolist() == [0, -1] and ends["side"].tolist() == [0, 1]


def test_dirichlet_noise_keeps_expected_shares() -> None:
    inputs = {"noise": {"kind": "weight_noise", "level": 3, "distribution": "dirichlet", "concentration": 1}}
    problem = make_problem(data(), tree(), method(inputs), seed=1)
    from analysis.composite.draws import weight_noise

    at = [problem.structure.aggregates.index(c) + 8 for c in ("a0", "a1")]
    draws = np.array([weight_noise(problem, {"noise": i})[at] for i in range(4000)])
    shares = draws[:, 0] / draws.sum(axis=1)  # uniform on (0, 1) at concentration 1 with two members
    assert shares.mean() == pytest.approx(0.5, abs=0.02) and shares.var() == pytest.approx(1 / 12, abs=0.005)


def test_tables_on_a_case_counted_by_hand() -> None:
    """Two units swap places with the weight of the areas: who is better is a toss, the third never moves."""
    x = pd.DataFrame({"i": [9.0, 0.0, -1.0], "j": [0.0, 9.0, -1.0]}, index=pd.Index(["A", "B", "C"], name="unit"))
    structure = Structure.from_table(pd.DataFrame({"parent": {"i": "X", "j": "X", "X": ""}}))
    text = {"uncertainty": {"inputs": {"w": {"kind": "weight_noise", "level": 1}}, "top": [1]}}
    problem = make_problem(x, structure, IndexMethod.model_validate(text), seed=1)
    runs = monte_carlo(problem, seed=4, replications=2000)
    units = unit_table(runs).set_index("unit")
    assert units.loc["C", ["rank", "rank_p5", "rank_p95", "p_top_1"]].tolist() == [3, 3, 3, 0]
    assert units.loc[["A", "B"], "p_top_1"].sum() == pytest.approx(1)
    assert units.at["A", "p_top_1"] == pytest.approx(0.5, abs=0.05)
    tables = result_tables(runs, pd.DataFrame({"g": ["x", "x", "y"]}, index=x.index))
    pair = tables["neighbours"].set_index(["unit", "other"])
    assert pair.at[("A", "B"), "p_ahead"] == pytest.approx(units.at["A", "p_top_1"])
    assert pair.at[("B", "C"), "p_ahead"] == 1
    ahead = tables["comparisons"].set_index(["group", "code"])
    assert ahead.at[("x", "X"), "probability"] == 1 and ahead.at[("y", "X"), "probability"] == 0
    assert mean_rank_shift(runs).max() <= 2 / 3


def test_scores_are_pooled_only_on_the_scale_of_the_method() -> None:
    problem = make_problem(data(), tree(), method({"scale": EVERYTHING["scale"]}), seed=1)
    runs = monte_carlo(problem, seed=4, replications=300)
    assert runs.comparable.sum() == (runs.values["scale"] == '{"rule": "minmax"}').sum()
    units = unit_table(runs)
    np.testing.assert_allclose(units["score_p5"], units["score"])  # one scale only: the score is the nominal one
    assert (units["score_draws"] == runs.comparable.sum()).all() and units["rank_p95"].gt(units["rank_p5"]).any()


def test_a_group_leads_only_if_ahead_of_all_and_everywhere() -> None:
    problem = make_problem(data(), tree(), method(), seed=1)
    runs = monte_carlo(problem, seed=4, replications=200)
    traits = pd.DataFrame({"size": ["s", "m", "l"] * 5}, index=data().index)
    groups = membership(runs.units, traits)
    table = comparison_table(runs, groups, group_medians(runs, groups)).set_index(["group", "other", "code"])
    for group in "sml":
        pairs = [table.at[(group, other, "X"), "probability"] for other in "sml" if other != group]
        assert table.at[(group, "", "X"), "probability"] <= min(pairs)
        assert table.at[(group, "", "*"), "probability"] <= min(
            table.at[(group, "", code), "probability"] for code in ("a0", "a1")
        )
    assert sum(table.at[(g, "", "X"), "probability"] for g in "sml") == pytest.approx(1)
    with pytest.raises(MethodError, match="no groups known for u14"):
        membership(runs.units, traits.drop(index="u14"))


# ---------------------------------------------------------------------------------------------------------- sensitivity


def test_sobol_indices_of_the_ishigami_function() -> None:
    """Ishigami & Homma (1990): f = sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1, x uniform on (-π, π); indices are known."""
    a, b, pi = 7.0, 0.1, np.pi

    def ishigami(u: np.ndarray[Any, Any]) -> dict[str, Any]:
        x = (2 * u - 1) * pi
        return {"y": np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])}

    variance = a**2 / 8 + b * pi**4 / 5 + b**2 * pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    crossed = 8 * b**2 * pi**8 / 225 / variance
    total = first + np.array([crossed, 0.0, crossed])
    found = sobol(["x1", "x2", "x3"], ishigami, n=4096, resamples=200, seed=11)
    np.testing.assert_allclose(found["first"], first, atol=0.02)
    np.testing.assert_allclose(found["total"], total, atol=0.02)
    assert ((found["total_low"] <= total) & (total <= found["total_high"])).all()
    assert found["variance"].iloc[0] == pytest.approx(variance, rel=0.02)


def test_only_the_input_that_matters_has_an_index() -> None:
    """Nothing is capped at any k up to 3 (no outliers), nothing is missing: only the normaliser can move ranks."""
    x = data(gaps=False).rank() ** 1.2
    inputs = {name: EVERYTHING[name] for name in ("multiple", "missing")} | {
        "scale": {"kind": "choice", "key": "normalisation.rule", "values": ["minmax", "percentile_rank"]}
    }
    wide = inputs | {"multiple": {"kind": "uniform", "key": "treatment.k", "low": 5, "high": 9}}
    text = method(wide).model_dump()
    text["uncertainty"] |= {"sobol_samples": 64, "resamples": 50}
    problem = make_problem(x, tree(), IndexMethod.model_validate(text), seed=1)
    found = rank_sensitivity(problem, seed=3)
    every = found[found["output"] == "*"].set_index("input")
    assert every["total"].drop("scale").abs().max() == 0
    assert every.at["scale", "total"] == pytest.approx(1, abs=0.2) and every.at["scale", "first"] > 0.8
    still = found[found["variance"] == 0]
    assert len(still) and still[["first", "total"]].isna().all(axis=None)
    moved = found[(found["variance"] > 0) & (found["input"] != "scale")]
    assert moved["total"].abs().max() == 0


def test_every_committed_method_can_be_drawn_and_built(root: Path) -> None:
    from analysis.framework import load_framework

    structure = Structure.from_hierarchy(load_framework(root / "data").indicators)
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.lognormal(2, 1, (20, 90)).round(1), columns=structure.indicators)
    x.index = pd.Index([f"R{i:02d}" for i in range(20)], name="respondent_id")
    for path in sorted((root / "config/method").glob("*.yaml")):
        problem = make_problem(x, structure, load_method(path.stem, root / "config"), seed=1)
        assert problem.nominal.scores.notna().all(axis=None), path.stem


def test_runs_are_refused_when_units_drop_out() -> None:
    x = data()
    x.iloc[3, :7] = np.nan
    inputs = {"share": {"kind": "choice", "key": "availability.min_unit_share", "values": [0.0, 0.5]}}
    with pytest.raises(MethodError, match="change which units take part"):
        monte_carlo(make_problem(x, tree(), method(inputs), seed=1), seed=1, replications=20)


def test_a_design_of_any_origin_can_be_run() -> None:
    problem = make_problem(data(), tree(), method({"multiple": EVERYTHING["multiple"]}), seed=1)
    runs = run(problem, np.array([[0.25], [0.25]]))  # k = 1.5 twice
    np.testing.assert_allclose(runs.scores[0], runs.scores[1])
    nominal = problem.nominal.scores[runs.codes]
    np.testing.assert_allclose(runs.scores[0], nominal.to_numpy(), atol=1e-12)
