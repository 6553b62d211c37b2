"""What the documents tell people to type or to open is there: commands, options, make targets, links, paths."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.cli import make_parser

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("README.md")])
FOLDERS = ("analysis", "benchmarks", "config", "data", "docs", "notebooks", "report", "tests", "workflow")
# What is said of an edition still to be made, or of a file that a person may add.
STILL_TO_COME = re.compile(r"/2026\b|/2022/private|corrections\.csv|^config/method/mine\.yaml$|/<|/strategies/")


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (a for a in make_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


def wrong(text: str, folder: Path) -> Iterator[str]:
    """What a document names and is not there."""
    known = commands()
    # A command stands in code; elsewhere the word is a Polish noun.
    code = re.findall(r"```(?:sh|text)?\n(.*?)```", text, re.S) + re.findall(r"`([^`\n]+)`", text)
    for piece in code:
        for name, rest in re.findall(r"\bklastry ([a-z][a-z-]+)((?: [^\n;|&#]*)?)", piece):
            if name not in known:
                yield f"klastry {name}"
                continue
            options = {o for action in known[name]._actions for o in action.option_strings}
            yield from (
                f"klastry {name} {o}" for o in re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", rest) if o not in options
            )
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
        yield from (f"make {t}" for t in re.findall(r"^make ([a-z-]+)", piece, re.M) if t not in targets)
        path = piece.strip().rstrip("/")
        ours = re.fullmatch(r"[\w./-]+", path) and path.split("/")[0] in FOLDERS and "/" in path
        if ours and not STILL_TO_COME.search(path) and not (ROOT / path).exists():
            yield path
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:") and not (folder / target).exists():
            yield target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_everything_named_is_there(path: Path) -> None:
    assert list(wrong(path.read_text("utf-8"), path.parent)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`klastry bild`", "klastry bild"),
        ("```sh\n.venv/bin/klastry build --languag en\n```", "klastry build --languag"),
        ("```sh\nmake raport\n```", "make raport"),
        ("see `analysis/no/such.py`", "analysis/no/such.py"),
        ("[how](no-such.md)", "no-such.md"),
    ],
)
def test_the_check_finds_what_is_not_there(text: str, found: str) -> None:
    assert list(wrong(text, ROOT)) == [found]
