"""A number as people write it → the number in the unit of the question, with the name of what had to be done.

Read are: decimal commas, spaces, points or commas between thousands, signs of currency and units, 'tys.', 'mln',
percent signs, 'ok.', words for no answer. Not read, because a person has to decide: bounds and ranges ('ponad 500',
'10-15'), 'brak' (zero, or no answer?), other currencies, a unit that the question does not have, and '1.234' or
'1,234', unless the table states its decimal mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from analysis.intake.privacy import plain

NO_ANSWER = frozenset(
    {
        "b.d.", "bd", "b.d", "b/d", "brak danych", "brak odpowiedzi", "brak odp.", "brak informacji", "n.d.", "nd",
        "nd.", "bd.", "n/d", "n.d", "nie dotyczy", "nie wiem", "nie wiadomo", "nie mam wiedzy", "trudno powiedziec",
        "odmowa odpowiedzi", "odmowa", "nie udzielono odpowiedzi", "no answer", "no data", "n/a", "na",
        "not applicable",
        "dont know", "don't know", "-", "--", "–", "—", ".", "..", "...", "…", "?", "x", "null", "nan", "none given",
    }
)  # fmt: skip
NONE_WORDS = frozenset({"brak", "zaden", "zadna", "zadne", "none", "nie ma", "nie bylo"})
_ABOUT = re.compile(r"^(ok\.?|okolo|ca\.?|circa|mniej wiecej|w przyblizeniu|szacunkowo|szac\.?|~|≈|±)\s*")
_BOUND = re.compile(
    r"^(ponad|powyzej|wiecej niz|ponizej|mniej niz|do|od|min\.?|minimum|max\.?|maksimum|maksymalnie|co najmniej|"
    r"nie mniej niz|nie wiecej niz|przynajmniej|prawie|blisko|[<>≥≤])|[+]$|kilka|kilkanascie|kilkadziesiat|kilkaset|"
    r"\d\s*(-|–|—|do|lub|albo|/)\s*\d"
)
_NUMBER = re.compile(r"^(?P<sign>[-−–]?)\s*(?P<body>\d[\d.,\s'’]*|[.,]\d+)\s*(?P<unit>[^\d]*)(?P<two>2?)$")
_SPACES = re.compile(r"(?<=\d)[\s'’]+(?=\d)")

_MONEY = {
    "": Decimal(1), "tys": Decimal(1000), "tysiac": Decimal(1000), "tysiace": Decimal(1000), "tysiecy": Decimal(1000),
    "k": Decimal(1000), "mln": Decimal(10) ** 6, "milion": Decimal(10) ** 6, "miliony": Decimal(10) ** 6,
    "milionow": Decimal(10) ** 6, "mld": Decimal(10) ** 9, "miliard": Decimal(10) ** 9, "miliardy": Decimal(10) ** 9,
    "miliardow": Decimal(10) ** 9,
}  # fmt: skip
_ZLOTY = {"zl", "zlotych", "zlote", "zloty", "pln"}
_FOREIGN = re.compile(r"^(tys|mln|mld)?\.?\s*(eur|euro|€|usd|\$|dol\w*|gbp|£|chf|czk)")
# What amounts of a unit of the codebook are worth in zloty.
WORTH = {"pln": Decimal(1), "thousand_pln": Decimal(1000), "million_pln": Decimal(10) ** 6}
_WORDS = {
    "members": {"czlonkow", "czlonek", "czlonkowie", "podmiotow", "podmioty", "podmiot"},
    "enterprises": {"przedsiebiorstw", "przedsiebiorstwa", "przedsiebiorstwo", "firm", "firmy", "firma"},
    "entities": {"podmiotow", "podmioty", "podmiot"},
    "persons": {
        "os", "osob", "osoby", "osoba", "etat", "etatu", "etaty", "etatow", "pracownik", "pracownikow", "pracownicy",
    },
    "m2": {"m", "m²", "mkw", "m kw", "metrow kw", "metrow kwadratowych"},
    "count": {"szt", "sztuk", "sztuki", "sztuka", "x"},
    "points": {"pkt", "punktow", "punkty", "punkt"},
    "year": {"r", "rok", "roku"},
    "percent": {"%", "proc", "procent", "pct"},
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A number that was read, and the rules it took; or the key of a problem and the values of its text."""

    value: Decimal | None = None
    rules: tuple[str, ...] = ()
    problem: str = ""
    details: tuple[tuple[str, object], ...] = ()


def _problem(key: str, **details: object) -> Reading:
    return Reading(problem=key, details=tuple(details.items()))


def _digits(body: str, decimal_mark: str) -> tuple[Decimal, str] | Reading:
    """Read digits with separators; returns the number and 'decimal', 'thousands' or ''."""
    joined = _SPACES.sub("", body.strip())
    rule = "thousands" if joined != body.strip() else ""
    if rule and not re.fullmatch(r"\d{1,3}([\s'’]+\d{3})*([.,]\d+)?", body.strip()):
        return _problem("not_a_number")
    marks = [c for c in joined if c in ".,"]
    if not marks:
        return Decimal(joined), rule
    last = marks[-1]
    whole, _, part = joined.rpartition(last)
    if len(set(marks)) == 2:  # 1.234,5 or 1,234.5: the last one is decimal, the others cut groups of three
        if marks.count(last) > 1 or not re.fullmatch(r"\d{1,3}([.,]\d{3})+", whole) or not part:
            return _problem("not_a_number")
        return Decimal(re.sub(r"[.,]", "", whole) + "." + part), "thousands"
    if len(marks) > 1:
        if not re.fullmatch(r"\d{1,3}([.,]\d{3})+", joined):
            return _problem("not_a_number")
        return Decimal(re.sub(r"[.,]", "", joined)), "thousands"
    if not part:
        return _problem("not_a_number")
    as_decimal = Decimal(f"{whole or '0'}.{part}")
    groups = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", joined) is not None and not rule
    if groups and decimal_mark not in (",", "."):
        both = {"first": str(as_decimal).replace(".", ","), "second": whole + part}
        return _problem("two_readings", **both)
    if groups and decimal_mark != last:
        return Decimal(whole + part), "thousands"
    # A point and trailing zeros is how survey systems store numbers: 12.5000000000.
    return as_decimal, rule or "decimal"


def _in_unit(value: Decimal, unit: str, wanted: str) -> Reading:
    """Bring a number with a unit into the unit of the question."""
    text = plain(unit).strip(" .")
    if not text:
        return Reading(value)
    words = [w.strip(".,") for w in text.split()]
    if _FOREIGN.match(text):
        return _problem("currency")
    zloty = [w for w in words if w in _ZLOTY]
    scale = [w for w in words if w not in _ZLOTY]
    if wanted in WORTH and len(zloty) <= 1 and len(scale) <= 1 and all(w in _MONEY for w in scale):
        multiple = _MONEY[scale[0] if scale else ""]
        if not zloty and multiple == WORTH[wanted]:
            return Reading(value, ("unit",))
        became = value * multiple / WORTH[wanted]
        return Reading(became, ("unit",) if became == value else ("unit_converted",))
    allowed = _WORDS.get(wanted, set())
    if text in allowed or (words and all(w in allowed for w in words)):
        return Reading(value, ("unit",))
    if scale and scale[0] in _MONEY and wanted not in WORTH and not zloty:
        rest = scale[1:]
        if all(w in allowed for w in rest):  # '1,2 tys. osób'
            return Reading(value * _MONEY[scale[0]], ("unit_converted",))
    if re.search(r"[^\W\d_]{13,}|\s\S+\s\S+\s\S+\s", unit):
        return _problem("not_a_number")
    return _problem("wrong_unit", unit=repr(unit.strip()), wanted=wanted or "none")


def read_number(text: str, *, unit: str = "", decimal_mark: str = "") -> Reading:
    """Read a number from a text.

    Parameters
    ----------
    text
        The cell, not empty.
    unit
        Unit of the question, as in the codebook: thousand_pln, persons, percent, …
    decimal_mark
        ',' or '.' if the table states which is decimal; '' reads both, and refuses what can be read in two ways.

    Returns
    -------
    The number (None for words that say there is no answer) with its rules, or a problem.
    """
    bare = plain(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " "))
    bare = bare.removeprefix("'=").strip()
    if bare in NO_ANSWER:
        return Reading(None, ("no_answer",))
    if bare in NONE_WORDS:
        return _problem("none_word", value=text.strip())
    rules: list[str] = []
    about = _ABOUT.match(bare)
    if about:
        bare = bare[about.end() :]
        rules.append("approximate")
    if _BOUND.search(bare):
        return _problem("bound")
    # Units are looked up in the text as written ('m²' must stay), numbers in the plain one.
    found = _NUMBER.match(bare)
    if not found:
        return _problem("not_a_number")
    square = found["two"] == "2" and found["unit"].strip().endswith("m")
    if found["two"] and not square:
        return _problem("not_a_number")
    read = _digits(found["body"], decimal_mark)
    if isinstance(read, Reading):
        return read
    value, how = read
    if found["sign"]:
        value = -value
    in_unit = _in_unit(value, found["unit"], unit)
    if in_unit.problem:
        return in_unit
    if how and not (how == "decimal" and re.fullmatch(r"-?\d+\.\d+", bare) and str(value) == bare):
        rules.append(how)
    assert in_unit.value is not None
    return Reading(in_unit.value, (*rules, *in_unit.rules))


def decimal_text(value: Decimal) -> str:
    """Return a decimal as raw files hold it: no exponent, no trailing zeros."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
