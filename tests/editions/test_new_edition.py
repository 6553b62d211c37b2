"""The next edition: made whole or not at all, computed from made-up answers, compared with the edition before."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.cli import main
from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.editions import make_edition
from analysis.editions.scaffold import _widen_recruitment
from analysis.editions.years import move_years, moved_table
from analysis.errors import ConfigError
from analysis.framework import comparable, load_framework, read_text_table
from analysis.indicators import compute_indicators
from analysis.ingest import validate_edition
from analysis.madeup import Size, make_up, write_made_up
from analysis.profiles import statistics, trends
from analysis.sources import Edition, load_edition, sha256
from analysis.workspace import Workspace, open_workspace

pytestmark = pytest.mark.product


@pytest.fixture
def data(root: Path, tmp_path: Path) -> Path:
    """The inputs that a new edition is made from; no answers among them."""
    folder = tmp_path / "data"
    for name in ("framework", "reference"):
        shutil.copytree(root / "data" / name, folder / name)
    for name in ("history.csv", "2024/edition.yaml"):
        (folder / "editions" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "data/editions" / name, folder / "editions" / name)
    return folder


def filler(data: Path, respondents: int = 24, members: int = 130) -> Any:
    def fill(edition: Edition) -> None:
        made = make_up(
            load_framework(edition.root), edition.framework, year=edition.year, size=Size(respondents, members),
            seed=5, reference=data / "reference",
        )  # fmt: skip
        write_made_up(made, edition.raw, year=edition.year, seed=5, date="2027-11-30")

    return fill


@pytest.fixture
def edition(root: Path, data: Path, build: Path) -> Workspace:
    make_edition(data, build, 2026, 2024, fill=filler(data))
    return open_workspace(2026, "default", data, data.parent / "build/2026", root / "config")


def test_from_made_up_answers_to_scores_and_trends(edition: Workspace, build: Path) -> None:
    validated = validate_edition(edition.edition, edition.framework)
    indicators = compute_indicators(validated.tables, edition.framework)
    assert indicators.shape == (24, len(edition.framework.codes))
    structure = Structure.from_hierarchy(edition.framework.indicators)
    scores = build_index(indicators, structure, edition.method).scores
    assert scores["ALL"].between(0, 1).all()
    described = statistics.indicator_statistics(indicators).set_index("code")
    changes = trends.trend_table(
        edition.previous("statistics"), described, edition.previous("comparability", keep_default_na=False)
    )
    # what the edition before computed is what this one compares itself with, unrounded
    then = pd.read_csv(build / "40_analyses/indicator_statistics.csv").set_index("code")
    means = changes[changes["statistic"] == "mean"].set_index("subject")
    assert set(means.index) == set(edition.framework.codes)
    pd.testing.assert_series_equal(means["before"], then["mean"].loc[means.index], check_names=False)
    assert (changes["comparable"] == "yes").all()


def test_three_editions_in_the_table_of_all(edition: Workspace) -> None:
    table = trends.edition_history(edition.history(), {"clusters": 24}, 2026, "2024-2025")
    clusters = table[table["metric"] == "clusters"].set_index("edition")
    assert {2022, 2024, 2026} <= set(clusters.index)
    assert clusters.at[2024, "value"] == 42 and clusters.at[2026, "origin"] == "computed"


def test_the_framework_is_its_own_and_speaks_of_its_years(edition: Workspace, root: Path) -> None:
    assert edition.framework_dir == edition.edition.root / "framework"
    items = {str(i) for book in edition.framework.codebooks.values() for i in book["item"]}
    assert {"budget_2024", "budget_2025"} <= items
    assert not [i for i in items if i.endswith(("_2022", "_2023"))]
    used = {i for text in edition.framework.indicators["items"] for i in text.split(";")}
    assert used <= items
    shocked = [i for s in edition.method.resilience.shocks.values() for loss in s.losses for i in loss.items]
    assert "budget_2024" in shocked and {i for i in shocked if "*" not in i} <= items
    wording = read_text_table(edition.framework_dir / "questionnaires/coordinators.csv")["question_pl"]
    assert wording.str.contains("koniec 2025 r.").any() and not wording.str.contains("2023").any()
    codes = load_framework(root / "data").codes
    assert edition.framework.codes == codes


def test_changed_indicators_are_not_compared(edition: Workspace) -> None:
    folder = edition.framework_dir
    indicators = read_text_table(folder / "indicators.csv")
    first, second, third = indicators["code"][:3]
    indicators.loc[0, "unit"] = "points"
    indicators = indicators[indicators["code"] != second]
    indicators.to_csv(folder / "indicators.csv", index=False)
    book = read_text_table(folder / "questionnaires/coordinators.csv")
    item = indicators.set_index("code").at[third, "items"].split(";")[0]
    book.loc[book["item"] == item, "question_pl"] = "Inne pytanie?"
    book.to_csv(folder / "questionnaires/coordinators.csv", index=False)
    again = Workspace(edition.data_dir, edition.build_dir, edition.config_dir, edition.edition, "default")
    decided = again.previous("comparability", keep_default_na=False).set_index("subject")
    assert decided.loc[[first, second, third], "comparable"].tolist() == ["no", "no", "no"]
    assert decided.at[second, "reason_pl"] == "wskaźnika nie ma w tej edycji"
    others = decided.drop(index=[s for s in decided.index if s.split(":")[0] in (first, second, third)])
    assert (others["comparable"] == "yes").all()


def test_a_decision_with_a_reason_stands() -> None:
    decided = pd.DataFrame(
        [["A", "yes", "zmieniono tylko brzmienie", "only the wording"], ["B", "yes", "", ""], ["B:x", "yes", "", ""]],
        columns=["subject", "comparable", "reason_pl", "reason_en"],
    )
    marked = comparable(decided, {"A": "changed", "B": "changed", "C": "added"}).set_index("subject")
    assert marked["comparable"].to_dict() == {"A": "yes", "B": "no", "B:x": "no", "C": "no"}
    assert marked.at["A", "reason_pl"] == "zmieniono tylko brzmienie"


def test_same_inputs_same_bytes(data: Path, build: Path) -> None:
    hashes = []
    for _ in range(2):
        made = make_edition(data, build, 2026, 2024, fill=filler(data))
        hashes.append({p.relative_to(made.root): sha256(p) for p in made.root.rglob("*") if p.is_file()})
        shutil.rmtree(made.root)
    assert hashes[0] == hashes[1] and len(hashes[0]) > 40


def test_nothing_is_overwritten_and_nothing_half_written(data: Path, build: Path) -> None:
    def broken(edition: Edition) -> None:
        (edition.raw / "coordinators.csv").write_text("half")
        raise ConfigError("the disk is full")

    before = sorted(p for p in data.rglob("*"))
    with pytest.raises(ConfigError, match="the disk is full"):
        make_edition(data, build, 2026, 2024, fill=broken)
    assert sorted(p for p in data.rglob("*")) == before
    target = data / "editions/2026"
    target.mkdir()
    (target / "mine.txt").write_text("answers")
    with pytest.raises(ConfigError, match="exists already and is left as it is"):
        make_edition(data, build, 2026, 2024)
    assert [p.name for p in target.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("year", [2024, 2022, 1999, 20266])
def test_a_year_that_cannot_follow(data: Path, build: Path, year: int) -> None:
    with pytest.raises(ConfigError, match="cannot follow edition 2024"):
        make_edition(data, build, year, 2024)


def test_the_edition_before_must_be_built(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="klastry build --edition 2024"):
        make_edition(data, tmp_path / "build/2024", 2026, 2024)


def test_copied_numbers_stop_a_survey(data: Path, build: Path) -> None:
    made = make_edition(data, build, 2026, 2024)
    assert list((made.root / "raw").iterdir()) == []
    with pytest.raises(ConfigError, match="still those of another edition"):
        load_edition(2026, data)
    path = made.root / "edition.yaml"
    info = yaml.safe_load(path.read_text("utf-8"))
    assert (info["provenance"], info["previous_edition"], info["period"]) == ("survey", 2024, "2024-2025")
    for entry in info["design"].values():
        del entry["copied_from"]
    path.write_text(yaml.safe_dump(info, allow_unicode=True), "utf-8")
    assert load_edition(2026, data).year == 2026


def test_years_move_and_others_stay() -> None:
    text = "budget_2022; od 2010 r.; ISO 20221; 2022–2023; 31.12.2023"
    assert move_years(text, 2, 2020, 2025) == "budget_2024; od 2010 r.; ISO 20221; 2024–2025; 31.12.2025"
    table = pd.DataFrame({"item": ["a_2022", "b"], "max": ["2020", ""]})
    moved, changes = moved_table(table, "f.csv", 2, 2020, 2025)
    assert moved["max"].tolist() == ["2020", ""]  # a bound is decided by people
    assert changes.to_numpy().tolist() == [["f.csv", 2, "item", "a_2022", "a_2024"]]


def test_an_export_is_read_by_the_codebook_of_its_edition_and_told_in_its_language(
    edition: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = edition.data_dir.parent
    (project / "workflow").mkdir()
    (project / "workflow/Snakefile").write_text("", "utf-8")
    monkeypatch.setenv("KLASTRY_PROJECT", str(project))
    source, mapping = tmp_path / "export.csv", tmp_path / "mapping.yaml"
    shutil.copy(edition.edition.raw / "coordinators.csv", source)
    told = ["import", str(source), "--edition", "2026", "--mapping", str(mapping), "--lang", "pl"]
    assert main([*told, "--propose", "--instrument", "coordinators"]) == 0
    proposed = yaml.safe_load(mapping.read_text("utf-8"))
    mapping.write_text(yaml.safe_dump({**proposed, "checked": True, "checked_by": "A person"}), "utf-8")
    assert main([*told, "--out", str(tmp_path / "raw")]) == 0
    read = pd.read_csv(tmp_path / "raw/coordinators.csv", dtype=str)
    assert list(read.columns) == edition.framework.codebooks["coordinators"]["item"].to_list()
    assert {"budget_2024", "budget_2025"} <= set(read.columns) and read["budget_2025"].notna().any()
    said = capsys.readouterr().out
    for word in ("kolumny dopasowane", "sprawdź, ustaw", "co zmieniono", "teraz: porównaj"):
        assert word in said
    assert not [word for word in ("columns matched", "next:", "rows", "to decide") if word in said]


def test_more_made_up_clusters_than_the_edition_before_had_invited_are_still_invited() -> None:
    design = {
        name: {"value": value, "unit": "clusters", "copied_from": 2024}
        for name, value in (
            ("previous_known", 200),
            ("previous_active", 80),
            ("base_active", 70),
            ("base_eligible", 60),
        )
    } | {"clusters_took_part": {"value": 100, "unit": "clusters"}}
    copied = list(design)
    _widen_recruitment(design, copied)
    steps = [entry["value"] for entry in design.values()]
    assert steps == sorted(steps, reverse=True) and steps[-2:] == [100, 100]
    assert copied == ["clusters_took_part"] and "made up" in design["base_eligible"]["note"]
    _widen_recruitment(design, copied)
    assert [entry["value"] for entry in design.values()] == steps
