"""Sentences that follow from numbers: verdicts, changes, leaders, tails, shares of options, the members' view.

A narrator takes facts and a grammar (a table of words for each indicator) and gives text of a chapter: Markdown in
which every number is still an expression, `{{ f("profile.I.1.1.mean") }}`, so that it is printed, marked and traced
exactly like a number that an editor wrote. Which pattern a sentence follows is decided by the place of the indicator in
the framework, never by chance; which word it uses is decided by the numbers as they are printed.
"""

from analysis.narrative.grammar import Grammar, load_grammar
from analysis.narrative.narrator import Narrator
from analysis.narrative.words import verdict

__all__ = ["Grammar", "Narrator", "load_grammar", "verdict"]
