"""The same chapters as a Quarto book, for those who have Quarto: generated sources, then `quarto render`.

Exhibits keep the numbers of the printed edition, so captions and references are written out and Quarto's own numbering
is off. The embedded route (html, pdf, docx) does not need any of this.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import PublishError
from analysis.publish import pandoc
from analysis.publish.assemble import BookChapter
from analysis.publish.chapters import SOURCE_WORD
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibit_tables import to_tree
from analysis.publish.pandoc import Node
from analysis.publish.publication import LANG, Publication
from analysis.publish.typography import bind

INSTALL_HINT = (
    "quarto is not on PATH; install it from conda-forge (`conda install -c conda-forge quarto`) or with the PyPI "
    "package `quarto-cli`, then run this again. The report itself does not need it: klastry build"
)


def _file_of(pub: Publication) -> dict[str, str]:
    out: dict[str, str] = {}
    for chapter in pub.book.chapters:
        out[chapter.id] = f"{chapter.stem}.qmd"
        for node in pandoc.nodes(chapter.blocks):
            if node["t"] in ("Header", "Div", "Span"):
                ident = node["c"][1][0] if node["t"] == "Header" else node["c"][0][0]
                if ident:
                    out[ident] = f"{chapter.stem}.qmd"
    return out


def _exhibit(label: str, pub: Publication, lang: str) -> Node:
    exhibit = pub.exhibits[label]
    caption = f"{exhibit_name(exhibit.kind, exhibit.no, lang)}. {bind(exhibit.title)}"
    blocks = [pandoc.para([{"t": "Strong", "c": pandoc.text_inlines(caption)}])]
    if exhibit.kind == "figure":
        attributes = pandoc.attr(**{"fig-alt": exhibit.record["alt"]})
        image = {"t": "Image", "c": [attributes, [], [f"figures/{Path(exhibit.image_file).name}", ""]]}
        blocks.append(pandoc.para([image]))
    else:
        blocks.append(to_tree(pub.printed_table(exhibit, lang)))
    foot = " ".join(filter(None, [bind(exhibit.note), f"{SOURCE_WORD[lang]}: {bind(exhibit.source)}"]))
    # `fig-` and `tbl-` belong to Quarto's own numbering.
    return pandoc.div(f"exhibit-{label}", ["exhibit"], [*blocks, pandoc.para(pandoc.text_inlines(foot))])


def _qmd(chapter: BookChapter, pub: Publication, files: dict[str, str]) -> str:
    def action(node: Node) -> Node | None:
        kind = node["t"]
        if kind == "Div" and "exhibit" in node["c"][0][1]:
            return _exhibit(node["c"][0][0], pub, chapter.lang)
        if kind == "Link" and node["c"][2][0].startswith("#"):
            target = node["c"][2][0][1:]
            anchor = f"exhibit-{target}" if target in pub.exhibits else target
            file = files.get(target, f"{chapter.stem}.qmd")
            node["c"][2][0] = f"#{anchor}" if file == f"{chapter.stem}.qmd" else f"{file}#{anchor}"
            return node
        if kind == "Header":
            level, attributes, inlines = node["c"]
            number = pandoc.pairs(attributes).get("number", "")
            if number:
                inlines = [{"t": "Str", "c": number}, {"t": "Space"}, *inlines]
            return {"t": "Header", "c": [level, [attributes[0], attributes[1], []], inlines]}
        return None

    pairs = {"number": chapter.no} if chapter.no else {}
    head = {"t": "Header", "c": [1, pandoc.attr(chapter.id, **pairs), chapter.inlines]}
    blocks = list(pandoc.change(json.loads(json.dumps([head, *chapter.blocks])), action))
    text = pandoc.write(pub.book.doc(blocks), "markdown-simple_tables-multiline_tables", ["--wrap=none"]).decode()
    # A note's mark must differ from chapter to chapter only inside a chapter; pandoc numbers them anew in each file.
    return text if chapter.lang == LANG else f"---\nlang: {chapter.lang}\n---\n\n{text}"


def book_config(pub: Publication) -> dict[str, Any]:
    """The content of `_quarto.yml`."""
    return {
        "project": {"type": "book", "output-dir": "_book"},
        "lang": LANG,
        "book": {
            "title": pub.title,
            "subtitle": pub.subtitle,
            "date": pub.date.isoformat(),
            "chapters": ["index.qmd", *(f"{chapter.stem}.qmd" for chapter in pub.book.chapters)],
        },
        "number-sections": False,
        "crossref": {"chapters": False},
        "format": {
            "html": {"toc": True, "toc-title": "Na tej stronie", "theme": "cosmo"},
            "docx": {"toc": True, "reference-doc": "reference.docx"},
            "typst": {"toc": True, "papersize": "a4"},
        },
    }


def write_quarto(pub: Publication, folder: Path) -> Path:
    """Write `_quarto.yml`, one .qmd per chapter, figures and the Word template into an empty folder."""
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "figures").mkdir(parents=True)
    files = _file_of(pub)
    config = yaml.safe_dump(book_config(pub), allow_unicode=True, sort_keys=False)
    (folder / "_quarto.yml").write_text(config, encoding="utf-8")
    shutil.copyfile(pub.style_dir / "reference.docx", folder / "reference.docx")
    note = f"\n{pub.provenance_note}\n" if pub.provenance_note else ""
    index = f"# {pub.subtitle} {{.unnumbered}}\n\n{pub.edition_label}. {pub.period}.\n{note}"
    (folder / "index.qmd").write_text(index, encoding="utf-8")
    for chapter in pub.book.chapters:
        (folder / f"{chapter.stem}.qmd").write_text(_qmd(chapter, pub, files), encoding="utf-8")
    for label in pub.book.placed:
        exhibit = pub.exhibits[label]
        if exhibit.kind == "figure":
            shutil.copyfile(pub.build / exhibit.image_file, folder / "figures" / Path(exhibit.image_file).name)
    return folder


def render_quarto(pub: Publication) -> Path:
    """Write the book and render it; returns the folder with the result.

    Raises
    ------
    PublishError
        Quarto is not installed, or it fails; the sources are written in either case.
    """
    folder = write_quarto(pub, pub.chapters_dir / "quarto")
    program = shutil.which("quarto")
    if program is None:
        raise PublishError(f"the book's sources are in {folder.name}/, but {INSTALL_HINT}")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(pub.epoch)}
    done = subprocess.run(
        [program, "render"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise PublishError(f"quarto failed:\n{(done.stderr or done.stdout).strip()[-3000:]}")
    return folder / "_book"
