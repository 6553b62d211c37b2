"""Levers and sensitivity of one respondent as printed: what would raise its score, which decision moves its rank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.framework import Framework
from analysis.profiles.individual.indicators import COUNTED

STEPS = ("median", "quartile")
WHOLE = {"integer", "tick", "single", "level", "yes_no"}
LEAST = 1e-9  # a gain below the precision of the engine is none


def attainable(framework: Framework) -> dict[str, float]:
    """Step between the values that an indicator can take: whole things, scores of options; none for amounts and shares.

    An indicator from several questions has a step only if each of them has one.
    """
    columns = ("type", "option_list")
    books = {
        name: {key: dict(zip(book["item"], book[key], strict=True)) for key in columns}
        for name, book in framework.codebooks.items()
    }
    options = framework.option_lists["option_list"].to_numpy()
    scores = pd.to_numeric(framework.option_lists["score"], errors="coerce").to_numpy(dtype=float)
    out: dict[str, float] = {}
    indicators = framework.indicators[["items", "instrument", "rule"]]
    for code, asked, instrument, rule in indicators.itertuples():
        items = [item for item in str(asked).split(";") if item]
        book = books[instrument]
        if rule == "category_score":
            own = scores[options == book["option_list"][items[0]]]
            gaps = np.diff(np.sort(own[~np.isnan(own)]))
            out[str(code)] = float(gaps.min()) if len(gaps) else np.nan
        elif items and {book["type"].get(item) for item in items} <= WHOLE:
            out[str(code)] = 1.0
    return out


def best_levers(gains: pd.DataFrame, targets: pd.DataFrame, profile: pd.DataFrame, *, top: int) -> pd.DataFrame:
    """The changes with the largest gain.

    Parameters
    ----------
    gains
        Columns code, own, target, base, score, gain (`analysis.composite.levers.single_gains`).
    targets
        Columns code, step: 0 the median, 1 the quartile beyond it.
    profile
        Indicators of the respondent: code, name, unit, own_decimals, decimals.

    Returns
    -------
    DataFrame
        At most `top` rows with a gain above zero, largest first; equal gains in the order of the framework. Columns
        place, code, name, unit, own, own_decimals, target, target_decimals, step (`median`, `quartile`), gain, after
        (the score then).
    """
    table = gains.merge(targets[["code", "step"]], on="code").merge(
        profile[["code", "name", "unit", "own_decimals", "decimals"]], on="code"
    )
    table = table[table["gain"] > LEAST]
    table = table.assign(rounded=table["gain"].round(12)).sort_values("rounded", ascending=False, kind="stable")
    table = table.head(top).reset_index(drop=True)
    table["place"] = np.arange(1, len(table) + 1)
    table["step"] = [STEPS[int(step)] for step in table["step"]]
    whole = (table["target"] == table["target"].round()) & table["unit"].isin(COUNTED)
    table["target_decimals"] = table["decimals"].where(~whole, 0)
    columns = ["place", "code", "name", "unit", "own", "own_decimals", "target", "target_decimals", "step", "gain"]
    return table.rename(columns={"score": "after"})[[*columns, "after"]]


def decisions(sobol: pd.DataFrame, names: Mapping[str, str], respondent: str) -> pd.DataFrame:
    """Which decisions of the method move the rank of the respondent.

    Parameters
    ----------
    sobol
        Columns output (the respondent), input, first, total (shares of the variance of its rank).

    Returns
    -------
    DataFrame
        Largest total index first: place, input, name, first, total (percent; an estimate below zero counts as zero).
        Empty where the rank never moves.
    """
    own = sobol[sobol["output"] == respondent].dropna(subset=["total"])
    table = pd.DataFrame(
        {
            "input": own["input"],
            "name": own["input"].map(names),
            "first": 100 * own["first"].clip(lower=0),
            "total": 100 * own["total"].clip(lower=0),
        }
    )
    table = table.sort_values("total", ascending=False, kind="stable", ignore_index=True)
    table.insert(0, "place", np.arange(1, len(table) + 1))
    return table


def variant_shifts(ranks: pd.DataFrame, names: Mapping[str, str], respondent: str, rank: int) -> pd.DataFrame:
    """Rank of the respondent when one decision is made otherwise: variant, name, rank, shift (positive: better)."""
    own = ranks.set_index("unit").loc[respondent]
    table = pd.DataFrame({"variant": own.index, "rank": own.to_numpy(dtype=float)}).dropna()
    table["rank"] = table["rank"].astype(int)
    table.insert(1, "name", table["variant"].map(names))
    table["shift"] = rank - table["rank"]
    return table
