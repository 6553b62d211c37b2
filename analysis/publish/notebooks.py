"""Executed notebooks as pages of the site: code, outputs and text, without scripts and without anything fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList

_UNWANTED = ["script", "style", "link", "iframe"]
_UNDESCRIBED = "No description has been provided for this image"  # what nbconvert itself would say
FIGURES_IN = "pl"  # the language of figures and their alternative texts; the code around them is English
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


class _Mark(str):
    """What stands for highlighted code in a page: nothing in it has to be cleaned."""


@dataclass
class _Highlighted:
    """Highlighted code of a page, nine tenths of its elements; a mark stands for it until the page is written.

    `shown` maps a mark, the hash of what it stands for, to HTML as the page has it, `told` to the text alone.
    """

    shown: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    _CODE = re.compile(r"(<div class=\"[^\"]*\"><pre[^>]*>)(.*)(</pre></div>\s*)", re.DOTALL)
    _MARK = re.compile(r"[0-9a-f]{64}")
    _TAG = re.compile(r"<[^>]*>")

    def keep(self, html: str) -> str:
        """Return what a highlighter wrote with a mark in place of the code."""
        found = self._CODE.fullmatch(html)
        if found is None:
            return html
        # The tree writes a quotation mark or an apostrophe in a text as it is.
        code = found[2].replace("&quot;", '"').replace("&#39;", "'")
        mark = sha256(code.encode()).hexdigest()
        self.shown[mark], self.told[mark] = code, unescape(self._TAG.sub("", found[2]))
        return _Mark(found[1] + mark + found[3])

    def html(self, page: str) -> str:
        """Put the code into a page."""
        return self._MARK.sub(lambda mark: self.shown.get(mark[0], mark[0]), page)

    def text(self, told: str) -> str:
        """Put the code into the text of a page."""
        return self._MARK.sub(lambda mark: self.told.get(mark[0], mark[0]), told)


def _exporter() -> Any:
    # Half a second of imports that the pages of the book do without.
    from nbconvert.exporters import HTMLExporter, TemplateExporter
    from nbconvert.filters import Highlight2HTML, clean_html
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
    from traitlets.config import Config

    class OnceParsed(HTMLExporter):
        """The exporter for pages without what it adds to images and scrolling boxes, for which it parses a page.

        `_clean` does that in the tree that it makes anyway, without the code, which is kept apart (`highlighted`).
        """

        highlighted: _Highlighted

        def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
            resources = self._init_resources(resources)
            lexer = nb.metadata.get("language_info", {}).get("pygments_lexer")
            highlight = Highlight2HTML(pygments_lexer=lexer, parent=self)
            self.highlighted = _Highlighted()
            self.register_filter("highlight_code", lambda *a, **kw: self.highlighted.keep(highlight(*a, **kw)))
            self.register_filter("clean_html", lambda html: html if isinstance(html, _Mark) else clean_html(html))
            widgets = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
            self.register_filter("filter_data_type", widgets)
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

    config = Config()
    config.HTMLExporter.exclude_input_prompt = True
    config.HTMLExporter.exclude_output_prompt = True
    config.HTMLExporter.exclude_anchor_links = True
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {"remove-cell"}
    return OnceParsed(template_name="basic", config=config)


def _mark(tag: Tag, *classes: str) -> None:
    tag["class"] = AttributeValueList(classes)


def _drop(tag: Tag, *attributes: str) -> None:
    for attribute in attributes:
        del tag[attribute]


def _tags(soup: BeautifulSoup) -> list[Tag]:
    """All elements in their order; several times faster than a selector, and pages of notebooks are long."""
    return [part for part in soup.descendants if isinstance(part, Tag)]


def _clean_box(box: Tag) -> None:
    classes = set(box.get("class") or [])
    if classes & {"cell", "jp-Cell"}:
        _mark(box, "cell", "code" if "code" in " ".join(classes).lower() else "text")
        _drop(box, "id", "tabindex")
    elif "highlight" in classes:
        _mark(box, "hl")
    elif classes & {"output_area", "jp-OutputArea-child"}:
        _mark(box, "output")


def _clean_heading(head: Tag) -> None:
    part = head.find_parent(["thead", "tbody"])
    if part is None:
        return
    if part.name == "tbody":
        head["scope"] = "row"
    elif head.get_text(strip=True):
        head["scope"] = "col"
    else:
        head.name = "td"  # a corner names nothing


def _is_output(tag: Tag) -> bool:
    return tag.name == "div" and "output" in (tag.get("class") or [])


def _clean(html: str) -> BeautifulSoup:
    """Keep what a reader needs: plain classes, named images, scoped headings of tables."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(_UNWANTED):
        tag.decompose()
    everything = _tags(soup)
    for tag in everything:
        if tag.name == "div":
            _clean_box(tag)
        elif tag.name == "img":
            if tag.get("alt") in (None, "", _UNDESCRIBED):
                tag["alt"] = "Output of the code above"
            elif tag.find_parent(_is_output):
                tag["lang"] = FIGURES_IN
            _drop(tag, "class", "width", "height")
        elif tag.name == "table":
            _drop(tag, "border", "class")
        elif tag.name == "th":
            _clean_heading(tag)
        _drop(tag, "style")
    for wide in [tag for tag in everything if tag.name in ("table", "pre")]:
        area = wide.find_parent(_is_output)
        if area is not None and area.find(_is_output) is None:  # it scrolls where it is wider than the page
            area["tabindex"] = "0"
            area["role"] = "region"
            area["aria-label"] = "Output of the code above"
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
    exporter = exporter or _exporter()
    body, _ = exporter.from_notebook_node(notebook)
    highlighted = getattr(exporter, "highlighted", _Highlighted())
    soup = _clean(body)
    code = []
    cells = [tag for tag in _tags(soup) if {"cell", "code"} <= set(tag.get("class") or [])]
    for i, cell in enumerate(cells, start=1):
        cell["id"] = f"kod-{i}"
        code.append((f"kod-{i}", highlighted.text(cell.get_text())))
    heading = soup.find("h1")
    title = heading.get_text(" ", strip=True) if heading else path.stem
    if heading is None:
        soup.insert(0, soup.new_tag("h1", string=title))
    words = re.sub(r"\s+", " ", " ".join(p.get_text(" ", strip=True) for p in soup.find_all(["p", "h2", "h3", "li"])))
    html = f'<div class="notebook">{highlighted.html(str(soup))}</div>'
    return NotebookPage(path.stem, title, html, words, tuple(code))


def notebook_pages(folder: Path, *, outputs: bool = True) -> list[NotebookPage]:
    """Convert every executed notebook of a build, in the order of their numbers."""
    exporter = _exporter()
    return [notebook_page(path, exporter, outputs=outputs) for path in sorted(folder.glob("[0-9]*.ipynb"))]
