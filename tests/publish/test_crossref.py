from __future__ import annotations

import pytest

from analysis.publish import pandoc
from analysis.publish.crossref import Label, resolve

N = "\u00a0"
LABELS = {
    "fig-13": Label("fig-13", "fig", "13", "Mediany"),
    "fig-14": Label("fig-14", "fig", "14", "Mediany"),
    "tbl-18": Label("tbl-18", "tbl", "18", "Wyniki"),
    "sec-a": Label("sec-a", "sec", "5", "Wyniki", 1),
    "sec-a-b": Label("sec-a-b", "sec", "5.2", "Zasoby", 2),
    "sec-plain": Label("sec-plain", "sec", "", "Uwagi", 2),
}


def _text(markdown: str, lang: str = "pl") -> str:
    doc = pandoc.read_markdown(markdown)
    return pandoc.plain(resolve(doc["blocks"], LABELS, lang)).strip()


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Zob. @fig-13.", f"Zob. Rysunek{N}13."),
        ("[na rysunku @fig-13]", f"na rysunku{N}13"),
        ("[-@fig-13]", "13"),
        ("Rysunki -@fig-13 i dalej", "Rysunki 13 i dalej"),
        ("[na rysunkach @fig-13; @fig-14]", f"na rysunkach{N}13 i 14"),
        ("(@tbl-18)", f"(Tabela{N}18)"),
        ("[w rozdziale @sec-a-b]", f"w rozdziale{N}5.2"),
        ("@sec-a", f"rozdział{N}5"),
        ("@sec-plain", f"podrozdział{N}„Uwagi”"),
    ],
)
def test_forms(markdown: str, text: str) -> None:
    assert _text(markdown) == text


def test_english_names() -> None:
    assert _text("@fig-13 and @tbl-18", "en") == f"Figure{N}13 and Table{N}18"


def test_target_is_the_label() -> None:
    doc = pandoc.read_markdown("@tbl-18")
    links = [n for n in pandoc.nodes(resolve(doc["blocks"], LABELS)) if n["t"] == "Link"]
    assert [x["c"][2][0] for x in links] == ["#tbl-18"]


def test_literature_is_left_alone() -> None:
    doc = pandoc.read_markdown("[@oecd2008, s. 15]")
    assert [n["t"] for n in pandoc.nodes(resolve(doc["blocks"], LABELS)) if n["t"] == "Cite"] == ["Cite"]
