"""What the ledger is: its columns, what it compares the printed report with, and how a row is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from analysis.reproduction.claims.data import ClaimData
from analysis.reproduction.evaluators import Answers
from analysis.reproduction.printed import parse_printed, reproduces, round_half_up

COLUMNS = (
    "source", "id", "chapter", "section", "line", "key", "statistic", "group", "period", "basis", "published", "unit",
    "printed_decimals", "recomputed", "difference", "match", "reason",
)  # fmt: skip
IDENTITY = ["source", "id", "line", "key", "statistic", "group"]
PLACE = ["source", "line", "key", "statistic", "group"]  # what tells the rows of tables apart
MATCHES = ("yes", "no", "contradicted", "not computable")
ANSWERS, INPUTS, PRINT = "answers", "inputs", "print"
# Tables whose values are transcribed into the inputs (framework, registry): they match by construction.
TRANSCRIBED = ("table 3", "table 4")
ALL = "all"


def chapter_of(source: str) -> str:
    """Return the chapter of the printed report that holds a table or a list of comments."""
    kind, _, number = source.partition(" ")
    if kind == "table" and number.isdigit():
        ends = ((4, "4"), (9, "5"), (10, "6"), (37, "13"))
        return next((chapter for last, chapter in ends if int(number) <= last), "")
    return {"facts": "13", "website audit": "12"}.get(source, "")


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
    claims
        What statements of the running text are compared with; needed only if they are published.
    """

    answers: Answers
    cross_sections: pd.DataFrame
    websites: pd.DataFrame
    registry: pd.DataFrame
    claims: ClaimData | None = None


@dataclass
class Rows:
    """Rows of one table in the making."""

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
        row: dict[str, Any] = dict(zip(PLACE, where, strict=True))
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
        """Return the rows as a ledger."""
        return ledger_table(self.rows)


def ledger_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a ledger: all columns, empty text where a row has none; tables get their chapter and basis."""
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    out["printed_decimals"] = out["printed_decimals"].astype("Int64")
    out = out.astype({"recomputed": float, "difference": float})
    source = out["source"].astype(str)
    out["chapter"] = out["chapter"].fillna(source.map(chapter_of))
    out["basis"] = out["basis"].fillna(source.map(lambda s: INPUTS if s in TRANSCRIBED else ANSWERS))
    text = [c for c in COLUMNS if c not in ("printed_decimals", "recomputed", "difference")]
    return out.fillna(dict.fromkeys(text, ""))
