"""How often the instrument is right, measured on sites whose defects are known."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.accessibility.criteria import Criteria
from analysis.accessibility.score import MET, NOT_MET

COLUMNS = ["no", "item", "defects", "sites", "called", "called_right", "passed_on", "passed_on_right"]


def confusion(known: Mapping[str, set[str]], verdicts: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    """Count verdicts against known defects, criterion by criterion.

    Parameters
    ----------
    known
        Site id → items of the criteria that the site breaks; an empty set for a clean one.
    verdicts
        Columns `site_id`, `item`, `verdict`, as an audit makes them; every site of `known` is judged.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: sites with a defect and all sites; sites called not met, and those of them that have the
        defect; sites passed on to a person, and those of them that have it.

    Raises
    ------
    KeyError
        A site has no verdict.
    """
    table = verdicts.pivot(index="site_id", columns="item", values="verdict").loc[list(known)]
    rows = []
    for item, criterion in criteria.criteria.items():
        broken = pd.Series({site: item in items for site, items in known.items()})
        called = table[item] == NOT_MET
        passed_on = (table[item] != MET) & ~called
        counts = [broken, called, called & broken, passed_on, passed_on & broken]
        defects, n_called, right, n_passed, passed_right = (int(c.sum()) for c in counts)
        rows.append([criterion.no, item, defects, len(known), n_called, right, n_passed, passed_right])
    return pd.DataFrame(rows, columns=COLUMNS)


def rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Precision and recall from counts; a last row takes all criteria together.

    Returns
    -------
    DataFrame
        Columns of `counts` and, between 0 and 1, `precision` (called rightly by called), `recall` (called rightly by
        defects) and `recall_with_person` (called rightly or passed on, by defects); no value where nothing was called.
    """
    total = counts.drop(columns=["no", "item"]).sum()
    total["sites"] = counts["sites"].iloc[0]
    table = pd.concat([counts, total.to_frame().T.assign(no=0, item="all")[counts.columns]], ignore_index=True)
    called = table["called"].where(table["called"] > 0).astype(float)
    defects = table["defects"].where(table["defects"] > 0).astype(float)
    return table.assign(
        precision=table["called_right"].astype(float) / called,
        recall=table["called_right"].astype(float) / defects,
        recall_with_person=(table["called_right"] + table["passed_on_right"]).astype(float) / defects,
    )


def accuracy_lines(table: pd.DataFrame, criteria: Criteria) -> str:
    """Markdown table of rates, as the documentation prints it."""
    columns = (
        "Criterion",
        "Defects",
        "Called not met",
        "Precision",
        "Recall",
        "Passed on (rightly)",
        "Recall with both",
    )
    lines = [f"| {' | '.join(columns)} |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in table.to_dict("records"):
        name = "All" if row["item"] == "all" else f"{row['no']} {criteria.criteria[row['item']].name_en}"
        shown = [f"{row[k]:.2f}" if pd.notna(row[k]) else "–" for k in ("precision", "recall", "recall_with_person")]
        lines.append(
            f"| {name} | {row['defects']} | {row['called']} | {shown[0]} | {shown[1]} | {row['passed_on']} "
            f"({row['passed_on_right']}) | {shown[2]} |"
        )
    return "\n".join(lines)
