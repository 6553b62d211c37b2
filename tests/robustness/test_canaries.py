"""With real answers: values planted in answers, scores and link files are in no published file, packed or not."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import mini

from analysis.publish import steps

# An answer, a score, a normalised value, an organisation of the link file, what a notebook printed of them.
ANSWER, SCORE, NORMAL, NAME, SHOWN = "8717263", "0.7391827364", "0.1827364519", "Klaster Kanarkowy", "8717263.55"
CANARIES = (ANSWER, SCORE, NORMAL, NAME, SHOWN, "8 717 263", "8\u00a0717\u00a0263", "0,7391827364")
TEXTS = (".html", ".js", ".json", ".csv", ".svg", ".xml", ".rels", ".txt", ".md", ".graphml", ".gexf")


def build_survey(folder: Path, provenance: str) -> Path:
    project, build = mini.make_project(folder)
    edition = project / "data/editions/2024"
    path = edition / "edition.yaml"
    path.write_text(path.read_text("utf-8").replace("reconstructed", provenance), "utf-8")
    for place in ("private", "confidential"):
        (edition / place).mkdir()
        (edition / place / "respondents.csv").write_text(f"respondent_id,name\nR01,{NAME}\n", "utf-8")
    for planted in (edition / "raw/coordinators.csv", build / "20_indicators/indicators.csv"):
        planted.write_text(planted.read_text("utf-8").replace("25863", ANSWER), "utf-8")
    scores = build / "30_scores/scores.csv"
    scores.write_text(scores.read_text("utf-8").replace("R01,I.1,0.1", f"R01,I.1,{SCORE}"), "utf-8")
    normalised = build / "30_scores/normalised.csv"
    normalised.write_text(normalised.read_text("utf-8").replace("0.25", NORMAL), "utf-8")
    (build / "40_analyses/figures/figure-13.csv").write_text(f"respondent_id,x,y\nR01,{ANSWER},{SCORE}\n", "utf-8")
    by_name = build / "40_analyses/by_name.csv"  # identifiers in a column of another name
    by_name.write_text(f"output,value\nall,1\nR01,{SCORE}\n", "utf-8")
    path = build / "facts.json"
    facts = json.loads(path.read_text("utf-8"))
    facts["by.name"] = {**facts["sample.share"], "table": "40_analyses/by_name.csv", "key": "all", "column": "value"}
    path.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    path = build / "notebooks/21_sample.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].outputs.append(nbformat.v4.new_output("stream", text=f"R01 {SHOWN} {NAME}\n"))
    nbformat.write(notebook, path)
    shutil.copytree(Path(__file__).parents[2] / "report/individual", project / "report/individual")
    own = build / "50_chapters/out/individual/R01"
    own.mkdir(parents=True)
    (own / "index.html").write_text(f"<p>R01: {ANSWER}, {SCORE}</p>", "utf-8")
    (own.parent / "index.html").write_text("<a href='R01/index.html'>R01</a>", "utf-8")
    for step in ("chapters", "html", "pdf", "docx", "epub", "annex", "publish", "manifest"):
        steps.run(step, project=project, edition=2024, build=build)
    return build


def contents(data: bytes, name: str) -> list[tuple[str, str]]:
    """Everything in a file that can be read: its text, the parts of an archive, the text and attachments of a PDF."""
    if name.endswith((".zip", ".xlsx", ".docx")):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [part for n in archive.namelist() for part in contents(archive.read(n), f"{name}/{n}")]
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(data))
        told = "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
        inner = [part for n, files in reader.attachments.items() for f in files for part in contents(f, f"{name}/{n}")]
        return [(name, told), *inner]
    return [(name, data.decode("utf-8", "replace"))]


def found_in(report: Path, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    files = [p for p in sorted(report.rglob("*")) if p.is_file()]
    parts = [part for p in files for part in contents(p.read_bytes(), p.relative_to(report).as_posix())]
    return [f"{name}: {canary}" for name, text in parts for canary in canaries if canary in text]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_survey(tmp_path_factory.mktemp("survey"), "survey")


def test_no_answer_and_no_score_of_a_respondent_is_published(survey: Path) -> None:
    assert found_in(survey / "60_report") == []


def test_individual_reports_of_a_survey_lie_beside_the_report(survey: Path) -> None:
    report = survey / "60_report"
    assert {found.split(": ")[1] for found in found_in(survey / "61_individual")} == {ANSWER, SCORE}
    assert not (report / "individual").exists()
    assert not [p.name for p in report.rglob("*.html") if "../individual/" in p.read_text("utf-8")]


def test_individual_reports_move_when_the_answers_are_no_longer_confidential(tmp_path: Path) -> None:
    build = build_survey(tmp_path, "survey")
    project = build.parents[1]
    path = project / "data/editions/2024/edition.yaml"
    path.write_text(path.read_text("utf-8").replace("survey", "reconstructed"), "utf-8")
    for step in ("html", "publish"):
        steps.run(step, project=project, edition=2024, build=build)
    assert not (build / "61_individual").exists()
    assert (build / "60_report/individual/R01/index.html").is_file()
    assert 'href="../individual/index.html"' in (build / "60_report/html/index.html").read_text("utf-8")


def test_the_table_behind_a_fact_is_not_published_where_it_names_a_respondent(survey: Path, tmp_path: Path) -> None:
    place = "60_report/html/dane/zrodla/40_analyses/by_name.csv"
    assert not (survey / place).exists() and (build_survey(tmp_path, "reconstructed") / place).is_file()


def test_the_search_finds_them_where_they_may_be(tmp_path: Path) -> None:
    """The same canaries are found in an edition of reconstructed answers, which shows its cells; names never are."""
    build = build_survey(tmp_path, "reconstructed")
    found = " ".join(found_in(build / "60_report"))
    assert ANSWER in found and SCORE in found and SHOWN in found and "obliczenia/21_sample.html" in found
    assert f"individual/R01/index.html: {ANSWER}" in found and not (build / "61_individual").exists()
    assert found_in(build / "60_report", (NAME,)) == [f"html/obliczenia/21_sample.html: {NAME}"]  # as printed there


def test_pages_of_notebooks_say_what_they_leave_out(survey: Path) -> None:
    text = (survey / "60_report/html/obliczenia/21_sample.html").read_text("utf-8")
    assert "confidential" in text and "The sample" in text and 'class="cell code"' in text and SHOWN not in text


def test_confidential_files_are_not_even_listed(survey: Path) -> None:
    inputs = json.loads((survey / "manifest.json").read_text("utf-8"))["inputs"]
    assert inputs and not [path for path in inputs if "private" in path or "confidential" in path]


def test_confidential_folders_are_ignored_by_git(root: Path) -> None:
    for path in ("confidential/x.csv", "data/editions/2026/confidential/x.csv", "data/editions/2024/private/x.csv"):
        done = subprocess.run(["git", "check-ignore", "-q", path], cwd=root)
        assert done.returncode in (0, 128), path  # 128: not a clone
