"""One pandoc for many texts: the same bytes as a process for each, clear errors, and it ends with those who kept it."""

from __future__ import annotations

import json
import subprocess

import pytest

from analysis.errors import PublishError
from analysis.publish import pandoc, pandoc_process

SHOWN = ["--wrap=none", "--syntax-highlighting=none"]
TEXTS = [
    "",
    "Zażółć gęślą „jaźń” – 5\u00a0%.\n",
    "# Nagłówek {#sec-a}\n\n- jeden\n\n      kod z odstępem\n- dwa[^1]\n\n[^1]: Przypis. [Link](https://a.pl/?x=1&y=2)\n",
    "\ufeffa\tb\r\n\n\tkod\tdalej\r\n\n| A | B |\n|:--|--:|\n| 1 | $x^2 < y$ |\n\n```python\nx = '<a>'\n```\n",
    "[^1] i [odsyłacz][x] z innego tekstu nic tu nie znaczą; @fig-1, [na rysunku @fig-2]\n",
    '::: {#tbl-1 .exhibit}\nTytuł\n\nŹródło: x\n:::\n\n[0,5]{.fact f="a.b"} ~~x~~ <b>nie</b> \\| *a **b** c*\n',
]


def _all(texts: list[str]) -> list[bytes]:
    made = []
    for text in texts:
        tree = pandoc.read_markdown(text)
        made += [
            json.dumps(tree).encode(),
            pandoc.write(tree, "html5", SHOWN),
            pandoc.write(tree, "html5", [*SHOWN, "--mathml"]),
            pandoc.write(tree, "typst", SHOWN),
            pandoc.write(tree, "typst"),
            pandoc.write(tree, "markdown-simple_tables-multiline_tables", ["--wrap=none"]),
        ]
    return made


def test_the_same_bytes_as_a_process_for_each_text() -> None:
    alone = _all(TEXTS)
    with pandoc_process.kept():
        assert _all(TEXTS) == alone
        assert _all(TEXTS[::-1]) == [made for i in range(len(TEXTS)) for made in alone[-6 * (i + 1) :][:6]]


def test_it_is_started_once_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = subprocess.Popen

    def counted(*args: object, **kwargs: object) -> object:
        started.append(start(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(pandoc_process.subprocess, "Popen", counted)
    with pandoc_process.kept():
        assert not started
        with pandoc_process.kept():
            pandoc.read_markdown("a")
        pandoc.read_markdown("b")
        assert [process.poll() for process in started] == [None]
    assert [process.poll() for process in started] == [0]


def test_a_refused_document_is_told_and_the_next_one_converted() -> None:
    with pandoc_process.kept():
        with pytest.raises(PublishError, match=r"pandoc could not write html5: .*JSON"):
            pandoc.run("{}", source="json", to="html5")
        with pytest.raises(PublishError, match=r"pandoc could not write no-such-format: .*[Uu]nknown"):
            pandoc.run("a", source="markdown", to="no-such-format")
        assert pandoc.run("a", source="markdown", to="html5") == b"<p>a</p>\n"


def test_a_pandoc_that_ended_is_told() -> None:
    with pandoc_process.kept():
        pandoc.read_markdown("a")
        running = pandoc_process._Kept.running
        assert running is not None
        running.process.kill()
        running.process.wait()
        with pytest.raises(PublishError, match="pandoc could not write json: it ended"):
            pandoc.read_markdown("b")
