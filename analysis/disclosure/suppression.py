"""Complementary suppression: which further cells must be withheld so that the withheld ones cannot be computed.

A publication is a list of cells, each the sum of some atoms: inner cells of a table and its margins, or groups of
respondents that overlap. An observer knows the cells that are printed, which atoms are in which cell, and how small and
how large an atom can be. He bounds a withheld cell by two linear programmes. The cheapest set of withheld cells in
which these bounds stay far enough apart is an integer programme (Fischetti and Salazar 2001, in the form with one pair
of witness tables for each sensitive cell), solved to proven optimality. As it works on atoms, differences of groups
that overlap are covered like sums of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError

SLACK = 1e-9


@dataclass(frozen=True)
class Publication:
    """Cells as sums of atoms.

    Attributes
    ----------
    names
        (n_cells,) for messages.
    inside
        (n_cells, n_atoms) of 0 and 1: the cell is the sum of these atoms.
    values
        (n_atoms,), the true values.
    low, high
        (n_atoms,), what everybody knows of an atom beforehand.
    """

    names: Sequence[str]
    inside: np.ndarray
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __post_init__(self) -> None:
        cells, atoms = self.inside.shape
        if len(self.names) != cells or not len(self.values) == len(self.low) == len(self.high) == atoms:
            raise MethodError(
                f"disclosure: {len(self.names)} names and {len(self.values)} values for {cells} × {atoms}"
            )
        if (self.values < self.low - SLACK).any() or (self.values > self.high + SLACK).any():
            raise MethodError("disclosure: an atom lies outside its bounds; widen `low` and `high`")


def bounds_of(publication: Publication, withheld: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Bounds that an observer can give to each withheld cell from all cells that are printed, by linear programmes.

    Returns
    -------
    dict
        Withheld cell → (lowest, highest) value.
    """
    from scipy.optimize import linprog  # takes half a second, and most builds withhold nothing

    printed = [i for i in range(len(publication.names)) if i not in set(withheld)]
    known = publication.inside[printed]
    out = {}
    for cell in withheld:
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * publication.inside[cell],
                A_eq=known if len(printed) else None,
                b_eq=known @ publication.values if len(printed) else None,
                bounds=np.column_stack([publication.low, publication.high]),
                method="highs",
            )
            if found.status != 0:
                raise MethodError(f"disclosure: bounds of {publication.names[cell]}: {found.message}")
            ends.append(sign * float(found.fun))
        out[cell] = (ends[0], ends[1])
    return out


def complement(
    publication: Publication, sensitive: Sequence[int], width: Sequence[float], cost: Sequence[float]
) -> list[int]:
    """Cells to withhold besides the sensitive ones, at the lowest total cost.

    Parameters
    ----------
    sensitive
        Cells that must not be printed.
    width
        For each of them, how far apart an observer's bounds must stay at least.
    cost
        (n_cells,), of withholding a cell; infinite where it has to be printed.

    Raises
    ------
    MethodError
        Nothing that may be withheld protects the sensitive cells.
    """
    if not len(sensitive):
        return []
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    cells, atoms = publication.inside.shape
    pairs = len(sensitive)
    room = publication.inside @ (publication.high - publication.low)
    fixed = np.isinf(np.asarray(cost, dtype=float))
    # Variables: one switch for each cell, then for each sensitive cell the deviations of two tables, low and high.
    size = cells + 2 * pairs * atoms
    weights = np.concatenate([np.where(fixed, 0.0, cost) + 1e-6 * np.arange(cells), np.zeros(size - cells)])
    lower = np.concatenate([np.zeros(cells), np.tile(publication.low - publication.values, 2 * pairs)])
    upper = np.concatenate([np.where(fixed, 0.0, 1.0), np.tile(publication.high - publication.values, 2 * pairs)])
    for cell in sensitive:
        lower[cell] = upper[cell] = 1.0
    blocks, least, most = [], [], []
    switches = sparse.diags(room)
    for k in range(2 * pairs):
        parts = [sparse.csr_matrix((cells, atoms))] * (2 * pairs)
        parts[k] = sparse.csr_matrix(publication.inside.astype(float))
        for sign in (1, -1):  # a printed cell does not deviate: |sum of deviations| ≤ room · switch
            blocks.append(sparse.hstack([-switches, *(sign * part for part in parts)]))
            least.append(np.full(cells, -np.inf))
            most.append(np.zeros(cells))
    for k, cell in enumerate(sensitive):
        row = np.zeros(size)
        start = cells + 2 * k * atoms
        row[start : start + atoms] = -publication.inside[cell]
        row[start + atoms : start + 2 * atoms] = publication.inside[cell]
        blocks.append(sparse.csr_matrix(row))
        least.append(np.array([width[k]]))
        most.append(np.array([np.inf]))
    found = milp(
        weights,
        constraints=LinearConstraint(sparse.vstack(blocks).tocsc(), np.concatenate(least), np.concatenate(most)),
        bounds=Bounds(lower, upper),
        integrality=np.concatenate([np.ones(cells), np.zeros(size - cells)]),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        named = ", ".join(publication.names[i] for i in list(sensitive)[:5])
        raise MethodError(
            f"disclosure: no suppression keeps {named} as uncertain as asked ({found.message}); "
            "lower disclosure.interval, or leave out a dimension in cross_sections.dimensions"
        )
    chosen = np.flatnonzero(found.x[:cells] > 0.5)
    return [int(i) for i in chosen if i not in set(sensitive)]
