"""Tables and the report of an audit, made from the state of its sites."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.accessibility.criteria import Criteria
from analysis.accessibility.report import report_page
from analysis.accessibility.score import MET, NEEDS_PERSON, NOT_MET, evidence, same_titles, score_site
from analysis.errors import DataError, Problem
from analysis.files import write_text

DECISIONS = "decisions.csv"
DECISION_COLUMNS = ["site_id", "item", "decision", "note"]


@dataclass(frozen=True)
class Tables:
    """Result of an audit.

    `websites`: `site_id` and one column per criterion, 1 met, 0 not met, empty where a person has not decided: the raw
    file of the edition. `verdicts`: site by criterion with verdict, numbers of findings and who decided. `found`: the
    evidence. `sites`: address, pages seen, what could not be opened.
    """

    websites: pd.DataFrame
    verdicts: pd.DataFrame
    found: pd.DataFrame
    sites: pd.DataFrame


def make_tables(
    states: Mapping[str, Mapping[str, Any]],
    criteria: Criteria,
    *,
    decisions: Mapping[tuple[str, str], int] | None = None,
) -> Tables:
    """Score every site.

    Parameters
    ----------
    states
        Site id → state, as the audit keeps it.
    decisions
        (site id, item) → 1 or 0: what a person decided. It goes before what the instrument found.
    """
    decided = decisions or {}
    verdicts, found, sites = [], [], []
    for site, state in sorted(states.items()):
        pages = state["pages"]
        findings = [f for page in pages for f in page["findings"]] + same_titles(pages)
        if pages and not any(page["statement"] for page in pages):
            findings.append({"check": "no-accessibility-statement", "page": pages[0]["page"]})
        own = evidence(findings, criteria)
        found.append(own.assign(site_id=site))
        scored = score_site(own, criteria, seen=bool(pages)).assign(site_id=site, decided_by="instrument")
        for place, item in scored["item"].items():
            if (site, str(item)) in decided:
                scored.loc[place, ["verdict", "decided_by"]] = [MET if decided[site, str(item)] else NOT_MET, "person"]
        verdicts.append(scored)
        failed = "; ".join(f["reason"] for f in state["failed"])
        sites.append({"site_id": site, "url": state["url"], "pages": len(pages), "problems": failed})
    table = pd.concat(verdicts, ignore_index=True)
    value = table["verdict"].map({MET: "1", NOT_MET: "0", NEEDS_PERSON: ""})
    wide = table.assign(value=value).pivot(index="site_id", columns="item", values="value")[list(criteria.criteria)]
    websites = wide.rename_axis(columns=None).reset_index()
    return Tables(
        websites,
        table[["site_id", "no", "item", "verdict", "failures", "reviews", "decided_by"]],
        pd.concat(found, ignore_index=True)[["site_id", *[c for c in found[0].columns if c != "site_id"]]],
        pd.DataFrame(sites),
    )


def read_decisions(out: Path, criteria: Criteria) -> dict[tuple[str, str], int]:
    """What a person wrote into `decisions.csv`; rows still empty are left out.

    Raises
    ------
    DataError
        A row names no criterion, or its decision is neither 1, 0 nor empty.
    """
    path = out / DECISIONS
    if not path.is_file():
        return {}
    decided, problems = {}, []
    with path.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            item, decision = str(row.get("item") or ""), str(row.get("decision") or "").strip()
            if item not in criteria.criteria:
                remedy = f"use one of {', '.join(criteria.criteria)}"
                problems.append(Problem(DECISIONS, line, "item", item, "no such criterion", remedy))
            elif decision not in ("", "0", "1"):
                message = "neither 1 (met), 0 (not met) nor empty"
                problems.append(Problem(DECISIONS, line, "decision", decision, message, "write 1, 0 or nothing"))
            elif decision:
                decided[str(row["site_id"]), item] = int(decision)
    if problems:
        raise DataError(problems)
    return decided


def _to_decide(tables: Tables, out: Path) -> pd.DataFrame:
    """Rows of `decisions.csv`: what is there stays, verdicts that are still open are added."""
    path = out / DECISIONS
    kept = pd.DataFrame(columns=DECISION_COLUMNS)
    if path.is_file():
        kept = pd.read_csv(path, dtype=str, keep_default_na=False).reindex(columns=DECISION_COLUMNS, fill_value="")
        kept = kept[kept["decision"].str.strip() != ""]
    still = tables.verdicts[tables.verdicts["verdict"] == NEEDS_PERSON][["site_id", "item"]]
    have = set(zip(kept["site_id"], kept["item"], strict=True))
    fresh = still[[(s, i) not in have for s, i in zip(still["site_id"], still["item"], strict=True)]]
    fresh = fresh.assign(decision="", note="")
    return pd.concat([kept, fresh], ignore_index=True)


def write_tables(tables: Tables, out: Path, criteria: Criteria) -> None:
    """Write all tables and the report; each file is replaced as a whole."""
    write_text(_csv(tables.websites), out / "websites.csv")
    write_text(_csv(tables.verdicts), out / "verdicts.csv")
    write_text(_csv(tables.found), out / "evidence.csv")
    write_text(_csv(tables.sites), out / "sites.csv")
    write_text(_csv(_to_decide(tables, out)), out / DECISIONS)
    write_text(report_page(tables.sites, tables.verdicts, tables.found, criteria), out / "report.html")


def _csv(table: pd.DataFrame) -> str:
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def write_json(data: Any, path: Path) -> None:
    """Write JSON, replacing the file as a whole."""
    write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", path)
