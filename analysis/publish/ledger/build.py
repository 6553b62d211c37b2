"""Making the ledger of a site: opened before the pages (which copy its rows), written after them (it says where)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.framework import load_framework
from analysis.publish.exhibits import Exhibit
from analysis.publish.ledger import pages as ledger_pages
from analysis.publish.ledger import raw_cells
from analysis.publish.ledger.describe import Describer
from analysis.publish.ledger.finder import finder_body, finder_script
from analysis.publish.ledger.pages import ENTRY, LedgerPage, page_body
from analysis.publish.ledger.rows import Ledger, Place, cells_page
from analysis.publish.ledger.sources import Sources
from analysis.publish.notebooks import NotebookPage
from analysis.publish.publication import LANG, Publication
from analysis.publish.site import Page, Site

TITLE = "Skąd ta liczba"


def _row_labels(sources: Sources) -> dict[str, pd.DataFrame]:
    """Tables whose rows have labels: columns `id` and `label`."""
    labelled = [table for table in sources.tables if {"id", "label"} <= set(sources.header(table))]
    return {t: pd.read_csv(str(sources.path(t)), dtype=str, keep_default_na=False) for t in labelled}


def open_ledger(pub: Publication, notebooks: Sequence[NotebookPage]) -> tuple[Ledger, list[LedgerPage]]:
    """Prepare the ledger of an edition: every fact has its page.

    Raises
    ------
    PublishError
        A fact names a table that does not exist, or the labels of facts cannot be read.
    """
    framework = load_framework(pub.framework_root)
    facts = {key: fact for key, fact in pub.facts.items() if not fact.get("withheld")}
    # Under a rule of disclosure control no cell of an answer is shown, as of a survey, and no table behind the facts:
    # they are full.
    provenance = "survey" if pub.shield.active else str(pub.info["provenance"])
    sources = Sources(pub.project, pub.build, pub.edition, provenance, framework, facts, results=not pub.shield.active)
    path = pub.report_dir / "labels" / f"facts_{LANG}.yaml"
    describer = Describer(path, framework, facts, _row_labels(sources))
    ledger = Ledger(facts, describer, sources, {n.name: n for n in notebooks})
    return ledger, ledger_pages.plan(ledger)


def group_tables(exhibits: Mapping[str, Exhibit], places: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Map a group of clusters, (dimension, group), to its printed table: page and fragment."""
    out = {}
    for label, exhibit in exhibits.items():
        dimension, _, group = str(exhibit.record.get("subject") or "").partition("/")
        if group and label in places:
            out[(dimension, group)] = "".join(places[label])
    return out


def note_places(ledger: Ledger, ids: Sequence[str], page: Page) -> None:
    """Remember that a page of the book prints these facts."""
    for fact_id in ids:
        ledger.places.setdefault(fact_id, []).append(Place(page.file, page.plain_title))


def index_part(ledger: Ledger) -> str:
    """What the start page has of the ledger."""
    return finder_body(ledger)


def write_ledger(
    ledger: Ledger,
    pages: Sequence[LedgerPage],
    site: Site,
    entry: Page,
    tables: dict[tuple[str, str], str],
    note: str,
) -> int:
    """Write the entry, the pages of facts and of raw cells, their data files; returns the number of pages."""
    entry.body = ledger_pages.entry_body(ledger, pages)
    site.write(entry, toc=False)

    def put(file: str, title: str, body: str, parent: Page) -> None:
        site.write(Page(file, title, "", LANG, [], eyebrow=parent, body=body), base="../", toc=False)

    for page in pages:
        parts = raw_cells.components(ledger, page.code) if page.kind == "score" and ledger.sources.lineage else ""
        put(page.file, page.title, page_body(ledger, page, tables, parts), entry)
    codes = list(ledger.sources.lineage)
    for code in codes:
        put(cells_page(code), f"Surowe komórki: {code}", raw_cells.cells_body(ledger, code, note), entry)
    ledger.sources.copy(site.out)
    scripts: dict[str, str] = {
        "ledger-index.js": ledger_pages.index_script(ledger, pages),
        "finder.js": finder_script(ledger, tables),
    }
    for name, text in scripts.items():
        Path(site.out / "assets" / name).write_text(text, encoding="utf-8")
    return 1 + len(pages) + len(codes)


__all__ = ["ENTRY", "TITLE", "group_tables", "index_part", "note_places", "open_ledger", "write_ledger"]
