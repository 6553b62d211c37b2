"""What the printed edition says: means, medians, benchmarks, counts in comments, sector means, score tables.

Everything is read from `data/editions/<year>/published/`; nothing here decides which of two contradictory numbers is
right. `FURTHER_FACTS` holds counts that stand in the running text only, not in the annex.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SECTORS = ("bio", "chem", "edu", "ict", "moto", "metal")
DIMENSIONS = ("age", "kkk", "sector", "size", "strategy")
MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")
GROUPS = {
    "age": ("before 2010", "2010-2014", "2015-2020"),
    "kkk": ("KKK", "not KKK"),
    "sector": SECTORS,
    "size": ("20-49", "50-79", "80-149", "150+"),
    "strategy": ("none", "not updated", "updated"),
}
N = 42

# code, kind, threshold, value: counts of the running text (chapters 5 to 8 and 10), in the form of indicator_facts.csv
FURTHER_FACTS: tuple[tuple[str, str, str, str], ...] = (
    ("I.1.4", "total", "", "219.5"),
    ("I.1.4", "n_le", "1", "6"),
    ("I.1.4", "rank", "2", "15"),
    ("I.1.4", "rank", "3", "15"),
    ("I.1.4", "rank", "4", "13"),
    ("I.1.1", "total", "", "1060400"),
    ("I.1.1", "rank", "2", "90000"),
    ("I.2.1", "rank", "2", "20000"),
    ("I.2.2", "n_ge", "40000", "4"),
    ("I.3.1", "total", "", "151500"),
    ("I.3.3", "n_positive", "0", "28"),
    ("I.3.4", "n_zero", "0", "26"),
    ("II.2.1", "n_positive", "0", "38"),
    ("II.3.2", "n_positive", "0", "27"),
    ("II.3.3", "n_positive", "0", "32"),
    ("II.4.4", "n_between", "1-3", "13"),
    ("II.4.4", "n_positive", "0", "33"),
    ("II.5.1", "n_positive", "0", "41"),
    ("III.2.1", "rank", "2", "10"),
    ("III.2.2", "total", "", "321"),
    ("III.2.4", "total", "", "242"),
    ("III.2.5", "total", "", "176"),
    ("III.2.7", "total", "", "510"),
    ("IV.1.7", "total", "", "2159"),
    ("IV.1.8", "n_positive", "0", "20"),
    ("IV.1.8", "rank", "2", "15"),
    ("IV.1.8", "rank", "3", "12"),
    ("IV.3.1", "n_positive", "0", "34"),
    ("V.1.2", "n_between", "1-9", "13"),
    ("V.2.3", "n_lt_positive", "200", "3"),
    ("V.3.3", "n_ge", "20", "19"),
)


@dataclass(frozen=True)
class Fact:
    """One printed statement about an indicator: `kind` with its `threshold`, the printed `value`, its place."""

    code: str
    kind: str
    threshold: str
    value: str
    label: str
    note: str
    source: str

    @property
    def key(self) -> str:
        """Readable identifier of the statement, unique within its indicator in practice."""
        parts = [self.kind, self.threshold, self.label]
        return ":".join(p for p in parts if p)


@dataclass(frozen=True)
class Published:
    """The printed statistics of one edition.

    `indicators` and `facts` as in the files; `sector_means` has code, sector, value and decimals; `scores` is an array
    groups × columns × measures (19 × 25 × 6) with `group_keys` (dimension, group) and `columns` naming its first axes.
    """

    indicators: pd.DataFrame
    facts: tuple[Fact, ...]
    sector_means: pd.DataFrame
    scores: np.ndarray
    group_keys: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    named_members: frozenset[int]


def decimals_of(text: str) -> int:
    """Number of decimals of a printed Polish number such as '26 887,2'."""
    return len(text.split(",")[1].rstrip("% ")) if "," in text else 0


def _facts(path: Path) -> tuple[Fact, ...]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    facts = [
        Fact(r["code"], r["kind"], r["threshold"], r["value"], r["label_pl"], r["note"], f"annex, line {r['line']}")
        for r in table.to_dict("records")
    ]
    facts += [Fact(*row, label="", note="", source="running text") for row in FURTHER_FACTS]
    return tuple(facts)


def _scores(path: Path) -> tuple[np.ndarray, tuple[tuple[str, str], ...], tuple[str, ...]]:
    table = pd.read_csv(path, encoding="utf-8")
    columns = tuple(dict.fromkeys(table["column_code"]))
    keys = (("all", "all"), *((d, g) for d in DIMENSIONS for g in GROUPS[d]))
    out = np.full((len(keys), len(columns), len(MEASURES)), np.nan)
    place = {key: i for i, key in enumerate(keys)}
    for r in table.to_dict("records"):
        group, column = place[r["group_dim"], r["group"]], columns.index(r["column_code"])
        out[group, column, MEASURES.index(r["measure"])] = r["value"]
    if np.isnan(out).any():
        raise ValueError(f"{path}: some of the {out.size} printed score statistics are missing")
    return out, keys, columns


def load_published(edition_dir: Path) -> Published:
    """Read the published statistics of an edition and the member counts of its named clusters.

    Raises
    ------
    FileNotFoundError
        A published table or the registry is missing.
    ValueError
        The score tables have gaps.
    """
    folder = edition_dir / "published"
    indicators = pd.read_csv(folder / "indicators.csv", dtype=str, keep_default_na=False).set_index("code")
    sector_means = pd.read_csv(folder / "sector_means.csv", dtype=str, keep_default_na=False)
    sector_means["decimals"] = sector_means["value_str"].map(decimals_of)
    sector_means["value"] = sector_means["value"].astype(float)
    scores, keys, columns = _scores(folder / "scores.csv")
    registry = pd.read_csv(edition_dir / "raw" / "registry.csv")
    members = frozenset(registry["members"].astype(int))
    return Published(indicators, _facts(folder / "indicator_facts.csv"), sector_means, scores, keys, columns, members)
