"""Chapter 12, section 4.2 and the list of literature as they were published."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.knowledge.glossary import polish_order

pytestmark = pytest.mark.product


def _page(build: Path, start: str) -> BeautifulSoup:
    (path,) = (build / "60_report/html").glob(f"{start}*.html")
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_glossary_is_complete_ordered_and_linked(build: Path, root: Path) -> None:
    page = _page(build, "12-1-")
    with (root / "data/knowledge/glossary.csv").open(encoding="utf-8", newline="") as handle:
        terms = {row["id"]: row for row in csv.DictReader(handle)}
    entries = page.select(".glossary dt")
    names = [e.find(id=re.compile("^sec-slownik-")).get_text(" ", strip=True).replace("\u00a0", " ") for e in entries]
    assert names == sorted((t["term_pl"] for t in terms.values()), key=polish_order)
    english = {e.get_text(" ", strip=True).replace("\u00a0", " ") for e in page.select('.glossary dt [lang="en"]')}
    assert {t["term_en"] for t in terms.values() if t["term_en"].lower() != t["term_pl"].lower()} <= english
    anchors = {tag["id"] for tag in page.find_all(id=True)}
    inside = [a["href"] for a in page.select(".glossary dd a") if a["href"].startswith("#sec-slownik")]
    assert len(inside) > 50 and {href[1:] for href in inside} <= anchors


def test_every_citation_leads_to_the_list(build: Path) -> None:
    bibliography = _page(build, "bibliografia")
    listed = {tag["id"] for tag in bibliography.select(".csl-entry")}
    assert len(listed) > 80
    links = {
        a["href"].partition("#")[2]
        for path in sorted((build / "60_report/html").glob("*.html"))
        for a in BeautifulSoup(path.read_text("utf-8"), "html.parser").select('a[href*="#ref-"]')
    }
    assert len(links) > 60 and links <= listed


def test_lists_and_conditions_are_printed(build: Path) -> None:
    lists = _page(build, "12-3-")
    assert len(lists.select("#tbl-69 tbody tr")) == 36
    verdicts = [row.find_all("td")[-1].get_text(strip=True) for row in lists.select("#tbl-70 tbody tr")]
    assert verdicts.count("sprzeczne") == 5
    assert len(_page(build, "12-4-").select("#tbl-71 tbody tr")) == 23
    assert len(_page(build, "4-2-").select("#tbl-72 tbody tr")) == 7
