"""A published report read back from its pages: paragraphs, tables and figures in the order of the book."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from analysis.errors import PublishError

# What a page shows beside the report itself: sources of numbers, links under exhibits, the way back to the chapter.
_ASIDE = "details.sources, details.cite, .anchor, .exhibit-links, .eyebrow, .cover, .finder, script, style, nav, button"
_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "figure", "table", "dt", "dd", "blockquote")
# A sentence ends at . ! ? or … before a capital letter, a digit or an opening quotation mark.
_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\bnp\.)(?<!\btys\.)(?<!\bm\.in\.)[”»)]*\s+(?=[„«(]?[A-ZĄĆĘŁŃÓŚŹŻ\d])")


@dataclass(frozen=True)
class Unit:
    """One paragraph, list item, heading, table or figure.

    `section` is the page and the identifier of the heading above it, `chapter` the title of the page's chapter; `key`
    tells exhibits apart (`fig-13`). A table holds its `rows`, the first one the head; a figure its `image` and, as its
    only row, what it shows in words.
    """

    kind: str
    text: str
    page: str
    chapter: str
    section: str
    key: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    image: Path | None = field(default=None, compare=False)
    digest: str = ""

    @property
    def sentences(self) -> list[str]:
        """Sentences of a paragraph; a heading or an item may be one."""
        return [part for part in _SENTENCE.split(self.text) if part]


def _plain(tag: Tag) -> str:
    # Spaces that do not break are set by the typography, not by the writer: a moved one is no change of the text.
    text = re.sub(r"\s+", " ", tag.get_text(" ").replace("\u00a0", " ")).strip()
    return re.sub(r"\s+([,.;:!?)”%])", r"\1", re.sub(r"([„(])\s+", r"\1", text))


def _own_text(item: Tag) -> str:
    """Text of a list item without the lists and paragraphs inside, which are units of their own."""
    copy = BeautifulSoup(str(item), "html.parser").find(item.name)
    assert isinstance(copy, Tag)
    for inner in copy.find_all([*_BLOCKS, "ul", "ol"]):
        inner.decompose()
    return _plain(copy)


def _rows(table: Tag) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_plain(cell) for cell in row.find_all(["th", "td"])) for row in table.find_all("tr"))


def _exhibit(figure: Tag, folder: Path, place: tuple[str, str, str]) -> Iterator[Unit]:
    caption = figure.find("figcaption")
    key = str(figure.get("id") or "")
    title = _plain(caption) if isinstance(caption, Tag) else key
    table, image = figure.find("table"), figure.find("img")
    if isinstance(table, Tag):
        yield Unit("table", title, *place, key=key, rows=_rows(table))
    elif isinstance(image, Tag):
        path = folder / str(image["src"])
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        yield Unit("figure", title, *place, key=key, rows=((str(image.get("alt", "")),),), image=path, digest=digest)
    for foot in figure.select(".exhibit-foot > p"):
        yield Unit("note", _plain(foot), *place, key=key)


def _units(article: Tag, page: str, chapter: str, folder: Path) -> Iterator[Unit]:
    section = ""
    for tag in article.find_all(_BLOCKS):
        if tag.find_parent(["figure", "table"]) is not None:
            continue  # told by the exhibit around it
        if re.fullmatch(r"h[1-6]", tag.name):
            section = str(tag.get("id") or section)
        place = (page, chapter, f"{page}#{section}")
        if tag.name == "figure":
            yield from _exhibit(tag, folder, place)
            continue
        if tag.name == "table":
            yield Unit("table", "", *place, key=str(tag.get("id") or ""), rows=_rows(tag))
            continue
        text = _own_text(tag) if tag.name in ("li", "dd", "blockquote") else _plain(tag)
        if text:
            kind = "heading" if tag.name.startswith("h") else "item" if tag.name == "li" else "text"
            yield Unit(kind, text, *place)


def read_document(build: Path) -> list[Unit]:
    """Read the report that was published under `build`, page by page in the order of the book.

    Raises
    ------
    PublishError
        There is no published report under `build`.
    """
    folder = build / "60_report" / "html"
    name: str | None = "index.html"
    if not (folder / "index.html").is_file():
        edition, _, method = build.name.partition("-")
        option = f" --method {method}" if method else ""
        raise PublishError(f"{folder} has no report; build it first: klastry build --edition {edition}{option}")
    out: list[Unit] = []
    seen: set[str] = set()
    while name is not None and name not in seen:
        seen.add(name)
        page = BeautifulSoup((folder / name).read_text(encoding="utf-8"), "lxml")
        article, following = page.select_one("main article"), page.select_one('link[rel~="next"]')
        if article is None:
            raise PublishError(f"{folder / name}: no article on the page; publish the report again")
        for aside in article.select(_ASIDE):
            aside.decompose()
        current = page.select_one("nav.side li.open > a") or page.select_one("title")
        chapter = _plain(current) if current is not None else name
        out += list(_units(article, name, chapter, folder)) if name != "index.html" else []
        name = str(following["href"]).split("#")[0] if following is not None else None
    return out
