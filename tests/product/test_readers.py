"""Two readers of the built site, walking its links as people do: by what a link says, counting clicks.

They need no script: what they follow is in the pages. A third reader opens the workbooks and the data package.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

pytestmark = pytest.mark.product


@dataclass
class Reader:
    """Somebody at a page of the site; `clicks` are the links followed so far."""

    site: Path
    file: str
    clicks: list[str] = field(default_factory=list)
    fragment: str = ""

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup((self.site / self.file).read_text("utf-8"), "html.parser")

    def links(self, scope: Tag | None = None) -> dict[str, str]:
        found = (scope or self.page).find_all("a", href=True)
        return {re.sub(r"\s+", " ", a.get_text(" ", strip=True)): str(a["href"]) for a in found}

    def click(self, words: str, scope: Tag | None = None) -> Reader:
        """Follow the first link that says `words`."""
        links = self.links(scope)
        text = next((t for t in links if words in t), None)
        assert text, f"{self.file}: no link says “{words}”; there are {sorted(links)[:60]}"
        path, _, self.fragment = links[text].partition("#")
        if path:
            self.file = ((self.site / self.file).parent / path).resolve().relative_to(self.site.resolve()).as_posix()
        self.clicks.append(text)
        return self

    @property
    def here(self) -> Tag:
        """The element that the last link pointed at, or the whole page."""
        found = self.page.find(id=self.fragment) if self.fragment else self.page
        assert isinstance(found, Tag), f"{self.file}#{self.fragment} is not there"
        return found


def cross(build: Path, group: str, code: str, measure: str) -> str:
    with (build / "40_analyses/cross_sections.csv").open(encoding="utf-8", newline="") as handle:
        rows = [r for r in csv.DictReader(handle) if (r["group"], r["code"], r["measure"]) == (group, code, measure)]
    return f"{float(rows[0]['value']) + 1e-12:.2f}".replace(".", ",")


@pytest.mark.parametrize(("group", "words"), [("80-149", "duże (80–149 członków)"), ("20-49", "małe (20–49 członków)")])
def test_a_coordinator_finds_a_median_within_three_clicks(build: Path, group: str, words: str) -> None:
    reader = Reader(build / "60_report/html", "index.html").click("III.2")
    row = next(r for r in reader.page.select("table.matrix tbody tr") if r.th and r.th.get_text(strip=True) == words)
    heads = [th.get_text(strip=True) for th in reader.page.select("table.matrix thead th")]
    cell = row.find_all(["th", "td"])[heads.index("Mediana")]
    expected = cross(build, group, "III.2", "median")
    assert cell.get_text(strip=True) == expected
    # On: to the same number in the printed table of the group.
    reader.click("Tabela", row)
    shown = [c.get_text(strip=True) for c in reader.here.find_all(["th", "td"])]
    assert shown[0].startswith("III.2.") and shown[3] == expected
    assert len(reader.clicks) <= 3, reader.clicks


def test_the_finder_offers_every_element_and_group(root: Path, build: Path) -> None:
    """With a script, no click at all: two lists, and the number with its link to the table."""
    site = build / "60_report/html"
    page = Reader(site, "index.html").page
    text = (site / "assets/finder.js").read_text("utf-8")
    data: dict[str, Any] = json.loads(text.removeprefix("window.KLASTRY_SCORES=").rstrip(";\n"))
    groups = [o.get_text(strip=True) for o in page.select("#grupa option")]
    assert len(page.select("#co option")) == 25 and len(groups) == len(data["tables"]) == 19
    at = groups.index("duże (80–149 członków)")
    fact, shown = data["values"]["III.2"][at][data["measures"].index("Mediana")]
    assert shown == cross(build, "80-149", "III.2", "median")
    target, _, fragment = data["tables"][at].partition("#")
    reader = Reader(site, target, fragment=f"{fragment}-III.2")
    assert shown in reader.here.get_text(" ")
    assert Reader(site, data["pages"]["III.2"], fragment=fact).here.name == "tr"


def test_a_reviewer_gets_from_a_sentence_to_the_raw_cells_within_two_clicks(root: Path, build: Path) -> None:
    site = build / "60_report/html"
    (page,) = site.glob("5-4-*.html")
    reader = Reader(site, page.name)
    mark = reader.page.select_one('li [data-f^="profile.III.2."], p [data-f^="profile.III.2."]')
    assert mark is not None
    heading = mark.find_previous("h2")
    assert heading is not None and heading.get_text(" ", strip=True).startswith("5.4.2")
    code = re.search(r"III\.2\.\d+", str(mark["data-f"]))[0]  # type: ignore[index]
    # The card beside the number is this row; it stands in the page also without a script.
    row = reader.page.select_one(f'details.sources tr[data-f="{mark["data-f"]}"]')
    assert row is not None
    reader.click("Surowe komórki", row)
    assert len(reader.clicks) <= 2
    table = reader.page.select_one("table.raw-cells")
    assert table is not None
    heads = [th.get_text(strip=True) for th in table.select("thead th")]
    shown = {}
    for line in table.select("tbody tr"):
        respondent, *cells = [c.get_text(strip=True).replace("\u00a0", "") for c in line.find_all(["th", "td"])]
        shown[respondent] = cells
    with (build / "20_indicators/lineage.csv").open(encoding="utf-8", newline="") as handle:
        items = [r["item"] for r in csv.DictReader(handle) if r["code"] == code]
    assert heads[1 : 1 + len(items)] == items
    with (root / "data/editions/2024/raw/coordinators.csv").open(encoding="utf-8", newline="") as handle:
        raw = {r["respondent_id"]: [r[i] for i in items] for r in csv.DictReader(handle)}
    assert set(shown) == set(raw) and len(raw) == 42
    for respondent, cells in raw.items():
        assert [c.replace(".", ",") or "–" for c in cells] == shown[respondent][: len(items)]
    assert "odtworzone" in reader.page.get_text()


def test_a_reviewer_gets_from_a_score_to_what_it_is_made_of(build: Path) -> None:
    site = build / "60_report/html"
    page = next(p for p in sorted(site.glob("5-*.html")) if 'data-f="score.ALL.all.median"' in p.read_text("utf-8"))
    reader = Reader(site, page.name)
    row = reader.page.select_one('details.sources tr[data-f="score.ALL.all.median"]')
    assert row is not None
    reader.click("Z czego powstaje wynik", row)
    assert reader.fragment == "skladniki" and reader.here.name == "h2"
    reader.click("III.2.4")
    assert reader.file == "liczby/komorki-III-2-4.html" and len(reader.clicks) == 2


def test_every_fact_is_on_the_ledger_with_words_of_its_own(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    text = (build / "60_report/html/assets/ledger-index.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.KLASTRY_FACTS=").rstrip(";\n"))
    assert {entry[0] for entry in data["facts"]} == set(facts)
    used = set()
    for path in (build / "50_chapters").glob("*.used.json"):
        used |= set(json.loads(path.read_text("utf-8"))["facts"])
    said = {e[0]: re.sub(r"„[^”]*”", "", e[2]) for e in data["facts"] if e[0] in used}  # names of rows are quoted
    plain = [(key, text) for key, text in said.items() if re.search(r"[a-z]_[a-z]|^score|^indicator", text)]
    assert not plain, f"printed facts described by raw names: {plain[:5]}"


def test_workbooks_in_two_languages_hold_the_same_numbers(build: Path) -> None:
    from openpyxl import load_workbook

    polish = load_workbook(build / "60_report/aneks-statystyczny-2024.xlsx")
    english = load_workbook(build / "60_report/statistical-annex-2024.xlsx")
    tables = {int(name.split()[1]) for name in english.sheetnames[3:]}
    assert {3, 4, *range(13, 37)} <= tables
    for no in tables:
        both = []
        for book, word in ((polish, "Tabela"), (english, "Table")):
            sheet = book[f"{word} {no}"]
            (table,) = sheet.tables.values()
            cells = [cell.value for row in sheet[table.ref] for cell in row]
            both.append([c for c in cells if isinstance(c, int | float)])
        assert both[0] == both[1] and both[0], no
    sheet = english["Table 14"]
    text = " ".join(str(c.value) for row in sheet.iter_rows() for c in row)
    assert not re.search(r"[ąćęłńśźż]", text), re.findall(r"\S*[ąćęłńśźż]\S*", text)[:5]
