"""Rates of the ledger: overall, by table, by chapter of the printed report, and what kinds of differences there are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.reproduction.claims.conflicts import PREVIOUS
from analysis.reproduction.ledger.model import ALL, ANSWERS, INPUTS, PRINT
from analysis.reproduction.printed import round_half_up

COMPUTED = "computed"
TOTAL, TABLE, LEVEL, CHAPTER, DIFFERENCE = "total", "table", "level", "chapter", "difference"
CLAIMS = "claims"
# Statements of the running text by what they are compared with.
CLAIM_LINES = {ANSWERS: CLAIMS, INPUTS: "claims on inputs", PRINT: "claims on earlier editions"}
SPANS = {"tables 5-9": (5, 9), "tables 13-17": (13, 17), "tables 18-36": (18, 36)}
NUMBERS = ("n", "compared", "matched", "contradicted", "not_computable", "rate")
# Levels of the index in the score tables: key of a row → level.
SCORE_TABLES = "tables 18-36"
LEVELS = {"scores of sub-areas": r"[IVX]+\.\d+", "scores of areas": r"[IVX]+", "overall scores": r"ALL"}
# What a row that differs, or cannot be computed, is about; a row belongs to the first family that fits.
OLD, IN_PRINT = "value of the previous edition", "printed numbers conflict"
SCORES, IN_WORDS, OTHER = "scores", "words read as a range", "other answers"
NO_NUMBER, NO_ANSWER = "threshold in words", "no answer holds it"
FAMILIES = (OLD, IN_PRINT, SCORES, IN_WORDS, OTHER, NO_NUMBER, NO_ANSWER)
_SCORE_SOURCES = ("tables 5-9", "tables 18-36")
# Names of the lines in the report.
LABELS_PL = {
    COMPUTED: "Policzone z odpowiedzi, razem", ALL: "Wszystkie wydrukowane liczby",
    "scores of sub-areas": "Wyniki podobszarów", "scores of areas": "Wyniki obszarów",
    "overall scores": "Wyniki ogólne",
    CLAIMS: "Liczby w tekście rozdziałów", "claims on inputs": "Liczby w tekście: dane wejściowe",
    "claims on earlier editions": "Liczby w tekście: poprzednie edycje", "facts": "Komentarze do wskaźników w aneksie",
    "website audit": "Audyt stron internetowych",
    OLD: "Wartość poprzedniej edycji", IN_PRINT: "Sprzeczność w druku", NO_NUMBER: "Próg podany słowami",
    NO_ANSWER: "Brak w odpowiedziach", SCORES: "Wyniki znormalizowane", IN_WORDS: "Przybliżenie słowne",
    OTHER: "Pozostałe odpowiedzi",
}  # fmt: skip


def _sort_key(source: str) -> tuple[int, str]:
    number = source.removeprefix("tables ").removeprefix("table ").partition("-")[0]
    return (int(number), "") if number.isdigit() else (10_000, source)


def lines_of(ledger: pd.DataFrame) -> pd.Series:
    """Return for each row the line of the summary by tables that counts it."""

    def line(source: str, basis: str) -> str:
        number = _sort_key(source)[0]
        spanned = next((name for name, (low, high) in SPANS.items() if low <= number <= high), source)
        return CLAIM_LINES[basis] if source == CLAIMS else spanned

    return pd.Series([line(s, b) for s, b in zip(ledger["source"], ledger["basis"], strict=True)], index=ledger.index)


def families(ledger: pd.DataFrame) -> pd.Series:
    """Return for each row that differs or cannot be computed the kind of its reason, '' for the others."""
    lines = lines_of(ledger)
    score = lines.isin(_SCORE_SOURCES) | ledger["key"].astype(str).str.match(r"^(area:|sub:|overall)")
    words = ledger["reason"].astype(str).str.contains(" allows? ", regex=True)
    out = pd.Series("", index=ledger.index)
    differs = ledger["match"] == "no"
    out[differs] = OTHER
    out[differs & words] = IN_WORDS
    out[differs & score] = SCORES
    reason = ledger["reason"].astype(str)
    conflict, unknown = ledger["match"] == "contradicted", ledger["match"] == "not computable"
    out[conflict] = IN_PRINT
    out[conflict & reason.str.contains(PREVIOUS, regex=False)] = OLD
    out[unknown] = NO_ANSWER
    out[unknown & reason.str.contains("in words|has no threshold", regex=True)] = NO_NUMBER
    return out


def summarise(ledger: pd.DataFrame) -> pd.DataFrame:
    """Count matches.

    Parameters
    ----------
    ledger
        At least the columns source, chapter, key, basis, match, reason.

    Returns
    -------
    DataFrame
        by, source, n (published statistics), compared (n without those not computable), matched, contradicted,
        not_computable, rate (100 matched / compared, missing if nothing was compared). `by` is

        - `total`: `computed`, what is recomputed from answers and so the honest headline, and `all`, with the tables
          and statements that repeat the inputs or an earlier edition;
        - `table`: tables as the printed report groups them, comments, members, audit; statements of the running text in
          three lines (`CLAIM_LINES`), the last two of which the headline leaves out;
        - `level`: the score tables by level of the index;
        - `chapter`: rows recomputed from answers, by chapter of the printed report;
        - `difference`: rows that differ or cannot be computed, by `families` (nothing matches there by definition).
    """
    lines, kinds = lines_of(ledger), families(ledger)
    computed = ledger["basis"] == ANSWERS
    chapters = sorted(set(ledger.loc[computed, "chapter"].astype(str)) - {""}, key=int)
    tables = sorted(set(lines) - set(CLAIM_LINES.values()), key=_sort_key)
    tables += [name for name in CLAIM_LINES.values() if (lines == name).any()]
    wanted = [(TOTAL, COMPUTED, computed), (TOTAL, ALL, pd.Series(True, index=ledger.index))]
    wanted += [(TABLE, name, lines == name) for name in tables]
    scores, keys = lines == SCORE_TABLES, ledger["key"].astype(str)
    if scores.any():
        wanted += [(LEVEL, name, scores & keys.str.fullmatch(pattern)) for name, pattern in LEVELS.items()]
    wanted += [(CHAPTER, f"chapter {c}", computed & (ledger["chapter"].astype(str) == c)) for c in chapters]
    wanted += [(DIFFERENCE, name, kinds == name) for name in FAMILIES]
    rows = []
    for by, name, chosen in wanted:
        match = ledger.loc[chosen, "match"]
        unknown = int((match == "not computable").sum())
        compared, matched = len(match) - unknown, int((match == "yes").sum())
        rows.append(
            {
                "by": by, "source": name, "n": len(match), "compared": compared, "matched": matched,
                "contradicted": int((match == "contradicted").sum()), "not_computable": unknown,
                "rate": 100.0 * matched / compared if compared and by != DIFFERENCE else float("nan"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def format_summary(summary: pd.DataFrame) -> str:
    """Return the summary as text for a terminal, one line per source; the totals first."""
    width = max(len(str(name)) for name in summary["source"]) + 2
    head = (
        f"{'':<{width}}{'published':>10}{'compared':>10}{'matched':>9}{'rate':>9}"
        f"{'contradicted':>14}{'not computable':>16}"
    )
    parts = [head]
    titles = {
        TABLE: "by table",
        LEVEL: "scores by level",
        CHAPTER: "by chapter, recomputed from answers",
        DIFFERENCE: "what differs or cannot be computed",
    }
    by = TOTAL
    for r in summary.to_dict("records"):
        if r["by"] != by:
            by = str(r["by"])
            parts += ["", titles[by]]
        rate = "-" if r["rate"] != r["rate"] else f"{round_half_up(float(r['rate']), 1)}%"
        parts.append(
            f"{r['source']:<{width}}{r['n']:>10}{r['compared']:>10}{r['matched']:>9}{rate:>9}{r['contradicted']:>14}"
            f"{r['not_computable']:>16}"
        )
    return "\n".join(parts)


def label_pl(source: str) -> str:
    """Return the name of a line of the summary in the report."""
    if source in LABELS_PL:
        return LABELS_PL[source]
    kind, _, number = source.partition(" ")
    return {"tables": "Tabele ", "table": "Tabela ", "chapter": "Rozdział "}.get(kind, kind) + number.replace("-", "–")


def summary_facts(summary: pd.DataFrame, table: str) -> list[dict[str, Any]]:
    """Return the numbers of a summary as facts, each the arguments of `FactSet.add`.

    Ids are `reproduction.<source>.<column>`, for instance `reproduction.all.rate`, `reproduction.table18_36.matched`,
    `reproduction.claims.contradicted`, `reproduction.chapter5.rate`; differences are
    `reproduction.difference.<name>.n`. A rate that does not exist gives no fact; `….label` is the Polish name of the
    line. `table` names the written summary.
    """
    out = []
    for r in summary.to_dict("records"):
        source = str(r["source"])
        name = source.replace("tables ", "table").replace("table ", "table").replace("chapter ", "chapter")
        name = name.replace("-", "_").replace(" ", "_")
        name = f"difference.{name}" if r["by"] == DIFFERENCE else name
        place = {"table": table, "key": source}
        label = {"fact_id": f"reproduction.{name}.label", "value": label_pl(source), "unit": "text"}
        out.append(label | place | {"column": "source"})
        for column in ("n",) if r["by"] == DIFFERENCE else NUMBERS:
            if r[column] != r[column]:
                continue
            rate = column == "rate"
            fact = {"fact_id": f"reproduction.{name}.{column}", "value": r[column]}
            fact |= {"unit": "percent" if rate else "count", "decimals": 1 if rate else 0}
            out.append(fact | place | {"column": column})
    return out


def print_summary(ledger: pd.DataFrame) -> None:
    """Print the summary of a ledger."""
    print(format_summary(summarise(ledger)))
