"""Proofs as tables: one row a contradiction, one row a statement; known contradictions and ledger rows named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.reproduction.proofs.engine import Proof
from analysis.reproduction.proofs.prove import KINDS_OF_CONTRADICTION, SEVERITIES, Audit, severity
from analysis.reproduction.proofs.statements import Statement

COLUMNS = (
    "id", "severity", "kind", "key", "lines", "values", "cannot_hold", "repair", "known", "irreducible", "note",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "proof", "no", "role", "statement", "source", "key", "statistic", "group", "period", "words", "printed", "lines",
    "cell", "repair",
)  # fmt: skip


def statement_words(s: Statement) -> str:
    """Return a statement with its number and lines."""
    number = f": {s.printed}" if s.printed else ""
    return f"{s.words}{number}" + (f" (l. {', '.join(s.lines)})" if s.lines else "")


def cannot_hold(proof: Proof) -> str:
    """Return what cannot hold together, in words."""
    return "; ".join(statement_words(m) for m in proof.members)


def repair(proof: Proof) -> str:
    """Return what would let the statements hold: alternatives, each alone enough."""
    out = [f"{m.statistic} {m.line} → {proof.repairs[m.id]}" for m in proof.members if m.id in proof.repairs and m.line]
    out += [f"{m.words}: {proof.repairs[m.id]}" for m in proof.members if m.id in proof.repairs and not m.line]
    if proof.kind == "edition":
        where = ", ".join(w.line for w in proof.witnesses)
        out.insert(0, f"exchange the editions in the text (l. {where} gives the table's number to the edition before)")
    return "; or ".join(out)


def lines_of(proof: Proof) -> list[str]:
    """Return all lines of the proof in ascending order, each once."""
    return sorted({line for m in (*proof.members, *proof.witnesses) for line in m.lines}, key=int)


def contradictions_table(audit: Audit, review: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row per proved contradiction.

    Parameters
    ----------
    audit
        Result of `prove`.
    review
        Columns id, findings: known contradictions with what shows them; ids of proofs count.

    Returns
    -------
    DataFrame
        `COLUMNS`, sorted by severity, kind, key and id. `values` are the printed numbers that exclude each other,
        `cannot_hold` the statements in words, `repair` alternatives of which each alone is enough, `known` the ids of
        known contradictions that the proof shows.
    """
    known: dict[str, list[str]] = {}
    for r in [] if review is None else review.to_dict("records"):
        for name in str(r["findings"]).split(";"):
            known.setdefault(name, []).append(str(r["id"]))
    rows = [
        {
            "id": p.id, "severity": severity(p), "kind": p.kind, "key": p.key, "lines": ";".join(lines_of(p)),
            "values": " | ".join(m.printed for m in p.members if m.printed), "cannot_hold": cannot_hold(p),
            "repair": repair(p), "known": ";".join(known.get(p.id, [])),
            "irreducible": "yes" if p.minimal else "undecided", "note": p.note,
        }
        for p in audit.proofs
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def statements_table(audit: Audit) -> pd.DataFrame:
    """Return one row per statement of each proof: `STATEMENT_COLUMNS`; role is member, or witness."""
    rows = []
    for p in audit.proofs:
        for no, (role, s) in enumerate([("member", m) for m in p.members] + [("witness", w) for w in p.witnesses], 1):
            rows.append(
                {
                    "proof": p.id, "no": no, "role": role, "statement": s.id, "source": s.source, "key": s.key,
                    "statistic": s.statistic, "group": s.group, "period": s.period, "words": s.words,
                    "printed": s.printed, "lines": ";".join(s.lines), "cell": s.cell, "repair": p.repairs.get(s.id, ""),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(STATEMENT_COLUMNS))


def summary_facts(audit: Audit) -> list[dict[str, Any]]:
    """Return the numbers of the proofs as facts, each the arguments of `FactSet.add`."""
    table = "40_analyses/contradictions.csv"

    def count(name: str, value: int, column: str) -> dict[str, Any]:
        return {"fact_id": f"proofs.{name}", "value": value, "table": table, "key": name, "column": column}

    proofs: Sequence[Proof] = audit.proofs
    levels = [severity(p) for p in proofs]
    out = [count("n", len(proofs), "id"), count("statements", audit.statements, "id"),
           count("undecided", len(audit.undecided), "id")]  # fmt: skip
    out += [count(level, levels.count(level), "severity") for level in SEVERITIES]
    for kind in KINDS_OF_CONTRADICTION:
        out.append(count(kind.replace(" ", "_"), sum(p.kind == kind for p in proofs), "kind"))
    return out
