"""What the next edition knows of this one: its built results as the published statistics of a previous edition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import ConfigError
from analysis.framework import Framework, read_text_table

COLUMNS = [
    "claim_id", "metric", "subject", "statistic", "group", "value", "unit", "factor", "period", "section",
    "source_line", "contradiction", "note",
]  # fmt: skip
NEEDED = (
    "facts.json", "40_analyses/indicator_statistics.csv", "40_analyses/cross_sections.csv",
    "40_analyses/answer_shares.csv", "40_analyses/spread.csv", "46_trends/history.csv",
)  # fmt: skip
# Column of the table of statistics → name of the statistic among published ones.
_INDICATOR = {
    "mean": "mean", "median": "median", "benchmark": "max", "min": "min", "q1": "q1", "q3": "q3", "total": "total",
    "positive": "count_gt(0)", "zeros": "count_eq(0)",
}  # fmt: skip
_SCORE = {"mean": "mean", "median": "median", "benchmark": "max", "min": "min", "q1": "q1", "q3": "q3"}
# Metric and statistic → the fact of this edition that holds it.
_FACTS = {
    ("clusters", "count"): "sample.clusters",
    ("members_total", "total"): "sample.members.total",
    ("members_total", "mean"): "sample.members.mean",
    ("members_enterprises", "total"): "sample.member_type.members_enterprises",
    ("accredited_innovation_centre", "count_eq(yes)"): "sample.innovation_centre.1",
    ("dih_edih", "count_eq(yes)"): "sample.digital_hub.1",
    ("members_same_region_share", "mean"): "sample.home_share.mean",
    ("members_same_region_share", "median"): "sample.home_share.median",
    ("members_science", "count_eq(0)"): "sample.science.without",
    ("overall", "slope"): "regression.members.slope",
}
_BASES = {"members": "members_total", "enterprises": "members_enterprises"}
# Metrics of the table of all editions that are quotients of others: computed anew, never carried on.
_DERIVED = ("members_mean", "employment_per_member")


def check_build(build: Path) -> None:
    """Refuse a build folder that is not there or not finished.

    Raises
    ------
    ConfigError
        Names the first file that is missing and the command that makes it.
    """
    for name in NEEDED:
        if not (build / name).is_file():
            raise ConfigError(
                f"{build / name} is not there; the new edition is compared with what the edition before computed. "
                f"Build that one first: klastry build --edition {build.name}"
            )


def _rows(build: Path, framework: Framework, bases: dict[str, str]) -> Iterator[tuple[str, str, str, float, str]]:
    """Metric, subject, statistic, value, unit of what can be compared; `bases` are what totals are shares of."""
    statistics = pd.read_csv(build / "40_analyses/indicator_statistics.csv").set_index("code")
    for code, row in statistics.iterrows():
        for column, name in _INDICATOR.items():
            yield str(code), str(code), name, row[column], str(framework.indicators.at[code, "unit"])
    cross = pd.read_csv(build / "40_analyses/cross_sections.csv")
    cross = cross[(cross["dimension"] == "all") & (cross["code"] != "ALL") & cross["measure"].isin(list(_SCORE))]
    for score in cross.to_dict("records"):
        kind = "area" if score["code"] in framework.areas.index else "sub"
        yield score["code"], f"{kind}:{score['code']}", _SCORE[score["measure"]], score["value"], "score"
    spread = pd.read_csv(build / "40_analyses/spread.csv").set_index("code")["middle_exclusive"]
    for code in framework.areas.index:
        yield str(code), f"area:{code}", "iqr", float(spread[str(code)]), "score"
    facts: dict[str, Any] = json.loads((build / "facts.json").read_text(encoding="utf-8"))
    for code, base in bases.items():
        if base and f"profile.{code}.share" in facts:
            yield code, code, f"share_of(char:{_BASES[base]})", facts[f"profile.{code}.share"]["value"], "percent"
    for (metric, name), fact in _FACTS.items():
        yield metric, f"char:{metric}", name, facts[fact]["value"], str(facts[fact]["unit"] or "count")


def _shares(build: Path, links: pd.DataFrame) -> Iterator[tuple[str, str, str, float, str]]:
    """Shares of the options that the texts compare; the subject is spelt as that of the comparability table."""
    shares = pd.read_csv(build / "40_analyses/answer_shares.csv", dtype=str, keep_default_na=False)
    share = {(row["item"], row["option"]): float(row["share"]) for row in shares.to_dict("records")}
    for link in links.to_dict("records"):
        metric, _, option = link["subject"].partition(":")
        item, _, answer = link["option"].partition(".")
        value = share[(item, answer or "ticked")]
        yield metric, f"{metric} {item}:{option}" if option else f"{metric} {item}", "share", value, "percent"


def previous_statistics(build: Path, framework: Framework, folder: Path, period: str) -> pd.DataFrame:
    """Return the statistics of a built edition in the form in which those of a previous edition are kept.

    Parameters
    ----------
    build
        Build folder of the edition.
    framework, folder
        Framework of the edition, and its folder (for the options that are compared).
    period
        Period of the edition.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, unrounded; `claim_id` numbers the rows, `section` names the build.
    """
    links = read_text_table(folder / "narrative/previous_options.csv")
    told = read_text_table(folder / "narrative/indicators.csv").set_index("code")
    bases = {str(code): str(base) for code, base in told["base"].items()}
    found = [*_rows(build, framework, bases), *_shares(build, links)]
    rows = [
        {
            "claim_id": f"P{i:04d}", "metric": metric, "subject": subject, "statistic": statistic, "group": "all",
            "value": value, "unit": unit, "period": period, "section": f"build of edition {build.name}",
        }
        for i, (metric, subject, statistic, value, unit) in enumerate((r for r in found if pd.notna(r[3])), start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def comparability(statistics: pd.DataFrame) -> pd.DataFrame:
    """Return the table that decides what may be compared: everything, until the framework or a person says otherwise.

    Columns subject, comparable, reason_pl, reason_en.
    """
    subjects = list(dict.fromkeys(statistics["metric"]))
    for metric, subject in zip(statistics["metric"], statistics["subject"], strict=True):
        option = str(subject).partition(" ")[2].partition(":")[2]
        if option:
            subjects.append(f"{metric}:{option}")
    subjects += ["III.2.7:applications", "III.2.7:granted"]
    return pd.DataFrame(
        {"subject": list(dict.fromkeys(subjects)), "comparable": "yes", "reason_pl": "", "reason_en": ""}
    )


def history(build: Path, labels: dict[str, str]) -> pd.DataFrame:
    """Return the totals of all editions up to the built one, in the form of `history.csv`."""
    table = pd.read_csv(build / "46_trends/history.csv", keep_default_na=False)
    table = table[~table["metric"].isin(_DERIVED)]
    out = table[["edition", "period", "metric", "value", "unit", "note"]].copy()
    out.insert(3, "label_en", table["metric"].map(labels).fillna(""))
    return out.assign(source_line="")
