"""Individual reports from the notebook to page and PDF, on a small edition; the runner; the contract with the rule."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pandas as pd
import pikepdf
import pytest
from bs4 import BeautifulSoup
from individual_edition import (
    GAPS,
    IDS,
    NOTEBOOK,
    ROOT,
    SMALL,
    code_cells,
    list_respondents,
    make_answers,
    make_project,
    run_notebook_here,
)

from analysis.errors import NotebookError, PublishError
from analysis.facts import Fact
from analysis.framework import load_framework
from analysis.publish import numbers
from analysis.publish.individual import build_individual, open_individual
from analysis.publish.publication import Publication, open_publication
from analysis.workspace import write_csv


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Reports of three respondents of the small edition."""
    pub = make_project(tmp_path_factory.mktemp("individual"))
    for respondent in (SMALL, "R02", GAPS):
        run_notebook_here(pub.project, pub.build, respondent)
    list_respondents(pub, [SMALL, "R02", GAPS])
    build_individual(pub, pub.out_dir / "individual")
    return pub


def page(pub: Publication, respondent: str) -> BeautifulSoup:
    return BeautifulSoup((pub.out_dir / "individual" / respondent / "index.html").read_text("utf-8"), "html.parser")


def table_called(soup: BeautifulSoup, title: str) -> BeautifulSoup:
    return next(f for f in soup.select("figure.exhibit") if title in f.get_text())  # type: ignore[return-value]


def words(soup: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", soup.main.get_text(" ").replace(numbers.NBSP, " "))  # type: ignore[union-attr]


def test_every_respondent_has_page_and_pdf(made: Publication) -> None:
    out = made.out_dir / "individual"
    assert sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()) == [
        *(f"{who}/{file}" for who in ("R01", "R02", "R06") for file in (f"dane-{who}.zip", "index.html", "raport.pdf")),
        "index.html",
    ]  # fmt: skip
    listed = BeautifulSoup((out / "index.html").read_text("utf-8"), "html.parser").select("main a[href]")
    targets = [str(a["href"]) for a in listed]
    assert targets and all((out / target).is_file() for target in targets)


def test_missing_answers_are_said_to_be_missing(made: Publication) -> None:
    text = words(page(made, GAPS))
    assert not re.search(r"\b(nan|None|inf)\b", text, re.IGNORECASE)
    soup = page(made, GAPS)
    row = next(r for r in table_called(soup, "Wszystkie wskaźniki").select("tr") if r.get_text().startswith("I.3.1"))
    cells = [c.get_text() for c in row.find_all("td")]
    assert cells[:3] == ["–", "brak", "–"] and cells[4] == "–"
    assert "IV.4. Specjalizacja i technologie: brak wyniku" in str(soup.select_one("#fig-4 img")["alt"])  # type: ignore[index]
    assert not [tag for tag in soup.select("#sec-strony ~ ul strong") if tag.get_text().startswith("IV.4")]
    with pikepdf.open(made.out_dir / "individual" / GAPS / "raport.pdf") as pdf:
        assert 6 <= len(pdf.pages) <= 10
        assert pdf.Root.MarkInfo.Marked and "R06" in str(pdf.docinfo["/Title"])


@pytest.mark.parametrize("respondent", [SMALL, "R02", GAPS])
def test_no_answer_of_another_respondent_is_printed(made: Publication, respondent: str) -> None:
    framework = load_framework(made.project / "data")
    answers = make_answers(framework)
    text = page(made, respondent).main.get_text("|")  # type: ignore[union-attr]
    shown = {run.replace(numbers.NBSP, "") for run in re.findall(r"\d[\d\u00a0]*\d", text)}
    others = answers.drop(index=respondent)
    told = {f"{v:.0f}" for v in answers.loc[respondent].dropna()}
    told |= {f"{m:.0f}" for m in answers.median()} | {f"{np.ceil(m):.0f}" for m in answers.median()}
    told |= {f"{step(m):.0f}" for m in answers.quantile(0.75) for step in (float, np.ceil)}
    leaked = {f"{v:.0f}" for v in others.to_numpy().ravel() if v == v} - told
    assert len(leaked) > 900 and not shown & leaked


def test_own_answers_are_printed(made: Publication) -> None:
    # The counterpart of the test above: it would pass on a page without numbers.
    answers = make_answers(load_framework(made.project / "data"))
    text = words(page(made, "R02"))
    assert "9 000 000" in text
    assert numbers.number(float(answers["I.1.2"]["R02"])).replace(numbers.NBSP, " ") in text


def test_small_branch_is_replaced_and_the_note_says_so(made: Publication) -> None:
    rows = {r.select("th, td")[0].get_text(): [c.get_text() for c in r.select("td")]
            for r in page(made, SMALL).select("#tbl-1 tbody tr")}  # fmt: skip
    assert len(rows) == 25
    for own, rank, percentile, everyone, sector, size, benchmark in rows.values():
        assert sector == everyone + "*" and not size.endswith("*") and own and benchmark and percentile
        assert rank.endswith(("11", "12"))
    note = "mniej niż 5 respondentów"
    assert note in words(page(made, SMALL)) and note not in words(page(made, GAPS))
    assert "zbyt mała, aby pokazać jej medianę" in words(page(made, SMALL))


def test_facts_stay_apart_and_know_their_cell(made: Publication) -> None:
    assert [p.name for p in (made.build / "40_analyses/facts").iterdir()] == ["12_knowledge.json"]
    one = open_individual(made, "R02")
    answers = make_answers(load_framework(made.project / "data"))
    fact = one.facts["indicator.I.1.2.own"]
    assert fact["value"] == answers.at["R02", "I.1.2"] and fact["notebook"] == "individual/R02"
    assert set(fact) == {f for f in Fact.__dataclass_fields__ if f != "id"} | {"notebook"}
    table = pd.read_csv(made.build / fact["table"], index_col="code")
    assert table.at[fact["key"], fact["column"]] == fact["value"] and fact["inputs"]


def test_page_stands_alone(made: Publication) -> None:
    soup = page(made, "R02")
    assert not soup.select("script, link[rel=stylesheet], iframe")
    assert all(
        str(img["src"]).startswith("data:image/svg+xml") and len(str(img["alt"])) > 200 for img in soup.select("img")
    )
    links = {str(a["href"]) for a in soup.select("a[href]") if not str(a["href"]).startswith("#")}
    assert links == {"raport.pdf", "dane-R02.zip", "../index.html", "../../html/index.html"}
    assert all(th.get("scope") for th in soup.select("th"))
    ids = {str(t["id"]) for t in soup.select("[id]")}
    assert {str(a["href"])[1:] for a in soup.select('a[href^="#"]')} <= ids
    # Every number in the text has its line in the list of sources.
    printed = {str(t["data-f"]) for t in soup.select(".fact")}
    listed = {r.select("td")[0].get_text() for r in soup.select("details.sources tbody tr")}
    assert printed == listed and len(printed) > 20


def test_synthetic_answers_are_named_so_only_where_they_are(made: Publication, tmp_path: Path) -> None:
    statement = "nie jest rzeczywistym klastrem"
    assert statement in words(page(made, "R02"))
    survey = make_project(tmp_path, provenance="survey")
    run_notebook_here(survey.project, survey.build, "R02")
    list_respondents(survey, ["R02"])
    build_individual(survey, survey.out_dir / "individual")
    text = (survey.out_dir / "individual/R02/index.html").read_text("utf-8")
    assert statement not in text and "zrekonstruowan" not in text and "odtworzone" not in text
    # It is sent alone, so it leads to nothing but what lies beside it.
    links = {str(a["href"]) for a in BeautifulSoup(text, "html.parser").select("a[href]")}
    assert {link for link in links if not link.startswith("#")} == {"raport.pdf", "dane-R02.zip"}


def test_same_inputs_same_bytes(made: Publication, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in (made.out_dir / "individual").rglob("*") if p.is_file()}
    tables = made.build / "40_analyses/individual/R02"
    first = {p.name: p.read_bytes() for p in tables.iterdir()}
    run_notebook_here(made.project, made.build, "R02")
    assert {p.name: p.read_bytes() for p in tables.iterdir()} == first
    build_individual(made, made.out_dir / "individual")
    assert {p: p.read_bytes() for p in (made.out_dir / "individual").rglob("*") if p.is_file()} == before


def test_one_more_respondent_needs_no_code(tmp_path: Path) -> None:
    pub = make_project(tmp_path, ids=[*IDS, "R43"])
    run_notebook_here(pub.project, pub.build, "R43")
    list_respondents(pub, ["R43"])
    build_individual(pub, pub.out_dir / "individual")
    text = words(page(pub, "R43"))
    assert "respondent R43" in text and f"z {len(IDS) + 1}" in text
    assert (pub.out_dir / "individual/R43/raport.pdf").is_file()


def test_problems_name_the_respondent(made: Publication, tmp_path: Path) -> None:
    project = tmp_path / "p"
    shutil.copytree(made.project, project, ignore=shutil.ignore_patterns("50_chapters"))
    pub = open_publication(project, project / "build/2024", 2024)
    template = project / "report/individual/report.md"
    template.write_text(template.read_text("utf-8") + '\nMa 17 członków i {{ f("card.colour") }}.\n', encoding="utf-8")
    with pytest.raises(PublishError, match="respondent R01") as caught:
        build_individual(pub, pub.out_dir / "individual")
    assert "typed number `17`" in str(caught.value) and "no fact `card.colour`" in str(caught.value)
    list_respondents(pub, ["R12"])
    with pytest.raises(PublishError, match=r"respondent R12: individual/R12/facts\.json is not there"):
        build_individual(pub, pub.out_dir / "individual")


# --- the notebook and its runner --------------------------------------------------------------------------------------


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    scripts = ROOT / "workflow" / "scripts"

    def script(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, scripts / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return script


@pytest.fixture
def runner(load: Callable[[str], ModuleType]) -> ModuleType:
    load("run_notebook")
    return load("run_individual")


def test_notebook_is_a_short_story() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert len([c for c in cells if "parameters" in c["metadata"].get("tags", [])]) == 1
    assert all(c["cell_type"] == "markdown" or (not c["outputs"] and c["execution_count"] is None) for c in cells)
    code = "\n".join(code_cells())
    assert len([line for line in code.splitlines() if line.strip()]) <= 150
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.For, ast.Try)
    assert not [n for n in ast.walk(ast.parse(code)) if isinstance(n, kinds)], "functions belong to the package"


def test_rule_and_notebook_agree(runner: ModuleType) -> None:
    rules = (ROOT / "workflow/rules/individual.smk").read_text("utf-8")
    passed = dict.fromkeys(re.findall(r"-p (\w+) ", rules), "x")
    assert set(passed) == {"edition", "method", "data_dir", "build_dir"}
    check = runner.run_notebook.check_parameters
    check(NOTEBOOK, {**passed, "respondent": "R01"})
    with pytest.raises(NotebookError, match="does not pass: respondent"):
        check(NOTEBOOK, passed)
    with pytest.raises(NotebookError, match="does not know the parameter `respondents`; did you mean respondent"):
        check(NOTEBOOK, {**passed, "respondents": "R01"})
    # Snakemake does not see imports: the rule names every package that the notebook uses.
    listed = re.findall(r'"([\w.]+)"', re.findall(r"code=package\(([^)]*)\)", rules)[0])
    used = {n.module.removeprefix("analysis.").split(".")[0] for n in ast.walk(ast.parse("\n".join(code_cells())))
            if isinstance(n, ast.ImportFrom) and n.module and n.module.startswith("analysis.")}  # fmt: skip
    assert used - {"facts", "workspace"} <= {name.split(".")[0] for name in listed}


def toy(folder: Path, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    (folder / "individual").mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "individual" / "report.ipynb")


def people(build: Path, *names: str) -> None:
    write_csv(pd.DataFrame({"respondent_id": names}), build / "20_indicators/characteristics.csv")


def test_respondents_come_from_the_data(runner: ModuleType, tmp_path: Path) -> None:
    people(tmp_path, "R10", "R02", "R43")
    assert runner.respondents(tmp_path) == ["R02", "R10", "R43"]
    people(tmp_path, "R02", "R02", "../x")
    with pytest.raises(NotebookError, match=r"cannot name a folder: \.\./x, R02"):
        runner.respondents(tmp_path)


@pytest.mark.workflow
def test_failure_names_respondent_cell_and_message(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.run_notebook, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(runner.run_notebook, "ROOT", tmp_path)
    failing = "from analysis.errors import MethodError\nif respondent == 'R02':\n    raise MethodError('no scale')"
    toy(tmp_path / "notebooks", 'edition: int = 1\nrespondent: str = "R01"', failing)
    build = tmp_path / "build"
    people(build, "R01", "R02")
    (build / "40_analyses/individual/R09").mkdir(parents=True)
    arguments = [
        "--build",
        str(build),
        "--log",
        str(build / "logs/individual.log"),
        "--jobs",
        "1",
        "-p",
        "edition",
        "3",
    ]
    assert runner.main(arguments) == 2
    record = json.loads((build / "logs/failure.json").read_text("utf-8"))
    assert record["message"].startswith("respondent R02: report.ipynb, cell ")
    assert "no scale" in record["message"] and "raise MethodError" in record["message"]
    assert not (build / "40_analyses/individual/respondents.csv").exists()
    # The next run goes through; nothing is left of the failure or of a respondent who is gone.
    people(build, "R01")
    assert runner.main(arguments) == 0
    assert (build / "40_analyses/individual/respondents.csv").read_text("utf-8") == "respondent_id\nR01\n"
    assert [p.name for p in (build / "notebooks/individual").iterdir()] == ["R01.ipynb"]
    assert not (build / "40_analyses/individual/R09").exists()
