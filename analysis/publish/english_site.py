"""The web site of the English edition: the same template and scripts with English words, and links to Polish pages.

Words of the template stand in Polish in `report/style/page.html`; here they are exchanged after a page is written, text
by text, so the two languages share one template. A text that nobody has translated stops the build.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from bs4 import BeautifulSoup, Comment, Doctype, NavigableString

from analysis.errors import PublishError
from analysis.publish import pandoc
from analysis.publish.foreign import ForeignWords
from analysis.publish.html import _ARGS, _assets, _prepare, paginate, places_of
from analysis.publish.pandoc import Node
from analysis.publish.publication import Publication
from analysis.publish.site import Page, Site
from analysis.publish.site_body import finish_body, search_entries
from analysis.publish.site_exhibits import exhibit_html
from analysis.publish.site_pages import contents, lists_body, search_body
from analysis.yamlfile import read_mapping

WORDS = "labels/site_en.yaml"
LETTERS = re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")
# Polish words without Polish letters that a text of this report would hardly do without.
STOP_WORDS = re.compile(
    r"\b(?:oraz|jest|dla|przez|albo|ale|jak|nie|tak|czy|lub|tego|tylko|klastry|klaster|klastra|mediana|obszar|obszaru|"
    r"liczba|liczby|rok|roku|wyniki|wynik|tabela|rysunek|brak|razem|wszystkie|spis|opis|dane)\b",
    re.IGNORECASE,
)
ATTRIBUTES = ("aria-label", "placeholder", "title", "alt", "content")
POLISH_SITE = "../../html/"
SHARED = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def polish_left(html: str, foreign: ForeignWords) -> list[str]:
    """Texts and attributes of a page that look Polish: text not marked `lang="pl"`, attributes beside Polish names."""
    soup = BeautifulSoup(html, "html.parser")
    found = []
    for node in soup.find_all(string=True):
        if isinstance(node, Comment | Doctype) or node.find_parent(["script", "style", "code"]) is not None:
            continue
        if node.find_parent(attrs={"lang": "pl"}) is None and _looks_polish(str(node)):
            found.append(str(node).strip())
    for tag in soup.find_all(True):
        for name in ATTRIBUTES:
            text = str(tag.get(name) or "")
            rest = "".join(part for part, other in foreign.pieces(text, "en") if not other)
            if _looks_polish(rest):
                found.append(text)
    return found


def _looks_polish(text: str) -> bool:
    return bool(LETTERS.search(text) or STOP_WORDS.search(text))


def _replace(html: str, words: dict[str, str]) -> str:
    """Exchange texts and attributes that are exactly one of the words."""
    soup = BeautifulSoup(html, "html.parser")
    for node in soup.find_all(string=True):
        if isinstance(node, NavigableString) and not isinstance(node, Comment | Doctype):
            text = str(node).replace("\N{NO-BREAK SPACE}", " ").strip()
            if text in words:
                node.replace_with(str(node).replace(str(node).strip(), words[text]))
    for tag in soup.find_all(True):
        for name in ATTRIBUTES:
            start, colon, text = str(tag.get(name) or "").strip().rpartition(": ")
            if text in words:
                tag[name] = start + colon + words[text]
    return str(soup)


def _scripts(folder: Path, words: dict[str, str]) -> None:
    """Exchange the words of the site's script."""
    path = folder / "assets" / "site.js"
    text = SHARED.sub(lambda m: f'"{words[m[0][1:-1]]}"' if m[0][1:-1] in words else m[0], path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")


def _without_sources(blocks: list[Node]) -> list[Node]:
    """The sources of numbers are told by the Polish site; here a number is plain text."""

    def action(node: Node) -> list[Node] | None:
        return list(node["c"][1]) if node["t"] == "Span" and "fact" in node["c"][0][1] else None

    return list(pandoc.change(blocks, action))


def _index(pub: Publication, pages: list[Page], figures: int, tables: int) -> str:
    downloads = [
        (pub.file_name("pdf"), "Report (PDF)", "for print, accessible on screen"),
        (pub.file_name("docx"), "Report (DOCX)", "for editing"),
        (pub.file_name("xlsx"), "Statistical annex (XLSX)", "tables with numbers"),
    ]
    items = "".join(
        f'<li><a href="../{quote(name)}">{label}<small>{note}</small></a></li>' for name, label, note in downloads
    )
    imprint = ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    individual = "" if pub.reports_apart else " and the individual reports"
    about = (
        f"<p>The English edition holds the Summary of the report and all its {figures} figures and {tables} tables, "
        "under the numbers and headings of the Polish edition. Both print the same numbers. The text of the other "
        f"chapters{',' if individual else ' and'} the sources of every number{individual} are in the "
        f'<a href="{POLISH_SITE}index.html" hreflang="pl">Polish edition</a>.</p>'
    )
    return (
        f'<div class="cover"><h1>{escape(pub.title)}</h1><p class="subtitle">{escape(pub.subtitle)}</p>'
        f'<p class="imprint">{escape(imprint)}</p><ul class="downloads">{items}</ul></div>{note}{about}'
        f'<h2 id="contents">Contents</h2>{contents(pages)}'
    )


def _with_language_link(html: str, target: str) -> str:
    link = f'<link rel="alternate" hreflang="pl" href="{target}">'
    html = html.replace("</head>", f"{link}\n</head>", 1)
    switch = f'<p class="language"><a href="{target}" hreflang="pl" lang="pl">Po polsku</a></p>'
    return html.replace("<article>", f"<article>\n{switch}", 1)


def polish_pages(book_chapters: list[Page]) -> dict[str, str]:
    """Anchor of the first heading of a Polish page → its file."""
    found = {}
    for page in [p for chapter in book_chapters for p in (chapter, *chapter.children)]:
        if page.blocks and page.blocks[0]["t"] == "Header":
            found[page.blocks[0]["c"][1][0]] = page.file
    return found


def build_site(pub: Publication, polish: list[Page], out: Path) -> list[str]:
    """Write the English site into an empty folder; returns the names of its pages.

    `polish` are the chapters of the Polish site, whose pages the English ones lead to.

    Raises
    ------
    PublishError
        A page holds Polish text that is not marked as such; names page and text.
    """
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    words: dict[str, str] = read_mapping(pub.report_dir / WORDS)
    other = polish_pages(polish)
    chapters = [paginate(chapter) for chapter in pub.book.chapters]
    pages = [p for chapter in chapters for p in (chapter, *chapter.children)]
    places = places_of(pages)
    index = Page("index.html", pub.title, "", "en", [], description=f"{pub.title}. {pub.subtitle}. {pub.period}")
    lists = Page("figures-and-tables.html", "List of figures and tables", "", "en", [])
    search = Page("szukaj.html", "Search the report", "", "en", [])
    home = Page(f"{POLISH_SITE}index.html", "Polish edition", "", "en", [])
    for before, after in pairwise([index, *pages]):
        before.next, after.prev = after, before
    site = Site(pub, out, chapters, [lists, home])

    def draw(label: str, lang: str) -> str:
        return exhibit_html(pub.exhibits[label], pub, lang, set())

    entries: list[dict[str, str]] = []
    for page in pages:
        doc = pub.book.doc(_without_sources(_prepare(page, places, draw)))
        page.body = finish_body(pandoc.write(doc, "html5", _ARGS).decode())
        if page.children:
            page.body += f'\n<h2 id="in-this-chapter">In this chapter</h2>\n{contents(page.children)}'
        entries += search_entries(page)
        site.write(page, toc=not page.children and 'class="exhibit wide"' not in page.body)
    kinds = [label.kind for label in pub.book.labels.values()]
    index.body = _index(pub, chapters, kinds.count("fig"), kinds.count("tbl"))
    lists.body = lists_body(pub, places)
    search.body = search_body(entries)
    for page in (index, lists, search):
        site.write(page, toc=False)
    _assets(pub, out, entries)
    _scripts(out, words)
    problems = []
    for page in [index, lists, search, *pages]:
        path = out / page.file
        anchor = page.blocks[0]["c"][1][0] if page.blocks else ""
        html = _replace(path.read_text(encoding="utf-8"), words)
        html = _with_language_link(html, POLISH_SITE + other.get(anchor, "index.html"))
        path.write_text(html, encoding="utf-8")
        problems += [f"{page.file}: {text[:120]!r}" for text in polish_left(html, pub.foreign)]
    if problems:
        raise PublishError(
            "Polish text in the English edition; translate it (report/labels), or mark it with its language:\n  "
            + "\n  ".join(dict.fromkeys(problems))
        )
    return sorted(p.name for p in out.glob("*.html"))
