"""Profiles: readable units, tails, shares, and what the previous edition lets be compared."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.profiles.indicator_profiles import (
    current_profiles,
    level_table,
    previous_profiles,
    previous_shares,
    readable,
)
from analysis.profiles.statistics import indicator_statistics

FRAMEWORK = pd.DataFrame(
    {"unit": ["count", "thousand_pln"], "items": ["projects", "a;b"]}, index=pd.Index(["A.1.1", "A.1.2"], name="code")
)


@pytest.mark.parametrize(
    ("value", "unit", "fraction", "expected"),
    [
        (25862.95, "persons", True, (25.86295, "thousand_persons", 1)),
        (9.0, "persons", False, (9.0, "persons", 0)),
        (9.0, "persons", True, (9.0, "persons", 1)),
        (60000.0, "thousand_pln", False, (60.0, "million_pln", 0)),
        (0.25, "thousand_pln", False, (250.0, "pln", 0)),
        (0.0, "thousand_pln", True, (0.0, "pln", 0)),
        (888230.9, "million_pln", False, (888.2309, "billion_pln", 2)),
        (2000000.0, "m2", False, (2.0, "million_m2", 0)),
        (25.0, "m2", False, (25.0, "m2", 0)),
        (76870.5, "count", True, (76870.5, "count", 0)),
        (3.5, "count", False, (3.5, "count", 1)),
    ],
)
def test_readable_units(value: float, unit: str, fraction: bool, expected: tuple[float, str, int]) -> None:
    shown, name, decimals = readable(value, unit, fraction=fraction)
    assert (pytest.approx(expected[0]), *expected[1:]) == (shown, name, decimals)


@given(st.floats(0, 1e9), st.sampled_from(["persons", "thousand_pln", "million_pln", "m2", "count", "percent"]))
def test_readable_never_loses_a_positive_number_to_rounding_of_units(value: float, unit: str) -> None:
    shown, _, decimals = readable(value, unit, fraction=True)
    assert shown >= 0 and 0 <= decimals <= 2
    assert (shown == 0) == (value == 0) or value < 1e-300


def profiles(thresholds: list[tuple[str, str, float]]) -> pd.DataFrame:
    data = pd.DataFrame({"A.1.1": [0.0, 4.0, 10.0, 26.0], "A.1.2": [0.0, None, 500.0, 12000.0]})
    table = current_profiles(
        data,
        indicator_statistics(data),
        FRAMEWORK,
        pd.DataFrame(thresholds, columns=["code", "relation", "threshold"]),
        {"A.1.1": "members_total"},
        pd.DataFrame({"members_total": [20, 20, 20, 140]}),
    )
    return table.set_index("id")


def test_tails_shares_and_statistics_by_hand() -> None:
    table = profiles([("A.1.1", "ge", 10), ("A.1.1", "gt", 10), ("A.1.1", "lt", 4), ("A.1.2", "gt", 1000)])
    assert table.at["A.1.1.ge_10.count", "value"] == 2 and table.at["A.1.1.gt_10.count", "value"] == 1
    assert table.at["A.1.1.lt_4.count", "value"] == 1 and table.at["A.1.2.gt_1000.count", "value"] == 1
    assert table.at["A.1.1.share", "value"] == pytest.approx(20.0)
    assert tuple(table.loc["A.1.2.gt_1000.threshold", ["shown", "unit", "decimals"]]) == (1.0, "million_pln", 0)
    assert table.at["A.1.2.missing", "value"] == 1 and table.at["A.1.2.mean", "value"] == pytest.approx(12500 / 3)


@pytest.mark.parametrize("row", [("B.9", "ge", 1), ("A.1.1", "above", 1)])
def test_a_wrong_threshold_is_named(row: tuple[str, str, float]) -> None:
    with pytest.raises(MethodError, match=r"B\.9|above"):
        profiles([row])


PUBLISHED = pd.DataFrame(
    [
        ("C1", "A.1.1", "A.1.1 x", "mean", "all", "4.0", "", ""),
        ("C2", "A.1.1", "A.1.1 x", "max", "all", "73", "", ""),
        ("C3", "A.1.1", "A.1.1 x", "count_ge(10)", "all", "6", "", ""),
        ("C4", "A.1.1", "A.1.1 x", "median", "active", "9", "", ""),
        ("C5", "A.1.1", "A.1.1 x", "count_gt(0)", "all", "20", "", "printed as more than"),
        ("C6", "A.1.2", "A.1.2 y", "mean", "all", "11.09", "1000", ""),
        ("C7", "A.1.2", "A.1.2 y", "count_gt(10000000)", "all", "5", "", ""),
        ("C8", "A.1.1", "A.1.1 x:tenders", "share", "all", "21", "", ""),
    ],
    columns=["claim_id", "metric", "subject", "statistic", "group", "value", "factor", "note"],
)
COMPARABLE = pd.DataFrame([("A.1.1", "yes", ""), ("A.1.2", "yes", "")], columns=["subject", "comparable", "reason_pl"])


def test_previous_numbers_are_in_the_unit_of_the_indicator_and_not_more_precise_than_printed() -> None:
    table = previous_profiles(PUBLISHED, COMPARABLE, FRAMEWORK).set_index("id")
    assert set(table.index) == {
        "A.1.1.previous.mean", "A.1.1.previous.benchmark", "A.1.1.previous.ge_10.count", "A.1.2.previous.mean",
        "A.1.2.previous.gt_10000.count",
    }  # fmt: skip
    assert tuple(table.loc["A.1.2.previous.mean", ["value", "shown", "unit", "decimals"]]) == (
        11090.0, 11.09, "million_pln", 2,
    )  # fmt: skip
    whole = PUBLISHED.assign(value=PUBLISHED["value"].replace("4.0", "4"))
    assert previous_profiles(whole, COMPARABLE, FRAMEWORK).set_index("id").at["A.1.1.previous.mean", "decimals"] == 0


def test_nothing_is_taken_over_where_editions_cannot_be_compared() -> None:
    refused = COMPARABLE.assign(comparable="no")
    assert not len(previous_profiles(PUBLISHED, refused, FRAMEWORK))
    links = [("A.1.1:tenders", "channels__tenders")]
    assert not len(previous_shares(PUBLISHED, refused, links))
    assert previous_shares(PUBLISHED, COMPARABLE, links).to_dict("records") == [
        {"item": "channels__tenders", "share": 21.0, "claim_id": "C8"}
    ]


def test_levels_come_with_the_most_advanced_first() -> None:
    shares = pd.DataFrame(
        [("t__a", "t", "0", 1), ("t__a", "t", "2", 2), ("t__b", "t", "0", 0), ("t__b", "t", "2", 3)],
        columns=["item", "question", "option", "k"],
    )
    book = pd.DataFrame({"item": ["t__a", "t__b"], "option_pl": ["chmura", "roboty"]})
    table = level_table(shares, book, "t", {"2": "wdrożenie", "0": "brak"})
    assert table["label"].tolist() == ["roboty", "chmura"] and table["wdrożenie"].tolist() == [3, 2]
