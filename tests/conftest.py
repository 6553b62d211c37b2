"""Shared fixtures: the project folder, and the built edition for tests marked `product`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from analysis.accessibility.browser import find_chromium
from analysis.errors import ConfigError

# How long a draw takes says nothing about what it proves, and differs with what else the machine does.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

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


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's Chromium; where it is missing, tests in a browser are skipped and say how to get it."""
    try:
        return find_chromium()
    except ConfigError as error:
        pytest.skip(str(error))
