"""Facts: no duplicates, no missing value, every number with its cell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import FactError
from analysis.facts import FactSet, merge_facts

CELL = {"table": "30_scores/scores.csv", "key": "R01", "column": "score"}


def test_written_facts_carry_value_and_cell(tmp_path: Path) -> None:
    facts = FactSet("30_scores")
    facts.add("b", np.float64(0.125), unit="score", decimals=2, **CELL)
    facts.add("a", np.int64(42), unit="clusters", **CELL)
    facts.write(tmp_path / "f.json")
    read = json.loads((tmp_path / "f.json").read_text("utf-8"))
    assert list(read) == ["a", "b"]
    assert read["b"]["value"] == 0.125 and read["b"]["notebook"] == "30_scores" and read["b"]["key"] == "R01"
    assert read["a"]["value"] == 42


@pytest.mark.parametrize("value", [float("nan"), None, True, "12", float("inf")])
def test_a_value_that_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(FactError, match="not a finite number"):
        FactSet("x").add("a", value, **CELL)


def test_duplicates_are_refused_within_and_across_notebooks(tmp_path: Path) -> None:
    one, two = FactSet("one"), FactSet("two")
    one.add("a", 1, **CELL)
    with pytest.raises(FactError, match="`a` is defined twice"):
        one.add("a", 2, **CELL)
    with pytest.raises(FactError, match="unknown unit `furlongs`"):
        one.add("b", 2, unit="furlongs", **CELL)
    two.add("a", 1, **CELL)
    for facts in (one, two):
        facts.write(tmp_path / f"{facts.notebook}.json")
    with pytest.raises(FactError, match="`a` is defined by one and two"):
        merge_facts([tmp_path / "one.json", tmp_path / "two.json"], tmp_path / "all.json")
