"""What the draws of a method say: intervals of scores and ranks, and how often a finding holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.coherence import correlate
from analysis.composite.draws import Problem
from analysis.composite.index import build_index
from analysis.composite.normalisation import array_rank
from analysis.composite.quantiles import array_quantiles
from analysis.composite.uncertainty import Runs
from analysis.config import IndexMethod
from analysis.errors import MethodError

Array = NDArray[np.float64]
Groups = Mapping[tuple[str, str], NDArray[np.bool_]]
PERCENTILES = (5, 25, 50, 75, 95)


def _levels(draws: Array) -> Array:
    """Percentiles over the draws: (n_draws, k) → (5, k); missing if there is no draw."""
    if not len(draws):
        return np.full((len(PERCENTILES), draws.shape[1]), np.nan)
    return array_quantiles(draws, [p / 100 for p in PERCENTILES])


def unit_table(runs: Runs) -> pd.DataFrame:
    """Score and rank of each unit over the draws, best nominal rank first.

    Returns
    -------
    DataFrame
        unit; score, rank (nominal); score_mean, score_p5 … score_p95 over the `score_draws` draws on the scale of the
        method; rank_mean, rank_p5 … rank_p95 over all draws; p_top_quartile (rank within the best ⌈n/4⌉); p_top_<k>.
    """
    problem = runs.problem
    root = problem.structure.root
    nominal = problem.nominal
    out = pd.DataFrame(
        {"unit": runs.units, "score": nominal.scores[root].to_numpy(), "rank": nominal.ranks[root].to_numpy()}
    )
    on_scale = runs.scores[runs.comparable][..., -1]
    out["score_draws"] = int(runs.comparable.sum())
    for prefix, draws in (("score", on_scale), ("rank", runs.ranks)):
        out[f"{prefix}_mean"] = draws.mean(axis=0) if len(draws) else np.nan
        for p, level in zip(PERCENTILES, _levels(draws), strict=True):
            out[f"{prefix}_p{p}"] = level
    out["p_top_quartile"] = (runs.ranks <= int(np.ceil(len(runs.units) / 4))).mean(axis=0)
    for k in problem.method.uncertainty.top:
        out[f"p_top_{k}"] = (runs.ranks <= k).mean(axis=0)
    return out.sort_values("rank", kind="stable", ignore_index=True)


def neighbour_table(runs: Runs) -> pd.DataFrame:
    """How often a unit is ahead of those that follow it in the nominal ranking.

    Returns
    -------
    DataFrame
        unit, other, places (1 = the next one), p_ahead (share of draws with the better rank), p_tied.
    """
    order = np.argsort(runs.problem.nominal.ranks[runs.problem.structure.root].to_numpy(), kind="stable")
    rows = []
    for places in range(1, runs.problem.method.uncertainty.neighbours + 1):
        for a, b in zip(order, order[places:], strict=False):
            first, second = runs.ranks[:, a], runs.ranks[:, b]
            rows.append((runs.units[a], runs.units[b], places, (first < second).mean(), (first == second).mean()))
    return pd.DataFrame(rows, columns=["unit", "other", "places", "p_ahead", "p_tied"])


def group_medians(runs: Runs, groups: Groups) -> Array:
    """Medians of groups of units in every draw, (n_draws, n_groups, n_codes); missing scores are left out."""
    made = [array_quantiles(runs.scores[:, inside], [0.5])[0] for inside in groups.values()]
    return np.stack(made, axis=1)


def membership(units: pd.Index, traits: pd.DataFrame) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Groups of units, (column, value) → (n_units,), in the order of columns and of first appearance, sorted.

    Raises
    ------
    MethodError
        A unit has no row.
    """
    absent = [str(u) for u in units if u not in traits.index]
    if absent:
        raise MethodError(f"uncertainty: no groups known for {', '.join(absent[:5])}")
    table = traits.loc[units]
    out = {}
    for column in map(str, table):
        for value in sorted(table[column].dropna().astype(str).unique()):
            out[(column, value)] = (table[column].astype(str) == value).to_numpy()
    return out


def group_table(runs: Runs, groups: Groups, medians: Array) -> pd.DataFrame:
    """Medians of groups: dimension, group, n, code, nominal, and p5 … p95 over the draws on the method's scale."""
    nominal = runs.problem.nominal.scores[runs.codes].to_numpy(dtype=float)
    rows = []
    for g, ((dimension, group), inside) in enumerate(groups.items()):
        own = array_quantiles(nominal[inside], [0.5])[0]
        levels = _levels(medians[runs.comparable, g])
        for c, code in enumerate(runs.codes):
            rows.append([dimension, group, int(inside.sum()), code, own[c], *levels[:, c]])
    return pd.DataFrame(rows, columns=["dimension", "group", "n", "code", "nominal", *(f"p{p}" for p in PERCENTILES)])


def comparison_table(runs: Runs, groups: Groups, medians: Array) -> pd.DataFrame:
    """How often the median of one group is above that of another of the same dimension.

    Returns
    -------
    DataFrame
        dimension, group, other (empty: all others of the dimension, so the group leads), code (`*`: in each element
        below the index at once), nominal (1 if so under the method itself), probability.
    """
    own = np.stack(
        [
            array_quantiles(runs.problem.nominal.scores[runs.codes].to_numpy(dtype=float)[inside], [0.5])[0]
            for inside in groups.values()
        ]
    )
    everything = np.concatenate([own[None], medians])  # the method itself, then the draws
    rows = []
    keys = list(groups)
    for a, (dimension, group) in enumerate(keys):
        others = [b for b, key in enumerate(keys) if key[0] == dimension and b != a]
        ahead = {b: everything[:, a] > everything[:, b] for b in others}
        pairs = [(keys[b][1], ahead[b]) for b in others]
        if len(others) > 1:
            pairs.append(("", np.all([ahead[b] for b in others], axis=0)))
        for other, holds in pairs:
            for c, code in enumerate(runs.codes):
                rows.append([dimension, group, other, code, int(holds[0, c]), holds[1:, c].mean()])
            below = np.asarray(holds[:, :-1].all(axis=1))
            rows.append([dimension, group, other, "*", int(below[0]), below[1:].mean()])
    return pd.DataFrame(rows, columns=["dimension", "group", "other", "code", "nominal", "probability"])


def slope_table(runs: Runs, outside: pd.DataFrame) -> pd.DataFrame:
    """Slope of the overall score on outside variables: variable, n, nominal, probability of a slope above zero."""
    rows = []
    nominal = runs.problem.nominal.scores[runs.problem.structure.root].to_numpy(dtype=float)
    for name in map(str, outside):
        x = outside[name].reindex(runs.units).to_numpy(dtype=float)
        there = ~np.isnan(x)
        d = x[there] - x[there].mean()
        slopes = (np.concatenate([nominal[None], runs.scores[..., -1]])[:, there] * d).sum(axis=1) / (d * d).sum()
        rows.append([name, int(there.sum()), slopes[0], (slopes[1:] > 0).mean()])
    return pd.DataFrame(rows, columns=["variable", "n", "slope", "p_positive"])


def element_order(runs: Runs) -> pd.DataFrame:
    """How often each element below the index has the highest, and the lowest, median over all units.

    Returns
    -------
    DataFrame
        code, median (nominal), place (nominal, 1 = highest), p_highest, p_lowest, p_same_place.
    """
    codes = runs.codes[:-1]
    nominal = array_quantiles(runs.problem.nominal.scores[codes].to_numpy(dtype=float), [0.5])[0]
    medians = array_quantiles(runs.scores[..., :-1], [0.5])[0]
    own = array_rank(-nominal[:, None])[:, 0]
    places = array_rank(-medians[..., None])[..., 0]
    return pd.DataFrame(
        {
            "code": codes, "median": nominal, "place": own.astype(int),
            "p_highest": (places == 1).mean(axis=0), "p_lowest": (places == len(codes)).mean(axis=0),
            "p_same_place": (places == own).mean(axis=0),
        }
    )  # fmt: skip


def result_tables(
    runs: Runs, traits: pd.DataFrame | None = None, outside: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """All tables of a run by name.

    Parameters
    ----------
    traits
        (n_units, …), columns with the group of each unit.
    outside
        (n_units, …), numbers that scores are compared with.

    Returns
    -------
    dict
        draws, units, neighbours, elements; with traits groups and comparisons; with outside slopes.
    """
    draws = runs.values.rename_axis("draw").reset_index()
    draws["comparable"] = runs.comparable.astype(int)
    out = {"draws": draws, "units": unit_table(runs), "neighbours": neighbour_table(runs)}
    if len(runs.codes) > 2:
        out["elements"] = element_order(runs)
    if traits is not None and len(traits.columns):
        groups = membership(runs.units, traits)
        medians = group_medians(runs, groups)
        out["groups"] = group_table(runs, groups, medians)
        out["comparisons"] = comparison_table(runs, groups, medians)
    if outside is not None and len(outside.columns):
        out["slopes"] = slope_table(runs, outside)
    return out


# ------------------------------------------------------------------------------------------------------- named variants


def agreement(first: Array, second: Array, rank_first: Array, rank_second: Array) -> dict[str, float]:
    """How alike two rankings are, units that miss one left out.

    Parameters
    ----------
    first, second, rank_first, rank_second
        (n_units,), scores and ranks under both.

    Returns
    -------
    dict
        n, spearman, kendall (τ-b), mean_shift and largest_shift (absolute, of ranks), moved (units whose rank differs).
    """
    n, rho, _ = correlate(first, second, "spearman")
    _, tau, _ = correlate(first, second, "kendall")
    shift = np.abs(rank_first - rank_second)
    shift = shift[~np.isnan(shift)]
    return {
        "n": n, "spearman": rho, "kendall": tau, "mean_shift": float(shift.mean()) if n else np.nan,
        "largest_shift": float(shift.max()) if n else np.nan, "moved": int((shift > 0).sum()),
    }  # fmt: skip


def variant_tables(problem: Problem, methods: Mapping[str, IndexMethod]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ranks of the index under named methods, and how far each is from the method itself.

    Returns
    -------
    ranks, summary
        (n_units, n_methods), index `unit`; and one row for each method: variant, then the columns of `agreement`.

    Raises
    ------
    MethodError
        A method cannot be applied, or scores other units.
    """
    root = problem.structure.root
    nominal = problem.nominal
    ranks, rows = {}, []
    for name, method in methods.items():
        index = build_index(problem.indicators, problem.structure, method, others=problem.others)
        if not index.scores.index.equals(nominal.scores.index):
            raise MethodError(f"uncertainty: variant {name} scores other units; ranks could not be compared")
        columns = [x[root].to_numpy(dtype=float) for x in (nominal.scores, index.scores, nominal.ranks, index.ranks)]
        ranks[name] = index.ranks[root]
        rows.append({"variant": name, **agreement(*columns)})
    return pd.DataFrame(ranks).rename_axis("unit"), pd.DataFrame(rows)


def decisive_inputs(sobol: pd.DataFrame) -> pd.DataFrame:
    """The input with the largest total index for the rank of each unit.

    Parameters
    ----------
    sobol
        From `sensitivity.rank_sensitivity`.

    Returns
    -------
    DataFrame
        unit, input, total; units whose rank never moves have none.
    """
    rows = sobol[(sobol["output"] != "*") & (sobol["variance"] > 0)]
    best = rows.loc[rows.groupby("output", sort=False)["total"].idxmax(), ["output", "input", "total"]]
    return best.rename(columns={"output": "unit"}).reset_index(drop=True)
