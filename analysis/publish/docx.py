"""The report as a Word document: the same tree through pandoc, with the styles of `report/style/reference.docx`.

Contents and lists of exhibits are real Word fields that already hold their entries, so they read well before anybody
updates them; updating adds page numbers. Landscape tables get sections of their own.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from analysis.publish import pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import Label, exhibit_name
from analysis.publish.exhibit_tables import build as build_table
from analysis.publish.exhibit_tables import page_runs, to_tree
from analysis.publish.exhibits import TEXT_WIDTH_CM, Exhibit, image_share
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind

_PORTRAIT = '<w:pgSz w:w="11906" w:h="16838"/>'
_LANDSCAPE = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
_MARGINS = (
    '<w:pgMar w:top="1474" w:right="1418" w:bottom="1361" w:left="1418" w:header="709" w:footer="624" w:gutter="0"/>'
)
_BOOKMARK_MAX = 40  # pandoc gives longer names a hash


_WORDS = {
    "pl": {"contents": "Spis treści", "figures": "Spis rysunków", "tables": "Spis tabel", "lang": "pl-PL"},
    "en": {"contents": "Contents", "figures": "Figures", "tables": "Tables", "lang": "en-GB"},
}


def _bound(text: str, lang: str) -> str:
    return bind(text) if lang == LANG else text


def _styled(style: str, inlines: list[Node]) -> Node:
    return pandoc.div("", [], [pandoc.para(inlines)], **{"custom-style": style})


def _section_break(size: str) -> Node:
    """End the section before this point with the given page size."""
    return pandoc.raw_block("openxml", f"<w:p><w:pPr><w:sectPr>{size}{_MARGINS}</w:sectPr></w:pPr></w:p>")


def _exhibit(exhibit: Exhibit, pub: Publication, lang: str) -> list[Node]:
    figure = exhibit.kind == "figure"
    title = f"{exhibit_name(exhibit.kind, exhibit.no, lang)}. {_bound(exhibit.title, lang)}"
    caption = _styled("Figure Caption" if figure else "Table Caption", pandoc.text_inlines(title))
    blocks = [pandoc.div(exhibit.id, [], [caption])]
    if figure:
        width = f"{image_share(exhibit, pub.build / exhibit.image_file) * TEXT_WIDTH_CM:.2f}cm"
        alt = pandoc.text_inlines(exhibit.record["alt"])
        image = {"t": "Image", "c": [pandoc.attr(width=width), alt, [exhibit.record["png"], ""]]}
        blocks.append(_styled("Figure", [image]))
    else:
        table = build_table(exhibit, pub.build, lang)
        small = " Small" if len(table.heads) > 7 else ""
        blocks.append(to_tree(table, cell_style=f"Table Text{small}", head_style=f"Table Head{small}"))
    if exhibit.note:
        blocks.append(_styled("Source", pandoc.text_inlines(_bound(exhibit.note, lang))))
    blocks.append(_styled("Source", pandoc.text_inlines(f"{SOURCE_WORD[lang]}: {_bound(exhibit.source, lang)}")))
    return blocks


def _for_docx(chapter: BookChapter, pub: Publication) -> list[Node]:
    def action(node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            if number:
                inlines = [{"t": "Str", "c": number + "\u2002"}, *inlines]
            return {"t": "Header", "c": [level, [attributes[0], [], []], inlines]}
        if kind == "Span" and "fact" in node["c"][0][1]:
            return list(node["c"][1])
        if kind == "Div":
            ident, classes, _ = node["c"][0]
            if "exhibit" in classes:
                return _exhibit(pub.exhibits[ident], pub, chapter.lang)
            if "name-list" in classes:
                return list(node["c"][1])
            if classes:
                style = "In Preparation" if "in-preparation" in classes else "Callout"
                return pandoc.div(ident, [], node["c"][1], **{"custom-style": style})
        return None

    title = list(chapter.inlines)
    if not chapter.ready:
        title += pandoc.text_inlines(" – w przygotowaniu")
    head = {
        "t": "Header",
        "c": [1, pandoc.attr(chapter.id, **({"number": chapter.no} if chapter.no else {})), title],
    }
    blocks: list[Node] = []
    for landscape, run in page_runs([head, *chapter.blocks], pub.exhibits):
        inside = list(pandoc.change(json.loads(json.dumps(run)), action))
        blocks += [_section_break(_PORTRAIT), *inside, _section_break(_LANDSCAPE)] if landscape else inside
    return blocks if chapter.lang == pub.lang else [pandoc.div("", [], blocks, lang=f"{chapter.lang}-GB")]


def _field(instruction: str, entries: Iterable[tuple[str, str, str]]) -> Node:
    """A Word field with its entries (style, bookmark, text) already written."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    out = []
    for style, bookmark, text in entries:
        run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        if len(bookmark) <= _BOOKMARK_MAX:
            run = f'<w:hyperlink w:anchor="{escape(bookmark)}" w:history="1">{run}</w:hyperlink>'
        out.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{begin}{run}</w:p>')
        begin = ""
    out.append(f'<w:p>{begin}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
    return pandoc.raw_block("openxml", "".join(out))


def _front(pub: Publication) -> list[Node]:
    labels = pub.book.labels.values()
    words = _WORDS[pub.lang]

    def entry(label: Label) -> tuple[str, str, str]:
        return f"TOC{label.level}", label.id, f"{label.number}\u2002{label.title}" if label.number else label.title

    blocks: list[Node] = []
    if pub.provenance_note:
        blocks.append(_styled("Callout", pandoc.text_inlines(pub.provenance_note)))
    blocks.append(_styled("TOC Heading", pandoc.text_inlines(words["contents"])))
    blocks.append(_field('TOC \\o "1-3" \\h \\z \\u', (entry(x) for x in labels if x.kind == "sec" and x.level <= 3)))
    for kind, style, title, name in (
        ("fig", "Figure Caption", words["figures"], "figure"),
        ("tbl", "Table Caption", words["tables"], "table"),
    ):
        some = [x for x in labels if x.kind == kind]
        if some:
            entries = [("TOC2", x.id, f"{exhibit_name(name, x.number, pub.lang)}. {x.title}") for x in some]
            blocks.append(_styled("TOC Heading", pandoc.text_inlines(title)))
            blocks.append(_field(f'TOC \\h \\z \\t "{style},1"', entries))
    return blocks


def _meta(pub: Publication) -> Node:
    def inlines(text: str) -> Node:
        return {"t": "MetaInlines", "c": pandoc.text_inlines(text)}

    imprint = ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))
    return {
        "title": inlines(pub.title),
        "subtitle": inlines(pub.subtitle),
        "date": inlines(imprint),
        "lang": {"t": "MetaString", "c": _WORDS[pub.lang]["lang"]},
    }


def _finish(data: bytes, epoch_text: str) -> bytes:
    """Give every section the footer, name the rows of tables, drop what differs between runs."""
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                text = content.decode()
                references = "".join(re.findall(r"<w:(?:header|footer)Reference [^>]*/>", text))
                text = re.sub(r"<w:sectPr>(?=<w:pgSz)", f"<w:sectPr>{references}", text)
                if text.count("<w:sectPr") > 1:  # only the first section begins with a title page
                    text = re.sub(r"<w:titlePg ?/>", "", text)
                    text = text.replace("</w:sectPr>", "<w:titlePg/></w:sectPr>", 1)
                # The first column of every table names its rows.
                text = text.replace('w:firstColumn="0"', 'w:firstColumn="1"').replace('w:val="0020"', 'w:val="00A0"')
                content = text.encode()
            elif name == "docProps/core.xml":
                text = re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{epoch_text}", content.decode())
                content = text.encode()
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return out.getvalue()


def build_docx(pub: Publication, out: Path) -> None:
    """Write the Word document.

    Raises
    ------
    PublishError
        The chapters are not rendered, or pandoc refuses the tree.
    """
    blocks = _front(pub)
    for chapter in pub.book.chapters:
        blocks += _for_docx(chapter, pub)
    doc = pub.book.doc(blocks, _meta(pub))
    # Image paths are relative to the build: pandoc writes them into the document.
    paths = os.pathsep.join([".", str(pub.report_dir.resolve())])
    args = [f"--reference-doc={(pub.style_dir / 'reference.docx').resolve()}", f"--resource-path={paths}"]
    data = pandoc.write(doc, "docx", [*args, "--syntax-highlighting=none"], epoch=pub.epoch, cwd=pub.build)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(_finish(data, f"{pub.date.isoformat()}T00:00:00Z"))
