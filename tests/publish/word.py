"""Reading a Word document as an editor's program sees it: paragraphs with styles, fields, tables, bookmarks."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = {
    "w": W[1:-1],
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
}
# Formatting that belongs into a style. Language, a list's number and a section are properties of the text itself.
DIRECT_PARAGRAPH = {"jc", "ind", "spacing", "pBdr", "shd", "tabs", "keepNext", "pageBreakBefore"}
DIRECT_RUN = {"b", "bCs", "i", "iCs", "sz", "color", "rFonts", "u", "highlight"}


@dataclass(frozen=True)
class Word:
    """A document: its body and styles."""

    root: etree._Element
    styles: etree._Element
    numbering: etree._Element
    parts: dict[str, bytes]

    @property
    def body(self) -> etree._Element:
        return self.root.find("w:body", NS)

    def paragraphs(self, style: str) -> list[etree._Element]:
        return [p for p in self.root.iter(f"{W}p") if style_of(p) == style]

    def instructions(self) -> list[tuple[str, str]]:
        """Instruction and shown result of every simple field."""
        found = self.root.iter(f"{W}fldSimple")
        return [(str(f.get(f"{W}instr")).strip(), text(f)) for f in found]


def open_word(path: Path) -> Word:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    return from_parts(parts)


def from_parts(parts: dict[str, bytes]) -> Word:
    names = ("word/document.xml", "word/styles.xml", "word/numbering.xml")
    return Word(*(etree.fromstring(parts[name]) for name in names), parts)


def style_of(paragraph: etree._Element) -> str:
    found = paragraph.find("w:pPr/w:pStyle", NS)
    return "" if found is None else str(found.get(f"{W}val"))


def text(node: etree._Element) -> str:
    return "".join(t.text or "" for t in node.iter(f"{W}t"))


def computed_numbers(word: Word) -> dict[str, str]:
    """Bookmark of each exhibit's number → the number that Word computes when the fields are renewed."""
    counters: dict[str, int] = {}
    out: dict[str, str] = {}
    inside: list[str] = []
    for node in word.root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}fldSimple"):
        if node.tag == f"{W}bookmarkStart" and str(node.get(f"{W}name")).startswith("_Ref_"):
            inside = [str(node.get(f"{W}name"))]
        elif node.tag == f"{W}bookmarkEnd":
            inside = []
        elif found := re.match(r"SEQ (\w+)(?:.*\\r (\d+))?", str(node.get(f"{W}instr")).strip()):
            name, reset = found.groups()
            counters[name] = int(reset) if reset else counters.get(name, 0) + 1
            for mark in inside:
                out[mark] = str(counters[name])
    return out


def heading_numbers(word: Word) -> dict[str, str]:
    """Bookmark of each heading → the number that its style gives it, as Word counts."""
    numbered = {}
    for style in word.styles.iter(f"{W}style"):
        level, ident = style.find("w:pPr/w:numPr/w:ilvl", NS), style.find("w:pPr/w:numPr/w:numId", NS)
        if ident is not None and ident.get(f"{W}val") != "0" and str(style.get(f"{W}styleId")).startswith("Heading"):
            numbered[str(style.get(f"{W}styleId"))] = int(level.get(f"{W}val"))
    counters = [0] * 9
    out: dict[str, str] = {}
    waiting: list[str] = []
    for node in word.root.iter(f"{W}bookmarkStart", f"{W}p"):
        if node.tag == f"{W}bookmarkStart":
            waiting.append(str(node.get(f"{W}name")))
            continue
        style = style_of(node)
        if style in numbered:
            level = numbered[style]
            counters[level] += 1
            counters[level + 1 :] = [0] * (8 - level)
            for name in waiting:
                out[name] = ".".join(str(n) for n in counters[: level + 1])
        waiting = []
    return out


def problems(word: Word) -> list[str]:
    """What would annoy an editor, or a reader who does not see."""
    out: list[str] = []
    known = {str(s.get(f"{W}styleId")) for s in word.styles.iter(f"{W}style")}
    for paragraph in word.root.iter(f"{W}p"):
        style = style_of(paragraph)
        if style and style not in known:
            out.append(f"style {style} is not defined")
        if not style and text(paragraph).strip():
            out.append(f"no style: {text(paragraph)[:40]}")
        for mark in paragraph.iterfind("w:pPr/*", NS):
            if mark.tag.removeprefix(W) in DIRECT_PARAGRAPH:
                out.append(f"direct formatting {mark.tag.removeprefix(W)}: {text(paragraph)[:40]}")
    for mark in word.root.iterfind(".//w:r/w:rPr/*", NS):
        if mark.tag.removeprefix(W) in DIRECT_RUN:
            out.append(f"direct formatting {mark.tag.removeprefix(W)}: {text(mark.getparent().getparent())[:40]}")
    for style in word.root.iterfind(".//w:r/w:rPr/w:rStyle", NS):
        if style.get(f"{W}val") not in known:
            out.append(f"style {style.get(f'{W}val')} is not defined")
    for table in word.root.iter(f"{W}tbl"):
        rows = table.findall("w:tr", NS)
        head = text(rows[0])[:40]
        if rows[0].find("w:trPr/w:tblHeader", NS) is None:
            out.append(f"table without a repeated heading: {head}")
        if any(row.find("w:trPr/w:cantSplit", NS) is None for row in rows):
            out.append(f"rows of a table may be divided: {head}")
        grid = sum(int(c.get(f"{W}w")) for c in table.iterfind("w:tblGrid/w:gridCol", NS))
        for row in rows:
            if sum(int(c.get(f"{W}w")) for c in row.iterfind("w:tc/w:tcPr/w:tcW", NS)) != grid:
                out.append(f"widths of cells do not add up: {head}")
                break
    for drawing in word.root.iter(f"{{{NS['wp']}}}docPr"):
        if not drawing.get("descr"):
            out.append(f"drawing without a text alternative: {drawing.get('name')}")
    names = [str(b.get(f"{W}name")) for b in word.root.iter(f"{W}bookmarkStart")]
    out += [f"bookmark twice: {n}" for n in sorted({n for n in names if names.count(n) > 1})]
    out += [f"no name of a bookmark: {n}" for n in names if not re.fullmatch(r"[A-Za-z_]\w{0,39}", n)]
    ids = [str(b.get(f"{W}id")) for b in word.root.iter(f"{W}bookmarkStart")]
    out += [f"id of a bookmark twice: {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
    for link in word.root.iter(f"{W}hyperlink"):
        if link.get(f"{W}anchor") and link.get(f"{W}anchor") not in names:
            out.append(f"link to nowhere: {link.get(f'{W}anchor')}")
    numbers, headings = computed_numbers(word), heading_numbers(word)
    for instruction, shown in word.instructions():
        kind, target, *_ = instruction.split()
        if kind != "REF":
            continue
        computed = (headings if "\\r" in instruction else numbers).get(target)
        if computed != shown:
            out.append(f"reference to {target} shows {shown}, computed {computed}")
    for paragraph in (*word.paragraphs("FigureCaption"), *word.paragraphs("TableCaption")):
        fields = [(str(f.get(f"{W}instr")), text(f)) for f in paragraph.iter(f"{W}fldSimple")]
        marks = [str(b.get(f"{W}name")) for b in paragraph.iter(f"{W}bookmarkStart")]
        if len(fields) != 1 or not fields[0][0].strip().startswith("SEQ") or not marks:
            out.append(f"caption without a numbered field: {text(paragraph)[:40]}")
        elif numbers.get(marks[0]) != fields[0][1]:
            out.append(f"caption shows {fields[0][1]}, computed {numbers.get(marks[0])}: {text(paragraph)[:40]}")
    begun = [str(f.get(f"{W}fldCharType")) for f in word.root.iter(f"{W}fldChar")]
    if begun != ["begin", "separate", "end"] * (len(begun) // 3):
        out.append("a field is not closed")
    default = word.styles.find("w:docDefaults/w:rPrDefault/w:rPr/w:lang", NS)
    if default is None or default.get(f"{W}val") != "pl-PL":
        out.append("the language of the document is not Polish")
    sections = list(word.root.iter(f"{W}sectPr"))
    out += ["section without a footer" for s in sections if s.find("w:footerReference", NS) is None]
    core = etree.fromstring(word.parts["docProps/core.xml"])
    for name in ("dc:title", "dc:subject", "dc:language", "cp:keywords"):
        found = core.find(name, NS)
        if found is None or not found.text:
            out.append(f"no {name} in the properties")
    return out
