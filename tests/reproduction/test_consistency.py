"""Each check sees a contradiction planted by hand, and none where there is none; the printed edition's are found."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.reproduction import consistency as c
from analysis.reproduction.printed import Interval, parse_printed
from analysis.reproduction.proofs import prove
from analysis.reproduction.published import MEASURES, SCHEMAS, Published, published_tables, read_published

EDITION = Path(__file__).resolve().parents[2] / "data/editions/2024"


def table(name: str, *rows: dict[str, object]) -> pd.DataFrame:
    """Rows of a published table; columns not given are empty, `line` counts from 1."""
    full = [{**dict.fromkeys(SCHEMAS[name], ""), "line": str(i), **row} for i, row in enumerate(rows, 1)]
    return pd.DataFrame(full, columns=list(SCHEMAS[name])).astype(str)


FRAMEWORK = table(
    "framework",
    {"area_code": "I", "area_name": "A", "subarea_code": "I.1", "subarea_name": "a", "n_indicators": 3},
    {"area_code": "I", "area_name": "A", "subarea_code": "I.2", "subarea_name": "b", "n_indicators": 1},
)


def indicator(code: str, mean: str, median: str, benchmark: str, unit: str = "count", **more: str) -> dict[str, object]:
    values = {"mean": mean, "median": median, "benchmark": benchmark}
    row = {"code": code, "area_code": "I", "subarea_code": code.rsplit(".", 1)[0], "name_pl": code, "unit": unit}
    row |= values | {f"{m}_str": v for m, v in values.items()} | {f"unit_{m}": unit for m in values}
    return {**row, "table": "13", "name_line": "1", **more}


def fact(code: str, kind: str, value: str, threshold: str = "", **more: str) -> dict[str, object]:
    return {
        "code": code, "kind": kind, "value": value, "threshold": threshold, "unit": "clusters",
        "note": f"{kind} of {code}", "printed": value, **more,
    }  # fmt: skip


def registry(n: int, members: int = 50) -> pd.DataFrame:
    row = {"name": "x", "founded": "2012", "members": members, "pkd_code": "1", "pkd_name": "p", "voivodeship": "v"}
    return table("registry", *({"no": i, **row} for i in range(1, n + 1)))


def tables(
    indicators: list[dict[str, object]], facts: list[dict[str, object]] | None = None, n: int = 4, **more: pd.DataFrame
) -> c.Tables:
    """Tables for checks of indicators; not completed to a whole framework."""
    return c.Tables(
        Published(
            {
                "framework": FRAMEWORK, "indicators": table("indicators", *indicators),
                "indicator_facts": table("indicator_facts", *(facts or [])), "registry": registry(n), **more,
            }
        )
    )  # fmt: skip


def verdicts(findings: object) -> dict[str, str]:
    return {f.id: f.verdict for f in findings}  # type: ignore[attr-defined]


# --- checks of indicators ----------------------------------------


def test_a_majority_of_positive_clusters_forbids_a_median_of_zero() -> None:
    facts = [fact("I.1.1", "n_positive", "3")]
    zero = list(c.check_median_counts(tables([indicator("I.1.1", "2.0", "0.0", "5")], facts)))
    one = list(c.check_median_counts(tables([indicator("I.1.1", "2.0", "1.0", "5")], facts)))
    assert [f.verdict for f in zero] == ["contradicted"]
    assert zero[0].cells == "1:I.1.1:median;1:I.1.1:n_positive"
    assert [f.verdict for f in one] == ["consistent"]


def test_a_small_positive_amount_may_print_as_a_zero_median() -> None:
    facts = [fact("I.1.1", "n_positive", "3")]
    t = tables([indicator("I.1.1", "2.0", "0.0", "5", unit="tys. zł")], facts)
    assert [f.verdict for f in c.check_median_counts(t)] == ["rounding"]


def test_median_against_a_count_above_a_threshold() -> None:
    facts = [fact("I.1.1", "n_ge", "3", "10")]
    assert [f.verdict for f in c.check_median_counts(tables([indicator("I.1.1", "9.0", "9.0", "20")], facts))] == [
        "contradicted"
    ]
    assert [f.verdict for f in c.check_median_counts(tables([indicator("I.1.1", "12.0", "10.0", "20")], facts))] == [
        "consistent"
    ]


def test_mean_range_by_hand() -> None:
    """Four whole numbers with median 2 and maximum 6: from (2+2+6)/4 to (2+2+2+6)/4."""
    found = c.mean_range([], Interval(Fraction(2), Fraction(2)), Interval(Fraction(6), Fraction(6)), 4)
    assert found == Interval(Fraction(10, 4), Fraction(12, 4))
    assert verdicts(c.check_mean_range(tables([indicator("I.1.1", "2.8", "2.0", "6.0")]))) == {
        "mean_range:I.1.1": "consistent"
    }
    assert verdicts(c.check_mean_range(tables([indicator("I.1.1", "3.2", "2.0", "6.0")]))) == {
        "mean_range:I.1.1": "contradicted"
    }


def test_units_and_order_of_the_three_measures() -> None:
    mixed = indicator("I.1.1", "3.0", "250.0", "6", unit="tys. zł", unit_median="zł")
    assert verdicts(c.check_measures(tables([mixed]))) == {
        "units:I.1.1": "contradicted",
        "measures:I.1.1": "consistent",
    }
    above = indicator("I.1.1", "3.0", "7.0", "6")
    assert verdicts(c.check_measures(tables([above]))) == {
        "units:I.1.1": "consistent",
        "measures:I.1.1": "contradicted",
    }


def test_total_names_the_number_of_answers_that_fits() -> None:
    m = [indicator("I.1.1", "5.0", "5.0", "9")]
    assert verdicts(c.check_mean_total(tables(m, [fact("I.1.1", "total", "20")]))) == {"mean_total:I.1.1": "consistent"}
    (found,) = c.check_mean_total(tables(m, [fact("I.1.1", "total", "15")]))
    assert (found.verdict, found.explanation, found.cells) == ("contradicted", "fits 3 answers", "")
    (found,) = c.check_mean_total(tables(m, [fact("I.1.1", "total", "17")]))
    assert (found.verdict, found.cells) == ("contradicted", "1:I.1.1:mean")


def test_parts_of_a_total_are_a_lower_bound() -> None:
    m = [indicator("I.1.1", "5.0", "5.0", "9")]
    parts = [fact("I.1.1", "total", "8", label_pl="a"), fact("I.1.1", "total", "9", label_pl="b")]
    assert verdicts(c.check_mean_total(tables(m, parts))) == {"mean_total:I.1.1": "consistent"}
    parts = [fact("I.1.1", "total", "18", label_pl="a"), fact("I.1.1", "total", "9", label_pl="b")]
    assert verdicts(c.check_mean_total(tables(m, parts))) == {"mean_total:I.1.1": "contradicted"}


def test_mean_over_the_positive_clusters_has_the_same_total() -> None:
    """1.8 over 42 and 4.0 over 19 clusters: 76; over 18 clusters there is no whole total."""
    m = [indicator("I.1.1", "1.8", "0.0", "11")]
    facts = [
        fact("I.1.1", "n_positive", "19"),
        fact("I.1.1", "n_positive", "18"),
        fact("I.1.1", "mean_positive", "4.0"),
    ]
    got = [f.verdict for f in c.check_mean_positive(tables(m, facts, n=42))]
    assert got == ["consistent", "contradicted"]


def test_mean_over_some_number_of_clusters() -> None:
    """15 187.0 thousand over 42 and 36.4 million over k: 17.5 clusters; with 36 answers 15 clusters fit."""
    m = [indicator("I.1.1", "15187.0", "0.0", "200000.0", unit="tys. zł")]
    (found,) = c.check_mean_positive(tables(m, [fact("I.1.1", "mean_positive", "36.4", unit="mln zł")], n=42))
    assert found.verdict == "contradicted"
    assert "15 of 36" in found.explanation
    (found,) = c.check_mean_positive(tables(m, [fact("I.1.1", "mean_positive", "35.4", unit="mln zł")], n=42))
    assert found.verdict == "consistent"  # 18 clusters


def test_mean_without_the_leader() -> None:
    m = [indicator("I.1.1", "51.4", "5.0", "1227.0")]
    good, bad = fact("I.1.1", "mean_excluding", "22.7", "leader"), fact("I.1.1", "mean_excluding", "22.3", "leader")
    assert [f.verdict for f in c.check_mean_excluding(tables(m, [good], n=42))] == ["consistent"]
    assert [f.verdict for f in c.check_mean_excluding(tables(m, [bad], n=42))] == ["contradicted"]


def test_share_of_all_members() -> None:
    """Four clusters of 50 members: a mean of 5 is 20 of 200, 10%."""
    m = [indicator("I.1.1", "5.0", "5.0", "9")]
    note = {"unit": "%", "note": "share of all members taking part"}
    assert [f.verdict for f in c.check_member_share(tables(m, [fact("I.1.1", "other", "10.0", **note)]))] == [
        "consistent"
    ]
    assert [f.verdict for f in c.check_member_share(tables(m, [fact("I.1.1", "other", "40.7", **note)]))] == [
        "contradicted"
    ]


def test_means_of_years_add_up_or_average() -> None:
    years = [fact("I.1.1", "mean_year", "20", "2022"), fact("I.1.1", "mean_year", "28", "2023")]
    for mean, verdict in (("48", "consistent"), ("24", "consistent"), ("30", "contradicted")):
        assert [f.verdict for f in c.check_mean_year(tables([indicator("I.1.1", mean, "1", "90")], years))] == [verdict]


def test_counts_are_nested() -> None:
    m = [indicator("I.1.1", "5.0", "5.0", "19")]
    facts = [fact("I.1.1", "n_positive", "3"), fact("I.1.1", "n_ge", "2", "10"), fact("I.1.1", "n_gt", "1", "10")]
    assert {f.verdict for f in c.check_nested_counts(tables(m, facts))} == {"consistent"}
    facts[2] = fact("I.1.1", "n_gt", "3", "10")
    bad = [f for f in c.check_nested_counts(tables(m, facts)) if f.verdict == "contradicted"]
    assert [f.statement for f in bad] == ["clusters in `n_gt 10` are among those in `n_ge 10`"]
    facts = [fact("I.1.1", "n_positive", "3"), fact("I.1.1", "n_zero", "2")]
    assert "contradicted" in verdicts(c.check_nested_counts(tables(m, facts))).values()


def test_one_statistic_has_one_value() -> None:
    m = [indicator("I.1.1", "5.0", "5.0", "19")]
    facts = [fact("I.1.1", "n_positive", "19"), fact("I.1.1", "n_positive", "18"), fact("I.1.1", "n_zero", "3")]
    (found,) = c.check_two_values(tables(m, facts))
    assert (found.verdict, found.cells) == ("contradicted", "1:I.1.1:n_positive;2:I.1.1:n_positive")
    facts[1] = fact("I.1.1", "n_positive", "19")
    assert [f.verdict for f in c.check_two_values(tables(m, facts))] == ["consistent"]


def test_a_dependent_quantity_is_positive_in_no_more_clusters() -> None:
    facts = [fact("III.2.1", "n_positive", "1")]
    rows = [indicator("III.2.1", "1.0", "0.0", "4")]
    (found,) = c.check_depends(tables([*rows, indicator("III.2.2", "2.0", "1.0", "6")], facts))
    assert found.verdict == "contradicted"
    (found,) = c.check_depends(tables([*rows, indicator("III.2.2", "2.0", "0.0", "6")], facts))
    assert found.verdict == "consistent"


def test_a_part_does_not_exceed_its_whole() -> None:
    rows = [indicator("I.1.1", "5.0", "5.0", "9"), indicator("I.1.2", "6.0", "5.0", "9")]
    got = verdicts(c.check_parts(tables(rows)))
    assert got == {
        "part_of:I.1.2:I.1.1:mean": "contradicted", "part_of:I.1.2:I.1.1:median": "consistent",
        "part_of:I.1.2:I.1.1:benchmark": "consistent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("share", "n", "possible"), [("37", 42, False), ("37", 41, True), ("36", 42, True), ("100", 3, True)]
)
def test_shares_are_whole_numbers_of_clusters(share: str, n: int, possible: bool) -> None:
    printed = parse_printed(share)
    assert printed is not None
    assert (n in c.possible_bases(printed, 42)) is possible


def test_shares_of_one_question_have_one_base() -> None:
    note = "share of clusters choosing this option (multiple choice)"
    options = [fact("I.1.1", "share_option", v, label_pl=v, unit="%", note=note) for v in ("50", "33")]
    m = [indicator("I.1.1", "1.0", "1.0", "2")]
    (found,) = c.check_common_base(tables(m, options, n=4))  # 33% is no share of 4, 50% none of 3
    assert (found.verdict, found.cells) == ("contradicted", "2:I.1.1:share_option 33")
    (found,) = c.check_common_base(tables(m, options, n=6))
    assert found.verdict == "consistent"


def test_categories_add_up_to_100() -> None:
    row = {**indicator("I.1.1", "", "", "", unit="share"), "categories": "yes, often=52;ad hoc=41;no=7"}
    assert [f.verdict for f in c.check_category_sums(tables([row]))] == ["consistent"]
    row["categories"] = "yes=52;no=47"
    assert [f.verdict for f in c.check_category_sums(tables([row]))] == ["rounding"]
    row["categories"] = "yes=52;no=45"
    assert [f.verdict for f in c.check_category_sums(tables([row]))] == ["contradicted"]


def test_listed_options_do_not_exceed_the_mean_number() -> None:
    facts = [
        fact("I.1.1", "list_size", "2"),
        *(fact("I.1.1", "share_option", "75", label_pl=x, unit="%") for x in "ab"),
    ]
    good, bad = indicator("I.1.1", "1.5", "1.0", "4"), indicator("I.1.1", "1.2", "1.0", "4")
    assert [f.verdict for f in c.check_options_mean(tables([good], facts))] == ["consistent"]
    assert [f.verdict for f in c.check_options_mean(tables([bad], facts))] == ["contradicted"]


def test_followup_share_above_that_of_the_opening_answer() -> None:
    options = [
        fact("I.1.1", "share_option", "69", label_pl="uses it", unit="%"),
        fact("I.1.1", "share_option", "76", label_pl="field", unit="%", note="base not stated (fits 22 of 29)"),
        fact("I.1.1", "share_option", "55", label_pl="other", unit="%", note="base not stated (fits 16 of 29)"),
    ]
    got = [f.verdict for f in c.check_nested_shares(tables([indicator("I.1.1", "1.0", "1.0", "2")], options, n=42))]
    assert got == ["contradicted", "consistent"]


def test_restated_leader_in_another_unit() -> None:
    m = [indicator("I.1.1", "50.0", "5.0", "1227.0")]
    for value, verdict in (("1.2", "rounding"), ("1.3", "contradicted")):
        got = [f.verdict for f in c.check_restated(tables(m, [fact("I.1.1", "max", value, unit="thousand")]))]
        assert got == [verdict]


# --- checks of scores ----------------------------------------


def score_tables(groups: dict[str, dict[str, str]], n: int = 4) -> c.Tables:
    """Score tables: group to column to "min q1 median mean q3 benchmark"; the first group is `all`, others of `kkk`."""
    rows = []
    for number, (group, columns) in enumerate(groups.items(), 18):
        for code, text in columns.items():
            for measure, value in zip(MEASURES, text.split(), strict=True):
                dim = "all" if group == "all" else "kkk"
                rows.append(
                    {
                        "table": number, "group_dim": dim, "group": group, "column_code": code, "measure": measure,
                        "value": value,
                    }
                )  # fmt: skip
    return c.Tables(Published({"framework": FRAMEWORK, "scores": table("scores", *rows), "registry": registry(n)}))


FLAT = dict.fromkeys(("I.1", "I.2", "I", "ALL"), "0.10 0.20 0.30 0.30 0.40 0.60")


def test_order_statistics_ascend() -> None:
    assert set(verdicts(c.check_order(score_tables({"all": FLAT}))).values()) == {"consistent"}
    bad = {**FLAT, "I.1": "0.10 0.20 0.70 0.30 0.40 0.60"}
    got = verdicts(c.check_order(score_tables({"all": bad})))
    assert [k for k, v in got.items() if v == "contradicted"] == ["order:18:I.1"]


def test_extremes_over_all_are_extremes_over_groups() -> None:
    half = dict.fromkeys(FLAT, "0.20 0.20 0.30 0.30 0.40 0.50")
    good = verdicts(c.check_extremes(score_tables({"all": FLAT, "a": FLAT, "b": half})))
    assert set(good.values()) == {"consistent"}
    bad = verdicts(c.check_extremes(score_tables({"all": FLAT, "a": half, "b": half})))
    assert set(bad.values()) == {"contradicted"}


def test_group_means_weighted_by_inferred_sizes() -> None:
    """Two columns fix the sizes 1 and 3; the third column disagrees with them."""
    low, high = " ".join(["0.00"] * 6), " ".join(["0.80"] * 6)
    whole = {k: f"0.00 0.00 0.00 {v} 0.80 0.80" for k, v in zip(FLAT, ("0.20", "0.60", "0.20", "0.40"), strict=True)}
    a = {"I.1": high, "I.2": low, "I": high, "ALL": high}
    b = {"I.1": low, "I.2": high, "I": low, "ALL": low}
    t = score_tables({"all": whole, "a": a, "b": b})
    assert c.group_sizes(t, "kkk")[0] == {"a": 1, "b": 3}
    got = verdicts(c.check_weighted_means(t))
    assert got == {
        "weighted_mean:kkk:I.1": "consistent", "weighted_mean:kkk:I.2": "consistent",
        "weighted_mean:kkk:I": "consistent", "weighted_mean:kkk:ALL": "contradicted",
    }  # fmt: skip


def test_sizes_counted_in_the_registry() -> None:
    rows = table(
        "registry",
        {"no": 1, "founded": 2009, "members": 30},
        {"no": 2, "founded": 2023, "operating_since": 2018, "members": 80},
        {"no": 3, "founded": 2012, "members": 200},
    )
    assert c.registry_sizes(rows, ["before 2010", "2010-2014", "2015-2020"]) == {
        "before 2010": 1, "2010-2014": 1, "2015-2020": 1,
    }  # fmt: skip
    assert c.registry_sizes(rows, ["20-49", "50-149", "150+"]) == {"20-49": 1, "50-149": 1, "150+": 1}
    assert c.registry_sizes(rows, ["KKK", "not KKK"]) is None


def test_area_mean_under_both_readings() -> None:
    """Sub-areas 0.20 (3 indicators) and 0.40 (1): equal weights 0.30, by indicators 0.25."""
    cells = {"I.1": "0.20", "I.2": "0.40", "I": "0.25", "ALL": "0.25"}
    t = score_tables({"all": {k: f"0.00 0.00 0.20 {v} 0.90 0.90" for k, v in cells.items()}})
    got = verdicts(c.check_area_means(t))
    assert got == {
        "area_mean:equal:18:I": "contradicted", "area_mean:indicators:18:I": "consistent",
        "area_mean:equal:18:ALL": "consistent",
    }  # fmt: skip


def test_area_maximum_beyond_the_reach_of_any_cluster() -> None:
    tops = {"I.1": "0.90", "I.2": "0.50", "I": "0.80", "ALL": "0.80"}
    t = score_tables({"all": {k: f"0.00 0.00 0.20 0.30 0.40 {v}" for k, v in tops.items()}})
    got = verdicts(c.check_area_bounds(t))
    assert got["area_bound:equal:18:I:benchmark"] == "contradicted"  # bound 0.70
    assert got["area_bound:indicators:18:I:benchmark"] == "consistent"  # bound 0.80


# --- survey, sector means, previous editions ----------------------------------------


def test_survey_sums_and_copies() -> None:
    def rows(question: str, item: str, *values: str) -> list[dict[str, object]]:
        return [
            {"question_no": question, "item_pl": item, "option": str(i), "value": v, "value_str": v, "unit": "%"}
            for i, v in enumerate(values)
        ]  # fmt: skip

    survey = table("members_survey", *rows("7", "a", "34.9", "52.8", "11.0"), *rows("8", "b", "34.4", "42.5", "23.0"))
    t = c.Tables(Published({"framework": FRAMEWORK, "members_survey": survey}))
    assert verdicts(c.check_survey_sums(t)) == {"sum100:Q7:a": "contradicted", "sum100:Q8:b": "rounding"}
    assert list(c.check_survey_copies(t)) == []
    survey = table("members_survey", *rows("7", "a", "34.4", "42.5", "23.0"), *rows("8", "b", "34.4", "42.5", "23.0"))
    t = c.Tables(Published({"framework": FRAMEWORK, "members_survey": survey}))
    assert [f.verdict for f in c.check_survey_copies(t)] == ["suspicious"]


def test_yearly_growth_of_the_series() -> None:
    def history(rate: str) -> c.Tables:
        rows = [
            ("2018", "mean members", "84.4"),
            ("2024", "mean members", "117.7"),
            ("2018-2024", "CAGR of mean members", rate),
        ]
        made = table("history", *({"edition": e, "metric": m, "value": v, "unit": "u"} for e, m, v in rows))
        return c.Tables(Published({"framework": FRAMEWORK, "history": made, "registry": registry(4)}))

    assert verdicts(c.check_history(history("5.7"))) == {"growth:mean members": "consistent"}
    assert verdicts(c.check_history(history("6.7"))) == {"growth:mean members": "contradicted"}


# --- reading ----------------------------------------


@pytest.fixture(scope="module")
def printed() -> Published:
    return read_published(EDITION / "published")


@pytest.fixture(scope="module")
def findings(printed: Published) -> pd.DataFrame:
    return c.audit(printed)


def changed(printed: Published, name: str, make: object) -> dict[str, pd.DataFrame]:
    return {**printed.tables, name: make(printed[name].copy())}  # type: ignore[operator]


def test_a_missing_row_is_named(printed: Published) -> None:
    with pytest.raises(DataError, match=r"2849 rows where 2850 .* missing: table 18, I\.2, min"):
        published_tables(changed(printed, "scores", lambda t: t.drop(index=1)))


def test_a_double_row_is_named(printed: Published) -> None:
    with pytest.raises(DataError, match=r"scores\.csv, row 2852, .*the row is there twice"):
        published_tables(changed(printed, "scores", lambda t: pd.concat([t, t.iloc[[5]]], ignore_index=True)))


def test_swapped_columns_are_named(printed: Published) -> None:
    swap = {"median": "mean", "mean": "median"}
    with pytest.raises(DataError, match="column median: the column stands where `mean` is expected"):
        published_tables(changed(printed, "area_tables", lambda t: t.rename(columns=swap)))
    with pytest.raises(DataError, match=r"column line: a line number of the source is expected \(value: '0\.01'\)"):
        published_tables(
            changed(printed, "scores", lambda t: t.rename(columns={"value": "line", "line": "value"})[list(t.columns)])
        )
    with pytest.raises(DataError, match=r"indicators\.csv, row 2, column mean: differs from `mean_str`"):
        published_tables(changed(printed, "indicators", lambda t: t.rename(columns=swap)[list(t.columns)]))


def test_a_missing_column_is_named_with_its_likely_name(printed: Published) -> None:
    with pytest.raises(DataError, match="column benchmark: the column is missing; did you mean benchmrak"):
        published_tables(changed(printed, "area_tables", lambda t: t.rename(columns={"benchmark": "benchmrak"})))


def test_a_median_above_the_maximum_is_a_finding_not_an_error(printed: Published) -> None:
    def raise_median(t: pd.DataFrame) -> pd.DataFrame:
        t.loc[(t["table"] == "18") & (t["column_code"] == "I") & (t["measure"] == "median"), "value"] = "0.99"
        return t

    got = c.audit(published_tables(changed(printed, "scores", raise_median))).set_index("id")["verdict"]
    assert got["order:18:I"] == "contradicted"
    assert got["restated:table 5:I:median"] == "contradicted"


def test_a_folder_without_some_tables_says_what_was_not_checked(printed: Published) -> None:
    few = published_tables({name: printed[name] for name in ("framework", "audit")})
    got = c.audit(few)
    assert set(got.loc[got["kind"] == "audit", "verdict"]) == {"consistent"}
    assert "needs scores.csv" in set(got.loc[got["verdict"] == "not checked", "explanation"])


# --- the printed edition ----------------------------------------


def test_published_identities_hold_without_exception(findings: pd.DataFrame) -> None:
    """What the hand checks of the digitised tables established: these hold in every table."""
    for kind, n in {"order": 475, "extremes": 250, "sector_grim": 126, "grim": 63}.items():
        rows = findings[findings["kind"] == kind]
        assert (len(rows), set(rows["verdict"])) == (n, {"consistent"}), kind


def test_area_scores_follow_indicators_not_subareas(findings: pd.DataFrame) -> None:
    bad = findings[(findings["kind"] == "area_mean") & (findings["verdict"] == "contradicted")]["id"]
    equal, by_indicators = bad.str.startswith("area_mean:equal").sum(), bad.str.startswith("area_mean:indicators").sum()
    assert equal >= 57  # beyond 0.01; a difference of exactly 0.01 is beyond rounding half up as well
    assert by_indicators <= 12
    assert not bad.str.endswith(":ALL").any()


def test_known_contradictions_are_found_or_said_to_be_beyond(printed: Published, findings: pd.DataFrame) -> None:
    review = pd.read_csv(EDITION / "reproduction/known.csv", dtype=str, keep_default_na=False)
    proved = [p.id for p in prove(c.Tables(printed)).proofs]
    known = c.known_contradictions(printed["contradictions"], findings, review, proved).set_index("id")
    assert len(known) == 71
    beyond = set(known.index[known["status"] != "detected"])
    assert beyond == {"A15", "B3", "B19", "B20", "B22", "B29", "B30", "B31", "B33"}
    assert (known.loc[sorted(beyond), "reason"].str.len() > 20).all()


def test_every_contradiction_found_is_known_or_follows_from_one(findings: pd.DataFrame) -> None:
    review = pd.read_csv(EDITION / "reproduction/known.csv", dtype=str, keep_default_na=False)
    named = set(";".join(review["findings"]).split(";"))
    assert "copy:2020-2021:I.3.2:I.3.3" in named
    bad = findings[findings["verdict"].isin(["contradicted", "suspicious"])]
    bad = bad[~bad["kind"].isin(["area_mean", "area_bound"])]
    assert set(bad["id"]) - named == {
        "depends:III.2.2:III.2.1@12935",  # the 18 clusters of A3 in the place of the 19 of A2
        "nested_share:II.2.2:Meta (Facebook)@12612",  # the base of the follow-up question, as in A22
        "part_of:I.3.2:I.3.1:benchmark",  # A13, other measures
        "part_of:I.3.3:I.3.1:benchmark",
        "part_of:I.3.3:I.3.1:mean",
    }


def test_a_review_must_name_a_finding_that_is_not_consistent(printed: Published, findings: pd.DataFrame) -> None:
    contradictions = printed["contradictions"].head(1)
    for named, message in (("order:18:I", "is consistent"), ("order:99:I", "is no finding")):
        review = pd.DataFrame({"id": ["M1"], "findings": [named], "reason": ["-"]})
        with pytest.raises(DataError, match=message):
            c.known_contradictions(contradictions, findings, review)
    with pytest.raises(DataError, match="has no row"):
        c.known_contradictions(contradictions, findings, pd.DataFrame({"id": [], "findings": [], "reason": []}))


def test_findings_excuse_only_what_no_number_of_answers_explains(findings: pd.DataFrame) -> None:
    cells = findings.set_index("id")["cells"]
    assert cells["median_counts:IV.1.8:n_positive@13143"] == "13140:IV.1.8:median;13143:IV.1.8:n_positive"
    assert cells["mean_total:I.1.1"] == ""  # 41 answers
    assert not findings.loc[findings["verdict"] == "consistent", "cells"].any()
