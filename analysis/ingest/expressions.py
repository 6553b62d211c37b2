"""Small safe expressions over the columns of a table, for checks that are written in a table and not in code.

Column names, numbers, quoted text, `+ - * /`, comparisons (also chained), `and`, `or`, `not`, brackets; nothing else.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import FrameworkError, suggest

_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_LOGIC = (ast.Compare, ast.BoolOp)
_RTOL = 1e-9


@dataclass(frozen=True)
class Expression:
    """A parsed expression and the columns it reads, in the order they first appear."""

    text: str
    tree: ast.expr
    columns: tuple[str, ...]


def _refuse(text: str, why: str) -> FrameworkError:
    return FrameworkError(
        f"expression `{text}`: {why}; allowed: column names, numbers, 'text', + - * /, < <= == != >= >, and, or, not"
    )


def _is_logical(node: ast.expr) -> bool:
    return isinstance(node, _LOGIC) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def _inspect(node: ast.expr, text: str, names: list[str]) -> None:
    """Walk the tree, refuse what is not allowed, collect the column names."""
    match node:
        case ast.Name(id=name):
            if name not in names:
                names.append(name)
        case ast.Constant(value=value):
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise _refuse(text, f"{value!r} is not allowed")
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not _is_logical(operand):
            _inspect(operand, text, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            if not _is_logical(operand):
                raise _refuse(text, "`not` needs a comparison after it")
            _inspect(operand, text, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            if _is_logical(left) or _is_logical(right):
                raise _refuse(text, "a comparison is no number")
            _inspect(left, text, names)
            _inspect(right, text, names)
        case ast.Compare(left=left, ops=ops, comparators=others):
            known = all(type(op) in _ORDER or isinstance(op, ast.Eq | ast.NotEq) for op in ops)
            if not known or any(_is_logical(part) for part in [left, *others]):
                raise _refuse(text, "this comparison is not allowed")
            for part in [left, *others]:
                _inspect(part, text, names)
        case ast.BoolOp(values=operands):
            if not all(_is_logical(part) for part in operands):
                raise _refuse(text, "`and` and `or` need comparisons on both sides")
            for part in operands:
                _inspect(part, text, names)
        case _:
            raise _refuse(text, f"`{ast.unparse(node)}` is not allowed")


def parse_expression(text: str, columns: Collection[str]) -> Expression:
    """Parse an expression and check that it only names known columns.

    Raises
    ------
    FrameworkError
        It cannot be parsed, holds something else than column names, numbers, text, arithmetic and comparisons, names
        an unknown column, or is not a statement that is true or false.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise _refuse(text, f"cannot be read ({error.args[0]})") from error
    names: list[str] = []
    _inspect(tree, text, names)
    if not _is_logical(tree):
        raise _refuse(text, "it must be true or false: compare something")
    if not names:
        raise _refuse(text, "it names no column")
    for name in names:
        if name not in columns:
            raise FrameworkError(f"expression `{text}`: no column `{name}`{suggest(name, sorted(columns))}")
    return Expression(text, tree, tuple(names))


def worth(node: ast.expr, table: Mapping[str, Any]) -> Any:
    """Return what a part of an expression is worth; `table` holds a number, text or array for every column."""
    match node:
        case ast.Name(id=name):
            return table[name]
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -worth(operand, table)
        case ast.BinOp(left=left, op=op, right=right):
            return _ARITHMETIC[type(op)](worth(left, table), np.asarray(worth(right, table)))
    raise TypeError(ast.unparse(node))


def _compare(op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare; numbers that differ by rounding only are equal."""
    left, right = np.asarray(left), np.asarray(right)
    if left.dtype.kind in "fiu" and right.dtype.kind in "fiu":
        equal = np.isclose(left, right, rtol=_RTOL, atol=_RTOL)
    elif left.dtype.kind in "fiu" or right.dtype.kind in "fiu":
        raise TypeError("a number is compared with text")
    else:
        equal = left == right
    if isinstance(op, ast.Eq):
        return equal
    if isinstance(op, ast.NotEq):
        return ~equal
    strict = _ORDER[type(op)](left, right)
    return strict & ~equal if isinstance(op, ast.Lt | ast.Gt) else strict | equal


def truth(node: ast.expr, table: Mapping[str, Any]) -> Any:
    """Return whether a statement holds; `table` holds a number, text or array for every column, none missing."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ~truth(operand, table)
        case ast.BoolOp(op=op, values=values):
            parts = [truth(value, table) for value in values]
            return np.logical_and.reduce(parts) if isinstance(op, ast.And) else np.logical_or.reduce(parts)
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [worth(part, table) for part in [left, *others]]
            parts = [_compare(op, a, b) for op, a, b in zip(ops, sides, sides[1:], strict=False)]
            return np.logical_and.reduce(parts)
    raise TypeError(ast.unparse(node))


def violations(expression: Expression, table: pd.DataFrame) -> pd.Series:
    """Return where the expression is false.

    A row where a named column is missing, or where something is divided by zero, is not applicable, hence False.

    Parameters
    ----------
    expression
        From `parse_expression`.
    table
        Validated answers: numbers as `Int64` or `float64`, options as `str`.

    Raises
    ------
    FrameworkError
        A number is compared or combined with text.
    """
    used = table[list(expression.columns)]
    complete = used.notna().all(axis=1)
    arrays = {
        name: used.loc[complete, name].to_numpy(
            dtype="float64" if pd.api.types.is_numeric_dtype(used[name]) else "object"
        )
        for name in expression.columns
    }
    shape = (int(complete.sum()),)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            divisors = [
                np.broadcast_to(worth(node.right, arrays), shape)
                for node in ast.walk(expression.tree)
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            ]
            divisible = np.logical_and.reduce([np.ones(shape, dtype=bool), *(d != 0 for d in divisors)])
            broken = ~truth(expression.tree, arrays) & divisible
    except TypeError as error:
        raise FrameworkError(f"expression `{expression.text}`: {error}; compare numbers with numbers") from error
    out = pd.Series(False, index=table.index)
    out.loc[complete] = broken
    return out
