"""The rounding rule, every evaluator by hand, the ledger's rows, and the guard that keeps the printed tables apart."""

from __future__ import annotations

import ast
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError, FrameworkError
from analysis.framework import Framework, load_framework, read_text_table
from analysis.reproduction import ledger as L
from analysis.reproduction.evaluators import EVALUATORS, Answers, Statement, evaluate, parse_threshold
from analysis.reproduction.printed import Interval, Printed, parse_printed, reproduces, round_half_up
from analysis.reproduction.published import SCHEMAS, read_published

ROOT = Path(__file__).resolve().parents[2]

# --- the rounding rule ----------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.125, 2, "0.13"),
        (2.5, 0, "3"),
        (3.5, 0, "4"),
        (1.005, 2, "1.01"),  # below 1.005 in binary
        (0.285, 2, "0.29"),
        (0.1 + 0.2, 1, "0.3"),
        (2.675, 2, "2.68"),
        (0.12499999, 2, "0.12"),
        (-0.125, 2, "-0.13"),
        (7, 0, "7"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Decimal("0.345"), 2, "0.35"),
        (175000.0, 0, "175000"),
    ],
)
def test_round_half_up(value: float, decimals: int, expected: str) -> None:
    assert round_half_up(value, decimals) == Decimal(expected)


def test_a_value_that_is_not_finite_is_refused() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="cannot be rounded"):
            round_half_up(value, 2)


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("25 863", "25863", 0),
        ("6\u00a0269,1", "6269.1", 1),
        ("0.30", "0.30", 2),
        ("40.7%", "40.7", 1),
        ("250,0", "250.0", 1),
        ("−3,5", "-3.5", 1),
    ],
)
def test_printed_numbers(text: str, value: str, decimals: int) -> None:
    assert parse_printed(text) == Printed(Decimal(value), decimals)


@pytest.mark.parametrize("text", ["", "1/3", "4 klastry", "2022-2023", "1 2", "1,2,3"])
def test_texts_that_are_no_numbers(text: str) -> None:
    assert parse_printed(text) is None


def test_comparison_has_no_tolerance() -> None:
    printed = Printed(Decimal("0.30"), 2)
    assert reproduces(0.295, printed)
    assert reproduces(0.3049999, printed)
    assert not reproduces(0.305, printed)
    assert not reproduces(0.2949999, printed)


def test_neighbouring_printed_numbers_share_no_value() -> None:
    one, two = (Printed(Decimal(v), 1).interval for v in ("36.7", "36.8"))
    assert not one.meets(two)
    assert two.holds(Fraction(3675, 100))
    assert not one.holds(Fraction(3675, 100))
    assert Interval(Fraction(3), Fraction(3)).meets(Interval(Fraction(3), Fraction(3)))


# --- evaluators ----------------------------------------


def framework() -> Framework:
    indicators = pd.DataFrame(
        {
            "code": ["X.1.1", "X.1.2", "X.1.3"], "unit": ["count", "thousand_pln", "count"], "subarea": ["X.1"] * 3,
            "items": ["visits", "budget_2022;budget_2023", ""],
        }
    ).set_index("code")  # fmt: skip
    book = pd.DataFrame(
        [
            ("visits", "integer", "count"),
            ("budget_2022", "amount", "thousand_pln"), ("budget_2023", "amount", "thousand_pln"),
            ("tool__a", "tick", ""), ("tool__b", "tick", ""), ("tool__other_count", "integer", "count"),
            ("status", "single", ""), ("members_total", "integer", ""), ("taking_part", "integer", ""),
        ],
        columns=["item", "type", "unit"],
    )  # fmt: skip
    members = pd.DataFrame(
        {
            "item": ["rating", "role"], "question_no": ["1", "2"], "option_pl": ["x", ""], "type": ["rating", "single"],
            "option_list": ["rate", "role"],
        }
    )  # fmt: skip
    lists = pd.DataFrame(
        [
            ("rate", "low", "niska", "1"), ("rate", "mid", "średnia", "3"), ("rate", "high", "wysoka", "5"),
            ("rate", "dk", "nie wiem", ""), ("role", "one", "Jeden", ""), ("role", "two", "Dwa", ""),
        ],
        columns=["option_list", "option", "label_pl", "score"],
    )  # fmt: skip
    empty = pd.DataFrame()
    return Framework(indicators, empty, empty, {"coordinators": book, "members": members}, lists, empty)


def answers() -> Answers:
    """Five clusters; visits 0, 0, 2, 10, 30; budget 100, 200 | missing | …; the fifth did not answer the tools."""
    index = pd.Index(["R01", "R02", "R03", "R04", "R05"], name="respondent_id")
    coordinators = pd.DataFrame(
        {
            "visits": [0, 0, 2, 10, 30],
            "budget_2022": [100.0, 200.0, None, 300.0, 400.0],
            "budget_2023": [150.0, 250.0, 1.0, 300.0, 500.0],
            "tool__a": [1.0, 1.0, 0.0, None, None],
            "tool__b": [0.0, 1.0, 0.0, 1.0, None],
            "tool__other_count": [0, 0, 0, 0, 0],
            "status": ["new", "old", "old", None, "none"],
            "members_total": [10, 20, 30, 40, 100],
            "taking_part": [5.0, 5.0, 10.0, None, 20.0],
        },
        index=index,
    )
    indicators = pd.DataFrame(
        {"X.1.1": [0, 0, 2, 10, 30], "X.1.2": [250.0, 450.0, None, 600.0, 900.0], "X.1.3": [None] * 5}, index=index
    ).astype(float)
    characteristics = pd.DataFrame({"sector": ["ict", "ict", "bio", "bio", "bio"]}, index=index)
    members = pd.DataFrame(
        {
            "respondent_id": ["R01", "R01", "R02", "R02"], "rating": ["low", "high", "dk", "high"],
            "role": ["one", "two", "one", ""],
        }
    )  # fmt: skip
    return Answers(framework(), coordinators, indicators, characteristics, members)


def statement(
    kind: str, *items: str, code: str = "X.1.1", threshold: str = "", base: str = "", value: str = "0", unit: str = "",
    argument: str = "",
) -> Statement:  # fmt: skip
    level, upper = parse_threshold(threshold, "count")
    return Statement(kind, code, parse_printed(value), unit, level, upper, items, base, argument)


@pytest.mark.parametrize(
    ("name", "made", "expected"),
    [
        ("n_positive", statement("n_positive"), 3),
        ("n_positive", statement("n_positive", base="sector=ict"), 0),
        ("n_zero", statement("n_zero"), 2),
        ("n_ge", statement("n_ge", threshold="10"), 2),
        ("n_gt", statement("n_gt", threshold="10"), 1),
        ("n_le", statement("n_le", threshold="2"), 3),
        ("n_le", statement("n_le", threshold="2", base="self>0"), 1),
        ("n_lt", statement("n_lt", threshold="2"), 2),
        ("n_lt", statement("n_lt", code="X.1.2", threshold="500 tys. zł"), 2),
        ("n_gt", statement("n_gt", code="X.1.2", threshold="1 mln zł"), 0),
        ("n_eq", statement("n_eq", threshold="2"), 1),
        ("n_eq", statement("n_eq", "taking_part/members_total", threshold="50%"), 1),
        ("n_between", statement("n_between", threshold="2-10"), 2),
        ("n_answered", statement("n_answered", code="X.1.2"), 4),
        ("share_positive", statement("share_positive"), 60),
        ("share", statement("share_option", "tool__a"), 50),  # an empty box beside an answered one is not ticked
        ("share", statement("share_option", "tool__b"), 50),
        ("share", statement("share_option", "status=old"), 50),
        ("share", statement("share_option", "status=old|none"), 75),
        ("max", statement("max"), 30),
        ("max", statement("max", code="X.1.2", unit="mln zł"), 0.9),
        ("largest", statement("other", argument="2"), 10),
        ("min_positive", statement("min_positive", code="X.1.2", unit="tys. zł"), 250),
        ("mean_positive", statement("mean_positive"), 14),
        ("mean_positive", statement("mean_positive", code="X.1.2", unit="mln zł"), 0.55),
        ("mean_excluding", statement("mean_excluding"), 3),
        ("mean", statement("mean_year", "budget_2022", unit="tys. zł"), 250),
        ("mean", statement("mean_share", "taking_part/members_total"), (50 + 25 + 100 / 3 + 20) / 4),
        ("median_restated", statement("median_restated", code="X.1.2", unit="zł"), 525000),
        ("total", statement("total"), 42),
        ("growth", statement("growth", "budget_2022", "budget_2023"), 20),  # 1000 to 1200 over those with both years
        ("growth", statement("growth", "budget_2022", "budget_2023", base="sector=ict"), 100 / 3),
        ("ratio", statement("other", "taking_part/members_total"), 20),
        ("ratio", statement("other", "taking_part/members_total", base="visits>0"), 100 * 30 / 170),
        ("list_size", statement("list_size", "tool__*"), 2),
        ("scale_max", statement("scale_max", "tool__*"), 4),
        ("survey", statement("other", "role=one"), 200 / 3),
        ("survey", statement("other", "rating"), 11 / 3),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_evaluators_by_hand(name: str, made: Statement, expected: float) -> None:
    assert evaluate(name, made, answers()).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "made", "holds"),
    [
        ("most_le", statement("most_le", threshold="10"), True),
        ("most_le", statement("most_le", threshold="2"), False),
        ("total_upper_bound", statement("total_upper_bound", value="42"), True),
        ("total_upper_bound", statement("total_upper_bound", value="41"), False),
        ("more_than_half_zero", statement("more_than_half_zero"), False),
        ("more_than_half_zero", statement("more_than_half_zero", base="sector=ict"), True),
        ("least_ticked", statement("other", "tool__*", threshold="2"), True),
        ("least_ticked", statement("other", "tool__*", threshold="3"), False),
    ],
)
def test_statements_that_are_no_equalities(name: str, made: Statement, holds: bool) -> None:
    assert evaluate(name, made, answers()).holds is holds


def test_fraction_of_clusters() -> None:
    third = Statement("n_zero_fraction", "X.1.1", Printed(Decimal(2) / Decimal(5), 0), "", None, None, (), "", "")
    assert evaluate("n_zero_fraction", third, answers()).holds is True
    third = Statement("n_zero_fraction", "X.1.1", Printed(Decimal(1) / Decimal(3), 0), "", None, None, (), "", "")
    assert evaluate("n_zero_fraction", third, answers()).holds is False


def test_what_cannot_be_computed_says_why() -> None:
    assert evaluate("n_gt", statement("n_gt", threshold="tens of millions zł"), answers()).reason
    assert evaluate("mean", statement("mean", code="X.1.3"), answers()).value is None


def test_wrong_links_are_named() -> None:
    with pytest.raises(FrameworkError, match="no indicator, answer or characteristic `visit`"):
        evaluate("n_zero", statement("n_zero", "visit"), answers())
    with pytest.raises(FrameworkError, match="base `visits>3`"):
        evaluate("n_zero", statement("n_zero", base="visits>3"), answers())
    with pytest.raises(DataError, match="no such evaluator"):
        evaluate("avarage", statement("mean"), answers())


def test_every_kind_of_published_fact_has_an_evaluator() -> None:
    published = read_published(ROOT / "data/editions/2024/published")["indicator_facts"]
    links = read_text_table(ROOT / "data/editions/2024/reproduction/links.csv")
    linked = {(r.line, r.code, r.kind, r.label, r.printed): r.evaluator for r in links.itertuples()}
    for r in published.to_dict("records"):
        name = linked.get((r["line"], r["code"], r["kind"], r["label_pl"], r["printed"])) or r["kind"]
        assert name == "none" or name.split()[0] in EVALUATORS, r


def test_links_name_existing_answers() -> None:
    framework = load_framework(ROOT / "data")
    links = read_text_table(ROOT / "data/editions/2024/reproduction/links.csv")
    items = set(framework.codebooks["coordinators"]["item"]) | set(framework.codes) | {"sector", "self"}
    members = set(framework.codebooks["members"]["item"])
    options = {(o.option_list, o.option) for o in framework.option_lists.itertuples()}
    book = framework.codebooks["coordinators"].set_index("item")["option_list"]
    for r in links.to_dict("records"):
        known = members if r["evaluator"] == "survey" else items
        for part in filter(None, [*r["items"].split(";"), r["base"]]):
            names = re.split(r"[=/>]", part)
            if part.endswith("*"):
                assert any(i.startswith(part[:-1]) for i in items), r
                continue
            assert names[0] in known, r
            if "/" in part:
                assert names[1] in known, r
            elif "=" in part and r["evaluator"] != "survey" and book.get(names[0]):
                assert all((book[names[0]], o) in options for o in names[1].split("|")), r


# --- rows ----------------------------------------


def text(name: str, *rows: dict[str, str]) -> pd.DataFrame:
    full = [{**dict.fromkeys(SCHEMAS[name], ""), "line": str(i), **row} for i, row in enumerate(rows, 1)]
    return pd.DataFrame(full, columns=list(SCHEMAS[name]))


CROSS = pd.DataFrame(
    [("all", "all", 5, "X.1", "mean", 0.125), ("kkk", "KKK", 2, "X.1", "mean", 0.5)],
    columns=["dimension", "group", "n", "code", "measure", "value"],
)


def test_score_rows() -> None:
    row = {"table": "18", "group_dim": "all", "group": "all", "column_code": "X.1", "measure": "mean", "value": "0.13"}
    published = text(
        "scores", row, {**row, "table": "22", "group_dim": "kkk", "group": "KKK", "value": "0.49"},
        {**row, "measure": "q1"},
    )  # fmt: skip
    got = L.score_rows(published, CROSS)
    assert list(got["match"]) == ["yes", "no", "not computable"]
    assert list(got["source"]) == ["table 18", "table 22", "table 18"]
    assert list(got["group"]) == ["all", "kkk: KKK", "all"]
    assert got["recomputed"].tolist()[:2] == [0.125, 0.5]
    assert got["difference"].tolist()[:2] == [0.0, 0.01]
    assert got["printed_decimals"].tolist() == [2, 2, 2]
    assert got["reason"].iloc[2] == "no such cross-section was computed"


def test_area_rows() -> None:
    published = text("area_tables", {"table": "5", "code": "X.1", "mean": "0.12", "median": "0.1", "benchmark": "1.00"})
    got = L.area_rows(published, CROSS)
    assert list(got["match"]) == ["no", "not computable", "not computable"]


NO_LINKS = pd.DataFrame(columns=list(L.LINK_COLUMNS))


def test_indicator_rows_in_the_unit_of_each_measure() -> None:
    published = text(
        "indicators",
        {
            "code": "X.1.2", "table": "13", "mean_str": "550,0", "median_str": "525 000", "benchmark_str": "1",
            "unit_mean": "tys. zł", "unit_median": "zł", "unit_benchmark": "mln zł",
        },
    )  # fmt: skip
    got = L.indicator_rows(published, answers(), NO_LINKS)
    assert list(zip(got["statistic"], got["recomputed"], got["match"], strict=True)) == [
        ("mean", 550.0, "yes"), ("median", 525000.0, "yes"), ("benchmark", 0.9, "yes"),
    ]  # fmt: skip


def test_category_shares_need_a_link() -> None:
    published = text("indicators", {"code": "X.1.1", "table": "14", "categories": "old, kept=50;new=26"})
    links = pd.DataFrame(
        [
            ["table 14", "1", "X.1.1", "category", "old, kept", "50", "share", "status=old", "", ""],
            ["table 14", "1", "X.1.1", "category", "new", "26", "share", "status=new", "", ""],
        ],
        columns=list(L.LINK_COLUMNS),
    )
    got = L.indicator_rows(published, answers(), links)
    assert list(zip(got["statistic"], got["recomputed"], got["match"], strict=True)) == [
        ("share old, kept", 50.0, "yes"), ("share new", 25.0, "no"),
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"X\.1\.1 / category / new / 26"):
        L.indicator_rows(published, answers(), links.head(1))


def test_sector_rows() -> None:
    published = text(
        "sector_means",
        {"sector_code": "bio", "value_str": "14,0", "unit": "count", "code": "X.1.1"},
        {"sector_code": "ict", "value_str": "15", "unit": "count", "code": ""},
        {"sector_code": "ict", "value_str": "340,0", "unit": "tys. zł", "code": "X.1.2"},
    )
    got = L.sector_rows(published, answers())
    assert list(zip(got["key"], got["recomputed"], got["match"], strict=True)) == [
        ("X.1.1", 14.0, "yes"), ("members", 15.0, "yes"), ("X.1.2", 350.0, "no"),
    ]  # fmt: skip


def facts_of(*rows: dict[str, str]) -> pd.DataFrame:
    return text("indicator_facts", *({"unit": "clusters", "note": "note", **r} for r in rows))


UNITS = text("indicators", {"code": "X.1.1", "unit": "count"})


def test_fact_rows() -> None:
    published = facts_of(
        {"code": "X.1.1", "kind": "n_positive", "threshold": "0", "value": "3", "printed": "3"},
        {"code": "X.1.1", "kind": "n_ge", "threshold": "10", "value": "5", "printed": "5"},
        {"code": "X.1.1", "kind": "n_zero_fraction", "threshold": "0", "value": "1/3", "printed": "1/3"},
        {"code": "X.1.1", "kind": "most_le", "threshold": "10", "value": "", "printed": "10"},
        {"code": "X.1.1", "kind": "other", "value": "7", "printed": "7", "note": "an estimate of others"},
    )
    links = pd.DataFrame(
        [["facts", "5", "X.1.1", "other", "", "7", "none", "", "", "not of this survey"]], columns=list(L.LINK_COLUMNS)
    )
    got = L.fact_rows(published, UNITS, answers(), links)
    assert list(got["match"]) == ["yes", "no", "no", "yes", "not computable"]
    assert list(got["statistic"]) == ["n_positive", "n_ge 10", "n_zero_fraction 0", "most_le 10", "other"]
    assert got["difference"].tolist()[:2] == [0.0, -3.0]
    assert got["difference"].isna().tolist()[2:] == [True, True, True]
    assert got["reason"].iloc[4] == "not of this survey"
    assert got["group"].iloc[4] == "an estimate of others"


def test_a_fact_that_needs_a_link_is_refused_without_one() -> None:
    with pytest.raises(DataError, match=r"has no link \(value: '1 / X\.1\.1 / share_option / a / 50%'\)"):
        L.fact_rows(
            facts_of({"code": "X.1.1", "kind": "share_option", "label_pl": "a", "value": "50", "printed": "50%"}),
            UNITS, answers(), NO_LINKS,
        )  # fmt: skip


def test_registry_rows_compare_text_and_numbers() -> None:
    row = {
        "no": "1",
        "name": "A",
        "founded": "2010",
        "operating_since": "",
        "members": "40",
        "pkd_code": "01",
        "pkd_name": "p",
        "voivodeship": "v",
    }
    registry = pd.DataFrame([{**row, "pkd_code": "1", "members": "41"}])
    got = L.registry_rows(text("registry", row, {**row, "no": "2"}), registry).set_index(["key", "statistic"])["match"]
    assert got["1", "pkd_code"] == "yes"  # 01 and 1 are one division
    assert got["1", "members"] == "no"
    assert set(got["2"]) == {"no"}


def test_survey_rows_recode_ratings_and_leave_out_do_not_know() -> None:
    published = text(
        "members_survey",
        {
            "question_no": "1",
            "item_pl": "x",
            "option": "średnia ocena (1–5)",
            "value_str": "3,7",
            "unit": "mean score 1-5",
        },
        {"question_no": "2", "item_pl": "", "option": "Jeden", "value_str": "66,7%", "unit": "%"},
        {"question_no": "2", "item_pl": "", "option": "Trzy", "value_str": "1,0%", "unit": "%"},
        {"question_no": "2", "item_pl": "", "option": "opis", "value_str": "tekst", "unit": "text"},
    )
    got = L.survey_rows(published, answers())
    assert list(got["match"]) == ["yes", "yes", "not computable", "not computable"]
    assert got["recomputed"].iloc[0] == pytest.approx(11 / 3)


def test_audit_rows() -> None:
    book = pd.DataFrame({"item": ["site_id", "alt_text"], "question_no": ["", "1"]})
    sites = pd.DataFrame({"site_id": ["a", "b", "c"], "alt_text": [1, 0, 1]})
    got = L.audit_rows(text("audit", {"no": "1", "n_sites_passing": "2", "n_sites": "4"}), sites, book)
    assert list(got["match"]) == ["yes", "no"]


# --- contradicted ----------------------------------------


def small_ledger(*matches: str) -> pd.DataFrame:
    rows = [
        {
            "source": "facts", "line": str(i), "key": "X.1.1", "statistic": "mean", "group": "all", "published": "1",
            "match": m,
        }
        for i, m in enumerate(matches, 1)
    ]  # fmt: skip
    out = pd.DataFrame(rows, columns=list(L.COLUMNS))
    blank = [c for c in L.COLUMNS if c not in ("printed_decimals", "recomputed", "difference")]
    return out.fillna(dict.fromkeys(blank, "")).assign(basis="answers", chapter="13")


def finding(cells: str, verdict: str = "contradicted", kind: str = "mean_total") -> pd.DataFrame:
    row = {
        "id": "f",
        "kind": kind,
        "key": "X.1.1",
        "verdict": verdict,
        "cells": cells,
        "values": "3 + 4",
        "source_lines": "1;2",
    }
    return pd.DataFrame([row])


def test_a_proven_contradiction_excuses_a_row_that_differs_and_names_itself() -> None:
    known = pd.DataFrame([{"id": "A7", "findings": "e;f"}])
    got = L.excuse(small_ledger("no", "yes"), finding("1:X.1.1:mean;2:X.1.1:mean"), known)
    assert list(got["match"]) == ["contradicted", "yes"]
    assert got["reason"].iloc[0] == "A7: f (3 + 4)"


def test_a_contradiction_does_not_excuse_all_of_its_sides() -> None:
    got = L.excuse(small_ledger("no", "no"), finding("1:X.1.1:mean;2:X.1.1:mean"))
    assert list(got["match"]) == ["no", "no"]


def test_what_some_number_of_answers_explains_excuses_nothing() -> None:
    got = L.excuse(small_ledger("no", "no", "no"), finding(""))
    assert list(got["match"]) == ["no", "no", "no"]
    assert list(got["reason"]) == ["compare f", "compare f", ""]
    got = L.excuse(small_ledger("no"), finding("", kind="area_mean"))
    assert list(got["reason"]) == [""]


def test_a_consistent_finding_excuses_nothing() -> None:
    assert list(L.excuse(small_ledger("no"), finding("1:X.1.1:mean", verdict="rounding"))["match"]) == ["no"]


def test_known_reasons_go_to_rows_that_differ_and_have_none() -> None:
    rows = small_ledger("no", "yes", "no", "no").assign(reason=["", "", "compare f", ""])
    rows.loc[3, "key"] = "X.2.1"
    explained = pd.DataFrame(
        [("facts", "X.1.*", "first"), ("facts", "*", "second")], columns=["source", "key", "reason"], dtype="str"
    )
    assert list(L.explain(rows, explained)["reason"]) == ["first", "", "compare f", "second"]


def test_a_reason_that_fits_nothing_is_refused() -> None:
    explained = pd.DataFrame([("table 99", "*", "why"), ("facts", "*", "")], columns=["source", "key", "reason"])
    with pytest.raises(DataError, match=r"explained.csv, row 2.*fits no row") as caught:
        L.explain(small_ledger("no"), explained)
    assert [p.row for p in caught.value.problems] == [2, 3]


# --- summary and accepted state ----------------------------------------


def test_summary_counts_what_was_compared() -> None:
    ledger = small_ledger("yes", "yes", "no", "contradicted", "not computable")
    ledger["source"] = ["table 18", "table 36", "table 36", "facts", "facts"]
    got = L.summarise(ledger).set_index("source")
    assert list(got.index[:4]) == ["computed", "all", "tables 18-36", "facts"]
    assert got.loc["chapter 13", ["n", "compared", "matched"]].tolist() == [5, 4, 2]
    assert got.loc[["printed numbers conflict", "scores", "other answers"], "n"].tolist() == [1, 1, 0]
    assert got.loc["tables 18-36", ["n", "compared", "matched"]].tolist() == [3, 3, 2]
    assert got.loc["facts", ["n", "compared", "matched", "contradicted", "not_computable"]].tolist() == [2, 1, 0, 1, 1]
    assert got.loc["all", "rate"] == 50.0
    assert "50.0%" in L.format_summary(L.summarise(ledger))


def test_score_tables_are_counted_by_level_of_the_index() -> None:
    ledger = small_ledger("yes", "no", "yes", "no", "yes")
    ledger["source"] = "table 18"
    ledger["key"] = ["I.1", "II.6", "III", "ALL", "ALL"]
    got = L.summarise(ledger).set_index("source")
    assert got.loc["scores of sub-areas", ["n", "matched"]].tolist() == [2, 1]
    assert got.loc["scores of areas", ["n", "matched"]].tolist() == [1, 1]
    assert got.loc["overall scores", ["n", "matched"]].tolist() == [2, 1]


def test_transcribed_tables_do_not_raise_the_headline() -> None:
    ledger = small_ledger("yes", "yes", "no")
    ledger["source"] = ["table 3", "claims", "table 18"]
    ledger["basis"] = ["inputs", "print", "answers"]
    got = L.summarise(ledger).set_index("source")
    assert got.loc["computed", ["n", "matched"]].tolist() == [1, 0]
    assert got.loc["all", ["n", "matched"]].tolist() == [3, 2]
    assert got.loc["claims on earlier editions", ["n", "matched"]].tolist() == [1, 1]
    assert got.loc["chapter 13", "n"] == 1


def test_summary_facts_are_named_by_source() -> None:
    ledger = small_ledger("yes", "not computable")
    ledger["source"] = ["table 18", "website audit"]
    got = {f["fact_id"]: f["value"] for f in L.summary_facts(L.summarise(ledger), "t.csv")}
    assert got["reproduction.table18_36.rate"] == 100.0
    assert got["reproduction.all.n"] == 2
    assert got["reproduction.website_audit.compared"] == 0
    assert "reproduction.website_audit.rate" not in got
    assert got["reproduction.table18_36.label"] == "Tabele 18–36"
    assert got["reproduction.difference.scores.n"] == 0


def test_regressions_are_rows_that_matched_before(tmp_path: Path) -> None:
    before = small_ledger("yes", "yes", "no", "yes")
    now = small_ledger("yes", "no", "yes")
    path = L.write_baseline(before, tmp_path / "reproduction_baseline.csv")
    lost = L.regressions(pd.read_csv(path, dtype=str, keep_default_na=False), now)
    assert list(zip(lost["line"], lost["match_now"], strict=True)) == [("2", "no"), ("4", "absent")]
    assert L.regressions(before, before).empty
    older = before.drop(columns="id")  # a state recorded before statements had ids
    assert list(L.regressions(older, now)["line"]) == ["2", "4"]
    assert path.read_bytes() == L.write_baseline(before, tmp_path / "again.csv").read_bytes()


def test_two_rows_with_one_identity_are_refused() -> None:
    ledger = pd.concat([small_ledger("yes"), small_ledger("no")], ignore_index=True)
    with pytest.raises(DataError, match="two rows have one identity"):
        L.check_identity(ledger)


# --- the guard: nobody else reads the printed tables ----------------------------------------


def reads_published(code: str) -> list[str]:
    """Places where a program names the published folder of an edition, or imports its reader.

    Allowed: a previous edition by its year, `statistics.csv`, a file that only previous editions have, and the question
    whether there is such a folder.
    """
    tree = ast.parse(code)
    found = []
    asked = {
        id(node.func.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "is_dir"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            shown = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
            found += [
                path
                for path in re.findall(r"\S*(?<![\w-])published/[\w*.{}]*", shown)
                if "2022/published/" not in path and not path.endswith("published/statistics.csv")
            ]
        if isinstance(node, ast.BinOp) and (id(node) in asked or _of_previous(node.left)):
            continue
        parts = node.args if isinstance(node, ast.Call) else [node.right] if isinstance(node, ast.BinOp) else []
        found += ["published" for p in parts if isinstance(p, ast.Constant) and p.value == "published"]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis.reproduction"):
            names = {alias.name for alias in node.names} | {(node.module or "").split(".")[-1]}
            found += [f"import {name}" for name in names & {"published", "read_published", "read_edition"}]
    return [path for path in found if path != "`published/statistics.csv`"]


def _of_previous(folder: ast.expr) -> bool:
    """Whether a path ends in the year that the edition names as its previous one (never its own: `load_edition`)."""
    return isinstance(folder, ast.BinOp) and ast.unparse(folder.right) == "str(self.info.get('previous_edition', ''))"


def test_the_guard_sees_each_way_to_read_the_printed_tables() -> None:
    for code in (
        'x = root / "published" / "scores.csv"',
        'x = pd.read_csv("../data/editions/2024/published/scores.csv")',
        'x = f"data/editions/{year}/published/scores.csv"',
        'x = f"data/editions/{year}/published/{name}.csv"',
        'x = root.joinpath("published")',
        'x = list((root / "published").glob("*.csv"))',
        'x = (root / "published" / "scores.csv").is_dir()',
        'x = root.parent / str(self.info.get("edition", "")) / "published"',
        'x = root.parent / str(year) / "published"',
        "from analysis.reproduction.published import read_edition",
        "from analysis.reproduction import published",
    ):
        assert reads_published(code), code
    for code in (
        'x = "how the published report is put together"',
        'x = "published" if placed else "computed"',
        'x = pd.read_csv(data / f"editions/{previous}/published/statistics.csv")',
        'x = pd.read_csv("data/editions/2022/published/statistics.csv")',
        'x = (root / "published").is_dir()',
        'x = root.parent / str(self.info.get("previous_edition", "")) / "published"',
        "from analysis.reproduction.consistency import audit_published",
    ):
        assert not reads_published(code), code


def test_only_the_reproduction_reads_the_printed_tables() -> None:
    assert not (ROOT / "data/editions/2024/published/statistics.csv").exists()
    wrong = []
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        if path.relative_to(ROOT / "analysis").parts[0] != "reproduction":
            wrong += [f"{path.relative_to(ROOT)}: {w}" for w in reads_published(path.read_text("utf-8"))]
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        if path.stem in ("35_printed_report", "49_reproduction") or ".ipynb_checkpoints" in path.parts:
            continue
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        wrong += [f"{path.relative_to(ROOT)}: {w}" for w in reads_published(code)]
    assert not wrong, "the ledger would compare numbers with themselves:\n" + "\n".join(wrong)
