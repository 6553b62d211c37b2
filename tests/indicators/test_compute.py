"""Indicators worked out by hand, faults of the declared rules, and properties that hold for any answers."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError, FrameworkError
from analysis.framework import Framework, load_framework
from analysis.indicators import compute_indicators, lineage, parse_definitions

NAN = float("nan")
ITEMS = {
    "respondent_id": ("id", "", ""),
    "staff": ("decimal", "persons", ""),
    "own_2022": ("amount", "thousand_pln", ""),
    "own_2023": ("amount", "thousand_pln", ""),
    "sales": ("amount", "million_pln", ""),
    "firms": ("integer", "enterprises", ""),
    "exporters": ("integer", "enterprises", ""),
    "tool__web": ("tick", "", ""),
    "tool__forum": ("tick", "", ""),
    "tool__mail": ("tick", "", ""),
    "tool__other_count": ("integer", "", ""),
    "robots": ("level", "points", ""),
    "cloud": ("level", "points", ""),
    "strategy": ("single", "", "strategy"),
    "fairs": ("rating", "", "rating"),
    "visits": ("rating", "", "rating"),
    "colour": ("single", "", "colour"),
    "charity": ("yes_no", "", ""),
}
LISTS = pd.DataFrame(
    [
        ("strategy", "none", "0"), ("strategy", "not_updated", "0.5"), ("strategy", "updated", "1"),
        ("rating", "low", "1"), ("rating", "average", "3"), ("rating", "high", "5"), ("rating", "dont_know", ""),
        ("colour", "red", ""),
    ],
    columns=["option_list", "option", "score"],
    dtype="str",
)  # fmt: skip
ANSWERS = pd.DataFrame(
    {
        "respondent_id": ["R01", "R02", "R03"],
        "staff": [2.5, 0, NAN],
        "own_2022": [100.5, 10, NAN],
        "own_2023": [200, NAN, NAN],
        "sales": [1.5, 0, 2],
        "firms": pd.array([40, 0, 8], dtype="Int64"),
        "exporters": pd.array([10, 0, None], dtype="Int64"),
        "tool__web": pd.array([1, 0, None], dtype="Int64"),
        "tool__forum": pd.array([1, None, None], dtype="Int64"),
        "tool__mail": pd.array([0, 0, None], dtype="Int64"),
        "tool__other_count": pd.array([2, None, None], dtype="Int64"),
        "robots": pd.array([2, 0, 1], dtype="Int64"),
        "cloud": pd.array([1, 0, None], dtype="Int64"),
        "strategy": pd.Series(["updated", "not_updated", None], dtype="str"),
        "fairs": pd.Series(["high", "low", "high"], dtype="str"),
        "visits": pd.Series(["average", "low", "dont_know"], dtype="str"),
        "colour": pd.Series(["red"] * 3, dtype="str"),
        "charity": pd.array([1, 0, None], dtype="Int64"),
    }
)


def framework(*rows: tuple[str, str, str], unit: str = "count", instrument: str = "coordinators") -> Framework:
    """A framework with one indicator X1, X2, … for each (rule, items, options)."""
    codebook = pd.DataFrame(
        [(name, *rest) for name, rest in ITEMS.items()], columns=["item", "type", "unit", "option_list"], dtype="str"
    )
    desk = codebook[codebook["item"].isin(["respondent_id", "firms"])]
    indicators = pd.DataFrame(
        [{"instrument": instrument, "rule": r, "items": i, "options": o, "unit": unit} for r, i, o in rows],
        index=pd.Index([f"X{n}" for n in range(1, len(rows) + 1)], name="code"),
        dtype="str",
    )
    empty = pd.DataFrame()
    return Framework(indicators, empty, empty, {"coordinators": codebook, "desk_research": desk}, LISTS, empty)


def compute(rule: str, items: str, options: str = "", answers: pd.DataFrame = ANSWERS) -> list[float]:
    return compute_indicators({"coordinators": answers}, framework((rule, items, options)))["X1"].tolist()


@pytest.mark.parametrize(
    ("rule", "items", "options", "expected"),
    [
        ("value", "staff", "", [2.5, 0, NAN]),
        ("sum", "own_2022;own_2023", "", [300.5, NAN, NAN]),
        ("sum", "own_2022;own_2023", "missing=propagate", [300.5, NAN, NAN]),
        ("sum", "own_2022;own_2023", "missing=ignore", [300.5, 10, NAN]),
        ("sum", "own_*", "", [300.5, NAN, NAN]),
        ("mean", "own_2022; own_2023", "", [150.25, NAN, NAN]),
        ("mean", "own_2022;own_2023", "missing=ignore", [150.25, 10, NAN]),
        ("mean", "fairs;visits", "missing=ignore", [4, 1, 5]),
        ("mean", "fairs;visits", "", [4, 1, NAN]),
        ("count_ticked", "tool__web;tool__forum;tool__mail", "", [2, 0, NAN]),
        ("count_ticked", "tool__*", "", [2, 0, NAN]),
        ("count_ticked", "tool__*", "other=tool__other_count", [4, 0, NAN]),
        ("category_score", "strategy", "", [1, 0.5, NAN]),
        ("score_and_ticks", "strategy;tool__web;tool__forum", "", [3, 0.5, NAN]),
        ("level_sum", "robots;cloud", "", [3, 0, NAN]),
        ("level_sum", "robots;cloud", "missing=ignore", [3, 0, 1]),
        ("level_sum", "robots", "other=tool__other_count", [4, 0, 1]),
        ("share", "exporters;firms", "", [25, NAN, NAN]),
        ("yes_no", "charity", "", [1, 0, NAN]),
    ],
)
def test_worked_by_hand(rule: str, items: str, options: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(compute(rule, items, options), expected)


@pytest.mark.parametrize(
    ("rule", "items", "options", "message"),
    [
        ("summ", "staff", "", "unknown rule `summ`; did you mean sum"),
        ("value", "stuff", "", "unknown item `stuff`; did you mean staff"),
        ("value", "staff;firms", "", "rule `value` takes 1 item(s), found 2"),
        ("value", "", "", "rule `value` takes 1 item(s), found 0"),
        ("sum", "staff", "", "rule `sum` takes at least 2 item(s), found 1"),
        ("share", "staff", "", "rule `share` takes 2 item(s), found 1"),
        ("sum", "own_2022;own_2022", "", "named twice: own_2022"),
        ("sum", "own_2022;own_*", "", "named twice: own_2022"),
        ("count_ticked", "tools__*", "", "no item of the questionnaire matches `tools__*`"),
        ("count_ticked", "tool__web;tool__other_count", "", "`tool__other_count` is of type integer, rule"),
        ("value", "strategy", "", "item `strategy` is of type single, rule `value` takes:"),
        ("category_score", "colour", "", "its option list `colour` has no scores"),
        ("value", "staff", "missing=ignore", "rule `value` has no option `missing`; the rule has no options"),
        ("sum", "own_2022;own_2023", "mising=ignore", "has no option `mising`; did you mean missing"),
        ("sum", "own_2022;own_2023", "missing=zero", "option missing=zero: must be propagate or ignore"),
        ("sum", "own_2022;own_2023", "missing", "option `missing` is not of the form key=value"),
        ("count_ticked", "tool__web", "other=tool__others", "unknown item `tool__others`; did you mean"),
        ("count_ticked", "tool__web", "other=tool__mail", "item `tool__mail` is of type tick, must be integer"),
    ],
)
def test_fault_in_a_rule_names_code_and_row(rule: str, items: str, options: str, message: str) -> None:
    with pytest.raises(FrameworkError) as caught:
        compute_indicators({"coordinators": ANSWERS}, framework(("value", "staff", ""), (rule, items, options)))
    assert "indicators.csv" in str(caught.value)
    assert "row 3, X2: " in str(caught.value)
    assert message in str(caught.value)


def test_all_faults_come_together() -> None:
    with pytest.raises(FrameworkError) as caught:
        parse_definitions(framework(("summ", "staff", ""), ("value", "stuff", "")))
    assert "row 2, X1" in str(caught.value) and "row 3, X2" in str(caught.value)


def test_unknown_instrument() -> None:
    with pytest.raises(FrameworkError, match="X1: unknown instrument `coordinator`; did you mean coordinators"):
        parse_definitions(framework(("value", "staff", ""), instrument="coordinator"))


def test_money_must_stay_in_its_unit() -> None:
    with pytest.raises(FrameworkError, match="unit thousand_pln, but the answers are in million_pln"):
        parse_definitions(framework(("value", "sales", ""), unit="thousand_pln"))
    assert parse_definitions(framework(("value", "sales", ""), unit="million_pln"))


def test_other_instrument_is_joined_by_respondent_and_may_lack_one() -> None:
    desk = pd.DataFrame({"respondent_id": ["R03", "R01"], "firms": [7, 5]})
    declared = framework(("value", "firms", ""), instrument="desk_research")
    out = compute_indicators({"coordinators": ANSWERS, "desk_research": desk}, declared)
    assert out.index.tolist() == ["R01", "R02", "R03"] and out.index.name == "respondent_id"
    np.testing.assert_array_equal(out["X1"], [5, NAN, 7])


@pytest.mark.parametrize(
    ("desk", "message"),
    [
        (pd.DataFrame({"respondent_id": ["R09"], "firms": [1]}), "is not in coordinators.csv"),
        (pd.DataFrame({"respondent_id": ["R01", "R01"], "firms": [1, 2]}), "has more than one row"),
        (pd.DataFrame({"respondent_id": ["R01"]}), "the column is missing"),
        (pd.DataFrame({"firms": [1]}), "the column is missing"),
    ],
)
def test_nothing_is_dropped_in_silence(desk: pd.DataFrame, message: str) -> None:
    declared = framework(("value", "firms", ""), instrument="desk_research")
    with pytest.raises(DataError, match=message):
        compute_indicators({"coordinators": ANSWERS, "desk_research": desk}, declared)
    with pytest.raises(DataError, match="the table is missing"):
        compute_indicators({"coordinators": ANSWERS}, declared)


def test_answer_outside_its_option_list_is_not_taken_for_missing() -> None:
    wrong = ANSWERS.assign(strategy=pd.Series(["updated", "outdated", None], dtype="str"))
    with pytest.raises(DataError) as caught:
        compute("category_score", "strategy", answers=wrong)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.value) == ("coordinators.csv", "strategy", "outdated")
    assert "R02" in problem.message and "did you mean updated" in problem.remedy


def test_lineage_lists_every_raw_column_behind_a_code() -> None:
    table = lineage(framework(("count_ticked", "tool__*", "other=tool__other_count"), ("value", "staff", "")))
    assert table.loc[table["code"] == "X1", "item"].tolist() == [
        "tool__web", "tool__forum", "tool__mail", "tool__other_count",
    ]  # fmt: skip
    assert table.loc[table["code"] == "X2"].to_numpy().tolist() == [["X2", "coordinators", "staff"]]


def ticks(rows: list[list[int | None]]) -> pd.DataFrame:
    out = pd.DataFrame(rows, columns=["tool__web", "tool__forum", "tool__mail", "tool__other_count"]).astype("Int64")
    return out.assign(respondent_id=[f"R{n:02d}" for n in range(len(rows))])


CELLS = st.lists(st.one_of(st.none(), st.integers(0, 1)), min_size=4, max_size=4)


@given(st.lists(CELLS, min_size=1, max_size=6), st.integers(0, 2))
def test_one_more_tick_adds_one_and_row_order_changes_nothing(rows: list[list[int | None]], box: int) -> None:
    options = "other=tool__other_count"
    before = compute("count_ticked", "tool__*", options, ticks(rows))
    more = [[1 if n == box else cell for n, cell in enumerate(row)] for row in rows]
    after = compute("count_ticked", "tool__*", options, ticks(more))
    for row, old, new in zip(rows, before, after, strict=True):
        assert math.isnan(old) == all(cell is None for cell in row)
        assert new == (0 if math.isnan(old) else old) + (row[box] != 1)
    turned = compute("count_ticked", "tool__*", options, ticks(rows[::-1]))
    np.testing.assert_array_equal(turned[::-1], before)


AMOUNT = st.one_of(st.none(), st.floats(0, 1e6))


@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=8))
def test_mean_lies_between_and_sum_is_missing_exactly_where_an_answer_is(
    rows: list[tuple[float | None, float | None]],
) -> None:
    answers = pd.DataFrame(rows, columns=["own_2022", "own_2023"], dtype="float64")
    answers["respondent_id"] = [f"R{n:02d}" for n in range(len(rows))]
    pair = answers[["own_2022", "own_2023"]]
    total = np.array(compute("sum", "own_*", "", answers))
    mean = np.array(compute("mean", "own_*", "missing=ignore", answers))
    assert (np.isnan(total) == pair.isna().any(axis=1)).all()
    assert (np.isnan(mean) == pair.isna().all(axis=1)).all()
    some = ~np.isnan(mean)
    tolerance = 1e-9 * (1 + pair.max(axis=1))
    assert (mean >= pair.min(axis=1) - tolerance)[some].all() and (mean <= pair.max(axis=1) + tolerance)[some].all()


def test_the_framework_of_the_edition_can_be_computed(root: Path) -> None:
    declared = load_framework(root / "data")
    used = lineage(declared)
    assert used["code"].drop_duplicates().tolist() == declared.codes
    assert len(declared.codes) == 90
    assert not used.duplicated(["instrument", "item"]).any(), "an answer counts in two indicators"
