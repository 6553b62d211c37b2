"""The measures that statements print, as functions of the values of clusters, members or sites; in base units.

Percentages are 0-100. A measure of no values is missing, not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.framework import OVERALL
from analysis.reproduction.claims.data import ClaimData, values_of
from analysis.reproduction.claims.grammar import Statistic

TESTS: Mapping[str, Callable[[pd.Series, float], pd.Series]] = {
    "gt": lambda x, t: x > t, "ge": lambda x, t: x >= t, "lt": lambda x, t: x < t, "le": lambda x, t: x <= t,
    "eq": lambda x, t: x == t,
}  # fmt: skip
SIMPLE: Mapping[str, Callable[[pd.Series], float]] = {
    "mean": lambda x: float(x.mean()),
    "1-mean": lambda x: 100.0 - float(x.mean()),
    "median": lambda x: float(x.median()),
    "max": lambda x: float(x.max()),
    "min": lambda x: float(x.min()),
    "total": lambda x: float(x.sum()),
    "iqr": lambda x: float(x.quantile(0.75) - x.quantile(0.25)),
    "count_available": lambda x: float(len(x)),
    "share": lambda x: 100.0 * float((x == 1).mean()),
    "share_no": lambda x: 100.0 - 100.0 * float((x == 1).mean()),
}
# Denominators as statements write them, and the answers they are.
DENOMINATORS = {
    "char:members_total": "members_total", "char:members_enterprises": "members_enterprises",
    "enterprises": "members_enterprises",
}  # fmt: skip


def tested(values: pd.Series, statistic: Statistic) -> pd.Series:
    """Return which values pass the test of a statistic."""
    low, high = statistic.low, statistic.high
    assert low is not None
    if statistic.test == "between":
        assert high is not None
        return values.between(low, high)
    return TESTS[statistic.test](values, low)


def measure(statistic: Statistic, expression: str, base: str, data: ClaimData) -> float | None:
    """Compute a statistic of the clusters or sites of `base`; None if there are no values or no such measure.

    Parameters
    ----------
    statistic
        What to compute; its relation to the printed number plays no part here.
    expression, base
        See `analysis.reproduction.claims.data`.
    data
        What it is computed from.
    """
    name = statistic.name
    if name in ("share_of", "ratio of totals"):
        return _share_of(statistic, expression, base, data)
    if name in ("mean_share_of", "count_share", "share_at_max"):
        return _of_enterprises(statistic, expression, base, data)
    if name in ("growth", "net_growth"):
        return _growth(name, expression, base, data)
    if name == "count(options)":
        return float(len(data.answers.matching(expression))) or None
    if name == "options_unused":
        return _options_unused(expression, data)
    values = values_of(expression, base, data)
    n = len(data.answers.coordinators)
    if name == "count_missing":
        return float(n - len(values))
    if values.empty:
        return None
    return on_values(statistic, values, expression, n)


def on_values(statistic: Statistic, values: pd.Series, expression: str, n: int) -> float | None:
    """Compute a statistic of the given values, at least one; `n` is the number of all clusters."""
    name = statistic.name
    if name == "count":
        if statistic.argument == "max":
            return float((values == values.max()).sum())
        return float(tested(values, statistic).sum() if statistic.test else values.sum())
    if name == "share" and statistic.test:
        return 100.0 * float(tested(values, statistic).mean())
    if name in ("share_of_clusters", "100-share_of_clusters"):
        share = 100.0 * float((tested(values, statistic) if statistic.test else values == 1).sum()) / n
        return share if name == "share_of_clusters" else 100.0 - share
    if name == "rank":
        ordered = values.sort_values(ascending=False)
        rank = int(statistic.argument)
        return float(ordered.iloc[rank - 1]) if len(ordered) >= rank else None
    if name == "value":
        return float(values.iloc[0]) if len(values) == 1 else None
    return SIMPLE[name](values) if name in SIMPLE else None


def _share_of(statistic: Statistic, expression: str, base: str, data: ClaimData) -> float | None:
    """100 times the total over the total of the denominator, all clusters of the base counting in the latter."""
    one, _, two = expression.partition("/")
    below = float(values_of(two or DENOMINATORS[statistic.argument], base, data).sum())
    factor = 1.0 if statistic.name == "ratio of totals" else 100.0
    return factor * float(values_of(one, base, data).sum()) / below if below else None


def _of_enterprises(statistic: Statistic, expression: str, base: str, data: ClaimData) -> float | None:
    """Measures of the percentage of a cluster's enterprises."""
    ratio = expression if "/" in expression else f"{expression}/members_enterprises"
    shares = values_of(ratio, base, data)
    if shares.empty:
        return None
    if statistic.name == "mean_share_of":
        return float(shares.mean())
    if statistic.name == "count_share":
        return float(tested(shares, statistic).sum())
    return float(shares.loc[str(values_of(expression, base, data).idxmax())])


def _growth(name: str, expression: str, base: str, data: ClaimData) -> float | None:
    """Growth in percent of a total: of two years (clusters with both), or of members by those who joined."""
    if name == "net_growth":
        net = values_of(expression, base, data)
        after = values_of("members_total", base, data)
        before = float((after - net).sum())
        return 100.0 * float(net.sum()) / before if before else None
    one, two = (values_of(item, base, data) for item in expression.split(";"))
    both = one.index.intersection(two.index)
    start = float(one[both].sum())
    return 100.0 * (float(two[both].sum()) / start - 1) if start else None


def _options_unused(expression: str, data: ClaimData) -> float:
    """Number of options of a question that no cluster chose."""
    framework = data.answers.framework
    book = framework.codebooks["coordinators"].set_index("item")
    lists = framework.option_lists
    options = set(lists.loc[lists["option_list"] == book.at[expression, "option_list"], "option"])
    return float(len(options - set(data.answers.coordinators[expression].dropna())))


def regression(name: str, expression: str, data: ClaimData) -> float | None:
    """Least squares of the overall score on an answer: slope, intercept, R² and what is printed of them."""
    score, x = values_of(f"score:{OVERALL}", "", data), values_of(expression, "", data)
    both = score.index.intersection(x.index)
    y, x = score[both], x[both]
    if len(both) < 3 or not x.var():
        return None
    slope = float(x.cov(y) / x.var())
    r2 = float(x.corr(y)) ** 2
    return {
        "slope": slope, "slope_x100": 100.0 * slope, "intercept": float(y.mean()) - slope * float(x.mean()),
        "r2": r2, "r2_pct": 100.0 * r2, "1-r2_pct": 100.0 - 100.0 * r2,
    }.get(name)  # fmt: skip


def over_areas(name: str, group: str, data: ClaimData) -> float | None:
    """Measures over the five areas: of the distance from Q3 to the maximum, or in how many a sector's median is best.

    `group` is `dimension: group` as in the ledger, read by `count_best_median` only.
    """
    areas = list(data.answers.framework.areas.index)
    if name == "count_best_median":
        sectors = data.answers.characteristics["sector"]
        best = 0
        for area in areas:
            scores = values_of(f"score:{area}", "", data)
            medians = scores.groupby(sectors.reindex(scores.index)).median()
            wanted = group.removeprefix("sector: ")
            best += bool(medians[wanted] > medians.drop(wanted).max())
        return float(best)
    spans = []
    for area in areas:
        scores = values_of(f"score:{area}", "", data)
        spans.append(float(scores.max() - scores.quantile(0.75)))
    return {"min_over_areas(max-q3)": min(spans), "max_over_areas(max-q3)": max(spans)}.get(name)


def change(name: str, present: float, previous: float, *, inverse: bool, years: int) -> float | None:
    """Compare a present value with a previous one.

    `change_pct` 100 · (present / previous - 1), `change_abs` the difference, `ratio` the quotient (`inverse`: previous
    over present), `cagr` 100 · ((present / previous)^(1 / years) - 1).
    """
    if name == "change_abs":
        return present - previous
    if not previous or (inverse and not present):
        return None
    quotient = previous / present if inverse else present / previous
    if name in ("change_pct", "change_pct_mean"):
        return 100.0 * (quotient - 1)
    if name == "cagr":
        return 100.0 * (quotient ** (1 / years) - 1)
    return quotient
