"""CSV as people send it: the encoding and the separator are found by rules, which the mapping then states.

Encoding: a byte-order mark decides; else strict UTF-8; else cp1250 or ISO-8859-2, by the bytes of Polish letters that
only one of them has. Separator: the one of comma, semicolon, tab that cuts the first rows into equally many cells.
Where a rule does not decide, a person has to.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from analysis.errors import DataError, Problem
from analysis.intake.model import Column, Source

ENCODINGS = ("utf-8-sig", "utf-8", "cp1250", "iso-8859-2", "utf-16")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
# ą ś ź and Ą Ś Ź: the six letters that the two code pages put on different bytes.
_CP1250 = frozenset(b"\xb9\x9c\x9f\xa5\x8c\x8f")
_ISO = frozenset(b"\xb1\xb6\xbc\xa1\xa6\xac")
_ROWS_LOOKED_AT = 50


def find_encoding(data: bytes, file: str) -> tuple[str, str]:
    """Return the encoding and why.

    Raises
    ------
    DataError
        The bytes are not UTF-8, and no Polish letter says which code page they are in.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", "byte-order mark"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "byte-order mark"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", "every byte is valid UTF-8" if any(b > 127 for b in data) else "no letter beyond ASCII"
    count = Counter(data)
    cp1250, iso = sum(count[b] for b in _CP1250), sum(count[b] for b in _ISO)
    if cp1250 > iso:
        return "cp1250", f"not UTF-8; {cp1250} Polish letters as Windows writes them, {iso} as ISO-8859-2"
    if iso > cp1250:
        return "iso-8859-2", f"not UTF-8; {iso} Polish letters of ISO-8859-2, {cp1250} as Windows writes them"
    message = "is not UTF-8, and nothing in it says which code page it is in"
    remedy = f"state `encoding:` in the mapping or with --encoding: {', '.join(ENCODINGS)}"
    raise DataError([Problem(file, None, None, None, message, remedy)])


def find_delimiter(text: str, file: str) -> tuple[str, str]:
    """Return the separator and why.

    Raises
    ------
    DataError
        No separator, or more than one, cuts the rows into the same number of cells.
    """
    fits: dict[str, int] = {}
    for mark in DELIMITERS:
        widths = set()
        try:
            for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)):
                if number >= _ROWS_LOOKED_AT:
                    break
                if row:
                    widths.add(len(row))
        except csv.Error:
            continue
        if len(widths) == 1 and (width := widths.pop()) > 1:
            fits[mark] = width
    if len(fits) == 1:
        mark, width = next(iter(fits.items()))
        return mark, f"cuts every row into {width} cells"
    found = "no separator cuts the rows into the same number of cells"
    if fits:
        names = " and ".join(f"{DELIMITERS[m]} ({n} cells)" for m, n in fits.items())
        found = f"several separators cut the rows evenly: {names}"
    remedy = "state `delimiter:` in the mapping or with --delimiter: ',' ';' or tab"
    raise DataError([Problem(file, None, None, None, found, remedy)])


def read_delimited(path: Path, *, encoding: str = "", delimiter: str = "") -> Source:
    """Read a CSV file; encoding and separator as given, or by rule. Cells are text, an empty cell is None."""
    data = path.read_bytes()
    why_encoding = why_delimiter = "as stated"
    if not encoding:
        encoding, why_encoding = find_encoding(data, path.name)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        remedy = f"correct `encoding:` in the mapping: {', '.join(ENCODINGS)}"
        problem = Problem(path.name, None, None, None, f"cannot be read as {encoding} ({error})", remedy)
        raise DataError([problem]) from None
    if not text.strip():
        raise DataError([Problem(path.name, None, None, None, "is empty", "export it again")])
    if not delimiter:
        delimiter, why_delimiter = find_delimiter(text, path.name)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = "close the quotation mark; a quotation mark inside a cell is written twice"
        problem = Problem(path.name, line, None, None, f"the quotation marks cannot be read ({error})", remedy)
        raise DataError([problem]) from None
    width = len(rows[0])
    problems = [
        Problem(path.name, at, None, None, f"the row has {len(row)} cells, the header {width}", "repair the export")
        for row, at in zip(rows, lines, strict=True)
        if len(row) != width
    ]
    if problems:
        raise DataError(problems)
    notes = (
        ("encoding", encoding, why_encoding),
        ("encoding", DELIMITERS.get(delimiter, repr(delimiter)), why_delimiter),
    )
    return Source(
        file=path.name,
        kind="csv",
        columns=tuple(Column(" ".join(h.split()), letter=str(i)) for i, h in enumerate(rows[0], start=1)),
        rows=tuple(tuple(cell if cell.strip() else None for cell in row) for row in rows[1:]),
        lines=tuple(lines[1:]),
        header_rows=(lines[0],),
        encoding=encoding,
        delimiter=delimiter,
        notes=notes,
    )
