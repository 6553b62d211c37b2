"""The next edition built whole in a copy of the project: every format, and the year right in all of them."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.product, pytest.mark.slow]
PARTS = ("analysis", "config", "data", "notebooks", "report", "workflow")
# Where the report of 2026 may say 2024: it is a year of its period, and the previous edition.
ALLOWED = (
    r"2024[–-]2025", r"lat(?:a|ach)? 2024", r"edycj\w+ (?:z )?(?:\d{4} i )?2024", r"edition 2024", r"[a-z]/2024\b",
    r"2024 2026", r"[–-]2024: w", r"[a-z]_2024\b", r"editions/2024\b", r"rok 2024\b", r"year 2024\b",
    r"2024 i 2026", r"[\w.] 2024 \)", r"wrześniu 2024", r"ziarna 2024", r"2024 Data listy", r"zestawieniu liczb 2024",
    r"projekt badawczy, złożony w 2024", r"2022 , 2024 i",
)  # fmt: skip


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("next") / "project"
    for part in PARTS:
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(root / part, folder / part, ignore=ignore)
    for name in ("pyproject.toml", "CITATION.cff", "LICENSE"):
        shutil.copy(root / name, folder / name)
    (folder / "build").mkdir()
    (folder / "build/2024").symlink_to(root / "build/2024")
    for arguments in (("new-edition", "2026", "--from", "2024", "--made-up"), ("build", "--edition", "2026")):
        env = {**os.environ, "PYTHONPATH": str(folder), "KLASTRY_PROJECT": str(folder)}
        command = [sys.executable, "-m", "analysis.cli", *arguments]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=3000)
        assert done.returncode == 0, done.stderr
    return folder


def pages(project: Path) -> dict[str, str]:
    """Text of the pages of the report, without scripts and lists of literature."""
    from bs4 import BeautifulSoup

    out = {}
    for path in sorted((project / "build/2026/60_report/html").glob("*.html")):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for tag in soup(["script", "style", "nav"]):
            tag.decompose()
        for tag in soup.select(".csl-entry, .citation, #refs"):
            tag.decompose()
        out[path.name] = " ".join(soup.get_text(" ").split())
    return out


def test_every_format_is_there(project: Path) -> None:
    report = project / "build/2026/60_report"
    for name in (
        "html/index.html", "raport-ogolny-2026.pdf", "raport-ogolny-2026.docx", "aneks-statystyczny-2026.xlsx",
        "statistical-annex-2026.xlsx", "dane/datapackage.json",
    ):  # fmt: skip
        assert (report / name).stat().st_size > 1000, name
    respondents = [p for p in (report / "individual").iterdir() if p.name.startswith("R")]
    assert len(respondents) == 40
    assert all((p / "index.html").is_file() and (p / "raport.pdf").is_file() for p in respondents)


def test_no_mark_of_a_year_is_left(project: Path) -> None:
    left = re.compile(r"%(?:edition|previous|year[12]|label_\w+)%")
    for path in (project / "build/2026/40_analyses").rglob("*.json"):
        assert not left.search(path.read_text("utf-8")), path.name


def test_every_page_says_that_the_answers_are_made_up(project: Path) -> None:
    for name, text in pages(project).items():
        assert "zmyślone" in text.lower(), name


def test_2024_stands_only_where_it_may(project: Path) -> None:
    wrong = []
    for name, text in pages(project).items():
        if name.startswith(("liczby", "obliczenia", "siec-")):  # years of ties are years of ties
            continue
        for match in re.finditer(r"(?<!\d)2024(?!\d)", text):
            around = text[max(0, match.start() - 40) : match.end() + 40]
            if not any(re.search(pattern, around) for pattern in ALLOWED):
                wrong.append(f"{name}: …{around}…")
    assert not wrong, "\n".join(wrong[:40])


def test_three_editions_and_the_list_for_editors(project: Path) -> None:
    facts = json.loads((project / "build/2026/facts.json").read_text("utf-8"))
    assert {"history.clusters.2022", "history.clusters.2024", "history.clusters.2026"} <= set(facts)
    assert facts["history.clusters.before"]["value"] == facts["history.clusters.2024"]["value"]
    with (project / "build/2026/50_chapters/do_sprawdzenia.csv").open(encoding="utf-8") as handle:
        listed = list(csv.DictReader(handle))
    assert listed[0]["reason"] == "liczba przepisana z edycji 2024" and 100 < len(listed) < 500
    assert all(row["words"] or row["reason"].startswith("liczba przepisana") for row in listed)
