"""The ledger: every published statistic of an edition beside the value recomputed from the answers.

One row per printed number. A row matches if the recomputed value, rounded half up in decimal arithmetic to the decimals
printed, equals the printed number (`analysis.reproduction.printed` states the rule); there is no tolerance. Statements
that are not equalities ("in most cases at most 10") match if they hold.

`match` is one of

- `yes`, `no`;
- `contradicted`: it does not match, and a finding of the consistency audit proves that the printed number conflicts
  with other printed numbers whatever the number of answers; `reason` gives the finding and the id of the known
  contradiction;
- `not computable`: `reason` says why (an open answer, a figure of another institution, a threshold in words).

Functions take tables and return tables; only `write_baseline` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.consistency import categories, cell, fact_statistic
from analysis.reproduction.evaluators import Answers, Statement, evaluate, parse_threshold
from analysis.reproduction.members_table import members_table
from analysis.reproduction.printed import Printed, parse_printed, reproduces, round_half_up, unit_factor
from analysis.reproduction.published import Published

COLUMNS = (
    "source", "line", "key", "statistic", "group", "published", "printed_decimals", "recomputed", "difference", "match",
    "reason",
)  # fmt: skip
IDENTITY = ["source", "line", "key", "statistic", "group"]
MATCHES = ("yes", "no", "contradicted", "not computable")
# Tables whose values are transcribed into the inputs (framework, registry): they match by construction.
TRANSCRIBED = ("table 3", "table 4")
COMPUTED = "computed"
# Findings about what the method text says; they are no reason for a number to differ.
READINGS_OF_METHOD = ("area_mean", "area_bound")
LINK_COLUMNS = ("source", "line", "code", "kind", "label", "printed", "evaluator", "items", "base", "note")
ALL = "all"


@dataclass(frozen=True)
class Recomputed:
    """What the ledger compares the published tables with.

    Attributes
    ----------
    answers
        Framework, coordinators' answers, indicators, characteristics, members' answers.
    cross_sections
        dimension, group, code, measure, value: Tables 18-36.
    websites
        One row per site, criteria 1 or 0, columns as in the codebook.
    registry
        The registry of the edition.
    """

    answers: Answers
    cross_sections: pd.DataFrame
    websites: pd.DataFrame
    registry: pd.DataFrame


@dataclass
class _Rows:
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        where: tuple[str, str, str, str, str],
        text: str,
        value: float | Fraction | None,
        *,
        holds: bool | None = None,
        reason: str = "",
    ) -> None:
        """Add a row; `where` is its identity, `text` the printed number, `value` the recomputed one."""
        printed = parse_printed(text)
        row: dict[str, Any] = dict(zip(IDENTITY, where, strict=True))
        row |= {"published": text, "printed_decimals": printed.decimals if printed else None}
        if value is not None and value != value:
            value, reason = None, reason or "no answer to compute it from"
        if value is None or (printed is None and holds is None):
            row |= {"recomputed": None, "difference": None, "match": "not computable"}
            row["reason"] = reason or "the printed text is not a number"
        else:
            row["recomputed"] = float(value)
            row["difference"] = None
            if printed is not None and holds is None:
                row["difference"] = float(round_half_up(value, printed.decimals) - printed.value)
            ok = holds if holds is not None else printed is not None and reproduces(value, printed)
            row |= {"match": "yes" if ok else "no", "reason": reason}
        self.rows.append(row)

    def table(self) -> pd.DataFrame:
        out = pd.DataFrame(self.rows, columns=list(COLUMNS))
        out["printed_decimals"] = out["printed_decimals"].astype("Int64")
        return out.astype({"recomputed": float, "difference": float})


def score_rows(scores: pd.DataFrame, cross_sections: pd.DataFrame) -> pd.DataFrame:
    """Tables 18-36: each measure of each score in each group.

    Parameters
    ----------
    scores
        Published: table, group_dim, group, column_code, measure, value, line; all text.
    cross_sections
        Recomputed: dimension, group, code, measure, value.
    """
    keys = (cross_sections[c] for c in ("dimension", "group", "code", "measure", "value"))
    found = {(d, g, c, m): float(v) for d, g, c, m, v in zip(*keys, strict=True)}
    rows = _Rows()
    for r in scores.to_dict("records"):
        value = found.get((r["group_dim"], r["group"], r["column_code"], r["measure"]))
        group = ALL if r["group_dim"] == ALL else f"{r['group_dim']}: {r['group']}"
        where = (f"table {r['table']}", r["line"], r["column_code"], r["measure"], group)
        rows.add(where, r["value"], value, reason="" if value is not None else "no such cross-section was computed")
    return rows.table()


def area_rows(area_tables: pd.DataFrame, cross_sections: pd.DataFrame) -> pd.DataFrame:
    """Tables 5-9: mean, median and benchmark of sub-areas and areas over all clusters."""
    whole = cross_sections[cross_sections["dimension"] == ALL]
    found = {(c, m): float(v) for c, m, v in zip(whole["code"], whole["measure"], whole["value"], strict=True)}
    rows = _Rows()
    for r in area_tables.to_dict("records"):
        for measure in ("mean", "median", "benchmark"):
            value = found.get((r["code"], measure))
            where = (f"table {r['table']}", r["line"], r["code"], measure, ALL)
            rows.add(where, r[measure], value, reason="" if value is not None else "no such score was computed")
    return rows.table()


def indicator_rows(published: pd.DataFrame, answers: Answers, links: pd.DataFrame) -> pd.DataFrame:
    """Tables 13-17: mean, median and benchmark of the numeric indicators, category shares of the others.

    Values are converted to the unit printed beside each measure, which need not be one unit per indicator.
    """
    measures = {"mean": "mean", "median": "median", "benchmark": "max"}
    found = _by_key(links)
    rows = _Rows()
    for r in published.to_dict("records"):
        source = f"table {r['table']}"
        for measure, method in measures.items():
            if not r[f"{measure}_str"]:
                continue
            value = getattr(answers.series(r["code"]), method)() / unit_factor(r[f"unit_{measure}"])
            rows.add((source, r["line"], r["code"], measure, ALL), r[f"{measure}_str"], float(value))
        for label, share in categories(r["categories"]).items():
            key = (r["line"], r["code"], "category", label, str(share))
            link = found.get(key)
            if link is None:
                raise _unlinked(key)
            statement = Statement("category", r["code"], share, "%", None, None, (link["items"],), link["base"], "")
            outcome = evaluate(link["evaluator"], statement, answers)
            rows.add(
                (source, r["line"], r["code"], f"share {label}", ALL), str(share), outcome.value, reason=outcome.reason
            )
    return rows.table()


def sector_rows(sector_means: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Table 10: sector means; a share of clusters is 100 times the mean of a yes/no indicator."""
    rows = _Rows()
    sectors = answers.characteristics["sector"]
    for r in sector_means.to_dict("records"):
        values = answers.series(r["code"] or "members_total")
        inside = values[sectors.reindex(values.index) == r["sector_code"]]
        factor = 100.0 if r["unit"].startswith("% of clusters") else 1 / unit_factor(r["unit"])
        value = float(inside.mean()) * factor if len(inside) else None
        where = ("table 10", r["line"], r["code"] or "members", "mean", f"sector: {r['sector_code']}")
        rows.add(where, r["value_str"], value, reason="" if len(inside) else "no cluster of the sector answered")
    return rows.table()


def _by_key(links: pd.DataFrame) -> Mapping[tuple[str, str, str, str, str], dict[str, str]]:
    absent = [c for c in LINK_COLUMNS if c not in links.columns]
    if absent:
        raise DataError([Problem("links.csv", 1, c, None, "the column is missing", "add it") for c in absent])
    return {(r["line"], r["code"], r["kind"], r["label"], r["printed"]): r for r in links.to_dict("records")}  # type: ignore[misc]


def _unlinked(key: tuple[str, ...]) -> DataError:
    shown = " / ".join(part for part in key if part)
    return DataError(
        [Problem("links.csv", None, None, shown, "has no link", "say which answer it is computed from (line, code, …)")]
    )


# Kinds that cannot be recomputed without a link that names the answers.
NEED_LINK = ("growth", "list_size", "mean_share", "mean_year", "n_option", "other", "scale_max", "share_option")


def fact_rows(facts: pd.DataFrame, indicators: pd.DataFrame, answers: Answers, links: pd.DataFrame) -> pd.DataFrame:
    """Facts from the comments on indicators: counts, shares, totals and what else can be recomputed.

    Parameters
    ----------
    facts
        Published facts, all text.
    indicators
        Published indicators: their units are those of thresholds without a unit.
    answers
        What they are recomputed from.
    links
        `LINK_COLUMNS`; see `analysis.reproduction.evaluators`.

    Raises
    ------
    DataError
        A fact of a kind in `NEED_LINK` has no link, or a link names no evaluator.
    FrameworkError
        A link names no answer.
    """
    units = dict(zip(indicators["code"], indicators["unit"], strict=True))
    found = _by_key(links)
    rows = _Rows()
    for r in facts.to_dict("records"):
        key = (r["line"], r["code"], r["kind"], r["label_pl"], r["printed"])
        link = found.get(key, {})
        if not link and r["kind"] in NEED_LINK:
            raise _unlinked(key)
        statistic = fact_statistic(r["kind"], r["threshold"], r["label_pl"])
        group = r["note"] if r["kind"] in ("growth", "other") else ALL
        where = ("facts", r["line"], r["code"], statistic, group)
        name, _, argument = (link.get("evaluator") or r["kind"]).partition(" ")
        text = r["value"] or r["threshold"]
        if name == "none":
            rows.add(where, text, None, reason=link["note"])
            continue
        printed = _fact_value(text)
        threshold, upper = parse_threshold(r["threshold"], units[r["code"]])
        items = tuple(i for i in link.get("items", "").split(";") if i)
        statement = Statement(
            r["kind"], r["code"], printed, r["unit"], threshold, upper, items, link.get("base", ""), argument
        )
        outcome = evaluate(name, statement, answers)
        reason = outcome.reason or link.get("note", "")
        rows.add(where, text, outcome.value, holds=outcome.holds, reason=reason)
    return rows.table()


def _fact_value(text: str) -> Printed | None:
    if "/" in text:
        over = Fraction(text)
        return Printed(Decimal(over.numerator) / Decimal(over.denominator), 0)
    return parse_printed(text)


def registry_rows(published: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """Table 4: name, year, members, PKD division and voivodeship of each cluster, against the registry file."""
    columns = ("name", "founded", "operating_since", "members", "pkd_code", "pkd_name", "voivodeship")
    have = registry.astype(str).replace("nan", "").set_index("no")
    rows = []
    for r in published.to_dict("records"):
        for column in columns:
            known = r["no"] in have.index
            value = str(have.at[r["no"], column]).removesuffix(".0") if known else ""
            same = known and _same(value, r[column])
            rows.append(
                {
                    "source": "table 4", "line": r["line"], "key": r["no"], "statistic": column, "group": ALL,
                    "published": r[column], "match": "yes" if same else "no",
                    "reason": "" if same else f"registry: {value}" if known else "no such row",
                }
            )  # fmt: skip
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    out["printed_decimals"] = out["printed_decimals"].astype("Int64")
    return out.astype({"recomputed": float, "difference": float})


def _same(one: str, two: str) -> bool:
    return one == two or (one.isdigit() and two.isdigit() and int(one) == int(two))


def framework_rows(published: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Table 3: number of indicators of each sub-area, against the framework."""
    counts = indicators["subarea"].value_counts()
    rows = _Rows()
    for r in published.to_dict("records"):
        where = ("table 3", r["line"], r["subarea_code"], "n_indicators", ALL)
        rows.add(where, r["n_indicators"], float(counts.get(r["subarea_code"], 0)))
    return rows.table()


def survey_rows(published: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Table 37: shares, mean ratings (recoded 1, 3, 5; "don't know" left out) and the two counts on higher fees."""
    book = answers.framework.codebooks["members"]
    computed = members_table(answers.members, book, answers.framework.option_lists)
    keys = (computed[c] for c in ("question_no", "item_pl", "option", "value"))
    found = {(q, i, o): v for q, i, o, v in zip(*keys, strict=True)}
    rows = _Rows()
    for r in published.to_dict("records"):
        text = r["value_str"].removesuffix("zł").strip()
        key = f"Q{r['question_no']}"
        where = ("table 37", r["line"], key, f"{r['item_pl']}: {r['option']}", ALL)
        if r["unit"] == "text":
            rows.add(where, "", None, reason="an open answer: no number is printed")
            continue
        value = found.get((r["question_no"], r["item_pl"], r["option"]))
        rows.add(where, text, value, reason="" if value is not None else "no such question or option in the answers")
    return rows.table()


def audit_rows(published: pd.DataFrame, websites: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Website audit: sites that meet each criterion, and sites audited."""
    items = dict(zip(codebook["question_no"], codebook["item"], strict=True))
    rows = _Rows()
    for r in published.to_dict("records"):
        item = items.get(r["no"])
        values = pd.to_numeric(websites[item]).dropna() if item in websites.columns else None
        for statistic in ("n_sites_passing", "n_sites"):
            where = ("website audit", r["line"], f"criterion {r['no']}", statistic, ALL)
            if values is None:
                rows.add(where, r[statistic], None, reason="no such criterion in the audit")
            else:
                rows.add(where, r[statistic], float(values.sum() if statistic == "n_sites_passing" else len(values)))
    return rows.table()


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

    Returns
    -------
    DataFrame
        `COLUMNS`; one row per printed number, in the order of the printed report's tables. `recomputed` is unrounded
        and in the printed unit; `difference` is recomputed, rounded as printed, minus published.

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
    out = pd.concat(parts, ignore_index=True)
    _check_identity(out)
    _check_links(published, links)
    return excuse(out, findings, known)


def _check_identity(ledger: pd.DataFrame) -> None:
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
    stray = [key for key in _by_key(links) if key not in keys]
    if stray:
        raise DataError(
            [Problem("links.csv", None, None, " / ".join(key), "names no published fact", "remove it") for key in stray]
        )


# --- summary and accepted state ---------------------------------------------------------------------------------------


def _sort_key(source: str) -> tuple[int, str]:
    number = source.removeprefix("table ")
    return (int(number), "") if number.isdigit() else (10_000, source)


def summarise(ledger: pd.DataFrame, groups: Mapping[str, Iterable[str]] | None = None) -> pd.DataFrame:
    """Count matches by source.

    Parameters
    ----------
    ledger
        At least the columns source and match.
    groups
        Name to sources that are counted together; by default `table_groups`, as the printed report groups its tables.

    Returns
    -------
    DataFrame
        source, n (published statistics), compared (n without those not computable), matched, contradicted,
        not_computable, rate (100 matched / compared, missing if nothing was compared). The last two rows are
        `computed`, what is recomputed from answers and so the honest headline, and `all`, with the tables that are
        transcribed into the inputs (`TRANSCRIBED`).
    """
    chosen = table_groups(ledger) if groups is None else groups
    wanted = {name: list(sources) for name, sources in chosen.items()}
    wanted[COMPUTED] = sorted(set(ledger["source"]) - set(TRANSCRIBED))
    wanted[ALL] = sorted(set(ledger["source"]))
    rows = []
    for name, sources in wanted.items():
        match = ledger.loc[ledger["source"].isin(sources), "match"]
        unknown = int((match == "not computable").sum())
        compared, matched = len(match) - unknown, int((match == "yes").sum())
        rows.append(
            {
                "source": name, "n": len(match), "compared": compared, "matched": matched,
                "contradicted": int((match == "contradicted").sum()), "not_computable": unknown,
                "rate": 100.0 * matched / compared if compared else float("nan"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def table_groups(ledger: pd.DataFrame) -> dict[str, list[str]]:
    """Return the sources of a ledger grouped as the printed report groups its tables; groups without rows left out."""
    spans = {"tables 5-9": (5, 9), "tables 13-17": (13, 17), "tables 18-36": (18, 36)}
    out: dict[str, list[str]] = {}
    for source in sorted(set(ledger["source"]), key=_sort_key):
        number = _sort_key(source)[0]
        name = next((n for n, (low, high) in spans.items() if low <= number <= high), source)
        out.setdefault(name, []).append(source)
    return out


def format_summary(summary: pd.DataFrame) -> str:
    """Return the summary as text for a terminal, one line per source."""
    head = (
        f"{'':<16}{'published':>10}{'compared':>10}{'matched':>9}{'rate':>9}{'contradicted':>14}{'not computable':>16}"
    )
    lines = [head]
    for r in summary.to_dict("records"):
        rate = "-" if r["rate"] != r["rate"] else f"{round_half_up(float(r['rate']), 1)}%"
        lines.append(
            f"{r['source']:<16}{r['n']:>10}{r['compared']:>10}{r['matched']:>9}{rate:>9}{r['contradicted']:>14}"
            f"{r['not_computable']:>16}"
        )
    return "\n".join(lines)


def summary_facts(summary: pd.DataFrame, table: str) -> list[dict[str, Any]]:
    """Return the numbers of a summary as facts, each the arguments of `FactSet.add`.

    Ids are `reproduction.<source>.<column>`, for instance `reproduction.all.rate`, `reproduction.table18_36.matched`,
    `reproduction.facts.contradicted`; a rate that does not exist gives no fact. `table` names the written summary.
    """
    out = []
    for r in summary.to_dict("records"):
        name = (
            str(r["source"]).replace("tables ", "table").replace("table ", "table").replace("-", "_").replace(" ", "_")
        )
        for column in ("n", "compared", "matched", "contradicted", "not_computable", "rate"):
            if r[column] != r[column]:
                continue
            rate = column == "rate"
            out.append(
                {
                    "fact_id": f"reproduction.{name}.{column}", "value": r[column],
                    "unit": "percent" if rate else "count", "decimals": 1 if rate else 0,
                    "table": table, "key": r["source"], "column": column,
                }
            )  # fmt: skip
    return out


def print_summary(ledger: pd.DataFrame) -> None:
    """Print the summary by groups of tables."""
    print(format_summary(summarise(ledger)))


def baseline(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the state of a ledger worth keeping: the identity of each row, and whether it matched."""
    return ledger[[*IDENTITY, "match"]].astype(str)


def write_baseline(ledger: pd.DataFrame, path: Path) -> Path:
    """Write the accepted state (`reproduction_baseline.csv` of the edition): the same ledger gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    baseline(ledger).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return path


def regressions(previous: pd.DataFrame, current: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that matched before and no longer do, or are no longer there.

    Parameters
    ----------
    previous, current
        Ledgers or baselines: identity columns and match.

    Returns
    -------
    DataFrame
        Identity columns, match_before (yes), match_now (no, contradicted, not computable, absent).
    """
    before = previous.loc[previous["match"] == "yes", IDENTITY].astype(str)
    now = current[[*IDENTITY, "match"]].astype(str).rename(columns={"match": "match_now"})
    merged = before.merge(now, on=IDENTITY, how="left")
    merged["match_now"] = merged["match_now"].fillna("absent")
    lost = merged[merged["match_now"] != "yes"].reset_index(drop=True)
    lost.insert(len(IDENTITY), "match_before", "yes")
    return lost
