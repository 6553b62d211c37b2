"""How one indicator follows from answers: the registry of rules that `indicators.csv` may name.

A rule is a function of a table of numbers (one row per respondent, one column per item) and its options. Missing
answers stay missing: no rule turns them into zero, except that a question with several boxes, of which at least one
is answered, counts an empty box as not ticked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

NUMBERS = frozenset({"integer", "decimal", "amount", "percent", "year"})
BOXES = frozenset({"tick", "yes_no"})
CHOICES = frozenset({"single", "rating"})
_MISSING = {"missing": ("propagate", "ignore")}


@dataclass(frozen=True)
class Definition:
    """One row of `indicators.csv`, its items spelled out; `other` is the item of the option `other`, if any."""

    code: str
    instrument: str
    rule: str
    items: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def other(self) -> str | None:
        """Item that counts further named options."""
        return self.options.get("other")

    @property
    def inputs(self) -> tuple[str, ...]:
        """All raw columns the indicator rests on."""
        return self.items if self.other is None else (*self.items, self.other)


@dataclass(frozen=True)
class Rule:
    """A rule with what it accepts: types of items, their number (least, most), options with allowed values.

    An option whose allowed values are empty names an integer item.
    """

    name: str
    compute: Callable[[pd.DataFrame, Definition], pd.Series]
    types: frozenset[str]
    least: int = 1
    most: int | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _value(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    return answers[definition.items[0]]


def _skip(definition: Definition) -> bool:
    return definition.options.get("missing", "propagate") == "ignore"


def _sum(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    items = answers[list(definition.items)]
    if _skip(definition):
        return items.sum(axis=1, min_count=1)
    return items.sum(axis=1, skipna=False)


def _mean(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    return answers[list(definition.items)].mean(axis=1, skipna=_skip(definition))


def _count_ticked(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    return answers[list(definition.inputs)].sum(axis=1, min_count=1)


def _score_and_ticks(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    """Score of the first item plus one for every ticked box; boxes that were not asked count as not ticked."""
    first, *boxes = definition.items
    return answers[first] + answers[boxes].fillna(0).sum(axis=1)


def _level_sum(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    levels = _sum(answers, definition)
    return levels if definition.other is None else levels + answers[definition.other].fillna(0)


def _share(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    part, whole = (answers[item] for item in definition.items)
    return 100 * part / whole.where(whole != 0)


def _diversity(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    """Gini–Simpson: 1 - Σ p², p the shares of the items in their sum (1 less the Herfindahl index).

    One item is a percentage: it and the rest of 100. Nothing at all counts as one source: 0, not undefined, since what
    has no source is not diversified.
    """
    parts = answers[list(definition.items)]
    if len(definition.items) == 1:
        parts = pd.concat([parts, 100 - parts], axis=1)
    total = parts.sum(axis=1, skipna=False)
    shares = parts.div(total.where(total != 0), axis=0)
    return (1 - (shares**2).sum(axis=1)).where(shares.notna().all(axis=1), total.where(total.isna(), 0.0))


def _growth(answers: pd.DataFrame, definition: Definition) -> pd.Series:
    """Percent: (joined - left) / (now - joined + left), the number before the period."""
    now, joined, left = (answers[item] for item in definition.items)
    before = now - joined + left
    return 100 * (joined - left) / before.where(before != 0)


# The scores of chosen options are looked up before a rule sees the table, hence `_value` for them.
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("value", _value, NUMBERS, most=1),
        Rule("sum", _sum, NUMBERS, least=2, options=_MISSING),
        Rule("mean", _mean, NUMBERS | CHOICES, least=2, options=_MISSING),
        Rule("count_ticked", _count_ticked, BOXES, options={"other": ()}),
        Rule("category_score", _value, CHOICES, most=1),
        Rule("score_and_ticks", _score_and_ticks, CHOICES | BOXES, least=2),
        Rule("level_sum", _level_sum, frozenset({"level"}), options={**_MISSING, "other": ()}),
        Rule("share", _share, NUMBERS, least=2, most=2),
        Rule("yes_no", _value, BOXES, most=1),
        Rule("diversity", _diversity, NUMBERS),
        Rule("growth", _growth, NUMBERS, least=3, most=3),
    )
}
