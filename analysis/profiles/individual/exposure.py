"""Resilience of one respondent, what shocks would take from it, and its place in the cooperation graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.profiles.individual.standing import percentile_ranks


def resilience_profile(
    scores: pd.DataFrame, dimensions: pd.DataFrame, respondent: str, *, min_peers: int
) -> pd.DataFrame:
    """Own score in each dimension of resilience beside the median of all.

    Parameters
    ----------
    scores
        (n_units, n_codes), index `respondent_id`.
    dimensions
        Columns code, name, n, median.

    Returns
    -------
    DataFrame
        Columns code, name, own, median (missing under `min_peers` scores), percentile, n.
    """
    table = dimensions[["code", "name", "n", "median"]].copy()
    table["median"] = table["median"].where(table["n"] >= min_peers)
    table["own"] = table["code"].map(scores.T[respondent])
    table["percentile"] = table["code"].map(percentile_ranks(scores, respondent))
    return table


def exposures(
    responses: pd.DataFrame, names: Mapping[str, str], respondent: str, *, min_peers: int, code: str = "ALL"
) -> pd.DataFrame:
    """What each shock would take from the score of the respondent, on the scales of today.

    Parameters
    ----------
    responses
        Columns respondent_id, shock, code, loss.
    names
        Shock → printed name, in printed order.

    Returns
    -------
    DataFrame
        Columns shock, name, own (loss of the score), median (loss of all), share (percent of the other respondents who
        lose less; equal losses count half), n. A loss below the precision of the engine is zero.
    """
    table = responses[responses["code"] == code].pivot(index="respondent_id", columns="shock", values="loss")
    table = table.round(9) + 0.0
    shocks = [shock for shock in names if shock in table.columns]
    n = table.notna().sum()
    return pd.DataFrame(
        {
            "shock": shocks,
            "name": [names[shock] for shock in shocks],
            "own": table.loc[respondent, shocks].to_numpy(),
            "median": table.median().where(n >= min_peers)[shocks].to_numpy(),
            "share": percentile_ranks(table, respondent)[shocks].to_numpy(),
            "n": n[shocks].to_numpy(),
        }
    )


def node_of(link: pd.DataFrame | None, respondent: str) -> str:
    """Organisation that the respondent is, by the private file of a survey edition; empty where no file says so.

    Parameters
    ----------
    link
        Columns respondent_id, node_id, or None.
    """
    if link is None:
        return ""
    return str(link.set_index("respondent_id")["node_id"].get(respondent, ""))


def graph_place(measures: pd.DataFrame, node: str, *, min_peers: int) -> pd.DataFrame:
    """Place of an organisation in the graph of clusters: own value, median of all, percentile rank.

    Parameters
    ----------
    measures
        (n_nodes, n_measures), index the node; columns degree, betweenness, closeness are used.

    Returns
    -------
    DataFrame
        Columns measure, own, median, percentile; empty if the organisation is no node, because no tie of it is known.
    """
    kept = ["degree", "betweenness", "closeness"]
    if node not in measures.index:
        return pd.DataFrame(columns=["measure", "own", "median", "percentile"])
    enough = len(measures) >= min_peers
    return pd.DataFrame(
        {
            "measure": kept,
            "own": measures.loc[node, kept].to_numpy(dtype=float),
            "median": measures[kept].median().to_numpy() if enough else np.nan,
            "percentile": percentile_ranks(measures[kept], node).to_numpy(),
        }
    )


def suggested_partners(pairs: pd.DataFrame, names: Mapping[str, str], node: str, *, top: int) -> pd.DataFrame:
    """Partners suggested to an organisation: columns place, partner (printed name), reasons; best first.

    Parameters
    ----------
    pairs
        Ranked pairs of named clusters: columns a, b, rank, reasons.
    """
    own = pairs[(pairs["a"] == node) | (pairs["b"] == node)].sort_values("rank", kind="stable").head(top)
    partner = own["b"].where(own["a"] == node, own["a"])
    return pd.DataFrame(
        {
            "place": np.arange(1, len(own) + 1),
            "partner": partner.map(names).to_list(),
            "reasons": own["reasons"].to_list(),
        }
    )
