"""Printed numbers: their value, their decimals, what unrounded values they can stand for, and the rounding rule.

**The rule.** A recomputed value reproduces a printed one if, written with 15 significant digits (the form in which
tables are stored) and rounded half up in decimal arithmetic to the decimals of the printed number, it equals that
number. There is no further tolerance. So 0.125 prints as 0.13, 2.5 as 3, and 1.005, although its binary form lies a
little below, as 1.01. Halves of negative numbers go away from zero.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, cached_property

SIGNIFICANT_DIGITS = 15
_NUMBER = re.compile(r"^[-−]?\d{1,3}(?:[ \u00a0\u202f]?\d{3})*(?:[.,]\d+)?$|^[-−]?\d+(?:[.,]\d+)?$")

# How many base units (złoty, persons, square metres, pieces) one unit of the published or framework tables holds.
UNIT_FACTORS = {
    "zł": 1, "tys. zł": 1_000, "mln zł": 1_000_000, "thousand_pln": 1_000, "million_pln": 1_000_000,
    "thousand": 1_000, "thousand persons": 1_000, "thousand m2": 1_000,
}  # fmt: skip


def unit_factor(unit: str) -> int:
    """Return how many base units one `unit` holds; every unit not listed is a base unit."""
    return UNIT_FACTORS.get(unit, 1)


@dataclass(frozen=True)
class Interval:
    """Exact numbers from `low` (included) up to `high` (excluded); a single number if the two are equal.

    Half open because a printed number stands for the values that round half up to it: 36.75 prints as 36.8, so 36.7
    and 36.8 have no unrounded value in common.
    """

    low: Fraction
    high: Fraction

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def times(self, factor: Fraction | int) -> Interval:
        """Return the interval multiplied by a number that is not negative."""
        return Interval(self.low * factor, self.high * factor)

    def meets(self, other: Interval) -> bool:
        """Whether the two intervals have a number in common."""
        if self.low == self.high:
            return other.holds(self.low)
        if other.low == other.high:
            return self.holds(other.low)
        return self.low < other.high and other.low < self.high

    def holds(self, value: Fraction | int) -> bool:
        """Whether the number lies in the interval."""
        return self.low <= value < self.high or self.low == value == self.high

    def integers(self) -> range:
        """Return the whole numbers of the interval."""
        return range(math.ceil(self.low), max(math.ceil(self.high), math.floor(self.low) + (self.low == self.high)))


@dataclass(frozen=True)
class Printed:
    """A number as printed."""

    value: Decimal
    decimals: int

    @cached_property
    def exact(self) -> Fraction:
        """The printed number as a fraction."""
        return Fraction(self.value)

    @cached_property
    def interval(self) -> Interval:
        """The unrounded values the number can stand for."""
        half = Fraction(1, 2 * 10**self.decimals)
        return Interval(self.exact - half, self.exact + half)

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


@cache
def parse_printed(text: str) -> Printed | None:
    """Read a printed number; None if the text is not a number.

    Accepts a decimal comma or point, thousands separated by (no-break) spaces, and a percent sign.
    """
    body = text.strip().removesuffix("%").strip()
    if not _NUMBER.match(body):
        return None
    plain = re.sub(r"[ \u00a0\u202f]", "", body).replace(",", ".").replace("−", "-")
    return Printed(Decimal(plain), len(plain.partition(".")[2]))


def round_half_up(value: float | int | Decimal | Fraction, decimals: int) -> Decimal:
    """Round half up in decimal arithmetic, by the rule at the head of this module.

    Raises
    ------
    ValueError
        The value is not finite.
    """
    if isinstance(value, Fraction):
        # exact: shift, round half away from zero, shift back
        shifted = abs(value) * 10**decimals
        whole = math.floor(shifted + Fraction(1, 2))
        return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} cannot be rounded")
        number = Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}")
    else:
        number = Decimal(value)
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def reproduces(value: float | int | Decimal | Fraction, printed: Printed) -> bool:
    """Whether a recomputed value, rounded to the printed decimals, equals the printed number."""
    return round_half_up(value, printed.decimals) == printed.value
