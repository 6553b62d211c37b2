"""Commands of the fieldwork: answers made up for a trial; thin, as the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.project import project_dir


def cmd_make_up(args: argparse.Namespace) -> int:
    """Write made-up answers for all raw files of an edition."""
    from analysis.framework import load_framework
    from analysis.madeup import Size, make_up, write_made_up
    from analysis.sources import load_edition

    data = project_dir() / "data"
    edition = load_edition(args.edition, data)
    tables = make_up(
        load_framework(data), data / "framework", year=args.edition, instruments=edition.info.get("instruments"),
        size=Size(args.respondents, args.members), seed=args.seed,
    )  # fmt: skip
    date = str(edition.info["publication_date"])
    write_made_up(tables, args.out, year=args.edition, seed=args.seed, date=date)
    for name, table in tables.items():
        print(f"{args.out / name}.csv: {len(table)} rows")
    if not edition.made_up:
        print(f"Made up, about nobody: an edition that uses them says `provenance: made_up`, not {edition.provenance}.")
    return 0


def add_fieldwork_commands(commands: Any) -> None:
    """Add `make-up` to the command line."""
    text = "write made-up answers, valid but about nobody, for all raw files of an edition"
    sub = commands.add_parser("make-up", help=text, description=f"{text[0].upper()}{text[1:]}.")
    sub.set_defaults(function=cmd_make_up)
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("--respondents", type=int, default=40, help="coordinators (default 40)")
    sub.add_argument("--members", type=int, default=400, help="members over all clusters (default 400)")
    sub.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (default 1)")
    sub.add_argument("--out", type=Path, required=True, help="folder for the files; real answers are not replaced")
