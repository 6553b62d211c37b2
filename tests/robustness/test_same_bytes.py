"""The same inputs give the same bytes, whatever the machine: locale, time zone, hash seed, umask, cores, folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from toy import command, environment, hashes, klastry, make_toy


def other_settings(folder: Path) -> dict[str, str]:
    """Turkish (its i has no dot where others have one), the other side of the world, another hash seed."""
    settings = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "77", "LC_ALL": "C", "LANG": "C", "COLUMNS": "40"}
    if shutil.which("localedef"):
        made = subprocess.run(
            ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(folder / "tr_TR.UTF-8")], capture_output=True
        )
        if made.returncode == 0:
            settings |= {"LOCPATH": str(folder), "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}
    return settings


def build_elsewhere(project: Path, settings: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        command("build", "--cores", "1"), cwd=project, env={**environment(project), **settings}, capture_output=True,
        text=True, preexec_fn=lambda: os.umask(0o077) and None,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return hashes(project / "build/2024")


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def test_every_kind_of_step(tmp_path: Path) -> None:
    source = make_toy(tmp_path / "source")
    project = shutil.copytree(source, tmp_path / "żółta teczka nr 2")
    assert klastry(source, "build").returncode == 0
    assert differing(hashes(source / "build/2024"), build_elsewhere(project, other_settings(tmp_path))) == []


@pytest.mark.slow
def test_the_whole_edition(root: Path, build: Path, tmp_path: Path) -> None:
    """HTML, PDF, DOCX, XLSX, every table, fact and executed notebook of a clean build."""
    project = tmp_path / "żółta teczka nr 2"
    for part in ("analysis", "config", "data", "notebooks", "report", "workflow"):
        shutil.copytree(root / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "CITATION.cff"):
        shutil.copyfile(root / part, project / part)
    settings = other_settings(tmp_path) | {"PYTHONPATH": str(project)}
    made, expected = build_elsewhere(project, settings), hashes(build)
    ours = {path: digest for path, digest in expected.items() if not path.startswith("compare/")}
    assert differing(ours, made) == []
