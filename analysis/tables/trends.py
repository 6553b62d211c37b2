"""Table 11, the annex table of changes, and the facts of section 10.1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase

import pandas as pd

from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.language import named
from analysis.tables.exhibits import Labels
from analysis.workspace import Column

HISTORY = "46_trends/history.csv"
TRENDS = "46_trends/trends.csv"
EMPTY = "–"
SHOWN = {"mean": "mean", "median": "median"}
# Unit of a history row → unit of a fact, and its decimals.
FACT_UNITS = {
    "clusters": ("clusters", 0), "members": ("members", 0), "enterprises": ("enterprises", 0),
    "thousand_persons": ("thousand_persons", 1), "million_pln": ("million_pln", 1), "count": ("count", 0),
    "full_time_equivalents": ("count", 1), "persons": ("persons", 1), "members_per_cluster": ("members", 1),
    "percent": ("percent", 1), "indicators": ("indicators", 0),
}  # fmt: skip


def history_table(wide: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Table 11: metrics × editions.

    Parameters
    ----------
    wide
        From `analysis.profiles.trends.wide_history`, whole numbers.
    names
        Metric → printed name.

    Returns
    -------
    DataFrame
        Columns name, then `e<edition>`; every cell a whole number.
    """
    table = wide.astype(int).rename(columns=lambda year: f"e{year}")
    table.insert(0, "name", [names[metric] for metric in table.index])
    return table.reset_index(drop=True)


def history_columns(editions: Sequence[int], labels: Labels) -> list[Column]:
    """Columns of Table 11."""
    width = 0.66 / len(editions)
    return [
        Column("name", labels["columns"]["measure"], width=0.34),
        *(Column(f"e{year}", str(year), align="right", format="integer", width=width) for year in editions),
    ]


def change_table(trends: pd.DataFrame, framework: Framework, number: Callable[[float, int], str]) -> pd.DataFrame:
    """Annex table of changes: one row for each indicator with a published mean or median.

    Parameters
    ----------
    trends
        From `analysis.profiles.trends.trend_table`.

    Returns
    -------
    DataFrame
        Columns code, name, for mean and median `<statistic>_before`, `_now`, `_change` (as printed; a dash where
        nothing was published or the subject is not comparable), remark (letter of the reason why not, or of what to
        keep in mind), reason (not printed; `change_note` lists them).
    """
    indicators = trends[trends["subject"].isin(framework.indicators.index) & trends["statistic"].isin(list(SHOWN))]
    rows = []
    for code in dict.fromkeys(indicators["subject"]):
        own = indicators[indicators["subject"] == code].set_index("statistic")
        entry = framework.indicators.loc[code]
        decimals = int(entry["decimals"])
        row = {"code": code, "name": f"{code} {entry[named('short')]}"}
        for statistic in SHOWN:
            cell = dict.fromkeys(("before", "now", "change"), EMPTY)
            if statistic in own.index:
                this = own.loc[statistic]
                cell["now"] = number(float(this["now"]), decimals)
                if this["comparable"] == "yes" and pd.notna(this["before"]):
                    cell["before"] = number(float(this["before"]), decimals)
                    change = this["change_pct"]
                    cell["change"] = EMPTY if pd.isna(change) else _signed(float(change), number)
            row |= {f"{statistic}_{end}": text for end, text in cell.items()}
        rows.append(row | {"reason": str(own[named("reason")].iloc[0])})
    table = pd.DataFrame(rows)
    letters = dict(zip([r for r in dict.fromkeys(table["reason"]) if r], ascii_lowercase, strict=False))
    table["remark"] = table["reason"].map(letters).fillna(EMPTY)
    return table


def change_note(table: pd.DataFrame) -> str:
    """Return the reasons behind the letters of `change_table`, in their order: "a – …; b – …."."""
    listed = table[table["reason"] != ""].drop_duplicates("remark")
    parts = [f"{row['remark']} – {row['reason'].replace(';', ',')}" for row in listed.to_dict("records")]
    return "; ".join(parts) + "."


def _signed(value: float, number: Callable[[float, int], str]) -> str:
    text = number(value, 0)
    return f"{'+' if value > 0 and text != '0' else ''}{text}%"


def change_columns(labels: Labels, previous: int, edition: int) -> list[Column]:
    """Columns of the annex table of changes."""
    words, measures = labels["columns"], labels["measures"]
    columns = [Column("name", words["measure"], width=0.36)]
    for statistic in SHOWN:
        group = measures[statistic]
        for end, label in (("before", str(previous)), ("now", str(edition)), ("change", words["change"])):
            columns.append(Column(f"{statistic}_{end}", label, align="right", format="mixed", width=0.093, group=group))
    return [*columns, Column("remark", words["remarks"], align="center", width=0.08)]


def add_history_facts(facts: FactSet, history: pd.DataFrame) -> None:
    """Add every total as `history.<metric>.<edition>`, and its change since the edition before."""
    for metric, rows in history.groupby("metric", sort=False):
        before = None
        for row in rows.to_dict("records"):
            unit, decimals = FACT_UNITS[str(row["unit"])]
            head, key = f"history.{metric}.{row['edition']}", f"{metric}/{row['edition']}"
            facts.add(head, row["value"], unit=unit, decimals=decimals, table=HISTORY, key=key, column="value")
            if before is not None:
                growth = 100 * (row["value"] / before - 1)
                facts.add(f"{head}.growth", growth, unit="percent", decimals=0, table=HISTORY, key=key, column="value")
            before = row["value"]
        _add_last_two(facts, str(metric), rows)


def _add_last_two(facts: FactSet, metric: str, rows: pd.DataFrame) -> None:
    """Add a total of the last two editions once more as `.now` and `.before`: a chapter names no year."""
    known = rows.to_dict("records")[-2:]
    for name, row in zip(("now", "before"), reversed(known), strict=False):
        unit, decimals = FACT_UNITS[str(row["unit"])]
        key = f"{metric}/{row['edition']}"
        facts.add(
            f"history.{metric}.{name}", row["value"], unit=unit, decimals=decimals, table=HISTORY, key=key,
            column="value",
        )  # fmt: skip
    if len(known) == 2:
        growth = 100 * (known[1]["value"] / known[0]["value"] - 1)
        key = f"{metric}/{known[1]['edition']}"
        facts.add(
            f"history.{metric}.now.growth", growth, unit="percent", decimals=0, table=HISTORY, key=key, column="value"
        )


def add_trend_facts(facts: FactSet, trends: pd.DataFrame, framework: Framework) -> None:
    """Add each comparable statistic as `trend.<subject>.<statistic>.before`, `.now`, `.change`, `.pct`.

    What is not comparable gets `trend.<subject>.reason` only, so that a chapter that would print a change stops the
    build. Counts of both kinds are `trend.comparable` and `trend.refused` (subjects).
    """
    units = framework.indicators["unit"].to_dict()
    places = framework.indicators["decimals"].to_dict()
    for row in trends.to_dict("records"):
        subject, code, statistic = str(row["subject"]), str(row["code"]), str(row["statistic"])
        if pd.isna(row["change"]):
            continue
        scored = code in framework.score_codes
        unit, decimals = ("score", 2) if scored else (str(units.get(code, "count")), 0)
        if not scored and code in units and ":" not in subject:
            decimals = int(places[code])
        if statistic.startswith("count_"):
            unit, decimals = "clusters", 0
        name = statistic.split("(")[0] if not statistic.startswith("count_") else {
            "count_gt(0)": "positive", "count_eq(0)": "zeros"}[statistic]  # fmt: skip
        head, key = f"trend.{subject}.{name}", f"{subject}/{statistic}"
        for end in ("before", "now", "change"):
            facts.add(f"{head}.{end}", row[end], unit=unit, decimals=decimals, table=TRENDS, key=key, column=end)
        if pd.notna(row["change_pct"]):
            facts.add(
                f"{head}.pct", row["change_pct"], unit="percent", decimals=0, table=TRENDS, key=key, column="change_pct"
            )
    refused = trends[trends["comparable"] == "no"].drop_duplicates("subject")
    for row in refused.to_dict("records"):
        facts.add(
            f"trend.{row['subject']}.reason", row["reason_pl"], unit="text", table=TRENDS, key=str(row["subject"]),
            column="reason_pl",
        )  # fmt: skip
    comparable = trends[trends["comparable"] == "yes"]["subject"].nunique()
    facts.add("trend.comparable", int(comparable), table=TRENDS, key="yes", column="comparable")
    facts.add("trend.refused", len(refused), table=TRENDS, key="no", column="comparable")
    indicators = trends[trends["subject"].isin(list(units)) & (trends["statistic"] == "mean")].dropna(subset="change")
    for name, count in (
        ("up", int((indicators["change_pct"] > 0).sum())),
        ("down", int((indicators["change_pct"] < 0).sum())),
        ("all", len(indicators)),
    ):
        facts.add(f"trend.means.{name}", count, unit="indicators", table=TRENDS, key="mean", column="change_pct")
    medians = trends[trends["subject"].isin(list(units)) & (trends["statistic"] == "median")].dropna(subset="change")
    for name, count in (
        ("up", int((medians["change"] > 0).sum())),
        ("down", int((medians["change"] < 0).sum())),
        ("same", int((medians["change"] == 0).sum())),
        ("all", len(medians)),
    ):
        facts.add(f"trend.medians.{name}", count, unit="indicators", table=TRENDS, key="median", column="change")
    both = indicators.merge(medians, on="subject", suffixes=("", "_median"))
    opposite = both[(both["change"] * both["change_median"]) < 0]
    facts.add("trend.opposite", len(opposite), unit="indicators", table=TRENDS, key="mean, median", column="change")
    facts.add("trend.both", len(both), unit="indicators", table=TRENDS, key="mean, median", column="change")
