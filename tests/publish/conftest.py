"""The small edition, built once for all tests of this folder; tests that change it build their own copy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mini import make_project

from analysis.publish import steps
from analysis.publish.publication import Publication, open_publication

ALL = ("chapters", "html", "pdf", "docx", "epub", "annex", "publish", "manifest")


def build_all(folder: Path) -> Publication:
    project, build = make_project(folder)
    for step in ALL:
        steps.run(step, project=project, edition=2024, build=build)
    return open_publication(project, build, 2024)


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """A published small edition; read only."""
    return build_all(tmp_path_factory.mktemp("mini"))


@pytest.fixture
def fresh(tmp_path: Path) -> Publication:
    """A small edition of one's own, nothing rendered yet."""
    project, build = make_project(tmp_path)
    return open_publication(project, build, 2024)
