"""One instrument at a time: columns drawn, conditions and checks kept, some answers left out."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from analysis.errors import FrameworkError
from analysis.ingest.expressions import violations
from analysis.ingest.rules import Check
from analysis.madeup.draws import Floats, draw
from analysis.madeup.repair import CannotRepairError, Row, make_true
from analysis.schemas import NUMERIC_TYPES, Item

SKIPPED = 0.05  # share of rows that leave an answer out, where it may be left out
MAIN_PART = 8.0  # how much larger than the other parts a part is that is divided itself
_PASSES = 50


@dataclass(frozen=True)
class Codebook:
    """What is needed of one instrument to make it up.

    `labels` maps an item to its wording; `ordered` names the option lists whose
    options go from little to much; `checks` are the statements that stop a validation.
    """

    name: str
    items: Sequence[Item]
    labels: Mapping[str, str]
    ordered: frozenset[str]
    checks: Sequence[Check]


def _text(values: pd.Series, item: Item) -> pd.Series:
    """Write a column as its cells: whole numbers without a point, others with at most 15 digits."""
    if item.type not in NUMERIC_TYPES:
        return values.astype("str").where(values.notna())
    return values.map(lambda v: None if pd.isna(v) else f"{v:.15g}").astype("str").where(values.notna())


def as_cells(table: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Return a table as text cells, empty cells missing, columns in the order of the codebook."""
    return pd.DataFrame({item.name: _text(table[item.name], item) for item in items}, index=table.index)


def only_asked(table: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Empty every answer to a question that, by the other answers, is not asked."""
    out, cells = table.copy(), as_cells(table, items)
    for _ in items:
        changed = False
        for item in items:
            if not item.conditions:
                continue
            drop = ~item.asked(cells) & cells[item.name].notna()
            if drop.any():
                changed = True
                out.loc[drop, item.name] = np.nan if item.type in NUMERIC_TYPES else None
                cells.loc[drop, item.name] = None
        if not changed:
            break
    return out


def drawn(codebook: Codebook, trait: Floats, rng: np.random.Generator, last_year: int) -> pd.DataFrame:
    """Draw every column of an instrument, (n_rows, n_items): numbers as float64, all else as text; nothing missing."""
    columns = {}
    for item in codebook.items:
        ordered = item.option_list in codebook.ordered or item.type in NUMERIC_TYPES
        values = draw(item, trait, rng, ordered=ordered, last_year=last_year, label=codebook.labels[item.name])
        columns[item.name] = pd.Series(values, dtype="float64" if item.type in NUMERIC_TYPES else "object")
    out = pd.DataFrame(columns)
    sums = _sums(codebook)
    parts = {part for _, names in sums for part in names}
    for item in codebook.items:
        if item.name not in parts or item.name not in {total for total, _ in sums}:
            continue
        # A part that is divided itself (member enterprises) is the main one, and never zero.
        out[item.name] = (out[item.name].clip(lower=1.0) * MAIN_PART).clip(item.minimum, item.maximum)
    return out


def _sums(codebook: Codebook) -> list[tuple[str, tuple[str, ...]]]:
    """Columns that a check says are the sum of others, each with its parts."""
    out = []
    for check in codebook.checks:
        tree = check.expression.tree
        if isinstance(tree, ast.Compare) and isinstance(tree.ops[0], ast.Eq) and isinstance(tree.left, ast.Name):
            out.append((tree.left.id, check.expression.columns[1:]))
    return out


def skipped(codebook: Codebook, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Choose which answers are left out, (n_rows, n_items) bool: parts of a sum and boxes of a question together."""
    out = pd.DataFrame(False, index=range(rows), columns=[item.name for item in codebook.items])
    together = {part: parts[0] for _, parts in _sums(codebook) for part in parts}
    boxes: dict[str, str] = {}
    for item in codebook.items:
        if item.type == "tick":
            together[item.name] = boxes.setdefault(item.name.partition("__")[0], item.name)
    for item in codebook.items:
        if item.required or item.type == "id":
            continue
        first = together.get(item.name, item.name)
        if first != item.name:
            out[item.name] = out[first]
        else:
            out[item.name] = rng.permutation(rows) < round(SKIPPED * rows)
    return out


def consistent(full: pd.DataFrame, left_out: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, pd.Series]:
    """Make the drawn answers keep all checks and conditions.

    Returns
    -------
    table
        As `full`, with answers that are not asked or left out missing.
    stuck
        (n_rows,) whether a check of the row could not be made true; such a row has to go.

    Raises
    ------
    FrameworkError
        The checks pull against each other and no end is reached; names them.
    """
    by_name = {item.name: item for item in codebook.items}
    full = full.copy()
    stuck = pd.Series(False, index=full.index)
    for _ in range(_PASSES):
        broken: list[str] = []
        now = only_asked(full.mask(left_out), codebook.items)
        for check in codebook.checks:
            for position in now.index[violations(check.expression, now) & ~stuck]:
                row: Row = {name: cast(float | str, now.at[position, name]) for name in check.expression.columns}
                try:
                    make_true(check.expression.tree, row, by_name)
                except CannotRepairError:
                    stuck[position] = True
                    continue
                broken.append(check.name)
                for name, new in row.items():
                    full.at[position, name] = now.at[position, name] = new
        if not broken:
            return now, stuck
    raise FrameworkError(
        f"{codebook.name}: answers that keep the checks {', '.join(sorted(set(broken)))} all at once could not be made "
        "up; see whether checks.csv contradicts itself or the bounds of the codebook"
    )
