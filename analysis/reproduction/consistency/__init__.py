"""Do the published numbers of an edition agree with each other?

Arithmetic and GRIM-style checks over the published tables alone: no raw data, no recomputed value. Each check states
what must hold, the values it compares, and a verdict:

- `consistent`: the printed numbers satisfy the statement as they stand;
- `rounding`: they do so only for unrounded values that the printed numbers can stand for;
- `contradicted`: no unrounded values can satisfy the statement;
- `suspicious`: possible, but far more likely a slip (two identical rows of different questions);
- `not checked`: the tables that the check needs are not in the folder.

A statement that supposes every cluster answered says so; where it fails, the numbers of answers that would satisfy it
are listed. `cells` names the printed cells that conflict whatever the number of answers: only these can excuse a row of
the ledger.

What no check here sees: numbers in running text, and words that disagree with numbers.
"""

from analysis.reproduction.consistency.checks import audit, audit_published
from analysis.reproduction.consistency.comments import (
    check_depends,
    check_nested_counts,
    check_parts,
    check_restated,
    check_two_values,
)
from analysis.reproduction.consistency.findings import cell, summary
from analysis.reproduction.consistency.index import Tables, fact_statistic
from analysis.reproduction.consistency.indicators import (
    check_mean_excluding,
    check_mean_positive,
    check_mean_range,
    check_mean_total,
    check_mean_year,
    check_measures,
    check_median_counts,
    check_member_share,
    mean_range,
)
from analysis.reproduction.consistency.known import known_contradictions, summary_facts
from analysis.reproduction.consistency.members import (
    check_history,
    check_survey_copies,
    check_survey_sums,
    check_text_copies,
)
from analysis.reproduction.consistency.scores import (
    check_area_bounds,
    check_area_means,
    check_extremes,
    check_order,
    check_weighted_means,
    group_sizes,
    registry_sizes,
)
from analysis.reproduction.consistency.shares import (
    categories,
    check_category_sums,
    check_common_base,
    check_nested_shares,
    check_options_mean,
    possible_bases,
)

__all__ = [
    "Tables",
    "audit",
    "audit_published",
    "categories",
    "cell",
    "check_area_bounds",
    "check_area_means",
    "check_category_sums",
    "check_common_base",
    "check_depends",
    "check_extremes",
    "check_history",
    "check_mean_excluding",
    "check_mean_positive",
    "check_mean_range",
    "check_mean_total",
    "check_mean_year",
    "check_measures",
    "check_median_counts",
    "check_member_share",
    "check_nested_counts",
    "check_nested_shares",
    "check_options_mean",
    "check_order",
    "check_parts",
    "check_restated",
    "check_survey_copies",
    "check_survey_sums",
    "check_text_copies",
    "check_two_values",
    "check_weighted_means",
    "fact_statistic",
    "group_sizes",
    "known_contradictions",
    "mean_range",
    "possible_bases",
    "registry_sizes",
    "summary",
    "summary_facts",
]
