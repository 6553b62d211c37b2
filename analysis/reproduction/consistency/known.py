"""Known contradictions beside what the checks find, and the numbers of the audit as facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis.errors import DataError, Problem


def known_contradictions(
    contradictions: pd.DataFrame, findings: pd.DataFrame, review: pd.DataFrame, proofs: Iterable[str] = ()
) -> pd.DataFrame:
    """Set the contradictions found by reading against what the checks and the proofs find by themselves.

    Parameters
    ----------
    contradictions
        Columns id, severity, concerns, lines, explanation.
    findings
        Result of `audit`.
    review
        Columns id, findings, reason, one row per contradiction. `findings` are ids of findings or proofs joined by
        ";" (empty: neither can see it), `reason` says what they show or why they cannot.
    proofs
        Ids of the proofs (`analysis.reproduction.proofs`).

    Returns
    -------
    DataFrame
        id, severity, concerns, status (detected | beyond these checks), findings, reason.

    Raises
    ------
    DataError
        A contradiction has no review, a review names no contradiction or no finding, or names a finding that is
        consistent.
    """
    file = "known.csv"
    verdicts = dict(zip(findings["id"], findings["verdict"], strict=True)) | dict.fromkeys(proofs, "contradicted")
    reviews = review.set_index("id")
    problems = [
        Problem(file, None, "id", i, "no such contradiction", "remove the row")
        for i in reviews.index.difference(list(contradictions["id"]))
    ]
    rows = []
    for row in contradictions.to_dict("records"):
        if row["id"] not in reviews.index:
            problems.append(
                Problem(file, None, "id", row["id"], "has no row", "say which finding shows it, or why none")
            )
            continue
        named = [i for i in str(reviews.at[row["id"], "findings"]).split(";") if i]
        for i in named:
            if verdicts.get(i) in (None, "consistent", "not checked"):
                problems.append(
                    Problem(
                        file, None, "findings", i, f"is {verdicts.get(i, 'no finding')}",
                        f"correct the row of {row['id']}",
                    )
                )  # fmt: skip
        rows.append(
            {
                "id": row["id"], "severity": row["severity"], "concerns": row["concerns"],
                "status": "detected" if named else "beyond these checks", "findings": ";".join(named),
                "reason": reviews.at[row["id"], "reason"],
            }
        )  # fmt: skip
    if problems:
        raise DataError(problems)
    return pd.DataFrame(rows, columns=["id", "severity", "concerns", "status", "findings", "reason"])


def summary_facts(checks: pd.DataFrame, known: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the numbers of the audit as facts, each the arguments of `FactSet.add`.

    Parameters
    ----------
    checks
        Result of `summary`.
    known
        Result of `known_contradictions`.
    """
    table = "40_analyses/consistency_summary.csv"
    counts = checks.drop(columns="kind").sum()
    out = [
        {
            "fact_id": f"consistency.all.{str(c).replace(' ', '_')}",
            "value": int(counts[c]),
            "table": table,
            "key": "all",
            "column": str(c),
        }
        for c in counts.index
    ]
    for r in checks.to_dict("records"):
        for column in ("n", "contradicted"):
            out.append(
                {"fact_id": f"consistency.{r['kind']}.{column}", "value": int(r[column]), "table": table,
                 "key": str(r["kind"]), "column": column}
            )  # fmt: skip
    table = "40_analyses/known_contradictions.csv"
    for name, count in (
        ("n", len(known)),
        ("detected", int((known["status"] == "detected").sum())),
        ("beyond", int((known["status"] != "detected").sum())),
    ):
        out.append(
            {"fact_id": f"contradictions.{name}", "value": count, "table": table, "key": "all", "column": "status"}
        )
    return out
