"""Numbers as a language prints them: the only place where a value becomes characters.

Symbols and plural rules come from CLDR through Babel. Three choices are ours, because the printed report makes them:
thousands are grouped from four digits ("1 404", CLDR would start at five), never in years; a percent sign follows its
number without a space in Polish; rounding is decimal half-up on the value with 15 significant digits, so that 0.125
is printed as 0,13 and 2.675, which binary arithmetic stores a little lower, as 2,68.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from analysis.config import WITHHELD
from analysis.errors import PublishError

NBSP = "\u00a0"
MINUS = "\u2212"
MISSING = "–"

_SUFFIX = {
    "pl": {
        "percent": "%", "percent_points": f"{NBSP}p.p.", "points": f"{NBSP}pkt", "thousand_pln": f"{NBSP}tys.{NBSP}zł",
        "million_pln": f"{NBSP}mln{NBSP}zł", "m2": f"{NBSP}m²", "km": f"{NBSP}km",
        "pln": f"{NBSP}zł", "billion_pln": f"{NBSP}mld{NBSP}zł", "thousand_persons": f"{NBSP}tys.",
        "thousand_m2": f"{NBSP}tys.{NBSP}m²", "million_m2": f"{NBSP}mln{NBSP}m²",
        "thousand_eur": f"{NBSP}tys.{NBSP}euro", "million_eur": f"{NBSP}mln{NBSP}euro",
    },
    "en": {
        "percent": "%", "percent_points": f"{NBSP}pp", "points": f"{NBSP}points",
        "thousand_pln": f"{NBSP}thousand{NBSP}PLN",
        "million_pln": f"{NBSP}million{NBSP}PLN", "m2": f"{NBSP}m²", "km": f"{NBSP}km",
        "pln": f"{NBSP}PLN", "billion_pln": f"{NBSP}billion{NBSP}PLN", "thousand_persons": f"{NBSP}thousand",
        "thousand_m2": f"{NBSP}thousand{NBSP}m²", "million_m2": f"{NBSP}million{NBSP}m²",
        "thousand_eur": f"{NBSP}thousand{NBSP}EUR", "million_eur": f"{NBSP}million{NBSP}EUR",
    },
}  # fmt: skip


@cache
def _locale(lang: str) -> Locale:
    if lang not in _SUFFIX:
        raise PublishError(f"no number format for language `{lang}`; known: {', '.join(_SUFFIX)}")
    return Locale(lang)


@cache
def _symbols(lang: str) -> dict[int, str]:
    locale = _locale(lang)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def rounded(value: float | int | Decimal, decimals: int) -> Decimal:
    """Round half up in decimal, on the value with 15 significant digits."""
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.15g}")
    out = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(out) if out == 0 else out  # no "−0,0"


def number(
    value: float | int | Decimal, decimals: int = 0, *, lang: str = "pl", group: bool = True, sign: bool = False
) -> str:
    """Format a number without unit.

    `group` separates thousands from four digits on; `sign` also writes a plus before positive numbers.
    """
    symbols = _symbols(lang)
    amount = rounded(value, decimals)
    plain = f"{abs(amount):,.{decimals}f}" if group else f"{abs(amount):.{decimals}f}"
    digits = plain.translate(symbols)
    if amount < 0:
        return MINUS + digits
    return "+" + digits if sign and amount > 0 else digits


def quantity(
    value: float | int | str,
    unit: str,
    decimals: int = 0,
    *,
    lang: str = "pl",
    with_unit: bool = True,
    sign: bool = False,
) -> str:
    """Format a value of a known unit; things that are counted (clusters, persons, …) carry no unit of their own."""
    if unit == "text" or isinstance(value, str):
        return str(value)
    text = number(value, decimals, lang=lang, group=unit != "year", sign=sign)
    return text + (_SUFFIX[lang].get(unit, "") if with_unit else "")


def fact_text(
    fact: Mapping[str, Any],
    *,
    lang: str = "pl",
    decimals: int | None = None,
    with_unit: bool = True,
    sign: bool = False,
) -> str:
    """Format a record of `facts.json` with its own unit and decimals, or with `decimals` given here."""
    if fact.get("withheld"):
        return WITHHELD
    return quantity(
        fact["value"],
        fact["unit"],
        fact["decimals"] if decimals is None else decimals,
        lang=lang,
        with_unit=with_unit,
        sign=sign,
    )


def plural_category(value: float | int, decimals: int = 0, *, lang: str = "pl") -> str:
    """Return the CLDR plural category (one, few, many, other) of the number *as printed*."""
    shown = rounded(value, decimals)
    return str(_locale(lang).plural_form(abs(int(shown)) if decimals == 0 else abs(shown)))


def plural_form(value: float | int, decimals: int, forms: Mapping[str, str], *, lang: str = "pl") -> str:
    """Choose the word that agrees with a number.

    Raises
    ------
    PublishError
        The form that the number needs was not given (Polish fractions need `other`: "2,5 klastra").
    """
    category = plural_category(value, decimals, lang=lang)
    if category in forms:
        return forms[category]
    shown = number(value, decimals, lang=lang)
    raise PublishError(f"{shown} needs the plural form `{category}`; given: {', '.join(forms)}")


_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f "), None)


def parse(text: str, *, lang: str = "pl") -> tuple[Decimal, int, bool] | None:
    """Read a number printed by this module; returns (value, decimals, is_percent) or None if it is no number."""
    body = text.strip().translate(_SPACES).replace(MINUS, "-")
    percent = body.endswith("%")
    body = body.removesuffix("%")
    body = body.replace(",", "." if lang == "pl" else "")
    unsigned = body.removeprefix("-").removeprefix("+")
    whole, _, fraction = unsigned.partition(".")
    if not whole.isdecimal() or (fraction and not fraction.isdecimal()) or unsigned.endswith("."):
        return None
    return Decimal(body), len(fraction), percent
