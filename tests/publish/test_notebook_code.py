"""Code of a notebook's page, which is kept apart while the page is cleaned, is that of a page cleaned as a whole."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from analysis.publish import notebooks

CODE = (
    "import re\n\n"
    "name: str = 'a \"b\" & <c>'  # „ważne”, it's\nprint(f\"{name!r}\", re.sub(r'&quot;|<[^>]*>', '', name))\n",
    "display(frame)",
    "display(frame)",
)


def page_of(folder: Path) -> notebooks.NotebookPage:
    table = '<table border="1"><thead><tr><th></th><th>A</th></tr></thead>'
    table += "<tbody><tr><th>x</th><td>1</td></tr></tbody></table>"
    shown = nbformat.v4.new_output("display_data", data={"text/html": table, "text/plain": "A"})
    printed = nbformat.v4.new_output("stream", text="a < b\n" + "0" * 64 + "\n")
    cells = [nbformat.v4.new_markdown_cell("# Title\n\nWords, `code` & more.")]
    cells += [nbformat.v4.new_code_cell(code, outputs=[shown, printed]) for code in CODE]
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i}"
    language = {"name": "python", "pygments_lexer": "ipython3"}
    path = folder / "10_example.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"language_info": language}), path)
    return notebooks.notebook_page(path)


def test_a_page_is_the_same_as_when_its_code_is_cleaned_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = page_of(tmp_path)
    monkeypatch.setattr(notebooks._Highlighted, "keep", lambda self, html: html)
    assert apart == page_of(tmp_path)
    assert [ident for ident, _ in apart.code] == ["kod-1", "kod-2", "kod-3"]
    assert CODE[0].strip() in apart.code[0][1]
