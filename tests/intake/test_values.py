"""Every way of writing a number, a mark or a year that the field knows: read, or refused with the reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.answers import Target, label_form, read_answer
from analysis.intake.mapping import ColumnRule
from analysis.intake.messages import LANGUAGES, PROBLEMS, RULES, say
from analysis.intake.model import Column, Formula, Percent, SheetError, number_text
from analysis.intake.numbers import decimal_text, read_number
from analysis.intake.privacy import mask, personal_heading, personal_values
from analysis.schemas import Item


@pytest.mark.parametrize(
    ("text", "unit", "value", "rules"),
    [
        ("500", "persons", "500", ()),
        ("12,5", "m2", "12.5", ("decimal",)),
        ("12.5", "m2", "12.5", ()),
        ("12.5000000000", "m2", "12.5", None),
        ("500.0000000000", "persons", "500", None),
        ("0,125", "m2", "0.125", ("decimal",)),
        ("1 060 380", "persons", "1060380", ("thousands",)),
        ("1\u00a0060\u00a0380", "persons", "1060380", ("thousands",)),
        ("12\u202f345,67", "thousand_pln", "12345.67", ("thousands",)),
        ("1.234.567", "persons", "1234567", ("thousands",)),
        ("1.234,56", "thousand_pln", "1234.56", ("thousands",)),
        ("1,234.56", "thousand_pln", "1234.56", ("thousands",)),
        ("1'060'380", "persons", "1060380", ("thousands",)),
        ("ok. 500", "persons", "500", ("approximate",)),
        ("około 500 osób", "persons", "500", ("approximate", "unit")),
        ("~ 12,5", "m2", "12.5", ("approximate", "decimal")),
        ("120 os.", "persons", "120", ("unit",)),
        ("120 m2", "m2", "120", ("unit",)),
        ("120 m²", "m2", "120", ("unit",)),
        ("12,5 %", "percent", "12.5", ("decimal", "unit")),
        ("12 proc.", "percent", "12", ("unit",)),
        ("3 szt.", "count", "3", ("unit",)),
        ("500 zł", "pln", "500", ("unit",)),
        ("500 zł", "thousand_pln", "0.5", ("unit_converted",)),
        ("500 tys. zł", "thousand_pln", "500", ("unit",)),
        ("500 tys.", "thousand_pln", "500", ("unit",)),
        ("1,2 mln zł", "thousand_pln", "1200", ("decimal", "unit_converted")),
        ("1,2 mln PLN", "million_pln", "1.2", ("decimal", "unit")),
        ("0,5 mld zł", "million_pln", "500", ("decimal", "unit_converted")),
        ("1,5 tys. osób", "persons", "1500", ("decimal", "unit_converted")),
        ("-5", "count", "-5", ()),
    ],
)
def test_numbers_are_read(text: str, unit: str, value: str, rules: tuple[str, ...] | None) -> None:
    read = read_number(text, unit=unit)
    assert read.problem == ""
    assert read.value is not None and decimal_text(read.value) == value
    assert rules is None or read.rules == rules


@pytest.mark.parametrize(
    "text", ["b.d.", "B.D.", "bd", "brak danych", "n.d.", "nie dotyczy", "Nie wiem", "-", "—", "N/A", "?"]
)
def test_words_for_no_answer_are_missing(text: str) -> None:
    assert read_number(text, unit="persons") == read_number("b.d.", unit="persons")
    assert read_number(text).value is None and read_number(text).rules == ("no_answer",)


@pytest.mark.parametrize(
    ("text", "unit", "problem"),
    [
        ("brak", "count", "none_word"),
        ("ponad 500", "persons", "bound"),
        ("500+", "persons", "bound"),
        (">500", "persons", "bound"),
        ("100-150", "persons", "bound"),
        ("100 – 150", "persons", "bound"),
        ("do 50", "persons", "bound"),
        ("kilkanaście", "count", "bound"),
        ("12.500", "persons", "two_readings"),
        ("1,234", "m2", "two_readings"),
        ("500 EUR", "thousand_pln", "currency"),
        ("2 mln euro", "thousand_pln", "currency"),
        ("12 %", "persons", "wrong_unit"),
        ("120 m2", "persons", "wrong_unit"),
        ("500 zł", "persons", "wrong_unit"),
        ("10 60", "persons", "not_a_number"),
        ("1.23.456", "persons", "not_a_number"),
        ("pięćset", "persons", "not_a_number"),
        ("500 (w tym 20 stażystów)", "persons", "not_a_number"),
        ("12 34 56 78", "persons", "not_a_number"),
        ("=1+1", "persons", "not_a_number"),
    ],
)
def test_what_a_person_must_decide_is_refused(text: str, unit: str, problem: str) -> None:
    read = read_number(text, unit=unit)
    assert (read.problem, read.value) == (problem, None)
    for lang in LANGUAGES:
        message, remedy = say(problem, lang, **{"value": text, **dict(read.details)})
        assert message and remedy and "{" not in message + remedy


def test_the_decimal_mark_of_a_table_decides() -> None:
    assert read_number("12.500", decimal_mark=",").value == 12500
    assert read_number("12.500", decimal_mark=".").value == Decimal("12.5")
    assert read_number("12,500", decimal_mark=",").value == Decimal("12.5")


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_polish_and_english_forms_of_a_number_agree(whole: int, part: int) -> None:
    value = Decimal(f"{whole}.{part:02d}")
    for text in (f"{value:,.2f}", f"{value:,.2f}".replace(",", " ").replace(".", ","), f"{value:.2f}"):
        read = read_number(text, unit="m2")
        assert read.value == value, text
    assert Decimal(decimal_text(value)) == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_number(text, unit="thousand_pln")
    assert (read.value is None) or not read.problem


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_numbers_are_written_without_exponent(value: float) -> None:
    text = number_text(value)
    assert "e" not in text.lower()
    assert float(text) == pytest.approx(value, rel=1e-14, abs=0)


NUMBER = Target(Item("employment", "integer", "persons"))
AMOUNT = Target(Item("budget", "amount", "thousand_pln"))
SHARE = Target(Item("share", "percent", "percent"))
YEAR = Target(Item("founding_year", "year", "year"))
YES_NO = Target(Item("took_part", "yes_no", options=("0", "1")))
TICK = Target(Item("social__facebook", "tick", options=("0", "1")), option_text="Meta (Facebook)")
STATUS = Target(
    Item("status", "single", options=("none", "updated")),
    {label_form("Brak strategii – w ogóle"): "none", label_form("Strategia aktualizowana"): "updated"},
)


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        (385, NUMBER, "385"),
        (385.9, AMOUNT, "385.9"),
        (0.1 + 0.2, AMOUNT, "0.3"),
        (12345.678, AMOUNT, "12345.678"),
        (Percent(12.5), SHARE, "12.5"),
        ("12,5 %", SHARE, "12.5"),
        (datetime(2015, 3, 1), YEAR, "2015"),
        ("2015 r.", YEAR, "2015"),
        ("od 2015 roku", YEAR, "2015"),
        ("12.05.2015", YEAR, "2015"),
        ("2015-05-12", YEAR, "2015"),
        ("maj 2015", YEAR, "2015"),
        (2015, YEAR, "2015"),
        ("TAK", YES_NO, "1"),
        ("nie", YES_NO, "0"),
        (True, YES_NO, "1"),
        ("1.0", YES_NO, "1"),
        ("Y", TICK, "1"),
        ("X", TICK, "1"),
        ("meta (facebook)", TICK, "1"),
        ("Nie", TICK, "0"),
        ("N/A", TICK, None),
        ("brak strategii - w ogóle ", STATUS, "none"),
        ("<b>Strategia</b> aktualizowana", STATUS, "updated"),
        ("UPDATED", STATUS, "updated"),
        ("woj. strategia aktualizowana", STATUS, "updated"),
        ("nie dotyczy", STATUS, None),
        (SheetError("#N/A"), NUMBER, None),
    ],
)
def test_cells_become_codes(value: object, target: Target, expected: str | None) -> None:
    answer = read_answer(value, Column("x"), ColumnRule(column="x"), target, "")
    assert (answer.problem, answer.value) == ("", expected)


@pytest.mark.parametrize(
    ("value", "target", "problem"),
    [
        (datetime(2024, 2, 5), NUMBER, "date_for_number"),
        (Percent(12.5), NUMBER, "wrong_unit"),
        (SheetError("#REF!"), NUMBER, "spreadsheet_error"),
        (Formula("=SUM(A1:A3)"), NUMBER, "formula_without_value"),
        ("strategia w budowie", STATUS, "not_an_option"),
        ("Strategia aktualizowana; Brak strategii – w ogóle", STATUS, "several"),
        ("Strategia aktualizowana; inna", STATUS, "not_an_option"),
        ("LinkedIn, Meta (Facebook)", TICK, "several"),
        ("może", TICK, "two_ticks_disagree"),
        ("dawno", YEAR, "not_a_number"),
    ],
)
def test_cells_that_cannot_be_read(value: object, target: Target, problem: str) -> None:
    answer = read_answer(value, Column("x"), ColumnRule(column="x"), target, "")
    assert (answer.problem, answer.value) == (problem, None)


def test_what_the_mapping_says_comes_first() -> None:
    rule = ColumnRule(column="x", answers={"brak": "0", "ponad 500": "", "w budowie": "none", "zła": "new"})
    assert read_answer("brak", Column("x"), rule, NUMBER, "").value == "0"
    assert read_answer("ponad 500", Column("x"), rule, NUMBER, "").rules == ("mapping",)
    assert read_answer("w budowie", Column("x"), rule, STATUS, "").value == "none"
    assert read_answer("zła", Column("x"), rule, STATUS, "").problem == "answer_code"


def test_a_column_in_zloty_for_a_question_in_thousands() -> None:
    rule = ColumnRule(column="x", unit="pln")
    assert read_answer("1 500 000", Column("x"), rule, AMOUNT, "").value == "1500"
    assert read_answer(1500000, Column("x"), rule, AMOUNT, "").value == "1500"
    assert read_answer("1,5 mln zł", Column("x"), rule, AMOUNT, "").value == "1500"
    fraction = ColumnRule(column="x", unit="fraction")
    assert read_answer(0.125, Column("x"), fraction, SHARE, "").value == "12.5"
    assert read_answer(Percent(12.5), Column("x"), fraction, SHARE, "").value == "12.5"


@pytest.mark.parametrize(
    "heading",
    ["token", "Token", "ipaddr", "IP address", "Adres IP", "refurl", "firstname", "Imię i nazwisko", "E-mail", "email",
     "Adres e-mail osoby do kontaktu", "attribute_1", "Telefon", "Osoba wypełniająca ankietę", "Kod dostępu"],
)  # fmt: skip
def test_personal_headings(heading: str) -> None:
    assert personal_heading(heading)


def test_no_question_of_the_codebooks_is_taken_for_personal(framework) -> None:  # type: ignore[no-untyped-def]
    texts = [
        t
        for book in framework.codebooks.values()
        for c in ("item", "question_pl", "question_en", "option_pl")
        for t in book[c]
    ]
    assert [t for t in texts if t and personal_heading(t)] == []


def test_personal_values_are_found_and_masked() -> None:
    assert personal_values(["a.b@c.pl", None, "x@y.com", "brak"])
    assert personal_values(["10.0.0.1", "192.168.100.20"])
    assert not personal_values(["12.5", "1.234.567", "2.0"])
    assert mask("pisać na jan@firma.com.pl lub z 83.21.144.7") == "pisać na […] lub z […]"
    assert mask("2001:db8:85a3:0:0:8a2e:370:7334") == "[…]"
    assert mask("godz. 12:30, 1.234.567 zł, v. 1.2.3") == "godz. 12:30, 1.234.567 zł, v. 1.2.3"


def test_every_text_exists_in_both_languages() -> None:
    for texts in (*PROBLEMS.values(), *RULES.values()):
        assert set(texts) == set(LANGUAGES)
