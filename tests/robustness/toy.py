"""A project of a few seconds with every kind of step: a notebook, one run for each respondent, all of publishing."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "publish"))

import mini  # noqa: E402

SNAKEFILE = """
from glob import glob

BUILD = "build/2024"
OUT = BUILD + "/50_chapters/out"
TAIL = " --build build/2024 --log {log} -p edition 2024 -p method default -p data_dir ../data"
TAIL += " -p build_dir ../build/2024"
STEP = "python -I -S workflow/scripts/step.py workflow/scripts/"
PUBLISH = STEP + "publish.py --log {log} "

rule report:
    input: BUILD + "/manifest.json"
    default_target: True

rule toy_10:
    input: "notebooks/10_toy.ipynb"
    output: BUILD + "/40_analyses/toy.csv", BUILD + "/40_analyses/figures/figure-40.json",
            BUILD + "/40_analyses/facts/10_toy.json", BUILD + "/notebooks/10_toy.ipynb"
    log: BUILD + "/logs/10_toy.log"
    shell: STEP + "run_notebook.py 10_toy" + TAIL

rule individual_notebooks:
    input: rules.toy_10.output
    output: BUILD + "/40_analyses/individual/respondents.csv"
    log: BUILD + "/logs/individual.log"
    shell: STEP + "run_individual.py" + TAIL

rule facts:
    input: rules.toy_10.output
    output: BUILD + "/facts.json"
    log: BUILD + "/logs/facts.log"
    shell: PUBLISH + "facts"

rule chapters:
    input: rules.facts.output, sorted(glob("report/chapters/*.md"))
    output: BUILD + "/50_chapters/book.json"
    log: BUILD + "/logs/50_chapters.log"
    shell: PUBLISH + "chapters"

rule html:
    input: rules.chapters.output
    output: OUT + "/html/index.html"
    log: BUILD + "/logs/60_html.log"
    shell: PUBLISH + "html"

rule pdf:
    input: rules.chapters.output
    output: OUT + "/raport-ogolny-2024.pdf"
    log: BUILD + "/logs/60_pdf.log"
    shell: PUBLISH + "pdf"

rule docx:
    input: rules.chapters.output
    output: OUT + "/raport-ogolny-2024.docx"
    log: BUILD + "/logs/60_docx.log"
    shell: PUBLISH + "docx"

rule epub:
    input: rules.chapters.output
    output: OUT + "/raport-ogolny-2024.epub"
    log: BUILD + "/logs/60_epub.log"
    shell: PUBLISH + "epub"

rule annex:
    input: rules.chapters.output
    output: OUT + "/aneks-statystyczny-2024.xlsx", OUT + "/dane/datapackage.json"
    log: BUILD + "/logs/60_annex.log"
    shell: PUBLISH + "annex"

rule publish:
    input:
        rules.html.output, rules.pdf.output, rules.docx.output, rules.epub.output, rules.annex.output,
        rules.individual_notebooks.output
    output: BUILD + "/logs/60_report.done"
    log: BUILD + "/logs/60_report.log"
    shell: PUBLISH + "publish && touch {output}"

rule manifest:
    input: rules.publish.output
    output: BUILD + "/manifest.json"
    log: BUILD + "/logs/manifest.log"
    shell: PUBLISH + "manifest"
"""
PARAMETERS = 'edition: int = 2024\nmethod: str = "default"\ndata_dir: str = "../data"\nbuild_dir: str = "../build/2024"'
TOY = """
import pandas as pd
import matplotlib.pyplot as plt
from analysis.workspace import open_workspace
ws = open_workspace(edition, method, data_dir, build_dir)
plt.rcParams["svg.hashsalt"] = "toy"
table = pd.DataFrame({"group": [f"g{i}" for i in range(2000)], "value": [i / 7 for i in range(2000)]})
ws.write(table, "40_analyses/toy.csv")
figure, ax = plt.subplots()
ax.plot(table["value"])
plt.close(figure)
ws.save_figure(figure, no=40, title="Próba", chapter="6", alt="Linia.", data=table, notebook="10_toy", source="własne")
ws.facts("10_toy").add("toy.n", len(table), unit="clusters", table="40_analyses/toy.csv", key="*", column="value")
ws.save_facts("10_toy");
"""
INDIVIDUAL = """
import pandas as pd
from analysis.workspace import open_workspace
ws = open_workspace(edition, method, data_dir, build_dir)
for part in range(20):
    table = pd.DataFrame({"who": respondent, "value": range(500)})
    ws.write(table, f"40_analyses/individual/{respondent}/part-{part}.csv")
"""


def _notebook(path: Path, parameters: str, source: str) -> None:
    cells = [nbformat.v4.new_code_cell(text) for text in (parameters, *source.strip().split("\n\n"))]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    cells[0].metadata["tags"] = ["parameters"]
    nb = nbformat.v4.new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb.metadata["language_info"] = {"name": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)


def make_toy(folder: Path) -> Path:
    """Write the project; returns its folder."""
    project, build = mini.make_project(folder)
    (build / "40_analyses/facts").mkdir(parents=True, exist_ok=True)
    (build / "facts.json").rename(build / "40_analyses/facts/00_mini.json")
    shutil.copytree(ROOT / "workflow/scripts", project / "workflow/scripts")
    (project / "workflow/Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    _notebook(project / "notebooks/10_toy.ipynb", PARAMETERS, TOY)
    _notebook(project / "notebooks/individual/report.ipynb", PARAMETERS + '\nrespondent: str = "R01"', INDIVIDUAL)
    return project


def environment(project: Path, **more: str) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("KLASTRY")}
    return {
        **env,
        "PYTHONPATH": str(ROOT),
        "KLASTRY_PROJECT": str(project),
        "MPLCONFIGDIR": env.get("HOME", "/tmp"),
        **more,
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "analysis.cli", *arguments]


def klastry(project: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in the project."""
    return subprocess.run(
        command(*arguments), cwd=project, env=environment(project, **more), capture_output=True, text=True, timeout=1500
    )


def hashes(build: Path) -> dict[str, str]:
    """Content of every file of a build but logs and the files of the lock; what a killed writer left would show."""
    return {
        path.relative_to(build).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(build.rglob("*"))
        if path.is_file() and path.relative_to(build).parts[0] not in ("logs", ".lock", ".steps")
    }
