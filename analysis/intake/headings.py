"""Headings of survey systems taken apart: question code, sub-question, wording.

LimeSurvey writes `Q3[SQ001]` or, with expression-manager codes, `Q3_SQ001`; full texts as `Question [Sub-question]`;
code and text with a separator that the person exporting chose. Which of them a file has is seen from its headings.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from analysis.intake.model import Column
from analysis.intake.privacy import plain

# What LimeSurvey adds to the answers, by code and by heading in English and Polish.
SYSTEM = {
    "id": ("id", "response id", "id odpowiedzi", "identyfikator odpowiedzi"),
    "submitdate": ("submitdate", "date submitted", "data wyslania", "data przeslania", "data zakonczenia"),
    "lastpage": ("lastpage", "last page", "ostatnia strona"),
    "startlanguage": ("startlanguage", "start language", "jezyk poczatkowy", "jezyk startowy"),
    "seed": ("seed", "ziarno", "ziarno losowosci"),
    "startdate": ("startdate", "date started", "data rozpoczecia"),
    "datestamp": ("datestamp", "date last action", "data ostatniej akcji", "data ostatniej czynnosci"),
}
_TIMES = re.compile(r"(interviewtime|grouptime\d*|questiontime\d*|total time|group time: .*|question time: .*)")
_BRACKETS = re.compile(r"(?P<code>[A-Za-z]\w*)(?P<subs>(?:\[[\w#]+\])+)")
_EM = re.compile(r"(?P<code>[A-Za-z][A-Za-z0-9]*)_(?P<subs>(?:SQ|Y|X|S)\d+(?:_\w+)?|other|\w*comment|\d+)")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CODE_TEXT = re.compile(
    r"(?P<head>[A-Za-z][A-Za-z0-9]{0,19}(?:_\w+)?(?:\[[\w#]+\])*)(?P<sep>\s*[.:|–-]\s+|\s+)(?P<text>\S.*)", re.DOTALL
)
_SUBTEXT = re.compile(
    r"(?P<text>.*?\S)\s*\[(?P<sub>(?:[^\[\]]|\[[^\[\]]*\])+)\](?:\[(?P<sub2>[^\[\]]+)\])?\s*", re.DOTALL
)
_TAG = re.compile(r"<[^<>]+>")


def clean(text: str) -> str:
    """Return a heading without markup and runs of spaces."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def system_role(heading: str) -> str:
    """Return the LimeSurvey name of a system column ('submitdate', 'times', …), or ''."""
    text = plain(heading).strip(". ")
    if _TIMES.fullmatch(text):
        return "times"
    return next((name for name, known in SYSTEM.items() if text in known), "")


def is_limesurvey(headings: Sequence[str]) -> bool:
    """Return whether the headings are those of a LimeSurvey export: an identifier, and when it was submitted."""
    roles = {system_role(h) for h in headings}
    return "id" in roles and bool({"submitdate", "lastpage"} & roles)


def _codes(text: str) -> tuple[str, str] | None:
    """Cut a code into question and sub-question; None if it is not a code."""
    found = _BRACKETS.fullmatch(text)
    if found:
        subs = re.findall(r"\[([\w#]+)\]", found["subs"])
        return found["code"], "_".join(subs)
    found = _EM.fullmatch(text)
    if found:
        return found["code"], found["subs"]
    return (text, "") if _CODE.fullmatch(text) else None


def _texts(text: str) -> tuple[str, str]:
    found = _SUBTEXT.fullmatch(text)
    if not found:
        return text, ""
    sub = found["sub"] + (f" {found['sub2']}" if found["sub2"] else "")
    return found["text"], sub


def dissect(column: Column) -> Column:
    """Return the column with code, sub-code, text and sub-text read from its heading; what it has already is kept."""
    heading = clean(column.heading)
    code, sub, text, subtext = column.code, column.sub, column.text, column.subtext
    codes = _codes(heading)
    if codes:
        code, sub = code or codes[0], sub or codes[1]
    else:
        found = _CODE_TEXT.fullmatch(heading)
        codes = _codes(found["head"]) if found else None
        # 'Liczba członków' begins with a word, not with a code: a code has a digit, a bracket or an underscore.
        if found and codes and re.search(r"[\d\[_]", found["head"]):
            code, sub = code or codes[0], sub or codes[1]
            heading = found["text"]
        if not text:
            text, own = _texts(heading)
            subtext = subtext or own
    return replace(column, code=code, sub=sub, text=clean(text), subtext=clean(subtext))


def unique(headings: Sequence[str]) -> list[str]:
    """Make headings unique and never empty: the second 'Inne' becomes 'Inne (2)', an empty one '(column 7)'."""
    out: list[str] = []
    for number, heading in enumerate(headings, start=1):
        text = name = heading or f"(column {number})"
        again = 1
        while name in out:
            again += 1
            name = f"{text} ({again})"
        out.append(name)
    return out
