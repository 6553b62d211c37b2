"""Commands of the fieldwork: questionnaires, templates, made-up answers, the next edition; thin, as the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.project import build_folder, project_dir


def cmd_make_up(args: argparse.Namespace) -> int:
    """Write made-up answers for all raw files of an edition."""
    from analysis.framework import load_framework
    from analysis.madeup import Size, make_up, write_made_up
    from analysis.sources import load_edition

    data = project_dir() / "data"
    edition = load_edition(args.edition, data)
    tables = make_up(
        load_framework(edition.framework.parent), edition.framework, year=args.edition,
        instruments=edition.info.get("instruments"),
        size=Size(args.respondents, args.members), seed=args.seed, reference=data / "reference",
    )  # fmt: skip
    date = str(edition.info["publication_date"])
    write_made_up(tables, args.out, year=args.edition, seed=args.seed, date=date)
    for name, table in tables.items():
        print(f"{args.out / name}.csv: {len(table)} rows")
    if not edition.made_up:
        print(f"Made up, about nobody: an edition that uses them says `provenance: made_up`, not {edition.provenance}.")
    return 0


def _form(args: argparse.Namespace) -> Any:
    from analysis.framework import load_framework
    from analysis.questionnaire import load_form
    from analysis.sources import load_edition

    data = project_dir() / "data"
    edition = load_edition(args.edition, data)
    return load_form(load_framework(edition.framework.parent), edition.framework, args.instrument, year=args.edition)


def cmd_questionnaire(args: argparse.Namespace) -> int:
    """Write a questionnaire in the format of a survey system."""
    from analysis.framework import load_framework
    from analysis.madeup import Size, make_up
    from analysis.questionnaire import write_limesurvey, write_template, write_xlsform
    from analysis.sources import load_edition

    form = _form(args)
    if args.format == "limesurvey":
        write_limesurvey(form, args.out, language=args.language)
    elif args.format == "xlsform":
        write_xlsform(form, args.out, language=args.language)
    else:
        answers = None
        if args.example:
            data = project_dir() / "data"
            edition = load_edition(args.edition, data)
            tables = make_up(
                load_framework(edition.framework.parent), edition.framework, year=args.edition, size=Size(6, 30),
                seed=args.seed, reference=data / "reference",
            )  # fmt: skip
            first = tables[args.instrument].iloc[0].dropna()
            answers = {str(item): str(cell) for item, cell in first.items()}
        write_template(form, args.out, language=args.language, answers=answers)
    print(f"{args.out}: {len(form.questions)} questions in {len(form.sections)} sections")
    return 0


def cmd_collect(args: argparse.Namespace) -> int:
    """Put returned Excel templates into one CSV for the import."""
    from analysis.questionnaire import collect

    table = collect(args.files, _form(args), made_up=args.made_up)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(args.out, index=False, encoding="utf-8", lineterminator="\n")
    print(f"{args.out}: {len(table)} files; next: klastry import {args.out} --edition {args.edition} --propose")
    return 0


def _add_questionnaire(commands: Any) -> None:
    text = "write a questionnaire from its codebook: XLSForm, LimeSurvey, or an Excel template"
    sub = commands.add_parser("questionnaire", help=text, description=f"{text[0].upper()}{text[1:]}.")
    sub.set_defaults(function=cmd_questionnaire)
    _shared(sub)
    sub.add_argument("--format", choices=("xlsform", "limesurvey", "xlsx-template"), required=True)
    sub.add_argument("--language", choices=("pl", "en"), default="pl", help="first language (default pl)")
    sub.add_argument("--out", type=Path, required=True, help="file to write: .xlsx, for LimeSurvey .txt")
    sub.add_argument("--example", action="store_true", help="fill the Excel template with made-up answers")
    sub.add_argument("--seed", type=int, default=1, help="of the made-up answers (default 1)")
    text = "put returned Excel templates into one CSV, to be imported"
    sub = commands.add_parser("collect", help=text, description=f"{text[0].upper()}{text[1:]}.")
    sub.set_defaults(function=cmd_collect)
    _shared(sub)
    sub.add_argument("files", nargs="+", type=Path, metavar="FILE", help="filled templates (.xlsx)")
    sub.add_argument("--out", type=Path, required=True, help="CSV file to write; as confidential as the answers")
    sub.add_argument("--made-up", action="store_true", help="take examples, whose answers are made up, for a trial")


def _shared(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("--instrument", default="coordinators", help="coordinators (default), members, …")


def cmd_new_edition(args: argparse.Namespace) -> int:
    """Make the folder of the next edition."""
    from analysis.editions import make_edition
    from analysis.framework import load_framework
    from analysis.madeup import Size, make_up, write_made_up
    from analysis.sources import Edition

    data = project_dir() / "data"

    def fill(edition: Edition) -> None:
        tables = make_up(
            load_framework(edition.root), edition.framework, year=edition.year,
            size=Size(args.respondents, args.members), seed=args.seed, reference=data / "reference",
        )  # fmt: skip
        date = str(edition.info["publication_date"])
        write_made_up(tables, edition.raw, year=edition.year, seed=args.seed, date=date)

    build = project_dir() / build_folder(args.source, "default")
    made = make_edition(data, build, args.year, args.source, fill=fill if args.made_up else None)
    root = made.root.relative_to(project_dir())
    print(f"{root}: made from edition {args.source}. To be read over:")
    print(f"  {root}/edition.yaml: titles, dates, and {len(made.copied_design)} numbers marked `copied_from`")
    print(f"  {root}/years_moved.csv: {len(made.moved)} places of the framework where a year was moved on")
    print(f"  {root}/previous/comparability.csv: what may not be compared with edition {args.source}, and why")
    if args.made_up:
        print(f"Its answers are made up, for a trial. Build it: klastry build --edition {args.year}")
    else:
        print(f"Put the answers into {root}/raw, then: klastry validate --edition {args.year}")
    print("The way from here to publication: docs/new-edition.md")
    return 0


def add_fieldwork_commands(commands: Any) -> None:
    """Add `questionnaire`, `collect`, `make-up` and `new-edition` to the command line."""
    _add_questionnaire(commands)
    text = "write made-up answers, valid but about nobody, for all raw files of an edition"
    sub = commands.add_parser("make-up", help=text, description=f"{text[0].upper()}{text[1:]}.")
    sub.set_defaults(function=cmd_make_up)
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("--respondents", type=int, default=40, help="coordinators (default 40)")
    sub.add_argument("--members", type=int, default=400, help="members over all clusters (default 400)")
    sub.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (default 1)")
    sub.add_argument("--out", type=Path, required=True, help="folder for the files; real answers are not replaced")
    text = "make the folder of the next edition: its framework, dates, and what it is compared with"
    sub = commands.add_parser("new-edition", help=text, description=f"{text[0].upper()}{text[1:]}.")
    sub.set_defaults(function=cmd_new_edition)
    sub.add_argument("year", type=int, help="year of the new edition")
    sub.add_argument("--from", type=int, dest="source", required=True, metavar="YEAR", help="the edition before")
    sub.add_argument("--made-up", action="store_true", help="fill it with made-up answers, so that it builds at once")
    sub.add_argument("--respondents", type=int, default=40, help="coordinators to make up (default 40)")
    sub.add_argument("--members", type=int, default=400, help="members to make up (default 400)")
    sub.add_argument("--seed", type=int, default=1, help="of the made-up answers (default 1)")
