"""What all parts of the narrator share: facts at hand, and expressions that print a fact with the word it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.config import Words
from analysis.errors import PublishError, WithheldError
from analysis.narrative.grammar import Grammar
from analysis.narrative.words import Fact
from analysis.publish.numbers import fact_text, plural_form

CLUSTERS = ("klaster", "klastry", "klastrów")
IN_CLUSTERS = ("klastrze", "klastrach", "klastrach")


@dataclass(frozen=True)
class Desk:
    """Facts, words and thresholds of one narrator."""

    grammar: Grammar
    facts: Mapping[str, Mapping[str, Any]]
    words: Words

    def fact(self, fact_id: str) -> Fact:
        """Return a fact.

        Raises
        ------
        PublishError
            A sentence needs a fact that was not computed; `WithheldError` where it is computed but not told.
        """
        if fact_id not in self.facts:
            raise PublishError(f"the narrator needs the fact `{fact_id}`, which no notebook wrote")
        if self.facts[fact_id].get("withheld"):
            raise WithheldError(f"the narrator needs the fact `{fact_id}`, which disclosure.rule withholds")
        return self.facts[fact_id]

    def has(self, *fact_ids: str) -> bool:
        """Whether all these facts exist and may be told."""
        return all(i in self.facts and not self.facts[i].get("withheld") for i in fact_ids)

    def value(self, fact_id: str) -> float:
        """Return the value of a numeric fact."""
        return float(self.fact(fact_id)["value"])

    def text(self, fact_id: str) -> str:
        """Return the value of a text fact."""
        return str(self.fact(fact_id)["value"])

    def shown(self, fact_id: str) -> str:
        """Return a fact as it is printed."""
        return fact_text(self.fact(fact_id))

    def plural(self, fact_id: str, forms: tuple[str, str, str]) -> str:
        """Choose the form that agrees with a number as printed (one, few, many)."""
        fact = self.fact(fact_id)
        named = dict(zip(("one", "few", "many"), forms, strict=True)) | {"other": forms[2]}
        return plural_form(float(fact["value"]), int(fact["decimals"]), named)


def f(fact_id: str) -> str:
    """Return the expression that prints a fact."""
    return f'{{{{ f("{fact_id}") }}}}'


def counted(fact_id: str, one: str, few: str, many: str, other: str = "") -> str:
    """Return the expression that prints a number with its noun; `other` is the form after a fraction."""
    forms = "".join(f', "{form}"' for form in (one, few, many, *([other] if other else [])))
    return f'{{{{ plural("{fact_id}"{forms}) }}}}'


def clusters(fact_id: str) -> str:
    """'12 klastrów'."""
    return counted(fact_id, *CLUSTERS)


def in_clusters(fact_id: str) -> str:
    """'12 klastrach', after a preposition of place."""
    return counted(fact_id, *IN_CLUSTERS)
