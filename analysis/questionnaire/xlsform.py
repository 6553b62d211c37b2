"""XLSForm, for ODK, KoboToolbox and SurveyCTO: a workbook with the sheets survey, choices, settings.

Names of questions are those of the raw columns. A question with several boxes is a `select_multiple` whose choices are
the ends of the columns' names, so that an export with split boxes has the columns back: `kis/health` for `kis__health`.
It ends with „none of these”, because a survey system cannot tell an empty question from one with nothing to tick.

Source: XLSForm standard, https://xlsform.org/en/ref-table/ (checked with pyxform).
"""

from __future__ import annotations

import math
from pathlib import Path

from analysis.errors import ConfigError
from analysis.questionnaire.form import LANGUAGES, Field, Form, Question, Section, Text, number_text, numbered
from analysis.questionnaire.translate import Dialect, is_number
from analysis.questionnaire.xlsx import Sheet, write_workbook
from analysis.schemas import FLOAT_TYPES, NONE_TICKED, Item

HEADINGS = {"pl": "Polski (pl)", "en": "English (en)"}
_SURVEY = ("type", "name", "label", "hint", "required", "required_message", "relevant", "constraint",
           "constraint_message", "appearance")  # fmt: skip
_TEXTS = frozenset({"label", "hint", "required_message", "constraint_message"})


class XPath(Dialect):
    """Expressions of XLSForm; `own` is the question that a constraint stands at, written as a point."""

    own = ""

    def _name(self, name: str) -> str:
        return "." if name == self.own else f"${{{name}}}"

    def value(self, item: Item) -> str:
        """Return the value; a box counts 1 or 0."""
        if item.type == "tick":
            return f"if({self.is_option(item, '1')}, 1, 0)"
        name = self._name(item.name)
        return f"number({name})" if item.options and item.type != "single" and item.type != "rating" else name

    def blank(self, item: Item) -> str:
        """Return whether the question has no answer; boxes are unanswered together."""
        question = self.place[item.name][0]
        return f"{self._name(question.stem if question.kind == 'ticks' else item.name)} = ''"

    def is_option(self, item: Item, option: str) -> str:
        """Return whether the option was chosen."""
        question, field = self.place[item.name]
        if question.kind != "ticks":
            return f"{self._name(item.name)} = '{option}'"
        chosen = f"selected({self._name(question.stem)}, '{question.option(field)}')"
        return chosen if option == "1" else f"not({chosen})"


def _limits(form: Form, field: Field) -> tuple[str, Text | None]:
    """Return the constraint of a single answer, and what to say."""
    item = field.item
    if item.type == "id" and item.name in form.patterns:
        pattern = form.patterns[item.name]
        return f"regex(., '^{pattern}$')", form.words("message.pattern", example=_example(pattern))
    if not is_number(item):
        return "", None
    low, high = number_text(item.minimum), number_text(item.maximum)
    parts = [f". >= {low}"] if math.isfinite(item.minimum) else []
    parts += [f". <= {high}"] if math.isfinite(item.maximum) else []
    if not parts:
        return "", None
    key = "message.number" if len(parts) == 1 else "message.range" if item.type in FLOAT_TYPES else "message.whole"
    return " and ".join(parts), form.words(key, low=low, high=high)


def _example(pattern: str) -> str:
    head = pattern.split("[")[0]
    return f"{head}01" if head else "a-1"


def _row(kind: str, name: str, texts: dict[str, Text | None], **cells: str) -> dict[str, str]:
    row = {"type": kind, "name": name, **cells}
    for what, text in texts.items():
        for lang in LANGUAGES:
            row[f"{what}::{HEADINGS[lang]}"] = text[lang] if text else ""
    return row


def _join(a: Text | None, b: Text) -> Text:
    return b if a is None else {lang: f"{a[lang]} {b[lang]}" for lang in LANGUAGES}


def _asked(
    form: Form, question: Question, field: Field | None, path: XPath, kind: str, appearance: str
) -> dict[str, str]:
    """Return the row of one question of the form: a field, or a question with boxes."""
    name = field.item.name if field else question.stem
    required = field.item.required if field else question.required
    path.own = name
    constraint, message = _limits(form, field) if field else ("", None)
    if field is None:
        constraint = f"not(selected(., '{NONE_TICKED}') and count-selected(.) > 1)"
        message = form.words("message.option")
    at = form.rules_at()
    for item in [field.item] if field else [f.item for f in question.fields]:
        for rule in at.get(item.name, []):
            constraint = " and ".join(filter(None, [constraint, f"({path.rule(rule.check.expression)})"]))
            message = _join(message, {k: f"{t[:1].upper()}{t[1:]}." for k, t in rule.message.items()})
    path.own = ""
    label = field.label if field else question.text
    if label is not question.text and question.kind == "numbers":
        label = {lang: f"{question.text[lang]} – {label[lang]}" for lang in LANGUAGES}
    texts = {
        "label": {lang: numbered(question, label[lang]) for lang in LANGUAGES},
        "hint": field.hint if field else None,
        "required_message": form.words("message.required") if required else None,
        "constraint_message": message,
    }  # fmt: skip
    return _row(
        kind, name, texts, required="yes" if required else "", constraint=constraint,
        relevant=path.condition(question.conditions), appearance=appearance,
    )  # fmt: skip


def _kind(item: Item) -> str:
    if item.type in FLOAT_TYPES:
        return "decimal"
    return "integer" if is_number(item) else "text"


def _choices(form: Form, question: Question, lists: dict[str, list[tuple[str, Text]]]) -> str:
    if question.kind == "ticks":
        name = question.stem
        own = [(question.option(f), f.label) for f in question.fields]
        lists[name] = [*own, (NONE_TICKED, form.words("choice.none"))]
    elif question.kind == "yes_no":
        name = "yes_no"
        lists[name] = [("1", form.words("choice.yes")), ("0", form.words("choice.no"))]
    else:
        name = question.fields[0].item.option_list
        lists[name] = [(c.code, c.label) for c in question.choices]
        if not lists[name]:
            raise ConfigError(f"{question.stem}: a choice needs an option list; name one in the codebook")
    return name


def _section(
    form: Form, section: Section, path: XPath, lists: dict[str, list[tuple[str, Text]]]
) -> list[dict[str, str]]:
    rows = [_row("begin_group", section.name, {"label": section.title})]
    for question in section.questions:
        if question.kind == "ticks":
            rows.append(_asked(form, question, None, path, f"select_multiple {_choices(form, question, lists)}", ""))
        elif question.kind == "matrix":
            list_name = _choices(form, question, lists)
            shown = {lang: numbered(question, question.text[lang]) for lang in LANGUAGES}
            rows.append(_row("note", f"{question.stem}_question", {"label": shown},
                             relevant=path.condition(question.conditions)))  # fmt: skip
            rows += [_asked(form, question, f, path, f"select_one {list_name}", "likert") for f in question.fields]
        elif question.kind in ("choice", "yes_no"):
            list_name = _choices(form, question, lists)
            long = "minimal" if len(lists[list_name]) > 8 else ""
            rows.append(_asked(form, question, question.fields[0], path, f"select_one {list_name}", long))
        else:
            rows += [_asked(form, question, f, path, _kind(f.item), "") for f in question.fields]
    return [*rows, _row("end_group", section.name, {})]


def write_xlsform(form: Form, path: Path, *, language: str) -> None:
    """Write the form as XLSForm with both languages.

    Parameters
    ----------
    form
        From `load_form`.
    path
        File to write (.xlsx); the same form gives the same bytes.
    language
        Language shown first: pl or en.
    """
    order = sorted(LANGUAGES, key=lambda lang: lang != language)
    lists: dict[str, list[tuple[str, Text]]] = {}
    xpath = XPath(form)
    rows = [row for section in form.sections for row in _section(form, section, xpath, lists)]
    survey = [c for name in _SURVEY for c in ([f"{name}::{HEADINGS[k]}" for k in order] if name in _TEXTS else [name])]
    choices = ["list_name", "name", *(f"label::{HEADINGS[k]}" for k in order)]
    options = [[name, code, *(text[k] for k in order)] for name, own in lists.items() for code, text in own]
    settings = {
        "form_title": form.title[language], "form_id": f"{form.instrument}_{form.year}", "version": str(form.year),
        "default_language": HEADINGS[language],
    }  # fmt: skip
    write_workbook(
        path,
        [
            Sheet("survey", [survey, *([row.get(c, "") for c in survey] for row in rows)]),
            Sheet("choices", [choices, *options]),
            Sheet("settings", [list(settings), list(settings.values())]),
        ],
    )
