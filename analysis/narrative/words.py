"""Verdicts about two numbers, and the words for them, always at the precision a reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.config import Words
from analysis.errors import PublishError
from analysis.publish.numbers import fact_text

Fact = Mapping[str, Any]
EQUAL, NEAR, UP, DOWN = "equal", "near", "up", "down"
# Units of one kind, with what one of them is in the smallest.
_KIND: Mapping[str, tuple[str, float]] = {
    "pln": ("money", 1), "thousand_pln": ("money", 1e3), "million_pln": ("money", 1e6), "billion_pln": ("money", 1e9),
    "thousand_eur": ("euro", 1e3), "million_eur": ("euro", 1e6),
    "m2": ("area", 1), "thousand_m2": ("area", 1e3), "million_m2": ("area", 1e6),
    "persons": ("persons", 1), "thousand_persons": ("persons", 1e3),
}  # fmt: skip


def amount(fact: Fact) -> tuple[str, float]:
    """Return the kind of a quantity and its value in the smallest unit of that kind."""
    kind, factor = _KIND.get(fact["unit"], (fact["unit"], 1))
    return kind, float(fact["value"]) * factor


def verdict(new: Fact, old: Fact, words: Words, *, lang: str = "pl") -> str:
    """Say how `new` stands to `old`: equal (printed alike), near (within the thresholds of `words`), up or down.

    Raises
    ------
    PublishError
        The facts are of different kinds.
    """
    (kind, x), (other, y) = amount(new), amount(old)
    if kind != other:
        raise PublishError(f"{new['unit']} and {old['unit']} cannot be compared")
    if fact_text(new, lang=lang) == fact_text(old, lang=lang):
        return EQUAL  # the reader sees two equal numbers
    if new["unit"] == "score":
        near = abs(x - y) < words.same_within_score
    else:
        near = y != 0 and abs(x - y) / abs(y) * 100 < words.same_within_pct
    return NEAR if near else (UP if x > y else DOWN)


def order(new: Fact, old: Fact, *, lang: str = "pl") -> str:
    """Say which printed number is larger, without a threshold: equal, up or down (for numbers of clusters, shares)."""
    (_, x), (_, y) = amount(new), amount(old)
    if fact_text(new, lang=lang) == fact_text(old, lang=lang):
        return EQUAL
    return UP if x > y else DOWN


def ranked(facts: Mapping[str, Fact], *, lang: str = "pl") -> list[list[str]]:
    """Order the keys of facts from the highest value down, those printed alike together, in the order given."""
    groups: dict[str, list[str]] = {}
    for key in sorted(facts, key=lambda k: -amount(facts[k])[1]):
        groups.setdefault(fact_text(facts[key], lang=lang), []).append(key)
    place = {key: i for i, key in enumerate(facts)}
    return [sorted(group, key=place.__getitem__) for group in groups.values()]


def listed(parts: Sequence[str], last: str = " i ") -> str:
    """Join words as a list: 'a, b i c'."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + last + parts[-1]


def capital(text: str) -> str:
    """Begin a sentence: first letter upper case; an expression at the beginning stays as it is."""
    return text[:1].upper() + text[1:]
