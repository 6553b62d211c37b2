"""Two sides of a comparison: counted by hand, refused when nothing fits, and the facts of the report as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.compare import (
    Side,
    agreement,
    changed_facts,
    compare_sides,
    edition_inputs,
    group_medians,
    side_of_method,
    side_of_scores,
)
from analysis.config import load_method
from analysis.errors import ConfigError
from analysis.facts import FactSet
from analysis.tables import load_labels


def side(name: str, scores: dict[str, float], fact: float | None = None) -> Side:
    table = pd.DataFrame({"X": scores}).rename_axis("unit")
    facts = FactSet(name)
    if fact is not None:
        facts.add("a.b", fact, unit="score", decimals=2, table="t.csv", key="k", column="c")
    return Side(name, table, table.rank(ascending=False), facts=facts)


def test_moves_and_correlations_counted_by_hand() -> None:
    first, second = side("a", {"u": 3, "v": 2, "w": 1, "x": 0}), side("b", {"v": 9, "u": 5, "w": 4, "z": 1})
    table = compare_sides(first, second)
    assert table["unit"].tolist() == ["u", "v", "w"], "units of both, in the order of the first"
    assert table["rank_change"].tolist() == [-1, 1, 0] and table["score_change"].tolist() == [2, 7, 3]
    row = agreement(table).iloc[0]
    assert row["spearman"] == pytest.approx(0.5) and row["kendall"] == pytest.approx(1 / 3)
    assert row["largest_shift"] == 1 and row["moved"] == 2 and row["mean_shift"] == pytest.approx(2 / 3)


def test_facts_differ_by_what_is_printed() -> None:
    first, second = side("a", {"u": 1}, 0.301), side("b", {"u": 1}, 0.304)
    assert not len(changed_facts(first, second)), "both print 0,30"
    table = changed_facts(first, side("b", {"u": 1}, 0.306))
    assert table.loc[0, ["id", "old", "new"]].tolist() == ["a.b", "0,30", "0,31"]
    assert changed_facts(first, side("b", {"u": 1})).loc[0, "new"] == ""


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(ConfigError, match="have no unit in common"):
        compare_sides(side("a", {"u": 1}), side("b", {"v": 1}))


def test_folders_are_read_or_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no scores\.csv"):
        side_of_scores(tmp_path)
    (tmp_path / "scores.csv").write_text("unit,code,score\nu,X,1\n")
    with pytest.raises(ConfigError, match="no column rank"):
        side_of_scores(tmp_path)
    (tmp_path / "scores.csv").write_text("unit,code,score,rank\nu,X,1,1\nu,X,2,1\n")
    with pytest.raises(ConfigError, match="u, X stands there twice"):
        side_of_scores(tmp_path)
    (tmp_path / "scores.csv").write_text("unit,code,score,rank\n7,X,1,2\n8,X,2,1\n")
    assert side_of_scores(tmp_path).scores.index.tolist() == ["7", "8"]


@pytest.mark.product
def test_facts_of_the_default_method_are_those_of_the_report(root: Path, build: Path) -> None:
    inputs = edition_inputs(build, root / "data", load_labels(root / "report/labels"))
    default = side_of_method(inputs, load_method("default", root / "config"))
    printed = json.loads((build / "facts.json").read_text("utf-8"))
    assert default.facts is not None and len(default.facts) > 3000
    for fact in default.facts:
        assert printed[fact.id]["value"] == pytest.approx(fact.value), fact.id


@pytest.mark.product
def test_a_method_is_itself_and_differs_from_the_text(root: Path, build: Path) -> None:
    inputs = edition_inputs(build, root / "data", load_labels(root / "report/labels"))
    default, published, text = (
        side_of_method(inputs, load_method(name, root / "config")) for name in ("default", "published", "text")
    )
    assert compare_sides(default, published)["score_change"].dropna().eq(0).all()
    assert not len(changed_facts(default, published))
    table, facts, medians = compare_sides(default, text), changed_facts(default, text), group_medians(default, text)
    subareas = table[table["code"].str.contains(r"\.")]
    assert subareas["score_change"].dropna().eq(0).all() and table["score_change"].abs().max() > 0.01
    row = facts.set_index("id").loc["method.area_from"]
    assert (row["old"], row["new"]) == ("indicators", "subareas")
    assert not facts["id"].str.contains(r"^score\.I\.1\.").any() and facts["id"].str.startswith("score.I.").any()
    assert medians is not None and medians["group"].iloc[0] == "all" and medians["change"].notna().any()


@pytest.mark.product
def test_the_command_writes_and_names_what_it_does_not_know(
    root: Path, build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "published", "cap_both", "--out", str(tmp_path / "out")]) == 0
    assert "Kendall" in capsys.readouterr().out
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["agreement.csv", "facts.csv", "group_medians.csv", "scores.csv"]
    assert main(["compare", "published", "cap_bth", "--out", str(tmp_path / "no")]) == 2
    assert "did you mean cap_both" in capsys.readouterr().err and not (tmp_path / "no").exists()
    assert main(["compare", str(build), "zscore", "--out", str(tmp_path / "mixed")]) == 0
    assert sorted(p.name for p in (tmp_path / "mixed").iterdir()) == ["agreement.csv", "scores.csv"]
