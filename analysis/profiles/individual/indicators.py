"""All indicators of one respondent: own answer, what became of it, and where it stands."""

from __future__ import annotations

import pandas as pd

from analysis.errors import MethodError
from analysis.framework import Framework
from analysis.profiles.individual.standing import known, percentile_ranks

COUNTED = ("count", "persons", "m2", "points")


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
    """Own answer to every indicator, what became of it, and the distribution of all respondents.

    Parameters
    ----------
    indicators, normalised
        (n_units, n_indicators), index `respondent_id`.
    treatment_log
        Columns respondent_id, code, treated: the cells that were capped.
    statistics
        Columns code, n, q1, median, q3.

    Returns
    -------
    DataFrame
        One row for each indicator, in annex order: code, subarea, group (printed name of the sub-area), name, unit,
        own, own_decimals, missing (1 without an answer), capped (1, 0, missing without an answer), normalised,
        percentile (of the answer, in the direction of the indicator), rank, q1, median, q3, decimals, n, items. The
        three measures are missing where fewer than `min_peers` respondents answered. Whole numbers of things counted
        need no decimals.

    Raises
    ------
    MethodError
        The respondent or an indicator is missing.
    """
    known(respondent, indicators)
    described = framework.indicators
    absent = [c for c in described.index if c not in indicators.columns]
    if absent:
        raise MethodError(f"individual report: no values of {', '.join(absent)}")
    values = indicators[described.index].astype(float)
    own = values.T[respondent]
    oriented = values * described["direction"]
    capped = set(treatment_log.loc[treatment_log["respondent_id"] == respondent, "code"])
    by_code = statistics.set_index("code").reindex(described.index)
    enough = by_code["n"] >= min_peers
    whole = described["unit"].isin(COUNTED) & (own == own.round())
    table = pd.DataFrame(
        {
            "subarea": described["subarea"],
            "group": [f"{s} {framework.label(s)}" for s in described["subarea"]],
            "name": [f"{c} {framework.label(c, short=True)}" for c in described.index],
            "unit": described["unit"],
            "own": own,
            "own_decimals": described["decimals"].where(~whole, 0),
            "missing": own.isna().astype(int),
            "capped": pd.Series([int(c in capped) for c in described.index], described.index).where(own.notna()),
            "normalised": normalised.T[respondent].reindex(described.index),
            "percentile": percentile_ranks(oriented, respondent),
            "rank": oriented.rank(ascending=False, method="min").T[respondent].astype("Int64"),
            "q1": by_code["q1"].where(enough),
            "median": by_code["median"].where(enough),
            "q3": by_code["q3"].where(enough),
            "decimals": described["decimals"],
            "n": by_code["n"],
            "items": described["items"],
        }
    )
    return table.astype({"capped": "Int64", "n": "Int64"}).rename_axis("code").reset_index()
