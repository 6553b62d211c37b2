"""Strategy monitor, picks, members' view, contest shares and the previous edition, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import ConfigError, DataError, MethodError
from analysis.profiles import individual
from analysis.profiles.individual.strategies import Kpi, Measure, status_of

KNOWN = {"indicator": ["III.2.1"], "question": ["members_joined"], "characteristic": ["kkk"]}


def test_worked_example_is_measured(root: Path) -> None:
    tables = {
        "indicator": pd.Series({"III.2.1": 3.0}),
        "question": pd.Series(
            {"members_joined": 10, "public_funds_2022": 100, "public_funds_2023": 300, "foreign_fairs": 2,
             "other_foreign_events": None}
        ),
        "characteristic": pd.Series({"kkk": "not KKK"}),
    }  # fmt: skip
    made = individual.measured_goals(
        root / "data/examples/strategy_microepc.yaml", tables, on_track=0.7, period="2022-2023"
    )
    assert made["status"].to_list() == ["not_met", "no_target", "on_track", "met", "not_measurable"]
    assert made["own"].to_list()[1:4] == [200, 1.5, 5] and made.at[0, "own_word"] == "nieuzyskany"


def test_way_from_the_baseline_and_less_is_better() -> None:
    goal = Kpi(id="a", name="A", target=10, baseline=5, measure=Measure(indicator="III.2.1"))
    assert [status_of(goal, v, on_track=0.8) for v in (10, 9, 8)] == ["met", "on_track", "not_met"]
    less = Kpi(id="b", name="B", target=5, baseline=10, direction="at_most", measure=Measure(indicator="III.2.1"))
    assert [status_of(less, v, on_track=0.8) for v in (5, 6, 7)] == ["met", "on_track", "not_met"]


def test_broken_strategy_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "R01.yaml"
    path.write_text(
        "title: T\nperiod: 2025-2030\nkpis:\n- {id: a, name: A, target: 1, colour: x, measure: {indicator: III.2.1}}\n"
        "- {id: b, name: B, target: 1, measure: null}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"(?s)R01\.yaml:.*kpis\.0\.colour: unknown key.*kpis\.1: .*why_not"):
        individual.load_strategy(path, KNOWN)
    path.write_text(
        "title: T\nperiod: 2025-2030\nkpis:\n- {id: a, name: A, target: 1, measure: {question: members_joind}}\n",
        "utf-8",
    )
    with pytest.raises(ConfigError, match="`members_joind` is not known; did you mean members_joined"):
        individual.load_strategy(path, KNOWN)


def test_records_are_picked_for_the_weakest_first() -> None:
    records = pd.DataFrame({"record": ["p", "q", "r"], "codes": [["I.1", "II.2"], ["II.2"], ["V"]]})
    made = individual.pick_records(records, ["II.2", "V.3", "I.1"], top=3, prefix="practice")
    assert made[["record", "subarea"]].to_numpy().tolist() == [["q", "II.2"], ["r", "V.3"], ["p", "I.1"]]


def test_shares_of_the_contest() -> None:
    results = pd.DataFrame(
        {"key": ["a", "b"], "name_pl": ["A", "B"], "value": ["34.42", "26.98"], "note": "",
         "indicator_or_expression": ["100 * x / y", ""]}
    )  # fmt: skip
    everyone = pd.DataFrame({"x": [1.0, 2.0], "y": [4.0, 4.0]}, index=["R01", "R02"])
    made = individual.share_board(results, everyone.loc["R01"], everyone, min_peers=2)
    assert made.loc[0, ["own", "median"]].to_list() == [25.0, 37.5] and made["state"].to_list() == [
        "measured",
        "not_here",
    ]
    with pytest.raises(MethodError, match="the survey has no `z`"):
        individual.share_board(
            results.replace("100 * x / y", "100 * z / y"), everyone.loc["R01"], everyone, min_peers=2
        )


def test_previous_edition_is_read_only_through_the_link(tmp_path: Path) -> None:
    edition, build = tmp_path / "2024", tmp_path / "2022"
    assert individual.previous_of(edition, build, "R01", ["R01"]) == ""
    (edition / "private").mkdir(parents=True)
    (edition / "private/previous_respondents.csv").write_text("respondent_id,previous_id\nR01,P2\n", "utf-8")
    with pytest.raises(DataError, match="build it first"):
        individual.previous_of(edition, build, "R01", ["R01"])
    (build / "30_scores").mkdir(parents=True)
    (build / "20_indicators").mkdir()
    (build / "30_scores/scores.csv").write_text("respondent_id,code,score\nP1,ALL,0.2\nP2,ALL,0.4\n", "utf-8")
    (build / "20_indicators/indicators.csv").write_text("respondent_id,I.1.1\nP1,10\nP2,20\n", "utf-8")
    assert individual.previous_of(edition, build, "R01", ["R01"]) == "P2"
    ids = pd.Index(["R01", "R02"], name="respondent_id")
    scores, values = pd.DataFrame({"ALL": [0.3, 0.5]}, ids), pd.DataFrame({"I.1.1": [30.0, 50.0]}, ids)
    kept, moved = individual.changes(build, "P2", scores, values, pd.Series({"I.1.1": 1}), "R01", top=3)
    assert kept[["before", "now", "shift"]].to_numpy().tolist() == [[0.4, 0.3, -100.0]]
    assert moved[["before", "now", "change"]].to_numpy().tolist() == [[20.0, 30.0, 10.0]]
