"""Records of data/knowledge are Markdown that calls our functions: nothing in them runs, loads or leaves the web."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import mini
from test_hostile import squeezed

from analysis.errors import PublishError
from analysis.framework import load_framework
from analysis.knowledge import Library, load_library
from analysis.publish import steps

TEXTS = (
    "<script>alert(x)</script>", '"><img src=x onerror=alert(x)>', "<svg/onload=alert(x)>", "<div>a</div>",
    "<!-- c -->", '#import "x"', '#read("/etc/passwd")', "\\input{/etc/passwd}", "\\def\\a{b}",
    "=cmd|' /C calc'!A", "'; DROP TABLE x; --",
    "</style><b>out", "`<i>`{=html}", "{=typst}",
)  # fmt: skip
# Printed without the marks of code.
SHOWN = {"`<i>`{=html}": "<i>{=html}"}
CHAPTER = """
## {{ knowledge.recommendations[0].title }} {#sec-record}

{{ told(knowledge.recommendations[0], "gist") }}

{{ told(knowledge.recommendations[0], "action") }}

[{{ knowledge.glossary[0].term_pl }}]{#term}
"""


def library(**texts: str) -> Library:
    """One recommendation and one term with texts of somebody who means harm."""
    whole = load_library(mini.ROOT / "data/knowledge", load_framework(mini.ROOT / "data"))
    first = whole.recommendations[0].model_copy(update={"action": "a", "gist": "b", **texts})
    kept = {"rationale": "c", "effect": "d", "beyond": "e", "kpis": [], "first_steps": {}}
    first = first.model_copy(update=kept)
    first._place = whole.recommendations[0].place
    term = whole.glossary[0].model_copy(update={"term_pl": texts.get("title", "x"), "definition": "y"})
    return replace(Library(), recommendations=[first], glossary=[term])


def publish(folder: Path, monkeypatch: pytest.MonkeyPatch, made: Library, *formats: str) -> Path:
    project, build = mini.make_project(folder)
    path = project / "report/chapters/04_results.md"
    path.write_text(path.read_text("utf-8") + CHAPTER, "utf-8")
    monkeypatch.setattr(steps, "load_knowledge", lambda *_: made)
    for step in ("chapters", *formats):
        steps.run(step, project=project, edition=2024, build=build)
    return build


def test_records_print_as_text_and_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = [f"{text} q{chr(97 + i)}z" for i, text in enumerate(TEXTS)]
    made = library(gist="\n\n".join(marked), title=f"Tytuł {TEXTS[0]}{TEXTS[1]}")
    build = publish(tmp_path, monkeypatch, made, "html", "pdf", "docx", "epub")
    out = build / "50_chapters/out"
    text = ""
    for path in sorted((out / "html").rglob("*.html")):
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        assert not [s for s in page.find_all("script") if "alert" in s.get_text() and s.get("type") is None], path
        assert not [t for t in page.find_all(True) if any(a.startswith("on") for a in t.attrs)], path
        assert not page.find("img", src="x") and not page.find("svg", attrs={"onload": True})
        text += " ".join(page.find_all(string=True))
    printed = "".join(p.extract_text() for p in PdfReader(next(out.glob("*.pdf"))).pages)
    for found in (_bare(text), _bare(printed)):
        assert [line for line in marked if _bare(_printed(line)) not in found] == []


def _printed(line: str) -> str:
    for text, shown in SHOWN.items():
        line = line.replace(text, shown)
    return line


def _bare(text: str) -> str:
    """Without what typography does to quotation marks and spaces."""
    return re.sub("[\"'“”„’‘]", "'", squeezed(text))


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ n.__globals__ }}",
        "{{ lang.__class__.__base__.__subclasses__() }}",
        "{% for a in range(edition | length * 10000000) %}x{% endfor %}",
        "{{ f('sample.persons').__init__.__globals__ }}",
    ],
)
def test_a_record_reaches_nothing_but_the_functions_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with pytest.raises(PublishError) as caught:
        publish(tmp_path, monkeypatch, library(action=text))
    assert re.search(r"data/knowledge/recommendations/01_policy_review\.yaml:\d+: action: ", str(caught.value))


@pytest.mark.parametrize("address", ["javascript:alert(x)", "JavaScript:alert(x)", "data:text/html,x", "file:///etc/x"])
@pytest.mark.parametrize("form", ["[x]({})", "<{}>", "![x]({})", "[x][y]\n\n[y]: {}"])
def test_links_of_records_lead_to_the_web_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, form: str
) -> None:
    with pytest.raises(PublishError, match=r"is no address of the web|is not a file of report/images"):
        publish(tmp_path, monkeypatch, library(action=form.format(address)))


def test_addresses_of_the_web_are_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {"action": "[x](https://example.org/a), <mailto:a@example.org> [y](#sec-results)"}
    book = publish(tmp_path, monkeypatch, library(**kept)) / "50_chapters/book.json"
    assert "https://example.org/a" in book.read_text("utf-8")
