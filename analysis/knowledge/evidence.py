"""Whether computed facts bear out the reasons of recommendations.

Every condition of every recommendation is met or not met; how many are met makes the verdict. Numbers are compared as
they are printed, so the reader of the report finds the same verdict by hand. A verdict is about reasons: that a
weakness is there does not prove that the remedy works.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import pandas as pd

from analysis.errors import ConfigError
from analysis.knowledge.recommendations import Condition, Recommendation
from analysis.publish.numbers import rounded

Facts = Mapping[str, Mapping[str, Any]]
SUPPORTED, PARTLY, NOT_SUPPORTED, NOT_JUDGED = VERDICTS = ("supported", "partly", "not_supported", "not_judged")
_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "above": operator.gt, "at_least": operator.ge, "below": operator.lt, "at_most": operator.le,
}  # fmt: skip
_SHARE_DECIMALS = 1
COLUMNS = [
    "key", "no", "number", "id", "kind", "says", "fact", "of", "value", "unit", "decimals", "comparison", "limit_fact",
    "limit", "limit_decimals", "met",
]  # fmt: skip


def _number(facts: Facts, name: str) -> tuple[float, str, int]:
    if name not in facts:
        near = get_close_matches(name, facts, n=3, cutoff=0.5)
        raise ConfigError(f"no fact `{name}`" + (f"; nearest: {', '.join(near)}" if near else ""))
    fact = facts[name]
    if isinstance(fact["value"], str):
        raise ConfigError(f"fact `{name}` is a text (“{fact['value']}”), no number")
    return float(fact["value"]), str(fact["unit"]), int(fact["decimals"])


def judge(condition: Condition, facts: Facts) -> dict[str, Any]:
    """Put one condition to the facts.

    Returns
    -------
    dict
        value, unit, decimals, comparison, limit_fact ('' for zero), limit, limit_decimals, met.

    Raises
    ------
    ConfigError
        A fact is missing, is a text, or the two sides have different units.
    """
    value, unit, decimals = _number(facts, condition.fact)
    if condition.of is not None:
        whole, other, _ = _number(facts, condition.of)
        if whole <= 0:
            raise ConfigError(f"`of`: `{condition.of}` is {whole:g}; a share needs a positive whole")
        if other != unit:
            raise ConfigError(f"`{condition.fact}` is in {unit}, `{condition.of}` in {other}; a share needs one unit")
        value, unit, decimals = 100 * value / whole, "percent", _SHARE_DECIMALS
    limit, limit_unit, limit_decimals = (0.0, unit, 0) if condition.limit == 0 else _number(facts, str(condition.limit))
    if limit_unit != unit:
        raise ConfigError(f"`{condition.fact}` is in {unit}, its limit `{condition.limit}` in {limit_unit}")
    met = _HOLDS[condition.comparison](rounded(value, decimals), rounded(limit, limit_decimals))
    return {
        "value": value, "unit": unit, "decimals": decimals, "comparison": condition.comparison,
        "limit_fact": "" if condition.limit == 0 else condition.limit, "limit": limit,
        "limit_decimals": limit_decimals, "met": met,
    }  # fmt: skip


def evaluate(records: Iterable[Recommendation], facts: Facts) -> pd.DataFrame:
    """Put all conditions of all recommendations to the facts.

    Returns
    -------
    DataFrame
        One row a condition: key (`<no>.<id>`), no, number, id, kind (need, stated), says, fact, of, and what `judge`
        returns.

    Raises
    ------
    ConfigError
        Lists every condition that cannot be put to the facts, with file and key.
    """
    rows, problems = [], []
    for record in records:
        own = {condition.id: i for i, condition in enumerate(record.evidence)}
        for condition in record.conditions:
            stated = condition.id in own
            try:
                found = judge(condition, facts)
            except ConfigError as error:
                key = f"evidence.{own[condition.id]}" if stated else "subareas"
                problems.append(f"{record.place.file}:{record.place.line(key)}: {key}: {error}")
                continue
            rows.append(
                {
                    "key": f"{record.no}.{condition.id}", "no": record.no, "number": record.number, "id": condition.id,
                    "kind": "stated" if stated else "need", "says": condition.says, "fact": condition.fact,
                    "of": condition.of or "",
                }
                | found
            )  # fmt: skip
    if problems:
        raise ConfigError(f"evidence of recommendations ({len(problems)}):\n  " + "\n  ".join(problems))
    return pd.DataFrame(rows, columns=COLUMNS)


def verdict(met: int, judged: int) -> str:
    """All conditions met, some, none; or there was none to meet.

    Examples
    --------
    >>> verdict(3, 3), verdict(1, 3), verdict(0, 3), verdict(0, 0)
    ('supported', 'partly', 'not_supported', 'not_judged')
    """
    if judged == 0:
        return NOT_JUDGED
    return SUPPORTED if met == judged else PARTLY if met else NOT_SUPPORTED


def verdicts(records: Iterable[Recommendation], evaluated: pd.DataFrame) -> pd.DataFrame:
    """Sum up conditions to verdicts.

    Returns
    -------
    DataFrame
        One row a recommendation: no, number, title, met, judged, verdict (one of `VERDICTS`).
    """
    rows = []
    for record in records:
        own = evaluated.loc[evaluated["no"] == record.no, "met"]
        met, judged = int(own.sum()), len(own)
        rows.append((record.no, record.number, record.called, met, judged, verdict(met, judged)))
    return pd.DataFrame(rows, columns=["no", "number", "title", "met", "judged", "verdict"])
