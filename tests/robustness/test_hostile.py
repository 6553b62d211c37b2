"""Hostile text prints as text: in the site, the PDF, the document, the workbook, the data, the JSON of pages."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup
from docx import Document
from hostile import TEXTS, marked
from nbconvert import HTMLExporter
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import mini

from analysis.publish import steps
from analysis.publish.notebooks import _exporter, notebook_page
from analysis.publish.publication import Publication, open_publication

# What typography changes on purpose: spaces that may not break, quotation marks, dashes.
_SAME = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "„": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "\u2060": ""}
)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(_SAME))


def squeezed(text: str) -> str:
    """Without white space, hyphens and ligatures, which the lines of a page change."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text.translate(_SAME)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The small edition whose clusters, titles, notes and sources were named by somebody who means harm."""
    project, build = mini.make_project(tmp_path_factory.mktemp("hostile"))
    path = build / "40_analyses/tables/table-04.csv"
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
    for number in range(len(TEXTS)):
        rows[1 + number % (len(rows) - 1)][1] = marked(number)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
    for kind, no in (("table", 4), ("figure", 13)):
        described = build / f"40_analyses/{kind}s/{kind}-{no:02d}.json"
        record = json.loads(described.read_text("utf-8"))
        record |= {"title": f"{TEXTS[4]} {TEXTS[0]} {TEXTS[12]}", "note": f"{TEXTS[5]} {TEXTS[20]}"}
        record |= {"alt": f"{TEXTS[5]} {TEXTS[14]}"} if kind == "figure" else {}
        described.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    edition = project / "data/editions/2024/edition.yaml"
    edition.write_text(edition.read_text("utf-8").replace("Raport ogólny", "'</script><b>x {{ 7*7 }} $y$'"), "utf-8")
    for step in ("chapters", "html", "pdf", "docx", "epub", "annex", "publish", "manifest"):
        steps.run(step, project=project, edition=2024, build=build)
    return open_publication(project, build, 2024)


@pytest.fixture(scope="module")
def report(hostile: Publication) -> Path:
    return hostile.build / "60_report"


def test_the_table_has_every_text(hostile: Publication) -> None:
    assert len(TEXTS) <= 42 and len(set(TEXTS)) == len(TEXTS)


def test_pages_show_them_as_text_and_run_nothing(report: Path) -> None:
    found = ""
    for path in sorted(report.rglob("*.html")):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for script in page.find_all("script"):
            own = script.get("src", "")
            assert own.startswith(("assets/", "../assets/", "")) and "alert(1)" not in script.get_text().replace(
                "\\u003c", ""
            )
            assert own or script.get("type") in (None, "application/json", "application/ld+json")
        assert not [t for t in page.find_all(True) if any(a.startswith("on") for a in t.attrs)], path
        assert not page.find_all("iframe") and not page.find("img", src=re.compile("^(http|x$)"))
        assert not page.find("a", href=re.compile("^(javascript:|http://x)"))
        for part in page.find_all(string=True):
            found += f" {part}"
    told = plain(found)
    assert [n for n in range(len(TEXTS)) if plain(marked(n)) not in told] == []
    assert "49 q00z" not in told


def test_scripts_inside_of_pages_stay_what_they_are(report: Path) -> None:
    for path in sorted(report.rglob("*.html")):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for script in page.find_all("script", type=re.compile("json")):
            json.loads(script.get_text())
    for path in sorted(report.rglob("*.js")):
        assert "</script" not in path.read_text("utf-8").lower(), path


def test_the_pdf_prints_them(report: Path) -> None:
    (path,) = report.glob("*.pdf")
    text = squeezed("".join(page.extract_text() for page in PdfReader(path).pages))
    assert [n for n in range(len(TEXTS)) if squeezed(marked(n)) not in text] == []


def test_the_document_prints_them(report: Path) -> None:
    (path,) = report.glob("*.docx")
    document = Document(str(path))
    text = plain(" ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells))
    assert [n for n in range(len(TEXTS)) if plain(marked(n)) not in text] == []
    with zipfile.ZipFile(path) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "http://x" not in links and "javascript:" not in links


def test_cells_of_the_workbook_are_text(report: Path) -> None:
    sheet = openpyxl.load_workbook(next(report.glob("aneks*.xlsx")))["Tabela 4"]
    cells = {plain(str(c.value)): c for row in sheet.iter_rows() for c in row if c.value is not None}
    for number in range(len(TEXTS)):
        cell = cells[plain(marked(number))]
        assert cell.data_type == "s" and cell.hyperlink is None
    with zipfile.ZipFile(next(report.glob("aneks*.xlsx"))) as archive:
        parts = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith((".xml", ".rels")))
    assert "<f>" not in parts and "http://x" not in re.sub(r"<t[ >].*?</t>", "", parts)


def test_data_files_hold_the_texts_unchanged(report: Path) -> None:
    (path,) = report.rglob("table-04.csv")
    names = [row[1] for row in csv.reader(path.open(encoding="utf-8", newline=""))]
    assert [marked(n) for n in range(len(TEXTS)) if marked(n) not in names] == []


def test_descriptions_for_programs_are_json(report: Path) -> None:
    for path in [*report.rglob("*.json")]:
        json.loads(path.read_text("utf-8"))


def test_raw_cells_and_drawings_of_notebooks_reach_pages_without_handlers(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_raw_cell('<p>plain words</p><img src="x" onerror="alert(1)"><iframe src="x"></iframe>'),
        nbformat.v4.new_code_cell(
            'print("<b>")',
            outputs=[
                nbformat.v4.new_output(
                    "display_data", {"image/svg+xml": '<svg onload="alert(2)"><text>drawn words</text></svg>'}
                )
            ],
        ),
    ]
    path = tmp_path / "10_page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    soup = BeautifulSoup(notebook_page(path).body, "html.parser")
    assert "plain words" in soup.get_text() and 'print("<b>")' in soup.get_text()
    handlers = [name for tag in soup.find_all(True) for name in tag.attrs if name.lower().startswith("on")]
    assert handlers == [] and soup.find(["iframe", "svg"]) is None  # a drawing is an image, whose scripts do not run


def test_pages_of_notebooks_are_those_of_the_plain_exporter(tmp_path: Path) -> None:
    """Ours leaves out a pass over the page; markup that is broken or hostile must come out no other for that."""
    markup = "<p>one<table><tr><th>x &lt;b</table></div><b onclick='x'>two<!-- <img> --><img src=y><br>&amp;lt;script>"
    widget = {"model_id": "x", "version_major": 2, "version_minor": 0}
    shown = [{"text/html": markup}, {"image/png": "iVBORw0KGgo="}, {"application/vnd.jupyter.widget-view+json": widget}]
    outputs = [nbformat.v4.new_output("display_data", {**data, "text/plain": "plain"}) for data in shown]
    cells = [
        nbformat.v4.new_markdown_cell(f"# Title\n\n![](x.png)\n\n{markup}"),
        nbformat.v4.new_raw_cell(markup),
        nbformat.v4.new_code_cell("x = {'a': \"<b>\"}  # 1 & 2", outputs=outputs),
    ]
    language = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    path = tmp_path / "10_page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=language), path)
    ours = _exporter()
    plain_exporter = HTMLExporter(template_name="basic", config=ours.config)
    pages = [notebook_page(path, exporter) for exporter in (ours, plain_exporter)]
    assert pages[0].body.split() == pages[1].body.split() and pages[0].code == pages[1].code
