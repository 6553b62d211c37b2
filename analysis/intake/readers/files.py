"""A file → its tables, by the kind of file; personal columns are dropped here, before anything else sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analysis.errors import DataError, Problem
from analysis.intake.headings import dissect, unique
from analysis.intake.model import Column, Source
from analysis.intake.privacy import personal_heading, personal_values
from analysis.intake.readers.delimited import read_delimited
from analysis.intake.readers.spss import read_spss
from analysis.intake.readers.workbook import read_workbook

MAX_BYTES = 200_000_000
KINDS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".sav": "sav", ".zsav": "sav"}


def kind_of(path: Path) -> str:
    """Return csv, xlsx or sav, by the ending of the name.

    Raises
    ------
    DataError
        The file is not there, too large, or of another kind; says what to do.
    """
    if not path.is_file():
        raise DataError([Problem(path.name, None, None, None, "does not exist", f"looked for {path}")])
    if path.stat().st_size > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1_000_000} MB"
        raise DataError([Problem(path.name, None, None, None, message, "export fewer columns or rows")])
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        sheet = path.suffix.lower() in (".xls", ".xlsb", ".ods", ".numbers")
        remedy = "open it in Excel or LibreOffice and save it as .xlsx" if sheet else "export CSV, XLSX or SPSS (.sav)"
        raise DataError([Problem(path.name, None, None, path.suffix, "files of this kind are not read", remedy)])
    return kind


def without_personal(source: Source) -> Source:
    """Drop personal columns, and take the headings of the others apart."""
    headings = unique([c.heading for c in source.columns])
    columns = [replace(c, heading=h) for c, h in zip(source.columns, headings, strict=True)]
    keep: list[int] = []
    dropped: list[str] = []
    for i, column in enumerate(columns):
        words = [column.heading, column.text, column.code]
        if any(personal_heading(w) for w in words if w) or personal_values(source.cells(i)):
            dropped.append(column.heading)
        else:
            keep.append(i)
    kept: tuple[Column, ...] = tuple(dissect(columns[i]) for i in keep)
    rows = tuple(tuple(row[i] for i in keep) for row in source.rows)
    names = {c.heading for c in kept}
    merged = tuple(replace(m, headings=tuple(h for h in m.headings if h in names)) for m in source.merged)
    return replace(
        source, columns=kept, rows=rows, personal=tuple(dropped), merged=tuple(m for m in merged if m.headings)
    )


def read_source(
    path: Path,
    *,
    encoding: str = "",
    delimiter: str = "",
    headers: Mapping[str, Sequence[int]] | None = None,
    known: Sequence[str] = (),
) -> list[Source]:
    """Read a file.

    Parameters
    ----------
    path
        CSV (any encoding of `encoding.ENCODINGS`; comma, semicolon or tab), XLSX, or SPSS.
    encoding, delimiter
        As the mapping states them; '' finds them by rule.
    headers
        For workbooks: rows of the header by sheet, as the mapping states them; a sheet without an entry is searched.
    known
        Texts and codes of the codebooks, by which the header of a workbook is found.

    Returns
    -------
    One source for each table with at least one column: one, or one for each sheet of a workbook.

    Raises
    ------
    DataError
        The file cannot be opened or cut into cells.
    """
    kind = kind_of(path)
    if kind == "csv":
        tables = [read_delimited(path, encoding=encoding, delimiter=delimiter)]
    elif kind == "sav":
        tables = [read_spss(path)]
    else:
        tables = read_workbook(path, headers=headers or {}, known=known)
    return [without_personal(table) for table in tables]
