"""The catalogue of messages: both languages, the same places to fill, no entry that nobody says."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import Problem, Said, in_language
from analysis.framework import read_text_table
from analysis.messages import CATALOGUE, say


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_have_the_same_places(key: str) -> None:
    english, polish = CATALOGUE[key]
    assert english.strip() and polish.strip()
    assert places(english) == places(polish)
    assert english != polish


def calls(root: Path, name: str) -> Iterator[tuple[Path, ast.Call]]:
    sources = [*(root / "analysis/ingest").glob("*.py"), *(root / "analysis/schemas").glob("*.py")]
    for path in [*sources, root / "analysis/sources.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield path, node


def test_no_problem_of_raw_data_speaks_english_only(root: Path) -> None:
    seen = 0
    for path, call in calls(root, "Problem"):
        for argument in call.args[4:6]:
            seen += 1
            assert not isinstance(argument, ast.Constant | ast.JoinedStr), f"{path.name}:{call.lineno}"
    assert seen > 40


def test_every_entry_is_said(root: Path) -> None:
    folders = [root / "analysis" / name for name in ("ingest", "schemas")]
    code = "\n".join(p.read_text("utf-8") for f in folders for p in f.glob("*.py"))
    code += (root / "analysis/sources.py").read_text("utf-8")
    for key in CATALOGUE:
        assert f'"{key}"' in code or (key.endswith(".do") and f'"{key.removesuffix(".do")}"' in code), key


def test_rules_as_data_have_both_languages(root: Path) -> None:
    for name in ("checks", "soft_checks"):
        table = read_text_table(root / f"data/framework/{name}.csv")
        for row in table.to_dict("records"):
            assert row["message_en"].strip() and row["message_pl"].strip(), row["check"]
            assert places(row["message_en"]) == places(row["message_pl"]), row["check"]
            assert row["message_en"] != row["message_pl"]


def test_texts_inside_texts_follow_the_language() -> None:
    said = say("not_option.do", options="a, b", hint=Said("; did you mean a?", "; może chodziło o: a?"))
    assert str(said) == "use one of: a, b, or nothing; did you mean a?"
    assert in_language(said, "pl") == "wpisz jedno z: a, b albo nic; może chodziło o: a?"
    assert in_language("plain", "pl") == "plain"
    assert "Remedy: fill in the cell" in str(Problem("f", 2, "c", None, say("required"), say("fill")))
