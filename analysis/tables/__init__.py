"""Printed tables: pure functions from analysis tables to display tables, their columns, and the facts they hold."""

from analysis.tables.disclosure import add_disclosure_facts
from analysis.tables.exhibits import English, ExhibitDesk, Labels, load_labels
from analysis.tables.facts import (
    add_change_facts,
    add_design_facts,
    add_framework_facts,
    add_group_labels,
    add_label_facts,
    add_method_facts,
    add_previous_facts,
    add_row_facts,
    add_score_facts,
    add_share_facts,
    add_statistics_facts,
    collect_counts,
    gap_facts,
    rank_facts,
    slug,
)
from analysis.tables.indicators import indicator_columns, indicator_table, save_indicator_tables
from analysis.tables.robustness import add_coherence_facts, add_robustness_facts
from analysis.tables.sample import (
    framework_columns,
    framework_table,
    registry_columns,
    registry_table,
    registry_table_en,
    save_sample_tables,
)
from analysis.tables.score_facts import add_driver_facts, add_group_facts, add_index_facts
from analysis.tables.scores import edition_panels, panel_table, save_score_tables, score_columns, score_table

__all__ = [
    "English",
    "ExhibitDesk",
    "Labels",
    "add_change_facts",
    "add_coherence_facts",
    "add_design_facts",
    "add_disclosure_facts",
    "add_driver_facts",
    "add_framework_facts",
    "add_group_facts",
    "add_group_labels",
    "add_index_facts",
    "add_label_facts",
    "add_method_facts",
    "add_previous_facts",
    "add_robustness_facts",
    "add_row_facts",
    "add_score_facts",
    "add_share_facts",
    "add_statistics_facts",
    "collect_counts",
    "edition_panels",
    "framework_columns",
    "framework_table",
    "gap_facts",
    "indicator_columns",
    "indicator_table",
    "load_labels",
    "panel_table",
    "rank_facts",
    "registry_columns",
    "registry_table",
    "registry_table_en",
    "save_indicator_tables",
    "save_sample_tables",
    "save_score_tables",
    "score_columns",
    "score_table",
    "slug",
]
