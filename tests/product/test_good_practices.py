"""Chapter 9 as it is published: every practice with its headings, the matrix of the records, language marks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.framework import load_framework
from analysis.knowledge.practices import load_practices, practice_matrix

pytestmark = pytest.mark.product

HEADINGS = (
    "Obszary dobrej praktyki (główny, pozostałe)",
    "Cel i okoliczności wprowadzenia dobrej praktyki",
    "Opis dobrej praktyki",
    "Efekt wprowadzenia dobrej praktyki",
    "Możliwość wykorzystania dobrej praktyki",
    "Komentarz",
)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u2060", "").split())


@pytest.fixture(scope="module")
def pages(build: Path) -> dict[str, BeautifulSoup]:
    html = build / "60_report/html"
    found = {n: next(html.glob(f"9-{n[2]}-*.html")) for n in ("9.1", "9.2", "9.3")}
    return {n: BeautifulSoup(path.read_text("utf-8"), "html.parser") for n, path in found.items()}


def test_every_practice_shows_its_headings_and_box(root: Path, pages: dict[str, BeautifulSoup]) -> None:
    framework = load_framework(root / "data")
    for practice in load_practices(root / "data/knowledge/practices", framework):
        page = pages[practice.section[:3]]
        title = page.find(id=practice.anchor)
        assert title is not None and plain(title.get_text(" ")).startswith(practice.section)
        found, box = [], None
        for node in title.find_all_next(["h2", "h3", "div"]):
            if node.name == "h2":
                break
            if node.name == "h3":
                found.append(plain(node.get_text(" ")).removesuffix(" #"))
            elif "key-points" in node.get("class", []):
                box = plain(node.get_text(" "))
        expected = HEADINGS if practice.domestic else HEADINGS[:-1]
        assert [h for h in HEADINGS if any(f.startswith(h) for f in found)] == list(expected), practice.id
        assert box is not None and len(found) == len(expected)
        assert all(framework.label(code).lower() in box for code in practice.areas)


def test_matrix_in_the_product_is_that_of_the_records(root: Path, build: Path) -> None:
    framework = load_framework(root / "data")
    matrix = practice_matrix(load_practices(root / "data/knowledge/practices", framework), framework.subareas.index)
    words = {"key": "główny", "related": "tak", "": "–"}
    with (build / "40_analyses/tables/table-64.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 17 and rows[-1]["areas"] == str(int((matrix != "").sum().sum()))
    codes = [code for code in matrix if code in rows[0]]
    assert codes == [code for code in matrix if (matrix[code] != "").any()]
    for row, (_, marks) in zip(rows, matrix.iterrows(), strict=False):
        assert [row[code] for code in codes] == [words[marks[code]] for code in codes]


def test_foreign_names_are_marked(pages: dict[str, BeautifulSoup]) -> None:
    marked = {node["lang"]: plain(node.get_text()) for node in pages["9.3"].select("main [lang]")}
    assert {"fr", "en", "es", "nl"} <= set(marked)
    assert "Red Española de Ciudades Inteligentes" in marked["es"]
