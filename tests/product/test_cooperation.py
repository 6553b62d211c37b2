"""Chapter 8 and the graph as they are published."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def html(build: Path) -> Path:
    return build / "60_report/html"


@pytest.mark.parametrize(("name", "read"), [("siec.graphml", nx.read_graphml), ("siec.gexf", nx.read_gexf)])
def test_exports_hold_every_organisation_and_tie(html: Path, name: str, read) -> None:
    graph = read(html / "dane" / name)
    assert graph.number_of_nodes() == 71 and graph.number_of_edges() == 87
    assert any("Rada Klastrów Medycznych" in str(d.get("name", d)) for _, d in graph.nodes(data=True))


def test_interactive_page_is_whole_without_scripts(html: Path) -> None:
    page = BeautifulSoup((html / "siec-wspolpracy.html").read_text("utf-8"), "html.parser")
    assert len(page.select("#siec g.node")) == 71 and len(page.select("#siec line.tie")) == 87
    assert all(node.get("aria-label") for node in page.select("#siec g.node"))
    assert sum(node["tabindex"] == "0" for node in page.select("#siec g.node")) == 1
    rows = page.select("#tabela-powiazan tbody tr")
    assert len(rows) == 87 and all(len(row.select("td")) == 6 for row in rows)
    drawn = [line["data-tie"] for line in page.select("#siec line.tie")]
    assert drawn == [row["data-tie"] for row in rows]  # the script pairs them by place
    assert not [s["src"] for s in page.select("script[src]") if "//" in s["src"]]
    assert (html / "assets/network.js").is_file()


def test_chapter_8_is_in_the_site_and_the_pdf(build: Path, html: Path) -> None:
    last = BeautifulSoup((html / "8-5-podsumowanie.html").read_text("utf-8"), "html.parser")
    figure = last.select_one("figure#fig-45")
    assert figure is not None and len(figure.img["alt"]) > 200
    assert figure.select_one('a[href="siec-wspolpracy.html"]') and figure.select_one('a[href="dane/siec.gexf"]')
    assert len(list(html.glob("8-[1-5]-*.html"))) == 5
    text = "\n".join(page.extract_text() for page in PdfReader(build / "60_report/raport-ogolny-2024.pdf").pages)
    assert "Rysunek 45. Wizualizacja opisanych przykładów" in text and "8.4.7" in text


def test_no_score_stands_with_a_name(build: Path) -> None:
    data = json.loads((build / "42_cooperation_graph/network.json").read_text("utf-8"))
    allowed = {"id", "name", "short", "kind", "sector", "voivodeship", "x", "y"}
    assert all(set(node) == allowed for node in data["nodes"])
    head = (build / "42_cooperation_graph/matching.csv").read_text("utf-8").splitlines()
    place = head[0].split(",").index("complement")
    assert all(row.split(",")[place] == "" for row in head[1:])
