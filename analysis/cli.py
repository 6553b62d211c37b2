"""The command `klastry`: thin, every sub-command calls one function and turns its errors into exit codes."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from analysis import __version__
from analysis.cli_audit import add_audit_command
from analysis.cli_build import TARGETS, cmd_build, cmd_publish
from analysis.cli_engine import add_engine_commands
from analysis.cli_fieldwork import add_fieldwork_commands
from analysis.cli_import import add_import_command
from analysis.errors import ConfigError, KlastryError
from analysis.files import storage_error
from analysis.project import build_folder, project_dir

LOST_ROWS_SHOWN = 20  # by `klastry reproduce`; a new reconstruction can lose hundreds


# ------------------------------------------------------------------------------------------------------------- raw data


def cmd_validate(args: argparse.Namespace) -> int:
    """Say everything that is wrong or odd in the raw data; exit 2 if something has to be mended."""
    from analysis.framework import load_framework
    from analysis.ingest import default_language, inspect_edition, terminal_report, write_workbook
    from analysis.sources import load_edition

    edition = load_edition(args.edition, project_dir() / "data")
    language = args.language or default_language(os.environ, edition.info.get("report_languages", []))
    found = inspect_edition(edition, load_framework(edition.framework.parent))
    print(terminal_report(found, language, shutil.get_terminal_size((140, 24)).columns))
    if args.xlsx:
        write_workbook(found, args.xlsx, language)
        print(args.xlsx)
    return 2 if found.problems else 0


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
        print(f"\n{key}: undecided, its patterns are too many; nothing is claimed")
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


def make_parser() -> argparse.ArgumentParser:
    """Return the command line with all commands and options."""
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
        "--wait", type=float, default=0, metavar="SECONDS", help="wait so long for a build that is running (default 0)"
    )
    sub.add_argument(
        "--language", choices=["pl", "en"], default="pl", help="en: the English edition as well, from the same numbers"
    )
    sub.add_argument(
        "--profile",
        metavar="NAME",
        help="where steps run: a folder of workflow/profiles, or any (local, slurm, kubernetes)",
    )
    sub.add_argument("--watch", action="store_true", help="build again whenever a source changes and show the site")
    sub.add_argument("--port", type=int, help="port of the page that --watch shows (default 8765, or a free one)")
    sub.add_argument("target", nargs="*", metavar="TARGET", help=f"a notebook, or: {', '.join(TARGETS)}")

    add_engine_commands(commands)
    add_audit_command(commands)
    add_fieldwork_commands(commands)

    add_import_command(commands)
    sub = add("validate", cmd_validate, "list all problems of the raw data: where, what is wrong, what to do")
    sub.add_argument("--language", choices=("pl", "en"), help="language of the messages (default: the shell's)")
    sub.add_argument("--xlsx", type=Path, help="also write copies of the raw tables with the cells marked")
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
    args = make_parser().parse_args(argv)
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
    except Exception as error:
        told = storage_error(error)
        if told is None:
            raise
        print(f"klastry {args.command}: {told}", file=sys.stderr)
        return told.exit_code
    except KeyboardInterrupt:
        print(f"\nklastry {args.command}: interrupted; run it again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
