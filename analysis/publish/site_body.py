"""The body of a page of the site as pandoc and we wrote it: finished for the keyboard, and cut up for the search.

Neither needs a tree that can be changed: one reads tag by tag, the other takes the tree of libxml2, which is ten times
faster made than one of Python objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from lxml import etree

from analysis.publish.site import Page

_TOKEN = re.compile(
    r'<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>"]|"[^"]*")*?)\s*(?P<alone>/?)>'
    r"|&(?!amp;|lt;|gt;)#?\w+;"
)
_ATTRIBUTE = re.compile(r'([^\s=]+)(?:="([^"]*)")?')
_VOID = {"br", "col", "hr", "img", "input", "wbr"}
_FORMULA = '<span aria-label="Wzór" class="formula-scroll" role="group" tabindex="0">'


@dataclass
class _Scrolling:
    """Puts tables written by hand and formulas that stand apart into boxes, and scopes the heads of these tables.

    Reads a page tag by tag, as pandoc and we wrote it. Attributes come in the order of their names.
    """

    heading: str = ""
    tables: list[bool] = field(default_factory=list)  # of those that are open: whether it is written by hand
    in_head: bool = False
    formula: bool = False

    def __call__(self, token: re.Match[str]) -> str:
        if token["name"] is None:
            return unescape(token[0])
        return self._closed(token["name"]) if token["close"] else self._opened(token)

    def _closed(self, name: str) -> str:
        tag = f"</{name}>"
        if name == "table" and self.tables and self.tables.pop():
            return f"{tag}</div>"
        if name == "thead":
            self.in_head = False
        if name == "math" and self.formula:
            self.formula = False
            return f"{tag}</span>"
        return tag

    def _opened(self, token: re.Match[str]) -> str:
        name, attributes, box = token["name"], dict(_ATTRIBUTE.findall(token["attributes"])), ""
        if name in ("h1", "h2", "h3", "h4"):
            self.heading = attributes.get("id", "")
        elif name == "table":
            self.tables.append("exhibit-table" not in attributes.get("class", "").split())
            if self.tables[-1]:
                named = f'aria-labelledby="{self.heading}"' if self.heading else 'aria-label="Tabela"'
                box = f'<div {named} class="table-scroll" role="region" tabindex="0">'
        elif name == "thead":
            self.in_head = True
        elif name == "th" and self.in_head and self.tables[-1]:
            attributes["scope"] = "col"
        elif name == "math" and attributes.get("display") == "block":
            self.formula, box = True, _FORMULA
        inside = "".join(f' {key}="{attributes[key]}"' for key in sorted(attributes))
        end = "/>" if name in _VOID else f"></{name}>" if token["alone"] else ">"
        return f"{box}<{name}{inside}{end}"


def finish_body(html: str) -> str:
    """Name footnotes and their back links, scope tables written by hand, let tables and formulas scroll by keyboard."""
    html = html.replace(
        '<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes">',
        '<section id="footnotes" class="footnotes" role="doc-endnotes" aria-label="Przypisy">',
    )
    html = re.sub(
        r'(<a href="#fnref\d+" class="footnote-back" role="doc-backlink")>↩︎</a>',
        r'\1 aria-label="Powrót do tekstu">↑</a>',
        html,
    )
    return _TOKEN.sub(_Scrolling(), html) if "<table" in html or 'display="block"' in html else html


def _is_furniture(tag: etree._Element) -> bool:
    """Whether an element of a page holds words that nobody looks for."""
    classes = (tag.get("class") or "").split()
    return (
        tag.tag in ("annotation", "script")  # what a formula is written from, the data of a drawing
        or "exhibit-links" in classes
        or "eyebrow" in classes
        or (tag.tag == "details" and "sources" in classes)
        or (tag.tag == "a" and "anchor" in classes)
    )


def _texts(part: etree._Element) -> Iterator[str]:
    """Texts of an element, in order and without furniture."""
    if not isinstance(part.tag, str) or _is_furniture(part):  # a comment has a function for a tag
        return
    yield part.text or ""
    for inner in part:
        yield from _texts(inner)
        yield inner.tail or ""


def _words(texts: Iterable[str]) -> str:
    """Texts with a space between them, but none around punctuation."""
    return re.sub(r"\s+(?=[.,;:)”])|\s+(?=\s)|(?<=[(„])\s+", "", " ".join(filter(None, map(str.strip, texts))))


def search_entries(page: Page) -> list[dict[str, str]]:
    """Cut a page at its headings into entries of the search index."""
    body = etree.HTML(f"<div>{page.body}</div>", etree.HTMLParser(huge_tree=True))[0][0]
    entries: list[dict[str, str]] = []
    title, url = page.plain_title, page.file
    where = page.eyebrow.plain_title if page.eyebrow else ""
    text = [_words([body.text or ""])]
    for part in body:
        if part.tag in ("h1", "h2", "h3"):
            if any(text):
                entries.append({"title": title, "where": where, "url": url, "text": " ".join(filter(None, text))})
            text = []
            if part.tag != "h1":
                where = page.plain_title
                title = " ".join(filter(None, map(str.strip, _texts(part))))
                url = f"{page.file}#{part.get('id')}" if part.get("id") else page.file
        else:
            text.append(_words(_texts(part)))
        text.append(_words([part.tail or ""]))
    entries.append({"title": title, "where": where, "url": url, "text": " ".join(filter(None, text))})
    return entries
