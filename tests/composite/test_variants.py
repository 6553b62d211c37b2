"""The named variants say what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.composite.structure import Structure
from analysis.composite.weighting import by_number_of_indicators
from analysis.config import load_method
from analysis.framework import load_framework

STEPS = ("availability", "denomination", "imputation", "treatment", "normalisation", "weights", "aggregation", "ranks")


def test_published_is_the_default_and_subareas_the_text(root: Path) -> None:
    for one, other in (("published", "default"), ("subareas", "text")):
        a, b = (load_method(name, root / "config").model_dump(include=set(STEPS)) for name in (one, other))
        assert a == b


@pytest.mark.parametrize(
    ("name", "section", "key", "value"),
    [
        ("subareas", "aggregation", "area_from", "subareas"),
        ("uncapped", "treatment", "rule", "none"),
        ("zscore", "normalisation", "rule", "zscore"),
        ("geometric", "aggregation", "rule", "geometric"),
        ("equal_indicators", "weights", "rule", "by_number_of_indicators"),
        ("cap_both", "treatment", "side", "both"),
        ("missing_zero", "imputation", "rule", "zero"),
    ],
)
def test_a_variant_changes_one_section(root: Path, name: str, section: str, key: str, value: str) -> None:
    variant, base = (load_method(n, root / "config").model_dump(include=set(STEPS)) for n in (name, "default"))
    assert variant[section][key] == value != base[section][key]
    differ = {s for s in STEPS if variant[s] != base[s]}
    assert differ == ({section, "normalisation"} if name == "geometric" else {section})


def test_equal_indicators_weigh_the_same_in_the_index(root: Path) -> None:
    structure = Structure.from_hierarchy(load_framework(root / "data").indicators)
    method = load_method("equal_indicators", root / "config")
    weights = structure.effective_weights(by_number_of_indicators(structure), area_from=method.aggregation.area_from)
    assert weights.loc[structure.indicators, "effective"].to_numpy() == pytest.approx(1 / 90, abs=1e-15)
