"""Facts that depend on the method: of the index, its groups and its drivers; used by the notebooks and by `compare`."""

from __future__ import annotations

import pandas as pd

from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.tables.exhibits import Labels
from analysis.tables.facts import (
    add_group_labels,
    add_label_facts,
    add_row_facts,
    add_score_facts,
    gap_facts,
    rank_facts,
)

SCORES = "30_scores/scores.csv"
LOG = "30_scores/treatment_log.csv"
DRIVERS = "40_analyses/score_drivers.csv"
CROSS = "40_analyses/cross_sections.csv"
MORE = "40_analyses/cross_sections_more.csv"
# Pairs of groups that the text compares area by area.
GAPS = {
    "gap.kkk": ("KKK", "not KKK"),
    "gap.age_old": ("before 2010", "2010-2014"),
    "gap.age_young": ("2010-2014", "2015-2020"),
    "gap.size": ("150+", "20-49"),
    "gap.strategy": ("updated", "none"),
}


def add_index_facts(facts: FactSet, scores: pd.DataFrame, treatment_log: pd.DataFrame) -> None:
    """Add the number of scored units, and of capped cells and indicators, as `scores.…`."""
    facts.add("scores.n", len(scores), unit="clusters", table=SCORES, key="ALL", column="respondent_id")
    facts.add("scores.capped_cells", len(treatment_log), table=LOG, key="all rows", column="code")
    capped = treatment_log["code"].nunique()
    facts.add("scores.capped_indicators", capped, unit="indicators", table=LOG, key="distinct", column="code")


def add_driver_facts(facts: FactSet, drivers: pd.DataFrame) -> None:
    """Add the lines of fit, rows of `analysis.profiles.regression.driver_table`, as `regression.<driver>.…`."""
    coefficient = {"unit": "coefficient", "decimals": 4}
    percent = {"unit": "percent", "decimals": 0}
    add_row_facts(
        facts,
        drivers,
        "regression",
        path=DRIVERS,
        key="driver",
        inputs=(SCORES, "20_indicators/characteristics.csv"),
        columns=dict.fromkeys(("slope", "intercept", "r2", "p", "low", "high"), coefficient)
        | {"r2_percent": percent, "rest_percent": percent, "per_100": {"unit": "score", "decimals": 2}},
    )


def add_group_facts(
    facts: FactSet, cross: pd.DataFrame, more: pd.DataFrame, framework: Framework, labels: Labels
) -> None:
    """Add every number of the cross-sections, names of groups, and the comparisons that the text makes in words.

    Parameters
    ----------
    cross, more
        The cross-sections of the annex, and the further divisions of the text.
    """
    names = {area: framework.label(area) for area in framework.areas.index}
    add_score_facts(facts, cross, path=CROSS)
    add_score_facts(facts, more[more["group"].isin(["plans", "no plans", "behind"])], path=MORE)
    add_group_labels(facts, cross, framework, path=CROSS)
    add_label_facts(facts, labels["group_genitive"], prefix="group_genitive", path="report/labels/pl.yaml")
    rank_facts(facts, cross, names, prefix="areas", path=CROSS)
    for prefix, groups in GAPS.items():
        gap_facts(facts, cross, groups, names, prefix=prefix, path=CROSS)
