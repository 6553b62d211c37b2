"""What each format prints, as plain text, and where a fact stands in it.

The formats differ in characters that nobody reads: no-break spaces, line breaks, hyphens at the end of a line, the true
minus. `plain` is the only place where such differences are set aside; everything else has to be the same.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree
from pypdf import PdfReader

from analysis.publish import numbers

AROUND = 24  # characters on each side that tell one place from another
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {"Note", "RawInline", "RawBlock", "Math", "Image"}


def plain(text: str) -> str:
    """A text without what typesetting adds: no spaces, no hyphens; minus signs stay, as U+2212."""
    text = re.sub(r"[\s\u00a0\u00ad\u202f\u2009\u2002\u200b\u2060]+", "", text)
    return re.sub(r"[-\u2010\u2011]", "", text)


@dataclass(frozen=True)
class Place:
    """A fact where a chapter prints it: what is printed and the text on both sides, all as `plain` gives it."""

    fact: str
    shown: str
    before: str
    after: str

    def stands_in(self, text: str, *, pages: bool) -> bool:
        """Whether a format prints the fact here, in one piece or, in one with `pages`, once parted by the end of one.

        A number is never parted, and where a page ends beside it, nothing that belongs to a number may touch it.
        """
        full = self.before + self.shown + self.after
        if full in text:
            return True
        if not pages:
            return False
        start, end = len(self.before), len(self.before) + len(self.shown)
        for cut in range(1, len(full)):
            if start < cut < end and not re.search(r"[^\W\d]", self.shown):
                continue
            left, right = re.escape(full[:cut]), re.escape(full[cut:])
            left += r"(?![\d%,])" if cut == end else ""
            right = (rf"(?<![\d,{numbers.MINUS}])" if cut == start else "") + right
            if re.search(left, text) and re.search(right, text):
                return True
        return False


def _spell(node: Any, out: list[str], marks: list[tuple[str, int, int]]) -> None:
    """Collect the letters of a tree and the stretches of them that are facts."""
    if isinstance(node, list):
        for item in node:
            _spell(item, out, marks)
        return
    if not isinstance(node, dict):
        return
    kind, content = node.get("t"), node.get("c")
    if kind == "Str":
        out.append(str(content))
    elif kind == "Code":
        out.append(str(content[1]))
    elif kind == "Span" and "fact" in content[0][1]:
        start = len(plain("".join(out)))
        _spell(content[1], out, marks)
        marks.append((dict(content[0][2])["f"], start, len(plain("".join(out)))))
    elif kind not in _SKIPPED:
        _spell(content, out, marks)


def _texts(node: Any) -> Iterator[list[Any]]:
    """The lists of inlines of a tree: paragraphs, cells, headings."""
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        if node.get("t") in ("Para", "Plain"):
            yield node["c"]
        elif node.get("t") == "Header":
            yield node["c"][2]
        else:
            yield from _texts(node.get("c"))


def places(book: Path) -> list[Place]:
    """Every place of the chapters where a fact is printed, from `book.json`."""
    found = []
    for chapter in json.loads(book.read_text("utf-8"))["chapters"]:
        for inlines in _texts(chapter["blocks"]):
            letters: list[str] = []
            marks: list[tuple[str, int, int]] = []
            _spell(inlines, letters, marks)
            text = plain("".join(letters))
            for fact, start, end in marks:
                before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
                found.append(Place(fact, text[start:end], before, after))
    return found


def missing(found: list[Place], text: str, *, pages: bool = False) -> list[str]:
    """Facts that a format prints otherwise than the chapters, with what should stand there."""
    return [f"{p.fact}: …{p.before}[{p.shown}]{p.after}…" for p in found if not p.stands_in(text, pages=pages)]


def html_text(site: Path) -> str:
    """Text of the chapters' pages."""
    out = []
    for page in sorted(site.glob("*.html")):
        soup = BeautifulSoup(page.read_text("utf-8"), "lxml")
        main = soup.find("main")
        for aside in main.select("details.sources, nav, script, style, a.footnote-ref") if main else []:
            aside.decompose()
        out.append(main.get_text() if main else "")
    return plain("\n".join(out))


def docx_text(path: Path) -> str:
    """Text of a Word document with its footnotes."""
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(n) for n in ("word/document.xml", "word/footnotes.xml") if n in archive.namelist()]
    return plain("\n".join(t.text or "" for part in parts for t in etree.fromstring(part).iter(f"{_W}t")))


def pdf_text(path: Path) -> str:
    """Text layer of a PDF without running heads and page numbers, so that paragraphs go on over pages."""
    out = []
    for page in PdfReader(path).pages:
        lines = page.extract_text().split("\n")
        out += [line for line in lines if not re.fullmatch(r"\d{1,3}|.* – edycja \d{4}", plain_spaces(line))]
    return plain("\n".join(out))


def plain_spaces(text: str) -> str:
    """A line with ordinary spaces."""
    return re.sub(r"[\s\u00a0]+", " ", text).strip()
