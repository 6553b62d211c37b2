"""Where each answer stands in the Excel template, and formulas over the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.questionnaire.form import Field, Form, Question, Section
from analysis.questionnaire.translate import Dialect, is_number
from analysis.schemas import Item

FIRST_ROW = 3  # rows above hold the title of the sheet and the header; counted from 0
ANSWER = "D"
STATE = "F"
ITEM = "G"


@dataclass(frozen=True)
class Place:
    """The cell of an answer: sheet, row counted from 0, and what it belongs to."""

    sheet: str
    row: int
    section: Section
    question: Question
    field: Field

    def cell(self, column: str) -> str:
        """Return the absolute address of a cell in this row."""
        return f"'{self.sheet}'!${column}${self.row + 1}"


def sheet_names(form: Form, language: str) -> dict[str, str]:
    """Return the sheet of each section: sections of one part of the questionnaire share one."""
    parts: dict[str, str] = {}
    out = {}
    for section in form.sections:
        part = section.name.rpartition("_")[0]
        title = parts.setdefault(part, f"{len(parts) + 1}. {section.title[language].split(':')[0]}"[:31])
        out[section.name] = title
    return out


def places(form: Form, language: str) -> dict[str, Place]:
    """Return the place of every item; one row for each, a row before every section for its title."""
    names = sheet_names(form, language)
    row: dict[str, int] = {}
    out = {}
    for section in form.sections:
        sheet = names[section.name]
        at = row.get(sheet, FIRST_ROW) + 1
        for question in section.questions:
            for field in question.fields:
                out[field.item.name] = Place(sheet, at, section, question, field)
                at += 1
        row[sheet] = at
    return out


class Formulas(Dialect):
    """Expressions of spreadsheets; answers stand there as the person sees them."""

    negation = "NOT"
    unequal, divide = "<>", "/"

    def __init__(self, form: Form, language: str) -> None:
        super().__init__(form)
        self.language = language
        self.places = places(form, language)

    def label(self, item: Item, option: str) -> str:
        """Return what stands in the cell for an option."""
        if item.type in ("tick", "yes_no"):
            return self.form.words("choice.yes" if option == "1" else "choice.no")[self.language]
        question = self.places[item.name].question
        return next(c.label[self.language] for c in question.choices if c.code == option)

    def options(self, item: Item) -> list[str]:
        """Return what may stand in the cell of a choice; none for numbers and text."""
        return [] if is_number(item) else [self.label(item, option) for option in item.options]

    def literal(self, value: object) -> str:
        """Return a constant; quotation marks inside a text are doubled."""
        return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else super().literal(value)

    def _cell(self, item: Item) -> str:
        return self.places[item.name].cell(ANSWER)

    def value(self, item: Item) -> str:
        """Return the value; a box counts 1 or 0."""
        return f"IF({self.is_option(item, '1')},1,0)" if item.type in ("tick", "yes_no") else self._cell(item)

    def blank(self, item: Item) -> str:
        """Return whether the cell is empty."""
        return f'{self._cell(item)}=""'

    def is_option(self, item: Item, option: str) -> str:
        """Return whether the option stands in the cell."""
        return f"{self._cell(item)}={self.literal(self.label(item, option))}"

    def every(self, statements: Sequence[str]) -> str:
        """Return that all of them hold."""
        return statements[0] if len(statements) == 1 else f"AND({','.join(statements)})" if statements else ""

    def either(self, statements: Sequence[str]) -> str:
        """Return that at least one of them holds."""
        return statements[0] if len(statements) == 1 else f"OR({','.join(statements)})"
