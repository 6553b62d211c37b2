"""The report as a web site that needs no server: pages, navigation, search, sources of numbers, computed notebooks.

One page per numbered section of level 2, or one per chapter where a chapter has no sections or says `split: false`.
Nothing is fetched from elsewhere; every link is relative, so the folder works from a disk, a share or a server.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from analysis.publish import network_page, numbers, pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import exhibit_name
from analysis.publish.datapackage import resources
from analysis.publish.exhibit_tables import build as build_table
from analysis.publish.exhibit_tables import to_html
from analysis.publish.exhibits import Exhibit
from analysis.publish.ledger import build as ledger
from analysis.publish.ledger.rows import anchor_numbers, sources_of_page
from analysis.publish.notebooks import NotebookPage, notebook_pages
from analysis.publish.pandoc import Node
from analysis.publish.publication import Publication
from analysis.publish.site import Page, Site, slug
from analysis.publish.typography import bind

_ARGS = ["--wrap=none", "--mathml", "--syntax-highlighting=none"]


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


def _places(pages: list[Page]) -> dict[str, tuple[str, str]]:
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


def _exhibit_html(exhibit: Exhibit, pub: Publication, lang: str, notebooks: set[str]) -> str:
    name = exhibit_name(exhibit.kind, exhibit.no, lang)
    caption = (
        f'<figcaption id="{exhibit.id}-caption"><span class="exhibit-no">{name}.</span> '
        f"{escape(bind(exhibit.title))}</figcaption>"
    )
    if exhibit.kind == "figure":
        width = "half" if exhibit.record.get("width") == "half" else "full"
        image = Path(exhibit.image_file).name
        inner = f'<img class="{width}" src="figures/{image}" alt="{escape(exhibit.record["alt"], quote=True)}">'
    else:
        table = to_html(build_table(exhibit, pub.build, lang), exhibit.id)
        region = f'role="region" tabindex="0" aria-labelledby="{exhibit.id}-caption"'
        inner = f'<div class="table-scroll" {region}>\n{table}\n</div>'
    wide = " wide" if exhibit.record.get("orientation") == "landscape" else ""
    note = f"<p>{escape(bind(exhibit.note))}</p>" if exhibit.note else ""
    links = [f'<a href="dane/{Path(exhibit.data_file).name}" download>Dane (CSV)</a>']
    if exhibit.notebook in notebooks:
        links.append(f'<a href="obliczenia/{exhibit.notebook}.html">Obliczenia</a>')
    if exhibit.id == network_page.EXHIBIT and network_page.network_data(pub.build) is not None:
        links.append(f'<a href="{network_page.FILE}">Wersja interaktywna</a>')
        links += [f'<a href="dane/{file}" download>{name}</a>' for file, name in network_page.DOWNLOADS]
    source = escape(bind(exhibit.source))
    return (
        f'<figure class="exhibit{wide}" id="{exhibit.id}">\n{caption}\n{inner}\n<div class="exhibit-foot">{note}'
        f'<p>{SOURCE_WORD[lang]}: {source}</p><p class="exhibit-links">{"".join(links)}</p></div>\n</figure>'
    )


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

    return list(pandoc.change(json.loads(json.dumps(page.blocks)), action))


def _polish(html: str) -> str:
    """Give footnotes a heading and their back links a name, tables written by hand their scopes."""
    html = html.replace(
        '<section id="footnotes" class="footnotes footnotes-end-of-document" role="doc-endnotes">',
        '<section id="footnotes" class="footnotes" role="doc-endnotes" aria-label="Przypisy">',
    )
    html = re.sub(
        r'(<a href="#fnref\d+" class="footnote-back" role="doc-backlink")>↩︎</a>',
        r'\1 aria-label="Powrót do tekstu">↑</a>',
        html,
    )
    if "<table" in html:
        soup = BeautifulSoup(html, "html.parser")
        for head in soup.select("table:not(.exhibit-table) thead th"):
            head["scope"] = "col"
        for table in soup.select("table:not(.exhibit-table)"):
            box = soup.new_tag("div", attrs={"class": "table-scroll"})
            table.wrap(box)
        html = str(soup)
    return html


def _search_entries(page: Page) -> list[dict[str, str]]:
    """Cut a page at its headings into entries of the search index."""
    soup = BeautifulSoup(page.body, "html.parser")
    for tag in soup.select("details.sources, .exhibit-links, annotation, .eyebrow"):
        tag.decompose()
    entries: list[dict[str, str]] = []
    title, url = page.plain_title, page.file
    text: list[str] = []
    where = page.eyebrow.plain_title if page.eyebrow else ""
    for part in soup.children:
        if isinstance(part, Tag) and part.name in ("h1", "h2", "h3"):
            if text:
                entries.append({"title": title, "where": where, "url": url, "text": " ".join(text)})
            text = []
            if part.name != "h1":
                where = page.plain_title
                title = part.get_text(" ", strip=True)
                url = f"{page.file}#{part['id']}" if part.get("id") else page.file
        else:
            words = re.sub(r"\s+(?=[.,;:)])|\s+(?=\s)", "", part.get_text(" ", strip=True))
            if words:
                text.append(words)
    entries.append({"title": title, "where": where, "url": url, "text": " ".join(text)})
    return entries


def _contents(pages: list[Page]) -> str:
    def line(page: Page) -> str:
        number = f'<span class="no">{page.number}</span>' if page.number else '<span class="no"></span>'
        status = "" if page.ready else '<span class="status"> w&nbsp;przygotowaniu</span>'
        css = "" if page.ready else ' class="in-preparation"'
        return f'<a href="{page.file}"{css}>{number}<span>{escape(page.title)}{status}</span></a>'

    items = []
    for page in pages:
        inner = "".join(f"<li>{line(child)}</li>" for child in page.children)
        items.append(f"<li>{line(page)}{f'<ul>{inner}</ul>' if inner else ''}</li>")
    return f'<ul class="contents">{"".join(items)}</ul>'


def _index_body(pub: Publication, pages: list[Page], finder: str) -> str:
    downloads = [
        (pub.file_name("pdf"), "Raport (PDF)", "wersja do druku, dostępna cyfrowo"),
        (pub.file_name("docx"), "Raport (DOCX)", "wersja edytowalna"),
        (pub.file_name("xlsx"), "Aneks statystyczny (XLSX)", "tabele z liczbami"),
        (pub.file_name("xlsx", "en"), '<span lang="en">Statistical annex (XLSX)</span>', "tabele po angielsku"),
    ]
    items = "".join(
        f'<li><a href="../{quote(name)}">{label}<small>{note}</small></a></li>' for name, label, note in downloads
    )
    items += '<li><a href="dane.html">Dane (CSV)<small>tabele z opisem kolumn</small></a></li>'
    imprint = ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    return (
        f'<div class="cover"><h1>{escape(pub.title)}</h1><p class="subtitle">{escape(pub.subtitle)}</p>'
        f'<p class="imprint">{escape(imprint)}</p>'
        f'<ul class="downloads">{items}</ul></div>{note}{finder}<h2 id="spis-tresci">Spis treści</h2>{_contents(pages)}'
    )


def _line(target: str, number: str, title: str) -> str:
    return f'<li><a href="{target}"><span class="no">{number}</span><span>{escape(title)}</span></a></li>'


def _lists_body(pub: Publication, places: Mapping[str, tuple[str, str]]) -> str:
    parts = ["<h1>Spis rysunków i tabel</h1>"]
    for kind, ident, title in (("fig", "spis-rysunkow", "Spis rysunków"), ("tbl", "spis-tabel", "Spis tabel")):
        labels = sorted((x for x in pub.book.labels.values() if x.kind == kind), key=lambda x: int(x.number))
        rows = "".join(_line("".join(places[x.id]), f"{x.number}.", x.title) for x in labels)
        empty = "<p>Brak.</p>"
        parts.append(f'<h2 id="{ident}">{title}</h2>' + (f'<ul class="contents">{rows}</ul>' if rows else empty))
    return "\n".join(parts)


def _computed_body(notebooks: list[NotebookPage]) -> str:
    rows = "".join(_line(f"obliczenia/{n.name}.html", n.name[:2], n.title) for n in notebooks)
    return (
        "<h1>Obliczenia</h1><p>Notatniki, z których pochodzą wszystkie tabele, rysunki i liczby raportu, wykonane na "
        "danych tej edycji: kod wraz z wynikami. Opisy w notatnikach są po angielsku.</p>"
        f'<ul class="contents">{rows}</ul>'
    )


def _data_body(pub: Publication) -> str:
    """The data package for readers: every file with its columns."""
    parts = [
        "<h1>Dane</h1><p>Statystyki z aneksu w plikach CSV: jeden wiersz to jedna wartość, kolumny są opisane po "
        'polsku i po angielsku. Opis dla programów to <a href="../dane/datapackage.json" download>datapackage.json</a> '
        "w formacie Data Package. W plikach nie ma odpowiedzi pojedynczych respondentów.</p>"
    ]
    for resource in resources(pub):
        rows = "".join(
            f'<tr><th scope="row"><code>{column.name}</code></th><td>{escape(column.pl)}</td>'
            f'<td lang="en">{escape(column.en)}</td></tr>'
            for column in resource.fields
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Kolumna", "Opis", "Opis po angielsku"))
        parts.append(
            f'<h2 id="{resource.name}">{escape(resource.pl)}</h2><p><a href="../dane/{resource.name}.csv" download>'
            f"{resource.name}.csv</a> (liczba wierszy: {numbers.number(len(resource.table))})</p>"
            f'<div class="table-scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )
    return "\n".join(parts)


_SEARCH = (
    '<h1>Szukaj w raporcie</h1><p id="liczba-wynikow" role="status" aria-live="polite">Wpisz szukane słowo.</p>'
    '<ul class="results" id="wyniki"></ul><script src="assets/minisearch.js" defer></script>'
    '<script src="assets/search-index.js" defer></script>'
)


def _assets(pub: Publication, out: Path, entries: list[dict[str, str]]) -> None:
    assets = out / "assets"
    assets.mkdir(parents=True)
    for name in ("site.css", "site.js"):
        shutil.copyfile(pub.style_dir / name, assets / name)
    vendor = pub.style_dir / "vendor" / "minisearch"
    shutil.copyfile(vendor / "minisearch.js", assets / "minisearch.js")
    shutil.copyfile(vendor / "LICENSE.txt", assets / "minisearch-LICENSE.txt")
    numbered = [{"id": i, **entry} for i, entry in enumerate(entries)]
    data = json.dumps(numbered, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    (assets / "search-index.js").write_text(f"window.KLASTRY_SEARCH={data};\n", encoding="utf-8")
    if network_page.network_data(pub.build) is not None:
        shutil.copyfile(pub.style_dir / "network.js", assets / "network.js")
        (out / "dane").mkdir(exist_ok=True)
        for file, _ in network_page.DOWNLOADS:
            shutil.copyfile(pub.build / network_page.FOLDER / file, out / "dane" / file)
    if (pub.report_dir / "images").is_dir():
        shutil.copytree(pub.report_dir / "images", out / "images")
    for name, key in (("figures", "svg"), ("dane", "data_file")):
        for label in pub.book.placed:
            source = pub.exhibits[label].record.get(key)
            if source:
                target = out / name / Path(source).name
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(pub.build / source, target)


def build_html(pub: Publication, out: Path) -> list[str]:
    """Write the site into an empty folder; returns the names of its pages.

    Raises
    ------
    PublishError
        The chapters are not rendered, or an exhibit's table cannot be drawn.
    """
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    chapters = [paginate(chapter) for chapter in pub.book.chapters]
    pages = [p for chapter in chapters for p in (chapter, *chapter.children)]
    notebooks = notebook_pages(pub.build / "notebooks")
    names = {n.name for n in notebooks}
    places = _places(pages)
    facts_of, number_pages = ledger.open_ledger(pub, notebooks)
    tables = ledger.group_tables(pub.exhibits, places)
    lists = Page("spis-rysunkow-i-tabel.html", "Spis rysunków i tabel", "", "pl", [])
    computed = Page("obliczenia.html", "Obliczenia", "", "pl", [])
    individual = Page("../individual/index.html", "Raporty indywidualne", "", "pl", [])
    # Individual reports stand beside the site; a project without their template has none.
    has_individual = (pub.report_dir / "individual").is_dir()
    entry = Page(ledger.ENTRY, ledger.TITLE, "", "pl", [])
    data = Page("dane.html", "Dane", "", "pl", [])
    network = network_page.network_data(pub.build)
    graph = Page(network_page.FILE, network_page.TITLE, "", "pl", [])
    extra = [
        lists,
        *([graph] if network else []),
        entry,
        data,
        *([computed] if notebooks else []),
        *([individual] if has_individual else []),
    ]
    index = Page("index.html", pub.title, "", "pl", [], description=f"{pub.title}. {pub.subtitle}. {pub.period}")
    order = [index, *pages]
    for before, after in pairwise(order):
        before.next, after.prev = after, before
    site = Site(pub, out, chapters, extra)

    def draw(label: str, lang: str) -> str:
        return _exhibit_html(pub.exhibits[label], pub, lang, names)

    entries: list[dict[str, str]] = []
    for page in pages:
        doc = pub.book.doc(_prepare(page, places, draw))
        body, facts = anchor_numbers(_polish(pandoc.write(doc, "html5", _ARGS).decode()))
        ledger.note_places(facts_of, facts, page)
        page.numbers = bool(facts)
        if page.children:
            title = "W tym rozdziale" if page.lang == "pl" else "In this chapter"
            body += f'\n<h2 id="w-tym-rozdziale">{title}</h2>\n{_contents(page.children)}'
        page.body = body + sources_of_page(facts_of, facts, page.lang)
        entries += _search_entries(page)
        # A wide table needs the room of the page's own contents.
        site.write(page, toc=not page.children and 'class="exhibit wide"' not in body)
    index.body = _index_body(pub, chapters, ledger.index_part(facts_of))
    lists.body = _lists_body(pub, places)
    if network:
        graph.body = network_page.network_body(network)
        entries += _search_entries(graph)
    computed.body = _computed_body(notebooks)
    site.write(index, toc=False)
    site.write(lists, toc=False)
    data.body = _data_body(pub)
    site.write(data, toc=False)
    if network:
        site.write(graph, toc=False)
    site.write(Page("szukaj.html", "Szukaj w raporcie", "", "pl", [], body=_SEARCH), toc=False)
    if notebooks:
        site.write(computed, toc=False)
    for notebook in notebooks:
        file = f"obliczenia/{notebook.name}.html"
        page = Page(file, notebook.title, "", "en", [], eyebrow=computed, body=notebook.body)
        site.write(page, base="../")
        entries.append({"title": notebook.title, "where": "Obliczenia", "url": file, "text": notebook.text})
    _assets(pub, out, entries)
    ledger.write_ledger(facts_of, number_pages, site, entry, tables, pub.provenance_note)
    return sorted(p.name for p in out.glob("*.html"))
