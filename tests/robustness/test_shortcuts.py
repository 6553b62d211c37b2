"""What a build leaves out, because nothing can have changed, is what the workflow would have left out, too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from toy import hashes, klastry, make_toy

LOG = "build/2024/logs/snakemake.log"
SITE = "build/2024/50_chapters/out/html"
CHAPTER = "report/chapters/04_results.md"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make_toy(tmp_path_factory.mktemp("built"))
    done = klastry(project, "build")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy with all its times, after a build that had nothing to do in its new place."""
    copied = shutil.copytree(built, tmp_path / "project")
    assert "up to date" in klastry(copied, "build").stdout
    return copied


def asked(project: Path, *arguments: str) -> tuple[bool, str]:
    """Run a build; whether it asked the workflow engine, and what it said."""
    log = project / LOG
    log.unlink(missing_ok=True)
    done = klastry(project, "build", *arguments)
    assert done.returncode == 0, done.stderr
    return log.is_file(), done.stdout


def test_nothing_to_do_is_known_without_the_engine(project: Path) -> None:
    engine, said = asked(project)
    assert not engine and "up to date" in said


@pytest.mark.parametrize(
    "change",
    [
        lambda p: (p / "notebooks/10_toy.ipynb").touch(),
        lambda p: (p / "build/2024/60_report/exhibits.csv").unlink(),
        lambda p: (p / "config/new.yaml").write_text("a: 1\n"),
    ],
    ids=["time", "output", "new file"],
)
def test_any_difference_is_put_to_the_engine(project: Path, change: Callable[[Path], object]) -> None:
    change(project)
    assert asked(project)[0]


def test_force_is_not_cut_short(project: Path) -> None:
    engine, said = asked(project, "--force")
    assert engine and "10_toy" in said


def edit(project: Path, old: str, new: str) -> None:
    path = project / CHAPTER
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "all_pages"),
    [
        ("\n\n", "\n\nNowe zdanie.\n\n", False),
        ("\n\n", "\n\n## Nowa część\n\nZdanie.\n\n", True),  # contents, numbers of sections, links
        ("\n\n", "\n\nLiczba: {{ f('indicator.I.1.1.median') }}.\n\n", True),  # pages of numbers name the page
    ],
    ids=["sentence", "heading", "fact"],
)
def test_a_changed_text_gives_the_site_of_a_whole_build(project: Path, old: str, new: str, all_pages: bool) -> None:
    edit(project, old, new)
    engine, said = asked(project, "html")
    assert not engine and ("13 pages" in said or "14 pages" in said) == all_pages, said
    quick = hashes(project / SITE)
    assert klastry(project, "publish", "html").returncode == 0
    assert hashes(project / SITE) == quick


def test_after_a_shortcut_the_workflow_makes_the_rest(project: Path) -> None:
    edit(project, "\n\n", "\n\nNowe zdanie.\n\n")
    assert not asked(project, "html")[0]
    engine, said = asked(project)
    assert engine and "pdf:" in said and "chapters:" not in said and "10_toy" not in said
    quick = hashes(project / "build/2024/60_report")
    assert klastry(project, "build", "--force").returncode == 0
    assert hashes(project / "build/2024/60_report") == quick


def test_a_sentence_taken_back_leaves_nothing_in_the_report(project: Path) -> None:
    """The engine has seen the old text before: only what the shortcut left tells it that the chapters are others."""
    before = (project / CHAPTER).read_bytes()
    whole = {path: digest for path, digest in hashes(project / "build/2024").items() if "logs" not in path}
    (project / CHAPTER).write_text(
        (project / CHAPTER).read_text("utf-8") + "\nA sentence that is taken back.\n", "utf-8"
    )
    assert not asked(project, "html")[0]
    (project / CHAPTER).write_bytes(before)
    assert asked(project)[0]
    again = {path: digest for path, digest in hashes(project / "build/2024").items() if "logs" not in path}
    assert {path for path in whole.keys() | again.keys() if whole.get(path) != again.get(path)} == set()
    assert not asked(project)[0]


def test_another_format_needs_no_engine_either(project: Path) -> None:
    pdf = project / "build/2024/50_chapters/out/raport-ogolny-2024.pdf"
    edit(project, "\n\n", "\n\nNowe zdanie.\n\n")
    assert not asked(project, "html")[0]
    edit(project, "Nowe zdanie.", "Inne zdanie.")
    engine, said = asked(project, "pdf")
    assert not engine and "pdf:" in said and "html:" not in said
    quick = pdf.read_bytes()
    (project / "build/2024/logs/last-book.json").unlink()
    assert klastry(project, "publish", "chapters").returncode == klastry(project, "publish", "pdf").returncode == 0
    assert pdf.read_bytes() == quick
    engine, said = asked(project, "html")
    assert not engine and "Inne zdanie." in (project / SITE / "4-wyniki-probne.html").read_text("utf-8")


def test_a_broken_chapter_is_told_and_mended(project: Path) -> None:
    edit(project, "\n\n", "\n\n{{ f('no.such.fact') }}\n\n")
    done = klastry(project, "build", "html")
    assert done.returncode != 0
    assert "chapters failed." in done.stderr and "04_results.md" in done.stderr and "no.such.fact" in done.stderr
    edit(project, "{{ f('no.such.fact') }}", "Zdanie.")
    engine, said = asked(project, "html")
    assert not engine and "Built" in said
