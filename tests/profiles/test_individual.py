"""Individual reports: ranks and percentiles worked by hand, peers only in groups that are large enough."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.framework import load_framework
from analysis.profiles import individual
from analysis.profiles.cross_sections import cross_sections

IDS = pd.Index([f"R{i:02d}" for i in range(1, 12)], name="respondent_id")
SECTORS = ["bio"] * 4 + ["ict"] * 7
TRAITS = pd.DataFrame({"sector": SECTORS, "size": ["20-49"] * 5 + ["50-79"] * 6}, index=IDS)
SCORES = pd.DataFrame(
    {
        "I.1": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        "I.2": [0.9, 0.5, 0.5, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, np.nan],
        "I": [0.45, 0.3, 0.35, 0.2, 0.3, 0.4, 0.5, 0.65, 0.75, 0.85, 1.0],
    },
    index=IDS,
)
GROUPS = pd.DataFrame(
    {
        "dimension": ["all", "sector", "sector", "size", "size"],
        "group": ["all", "bio", "ict", "20-49", "50-79"],
    }
)


def cross_of(scores: pd.DataFrame, traits: pd.DataFrame = TRAITS) -> pd.DataFrame:
    return cross_sections(scores, traits, GROUPS, dimensions=["all", "sector", "size"])


def standing_of(scores: pd.DataFrame, respondent: str) -> pd.DataFrame:
    ranks = scores.rank(ascending=False, method="min")
    return individual.standing(scores, ranks, cross_of(scores), respondent, min_peers=5).set_index("code")


def peers_of(scores: pd.DataFrame, respondent: str) -> pd.DataFrame:
    return individual.peer_medians(scores, TRAITS, cross_of(scores), respondent, min_peers=5).set_index("code")


def test_percentile_rank_by_hand() -> None:
    # R02 in I.2: of nine others with a score, four lie below 0.5 and one is equal.
    ranks = individual.percentile_ranks(SCORES, "R02")
    assert ranks["I.2"] == pytest.approx(100 * (4 + 0.5) / 9)
    assert ranks["I.1"] == pytest.approx(100 * 1 / 10)
    # Best and worst reach the ends; a respondent without a score has no percentile.
    assert individual.percentile_ranks(SCORES, "R11")["I.1"] == 100
    assert individual.percentile_ranks(SCORES, "R01")["I.1"] == 0
    assert np.isnan(individual.percentile_ranks(SCORES, "R11")["I.2"])


def test_standing_by_hand() -> None:
    table = standing_of(SCORES, "R03")
    assert table.loc["I.1", ["own", "rank", "n"]].to_list() == [0.2, 9, 11]
    assert table.loc["I.1", ["q1", "median", "q3", "benchmark"]].to_list() == pytest.approx([0.25, 0.5, 0.75, 1.0])
    # Equal scores share the better rank; who has no score is not counted.
    assert table.loc["I.2", ["rank", "n"]].to_list() == [5, 10]
    alone = standing_of(SCORES, "R11")
    assert pd.isna(alone.at["I.2", "own"]) and pd.isna(alone.at["I.2", "rank"]) and alone.at["I.2", "median"] == 0.5


def test_group_under_five_is_replaced_by_all() -> None:
    table = peers_of(SCORES, "R02")
    assert table.at["I.1", "sector"] == 0.5 and table.at["I.1", "sector_replaced"] == 1
    assert table.at["I.1", "sector_n"] == 11, "the size of the small group is not told"
    # Five are enough: the median of 0, 0.1, 0.2, 0.3, 0.4.
    assert table.loc["I.1", ["size", "size_n", "size_replaced"]].to_list() == [0.2, 5, 0]


def test_only_respondents_with_a_score_count_as_peers() -> None:
    scores = SCORES.copy()
    scores.loc["R01", "I.2"] = np.nan
    table = peers_of(scores, "R02")
    assert table.at["I.2", "size_replaced"] == 1 and table.at["I.1", "size_replaced"] == 0
    assert table.at["I.2", "size"] == scores["I.2"].median()


def test_nothing_of_a_small_group_shows_through() -> None:
    # Four respondents from all over the scale share a branch. One of them answers otherwise: the median of the four
    # moves, the quartiles and the benchmark of all do not, so no cell of another one's report may move.
    traits = TRAITS.assign(sector=["bio" if i in ("R02", "R05", "R07", "R10") else "ict" for i in IDS])
    reports, medians = [], []
    for answer in (0.4, 0.45):
        scores = SCORES[["I.1"]].copy()
        scores.loc["R05", "I.1"] = answer
        cross = cross_of(scores, traits)
        medians.append(cross.loc[(cross["group"] == "bio") & (cross["measure"] == "median"), "value"].item())
        ranks = scores.rank(ascending=False, method="min")
        own = individual.standing(scores, ranks, cross, "R02", min_peers=5)
        reports.append(
            own.merge(individual.peer_medians(scores, traits, cross, "R02", ["sector"], min_peers=5), on="code")
        )
    assert medians == pytest.approx([0.5, 0.525])
    pd.testing.assert_frame_equal(reports[0], reports[1])


def test_no_minimum_or_maximum_of_a_group_is_given() -> None:
    allowed = {"own", "rank", "n", "percentile", "q1", "median", "q3", "benchmark"}
    assert set(standing_of(SCORES, "R02").columns) == allowed
    peers = peers_of(SCORES, "R02")
    assert set(peers.columns) == {f"{d}{end}" for d in ("sector", "size") for end in ("", "_n", "_replaced")}


def test_small_set_has_no_distribution() -> None:
    few = SCORES.iloc[:4]
    groups = GROUPS[GROUPS["group"].isin(["all"])]
    cross = cross_sections(few, TRAITS.iloc[:4], groups, dimensions=["all"])
    table = individual.standing(few, few.rank(ascending=False), cross, "R01", min_peers=5)
    assert table[["q1", "median", "q3", "benchmark"]].isna().all(axis=None)


def told_of(table: pd.DataFrame, **changes: list[object]) -> pd.DataFrame:
    base = {"distinct": 1.0, "at_worst": False, "at_best": False}
    return pd.DataFrame({**base, **changes}, index=pd.Index(table["code"], name="code"))


EXTREMES = pd.DataFrame(
    {
        "code": ["a", "b", "c", "d", "e", "f", "g"],
        "own": [0.5, 0.9, 0.1, 0.2, 0.6, 0.3, np.nan],
        "median": [0.4, 0.5, 0.3, 0.3, 0.2, 0.35, 0.5],
        "percentile": [60.0, 90.0, 10.0, 20.0, 60.0, 40.0, np.nan],
        "rank": [5, 2, 10, 9, 5, 7, pd.NA],
        "n": [11] * 7,
    }
)
NAMES = {c: c.upper() for c in "abcdefg"}


def test_strengths_and_weaknesses_by_rule() -> None:
    made = individual.extremes(EXTREMES, told_of(EXTREMES), NAMES, top=3, distinct_at_least=0.25)
    # e and a share a percentile: e is farther above its median.
    assert made.loc[made["side"] == "strength", "code"].to_list() == ["b", "e", "a"]
    assert made.loc[made["side"] == "weakness", "code"].to_list() == ["c", "d", "f"]
    assert made["id"].to_list()[:2] == ["strength.1", "strength.2"] and made["name"].iloc[0] == "B"
    assert made.groupby("side")["above"].sum().to_dict() == {"strength": 3, "weakness": 0}
    # With five scores only two on each side, so that none is both.
    few = EXTREMES.iloc[:5]
    short = individual.extremes(few, told_of(few), NAMES, top=3, distinct_at_least=0.25)
    assert len(short) == 4 and not short["code"].duplicated().any()


def test_what_hardly_tells_clusters_apart_is_neither_strength_nor_weakness() -> None:
    told = told_of(EXTREMES, distinct=[1, 0.2, 1, 1, 1, 1, 1], at_worst=[False] * 4 + [True, False, False])
    made = individual.extremes(EXTREMES, told, NAMES, top=2, distinct_at_least=0.25)
    # b has too few distinct values, e ties with the worst of all.
    assert made.loc[made["side"] == "strength", "code"].to_list() == ["a", "f"]
    tied = told_of(EXTREMES, at_best=[False, False, True] + [False] * 4)
    made = individual.extremes(EXTREMES, tied, NAMES, top=2, distinct_at_least=0.25)
    assert made.loc[made["side"] == "weakness", "code"].to_list() == ["d", "f"]


def test_distinctness_by_hand() -> None:
    values = pd.DataFrame({"a": [0, 0, 0, 5, np.nan], "b": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=IDS[:5])
    told = individual.distinctness(values, "R01")
    assert told["distinct"].to_list() == [0.5, 1.0]
    assert told["at_worst"].to_list() == [True, True] and told["at_best"].to_list() == [False, False]
    # Where less is better the ends change places.
    turned = individual.distinctness(values, "R01", pd.Series({"a": -1, "b": 1}))
    assert turned.at["a", "at_best"] and not turned.at["a", "at_worst"]


def test_indicator_profile(root: Path) -> None:
    framework = load_framework(root / "data")
    codes = framework.codes
    values = pd.DataFrame(7.0, index=IDS, columns=codes)
    values.loc["R01", "I.1.4"] = 2.5
    values.loc["R01", "I.3.1"] = np.nan
    log = pd.DataFrame({"respondent_id": ["R01", "R02"], "code": ["I.1.1", "I.1.2"]})
    statistics = pd.DataFrame({"code": codes, "n": 11, "q1": 6.0, "median": 7.0, "q3": 8.0})
    statistics.loc[statistics["code"] == "I.2.1", "n"] = 4
    made = individual.indicator_profile(values, values / 10, log, statistics, framework, "R01", min_peers=5).set_index(
        "code"
    )
    assert list(made.index) == codes
    # Only one's own capping is shown; without an answer there is nothing to cap.
    assert made.at["I.1.1", "capped"] == 1 and made.at["I.1.2", "capped"] == 0 and pd.isna(made.at["I.3.1", "capped"])
    assert made["missing"].sum() == 1 and made.at["I.3.1", "missing"] == 1
    assert made.at["I.1.4", "percentile"] == 0 and made.at["I.1.1", "percentile"] == 50
    # Whole persons need no decimals, half a post does, amounts keep theirs.
    assert made.loc[["I.1.4", "I.1.3", "I.2.2"], "own_decimals"].to_list() == [1, 0, 1]
    # The statistics of four answers are not shown.
    assert made.loc["I.2.1", ["q1", "median", "q3"]].isna().all()


def test_unknown_respondents_and_groups_are_named(root: Path) -> None:
    with pytest.raises(MethodError, match="no respondent `R99` among 11"):
        individual.percentile_ranks(SCORES, "R99")
    framework = load_framework(root / "data")
    with pytest.raises(MethodError, match="group `space` of `sector`"):
        individual.card(TRAITS.assign(sector="space"), framework, "R01", ["sector"])
    cards = individual.card(TRAITS, framework, "R01", ["size", "sector"])
    assert cards["value"].to_list() == ["małe (20–49 członków)", "Biotechnologia i medycyna"]
