"""The edition from nothing, and after small changes, against plain papermill and the same conversions one by one.

    .venv/bin/python -m benchmarks.end_to_end [full noop html pdf method plain]

Everything happens in copies of the project outside of it; its own build is left as it is. The plain way is what one
would type without this project: `papermill` for each notebook after the other, a kernel for each individual report,
then each format after the other. At its end both reports are compared file by file: it is the same work.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.progress import NO_STEP
from benchmarks.harness import ROOT, Cost, Row, cost, keep, load

PARTS = ("analysis", "config", "data", "notebooks", "report", "workflow")
FILES = ("pyproject.toml", "CITATION.cff", "requirements.lock")
CASES = ("full", "noop", "html", "pdf", "method", "plain")
CHAPTER = "report/chapters/05_wyniki.md"
# Steps of publishing by rule, where the rule's name is another one.
STEP_OF = {"chapters_50": "chapters", "individual_reports": "individual"}
PYTHON = sys.executable


def copy_project(folder: Path) -> Path:
    """Copy what a build needs, without a build, and compile it as `make .venv/.ready` does; returns the folder."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    compile_code = folder / "workflow" / "scripts" / "compile_code.py"
    subprocess.run([PYTHON, compile_code], cwd=folder, env=environment(folder), check=True)
    return folder


def environment(project: Path) -> dict[str, str]:
    """The environment of a build in a copy: its own code, no bytecode kept away from it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("KLASTRY") and k != "PYTHONDONTWRITEBYTECODE"}
    path = f"{Path(PYTHON).parent}{os.pathsep}{env.get('PATH', '')}"
    return {**env, "PATH": path, "PYTHONPATH": str(project), "KLASTRY_PROJECT": str(project), "PYTHONHASHSEED": "0"}


def klastry(project: Path, *arguments: str) -> Cost:
    """Run `klastry` in a copy."""
    return cost([PYTHON, "-m", "analysis.cli", *arguments], project, environment(project))


def change(project: Path, name: str, old: str, new: str) -> None:
    """Replace the first `old` in a file; there must be one."""
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add_sentence(project: Path, sentence: str) -> None:
    """Put a sentence under the first section of the chapter on results."""
    path = project / CHAPTER
    head, section, rest = re.split(r"(?m)^(## .*\n)", path.read_text(encoding="utf-8"), maxsplit=1)
    path.write_text(f"{head}{section}\n{sentence}\n{rest}", encoding="utf-8")


def pages_with(project: Path, sentence: str) -> int:
    """How many pages of the site hold a sentence."""
    folder = project / "build/2024/50_chapters/out/html"
    return sum(sentence in page.read_text(encoding="utf-8") for page in folder.glob("*.html"))


def costs(project: Path) -> str:
    """Processor seconds and memory of the steps of the last build, the costliest first, as a sentence."""
    with (project / "build/2024/logs/costs.csv").open(encoding="utf-8", newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: -float(row["processor_s"]))
    shown = [f"{row['step']} {float(row['processor_s']):.0f} s ({row['memory_mb']} MB)" for row in rows]
    return f"Processor seconds of the {len(rows)} steps (largest process of each): {', '.join(shown)}."


def order_of_steps(project: Path) -> list[str]:
    """Rules in the order in which a build of everything finished them."""
    log = (project / "build/2024/logs/snakemake.log").read_text(encoding="utf-8")
    rules = re.findall(r"^Finished jobid: \d+ \(Rule: (\w+)\)", log, re.M)
    return [rule for rule in rules if rule not in NO_STEP]


def parameters_of_notebooks(project: Path) -> dict[str, dict[str, str]]:
    """What the rules pass to each notebook, from the commands that the workflow engine would run."""
    command = [PYTHON, "-m", "snakemake", "--snakefile", "workflow/Snakefile", "--cores", "1", "--nolock"]
    told = cost([*command, "--dry-run", "--forceall", "--printshellcmds"], project, environment(project)).output
    known = {path.stem for path in (project / "notebooks").glob("*.ipynb")}
    out = {}
    for line in told.splitlines():
        named = [word for word in line.split() if word in known]
        given = re.findall(r" -p (\w+) (\S+)", line)
        if named and given:
            out[named[0]] = dict(given)
    return out


def papermill(project: Path, notebook: str, out: Path, given: dict[str, str]) -> Cost:
    """Run a notebook as the command `papermill` does."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [PYTHON, "-m", "papermill", f"notebooks/{notebook}.ipynb", str(out), "--cwd", "notebooks"]
    command += ["--no-progress-bar"]
    for name, value in given.items():
        command += ["-p" if value.isdigit() else "-r", name, value]
    return cost(command, project, environment(project))


def plain(project: Path, steps: list[str]) -> list[Cost]:
    """Do what the rules do, one after the other, without any of our machinery for running notebooks."""
    build = project / "build/2024"
    given = parameters_of_notebooks(project)
    common = {name: given["30_scores"][name] for name in ("edition", "method", "data_dir", "build_dir")}
    taken = []
    for rule in steps:
        numbered = re.fullmatch(r"(\w+)_(\d\d)", rule)
        notebook = f"{numbered[2]}_{numbered[1]}" if numbered else ""
        if rule == "individual_notebooks":
            with (build / "20_indicators/characteristics.csv").open(encoding="utf-8", newline="") as stream:
                found = sorted(row["respondent_id"] for row in csv.DictReader(stream))
            for one in found:
                out = build / "notebooks/individual" / f"{one}.ipynb"
                taken.append(papermill(project, "individual/report", out, {**common, "respondent": one}))
            listing = build / "40_analyses/individual/respondents.csv"
            listing.write_text("\n".join(["respondent_id", *found, ""]), encoding="utf-8")
        elif notebook and (project / "notebooks" / f"{notebook}.ipynb").is_file():
            taken.append(papermill(project, notebook, build / "notebooks" / f"{notebook}.ipynb", given[notebook]))
        else:
            taken.append(klastry(project, "publish", STEP_OF.get(rule, rule)))
        print(f"  plain {rule}: {taken[-1].seconds:.1f} s", flush=True)
    return taken


def differing(one: Path, other: Path) -> list[str]:
    """Files of two reports that are not the same, but pages of notebooks and what counts or lists files."""

    def hashes(folder: Path) -> dict[str, str]:
        return {
            p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        }

    ours, theirs = hashes(one), hashes(other)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def measure(cases: set[str], folder: Path) -> tuple[list[Row], list[str]]:
    """Measure the cases; returns rows and notes."""
    ours = copy_project(folder / "ours")
    rows, notes = [], []
    full = klastry(ours, "build")
    print(f"full: {full.seconds:.1f} s", flush=True)
    steps, profile = order_of_steps(ours), costs(ours)
    first = Row("everything from nothing", full.seconds, full.cpu, process_mb=full.process_mb, all_mb=full.all_mb)
    first.limit = 90
    rows.append(first)
    top = sorted(full.by_process.items(), key=lambda item: -item[1])[:6]
    notes.append("Largest processes of the build: " + "; ".join(f"`{name}` {mb:,.0f} MB" for name, mb in top) + ".")
    notes.append(profile)
    if "plain" in cases:
        theirs = copy_project(folder / "plain")
        taken = plain(theirs, steps)
        seconds, worked = sum(c.seconds for c in taken), sum(c.cpu for c in taken)
        rows.append(Row(f"plain: {len(taken)} commands one after the other", seconds, worked))
        first.ratio, first.against = seconds / full.seconds, "plain"
        different = differing(ours / "build/2024/60_report", theirs / "build/2024/60_report")
        listed = f": {', '.join(different[:8])}" if different else ""
        notes.append(f"Files of the report that differ between both ways: {len(different)}{listed}.")
    if "noop" in cases:
        done = klastry(ours, "build")
        assert "up to date" in done.output, done.output
        rows.append(Row("nothing has changed", done.seconds, done.cpu, limit=3))
    if "html" in cases:
        add_sentence(ours, "Zdanie dopisane na próbę.")
        done = klastry(ours, "build", "html")
        assert pages_with(ours, "Zdanie dopisane na próbę.") == 1, done.output
        rows.append(Row("a sentence, until the site has it", done.seconds, done.cpu, limit=5))
    if "pdf" in cases:
        pdf = ours / "build/2024/50_chapters/out/raport-ogolny-2024.pdf"
        before = pdf.stat().st_mtime_ns
        add_sentence(ours, "Drugie zdanie dopisane na próbę.")
        done = klastry(ours, "build", "pdf")
        assert pdf.stat().st_mtime_ns > before, done.output
        rows.append(Row("a sentence, until the PDF has it", done.seconds, done.cpu, limit=15))
    if "method" in cases:
        scores = ours / "build/2024/30_scores/scores.csv"
        before = scores.read_bytes()
        change(ours, "config/method/default.yaml", "k: 1.5", "k: 3")
        done = klastry(ours, "build", "scores")
        assert scores.read_bytes() != before
        figures = klastry(ours, "build", "figures")
        rows.append(Row("a method key, until the scores have it", done.seconds, done.cpu))
        rows.append(
            Row(
                "… until all figures have it",
                done.seconds + figures.seconds,
                done.cpu + figures.cpu,
                limit=30,
            )
        )
    return rows, notes


def main(argv: list[str]) -> int:
    """Measure what is named, or everything."""
    unknown = set(argv) - set(CASES)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    before = load()
    with tempfile.TemporaryDirectory(prefix="klastry-bench-") as folder:
        rows, notes = measure(set(argv or CASES), Path(folder))
    keep("end_to_end", "The whole edition", rows, before, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
