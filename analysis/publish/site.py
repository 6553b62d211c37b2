"""Pages of the web site and the template they are written with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

import jinja2
from bs4 import BeautifulSoup

from analysis.publish.pandoc import Node
from analysis.publish.publication import Publication

_KEEP = str.maketrans("łŁ", "lL")
_HEADING = re.compile(
    r'<h(?P<level>[2-4])(?P<rest>[^>]*?)\sid="(?P<id>[^"]+)"[^>]*>(?P<inner>.*?)</h(?P=level)>', re.DOTALL
)


@dataclass
class Page:
    """One page of the site; `children` are the pages of a chapter's sections, `numbers` whether it prints facts."""

    file: str
    title: str
    number: str
    lang: str
    blocks: list[Node]
    ready: bool = True
    chapter: str = ""
    body: str = ""
    eyebrow: Page | None = None
    numbers: bool = False
    children: list[Page] = field(default_factory=list)
    prev: Page | None = None
    next: Page | None = None

    @property
    def plain_title(self) -> str:
        """Number and title, for the browser's tab."""
        return f"{self.number} {self.title}".strip()

    description: str = ""


def slug(text: str) -> str:
    """Turn a title into a file name: lower case, no diacritics, words joined by hyphens."""
    flat = unicodedata.normalize("NFKD", text.translate(_KEEP)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", flat.lower()).strip("-")[:60].rstrip("-")


def _toc(body: str) -> list[dict[str, Any]]:
    found = []
    for heading in _HEADING.finditer(body):
        if heading["level"] != "4":
            title = BeautifulSoup(heading["inner"], "html.parser").get_text(" ", strip=True)
            found.append((unescape(heading["id"]), int(heading["level"]), re.sub(r"\s+(?=[.,;:)])", "", title)))
    # Headings of a template that is filled in again and again (“Opis”, “Komentarz”) tell nothing in a list.
    often = {title for title, times in Counter(title for _, _, title in found).items() if times > 1}
    items = [
        {"id": ident, "level": level, "title": title}
        for ident, level, title in found
        if level == 2 or title not in often
    ]
    return items if len(items) > 1 else []


_LINK = {"pl": "Odnośnik do części", "en": "Link to the section"}


def _with_anchors(body: str, lang: str) -> str:
    """Put a permanent link beside every heading below the first that has an id.

    It stands beside, not inside: the heading's own name stays what it is, in lists of headings as in the contents.
    """

    def anchored(found: re.Match[str]) -> str:
        name = escape(unescape(re.sub(r"<[^>]+>", " ", found["inner"])), quote=True)
        name = re.sub(r"\s+", " ", name).strip()
        link = f'<a class="anchor" href="#{found["id"]}" aria-label="{_LINK[lang]}: {name}">#</a>'
        return f'<div class="headed h{found["level"]}">{found[0]}{link}</div>'

    return _HEADING.sub(anchored, body)


class Site:
    """Writes pages with the page template; `order` is what "next" follows."""

    def __init__(self, pub: Publication, out: Path, chapters: list[Page], extra: list[Page]) -> None:
        loader = jinja2.FileSystemLoader(pub.style_dir)
        self.template = jinja2.Environment(
            loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        ).get_template("page.html")
        self.pub = pub
        self.out = out
        self.chapters = chapters
        self.extra = extra
        self.site = {
            "title": escape(pub.title),
            "short_title": escape(pub.title),
            "edition_label": escape(pub.subtitle),
            "imprint": escape(". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher]))),
            "provenance_note": escape(pub.provenance_note),
            "licence": escape(str(pub.info.get("licence") or "")),
        }

    def write(self, page: Page, *, base: str = "", toc: bool = True, wide: bool = False) -> None:
        """Write a page; `base` leads from its folder to the root of the site.

        `toc` asks for the page's own contents; beside the text, or folded above it where the text is `wide`.
        """
        nav = [
            {
                "file": p.file, "title": escape(p.title), "number": p.number, "ready": p.ready,
                "current": p is page or page.eyebrow is p,
                "children": [{"file": c.file, "title": escape(c.title), "number": c.number} for c in p.children],
            }
            for p in self.chapters
        ]  # fmt: skip

        def neighbour(p: Page | None) -> dict[str, str] | None:
            return {"file": p.file, "title": escape(p.plain_title)} if p else None

        view = {
            "lang": page.lang, "file": page.file, "plain_title": escape(page.plain_title),
            "description": escape(page.description or page.plain_title, quote=True),
            "numbers": page.numbers,
            "prev": neighbour(page.prev), "next": neighbour(page.next), "eyebrow": neighbour(page.eyebrow),
        }  # fmt: skip
        html = self.template.render(
            page=view, site=self.site, nav=nav, base=base, body=_with_anchors(page.body, page.lang),
            extra=[{"file": p.file, "title": escape(p.title)} for p in self.extra],
            toc=_toc(page.body) if toc else [], wide=wide,
        )  # fmt: skip
        path = self.out / page.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html if html.endswith("\n") else html + "\n", encoding="utf-8")
