"""Which values a number in running text can stand for.

A plain number stands for what rounds to it. Words around it widen or shift that range; the ranges are chosen wide, so
that loose wording is not called a contradiction:

| wording | range for a printed v |
| --- | --- |
| (none) | [v - half a unit of the last place, v + half a unit) |
| ok., około, approx. | v ± one unit of the last place or 5%, the wider; a share in words (half) ± 5 points |
| blisko, niemal, prawie | from 0.9 v, or one unit of the last place below v, up to what rounds to v |
| ponad, więcej niż, powyżej | above v (without upper limit) |
| nieco ponad, niewiele ponad | from v to 1.1 v |
| niespełna, niecałe | from 0.9 v, or one unit of the last place below v, up to v |
| mniej niż, poniżej | below v |
| co najmniej, przynajmniej | from v on |
| a–b | whatever rounds to a value from a to b |
"""

from __future__ import annotations

import re
from fractions import Fraction

from analysis.reproduction.printed import Interval, parse_printed, unit_factor
from analysis.reproduction.proofs.statements import TOP

_WORDS = (
    ("slightly more", r"nieco\s+ponad|niewiele\s+ponad"),
    ("approx", r"ok\.|około"),
    ("almost", r"blisko|niemal|prawie"),
    ("just under", r"niespełna|niecałych|niecałe"),
    ("less", r"mniej\s+niż|poniżej"),
    ("at least", r"co\s+najmniej|przynajmniej"),
    ("more", r"ponad|więcej\s+niż|powyżej|przekroczy\w+"),
)
_UNITS = {
    "approx.": "approx", "almost": "almost", "more than": "more", "slightly more": "slightly more",
    "less than": "less", "assumed": "",
}  # fmt: skip
_SUFFIX = {"_lt": "less", "_gt": "more", "_ge": "at least", "_le": "at most"}
_FACTORS = {
    "PLN million": 1_000_000,
    "PLN thousand": 1_000,
    "thousand persons": 1_000,
    "thousand m2": 1_000,
    "million m2": 1_000_000,
}
HALF = Fraction(1, 2)


def wording(printed: str, unit: str) -> str:
    """Return the kind of wording of a number: one of the keys above, or empty for a plain number."""
    if match := re.search(r"\(([^)]*)\)\s*$", unit):
        found = _UNITS.get(match[1])
        if found is not None:
            return found
    for name, pattern in _WORDS:
        if re.search(rf"(?i)\b(?:{pattern})\s+(?:\w+\s+)?\d", printed) or (
            not re.search(r"\d", printed) and re.search(rf"(?i)\b(?:{pattern})", printed)
        ):
            return name
    return ""


def base_factor(unit: str) -> int:
    """Return base units to one unit of a claim."""
    plain = re.sub(r"\s*\([^)]*\)\s*$", "", unit)
    return _FACTORS.get(plain, unit_factor(plain))


def stands_for(value: str, printed: str, unit: str, statistic: str) -> tuple[Interval, str, int] | None:
    """Return the values a claim's number can stand for, the wording found, and its decimals; None if no number.

    Parameters
    ----------
    value, unit
        The number and its unit as recorded; the unit may carry "(approx.)" and the like.
    printed
        The words of the source around the number.
    statistic
        Its name; `mean_lt`, `share_gt(0)_gt` and `mean_range(a;b)` carry a wording too.
    """
    number = parse_printed(value)
    if number is None:
        return None
    factor = Fraction(base_factor(unit))
    if match := re.search(r"_range\(([\d.]+);([\d.]+)\)$", statistic):
        low, high = Fraction(match[1]), Fraction(match[2])
        return Interval((low - HALF) * factor, (high + HALF) * factor), "range", 0
    kind = next((w for end, w in _SUFFIX.items() if statistic.endswith(end)), wording(printed, unit))
    v, place = number.exact, Fraction(1, 10**number.decimals)
    plain = number.interval
    if kind == "approx":
        in_words = not re.search(r"\d", printed) or bool(re.search(r"\d/\d|[¼½¾]", printed))
        spread = Fraction(5) if in_words and unit.startswith("%") else max(place, abs(v) / 20)
        found = Interval(v - spread, v + spread)
    elif kind == "almost":
        found = Interval(min(v * Fraction(9, 10), v - place), plain.high)
    elif kind == "slightly more":
        found = Interval(v, v * Fraction(11, 10))
    elif kind == "just under":
        found = Interval(min(v * Fraction(9, 10), v - place), v)
    elif kind == "less":
        found = Interval(Fraction(0), v)
    elif kind == "at most":
        found = Interval(Fraction(0), plain.high)
    elif kind == "at least" or kind == "more":
        found = Interval(v, TOP)
    else:
        # a fraction in words, recorded as percent: 1/3 is 33.3, half is 50
        worded = unit.startswith("%") and (not re.search(r"\d", printed) or re.search(r"\d/\d|[¼½¾]", printed))
        found = Interval(v - 5, v + 5) if worded else plain
        kind = "approx" if worded else ""
    high = found.high if found.high >= TOP else found.high * factor
    return Interval(found.low * factor, high), kind, number.decimals
