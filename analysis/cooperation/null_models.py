"""Is it more than chance? Statistics of the cluster graph against random graphs that keep what is given.

A projection makes every body a clique of its clusters, so clustering is high in any projection. The null model
therefore works below it, on the two parts the graph is made of, and keeps what each organisation gives and takes:

- who meets in which body: the bipartite table is shuffled with the number of bodies of every cluster and the number of
  clusters of every body kept (curveball, Strona et al. 2014, Nature Communications 5, 4114);
- who has a direct tie: pairs are swapped with the number of direct partners of every cluster kept.

Both are put together and weighted as the real graph is, and the statistics are computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping

import igraph
import numba
import numpy as np
import pandas as pd

from analysis.cooperation.communities import louvain
from analysis.cooperation.graph import Graph, Projection, make_graph, project
from analysis.cooperation.measures import graph_measures, mixing_indices
from analysis.cooperation.small_world import rewired

TRADES_PER_ROW = 5
LOUVAIN_TRIES = 5


@numba.njit(cache=True)
def _trade(table: np.ndarray, trades: int, rng: np.random.Generator) -> None:
    """Let pairs of rows trade, in place; two rows are drawn as `rng.choice(n, 2, replace=False)` draws them."""
    n, columns = table.shape
    only = np.empty(columns, np.int64)
    for _ in range(trades):
        i = rng.integers(0, n - 1)
        j = rng.integers(0, n)
        if j == i:
            j = n - 1
        if rng.integers(0, 2) == 0:
            i, j = j, i
        size = 0
        mine = 0
        for column in range(columns):
            if table[i, column] != table[j, column]:
                only[size] = column
                size += 1
                mine += table[i, column]
        if not 0 < mine < size:
            continue
        dealt = only[:size].copy()
        rng.shuffle(dealt)
        for k in range(size):
            table[i, dealt[k]] = k < mine
            table[j, dealt[k]] = k >= mine


def curveball(table: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Shuffle a table of 0 and 1, row and column sums kept: pairs of rows trade what only one of them has."""
    out = np.array(table, dtype=np.int64, order="C")
    if len(out) > 1:
        _trade(out, TRADES_PER_ROW * len(out), rng)
    return pd.DataFrame(out, index=table.index, columns=list(table.columns))


def swapped_pairs(pairs: list[tuple[str, str]], *, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Swap the ends of pairs at random: every node keeps its number of partners, no loops, no double pairs."""
    if not pairs:
        return []
    names = sorted({n for p in pairs for n in p})
    place = {n: i for i, n in enumerate(names)}
    made = rewired(igraph.Graph(n=len(names), edges=[(place[a], place[b]) for a, b in pairs]), rng=rng)
    return [(names[a], names[b]) for a, b in made.get_edgelist()]


def statistics(
    graph: Graph, sectors: Mapping[str, str], regions: Mapping[str, str], *, rng: np.random.Generator
) -> dict[str, float]:
    """Statistics that are tested; modularity is here the best of a few Louvain runs, for the real graph as well."""
    every = graph_measures(graph)
    ei_sector, r_sector, _ = mixing_indices(graph, sectors)
    ei_region, r_region, _ = mixing_indices(graph, regions)
    names = ("edges", "largest", "transitivity", "clustering", "path_length", "degree_assortativity", "core_fit")
    return {
        **{name: every[name] for name in names},
        "modularity": louvain(graph, tries=LOUVAIN_TRIES, rng=rng)[1],
        "ei_sector": ei_sector,
        "assortativity_sector": r_sector,
        "ei_region": ei_region,
        "assortativity_region": r_region,
    }


def null_test(
    direct: list[tuple[str, str]],
    table: pd.DataFrame,
    projection: Projection,
    sectors: Mapping[str, str],
    regions: Mapping[str, str],
    *,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Compare the cluster graph with random ones.

    Parameters
    ----------
    direct, table
        Pairs with a tie of their own, and the bipartite table (`graph.direct_pairs`, `graph.incidence`).
    sectors, regions
        Known sector and voivodeship of clusters.
    draws
        Number of random graphs.

    Returns
    -------
    DataFrame
        Indexed by statistic: observed, mean, low, high (2.5 and 97.5 percent of the draws), p (two-sided:
        2 · (1 + draws at least as far on that side)/(draws + 1), at most 1).
    """

    def build(pairs: list[tuple[str, str]], met: pd.DataFrame) -> Graph:
        every = [(a, b, 1.0) for a, b in pairs] + project(met, projection)
        return make_graph({n for a, b, _ in every for n in (a, b)}, every)

    observed = pd.Series(statistics(build(direct, table), sectors, regions, rng=rng))
    seen = pd.DataFrame(
        [
            statistics(build(swapped_pairs(direct, rng=rng), curveball(table, rng=rng)), sectors, regions, rng=rng)
            for _ in range(draws)
        ]
    )
    low, high = (seen <= observed + 1e-12).sum(), (seen >= observed - 1e-12).sum()
    fewer = pd.concat([low, high], axis=1).min(axis=1)
    p = (2 * (1 + fewer) / (draws + 1)).clip(upper=1.0)
    out = pd.DataFrame(
        {"observed": observed, "mean": seen.mean(), "low": seen.quantile(0.025), "high": seen.quantile(0.975), "p": p}
    )
    return out.rename_axis("statistic")
