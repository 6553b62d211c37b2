"""The command `klastry`: thin, every sub-command calls one function and turns its errors into exit codes."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from analysis import __version__
from analysis.cli_audit import add_audit_command
from analysis.cli_engine import add_engine_commands
from analysis.errors import ConfigError, KlastryError
from analysis.project import build_folder, project_dir

TARGETS = ("report", "validation", "indicators", "scores", "analyses", "chapters", "individual", "english")
LOST_ROWS_SHOWN = 20  # by `klastry reproduce`; a new reconstruction can lose hundreds


# ---------------------------------------------------------------------------------------------------------------- build


def _progress(line: str) -> str | None:
    """Turn a line of the workflow engine into what a person wants to see, or None."""
    done = re.match(r"(\d+) of (\d+) steps \((\d+)%\) done", line)
    if done:
        return f"  {done[1]}/{done[2]} steps"
    return None


def cmd_build(args: argparse.Namespace) -> int:
    """Run the workflow; only what is stale runs again."""
    from analysis.config import load_method
    from analysis.sources import load_edition

    root = project_dir()
    load_edition(args.edition, root / "data")
    off_scale = load_method(args.method, root / "config").off_scale()
    unknown = [t for t in args.target if t not in TARGETS]
    if args.language == "en":
        args.target = ["english"]
    if unknown:
        raise ConfigError(f"unknown target {', '.join(unknown)}; targets: {', '.join(TARGETS)}")
    if off_scale and not (args.target and set(args.target) <= {"validation", "indicators", "scores"}):
        raise ConfigError(
            f"method `{args.method}`: {', '.join(off_scale)} gives scores outside the scale from 0 to 1, for which "
            f"the figures and texts of the report are made; compute its scores (klastry build --method {args.method} "
            f"scores) and compare them (klastry compare default {args.method})"
        )
    build = root / build_folder(args.edition, args.method)
    logs = build / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    failure = logs / "failure.json"
    failure.unlink(missing_ok=True)
    if not (build / "60_report" / "html" / "index.html").is_file():
        (logs / "60_report.done").unlink(missing_ok=True)  # the stamp stands for a folder that somebody removed
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", "workflow/Snakefile", "--cores", str(args.cores),
        "--config", f"edition={args.edition}", f"method={args.method}", "--rerun-incomplete", "--nocolor",
    ]  # fmt: skip
    command += ["--dry-run"] if args.dry_run else []
    command += ["--forceall"] if args.force else []
    command += [*args.target] if args.target else []
    bin_dir = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": bin_dir + os.pathsep + os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    start = time.monotonic()
    nothing = False
    errors: list[str] = []
    with (logs / "snakemake.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=root, env=env, stdout=None, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert process.stderr is not None
        for line in process.stderr:
            log.write(line)
            nothing = nothing or line.startswith("Nothing to be done")
            shown = line.rstrip() if args.dry_run else _progress(line.rstrip())
            if shown:
                print(shown, flush=True)
            if "Error" in line or "Exception" in line or errors:
                errors.append(line.rstrip())
        code = process.wait()
    if code == 0:
        report = build / "60_report" / "html" / "index.html"
        report = build / "60_report/en/html/index.html" if args.language == "en" else report
        shown_path = not args.target or args.language == "en"
        where = f": {report.relative_to(root)}" if shown_path and report.is_file() else ""
        verb = "Everything is up to date" if nothing else "Built"
        print(f"{verb} ({time.monotonic() - start:.1f} s){where}")
        return 0
    return _report_failure(failure, errors, build, root)


def _report_failure(failure: Path, errors: list[str], build: Path, root: Path) -> int:
    log = (build / "logs" / "snakemake.log").relative_to(root)
    code = 1
    if failure.is_file():
        record = json.loads(failure.read_text(encoding="utf-8"))
        print(f"\n{record['step']} failed.\n{record['message']}\n\nWhole log: {record['log']}", file=sys.stderr)
        code = int(record["exit_code"])
    else:
        print("\n".join(["", *errors[:12], "", f"Whole log: {log}"]), file=sys.stderr)
        if any("locked" in line.lower() or "lock" in line.lower() for line in errors[:12]):
            print("If no other build is running: .venv/bin/snakemake -s workflow/Snakefile --unlock", file=sys.stderr)
    if (build / "60_report").exists():
        print("The report of the last good build was left as it is.", file=sys.stderr)
    return code


# ------------------------------------------------------------------------------------------------------------- raw data


def cmd_validate(args: argparse.Namespace) -> int:
    """List all problems of the raw data."""
    from analysis.framework import load_framework
    from analysis.ingest import validation_report
    from analysis.sources import load_edition

    root = project_dir()
    print(validation_report(load_edition(args.edition, root / "data"), load_framework(root / "data")))
    return 0


def cmd_seal(args: argparse.Namespace) -> int:
    """Record the content of the raw files in their sidecars."""
    from analysis.sources import load_edition, seal

    edition = load_edition(args.edition, project_dir() / "data")
    for path in sorted(edition.raw.glob("*.csv")):
        if ".unmet" not in path.name:
            print(f"{path.name}: {'recorded' if seal(path) else 'unchanged'}")
    return 0


# --------------------------------------------------------------------------------------------------------- reproduction


def cmd_reproduce(args: argparse.Namespace) -> int:
    """Print the rates of the ledger; exit 1 if a row that matched no longer does."""
    import pandas as pd

    from analysis.reproduction import ledger

    root = project_dir()
    path = root / build_folder(args.edition, args.method) / "40_analyses" / "reproduction.csv"
    if not path.is_file():
        raise ConfigError(f"{path.relative_to(root)} is not there yet; run: klastry build analyses")
    current = pd.read_csv(path, dtype=str, keep_default_na=False)
    print(ledger.format_summary(ledger.summarise(current)))
    baseline = root / "data" / "editions" / str(args.edition) / "reproduction_baseline.csv"
    if args.accept:
        ledger.write_baseline(current, baseline)
        print(f"Accepted as the state to keep: {baseline.relative_to(root)}")
        return 0
    if not baseline.is_file():
        print("No accepted state to compare with; record one with: klastry reproduce --accept")
        return 0
    lost = ledger.regressions(pd.read_csv(baseline, dtype=str, keep_default_na=False), current)
    if lost.empty:
        print("No row that matched before has been lost.")
        return 0
    shown = lost.head(LOST_ROWS_SHOWN).to_string(index=False)
    more = len(lost) - LOST_ROWS_SHOWN
    rest = f"\n… and {more} more, between {baseline.relative_to(root)} and {path.relative_to(root)}" if more > 0 else ""
    print(f"{len(lost)} row(s) matched before and no longer do:\n{shown}{rest}", file=sys.stderr)
    return 1


def cmd_audit_published(args: argparse.Namespace) -> int:
    """Check a folder of published tables for numbers that cannot hold together; exit 1 if there are any."""
    from analysis.reproduction import consistency, ledger, proofs

    findings = consistency.audit_published(args.folder)
    contradicted = findings[findings["verdict"] == "contradicted"]
    for row in contradicted.itertuples():
        print(f"{row.id}: {row.statement} — {row.explanation} (lines {row.source_lines})")
    print(f"{len(findings)} checks, {len(contradicted)} contradictions")
    proved = proofs.prove_published(args.folder)
    table = proofs.contradictions_table(proved)
    for proof in table.to_dict("records"):
        print(f"\n{proof['id']} ({proof['severity']})\n  cannot hold together: {proof['cannot_hold']}")
        print(f"  repair: {proof['repair'] or 'no cheap one found'}\n  lines: {proof['lines'].replace(';', ', ')}")
    for key in proved.undecided:
        print(f"\n{key}: undecided within the time limit; nothing is claimed")
    print(f"\n{proved.statements} statements and relations, {len(table)} contradictions proved")
    if args.out:
        from analysis.workspace import write_csv

        write_csv(findings, args.out)
        write_csv(table, args.out.with_name(f"{args.out.stem}_proofs.csv"))
        write_csv(proofs.statements_table(proved), args.out.with_name(f"{args.out.stem}_statements.csv"))
    # of the two readings of area scores one must fail; whether the stated one does is among the proofs
    beyond_readings = ~contradicted["kind"].isin(ledger.READINGS_OF_METHOD)
    return int(bool(beyond_readings.any()) or len(table) > 0)


def cmd_reconstruct(args: argparse.Namespace) -> int:
    """Make the reconstructed answers anew from the published statistics, or search the labels they rest on."""
    from analysis.reproduction.reconstruct import reconstruct_edition, search_labels

    def progress(message: str) -> None:
        print(message, flush=True)

    data = project_dir() / "data"
    if args.search_labels:
        search_labels(data, args.edition, seed=args.seed, progress=progress)
        return 0
    stages = project_dir() / "build" / str(args.edition) / "reconstruction"
    reconstruct_edition(data, args.edition, seed=args.seed, out_dir=args.out, stages_dir=stages, progress=progress)
    return 0


# ----------------------------------------------------------------------------------------------------------- publishing


def cmd_publish(args: argparse.Namespace) -> int:
    """One step of publishing; called by the workflow, which finds the reason of a failure beside the log."""
    from analysis.publish import steps

    root = project_dir()
    build = root / build_folder(args.edition, args.method)
    start = time.monotonic()
    try:
        steps.run(args.step, project=root, edition=args.edition, build=build, method=args.method)
    except KlastryError as error:
        if args.log:
            record = {"step": args.step, "exit_code": error.exit_code, "message": str(error), "log": str(args.log)}
            args.log.parent.mkdir(parents=True, exist_ok=True)
            args.log.write_text(f"{error}\n", encoding="utf-8")
            args.log.with_name("failure.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            return error.exit_code
        raise
    if args.log:
        args.log.write_text(f"{args.step}: {time.monotonic() - start:.1f} s\n", encoding="utf-8")
    return 0


def cmd_quarto(args: argparse.Namespace) -> int:
    """Write the chapters as a Quarto book and render it where quarto is on PATH."""
    from analysis.publish import steps

    root = project_dir()
    build = root / build_folder(args.edition, args.method)
    steps.run("quarto", project=root, edition=args.edition, build=build, method=args.method)
    return 0


def cmd_generated(args: argparse.Namespace) -> int:
    """Write, or check, the files that are generated from others."""
    from analysis.generated import generated_files

    root = project_dir()
    stale = []
    for path, content in generated_files(root).items():
        target = root / path
        if not target.is_file() or target.read_text(encoding="utf-8") != content:
            stale.append(str(path))
            if not args.check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content, encoding="utf-8")
    if args.check and stale:
        raise ConfigError(f"out of date: {', '.join(stale)}; run: klastry generated")
    print(f"generated files: {'written ' + ', '.join(stale) if stale else 'up to date'}")
    return 0


# ----------------------------------------------------------------------------------------------------------------- main


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="klastry", description="The reproducible edition: from raw answers to the report."
    )
    parser.add_argument("--version", action="version", version=f"klastry {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, function: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
        sub.set_defaults(function=function)
        return sub

    sub = add("build", cmd_build, "run the workflow: only what is stale runs again")
    sub.add_argument("--method", default="default", help="method file under config/method/ (default: default)")
    sub.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1), help="notebooks run side by side")
    sub.add_argument("--dry-run", action="store_true", help="show what would run and why")
    sub.add_argument("--force", action="store_true", help="run everything again")
    sub.add_argument(
        "--language", choices=["pl", "en"], default="pl", help="en: the English edition as well, from the same numbers"
    )
    sub.add_argument("target", nargs="*", metavar="TARGET", help=f"one of: {', '.join(TARGETS)}")

    add_engine_commands(commands)
    add_audit_command(commands)

    add("validate", cmd_validate, "list all problems of the raw data, each with file, row, column, value and remedy")
    add("seal", cmd_seal, "record the content of changed raw files in their sidecars")

    sub = add("reproduce", cmd_reproduce, "print how much of the printed edition is reproduced")
    sub.add_argument("--method", default="default")
    sub.add_argument("--accept", action="store_true", help="record the present state as the one to keep")

    sub = add("audit-published", cmd_audit_published, "check a folder of published tables for contradictions")
    sub.add_argument("folder", type=Path)
    sub.add_argument("--out", type=Path, help="write all findings to this CSV file, proofs beside it")

    sub = add("reconstruct", cmd_reconstruct, "make the reconstructed answers anew from the published statistics")
    sub.add_argument("--seed", type=int, default=2024)
    sub.add_argument(
        "--out", type=Path, help="folder for the files (default: the edition's raw/), to compare them first"
    )
    sub.add_argument(
        "--search-labels",
        action="store_true",
        help="search which groups meet in a respondent (long) and replace reproduction/labels.csv; answers are kept",
    )

    sub = add("publish", cmd_publish, "one step of publishing (used by the workflow)")
    sub.add_argument("--method", default="default")
    sub.add_argument("--log", type=Path, help="where the workflow looks for the reason of a failure")
    sub.add_argument("step")

    sub = add("quarto", cmd_quarto, "write the chapters as a Quarto book and render it where quarto is installed")
    sub.add_argument("--method", default="default")

    sub = add(
        "generated", cmd_generated, "write the files generated from others (schema, environment.yml, exhibit table)"
    )
    sub.add_argument("--check", action="store_true", help="only check, exit 2 if one is out of date")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code (0 fine, 1 a step failed, 2 input or configuration is wrong)."""
    args = _parser().parse_args(argv)
    try:
        code = int(args.function(args))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader of a pipe (`klastry reproduce | head`) has enough: no fault, and nothing may be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KlastryError as error:
        print(f"klastry {args.command}: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
