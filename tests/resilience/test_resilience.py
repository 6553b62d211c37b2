"""Shocks, scales and the resilience index: hand-computed cases and properties."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import IndexMethod, Loss, Resilience, Severity, Shock, load_index_method, load_method
from analysis.cooperation import graph as graphs
from analysis.cooperation.robustness import after_removal
from analysis.errors import ConfigError, FrameworkError, MethodError
from analysis.indicators.compute import compute_indicators, parse_definitions
from analysis.indicators.rules import RULES, Definition
from analysis.resilience import response, shocks, simulation
from analysis.resilience.index import read_tree

SEVERITY = {"low": 0.2, "mode": 0.5, "high": 0.8}


@pytest.fixture
def answers():
    """Four invented respondents; the last did not state its own funds."""
    return pd.DataFrame(
        {
            "public": [100.0, 50.0, 0.0, 80.0],
            "own": [100.0, 150.0, 40.0, np.nan],
            "budget": [300.0, 100.0, 60.0, 90.0],
            "germany": [1.0, 1.0, 0.0, 1.0],
            "france": [1.0, 0.0, 0.0, 1.0],
            "markets": [12.0, 1.0, 0.0, 7.0],
        },
        index=pd.Index(["R01", "R02", "R03", "R04"], name="respondent_id"),
    )


def settings_of(**made):
    return Resilience.model_validate({"draws": 21, "grid": 5, "shocks": made})


FUNDS = {"severity": SEVERITY, "losses": [{"items": ["public"]}]}
BUDGET = {
    "severity": SEVERITY,
    "losses": [{"items": ["budget"], "weight": 0.5, "exposure": {"part": ["public"], "whole": ["public", "own"]}}],
}
MARKETS = {
    "severity": SEVERITY,
    "losses": [{"items": ["markets"], "kind": "subtract", "by": ["germany", "france"]}],
}


# --- rules --------------------------------------------------------------------------------


def diversity(*parts: float) -> float:
    items = tuple(f"i{k}" for k in range(len(parts)))
    return float(
        RULES["diversity"].compute(pd.DataFrame([parts], columns=list(items)), Definition("X", "", "", items))[0]
    )


def test_diversity_is_one_less_the_herfindahl_index():
    assert diversity(1, 1) == pytest.approx(0.5)  # two equal sources: Herfindahl 1/2
    assert diversity(1, 1, 1, 1) == pytest.approx(0.75)
    assert diversity(7, 0) == 0  # a monopoly: Herfindahl 1
    assert diversity(50, 30, 20) == pytest.approx(1 - (0.25 + 0.09 + 0.04))
    assert diversity(0, 0) == 0  # no source at all is not diversified
    assert np.isnan(diversity(1, np.nan))
    assert diversity(25) == pytest.approx(1 - (0.0625 + 0.5625))  # a percentage and the rest
    assert diversity(5, 5) == diversity(500, 500)


def test_growth_refers_to_the_number_before():
    items = ("now", "joined", "left")
    table = pd.DataFrame([[110.0, 20.0, 10.0], [5.0, 5.0, 0.0]], columns=list(items))
    out = RULES["growth"].compute(table, Definition("X", "", "", items))
    assert out[0] == pytest.approx(10.0)  # 100 before, 110 now
    assert np.isnan(out[1])  # nobody was there before


# --- severities ---------------------------------------------------------------------------


def test_triangular_quantiles():
    s = Severity(low=0.0, mode=0.5, high=1.0)
    assert shocks.quantile(s, np.array([0.0, 0.125, 0.5, 0.875, 1.0])) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    fixed = Severity(low=0.4, mode=0.4, high=0.4)
    assert set(shocks.quantile(fixed, np.linspace(0, 1, 7))) == {0.4}
    ends = Severity(low=0.2, mode=0.2, high=0.7)
    assert shocks.quantile(ends, np.array([0.0, 1.0])) == pytest.approx([0.2, 0.7])


def test_draws_of_quantiles_fill_their_strata_and_follow_the_seed():
    u = shocks.quantile_draws(50, rng=np.random.default_rng(3))
    assert (np.floor(u * 50) == np.arange(50)).all()
    assert np.array_equal(u, shocks.quantile_draws(50, rng=np.random.default_rng(3)))
    assert not np.array_equal(u, shocks.quantile_draws(50, rng=np.random.default_rng(4)))


# --- strikes ------------------------------------------------------------------------------


def test_severity_zero_changes_no_answer(answers):
    settings = settings_of(a=FUNDS, b=BUDGET, c=MARKETS, d={"combines": ["a", "b", "c"]})
    for name in settings.shocks:
        parts = shocks.severities(settings.shocks[name], settings.shocks, np.array([0.5]))
        hit = shocks.strike(answers, name, settings.shocks, dict.fromkeys(parts, np.zeros(1)))
        pd.testing.assert_frame_equal(hit.answers.set_axis(answers.index), answers)


def test_strikes_by_hand(answers):
    settings = settings_of(a=FUNDS, b=BUDGET, c=MARKETS)
    half = {"": np.array([0.5])}
    hit = shocks.strike(answers, "a", settings.shocks, half).answers
    assert list(hit["public"]) == [50, 25, 0, 40]
    hit, unknown = shocks.strike(answers, "b", settings.shocks, half)
    # 300 (1 - 0.5·0.5·1/2), 100 (1 - 0.25·1/4), no public funds, exposure unknown
    assert list(hit["budget"]) == pytest.approx([262.5, 93.75, 60, 90])
    assert unknown == 1
    hit = shocks.strike(answers, "c", settings.shocks, {"": np.array([1.0])}).answers
    assert list(hit["markets"]) == [10, 0, 0, 5]


def test_more_severity_never_gives_more(answers):
    settings = settings_of(a=FUNDS, b=BUDGET, c=MARKETS)
    steps = np.linspace(0, 1, 9)
    for name, item in (("a", "public"), ("b", "budget"), ("c", "markets")):
        long = shocks.strike(answers, name, settings.shocks, {"": steps}).answers[item].to_numpy().reshape(9, 4)
        assert (np.diff(long, axis=0) <= 1e-12).all()
        assert (long >= 0).all()


def test_a_combination_strikes_one_part_after_another(answers):
    settings = settings_of(a=FUNDS, b=BUDGET, both={"combines": ["a", "b"]})
    hit = shocks.strike(answers, "both", settings.shocks, {"a": np.array([1.0]), "b": np.array([1.0])}).answers
    # public funds are gone before the budget is looked at, so nothing of it is exposed any more
    assert list(hit["public"]) == [0, 0, 0, 0]
    assert list(hit["budget"]) == [300, 100, 60, 90]


def test_wrong_shocks_are_refused(answers):
    with pytest.raises(ValueError, match="must ascend"):
        Severity(low=0.5, mode=0.2, high=0.8)
    with pytest.raises(ValueError, match="combines `nobody`"):
        settings_of(a={"combines": ["nobody"]})
    with pytest.raises(ValueError, match="has `severity` and `losses`, or `combines`"):
        Shock.model_validate({"losses": [{"items": ["public"]}]})
    with pytest.raises(ValueError, match="`by`"):
        Loss.model_validate({"items": ["public"], "kind": "subtract"})
    settings = settings_of(a={"severity": SEVERITY, "losses": [{"items": ["publik"]}]})
    with pytest.raises(MethodError, match=r"shocks\.a: no answer `publik`.*public"):
        shocks.strike(answers, "a", settings.shocks, {"": np.zeros(1)})


# --- scales -------------------------------------------------------------------------------


@pytest.fixture
def small():
    """Two dimensions of two and one indicators, four units."""
    tree = Structure.from_table(
        pd.DataFrame({"parent": ["A", "A", "B", "O", "O", ""], "direction": [1, -1, 1, 1, 1, 1]},
                     index=["a1", "a2", "b1", "A", "B", "O"])
    )  # fmt: skip
    data = pd.DataFrame(
        {"a1": [0.0, 5.0, 10.0, 10.0], "a2": [4.0, 0.0, 2.0, 4.0], "b1": [1.0, 2.0, 3.0, np.nan]},
        index=pd.Index(["R01", "R02", "R03", "R04"], name="respondent_id"),
    )
    method = IndexMethod.model_validate({"aggregation": {"area_from": "subareas"}})
    return data, tree, method


def test_index_by_hand(small):
    data, tree, method = small
    scores = build_index(data, tree, method).scores
    # a1: 0 .5 1 1; a2 turned: 0 1 .5 0; A their mean; b1: 0 .5 1 –; O the mean of A and B, or A alone
    assert list(scores["A"]) == pytest.approx([0, 0.75, 0.75, 0.5])
    assert list(scores["O"]) == pytest.approx([0, 0.625, 0.875, 0.5])


@pytest.mark.parametrize(
    "normalisation", [{"rule": "minmax"}, {"rule": "zscore", "mean": 0.5, "sd": 0.05}, {"rule": "minmax", "upper": 100}]
)
@pytest.mark.parametrize("treatment", [{"rule": "none"}, {"rule": "iqr_cap", "k": 0.5, "side": "both"}])
@pytest.mark.parametrize("imputation", [{"rule": "none"}, {"rule": "median"}])
def test_old_scales_give_the_old_scores(small, normalisation, treatment, imputation):
    data, tree, method = small
    method = method.replaced(normalisation=normalisation, treatment=treatment, imputation=imputation)
    ruler = response.make_ruler(data, tree, method)
    again = response.fixed_scores(data[tree.indicators].to_numpy(), ruler)
    np.testing.assert_allclose(again, ruler.index.scores.to_numpy(), atol=1e-10)


def test_ranks_have_no_scale_to_keep(small):
    data, tree, method = small
    with pytest.raises(MethodError, match="no straight line"):
        response.make_ruler(
            data.assign(a1=[0.0, 1.0, 10.0, 10.0]), tree, method.replaced(normalisation={"rule": "rank"})
        )


def test_loss_of_one_indicator_is_monotone_and_bounded(small):
    data, tree, method = small
    ruler = response.make_ruler(data, tree, method)
    steps = np.linspace(0, 1, 11)
    values = np.stack([data.assign(a1=data["a1"] * (1 - s)).to_numpy() for s in steps])
    scores = response.fixed_scores(values, ruler)[..., tree.aggregates.index("O")]
    assert (np.diff(scores, axis=0) <= 1e-12).all()
    assert scores[-1] == pytest.approx([0, 0.5, 0.625, 0.0])  # a1 is worth 0 to everybody
    lower = response.fixed_scores(data.assign(a1=-99.0).to_numpy(), ruler)[..., tree.aggregates.index("O")]
    assert lower == pytest.approx(scores[-1])  # scales end where they ended


def test_losing_alike_moves_nobody_on_new_scales(small):
    data, tree, method = small
    ruler = response.make_ruler(data, tree, method)
    made, flat = response.renormalised(data.assign(a1=data["a1"] * 0.3), ruler)
    pd.testing.assert_frame_equal(made, ruler.index.scores, check_names=False)
    assert flat == []
    made, flat = response.renormalised(data.assign(a1=0.0), ruler)
    assert flat == ["a1"]
    assert list(made["A"]) == pytest.approx([0, 1, 0.5, 0])


def test_rank_of_one_that_is_struck_alone():
    before = np.array([0.9, 0.5, 0.4])
    assert list(response.rank_alone(before, np.array([0.9, 0.5, 0.4]))) == [1, 2, 3]
    assert list(response.rank_alone(before, np.array([0.45, 0.3, 0.0]))) == [2, 3, 3]


# --- simulation ---------------------------------------------------------------------------


def simulated(answers, seed=5, **made):
    table = answers.assign(markets=answers["markets"] + 1)
    tree = Structure.from_table(pd.DataFrame({"parent": ["O", "O", ""]}, index=["public", "markets", "O"]))

    def compute(found):
        return found["coordinators"][["public", "markets"]]

    ruler = response.make_ruler(compute({"coordinators": table}), tree, IndexMethod())
    settings = settings_of(**(made or {"a": FUNDS, "c": MARKETS, "both": {"combines": ["a", "c"]}}))
    tables = {"coordinators": table}
    run = simulation.simulate(tables, settings, {"O": (ruler, compute)}, rng=np.random.default_rng(seed))
    return run, simulation.response_curves(tables, settings, ruler, compute, "O")


def test_simulation_follows_its_seed(answers):
    first, second, other = simulated(answers)[0], simulated(answers)[0], simulated(answers, seed=6)[0]
    assert first.responses.to_csv() == second.responses.to_csv()
    assert first.severities.to_csv() == second.severities.to_csv()
    assert first.severities.to_csv() != other.severities.to_csv()


def test_responses_lie_between_their_extremes_and_exposure_adds_up(answers):
    run, curves = simulated(answers)
    table = run.responses
    assert (table["p5"] <= table["mean"] + 1e-12).all()
    assert (table["mean"] <= table["p95"] + 1e-12).all()
    assert (table["loss"] >= -1e-12).all()
    assert (table["rank_alone"] >= table["rank_base"] - 1e-12).all()
    singles = table[table["shock"] != "both"]
    exposed = response.most_exposed(singles, "O", 0.25)
    assert exposed["first"].sum() == len(answers)
    assert (exposed["tail"] >= exposed["mean"] - 1e-12).all()
    assert (curves[curves["severity"] == 0]["loss"].abs() < 1e-9).all()
    assert (curves.groupby("shock")["loss"].diff().dropna() >= -1e-9).all()


def test_groups_are_means_of_their_respondents(answers):
    run, _ = simulated(answers, a=FUNDS)
    traits = pd.DataFrame({"size": ["s", "s", "l", "l"]}, index=answers.index)
    found = response.group_losses(run.responses, traits, ["O"]).set_index("group")
    own = run.responses.set_index("respondent_id")
    own = own[own["code"] == "O"]
    assert found.at["s", "loss"] == pytest.approx(own.loc[["R01", "R02"], "loss"].mean())
    assert found.at["l", "relative"] == pytest.approx(
        100 * own.loc[["R03", "R04"], "loss"].sum() / own.loc[["R03", "R04"], "base"].sum()
    )


# --- the edition's own files --------------------------------------------------------------


def test_tree_of_the_edition_is_computable(root):
    from analysis.framework import load_framework

    tree = read_tree(root / "data/framework/resilience")
    framework = load_framework(root / "data")
    definitions = parse_definitions(dataclasses.replace(framework, indicators=tree.indicators))
    assert [d.code for d in definitions] == tree.structure.indicators
    assert len(tree.structure.children(tree.root)) == 8
    method = load_index_method(root / "config/resilience/index.yaml")
    assert method.aggregation.area_from == "subareas"


def test_shocks_of_the_edition_name_answers_that_are_asked(root):
    from analysis.framework import load_framework

    items = load_framework(root / "data").codebooks["coordinators"]["item"]
    table = pd.DataFrame(1.0, index=pd.Index(["R01", "R02"], name="respondent_id"), columns=list(items))
    settings = load_method("default", root / "config").resilience.of_period("2022-2023")
    for name, shock in settings.shocks.items():
        severity = shocks.severities(shock, settings.shocks, np.array([0.5]))
        assert shocks.strike(table, name, settings.shocks, severity).unknown == 0


def test_missing_file_of_the_tree(tmp_path):
    with pytest.raises(FrameworkError, match="does not exist"):
        read_tree(tmp_path)


def test_unknown_key_of_a_shock_is_refused(root, tmp_path):
    (tmp_path / "method").mkdir()
    text = "extends: default\nname: x\ndescription: y\nresilience:\n  shocks:\n    public_funds: {severty: 1}\n"
    (tmp_path / "method/x.yaml").write_text(text)
    (tmp_path / "method/default.yaml").write_text((root / "config/method/default.yaml").read_text("utf-8"))
    with pytest.raises(ConfigError, match="severty"):
        load_method("x", tmp_path)


def test_departure_of_the_middle_of_a_star_leaves_single_nodes():
    star = graphs.make_graph(list("abcde"), [("a", other, 1.0) for other in "bcde"])
    after = after_removal(star, ["a", "b"], draws=20, rng=np.random.default_rng(1))
    assert list(after["degree"]) == [4, 1]
    assert list(after["largest"]) == [25, 100]
    assert after.at["a", "r"] == pytest.approx((1 / 4) * (3 * (1 / 4)))  # three times one node of four, then none
    assert after.at["b", "r"] == pytest.approx((4 - 1) / 4**2)  # a star of four: (N - 1) / N²


def test_indicators_of_the_edition_follow_from_answers(root):
    """The resilience indicators of one invented respondent, by hand."""
    from analysis.framework import load_framework

    framework = load_framework(root / "data")
    tree = read_tree(root / "data/framework/resilience")
    items = framework.codebooks["coordinators"].set_index("item")["type"]
    row = {item: ("" if kind == "single" else 0.0) for item, kind in items.items() if item != "respondent_id"}
    row |= {"strategy_status": "updated", "operational_documents": "detailed", "needs_surveys": "regular"}
    row |= {"own_funds_2023": 300.0, "public_funds_2023": 100.0, "members_total": 110.0, "members_joined": 20.0}
    row |= {"members_left": 10.0, "exporters": 5.0, "members_enterprises": 50.0, "export_revenue_share": 50.0}
    table = pd.DataFrame([row], index=pd.Index(["R01"], name="respondent_id"))
    found = compute_indicators({"coordinators": table}, dataclasses.replace(framework, indicators=tree.indicators))
    expected = {"O1.1": 2, "O5.1": 1 - 0.75**2 - 0.25**2, "O5.2": 300, "O6.2": 10, "O6.3": 0.5, "O7.1": 10}
    assert found.loc["R01", list(expected)].to_dict() == pytest.approx(expected)


def test_shocks_need_a_period_of_two_years(root):
    from analysis.errors import ConfigError

    shocked = load_method("default", root / "config").resilience
    assert "budget_2024" in shocked.of_period("2024-2025").model_dump_json()
    with pytest.raises(ConfigError, match="write it as 2022-2023"):
        shocked.of_period("2024")
