"""What a reader hands over, and what the import says about a cell: the same for every kind of file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Formula:
    """A cell whose formula has no stored result."""

    text: str


@dataclass(frozen=True)
class Percent:
    """A number that the sheet shows as a percentage: 0.125 formatted as % is what a person reads as 12.5 %."""

    value: float


@dataclass(frozen=True)
class SheetError:
    """An error value of a spreadsheet, such as #N/D!."""

    text: str


@dataclass(frozen=True)
class Column:
    """A column of a source.

    `heading` addresses it in the mapping and is unique; `code` and `sub` are the codes of question and sub-question,
    `text` and `subtext` their wording, each '' where the export does not give it. `values` maps stored values to their
    labels (SPSS); `missing` are values that the file declares as missing, `missing_ranges` closed ranges of them.
    """

    heading: str
    letter: str = ""
    code: str = ""
    sub: str = ""
    text: str = ""
    subtext: str = ""
    values: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    missing_ranges: tuple[tuple[float, float], ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Merged:
    """A range of merged cells below the header: lines and columns it covers, and its value."""

    area: str
    lines: tuple[int, ...]
    headings: tuple[str, ...]
    value: object


@dataclass(frozen=True)
class Source:
    """A table as it came: `rows` hold one cell for each of `columns`; `lines` is the row of each in the file.

    `kind` is csv, xlsx or sav; `sheet` is '' where the file has only one table; `personal` are the headings of columns
    that were not read; `notes` what a person should know (rule, place, detail).
    """

    file: str
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    lines: tuple[int, ...]
    sheet: str = ""
    header_rows: tuple[int, ...] = (1,)
    personal: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    merged: tuple[Merged, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()

    def position(self, heading: str) -> int | None:
        """Return the position of a column by its heading."""
        return next((i for i, c in enumerate(self.columns) if c.heading == heading), None)

    def cells(self, position: int) -> list[object]:
        """Return the cells of a column, from the first row to the last."""
        return [row[position] for row in self.rows]


@dataclass(frozen=True)
class Change:
    """One thing the import did: to a cell, or (row or column empty) to a whole column or row."""

    file: str
    sheet: str
    row: int | None
    column: str
    item: str
    was: str
    became: str
    rule: str


def show(value: object) -> str:
    """Return a cell as text, as a person would see it; whole numbers without a decimal part."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "PRAWDA" if value else "FAŁSZ"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return number_text(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, Percent):
        return f"{number_text(value.value)} %"
    if isinstance(value, (Formula, SheetError)):
        return value.text
    return str(value)


def number_text(value: float) -> str:
    """Return a number as raw files hold it: up to 15 significant digits, no trailing zeros, no exponent."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")
