"""The steps of publishing, as the workflow calls them: each reads files of the build and writes files of the build.

    chapters → html, pdf, docx, epub, annex → publish → manifest

A step prints one short line and raises `PublishError` with everything it found wrong. `publish` is the only step that
touches `60_report`, and only after all formats are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.errors import PublishError, suggest
from analysis.facts import merge_facts
from analysis.files import whole, whole_folder, write_json, write_text
from analysis.framework import load_framework
from analysis.narrative import load_grammar
from analysis.publish import editors, lint
from analysis.publish.assemble import Book, make_book, renew_book
from analysis.publish.chapters import Rendered, idle, render
from analysis.publish.chapters_again import LastBook, Surroundings, keep
from analysis.publish.directions import directions
from analysis.publish.editors import list_for_editors
from analysis.publish.lint import Finding
from analysis.publish.outline import load_chapters
from analysis.publish.pandoc_process import kept
from analysis.publish.publication import LANG, Publication, load_knowledge, open_publication
from analysis.publish.record_voice import at_record, typed_digits
from analysis.publish.withholding import withhold

# Kind of record -> file (without .md) of the chapter that prints it, for allowances bound to one chapter.
BESIDE_PRINT = ("35_printed_report", "49_reproduction")  # notebooks about a printed report
RECORDS_OF = {"practice": "09_dobre_praktyki", "recommendation": "11_rekomendacje", "term": "12_zalaczniki"}


def _at_source(finding: Finding, rendered: str, source: str, source_name: str) -> Finding:
    """Move a finding from the rendered line to the chapter's own line, where the chapter holds that line literally."""
    line = rendered.splitlines()[finding.line - 1] if rendered else ""
    lines = source.splitlines()
    if line in lines:
        return Finding(source_name, lines.index(line) + 1, finding.message)
    return finding


def render_chapters(pub: Publication) -> Book:
    """Render and check every ready chapter, then assemble the book; writes `50_chapters/`.

    A chapter that is what it was in the last book, with all around it, is taken from there.

    Raises
    ------
    PublishError
        Lists every undefined fact, typed digit, bad heading, missing alt text, unknown or double label at once.
    """
    folder = pub.report_dir / "chapters"
    chapters = load_chapters(pub.report_dir / "chapters.yaml")
    if not pub.printed:  # nothing was set beside a printed report, so no chapter can draw on it
        kept = [[name for name in chapter.notebooks if name not in BESIDE_PRINT] for chapter in chapters]
        chapters = [c.model_copy(update={"notebooks": names}) for c, names in zip(chapters, kept, strict=True)]
    allowed = lint.load_allowed(pub.report_dir / "lint.yaml")
    pub.chapters_dir.mkdir(parents=True, exist_ok=True)
    now = Surroundings.of(pub)
    last = LastBook.load(pub, now)
    changed: list[str] = []
    findings: list[Finding] = []
    rendered: dict[str, Rendered] = {}
    sources: dict[str, str] = {}
    narrative = pub.framework_root / "framework/narrative"
    grammar = load_grammar(pub.framework_root) if narrative.is_dir() else None
    library = load_knowledge(pub)
    findings += typed_digits(library, allowed, RECORDS_OF)
    ready = [chapter for chapter in chapters if chapter.status == "ready" and chapter.file]
    for partial in sorted(folder.glob("_*.md")):
        findings += lint.digits(partial.read_text("utf-8"), f"chapters/{partial.name}", allowed, partial.stem)
    edition = {**pub.info, "printed": pub.printed}
    for chapter in ready:
        source = (folder / str(chapter.file)).read_text(encoding="utf-8")
        sources[chapter.stem] = source
        if last and (same := last.chapter(chapter.stem, now)):
            rendered[chapter.stem] = same
            continue
        changed.append(chapter.stem)
        findings += lint.digits(source, f"chapters/{chapter.file}", allowed, chapter.stem)
        result, problems = render(
            chapter, folder, pub.facts, pub.exhibits, words=pub.words, edition=edition, grammar=grammar,
            knowledge=library, narrated=last.narrated(chapter.stem) if last else None,
        )  # fmt: skip
        findings += problems
        rendered[chapter.stem] = result
    places = [place for result in rendered.values() for place in result.placed]
    findings += lint.duplicates(places)
    announced = {f"sec-{chapter.number}" for chapter in chapters if chapter.status == "in_preparation"}
    findings += _check_rendered(rendered, sources, announced, pub.report_dir)
    for stem in changed:
        if (result := rendered[stem]).text:
            findings += _check_numbers(pub, result, sources[stem], allowed, {(f.file, f.line) for f in findings})
    lint.stop(findings)
    before = last.book_of(pub) if last else None
    for old in [*pub.chapters_dir.glob("*.md"), *pub.chapters_dir.glob("*.json")]:
        old.unlink()
    for stem, result in rendered.items():
        write_text(result.text, pub.chapters_dir / f"{stem}.md")
        write_json(result.used(), pub.chapters_dir / f"{stem}.used.json")
    where: dict[str, Any] = {"edition": pub.info, "report_dir": pub.report_dir, "out_dir": pub.chapters_dir}
    book = renew_book(before, chapters, rendered, changed, pub.exhibits, **where) if before else None
    if book is None:
        book = make_book(chapters, rendered, pub.exhibits, lang=LANG, whole=True, **where)
    keep(pub, now, rendered, book)
    texts = {stem: result.text for stem, result in rendered.items()}
    said = {
        stem: "\n\n".join([*(n.text for n in result.narrated.values()), *(t.text for t in result.told)])
        for stem, result in rendered.items()
    }
    groups = load_framework(pub.framework_root).cross_sections
    sectors = groups.loc[groups["dimension"] == "sector", "label_pl"]
    checks = list_for_editors(
        texts, pub.facts, pub.info, pub.report_dir, pub.build, computed=said, labels=sectors.to_list()
    )
    if checks:
        print(f"{len(checks)} sentences for editors to read over: {pub.build.name}/{editors.FILE}")
    facts = {fact for result in rendered.values() for fact in result.facts}
    idle = [label for label in pub.exhibits if label not in book.placed]
    print(
        f"chapters: {len(ready)} ready, {len(chapters) - len(ready)} in preparation, {len(facts)} facts, "
        f"{len(book.placed)} exhibits" + (f"; computed but not placed: {', '.join(idle)}" if idle else "")
    )
    return book


def _check_numbers(
    pub: Publication, result: Rendered, source: str, allowed: list[lint.Allowed], known: set[tuple[str, int]]
) -> list[Finding]:
    """Check numbers of a rendered chapter: each from a fact, direction words that agree, nothing announced in vain.

    `known` are places where a typed digit has been found already.
    """
    chapter, name = result.chapter, f"50_chapters/{result.chapter.stem}.md"
    found = lint.orphans(result.text, name, allowed, chapter.stem)
    found += directions(result.text, name, pub.facts, pub.words, chapter.lang)
    found = [at_record(f, result.text, result.told) for f in found]
    placed = [_at_source(f, result.text, source, f"chapters/{chapter.file}") if f.file == name else f for f in found]
    return [f for f in placed if (f.file, f.line) not in known] + idle(result, pub.facts, pub.exhibits)


def _check_rendered(
    rendered: dict[str, Rendered], sources: dict[str, str], announced: set[str], report_dir: Path
) -> list[Finding]:
    """Check headings, images, labels and references of the rendered chapters against the whole book."""
    found: list[Finding] = []
    labels: list[tuple[str, Finding]] = []
    texts = {stem: result.text for stem, result in rendered.items() if result.text}

    def place(finding: Finding, stem: str) -> Finding:
        return _at_source(finding, texts[stem], sources[stem], f"chapters/{rendered[stem].chapter.file}")

    for stem, text in texts.items():
        name = f"50_chapters/{stem}.md"
        found += [place(f, stem) for f in [*lint.headings(text, name), *lint.images(text, name, report_dir)]]
        labels += [
            (label, place(f, stem)) for label, f in lint.labels(text, name) if not label.startswith(("fig-", "tbl-"))
        ]
    found += lint.duplicates(labels)
    known = announced | {label for label, _ in labels} | {label for r in rendered.values() for label, _ in r.placed}
    for stem, text in texts.items():
        found += [place(f, stem) for f in lint.references(text, f"50_chapters/{stem}.md", known)]
    return found


def build_html(pub: Publication) -> Path:
    """Write the web site into `50_chapters/out/html`."""
    from analysis.publish.html import build_html as build

    out = pub.out_dir / "html"
    with whole_folder(out) as staged:
        pages = build(pub, staged)
    print(f"html: {len(pages)} pages")
    return out / "index.html"


def build_pages(pub: Publication) -> Path:
    """Write the pages whose text changed, where nothing but texts did; the whole web site if that is not enough."""
    from analysis.publish.html_again import rebuild_pages

    out = pub.out_dir / "html"
    pages = rebuild_pages(pub, out)
    if pages is None:
        return build_html(pub)
    print(f"html: {', '.join(pages) or 'no page has changed'}")
    return out / "index.html"


def build_pdf(pub: Publication) -> Path:
    """Typeset the PDF into `50_chapters/out`."""
    from analysis.publish.pdf import build_pdf as build

    out = pub.out_dir / pub.file_name("pdf")
    with whole(out) as draft:
        pages = build(pub, draft)
    print(f"pdf: {pages} pages, PDF/UA-1 and PDF/A-2a")
    return out


def build_docx(pub: Publication) -> Path:
    """Write the Word document into `50_chapters/out`."""
    from analysis.publish.docx import build_docx as build

    out = pub.out_dir / pub.file_name("docx")
    with whole(out) as draft:
        build(pub, draft)
    print(f"docx: {out.stat().st_size // 1024} KiB")
    return out


def build_epub(pub: Publication) -> Path:
    """Write the e-book into `50_chapters/out`."""
    from analysis.publish.epub import build_epub as build

    out = pub.out_dir / pub.file_name("epub")
    build(pub, out)
    print(f"epub: {out.stat().st_size // 1024} KiB")
    return out


def build_annex(pub: Publication) -> Path:
    """Write the statistical annex into `50_chapters/out`: workbooks in both languages, and the data package."""
    from analysis.publish.annex import build_annex as build
    from analysis.publish.datapackage import build_datapackage

    out = pub.out_dir / pub.file_name("xlsx")
    english_out = pub.out_dir / pub.file_name("xlsx", "en")
    with whole(out) as draft, whole(english_out) as english_draft, whole_folder(pub.out_dir / "dane") as data:
        made, english = build(pub, draft), build(pub, english_draft, "en")
        files = build_datapackage(pub, data)
    print(f"annex: {made} tables, {english} in English, {files} data files")
    return out


def build_individual(pub: Publication) -> Path:
    """Write the individual reports into `50_chapters/out/individual`."""
    from analysis.publish.individual import build_individual as build

    out = pub.out_dir / "individual"
    print(f"individual: {len(build(pub, out))} reports")
    return out / "index.html"


def publish(pub: Publication) -> Path:
    """Put the finished formats and the list of exhibits in place of the last report, all or nothing."""
    from analysis.publish.promote import promote

    target = promote(pub)
    print(f"report: {target.name}/html/index.html")
    return target


def write_manifest(pub: Publication) -> Path:
    """Write `manifest.json`: hashes of inputs and outputs, versions, method, seeds."""
    from analysis.publish.manifest import write_manifest as write

    path = write(pub)
    print(f"manifest: {path.name}")
    return path


def render_quarto(pub: Publication) -> Path:
    """Write the book for Quarto and render it."""
    from analysis.publish.quarto import render_quarto as render_book

    out = render_book(pub)
    print(f"quarto: {out.name}")
    return out


def merge_all_facts(pub: Publication) -> Path:
    """Merge the facts of all notebooks into `facts.json`."""
    out = pub.build / "facts.json"
    number = merge_facts(sorted((pub.build / "40_analyses" / "facts").glob("*.json")), out)
    if pub.shield.active:
        kept = withhold(json.loads(out.read_text(encoding="utf-8")), pub.shield)
        write_json(kept, out)
        gone = sum(bool(record.get("withheld")) for record in kept.values())
        print(f"facts: {number}, {gone} of them withheld")
    else:
        print(f"facts: {number}")
    return out


def build_english(pub: Publication) -> Path:
    """Make the English edition from its exhibits and put it beside the report, all or nothing."""
    from analysis.publish.docx import build_docx as build_word
    from analysis.publish.english import english_book
    from analysis.publish.english_site import build_site
    from analysis.publish.html import paginate
    from analysis.publish.pdf import build_pdf as typeset
    from analysis.publish.promote import promote_language

    english = open_publication(pub.project, pub.build, pub.edition, pub.method, "en")
    english_book(english, pub.book)
    english.out_dir.mkdir(parents=True, exist_ok=True)
    pages = build_site(english, [paginate(chapter) for chapter in pub.book.chapters], english.out_dir / "html")
    printed = typeset(english, english.out_dir / english.file_name("pdf"))
    build_word(english, english.out_dir / english.file_name("docx"))
    target = promote_language(english)
    print(f"english: {len(english.book.placed)} exhibits, {len(pages)} pages, PDF of {printed} pages")
    return target


STEPS: dict[str, Callable[[Publication], object]] = {
    "facts": merge_all_facts,
    "chapters": render_chapters,
    "html": build_html,
    "pages": build_pages,
    "pdf": build_pdf,
    "docx": build_docx,
    "epub": build_epub,
    "annex": build_annex,
    "individual": build_individual,
    "publish": publish,
    "manifest": write_manifest,
    "quarto": render_quarto,
    "english": build_english,
}


def run(step: str, *, project: Path, edition: int, build: Path, method: str = "default") -> None:
    """Run one step by name.

    Raises
    ------
    PublishError
        There is no such step, or the step fails.
    """
    if step not in STEPS:
        raise PublishError(f"no publishing step `{step}`{suggest(step, list(STEPS))}")
    with kept():
        STEPS[step](open_publication(project, build, edition, method))
