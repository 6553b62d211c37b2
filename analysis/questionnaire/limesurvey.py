"""LimeSurvey's survey structure as tab-separated values, both languages: groups, questions, sub-questions, answers.

Codes are the names of the raw columns without underscores, so that an export finds its way back: `kis[health]` for
`kis__health`. Boxes that must be answered are a multiple choice, where nothing ticked means none of them; boxes that
may be left out are an array of yes and no, because a multiple choice cannot tell „none” from „no answer”.

Source: https://manual.limesurvey.org/Tab_Separated_Value_survey_structure
"""

from __future__ import annotations

import csv
import io
import math
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import FrameworkError
from analysis.questionnaire.form import LANGUAGES, Form, Question, Text, number_text, numbered
from analysis.questionnaire.translate import Dialect, is_number
from analysis.schemas import FLOAT_TYPES, Item, short_codes

CODE = 20  # longest code of a question or sub-question
COLUMNS = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "other", "default", "same_default", "em_validation_q", "em_validation_q_tip", "max_num_value_n",
    "min_num_value_n", "num_value_int_only",
)  # fmt: skip
_LONG_LIST = 8
_TYPES = {"id": "S", "text": "T", "number": "N", "numbers": "K", "choice": "L", "yes_no": "Y", "matrix": "F"}


@dataclass(frozen=True)
class Code:
    """Where an item stands in LimeSurvey: code of the question, of the sub-question ('' if none), type."""

    question: str
    sub: str
    type: str

    @property
    def heading(self) -> str:
        """Heading of its column in an export with codes."""
        return f"{self.question}[{self.sub}]" if self.sub else self.question

    @property
    def variable(self) -> str:
        """Its name in expressions."""
        return f"{self.question}_{self.sub}.NAOK" if self.sub else f"{self.question}.NAOK"


def _letters(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)


def question_type(question: Question) -> str:
    """Return the type of a question in LimeSurvey."""
    if question.kind == "ticks":
        return "M" if question.required else "F"
    if question.kind == "choice" and len(question.choices) > _LONG_LIST:
        return "!"
    return _TYPES[question.kind]


def codes(form: Form) -> dict[str, Code]:
    """Return the code of every item; no two questions, and no two sub-questions of one, have the same.

    Raises
    ------
    FrameworkError
        Two items cannot be told apart within twenty characters.
    """
    out: dict[str, Code] = {}
    used: set[str] = set()
    # Codes that are whole names first: a name that has to be cut must not take one of them.
    order = sorted(form.questions, key=lambda q: len(_letters(q.stem)) > CODE)
    for question in order:
        kind, whole = question_type(question), _letters(question.stem)
        code, sub = whole[:CODE], ""
        if code.casefold() in used and kind == "N":
            # A multiple numerical question with one line has room for forty characters.
            kind, code, sub = "K", whole[: CODE - 1], whole[CODE - 1 :][:CODE]
        if code.casefold() in used or not re.match("[A-Za-z]", code):
            raise FrameworkError(
                f"{form.instrument}: `{question.stem}` has no code of its own in LimeSurvey; rename it"
            )
        used.add(code.casefold())
        subs: set[str] = set()
        for field in question.fields:
            own = sub or (_letters(question.option(field))[:CODE] if kind in "MFK" else "")
            if own.casefold() in subs:
                raise FrameworkError(f"{form.instrument}: `{field.item.name}` begins like another option; rename it")
            subs.add(own.casefold())
            out[field.item.name] = Code(code, own, kind)
    return out


class Equations(Dialect):
    """Expressions of LimeSurvey's expression manager."""

    equal, unequal, divide, negation = "==", "!=", "/", "!"

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.codes = codes(form)

    def value(self, item: Item) -> str:
        """Return the value; a box counts 1 or 0."""
        if item.type == "tick" or item.type == "yes_no":
            return f"if({self.is_option(item, '1')}, 1, 0)"
        return self.codes[item.name].variable

    def blank(self, item: Item) -> str:
        """Return whether there is no answer."""
        return f"is_empty({self.codes[item.name].variable})"

    def is_option(self, item: Item, option: str) -> str:
        """Return whether the option was chosen."""
        code = self.codes[item.name]
        if code.type == "M":
            return f"{code.variable} {'==' if option == '1' else '!='} 'Y'"
        if code.type == "Y":
            return f"{code.variable} == '{'Y' if option == '1' else 'N'}'"
        return f"{code.variable} == '{short_codes(item.options)[option]}'"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _limits(items: Iterable[Item]) -> dict[str, str]:
    """Return the bounds that all fields of a question share, as attributes."""
    own = list(items)
    if not all(is_number(item) for item in own):
        return {}
    low, high = max(i.minimum for i in own), min(i.maximum for i in own)
    out = {"num_value_int_only": "0" if any(i.type in FLOAT_TYPES for i in own) else "1"}
    if math.isfinite(low):
        out["min_num_value_n"] = number_text(low)
    if math.isfinite(high):
        out["max_num_value_n"] = number_text(high)
    return out


def _rows_of_question(form: Form, question: Question, lang: str, number: int, em: Equations) -> list[dict[str, str]]:
    first = em.codes[question.fields[0].item.name]
    items = [field.item for field in question.fields]
    rules = [rule for item in items for rule in form.rules_at().get(item.name, [])]
    checks = " and ".join(f"({em.rule(rule.check.expression)})" for rule in rules)
    said = " ".join(f"{t[:1].upper()}{t[1:]}." for t in (rule.message[lang] for rule in rules))
    hints = {field.hint[lang]: None for field in question.fields if field.hint[lang]}
    pattern = form.patterns.get(items[0].name, "") if items[0].type == "id" else ""
    text = numbered(question, question.text[lang])
    rows = [
        {
            "id": str(number), "class": "Q", "type/scale": first.type, "name": first.question,
            "relevance": em.condition(question.conditions) or "1", "text": _plain(text),
            "help": _plain(". ".join(hints)), "language": lang, "validation": f"/^{pattern}$/" if pattern else "",
            "mandatory": "Y" if question.required and first.type != "M" else "N", "other": "N", "same_default": "0",
            "em_validation_q": checks, "em_validation_q_tip": said, **_limits(items),
        }
    ]  # fmt: skip
    for i, field in enumerate(question.fields):
        code = em.codes[field.item.name]
        if code.sub:
            wording = field.option[lang] or field.label[lang]
            # Sub-questions share the numbers of questions; a question leaves room for them.
            rows.append(
                {
                    "id": str(number + 1 + i), "related_id": str(number), "class": "SQ", "type/scale": "0",
                    "name": code.sub, "relevance": "1", "text": _plain(wording), "language": lang,
                }
            )  # fmt: skip
    if first.type in ("L", "!", "F"):
        short = short_codes(items[0].options)
        labels: list[tuple[str, Text]] = [(c.code, c.label) for c in question.choices]
        if question.kind == "ticks":
            labels = [("1", form.words("choice.yes")), ("0", form.words("choice.no"))]
        for option, label in labels:
            rows.append(
                {
                    "id": str(number), "class": "A", "type/scale": "0",
                    "name": short[option], "relevance": "0", "text": _plain(label[lang]), "language": lang,
                }
            )  # fmt: skip
    return rows


def _settings(form: Form, order: list[str]) -> list[dict[str, str]]:
    survey = {
        "sid": str(100000 + zlib.crc32(f"{form.instrument}{form.year}".encode()) % 900000),
        "language": order[0], "additional_languages": " ".join(order[1:]), "format": "G", "anonymized": "N",
        "datestamp": "N", "ipaddr": "N", "refurl": "N", "savetimings": "N", "allowsave": "Y", "allowprev": "Y",
        "showprogress": "Y", "showxquestions": "N", "questionindex": "1",
    }  # fmt: skip
    rows = [{"class": "S", "name": name, "text": value} for name, value in survey.items()]
    for lang in order:
        told = {
            "surveyls_survey_id": survey["sid"], "surveyls_language": lang, "surveyls_title": form.title[lang],
            "surveyls_welcometext": form.words("hint.zero")[lang],
        }  # fmt: skip
        rows += [{"class": "SL", "name": name, "text": value, "language": lang} for name, value in told.items()]
    return rows


def limesurvey_rows(form: Form, *, language: str) -> list[dict[str, str]]:
    """Return the rows of the structure: settings, then everything in the base language, then in the other.

    Parameters
    ----------
    form
        From `load_form`.
    language
        Base language: pl or en.
    """
    order = sorted(LANGUAGES, key=lambda lang: lang != language)
    em = Equations(form)
    rows = _settings(form, order)
    for lang in order:
        number = 1
        for at, section in enumerate(form.sections, start=1):
            title = _plain(section.title[lang])
            group = {"id": str(at), "class": "G", "type/scale": str(at), "name": title, "relevance": "1"}
            rows.append({**group, "language": lang})
            for question in section.questions:
                rows += _rows_of_question(form, question, lang, number, em)
                number += 1 + len(question.fields)
    return rows


def write_limesurvey(form: Form, path: Path, *, language: str) -> None:
    """Write the structure for „Import a survey” of LimeSurvey (a .txt file, UTF-8 with a byte-order mark)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(limesurvey_rows(form, language=language))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
