"""A source and its checked mapping → the rows of a raw file, every change on the way, and every cell not read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import Problem, suggest
from analysis.intake.answers import Answer, read_answer
from analysis.intake.codebook import Codebook, Wanted
from analysis.intake.headings import system_role
from analysis.intake.identity import LINK, Link, key_form
from analysis.intake.mapping import NONE, OPEN, ColumnRule, TableRule
from analysis.intake.messages import say
from analysis.intake.model import Change, Source, show
from analysis.intake.numbers import WORTH
from analysis.intake.privacy import HIDDEN, mask, plain
from analysis.schemas import NUMERIC_TYPES

TOTALS = frozenset({"razem", "suma", "ogolem", "lacznie", "srednia", "mediana", "total", "sum", "mean", "average"})


@dataclass
class Imported:
    """One raw file to be: text cells in the order of the codebook, and what was done to get there."""

    instrument: str
    table: pd.DataFrame
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows_read: int = 0


class _Work:
    """Collects changes and problems of one table, in one language, with nothing personal in them."""

    def __init__(self, source: Source, lang: str) -> None:
        self.source, self.lang = source, lang
        self.file = source.file + (f" [{source.sheet}]" if source.sheet else "")
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def change(self, rule: str, row: int | None, column: str, item: str, was: str, became: str) -> None:
        self.changes.append(
            Change(self.source.file, self.source.sheet, row, mask(column), item, mask(was), mask(became), rule)
        )

    def problem(self, key: str, row: int | None, column: str | None, value: str | None, **details: object) -> None:
        message, remedy = say(key, self.lang, **{"value": mask(value or "").strip(), **details})
        shown = None if value is None else mask(value)
        self.problems.append(Problem(self.file, row, column, shown, message, remedy))


def _units_fit(rule: ColumnRule, wanted: Wanted) -> bool:
    unit = wanted.item.unit
    if not rule.unit or rule.unit == unit:
        return True
    return (rule.unit in WORTH and unit in WORTH) or (rule.unit == "fraction" and unit == "percent")


def _check_mapping(work: _Work, rule: TableRule, book: Codebook) -> list[tuple[int, ColumnRule, Wanted]]:
    """Compare the mapping with the file and the codebook; returns the columns to read."""
    source = work.source
    headings = [c.heading for c in source.columns]
    named = {r.column for r in rule.columns}
    for column in source.columns:
        if column.heading not in named:
            work.problem("column_new", source.header_rows[-1] if source.header_rows else None, column.heading, None)
    out = []
    for one in rule.columns:
        if one.column in source.personal:
            continue
        position = source.position(one.column)
        if position is None:
            work.problem("column_gone", None, one.column, None, near=suggest(one.column, headings, limit=1))
            continue
        if one.item == OPEN:
            names = ", ".join(c.split(" ")[0] for c in one.candidates) or "…"
            work.problem("column_open", None, one.column, None, candidates=names)
            continue
        if one.item == NONE:
            work.change("column_none", None, one.column, "", "", "")
            continue
        wanted = book.find(one.item)
        if wanted is None:
            near = suggest(one.item, [i.name for i in book.items])
            work.problem("item_unknown", None, one.column, None, instrument=book.name, item=one.item, near=near)
            continue
        if not _units_fit(one, wanted):
            given = {"given": one.unit, "wanted": wanted.item.unit or "none"}
            work.problem("unit_unfit", None, one.column, one.unit, **given)
        options = ", ".join(wanted.target.choices[:12]) or "…"
        for spelling, became in one.answers.items():
            if became == OPEN:
                work.problem("answer_open", None, one.column, spelling, options=options)
        out.append((position, one, wanted))
    return out


def _kept_rows(work: _Work, rule: TableRule, read: list[tuple[int, ColumnRule, Wanted]]) -> list[int]:
    """Return the positions of the rows that count; the others are reported by their lines only."""
    source = work.source
    column = source.position(rule.incomplete.column) if rule.incomplete.keep != "all" else None
    if rule.incomplete.keep != "all" and column is None:
        near = suggest(rule.incomplete.column, [c.heading for c in source.columns], limit=1)
        work.problem("column_gone", None, rule.incomplete.column, None, near=near)
        return []
    out = []
    for at, row in enumerate(source.rows):
        line = source.lines[at]
        if column is not None:
            text = show(row[column]).strip()
            if rule.incomplete.keep == "submitted":
                counts = text not in ("", "N/A")
            else:
                counts = bool(re.fullmatch(r"-?\d+(\.0+)?", text)) and float(text) >= rule.incomplete.page
            if not counts:
                work.change("row_incomplete", line, rule.incomplete.column, "", "", "")
                continue
        if all(row[position] is None for position, _, _ in read):
            work.change("row_empty", line, "", "", "", "")
            continue
        first = next((show(v) for v in row if v is not None), "")
        if plain(first).strip(" :.") in TOTALS:
            work.change("row_total", line, "", "", first, "")
            continue
        out.append(at)
    return out


def _identify(work: _Work, rule: TableRule, rows: list[int]) -> dict[int, str]:
    """Return what identifies the respondent of each row; rows of one respondent are refused, or all but one dropped."""
    source = work.source
    positions = []
    if not rule.identify.by:
        work.problem("identity_none", None, None, None)
    for heading in rule.identify.by:
        if heading in source.personal:
            work.problem("identity_personal", None, heading, None)
        elif (position := source.position(heading)) is None:
            near = suggest(heading, [c.heading for c in source.columns], limit=1)
            work.problem("column_gone", None, heading, None, near=near)
        else:
            positions.append(position)
    if not positions:
        return {}
    where = ", ".join(rule.identify.by)
    found: dict[str, int] = {}
    keys: dict[int, str] = {}
    for at in rows:
        line, parts = source.lines[at], [show(source.rows[at][p]).strip() for p in positions]
        if not all(parts):
            work.problem("identity_missing", line, where, None)
            continue
        key = " | ".join(parts)
        earlier = found.get(key_form(key))
        if earlier is not None and rule.duplicates == "refuse":
            work.problem("identity_double", line, where, None, first=source.lines[earlier])
            continue
        if earlier is not None:
            out = at if rule.duplicates == "first" else earlier
            work.change("row_duplicate", source.lines[out], where, "", "", "")
            if out == at:
                continue
            del keys[earlier]
        found[key_form(key)] = at
        keys[at] = key
    return keys


def _numbers(work: _Work, rule: TableRule, book: Codebook, keys: dict[int, str], link: Link) -> dict[int, str]:
    """Return the identifier of each row: kept, looked up in the instrument it refers to, or neutral."""
    where, source = ", ".join(rule.identify.by), work.source
    if book.reference and book.reference_key == book.key:
        found = {at: _referred(work, book, link, key, source.lines[at], where) for at, key in keys.items()}
        return {at: number for at, number in found.items() if number is not None}
    if rule.identify.ids == "keep":
        for at, key in keys.items():
            if not re.fullmatch(book.key_pattern, key):
                work.problem("identity_form", source.lines[at], where, None, form=book.key_pattern)
        return keys
    given = link.number(book.name, list(keys.values()), book.key_pattern)
    for at, key in keys.items():
        work.change("neutral_id", source.lines[at], where, book.key, HIDDEN, given[key])
    return {at: given[key] for at, key in keys.items()}


def _referred(work: _Work, book: Codebook, link: Link, text: str, line: int, column: str) -> str | None:
    """Return the number of the respondent that a cell names, in the instrument that this one refers to."""
    if re.fullmatch(r"[A-Z]\d{2,4}", text.strip()):
        return text.strip()
    number = link.find(book.reference, text)
    if number is None:
        work.problem("reference_unknown", line, column, None, reference=book.reference, link=f"confidential/{LINK}")
    else:
        work.change("neutral_id", line, column, book.reference_key, HIDDEN, number)
    return number


def _filled_cells(work: _Work, rule: TableRule) -> dict[tuple[int, str], object]:
    """Return the values of merged cells for the rows below the first, or ask what they mean."""
    out: dict[tuple[int, str], object] = {}
    for merged in work.source.merged:
        if len(merged.lines) < 2 and len(merged.headings) < 2:
            continue
        place = f"{merged.headings[0]} ({merged.area})"
        if rule.merged_cells == "ask" or (len(merged.headings) > 1 and rule.merged_cells == "fill"):
            if any(c.column in merged.headings and c.item != NONE for c in rule.columns):
                work.problem("merged", merged.lines[0], place, show(merged.value))
        elif rule.merged_cells == "fill":
            for line in merged.lines[1:]:
                out[line, merged.headings[0]] = merged.value
    return out


def _record(work: _Work, answer: Answer, value: object, line: int, one: ColumnRule, wanted: Wanted) -> str | None:
    """Note what was done to a cell; returns its text in the raw file."""
    was, became = show(value), answer.value
    if answer.problem:
        work.problem(answer.problem, line, f"{one.column} → {wanted.item.name}", was, **dict(answer.details))
        return None
    rules = answer.rules
    if (became or "") != was and not rules:
        rules = ("decimal",) if wanted.item.type in NUMERIC_TYPES else ("spaces",)
    if rules:
        work.change(", ".join(rules), line, one.column, wanted.item.name, was, became or "")
    return became


def _blanks(
    work: _Work,
    cells: pd.DataFrame,
    lines: list[int],
    submitted: pd.Series,
    read: list[tuple[int, ColumnRule, Wanted]],
) -> pd.DataFrame:
    """Set blanks of multiple responses to 0 where the question was asked.

    Rows that were never submitted count as asked only where the question has a mark: they may have stopped before it.
    """
    ticks: dict[str, list[tuple[ColumnRule, Wanted]]] = {}
    for _, one, wanted in read:
        if wanted.item.type == "tick" and one.blank == "not_ticked" and not one.filled:
            ticks.setdefault(wanted.question_no, []).append((one, wanted))
    out = cells.copy()
    for members in ticks.values():
        names = [wanted.item.name for _, wanted in members]
        marked = cells[names].notna().any(axis=1)
        for one, wanted in members:
            blank = cells[wanted.item.name].isna() & wanted.item.asked(out)
            blank &= marked | submitted
            for position in cells.index[blank]:
                work.change("not_ticked", lines[int(position)], one.column, wanted.item.name, "", "0")
            out.loc[blank, wanted.item.name] = "0"
    return out


def _submitted(source: Source, rows: list[int]) -> pd.Series:
    """Return which rows were sent off; without a column that says so, all of them."""
    position = next((i for i, c in enumerate(source.columns) if system_role(c.heading) == "submitdate"), None)
    if position is None:
        return pd.Series(True, index=range(len(rows)))
    return pd.Series([source.rows[at][position] is not None for at in rows], index=range(len(rows)), dtype=bool)


def convert(source: Source, rule: TableRule, book: Codebook, link: Link, *, lang: str = "en") -> Imported:
    """Read a table by its mapping.

    Parameters
    ----------
    source
        The table as it came.
    rule
        Its part of the mapping.
    book
        The codebook of the instrument.
    link
        Numbers of respondents; new ones are added.
    lang
        Language of messages.

    Returns
    -------
    The raw table (all items of the codebook in its order, text, empty cells missing; with neutral numbers sorted by
    them), every change, and a problem for every cell, row and column that cannot be read: all of them at once.
    """
    work = _Work(source, lang)
    for name, place, detail in source.notes:
        work.change(name, int(place) if place.isdigit() else None, detail if name == "hidden_column" else "", "", "",
                    " ".join(p for p in (place, detail) if p))  # fmt: skip
    for heading in source.personal:
        work.change("column_personal", None, heading, "", "", "")
    read = _check_mapping(work, rule, book)
    rows = _kept_rows(work, rule, read)
    if not rows:
        work.problem("no_rows", None, None, None)
    filled = _filled_cells(work, rule)
    names = [item.name for item in book.items]
    keys = _identify(work, rule, rows)
    ids = _numbers(work, rule, book, keys, link)
    rows = [at for at in rows if at in ids]
    cells: dict[str, list[str | None]] = {name: [None] * len(rows) for name in names}
    for position, one, wanted in read:
        name, column = wanted.item.name, source.columns[position]
        known: dict[tuple[type, object], Answer] = {}
        if name == book.key:
            continue
        for index, at in enumerate(rows):
            value, line = source.rows[at][position], source.lines[at]
            if value is None and (line, one.column) in filled:
                value = filled[line, one.column]
                work.change("merged_fill", line, one.column, name, "", show(value))
            if one.filled:
                if value is not None:
                    work.change("ticked", line, one.column, name, show(value), "1")
                    cells[name][index] = "1"
                continue
            if name == book.reference_key and value is not None:
                cells[name][index] = _referred(work, book, link, show(value), line, one.column)
                continue
            answer = known.get((type(value), value))
            if answer is None:
                answer = read_answer(value, column, one, wanted.target, rule.decimal_mark)
                known[type(value), value] = answer
            became = _record(work, answer, value, line, one, wanted)
            cells[name][index] = became if became is not None else cells[name][index]
    cells[book.key] = [ids[at] for at in rows]
    table = pd.DataFrame(cells, columns=names, dtype="str")
    lines = [source.lines[at] for at in rows]
    table = _blanks(work, table, lines, _submitted(source, rows), read)
    if rule.identify.ids == "neutral":
        table = table.sort_values(book.key, ignore_index=True)
    mapped = {wanted.item.name for _, _, wanted in read} | {book.key}
    for name in names:
        if name not in mapped:
            work.change("item_empty", None, "", name, "", "")
    return Imported(book.name, table, work.changes, work.problems, len(source.rows))
