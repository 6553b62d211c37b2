from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import PublishError
from analysis.publish import numbers

N = "\u00a0"


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "printed"),
    [
        (25863, "persons", 0, f"25{N}863"),
        (1404, "count", 0, f"1{N}404"),
        (4942, "members", 0, f"4{N}942"),
        (83.2254, "percent", 1, "83,2%"),
        (0.2149, "score", 2, "0,21"),
        (6269.05, "thousand_pln", 1, f"6{N}269,1{N}tys.{N}zł"),
        (1.25, "million_pln", 1, f"1,3{N}mln{N}zł"),
        (12345.6, "m2", 0, f"12{N}346{N}m²"),
        (2023, "year", 0, "2023"),
        (-3.44, "percent", 1, "−3,4%"),
        (1234567.5, "count", 0, f"1{N}234{N}568"),
        ("tekst", "text", 0, "tekst"),
    ],
)
def test_polish_print(value: float | str, unit: str, decimals: int, printed: str) -> None:
    assert numbers.quantity(value, unit, decimals) == printed


def test_english_print() -> None:
    assert numbers.quantity(25863, "persons", lang="en") == "25,863"
    assert numbers.quantity(83.25, "percent", 1, lang="en") == "83.3%"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"), [(0.125, 2, "0,13"), (2.675, 2, "2,68"), (0.5, 0, "1"), (2.5, 0, "3")]
)
def test_rounds_half_up_in_decimal(value: float, decimals: int, shown: str) -> None:
    assert numbers.number(value, decimals) == shown


def test_no_minus_before_zero() -> None:
    assert numbers.number(-0.004, 2) == "0,00"


def test_sign() -> None:
    assert [numbers.number(x, 1, sign=True) for x in (1.5, 0, -1.5)] == ["+1,5", "0,0", "−1,5"]


FORMS = {"one": "klaster", "few": "klastry", "many": "klastrów", "other": "klastra"}


@pytest.mark.parametrize(
    ("value", "decimals", "word"),
    [(1, 0, "klaster"), (2, 0, "klastry"), (5, 0, "klastrów"), (12, 0, "klastrów"), (22, 0, "klastry"),
     (21, 0, "klastrów"), (0, 0, "klastrów"), (112, 0, "klastrów"), (2.5, 1, "klastra"), (4.6, 0, "klastrów")],
)  # fmt: skip
def test_polish_plural_agrees_with_the_printed_number(value: float, decimals: int, word: str) -> None:
    assert numbers.plural_form(value, decimals, FORMS) == word


def test_missing_plural_form_is_named() -> None:
    with pytest.raises(PublishError, match=r"2,5 needs the plural form `other`"):
        numbers.plural_form(2.5, 1, {"one": "a", "few": "b", "many": "c"})


def test_unknown_language_is_refused() -> None:
    with pytest.raises(PublishError, match="known: pl, en"):
        numbers.number(1, lang="de")


@given(st.floats(-1e12, 1e12, allow_nan=False), st.integers(0, 4))
def test_what_is_printed_can_be_read_back(value: float, decimals: int) -> None:
    parsed = numbers.parse(numbers.number(value, decimals))
    assert parsed is not None
    assert parsed[:2] == (numbers.rounded(value, decimals), decimals)


@pytest.mark.parametrize("text", ["", "–", "tak", "1.", "1,2,3", "17 klastrów", "%"])
def test_words_are_no_numbers(text: str) -> None:
    assert numbers.parse(text) is None


def test_percent_is_recognised() -> None:
    assert numbers.parse("83,2%") == (Decimal("83.2"), 1, True)
