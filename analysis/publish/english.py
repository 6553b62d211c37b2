"""The book of the English edition: the Summary, and every exhibit of the Polish book under its heading and number.

The order comes from the Polish book, so nothing that it prints can be left out: an exhibit that has no English
version, or a heading without an English title, stops the build. The text is the Summary; other chapters hold a sentence
that says so, and the exhibits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import PublishError
from analysis.publish import numbers
from analysis.publish.assemble import Book, make_book
from analysis.publish.chapters import Rendered, render
from analysis.publish.foreign import ForeignWords, load_foreign
from analysis.publish.lint import stop
from analysis.publish.outline import Chapter, load_chapters
from analysis.publish.pandoc import Node, pairs
from analysis.publish.publication import Publication
from analysis.yamlfile import read_mapping, read_yaml

SUMMARY = "03_summary"
TITLES = "labels/sections_en.yaml"
QUOTED = r"„[^”]+”"  # quoted from the printed edition


@dataclass
class Section:
    """A heading of the Polish book with the exhibits directly below it: level, number, anchor, labels of exhibits."""

    level: int
    number: str
    id: str
    exhibits: list[str] = field(default_factory=list)


def sections(blocks: list[Node], head: Section) -> list[Section]:
    """Cut blocks at headings, exhibits in any depth; headings that hold none and lead to none are left out."""
    found = [head]
    for block in _flat(blocks):
        if block["t"] == "Header":
            level, attributes, _ = block["c"]
            found.append(Section(level, pairs(attributes).get("number", ""), attributes[0]))
        else:
            found[-1].exhibits.append(block["c"][0][0])
    kept: list[Section] = []
    for section in reversed(found):
        leads = kept and kept[-1].level > section.level
        if section.exhibits or leads:
            kept.append(section)
    return kept[::-1]


def _flat(blocks: list[Node]) -> Iterator[Node]:
    for block in blocks:
        if block["t"] == "Header" or (block["t"] == "Div" and "exhibit" in block["c"][0][1]):
            yield block
        elif block["t"] == "Div":
            yield from _flat(block["c"][1])


def _count(labels: list[str], kind: str, one: str) -> str:
    n = sum(label.startswith(kind) for label in labels)
    return f"{numbers.number(n, lang='en')} {one}{'' if n == 1 else 's'}" if n else ""


def chapter_text(parts: list[Section], titles: Mapping[str, str]) -> str:
    """Markdown of a chapter that holds exhibits only, as a template.

    Raises
    ------
    PublishError
        A heading has no English title; names all of them.
    """
    absent = [part.id for part in parts if part.id not in titles]
    if absent:
        raise PublishError(f"report/{TITLES} has no title for {', '.join(absent)}")
    listed = [label for part in parts for label in part.exhibits]
    counted = " and ".join(filter(None, [_count(listed, "fig", "figure"), _count(listed, "tbl", "table")]))
    out = []
    for part in parts:
        number = f' number="{part.number}"' if part.level > 1 and part.number else ""
        plain = " .unnumbered" if part.level > 1 and not part.number else ""
        out.append(f"{'#' * part.level} {titles[part.id]} {{#{part.id}{plain}{number}}}")
        if part.level == 1:
            verb = "is" if len(listed) == 1 else "are"
            out.append(f"The Polish chapter holds {counted}, which {verb} shown here. Its text is not translated.")
        for label in part.exhibits:
            kind, no = label.split("-")
            out.append(f"{{{{ {'figure' if kind == 'fig' else 'table'}({no}) }}}}")
    return "\n\n".join(out) + "\n"


def polish_names(project: Path, edition: int) -> list[str]:
    """Names that stay Polish in English text: of clusters, organisations and lists."""
    import pandas as pd

    found: set[str] = set()
    raw = project / f"data/editions/{edition}/raw"
    tables = [(raw / "registry.csv", ["name"]), (raw / "cooperation_nodes.csv", ["name", "short"])]
    tables.append((project / "data/knowledge/registers/clusters.csv", ["name"]))
    tables.append((project / "data/knowledge/registers/statements.csv", ["subject"]))
    for path, columns in tables:
        if path.is_file():
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            for column in set(columns) & set(table.columns):
                found |= set(table[column])
    for path in sorted((project / "data/knowledge/practices").glob("*.yaml")):
        found.add(str(read_yaml(path)["short"]))
    return sorted(name for name in found if len(name) > 1)


def foreign_words(project: Path, edition: int) -> ForeignWords:
    """What English text marks as Polish: names, and words quoted from the printed edition."""
    listed = load_foreign(project / "report").terms.get("pl", ())
    return ForeignWords({"pl": (*polish_names(project, edition), *listed)}, {"pl": QUOTED})


def english_book(pub: Publication, polish: Book) -> Book:
    """Render the English book into the folder of its chapters.

    `pub` is the English publication, `polish` the book of the first language.

    Raises
    ------
    PublishError
        An exhibit, a heading or a fact of the Summary is missing.
    """
    pub.chapters_dir.mkdir(parents=True, exist_ok=True)
    for old in pub.chapters_dir.glob("*.md"):
        old.unlink()
    titles: dict[str, str] = read_mapping(pub.report_dir / TITLES)
    listed = {chapter.stem: chapter for chapter in load_chapters(pub.report_dir / "chapters.yaml")}
    absent = [label for label in polish.placed if label not in pub.exhibits]
    if absent:
        raise PublishError(f"not made in English: {', '.join(absent)}; run: klastry build --language en")
    chapters: list[Chapter] = []
    rendered: dict[str, Rendered] = {}
    for made in sorted(polish.chapters, key=lambda chapter: chapter.stem != SUMMARY):
        if made.stem == SUMMARY:
            chapter, folder = listed[SUMMARY], pub.report_dir / "chapters"
        else:
            parts = sections(made.blocks, Section(1, made.no, made.id))
            if not parts:
                continue
            chapter = Chapter(
                number=made.no, title=titles.get(made.id, made.id), status="ready", lang="en", split=made.split,
                file=f"{made.stem}.md",
            )  # fmt: skip
            folder = pub.chapters_dir
            (folder / f"{made.stem}.md").write_text(chapter_text(parts, titles), encoding="utf-8")
        result, problems = render(
            chapter, folder, pub.facts, pub.exhibits, words=pub.words, edition=pub.info
        )  # fmt: skip
        stop(problems)
        chapters.append(chapter)
        rendered[chapter.stem] = result
    book = make_book(
        chapters, rendered, pub.exhibits, edition=pub.info, report_dir=pub.report_dir, out_dir=pub.chapters_dir,
        lang="en", foreign=pub.foreign,
    )  # fmt: skip
    left = sorted(set(polish.placed) - set(book.placed))
    if left:
        raise PublishError(f"exhibits of the Polish edition are not in the English one: {', '.join(left)}")
    return book


def used_facts(folder: Path) -> dict[str, Any]:
    """Facts that the chapters of a book print, by chapter."""
    book = json.loads((folder / "book.json").read_text(encoding="utf-8"))
    return {chapter["stem"]: set(chapter["facts"]) for chapter in book["chapters"]}
