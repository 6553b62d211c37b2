r"""Word fields: numbers of exhibits, references to them, contents. Each field already holds what it would compute.

Exhibits are numbered by `SEQ`, so that an editor who inserts a figure and presses F9 has the rest renumbered. The
report keeps the numbers of the printed edition, which do not rise one by one through the text: where the count jumps,
the field sets it (`\r 72`). References are `REF` fields on a bookmark around the number alone, because the word
before it is inflected ("na rysunku 13").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape

from analysis.publish import pandoc
from analysis.publish.crossref import Label
from analysis.publish.pandoc import Node

SEQUENCES = {"fig": "Rysunek", "tbl": "Tabela"}
NUMBERED_LEVELS = 3  # levels of headings that the template's styles number
_FIRST_ID = 500_000  # bookmark ids of pandoc begin at 20
BOOKMARK_MAX = 40  # Word takes no longer name; pandoc gives such a bookmark a hash


def bookmark(ident: str) -> str:
    """Name of the bookmark of a label: Word takes letters, digits and underscores."""
    return ident.replace("-", "_")


def number_bookmark(ident: str) -> str:
    """Name of the bookmark around the number of an exhibit."""
    return f"_Ref_{bookmark(ident)}"


def simple_field(instruction: str, shown: str, style: str = "") -> str:
    """A field in one piece, with its result."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    text = f'<w:t xml:space="preserve">{escape(shown)}</w:t>'
    return f'<w:fldSimple w:instr=" {escape(instruction)} "><w:r>{properties}{text}</w:r></w:fldSimple>'


def sequence_instructions(labels: Mapping[str, Label]) -> dict[str, str]:
    """Instruction of the number of every exhibit, in order of appearance.

    Parameters
    ----------
    labels
        Labels of the book in order of appearance; sections are passed over.
    """
    out: dict[str, str] = {}
    last = dict.fromkeys(SEQUENCES, 0)
    for label in labels.values():
        if label.kind not in SEQUENCES:
            continue
        number = int(label.number)
        jump = "" if number == last[label.kind] + 1 else f" \\r {number}"
        out[label.id] = f"SEQ {SEQUENCES[label.kind]} \\* ARABIC{jump}"
        last[label.kind] = number
    return out


def counted(labels: Mapping[str, Label]) -> set[str]:
    """Labels of headings whose printed number is the one that their style counts.

    The others (a book that begins with chapter 4, a heading without a number) keep their number as text.
    """
    out: set[str] = set()
    counters: list[int] = []
    for label in labels.values():
        if label.kind != "sec" or not label.number or label.level > NUMBERED_LEVELS:
            continue
        following = [*counters, *[0] * label.level][: label.level]
        following[-1] += 1
        if ".".join(map(str, following)) == label.number:
            counters = following
            out.add(label.id)
    return out


def exhibit_number(label: Label, instruction: str, place: int) -> Node:
    """The number of an exhibit in its caption: a `SEQ` field in a bookmark; `place` tells bookmarks apart."""
    ident = _FIRST_ID + place
    return pandoc.raw_inline(
        "openxml",
        f'<w:bookmarkStart w:id="{ident}" w:name="{number_bookmark(label.id)}"/>'
        f'{simple_field(instruction, label.number)}<w:bookmarkEnd w:id="{ident}"/>',
    )


def reference(inlines: list[Node], label: Label, numbered: Collection[str]) -> list[Node]:
    """The words of a reference with its number as a `REF` field; empty where nothing counts the number (`counted`)."""
    if label.kind == "sec" and label.id not in numbered:
        return []
    last = inlines[-1] if inlines else {}
    if not label.number or last.get("t") != "Str" or not str(last["c"]).endswith(label.number):
        return []
    before = str(last["c"])[: -len(label.number)]
    target, switches = (bookmark(label.id), "\\r \\h") if label.kind == "sec" else (number_bookmark(label.id), "\\h")
    if len(target) > BOOKMARK_MAX:
        return []
    field = pandoc.raw_inline("openxml", simple_field(f"REF {target} {switches}", label.number, "Hyperlink"))
    return [*inlines[:-1], *([{"t": "Str", "c": before}] if before else []), field]


def listing(instruction: str, entries: Iterable[tuple[str, str, str]]) -> Node:
    """A list that Word can renew, with its entries (style, bookmark, text) already written."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    out = []
    for style, name, text in entries:
        run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        if len(name) <= BOOKMARK_MAX:
            run = f'<w:hyperlink w:anchor="{escape(name)}" w:history="1">{run}</w:hyperlink>'
        out.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{begin}{run}')
        begin = ""
    return pandoc.raw_block("openxml", "</w:p>".join(out) + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
