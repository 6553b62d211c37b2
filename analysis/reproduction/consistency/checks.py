"""All checks with the tables they need, and the audit that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.reproduction.consistency import comments, indicators, members, scores, sectors, shares
from analysis.reproduction.consistency.findings import Finding, as_table
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.published import Published, read_published


@dataclass(frozen=True)
class Check:
    """A check and the tables it needs."""

    run: Callable[[Tables], Iterable[Finding]]
    needs: tuple[str, ...]


CHECKS = (
    Check(scores.check_order, ("scores",)),
    Check(scores.check_extremes, ("scores",)),
    Check(scores.check_weighted_means, ("scores", "registry")),
    Check(scores.check_area_means, ("scores",)),
    Check(scores.check_area_bounds, ("scores",)),
    Check(scores.check_area_tables, ("scores", "area_tables")),
    Check(scores.check_strengths, ("scores", "strengths")),
    Check(indicators.check_measures, ("indicators",)),
    Check(indicators.check_median_counts, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_mean_range, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_grim, ("indicators", "registry")),
    Check(indicators.check_mean_total, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_member_share, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_mean_positive, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_mean_excluding, ("indicators", "indicator_facts", "registry")),
    Check(indicators.check_mean_year, ("indicators", "indicator_facts")),
    Check(comments.check_restated, ("indicators", "indicator_facts")),
    Check(comments.check_nested_counts, ("indicators", "indicator_facts", "registry")),
    Check(comments.check_two_values, ("indicators", "indicator_facts")),
    Check(comments.check_depends, ("indicators", "indicator_facts", "registry")),
    Check(comments.check_parts, ("indicators",)),
    Check(shares.check_shares, ("indicators", "indicator_facts", "registry")),
    Check(shares.check_common_base, ("indicators", "indicator_facts", "registry")),
    Check(shares.check_nested_shares, ("indicators", "indicator_facts", "registry")),
    Check(shares.check_category_sums, ("indicators", "indicator_facts", "registry")),
    Check(shares.check_options_mean, ("indicators", "indicator_facts", "registry")),
    Check(sectors.check_sector_means, ("sector_means", "scores", "registry", "indicators", "indicator_facts")),
    Check(members.check_survey_sums, ("members_survey",)),
    Check(members.check_survey_copies, ("members_survey",)),
    Check(members.check_text_copies, ("claims",)),
    Check(members.check_quoted, ("indicators", "indicator_facts", "members_survey")),
    Check(members.check_history, ("history", "registry")),
    Check(members.check_audit, ("audit",)),
)  # fmt: skip


def audit(published: Published) -> pd.DataFrame:
    """Run every check whose tables are there.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per statement, sorted by kind and id; a check without its tables gives one row with the
        verdict `not checked`.

    Raises
    ------
    DataError
        Two findings have one id (the tables hold something twice).
    """
    tables = Tables(published)
    findings: list[Finding] = []
    for check in CHECKS:
        absent = [name for name in check.needs if name not in published]
        if absent:
            name = check.run.__name__.removeprefix("check_")
            findings.append(
                Finding(
                    f"coverage:{name}", "coverage", name, (check.run.__doc__ or "").strip().splitlines()[0], "",
                    "not checked", f"needs {', '.join(f'{a}.csv' for a in absent)}",
                )
            )  # fmt: skip
        else:
            findings.extend(check.run(tables))
    return as_table(findings)


def audit_published(folder: Path) -> pd.DataFrame:
    """Audit the published tables of a folder; see `audit`.

    Raises
    ------
    DataError
        The folder or its `framework.csv` is missing, or a table is malformed: a column missing or in the place of
        another, a cell that does not hold what its column holds, rows missing or double. Numbers that disagree with
        each other are findings, not errors.
    """
    return audit(read_published(folder))
