"""The questionnaire as an Excel workbook: one sheet for each part, drop-downs, checks, and a count of the progress.

For coordinators without a survey system. Everything but the answers is locked, without a password; what a colour says
stands in words beside it; the sheets print on landscape pages with their header.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format

from analysis.ingest.expressions import truth
from analysis.questionnaire.excel import ANSWER, FIRST_ROW, ITEM, STATE, Formulas, Place
from analysis.questionnaire.form import Form, Rule, number_text, numbered
from analysis.questionnaire.translate import is_number
from analysis.questionnaire.xlsx import CREATED, open_workbook, settle
from analysis.schemas import FLOAT_TYPES, NUMERIC_TYPES, Item

INSTRUCTIONS = 6
MARK = "klastry"  # in the workbook's properties: by it a returned file is known
MADE_UP = "made up"  # there as well, in an example
_WIDTHS = (7, 52, 40, 30, 36, 26)
_SHORT_LIST = 200
_LINE = 105  # letters of an instruction in one line
_MESSAGE = 250


@dataclass
class _Book:
    """A workbook in the making: its formats, the answers to fill in, where lists of options stand."""

    form: Form
    language: str
    book: xlsxwriter.Workbook
    formulas: Formulas
    answers: Mapping[str, str]
    formats: dict[str, Format] = field(default_factory=dict)
    lists: dict[tuple[str, ...], str] = field(default_factory=dict)

    def words(self, key: str, **values: object) -> str:
        """Return a fixed word in the language of the workbook."""
        return self.form.words(key, **values)[self.language]

    def state(self, place: Place) -> str:
        """Return what the column State says of an answer."""
        item = place.field.item
        cells = pd.DataFrame([dict.fromkeys(self.formulas.places) | dict(self.answers)], dtype="str")
        asked, filled = bool(item.asked(cells).iloc[0]), item.name in self.answers
        if not asked:
            return self.words("state.left" if filled else "state.not_asked")
        return self.words("state.ok" if filled else "state.missing" if item.required else "state.optional")


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    text = {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 11}
    line = {"border": 1, "border_color": "#8C8C8C"}
    return {
        "title": book.add_format({**text, "bold": True, "font_size": 15, "text_wrap": False}),
        "head": book.add_format({**text, **line, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"}),
        "section": book.add_format({**text, "bold": True, "bg_color": "#D9E2F3"}),
        "text": book.add_format({**text, **line}),
        "plain": book.add_format(text),
        "note": book.add_format({**text, "bold": True, "font_color": "#9C0006", "text_wrap": False}),
        "again": book.add_format({**text, **line, "font_color": "#595959"}),
        "answer": book.add_format({**text, **line, "bg_color": "#FFF9DB", "locked": False, "align": "left"}),
        "missing": book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True}),
        "grey": book.add_format({"bg_color": "#D9D9D9", "font_color": "#404040", "italic": True}),
        "done": book.add_format({"font_color": "#0B6121"}),
    }


def _validation(own: _Book, place: Place) -> dict[str, Any]:
    """Return the rule that Excel keeps for one answer, with messages in words."""
    item = place.field.item
    options = own.formulas.options(item)
    title = numbered(place.question, "").strip(". ") or own.words("column.answer")
    hint = place.field.hint[own.language]
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": title}
    if hint:
        rule |= {"input_title": title, "input_message": hint[:_MESSAGE]}
    if options:
        short = len(",".join(options)) <= _SHORT_LIST and not any("," in o for o in options)
        source: Any = options if short else own.lists[tuple(options)]
        return {**rule, "validate": "list", "source": source, "error_message": own.words("message.option")}
    if not is_number(item):
        return {**rule, "validate": "any"} if hint else {}
    low = item.minimum if math.isfinite(item.minimum) else -1e15
    high = item.maximum if math.isfinite(item.maximum) else 1e15
    exact = item.type in FLOAT_TYPES
    message = own.words("message.range" if exact else "message.whole", low=number_text(low), high=number_text(high))
    kind = "decimal" if exact else "integer"
    return {**rule, "validate": kind, "criteria": "between", "minimum": low, "maximum": high, "error_message": message}


def _list_sheet(own: _Book) -> None:
    """Write the lists that are too long for a cell on a hidden sheet, each in a column."""
    sheet = own.book.add_worksheet(own.words("sheet.lists"))
    wanted = [own.formulas.options(p.field.item) for p in own.formulas.places.values()]
    for options in wanted:
        if options and tuple(options) not in own.lists:
            x = len(own.lists)
            for y, option in enumerate(options):
                sheet.write_string(y, x, option)
            column = xlsxwriter.utility.xl_col_to_name(x)
            own.lists[tuple(options)] = f"='{own.words('sheet.lists')}'!${column}$1:${column}${len(options)}"
    sheet.hide()
    sheet.protect()


def _shown(own: _Book, item: Item, raw: str) -> str | float:
    if is_number(item):
        return float(raw)
    return own.formulas.label(item, raw) if item.options else raw


def _state_formula(own: _Book, place: Place) -> str:
    words = {key: own.formulas.literal(own.words(f"state.{key}")) for key in ("ok", "missing", "optional", "left")}
    cell = f"${ANSWER}${place.row + 1}"
    blank = words["missing" if place.field.item.required else "optional"]
    asked = own.formulas.condition(place.question.conditions)
    inner = f'IF({cell}="",{blank},{words["ok"]})'
    if not asked:
        return f"={inner}"
    unasked = own.formulas.literal(own.words("state.not_asked"))
    return f'=IF({asked},{inner},IF({cell}="",{unasked},{words["left"]}))'


def _part(own: _Book, sheet: xlsxwriter.worksheet.Worksheet, name: str) -> None:
    """Fill one sheet of questions."""
    formats = own.formats
    rows = [p for p in own.formulas.places.values() if p.sheet == name]
    sheet.write_string(0, 0, f"{own.form.title[own.language]} – {name}", formats["title"])
    if own.answers:
        sheet.write_string(1, 0, own.words("trial"), formats["note"])
    keys = ("number", "question", "item", "answer", "unit", "state")
    for x, (key, width) in enumerate(zip(keys, _WIDTHS, strict=True)):
        sheet.write_string(FIRST_ROW - 1, x, own.words(f"column.{key}"), formats["head"])
        sheet.set_column(x, x, width)
    sheet.set_column(f"{ITEM}:{ITEM}", 10, None, {"hidden": True})
    section = question = None
    for place in rows:
        item = place.field.item
        if place.section is not section:
            section = place.section
            sheet.merge_range(place.row - 1, 0, place.row - 1, 5, section.title[own.language], formats["section"])
        number = "" if place.question.number == "0" else place.question.number
        first = place.question is not question
        question = place.question
        label = place.field.label[own.language]
        sheet.write_string(place.row, 0, number, formats["text"])
        sheet.write_string(place.row, 1, question.text[own.language], formats["text" if first else "again"])
        sheet.write_string(place.row, 2, label if label != question.text[own.language] else "", formats["text"])
        if item.name in own.answers:
            shown = _shown(own, item, own.answers[item.name])
            sheet.write(place.row, 3, shown, formats["answer"])
        else:
            sheet.write_blank(place.row, 3, None, formats["answer"])
        sheet.write_string(place.row, 4, place.field.hint[own.language], formats["text"])
        sheet.write_formula(place.row, 5, _state_formula(own, place), formats["text"], own.state(place))
        sheet.write_string(place.row, 6, item.name)
        longest = max(len(question.text[own.language]) / _WIDTHS[1], len(label) / _WIDTHS[2] if label else 0)
        sheet.set_row(place.row, 15.5 * max(1, math.ceil(longest * 1.05)))
        rule = _validation(own, place)
        if rule:
            sheet.data_validation(place.row, 3, place.row, 3, rule)
    first_row, last_row = rows[0].row, rows[-1].row
    for key, looks in (("missing", "missing"), ("not_asked", "grey"), ("left", "missing"), ("ok", "done")):
        text = own.formulas.literal(own.words(f"state.{key}"))
        criteria = {"type": "formula", "criteria": f"=${STATE}{first_row + 1}={text}", "format": formats[looks]}
        sheet.conditional_format(first_row, 3 if key != "ok" else 5, last_row, 5, criteria)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
    sheet.print_area(0, 0, last_row, 5)
    _page(own, sheet)


def _page(own: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{own.form.title[own.language]}&R&P / &N")
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _rule_state(own: _Book, rule: Rule) -> str:
    names = rule.check.expression.columns
    items = {name: own.formulas.places[name].field.item for name in names}
    if any(name not in own.answers for name in names):
        return own.words("check.open")
    row = {n: float(own.answers[n]) if items[n].type in NUMERIC_TYPES else own.answers[n] for n in names}
    return own.words("check.ok" if bool(truth(rule.check.expression.tree, row)) else "check.wrong")


def _instructions(own: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Write what to do, the progress by sheet, and whether the answers agree with each other."""
    formats, words = own.formats, own.words
    sheet.set_column(0, 0, 62)
    sheet.set_column(1, 3, 18)
    sheet.write_string(0, 0, own.form.title[own.language], formats["title"])
    if own.answers:
        sheet.write_string(1, 0, words("trial"), formats["note"])
    row = 2
    for number in range(1, INSTRUCTIONS + 1):
        sheet.merge_range(row, 0, row, 3, f"{number}. {words(f'instruction.{number}')}", formats["plain"])
        sheet.set_row(row, 31 if len(words(f"instruction.{number}")) > _LINE else 16)
        row += 1
    row += 1
    sheet.write_string(row, 0, words("progress"), formats["section"])
    row += 1
    for x, key in enumerate(("sheet", "asked", "answered", "left")):
        sheet.write_string(row, x, words(f"column.{key}"), formats["head"])
    sheet.set_row(row, 31)
    states = {place.field.item.name: own.state(place) for place in own.formulas.places.values()}
    first = row + 1
    parts = list(dict.fromkeys(place.sheet for place in own.formulas.places.values()))
    counted = (("ok", "missing", "optional"), ("ok",), ("missing",))
    totals = [0, 0, 0]
    for name in parts:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["text"], name)
        own_states = [states[p.field.item.name] for p in own.formulas.places.values() if p.sheet == name]
        for x, keys in enumerate(counted, start=1):
            area = f"'{name}'!${STATE}:${STATE}"
            formula = "+".join(f"COUNTIF({area},{own.formulas.literal(words(f'state.{k}'))})" for k in keys)
            found = sum(state in [words(f"state.{k}") for k in keys] for state in own_states)
            totals[x - 1] += found
            sheet.write_formula(row, x, f"={formula}", formats["text"], found)
    row += 1
    sheet.write_string(row, 0, words("progress.total"), formats["head"])
    for x, column in enumerate("BCD", start=1):
        sheet.write_formula(row, x, f"=SUM({column}{first + 1}:{column}{row})", formats["head"], totals[x - 1])
    done, left = words("progress.done"), words("progress.open")
    literal = own.formulas.literal
    verdict = f"=IF($D${row + 1}=0,{literal(done)},{literal(left)})"
    row += 1
    sheet.write_formula(row, 0, verdict, formats["plain"], left if totals[2] else done)
    sheet.set_row(row, 31)
    if own.form.rules:
        row += 2
        sheet.write_string(row, 0, words("check.heading"), formats["section"])
        start = row + 1
        for rule in own.form.rules:
            row += 1
            # Each rule says what is wrong; the cell beside it says whether it is.
            text = rule.message[own.language]
            sheet.write_string(row, 0, f"{text[:1].upper()}{text[1:]}", formats["text"])
            fields = [own.formulas.places[n].field.item for n in rule.check.expression.columns]
            blank = own.formulas.either([own.formulas.blank(item) for item in fields])
            holds = own.formulas.statement(rule.check.expression)
            formula = (
                f"=IF({blank},{literal(words('check.open'))},"
                f"IF({holds},{literal(words('check.ok'))},{literal(words('check.wrong'))}))"
            )
            sheet.write_formula(row, 1, formula, formats["text"], _rule_state(own, rule))
            sheet.set_row(row, 31)
        wrong = {"type": "cell", "criteria": "==", "value": literal(words("check.wrong")), "format": formats["missing"]}
        sheet.conditional_format(start, 1, row, 1, wrong)
    _page(own, sheet)


def write_template(form: Form, path: Path, *, language: str, answers: Mapping[str, str] | None = None) -> None:
    """Write the workbook, empty or as an example filled with made-up answers.

    Parameters
    ----------
    form
        From `load_form`.
    path
        File to write (.xlsx); the same content gives the same bytes.
    language
        Language of the workbook: pl or en.
    answers
        Item → cell as in a raw file; such a copy says on every sheet that its answers are made up.
    """
    book = open_workbook(path)
    subject = f"{form.instrument} {form.year}"
    told = {"title": form.title[language], "subject": subject, "keywords": MARK, "category": language}
    book.set_properties({**told, "created": CREATED} | ({"status": MADE_UP} if answers else {}))
    own = _Book(form, language, book, Formulas(form, language), dict(answers or {}), _formats(book))
    instructions = book.add_worksheet(form.words("sheet.instructions")[language])
    parts = {name: book.add_worksheet(name) for name in dict.fromkeys(p.sheet for p in own.formulas.places.values())}
    _list_sheet(own)
    for name, sheet in parts.items():
        _part(own, sheet, name)
    _instructions(own, instructions)
    book.close()
    settle(path)
