"""What `klastry build` can be asked for: the names that messages and documents tell people to type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.cli_build import TARGETS, build_rules
from analysis.errors import ConfigError


def test_every_notebook_is_a_target(root: Path) -> None:
    rules = "\n".join(p.read_text("utf-8") for p in (root / "workflow/rules").glob("*.smk"))
    names = sorted(p.stem for p in (root / "notebooks").glob("*.ipynb") if not p.stem.startswith("9"))
    assert len(names) > 20
    for name, rule in zip(names, build_rules(names, root), strict=True):
        assert re.search(rf'^ *rule {rule}:\n(?:(?!^ *rule ).*\n)*? +notebook="notebooks/{name}\.ipynb"', rules, re.M)
    assert build_rules(["report", "48_disclosure"], root) == ["report", "disclosure_48"]


@pytest.mark.parametrize("name", ["48_disclosur", "90_method_lab", "disclosure_48", ""])
def test_other_names_are_refused_with_those_there_are(root: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"unknown target .*analyses.*name of a notebook"):
        build_rules([name], root)


def test_what_people_are_told_to_build_can_be_built(root: Path) -> None:
    texts = [*(root / "analysis").rglob("*.py"), *(root / "docs").rglob("*.md"), *root.glob("*.md")]
    texts += [*(root / "notebooks").rglob("*.ipynb"), *(root / "report").rglob("*.md"), *(root / "data").rglob("*.md")]
    told = {n for path in texts for n in re.findall(r"klastry build ([a-z0-9_]+)", path.read_text("utf-8"))}
    assert {"48_disclosure", "36_protection", "individual"} <= told
    assert build_rules(sorted(told), root)
    assert told - set(TARGETS)
