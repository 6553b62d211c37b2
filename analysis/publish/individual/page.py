"""The report as a page that stands alone: style sheet and images inside, so that the file can be sent by itself."""

from __future__ import annotations

import base64
import re
from functools import cache
from html import escape
from pathlib import Path

import jinja2

from analysis.publish import pandoc
from analysis.publish.assemble import Book
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibit_tables import to_html
from analysis.publish.exhibits import Exhibit
from analysis.publish.individual.publication import (
    FOLDER,
    PAGE,
    PDF,
    IndividualPublication,
    archive_name,
    load_labels,
    provenance,
)
from analysis.publish.ledger.rows import anchor_numbers
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind


def _drawn(exhibit: Exhibit, one: IndividualPublication) -> str:
    """One exhibit for the page; the image is part of the page, so that the file can be sent by itself."""
    caption = f"{exhibit.id}-caption"
    if exhibit.kind == "figure":
        data = base64.b64encode((one.build / exhibit.image_file).read_bytes()).decode()
        alt = escape(exhibit.record["alt"], quote=True)
        picture = f'<img class="full" src="data:image/svg+xml;base64,{data}" alt="{alt}">'
        inner = f'<div class="image-scroll" role="region" tabindex="0" aria-labelledby="{caption}">{picture}</div>'
    else:
        table = to_html(one.printed_table(exhibit, LANG), exhibit.id)
        inner = f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{caption}">\n{table}\n</div>'
    note = f"<p>{escape(bind(exhibit.note))}</p>" if exhibit.note else ""
    return (
        f'<figure class="exhibit" id="{exhibit.id}">\n<figcaption id="{caption}"><span class="exhibit-no">'
        f"{exhibit_name(exhibit.kind, exhibit.no, LANG)}.</span> {escape(bind(exhibit.title))}</figcaption>\n{inner}\n"
        f'<div class="exhibit-foot">{note}<p>{SOURCE_WORD[LANG]}: {escape(bind(exhibit.source))}</p></div>\n</figure>'
    )


def _origins(body: str, one: IndividualPublication) -> str:
    """List of the numbers in the text, in order of appearance, each with the cell it comes from."""
    _, ids = anchor_numbers(body)
    words = one.labels["page"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in words["source_columns"])
    rows = []
    for ident in ids:
        fact = one.facts[ident]
        cells = "".join(f"<td>{escape(x)}</td>" for x in (ident, *provenance(fact)))
        rows.append(f'<tr><th scope="row">{escape(one.text(ident))}</th>{cells}</tr>')
    return (
        f'<details class="sources"><summary>{escape(words["sources"].format(count=len(ids)))}</summary>'
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(words["source_region"])}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        "</details>"
    )


def _contents(body: str, one: IndividualPublication) -> str:
    """Links to the sections of the report."""
    items = re.findall(r'<h2[^>]*\bid="([^"]+)"[^>]*>(.*?)</h2>', body, re.DOTALL)
    lines = "".join(f'<li><a href="#{ident}">{title}</a></li>' for ident, title in items)
    return f'<nav class="sections" aria-label="{escape(one.labels["page"]["contents"])}"><ul>{lines}</ul></nav>'


def report_body(book: Book, one: IndividualPublication) -> str:
    """The report as HTML, without the frame of the page."""
    chapter = book.chapters[0]

    def action(node: Node) -> Node | None:
        if node["t"] == "Div" and "exhibit" in node["c"][0][1]:
            return pandoc.raw_block("html", _drawn(one.exhibits[node["c"][0][0]], one))
        if node["t"] == "Header":
            node["c"][1][2] = []
        return None

    heading = {"t": "Header", "c": [1, pandoc.attr(chapter.id), chapter.inlines]}
    blocks = pandoc.change([heading, *chapter.blocks], action)
    body = pandoc.write(book.doc(blocks), "html5", ["--wrap=none", "--syntax-highlighting=none"]).decode()
    body = re.sub(r"<th(?= |>)(?![^>]*scope=)", '<th scope="col"', body)
    words = one.labels["page"]
    links = ((PDF, "pdf"), (archive_name(one.respondent), "zip"))
    downloads = "".join(
        f'<li><a href="{file}">{words[key]}<small>{words[f"{key}_note"]}</small></a></li>' for file, key in links
    )
    body = body.replace("</h1>", f'</h1>\n<ul class="downloads">{downloads}</ul>\n{_contents(body, one)}', 1)
    return body + _origins(body, one)


@cache
def _template(folder: Path) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(folder)
    return jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("page.html")


def page(pub: Publication, title: str, body: str, *, report_link: str, index_link: str = "") -> str:
    """Put a body into the page template, with the style sheet of the site inside."""
    folder = pub.report_dir / FOLDER
    html = _template(folder).render(
        title=escape(title), description=escape(f"{title}. {pub.title}. {pub.period}", quote=True), body=body,
        css=(pub.style_dir / "site.css").read_text(encoding="utf-8").strip(), site_title=escape(pub.title),
        label=escape(load_labels(pub)["page"]["report"]), report_link=report_link, index_link=index_link,
        index_title=escape(load_labels(pub)["page"]["index"]), imprint=escape(imprint(pub)),
        provenance_note=escape(pub.provenance_note),
    )  # fmt: skip
    return html if html.endswith("\n") else html + "\n"


def imprint(pub: Publication) -> str:
    """What stands at the foot of page and PDF."""
    return ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))


def index_page(pub: Publication, found: list[str], min_peers: str) -> str:
    """Page that lists all reports."""
    words = load_labels(pub)["index"]
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    lead = escape(bind(words["lead"].format(min_peers=min_peers).strip()))
    head = "".join(
        f'<th scope="col">{escape(words[key])}</th>'
        for key in ("column_respondent", "column_page", "column_pdf", "column_zip")
    )
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        f'<td><a href="{name}/{PAGE}">{escape(words["page"].format(respondent=name))}</a></td>'
        f'<td><a href="{name}/{PDF}">{escape(words["pdf"].format(respondent=name))}</a></td>'
        f'<td><a href="{name}/{archive_name(name)}">{escape(words["zip"].format(respondent=name))}</a></td></tr>'
        for name in map(escape, found)
    )
    body = (
        f"<h1>{escape(words['title'])}</h1>{note}<p>{lead}</p>"
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(words["title"], quote=True)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return page(pub, words["title"], body, report_link="../html/index.html")
