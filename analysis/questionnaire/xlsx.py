"""Workbooks with the same bytes for the same content: no clock, no user name, entries of the archive in order."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

EPOCH = (1980, 1, 1, 0, 0, 0)
CREATED = datetime.datetime(*EPOCH)
_WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    """A plain sheet of text: the first row is the header."""

    name: str
    rows: Sequence[Sequence[str]]


def settle(path: Path) -> None:
    """Write the archive again with one fixed date on every part."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info.filename, archive.read(info.filename)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def open_workbook(path: Path) -> xlsxwriter.Workbook:
    """Open a workbook for writing; text is text, never a formula or a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": CREATED})
    return book


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write plain sheets with a bold frozen header and readable columns."""
    book = open_workbook(path)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for y, row in enumerate(sheet.rows):
            for x, cell in enumerate(row):
                if cell:
                    page.write_string(y, x, cell, bold if y == 0 else wrap)
        for x, name in enumerate(sheet.rows[0]):
            longest = max(len(str(row[x])) for row in sheet.rows)
            page.set_column(x, x, min(_WIDEST, max(len(name), longest) + 2))
    book.close()
    settle(path)
