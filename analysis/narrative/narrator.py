"""The narrator: what a chapter asks for, as text with expressions in place of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.config import Words
from analysis.errors import PublishError
from analysis.narrative.areas import AreaWriter
from analysis.narrative.grammar import Grammar
from analysis.narrative.indicators import IndicatorWriter
from analysis.narrative.members import MembersWriter
from analysis.narrative.writing import Desk


class Narrator:
    """Writes sentences about areas, sub-areas, indicators and the members' answers.

    Parameters
    ----------
    grammar
        Words of the framework.
    facts
        Content of `facts.json`.
    words
        Thresholds of the words.
    """

    def __init__(self, grammar: Grammar, facts: Mapping[str, Mapping[str, Any]], words: Words) -> None:
        self.desk = Desk(grammar, facts, words)

    def _known(self, code: str, level: str) -> str:
        table = getattr(self.desk.grammar.framework, level)
        if code not in table.index:
            raise PublishError(f"no `{code}` among the {level} of the framework")
        return code

    def area_verdict(self, code: str) -> str:
        """Benchmark, mean and median of an area, and the sub-areas at both ends."""
        return AreaWriter(self.desk, self._known(code, "areas")).area()

    def subarea_lead(self, code: str) -> str:
        """How the mean of a sub-area stands to its benchmark."""
        return AreaWriter(self.desk, self._known(code, "subareas")).lead()

    def groups_view(self, code: str) -> str:
        """Which groups lead in a sub-area."""
        return AreaWriter(self.desk, self._known(code, "subareas")).groups()

    def indicator(self, code: str) -> str:
        """The bullet of an indicator."""
        return IndicatorWriter(self.desk, self._known(code, "indicators")).write()

    def members_view(self, code: str) -> str:
        """The bullet of the members' answers about a sub-area."""
        text = MembersWriter(self.desk, self._known(code, "subareas")).write()
        if not text:
            raise PublishError(f"narrative/members.csv has no question for {code}")
        return text
