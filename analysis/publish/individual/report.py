"""The template of the individual reports, rendered for one respondent and checked like any chapter."""

from __future__ import annotations

import shutil
from dataclasses import replace

from analysis.publish import lint
from analysis.publish.assemble import Book, make_book
from analysis.publish.chapters import Rendered, render
from analysis.publish.individual.publication import FOLDER, TEMPLATE, IndividualPublication
from analysis.publish.outline import Chapter
from analysis.publish.publication import LANG
from analysis.publish.record_voice import at_record


def render_report(one: IndividualPublication) -> tuple[Book, Rendered]:
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
    rendered, found = render(
        chapter, one.template_dir, one.facts, one.exhibits, words=one.words,
        edition={**one.info, "exhibits": one.numbered}, knowledge=one.knowledge,
    )  # fmt: skip
    found = [replace(f, file=name) if f.file.endswith(TEMPLATE) else f for f in found]
    findings = [*lint.digits(source, name, allowed, "individual"), *found]
    if not findings:
        labels = {label for label, _ in rendered.placed} | {label for label, _ in lint.labels(rendered.text, name)}
        more = [*lint.headings(rendered.text, name), *lint.references(rendered.text, name, labels)]
        findings += [at_record(f, rendered.text, rendered.told) for f in more]
    lint.stop(findings, f"the report of respondent {one.respondent} cannot be published")
    book = make_book(
        [chapter], {chapter.stem: rendered}, one.exhibits, edition=one.info, report_dir=one.report_dir,
        out_dir=one.build, lang=LANG,
    )  # fmt: skip
    return book, rendered
