"""Verdicts agree with the numbers as they are printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from narrated import fact

from analysis.config import Words
from analysis.errors import PublishError
from analysis.narrative.words import DOWN, EQUAL, NEAR, UP, listed, order, ranked, verdict
from analysis.publish.numbers import fact_text

numbers = st.floats(0, 5000).map(lambda x: round(x, 4))


@given(numbers, numbers)
def test_equal_means_printed_alike_and_only_that(x: float, y: float) -> None:
    a, b = fact(x, "count", 1), fact(y, "count", 1)
    for found in (verdict(a, b, Words()), order(a, b)):
        assert (found == EQUAL) == (fact_text(a) == fact_text(b))


@given(numbers, numbers)
def test_direction_is_that_of_the_values_and_turns_with_them(x: float, y: float) -> None:
    a, b = fact(x, "count", 1), fact(y, "count", 1)
    found, turned = verdict(a, b, Words()), verdict(b, a, Words())
    if found == UP:
        assert x > y
    if found == DOWN:
        assert x < y
    assert order(a, b) == {UP: DOWN, DOWN: UP, EQUAL: EQUAL}[order(b, a)]
    assert (found == EQUAL) == (turned == EQUAL)


def test_amounts_in_different_units_of_one_kind_compare_by_size() -> None:
    million, thousand = fact(1.2, "million_pln", 2), fact(900.0, "thousand_pln", 1)
    assert verdict(million, thousand, Words()) == UP and order(thousand, million) == DOWN
    assert verdict(fact(10.0, "thousand_m2", 2), fact(9990.0, "m2"), Words()) == NEAR


def test_different_kinds_are_refused() -> None:
    with pytest.raises(PublishError, match="cannot be compared"):
        verdict(fact(1, "clusters"), fact(1, "percent"), Words())


def test_scores_are_near_within_their_own_threshold() -> None:
    assert verdict(fact(0.31, "score", 2), fact(0.30, "score", 2), Words()) == NEAR
    assert verdict(fact(0.34, "score", 2), fact(0.30, "score", 2), Words()) == UP


def test_ranking_keeps_what_is_printed_alike_together_in_the_given_order() -> None:
    facts = {"a": fact(20.1, "percent"), "b": fact(90.0, "percent"), "c": fact(20.4, "percent")}
    assert ranked(facts) == [["b"], ["a", "c"]]


def test_lists_are_joined_as_in_polish() -> None:
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b i c"
