from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.framework import Framework, load_framework
from analysis.intake import Result, import_source, propose
from analysis.intake.mapping import Mapping, load_mapping, mapping_text


@pytest.fixture(scope="session")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


@pytest.fixture
def proposed(root: Path, framework: Framework, tmp_path: Path) -> Callable[..., Mapping]:
    """Propose the mapping of a file; it lies beside the file."""

    def run(source: Path, **options: str) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.unlink(missing_ok=True)
        propose(source, path, framework, root / "data/framework", **options)
        return load_mapping(path)

    return run


@pytest.fixture
def imported(root: Path, framework: Framework, tmp_path: Path) -> Callable[..., Result]:
    """Import a file by a mapping that somebody has checked."""

    def run(source: Path, mapping: Mapping, **options: object) -> Result:
        path = tmp_path / "mapping.yaml"
        checked = mapping.model_copy(update={"checked": True, "checked_by": "A. Nowak"})
        path.write_text(mapping_text(checked), encoding="utf-8")
        given = {"raw": tmp_path / "raw", "confidential": tmp_path / "confidential", "salt": b"salt", **options}
        return import_source(source, path, framework, root / "data/framework", **given)  # type: ignore[arg-type]

    return run
