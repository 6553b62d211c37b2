"""The English edition as built: everything in it, in English, with the numbers of the Polish edition."""

from __future__ import annotations

import csv
import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup

from analysis.publish.english import foreign_words
from analysis.publish.english_site import polish_left

pytestmark = pytest.mark.product

# Facts that the English Summary prints and the Polish one does not: pattern → why.
ONLY_IN_ENGLISH = {
    "*.name_en.*": "the English name of what the Polish Summary names in Polish",
    "resil.dim.*.name": "only compared, to choose a sentence",
    "method.treatment": "only compared, to choose a sentence",
    "score.ALL.*": "a table of the groups of sectors, which the Polish text tells in words",
    "group.*.n": "the same table",
    "framework.*": "the survey in numbers, for readers who do not know it",
    "history.editions": "the survey in numbers, for readers who do not know it",
    "net.ties.*": "a sentence on the network, for readers who do not know its organisations",
    "resil.dim.O.median": "the level of the index, beside its strongest and weakest dimension",
    "option.technologies__artificial_intelligence.2.share": "beside cybersecurity, in one sentence",
    "profile.I.3.1.n": "how many clusters stated a budget",
}


@pytest.fixture(scope="module")
def english(build: Path) -> Path:
    folder = build / "60_report/en"
    if not folder.is_dir():
        pytest.fail("the English edition is not built; run the tests with `make test`, which builds it")
    return folder


@pytest.fixture(scope="module")
def pages(english: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((english / "html").glob("*.html"))}


def test_every_exhibit_is_there(build, pages):
    made = {(r["kind"], int(r["no"])) for r in csv.DictReader((build / "60_report/exhibits.csv").open(encoding="utf-8"))
            if r["status"] == "published"}  # fmt: skip
    found = {
        ("figure" if label.startswith("fig") else "table", int(label[4:]))
        for html in pages.values()
        for label in re.findall(r'<figure class="exhibit[^"]*" id="((?:fig|tbl)-\d+)"', html)
    }
    assert found == made and len(found) == 145


def test_no_polish_is_left(root, pages):
    foreign = foreign_words(root, 2024)
    left = {name: polish_left(html, foreign) for name, html in pages.items()}
    assert not {name: texts[:5] for name, texts in left.items() if texts}


def test_pages_are_english_and_lead_to_polish_ones(build, pages):
    polish = {path.name for path in (build / "60_report/html").glob("*.html")}
    for name, html in pages.items():
        soup = BeautifulSoup(html, "html.parser")
        assert soup.html["lang"] == "en", name
        (link,) = soup.select('link[rel="alternate"]')
        assert link["hreflang"] == "pl" and Path(link["href"]).name in polish, name
        (switch,) = soup.select("p.language a")
        assert switch["lang"] == "pl" and switch["href"] == link["href"], name


def test_links_of_the_site_resolve(english, pages):
    ids = {name: {t["id"] for t in BeautifulSoup(html, "html.parser").select("[id]")} for name, html in pages.items()}
    broken = []
    for name, html in pages.items():
        for tag in BeautifulSoup(html, "html.parser").select("[href], [src]"):
            target = str(tag.get("href") or tag.get("src"))
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            path = english / "html" / file.split("?")[0] if file else english / "html" / name
            if not path.is_file() or (
                anchor and path.name in ids and not file.startswith("..") and anchor not in ids[path.name]
            ):
                broken.append((name, target))
    assert not broken


def _cells(html: str, label: str) -> list[str]:
    table = BeautifulSoup(html, "html.parser").select_one(f"#{label} table")
    return [] if table is None else [cell.get_text(" ", strip=True) for cell in table.select("tbody td")]


def test_tables_print_the_same_numbers(build, pages):
    """Cells that are a number alone are the same number in both languages, cell by cell."""
    polish = {}
    for path in (build / "60_report/html").glob("*.html"):
        html = path.read_text("utf-8")
        polish |= {
            label: _cells(html, label) for label in re.findall(r'<figure class="exhibit[^"]*" id="(tbl-\d+)"', html)
        }
    compared = 0
    for html in pages.values():
        for label in re.findall(r'<figure class="exhibit[^"]*" id="(tbl-\d+)"', html):
            ours, theirs = _cells(html, label), polish[label]
            assert len(ours) == len(theirs), label
            for a, b in zip(ours, theirs, strict=True):
                if re.fullmatch(r"−?\d[\d\s]*(,\d+)?%?", b):
                    said = re.sub(r"\s", "", b).replace(",", ".")
                    assert a.replace(",", "") == said, (label, a, b)
                    compared += 1
    assert compared > 3000


def _digits(text: str) -> list[str]:
    """Numbers of a text without their separators, which differ by language; not those of names like Industry 4.0."""
    text = re.sub(r"\b(?:Industry|Przemysł\w*) \d\.0", "", text)
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[.,\u00a0](?=\d)", "", text)))


def test_alternative_texts_hold_the_same_numbers(build):
    for path in sorted((build / "40_analyses/figures").glob("*.json")):
        polish = json.loads(path.read_text("utf-8"))["alt"]
        english = json.loads((build / "en/40_analyses/figures" / path.name).read_text("utf-8"))["alt"]
        assert polish != english and _digits(polish) == _digits(english), path.name


def test_facts_of_the_summary_are_those_of_the_polish_one(build):
    used = build / "50_chapters"
    polish = set(json.loads((used / "02_streszczenie.used.json").read_text("utf-8"))["facts"])
    english = set(json.loads((used / "03_summary.used.json").read_text("utf-8"))["facts"])
    alone = english - polish
    unexplained = {fact for fact in alone if not any(fnmatch(fact, pattern) for pattern in ONLY_IN_ENGLISH)}
    assert not unexplained
    assert all(any(fnmatch(fact, pattern) for fact in alone) for pattern in ONLY_IN_ENGLISH), "a reason is not needed"
    book = json.loads((build / "en/50_chapters/book.json").read_text("utf-8"))
    assert set(next(c for c in book["chapters"] if c["stem"] == "03_summary")["facts"]) == english


def test_pdf_says_its_language(english):
    with pikepdf.open(english / "general-report-2024.pdf") as pdf:
        assert str(pdf.Root.Lang) == "en-GB" and pdf.Root.MarkInfo.Marked
        assert "Benchmarking of clusters in Poland" in str(pdf.docinfo.get("/Title", ""))


def test_both_editions_list_the_same_files(english):
    assert {p.name for p in english.iterdir()} == {
        "html", "general-report-2024.pdf", "general-report-2024.docx", "statistical-annex-2024.xlsx",
        "ro-crate-metadata.json",
    }  # fmt: skip
    crate = json.loads((english / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    (top,) = [entity for entity in crate if entity["@id"] == "./"]
    assert top["inLanguage"] == "en" and top["name"].startswith("Benchmarking of clusters in Poland")
