"""Changes between editions: what may be compared, what never is, and totals worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.profiles.trends import (
    edition_history,
    implied_totals,
    judge,
    ratio,
    subject_of,
    trend_table,
    wide_history,
    yearly_growth,
)

COMPARABILITY = pd.DataFrame(
    [("X.1.1", "yes", "", ""), ("X.1.2", "no", "bo nie", "because"), ("X.1.2:part", "yes", "", "")],
    columns=["subject", "comparable", "reason_pl", "reason_en"],
)


def published(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["claim_id", "metric", "subject", "statistic", "group", "value", "factor"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "factor": float})


CURRENT = pd.DataFrame(
    {"mean": [30.0, 5.0, 7.0], "median": [1.0, 2.0, 3.0], "benchmark": np.nan, "total": np.nan, "positive": 4,
     "zeros": 0, "middle_exclusive": np.nan},
    index=["X.1.1", "X.1.2", "X.1.2:part"],
)  # fmt: skip


def test_change_in_the_unit_of_the_indicator() -> None:
    table = trend_table(published(("C1", "X.1.1", "X.1.1 a", "mean", "all", 0.02, 1000)), CURRENT, COMPARABILITY)
    row = table.iloc[0]
    assert (row["before"], row["now"], row["change"], row["change_pct"]) == pytest.approx((20, 30, 10, 50))


def test_no_change_is_computed_where_the_definition_changed_but_its_option_may_be_compared() -> None:
    rows = published(
        ("C1", "X.1.2", "X.1.2 b", "mean", "all", 4, np.nan), ("C2", "X.1.2", "X.1.2 b:part", "mean", "all", 6, np.nan)
    )
    table = trend_table(rows, CURRENT, COMPARABILITY).set_index("subject")
    assert np.isnan(table.at["X.1.2", "change"]) and table.at["X.1.2", "reason_pl"] == "bo nie"
    assert table.at["X.1.2:part", "change"] == 1


def test_two_versions_of_a_value_are_kept_side_by_side_and_not_compared() -> None:
    rows = published(
        ("C1", "X.1.1", "X.1.1 a", "count_gt(0)", "all", 32, np.nan),
        ("C2", "X.1.1", "X.1.1 a", "count_gt(0)", "all", 29, np.nan),
    )
    row = trend_table(rows, CURRENT, COMPARABILITY).iloc[0]
    assert row["conflict"] == "32;29" and np.isnan(row["before"]) and np.isnan(row["change"])
    assert row["claims"] == "C1;C2"


def test_a_rounded_repetition_is_no_second_version() -> None:
    rows = published(
        ("C1", "X.1.1", "X.1.1 a", "mean", "all", 3.1, np.nan), ("C2", "X.1.1", "X.1.1 a", "mean", "all", 3, np.nan)
    )
    row = trend_table(rows, CURRENT, COMPARABILITY).iloc[0]
    assert row["conflict"] == "" and row["before"] == 3.1


def test_undecided_subject_is_refused() -> None:
    with pytest.raises(DataError, match="nobody has decided"):
        judge("Y.1.1", COMPARABILITY)


def test_subjects_keep_their_option() -> None:
    assert subject_of({"metric": "X.1.2", "subject": "X.1.2 b:part"}) == "X.1.2:part"
    assert subject_of({"metric": "members_total", "subject": "char:members_total"}) == "members_total"


HISTORY = pd.DataFrame(
    [(2010, "", "clusters", 2, "clusters", "", 1), (2010, "", "members_total", 80, "members", "", 2),
     (2014, "", "clusters", 4, "clusters", "", 3)],
    columns=["edition", "period", "metric", "value", "unit", "note", "source_line"],
)  # fmt: skip


def test_history_takes_the_current_edition_computed_and_leaves_gaps() -> None:
    table = edition_history(HISTORY, {"clusters": 3, "members_total": 90}, 2018, "2016-2017")
    wide = wide_history(table, ["clusters", "members_total"])
    assert wide.loc["members_total"].dropna().to_dict() == {2010: 80, 2018: 90}
    assert table[table["edition"] == 2018]["origin"].unique().tolist() == ["computed"]
    means = ratio(table, "members_total", "clusters", "members_mean", "members_per_cluster").set_index("edition")
    assert means["value"].to_dict() == {2010: 40, 2018: 30}  # 2014 gives no members, so it has no mean
    with pytest.raises(DataError, match="current edition is not history"):
        edition_history(HISTORY, {}, 2014, "")


def test_growth_is_the_rate_that_leads_there() -> None:
    rate = yearly_growth(84.35, 117.67, 6)
    assert 84.35 * (1 + rate / 100) ** 6 == pytest.approx(117.67)
    with pytest.raises(ValueError, match="positive"):
        yearly_growth(0, 1, 2)


def test_a_total_that_no_number_of_clusters_explains_is_found() -> None:
    table = edition_history(HISTORY.assign(edition=[2010, 2010, 2009]), {}, 2018, "")
    rows = published(("C1", "A", "A", "mean", "all", 40, np.nan), ("C2", "B", "B", "mean", "all", 13, np.nan))
    implied = implied_totals(rows, table, {"members_total": "A"}, 2010)
    assert implied["agree"].tolist() == [True]
    assert implied_totals(rows, table, {"members_total": "B"}, 2010)["agree"].tolist() == [False]  # 80 / 13 = 6.2


def test_built_trends_never_compare_what_is_not_comparable(build: Path, root: Path) -> None:
    table = pd.read_csv(build / "46_trends/trends.csv", keep_default_na=False)
    refused = table[table["comparable"] == "no"]
    assert {"IV.3.1", "III.2.7", "III.1.1", "I.3.2"} <= set(refused["subject"])
    assert set(refused["change"]) == {""} and (refused["reason_pl"] != "").all()
    printed = pd.read_csv(build / "40_analyses/tables/table-45.csv", keep_default_na=False).set_index("code")
    for code in set(refused["subject"]) & set(printed.index):
        assert set(printed.loc[code, ["mean_change", "median_change", "mean_before", "median_before"]]) == {"–"}
        assert printed.at[code, "remark"].isalpha() and printed.at[code, "reason"]
    facts = (build / "facts.json").read_text("utf-8")
    assert '"trend.IV.3.1.reason"' in facts and '"trend.IV.3.1.mean.change"' not in facts


def test_built_table_11_repeats_the_printed_one(build: Path, root: Path) -> None:
    ours = pd.read_csv(build / "40_analyses/tables/table-11.csv")
    printed = pd.read_csv(root / "data/editions/2024/published/history.csv")
    names = ["clusters surveyed", "members", "enterprises among members"]
    for row, metric in zip(ours.to_dict("records"), names, strict=True):
        for cell in printed[printed["metric"] == metric].to_dict("records"):
            assert row[f"e{cell['edition']}"] == cell["value"], (metric, cell["edition"])
