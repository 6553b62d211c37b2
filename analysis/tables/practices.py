"""Printed tables of the good practices: which serves which sub-area, what each says in numbers, where examples lack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.language import text
from analysis.workspace import Column

FOLDER = "52_good_practices"
# Value, decimals → text, in the language of the table.
Number = Callable[[float, int], str]
_SIDE = re.compile(r"_(low|high)$")
_LIMIT = re.compile(r"\s*\((?:dolna|górna) granica\)$")


def coverage_by_subarea(
    counts: pd.DataFrame, cross: pd.DataFrame, scores: pd.DataFrame, names: Mapping[str, str], *, limit: float
) -> pd.DataFrame:
    """Sub-areas from the weakest: how clusters score there and how many practices serve it.

    Parameters
    ----------
    counts
        Index code (every sub-area); columns key, related, practices.
    cross
        `cross_sections.csv`: dimension, group, n, code, measure, value.
    scores
        Columns respondent_id, code, score.
    limit
        Score under which a cluster is counted in `under` (percent of clusters with a score).

    Returns
    -------
    DataFrame
        Columns code, name, q1, median, q3, benchmark, under, key, related, practices, place (1 = lowest median).
    """
    own = cross[(cross["dimension"] == "all") & (cross["group"] == "all")]
    measured = own.pivot(index="code", columns="measure", values="value")[["q1", "median", "q3", "benchmark"]]
    known = scores.dropna(subset="score")
    under = (known["score"] < limit).groupby(known["code"]).mean() * 100
    out = measured.loc[counts.index].join(counts).assign(under=under.reindex(counts.index))
    out = out.rename_axis("code").reset_index()
    out.insert(1, "name", [names[code] for code in out["code"]])
    out = out.sort_values(["median", "code"], kind="stable", ignore_index=True)
    return out.assign(place=range(1, len(out) + 1))


def matrix_table(
    matrix: pd.DataFrame, names: Mapping[str, str], sections: Mapping[str, str], words: Mapping[str, str]
) -> pd.DataFrame:
    """The matrix in words (a screen reader says them): columns practice, a code each, areas; then a row of totals.

    Parameters
    ----------
    matrix
        `analysis.knowledge.practices.practice_matrix`, columns in printed order.
    words
        `key`, `related`, `none`, `total`.
    """
    shown = matrix.replace({"key": words["key"], "related": words["related"], "": words["none"]})
    shown = shown.assign(areas=(matrix != "").sum(axis=1).astype(str), total=0)
    shown.insert(0, "practice", [f"{sections[i]} {names[i]}" for i in matrix.index])
    served = (matrix != "").sum()
    last: dict[str, object] = {code: str(served[code]) for code in matrix.columns}
    last |= {"practice": words["total"], "areas": str(int(served.sum())), "total": 1}
    return pd.concat([shown.reset_index(drop=True), pd.DataFrame([last])], ignore_index=True)[list(shown.columns)]


def matrix_columns(codes: Sequence[str], heads: Mapping[str, str], words: Mapping[str, str]) -> list[Column]:
    """Columns of `matrix_table`; `heads` are the short names of the sub-areas."""
    wide, narrow = 0.235, 0.07
    each = (1 - wide - narrow) / len(codes)
    own = [Column(code, heads[code], align="center", width=each) for code in codes]
    return [Column("practice", words["practice"], width=wide), *own,
            Column("areas", words["areas"], align="center", width=narrow)]  # fmt: skip


def in_words(stated: pd.DataFrame, units: Mapping[str, str], bounds: Mapping[str, str], *, number: Number) -> str:
    """Numbers in words, “zgłoszone projekty: ponad 400”; two limits of one thing (`x_low`, `x_high`) become a range.

    Parameters
    ----------
    stated
        Columns id, name, value, unit, decimals, bound.
    units
        Unit → what stands after the number.
    bounds
        Bound → what stands before it.
    """
    ranges: dict[str, list[Mapping[Any, Any]]] = {}
    for row in stated.to_dict("records"):
        ranges.setdefault(_SIDE.sub("", row["id"]), []).append(row)
    parts = []
    for rows in ranges.values():
        first = rows[0]
        values = "–".join(number(row["value"], row["decimals"]) for row in rows)
        before = bounds.get(first["bound"], "")
        name = text(_LIMIT.sub("", first["name"]))
        parts.append(f"{name}: {before}{' ' if before else ''}{values}{units.get(first['unit'], '')}")
    return "; ".join(parts)


def evidence_table(
    practices: pd.DataFrame,
    stated: pd.DataFrame,
    words: Mapping[str, str],
    units: Mapping[str, str],
    bounds: Mapping[str, str],
    *,
    number: Number,
) -> pd.DataFrame:
    """What each practice says in numbers about its effects: columns practice, verdict, numbers.

    Parameters
    ----------
    practices
        `analysis.knowledge.practices.overview`.
    stated
        `analysis.knowledge.practices.stated_numbers`; results and expectations are listed.
    words
        `evidence_<evidence>`, `in_development`, `none`.
    """
    told = stated[stated["kind"].isin(("result", "expected"))]
    rows = []
    for key, practice in practices.iterrows():
        verdict = words[f"evidence_{practice['evidence']}"]
        if practice["stage"] == "in_development":
            verdict = f"{verdict} ({words['in_development']})"
        numbers = in_words(told[told["practice"] == key], units, bounds, number=number)
        name = f"{practice['section']} {practice['short']}"
        rows.append({"practice": name, "verdict": verdict, "numbers": numbers or words["none"]})
    return pd.DataFrame(rows)


def evidence_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of what each practice says about its effects."""
    return [
        Column("practice", words["practice"], width=0.25),
        Column("verdict", words["verdict"], width=0.2),
        Column("numbers", words["numbers"], width=0.55),
    ]
