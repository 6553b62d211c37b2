"""Bytes of a raw CSV file → a table of text cells that remembers the line of every row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import Problem

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
    for mark, name in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", "an Excel workbook")):
        if data.startswith(mark):
            return "", [
                Problem(file, 1, None, None, f"is {name}, not UTF-8 text", "save it as 'CSV UTF-8 (comma delimited)'")
            ]
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
    message = f"byte 0x{line[first.start]:02X} at position {first.start + 1} of the line is not UTF-8"
    if len(wrong) > 1:
        message += f"; {len(wrong)} lines of the file are affected"
    remedy = "save the file as UTF-8 (in Excel: 'CSV UTF-8'); shown here as Windows-1250"
    return "", [Problem(file, number, None, around, message, remedy)]


def _header_problems(header: list[str], file: str) -> list[Problem]:
    problems = []
    for number, name in enumerate(header, start=1):
        if not name:
            remedy = f"name column {number} as in the codebook, or remove it"
            problems.append(Problem(file, 1, None, name, f"column {number} has no name", remedy))
        elif name != name.strip():
            remedy = f"write {name.strip()!r}"
            problems.append(Problem(file, 1, name, name, "the column name has spaces around it", remedy))
        elif name in header[: number - 1]:
            first = header.index(name) + 1
            message = f"the column name is used twice, by columns {first} and {number}"
            problems.append(Problem(file, 1, name, name, message, "keep one of the columns or rename one"))
    return problems


def _fence(text: str, file: str) -> list[Problem]:
    """Check that the header is separated by commas."""
    first = text.split("\n", 1)[0]
    if "," in first:
        return []
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in first:
            remedy = "save it with commas (Excel with Polish settings writes semicolons; set the list separator)"
            return [Problem(file, 1, None, first[:40], f"the columns are separated by {name}, not commas", remedy)]
    return []


def _unusable(text: str, file: str) -> list[Problem]:
    """Name every line with characters that would change what a terminal or a page shows, or that no page can show."""
    problems = []
    if UNTYPED.search(text):
        for number, line in enumerate(text.split("\n"), start=1):
            found = sorted({f"U+{ord(c):04X}" for c in UNTYPED.findall(line)})
            if found:
                message, remedy = f"holds characters that cannot be printed ({', '.join(found)})", "remove them"
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
        return None, [Problem(file, None, None, None, "does not exist", f"put the file in {path.parent.name}/")]
    if path.stat().st_size > LARGEST:
        message, remedy = f"has {path.stat().st_size} bytes", f"at most {LARGEST} are read; is this the right file?"
        return None, [Problem(file, None, None, None, message, remedy)]
    data = path.read_bytes()
    text, problems = _decode(data, file)
    if problems:
        return None, problems
    if not text.strip():
        return None, [Problem(file, None, None, None, "is empty", "restore the file with its header and rows")]
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
            message, remedy = f"a cell has more than {LONGEST} characters", "shorten it, or close its quotation mark"
            return None, [Problem(file, line, None, None, message, remedy)]
        remedy = "close the quotation mark; write a quotation mark inside a cell twice"
        return None, [Problem(file, line, None, None, f"the quotation marks cannot be read ({error})", remedy)]
    header, body, where = rows[0], rows[1:], lines[1:]
    problems = _header_problems(header, file)
    for row, number in zip(body, where, strict=True):
        if len(row) != len(header):
            message = f"the row has {len(row)} cells, the header {len(header)}"
            remedy = "put cells that hold a comma in quotation marks, and give every column a cell"
            problems.append(Problem(file, number, None, None, message, remedy))
    if problems:
        return None, problems
    cells = pd.DataFrame(body, columns=header, dtype="str")
    return RawTable(file, cells.mask(cells == ""), pd.Series(where, dtype="int64")), []
