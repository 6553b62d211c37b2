"""How much a column of a source looks like an item of the codebook: by codes, by wording, by what its cells say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from analysis.intake.answers import read_answer
from analysis.intake.codebook import Wanted
from analysis.intake.mapping import ColumnRule
from analysis.intake.model import Column, Percent, show
from analysis.intake.privacy import plain

_SAMPLE = 200  # distinct values looked at in a column
# A person has to decide on these, but they are what people write where such a number is asked for.
_DOUBTFUL = ("bound", "none_word", "two_readings", "currency", "formula_without_value", "spreadsheet_error")
_NEARLY = 0.84  # just below what is proposed without a question
_ORDER_SCORE = 0.86  # question number and place agree, wording is not known
_LIMESURVEY_CODE = 20  # longest question code of LimeSurvey; longer item names are cut


@dataclass(frozen=True)
class Likeness:
    """How alike a column and an item are (0 to 1), and why, in words."""

    score: float
    why: str


@cache
def form(text: str) -> str:
    """Return letters and digits only, to compare codes."""
    return re.sub(r"[^a-z0-9]", "", plain(text))


@cache
def words(text: str) -> str:
    """Return a wording to compare: without accents, case, signs."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))


def same_number(code: str, question_no: str) -> bool:
    """Return whether a question code is a question number: 'A9' or, for the number '7', 'Q7', 'P7', 'pyt7', '07'."""
    own, wanted = form(code), form(question_no)
    if own == wanted:
        return bool(own)
    bare = re.sub(r"^(q|p|pyt|pytanie|m|v|var|g\d+q)", "", own)
    return bare.isdigit() and wanted.isdigit() and int(bare) == int(wanted)


def by_code(column: Column, wanted: Wanted, place: int, of: int) -> Likeness:
    """Compare codes: the name of the item, or the number of the question and the place of the sub-question."""
    name = form(wanted.item.name)
    whole = form(column.code + column.sub)
    if whole == name or form(column.heading) == name:  # ODK and KoboToolbox write `kis/health`, which is no code
        return Likeness(1.0, "the heading is the name of the item")
    if not column.code:
        return Likeness(0.0, "")
    if len(name) > _LIMESURVEY_CODE and len(whole) >= _LIMESURVEY_CODE and name.startswith(whole):
        return Likeness(0.95, "the heading is the beginning of the item's name")
    if not same_number(column.code, wanted.question_no):
        return Likeness(0.0, "")
    if wanted.of == 1 and not column.sub:
        return Likeness(0.92, f"question number {wanted.question_no}")
    if column.sub and of == wanted.of and place == wanted.place:
        return Likeness(_ORDER_SCORE, f"question number {wanted.question_no}, sub-question {place} of {of} in order")
    return Likeness(0.3, f"question number {wanted.question_no}")


def _ratio(a: str, b: str) -> float:
    return fuzz.ratio(a, b) / 100 if a and b else 0.0


def _option_ratio(given: str, option: str) -> float:
    """Compare the wording of an option: cut short, or its initials ('JST'), it is still the same option."""
    best = _ratio(given, option)
    mine, theirs = given.split(), option.split()
    if mine and len(given) >= 4 and theirs[: len(mine)] == mine:
        best = max(best, 0.9)
    if 2 < len(given) == len(theirs) and given == "".join(word[0] for word in theirs):
        best = max(best, 0.9)
    return best


def by_wording(column: Column, wanted: Wanted) -> Likeness:
    """Compare wordings: question with question and option with option.

    A long question says nothing about which of its options a column holds, so the option weighs three times as much;
    where a heading does not tell the two apart, a likeness of the whole is never more than nearly sure.
    """
    text, sub = words(column.text), words(column.subtext)
    whole = f"{text} {sub}".strip()
    if not whole:
        return Likeness(0.0, "")
    best = 0.0
    for at, question in enumerate(words(q) for q in wanted.questions):
        if not wanted.options:
            score = _ratio(whole, question)
            # A question longer than its heading: the heading was cut, or a remark was added.
            if len(whole) >= 15 and (question.startswith(whole) or whole.startswith(question)):
                score = max(score, 0.9)
            best = max(best, score)
            continue
        option = words(wanted.options[min(at, len(wanted.options) - 1)])
        if not sub and whole.startswith(question):
            text, sub = question, whole[len(question) :].strip()
        if sub:
            best = max(best, 0.25 * _ratio(text, question) + 0.75 * _option_ratio(sub, option))
            continue
        whole_ratio = _ratio(whole, f"{question} {option}")
        best = max(best, whole_ratio if whole_ratio == 1 else min(whole_ratio, _NEARLY))
        best = max(best, 0.88 * _ratio(whole, option))
    return Likeness(best, f"wording {best:.0%} alike")


def agreement(column: Column, cells: list[object], wanted: Wanted, rule: ColumnRule) -> float | None:
    """Return the share of filled cells that the item can hold, within its bounds; None for an empty column."""
    counts: Counter[str] = Counter()
    samples: dict[str, object] = {}
    for cell in cells:
        if cell is not None:
            text = show(cell) + ("%" if isinstance(cell, Percent) else "")
            counts[text] += 1
            samples.setdefault(text, cell)
    if not counts:
        return None
    fits = total = 0
    item = wanted.item
    for text, n in counts.most_common(_SAMPLE):
        answer = read_answer(samples[text], column, rule, wanted.target, ",")
        total += n
        if answer.problem:
            fits += n * (answer.problem in _DOUBTFUL)
            continue
        if answer.value is not None and item.minimum > float("-inf") and not wanted.target.choices:
            try:
                inside = item.minimum <= float(answer.value) <= item.maximum
            except ValueError:
                inside = False
            fits += n * inside
            continue
        fits += n
    return fits / total


def with_values(likeness: Likeness, share: float | None) -> Likeness:
    """Lower the score where the cells do not fit the item: by up to 40 % when none of them does."""
    if share is None:
        return Likeness(likeness.score, f"{likeness.why}; no answers to compare")
    return Likeness(likeness.score * (0.6 + 0.4 * share), f"{likeness.why}; {share:.0%} of the answers fit")
