"""One run of the index: availability → denomination → imputation → treatment → normalisation → weights → scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.composite.aggregation import aggregate
from analysis.composite.availability import Screened, screen
from analysis.composite.denomination import denominate
from analysis.composite.imputation import impute
from analysis.composite.normalisation import normalise
from analysis.composite.structure import Structure
from analysis.composite.treatment import Treated, treat
from analysis.composite.weighting import Optimised, weights_of
from analysis.config import IndexMethod
from analysis.errors import MethodError


@dataclass(frozen=True)
class Index:
    """Result of one run: tables indexed by the units.

    `prepared` (denominated and imputed, native units), `treated` and `normalised` are (n_units, n_indicators);
    `scores` and `ranks` (n_units, n_aggregates), columns as `structure.aggregates`. `weights` (n_elements,) are those
    used. `treatment_log` and `imputation_log` have one row for each changed cell; `treatment_summary` describes
    `treatment` by indicator.
    `structure` is what took part; `screened` says who did not, and why.
    """

    structure: Structure
    screened: Screened
    prepared: pd.DataFrame
    normalised: pd.DataFrame
    weights: pd.Series
    scores: pd.DataFrame
    ranks: pd.DataFrame
    imputation_log: pd.DataFrame
    treatment: Treated
    optimised: Optimised | None = None

    @property
    def treated(self) -> pd.DataFrame:
        """Indicators after treatment, (n_units, n_indicators)."""
        return self.treatment.values

    @property
    def treatment_log(self) -> pd.DataFrame:
        """One row for each cell that treatment changed."""
        return self.treatment.log

    def long_scores(self) -> pd.DataFrame:
        """Scores and ranks as one row for each unit and code: the unit's key, code, score, rank; sorted by unit."""
        key = str(self.scores.index.name)
        scores = self.scores.reset_index().melt([key], var_name="code", value_name="score")
        ranks = self.ranks.reset_index().melt([key], var_name="code", value_name="rank")
        whole = ranks["rank"].dropna().mod(1).eq(0).all()
        scores["rank"] = ranks["rank"].astype("Int64") if whole else ranks["rank"]
        scores["code"] = pd.Categorical(scores["code"], categories=list(self.scores.columns))
        return scores.sort_values([key, "code"], ignore_index=True).astype({"code": str})


def rank_scores(scores: pd.DataFrame, *, ties: str = "min") -> pd.DataFrame:
    """Rank each column, 1 = highest; a missing score has no rank. Ranks are computed on unrounded scores."""
    return scores.rank(ascending=False, method=ties, na_option="keep")  # type: ignore[arg-type]


def build_index(
    indicators: pd.DataFrame, structure: Structure, method: IndexMethod, *, others: pd.DataFrame | None = None
) -> Index:
    """Build the index.

    Parameters
    ----------
    indicators
        (n_units, n_indicators), native units; the index is the unit's key. Columns beyond the structure's are refused.
    structure
        The tree of indicators and aggregates.
    method
        The method configuration.
    others
        (n_units, …), groups and denominators, for the rules that name them.

    Raises
    ------
    MethodError
        A step cannot be applied; the message names the step and the codes.
    """
    if set(indicators.columns) != set(structure.indicators):
        differ = sorted(set(map(str, indicators.columns)) ^ set(structure.indicators))
        raise MethodError(f"the data and the framework differ in {', '.join(differ)}")
    if not indicators.index.is_unique:
        double = indicators.index[indicators.index.duplicated()].unique()
        raise MethodError(f"the data have more than one row for {', '.join(map(str, double))}")
    values = indicators[structure.indicators].astype(float)
    if np.isinf(values.to_numpy()).any():
        row, column = np.argwhere(np.isinf(values.to_numpy()))[0]
        raise MethodError(
            f"infinite value of {values.columns[column]} for {values.index[row]}; correct it or leave it empty"
        )
    others = pd.DataFrame(index=indicators.index) if others is None else others
    divided = denominate(values, others, structure.elements["denominator"], method.denomination)
    screened = screen(divided, structure, method.availability)
    tree = screened.structure
    prepared, imputation_log = impute(screened.values, tree, method.imputation, others)
    treated = treat(prepared, method.treatment)
    normalised = normalise(treated.values, tree.directions, method.normalisation, framework=tree.elements)
    weights, optimised = weights_of(tree, normalised, method.weights, method.aggregation)
    scores = aggregate(normalised, tree, method.aggregation, weights=weights)
    return Index(
        structure=tree,
        screened=screened,
        prepared=prepared,
        normalised=normalised,
        weights=weights,
        scores=scores,
        ranks=rank_scores(scores, ties=method.ranks.ties),
        imputation_log=imputation_log,
        treatment=treated,
        optimised=optimised,
    )


def scores_without(indicators: pd.DataFrame, structure: Structure, method: IndexMethod) -> dict[str, pd.DataFrame]:
    """Scores without each indicator in turn: indicator left out → (n_units, n_aggregates); see `build_index`."""
    together = (
        indicators.copy()
    )  # one block: as read from a file each column is its own, and all of them are taken anew
    return {
        code: build_index(together.drop(columns=code), structure.without([code]), method).scores
        for code in structure.indicators
    }
