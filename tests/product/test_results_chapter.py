"""Sections 5.2–5.6 of the built report: printed numbering, exhibits, a bullet for every indicator, facts that hold."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.framework import load_framework
from analysis.narrative import load_grammar

pytestmark = pytest.mark.product

AREAS = {"I": "5.2", "II": "5.3", "III": "5.4", "IV": "5.5", "V": "5.6"}
FIGURES = [*range(20, 40)]
TABLES = [*range(5, 10)]


def numbered(root: Path) -> dict[str, str]:
    """Printed number of every area and sub-area, and its name."""
    framework = load_framework(root / "data")
    out = {}
    for area, number in AREAS.items():
        out[number] = framework.label(area)
        for i, code in enumerate(framework.subareas.index[framework.subareas["parent"] == area], start=1):
            out[f"{number}.{i}"] = framework.label(code)
    return out


@pytest.fixture(scope="module")
def pages(build: Path) -> dict[str, BeautifulSoup]:
    found = {}
    for number in AREAS.values():
        page = next((build / "60_report/html").glob(f"{number.replace('.', '-')}-*.html"))
        found[number] = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    return found


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u2060", "").split())


def test_sections_have_the_printed_numbers(root: Path, pages: dict[str, BeautifulSoup]) -> None:
    expected = numbered(root)
    assert len(expected) == 24 and expected["5.6.3"] == "Eksport i działania proeksportowe"
    for area, page in pages.items():
        heads = [plain(h.get_text(" ")) for h in page.select("main h1, main h2, main h3")]
        for number, name in expected.items():
            if number == area or number.startswith(f"{area}."):
                assert any(h.startswith(f"{number} ") and name in h for h in heads), (number, heads)


def test_sections_are_in_the_pdf(root: Path, build: Path) -> None:
    from pypdf import PdfReader

    reader = PdfReader(build / "60_report/raport-ogolny-2024.pdf")

    def titles(items: list[object]) -> list[str]:
        return [t for item in items for t in (titles(item) if isinstance(item, list) else [str(item.title)])]  # type: ignore[attr-defined]

    found = [plain(title) for title in titles(reader.outline)]
    for number, name in numbered(root).items():
        assert any(number in title and name in title for title in found) or any(name == t for t in found), number


def test_twenty_figures_and_five_tables_stand_in_their_sections(root: Path, pages: dict[str, BeautifulSoup]) -> None:
    with (root / "report/exhibits.csv").open(encoding="utf-8", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["chapter"].startswith(tuple(AREAS.values()))]
    wanted = {(r["kind"], int(r["no"])): r["chapter"] for r in rows}
    assert set(wanted) == {("figure", n) for n in FIGURES} | {("table", n) for n in TABLES}
    for (kind, no), chapter in wanted.items():
        page = pages[chapter[:3]]
        node = page.find(id=f"{'fig' if kind == 'figure' else 'tbl'}-{no}")
        assert node is not None, (kind, no)
        head = node.find_previous(["h1", "h2", "h3"])
        assert head is not None and plain(head.get_text(" ")).startswith(chapter), (kind, no, head)


def test_every_indicator_has_its_bullet_and_sixteen_subareas_their_members(
    root: Path, pages: dict[str, BeautifulSoup]
) -> None:
    grammar = load_grammar(root / "data")
    bold = "main li > strong:first-child, main li p > strong:first-child"
    leads = [plain(b.get_text()) for page in pages.values() for b in page.select(bold)]
    for code in grammar.framework.codes:
        assert f"{grammar.words(code)['title']}." in leads, code
    assert leads.count("Perspektywa członków klastra.") == 16
    assert len(leads) == len(grammar.framework.codes) + 16


def test_prose_reads_as_print(pages: dict[str, BeautifulSoup]) -> None:
    for number, page in pages.items():
        for node in page.select("main p, main li"):
            text = plain(node.get_text())
            wrong = re.search(r"\.\.|\?\?|[{}]|\bnan\b|\bNone\b| ,| \.(?!\w)|\( ", text)
            assert not wrong, (number, text)


def test_profile_facts_are_the_cells_they_name(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    profiles = pd.read_csv(build / "40_analyses/indicator_profiles.csv").set_index("id")
    statistics = pd.read_csv(build / "40_analyses/indicator_statistics.csv").set_index("code")
    assert len(statistics) == 90
    for fact_id, row in profiles.iterrows():
        assert facts[f"profile.{fact_id}"]["value"] == pytest.approx(row["shown"])
    for code, row in statistics.iterrows():
        for name in ("n", "missing", "mean", "median", "benchmark", "zeros", "positive", "total"):
            assert profiles.at[f"{code}.{name}", "value"] == pytest.approx(row[name]), (code, name)
        comparable = facts[f"profile.{code}.comparable"]["value"]
        before = [i for i in profiles.index if str(i).startswith(f"{code}.previous.")]
        assert not before or comparable == "yes"


def test_figure_data_are_the_cross_sections(root: Path, build: Path) -> None:
    framework = load_framework(root / "data")
    cross = pd.read_csv(build / "40_analyses/cross_sections.csv").set_index(["dimension", "group", "code", "measure"])
    numbers = [n for n in FIGURES if n != 29]
    for no, code in zip(numbers, framework.subareas.index, strict=True):
        data = pd.read_csv(build / f"40_analyses/figures/figure-{no}.csv")
        assert len(data) == 19 and data.loc[data["dimension"] != "all"].groupby("dimension")["n"].sum().eq(42).all()
        for row in data.to_dict("records"):
            for measure in ("mean", "benchmark"):
                cell = cross.at[(row["dimension"], row["group_code"], code, measure), "value"]
                assert row[measure] == pytest.approx(cell), (no, row)


def test_members_facts_are_those_of_the_survey_table(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    survey = pd.read_csv(build / "40_analyses/members_survey.csv")
    assert survey["id"].is_unique
    for row in survey.to_dict("records"):
        assert facts[f"members.{row['id']}"]["value"] == pytest.approx(row["value"])
    single = survey[(survey["measure"] == "share") & survey["option"].notna()]
    assert single.groupby("item")["value"].sum().sub(100).abs().lt(1e-9).all()
