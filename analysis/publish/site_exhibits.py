"""Figures and tables of the site: caption with a permanent link, drawing, note and source, files to download."""

from __future__ import annotations

from html import escape
from pathlib import Path

from analysis.publish import network_page, sector_page
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibit_tables import to_html
from analysis.publish.exhibits import Exhibit
from analysis.publish.publication import Publication
from analysis.publish.respondents import names_respondents
from analysis.publish.typography import bind

LINK = {"pl": "Stały odnośnik", "en": "Permanent link"}
FILES = {"pl": ("Dane (CSV)", "Rysunek (SVG)", "Rysunek (PNG)"), "en": ("Data (CSV)", "Figure (SVG)", "Figure (PNG)")}


def downloads(exhibit: Exhibit, pub: Publication, lang: str) -> list[tuple[str, str, str]]:
    """Files of an exhibit for readers: folder in the site, file in the build, words of the link.

    Data with a row for each respondent are not given away when the answers are real ones.
    """
    found = []
    data, drawing, picture = FILES[lang]
    if not pub.confidential or not names_respondents(pub.build / exhibit.data_file, pub.home):
        found.append(("dane", exhibit.data_file, data))
    if exhibit.kind == "figure":
        found += [("figures", exhibit.image_file, drawing), ("figures", exhibit.record["png"], picture)]
    return found


def exhibit_html(exhibit: Exhibit, pub: Publication, lang: str, notebooks: set[str]) -> str:
    """Draw a figure or table of the site with its caption, note, source and downloads."""
    name = exhibit_name(exhibit.kind, exhibit.no, lang)

    def said(text: str) -> str:
        return pub.foreign.marked(bind(text) if lang == "pl" else text, lang)

    caption = (
        f'<figcaption><span id="{exhibit.id}-caption"><span class="exhibit-no">{name}.</span> '
        f"{said(exhibit.title)}</span> "
        f'<a class="anchor" href="#{exhibit.id}" aria-label="{LINK[lang]}: {name}">#</a></figcaption>'
    )
    region = f'role="region" tabindex="0" aria-labelledby="{exhibit.id}-caption"'
    if exhibit.kind == "figure":
        width = "half" if exhibit.record.get("width") == "half" else "full"
        image = Path(exhibit.image_file).name
        picture = f'<img class="{width}" src="figures/{image}" alt="{escape(exhibit.record["alt"], quote=True)}">'
        inner = f'<div class="image-scroll" {region}>\n{picture}\n</div>'
    else:
        table = to_html(pub.printed_table(exhibit, lang), exhibit.id, mark=lambda cell: pub.foreign.marked(cell, lang))
        inner = f'<div class="table-scroll" {region}>\n{table}\n</div>'
    wide = " wide" if exhibit.record.get("orientation") == "landscape" else ""
    note = f"<p>{said(exhibit.note)}</p>" if exhibit.note else ""
    links = [
        f'<a href="{folder}/{Path(file).name}" download aria-label="{label}: {name}">{label}</a>'
        for folder, file, label in downloads(exhibit, pub, lang)
    ]
    if exhibit.notebook in notebooks:
        links.append(f'<a href="obliczenia/{exhibit.notebook}.html" aria-label="Obliczenia: {name}">Obliczenia</a>')
    if exhibit.id == network_page.EXHIBIT and network_page.network_data(pub.build) is not None:
        links.append(f'<a href="{network_page.FILE}">Wersja interaktywna</a>')
        links += [f'<a href="dane/{file}" download>{form}</a>' for file, form in network_page.DOWNLOADS]
    if exhibit.id in sector_page.EXHIBITS and sector_page.sector_data(pub) is not None:
        links.append(f'<a href="{sector_page.FILE}">{sector_page.TITLE}</a>')
    source = said(exhibit.source)
    return (
        f'<figure class="exhibit{wide}" id="{exhibit.id}">\n{caption}\n{inner}\n<div class="exhibit-foot">{note}'
        f'<p>{SOURCE_WORD[lang]}: {source}</p><p class="exhibit-links">{"".join(links)}</p></div>\n</figure>'
    )
