"""The PDF checked by three readers of its structure: ours, the package pdfua, and veraPDF; each with broken files.

Typst checks PDF/UA-1 and PDF/A-2a while it writes and stops at the first breach; these checks read the file it wrote,
after our own step that names the rows of tables. veraPDF is left out, with a line that says so, where its wheels are
not installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import verapdf
from pdfua import validate

from analysis.publish.publication import Publication

Check = Callable[[Path], list[str]]
FRONT = ["Spis treści", "Spis rysunków", "Spis tabel"]


def nodes(tree: Any) -> Iterator[Any]:
    """Every element of a structure tree in reading order."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.Array):
            stack.extend(reversed(list(node)))  # type: ignore[call-overload]
        elif isinstance(node, pikepdf.Dictionary):
            yield node
            if "/K" in node:
                stack.append(node.K)


def _scope(cell: Any) -> str:
    attributes = cell.get("/A")
    found = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    return next((str(a.Scope) for a in found if isinstance(a, pikepdf.Dictionary) and "/Scope" in a), "")


def _font_problems(pdf: pikepdf.Pdf) -> list[str]:
    out = []
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/FontDescriptor":
            continue
        if not any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            out.append(f"font is not embedded: {item.get('/FontName')}")
    return out


def structure_problems(path: Path) -> list[str]:
    """Our own reading: title, language, tags, alternatives, headings of tables, headings, fonts, links."""
    with pikepdf.open(path) as pdf:
        root = pdf.Root
        out = [] if root.get("/Lang") else ["no language"]
        if not (root.get("/ViewerPreferences") and root.ViewerPreferences.get("/DisplayDocTitle")):
            out.append("title not shown")
        if not (root.get("/MarkInfo") and bool(root.MarkInfo.get("/Marked"))):
            return [*out, "not tagged"]
        if "/StructTreeRoot" not in root:
            return [*out, "no structure tree"]
        with pdf.open_metadata() as meta:
            for key, value in (("pdfuaid:part", "1"), ("pdfaid:part", "2"), ("pdfaid:conformance", "A")):
                if meta.get(key) != value:
                    out.append(f"{key} is not {value}")
        levels: list[int] = []
        for node in nodes(root.StructTreeRoot):
            kind = str(node.get("/S", ""))
            if kind in ("/Figure", "/Formula") and not str(node.get("/Alt", "")).strip():
                out.append(f"{kind} without alternative text")
            if kind == "/Table" and not any(n.get("/S") == "/TH" for n in nodes(node)):
                out.append("table without heading cells")
            if kind == "/TH" and _scope(node) not in ("/Row", "/Column", "/Both"):
                out.append("heading cell without a scope")
            if re.fullmatch(r"/H[1-6]", kind):
                levels.append(int(kind[2]))
        out += [f"heading level skipped: {a} → {b}" for a, b in pairwise(levels) if b > a + 1]
        for number, page in enumerate(pdf.pages, 1):
            links = [a for a in page.get("/Annots", []) if a.get("/Subtype") == "/Link"]
            if links and page.get("/Tabs") != "/S":
                out.append(f"page {number} without tab order")
            out += [f"page {number}: link that says nothing" for a in links if not str(a.get("/Contents", "")).strip()]
            out += [f"page {number}: link outside the structure" for a in links if "/StructParent" not in a]
        return out + _font_problems(pdf)


def pdfua_problems(path: Path) -> list[str]:
    """What the package pdfua (its own implementation of Matterhorn checkpoints) finds."""
    report = validate(path)
    return [f"{f.rule_id}: {f.message}" for f in report.findings if str(f.severity.name).lower() == "error"]


def broken_pdf(source: Path, target: Path, what: str) -> Path:
    """A copy of a file with one thing taken away."""
    with pikepdf.open(source) as pdf:
        if what == "language":
            del pdf.Root["/Lang"]
        elif what == "marked":
            del pdf.Root["/MarkInfo"]
        for node in nodes(pdf.Root.StructTreeRoot):
            if what == "alt" and node.get("/S") == "/Figure" and "/Alt" in node:
                del node["/Alt"]
            if what == "scope" and node.get("/S") == "/TH" and "/A" in node:
                del node["/A"]
            if what == "heading" and node.get("/S") == "/H2":
                node.S = pikepdf.Name.H4
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary):
                continue
            if what == "font" and item.get("/Type") == "/FontDescriptor":
                for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                    if key in item:
                        del item[key]
            if what == "link" and item.get("/Subtype") == "/Link" and "/Contents" in item:
                del item["/Contents"]
        pdf.save(target)
    return target


@pytest.fixture(scope="module")
def small(mini: Publication) -> Path:
    return mini.build / "60_report" / mini.file_name("pdf")


@pytest.fixture(scope="module")
def whole(build: Path) -> Path:
    return build / "60_report/raport-ogolny-2024.pdf"


OURS = ("language", "marked", "alt", "scope", "heading", "font", "link")


@pytest.mark.parametrize(("check", "faults"), [(structure_problems, OURS), (pdfua_problems, OURS[:3])])
def test_two_checks_pass_the_small_edition_and_find_broken_files(
    small: Path, tmp_path: Path, check: Check, faults: tuple[str, ...]
) -> None:
    assert check(small) == []
    for what in faults:
        assert check(broken_pdf(small, tmp_path / f"{what}.pdf", what)), what


@pytest.mark.product
@pytest.mark.parametrize("check", [structure_problems, pdfua_problems])
def test_two_checks_pass_the_edition(whole: Path, check: Check) -> None:
    assert check(whole)[:20] == []


@pytest.mark.product
@pytest.mark.skipif(bool(verapdf.missing()), reason="veraPDF is not installed: pip install -e .[dev]")
def test_verapdf_passes_the_edition_and_finds_broken_files(small: Path, whole: Path, tmp_path: Path) -> None:
    broken = {what: broken_pdf(small, tmp_path / f"{what}.pdf", what) for what in OURS}
    found = verapdf.check(whole, small, *broken.values())
    sound = {"PDFUA_1": [], "PDFA_2_A": []}
    assert found[str(whole)] == sound
    assert found[str(small)] == sound
    assert not [what for what, path in broken.items() if found[str(path)] == sound]
    assert any(rule.startswith("7.3-1") for rule in found[str(broken["alt"])]["PDFUA_1"])
    assert any(rule.startswith("7.18.5-2") for rule in found[str(broken["link"])]["PDFUA_1"])
    assert any(rule.startswith("6.2.11.4") for rule in found[str(broken["font"])]["PDFA_2_A"])


@pytest.mark.product
def test_bookmarks_are_the_headings_in_reading_order(whole: Path, build: Path) -> None:
    labels = json.loads((build / "50_chapters/book.json").read_text("utf-8"))["labels"].values()
    printed = [(x["level"], " ".join(filter(None, [x["number"], x["title"]]))) for x in labels if x["kind"] == "sec"]

    def walk(items: Any, level: int = 1) -> Iterator[tuple[int, str]]:
        for item in items:
            yield level, re.sub(r"\s+", " ", str(item.title))
            yield from walk(item.children, level + 1)

    with pikepdf.open(whole) as pdf, pdf.open_outline() as outline:
        marks = [mark for mark in walk(outline.root) if mark[1] not in FRONT]
        heads = [
            int(str(n.S)[2]) for n in nodes(pdf.Root.StructTreeRoot) if re.fullmatch(r"/H[1-6]", str(n.get("/S", "")))
        ]
    assert marks == [(level, re.sub(r"\s+", " ", title)) for level, title in printed]
    assert heads == [1] * len(FRONT) + [level for level, _ in printed]


@pytest.mark.product
def test_document_says_what_it_is(whole: Path) -> None:
    with pikepdf.open(whole) as pdf:
        title = str(pdf.docinfo["/Title"]).replace("\N{NO-BREAK SPACE}", " ")
        assert title.startswith("Benchmarking klastrów w Polsce")
        assert str(pdf.docinfo["/Subject"]).strip()
        assert str(pdf.Root.Lang).lower() == "pl-pl"
        languages = {str(n.Lang)[:2] for n in nodes(pdf.Root.StructTreeRoot) if "/Lang" in n}
    assert "en" in languages
