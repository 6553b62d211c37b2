"""What a publication shows without any solving: lists of a group's scores, single respondents, dominant ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.disclosure.bounds import places
from analysis.disclosure.column import Column
from analysis.disclosure.sensitivity import dominated


def revealed_lists(columns: Sequence[Column], *, threshold: float) -> pd.DataFrame:
    """Groups whose own six statistics give the sorted list of their scores, whoever they belong to.

    With type 7, minimum, quartiles and maximum of four scores determine all four; of five they are the five.

    Returns
    -------
    DataFrame
        One row for each group: dimension, group, n (members with a score, of the first column), elements, revealed
        (elements in which every score of the list is known to within `threshold`).
    """
    found: dict[tuple[str, str], list[int]] = {}
    for column in columns:
        wide = threshold / float(column.unit)
        for group in column.released:
            least, most = places(column, group)
            row = found.setdefault((group.dimension, group.group), [len(group.members), 0, 0])
            row[1] += 1
            row[2] += int((most - least < wide).all())
    rows = [(*key, *counts) for key, counts in found.items()]
    return pd.DataFrame(rows, columns=["dimension", "group", "n", "elements", "revealed"])


def matched_rows(rows: pd.DataFrame, low: pd.DataFrame, high: pd.DataFrame) -> int:
    """Rows of an unnamed list of profiles that only one respondent can have, given intervals of its scores.

    Parameters
    ----------
    rows
        (n_rows, codes), values as shown, missing where there are none.
    low, high
        (n_respondents, codes), possible scores widened by what the picture rounds.
    """
    values, least, most = (t[rows.columns].to_numpy(dtype=float) for t in (rows, low, high))
    inside = (values[:, None, :] >= least[None]) & (values[:, None, :] <= most[None])
    known = np.isnan(values)[:, None, :] == np.isnan(least)[None]
    fits = (np.where(np.isnan(values)[:, None, :], True, inside) & known).all(axis=2)
    while True:  # a respondent that is the only one for a row is none for the others
        single = np.flatnonzero(fits.sum(axis=1) == 1)
        taken = fits[single].argmax(axis=1)
        before = fits.sum()
        for row, person in zip(single, taken, strict=True):
            others = np.arange(len(fits)) != row
            fits[others, person] = False
        if fits.sum() == before:
            return len(single)


def dominant(values: pd.DataFrame, *, n: int, k: float) -> list[str]:
    """Columns in which the `n` largest respondents make more than `k` percent of the total."""
    return [str(code) for code in values if dominated(values[code].dropna().to_list(), n, k)]


def exposure_table(
    lists: pd.DataFrame,
    dominating: Sequence[str],
    shares: pd.DataFrame,
    opinions: pd.DataFrame,
    matched: int,
    linked: int,
) -> pd.DataFrame:
    """Return the counts as one table: sign, value.

    Parameters
    ----------
    lists
        From `revealed_lists`.
    dominating
        From `dominant`.
    shares
        Printed shares of answers: columns n, k.
    opinions
        Printed numbers of the members' survey: columns dimension, clusters.
    matched, linked
        Rows of the unnamed list of profiles that only one respondent can have; scores narrow with all columns linked.
    """
    few = (shares["k"].between(1, 2)) | ((shares["n"] - shares["k"]).between(1, 2))
    same = (shares["k"] == 0) | (shares["k"] == shares["n"])
    by_group = opinions[opinions["dimension"] != "all"]
    full = lists[lists["revealed"] > 0]
    rows = {
        "lists.groups": len(full),
        "lists.revealed": int(lists["revealed"].sum()),
        "dominated": len(dominating),
        "answers.cells": len(shares),
        "answers.few": int(few.sum()),
        "answers.same": int(same.sum()),
        "members.cells": len(by_group),
        "members.few_clusters": int((by_group["clusters"] < 3).sum()),
        "rows.matched": matched,
        "linked": linked,
    }
    return pd.DataFrame({"sign": list(rows), "value": list(rows.values())})
