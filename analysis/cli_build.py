"""`klastry build` and the steps it starts: the lock, the workflow engine, and reasons of failures in words."""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from analysis import lock, unchanged
from analysis.errors import ConfigError, KlastryError, suggest
from analysis.execution.processes import COLLECT, COSTS, end_with_parent, parent_of_steps
from analysis.executor import find_profile
from analysis.files import remedy_in, settle, storage_error, write_text
from analysis.progress import Progress
from analysis.project import build_folder, project_dir

TARGETS = (
    "report", "validation", "indicators", "scores", "figures", "analyses", "chapters", "individual", "html", "pdf",
    "english",
)  # fmt: skip
# The workflow engine; elsewhere it keeps to what a cluster's scheduler can stand.
HERE, ELSEWHERE = "analysis.execution.workflow", "snakemake"
# In the logs while chapters are not those that the engine has made: the texts that they were made of. The engine knows
# the texts that it has read, and would find nothing to do once a text is again what it was then.
BESIDE_ENGINE, BOOK = "chapters-beside-engine.json", Path("50_chapters/book.json")
WITHOUT_TEXTS = {"validation", "indicators", "scores", "figures", "analyses"}  # targets
# What steps of publishing import; the parent of the steps has it ready for all of them.
PUBLISHING = ("analysis.publish.steps", "analysis.publish.individual", "analysis.publish.html")


def _tell(message: str) -> None:
    print(message, flush=True)


def build_rules(names: Sequence[str], root: Path) -> list[str]:
    """Return the rules that targets stand for; the rule of the notebook 48_disclosure is disclosure_48.

    Raises
    ------
    ConfigError
        A name is neither a target nor a notebook of the workflow.
    """
    steps = {p.stem for p in (root / "notebooks").glob("*.ipynb") if not p.stem.startswith("9")}  # 9x: laboratories
    unknown = [name for name in names if name not in TARGETS and name not in steps]
    if unknown:
        near = "".join(suggest(name, [*TARGETS, *steps]) for name in unknown[:1])
        raise ConfigError(
            f"unknown target {', '.join(unknown)}{near}; targets: {', '.join(TARGETS)}, or the name of a notebook"
        )
    return [re.sub(r"^(\d+)_(\w+)$", r"\2_\1", name) for name in names]


def cmd_build(args: argparse.Namespace) -> int:
    """Run the workflow; only what is stale runs again. With --watch: again after every change."""
    if args.watch:
        from analysis.cli_watch import watch

        return watch(args, _build)
    return _build(args)


def _build(args: argparse.Namespace) -> int:
    from analysis.config import load_method
    from analysis.sources import load_edition

    root = project_dir()
    edition = load_edition(args.edition, root / "data")
    off_scale = load_method(args.method, root / "config").off_scale()
    if args.language == "en":
        args.target = ["english"]
    elif not args.target and "en" in edition.info.get("report_languages", []):
        args.target = ["report", "english"]
    args.target = build_rules(args.target, root)
    if off_scale and not (args.target and set(args.target) <= {"validation", "indicators", "scores"}):
        raise ConfigError(
            f"method `{args.method}`: {', '.join(off_scale)} gives scores outside the scale from 0 to 1, for which "
            f"the figures and texts of the report are made; compute its scores (klastry build --method {args.method} "
            f"scores) and compare them (klastry compare default {args.method})"
        )
    build = root / build_folder(args.edition, args.method)
    if args.dry_run:
        return _run_workflow(args, root, build, {})
    command = " ".join(["klastry", *sys.argv[1:]])
    with lock.hold(build, command, wait=args.wait, tell=_tell) as membership:
        settle(build / "60_report")
        settle(build / "61_individual")
        for executed in (build / "notebooks").glob("*.ipynb"):
            if not (root / "notebooks" / executed.name).is_file():
                executed.unlink()  # of a notebook that is gone: its page would stay on the site
        if not (build / "60_report" / "html" / "index.html").is_file():
            # The stamp stands for a folder that somebody removed.
            (build / "logs" / "60_report.done").unlink(missing_ok=True)
        start, target, before = time.monotonic(), "-".join(args.target) or unchanged.WHOLE, unchanged.inputs(root)
        changed = None if args.force else unchanged.changed(build, target, before)
        if changed == set():
            _tell_end(args, root, build, "Everything is up to date", start)
            return 0
        from_text = unchanged.steps_from_text(root, build, target, changed)
        code = _run_steps(args, root, build, from_text) if from_text else _run_workflow(args, root, build, membership)
        if code == 0:
            unchanged.remember(build, target, before)
        return code


def _run_steps(args: argparse.Namespace, root: Path, build: Path, steps: Mapping[str, str]) -> int:
    """Run steps of publishing (name → log) in this process, without the workflow engine."""
    start, failure = time.monotonic(), build / "logs" / "failure.json"
    failure.unlink(missing_ok=True)
    # Before the first step: a build can be killed at any moment.
    write_text(json.dumps(unchanged.texts(root)), build / "logs" / BESIDE_ENGINE)
    try:
        for step, log in steps.items():
            _step(step, (build / "logs" / log).relative_to(root), args, root, build)
    except KlastryError:
        return _report_failure(failure, [], build, root)
    _tell_end(args, root, build, "Built", start)
    return 0


def _run_workflow(args: argparse.Namespace, root: Path, build: Path, membership: Mapping[str, str]) -> int:
    logs = build / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    failure = logs / "failure.json"
    failure.unlink(missing_ok=True)
    # The engine's own lock, which a killed build would leave behind, is not needed: `klastry` holds one.
    profile = find_profile(root, args.profile)
    command = [
        sys.executable, "-m", ELSEWHERE if profile.elsewhere else HERE, "--snakefile", "workflow/Snakefile", "--nolock",
        *profile.arguments(args.cores),
        "--config", f"edition={args.edition}", f"method={args.method}", "--rerun-incomplete", "--nocolor",
        "--scheduler", "greedy",
    ]  # fmt: skip
    beside = logs / BESIDE_ENGINE
    again = beside.is_file() and not (args.target and set(args.target) <= WITHOUT_TEXTS)
    if again and json.loads(beside.read_text(encoding="utf-8")) != unchanged.texts(root):
        command[-2:-2] = ["--forcerun", str((build / BOOK).relative_to(root))]
    else:
        again = False
    command += ["--dry-run"] if args.dry_run else []
    command += ["--forceall"] if args.force else []
    command += [*args.target] if args.target else []
    bin_dir = str(Path(sys.executable).parent)
    costs = logs / "costs.csv"
    if not args.dry_run:
        write_text("step,processor_s,memory_mb\n", costs)
    path = bin_dir + os.pathsep + os.environ.get("PATH", "")
    env = {**os.environ, "PATH": path, "PYTHONHASHSEED": "0", COSTS: str(costs), **membership}
    # Those from 90 on are for trying things out. A parent of steps on this machine is none on another.
    local = not (args.dry_run or profile.elsewhere)
    notebooks = sorted(root.glob("notebooks/**/[!.9]*.ipynb")) if local else []
    start = time.monotonic()
    nothing = False
    errors: list[str] = []
    progress = Progress(logs, profile.side_by_side(args.cores))
    parent = parent_of_steps(root, notebooks, env, PUBLISHING)
    with (logs / "snakemake.log").open("w", encoding="utf-8") as log, parent as found:
        process = subprocess.Popen(
            command, cwd=root, env={**env, **found}, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            errors="replace", preexec_fn=end_with_parent(),
        )  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            with suppress(OSError):  # a log that does not fit on the disk must not hide why the build failed
                log.write(line)
                log.flush()
            nothing = nothing or line.startswith("Nothing to be done")
            shown = line.rstrip() if args.dry_run else progress.feed(line.rstrip())
            if shown:
                _tell(shown)
            if "Error" in line or "Exception" in line or errors:
                errors.append(line.rstrip())
        code = process.wait()
    if not args.dry_run:
        progress.save()
    if code == 0:
        if again and not args.dry_run:
            beside.unlink(missing_ok=True)
        _tell_end(args, root, build, "Everything is up to date" if nothing else "Built", start)
        return 0
    if code < 0:
        errors = [f"the workflow was ended by signal {-code}; run the command again to go on", *errors]
    return _report_failure(failure, errors, build, root)


def _tell_end(args: argparse.Namespace, root: Path, build: Path, verb: str, start: float) -> None:
    shown = {"en": "60_report/en/html", "html": "50_chapters/out/html"}
    kind = "en" if args.language == "en" else "html" if args.target == ["html"] else ""
    report = build / shown.get(kind, "60_report/html") / "index.html"
    whole = not args.target or "report" in args.target
    where = f": {report.relative_to(root)}" if (kind or whole) and report.is_file() else ""
    print(f"{verb} ({time.monotonic() - start:.1f} s){where}")


def _report_failure(failure: Path, errors: list[str], build: Path, root: Path) -> int:
    log = (build / "logs" / "snakemake.log").relative_to(root)
    code = 1
    if failure.is_file():
        record = json.loads(failure.read_text(encoding="utf-8"))
        print(f"\n{record['step']} failed.\n{record['message']}\n\nWhole log: {record['log']}", file=sys.stderr)
        code = int(record["exit_code"])
    else:
        remedy = remedy_in("\n".join(errors))
        told = [f"The build cannot write its files: {remedy} and run the command again."] if remedy else errors[:12]
        print("\n".join(["", *told, "", f"Whole log: {log}"]), file=sys.stderr)
    if (build / "60_report").exists():
        print("The report of the last good build was left as it is.", file=sys.stderr)
    return code


def cmd_publish(args: argparse.Namespace) -> int:
    """One step of publishing; called by the workflow, which finds the reason of a failure beside the log."""
    root = project_dir()
    build = root / build_folder(args.edition, args.method)
    if lock.TOKEN in os.environ:
        lock.join(build)
        _step(args.step, args.log, args, root, build)
    else:
        with lock.hold(build, " ".join(["klastry", *sys.argv[1:]]), tell=_tell):
            _step(args.step, args.log, args, root, build)
    return 0


def _step(step: str, log: Path | None, args: argparse.Namespace, root: Path, build: Path) -> None:
    """Run a step of publishing; its time, or the reason of its failure, is written to the log."""
    from analysis.publish import steps

    start = time.monotonic()
    gc.set_threshold(*COLLECT)
    try:
        steps.run(step, project=root, edition=args.edition, build=build, method=args.method)
    except Exception as error:
        told = storage_error(error) or (error if isinstance(error, KlastryError) else None)
        if told is None:
            raise
        if not log:
            raise told from error
        record = {"step": step, "exit_code": told.exit_code, "message": str(told), "log": str(log)}
        with suppress(OSError):
            write_text(f"{told}\n", log)
            write_text(json.dumps(record, ensure_ascii=False), log.with_name("failure.json"))
        raise told from error
    if log:
        log.write_text(f"{step}: {time.monotonic() - start:.1f} s\n", encoding="utf-8")
