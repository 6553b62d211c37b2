"""Tables as they are written: columns of the codebook, and the list of printed statements that do not hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction.checks import Check
from analysis.reproduction.reconstruction.exact import SECTOR_SLACK

INTEGER_TYPES = ("integer", "yes_no", "tick", "level", "rating", "year")

SECTOR_GIVEN_UP = "given up for score statistics of the sub-area, which the search did not reach together with it"
# why a printed statement cannot hold together with stronger ones: (code, start of the fact) → reason
REASONS: dict[tuple[str, str], str] = {
    ("I.1.1", "n_le"): "",
    ("I.2.5", "share_option"): "47% is no share of 42: 20 of 42 is 48%, 19 of 42 is 45%",
    ("I.3.1", "sector_mean"): (
        "sector means, their numbers of answers and the overall mean exclude each other by about 0.1%; the mean is kept"
    ),
    ("II.1.4", "share_option"): "41% is no share of 42; printed so that the three shares add up to 100",
    ("II.6.2", "share_option"): "",
    ("III.2.1", "n_positive"): "18 clusters and 19 clusters are both printed; the mean of the active ones fits 19",
    ("IV.1.7", "mean_excluding"): "2 159 less the leader's 1 227 over 41 clusters is 22.7",
    ("IV.1.8", "n_positive"): (
        "26 positive answers exclude the printed median 0; 26 refers to domestic clusters, 20 to associations"
    ),
    ("V.3.1", "mean_positive"): "1 731 exporters in 35 clusters give 49.5, not 49.0",
    ("members_total", "largest"): "no respondent is given the member count of a named cluster",
}
GENERAL_REASON = "not reached by this reconstruction together with the statements of higher weight"


def sort_columns(data: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Columns in codebook order, whole numbers as integers, absent answers empty.

    Raises
    ------
    KeyError
        An item of the codebook has no answers.
    """
    out: dict[str, pd.Series] = {}
    for row in codebook.to_dict("records"):
        item = str(row["item"])
        column = data[item]
        if row["type"] in INTEGER_TYPES:
            numbers = pd.to_numeric(column)
            if not np.allclose(numbers.dropna(), np.rint(numbers.dropna())):
                raise ValueError(f"{item}: whole numbers expected")
            out[item] = numbers.round().astype("Int64")
        elif row["type"] in ("amount", "decimal", "percent"):
            numbers = pd.to_numeric(column).round(2)
            whole = bool((numbers.dropna() == np.rint(numbers.dropna())).all())
            out[item] = numbers.astype("Int64") if whole else numbers
        else:
            out[item] = column.astype(str)
    return pd.DataFrame(out)


def unmet_table(checks: list[Check]) -> pd.DataFrame:
    """Printed statements that the answers do not give: code, fact, printed, reached, reason, source."""
    rows = []
    for c in checks:
        if c.holds:
            continue
        reason = next(
            (text for (code, start), text in REASONS.items() if code == c.code and c.fact.startswith(start) and text),
            GENERAL_REASON,
        )
        if c.fact.startswith("sector_mean") and abs(c.reached - c.printed) > SECTOR_SLACK * abs(c.printed):
            reason = SECTOR_GIVEN_UP
        rows.append(
            {
                "code": c.code,
                "fact": c.fact,
                "printed": round(c.printed, 4),
                "reached": round(c.reached, 4),
                "reason": reason,
                "source": c.source,
            }
        )
    return pd.DataFrame(rows, columns=["code", "fact", "printed", "reached", "reason", "source"])
