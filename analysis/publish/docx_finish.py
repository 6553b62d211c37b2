"""What pandoc's Word writer leaves undone: styles instead of direct formatting, rows that stay whole, real widths.

Works on the parts of the file as XML; nothing here knows the report, only the names of the template's styles.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from itertools import pairwise

from lxml import etree

from analysis.publish.docx_fields import bookmark

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_NS = {"w": _W, "wp": _WP, "pic": _PIC}

PORTRAIT, LANDSCAPE, SIDE, TOP, BOTTOM = (11906, 16838), (16838, 11906), 1418, 1474, 1361  # twentieths of a point
_BLOCKS = {"Callout", "CalloutList", "KeyFigure", "Source", "Compact"}
_NUMBERED = {"Heading1", "Heading2", "Heading3"}
_TEXT = {"FirstParagraph", "BodyText"}
_CHARACTER = {(True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


# Asked of every paragraph and run: with full names nothing has to be looked up.
_STYLE, _ALIGNMENT, _TEXTS, _LOOK = f"{_w('pPr')}/{_w('pStyle')}", f"{_w('pPr')}/{_w('jc')}", _w("t"), _w("rPr")


def section_break(landscape: bool) -> str:
    """A paragraph that ends the section before it, on pages of the given direction."""
    width, height = LANDSCAPE if landscape else PORTRAIT
    turned = ' w:orient="landscape"' if landscape else ""
    return (
        f'<w:p><w:pPr><w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{TOP}" w:right="{SIDE}" w:bottom="{BOTTOM}" w:left="{SIDE}" w:header="709" w:footer="624" '
        'w:gutter="0"/></w:sectPr></w:pPr></w:p>'
    )


def _style_of(paragraph: etree._Element) -> str:
    found = paragraph.find(_STYLE)
    return "" if found is None else str(found.get(_w("val")))


def _set_style(paragraph: etree._Element, style: str) -> None:
    properties = paragraph.find("w:pPr", _NS)
    if properties is None:
        properties = etree.Element(_w("pPr"))
        paragraph.insert(0, properties)
    found = properties.find("w:pStyle", _NS)
    if found is None:
        found = etree.Element(_w("pStyle"))
        properties.insert(0, found)
    found.set(_w("val"), style)


def _character_styles(root: etree._Element) -> None:
    """Bold and italic runs get the character styles Strong and Emphasis."""
    for properties in root.iterfind(".//w:r/w:rPr", _NS):
        bold, italic = properties.find("w:b", _NS), properties.find("w:i", _NS)
        if (bold is None and italic is None) or properties.find("w:rStyle", _NS) is not None:
            continue
        for name in ("b", "bCs", "i", "iCs"):
            for mark in properties.findall(f"w:{name}", _NS):
                properties.remove(mark)
        style = etree.Element(_w("rStyle"))
        style.set(_w("val"), _CHARACTER[bold is not None, italic is not None])
        properties.insert(0, style)


def _join_runs(root: etree._Element) -> None:
    """Neighbouring runs of the same look become one, as if somebody had typed them."""
    for paragraph in root.iter(_w("p"), _w("hyperlink")):
        last: etree._Element | None = None
        before = b""
        for run in list(paragraph):
            texts = run.findall(_TEXTS)
            properties = run.find(_LOOK)
            if run.tag != _w("r") or len(run) != len(texts) + (properties is not None) or not texts:
                last = None
                continue
            look = b"" if properties is None else etree.tostring(properties)
            if last is None or look != before:
                last, before = run, look
                continue
            kept = last.findall(_TEXTS)[-1]
            kept.text = "".join(t.text or "" for t in (kept, *texts))
            paragraph.remove(run)


def _rows(table: etree._Element, columns: list[int]) -> None:
    small = any("Small" in _style_of(p) for p in table.iter(_w("p")))
    for row in table.iterfind("w:tr", _NS):
        head = row.find("w:trPr/w:tblHeader", _NS) is not None
        properties = row.find("w:trPr", _NS)
        if properties is None:
            properties = etree.Element(_w("trPr"))
            row.insert(0, properties)
        properties.insert(0, etree.Element(_w("cantSplit")))
        cells = row.findall("w:tc", _NS)
        at = 0
        for cell in cells:
            inside = cell.find("w:tcPr", _NS)
            span = inside.find("w:gridSpan", _NS)
            wide = int(span.get(_w("val"))) if span is not None else 1
            size = etree.Element(_w("tcW"))
            size.set(_w("w"), str(sum(columns[at : at + wide])))
            size.set(_w("type"), "dxa")
            inside.insert(0, size)
            at += wide
            group = not head and len(cells) == 1 and wide == len(columns) > 1
            for paragraph in cell.iterfind("w:p", _NS):
                _cell_style(paragraph, head=head, group=group, small=small)


def _cell_style(paragraph: etree._Element, *, head: bool, group: bool, small: bool) -> None:
    """The alignment of a cell belongs to its style; tables written by hand get the styles of the others."""
    style = _style_of(paragraph)
    if style in ("", "Compact"):
        style = "TableHead" if head else "TableText"
    aligned = paragraph.find(_ALIGNMENT)
    side = "" if aligned is None else str(aligned.get(_w("val"))).capitalize()
    if aligned is not None:
        aligned.getparent().remove(aligned)
    if group:
        style, side = f"TableGroup{'Small' if small else ''}", ""
        for run in paragraph.iterfind("w:r", _NS):
            properties = run.find("w:rPr", _NS)
            if properties is not None:
                run.remove(properties)
    _set_style(paragraph, style + side if side in ("Right", "Center") else style)


def _tables(body: etree._Element) -> None:
    """Widths in twentieths of a point of the page the table is on, whole rows, styles of cells."""
    width = PORTRAIT[0] - 2 * SIDE
    for block in reversed(body):  # a section's size stands at its end
        size = block.find(".//w:pgSz", _NS) if block.tag in (_w("p"), _w("sectPr")) else None
        if block.tag == _w("sectPr"):
            size = block.find("w:pgSz", _NS)
        if size is not None:
            width = int(size.get(_w("w"))) - 2 * SIDE
        if block.tag != _w("tbl"):
            continue
        grid = block.findall("w:tblGrid/w:gridCol", _NS)
        given = [int(column.get(_w("w"))) for column in grid]
        edges = [round(width * sum(given[:i]) / sum(given)) for i in range(len(given) + 1)]
        columns = [b - a for a, b in pairwise(edges)]
        for column, size_of in zip(grid, columns, strict=True):
            column.set(_w("w"), str(size_of))
        _rows(block, columns)


def _spaces(body: etree._Element) -> None:
    """Text after a table, a drawing, a list or a box keeps its distance, by a style of its own."""
    blocks = [block for block in body if block.tag in (_w("p"), _w("tbl"))]
    for before, block in pairwise(blocks):
        if block.tag == _w("p") and not _style_of(block) and block.find("w:pPr/w:numPr", _NS) is not None:
            _set_style(block, "Compact")  # an item of a list with space between items
        if block.tag != _w("p") or _style_of(block) not in _TEXT:
            continue
        if before.tag == _w("tbl") or _style_of(before) in _BLOCKS:
            _set_style(block, "TextAfterBlock")


def _bookmarks(root: etree._Element) -> None:
    for mark in root.iter(_w("bookmarkStart")):
        mark.set(_w("name"), bookmark(str(mark.get(_w("name")))))
    for link in root.iter(_w("hyperlink")):
        anchor = link.get(_w("anchor"))
        if anchor:
            link.set(_w("anchor"), bookmark(str(anchor)))


def _unnumbered(body: etree._Element, labels: Collection[str]) -> None:
    """Headings without a number take the style that leaves it out."""
    names = {bookmark(label) for label in labels}
    pending = False
    for block in body.iter(_w("bookmarkStart"), _w("p")):
        if block.tag == _w("bookmarkStart"):
            pending = pending or str(block.get(_w("name"))) in names
        elif (style := _style_of(block)).startswith("Heading"):
            if pending and style in _NUMBERED:
                _set_style(block, f"{style}Unnumbered")
            pending = False


def _captions(body: etree._Element) -> None:
    """A drawing and a table carry the name that their caption prints."""
    caption = ""
    for block in body.iter(_w("p"), _w("tbl")):
        if _style_of(block) in ("FigureCaption", "TableCaption"):
            caption = "".join(block.itertext()).strip()
        elif block.tag == _w("tbl"):
            properties = block.find("w:tblPr", _NS)
            if caption and properties.find("w:tblCaption", _NS) is None:
                name = etree.SubElement(properties, _w("tblCaption"))
                name.set(_w("val"), caption)
            caption = ""
        else:
            for drawing in block.iter(f"{{{_WP}}}docPr"):
                name = caption.split(".")[0] or "Rysunek"
                drawing.set("name", name)
                for inner in block.iter(f"{{{_PIC}}}cNvPr"):  # pandoc writes the path of the file here
                    inner.set("name", name)
                    inner.set("descr", str(drawing.get("descr", "")))
                caption = ""


def _sections(root: etree._Element) -> None:
    """Every section has the footer; only the first begins with a title page."""
    sections = list(root.iter(_w("sectPr")))
    references = [r for r in sections[-1] if r.tag in (_w("headerReference"), _w("footerReference"))]
    for i, section in enumerate(sections):
        for mark in section.findall("w:titlePg", _NS):
            section.remove(mark)
        if section is not sections[-1]:
            for place, reference in enumerate(references):
                section.insert(place, etree.fromstring(etree.tostring(reference)))
        if i == 0:
            etree.SubElement(section, _w("titlePg"))


def _document(content: bytes, unnumbered: Collection[str]) -> bytes:
    root = etree.fromstring(content)
    body = root.find("w:body", _NS)
    _bookmarks(root)
    _sections(root)
    _character_styles(root)
    _join_runs(root)
    _tables(body)
    _spaces(body)
    _unnumbered(body, unnumbered)
    _captions(body)
    for look in root.iter(_w("tblLook")):  # the first column of every table names its rows
        look.set(_w("firstColumn"), "1")
        look.set(_w("val"), "00A0")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def finish(data: bytes, epoch_text: str, unnumbered: Collection[str]) -> bytes:
    """Finish a Word document of pandoc; drop what differs between runs.

    Parameters
    ----------
    data
        The file as pandoc wrote it.
    epoch_text
        Date and time of publication, `2025-11-30T00:00:00Z`.
    unnumbered
        Labels of headings that have no number.
    """
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = _document(content, unnumbered)
            elif name == "docProps/core.xml":
                text = re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{epoch_text}", content.decode())
                content = text.encode()
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return out.getvalue()
