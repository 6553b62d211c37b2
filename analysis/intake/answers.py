"""One cell of a source → one cell of a raw file, by the item of the codebook: codes, labels, ticks, numbers, years."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from analysis.intake.headings import clean
from analysis.intake.mapping import ColumnRule
from analysis.intake.model import Column, Formula, Percent, SheetError, number_text, show
from analysis.intake.numbers import NO_ANSWER, WORTH, decimal_text, read_number
from analysis.intake.privacy import mask, plain
from analysis.schemas import NUMERIC_TYPES, Item
from analysis.schemas.codebook import CODED_VALUES

YES = frozenset({"tak", "t", "yes", "y", "true", "prawda", "1", "1.0"})
NO = frozenset({"nie", "n", "no", "false", "falsz", "0", "0.0"})
TICKED = YES | {
    "x",
    "v",
    "✓",
    "✔",
    "☑",
    "☒",
    "+",
    "zaznaczono",
    "zaznaczone",
    "wybrano",
    "checked",
    "selected",
    "quoted",
}
NOT_TICKED = NO | {"nie zaznaczono", "niezaznaczone", "nie wybrano", "unchecked", "not selected", "not quoted", "☐"}
_PREFIX = re.compile(r"^(?:woj\.|wojewodztwo)\s*")
_SEVERAL = re.compile(r"[;|,\n]")  # between answers that a person or a survey system puts into one cell
_YEAR = re.compile(r"(?:od\s+)?(?:rok[u]?\s+)?(?P<year>(?:19|20)\d{2})\s*(?:r\.?|rok[u]?)?\.?")
_DATE = re.compile(
    r"(?:\d{1,2}[./-])?\d{1,2}[./-](?P<last>(?:19|20)\d{2})(?:\s*r\.?)?|(?P<first>(?:19|20)\d{2})[./-]\d{1,2}[./-]\d{1,2}.*"
    r"|(?:\d{1,2}\s+)?[^\W\d]{3,12}\s+(?P<word>(?:19|20)\d{2})(?:\s*r\.?|\s+rok[u]?)?"
)


@dataclass(frozen=True)
class Target:
    """An item with its labels: what a cell may say, and the code it then becomes."""

    item: Item
    labels: dict[str, str] = field(default_factory=dict)  # plain label → code
    option_text: str = ""  # for a tick: the wording of the option, which some systems store when it is ticked

    @property
    def choices(self) -> tuple[str, ...]:
        """Codes of the options; () for numbers and text."""
        return self.item.options


@dataclass(frozen=True)
class Answer:
    """What a cell became: text of the raw file (None: empty) and the rules; or the key of a problem."""

    value: str | None = None
    rules: tuple[str, ...] = ()
    problem: str = ""
    details: tuple[tuple[str, object], ...] = ()


@lru_cache(maxsize=100_000)
def label_form(text: str) -> str:
    """Return an answer as labels are compared: without accents, case, markup, and signs at its ends."""
    return re.sub(r"\s*([–—-])\s*", " - ", plain(clean(text))).strip(" .;,:")


def _problem(key: str, **details: object) -> Answer:
    return Answer(problem=key, details=tuple(details.items()))


def _declared_missing(text: str, column: Column) -> bool:
    if text in column.missing:
        return True
    if not column.missing_ranges:
        return False
    try:
        number = float(text)
    except ValueError:
        return False
    return any(low <= number <= high for low, high in column.missing_ranges)


def _choice(text: str, target: Target) -> Answer:
    shown = text.strip()
    if shown in target.choices:
        return Answer(shown, () if shown == text else ("spaces",))
    form = label_form(shown)
    for known in (form, _PREFIX.sub("", form)):
        if known in target.labels:
            return Answer(target.labels[known], ("label",))
    folded = {option.casefold(): option for option in target.choices}
    if shown.casefold() in folded:
        return Answer(folded[shown.casefold()], ("label",))
    number = re.fullmatch(r"(\d+)\.0+", shown)
    if number and number[1] in target.choices:
        return Answer(number[1], ("decimal",))
    if target.item.type == "yes_no" and (form in YES or form in NO):
        return Answer("1" if form in YES else "0", ("yes_no",))
    if form in NO_ANSWER:
        return Answer(None, ("no_answer",))
    several = [target.labels.get(label_form(part)) for part in _SEVERAL.split(shown)]
    if len(several) > 1 and None not in several:
        return _problem("several", options=", ".join(map(str, several)))
    options = ", ".join(target.choices[:12]) + (", …" if len(target.choices) > 12 else "")
    return _problem("not_an_option", options=options)


def _tick(text: str, target: Target) -> Answer:
    own = label_form(target.option_text) if target.option_text else ""
    if text.strip() in ("0", "1"):
        return Answer(text.strip(), () if text.strip() == text else ("spaces",))
    form = label_form(text)
    if form in NOT_TICKED:
        return Answer("0", ("ticked",))
    if form in TICKED or (own and form == own):
        return Answer("1", ("ticked",))
    if form in NO_ANSWER:
        return Answer(None, ("no_answer",))
    if own and own in [label_form(part) for part in _SEVERAL.split(text)]:
        return _problem("several", options=target.option_text)
    return _problem("two_ticks_disagree")


def _year(value: object, text: str, target: Target) -> Answer:
    if isinstance(value, date):
        return Answer(str(value.year), ("year_of_date",))
    bare = plain(text)
    found = _YEAR.fullmatch(bare)
    if found:
        return Answer(found["year"], () if text == found["year"] else ("unit",))
    found = _DATE.fullmatch(bare)
    if found:
        return Answer(found["last"] or found["first"] or found["word"], ("year_of_date",))
    return _number(text, target, "", "")


def _number(text: str, target: Target, source_unit: str, decimal_mark: str) -> Answer:
    item = target.item
    unit = item.unit or ("year" if item.type == "year" else "")
    read = read_number(text, unit=source_unit or unit, decimal_mark=decimal_mark)
    if read.problem:
        return Answer(problem=read.problem, details=read.details)
    if read.value is None:
        return Answer(None, read.rules)
    value, rules = read.value, read.rules
    if source_unit and source_unit != unit:
        value, rules = _convert(value, source_unit, unit), (*rules, "unit_converted")
    return Answer(decimal_text(value), rules)


def _convert(value: Decimal, given: str, wanted: str) -> Decimal:
    if given == "fraction":
        return value * 100
    return value * WORTH[given] / WORTH[wanted]


def _typed(value: object, target: Target, rule: ColumnRule) -> Answer | None:
    """Read a cell that is no text: a number, a date, a percentage, an error; None if it is to be read as text."""
    numeric = target.item.type in NUMERIC_TYPES and target.item.type not in CODED_VALUES
    if isinstance(value, Formula):
        return _problem("formula_without_value")
    if isinstance(value, SheetError):
        return (
            Answer(None, ("no_answer",)) if value.text in ("#N/A", "#N/D!", "#N/D") else _problem("spreadsheet_error")
        )
    if isinstance(value, date) and numeric and target.item.type != "year":
        return _problem("date_for_number")
    if isinstance(value, Percent) and numeric:
        if (rule.unit or target.item.unit) in ("percent", "fraction"):
            return Answer(number_text(value.value), ("unit",))
        return _problem("wrong_unit", unit="%", wanted=target.item.unit or "none")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and numeric:
        if rule.unit and rule.unit != target.item.unit:
            converted = _convert(Decimal(number_text(value)), rule.unit, target.item.unit)
            return Answer(decimal_text(converted), ("unit_converted",))
        return Answer(number_text(value))
    return None


def read_answer(value: object, column: Column, rule: ColumnRule, target: Target, decimal_mark: str) -> Answer:
    """Turn one cell into the text of a raw file.

    Parameters
    ----------
    value
        The cell as the reader gave it.
    column
        Its column: labels of values and values declared as missing.
    rule
        What the mapping says about the column; its `answers` come first.
    target
        The item and its labels.
    decimal_mark
        See `read_number`.
    """
    if value is None:
        return Answer()
    text = show(value)
    stored = text.strip()
    if stored in rule.answers:
        became = rule.answers[stored]
        if became and target.choices and became not in target.choices:
            return _problem("answer_code", was=mask(stored), options=", ".join(target.choices[:12]))
        return Answer(became or None, () if became == text else ("mapping",))
    if _declared_missing(stored, column):
        return Answer(None, ("user_missing",))
    item = target.item
    labelled = column.values.get(stored)
    if labelled is not None:
        text = labelled
    else:
        typed = _typed(value, target, rule)
        if typed is not None:
            return typed
    if stored.startswith("'="):
        text = stored[1:]  # LimeSurvey puts an apostrophe before what a spreadsheet would take for a formula
    if item.type == "tick":
        return _tick(text, target)
    if target.choices:
        return _choice(text, target)
    if item.type == "year":
        return _year(value, text, target)
    if item.type in NUMERIC_TYPES:
        if labelled is not None and re.fullmatch(r"-?\d+(\.\d+)?", stored) and read_number(labelled).problem:
            return Answer(stored)  # only special values of the variable have labels
        return _number(text, target, rule.unit, decimal_mark)
    kept = mask(" ".join(text.split()) if item.type == "id" else text.strip())
    rules = (("personal",) if kept != text.strip() and kept != " ".join(text.split()) else ()) + (
        ("spaces",) if text != text.strip() else ()
    )
    return Answer(kept, rules)
