"""What runs again after a change, and what a broken raw file does; on a copy of the project with its build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.sources import seal, sha256

pytestmark = [pytest.mark.product, pytest.mark.workflow]
PARTS = ("analysis", "config", "data", "notebooks", "report", "workflow", ".snakemake/metadata")
BOOK = {"chapters_50", "html", "pdf", "docx", "epub", "publish", "manifest"}


class Copy:
    """A copy of the project: its jobs that would run, and its builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def klastry(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(self.folder), "KLASTRY_PROJECT": str(self.folder)}
        command = [sys.executable, "-m", "analysis.cli", *arguments]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=300)

    def stale(self, *arguments: str) -> set[str]:
        done = self.klastry("build", "--dry-run", *arguments)
        assert done.returncode == 0, done.stderr
        stats = done.stdout.split("Job stats:")[-1].split("total")[0] if "Job stats:" in done.stdout else ""
        return set(re.findall(r"^(\w+) +\d+$", stats, re.M)) - {"report"}

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        file = self.folder / path
        text = file.read_text("utf-8")
        changed = change(text)
        assert changed != text, f"the edit of {path} changed nothing"
        file.write_text(changed, "utf-8")


@pytest.fixture
def copy(root: Path, build: Path, tmp_path: Path) -> Copy:
    folder = tmp_path / "project"
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in PARTS:
        shutil.copytree(root / part, folder / part, ignore=ignore)
    shutil.copytree(build, folder / "build/2024")
    copied = Copy(folder)
    assert copied.stale() == set(), "the build is not up to date; run the tests with `make test`"
    return copied


def test_a_sentence_rebuilds_only_the_book(copy: Copy) -> None:
    copy.edit("report/chapters/05_wyniki.md", lambda s: s + "\nDodane zdanie.\n")
    assert copy.stale() == BOOK


def test_a_method_key_rebuilds_scores_and_what_follows(copy: Copy) -> None:
    copy.edit("config/method/default.yaml", lambda s: s.replace("k: 1.5", "k: 3"))
    stale = copy.stale()
    assert {"scores_30", "cross_sections_40", "score_drivers_34", "reproduction_49", "facts"} <= stale
    assert stale >= BOOK
    assert not stale & {"validation_10", "indicators_20", "indicator_statistics_22"}


def test_an_edition_says_in_which_languages_it_is_published(copy: Copy) -> None:
    copy.edit("data/editions/2024/edition.yaml", lambda s: s.replace("report_languages: [pl]", "report_languages: []"))
    done = copy.klastry("build", "--dry-run")
    assert done.returncode == 2 and "write [pl], or [pl, en]" in done.stderr
    path = copy.folder / "data/editions/2024/edition.yaml"
    copy.edit(str(path.relative_to(copy.folder)), lambda s: s.replace("languages: []", "languages: [pl, en]"))
    stale = copy.stale()
    assert {"exhibits_en", "english", "publish", "manifest"} <= stale
    assert "english" not in copy.stale("individual")


def test_statistics_wait_for_the_plan_of_withholding_under_a_rule_only(copy: Copy) -> None:
    step = "22_indicator_statistics"
    shutil.rmtree(copy.folder / "build/2024")
    assert "indicator_statistics_22" in copy.stale(step) and "protection_36" not in copy.stale(step)
    assert {"protection_36", "scores_30"} <= copy.stale(step, "--method", "protected")


def test_a_comment_in_the_method_computes_nothing(copy: Copy) -> None:
    copy.edit("config/method/default.yaml", lambda s: s + "\n# a remark\n")
    assert copy.stale() == {"manifest"}  # which records the content of the file


def test_changed_package_code_is_seen(copy: Copy) -> None:
    copy.edit("analysis/composite/treatment.py", lambda s: s + "\n# changed\n")
    stale = copy.stale()
    assert "scores_30" in stale and "indicators_20" not in stale


def test_changed_tables_of_framework_and_knowledge_are_seen(copy: Copy) -> None:
    for path in ("analysis/composite/treatment.py", "data/framework/checks.csv", "data/knowledge/glossary.csv"):
        (copy.folder / path).touch()
    assert copy.stale() == set(), "a new time alone changes nothing"
    copy.edit("data/knowledge/glossary.csv", lambda s: s + "\n")
    stale = copy.stale()
    assert {"knowledge_12", "chapters_50"} <= stale and "scores_30" not in stale
    copy.edit("data/framework/checks.csv", lambda s: s + "\n")
    assert {"validation_10", "scores_30"} <= copy.stale()


def broken(copy: Copy, line: int, old: str, new: str) -> None:
    path = copy.folder / "data/editions/2024/raw/coordinators.csv"
    lines = path.read_text("utf-8").splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    seal(path)


def test_a_broken_raw_file_is_refused_and_the_report_stays(copy: Copy) -> None:
    report = copy.folder / "build/2024/60_report"
    before = {p.relative_to(report): sha256(p) for p in report.rglob("*") if p.is_file()}
    broken(copy, 4, "R03,", "R02,")
    done = copy.klastry("build")
    assert done.returncode == 2
    assert "coordinators.csv, row 4, column respondent_id" in done.stderr and "R02" in done.stderr
    assert "Remedy:" in done.stderr and "Traceback" not in done.stderr
    assert "The report of the last good build was left as it is" in done.stderr
    assert {p.relative_to(report): sha256(p) for p in report.rglob("*") if p.is_file()} == before


def test_an_unsealed_change_is_noticed(copy: Copy) -> None:
    path = copy.folder / "data/editions/2024/raw/websites.csv"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    done = copy.klastry("validate")
    assert done.returncode == 2
    assert "websites.csv" in done.stdout and "klastry seal" in done.stdout
