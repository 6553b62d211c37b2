"""From findings to verdicts: met, not met, or a person has to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.accessibility.criteria import BEYOND, Criteria

MET, NOT_MET, NEEDS_PERSON = "met", "not_met", "needs_person"
VERDICT_COLUMNS = ["no", "item", "verdict", "failures", "reviews"]
EVIDENCE_COLUMNS = ["no", "item", "level", "check", "message", "page", "selector", "snippet", "detail"]
_RANK = {"fail": 0, "review": 1, "note": 2}


def same_titles(pages: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Findings for pages of one site that share a title; the first page with the title is not reported.

    Parameters
    ----------
    pages
        Records with `page` (its address) and `title`.
    """
    first: dict[str, str] = {}
    found = []
    for record in pages:
        title = " ".join(str(record["title"]).split()).lower()
        if title and title in first:
            found.append(
                {
                    "check": "same-title",
                    "page": str(record["page"]),
                    "selector": "title",
                    "snippet": f"<title>{record['title']}</title>",
                    "detail": first[title],
                }
            )
        first.setdefault(title, str(record["page"]))
    return found


def evidence(findings: Iterable[Mapping[str, Any]], criteria: Criteria) -> pd.DataFrame:
    """Table of findings with the words of their checks, gravest first within a criterion.

    Parameters
    ----------
    findings
        Each with `check`, `page`, `selector`, `snippet`, `detail`; `doubtful` marks what axe-core could not decide,
        which is a question for a person whatever the check.

    Returns
    -------
    DataFrame
        Columns `EVIDENCE_COLUMNS`; `no` is 0 for what belongs to none of the ten criteria.
    """
    rows = []
    for finding in findings:
        check = criteria.checks[str(finding["check"])]
        level = "review" if finding.get("doubtful") and check.level == "fail" else check.level
        no = 0 if check.item == BEYOND else criteria.criteria[check.item].no
        texts = {key: str(finding.get(key, "")) for key in ("page", "selector", "snippet", "detail")}
        rows.append(
            {"no": no, "item": check.item, "level": level, "check": check.check, "message": check.message_pl} | texts
        )
    table = pd.DataFrame(rows, columns=EVIDENCE_COLUMNS).drop_duplicates()
    order = table.assign(rank=table["level"].map(_RANK))
    return order.sort_values(["no", "rank"], kind="stable").drop(columns="rank").reset_index(drop=True)


def score_site(found: pd.DataFrame, criteria: Criteria, *, seen: bool = True) -> pd.DataFrame:
    """Verdict of each criterion for one site.

    A criterion is not met if one finding settles it, needs a person if none does but one leaves a doubt, and is met
    otherwise. Unlike a person the instrument forgives no small errors; the table of evidence says how many there are.

    Parameters
    ----------
    found
        `evidence` of all pages of the site.
    seen
        False if no page could be opened: then every criterion needs a person.

    Returns
    -------
    DataFrame
        Columns `VERDICT_COLUMNS`, one row for each criterion in printed order.
    """
    rows = []
    for item, criterion in criteria.criteria.items():
        levels = found.loc[found["item"] == item, "level"]
        failures, reviews = int((levels == "fail").sum()), int((levels == "review").sum())
        verdict = NOT_MET if failures else NEEDS_PERSON if reviews or not seen else MET
        rows.append([criterion.no, item, verdict, failures, reviews])
    return pd.DataFrame(rows, columns=VERDICT_COLUMNS)
