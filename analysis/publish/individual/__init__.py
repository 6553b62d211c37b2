"""Individual reports: one template, the facts of one respondent, a page that stands alone, a PDF and the data as ZIP.

Each report is a small publication of its own: its facts are `40_analyses/individual/<id>/facts.json`, never merged with
those of the general report, and its one chapter is `report/individual/report.md`. From there on it takes the same road
as the book: chapter, tree, HTML and Typst. Cells of tables are printed from facts, too.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path

from analysis.execution.processes import way_to_start
from analysis.files import whole_folder
from analysis.lock import join, watchers
from analysis.publish.individual.archive import write_archive
from analysis.publish.individual.page import index_page, page, report_body
from analysis.publish.individual.publication import (
    FOLDER,
    PAGE,
    PDF,
    IndividualPublication,
    archive_name,
    open_individual,
    respondents,
)
from analysis.publish.individual.report import render_report
from analysis.publish.individual.typeset import typeset
from analysis.publish.pandoc_process import kept
from analysis.publish.publication import Library, Publication, load_knowledge

__all__ = ["IndividualPublication", "build_individual", "build_one", "open_individual", "respondents"]


def build_one(
    pub: Publication, respondent: str, out: Path, knowledge: Library | None = None, *, apart: bool = False
) -> str:
    """Write page, PDF and ZIP of one respondent into the folder `out`; returns the least size of a group as printed.

    `apart`: the report does not stand beside the site (`Publication.reports_apart`).
    """
    one = open_individual(pub, respondent, knowledge)
    book, rendered = render_report(one)
    title = book.chapters[0].title
    out.mkdir(parents=True)
    # A report that is sent to its reader alone leads nowhere else.
    links = ("", "") if apart else ("../../html/index.html", f"../{PAGE}")
    html = page(one, title, report_body(book, one), report_link=links[0], index_link=links[1])
    (out / PAGE).write_text(html, encoding="utf-8")
    typeset(book, one, title, out / PDF)
    write_archive(one, sorted(rendered.facts), out / archive_name(respondent))
    return one.text("rule.min_peers", unit=False)


def _begin(build: Path) -> None:
    """Begin the work of a process: it belongs to the build as its parent does and may not outlive it."""
    join(build)
    stack = ExitStack()
    stack.enter_context(kept())
    Finalize(None, stack.close, exitpriority=0)


def build_individual(pub: Publication, out: Path, *, jobs: int = 2) -> list[str]:
    """Write the reports of all respondents and their index into a folder, as a whole; returns the respondents.

    Raises
    ------
    PublishError
        A report cannot be rendered or typeset; names the first respondent for whom it fails.
    """
    found = respondents(pub)
    workshop = pub.chapters_dir / FOLDER
    if workshop.exists():
        shutil.rmtree(workshop)
    with whole_folder(out) as staged:
        context = get_context(way_to_start(watchers()))
        with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(pub.build,)) as pool:
            one = partial(build_one, pub, knowledge=load_knowledge(pub), apart=pub.reports_apart)
            least = list(pool.map(one, found, [staged / name for name in found]))
        (staged / PAGE).write_text(index_page(pub, found, least[0]), encoding="utf-8")
    return found
