"""Criteria of the KKK contest and mean results of its third round."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import ConfigError
from analysis.framework import Framework, load_framework
from analysis.knowledge.kkk import facts_table, load_contest


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


@pytest.fixture
def own(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data/knowledge/kkk"
    shutil.copytree(root / "data/knowledge/kkk", folder)
    return folder


def test_criteria_and_results_as_the_ministry_showed_them(root: Path, framework: Framework) -> None:
    contest = load_contest(root / "data/knowledge/kkk", framework)
    assert [c.no for c in contest.criteria] == list(range(1, 24))
    sizes = [sum(c.area_no == no for c in contest.criteria) for no, _ in contest.areas]
    assert sizes == [3, 4, 4, 3, 4, 5]
    assert [r.value for r in contest.results] == [34.42, 28.80, 26.98, 31.63, 35.30]
    assert all(c.note for c in contest.criteria) and all(r.note for r in contest.results)
    facts = facts_table(contest).set_index("id")
    assert facts.at["kkk.criteria.measured", "value"] == sum(bool(c.indicator) for c in contest.criteria)


def test_share_from_answers(root: Path, framework: Framework) -> None:
    results = {r.id: r for r in load_contest(root / "data/knowledge/kkk", framework).results}
    answers = pd.DataFrame({"exporters": [10, 5, None], "members_enterprises": [40, 0, 3]}, index=["A", "B", "C"])
    shares = results["exporters"].share(answers)
    assert shares is not None and shares["A"] == 25 and shares[["B", "C"]].isna().all()
    assert results["industry_4"].share(answers) is None


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "criteria.csv",
            ",I.1.4,",
            ",I.1.44,",
            "criteria.csv:2: indicator: unknown indicator `I.1.44`; did you mean",
        ),
        (
            "criteria.csv",
            "3,Potencjał gospodarczy,Economic potential,9",
            "3,Potencjał,Economic potential,9",
            "is called",
        ),
        ("criteria.csv", ",23,", ",22,", "kkk/criteria.csv:24: `22` is taken"),
        (
            "results.csv",
            "100 * exporters",
            "100 * exporter",
            "no question `exporter` of the coordinators; did",
        ),
        ("results.csv", "100 * exporters /", "exporters /", "is not of the form"),
        ("results.csv", "26.98", "dużo", "kkk/results.csv:4: value: Input should be a valid number"),
    ],
)
def test_broken_row(own: Path, framework: Framework, file: str, old: str, new: str, message: str) -> None:
    text = (own / file).read_text("utf-8")
    assert old in text
    (own / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_contest(own, framework)
    assert message in str(error.value)
