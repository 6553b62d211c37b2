"""The report as a Word document: the same tree through pandoc, with the styles of `report/style/reference.docx`.

Headings are numbered by their styles, exhibits and references by fields (`docx_fields`). Contents and lists of exhibits
are fields that already hold their entries, so they read well before anybody updates them; updating adds page numbers.
Landscape tables get sections of their own.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from analysis.publish import pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import Label, exhibit_name
from analysis.publish.docx_fields import (
    SEQUENCES,
    bookmark,
    counted,
    exhibit_number,
    listing,
    reference,
    sequence_instructions,
)
from analysis.publish.docx_finish import finish, section_break
from analysis.publish.exhibit_tables import page_runs, to_tree
from analysis.publish.exhibits import TEXT_WIDTH_CM, Exhibit, image_share
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind

KEYWORDS = {"pl": ("klastry", "benchmarking", "Polska"), "en": ("clusters", "benchmarking", "Poland")}


_WORDS = {
    "pl": {"contents": "Spis treści", "figures": "Spis rysunków", "tables": "Spis tabel", "lang": "pl-PL"},
    "en": {"contents": "Contents", "figures": "Figures", "tables": "Tables", "lang": "en-GB"},
}


def _bound(text: str, lang: str) -> str:
    return bind(text) if lang == LANG else text


def _styled(style: str, inlines: list[Node]) -> Node:
    return pandoc.div("", [], [pandoc.para(inlines)], **{"custom-style": style})


def _exhibit(exhibit: Exhibit, pub: Publication, lang: str, numbers: dict[str, Node]) -> list[Node]:
    figure = exhibit.kind == "figure"
    word = exhibit_name(exhibit.kind, "", lang)
    title = [{"t": "Str", "c": word}, numbers[exhibit.id], *pandoc.text_inlines(f". {_bound(exhibit.title, lang)}")]
    caption = _styled("Figure Caption" if figure else "Table Caption", title)
    blocks = [pandoc.div(exhibit.id, [], [caption])]
    if figure:
        width = f"{image_share(exhibit, pub.build / exhibit.image_file) * TEXT_WIDTH_CM:.2f}cm"
        alt = pandoc.text_inlines(exhibit.record["alt"])
        image = {"t": "Image", "c": [pandoc.attr(width=width), alt, [exhibit.record["png"], ""]]}
        blocks.append(_styled("Figure", [image]))
    else:
        table = pub.printed_table(exhibit, lang)
        small = " Small" if len(table.heads) > 7 else ""
        blocks.append(to_tree(table, cell_style=f"Table Text{small}", head_style=f"Table Head{small}"))
    if exhibit.note:
        blocks.append(_styled("Source", pandoc.text_inlines(_bound(exhibit.note, lang))))
    blocks.append(_styled("Source", pandoc.text_inlines(f"{SOURCE_WORD[lang]}: {_bound(exhibit.source, lang)}")))
    return blocks


def _box(blocks: list[Node]) -> list[Node]:
    """The blocks of a tinted box; its lists have a style of their own, so that the tint does not stop at them."""

    def listed(node: Node) -> Node:
        items = [
            [_styled("Callout List", block["c"]) if block["t"] in ("Plain", "Para") else block for block in item]
            for item in node["c"]
        ]
        return {"t": "BulletList", "c": items}

    return list(pandoc.change(blocks, listed, {"BulletList"}))


def _key_figures(blocks: list[Node]) -> list[Node]:
    """Each item of the list becomes a tinted paragraph that begins with its number."""

    def number(node: Node) -> Node:
        return pandoc.span("", [], node["c"], **{"custom-style": "Key Number"})

    items = [item for block in blocks if block["t"] == "BulletList" for item in block["c"]]
    return [
        _styled("Key Figure" if i else "Key Figure First", list(pandoc.change(item[0]["c"], number, {"Strong"})))
        for i, item in enumerate(items)
    ]


def _for_docx(
    chapter: BookChapter, pub: Publication, numbers: dict[str, Node], numbered: Collection[str]
) -> list[Node]:
    def action(node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            if number and attributes[0] not in numbered:  # else it comes from the style of the heading
                inlines = [{"t": "Str", "c": number + "\u2002"}, *inlines]
            return {"t": "Header", "c": [level, [attributes[0], [], []], inlines]}
        if kind == "Link" and "reference" in node["c"][0][1]:
            return reference(node["c"][1], pub.book.labels[node["c"][2][0].removeprefix("#")], numbered) or None
        if kind == "Span" and "fact" in node["c"][0][1]:
            return list(node["c"][1])
        if kind == "Div":
            ident, classes, _ = node["c"][0]
            if "exhibit" in classes:
                return _exhibit(pub.exhibits[ident], pub, chapter.lang, numbers)
            if "name-list" in classes:
                return list(node["c"][1])
            if "key-figures" in classes:
                return _key_figures(node["c"][1])
            if "in-preparation" in classes:
                return pandoc.div(ident, [], node["c"][1], **{"custom-style": "In Preparation"})
            if classes:
                return pandoc.div(ident, [], _box(node["c"][1]), **{"custom-style": "Callout"})
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
        inside = list(pandoc.change(run, action, {"Div", "Header", "Link", "Span"}))
        blocks += [_break(False), *inside, _break(True)] if landscape else inside
    return blocks if chapter.lang == pub.lang else [pandoc.div("", [], blocks, lang=f"{chapter.lang}-GB")]


def _break(landscape: bool) -> Node:
    return pandoc.raw_block("openxml", section_break(landscape))


def _front(pub: Publication) -> list[Node]:
    labels = pub.book.labels.values()
    words = _WORDS[pub.lang]

    def entry(label: Label) -> tuple[str, str, str]:
        return (
            f"TOC{label.level}",
            bookmark(label.id),
            f"{label.number}\u2002{label.title}" if label.number else label.title,
        )

    blocks: list[Node] = []
    if pub.provenance_note:
        blocks.append(_styled("Callout", pandoc.text_inlines(pub.provenance_note)))
    blocks.append(_styled("TOC Heading", pandoc.text_inlines(words["contents"])))
    blocks.append(listing('TOC \\o "1-3" \\h \\z \\u', (entry(x) for x in labels if x.kind == "sec" and x.level <= 3)))
    for kind, title, name in (("fig", words["figures"], "figure"), ("tbl", words["tables"], "table")):
        some = [x for x in labels if x.kind == kind]
        if some:
            entries = [
                ("TableofFigures", bookmark(x.id), f"{exhibit_name(name, x.number, pub.lang)}. {x.title}") for x in some
            ]
            blocks.append(_styled("TOC Heading", pandoc.text_inlines(title)))
            blocks.append(listing(f'TOC \\h \\z \\c "{SEQUENCES[kind]}"', entries))
    return blocks


def _meta(pub: Publication) -> Node:
    def inlines(text: str) -> Node:
        return {"t": "MetaInlines", "c": pandoc.text_inlines(text)}

    imprint = ". ".join(filter(None, [pub.edition_label, pub.period, pub.publisher, pub.date_text.capitalize()]))
    return {
        "title": inlines(pub.title),
        "subtitle": inlines(pub.subtitle),
        "date": inlines(imprint),
        "subject": inlines(pub.subtitle),
        "description": inlines(f"{pub.subtitle}. {pub.period}."),
        "keywords": {"t": "MetaList", "c": [inlines(word) for word in KEYWORDS[pub.lang]]},
        "lang": {"t": "MetaString", "c": _WORDS[pub.lang]["lang"]},
    }


def build_docx(pub: Publication, out: Path) -> None:
    """Write the Word document.

    Raises
    ------
    PublishError
        The chapters are not rendered, or pandoc refuses the tree.
    """
    labels = pub.book.labels
    numbers = {
        ident: exhibit_number(labels[ident], instruction, place)
        for place, (ident, instruction) in enumerate(sequence_instructions(labels).items())
    }
    numbered = counted(labels)
    blocks = _front(pub)
    for chapter in pub.book.chapters:
        blocks += _for_docx(chapter, pub, numbers, numbered)
    doc = pub.book.doc(blocks, _meta(pub))
    # Image paths are relative to the build: pandoc writes them into the document.
    paths = os.pathsep.join([".", str(pub.report_dir.resolve())])
    args = [f"--reference-doc={(pub.style_dir / 'reference.docx').resolve()}", f"--resource-path={paths}"]
    data = pandoc.write(doc, "docx", [*args, "--syntax-highlighting=none"], epoch=pub.epoch, cwd=pub.build)
    out.parent.mkdir(parents=True, exist_ok=True)
    unnumbered = [label.id for label in labels.values() if label.kind == "sec" and label.id not in numbered]
    out.write_bytes(finish(data, f"{pub.date.isoformat()}T00:00:00Z", unnumbered))
