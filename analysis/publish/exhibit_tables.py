"""One printed table for every format: the exhibit's CSV and JSON become formatted cells, then HTML, Typst or a tree.

`build` formats numbers in the language and fixes column widths; the three writers only draw what it says, so that the
same table reads the same in every format.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from analysis.config import WITHHELD
from analysis.errors import PublishError
from analysis.publish import numbers
from analysis.publish.exhibits import Exhibit
from analysis.publish.pandoc import Node, attr, div, plain, text_inlines
from analysis.publish.typography import bind

BODY, EMPHASIS, GROUP = "body", "emphasis", "group"
_ALIGN = {"left": "AlignLeft", "right": "AlignRight", "center": "AlignCenter"}
_NUMERIC = ("integer", "number", "percent")
_BOLD = 1.12  # headings are bold, hence wider

# A table of at most so many rows of such short cells fits on a page.
_ROWS_OF_A_PAGE = 32
_SHORT_CELL = 60
_CLOSE_FROM = 20  # the template sets longer ones of them closer


@dataclass(frozen=True)
class Head:
    """Heading of a column: label, alignment, share of the table's width, whether its words may be divided in print."""

    label: str
    align: str
    width: float
    divide: bool


@dataclass(frozen=True)
class Row:
    """One printed row; a group row has one cell that spans the table. `code` is the element it is about, if any."""

    kind: str
    cells: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is printed: heads, groups of heads (label, number of columns), rows, which column names the row."""

    heads: tuple[Head, ...]
    groups: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    row_header: int
    landscape: bool

    @property
    def whole(self) -> bool:
        """Whether the table fits on one page and should not be divided: few rows, each on a line or two."""
        return len(self.rows) <= _ROWS_OF_A_PAGE and _short(self.rows)


def _short(rows: Sequence[Row]) -> bool:
    return max((len(cell) for row in rows for cell in row.cells), default=0) <= _SHORT_CELL


def _cell(value: str, column: Mapping[str, Any], lang: str, place: str) -> str:
    form = column.get("format", "text")
    text = value.strip()
    if form in _NUMERIC:
        if text == WITHHELD:
            return WITHHELD
        if text == "":
            return numbers.MISSING
        try:
            amount = float(text)
        except ValueError as error:
            raise PublishError(f"{place}: `{value}` in column {column['name']} is not a number ({form})") from error
        if amount != amount:  # NaN
            return numbers.MISSING
        shown = numbers.number(amount, 0 if form == "integer" else int(column.get("decimals") or 0), lang=lang)
        return f"{shown}%" if form == "percent" else shown
    if form == "mixed" and text == "":
        return numbers.MISSING
    return bind(text) if lang == "pl" else text


def _longest_word(text: str) -> int:
    return max((len(word) for word in re.split(r"[ \n/–-]+", text)), default=0)


def _capacity(columns: int, landscape: bool, close: bool) -> float:
    """Characters that fit into a printed line of the table, at the template's type size for such a table."""
    size = 9.5 if columns <= 4 else (8.6 if close else 9) if columns <= 7 else 8 if columns <= 10 else 7
    line_cm = 25.7 if landscape else 16.0
    return line_cm / 2.54 * 72 / (size * 0.48) - 1.5 * columns


def _weights(columns: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> list[float]:
    """How much room each column wants, by its content, in characters."""
    weights = []
    for i, column in enumerate(columns):
        cells = [row.cells[i] for row in rows if row.kind != GROUP] or [""]
        head = min(_longest_word(str(column["label"])), 16) * _BOLD
        longest = max(len(cell) for cell in cells)
        if column.get("format", "text") in _NUMERIC or longest <= 12:
            weights.append(max(longest, head, 4) + 1.5)
        else:
            words = min(max(_longest_word(cell) for cell in cells), 18)
            typical = sum(len(cell) for cell in cells) / len(cells)
            weights.append(max(min(0.7 * typical + 0.2 * longest, 60), words + 1, head))
    return weights


def _widths(columns: Sequence[Mapping[str, Any]], weights: Sequence[float], least: Sequence[float]) -> list[float]:
    """Shares of the width: what the exhibit asks for, else by content; nobody gets less than its longest word.

    `least` is the share that the longest word of each column needs. What a narrow column is given more, the others
    lose in proportion to what they can spare; where all words together do not fit, words will be divided.
    """
    asked = [float(column.get("width") or 0) for column in columns]
    open_weight = sum(w for w, a in zip(weights, asked, strict=True) if not a)
    rest = max(1 - sum(asked), 0.05 * asked.count(0))
    shares = [a or w * rest / open_weight for w, a in zip(weights, asked, strict=True)]
    shares = [share / sum(shares) for share in shares]
    if sum(least) >= 1:
        return shares
    missing = sum(max(n - share, 0) for n, share in zip(least, shares, strict=True))
    spare = sum(max(share - n, 0) for n, share in zip(least, shares, strict=True))
    return [n if share <= n else share - (share - n) * missing / spare for n, share in zip(least, shares, strict=True)]


_AIR = 0.6  # characters of room beside the text of a column
_APART = 2.0  # the same for a column of text after one of numbers, from which the template keeps it away
_STEP = 0.005  # share of the table's width given at a time
_GAIN = 0.97  # asked widths stay unless other ones make the table at least so much shorter
_BREAKING = 0.9  # lines of several words are not filled to the last character


def _heights(filled: np.ndarray) -> np.ndarray:
    """Lines that the rows take, each as many as its longest cell; the last line of several is half full.

    `filled` is how many lines the longest cell of each row would fill, one set of rows after the other.
    """
    return np.where(filled <= 1, 1.0, filled / _BREAKING + 0.5).sum(axis=1)


def _height(lengths: np.ndarray, shares: Sequence[float], capacity: float) -> float:
    """Lines that all rows take; `lengths` has a line for each column."""
    return float(_heights((lengths / (np.array([shares]).T * capacity)).max(axis=0, keepdims=True))[0])


def _balanced(lengths: np.ndarray, shares: Sequence[float], least: Sequence[float], capacity: float) -> list[float]:
    """Give each part of the width to the column that shortens the table most; `shares` if that gains little.

    `lengths` has a line for each column.
    """
    if sum(least) >= 1 or not lengths.size:
        return list(shares)
    out = [max(n, _STEP) for n in least]
    own = np.arange(len(out))[:, np.newaxis]
    while sum(out) < 1:
        given = np.array([out]).T
        filled = lengths / (given * capacity)
        # A wider column changes its own cells only: of the others the longest counts, the second where it is the own.
        longest = filled.argmax(axis=0)
        highest = filled.max(axis=0)
        second = np.where(own == longest, -np.inf, filled).max(axis=0)
        others = np.where(own == longest, second, highest)
        tried = np.maximum(others, lengths / ((given + _STEP) * capacity))
        now, *heights = _heights(np.vstack([highest, tried])).tolist()
        best, gain = -1, 1e-9
        for i, height in enumerate(heights):
            if now - height > gain:
                best, gain = i, now - height
        if best < 0:  # everything fits on one line: the rest as asked
            rest = 1 - sum(out)
            out = [share + rest * asked for share, asked in zip(out, shares, strict=True)]
            break
        out[best] += _STEP
    out = [share / sum(out) for share in out]
    gained = _height(lengths, out, capacity) <= _GAIN * _height(lengths, shares, capacity)
    return out if gained else list(shares)


def build(exhibit: Exhibit, build_dir: Path, lang: str = "pl") -> PrintedTable:
    """Format a table exhibit.

    Raises
    ------
    PublishError
        A described column is not in the data, or a cell of a number column is no number.
    """
    record = exhibit.record
    columns: list[Mapping[str, Any]] = record["columns"]
    with (build_dir / exhibit.data_file).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        data = list(reader)
        present = reader.fieldnames or []
    special = [record.get("emphasis"), record.get("row_groups"), record.get("row_header")]
    absent = [n for n in [*(c["name"] for c in columns), *filter(None, special)] if n not in present]
    if absent:
        raise PublishError(f"{exhibit.data_file}: no column {', '.join(absent)}; there are {', '.join(present)}")
    rows: list[Row] = []
    group = None
    for i, source in enumerate(data, start=2):
        if record.get("row_groups"):
            name = source[record["row_groups"]]
            if name != group:
                group = name
                rows.append(Row(GROUP, (bind(name) if lang == "pl" else name,)))
        cells = tuple(_cell(source[c["name"]], c, lang, f"{exhibit.data_file}, line {i}") for c in columns)
        marked = bool(record.get("emphasis")) and source[record["emphasis"]] not in ("", "0", "0.0", "False")
        # A marked row with nothing but its name is a heading inside the table.
        blank = all(cell in ("", numbers.MISSING) for cell in cells[1:])
        rows.append(
            Row(GROUP, (cells[0],), source.get("code") or "")
            if marked and blank and cells[0]
            else Row(EMPHASIS if marked else BODY, cells, source.get("code") or "")
        )
    landscape = record.get("orientation") == "landscape"
    close = _CLOSE_FROM < len(rows) <= _ROWS_OF_A_PAGE and _short(rows)
    capacity = _capacity(len(columns), landscape, close)
    labels = [bind(str(c["label"])) if lang == "pl" else str(c["label"]) for c in columns]
    printed = [row.cells for row in rows if row.kind != GROUP]
    words = [
        max([_longest_word(label) * _BOLD, *(_longest_word(cells[i]) for cells in printed)])
        for i, label in enumerate(labels)
    ]
    least = [word / capacity for word in words]
    lengths = np.array([[len(cell) for cell in cells] for cells in [labels, *printed]], dtype=float)
    asked = _widths(columns, _weights(columns, rows), least)
    aligned = [str(column.get("align") or "left") for column in columns]
    air = [_APART if pair == ("right", "left") else _AIR for pair in zip(["", *aligned], aligned, strict=False)]
    least = [n + extra / capacity for n, extra in zip(least, air, strict=True)]
    widths = _balanced(np.ascontiguousarray((lengths + np.array(air)).T), asked, least, capacity)
    heads = [
        Head(label, column.get("align") or "left", round(width, 4), word > width * capacity + 0.01)
        for label, column, width, word in zip(labels, columns, widths, words, strict=True)
    ]
    groups: list[tuple[str, int]] = []
    if any(c.get("group") for c in columns):
        for column in columns:
            name = column.get("group") or ""
            if groups and name and groups[-1][0] == name:
                groups[-1] = (name, groups[-1][1] + 1)
            else:
                groups.append((name, 1))
    names = [c["name"] for c in columns]
    header = record.get("row_header")
    row_header = names.index(header) if header in names else 0
    return PrintedTable(tuple(heads), tuple(groups), tuple(rows), row_header, landscape)


# --- HTML -----------------------------------------------------------------------------------------------------------


def to_html(table: PrintedTable, label: str, *, mark: Callable[[str], str] = escape) -> str:
    """Draw the exhibit `label` for the web: scopes on every heading, one tbody per group of rows.

    A row about an element of the framework can be linked to as `<label>-<code>`. `mark` turns a text into HTML.
    """
    out = [f'<table class="exhibit-table" aria-labelledby="{label}-caption">', "<colgroup>"]
    # Numbers never wrap, so their columns find their own width; text shares the rest.
    out += [f'<col style="width:{h.width:.1%}">' if h.align == "left" else "<col>" for h in table.heads]
    out += ["</colgroup>", "<thead>"]
    if table.groups:
        grouped = '<th scope="colgroup" colspan="{}" class="group-head">{}</th>'
        cells = [
            grouped.format(span, mark(label)) if label else f'<td colspan="{span}"></td>'
            for label, span in table.groups
        ]
        out.append(f"<tr>{''.join(cells)}</tr>")
    out.append(
        "<tr>" + "".join(f'<th scope="col" class="{h.align}">{mark(h.label)}</th>' for h in table.heads) + "</tr>"
    )
    out += ["</thead>", "<tbody>"]
    linked: set[str] = set()
    for i, row in enumerate(table.rows):
        anchor = f' id="{label}-{escape(row.code, quote=True)}"' if row.code and row.code not in linked else ""
        linked.add(row.code)
        if row.kind == GROUP:
            if i:
                out += ["</tbody>", "<tbody>"]
            named = f'<th scope="rowgroup" colspan="{len(table.heads)}">{mark(row.cells[0])}</th>'
            out.append(f'<tr class="group"{anchor}>{named}</tr>')
            continue
        cells = []
        for j, (cell, head) in enumerate(zip(row.cells, table.heads, strict=True)):
            tag = 'th scope="row"' if j == table.row_header else "td"
            cells.append(f'<{tag} class="{head.align}">{mark(cell)}</{tag.split()[0]}>')
        emphasis = ' class="emphasis"' if row.kind == EMPHASIS else ""
        out.append(f"<tr{anchor}{emphasis}>{''.join(cells)}</tr>")
    out += ["</tbody>", "</table>"]
    return "\n".join(out)


# --- Typst ----------------------------------------------------------------------------------------------------------


def typst_string(text: str) -> str:
    """Quote a text as a Typst string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _array(items: Sequence[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items).rstrip() + ")"


def to_typst(table: PrintedTable) -> str:
    """Draw the table as arguments of the template's `exhibit-table`."""
    columns = _array([f"{head.width * 100:.2f}fr" for head in table.heads])
    align = _array([head.align for head in table.heads])
    heads = _array([typst_string(head.label) for head in table.heads])
    divide = _array([str(head.divide).lower() for head in table.heads])
    groups = _array([f"({typst_string(label)}, {span})" for label, span in table.groups])
    rows = ",\n    ".join(
        f"({typst_string(row.kind)}, {_array([typst_string(cell) for cell in row.cells])})" for row in table.rows
    )
    return (
        f"  columns: {columns},\n  align: {align},\n  heads: {heads},\n"
        f"  divide: {divide},\n  groups: {groups},\n"
        f"  row-header: {table.row_header},\n  whole: {str(table.whole).lower()},\n"
        f"  rows: (\n    {rows},\n  ),\n"
    )


# --- tree (DOCX, Quarto) --------------------------------------------------------------------------------------------


def _tree_cell(text: str, align: str, style: str, span: int = 1, bold: bool = False) -> list[Any]:
    inlines: list[Node] = text_inlines(text)
    content: list[Node] = [{"t": "Strong", "c": inlines}] if bold and inlines else inlines
    block: Node = {"t": "Para", "c": content}
    blocks = [div("", [], [block], **{"custom-style": style})] if style else [{"t": "Plain", "c": content}]
    return [attr(), {"t": _ALIGN[align]}, 1, span, blocks]


def to_tree(table: PrintedTable, *, cell_style: str = "", head_style: str = "") -> Node:
    """Draw the table as a pandoc table; the styles name paragraph styles of a Word template, empty for none."""
    specs = [[{"t": _ALIGN[h.align]}, {"t": "ColWidth", "c": h.width}] for h in table.heads]
    head_rows = []
    if table.groups:
        head_rows.append([attr(), [_tree_cell(label, "center", head_style, span) for label, span in table.groups]])
    head_rows.append([attr(), [_tree_cell(h.label, h.align, head_style) for h in table.heads]])
    body = []
    for row in table.rows:
        if row.kind == GROUP:
            body.append([attr(), [_tree_cell(row.cells[0], "left", cell_style, len(table.heads), bold=True)]])
        else:
            body.append(
                [
                    attr(),
                    [
                        _tree_cell(cell, head.align, cell_style, bold=row.kind == EMPHASIS)
                        for cell, head in zip(row.cells, table.heads, strict=True)
                    ],
                ]
            )
    return {
        "t": "Table",
        "c": [
            attr(),
            [None, []],
            specs,
            [attr(), head_rows],
            [[attr(), table.row_header + 1, [], body]],
            [attr(), []],
        ],
    }


# --- pages ----------------------------------------------------------------------------------------------------------

_TRAVELS = 900  # characters of text that go along with a landscape table


def page_runs(blocks: Sequence[Node], exhibits: Mapping[str, Exhibit]) -> list[tuple[bool, list[Node]]]:
    """Cut a chapter's blocks into runs of portrait and landscape pages: (landscape, blocks).

    A heading with little text before a landscape table goes along with it, so that it does not stay alone on a page.
    """

    def landscape(block: Node) -> bool:
        exhibit = exhibits.get(block["c"][0][0]) if block["t"] == "Div" else None
        return exhibit is not None and exhibit.record.get("orientation") == "landscape"

    runs: list[tuple[bool, list[Node]]] = [(False, [])]
    for block in blocks:
        if not landscape(block):
            if runs[-1][0]:
                runs.append((False, []))
            runs[-1][1].append(block)
            continue
        before = [] if runs[-1][0] else runs[-1][1]
        cut = len(before)
        for i in range(len(before) - 1, -1, -1):
            if before[i]["t"] == "Div" or len(plain(before[i:])) > _TRAVELS:
                break
            if before[i]["t"] == "Header" and before[i]["c"][0] > 1:
                cut = i
        along = before[cut:]
        del before[cut:]
        if not runs[-1][0] and not before:
            runs.pop()
        if not runs or not runs[-1][0]:
            runs.append((True, []))
        runs[-1][1].extend([*along, block])
    return [run for run in runs if run[1]]
