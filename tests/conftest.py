"""Shared fixtures: the project folder, and the built edition for tests marked `product`."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def build() -> Path:
    """The built edition; `make test` builds it before the tests run."""
    folder = ROOT / "build" / "2024"
    if not (folder / "manifest.json").is_file():
        pytest.fail("build/2024 is not built; run the tests with `make test`, which builds it first")
    return folder
