"""The good practices: sixteen records, the matrix of the source, numbers that are used, broken records that stop."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.charts import polish_number
from analysis.errors import ConfigError
from analysis.framework import Framework, load_framework
from analysis.knowledge import load_library
from analysis.knowledge.practices import (
    Practice,
    coverage,
    facts_table,
    load_practices,
    overview,
    practice_matrix,
    stated_numbers,
)
from analysis.tables import practices as shown

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def framework() -> Framework:
    return load_framework(ROOT / "data")


@pytest.fixture(scope="module")
def practices(framework: Framework) -> list[Practice]:
    return load_practices(ROOT / "data/knowledge/practices", framework)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the inputs in which a record may be broken."""
    for part in ("knowledge", "framework"):
        shutil.copytree(ROOT / "data" / part, tmp_path / "data" / part)
    raw = tmp_path / "data/editions/2024/raw"
    raw.mkdir(parents=True)
    for name in ("registry.csv", "cooperation_nodes.csv"):
        shutil.copy(ROOT / "data/editions/2024/raw" / name, raw)
    return tmp_path / "data/knowledge/practices"


def test_sixteen_practices_in_printed_order(practices: list[Practice]) -> None:
    assert [p.section for p in practices] == [f"9.2.{i}" for i in range(1, 14)] + [f"9.3.{i}" for i in range(1, 4)]
    assert sum(p.domestic for p in practices) == 13
    assert {p.country for p in practices if not p.domestic} == {"FR", "ES", "NL"}
    assert all((p.comment is not None) == p.domestic for p in practices)


def test_matrix_is_that_of_the_source(practices: list[Practice], framework: Framework) -> None:
    """Distribution of the key areas, and how often a sub-area is served, counted by hand in the printed report."""
    counts = coverage(practice_matrix(practices, framework.subareas.index))
    served = {"III.1": 16, "II.5": 16, "IV.1": 16, "IV.2": 16, "II.3": 15, "IV.3": 10, "II.6": 8, "V.3": 4}
    key = {"II.5": 4, "IV.2": 3, "IV.1": 3, "IV.3": 2, "III.1": 1, "II.3": 1, "II.6": 1, "V.3": 1}
    assert counts.loc[counts["practices"] > 0, "practices"].to_dict() == served
    assert counts.loc[counts["key"] > 0, "key"].to_dict() == key
    home = coverage(practice_matrix([p for p in practices if p.domestic], framework.subareas.index))
    assert home["key"].loc[["II.5", "IV.2", "IV.1", "V.3"]].tolist() == [3, 3, 2, 0]
    sizes = {p.section: len(p.areas) for p in practices}
    assert [s for s, n in sizes.items() if n == 8] == ["9.2.2", "9.2.5", "9.2.7"]
    assert [s for s, n in sizes.items() if n == 4] == ["9.2.13"]


def test_selection_names_the_areas_that_have_practices(practices: list[Practice], framework: Framework) -> None:
    (selection,) = load_library(ROOT / "data/knowledge", framework).practice_selection
    assert len(selection.criteria) == 7
    assert set(selection.areas) == {code for p in practices for code in p.areas}


def test_expectations_are_not_results(practices: list[Practice]) -> None:
    told = {p.section: p for p in practices}
    assert told["9.2.8"].evidence == "expected" and told["9.2.4"].stage == "in_development"
    assert {told[s].evidence for s in ("9.2.4", "9.2.6", "9.2.9", "9.2.11", "9.2.13")} == {"none"}
    savings = {f.id: (f.value, f.kind) for f in told["9.2.8"].facts}
    assert savings["energy_low"] == (8, "expected") and savings["material_high"] == (12, "expected")
    table = facts_table(practices).set_index("id")["value"]
    kinds = (
        table["practices.evidence.results"] + table["practices.evidence.expected"] + table["practices.evidence.none"]
    )
    assert kinds == table["practices.n"] == 16


def test_every_number_of_a_record_is_told(practices: list[Practice]) -> None:
    for practice in practices:
        text = " ".join(text for _, text in practice.texts())
        used = set(re.findall(r'\b(?:n|counted)\("(\w+)"', text))
        assert used == {fact.id for fact in practice.facts}, practice.id
        first, last = practice.lines
        assert all(first <= int(fact.line) <= last for fact in practice.facts), practice.id


def test_limits_are_put_into_words(practices: list[Practice]) -> None:
    words = {"above": "ponad", "about": "oko", "nearly": "blisko"}
    for practice in practices:
        text = " ".join(text for _, text in practice.texts())
        for fact in practice.facts:
            if fact.bound in words:
                before = [text[max(0, m.start() - 60) : m.start()] for m in re.finditer(rf'"{fact.id}"', text)]
                assert any(words[fact.bound] in part for part in before), (practice.id, fact.id)


def test_numbers_in_words() -> None:
    stated = pd.DataFrame(
        [
            ("p", "energy_low", "spadek (dolna granica)", 8, "percent", 0, "expected", "up_to"),
            ("p", "energy_high", "spadek (górna granica)", 15, "percent", 0, "expected", "up_to"),
            ("p", "sum", "kwota", 25, "million_pln", 0, "result", "exact"),
            ("p", "size", "członkowie", 100, "count", 0, "scale", "about"),
        ],
        columns=["practice", "id", "name", "value", "unit", "decimals", "kind", "bound"],
    )
    units, bounds = {"percent": "%", "million_pln": " mln zł"}, {"up_to": "nawet"}
    text = shown.in_words(stated.iloc[:3], units, bounds, number=polish_number)
    assert text == "spadek: nawet 8–15%; kwota: 25 mln zł"
    one = pd.DataFrame(
        {"section": "9.2.1", "short": "P", "stage": "in_development", "evidence": "results"}, index=["p"]
    )
    words = {"evidence_results": "wyniki", "in_development": "w budowie", "none": "–"}
    table = shown.evidence_table(one, stated, words, units, bounds, number=polish_number)
    assert table.iloc[0].tolist() == ["9.2.1 P", "wyniki (w budowie)", text]


def test_matrix_in_words_ends_with_totals() -> None:
    matrix = pd.DataFrame({"I.1": ["key", ""], "I.2": ["related", "key"]}, index=["a", "b"])
    words = {"key": "główny", "related": "tak", "none": "–", "total": "Razem"}
    table = shown.matrix_table(matrix, {"a": "A", "b": "B"}, {"a": "9.2.1", "b": "9.2.2"}, words)
    assert table[["practice", "I.1", "I.2", "areas"]].to_numpy().tolist() == [
        ["9.2.1 A", "główny", "tak", "2"],
        ["9.2.2 B", "–", "główny", "1"],
        ["Razem", "1", "2", "3"],
    ]


def test_coverage_beside_scores() -> None:
    counts = pd.DataFrame({"key": [0, 1], "related": [0, 1], "practices": [0, 2]}, index=["I.1", "I.2"])
    measures = {"q1": 0.1, "median": 0.2, "q3": 0.3, "benchmark": 0.9}
    rows = [("all", "all", 4, c, m, v + (c == "I.1") * 0.05) for c in counts.index for m, v in measures.items()]
    cross = pd.DataFrame(rows, columns=["dimension", "group", "n", "code", "measure", "value"])
    scores = pd.DataFrame({"code": ["I.1"] * 4 + ["I.2"] * 4, "score": [0.1, 0.2, 0.3, None, 0.0, 0.1, 0.5, 0.6]})
    names = {"I.1": "Ludzie", "I.2": "Sprzęt"}
    out = shown.coverage_by_subarea(counts, cross, scores, names, limit=0.2).set_index("code")
    assert out.index.tolist() == ["I.2", "I.1"] and out["place"].tolist() == [1, 2]
    assert out.at["I.1", "under"] == pytest.approx(100 / 3) and out.at["I.2", "under"] == 50
    assert out["practices"].tolist() == [2, 0]


def test_overview_and_numbers_have_all_practices(practices: list[Practice]) -> None:
    assert overview(practices).index.tolist() == [p.id for p in practices]
    assert len(stated_numbers(practices)) == sum(len(p.facts) for p in practices)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("key_area: III.1", "key_area: III.9", "lsk.yaml:9: key_area: unknown sub-area `III.9`"),
        ("key_area: III.1", "key_area: II.5", "II.5 named twice"),
        ("stage: running", "stage: planned", "stage: "),
        ("stage: running\n", "", "stage: missing"),
        ("suits:", "suitable:", "suitable: unknown key"),
        ("country: PL", "country: FR", "a foreign practice has neither comment nor registry"),
        ("registry: Klaster LifeScience Kraków", "registry: Klaster Nieznany", "registry: unknown cluster"),
        ("section: 9.2.1", "section: 9.2.2", "9.2.2 is already that of"),
        ("kind: result", "kind: hope", "facts.0.kind"),
        ("unit: count", "unit: tons", "unknown unit `tons`"),
        ("id: lsk", "id: dcc", "`dcc` is taken by"),
    ],
)
def test_broken_record_stops(copied: Path, framework: Framework, old: str, new: str, message: str) -> None:
    path = copied / "lsk.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as error:
        load_practices(copied, framework)
    assert message in str(error.value) and "data/knowledge/practices/" in str(error.value)
