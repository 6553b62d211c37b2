"""The report as PDF/UA-1 and PDF/A-2a: each chapter becomes a Typst file, the template joins them, Typst typesets.

The fonts are in the project; nothing is taken from the machine, so the pages are the same everywhere. The date in the
file is the publication date of the edition.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Literal

import pikepdf
import typst

from analysis.errors import PublishError
from analysis.publish import pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.exhibit_tables import page_runs, to_typst, typst_string
from analysis.publish.exhibits import Exhibit, image_share
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_CALLOUTS = {"callout", "note", "key-points"}
NAME_COLUMNS = 2
CLOSER = "closer.json"  # names of the stretches that are set closer
SHORT_TAIL_CM = 6.5  # so high on its page, with a margin of 2.6, ends a stretch whose tail is a few lines


def _bound(text: str, lang: str) -> str:
    """Polish typography for Polish text only."""
    return bind(text) if lang == "pl" else text


def _exhibit(exhibit: Exhibit, pub: Publication, lang: str) -> str:
    common = [
        f"  no: {typst_string(str(exhibit.no))}",
        f"  title: {typst_string(_bound(exhibit.title, lang))}",
        f"  source: {typst_string(_bound(exhibit.source, lang))}",
        f"  note: {typst_string(_bound(exhibit.note, lang))}",
        f"  lang: {typst_string(lang)}",
        f"  id: {typst_string(exhibit.id)}",
    ]
    if exhibit.kind == "figure":
        path = pub.build / exhibit.image_file
        common += [
            f"  file: {typst_string('figures/' + path.name)}",
            f"  alt: {typst_string(exhibit.record['alt'])}",
            f"  width: {image_share(exhibit, path) * 100:.1f}%",
            # An edition of exhibits has no running text that could fill the gap: drawings stay under their headings.
            f"  floating: {'true' if pub.lang == LANG else 'false'}",
        ]
        return "#exhibit-figure(\n" + ",\n".join(common) + ",\n)"
    return "#exhibit-table(\n" + ",\n".join(common) + ",\n" + to_typst(pub.printed_table(exhibit, lang)) + ")"


def _formula(tex: str, display: bool, alt: str, pub: Publication) -> str:
    """Typeset one formula; PDF/UA wants its text alternative, TeX if the author wrote none."""
    kind = "DisplayMath" if display else "InlineMath"
    doc = pub.book.doc([pandoc.para([{"t": "Math", "c": [{"t": kind}, tex]}])])
    body = pandoc.write(doc, "typst").decode().strip()
    inner = body.strip("$").strip()
    return f"#math.equation(block: {str(display).lower()}, alt: {typst_string(alt or tex)}, $ {inner} $.body)"


def _call(function: str, arguments: list[list[Node]]) -> list[Node]:
    """Call a function of report.typ with blocks as arguments, each between square brackets."""
    out = [pandoc.raw_block("typst", f"#{function}[")]
    for i, blocks in enumerate(arguments):
        out += [*([pandoc.raw_block("typst", "][")] if i else []), *blocks]
    return [*out, pandoc.raw_block("typst", "]")]


def _for_typst(chapter: BookChapter, pub: Publication, source: list[Node]) -> list[Node]:
    """Replace what pandoc's Typst writer does not do our way: exhibits, headings, formulae, callouts, images."""

    def spans(node: Node) -> Node | list[Node] | None:
        # Formulae with a written alternative, before the formulae inside are reached.
        if node["t"] == "Span":
            alt = pandoc.pairs(node["c"][0]).get("alt")
            inner = node["c"][1]
            if alt and len(inner) == 1 and inner[0]["t"] == "RawInline":
                text = re.sub(
                    r'alt: "(?:[^"\\]|\\.)*"', lambda _: f"alt: {typst_string(alt)}", inner[0]["c"][1], count=1
                )
                return pandoc.raw_inline("typst", text)
            if "fact" in node["c"][0][1]:
                return list(inner)
            lang, ident = pandoc.pairs(node["c"][0]).get("lang"), node["c"][0][0]
            if lang:  # the writer would drop it
                anchor = f"#metadata(none) <{ident}>" if ident else ""
                head = pandoc.raw_inline("typst", f"{anchor}#text(lang: {typst_string(lang)})[")
                return [head, *inner, pandoc.raw_inline("typst", "]")]
        return None

    def action(node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Cite":  # already formatted by citeproc; the writer would make a Typst reference of it
            return list(node["c"][1])
        if kind == "Math":
            display = node["c"][0]["t"] == "DisplayMath"
            return pandoc.raw_inline("typst", _formula(node["c"][1], display, "", pub))
        if kind == "Image":
            attributes, inlines, (target, _) = node["c"]
            width = pandoc.pairs(attributes).get("width", "100%")
            alt = pandoc.pairs(attributes).get("alt") or pandoc.plain(inlines)
            code = f"#image({typst_string(target)}, alt: {typst_string(alt)}, width: {width})"
            return pandoc.raw_inline("typst", code)
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            return _section(level, number, attributes[0], inlines)
        if kind == "Div":
            ident, classes, _ = node["c"][0]
            if "exhibit" in classes:
                return pandoc.raw_block("typst", _exhibit(pub.exhibits[ident], pub, chapter.lang))
            if "in-preparation" in classes or _CALLOUTS & set(classes):
                name = "in-preparation" if "in-preparation" in classes else "callout"
                return _call(name, [node["c"][1]])
            bullets = next((block["c"] for block in node["c"][1] if block["t"] == "BulletList"), None)
            if bullets and "key-figures" in classes:
                return _call("key-figures", bullets)
            if bullets and "name-list" in classes:
                length = -(-len(bullets) // NAME_COLUMNS)
                parts = [bullets[start : start + length] for start in range(0, len(bullets), length)]
                return _call("name-list", [[{"t": "BulletList", "c": part}] for part in parts])
        return spans(node)

    return list(pandoc.change(source, action, {"Cite", "Div", "Header", "Image", "Math", "Span"}))


def _section(level: int, number: str, ident: str, inlines: list[Node], new_page: bool = False) -> Node:
    page = f", new-page: {str(new_page).lower()}" if level == 1 else ""
    head = f"#section({level}, {typst_string(number)}, {typst_string(ident)}{page})["
    return {
        "t": "Plain",
        "c": [pandoc.raw_inline("typst", head), *inlines, pandoc.raw_inline("typst", "]")],
    }


def chapter_source(chapter: BookChapter, pub: Publication, new_page: bool = True, *, stretches: bool = False) -> str:
    """Write one chapter as Typst; it begins on a new page or below the chapter before it.

    `stretches`: upright pages in a row say where they end, for `_set_short_tails_closer`.
    """
    title = list(chapter.inlines)
    if not chapter.ready:
        title += [pandoc.raw_inline("typst", " #status[– w przygotowaniu]")]
    blocks = [_section(1, chapter.no, chapter.id, title, new_page)]
    for i, (landscape, run) in enumerate(page_runs(chapter.blocks, pub.exhibits)):
        inside = _for_typst(chapter, pub, run)
        if landscape or stretches:
            call = "#landscape[" if landscape else f'#stretch("{chapter.stem}:{i}")['
            inside = [pandoc.raw_block("typst", call), *inside, pandoc.raw_block("typst", "]")]
        blocks += inside
    body = pandoc.write(pub.book.doc(blocks), "typst", ["--wrap=none", "--syntax-highlighting=none"]).decode()
    # Tables written by hand have no number and no place in the list of tables.
    body = body.replace("kind: table", "kind: table, outlined: false")
    language = "" if chapter.lang == pub.lang else f'#set text(lang: "{chapter.lang}", region: "GB")\n'
    return '#import "report.typ": *\n' + language + body


def _main(pub: Publication) -> str:
    kinds = {label.kind for label in pub.book.labels.values()}
    meta: dict[str, str | bool] = {
        "title": pub.title,
        "subtitle": pub.subtitle,
        "period": pub.period,
        "provenance": pub.provenance_note,
        "imprint": ". ".join(filter(None, [pub.edition_label, pub.publisher, pub.date_text.capitalize()])),
        "author": pub.publisher,
        "description": f"{pub.subtitle}. {pub.period}.",
        "running": pub.title,
        "lang": pub.lang,
        "figures": "fig" in kinds,
        "tables": "tbl" in kinds,
    }
    pairs = ", ".join(
        f"{key}: {str(value).lower() if isinstance(value, bool) else typst_string(value)}"
        for key, value in meta.items()
    )
    includes = "\n".join(f'#include "{chapter.stem}.typ"' for chapter in pub.book.chapters)
    return f'#import "report.typ": report\n#show: report.with(({pairs}))\n\n{includes}\n'


def _explain(error: typst.TypstError, folder: Path) -> PublishError:
    """Say which chapter and which line stopped the typesetting."""
    detail = str(getattr(error, "diagnostic", "") or error)
    found = re.search(r"┌─ [^\n]*?([\w-]+)\.typ:(\d+):\d+", detail) or re.search(r"([\w-]+)\.typ:(\d+)", detail)
    where = ""
    if found and (folder / f"{found.group(1)}.typ").is_file():
        lines = (folder / f"{found.group(1)}.typ").read_text(encoding="utf-8").splitlines()
        line = int(found.group(2))
        near = next((x for x in reversed(lines[:line]) if re.match(r"#section|#exhibit|\s*no:", x)), "")
        text = lines[line - 1].strip()[:120] if 0 < line <= len(lines) else ""
        where = f"chapter {found.group(1)}, near {near.strip()[:100]!r}: {text!r}\n"
    return PublishError(f"the PDF cannot be typeset: {where}{detail.strip()}")


def row_headers(path: Path) -> int:
    """Mark the first cell of every body row of a table as a row heading in the PDF's structure; returns their number.

    Typst knows heading rows but not heading columns. Rows whose first cell already is a heading are left alone.
    """
    count = 0
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        root = pdf.Root.get("/StructTreeRoot")
        stack = [root] if root is not None else []
        while stack:
            node = stack.pop()
            if not isinstance(node, pikepdf.Dictionary):
                continue
            kids = node.get("/K")
            children = list(kids) if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []
            if node.get("/S") == pikepdf.Name.TR and children:
                first = children[0]
                if isinstance(first, pikepdf.Dictionary) and first.get("/S") == pikepdf.Name.TD:
                    first.S = pikepdf.Name.TH
                    attributes = first.get("/A")
                    scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
                    if isinstance(attributes, pikepdf.Array):
                        attributes.append(scope)
                    elif attributes is not None:
                        first.A = pikepdf.Array([attributes, scope])
                    else:
                        first.A = scope
                    count += 1
                continue
            stack.extend(children)
        pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return count


class _Setting:
    """A report with what every run of Typst needs to know; what one run has laid out serves the next ones.

    Which stretches are set closer stands in a file that only they read. As an argument of the run (`sys_inputs`) it
    would belong to what everything is made with, so that each run would begin from nothing.
    """

    def __init__(self, main: Path, fonts: Path) -> None:
        self.compiler = typst.Compiler(str(main), str(main.parent), [str(fonts)], ignore_system_fonts=True)
        self.closer = main.parent / CLOSER
        self.set_closer([])

    def set_closer(self, stretches: Collection[str]) -> None:
        """Have these stretches set closer, and no other ones."""
        self.closer.write_text(json.dumps(list(stretches)), encoding="utf-8")

    def ends(self) -> dict[str, tuple[int, float]]:
        """Page and height (cm from the top) at which every stretch of upright pages ends."""
        found = json.loads(self.compiler.query("<stretch-end>", field="value"))
        return {x["name"]: (x["page"], x["end"]) for x in found}


def _set_short_tails_closer(setting: _Setting) -> None:
    """Set stretches closer of which a few lines would stay alone on a page, where closer ones do not.

    A stretch can end higher only; one that keeps its page would be squeezed for nothing and stays as it is.
    """
    before = setting.ends()
    tails = [name for name, (_, end) in before.items() if end < SHORT_TAIL_CM]
    if not tails:
        return
    setting.set_closer(tails)
    after = setting.ends()
    setting.set_closer([name for name in tails if after[name][1] > before[name][1]])


def build_pdf(pub: Publication, out: Path) -> int:
    """Typeset the report; returns the number of pages.

    Raises
    ------
    PublishError
        Typst refuses the text (missing glyph, alt text, heading, unknown label), with chapter and line.
    """
    folder = pub.out_dir / "typst"
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "figures").mkdir(parents=True)
    shutil.copyfile(pub.style_dir / "report.typ", folder / "report.typ")
    for label in pub.book.placed:
        exhibit = pub.exhibits[label]
        if exhibit.kind == "figure":
            shutil.copyfile(pub.build / exhibit.image_file, folder / "figures" / Path(exhibit.image_file).name)
    if (pub.report_dir / "images").is_dir():
        shutil.copytree(pub.report_dir / "images", folder / "images")
    announced_before = False
    for chapter in pub.book.chapters:
        # Announced chapters share a page.
        source = chapter_source(chapter, pub, new_page=chapter.ready or not announced_before, stretches=True)
        (folder / f"{chapter.stem}.typ").write_text(source, encoding="utf-8")
        announced_before = not chapter.ready
    main = folder / "main.typ"
    main.write_text(_main(pub), encoding="utf-8")
    try:
        setting = _Setting(main, pub.style_dir / "fonts")
        _set_short_tails_closer(setting)
        setting.compiler.compile(output=str(out), pdf_standards=[*STANDARDS], timestamp=pub.epoch)
    except typst.TypstError as error:
        raise _explain(error, folder) from error
    row_headers(out)
    with pikepdf.open(out) as pdf:
        return len(pdf.pages)
