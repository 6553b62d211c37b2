"""SPSS files: labels of variables and values, values and ranges that the file declares as missing, dates."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyreadstat

from analysis.errors import DataError, Problem
from analysis.intake.model import Column, Source, number_text

MAX_CELLS = 20_000_000


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (datetime, date, int)):
        return value
    if isinstance(value, float):
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    return str(value)


def _key(value: object) -> str:
    return number_text(float(value)) if isinstance(value, (int, float)) else str(value).strip()


def read_spss(path: Path) -> Source:
    """Read an SPSS file; values stay codes (their labels are in `Column.values`), user-missing values stay as well.

    Raises
    ------
    DataError
        The file is not an SPSS file.
    """
    try:
        _, size = pyreadstat.read_sav(str(path), metadataonly=True)
        if (size.number_rows or 0) * len(size.column_names) > MAX_CELLS:
            message = f"has {size.number_rows} × {len(size.column_names)} cells, at most {MAX_CELLS} are read"
            raise DataError([Problem(path.name, None, None, None, message, "export fewer columns or rows")])
        data, meta = pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        problem = Problem(path.name, None, None, None, f"cannot be read as an SPSS file ({error})", "export it again")
        raise DataError([problem]) from None
    columns = []
    for number, name in enumerate(meta.column_names, start=1):
        ranges: list[dict[str, Any]] = meta.missing_ranges.get(name, [])  # type: ignore[assignment]
        single = [r["lo"] for r in ranges if r["lo"] == r["hi"]]
        spans = [(float(r["lo"]), float(r["hi"])) for r in ranges if r["lo"] != r["hi"]]
        columns.append(
            Column(
                heading=name,
                letter=str(number),
                text=" ".join((meta.column_names_to_labels.get(name) or "").split()),
                values={_key(k): str(v).strip() for k, v in meta.variable_value_labels.get(name, {}).items()},
                missing=tuple(_key(v) for v in single),
                missing_ranges=tuple(spans),
            )
        )
    cells = [[_cell(v) for v in data[name]] for name in meta.column_names]
    rows = tuple(zip(*cells, strict=True)) if cells else ()
    return Source(
        file=path.name,
        kind="sav",
        columns=tuple(columns),
        rows=rows,
        lines=tuple(range(1, len(rows) + 1)),
        header_rows=(),
        encoding=str(meta.file_encoding or ""),
    )
