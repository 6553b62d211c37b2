"""The index of one edition under one method: missing answers → treatment → normalisation → aggregation → ranks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.composite.aggregation import aggregate
from analysis.composite.normalisation import normalise
from analysis.composite.treatment import treat
from analysis.config import Method


@dataclass(frozen=True)
class Index:
    """Result of one run: tables indexed by `respondent_id`.

    `treated` and `normalised` are (n_units, n_indicators), `scores` and `ranks` (n_units, 25); `treatment_log` has one
    row for each cell that treatment changed.
    """

    treated: pd.DataFrame
    normalised: pd.DataFrame
    scores: pd.DataFrame
    ranks: pd.DataFrame
    treatment_log: pd.DataFrame

    def long_scores(self) -> pd.DataFrame:
        """Scores and ranks as one row for each respondent and code (columns respondent_id, code, score, rank)."""
        key = str(self.scores.index.name)
        scores = self.scores.reset_index().melt([key], var_name="code", value_name="score")
        ranks = self.ranks.reset_index().melt([key], var_name="code", value_name="rank")
        scores["rank"] = ranks["rank"].astype("Int64")
        scores["code"] = pd.Categorical(scores["code"], categories=list(self.scores.columns))
        return scores.sort_values([key, "code"], ignore_index=True).astype({"code": str})


def rank_scores(scores: pd.DataFrame, *, ties: str = "min") -> pd.DataFrame:
    """Rank each column, 1 = highest; a missing score has no rank. Ranks are computed on unrounded scores."""
    return scores.rank(ascending=False, method=ties, na_option="keep")  # type: ignore[arg-type]


def build_index(indicators: pd.DataFrame, framework: pd.DataFrame, method: Method) -> Index:
    """Build the index.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units, index `respondent_id`.
    framework
        Indicators of the framework, index the codes, columns `area`, `subarea`, `direction`, `weight`.
    method
        The method configuration.

    Raises
    ------
    MethodError
        A step cannot be applied; the message names the step and the codes.
    """
    ordered = indicators[list(framework.index)]
    filled = ordered.fillna(0.0) if method.missing.rule == "zero" else ordered
    treated, log = treat(filled, method.treatment)
    normalised = normalise(treated, framework["direction"], method.normalisation)
    weights = framework["weight"] if method.weights.indicators == "framework" else None
    scores = aggregate(
        normalised, framework[["area", "subarea"]], area_from=method.aggregation.area_from, weights=weights
    )
    return Index(treated, normalised, scores, rank_scores(scores, ties=method.ranks.ties), log)
