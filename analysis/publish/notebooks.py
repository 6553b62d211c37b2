"""Executed notebooks as pages of the site: code, outputs and text, without scripts and without anything fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList

_UNWANTED = "script, style, link, iframe"
WITHHELD = (
    "*Outputs are not published: they show answers and scores of single respondents, which are confidential, or "
    "what is withheld from tables.*"
)


@dataclass(frozen=True)
class NotebookPage:
    """A notebook ready for the site: name of the file, title, body, its words for the search, its code by anchor."""

    name: str
    title: str
    body: str
    text: str
    code: tuple[tuple[str, str], ...] = ()

    def anchor(self, table: str) -> str:
        """Return the fragment of the first cell that names a table, '' if none does."""
        return next((f"#{ident}" for ident, source in self.code if f'"{table}"' in source), "")


def _exporter() -> Any:
    # Half a second of imports that the pages of the book do without.
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.exclude_input_prompt = True
    config.HTMLExporter.exclude_output_prompt = True
    config.HTMLExporter.exclude_anchor_links = True
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {"remove-cell"}
    return HTMLExporter(template_name="basic", config=config)


def _mark(tag: Tag, *classes: str) -> None:
    tag["class"] = AttributeValueList(classes)


def _clean(html: str) -> BeautifulSoup:
    """Keep what a reader needs: plain classes, named images, scoped headings of tables."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(_UNWANTED):
        tag.decompose()
    for cell in soup.select("div.cell, div.jp-Cell"):
        classes = " ".join(cell.get("class") or [])
        _mark(cell, "cell", "code" if "code" in classes.lower() else "text")
        for attribute in ("id", "tabindex"):
            del cell[attribute]
    for box in soup.select("div.highlight"):
        _mark(box, "hl")
    for area in soup.select("div.output_area, div.jp-OutputArea-child"):
        _mark(area, "output")
    for image in soup.find_all("img"):
        if not image.get("alt"):
            image["alt"] = "Output of the code above"
        for attribute in ("class", "width", "height"):
            del image[attribute]
    for table in soup.find_all("table"):
        for attribute in ("border", "class", "style"):
            del table[attribute]
        for head in table.select("thead th"):
            if head.get_text(strip=True):
                head["scope"] = "col"
            else:
                head.name = "td"  # a corner names nothing
        for head in table.select("tbody th"):
            head["scope"] = "row"
    for area in soup.select("div.output:has(table, pre)"):
        if area.select_one("div.output") is None:  # what is wider than the page scrolls, by keyboard too
            area["tabindex"] = "0"
            area["role"] = "region"
            area["aria-label"] = "Output of the code above"
    for tag in soup.find_all(style=True):
        del tag["style"]
    return soup


_ASSIGNMENT = re.compile(r"^(\w+)(?:\s*:\s*[\w.\[\] |]+)?\s*=\s*(.+?)\s*(?:#.*)?$", re.MULTILINE)


def _without_repeated_parameters(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out the parameters that the run passed, if they only repeat the defaults just above."""
    given: dict[str, str] = {}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "parameters" in tags:
            given = dict(_ASSIGNMENT.findall(cell.source))
        elif "injected-parameters" in tags and dict(_ASSIGNMENT.findall(cell.source)).items() <= given.items():
            cell.metadata["tags"] = [*tags, "remove-cell"]
    return notebook


def _without_outputs(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out what the cells printed, which shows single answers and scores, and say so."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    told = nbformat.v4.new_markdown_cell(WITHHELD)
    told["id"] = "withheld"
    notebook.cells.insert(1, told)
    return notebook


def notebook_page(path: Path, exporter: Any = None, *, outputs: bool = True) -> NotebookPage:
    """Convert one executed notebook; without `outputs` only its text and code are shown."""
    notebook = _without_repeated_parameters(nbformat.read(path, as_version=4))
    if not outputs:
        notebook = _without_outputs(notebook)
    body, _ = (exporter or _exporter()).from_notebook_node(notebook)
    soup = _clean(body)
    code = []
    for i, cell in enumerate(soup.select("div.cell.code"), start=1):
        cell["id"] = f"kod-{i}"
        code.append((f"kod-{i}", cell.get_text()))
    heading = soup.find("h1")
    title = heading.get_text(" ", strip=True) if heading else path.stem
    if heading is None:
        soup.insert(0, soup.new_tag("h1", string=title))
    words = re.sub(r"\s+", " ", " ".join(p.get_text(" ", strip=True) for p in soup.select("p, h2, h3, li")))
    return NotebookPage(path.stem, title, f'<div class="notebook">{soup}</div>', words, tuple(code))


def notebook_pages(folder: Path, *, outputs: bool = True) -> list[NotebookPage]:
    """Convert every executed notebook of a build, in the order of their numbers."""
    exporter = _exporter()
    return [notebook_page(path, exporter, outputs=outputs) for path in sorted(folder.glob("[0-9]*.ipynb"))]
