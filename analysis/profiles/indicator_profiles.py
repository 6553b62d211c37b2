"""Profiles of indicators for running text: statistics, tails and shares of both editions, in units that read well.

One row is one number of one indicator in one edition. `value` is in the indicator's own unit; `shown`, `unit` and
`decimals` say how a sentence prints it ("6,27 mln zł" instead of "6 269,1 tys. zł"), so that the current and the
previous edition are printed alike. Whether the two may be compared at all is a table of its own, with the
reason where not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.errors import MethodError
from analysis.language import named

COLUMNS = [
    "id", "code", "period", "statistic", "value", "shown", "unit", "decimals", "n", "inputs",
]  # fmt: skip
CURRENT, PREVIOUS = "current", "previous"
RELATIONS = ("lt", "ge", "gt")
COUNTS = ("n", "missing", "zeros", "positive")
# Unit → steps (least absolute value, unit to print, divisor, decimals), the first that fits; 0 always fits the last.
_STEPS: Mapping[str, tuple[tuple[float, str, float, int], ...]] = {
    "thousand_pln": (
        (1e6, "billion_pln", 1e6, 2), (1e3, "million_pln", 1e3, 2), (1, "thousand_pln", 1, 1), (0, "pln", 1e-3, 0),
    ),
    "million_pln": ((1e3, "billion_pln", 1e3, 2), (1, "million_pln", 1, 1), (0, "thousand_pln", 1e-3, 1)),
    "m2": ((1e6, "million_m2", 1e6, 2), (1e3, "thousand_m2", 1e3, 2), (0, "m2", 1, 0)),
    "persons": ((1e3, "thousand_persons", 1e3, 1), (0, "persons", 1, 1)),
}  # fmt: skip
_PREVIOUS_STATISTICS = {
    "mean": "mean", "median": "median", "max": "benchmark", "total": "total", "count_gt(0)": "positive",
    "count_eq(0)": "zeros", "share_of(char:members_total)": "share", "share_of(char:members_enterprises)": "share",
}  # fmt: skip
_TAIL = re.compile(r"count_(lt|ge|gt)\(([\d.]+)\)")


def readable(value: float, unit: str, *, fraction: bool) -> tuple[float, str, int]:
    """Return a value in the unit a sentence prints it in, with unit and decimals.

    Parameters
    ----------
    unit
        Unit of the indicator.
    fraction
        Whether a decimal is printed even after a whole number (means), or only where there is one (medians).

    Examples
    --------
    >>> readable(6269.07, "thousand_pln", fraction=True), readable(3.0, "count", fraction=False)
    ((6.26907, 'million_pln', 2), (3.0, 'count', 0))
    """
    for least, name, divisor, decimals in _STEPS.get(unit, ((0, unit, 1, 1),)):
        if abs(value) >= least and (value != 0 or least == 0):
            shown = value / divisor
            whole = float(f"{shown:.12g}").is_integer()
            # Beyond a thousand a decimal says nothing that a reader would keep.
            plain = name == unit and abs(shown) >= 1000
            return shown, name, 0 if plain or (whole and not fraction) else decimals
    raise MethodError(f"indicator profiles: {value!r} has no unit to be printed in ({unit})")


def tail_name(relation: str, threshold: float) -> str:
    """Return the part of an id that names a tail: `ge_10`."""
    return f"{relation}_{threshold:g}"


def _beyond(values: pd.Series, relation: str, threshold: float) -> int:
    return int({"lt": values < threshold, "ge": values >= threshold, "gt": values > threshold}[relation].sum())


class _Rows:
    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []

    def add(
        self,
        code: str,
        period: str,
        statistic: str,
        value: float,
        unit: str,
        inputs: str,
        n: int | None = None,
        printed: str = "",
    ) -> None:
        """Add a number; counts of clusters and shares have their own units, the rest that of the indicator.

        A number that is known only as `printed` is not given more decimals than it was printed with.
        """
        if statistic in COUNTS or statistic.endswith(".count"):
            shown, name, decimals = value, "clusters", 0
        elif statistic == "share":
            shown, name, decimals = value, "percent", 1
        else:
            shown, name, decimals = readable(value, unit, fraction=statistic == "mean")
        if printed and float(printed) == float(f"{shown:.12g}"):
            decimals = min(decimals, len(printed.partition(".")[2]))
        own = f"{code}.previous.{statistic}" if period == PREVIOUS else f"{code}.{statistic}"
        self.rows.append((own, code, period, statistic, value, shown, name, decimals, n, inputs))


def current_profiles(
    indicators: pd.DataFrame,
    statistics: pd.DataFrame,
    framework: pd.DataFrame,
    thresholds: pd.DataFrame,
    bases: Mapping[str, str],
    traits: pd.DataFrame,
) -> pd.DataFrame:
    """Profile of every indicator in this edition.

    Parameters
    ----------
    indicators
        (n_respondents, n_indicators), native units.
    statistics
        From `analysis.profiles.statistics.indicator_statistics`.
    framework
        Index the codes, columns unit, items.
    thresholds
        Columns code, relation (lt, ge, gt), threshold (native unit): the tails to be counted.
    bases
        Indicator → column of `traits` that its total is a share of (`members_total`, say).
    traits
        (n_respondents, …), what the clusters have altogether; all respondents count, also those who gave no answer.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, period `current`; a tail has `<relation>_<threshold>.count` and `….threshold`.

    Raises
    ------
    MethodError
        A threshold names an unknown indicator or relation.
    """
    made = _Rows()
    by_code = statistics.set_index("code")
    strange = [t for t in thresholds["code"] if t not in by_code.index]
    strange += [r for r in thresholds["relation"] if r not in RELATIONS]
    if strange:
        raise MethodError(f"thresholds: {', '.join(map(str, strange))} is no indicator or relation ({RELATIONS})")
    for code, row in by_code.iterrows():
        unit, items, n = str(framework.at[code, "unit"]), str(framework.at[code, "items"]), int(row["n"])
        for statistic in ("mean", "median", "benchmark", "min", "total", *COUNTS):
            made.add(str(code), CURRENT, statistic, float(row[statistic]), unit, items, n)
        if code in bases:
            share = 100 * float(row["total"]) / float(traits[bases[str(code)]].sum())
            made.add(str(code), CURRENT, "share", share, unit, f"{items};{bases[str(code)]}", n)
        own = thresholds[thresholds["code"] == code]
        for relation, threshold in zip(own["relation"].astype(str), own["threshold"].astype(float), strict=True):
            name = tail_name(relation, threshold)
            count = _beyond(indicators[str(code)].dropna(), relation, threshold)
            made.add(str(code), CURRENT, f"{name}.count", count, unit, items, n)
            made.add(str(code), CURRENT, f"{name}.threshold", threshold, unit, "")
    return pd.DataFrame(made.rows, columns=COLUMNS)


def _one_value(rows: pd.DataFrame) -> pd.Series | None:
    exact = rows[~rows["note"].str.startswith("printed as")]
    return exact.iloc[0] if exact["value"].nunique() == 1 else None


def previous_profiles(published: pd.DataFrame, comparability: pd.DataFrame, framework: pd.DataFrame) -> pd.DataFrame:
    """Published numbers of the previous edition about the same indicators, where the two may be compared.

    Parameters
    ----------
    published
        Statistics of the previous edition: claim_id, metric, statistic, group, value, factor, note; all text.
    comparability
        Columns subject, comparable; a subject that is not `yes` gives no rows.
    framework
        Index the codes, column unit.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, period `previous`. Values printed only as "more than" or twice differently are left out.
    """
    made = _Rows()
    allowed = set(comparability.loc[comparability["comparable"] == "yes", "subject"])
    known = published[(published["group"] == "all") & published["metric"].isin(list(framework.index))]
    for (metric, statistic), rows in known.groupby(["metric", "statistic"], sort=False):
        tail = _TAIL.fullmatch(str(statistic))
        name = _PREVIOUS_STATISTICS.get(str(statistic))
        if name is None and tail is not None:
            unit_factor = {"thousand_pln": 1000.0}.get(str(framework.at[metric, "unit"]), 1.0)
            name = f"{tail_name(tail.group(1), float(tail.group(2)) / unit_factor)}.count"
        row = _one_value(rows)
        if metric not in allowed or name is None or row is None:
            continue
        value = float(row["value"]) * (float(row["factor"]) if row["factor"] else 1.0)
        made.add(
            str(metric), PREVIOUS, name, value, str(framework.at[metric, "unit"]), str(row["claim_id"]),
            printed=str(row["value"]),
        )  # fmt: skip
    return pd.DataFrame(made.rows, columns=COLUMNS)


def previous_shares(
    published: pd.DataFrame, comparability: pd.DataFrame, links: Iterable[tuple[str, str]]
) -> pd.DataFrame:
    """Shares of options in the previous edition, under the names of this edition's answers.

    Parameters
    ----------
    links
        Subject of the comparability table (`metric` or `metric:option`) and item (`question__option`, `item.answer`).

    Returns
    -------
    DataFrame
        Columns item, share, claim_id.
    """
    comparable = comparability.set_index("subject")["comparable"]
    shares = published[published["statistic"] == "share"]
    option = shares["subject"].str.partition(":")[2]
    keys = shares["metric"] + option.where(option == "", ":" + option)
    rows = []
    for subject, item in links:
        # The more specific row decides; else that of the metric.
        decided = comparable.get(subject, comparable.get(subject.split(":")[0], "no"))
        found = shares[keys == subject]
        if decided == "yes" and len(found) == 1:
            rows.append((item, float(found["value"].iloc[0]), str(found["claim_id"].iloc[0])))
    return pd.DataFrame(rows, columns=["item", "share", "claim_id"])


def level_table(shares: pd.DataFrame, labels: pd.DataFrame, question: str, levels: Mapping[str, str]) -> pd.DataFrame:
    """Number of respondents at each level of every item of a question, the most advanced item first.

    Parameters
    ----------
    shares
        From `analysis.profiles.statistics.answer_shares`.
    labels
        Codebook: item, option_pl.
    levels
        Option → name, from the highest level.

    Returns
    -------
    DataFrame
        Columns item, label and one of counts for each name of a level.
    """
    rows = shares[shares["question"] == question].astype({"option": str})
    wide = rows.pivot(index="item", columns="option", values="k")[list(levels)]
    wide.columns = pd.Index(list(levels.values()))
    wide.insert(0, "label", labels.set_index("item")[named("option")].reindex(wide.index))
    names = list(levels.values())
    order = wide.reset_index().sort_values([*names, "label"], ascending=[False] * len(names) + [True])
    return order.reset_index(drop=True)
