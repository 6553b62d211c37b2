"""The site after a change of text alone: only the pages whose text changed are written again.

The result is that of `build_html`, byte for byte. It may be asked for only when nothing but the text of chapters has
changed since the site was written; whether the change reaches further than its own page is found out here.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analysis.files import write_text
from analysis.publish import about_page, weights_page
from analysis.publish.html import BookPages, book_pages, places_of, write_about, write_search, write_search_index
from analysis.publish.ledger import build as ledger
from analysis.publish.publication import Publication
from analysis.publish.site import Page, Site
from analysis.publish.site_again import SitePages, digest, frame_of


def rebuild_pages(pub: Publication, out: Path) -> list[str] | None:
    """Write the changed pages of the site into its folder; returns their files, or None if all have to be written.

    The start page, by which the workflow knows the age of the site, gets its new time when everything is there.
    """
    last = SitePages.load(pub.out_dir)
    if last is None or not (out / "index.html").is_file():
        return None
    _, chapters, pages = book_pages(pub)
    places = places_of(pages)
    if frame_of(pages, places, pub.book.placed) != last.frame:
        return None
    texts = {page.file: digest(page.blocks) for page in pages}
    stale = [page for page in pages if texts[page.file] != last.pages[page.file][0]]
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        return _written(pub, out, Path(folder), chapters, places, stale, texts, last)


def _written(
    pub: Publication, out: Path, staged: Path, chapters: list[Page], places: dict[str, tuple[str, str]],
    stale: list[Page], texts: dict[str, str], last: SitePages,
) -> list[str] | None:  # fmt: skip
    (staged / "assets").mkdir()
    site = Site(pub, staged, chapters, [Page(file, title, "", "pl", []) for file, title in last.extra])
    notebooks = last.notebook_pages()
    facts_of, _ = ledger.open_ledger(pub, notebooks)
    book = BookPages(pub, places, facts_of, {n.name for n in notebooks}, last.leads)
    for page in stale:
        facts, entries = book.write(page, site)
        if facts != last.pages[page.file][1]:
            return None  # the pages of numbers name the pages that print them
        last.pages[page.file] = (texts[page.file], facts, entries)
    # The hash of each chapter's file is on the page about the edition.
    about = next(page for page in site.extra if page.file == about_page.FILE)
    has_weights = any(page.file == weights_page.FILE for page in site.extra)
    last.replace(about.file, write_about(site, about, has_weights))
    write_search(site, last.entries())
    write_search_index(staged, last.entries())
    made = [page.file for page in stale] + [about.file, "szukaj.html", "assets/search-index.js"]
    for file in made:
        write_text((staged / file).read_text(encoding="utf-8"), out / file)
    last.save(pub.out_dir)
    os.utime(out / "index.html")
    return [page.file for page in stale]
