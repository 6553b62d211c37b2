"""Changes between editions: totals of all editions, and the published statistics of the previous one beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError, Problem

TREND_COLUMNS = [
    "subject", "code", "statistic", "before", "now", "change", "change_pct", "comparable", "reason_pl", "reason_en",
    "conflict", "claims",
]  # fmt: skip
# Published statistic → column of the current edition's table of statistics.
STATISTICS = {
    "mean": "mean", "median": "median", "max": "benchmark", "total": "total", "count_gt(0)": "positive",
    "count_eq(0)": "zeros", "iqr": "middle_exclusive",
}  # fmt: skip


def subject_of(row: Mapping[Any, Any]) -> str:
    """Subject of a published statistic as `comparability.csv` writes it: the metric, or metric:option.

    Examples
    --------
    >>> subject_of({"metric": "III.2.7", "subject": "III.2.7 ip_rights:granted"})
    'III.2.7:granted'
    >>> subject_of({"metric": "I.1", "subject": "sub:I.1"})
    'I.1'
    """
    metric = str(row["metric"])
    _, space, rest = str(row["subject"]).partition(" ")
    _, colon, option = rest.partition(":")
    return f"{metric}:{option}" if space and colon else metric


def judge(subject: str, comparability: pd.DataFrame) -> dict[str, str]:
    """Whether a subject may be compared with the previous edition, and why not.

    Parameters
    ----------
    comparability
        Columns subject, comparable (yes, no), reason_pl, reason_en.

    Returns
    -------
    dict
        comparable, reason_pl, reason_en; the row of the option decides before the row of its metric.

    Raises
    ------
    DataError
        Neither has a row: nobody has decided.
    """
    table = comparability.set_index("subject")
    for name in (
        subject,
        subject.partition(":")[0] if not subject.startswith(("member:", "recruitment:")) else subject,
    ):
        if name in table.index:
            return {key: str(table.at[name, key]) for key in ("comparable", "reason_pl", "reason_en")}
    raise DataError(
        [
            Problem(
                "comparability.csv", None, "subject", subject, "nobody has decided whether it can be compared",
                "add a row: yes or no, with the reason in both languages",
            )
        ]
    )  # fmt: skip


def trend_table(statistics: pd.DataFrame, current: pd.DataFrame, comparability: pd.DataFrame) -> pd.DataFrame:
    """Published statistics of the previous edition beside those of this one.

    Parameters
    ----------
    statistics
        Previous edition: columns claim_id, metric, subject, statistic, group, value, factor (turns `value` into the
        unit of the indicator).
    current
        This edition, index the subjects (metric or metric:option), columns as the values of `STATISTICS`; missing where
        something is not computed.
    comparability
        As for `judge`.

    Returns
    -------
    DataFrame
        Columns `TREND_COLUMNS`, one row for each subject and statistic that both editions have, in the order of
        `current`. Change and relative change are missing where the subject is not comparable, and where the previous
        edition's value is printed in two versions that differ (`conflict` then lists them all, `before` is missing).
    """
    whole = statistics[(statistics["group"] == "all") & statistics["statistic"].isin(list(STATISTICS))].copy()
    whole["name"] = [subject_of(row) for row in whole.to_dict("records")]
    whole["scaled"] = whole["value"].astype(float) * whole["factor"].fillna(1.0).astype(float)
    ours = current.to_dict("index")
    rows = []
    for (name, statistic), same in whole.groupby(["name", "statistic"], sort=False):
        column = STATISTICS[str(statistic)]
        if name not in ours or pd.isna(ours[name][column]):
            continue
        verdict = judge(str(name), comparability)
        versions = _versions(same["scaled"])
        before = versions[0] if len(versions) == 1 else float("nan")
        now = float(ours[name][column])
        free = verdict["comparable"] == "yes" and len(versions) == 1
        rows.append(
            {
                "subject": name, "code": str(same["metric"].iloc[0]), "statistic": statistic, "before": before,
                "now": now, "change": now - before if free else float("nan"),
                "change_pct": 100 * (now / before - 1) if free and before > 0 else float("nan"), **verdict,
                "conflict": "" if len(versions) == 1 else ";".join(f"{v:g}" for v in versions),
                "claims": ";".join(same["claim_id"].astype(str)),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=TREND_COLUMNS)
    place = {subject: i for i, subject in enumerate(current.index)}
    order = {statistic: i for i, statistic in enumerate(STATISTICS)}
    keys = pd.DataFrame({"a": table["subject"].map(place), "b": table["statistic"].map(order)})
    return table.loc[keys.sort_values(["a", "b"], kind="stable").index].reset_index(drop=True)


def _versions(values: pd.Series) -> list[float]:
    """Distinct values; one that is another one rounded is no version of its own ("3,1" and "about 3")."""
    found = list(dict.fromkeys(float(v) for v in values))
    decimals = {v: len(f"{v:g}".partition(".")[2]) for v in found}
    finer = {v: [w for w in found if w != v and decimals[w] > decimals[v]] for v in found}
    return [v for v in found if not any(abs(w - v) <= 0.5 * 10.0 ** -decimals[v] for w in finer[v])]


def edition_history(history: pd.DataFrame, current: Mapping[str, float], edition: int, period: str) -> pd.DataFrame:
    """Totals of all editions, the current one computed.

    Parameters
    ----------
    history
        Earlier editions: columns edition, period, metric, value, unit, note, source_line.
    current
        Metric → value of this edition, in the unit of the history.

    Returns
    -------
    DataFrame
        Columns edition, period, metric, value, unit, note, origin (published, computed); by metric in the order of the
        history, then edition.

    Raises
    ------
    DataError
        The history already has rows of this edition: its values are computed, not quoted.
    """
    if (history["edition"].astype(int) >= edition).any():
        raise DataError(
            [
                Problem(
                    "history.csv", None, "edition", str(edition), "the current edition is not history",
                    "remove its rows; they are computed",
                )
            ]
        )  # fmt: skip
    units = history.drop_duplicates("metric").set_index("metric")["unit"]
    ours = pd.DataFrame(
        [(edition, period, metric, value, units[metric], "", "computed") for metric, value in current.items()],
        columns=["edition", "period", "metric", "value", "unit", "note", "origin"],
    )
    past = history.assign(origin="published")[list(ours.columns)]
    table = pd.concat([past, ours], ignore_index=True).astype({"edition": int, "value": float})
    order = {metric: i for i, metric in enumerate(dict.fromkeys(history["metric"]))}
    table["period"], table["note"] = table["period"].fillna(""), table["note"].fillna("")
    place = table["metric"].map(order)
    return table.assign(place=place).sort_values(["place", "edition"], ignore_index=True).drop(columns="place")


def wide_history(history: pd.DataFrame, metrics: Sequence[str]) -> pd.DataFrame:
    """Metrics × editions; missing where an edition has no value (there was none in some years)."""
    chosen = history[history["metric"].isin(metrics)]
    return chosen.pivot(index="metric", columns="edition", values="value").loc[list(metrics)]


def ratio(history: pd.DataFrame, above: str, below: str, name: str, unit: str, factor: float = 1.0) -> pd.DataFrame:
    """Quotient of two metrics in every edition that has both, as rows of a history."""
    one, two = (history[history["metric"] == metric].set_index("edition").to_dict("index") for metric in (above, below))
    rows = [
        (edition, row["period"], name, factor * row["value"] / two[edition]["value"], unit, f"{above} / {below}",
         row["origin"])
        for edition, row in one.items()
        if edition in two
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["edition", "period", "metric", "value", "unit", "note", "origin"])


def yearly_growth(first: float, last: float, years: int) -> float:
    """Compound annual growth in percent: 100 ((last / first)^(1 / years) - 1).

    Raises
    ------
    ValueError
        A value is not positive, or the span is not.
    """
    if first <= 0 or last <= 0 or years <= 0:
        raise ValueError(f"growth needs positive values and years, got {first}, {last}, {years}")
    return float(100 * ((last / first) ** (1 / years) - 1))


def implied_totals(
    statistics: pd.DataFrame, history: pd.DataFrame, pairs: Mapping[str, str], edition: int
) -> pd.DataFrame:
    """Totals of an edition beside what its printed means imply: two dated numbers of the same thing.

    Parameters
    ----------
    statistics
        Published statistics of the edition, with `factor`.
    history
        Totals, from `edition_history`.
    pairs
        Metric of the history → code of the indicator whose total it is (in the unit of the history after division by
        the factor of the mean's row).

    Returns
    -------
    DataFrame
        Columns metric, code, total, mean, n_low, n_high: the numbers of clusters between which total / mean lies,
        given the rounding of the mean and the total, and `clusters` that took part; `agree` tells whether one fits.
    """
    wide = history[history["edition"] == edition].set_index("metric")["value"]
    rows = []
    for metric, code in pairs.items():
        means = statistics[
            (statistics["metric"] == code) & (statistics["statistic"] == "mean") & (statistics["group"] == "all")
        ]
        for row in means.to_dict("records"):
            text = f"{row['value']:g}"
            half = 0.5 * 10.0 ** -len(text.partition(".")[2])
            total, mean = float(wide[metric]), float(row["value"])
            low, high = total / (mean + half), total / (mean - half)
            clusters = float(wide["clusters"])
            rows.append((metric, code, total, mean, low, high, clusters, clusters - 1 <= high and low <= clusters))
    names = ["metric", "code", "total", "mean", "n_low", "n_high", "clusters", "agree"]
    return pd.DataFrame(rows, columns=names)
