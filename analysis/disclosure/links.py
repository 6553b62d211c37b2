"""What the columns tell about each other: areas are means of indicators, the overall score is a mean of areas.

Each column alone leaves an interval of every score. As a parent is a known weighted mean of its children, the intervals
of the parent bound those of the children and the other way round; what that takes away, propagation inside each column
may take further. Only impossible values are removed, so the bounds stay valid; they need not be the narrowest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.disclosure.bounds import propagate
from analysis.disclosure.column import Column

ROUNDS = 30
# Weights are fractions such as 1/5: floats of sums of them are off by less than this many units.
SLACK = 1e-6


@dataclass(frozen=True)
class Link:
    """A parent is, for each respondent, the mean of its children with known weights.

    `weights` is (n_respondents, children): rows add up to one, zero where the respondent has no score in the child.
    """

    parent: str
    weights: pd.DataFrame


def links_of(parents: Mapping[str, Sequence[str]], counts: pd.DataFrame) -> list[Link]:
    """Links of a hierarchy in which a parent is the mean of the leaves below it.

    Parameters
    ----------
    parents
        Parent → its children.
    counts
        (n_respondents, children): how many leaves of each child the respondent has answered; ones for a plain mean.
    """
    out = []
    for parent, children in parents.items():
        known = counts[list(children)].astype(float)
        out.append(Link(parent, known.div(known.sum(axis=1), axis=0).fillna(0.0)))
    return out


def tighten(
    columns: Sequence[Column], intervals: pd.DataFrame, scored: pd.DataFrame, links: Sequence[Link]
) -> pd.DataFrame:
    """Bounds of every score from all columns together.

    Parameters
    ----------
    columns
        One for each code.
    intervals
        Index code and position of the respondent among those with a score, columns low, high in units.
    scored
        (n_respondents, codes), whether there is a score.

    Returns
    -------
    DataFrame
        As `intervals`, no wider.
    """
    people = [str(p) for p in scored.index]
    place = {c.code: {q: i for i, q in enumerate(q for q in people if bool(scored.at[q, c.code]))} for c in columns}
    of = intervals.index.get_level_values("code")
    low = {c.code: intervals["low"][of == c.code].to_numpy(dtype=int, copy=True) for c in columns}
    high = {c.code: intervals["high"][of == c.code].to_numpy(dtype=int, copy=True) for c in columns}
    for _ in range(ROUNDS):
        before = sum(int((high[c] - low[c]).sum()) for c in low)
        for link in links:
            for person, weights in link.weights.iterrows():
                _balance(link.parent, str(person), weights[weights > 0], low, high, place)
        for column in columns:
            low[column.code], high[column.code] = propagate(column, (low[column.code], high[column.code]))
        if sum(int((high[c] - low[c]).sum()) for c in low) == before:
            break
    parts = [pd.DataFrame({"low": low[c.code], "high": high[c.code]}).assign(code=c.code) for c in columns]
    joined = pd.concat(parts).rename_axis("position").reset_index().set_index(["code", "position"])
    return joined.loc[intervals.index]


def _balance(
    parent: str,
    person: str,
    weights: pd.Series,
    low: dict[str, np.ndarray],
    high: dict[str, np.ndarray],
    place: Mapping[str, Mapping[str, int]],
) -> None:
    """Bound one respondent's parent by its children and each child by the parent and the others.

    A score of `k` units stands for a real one of at least k and less than k + 1.
    """
    if person not in place[parent]:
        return
    codes = [str(c) for c in weights.index]
    if any(person not in place[c] for c in codes):
        return
    at = [place[c][person] for c in codes]
    w = weights.to_numpy(dtype=float)
    least = np.array([low[c][i] for c, i in zip(codes, at, strict=True)], dtype=float)
    most = np.array([high[c][i] + 1 for c, i in zip(codes, at, strict=True)], dtype=float)
    own = place[parent][person]
    low[parent][own] = max(low[parent][own], int(np.floor(w @ least - SLACK)))
    high[parent][own] = min(high[parent][own], int(np.ceil(w @ most + SLACK)) - 1)
    for k, (code, i) in enumerate(zip(codes, at, strict=True)):
        others_least, others_most = w @ least - w[k] * least[k], w @ most - w[k] * most[k]
        low[code][i] = max(low[code][i], int(np.floor((low[parent][own] - others_most) / w[k] - SLACK)))
        high[code][i] = min(high[code][i], int(np.ceil((high[parent][own] + 1 - others_least) / w[k] + SLACK)) - 1)


def expand(columns: Sequence[Column], table: pd.DataFrame) -> pd.DataFrame:
    """Give each respondent of a column the interval of its profile.

    Parameters
    ----------
    table
        As `analysis.disclosure.assess.intervals_table` returns it, of the same columns in the same order.

    Returns
    -------
    DataFrame
        Index code, position; columns low, high in units (an infeasible column has the bounds of the scale).
    """
    rows = []
    for column in columns:
        unit, limits = column.unit, column.limits()
        found = table[table["code"] == column.code].to_dict("records")
        for members, row in zip(column.profiles, found, strict=True):
            low, high = limits
            if pd.notna(row["low"]):
                low = round(Fraction(str(row["low"])) / unit)
                high = min(round(Fraction(str(row["high"])) / unit) - 1, limits[1])
                high = limits[1] if row["high"] * 1.0 >= float(limits[1] * unit) else high
            rows += [(column.code, position, low, high) for position in members]
    made = pd.DataFrame(rows, columns=["code", "position", "low", "high"]).sort_values(["code", "position"])
    return made.set_index(["code", "position"])


def linked_summary(
    before: pd.DataFrame, after: pd.DataFrame, levels: Mapping[str, Sequence[str]], *, wide: int
) -> pd.DataFrame:
    """Scores known to less than `wide` units, column by column and with columns linked: part, scores, alone, linked.

    A column that is not narrow alone may be so together; never the other way round.
    """
    rows = []
    codes = before.index.get_level_values("code")
    for part, own in {"total": list(dict.fromkeys(codes)), **levels}.items():
        chosen = codes.isin(list(own))
        counts = [int(((t["high"] - t["low"])[chosen] < wide).sum()) for t in (before, after)]
        rows.append({"part": part, "scores": int(chosen.sum()), "alone": counts[0], "linked": counts[1]})
    return pd.DataFrame(rows)
