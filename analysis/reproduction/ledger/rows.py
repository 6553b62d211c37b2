"""Rows of the ledger for the printed tables and the comments of the annex: one function for each kind of table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.consistency import categories, fact_statistic
from analysis.reproduction.evaluators import Answers, Statement, evaluate, parse_threshold
from analysis.reproduction.ledger.model import ALL, Rows, ledger_table
from analysis.reproduction.members_table import members_table
from analysis.reproduction.printed import Printed, parse_printed, unit_factor

LINK_COLUMNS = ("source", "line", "code", "kind", "label", "printed", "evaluator", "items", "base", "note")


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
    rows = Rows()
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
    rows = Rows()
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
    found = links_by_key(links)
    rows = Rows()
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
    rows = Rows()
    sectors = answers.characteristics["sector"]
    for r in sector_means.to_dict("records"):
        values = answers.series(r["code"] or "members_total")
        inside = values[sectors.reindex(values.index) == r["sector_code"]]
        factor = 100.0 if r["unit"].startswith("% of clusters") else 1 / unit_factor(r["unit"])
        value = float(inside.mean()) * factor if len(inside) else None
        where = ("table 10", r["line"], r["code"] or "members", "mean", f"sector: {r['sector_code']}")
        rows.add(where, r["value_str"], value, reason="" if len(inside) else "no cluster of the sector answered")
    return rows.table()


def links_by_key(links: pd.DataFrame) -> Mapping[tuple[str, str, str, str, str], dict[str, str]]:
    """Return the links of comments and categories by line, code, kind, label and printed text."""
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
    found = links_by_key(links)
    rows = Rows()
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
    return ledger_table(rows)


def _same(one: str, two: str) -> bool:
    return one == two or (one.isdigit() and two.isdigit() and int(one) == int(two))


def framework_rows(published: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Table 3: number of indicators of each sub-area, against the framework."""
    counts = indicators["subarea"].value_counts()
    rows = Rows()
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
    rows = Rows()
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
    rows = Rows()
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
