"""Gould–Fernandez brokerage: who stands between two that are not tied, and to which groups the three belong.

Ties here have no direction, so gatekeeper and representative are one role. For a broker b between a and c:

- `coordinator`: a, b, c in one group (a and c not tied, as in every role),
- `consultant`: a and c in one group, b in another,
- `gatekeeper`: b in the group of one of them,
- `liaison`: three groups.

Source: Gould and Fernandez 1989, Sociological Methodology 19, 89–126.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.cooperation.graph import Graph

ROLES = ("coordinator", "gatekeeper", "consultant", "liaison")


def _role(a: str, b: str, c: str) -> str:
    if a == c:
        return "coordinator" if a == b else "consultant"
    return "gatekeeper" if b in (a, c) else "liaison"


def brokerage(graph: Graph, groups: Mapping[str, str]) -> pd.DataFrame:
    """Count the roles of every node with a group.

    Parameters
    ----------
    groups
        Group of a node; nodes without one broker nothing and are brokered by nobody here.

    Returns
    -------
    DataFrame
        Indexed by node: coordinator, gatekeeper, consultant, liaison, total (open pairs of partners). Unweighted.
    """
    known = [n for n in graph.nodes if n in groups]
    partners: dict[str, set[str]] = {n: set() for n in known}
    for a, b in zip(graph.edges["a"], graph.edges["b"], strict=True):
        if a in partners and b in partners:
            partners[a].add(b)
            partners[b].add(a)
    rows = []
    for b in known:
        counts: Counter[str] = Counter()
        sizes = Counter(groups[n] for n in partners[b])
        # All pairs of partners by their groups, less the pairs that are tied: no walk over open pairs is needed.
        pairs: Counter[tuple[str, str]] = Counter()
        names = sorted(sizes)
        for i, g in enumerate(names):
            pairs[(g, g)] += sizes[g] * (sizes[g] - 1) // 2
            for h in names[i + 1 :]:
                pairs[(g, h)] += sizes[g] * sizes[h]
        for a in partners[b]:
            for c in partners[a] & partners[b]:
                if a < c:
                    g, h = sorted((groups[a], groups[c]))
                    pairs[(g, h)] -= 1
        for (g, h), number in pairs.items():
            counts[_role(g, groups[b], h)] += number
        rows.append([counts[role] for role in ROLES])
    table = pd.DataFrame(rows, index=pd.Index(known, name="node"), columns=list(ROLES), dtype=int)
    return table.assign(total=table.sum(axis=1))


def brokerage_test(graph: Graph, groups: Mapping[str, str], *, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """Compare the sums of roles with those under groups dealt out at random (same sizes of groups, same graph).

    Returns
    -------
    DataFrame
        Indexed by role: observed, expected (mean of the draws), p (two-sided, (1 + as far)/(draws + 1), at most 1).
    """
    observed = brokerage(graph, groups)[list(ROLES)].sum().to_numpy()
    known = [n for n in graph.nodes if n in groups]
    labels = np.array([groups[n] for n in known])
    seen = np.array(
        [
            brokerage(graph, dict(zip(known, rng.permutation(labels), strict=True)))[list(ROLES)].sum().to_numpy()
            for _ in range(draws)
        ]
    )
    low, high = (seen <= observed).sum(axis=0), (seen >= observed).sum(axis=0)
    p = np.minimum(1.0, 2 * (1 + np.minimum(low, high)) / (draws + 1))
    return pd.DataFrame(
        {"observed": observed, "expected": seen.mean(axis=0), "p": p}, index=pd.Index(ROLES, name="role")
    )
