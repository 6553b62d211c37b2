"""The codebook of a questionnaire as typed items; a codebook that contradicts itself is refused here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pandas as pd

from analysis.errors import FrameworkError, suggest

INTEGER_TYPES = frozenset({"integer", "year", "yes_no", "tick", "level"})
FLOAT_TYPES = frozenset({"decimal", "amount", "percent"})
CHOICE_TYPES = frozenset({"single", "rating"})
NUMERIC_TYPES = INTEGER_TYPES | FLOAT_TYPES
TYPES = ("id", "integer", "decimal", "amount", "percent", "yes_no", "tick", "level", "single", "rating", "year", "text")
CODED_VALUES = {"yes_no": ("0", "1"), "tick": ("0", "1"), "level": ("0", "1", "2")}
_WORDS = {"yes": "1", "no": "0"}
_CONDITION = re.compile(r"\s*(?P<item>[a-z]\w*)\s*(?P<op>!=|>=|<=|=|>|<)\s*(?P<value>\S.*?)\s*")


@dataclass(frozen=True)
class Condition:
    """When a question is asked: another item compared with a value, or with one of several (`a|b`)."""

    item: str
    op: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.item}{self.op}{'|'.join(self.values)}"

    def holds(self, cells: pd.Series) -> pd.Series:
        """Return where the condition holds; `cells` are text as in the raw file, an empty cell never satisfies it."""
        if self.op in ("=", "!="):
            found = cells.isin(self.values)
            return found if self.op == "=" else ~found & cells.notna()
        numbers = pd.to_numeric(cells, errors="coerce")
        bound = float(self.values[0])
        compared = {">": numbers > bound, ">=": numbers >= bound, "<": numbers < bound, "<=": numbers <= bound}
        return compared[self.op].fillna(False).astype(bool)


@dataclass(frozen=True)
class Item:
    """One column of a raw file: its type, bounds, options, and when it is asked."""

    name: str
    type: str
    unit: str = ""
    option_list: str = ""
    options: tuple[str, ...] = ()
    minimum: float = -math.inf
    maximum: float = math.inf
    required: bool = False
    conditions: tuple[Condition, ...] = ()

    def asked(self, cells: pd.DataFrame) -> pd.Series:
        """Return which rows were asked this item; `cells` is the table of text cells."""
        asked = pd.Series(True, index=cells.index)
        for condition in self.conditions:
            if condition.item in cells:
                asked &= condition.holds(cells[condition.item])
        return asked


def pandas_dtype(item: Item) -> str:
    """Return the dtype of a validated column: `Int64` for whole numbers and codes, `float64`, or `str`."""
    if item.type in INTEGER_TYPES:
        return "Int64"
    return "float64" if item.type in FLOAT_TYPES else "str"


def _bound(text: str, default: float, name: str, what: str, problems: list[str]) -> float:
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        problems.append(f"{name}: {what} is {text!r}, must be a number or empty")
        return default


def _conditions(text: str, name: str, types: dict[str, str], problems: list[str]) -> tuple[Condition, ...]:
    out = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        match = _CONDITION.fullmatch(part)
        if match is None:
            problems.append(f"{name}: condition {part!r} is not of the form item=value, item!=value or item>number")
            continue
        item, op = match["item"], match["op"]
        if item not in types:
            problems.append(f"{name}: condition on unknown item `{item}`{suggest(item, list(types))}")
            continue
        values = tuple(v.strip() for v in match["value"].split("|"))
        if types[item] in CODED_VALUES:
            values = tuple(_WORDS.get(v, v) for v in values)
        if op in (">", ">=", "<", "<="):
            try:
                float(match["value"])
            except ValueError:
                problems.append(f"{name}: condition {part!r} needs a number after {op}")
                continue
        out.append(Condition(item, op, values))
    return tuple(out)


def _unknown_values(item: Item, by_name: dict[str, Item]) -> list[str]:
    """Return the condition values that the item asked about can never take."""
    out = []
    for condition in item.conditions:
        asked = by_name[condition.item]
        if condition.op in ("=", "!=") and asked.options:
            out += [
                f"{item.name}: condition {condition} compares with {v!r}, which `{asked.name}` never is"
                f"{suggest(v, asked.options)}"
                for v in condition.values
                if v not in asked.options
            ]
    return out


def parse_codebook(codebook: pd.DataFrame, option_lists: pd.DataFrame, *, name: str = "codebook") -> list[Item]:
    """Read a codebook into items, in its order.

    Parameters
    ----------
    codebook
        One row per column of the raw file, all text: item, type, unit, option_list, min, max, required, condition.
    option_lists
        option_list, option, score, in the order of the questionnaire.
    name
        Name of the instrument, for messages.

    Raises
    ------
    FrameworkError
        Double item, unknown type, unknown or missing option list, bounds that are no numbers or cross, a condition on
        an unknown item or value; all of them together.
    """
    problems: list[str] = []
    absent = [c for c in ("item", "type") if c not in codebook.columns]
    if absent:
        raise FrameworkError(f"questionnaires/{name}.csv: missing column(s) {', '.join(absent)}")
    types = dict(zip(codebook["item"], codebook["type"], strict=True))
    problems += [f"item `{i}` is defined twice" for i in codebook["item"][codebook["item"].duplicated()]]
    lists = {str(k): tuple(v) for k, v in option_lists.groupby("option_list", sort=False)["option"]}
    items = []
    for row in codebook.to_dict("records"):
        item, kind = str(row["item"]), str(row["type"])
        if kind not in TYPES:
            problems.append(f"{item}: unknown type `{kind}`{suggest(kind, TYPES)}")
            continue
        option_list = str(row.get("option_list", ""))
        options = CODED_VALUES.get(kind, ())
        if kind in CHOICE_TYPES:
            options = lists.get(option_list, ())
            if not options:
                known = suggest(option_list, sorted(lists))
                problems.append(f"{item}: option list `{option_list}` is not in option_lists.csv{known}")
        required = str(row.get("required", "")) or "0"
        if required not in ("0", "1"):
            problems.append(f"{item}: required is {required!r}, must be 1 or 0")
        minimum = _bound(str(row.get("min", "")), -math.inf, item, "min", problems)
        maximum = _bound(str(row.get("max", "")), math.inf, item, "max", problems)
        if minimum > maximum:
            problems.append(f"{item}: min {minimum:g} is above max {maximum:g}")
        conditions = _conditions(str(row.get("condition", "")), item, types, problems)
        unit = str(row.get("unit", ""))
        items.append(Item(item, kind, unit, option_list, options, minimum, maximum, required == "1", conditions))
    by_name = {item.name: item for item in items}
    for parsed in items:
        if all(c.item in by_name for c in parsed.conditions):
            problems += _unknown_values(parsed, by_name)
    if problems:
        raise FrameworkError(f"questionnaires/{name}.csv: " + "; ".join(problems))
    return items
