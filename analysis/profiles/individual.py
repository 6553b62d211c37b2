"""One respondent against all others: standing in every score, medians of its peers, strengths, indicators.

A report goes to one respondent and must not tell it what another one answered. So a group is described by its median
only, and only if at least `min_peers` of its respondents have the value; the minimum of a group is never given, the
maximum only as the benchmark of all respondents, which the general report publishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.errors import MethodError, suggest
from analysis.framework import Framework

WHOLE = "all"
COUNTED = ("count", "persons", "m2", "points")


def _known(respondent: str, table: pd.DataFrame) -> None:
    if respondent not in table.index:
        near = suggest(respondent, [str(i) for i in table.index])
        raise MethodError(f"individual report: no respondent `{respondent}` among {len(table)}{near}")


def percentile_ranks(scores: pd.DataFrame, respondent: str) -> pd.Series:
    """Percentile rank of one respondent in each column: 100 · (lower + ½ · equal) / others.

    Parameters
    ----------
    scores
        (n_units, n_codes), index `respondent_id`; respondents without a score are left out of `others`.

    Returns
    -------
    Series
        (n_codes,), 0 (below all others) to 100 (above all others); missing where the respondent has no score or
        nobody else has one.

    Raises
    ------
    MethodError
        The respondent is not among the units.

    Examples
    --------
    >>> table = pd.DataFrame({"I": [0.1, 0.2, 0.2, 0.4]}, index=["R01", "R02", "R03", "R04"])
    >>> float(percentile_ranks(table, "R02")["I"])
    50.0
    """
    _known(respondent, scores)
    own = scores.T[respondent]
    others = scores.drop(index=respondent)
    count = others.notna().sum()
    rank = 100 * ((others < own).sum() + 0.5 * (others == own).sum()) / count.where(count > 0)
    return rank.where(own.notna()).rename("percentile")


def _measure(cross: pd.DataFrame, dimension: str, group: str, measure: str) -> pd.Series:
    rows = cross[(cross["dimension"] == dimension) & (cross["group"] == group) & (cross["measure"] == measure)]
    if not len(rows):
        raise MethodError(f"individual report: the cross-sections have no {measure} of `{group}` of `{dimension}`")
    return rows.set_index("code")["value"]


def standing(
    scores: pd.DataFrame, ranks: pd.DataFrame, cross: pd.DataFrame, respondent: str, *, min_peers: int
) -> pd.DataFrame:
    """Own score in every sub-area, area and overall beside the distribution of all respondents.

    Parameters
    ----------
    scores, ranks
        (n_units, n_codes), index `respondent_id`.
    cross
        Cross-sections: columns dimension, group, code, measure, value.

    Returns
    -------
    DataFrame
        (n_codes,), columns code, own (score), rank, n (respondents with a score), percentile, q1, median, q3,
        benchmark; the four measures are those of all respondents, missing where fewer than `min_peers` have a score.

    Raises
    ------
    MethodError
        The respondent or the cross-section of all respondents is missing.
    """
    _known(respondent, scores)
    n = scores.notna().sum()
    table = pd.DataFrame(
        {
            "own": scores.loc[respondent],
            "rank": ranks.loc[respondent].astype("Int64"),
            "n": n,
            "percentile": percentile_ranks(scores, respondent),
        }
    )
    for measure in ("q1", "median", "q3", "benchmark"):
        table[measure] = _measure(cross, WHOLE, WHOLE, measure).reindex(table.index).where(n >= min_peers)
    return table.rename_axis("code").reset_index()


def peer_medians(
    scores: pd.DataFrame,
    traits: pd.DataFrame,
    cross: pd.DataFrame,
    respondent: str,
    dimensions: Sequence[str] = ("sector", "size"),
    *,
    min_peers: int,
) -> pd.DataFrame:
    """Median of the respondent's own group in each dimension; of all respondents where the group is too small.

    Parameters
    ----------
    scores
        (n_units, n_codes), index `respondent_id`.
    traits
        (n_units, …), index `respondent_id`, one column per dimension with the group of each unit.
    cross
        Cross-sections: columns dimension, group, code, measure, value.

    Returns
    -------
    DataFrame
        (n_codes,), column code and for each dimension `<dimension>` (median), `<dimension>_n` (respondents it rests
        on) and `<dimension>_replaced` (1 where it is the median of all respondents). Whether a group is large enough
        is decided code by code: only respondents with a score count. The size of a group that was replaced is not
        given.

    Raises
    ------
    MethodError
        The respondent or its group is missing.
    """
    _known(respondent, traits)
    n = scores.notna().sum()
    whole = _measure(cross, WHOLE, WHOLE, "median").reindex(scores.columns).where(n >= min_peers)
    out = pd.DataFrame(index=scores.columns.rename("code"))
    for dimension in dimensions:
        group = traits.at[respondent, dimension]
        members = traits.index[traits[dimension] == group]
        size = scores.loc[members].notna().sum()
        enough = size >= min_peers
        own = _measure(cross, dimension, str(group), "median").reindex(scores.columns)
        out[dimension] = own.where(enough, whole)
        out[f"{dimension}_n"] = size.where(enough, n)
        out[f"{dimension}_replaced"] = (~enough).astype(int)
    return out.reset_index()


def extremes(subareas: pd.DataFrame, names: Mapping[str, str], *, top: int) -> pd.DataFrame:
    """Sub-areas with the highest and the lowest percentile rank.

    Parameters
    ----------
    subareas
        Rows of `standing` for the sub-areas, in the order of the framework.
    names
        Code → printed name.
    top
        How many on each side; fewer where there are not twice as many sub-areas with a score, so that none is both.

    Returns
    -------
    DataFrame
        Columns id (`strength.1`, …, `weakness.1`, …), side, place, code, name, own, rank, n, percentile, median,
        above (score above the median) and below. Equal percentile ranks are ordered by the distance to the median,
        then as in the framework.
    """
    known = subareas.dropna(subset=["percentile"])
    known = known.assign(name=known["code"].map(names), gap=known["own"] - known["median"])
    known["above"] = (known["gap"] > 0).astype(int)
    known["below"] = (known["gap"] < 0).astype(int)
    count = min(top, len(known) // 2)
    parts = []
    for side, ascending in (("strength", False), ("weakness", True)):
        best = known.sort_values(["percentile", "gap"], ascending=ascending, kind="stable").head(count)
        places = np.arange(1, len(best) + 1)
        parts.append(best.assign(side=side, place=places, id=[f"{side}.{i}" for i in places]))
    columns = ["id", "side", "place", "code", "name", "own", "rank", "n", "percentile", "median", "above", "below"]
    return pd.concat(parts, ignore_index=True)[columns]


def indicator_profile(
    indicators: pd.DataFrame,
    normalised: pd.DataFrame,
    treatment_log: pd.DataFrame,
    statistics: pd.DataFrame,
    framework: Framework,
    respondent: str,
    *,
    min_peers: int,
) -> pd.DataFrame:
    """Own answer to every indicator, what became of it, and the median of all respondents.

    Parameters
    ----------
    indicators, normalised
        (n_units, n_indicators), index `respondent_id`.
    treatment_log
        Columns respondent_id, code: the cells that were capped.
    statistics
        Columns code, n, median.

    Returns
    -------
    DataFrame
        One row for each indicator, in annex order: code, subarea, group (printed name of the sub-area), name, unit,
        own, own_decimals, capped (1, 0, missing without an answer), normalised, median, decimals, n, items. The median
        is missing where fewer than `min_peers` respondents answered. Whole numbers of things counted need no decimals.

    Raises
    ------
    MethodError
        The respondent or an indicator is missing.
    """
    _known(respondent, indicators)
    described = framework.indicators
    absent = [c for c in described.index if c not in indicators.columns]
    if absent:
        raise MethodError(f"individual report: no values of {', '.join(absent)}")
    own = indicators.T[respondent].reindex(described.index).astype(float)
    capped = set(treatment_log.loc[treatment_log["respondent_id"] == respondent, "code"])
    by_code = statistics.set_index("code").reindex(described.index)
    whole = described["unit"].isin(COUNTED) & (own == own.round())
    table = pd.DataFrame(
        {
            "subarea": described["subarea"],
            "group": [f"{s} {framework.label(s)}" for s in described["subarea"]],
            "name": [f"{c} {framework.label(c, short=True)}" for c in described.index],
            "unit": described["unit"],
            "own": own,
            "own_decimals": described["decimals"].where(~whole, 0),
            "capped": pd.Series([int(c in capped) for c in described.index], described.index).where(own.notna()),
            "normalised": normalised.T[respondent].reindex(described.index),
            "median": by_code["median"].where(by_code["n"] >= min_peers),
            "decimals": described["decimals"],
            "n": by_code["n"],
            "items": described["items"],
        }
    )
    return table.astype({"capped": "Int64", "n": "Int64"}).rename_axis("code").reset_index()


def card(traits: pd.DataFrame, framework: Framework, respondent: str, dimensions: Sequence[str]) -> pd.DataFrame:
    """Groups of the respondent: columns key (dimension), group (code), value (printed name).

    Raises
    ------
    MethodError
        The respondent is missing or its group has no printed name.
    """
    _known(respondent, traits)
    listed = framework.cross_sections
    names = {(d, g): str(n) for d, g, n in zip(listed["dimension"], listed["group"], listed["label_pl"], strict=True)}
    rows = []
    for dimension in dimensions:
        group = str(traits.at[respondent, dimension])
        if (dimension, group) not in names:
            raise MethodError(f"individual report: group `{group}` of `{dimension}` is not in cross_sections.csv")
        rows.append((dimension, group, names[dimension, group]))
    return pd.DataFrame(rows, columns=["key", "group", "value"])
