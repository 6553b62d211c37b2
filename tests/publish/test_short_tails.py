"""Stretches of pages that would leave a few lines alone on a page are set closer, where that helps; Typst decides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from analysis.publish.pdf import CLOSER, SHORT_TAIL_CM, _set_short_tails_closer, _Setting


def stretches(folder: Path, style: Path, paragraphs: dict[str, int]) -> _Setting:
    """A document of stretches, each of so many short paragraphs and each beginning on a new page."""
    shutil.copyfile(style / "report.typ", folder / "report.typ")
    parts = [
        f'#stretch("{name}")[\n' + "\n\n".join([f"{name} one line."] * count) + "\n]"
        for name, count in paragraphs.items()
    ]
    head = '#import "report.typ": stretch, sans\n#set text(font: sans)\n#set par(spacing: 0.95em)\n'
    (folder / "main.typ").write_text(head + "\n#pagebreak()\n".join(parts), encoding="utf-8")
    return _Setting(folder / "main.typ", style / "fonts")


@pytest.fixture
def style(root: Path) -> Path:
    """Template and fonts of the report."""
    return root / "report" / "style"


def test_only_the_stretch_that_then_keeps_its_pages_is_set_closer(tmp_path: Path, style: Path) -> None:
    """A page and a line fit on one page; three lines of a page of their own stay, and so does half a page."""
    setting = stretches(tmp_path, style, {"full": 41, "few": 3, "half": 20})
    before = setting.ends()
    assert before["full"][1] < SHORT_TAIL_CM, "this text must leave a few lines alone"
    _set_short_tails_closer(setting)
    assert json.loads((tmp_path / CLOSER).read_text(encoding="utf-8")) == ["full"]
    after = setting.ends()
    assert after["full"][0] == before["full"][0] - 1
    assert after["few"][1] == before["few"][1]


def test_layout_with_what_is_kept_is_that_of_a_first_run(tmp_path: Path, style: Path) -> None:
    """The third run of one compiler and the only run of another one give the same file."""
    setting = stretches(tmp_path, style, {"full": 41, "few": 3, "half": 20})
    _set_short_tails_closer(setting)
    setting.compiler.compile(output=str(tmp_path / "kept.pdf"), timestamp=0)
    anew = _Setting(tmp_path / "main.typ", style / "fonts")
    anew.set_closer(["full"])
    anew.compiler.compile(output=str(tmp_path / "anew.pdf"), timestamp=0)
    assert (tmp_path / "kept.pdf").read_bytes() == (tmp_path / "anew.pdf").read_bytes()
