"""The accepted state of the ledger: which rows matched, so that a row that no longer does is noticed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.reproduction.ledger.model import IDENTITY


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
    # a state recorded before statements were counted has no ids: its rows are those of tables
    before = previous.assign(id=previous.get("id", "")).loc[previous["match"] == "yes", IDENTITY].astype(str)
    now = current[[*IDENTITY, "match"]].astype(str).rename(columns={"match": "match_now"})
    merged = before.merge(now, on=IDENTITY, how="left")
    merged["match_now"] = merged["match_now"].fillna("absent")
    lost = merged[merged["match_now"] != "yes"].reset_index(drop=True)
    lost.insert(len(IDENTITY), "match_before", "yes")
    return lost
