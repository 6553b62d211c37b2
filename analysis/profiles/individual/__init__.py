"""The individual report: everything that one respondent is told, computed so that nobody else is told of it."""

from analysis.profiles.individual.change import changes, indicator_changes, previous_of, read_link, score_changes
from analysis.profiles.individual.exposure import (
    exposures,
    graph_place,
    node_of,
    resilience_profile,
    suggested_partners,
)
from analysis.profiles.individual.extremes import distinctness, extremes
from analysis.profiles.individual.indicators import indicator_profile
from analysis.profiles.individual.members import members_view
from analysis.profiles.individual.moves import attainable, best_levers, decisions, variant_shifts
from analysis.profiles.individual.picks import pick_records, served
from analysis.profiles.individual.scoreboard import criteria_board, share_board
from analysis.profiles.individual.standing import card, peer_medians, percentile_ranks, standing
from analysis.profiles.individual.strategies import STRATEGIES, Strategy, load_strategy, measured_goals, monitor

__all__ = [
    "STRATEGIES",
    "Strategy",
    "attainable",
    "best_levers",
    "card",
    "changes",
    "criteria_board",
    "decisions",
    "distinctness",
    "exposures",
    "extremes",
    "graph_place",
    "indicator_changes",
    "indicator_profile",
    "load_strategy",
    "measured_goals",
    "members_view",
    "monitor",
    "node_of",
    "peer_medians",
    "percentile_ranks",
    "pick_records",
    "previous_of",
    "read_link",
    "resilience_profile",
    "score_changes",
    "served",
    "share_board",
    "standing",
    "suggested_partners",
    "variant_shifts",
]
