"""Propose a mapping of a file, or import the file by a checked one; nothing is written unless everything can be."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.errors import ConfigError, DataError, Problem, suggest
from analysis.framework import Framework
from analysis.intake.codebook import Codebook, known_texts, load_codebooks
from analysis.intake.convert import Imported, convert
from analysis.intake.identity import LINK, SALT, load_link
from analysis.intake.mapping import Mapping, TableRule, load_mapping, mapping_text
from analysis.intake.messages import say
from analysis.intake.model import Source
from analysis.intake.propose import Proposal, propose_mapping
from analysis.intake.readers import read_source
from analysis.intake.report import write_report
from analysis.sources import sha256, sidecar_path


@dataclass(frozen=True)
class Result:
    """What an import did: the tables, the raw files written, and the folder of its report."""

    imported: list[Imported]
    written: list[Path]
    report: Path


def propose(
    path: Path,
    mapping_path: Path,
    framework: Framework,
    framework_dir: Path,
    *,
    instrument: str = "",
    encoding: str = "",
    delimiter: str = "",
) -> Proposal:
    """Read a file and write the mapping proposed for it.

    Raises
    ------
    ConfigError
        There is a mapping already (it may hold decisions of a person), or nothing in the file is recognised.
    DataError
        The file cannot be read.
    """
    if mapping_path.exists():
        raise ConfigError(f"{mapping_path} exists and may hold decisions; remove or rename it to propose it anew")
    codebooks = load_codebooks(framework, framework_dir)
    sources = read_source(path, encoding=encoding, delimiter=delimiter, known=known_texts(codebooks))
    proposal = propose_mapping(sources, codebooks, instrument=instrument)
    mapping_path.parent.mkdir(parents=True, exist_ok=True)
    draft = mapping_path.with_name(mapping_path.name + ".part")
    draft.write_text(mapping_text(proposal.mapping), encoding="utf-8", newline="\n")
    draft.replace(mapping_path)
    return proposal


def _require_checked(mapping: Mapping, path: Path) -> None:
    if not mapping.checked or not mapping.checked_by.strip():
        absent = "checked: true" if not mapping.checked else "a name under `checked_by`"
        raise ConfigError(
            f"{path} has not been checked by a person ({absent} is missing). Go through its columns, decide what is "
            "marked '?', then set `checked: true` and `checked_by: <your name>` and run the import again"
        )


def _source_of(rule: TableRule, sources: Sequence[Source], lang: str) -> Source | Problem:
    for source in sources:
        if source.sheet == rule.sheet:
            return source
    if len(sources) == 1 and not rule.sheet:
        return sources[0]
    near = suggest(rule.sheet, [s.sheet for s in sources])
    message, remedy = say("sheet_gone", lang, sheet=rule.sheet, near=near)
    return Problem(sources[0].file, None, None, None, message, remedy)


def _in_order(tables: Sequence[TableRule], codebooks: dict[str, Codebook]) -> list[TableRule]:
    """Put instruments that others refer to first, so that their respondents have numbers."""
    for rule in tables:
        if rule.instrument not in codebooks:
            known = suggest(rule.instrument, list(codebooks))
            raise ConfigError(f"the mapping names the instrument `{rule.instrument}`, which has no codebook{known}")
    names = [rule.instrument for rule in tables]
    double = sorted({n for n in names if names.count(n) > 1})
    if double:
        raise ConfigError(f"the mapping has two tables for {', '.join(double)}; one raw file has one source")
    return sorted(tables, key=lambda rule: bool(codebooks[rule.instrument].reference))


def _sidecar(path: Path, source: Path, mapping: Mapping, rows: int) -> str:
    record = {
        "title": path.stem,
        "origin": "survey",
        "description": f"{rows} rows imported from {source.name}; mapping checked by {mapping.checked_by}",
        "licence": "confidential",
        "imported_from": {"file": source.name, "sha256": sha256(source)},
        "sha256": sha256(path),
    }
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=10_000)


def _move(pairs: Sequence[tuple[Path, Path]], spare: Path) -> None:
    """Put finished files in their places; if one cannot be moved, all places hold again what they held."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (new, place) in enumerate(pairs):
            place.parent.mkdir(parents=True, exist_ok=True)
            kept = spare / str(number) if place.exists() else None
            if kept is not None:
                shutil.copy2(place, kept)
            new.replace(place)
            done.append((place, kept))
    except OSError as error:
        for place, kept in reversed(done):
            if kept is None:
                place.unlink(missing_ok=True)
            else:
                shutil.copy2(kept, place)
        raise ConfigError(f"the files cannot be written ({error}); everything is as it was before") from error


def import_source(
    path: Path,
    mapping_path: Path,
    framework: Framework,
    framework_dir: Path,
    *,
    raw: Path,
    confidential: Path,
    replace: bool = False,
    lang: str = "en",
    salt: bytes | None = None,
) -> Result:
    """Import a file by its checked mapping.

    Parameters
    ----------
    path, mapping_path
        The file and its mapping.
    framework, framework_dir
        Codebooks, and the folder with `instruments.csv`.
    raw
        Folder of the raw files, with their sidecars.
    confidential
        Folder of the link between respondents and numbers, and of the report.
    replace
        Whether raw files that differ may be replaced.
    lang
        Language of messages and report: en or pl.
    salt
        See `identity.load_link`.

    Raises
    ------
    ConfigError
        The mapping is not well formed or nobody has checked it; a raw file is there already and differs.
    DataError
        Every cell, row and column that cannot be read. Nothing has been written then.
    """
    mapping = load_mapping(mapping_path)
    _require_checked(mapping, mapping_path)
    codebooks = load_codebooks(framework, framework_dir)
    headers = {rule.sheet: rule.header_rows for rule in mapping.tables if rule.header_rows}
    sources = read_source(
        path, encoding=mapping.encoding, delimiter=mapping.delimiter, headers=headers, known=known_texts(codebooks)
    )
    link = load_link(confidential, salt=salt)
    imported: list[Imported] = []
    problems: list[Problem] = []
    for rule in _in_order(mapping.tables, codebooks):
        source = _source_of(rule, sources, lang)
        if isinstance(source, Problem):
            problems.append(source)
            continue
        one = convert(source, rule, codebooks[rule.instrument], link, lang=lang)
        imported.append(one)
        problems += one.problems
    if problems:
        raise DataError(problems)
    report = confidential / "import" / path.stem
    raw.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=raw.parent, prefix=".import-") as temporary:
        work = Path(temporary)
        (work / "spare").mkdir()
        pairs: list[tuple[Path, Path]] = []
        clashes = []
        for one in imported:
            new, place = work / f"{one.instrument}.csv", raw / f"{one.instrument}.csv"
            one.table.to_csv(new, index=False, lineterminator="\n", encoding="utf-8")
            if place.is_file() and place.read_bytes() != new.read_bytes() and not replace:
                clashes.append(place.name)
            side = sidecar_path(new)
            side.write_text(_sidecar(new, path, mapping, len(one.table)), encoding="utf-8", newline="\n")
            pairs += [(new, place), (side, sidecar_path(place))]
        if clashes:
            raise ConfigError(
                f"{raw} holds other answers in {', '.join(clashes)}; move them away, or add --replace to the command"
            )
        for name, content in ((LINK, link.text()), (SALT, link.salt.decode() + "\n")):
            (work / name).write_text(content, encoding="utf-8", newline="\n")
            pairs.append((work / name, confidential / name))
        names = write_report(work, imported, source=path.name, checked_by=mapping.checked_by, lang=lang)
        pairs += [(work / name, report / name) for name in names]
        _move(pairs, work / "spare")
    return Result(imported, [raw / f"{one.instrument}.csv" for one in imported], report)
