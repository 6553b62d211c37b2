"""The ten criteria for the tests of the audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.accessibility.criteria import Criteria, load_criteria


@pytest.fixture(scope="session")
def criteria(root: Path) -> Criteria:
    return load_criteria(root / "data" / "framework")
