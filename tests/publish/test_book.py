"""The published files of the small edition, opened the way a reader's program opens them."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import stat
import zipfile
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pikepdf
import pytest
from bs4 import BeautifulSoup
from conftest import build_all  # type: ignore[import-not-found]

from analysis.errors import PublishError
from analysis.publish import steps
from analysis.publish.publication import Publication


def _report(pub: Publication) -> Path:
    return pub.build / "60_report"


def _pages(pub: Publication) -> dict[str, BeautifulSoup]:
    root = _report(pub) / "html"
    return {
        p.relative_to(root).as_posix(): BeautifulSoup(p.read_text("utf-8"), "html.parser") for p in root.rglob("*.html")
    }


def test_same_inputs_same_bytes(mini: Publication, tmp_path: Path) -> None:
    other = build_all(tmp_path / "elsewhere")

    def digest(pub: Publication) -> dict[str, str]:
        root = _report(pub)
        return {
            p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*"))
            if p.is_file()
        }

    assert digest(mini) == digest(other)
    assert (mini.build / "manifest.json").read_bytes() == (other.build / "manifest.json").read_bytes()


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_pages_fetch_nothing_from_elsewhere(mini: Publication) -> None:
    for name, soup in _pages(mini).items():
        for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")):
            for found in soup.find_all(tag):
                assert not re.match(r"[a-z]+:|//", found.get(attribute) or ""), (name, found)
    for sheet in (_report(mini) / "html/assets").glob("*.css"):
        assert "url(" not in sheet.read_text("utf-8") and "@import" not in sheet.read_text("utf-8")


def test_every_link_leads_somewhere(mini: Publication) -> None:
    root = _report(mini) / "html"
    pages = _pages(mini)
    ids = {name: {tag["id"] for tag in soup.find_all(id=True)} for name, soup in pages.items()}
    broken = []
    for name, soup in pages.items():
        for tag in soup.select("a[href], img[src], script[src], link[href]"):
            target = unquote(str(tag.get("href") or tag.get("src")))
            file, _, fragment = target.partition("#")
            path = (root / name).parent / file if file else root / name
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            if not path.exists() or (fragment and fragment not in ids.get(inside, set())):
                broken.append((name, target))
    assert not broken


def test_pages_are_well_formed_for_assistive_technology(mini: Publication) -> None:
    for name, soup in _pages(mini).items():
        html = soup.find("html")
        assert html and html.get("lang") in ("pl", "en"), name
        assert len(soup.find_all("h1")) == 1, name
        assert soup.find("main") and soup.find("header") and soup.find("footer"), name
        levels = [int(h.name[1]) for h in soup.select("main h1, main h2, main h3, main h4")]
        assert all(b <= a + 1 for a, b in pairwise(levels)), (name, levels)
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), name
        assert all(img.get("alt") for img in soup.find_all("img")), name
        assert all(th.get("scope") for th in soup.select("thead th")), name


def test_references_cross_pages_and_numbers_know_their_source(mini: Publication) -> None:
    pages = _pages(mini)
    intro = pages["4-wyniki-probne.html"]
    hrefs = {a.get_text(): a["href"] for a in intro.select("a.reference")}
    assert hrefs == {
        "Tabela\u00a018": "4-1-czlonkowie.html#tbl-18",
        "na rysunku\u00a013": "4-1-czlonkowie.html#fig-13",
        "w\u00a0rozdziale\u00a04.1": "4-1-czlonkowie.html",
    }
    row = pages["4-1-czlonkowie.html"].select_one('details.sources tr[data-f="sample.share"]')
    assert row and "83,2%" in row.get_text() and "20_indicators/indicators.csv" in row.get_text()
    assert row.select_one('a[href="obliczenia/21_sample.html"]')


def test_announced_chapter_is_in_the_outline(mini: Publication) -> None:
    page = _pages(mini)["index.html"]
    assert "w\N{NO-BREAK SPACE}przygotowaniu" in page.select_one(".contents").get_text()  # type: ignore[union-attr]


def test_search_index_finds_text_of_the_chapters(mini: Publication) -> None:
    text = (_report(mini) / "html/assets/search-index.js").read_text("utf-8")
    entries = json.loads(text.removeprefix("window.KLASTRY_SEARCH=").rstrip(";\n"))
    hits = [e["url"] for e in entries if "Udział przedsiębiorstw" in e["text"]]
    assert hits == ["4-1-czlonkowie.html"]


def test_notebook_page_shows_code_and_output(mini: Publication) -> None:
    page = _pages(mini)["obliczenia/21_sample.html"]
    assert page.h1 and page.h1.get_text(strip=True) == "The sample"
    assert "table" in page.select_one(".code pre").get_text()  # type: ignore[union-attr]
    assert page.select_one('.output th[scope="row"]')
    assert "MathJax" not in str(page)


# --- PDF ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdf(mini: Publication) -> pikepdf.Pdf:
    return pikepdf.open(_report(mini) / mini.file_name("pdf"))


def _structure(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    out, stack = [], [pdf.Root.StructTreeRoot]
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.Array):
            stack.extend(list(node))  # type: ignore[call-overload]
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                out.append(node)
            if "/K" in node:
                stack.append(node.K)
    return out


def test_pdf_declares_its_standards_language_and_title(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as meta:
        assert meta.get("pdfuaid:part") == "1"
        assert meta.get("pdfaid:part") == "2" and meta.get("pdfaid:conformance") == "A"
        assert "Benchmarking próbny" in str(meta.get("dc:title"))
    assert str(pdf.Root.Lang).lower().startswith("pl")
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20251130")


def test_pdf_figures_have_alt_and_tables_row_headings(pdf: pikepdf.Pdf) -> None:
    nodes = _structure(pdf)
    figures = [n for n in nodes if n.S == "/Figure"]
    assert len(figures) == 2
    assert all("Wykres słupkowy" in str(n.Alt) for n in figures)
    rows = [n for n in nodes if n.S == "/TR"]
    first = [n.K[0] if isinstance(n.K, pikepdf.Array) else n.K for n in rows]
    assert len(rows) > 100
    assert all(cell.S == "/TH" for cell in first)


def test_pdf_has_bookmarks_with_printed_numbers(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root]
        children = [str(child.title) for item in outline.root for child in item.children]
    assert any(t.startswith("4 ") for t in titles), titles
    assert any(t.startswith("4.1 ") for t in children), children


def test_missing_glyph_stops_the_pdf_with_its_chapter(fresh: Publication) -> None:
    path = fresh.report_dir / "chapters" / "04_results.md"
    path.write_text(path.read_text("utf-8") + "\n\nZnak \u4e2d w tekście.\n", "utf-8")
    steps.render_chapters(fresh)
    with pytest.raises(PublishError, match="chapter 04_results"):
        steps.build_pdf(fresh)


# --- DOCX and XLSX --------------------------------------------------------------------------------------------------


def test_docx_images_tables_and_language(mini: Publication) -> None:
    with zipfile.ZipFile(_report(mini) / mini.file_name("docx")) as archive:
        document = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    descriptions = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', document)
    assert len(descriptions) == 2 and all("Wykres słupkowy" in d for d in descriptions)
    assert document.count("<w:tblHeader") >= 3
    assert 'w:val="pl-PL"' in styles
    plain = re.sub(r"<[^>]+>", "", document)
    assert "Rysunek\u00a013. Wartości mediany" in plain
    assert document.count('w:orient="landscape"') == 1
    assert "w:dirty" not in document
    sections = re.findall(r"<w:sectPr.*?</w:sectPr>", document, re.DOTALL)
    assert len(sections) == 3 and all("w:footerReference" in section for section in sections)
    assert ["w:titlePg" in section for section in sections] == [True, False, False]


def test_annex_has_real_tables_and_numbers(mini: Publication) -> None:
    book = openpyxl.load_workbook(_report(mini) / mini.file_name("xlsx"))
    assert book.sheetnames == ["Okładka", "Spis treści", "Objaśnienia", "Tabela 4", "Tabela 18", "Tabela 20"]
    sheet = book["Tabela 18"]
    assert list(sheet.tables) == ["tabela_18"]
    assert sheet["A1"].value.startswith("Tabela 18. Zestawienie wyników")
    top = int(re.sub(r"\D", "", sheet.tables["tabela_18"].ref.split(":")[0]))
    assert sheet.freeze_panes == f"B{top + 1}"
    assert sheet.cell(top + 1, 7).value == pytest.approx(5 / 7)
    assert sheet.cell(top + 1, 7).number_format == "#,##0.00"
    links = [c.hyperlink.location for row in book["Spis treści"].iter_rows() for c in row if c.hyperlink]
    assert links == ["'Tabela 4'!A1", "'Tabela 18'!A1", "'Tabela 20'!A1"]


def test_annex_holds_the_value_behind_a_printed_text(fresh: Publication) -> None:
    path = fresh.build / "40_analyses/tables/table-20.json"
    record = json.loads(path.read_text("utf-8"))
    record["columns"] = [
        {"name": "name", "label": "Nazwa", "format": "text"},
        {"name": "mean_text", "label": "Średnia", "format": "mixed"},
    ]
    del record["row_groups"]
    path.write_text(json.dumps(record), "utf-8")
    data = 'name,mean,mean_text\nA,1234.56,"1\u00a0234,6"\nB,0.756,"75,6%"\nC,,tak\n'
    (fresh.build / record["data_file"]).write_text(data, "utf-8")
    sheet = openpyxl.load_workbook(steps.build_annex(fresh))["Tabela 20"]
    top = int(re.sub(r"\D", "", sheet.tables["tabela_20"].ref.split(":")[0]))
    cells = [sheet.cell(row, 2) for row in range(top + 1, top + 4)]
    assert [cell.value for cell in cells] == [1234.56, 75.6, "tak"]  # a share and a percentage are not the same number
    assert cells[0].number_format == "#,##0.0"


# --- lists, promotion, manifest, Quarto -----------------------------------------------------------------------------


def test_list_of_exhibits_names_every_exhibit_of_the_printed_edition(mini: Publication) -> None:
    with (_report(mini) / "exhibits.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    status = {(r["kind"], r["no"]): (r["status"], r["notebook"]) for r in rows}
    assert status[("figure", "40")] == ("not_computed", "")
    assert status[("figure", "13")] == ("published", "21_sample")
    assert status[("table", "20")] == ("published", "21_sample")  # not in the outline, still listed


def test_outline_of_the_edition_is_complete(root: Path) -> None:
    with (root / "report" / "exhibits.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [int(r["no"]) for r in rows if r["kind"] == "figure"] == list(range(1, 50))
    assert [int(r["no"]) for r in rows if r["kind"] == "table"] == list(range(1, 38))
    assert all(r["title"] and r["chapter"] for r in rows)


def test_incomplete_report_leaves_the_last_one_untouched(fresh: Publication) -> None:
    last = _report(fresh)
    last.mkdir()
    (last / "old.txt").write_text("good", "utf-8")
    steps.render_chapters(fresh)
    steps.build_html(fresh)
    with pytest.raises(PublishError) as error:
        steps.publish(fresh)
    for name in ("raport-ogolny-2024.pdf", "raport-ogolny-2024.docx", "aneks-statystyczny-2024.xlsx"):
        assert name in str(error.value)
    assert [p.name for p in last.iterdir()] == ["old.txt"]


def test_manifest_holds_hashes_and_no_times(mini: Publication) -> None:
    manifest = json.loads((mini.build / "manifest.json").read_text("utf-8"))
    pdf = _report(mini) / mini.file_name("pdf")
    assert manifest["outputs"][f"60_report/{pdf.name}"] == hashlib.sha256(pdf.read_bytes()).hexdigest()
    assert "data/editions/2024/raw/coordinators.csv" in manifest["inputs"]
    assert manifest["seed"] == manifest["method"]["seed"]
    assert not [k for k in manifest["outputs"] if k.startswith(("logs/", "notebooks/"))]


def test_quarto_book_is_written_and_rendered(
    mini: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.json"
    stub = tmp_path / "quarto"
    stub.write_text(
        f'#!/usr/bin/env python3\nimport json, os, sys\njson.dump([sys.argv[1:], os.getcwd()], open("{log}", "w"))\n',
        "utf-8",
    )
    stub.chmod(stub.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    folder = steps.render_quarto(mini).parent
    argv, cwd = json.loads(log.read_text("utf-8"))
    assert argv == ["render"] and Path(cwd) == folder.resolve()
    chapter = (folder / "04_results.qmd").read_text("utf-8")
    assert "figures/figure-13.svg" in chapter and 'fig-alt="Wykres słupkowy' in chapter
    assert "](05_summary.qmd" not in chapter and "](#sec-members)" in chapter
    assert "04_results.qmd#exhibit-fig-13" in (folder / "05_summary.qmd").read_text("utf-8")


def test_without_quarto_the_way_out_is_named(mini: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(PublishError, match="conda-forge"):
        steps.render_quarto(mini)


def test_unknown_step_is_refused(mini: Publication) -> None:
    with pytest.raises(PublishError, match="did you mean html"):
        steps.run("htlm", project=mini.project, edition=2024, build=mini.build)
