"""Accessibility of websites: ten criteria of WCAG, an automatic audit, and what the audit of an edition says.

`criteria` holds the ten criteria and the checks behind them as tables; `audit` opens sites in a browser and scores
them; `results` summarises the audit table of an edition; `accuracy` measures the instrument on known defects.
"""

from analysis.accessibility.criteria import Check, Criteria, Criterion, load_criteria
from analysis.accessibility.recommendations import WebRecommendation, load_recommendations
from analysis.accessibility.results import BANDS, band_bounds, bands, criteria_met, pass_counts
from analysis.accessibility.score import MET, NEEDS_PERSON, NOT_MET, score_site

__all__ = [
    "BANDS",
    "MET",
    "NEEDS_PERSON",
    "NOT_MET",
    "Check",
    "Criteria",
    "Criterion",
    "WebRecommendation",
    "band_bounds",
    "bands",
    "criteria_met",
    "load_criteria",
    "load_recommendations",
    "pass_counts",
    "score_site",
]
