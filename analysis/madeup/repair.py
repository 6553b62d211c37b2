"""Make answers satisfy the checks between columns: the smallest change that makes a false statement true.

A sum is split anew in proportion to its drawn parts, a number above another is lowered to it, of alternatives the last
that can be had is made true.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from analysis.ingest.expressions import truth, worth
from analysis.madeup.draws import allot
from analysis.schemas import FLOAT_TYPES, NUMERIC_TYPES, Item

Row = dict[str, float | str]

_MIRROR: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


class CannotRepairError(Exception):
    """No known change makes the statement true."""


def _sum_of(node: ast.expr) -> list[str]:
    """Return the names of `a + b + …`, none if the node is something else."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _sum_of(node.left), _sum_of(node.right)
        return left + right if left and right else []
    return []


def _put(row: Row, item: Item, wanted: float | str) -> None:
    if isinstance(wanted, str) or item.type not in NUMERIC_TYPES:
        if item.options and wanted not in item.options:
            raise CannotRepairError(f"{item.name} cannot be {wanted!r}")
        row[item.name] = wanted
        return
    number = float(wanted)
    whole = item.type not in FLOAT_TYPES and not number.is_integer()
    if whole or not item.minimum <= number <= item.maximum:
        raise CannotRepairError(f"{item.name} cannot be {number:g}")
    row[item.name] = number


def _split(total: float, names: list[str], row: Row, items: Mapping[str, Item]) -> None:
    if not float(total).is_integer() or any(items[n].type in FLOAT_TYPES for n in names):
        scale = total / (sum(float(row[n]) for n in names) or 1.0)
        for n in names:
            _put(row, items[n], float(row[n]) * scale)
        return
    least = [math.ceil(max(items[n].minimum, 0.0)) for n in names]
    try:
        parts = allot(int(total), [float(row[n]) for n in names], least)
    except ValueError as error:
        raise CannotRepairError(str(error)) from error
    for n, part in zip(names, parts, strict=True):
        _put(row, items[n], float(part))


def _bound(wanted: float, op: ast.cmpop, item: Item) -> float:
    """Return the number nearest to `wanted` that stands on the right side of it."""
    strict = isinstance(op, ast.Lt | ast.Gt)
    up = isinstance(op, ast.Gt | ast.GtE)
    if item.type in FLOAT_TYPES:
        return wanted + (0.1 if up else -0.1) * strict
    if float(wanted).is_integer():
        return wanted + (1 if up else -1) * strict
    return float(math.ceil(wanted) if up else math.floor(wanted))


def _settle(left: ast.expr, op: ast.cmpop, right: ast.expr, row: Row, items: Mapping[str, Item]) -> None:
    """Make one comparison true by changing its left side, or its right side if the left one is no column."""
    if not _sum_of(left) or (len(_sum_of(left)) == 1 and len(_sum_of(right)) > 1 and isinstance(op, ast.Eq)):
        if not _sum_of(right):
            raise CannotRepairError("neither side is a column or a sum of columns")
        left, op, right = right, _MIRROR[type(op)](), left
    names, other = _sum_of(left), worth(right, row)
    other = other if isinstance(other, str) else float(other)
    if isinstance(op, ast.NotEq):
        item = items[names[0]]
        free = [o for o in item.options if o != row[item.name]]
        if len(names) > 1 or not (free or item.type in NUMERIC_TYPES):
            raise CannotRepairError(f"{' + '.join(names)} has no other value that is known")
        if item.type in NUMERIC_TYPES and not item.options:
            step = 1.0 if float(row[item.name]) < item.maximum else -1.0
            _put(row, item, float(row[item.name]) + step)
        else:
            _put(row, item, float(free[0]) if item.type in NUMERIC_TYPES else free[0])
    elif len(names) > 1:
        if isinstance(other, str):
            raise CannotRepairError("a sum is compared with text")
        _split(other if isinstance(op, ast.Eq) else _bound(other, op, items[names[0]]), names, row, items)
    elif isinstance(op, ast.Eq) or isinstance(other, str):
        _put(row, items[names[0]], other)
    else:
        _put(row, items[names[0]], _bound(other, op, items[names[0]]))


def make_true(node: ast.expr, row: Row, items: Mapping[str, Item]) -> None:
    """Change `row` in place so that the statement `node` holds; nothing is changed where it does already.

    Parameters
    ----------
    node
        Tree of an `Expression`.
    row
        Value of every column that the statement names.
    items
        Items by name: their bounds and options are kept.

    Raises
    ------
    CannotRepairError
        The form of the statement or the bounds leave no known way.
    """
    if bool(truth(node, row)):
        return
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                make_true(part, row, items)
        case ast.BoolOp(op=ast.Or(), values=parts):
            for part in reversed(parts):
                tried = dict(row)
                try:
                    make_true(part, tried, items)
                except CannotRepairError:
                    continue
                row.update(tried)
                return
            raise CannotRepairError("none of the alternatives can be made true")
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            for a, op, b in zip(sides, ops, others, strict=False):
                if not bool(truth(ast.Compare(left=a, ops=[op], comparators=[b]), row)):
                    _settle(a, op, b, row, items)
        case _:
            raise CannotRepairError("a negation")
