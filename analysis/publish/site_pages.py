"""Bodies of the pages around the chapters: start page, lists of exhibits, notebooks, data, search."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from analysis.publish import numbers
from analysis.publish.datapackage import resources
from analysis.publish.notebooks import NotebookPage
from analysis.publish.publication import Publication
from analysis.publish.site import Page


def contents(pages: list[Page]) -> str:
    """List pages with the sections below them."""

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


def index_body(pub: Publication, pages: list[Page], finder: str) -> str:
    """Start page: title, downloads, finder, contents."""
    downloads = [
        (pub.file_name("pdf"), "Raport (PDF)", "wersja do druku, dostępna cyfrowo"),
        (pub.file_name("docx"), "Raport (DOCX)", "wersja edytowalna"),
        (pub.file_name("epub"), "Raport (EPUB)", "książka elektroniczna"),
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
        f'<ul class="downloads">{items}</ul></div>{note}{finder}<h2 id="spis-tresci">Spis treści</h2>{contents(pages)}'
    )


def _line(target: str, number: str, title: str) -> str:
    return f'<li><a href="{target}"><span class="no">{number}</span><span>{escape(title)}</span></a></li>'


def lists_body(pub: Publication, places: Mapping[str, tuple[str, str]]) -> str:
    """Lists of figures and tables."""
    parts = ["<h1>Spis rysunków i tabel</h1>"]
    for kind, ident, title in (("fig", "spis-rysunkow", "Spis rysunków"), ("tbl", "spis-tabel", "Spis tabel")):
        labels = sorted((x for x in pub.book.labels.values() if x.kind == kind), key=lambda x: int(x.number))
        rows = "".join(_line("".join(places[x.id]), f"{x.number}.", x.title) for x in labels)
        empty = "<p>Brak.</p>"
        parts.append(f'<h2 id="{ident}">{title}</h2>' + (f'<ul class="contents">{rows}</ul>' if rows else empty))
    return "\n".join(parts)


def computed_body(notebooks: list[NotebookPage]) -> str:
    """List the executed notebooks."""
    rows = "".join(_line(f"obliczenia/{n.name}.html", n.name[:2], n.title) for n in notebooks)
    return (
        "<h1>Obliczenia</h1><p>Notatniki, z których pochodzą wszystkie tabele, rysunki i liczby raportu, wykonane na "
        "danych tej edycji: kod wraz z wynikami. Opisy w notatnikach są po angielsku.</p>"
        f'<ul class="contents">{rows}</ul>'
    )


def data_body(pub: Publication) -> str:
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
            f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{resource.name}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    return "\n".join(parts)


def search_body(entries: list[dict[str, str]]) -> str:
    """Search page; without scripts, an index of all headings takes its place."""
    seen: set[str] = set()
    rows = []
    for entry in entries:
        if entry["url"] not in seen and not entry["url"].startswith("obliczenia/"):
            seen.add(entry["url"])
            where = f' <span class="where">{escape(entry["where"])}</span>' if entry["where"] else ""
            rows.append(f'<li><a href="{entry["url"]}">{escape(entry["title"])}</a>{where}</li>')
    return (
        '<h1>Szukaj w raporcie</h1><p id="liczba-wynikow" role="status" aria-live="polite"></p>'
        "<noscript><p>Szukanie słów wymaga skryptów. Poniżej jest skorowidz nagłówków; słowa na stronie "
        "znajdzie też przeglądarka.</p></noscript>"
        '<ul class="results" id="wyniki"></ul><h2 id="skorowidz">Skorowidz nagłówków</h2>'
        f'<ul class="headings">{"".join(rows)}</ul><script src="assets/minisearch.js" defer></script>'
        '<script src="assets/search-index.js" defer></script>'
    )
