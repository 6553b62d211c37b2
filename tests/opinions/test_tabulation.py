"""Shares and ratings of a survey, against numbers worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.opinions.tabulation import COLUMNS, MEAN, SHARE, tabulate
from analysis.tables import member_table

BOOK = pd.DataFrame(
    [
        ("q__one", "7", "single", "yn", "Jeden", "Pytanie"),
        ("rate", "24", "rating", "scale", "", "Ocena"),
        ("pick__a", "13", "tick", "", "Wybór a", "Wybór"),
        ("amount", "13", "integer", "", "", "Kwota"),
    ],
    columns=["item", "question_no", "type", "option_list", "option_pl", "question_pl"],
)
LISTS = pd.DataFrame(
    [("yn", "yes", "Tak", ""), ("yn", "no", "Nie", ""), ("scale", "low", "Niska", "1"),
     ("scale", "high", "Wysoka", "5"), ("scale", "dont_know", "Nie wiem", "")],
    columns=["option_list", "option", "label_pl", "score"],
)  # fmt: skip
ANSWERS = pd.DataFrame(
    {
        "q__one": ["yes", "no", "yes", ""],
        "rate": ["low", "high", "high", "dont_know"],
        "pick__a": ["1", "0", "", ""],
        "amount": ["5", "", "", ""],
    }
)


def rows(table: pd.DataFrame, item: str) -> list[tuple[object, ...]]:
    own = table[table["item"] == item]
    return list(own[["option", "measure", "count", "n", "value"]].itertuples(index=False, name=None))


def test_shares_have_the_base_of_those_who_answered() -> None:
    table = tabulate(ANSWERS, BOOK, LISTS)
    assert list(table.columns) == COLUMNS and "amount" not in set(table["item"])
    assert rows(table, "q__one") == [("yes", SHARE, 2, 3, Fraction(200, 3)), ("no", SHARE, 1, 3, Fraction(100, 3))]
    assert rows(table, "pick__a") == [("1", SHARE, 1, 2, Fraction(50))]


def test_a_rating_leaves_out_who_had_no_opinion_but_its_shares_do_not() -> None:
    found = rows(tabulate(ANSWERS, BOOK, LISTS), "rate")
    assert found[-1] == ("", MEAN, 3, 3, Fraction(11, 3))
    assert ("dont_know", SHARE, 1, 4, Fraction(25)) in found


def test_an_item_nobody_answered_has_no_rows() -> None:
    assert not rows(tabulate(ANSWERS.assign(rate=""), BOOK, LISTS), "rate")


@given(st.lists(st.sampled_from(["yes", "no", ""]), min_size=1))
def test_shares_of_a_single_choice_sum_to_a_hundred(answers: list[str]) -> None:
    book = BOOK[BOOK["item"] == "q__one"]
    table = tabulate(pd.DataFrame({"q__one": answers}), book, LISTS)
    assert not len(table) or sum(table["value"], Fraction(0)) == 100


def test_ids_name_question_part_and_option() -> None:
    table = member_table(tabulate(ANSWERS, BOOK, LISTS), BOOK, LISTS).set_index("id")
    assert {"Q7.one.yes.share", "Q24.high.share", "Q24.mean", "Q13.a.share"} <= set(table.index)
    assert table.at["Q7.one.yes.share", "label"] == "Jeden: Tak" and table.at["Q24.mean", "label"] == "Ocena"
    assert table.at["Q24.mean", "unit"] == "coefficient" and table.at["Q13.a.share", "value"] == 50
