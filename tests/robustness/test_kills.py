"""Kill a build at any moment: the next one goes on and ends with the same bytes, with nothing to clean up by hand."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from kills import kill_often
from toy import command, environment, hashes, klastry, make_toy

from analysis.sources import sha256


def recovered(project: Path) -> dict[str, str]:
    done = klastry(project, "build")
    assert done.returncode == 0, done.stderr
    assert "unlock" not in done.stderr and "Traceback" not in done.stderr
    return hashes(project / "build/2024")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project before any build."""
    return make_toy(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def untouched(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A build that nobody disturbed."""
    project = shutil.copytree(source, tmp_path_factory.mktemp("untouched") / "project")
    return project, recovered(project)


@pytest.fixture(scope="module")
def length(untouched: tuple[Path, dict[str, str]]) -> float:
    """About half of the seconds that a build takes on this machine as it is now, from the times of its files."""
    build = untouched[0] / "build/2024"
    return 4 + ((build / "manifest.json").stat().st_mtime - (build / ".steps").stat().st_mtime) / 2


@pytest.fixture
def project(source: Path, tmp_path: Path) -> Path:
    """A copy of one's own, not built yet."""
    return shutil.copytree(source, tmp_path / "project")


def test_a_few_kills(untouched: tuple[Path, dict[str, str]], length: float, project: Path) -> None:
    hit = kill_often(project, random.Random(1), 5, longest=length)
    assert recovered(project) == untouched[1], hit


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills(untouched: tuple[Path, dict[str, str]], length: float, project: Path, seed: int) -> None:
    hit = kill_often(project, random.Random(100 + seed), 10, longest=length)
    print(dict(hit))
    assert recovered(project) == untouched[1], hit


@pytest.mark.slow
def test_fifty_kills_of_the_edition(root: Path, build: Path, tmp_path: Path) -> None:
    """The real edition from nothing to the published report, killed fifty times on the way."""
    project = tmp_path / "project"
    for part in ("analysis", "config", "data", "notebooks", "report", "workflow", "pyproject.toml", "CITATION.cff"):
        source = root / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, project / part)
    hit = kill_often(project, random.Random(2024), 50, longest=20)
    print(dict(hit))
    now, expected = recovered(project), hashes(build)
    assert {path: now.get(path) for path in expected} == expected, hit


def test_the_report_is_never_half_new(untouched: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """While the report is put in place again and again, whoever looks finds a whole one, the old or the new."""
    project = tmp_path / "project"
    shutil.copytree(untouched[0], project)
    report = project / "build/2024/60_report"
    before = {p.relative_to(report): sha256(p) for p in report.rglob("*") if p.is_file()}
    started = subprocess.Popen(
        command("publish", "publish"), cwd=project, env=environment(project), stdout=subprocess.DEVNULL
    )
    looks = 0
    while started.poll() is None:
        assert (report / "html/index.html").is_file() and (report / "exhibits.csv").is_file()
        looks += 1
        time.sleep(0.001)
    assert started.returncode == 0 and looks > 10
    assert {p.relative_to(report): sha256(p) for p in report.rglob("*") if p.is_file()} == before


def test_two_builds_at_once(untouched: tuple[Path, dict[str, str]], project: Path) -> None:
    """The second says who holds the lock; one that waits goes on when the first is done; both are right."""
    first = subprocess.Popen(
        command("build"), cwd=project, env=environment(project), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    lock = project / "build/2024/.lock"
    while not (lock.is_file() and lock.stat().st_size):
        time.sleep(0.05)
    second = klastry(project, "build")
    assert second.returncode == 1
    assert f"process {first.pid} on " in second.stderr and f"kill {first.pid}" in second.stderr
    assert "since 2" in second.stderr and "build)" in second.stderr and "--wait" in second.stderr
    third = klastry(project, "build", "--wait", "1200")
    assert first.wait() == 0
    assert third.returncode == 0 and "up to date" in third.stdout, third.stderr
    assert hashes(project / "build/2024") == untouched[1]
