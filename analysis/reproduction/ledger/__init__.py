"""The ledger: every published statistic of an edition beside the value recomputed from the answers.

One row per printed number: tables, comments of the annex, the members' table, the website audit, and every numeric
statement of the running text (source `claims`). A row matches if the recomputed value, rounded half up in decimal
arithmetic to the decimals printed, equals the printed number (`analysis.reproduction.printed` states the rule); there
is no tolerance. Statements that are not equalities match if they hold (`analysis.reproduction.claims.grammar`).

`match` is one of

- `yes`, `no`;
- `contradicted`: it does not match, and the printed report itself conflicts with it: a finding of the consistency audit
  proves it whatever the number of answers, or the same quantity is printed elsewhere with another value that is
  reproduced; `reason` gives the finding or the place;
- `not computable`: `reason` says why (an open answer, a figure of another institution, a threshold in words).

`basis` says what a row is compared with: `answers` (recomputed), `inputs` (transcribed into the inputs), `print` (two
printed numbers). Functions take tables and return tables; only `write_baseline` writes.
"""

from analysis.reproduction.ledger.baseline import baseline, regressions, write_baseline
from analysis.reproduction.ledger.build import READINGS_OF_METHOD, build_ledger, check_identity, excuse, explain
from analysis.reproduction.ledger.model import COLUMNS, IDENTITY, MATCHES, TRANSCRIBED, Recomputed, chapter_of
from analysis.reproduction.ledger.rows import (
    LINK_COLUMNS,
    NEED_LINK,
    area_rows,
    audit_rows,
    fact_rows,
    framework_rows,
    indicator_rows,
    registry_rows,
    score_rows,
    sector_rows,
    survey_rows,
)
from analysis.reproduction.ledger.summary import families, format_summary, print_summary, summarise, summary_facts

__all__ = [
    "COLUMNS",
    "IDENTITY",
    "LINK_COLUMNS",
    "MATCHES",
    "NEED_LINK",
    "READINGS_OF_METHOD",
    "TRANSCRIBED",
    "Recomputed",
    "area_rows",
    "audit_rows",
    "baseline",
    "build_ledger",
    "chapter_of",
    "check_identity",
    "excuse",
    "explain",
    "fact_rows",
    "families",
    "format_summary",
    "framework_rows",
    "indicator_rows",
    "print_summary",
    "registry_rows",
    "regressions",
    "score_rows",
    "sector_rows",
    "summarise",
    "summary_facts",
    "survey_rows",
    "write_baseline",
]
