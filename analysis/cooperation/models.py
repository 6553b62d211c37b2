"""Ministry's three models of cooperation, applied to documented ties; and declared agreements beside documented ties.

The models (slides of the Ministry, 2018-2019) are a ladder: coordination in pairs, cooperation in networks,
co-creation in ecosystems. They are told by structure, which ties have: how many meet, and whether only clusters do. A
tie is

- `coordination`: between two organisations, with nobody else in it;
- `cooperation`: several clusters in one body or circle, only clusters (and whoever runs the body);
- `ecosystem`: several partners of more than one kind (clusters with public bodies or associations) in one body.
"""

from __future__ import annotations

import pandas as pd

from analysis.cooperation.graph import Network
from analysis.errors import MethodError

MODELS = ("coordination", "cooperation", "ecosystem")
BODIES = ("platform", "council", "programme")


def cooperation_models(network: Network, *, network_from: int) -> pd.DataFrame:
    """Assign every tie its model.

    Parameters
    ----------
    network_from
        So many partners make a network; fewer are a pair.

    Returns
    -------
    DataFrame
        In the order of the ties: tie_id, body (the body both meet in, empty for a pair), partners, model.
    """
    kinds = network.nodes["kind"]
    ties = network.ties
    partners: dict[str, set[str]] = {n: set() for n in network.nodes.index}
    for a, b in zip(ties["source"], ties["target"], strict=True):
        partners[a].add(b)
        partners[b].add(a)
    rows = []
    for tie in ties.to_dict("records"):
        ends = (str(tie["source"]), str(tie["target"]))
        bodies = [n for n in ends if kinds[n] in BODIES]
        if bodies:
            body = max(bodies, key=lambda n: (len(partners[n]), n))
            who = partners[body]
        else:
            # Pairs that were written out for one cooperation of several share its description.
            body = ""
            same = ties[(ties["what_en"] == tie["what_en"]) & ties["form"].eq(tie["form"])]
            circle = set(same["source"]) | set(same["target"])
            who = circle if _closed(circle, partners) else set(ends)
        sorts = {"cluster" if network.nodes.at[n, "is_cluster"] else "other" for n in who}
        several = "cooperation" if sorts == {"cluster"} else "ecosystem"
        model = "coordination" if len(who) < network_from else several
        rows.append({"tie_id": tie["tie_id"], "body": body, "partners": len(who), "model": model})
    return pd.DataFrame(rows)


def _closed(circle: set[str], partners: dict[str, set[str]]) -> bool:
    """Whether everybody in the circle is tied with everybody else."""
    return len(circle) > 2 and all(circle - {n} <= partners[n] for n in circle)


def declared_agreements(answers: pd.Series) -> dict[str, float]:
    """Summarise declared agreements with other clusters: n, positive, share, sum, mean, median, mean_positive, max.

    Raises
    ------
    MethodError
        Nobody answered.
    """
    known = answers.dropna().astype(float)
    if known.empty:
        raise MethodError("declared agreements: no coordinator answered the question")
    some = known[known > 0]
    return {
        "n": len(known),
        "positive": len(some),
        "share": 100 * len(some) / len(known),
        "sum": float(known.sum()),
        "mean": float(known.mean()),
        "median": float(known.median()),
        "mean_positive": float(some.mean()) if len(some) else 0.0,
        "median_positive": float(some.median()) if len(some) else 0.0,
        "max": float(known.max()),
    }


def least_mean(positive: int, named: list[int]) -> float:
    """Smallest mean possible among `positive` clusters, of which some have the named counts and the others one each."""
    if len(named) > positive:
        raise MethodError(f"{len(named)} clusters are named, but only {positive} have an agreement")
    return (sum(named) + positive - len(named)) / positive
