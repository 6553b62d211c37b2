"""Answers → indicators, by the rules that the framework declares; the index is a table, not code."""

from analysis.indicators.characteristics import characteristics
from analysis.indicators.compute import compute_indicators, lineage, parse_definitions
from analysis.indicators.rules import RULES, Definition

__all__ = ["RULES", "Definition", "characteristics", "compute_indicators", "lineage", "parse_definitions"]
