"""Individual reports: one template, the facts of one respondent, a page that stands alone and a short PDF.

Each report is a small publication of its own: its facts are `40_analyses/individual/<id>/facts.json`, never merged with
those of the general report, and its one chapter is `report/individual/report.md`. From there on it takes the same road
as the book: chapter, tree, HTML and Typst. Cells of tables are printed from facts, too.
"""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import jinja2
import typst
import yaml
from bs4 import BeautifulSoup

from analysis.errors import PublishError
from analysis.publish import lint, numbers, pandoc
from analysis.publish.assemble import Book, make_book
from analysis.publish.chapters import SOURCE_WORD, render
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibit_tables import build as build_table
from analysis.publish.exhibit_tables import to_html, typst_string
from analysis.publish.exhibits import Exhibit, exhibit_id
from analysis.publish.outline import Chapter
from analysis.publish.pandoc import Node
from analysis.publish.pdf import STANDARDS, chapter_source, row_headers
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind

FOLDER = "individual"
TEMPLATE = "report.md"
PAGE, PDF = "index.html", "raport.pdf"


@dataclass(frozen=True)
class IndividualPublication(Publication):
    """The report of one respondent; `build` is its workshop, `tables` the folder that its notebook wrote."""

    respondent: str = ""
    tables: Path = Path()

    @property
    def chapters_dir(self) -> Path:
        """The workshop holds the book itself."""
        return self.build

    @property
    def template_dir(self) -> Path:
        """Template, words, page and Typst file of the individual reports."""
        return self.report_dir / FOLDER

    @cached_property
    def labels(self) -> dict[str, Any]:
        """Words of tables and pages."""
        return load_labels(self)

    @cached_property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Facts of this respondent, and no others."""
        path = self.tables / "facts.json"
        if not path.is_file():
            raise PublishError(
                f"respondent {self.respondent}: {FOLDER}/{self.respondent}/facts.json is not there; "
                "run the individual notebooks again"
            )
        return dict(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def exhibits(self) -> dict[str, Exhibit]:
        """The figure and the two tables of the report."""
        made = [_figure(self), _areas(self), _indicators(self)]
        return {exhibit.id: exhibit for exhibit in made}

    def text(self, fact_id: str, *, unit: bool = True) -> str:
        """A fact as it is printed in a cell; the sign of a missing value where there is no such fact."""
        fact = self.facts.get(fact_id)
        return self.labels["missing"] if fact is None else numbers.fact_text(fact, lang=LANG, with_unit=unit)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of a table of the notebook, for names and order; numbers come from the facts."""
        path = self.tables / name
        if not path.is_file():
            raise PublishError(f"respondent {self.respondent}: {name} is not there; run the individual notebooks again")
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))


def load_labels(pub: Publication) -> dict[str, Any]:
    """Read the words of the individual reports."""
    return dict(yaml.safe_load((pub.report_dir / FOLDER / "labels.yaml").read_text(encoding="utf-8")))


def respondents(pub: Publication) -> list[str]:
    """Identifiers of all respondents whose notebook has run.

    Raises
    ------
    PublishError
        The notebooks have not been run, or there are no respondents.
    """
    path = pub.build / "40_analyses" / FOLDER / "respondents.csv"
    if not path.is_file():
        raise PublishError(f"{FOLDER}/respondents.csv is not there yet; run the individual notebooks first")
    with path.open(encoding="utf-8", newline="") as handle:
        found = [row["respondent_id"] for row in csv.DictReader(handle)]
    if not found:
        raise PublishError(f"{FOLDER}/respondents.csv names no respondent")
    return found


def open_individual(pub: Publication, respondent: str) -> IndividualPublication:
    """Open the report of one respondent; its workshop is `50_chapters/individual/<id>`."""
    inherited = {field.name: getattr(pub, field.name) for field in fields(Publication)}
    workshop = pub.chapters_dir / FOLDER / respondent
    tables = pub.build / "40_analyses" / FOLDER / respondent
    return IndividualPublication(**{**inherited, "build": workshop}, respondent=respondent, tables=tables)


# --- exhibits -------------------------------------------------------------------------------------------------------


def _exhibit(one: IndividualPublication, kind: str, no: int, title: str, note: str, **record: Any) -> Exhibit:
    ident = exhibit_id(kind, no)
    source = str(one.facts["source"]["value"])
    full = {"kind": kind, "no": no, "id": ident, "title": title, "note": note, "source": source, **record}
    return Exhibit(kind, no, ident, title, "", f"{FOLDER}/{one.respondent}", source, note, record["data_file"], full)


def _column(name: str, label: str, align: str = "right", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "align": align, "format": "mixed", **more}


def _write(one: IndividualPublication, name: str, rows: Iterable[Mapping[str, str]], keys: list[str]) -> str:
    one.build.mkdir(parents=True, exist_ok=True)
    with (one.build / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, keys, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return name


def _figure(one: IndividualPublication) -> Exhibit:
    words = one.labels["figure"]
    target = one.build / "figures" / "subareas.svg"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(one.tables / "subareas.svg", target)
    alt = str(one.facts["figure.alt"]["value"])
    return _exhibit(
        one, "figure", 1, words["title"], words["note"], svg="figures/subareas.svg", alt=alt, data_file="subareas.csv"
    )


def _areas(one: IndividualPublication) -> Exhibit:
    """Own score, rank, medians of all and of peers, benchmark; a median that stands in for another carries a mark."""
    words, mark = one.labels["areas"], one.labels["replaced"]
    rows, replaced = [], False
    for source in one.rows("areas.csv"):
        place = f"area.{source['code']}"
        row = {key: one.text(f"{place}.{key}") for key in ("own", "median", "sector", "size", "benchmark")}
        for dimension in ("sector", "size"):
            if one.facts[f"{place}.{dimension}_replaced"]["value"] and f"{place}.{dimension}" in one.facts:
                row[dimension] += mark
                replaced = True
        if f"{place}.rank" in one.facts:
            row["rank"] = one.labels["rank"].format(rank=one.text(f"{place}.rank"), n=one.text(f"{place}.n"))
        overall = source["code"] == "ALL"
        name = source["name"] if overall else f"{source['code']}. {source['name']}"
        rows.append({"name": name, "rank": one.labels["missing"], **row, "emphasis": str(int(overall))})
    note = words["note"].format(sector=one.text("card.sector"), size=one.text("card.size"))
    if replaced:
        note += " " + words["note_replaced"].format(mark=mark, min_peers=one.text("rule.min_peers")).strip()
    heads, group = words["columns"], words["median_group"]
    columns = [
        _column("name", heads["name"], "left", width=0.32),
        _column("own", heads["own"], width=0.09),
        _column("rank", heads["rank"], width=0.12),
        _column("median", heads["median"], group=group, width=0.11),
        _column("sector", heads["sector"], group=group, width=0.11),
        _column("size", heads["size"], group=group, width=0.11),
        _column("benchmark", heads["benchmark"], width=0.14),
    ]
    file = _write(one, "table-1.csv", rows, [*heads, "emphasis"])
    return _exhibit(
        one, "table", 1, words["title"], note, data_file=file, columns=columns, row_header="name", emphasis="emphasis"
    )


def _indicators(one: IndividualPublication) -> Exhibit:
    """Own value in its unit, whether it was capped, normalised score, median of all; grouped by sub-area."""
    words = one.labels["indicators"]
    rows = []
    for source in one.rows("indicators.csv"):
        place = f"indicator.{source['code']}"
        capped = one.facts.get(f"{place}.capped")
        answer = one.labels["missing"] if capped is None else one.labels["yes" if capped["value"] else "no"]
        row = {key: one.text(f"{place}.{key}") for key in ("own", "normalised", "median")}
        rows.append({"group": source["group"], "name": source["name"], **row, "capped": answer})
    heads = words["columns"]
    columns = [
        _column("name", heads["name"], "left", width=0.42),
        _column("own", heads["own"], width=0.19),
        _column("capped", heads["capped"], "center", width=0.11),
        _column("normalised", heads["normalised"], width=0.09),
        _column("median", heads["median"], width=0.19),
    ]
    file = _write(one, "table-2.csv", rows, ["group", *heads])
    return _exhibit(
        one, "table", 2, words["title"], words["note"].strip(), data_file=file, columns=columns, row_header="name",
        row_groups="group",
    )  # fmt: skip


# --- chapter --------------------------------------------------------------------------------------------------------


def render_report(one: IndividualPublication) -> Book:
    """Render the template for one respondent and check it; writes the text and the tree into the workshop.

    Raises
    ------
    PublishError
        Lists every undefined fact, typed digit, bad heading and unknown reference, with the respondent.
    """
    if one.build.exists():
        shutil.rmtree(one.build)
    one.build.mkdir(parents=True)
    chapter = Chapter(title=one.respondent, status="ready", file=TEMPLATE, split=False)
    source = (one.template_dir / TEMPLATE).read_text(encoding="utf-8")
    allowed = lint.load_allowed(one.report_dir / "lint.yaml")
    name = f"{FOLDER}/{TEMPLATE}"
    rendered, found = render(chapter, one.template_dir, one.facts, one.exhibits, words=one.words, edition=one.info)
    findings = [*lint.digits(source, name, allowed, "individual"), *(replace(f, file=name) for f in found)]
    if not findings:
        labels = {label for label, _ in rendered.placed} | {label for label, _ in lint.labels(rendered.text, name)}
        findings += [*lint.headings(rendered.text, name), *lint.references(rendered.text, name, labels)]
    lint.stop(findings, f"the report of respondent {one.respondent} cannot be published")
    book = make_book(
        [chapter], {chapter.stem: rendered}, one.exhibits, edition=one.info, report_dir=one.report_dir,
        out_dir=one.build, lang=LANG,
    )  # fmt: skip
    return book


# --- HTML -----------------------------------------------------------------------------------------------------------


def _drawn(exhibit: Exhibit, one: IndividualPublication) -> str:
    """One exhibit for the page; the image is part of the page, so that the file can be sent by itself."""
    caption = f"{exhibit.id}-caption"
    if exhibit.kind == "figure":
        data = base64.b64encode((one.build / exhibit.image_file).read_bytes()).decode()
        alt = escape(exhibit.record["alt"], quote=True)
        inner = f'<img class="full" src="data:image/svg+xml;base64,{data}" alt="{alt}">'
    else:
        table = to_html(build_table(exhibit, one.build, LANG), caption)
        inner = f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{caption}">\n{table}\n</div>'
    note = f"<p>{escape(bind(exhibit.note))}</p>" if exhibit.note else ""
    return (
        f'<figure class="exhibit" id="{exhibit.id}">\n<figcaption id="{caption}"><span class="exhibit-no">'
        f"{exhibit_name(exhibit.kind, exhibit.no, LANG)}.</span> {escape(bind(exhibit.title))}</figcaption>\n{inner}\n"
        f'<div class="exhibit-foot">{note}<p>{SOURCE_WORD[LANG]}: {escape(bind(exhibit.source))}</p></div>\n</figure>'
    )


def _origins(body: str, one: IndividualPublication) -> str:
    """List of the numbers in the text, in order of appearance, each with the cell it comes from."""
    ids = list(dict.fromkeys(str(tag["data-f"]) for tag in BeautifulSoup(body, "html.parser").select(".fact[data-f]")))
    words = one.labels["page"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in words["source_columns"])
    rows = []
    for ident in ids:
        fact = one.facts[ident]
        cells = "".join(f"<td>{escape(str(x))}</td>" for x in (ident, fact["table"], fact["key"], fact["column"]))
        rows.append(f'<tr><th scope="row">{escape(one.text(ident))}</th>{cells}</tr>')
    return (
        f'<details class="sources"><summary>{escape(words["sources"].format(count=len(ids)))}</summary>'
        f'<div class="table-scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        "</details>"
    )


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
    blocks = pandoc.change(json.loads(json.dumps([heading, *chapter.blocks])), action)
    body = pandoc.write(book.doc(blocks), "html5", ["--wrap=none", "--syntax-highlighting=none"]).decode()
    body = re.sub(r"<th(?= |>)(?![^>]*scope=)", '<th scope="col"', body)
    words = one.labels["page"]
    download = f'<a href="{PDF}">{words["pdf"]}<small>{words["pdf_note"]}</small></a>'
    body = body.replace("</h1>", f'</h1>\n<ul class="downloads"><li>{download}</li></ul>', 1)
    return body + _origins(body, one)


def _page(pub: Publication, title: str, body: str, *, report_link: str, index_link: str = "") -> str:
    """Put a body into the page template, with the style sheet of the site inside."""
    folder = pub.report_dir / FOLDER
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("page.html")
    html = template.render(
        title=escape(title), description=escape(f"{title}. {pub.title}. {pub.period}", quote=True), body=body,
        css=(pub.style_dir / "site.css").read_text(encoding="utf-8").strip(), site_title=escape(pub.title),
        label=escape(load_labels(pub)["page"]["report"]), report_link=report_link, index_link=index_link,
        index_title=escape(load_labels(pub)["page"]["index"]), imprint=escape(_imprint(pub)),
        provenance_note=escape(pub.provenance_note),
    )  # fmt: skip
    return html if html.endswith("\n") else html + "\n"


def _imprint(pub: Publication) -> str:
    return ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))


def index_page(pub: Publication, found: list[str], min_peers: str) -> str:
    """Page that lists all reports."""
    words = load_labels(pub)["index"]
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    lead = escape(bind(words["lead"].format(min_peers=min_peers).strip()))
    head = "".join(
        f'<th scope="col">{escape(words[key])}</th>' for key in ("column_respondent", "column_page", "column_pdf")
    )
    rows = "".join(
        f'<tr><th scope="row">{name}</th>'
        f'<td><a href="{name}/{PAGE}">{escape(words["page"].format(respondent=name))}</a></td>'
        f'<td><a href="{name}/{PDF}">{escape(words["pdf"].format(respondent=name))}</a></td></tr>'
        for name in map(escape, found)
    )
    body = (
        f"<h1>{escape(words['title'])}</h1>{note}<p>{lead}</p>"
        f'<div class="table-scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    return _page(pub, words["title"], body, report_link="../html/index.html")


# --- PDF ------------------------------------------------------------------------------------------------------------


def _typeset(book: Book, one: IndividualPublication, title: str, out: Path) -> None:
    """Typeset the report with the exhibits of the general report and the page of `individual.typ`.

    Raises
    ------
    PublishError
        Typst refuses the text; names the respondent.
    """
    shutil.copyfile(one.style_dir / "report.typ", one.build / "report.typ")
    shutil.copyfile(one.template_dir / "individual.typ", one.build / "individual.typ")
    (one.build / "body.typ").write_text(chapter_source(book.chapters[0], one), encoding="utf-8")
    meta = {
        "title": title,
        "author": one.publisher,
        "description": f"{title}. {one.title}. {one.period}.",
        "running": one.title,
        "imprint": _imprint(one),
    }
    pairs = ", ".join(f"{key}: {typst_string(value)}" for key, value in meta.items())
    main = one.build / "main.typ"
    main.write_text(
        f'#import "individual.typ": individual\n#show: individual.with(({pairs}))\n\n#include "body.typ"\n',
        encoding="utf-8",
    )
    try:
        typst.compile(
            str(main), output=str(out), root=str(one.build), font_paths=[str(one.style_dir / "fonts")],
            ignore_system_fonts=True, pdf_standards=[*STANDARDS], timestamp=one.epoch,
        )  # fmt: skip
    except typst.TypstError as error:
        detail = str(getattr(error, "diagnostic", "") or error).strip()
        raise PublishError(f"respondent {one.respondent}: the PDF cannot be typeset: {detail}") from error
    row_headers(out)


# --- all ------------------------------------------------------------------------------------------------------------


def build_one(pub: Publication, respondent: str, out: Path) -> IndividualPublication:
    """Write page and PDF of one respondent into the folder `out`."""
    one = open_individual(pub, respondent)
    book = render_report(one)
    title = book.chapters[0].title
    out.mkdir(parents=True)
    html = _page(one, title, report_body(book, one), report_link="../../html/index.html", index_link=f"../{PAGE}")
    (out / PAGE).write_text(html, encoding="utf-8")
    _typeset(book, one, title, out / PDF)
    return one


def build_individual(pub: Publication, out: Path, *, jobs: int = 2) -> list[str]:
    """Write the reports of all respondents and their index into an empty folder; returns the respondents.

    Raises
    ------
    PublishError
        A report cannot be rendered or typeset; names the first respondent for whom it fails.
    """
    found = respondents(pub)
    workshop = pub.chapters_dir / FOLDER
    for folder in (out, workshop):
        if folder.exists():
            shutil.rmtree(folder)
    work: Callable[[str], IndividualPublication] = lambda name: build_one(pub, name, out / name)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        made = list(pool.map(work, found))
    (out / PAGE).write_text(index_page(pub, found, made[0].text("rule.min_peers")), encoding="utf-8")
    return found
