"""The report as a web site that needs no server: pages, navigation, search, sources of numbers, computed notebooks.

One page per numbered section of level 2, or one per chapter where a chapter has no sections or says `split: false`.
Nothing is fetched from elsewhere; every link is relative, so the folder works from a disk, a share or a server.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from analysis.publish import about_page, accessibility_page, citation, network_page, pandoc, sector_page, weights_page
from analysis.publish.assemble import BookChapter
from analysis.publish.ledger import build as ledger
from analysis.publish.ledger.rows import Ledger, anchor_numbers, sources_of_page
from analysis.publish.notebooks import notebook_pages
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.site import Page, Site, slug
from analysis.publish.site_again import SitePages, digest
from analysis.publish.site_body import finish_body, search_entries
from analysis.publish.site_exhibits import downloads, exhibit_html
from analysis.publish.site_pages import computed_body, contents, data_body, index_body, lists_body, search_body
from analysis.publish.typography import bind

_ARGS = ["--wrap=none", "--mathml", "--syntax-highlighting=none"]
_TO_EXPLORER = (
    f'<p class="to-page"><a href="{weights_page.FILE}">{weights_page.TITLE}</a>: tu można samemu zmienić wagi '
    "i zobaczyć, co się stanie z miejscami.</p>"
)
_TO_MAP = (
    f'<p class="to-page"><a href="{sector_page.FILE}">{sector_page.TITLE}</a>: tu można wybrać branżę i zobaczyć jej '
    "najbliższych sąsiadów, profil i typy klastrów.</p>"
)


def _file(number: str, title: str) -> str:
    return "-".join(filter(None, [number.replace(".", "-"), slug(title)])) + ".html"


def _shift(blocks: list[Node], by: int) -> list[Node]:
    """Raise headings, so that every page begins with level 1."""

    def action(node: Node) -> Node | None:
        if node["t"] != "Header":
            return None
        level, attributes, inlines = node["c"]
        return {"t": "Header", "c": [max(1, level - by), attributes, inlines]}

    return list(pandoc.change(blocks, action))


def _heading(level: int, ident: str, number: str, inlines: list[Node]) -> Node:
    pairs = {"number": number} if number else {}
    return {"t": "Header", "c": [level, pandoc.attr(ident, **pairs), inlines]}


def _begins_page(block: Node) -> bool:
    return block["t"] == "Header" and block["c"][0] == 2 and bool(pandoc.pairs(block["c"][1]).get("number"))


def paginate(chapter: BookChapter) -> Page:
    """Cut a chapter into pages: its own, and one for each numbered section of level 2; others stay where they stand."""
    cuts = [i for i, block in enumerate(chapter.blocks) if _begins_page(block)]
    page = Page(
        _file(chapter.no, chapter.title), bind(chapter.title), chapter.no, chapter.lang, [], chapter.ready, chapter.stem
    )
    heading = _heading(1, chapter.id, chapter.no, chapter.inlines)
    if not chapter.split or len(cuts) < 2:
        page.blocks = [heading, *chapter.blocks]
        return page
    page.blocks = [heading, *chapter.blocks[: cuts[0]]]
    for start, end in zip(cuts, [*cuts[1:], len(chapter.blocks)], strict=True):
        _, attributes, inlines = chapter.blocks[start]["c"]
        number = pandoc.pairs(attributes).get("number", "")
        title = pandoc.plain(inlines).strip()
        blocks = _shift(chapter.blocks[start:end], 1)
        page.children.append(
            Page(_file(number, title), title, number, chapter.lang, blocks, True, chapter.stem, eyebrow=page)
        )
    return page


def places_of(pages: list[Page]) -> dict[str, tuple[str, str]]:
    """Map every identifier to its page and fragment; the first heading of a page is the page itself."""
    out: dict[str, tuple[str, str]] = {}
    for page in pages:
        for i, node in enumerate(pandoc.nodes(page.blocks)):
            attributes = (
                node["c"][1] if node["t"] == "Header" else node["c"][0] if node["t"] in ("Div", "Span") else None
            )
            if attributes and attributes[0]:
                out[attributes[0]] = (page.file, "" if i == 0 else f"#{attributes[0]}")
    return out


def _prepare(page: Page, places: Mapping[str, tuple[str, str]], draw: Callable[[str, str], str]) -> list[Node]:
    """Point links at pages, draw exhibits, set numbers before headings, mark images."""

    def action(node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Link" and node["c"][2][0].startswith("#"):
            target = node["c"][2][0][1:]
            if target in places:
                file, fragment = places[target]
                node["c"][2][0] = fragment or file if file == page.file and fragment else file + fragment
            return node
        if kind == "Div" and "exhibit" in node["c"][0][1]:
            return pandoc.raw_block("html", draw(node["c"][0][0], page.lang))
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            attributes[2] = []
            if number:
                inlines = [pandoc.span("", ["number"], [{"t": "Str", "c": number}]), *inlines]
            return {"t": "Header", "c": [level, attributes, inlines]}
        if kind == "Span" and "alt" in pandoc.pairs(node["c"][0]):  # a formula; MathML speaks for itself
            return list(node["c"][1])
        return None

    return list(pandoc.change(page.blocks, action))


@dataclass
class BookPages:
    """Writes the pages of the book: with exhibits drawn, numbers anchored, sources and citation below.

    `places` maps identifiers to page and fragment, `leads` pages to a way to a tool; `notebooks` are names.
    """

    pub: Publication
    places: dict[str, tuple[str, str]]
    facts: Ledger
    notebooks: set[str]
    leads: Mapping[str, str]

    def __post_init__(self) -> None:
        self.work = citation.load_work(self.pub)

    def _draw(self, label: str, lang: str) -> str:
        return exhibit_html(self.pub.exhibits[label], self.pub, lang, self.notebooks)

    def write(self, page: Page, site: Site) -> tuple[list[str], list[dict[str, str]]]:
        """Write a page; returns the facts it prints and its entries of the search index."""
        doc = self.pub.book.doc(_prepare(page, self.places, self._draw))
        body, facts = anchor_numbers(finish_body(pandoc.write(doc, "html5", _ARGS).decode()))
        ledger.note_places(self.facts, facts, page)
        page.numbers = bool(facts)
        if page.children:
            title = "W tym rozdziale" if page.lang == "pl" else "In this chapter"
            body += f'\n<h2 id="w-tym-rozdziale">{title}</h2>\n{contents(page.children)}'
        if page.file in self.leads:
            body = body.replace("</h1>", f"</h1>\n{self.leads[page.file]}", 1)
        page.body = body
        entries = search_entries(page)
        page.body += sources_of_page(self.facts, facts, page.lang) + citation.cite_box(page, self.work)
        # A wide table needs the room of the page's own contents, which then stand folded above the text.
        site.write(page, toc=not page.children, wide='class="exhibit wide"' in body)
        return facts, entries


def book_pages(pub: Publication) -> tuple[Page, list[Page], list[Page]]:
    """Return the start page, the chapters and all pages of the book in order, each with its neighbours."""
    chapters = [paginate(chapter) for chapter in pub.book.chapters]
    pages = [p for chapter in chapters for p in (chapter, *chapter.children)]
    index = Page("index.html", pub.title, "", "pl", [], description=f"{pub.title}. {pub.subtitle}. {pub.period}")
    for before, after in pairwise([index, *pages]):
        before.next, after.prev = after, before
    return index, chapters, pages


def write_about(site: Site, page: Page, has_weights: bool) -> list[dict[str, str]]:
    """Write the page that lists the files an edition rests on; returns its entries of the search index."""
    page.body = about_page.about_body(site.pub, weights_page.LINK if has_weights else "")
    site.write(page)
    return search_entries(page)


def write_search(site: Site, entries: list[dict[str, str]]) -> None:
    """Write the page that searches."""
    site.write(Page("szukaj.html", "Szukaj w raporcie", "", "pl", [], body=search_body(entries)), toc=False)


def write_search_index(out: Path, entries: list[dict[str, str]]) -> None:
    """Write what the page that searches loads."""
    numbered = [{"id": i, **entry} for i, entry in enumerate(entries)]
    data = json.dumps(numbered, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    (out / "assets" / "search-index.js").write_text(f"window.KLASTRY_SEARCH={data};\n", encoding="utf-8")


def _assets(pub: Publication, out: Path, entries: list[dict[str, str]]) -> None:
    assets = out / "assets"
    assets.mkdir(parents=True)
    sectors = ["sector-map.js"] if sector_page.sector_data(pub) else []
    for name in ("site.css", "site.js", *(["weights.js"] if weights_page.weights_data(pub) else []), *sectors):
        shutil.copyfile(pub.style_dir / name, assets / name)
    vendor = pub.style_dir / "vendor" / "minisearch"
    shutil.copyfile(vendor / "minisearch.js", assets / "minisearch.js")
    shutil.copyfile(vendor / "LICENSE.txt", assets / "minisearch-LICENSE.txt")
    write_search_index(out, entries)
    if network_page.network_data(pub.build) is not None:
        shutil.copyfile(pub.style_dir / "network.js", assets / "network.js")
        (out / "dane").mkdir(exist_ok=True)
        for file, _ in network_page.DOWNLOADS:
            shutil.copyfile(pub.build / network_page.FOLDER / file, out / "dane" / file)
    if (pub.report_dir / "images").is_dir():
        shutil.copytree(pub.report_dir / "images", out / "images")
    for label in pub.book.placed:
        for folder, source, _ in downloads(pub.exhibits[label], pub, LANG):
            target = out / folder / Path(source).name
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(pub.build / source, target)


def build_html(pub: Publication, out: Path) -> list[str]:
    """Write the site into an empty folder that is there; returns the names of its pages.

    Raises
    ------
    PublishError
        The chapters are not rendered, or an exhibit's table cannot be drawn.
    """
    index, chapters, pages = book_pages(pub)
    # What cells show comes from the full tables; a rule of disclosure control lets only their code be read.
    notebooks = notebook_pages(pub.build / "notebooks", outputs=not (pub.confidential or pub.shield.active))
    places = places_of(pages)
    facts_of, number_pages = ledger.open_ledger(pub, notebooks)
    tables = ledger.group_tables(pub.exhibits, places)
    lists = Page("spis-rysunkow-i-tabel.html", "Spis rysunków i tabel", "", "pl", [])
    computed = Page("obliczenia.html", "Obliczenia", "", "pl", [])
    individual = Page("../individual/index.html", "Raporty indywidualne", "", "pl", [])
    # Individual reports stand beside the site unless they are for their respondents alone; without a template are none.
    has_individual = (pub.report_dir / "individual").is_dir() and not pub.reports_apart
    entry = Page(ledger.ENTRY, ledger.TITLE, "", "pl", [])
    data = Page("dane.html", "Dane", "", "pl", [])
    network = network_page.network_data(pub.build)
    graph = Page(network_page.FILE, network_page.TITLE, "", "pl", [])
    sectors = sector_page.sector_data(pub)
    sector_map = Page(sector_page.FILE, sector_page.TITLE, "", "pl", [])
    weights = weights_page.weights_data(pub)
    explorer = Page(weights_page.FILE, weights_page.TITLE, "", "pl", [])
    about = Page(about_page.FILE, about_page.TITLE, "", "pl", [])
    access = Page(accessibility_page.FILE, accessibility_page.TITLE, "", "pl", [])
    extra = [
        lists,
        *([graph] if network else []),
        *([sector_map] if sectors else []),
        *([explorer] if weights else []),
        entry,
        data,
        *([computed] if notebooks else []),
        *([individual] if has_individual else []),
        about,
        access,
    ]
    site = Site(pub, out, chapters, extra)
    ways = {weights_page.SECTION: _TO_EXPLORER} if weights else {}
    ways |= dict.fromkeys(sector_page.SECTIONS, _TO_MAP) if sectors else {}
    leads = {places[name][0]: way for name, way in ways.items() if name in places}
    book = BookPages(pub, places, facts_of, {n.name for n in notebooks}, leads)
    again = SitePages.begin(pages, places, pub.book.placed, extra, leads, notebooks)
    entries: list[dict[str, str]] = []
    for page in pages:
        text = digest(page.blocks)
        facts, found = book.write(page, site)
        again.pages[page.file] = (text, facts, found)
        entries += found
    index.body = index_body(pub, chapters, ledger.index_part(facts_of))
    lists.body = lists_body(pub, places)
    if network:
        graph.body = network_page.network_body(network)
        entries += search_entries(graph)
    computed.body = computed_body(notebooks)
    site.write(index, toc=False)
    site.write(lists, toc=False)
    data.body = data_body(pub)
    site.write(data, toc=False)
    if network:
        site.write(graph, toc=False)
    if sectors:
        section = "".join(places.get(sector_page.SECTIONS[0], ()))
        sector_map.body = sector_page.sector_body(sectors, pub, section)
        entries += search_entries(sector_map)
        site.write(sector_map, toc=False)
    if weights:
        section = "".join(places.get(weights_page.SECTION, ()))
        explorer.body = weights_page.weights_body(weights, pub, section)
        entries += search_entries(explorer)
        site.write(explorer, toc=False)
    entries += write_about(site, about, bool(weights))
    tools = [(p.title, p.file) for p in (graph, sector_map, explorer) if p in extra]
    pages_in_all = len(pages) + len(extra) + 2 - has_individual  # with the start and the search
    access.body = accessibility_page.accessibility_body(pub, pages_in_all, tools)
    entries += search_entries(access)
    site.write(access)
    write_search(site, entries)
    if notebooks:
        site.write(computed, toc=False)
    for notebook in notebooks:
        file = f"obliczenia/{notebook.name}.html"
        page = Page(file, notebook.title, "", "en", [], eyebrow=computed, body=notebook.body)
        site.write(page, base="../")
        entries.append({"title": notebook.title, "where": "Obliczenia", "url": file, "text": notebook.text})
    _assets(pub, out, entries)
    again.save(pub.out_dir, entries)
    ledger.write_ledger(facts_of, number_pages, site, entry, tables, pub.provenance_note)
    return sorted(p.name for p in out.glob("*.html"))
