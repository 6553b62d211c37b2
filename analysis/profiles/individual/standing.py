"""One respondent against all others: card, standing in every score, medians of its peers.

A report goes to one respondent and must not tell it what another one answered. So a group is described by its median
only, and only if at least `min_peers` of its respondents have the value; the minimum of a group is never given, the
maximum only as the benchmark of all respondents, which the general report publishes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import MethodError, suggest
from analysis.framework import Framework

WHOLE = "all"


def known(respondent: str, table: pd.DataFrame) -> None:
    """Check that the respondent is a row of the table.

    Raises
    ------
    MethodError
        It is not; names the nearest.
    """
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
    known(respondent, scores)
    values = scores.to_numpy(dtype=float, na_value=np.nan)
    place = scores.index.get_loc(respondent)
    own, others = values[place], np.delete(values, place, axis=0)
    count = (~np.isnan(others)).sum(axis=0)
    lower, equal = (others < own).sum(axis=0), (others == own).sum(axis=0)
    rank = 100 * (lower + 0.5 * equal) / np.where((count > 0) & ~np.isnan(own), count, np.nan)
    return pd.Series(rank, index=scores.columns, name="percentile")


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
    known(respondent, scores)
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
    known(respondent, traits)
    n = scores.notna().sum()
    whole = _measure(cross, WHOLE, WHOLE, "median").reindex(scores.columns).where(n >= min_peers)
    out = pd.DataFrame(index=scores.columns.rename("code"))
    for dimension in dimensions:
        group = traits.at[respondent, dimension]
        members = traits.index[traits[dimension] == group]
        size = scores.loc[members].notna().sum()
        own = _measure(cross, dimension, str(group), "median").reindex(scores.columns)
        enough = (size >= min_peers) & own.notna()  # a median that the publication withholds is withheld here as well
        out[dimension] = own.where(enough, whole)
        out[f"{dimension}_n"] = size.where(enough, n)
        out[f"{dimension}_replaced"] = (~enough).astype(int)
    return out.reset_index()


def card(traits: pd.DataFrame, framework: Framework, respondent: str, dimensions: Sequence[str]) -> pd.DataFrame:
    """Groups of the respondent: columns key (dimension), group (code), value (printed name).

    Raises
    ------
    MethodError
        The respondent is missing or its group has no printed name.
    """
    known(respondent, traits)
    listed = framework.cross_sections
    names = {(d, g): str(n) for d, g, n in zip(listed["dimension"], listed["group"], listed["label_pl"], strict=True)}
    rows = []
    for dimension in dimensions:
        group = str(traits.at[respondent, dimension])
        if (dimension, group) not in names:
            raise MethodError(f"individual report: group `{group}` of `{dimension}` is not in cross_sections.csv")
        rows.append((dimension, group, names[dimension, group]))
    return pd.DataFrame(rows, columns=["key", "group", "value"])
