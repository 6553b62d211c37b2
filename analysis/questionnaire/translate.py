"""Conditions and checks of the codebook in the languages of survey systems: one walk over the tree, two dialects."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Sequence

from analysis.errors import FrameworkError
from analysis.ingest.expressions import Expression
from analysis.questionnaire.form import Form
from analysis.schemas import NUMERIC_TYPES, Condition, Item

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class Dialect(ABC):
    """How a survey system writes the value of an item, whether it was answered, and comparisons."""

    equal, unequal, divide, negation = "=", "!=", "div", "not"

    def __init__(self, form: Form) -> None:
        self.form = form
        self.place = form.place()

    @abstractmethod
    def value(self, item: Item) -> str:
        """Return the value of an item: a number where its type is numeric, text otherwise."""

    @abstractmethod
    def blank(self, item: Item) -> str:
        """Return the statement that an item has no answer."""

    @abstractmethod
    def is_option(self, item: Item, option: str) -> str:
        """Return the statement that a choice is this option (for a box: '1' ticked, '0' not)."""

    def literal(self, value: object) -> str:
        """Return a constant."""
        return f"'{value}'" if isinstance(value, str) else f"{value:.15g}" if isinstance(value, float) else str(value)

    def negate(self, statement: str) -> str:
        """Return that a statement does not hold."""
        return f"{self.negation}({statement})"

    def every(self, statements: Sequence[str]) -> str:
        """Return that all of them hold."""
        return " and ".join(statements)

    def either(self, statements: Sequence[str]) -> str:
        """Return that at least one of them holds."""
        return " or ".join(statements)

    # ----------------------------------------------------------------------------------------------------- conditions

    def condition(self, conditions: Sequence[Condition]) -> str:
        """Return when a question is asked; '' if always."""
        parts = []
        for one in conditions:
            item = self.place[one.item][1].item
            answered = self.negate(self.blank(item))
            if one.op in ("=", "!="):
                any_of = self.either([self.is_option(item, v) for v in one.values])
                any_of = f"({any_of})" if len(one.values) > 1 else any_of
                parts.append(any_of if one.op == "=" else f"({self.every([answered, self.negate(any_of)])})")
            else:
                parts.append(f"({self.every([answered, f'{self.value(item)} {one.op} {one.values[0]}'])})")
        return self.every(parts)

    # --------------------------------------------------------------------------------------------------------- checks

    def rule(self, expression: Expression) -> str:
        """Return a check as a statement that also holds while an answer it needs is missing."""
        fields = [self.place[name][1].item for name in expression.columns]
        # A box of a question with several boxes is never missing by itself.
        blanks = [self.blank(item) for item in fields if item.type != "tick"]
        return self.either([*blanks, f"({self.statement(expression)})"])

    def statement(self, expression: Expression) -> str:
        """Return a check as it is written, whatever is missing."""
        return self._node(expression.tree)

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        if isinstance(left, ast.Name) and isinstance(right, ast.Constant) and isinstance(op, ast.Eq | ast.NotEq):
            item = self.place[left.id][1].item
            if item.options:
                said = self.is_option(item, str(right.value))
                return said if isinstance(op, ast.Eq) else self.negate(said)
        sign = {ast.Eq: self.equal, ast.NotEq: self.unequal}.get(type(op)) or _SIGNS[type(op)]
        return f"{self._node(left)} {sign} {self._node(right)}"

    def _node(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return self.value(self.place[name][1].item)
            case ast.Constant(value=value):
                return self.literal(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-{self._node(operand)}"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.negate(self._node(operand))
            case ast.BinOp(left=left, op=op, right=right):
                sign = self.divide if isinstance(op, ast.Div) else _SIGNS[type(op)]
                text = f"{self._node(left)} {sign} {self._node(right)}"
                return text if isinstance(op, ast.Add) else f"({text})"
            case ast.BoolOp(op=op, values=parts):
                own = [f"({self._node(part)})" for part in parts]
                return self.every(own) if isinstance(op, ast.And) else self.either(own)
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [left, *others]
                pairs = zip(sides, ops, others, strict=False)
                return self.every([self._compare(a, op, b) for a, op, b in pairs])
        raise FrameworkError(f"checks.csv: `{ast.unparse(node)}` has no form in a survey system")


def is_number(item: Item) -> bool:
    """Return whether an item is a number that is typed in, not a code that is chosen."""
    return item.type in NUMERIC_TYPES and not item.options
