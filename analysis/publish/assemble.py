"""The book: rendered chapters in order, with section numbers, resolved references and typography, as one tree.

`make_book` is the last step that all formats share. What it writes (`50_chapters/book.md` to read, `book.json` for the
formats) holds no decision about a format.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from analysis.errors import PublishError
from analysis.files import write_text
from analysis.publish import lint, pandoc
from analysis.publish.bibliography import load_nocite, unused
from analysis.publish.chapters import Rendered
from analysis.publish.crossref import Label, is_reference, resolve
from analysis.publish.foreign import ForeignWords, load_foreign
from analysis.publish.outline import Chapter
from analysis.publish.pandoc import Node
from analysis.publish.typography import bind, typeset

_NOTE_NUMBER = re.compile(r'"citationNoteNum": \d+')
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:", re.MULTILINE)
IN_PREPARATION = {"pl": "Rozdział w przygotowaniu.", "en": "Chapter in preparation."}
BIBLIOGRAPHY = ("references.bib", "references.yaml", "references.json")


Cited = tuple[str, list[Node]]  # hash of the blocks of a chapter that citations concern, and what became of them


@dataclass
class BookChapter:
    """One chapter of the book: number, label, title (text and inlines) and blocks without the level-1 heading."""

    no: str
    id: str
    title: str
    inlines: list[Node]
    lang: str
    ready: bool
    split: bool
    stem: str
    blocks: list[Node] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@dataclass
class Book:
    """The whole book; `labels` in order of appearance, `placed` the exhibits that chapters put on paper.

    `cited` is known to the one who made the book and not saved with it: by chapter, what citations concerned.
    """

    edition: dict[str, Any]
    api: list[int]
    chapters: list[BookChapter]
    labels: dict[str, Label]
    placed: list[str]
    cited: dict[str, Cited] = field(default_factory=dict)

    def doc(self, blocks: list[Node], meta: Node | None = None) -> Node:
        """Return blocks as a pandoc document."""
        return {"pandoc-api-version": self.api, "meta": meta or {}, "blocks": blocks}

    def save(self, path: Path) -> None:
        """Write the book for the formats."""
        # Of the records themselves only: `asdict` would copy every node of the text as well.
        data = {**vars(self), "chapters": [vars(c) for c in self.chapters]}
        del data["cited"]
        data["labels"] = {key: asdict(label) for key, label in self.labels.items()}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
        write_text(text + "\n", path)

    @classmethod
    def load(cls, path: Path) -> Book:
        """Read a book that `save` wrote.

        Raises
        ------
        PublishError
            The chapters have not been rendered.
        """
        if not path.is_file():
            raise PublishError(f"{path.name} is not there yet; render the chapters first: klastry build chapters")
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            data["edition"],
            data["api"],
            [BookChapter(**c) for c in data["chapters"]],
            {k: Label(**v) for k, v in data["labels"].items()},
            data["placed"],
        )


def _footnotes_apart(text: str, stem: str) -> str:
    return re.sub(r"\[\^([^\]\s]+)\]", rf"[^{stem}-\1]", text)


def in_preparation(chapter: Chapter) -> str:
    """Markdown of a chapter that is only announced."""
    note = chapter.note or IN_PREPARATION[chapter.lang]
    outline = "".join(f"\n- {title}" for title in chapter.sections)
    return f"# {chapter.title} {{.in-preparation}}\n\n::: {{.in-preparation}}\n{note}\n{outline}\n:::\n"


def join(chapters: Sequence[Chapter], rendered: Mapping[str, Rendered]) -> str:
    """Join rendered chapters (by stem) and announcements in the order of the book; footnotes stay apart."""
    parts = []
    for chapter in chapters:
        ready = rendered.get(chapter.stem)
        parts.append(_footnotes_apart(ready.text, chapter.stem) if ready else in_preparation(chapter))
    return "\n\n".join(parts)


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


def _split(blocks: list[Node], chapters: Sequence[Chapter], used: Mapping[str, Rendered]) -> list[BookChapter]:
    out: list[BookChapter] = []
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == 1:
            spec = chapters[len(out)]
            ident = block["c"][1][0] or f"sec-{spec.number or _slug(spec.title)}"
            facts = sorted(used[spec.stem].facts) if spec.stem in used else []
            out.append(
                BookChapter(
                    spec.number or "", ident, pandoc.plain(block["c"][2]).strip(), block["c"][2], spec.lang,
                    spec.status == "ready", spec.split, spec.stem, [], facts,
                )
            )  # fmt: skip
        else:
            out[-1].blocks.append(block)
    return out


def _number_sections(chapter: BookChapter) -> None:
    """Number the headings below the chapter; `number="7.7"` on a heading sets it, `.unnumbered` leaves it out."""
    counters = [chapter.no]
    for block in chapter.blocks:
        if block["t"] != "Header":
            continue
        level, attributes, _ = block["c"]
        given = pandoc.pairs(attributes).get("number")
        if "unnumbered" in attributes[1] or not chapter.no:
            number = ""
        elif given:
            counters = given.split(".")[:level]
            number = given
        else:
            counters = counters[:level]
            while len(counters) < level - 1:
                counters.append("0")
            if len(counters) == level:
                counters[-1] = str(int(counters[-1]) + 1)
            else:
                counters.append("1")
            number = ".".join(counters)
        attributes[2] = [p for p in attributes[2] if p[0] != "number"] + [["number", number]]
        if not attributes[0]:
            attributes[0] = f"sec-{number.replace('.', '-')}" if number else f"sec-{_slug(pandoc.plain(block['c'][2]))}"


def _display_formulae(blocks: list[Node]) -> list[Node]:
    """A formula that is a paragraph of its own is set apart, also where it carries a text alternative."""

    def action(node: Node) -> Node | None:
        if len(node["c"]) != 1 or node["c"][0]["t"] != "Span":
            return None
        attributes, inner = node["c"][0]["c"]
        if len(inner) != 1 or inner[0]["t"] != "Math":
            return None
        formula = {"t": "Math", "c": [{"t": "DisplayMath"}, inner[0]["c"][1]]}
        return pandoc.para([{"t": "Span", "c": [attributes, [formula]]}])

    return list(pandoc.change(blocks, action, {"Para"}))


def _labels(chapters: Sequence[BookChapter], exhibits: Mapping[str, Any]) -> dict[str, Label]:
    out: dict[str, Label] = {}
    for chapter in chapters:
        out[chapter.id] = Label(chapter.id, "sec", chapter.no, chapter.title, 1)
        for node in pandoc.nodes(chapter.blocks):
            if node["t"] == "Header":
                level, attributes, inlines = node["c"]
                number = pandoc.pairs(attributes).get("number", "")
                out[attributes[0]] = Label(attributes[0], "sec", number, pandoc.plain(inlines).strip(), level)
            elif node["t"] == "Div" and "exhibit" in node["c"][0][1]:
                exhibit = exhibits[node["c"][0][0]]
                kind = "fig" if exhibit.kind == "figure" else "tbl"
                out[exhibit.id] = Label(
                    exhibit.id, kind, str(exhibit.no), bind(exhibit.title) if chapter.lang == "pl" else exhibit.title
                )
    return out


def _concerns_citeproc(block: Node) -> bool:
    """Whether a block holds a citation, a note (some styles count them) or the place of the list of literature."""
    return any(
        node["t"] in ("Cite", "Note") or (node["t"] == "Div" and node["c"][0][0] == "refs")
        for node in pandoc.nodes(block)
    )


def _concerned(chapter: BookChapter) -> tuple[list[int], list[Node]]:
    """Return the blocks of a chapter that citations concern: their places, and themselves."""
    places = [i for i, block in enumerate(chapter.blocks) if _concerns_citeproc(block)]
    return places, [chapter.blocks[i] for i in places]


def _hash(blocks: list[Node]) -> str:
    """Hash blocks, whatever number a citation has among all: only styles that put citations into notes use it."""
    return hashlib.sha256(_NOTE_NUMBER.sub("", json.dumps(blocks)).encode()).hexdigest()


def _put(chapter: BookChapter, places: Sequence[int], blocks: Sequence[Node]) -> None:
    for i, made in zip(places, blocks, strict=True):
        chapter.blocks[i] = made


def _cite(book: Book, report_dir: Path, lang: str, whole: bool) -> None:
    """Resolve citations of literature with citeproc, over the whole book at once; `whole` as in `make_book`."""
    found = [_concerned(chapter) for chapter in book.chapters]
    concerned, kept = [places for places, _ in found], [blocks for _, blocks in found]
    hashes = [_hash(blocks) for blocks in kept]
    book.cited = {c.stem: (told, blocks) for c, told, blocks in zip(book.chapters, hashes, kept, strict=True)}
    keys = {
        citation["citationId"]
        for node in pandoc.nodes(kept)
        if node["t"] == "Cite"
        for citation in node["c"][0]
        if not is_reference(citation["citationId"])
    }
    nocite = load_nocite(report_dir) if whole else {}
    if whole:
        lint.stop(unused(report_dir, keys, nocite), "the list of literature cannot be published")
    if not keys and not nocite:
        return
    files = [report_dir / name for name in BIBLIOGRAPHY if (report_dir / name).is_file()]
    if not files:
        raise PublishError(
            f"the chapters cite {', '.join(sorted(keys))}, but report/{BIBLIOGRAPHY[0]} does not exist; add it"
        )
    args = ["--citeproc", "--fail-if-warnings", "-M", f"lang={lang}", "-M", "link-citations=true"]
    args += [x for file in files for x in ("--bibliography", str(file))]
    style = report_dir / "style" / "citations.csl"
    args += ["--csl", str(style)] if style.is_file() else []
    # Only what citations concern makes the way to pandoc and back; one Div per chapter keeps the chapters apart.
    blocks = [pandoc.div("", ["book-chapter"], some) for some in kept]
    listed = {"t": "MetaInlines", "c": [pandoc.citation(key) for key in nocite]}
    cited = json.loads(pandoc.write(book.doc(blocks, {"nocite": listed} if nocite else {}), "json", args))["blocks"]
    # The citation is now written out; as a node, a format might resolve it once more.
    done = pandoc.change(cited, lambda node: list(node["c"][1]), {"Cite"})
    inside = [b for b in done if b["t"] == "Div" and "book-chapter" in b["c"][0][1]]
    for chapter, places, told, block in zip(book.chapters, concerned, hashes, inside, strict=True):
        _put(chapter, places, block["c"][1])
        book.cited[chapter.stem] = (told, block["c"][1])
    rest = [b for b in done if b not in inside]
    if rest:
        title = {"pl": "Bibliografia", "en": "References"}[lang]
        inlines = pandoc.text_inlines(title)
        book.chapters.append(BookChapter("", "bibliografia", title, inlines, lang, True, False, "references", rest))
        book.labels["bibliografia"] = Label("bibliografia", "sec", "", title, 1)


def _check_links(blocks: Sequence[Node]) -> None:
    """Refuse links that run something or leave the web: an address has https, http or mailto, or no scheme at all."""
    wrong = []
    for node in pandoc.nodes(list(blocks)):
        if node["t"] in ("Link", "Image"):
            address = str(node["c"][2][0])
            scheme = re.match(r"[\s\x00-\x1f]*([A-Za-z][\w+.\s-]*):", unquote(address))
            if scheme and scheme[1].lower() not in ("http", "https", "mailto"):
                wrong.append(address)
    if wrong:
        listed = ", ".join(f"`{address[:60]}`" for address in wrong)
        raise PublishError(f"chapters: {listed} is no address of the web; write one with https, http or mailto")


def make_book(
    chapters: Sequence[Chapter],
    rendered: Mapping[str, Rendered],
    exhibits: Mapping[str, Any],
    *,
    edition: Mapping[str, Any],
    report_dir: Path,
    out_dir: Path,
    lang: str = "pl",
    whole: bool = False,
    foreign: ForeignWords | None = None,
) -> Book:
    """Join the chapters, number sections, resolve references and citations, set typography; write book.md, book.json.

    `whole`: the book is the general report, in which every work of the bibliography is cited or listed with a reason.

    Raises
    ------
    PublishError
        A citation is not in the bibliography, a work is not used, a link leads to something else than an address, or
        pandoc cannot read the text.
    """
    text = join(chapters, rendered)
    write_text(text, out_dir / "book.md")
    tree = pandoc.read_markdown(text)
    _check_links(tree["blocks"])
    book = Book(dict(edition), tree["pandoc-api-version"], _split(tree["blocks"], chapters, rendered), {}, [])
    for chapter in book.chapters:
        _number_sections(chapter)
        chapter.blocks = _display_formulae(chapter.blocks)
    book.labels = _labels(book.chapters, exhibits)
    book.placed = [label.id for label in book.labels.values() if label.kind != "sec"]
    for chapter in book.chapters:
        chapter.blocks = resolve(chapter.blocks, book.labels, chapter.lang)
    _cite(book, report_dir, lang, whole)
    foreign = foreign or load_foreign(report_dir)
    for chapter in book.chapters:
        _set(chapter, foreign)
    book.save(out_dir / "book.json")
    return book


def _set(chapter: BookChapter, foreign: ForeignWords) -> None:
    """Set the typography of a chapter whose references and citations are resolved."""
    chapter.blocks = typeset(chapter.blocks, chapter.lang)
    chapter.inlines = typeset(chapter.inlines, chapter.lang)
    chapter.blocks = foreign.mark(chapter.blocks, chapter.lang)


def renew_book(
    last: Book,
    chapters: Sequence[Chapter],
    rendered: Mapping[str, Rendered],
    changed: Collection[str],
    exhibits: Mapping[str, Any],
    *,
    edition: Mapping[str, Any],
    report_dir: Path,
    out_dir: Path,
) -> Book | None:
    """Make the book that `make_book` makes of the whole report, where only the text of some chapters has changed.

    Parameters
    ----------
    last
        The book before the change, made with the same list of chapters, exhibits and literature; with `cited`.
    changed
        Stems of the chapters whose text is another one.

    Returns
    -------
    Book or None
        None if a change reaches beyond its chapter: other headings or exhibits, other text around a citation or a
        note, a link whose address may stand in another chapter. Nothing has been written then.

    Raises
    ------
    PublishError
        As `make_book` raises.
    """
    style = report_dir / "style" / "citations.csl"
    if style.is_file() and 'class="note"' in style.read_text(encoding="utf-8"):
        return None
    if any(_DEFINITION.search(result.text) for result in rendered.values()):
        return None
    foreign = load_foreign(report_dir)
    book = Book(dict(edition), last.api, list(last.chapters), last.labels, last.placed, dict(last.cited))
    for place, spec in enumerate(chapters):
        if spec.stem not in changed:
            continue
        tree = pandoc.read_markdown(join([spec], rendered))
        _check_links(tree["blocks"])
        chapter = _split(tree["blocks"], [spec], rendered)[0]
        _number_sections(chapter)
        chapter.blocks = _display_formulae(chapter.blocks)
        if list(_labels([chapter], exhibits).items()) != _labels_of(last, place):
            return None
        chapter.blocks = resolve(chapter.blocks, last.labels, chapter.lang)
        places, blocks = _concerned(chapter)
        told, made = last.cited[spec.stem]
        if _hash(blocks) != told:
            return None
        _put(chapter, places, made)
        _set(chapter, foreign)
        book.chapters[place] = chapter
    write_text(join(chapters, rendered), out_dir / "book.md")
    book.save(out_dir / "book.json")
    return book


def _labels_of(book: Book, place: int) -> list[tuple[str, Label]]:
    """Labels of one chapter of a book, in order: from that of the chapter to that of the next."""
    listed, starts = list(book.labels.items()), {chapter.id for chapter in book.chapters}
    first = next(i for i, (name, _) in enumerate(listed) if name == book.chapters[place].id)
    ends = (i for i, (name, _) in enumerate(listed) if i > first and name in starts)
    return listed[first : next(ends, len(listed))]
