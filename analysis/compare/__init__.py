"""Two methods, or two sets of scores, side by side: what moves, by how much, and which facts of the report change."""

from analysis.compare.sides import Side, edition_inputs, side_of_method, side_of_scores
from analysis.compare.tables import agreement, changed_facts, compare_sides, group_medians, summary_lines

__all__ = [
    "Side",
    "agreement",
    "changed_facts",
    "compare_sides",
    "edition_inputs",
    "group_medians",
    "side_of_method",
    "side_of_scores",
    "summary_lines",
]
