"""Suggestions of partners: ranked pairs of clusters, each with the reasons for its place.

Named clusters are matched on public facts only: sector, region, and the documented graph. How well two profiles
complete each other is known of respondents, who are not named; it enters for respondents among themselves, or for
named clusters where a survey edition has a private file that links the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.cooperation.graph import Graph, Network
from analysis.cooperation.measures import group_mixing
from analysis.errors import DataError, MethodError, Problem

TERMS = ("sector", "distance", "shared", "region", "complement")


def link_file(path: Path, *, reconstructed: bool, respondents: list[str], nodes: list[str]) -> pd.DataFrame | None:
    """Read the private file that says which respondent is which organisation; None where there is none.

    Columns respondent_id, node_id. It belongs to a survey edition and is kept out of version control.

    Raises
    ------
    DataError
        The answers are reconstructed (they describe nobody), or a row names something unknown or twice.
    """
    if not path.is_file():
        return None
    file = path.name
    if reconstructed:
        message = "links named clusters to reconstructed answers, which describe nobody"
        raise DataError(
            [Problem(file, None, None, None, message, "remove the file; it belongs to survey answers only")]
        )
    table = pd.read_csv(path, dtype=str)
    problems = []
    for column, known in (("respondent_id", respondents), ("node_id", nodes)):
        if column not in table:
            problems.append(Problem(file, 1, column, None, "the column is missing", "add it to the header"))
            continue
        for line, value in enumerate(table[column], start=2):
            if value not in known:
                problems.append(Problem(file, line, column, str(value), "is not known", "correct the identifier"))
        for i in np.flatnonzero(table[column].duplicated()):
            remedy = "one row for each respondent and each organisation"
            problems.append(Problem(file, int(i) + 2, column, str(table[column].iloc[i]), "stands there twice", remedy))
    if problems:
        raise DataError(problems)
    return table


def complementarity(profiles: pd.DataFrame) -> pd.DataFrame:
    """How well two profiles complete each other, (n, n), 0–1: what the better of the two adds to the average of both.

    mean over sub-areas of max(a, b) - (a + b)/2, doubled: 0 for equal profiles, 1 if each has all that the other lacks.
    Sub-areas that one of the two lacks are left out; NaN where none is left. The diagonal is 0.

    Parameters
    ----------
    profiles
        Scores 0–1, respondents × sub-areas.
    """
    x = profiles.to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        gaps = np.abs(x[:, None, :] - x[None, :, :])
    known = ~np.isnan(gaps)
    total = np.where(known, gaps, 0).sum(axis=2)
    count = known.sum(axis=2)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return pd.DataFrame(mean, index=profiles.index, columns=profiles.index)


def named_complement(profiles: pd.DataFrame, link: pd.DataFrame | None) -> pd.DataFrame | None:
    """Complementarity of organisations that a link file names; None without such a file."""
    if link is None:
        return None
    return complementarity(profiles.loc[link["respondent_id"]].set_axis(link["node_id"].to_list()))


def sector_affinity(graph: Graph, sectors: Mapping[str, str]) -> pd.DataFrame:
    """How near two sectors are in practice, 0–1: 1 for one, else edges between them by the most between any."""
    names = sorted(set(sectors.values()))
    counts = group_mixing(graph, sectors).reindex(index=names, columns=names, fill_value=0).to_numpy(dtype=float)
    between = counts - np.diag(np.diag(counts))
    top = between.max()
    affinity = between / top if top else between
    np.fill_diagonal(affinity, 1.0)
    return pd.DataFrame(affinity, index=names, columns=names)


def _distance_score(steps: float) -> float:
    """2 steps 1, 3 steps 1/2, 4 steps 1/3, …; 0 where there is no way."""
    return 0.0 if np.isinf(steps) else 1.0 / (steps - 1)


def pair_terms(
    network: Network,
    graph: Graph,
    organisations: Graph,
    candidates: list[str],
    *,
    macro_share: float,
    complement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Terms of every pair of candidates that has no direct tie yet, each 0–1 (NaN where not known).

    Parameters
    ----------
    graph
        Clusters; pairs that are joined in it by a direct tie must be left out by the caller.
    organisations
        All organisations: distances and shared partners are taken here, where a body is a step on the way.
    macro_share
        Value of `region` for two voivodeships of one macro-region (1 for the same voivodeship).
    complement
        Complementarity of named clusters; None where nobody may be linked to answers.

    Returns
    -------
    DataFrame
        Columns a, b, sector, distance, shared, region, complement, steps (∞ where there is no way), via (shared
        partners).
    """
    info: Any = network.nodes
    sectors = {n: str(s) for n, s in info["sector"].dropna().items()}
    affinity: Any = sector_affinity(graph, sectors)
    place = {n: i for i, n in enumerate(organisations.nodes)}
    steps = np.array(organisations.igraph.distances(), dtype=float)
    near = {n: {organisations.nodes[j] for j in organisations.igraph.neighbors(i)} for n, i in place.items()}
    joined = set(zip(organisations.edges["a"], organisations.edges["b"], strict=True))
    # Adamic and Adar 2003: a shared partner says more, the fewer partners it has itself.
    says = {node: 1 / np.log(max(len(partners), 2)) for node, partners in near.items()}
    # Cells by themselves: a table is slow to ask a few thousand times.
    chosen = info.loc[sorted(candidates), ["voivodeship", "macroregion"]]
    here = {n: (v, m, pd.notna(v)) for n, v, m in chosen.itertuples(name=None)}
    alike: Any = {(s, t): value for s, row in affinity.to_dict("index").items() for t, value in row.items()}
    rows = []
    for a, b in combinations(sorted(candidates), 2):
        if (a, b) in joined:
            continue
        far = steps[place[a], place[b]] if a in place and b in place else np.inf
        via = sorted(near.get(a, set()) & near.get(b, set()))
        region = np.nan
        if here[a][2] and here[b][2]:
            same, same_macro = here[a][0] == here[b][0], here[a][1] == here[b][1]
            region = 1.0 if same else macro_share if same_macro else 0.0
        rows.append(
            {
                "a": a,
                "b": b,
                "sector": alike[sectors[a], sectors[b]] if a in sectors and b in sectors else np.nan,
                "distance": _distance_score(far),
                "shared": sum(says[v] for v in via),
                "region": region,
                "complement": complement.at[a, b]
                if complement is not None and a in complement.index and b in complement.index
                else np.nan,
                "steps": far,
                "via": ";".join(via),
            }
        )
    table = pd.DataFrame(rows)
    top = table["shared"].max()
    return table.assign(shared=table["shared"] / top if top else 0.0)


def rank_pairs(terms: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Rank pairs by the weighted mean of the terms that are known, best first.

    Returns
    -------
    DataFrame
        The terms with score (0–1) and rank (ties share the smaller one; listed by name).

    Raises
    ------
    MethodError
        A weight is missing or negative, or none is positive.
    """
    if set(weights) != set(TERMS) or min(weights.values()) < 0 or not max(weights.values()):
        raise MethodError(f"matching: weights must be given for {', '.join(TERMS)}, none negative, one positive")
    values = terms[list(TERMS)].to_numpy(dtype=float)
    w = np.array([weights[t] for t in TERMS]) * ~np.isnan(values)
    total = w.sum(axis=1)
    score = np.divide((np.nan_to_num(values) * w).sum(axis=1), total, out=np.zeros(len(terms)), where=total > 0)
    ranked = terms.assign(score=np.round(score, 12))
    ranked = ranked.sort_values(["score", "a", "b"], ascending=[False, True, True], kind="stable", ignore_index=True)
    return ranked.assign(rank=ranked["score"].rank(method="min", ascending=False).astype(int))


def hidden_tie_auc(
    network: Network,
    build: Mapping[str, Graph],
    direct: list[tuple[str, str]],
    candidates: list[str],
    weights: Mapping[str, float],
    *,
    macro_share: float,
) -> pd.DataFrame:
    """Would the ranking find ties that exist? Each direct tie is hidden in turn and ranked among the missing pairs.

    Parameters
    ----------
    build
        `graph` and `organisations` as they are.

    Returns
    -------
    DataFrame
        Columns a, b, place (share of missing pairs ranked below the hidden tie; 0.5 is chance). Its mean is the area
        under the ROC curve.
    """
    rows = []
    known = set(candidates)
    for a, b in direct:
        if a not in known or b not in known:
            continue
        without = {
            name: Graph(g.nodes, g.edges[~((g.edges["a"] == a) & (g.edges["b"] == b))].reset_index(drop=True))
            for name, g in build.items()
        }
        terms = pair_terms(network, without["graph"], without["organisations"], candidates, macro_share=macro_share)
        ranked = rank_pairs(terms, weights).set_index(["a", "b"])["score"]
        own, others = ranked[(a, b)], ranked.drop((a, b))
        rows.append(
            {"a": a, "b": b, "place": float(((others < own).sum() + 0.5 * (others == own).sum()) / len(others))}
        )
    return pd.DataFrame(rows, columns=["a", "b", "place"])


def rank_respondents(profiles: pd.DataFrame, traits: pd.DataFrame, *, same_sector: float) -> pd.DataFrame:
    """Rank pairs of respondents by how their profiles complete each other; nobody is named.

    Parameters
    ----------
    profiles
        Sub-area scores, respondents × sub-areas.
    traits
        Indexed by respondent, with `sector`.
    same_sector
        Added for two respondents of one sector.

    Returns
    -------
    DataFrame
        Columns a, b, complement, same_sector (0/1), a_gives, b_gives (sub-area in which one leads most), score, rank.
    """
    values: Any = complementarity(profiles)
    sector = traits["sector"].astype(str).to_dict()
    rows = []
    for a, b in combinations(map(str, profiles.index), 2):
        gap: Any = (profiles.loc[a] - profiles.loc[b]).dropna()
        same = int(sector[a] == sector[b])
        rows.append(
            {
                "a": a, "b": b, "complement": values.at[a, b], "same_sector": same,
                "a_gives": gap.idxmax() if gap.max() > 0 else "", "b_gives": gap.idxmin() if gap.min() < 0 else "",
                "score": values.at[a, b] + same_sector * same,
            }
        )  # fmt: skip
    out = pd.DataFrame(rows).sort_values(["score", "a", "b"], ascending=[False, True, True], kind="stable")
    out["rank"] = out["score"].rank(method="min", ascending=False).astype(int)
    return out.reset_index(drop=True)
