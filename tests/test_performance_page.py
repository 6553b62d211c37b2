"""The measured part of docs/performance.md is what the benchmarks wrote, whole, with machine, versions and date."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import table
from benchmarks.harness import SHOWN_VERSIONS
from benchmarks.run import PARTS


@pytest.fixture(scope="module")
def results(root: Path) -> dict[str, Any]:
    return dict(json.loads((root / "benchmarks/results.json").read_text("utf-8")))


def test_the_page_shows_what_was_measured(root: Path, results: dict[str, Any]) -> None:
    text = (root / "docs/performance.md").read_text("utf-8")
    assert table.page(text, results) == text, "run `make bench`, or: .venv/bin/python -m benchmarks.table"


def test_every_benchmark_was_measured(results: dict[str, Any]) -> None:
    assert set(results) == set(PARTS) == set(table.ORDER), "run: make bench PART=…"


def test_every_figure_says_where_and_when(results: dict[str, Any]) -> None:
    for name, found in results.items():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"]), name
        assert set(found["machine"]["versions"]) == set(SHOWN_VERSIONS), name
        assert found["machine"]["cores"] >= 1 and found["machine"]["cpu"], name
        assert found["rows"] and all(row["seconds"] > 0 for row in found["rows"]), name


def test_the_sizes_asked_are_reached(results: dict[str, Any]) -> None:
    asked = {
        "index": ["100,000 units", "10,000 draws"],
        "cooperation": ["10,000 nodes"],
        "survey": ["1,000,000 respondents"],
        "individual": ["100 reports", "1,000 reports, projected"],
    }
    cases = {name: " ".join(row["case"] for row in found["rows"]) for name, found in results.items()}
    assert [(name, size) for name in cases for size in asked.get(name, []) if size not in cases[name]] == []


def test_a_page_without_its_marks_is_refused(results: dict[str, Any]) -> None:
    with pytest.raises(SystemExit, match="once each"):
        table.page("# Speed\n", results)
    row = {"case": "x", "seconds": 0.1234, "ratio": 2.0, "against": "plain", "limit": 3}
    assert table._row(row) == "| x | 0.123 |  | 2.00 × faster than plain |  |  | target 3 s |"
