"""The command that imports survey exports; thin, as the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.errors import ConfigError
from analysis.project import project_dir

_WORDS = {
    "en": {
        "encoding": "{source}: encoding {encoding}, delimiter {delimiter!r}",
        "sheet": "sheet {sheet!r}: ",
        "counts": "{instrument}: {sure} columns matched, {open} to decide, {none} left out; {answers_open} spellings "
        "of answers to decide; {items_without_column} items of the codebook have no column",
        "personal": "not read, because they hold personal data: {names}",
        "check": "{mapping}: check it, set `checked: true` and `checked_by`, then import without --propose",
        "rows": "{path}: {kept} of {read} rows",
        "report": "{path}: what was changed (import_report.md first; confidential, as the answers are)",
        "validate": "next: klastry validate --edition {year}",
        "compare": "next: compare, then import into raw/",
    },
    "pl": {
        "encoding": "{source}: kodowanie {encoding}, separator {delimiter!r}",
        "sheet": "arkusz {sheet!r}: ",
        "counts": "{instrument}: kolumny dopasowane: {sure}, do rozstrzygnięcia: {open}, pominięte: {none}; zapisy "
        "odpowiedzi do rozstrzygnięcia: {answers_open}; pozycje książki kodów bez kolumny: {items_without_column}",
        "personal": "nie wczytano, bo zawierają dane osobowe: {names}",
        "check": "{mapping}: sprawdź, ustaw `checked: true` i `checked_by`, a potem zaimportuj bez --propose",
        "rows": "{path}: wiersze {kept} z {read}",
        "report": "{path}: co zmieniono (najpierw import_report.md; poufne jak odpowiedzi)",
        "validate": "teraz: klastry validate --edition {year}",
        "compare": "teraz: porównaj, a potem zaimportuj do raw/",
    },
}


def _shown(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def cmd_import(args: argparse.Namespace) -> int:
    """Propose the mapping of a source, or import the source by its checked mapping."""
    from analysis.framework import load_framework
    from analysis.intake import import_source, propose
    from analysis.sources import load_edition

    root = project_dir()
    edition = load_edition(args.edition, root / "data")
    framework, folder = load_framework(edition.framework.parent), edition.framework

    def told(key: str, **values: object) -> str:
        return _WORDS[args.lang][key].format(**values)

    mapping = args.mapping or edition.root / "import" / f"{args.source.stem}.yaml"
    if args.propose:
        proposal = propose(
            args.source, mapping, framework, folder, instrument=args.instrument or "", encoding=args.encoding or "",
            delimiter={"tab": "\t"}.get(args.delimiter or "", args.delimiter or ""),
        )  # fmt: skip
        own = proposal.mapping
        if own.encoding:
            print(told("encoding", source=own.source, encoding=own.encoding, delimiter=own.delimiter))
        for one in proposal.counts:
            print((told("sheet", sheet=one["sheet"]) if one["sheet"] else "") + told("counts", **one))
        if proposal.personal:
            print(told("personal", names=", ".join(proposal.personal)))
        print(told("check", mapping=_shown(mapping, root)))
        return 0
    if args.out is None and edition.reconstructed:
        raise ConfigError(
            f"edition {edition.year} holds reconstructed answers, which an import would replace; set "
            "`provenance: survey` in edition.yaml first, or write elsewhere with --out DIR"
        )
    raw = args.out or edition.raw
    confidential = args.confidential or (raw / "confidential" if args.out else edition.root / "confidential")
    result = import_source(
        args.source,
        mapping,
        framework,
        folder,
        raw=raw,
        confidential=confidential,
        overwrite=args.replace,
        lang=args.lang,
    )
    for table, path in zip(result.imported, result.written, strict=True):
        print(told("rows", path=_shown(path, root), kept=len(table.table), read=table.rows_read))
    print(told("report", path=_shown(result.report, root)))
    print(told("validate", year=edition.year) if args.out is None else told("compare"))
    return 0


def add_import_command(commands: Any) -> None:
    """Add `import` to the command line."""
    text = "import a survey export (LimeSurvey, SPSS, XLSX, CSV) into raw files, by a mapping that a person has checked"
    sub = commands.add_parser(
        "import",
        help=text,
        description=f"{text[0].upper()}{text[1:]}. First with --propose, which writes the mapping; then without. "
        "Tokens, addresses and names are dropped when the file is read. Nothing is written while a cell is unread.",
    )
    sub.set_defaults(function=cmd_import)
    sub.add_argument("source", type=Path, metavar="SOURCE", help="the export: .csv, .xlsx or .sav")
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("--mapping", type=Path, help="the mapping (default: import/<source>.yaml of the edition)")
    sub.add_argument("--propose", action="store_true", help="write the mapping proposed for the source")
    sub.add_argument("--instrument", help="with --propose: the codebook, where it cannot be told from the columns")
    sub.add_argument("--encoding", help="with --propose: utf-8, cp1250, …, where it cannot be told from the bytes")
    sub.add_argument("--delimiter", help="with --propose: , ; or tab, where it cannot be told from the rows")
    sub.add_argument("--out", type=Path, help="folder for the raw files (default: raw/ of the edition)")
    sub.add_argument("--confidential", type=Path, help="folder of link and report (default: the edition's)")
    sub.add_argument("--replace", action="store_true", help="replace raw files that hold other answers")
    sub.add_argument("--lang", choices=("en", "pl"), default="en", help="language of messages and report")
