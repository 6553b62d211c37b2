"""Gould–Fernandez brokerage: who stands between two that are not tied, and to which groups the three belong.

Ties here have no direction, so gatekeeper and representative are one role. For a broker b between a and c:

- `coordinator`: a, b, c in one group (a and c not tied, as in every role),
- `consultant`: a and c in one group, b in another,
- `gatekeeper`: b in the group of one of them,
- `liaison`: three groups.

Source: Gould and Fernandez 1989, Sociological Methodology 19, 89–126.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.cooperation.graph import Graph

ROLES = ("coordinator", "gatekeeper", "consultant", "liaison")


@dataclass(frozen=True)
class _Ties:
    """A graph for counting roles again and again: who is tied to whom, and each tied pair of somebody's partners."""

    partners: sparse.csr_array  # (n, n) of 0 and 1
    tied: NDArray[np.intp]  # (n_pairs, 3): who stands between, and the two

    @classmethod
    def of(cls, graph: Graph, known: Sequence[str]) -> _Ties:
        place = {node: i for i, node in enumerate(known)}
        partners: list[set[int]] = [set() for _ in known]
        for a, b in zip(graph.edges["a"], graph.edges["b"], strict=True):
            if a in place and b in place:
                partners[place[a]].add(place[b])
                partners[place[b]].add(place[a])
        pairs = [(a, b) for a, own in enumerate(partners) for b in own]
        tied = [(m, a, b) for a, b in pairs if a < b for m in partners[a] & partners[b]]
        ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        ones = np.ones(len(pairs), dtype=np.int64)
        matrix = sparse.csr_array((ones, (ends[:, 0], ends[:, 1])), shape=(len(known), len(known)))
        return cls(matrix, np.array(tied, dtype=np.intp).reshape(-1, 3))

    def roles(self, group: NDArray[np.intp]) -> NDArray[np.int64]:
        """Counts of `ROLES`, (n, 4), with nodes in groups 0, 1, …: all pairs of partners, less those that are tied.

        No walk over open pairs is needed: how many partners are in each group says how many pairs there are.
        """
        n = len(group)
        inside = np.zeros((n, int(group.max(initial=0)) + 1), dtype=np.int64)
        inside[np.arange(n), group] = 1
        sizes = self.partners @ inside
        all_of, own = sizes.sum(axis=1), sizes[np.arange(n), group]
        alike, coordinator = (sizes * (sizes - 1) // 2).sum(axis=1), own * (own - 1) // 2
        gatekeeper = own * (all_of - own)
        liaison = all_of * (all_of - 1) // 2 - alike - gatekeeper
        made = np.stack([coordinator, gatekeeper, alike - coordinator, liaison], axis=1)
        b, (of_b, of_a, of_c) = self.tied[:, 0], group[self.tied.T]
        between = np.where((of_b == of_a) | (of_b == of_c), 1, 3)
        role = np.where(of_a == of_c, np.where(of_a == of_b, 0, 2), between)
        return np.asarray(made - np.bincount(b * 4 + role, minlength=4 * n).reshape(n, 4), dtype=np.int64)


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
    codes = np.unique([groups[n] for n in known], return_inverse=True)[1]
    counts = _Ties.of(graph, known).roles(codes)
    table = pd.DataFrame(counts, index=pd.Index(known, name="node"), columns=list(ROLES), dtype=int)
    return table.assign(total=table.sum(axis=1))


def brokerage_test(graph: Graph, groups: Mapping[str, str], *, draws: int, rng: np.random.Generator) -> pd.DataFrame:
    """Compare the sums of roles with those under groups dealt out at random (same sizes of groups, same graph).

    Returns
    -------
    DataFrame
        Indexed by role: observed, expected (mean of the draws), p (two-sided, (1 + as far)/(draws + 1), at most 1).
    """
    known = [n for n in graph.nodes if n in groups]
    codes = np.unique([groups[n] for n in known], return_inverse=True)[1]
    ties = _Ties.of(graph, known)
    observed = ties.roles(codes).sum(axis=0)
    seen = np.array([ties.roles(rng.permutation(codes)).sum(axis=0) for _ in range(draws)])
    low, high = (seen <= observed).sum(axis=0), (seen >= observed).sum(axis=0)
    p = np.minimum(1.0, 2 * (1 + np.minimum(low, high)) / (draws + 1))
    return pd.DataFrame(
        {"observed": observed, "expected": seen.mean(axis=0), "p": p}, index=pd.Index(ROLES, name="role")
    )
