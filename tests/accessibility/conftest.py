"""Browser tests are skipped, with a line that says so, where Chromium is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.accessibility.browser import find_chromium
from analysis.accessibility.criteria import Criteria, load_criteria
from analysis.errors import ConfigError


@pytest.fixture(scope="session")
def criteria(root: Path) -> Criteria:
    return load_criteria(root / "data" / "framework")


@pytest.fixture(scope="session")
def chromium() -> Path:
    try:
        return find_chromium()
    except ConfigError as error:
        pytest.skip(str(error))
