"""The report as an e-book (EPUB 3): the same tree through pandoc, figures as SVG, formulae as MathML, a cover.

What differs between runs is taken out: the identifier follows from the content, the archive holds no times.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import uuid
import zipfile
from pathlib import Path
from typing import Any

import typst

from analysis.publish import pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibit_tables import to_tree, typst_string
from analysis.publish.exhibits import Exhibit
from analysis.publish.pandoc import Node
from analysis.publish.publication import Publication
from analysis.publish.typography import bind

COVER_PPI = 110
SUMMARY = (
    "Każdy rysunek ma opis słowny, tabele mają nagłówki, formuły zapisano w MathML, fragmenty obcojęzyczne oznaczono "
    "językiem. Numery rysunków, tabel i rozdziałów są te same co w druku."
)
LANDMARKS = {"Title Page": "Strona tytułowa", "Cover": "Okładka", "Table of Contents": "Spis treści"}
FEATURES = (
    "alternativeText", "MathML", "readingOrder", "structuralNavigation", "tableOfContents",
)  # fmt: skip


def _exhibit(exhibit: Exhibit, pub: Publication, lang: str) -> Node:
    title = f"{exhibit_name(exhibit.kind, exhibit.no, lang)}. {bind(exhibit.title)}"
    blocks = [pandoc.div("", ["caption"], [pandoc.para(pandoc.text_inlines(title))])]
    if exhibit.kind == "figure":
        alt = pandoc.text_inlines(exhibit.record["alt"])
        blocks.append(pandoc.para([{"t": "Image", "c": [pandoc.attr(), alt, [exhibit.image_file, ""]]}]))
    else:
        blocks.append(to_tree(pub.printed_table(exhibit, lang)))
    foot = [pandoc.para(pandoc.text_inlines(bind(exhibit.note)))] if exhibit.note else []
    foot.append(pandoc.para(pandoc.text_inlines(f"{SOURCE_WORD[lang]}: {bind(exhibit.source)}")))
    return pandoc.div(exhibit.id, ["exhibit"], [*blocks, pandoc.div("", ["foot"], foot)])


def _chapter(chapter: BookChapter, pub: Publication) -> list[Node]:
    def action(node: Node) -> Node | list[Node] | None:
        kind = node["t"]
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            inlines = [{"t": "Str", "c": f"{number}\u2002"}, *inlines] if number else inlines
            return {"t": "Header", "c": [level, [attributes[0], [], []], inlines]}
        if kind == "Span" and "fact" in node["c"][0][1]:
            return list(node["c"][1])
        if kind == "Span" and "alt" in pandoc.pairs(node["c"][0]):  # a formula; MathML speaks for itself
            return list(node["c"][1])
        if kind == "Div" and "exhibit" in node["c"][0][1]:
            return _exhibit(pub.exhibits[node["c"][0][0]], pub, chapter.lang)
        return None

    head = {
        "t": "Header",
        "c": [1, pandoc.attr(chapter.id, **({"number": chapter.no} if chapter.no else {})), list(chapter.inlines)],
    }
    blocks = list(pandoc.change([head, *chapter.blocks], action, {"Div", "Header", "Span"}))
    if chapter.lang == pub.lang:
        return blocks
    # The heading stays outside, or the e-book would not be divided there.
    return [blocks[0], pandoc.div("", [], blocks[1:], lang=chapter.lang)]


def _cover(pub: Publication, folder: Path) -> Path:
    """Draw the title page of the PDF as a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(pub.style_dir / "report.typ", folder / "report.typ")
    imprint = ". ".join(filter(None, [pub.edition_label, pub.publisher, pub.date_text.capitalize()]))
    meta = {
        "title": pub.title, "subtitle": pub.subtitle, "period": pub.period, "provenance": pub.provenance_note,
        "imprint": imprint,
    }  # fmt: skip
    pairs = ", ".join(f"{key}: {typst_string(value)}" for key, value in meta.items())
    source = folder / "cover.typ"
    source.write_text(
        '#import "report.typ": cover, sans, ink\n#set page(paper: "a4")\n'
        f'#set text(font: sans, size: 10.5pt, lang: "{pub.lang}", fill: ink)\n#cover(({pairs}))\n',
        encoding="utf-8",
    )
    pages = typst.compile(
        str(source), root=str(folder), font_paths=[str(pub.style_dir / "fonts")], ignore_system_fonts=True,
        format="png", ppi=COVER_PPI,
    )  # fmt: skip
    out = folder / "okladka.png"
    first = pages[0] if isinstance(pages, list) else pages
    assert isinstance(first, bytes)
    out.write_bytes(first)
    return out


def _meta(pub: Publication, content: bytes) -> Node:
    def text(value: str) -> Node:
        return {"t": "MetaString", "c": value}

    def texts(values: tuple[str, ...]) -> Node:
        return {"t": "MetaList", "c": [text(value) for value in values]}

    identifier = uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(content).hexdigest())
    meta: dict[str, Any] = {
        "title": text(f"{pub.title}. {pub.subtitle}"),
        "lang": text(pub.lang),
        "identifier": text(f"urn:uuid:{identifier}"),
        "date": text(pub.date.isoformat()),
        "toc-title": text("Spis treści"),
        "description": text(f"{pub.subtitle}. {pub.period}."),
        "accessModes": texts(("textual", "visual")),
        "accessModeSufficient": texts(("textual",)),
        "accessibilityFeatures": texts(FEATURES),
        "accessibilityHazards": texts(("none",)),
        "accessibilitySummary": text(SUMMARY),
    }
    if pub.publisher:
        meta |= {"publisher": text(pub.publisher), "creator": text(pub.publisher)}
    if pub.info.get("licence"):
        meta["rights"] = text(str(pub.info["licence"]))
    return meta


def _landmarks(text: str) -> str:
    """Name the landmarks, which pandoc writes in English, in Polish."""
    for english, polish in LANDMARKS.items():
        text = text.replace(f">{english}</a>", f">{polish}</a>").replace(f'title="{english}"', f'title="{polish}"')
    return text


def _finish(data: bytes) -> bytes:
    """Write the archive anew: mimetype first and not compressed, the rest in order, no times."""
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in ["mimetype", *sorted(set(source.namelist()) - {"mimetype"})]:
            if name.endswith("/"):
                continue
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            content = source.read(name)
            if name.endswith(("nav.xhtml", "content.opf")):
                content = _landmarks(content.decode()).encode()
            target.writestr(entry, content)
    return out.getvalue()


def build_epub(pub: Publication, out: Path) -> None:
    """Write the e-book.

    Raises
    ------
    PublishError
        The chapters are not rendered, or pandoc refuses the tree.
    """
    blocks = [block for chapter in pub.book.chapters for block in _chapter(chapter, pub)]
    if pub.provenance_note:
        note = pandoc.div("", ["note"], [pandoc.para(pandoc.text_inlines(pub.provenance_note))])
        blocks.insert(1, note)
    content = json.dumps(blocks, ensure_ascii=False).encode()
    content += b"".join((pub.build / pub.exhibits[label].data_file).read_bytes() for label in pub.book.placed)
    cover = _cover(pub, pub.out_dir / "epub")
    doc = pub.book.doc(blocks, _meta(pub, content))
    args = [
        "--mathml", "--toc", "--toc-depth=3", "--split-level=2", "--syntax-highlighting=none",
        f"--epub-cover-image={cover.resolve()}", f"--css={(pub.style_dir / 'epub.css').resolve()}",
        f"--resource-path={os.pathsep.join(['.', str(pub.report_dir.resolve())])}",
    ]  # fmt: skip
    data = pandoc.write(doc, "epub3", args, epoch=pub.epoch, cwd=pub.build)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(_finish(data))
