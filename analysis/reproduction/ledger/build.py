"""Putting the ledger together: all rows, and which differences the printed report itself explains."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.claims.conflicts import Cell, excuse_by_print, table_cells
from analysis.reproduction.claims.rows import claim_rows
from analysis.reproduction.consistency import categories, cell
from analysis.reproduction.ledger.model import IDENTITY, Recomputed, ledger_table
from analysis.reproduction.ledger.rows import (
    area_rows,
    audit_rows,
    fact_rows,
    framework_rows,
    indicator_rows,
    links_by_key,
    registry_rows,
    score_rows,
    sector_rows,
    survey_rows,
)
from analysis.reproduction.published import Published

# Findings about what the method text says; they are no reason for a number to differ.
READINGS_OF_METHOD = ("area_mean", "area_bound")


def excuse(ledger: pd.DataFrame, findings: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Turn `no` into `contradicted` where a finding proves that the printed number conflicts with others.

    Parameters
    ----------
    ledger
        `COLUMNS`.
    findings
        Result of `consistency.audit`; only findings with the verdict `contradicted` count, and only for the cells
        they name, which conflict whatever the number of answers. A finding that names several cells excuses some of
        them only if another one of them is reproduced. Findings that some smaller number of answers would resolve
        excuse nothing; `reason` only points to them.
    known
        Result of `consistency.known_contradictions`; gives the ids of known contradictions.
    """
    names: dict[str, list[str]] = {}
    for r in [] if known is None else known.to_dict("records"):
        for finding in str(r["findings"]).split(";"):
            names.setdefault(finding, []).append(str(r["id"]))
    places = [
        cell(str(line), str(key), str(statistic))
        for line, key, statistic in zip(ledger["line"], ledger["key"], ledger["statistic"], strict=True)
    ]
    missed = {p for p, match in zip(places, ledger["match"], strict=True) if match == "no"}
    proofs: dict[str, list[str]] = {}
    hints: dict[tuple[str, str], list[str]] = {}
    for r in findings[findings["verdict"] == "contradicted"].to_dict("records"):
        ids = ", ".join(names.get(r["id"], []))
        shown = f"{ids}: {r['id']}" if ids else str(r["id"])
        cells = {c for c in str(r["cells"]).split(";") if c}
        if cells and (len(cells) == 1 or not cells <= missed):
            for place in cells:
                proofs.setdefault(place, []).append(f"{shown} ({r['values']})")
        elif r["kind"] not in READINGS_OF_METHOD:
            for line in str(r["source_lines"]).split(";"):
                hints.setdefault((line, str(r["key"])), []).append(shown)
    out = ledger.copy()
    for i, place in zip(out.index, places, strict=True):
        if out.at[i, "match"] != "no":
            continue
        if place in proofs:
            out.loc[i, ["match", "reason"]] = ["contradicted", "; ".join(proofs[place])]
        elif not out.at[i, "reason"] and (hint := hints.get((str(out.at[i, "line"]), str(out.at[i, "key"])))):
            out.at[i, "reason"] = f"compare {', '.join(hint)}"
    return out


def build_ledger(
    published: Published,
    recomputed: Recomputed,
    links: pd.DataFrame,
    findings: pd.DataFrame,
    known: pd.DataFrame | None = None,
    claim_links: pd.DataFrame | None = None,
    proofs: pd.DataFrame | None = None,
    explained: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set every published statistic beside its recomputed value.

    Parameters
    ----------
    published
        Published tables; a table that is absent contributes no rows.
    recomputed
        Tables of the build.
    links
        What facts and categories are computed from; `LINK_COLUMNS`, all text.
    findings, known
        See `excuse`.
    claim_links
        What statements of the running text are computed from; see `analysis.reproduction.claims.resolve`.
    proofs
        See `name_proofs`.
    explained
        See `explain`.

    Returns
    -------
    DataFrame
        `COLUMNS`; one row per printed number: tables and comments, members, audit, running text. `recomputed` is
        unrounded and in the printed unit; `difference` is recomputed, rounded as printed, minus published.

    Raises
    ------
    DataError
        A fact has no link, a link no fact, or two rows have one identity.
    """
    a = recomputed.answers
    parts: list[pd.DataFrame] = []
    if "framework" in published:
        parts.append(framework_rows(published["framework"], a.framework.indicators))
    if "registry" in published:
        parts.append(registry_rows(published["registry"], recomputed.registry))
    if "area_tables" in published:
        parts.append(area_rows(published["area_tables"], recomputed.cross_sections))
    if "sector_means" in published:
        parts.append(sector_rows(published["sector_means"], a))
    if "indicators" in published:
        parts.append(indicator_rows(published["indicators"], a, links))
    if "indicator_facts" in published:
        parts.append(fact_rows(published["indicator_facts"], published["indicators"], a, links))
    if "scores" in published:
        parts.append(score_rows(published["scores"], recomputed.cross_sections))
    if "members_survey" in published:
        parts.append(survey_rows(published["members_survey"], a))
    if "audit" in published:
        parts.append(audit_rows(published["audit"], recomputed.websites, a.framework.codebooks["websites"]))
    cells: list[Cell] = []
    if "claims" in published:
        if recomputed.claims is None or claim_links is None:
            remedy = "give their data and links"
            raise DataError([Problem("claims.csv", None, None, None, "cannot be compared", remedy)])
        statements = claim_rows(published["claims"], recomputed.claims, claim_links)
        parts.append(ledger_table([s.row for s in statements]))
        cells = [Cell.of_statement(s) for s in statements] + table_cells(published, a, links)
    out = pd.concat(parts, ignore_index=True)
    check_identity(out)
    _check_links(published, links)
    out = excuse(out, findings, known)
    if recomputed.claims is not None:
        out = excuse_by_print(out, cells, recomputed.claims)
    if proofs is not None:
        out = name_proofs(out, proofs)
    return out if explained is None else explain(out, explained)


def explain(ledger: pd.DataFrame, explained: pd.DataFrame) -> pd.DataFrame:
    """Say why numbers differ that nothing in print contradicts, where it is known.

    Parameters
    ----------
    ledger
        `COLUMNS`.
    explained
        `explained.csv` of the edition, all text: `source` and `key` as in the ledger (wildcards `*` and `?`), `reason`.
        The first row that fits a differing number without a reason of its own gives its reason.

    Raises
    ------
    DataError
        A row has no reason or explains nothing.
    """
    problems = []
    out = ledger.copy()
    open_ = (out["match"] == "no") & (out["reason"] == "")
    for n, r in enumerate(explained.to_dict("records"), start=2):
        fits = [
            fnmatchcase(str(source), r["source"]) and fnmatchcase(str(key), r["key"])
            for source, key in zip(out["source"], out["key"], strict=True)
        ]
        if not r["reason"]:
            problems.append(Problem("explained.csv", n, "reason", "", "is empty", "say why the number differs"))
        if not any(fits):
            shown = f"{r['source']} / {r['key']}"
            problems.append(Problem("explained.csv", n, "source", shown, "fits no row of the ledger", "remove it"))
        chosen = open_ & pd.Series(fits, index=out.index)
        out.loc[chosen, "reason"] = r["reason"]
        open_ &= ~chosen
    if problems:
        raise DataError(problems)
    return out


def name_proofs(ledger: pd.DataFrame, proofs: pd.DataFrame) -> pd.DataFrame:
    """Add to the reason of each contradicted row the proofs that its number is a statement of.

    Parameters
    ----------
    ledger
        `COLUMNS`.
    proofs
        Result of `proofs.statements_table`; `cell` names a cell of a table, `statement` a claim.
    """
    members = proofs[proofs["role"] == "member"]
    named: dict[str, list[str]] = {}
    for r in members.to_dict("records"):
        for place in (r["cell"], r["statement"], *(f"{line}@{r['key']}" for line in r["lines"].split(";"))):
            if place:
                named.setdefault(str(place), []).append(str(r["proof"]))
    out = ledger.copy()
    for i, row in zip(out.index, ledger.to_dict("records"), strict=True):
        if row["match"] != "contradicted":
            continue
        place = cell(str(row["line"]), str(row["key"]), str(row["statistic"]))
        found = named.get(place) or named.get(str(row.get("id", ""))) or named.get(f"{row['line']}@{row['key']}", [])
        if found:
            out.at[i, "reason"] = "; ".join([str(row["reason"]), *(f"proof {p}" for p in dict.fromkeys(found))])
    return out


def check_identity(ledger: pd.DataFrame) -> None:
    """Refuse a ledger in which two rows have one identity (`DataError`)."""
    double = ledger[ledger.duplicated(IDENTITY)]
    if len(double):
        shown = [" / ".join(map(str, row)) for row in double[IDENTITY].to_numpy()]
        raise DataError(
            [Problem("ledger", None, None, s, "two rows have one identity", "tell them apart") for s in shown]
        )


def _check_links(published: Published, links: pd.DataFrame) -> None:
    facts = published["indicator_facts"] if "indicator_facts" in published else pd.DataFrame()
    keys = {(r["line"], r["code"], r["kind"], r["label_pl"], r["printed"]) for r in facts.to_dict("records")}
    if "indicators" in published:
        for r in published["indicators"].to_dict("records"):
            keys |= {
                (r["line"], r["code"], "category", label, str(p)) for label, p in categories(r["categories"]).items()
            }
    stray = [key for key in links_by_key(links) if key not in keys]
    if stray:
        raise DataError(
            [Problem("links.csv", None, None, " / ".join(key), "names no published fact", "remove it") for key in stray]
        )
