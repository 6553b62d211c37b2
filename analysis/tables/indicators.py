"""Tables 13–17: the indicators of one area in their own units, with what the answers behind them look like."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.config import WITHHELD
from analysis.framework import Framework
from analysis.tables.exhibits import English, ExhibitDesk, Labels
from analysis.workspace import Column

CATEGORICAL = ("category_score", "score_and_ticks", "yes_no")
# What rests on the total or on its largest unit, where one respondent makes nearly all of it.
SUMS = ("mean", "benchmark")
Number = Callable[[float, int], str]


def _option_remark(question: str, shares: pd.DataFrame, number: Number) -> str:
    """List the options of a closed question with their shares, the most frequent first."""
    rows = shares[shares["question"] == question]
    if (rows["option"] == "ticked").all():
        rows = rows.sort_values("share", ascending=False, kind="stable")
    known = rows.dropna(subset="share")
    return "; ".join(f"{label}: {number(s, 0)}%" for label, s in zip(known["label"], known["share"], strict=True))


def _count_remark(row: Mapping[Any, Any], labels: Labels, decimals: int, number: Number) -> list[str]:
    """Say how many are at zero and above, who did not answer, and where the middle half lies."""
    words = labels["remarks"]
    parts = []
    if row["zeros"]:
        parts.append(f"{words['zeros']}: {int(row['zeros'])}, {words['positive']}: {int(row['positive'])}")
    if row["missing"]:
        parts.append(f"{words['missing']}: {int(row['missing'])}")
    low, high = number(row["q1"], decimals), number(row["q3"], decimals)
    if low != high:
        parts.append(words["middle"].format(low=low, high=high))
    return parts


def _sentences(parts: Sequence[str]) -> str:
    """Join remarks as sentences."""
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


def indicator_table(
    framework: Framework,
    statistics: pd.DataFrame,
    shares: pd.DataFrame,
    area: str,
    labels: Labels,
    *,
    number: Number,
    lang: str | None = None,
    withheld: Collection[str] = (),
) -> pd.DataFrame:
    """Display table of the indicators of one area.

    Parameters
    ----------
    framework
        Names, units, decimals, rules and items of the indicators.
    statistics
        From `analysis.profiles.statistics.indicator_statistics`.
    shares
        From `analysis.profiles.statistics.answer_shares`.
    area
        Code of the area.
    number
        How the language prints a number with so many decimals.
    withheld
        Indicators whose mean and benchmark are not printed, because one respondent makes nearly all of the total.

    Returns
    -------
    DataFrame
        Columns code, subarea, name, unit, mean, median, benchmark (numbers), mean_text, median_text, benchmark_text
        (as printed; empty for indicators of categories, whose shares stand in `remarks`), n, remarks, emphasis. A
        sub-area is an emphasised row that has only a name.
    """
    by_code = statistics.set_index("code").to_dict("index")
    rows: list[dict[str, object]] = []
    for subarea in framework.subareas.index[framework.subareas["parent"] == area]:
        heading = f"{subarea}. {framework.label(subarea, lang)}"
        rows.append({"code": subarea, "subarea": subarea, "name": heading, "emphasis": 1})
        for code in framework.members_of(subarea):
            entry: dict[Any, Any] = framework.indicators.loc[code].to_dict()
            row: dict[Any, Any] = by_code[code]
            decimals = int(entry["decimals"])
            categorical = entry["rule"] in CATEGORICAL
            question = str(entry["items"]).split(";")[0].split("__")[0]
            listed = categorical or entry["rule"] == "count_ticked"
            remarks = [_option_remark(question, shares, number)] if listed else []
            remarks += [] if categorical else _count_remark(row, labels, decimals, number)
            measures = ("mean", "median", "benchmark")
            printed = {m: "" if categorical else number(row[m], decimals) for m in measures}
            if code in withheld:
                row = row | dict.fromkeys(SUMS, None)
                printed |= dict.fromkeys(SUMS, WITHHELD)
            rows.append(
                {
                    "code": code,
                    "subarea": subarea,
                    "name": f"{code} {framework.label(code, lang)}",
                    "unit": "" if categorical else labels["units"].get(str(entry["unit"]), str(entry["unit"])),
                    **{m: row[m] for m in measures},
                    **{f"{m}_text": text for m, text in printed.items()},
                    "n": int(row["n"]),
                    "remarks": _sentences(remarks),
                    "emphasis": 0,
                }
            )
    table = pd.DataFrame(rows)
    table["n"] = table["n"].astype("Int64")
    text = ["unit", "mean_text", "median_text", "benchmark_text", "remarks"]
    table[text] = table[text].fillna("")
    return table


def indicator_columns(labels: Labels) -> list[Column]:
    """Columns of Tables 13–17."""
    words, measures = labels["columns"], labels["measures"]
    return [
        Column("name", words["indicator"], width=0.27),
        Column("unit", words["unit"], width=0.07),
        Column("mean_text", measures["mean"], align="right", format="mixed", width=0.085),
        Column("median_text", measures["median"], align="right", format="mixed", width=0.085),
        Column("benchmark_text", measures["benchmark"], align="right", format="mixed", width=0.105),
        Column("n", words["n_answered"], align="right", format="integer", width=0.035),
        Column("remarks", words["remarks"], width=0.35),
    ]


def save_indicator_tables(
    desk: ExhibitDesk,
    framework: Framework,
    statistics: pd.DataFrame,
    shares: Mapping[str, pd.DataFrame],
    *,
    number: Mapping[str, Number],
    source: Mapping[str, str],
    first: int = 13,
    withheld: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Save one table for each area under the numbers from `first` on; returns the Polish ones by area code.

    `shares`, `number` and `source` have a value for each language, `pl` and, where the desk has English labels, `en`.
    """
    saved = {}
    for no, area in enumerate(framework.areas.index, start=first):
        table = indicator_table(
            framework, statistics, shares["pl"], area, desk.labels, number=number["pl"], withheld=withheld
        )
        english = None
        if desk.english is not None:
            other = indicator_table(
                framework,
                statistics,
                shares["en"],
                area,
                desk.english,
                number=number["en"],
                lang="en",
                withheld=withheld,
            )
            english = English(other, indicator_columns(desk.english), source["en"])
        saved[str(area)] = desk.table(
            no,
            table,
            indicator_columns(desk.labels),
            source=source["pl"],
            row_header="name",
            emphasis="emphasis",
            english=english,
            orientation="landscape",  # two columns of sentences
        )
    return saved
