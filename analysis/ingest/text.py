"""Bytes of a raw CSV file → a table of text cells that remembers the line of every row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import Problem
from analysis.messages import say

BOM = b"\xef\xbb\xbf"
LARGEST = 200_000_000  # bytes of a raw file; a survey of a thousand clusters would have a tenth
LONGEST = 100_000  # characters of a cell; the CSV reader itself stops at 131,072
# Nobody types these: control characters, marks that turn the direction of text round, values that are no characters.
UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True)
class RawTable:
    """A raw file read but not yet understood.

    `cells` holds text, empty cells missing, default index; `lines` the line of each row in the file (header: 1).
    """

    file: str
    cells: pd.DataFrame
    lines: pd.Series


def _decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """Decode strictly; name the first byte that is not UTF-8 and how many lines have one."""
    data = data.removeprefix(BOM)
    for mark, name in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", say("workbook"))):
        if data.startswith(mark):
            return "", [Problem(file, 1, None, None, say("not_text", kind=name), say("not_text.do"))]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    wrong: list[tuple[int, UnicodeDecodeError, bytes]] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong.append((number, error, line))
    number, first, line = wrong[0]
    guess = line.rstrip(b"\r").decode("cp1250", errors="replace")
    around = guess[max(0, first.start - 12) : first.start + 12]
    key, byte = "encoding_more" if len(wrong) > 1 else "encoding", f"{line[first.start]:02X}"
    message = say(key, byte=byte, position=first.start + 1, n=len(wrong))
    return "", [Problem(file, number, None, around, message, say("encoding.do"))]


def _header_problems(header: list[str], file: str) -> list[Problem]:
    problems = []
    for number, name in enumerate(header, start=1):
        if not name:
            message = say("heading_absent", number=number)
            problems.append(Problem(file, 1, None, name, message, say("heading_absent.do", number=number)))
        elif name != name.strip():
            remedy = say("write", value=repr(name.strip()))
            problems.append(Problem(file, 1, name, name, say("heading_spaces"), remedy))
        elif name in header[: number - 1]:
            first = header.index(name) + 1
            message = say("heading_double", first=first, second=number)
            problems.append(Problem(file, 1, name, name, message, say("heading_double.do")))
    return problems


def _fence(text: str, file: str) -> list[Problem]:
    """Check that the header is separated by commas."""
    first = text.split("\n", 1)[0]
    if "," in first:
        return []
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in first:
            message = say("separator", mark=say(name))
            return [Problem(file, 1, None, first[:40], message, say("separator.do"))]
    return []


def _unusable(text: str, file: str) -> list[Problem]:
    """Name every line with characters that would change what a terminal or a page shows, or that no page can show."""
    problems = []
    if UNTYPED.search(text):
        for number, line in enumerate(text.split("\n"), start=1):
            found = sorted({f"U+{ord(c):04X}" for c in UNTYPED.findall(line)})
            if found:
                message, remedy = say("unprintable", codes=", ".join(found)), say("unprintable.do")
                problems.append(Problem(file, number, None, None, message, remedy))
    return problems


def read_text(path: Path, *, file: str | None = None) -> tuple[RawTable | None, list[Problem]]:
    """Read a CSV file as text, without interpreting any cell.

    Returns the table, or None if the file cannot be cut into cells, and all problems found on the way: missing file,
    not UTF-8 (line and byte), wrong separator, unreadable quotes, columns without a name or with the same name, rows
    of the wrong length. A byte-order mark is accepted; blank lines are skipped.
    """
    file = file or path.name
    if not path.is_file():
        return None, [
            Problem(file, None, None, None, say("file_absent"), say("file_absent.do", folder=path.parent.name))
        ]
    if path.stat().st_size > LARGEST:
        message, remedy = say("file_large", size=path.stat().st_size), say("file_large.do", most=LARGEST)
        return None, [Problem(file, None, None, None, message, remedy)]
    data = path.read_bytes()
    text, problems = _decode(data, file)
    if problems:
        return None, problems
    if not text.strip():
        return None, [Problem(file, None, None, None, say("file_empty"), say("file_empty.do"))]
    problems = _fence(text, file) + _unusable(text, file)
    if problems:
        return None, problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            message, remedy = say("cell_long", most=LONGEST), say("cell_long.do")
            return None, [Problem(file, line, None, None, message, remedy)]
        return None, [Problem(file, line, None, None, say("quotes", error=error), say("quotes.do"))]
    header, body, where = rows[0], rows[1:], lines[1:]
    problems = _header_problems(header, file)
    for row, number in zip(body, where, strict=True):
        if len(row) != len(header):
            message = say("row_length", cells=len(row), header=len(header))
            problems.append(Problem(file, number, None, None, message, say("row_length.do")))
    if problems:
        return None, problems
    cells = pd.DataFrame(body, columns=header, dtype="str")
    return RawTable(file, cells.mask(cells == ""), pd.Series(where, dtype="int64")), []
