"""Answers of a survey counted in every cluster: all that shares, ratings, their errors and tests need.

Respondents answer inside clusters, and groups (sector, size, age) are groups of clusters. So one pass over the answers
is enough; everything after it works on a table of clusters × answers and does not know how many respondents there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import MethodError

CLOSED = ("single", "rating", "tick")
TICKED = "1"
_TICK_OPTIONS = (TICKED, "0")


@dataclass(frozen=True)
class Item:
    """One closed item: its options in the order of the questionnaire, with the scores of those that have one."""

    name: str
    question_no: str
    type: str
    option_list: str
    options: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def scored(self) -> np.ndarray:
        """(n_options,) whether an option counts in the rating."""
        return ~np.isnan(np.array(self.scores, dtype=float))


@dataclass(frozen=True)
class Counts:
    """Numbers of answers, clusters × options.

    `table[item]` is (n_clusters, n_options); `clusters` are the identifiers in the order of the rows.
    """

    clusters: pd.Index
    items: tuple[Item, ...]
    table: Mapping[str, np.ndarray]

    def __iter__(self) -> Iterator[tuple[Item, np.ndarray]]:
        return ((item, self.table[item.name]) for item in self.items)


def closed_items(codebook: pd.DataFrame, option_lists: pd.DataFrame) -> tuple[Item, ...]:
    """Return the closed questions of a codebook in its order.

    Parameters
    ----------
    codebook
        item, question_no, type (single, rating, tick; others are left out), option_list; all text.
    option_lists
        option_list, option, score ('' for none); all text.
    """
    listed = {str(name): own for name, own in option_lists.groupby("option_list", sort=False)}
    out = []
    for entry in codebook.to_dict("records"):
        if entry["type"] not in CLOSED:
            continue
        options: tuple[str, ...] = _TICK_OPTIONS
        scores: tuple[float, ...] = (float("nan"),) * 2
        if entry["type"] != "tick":
            own = listed[str(entry["option_list"])]
            options = tuple(own["option"].astype(str))
            scores = tuple(float(s) if s != "" else float("nan") for s in own["score"])
        place = (str(entry["item"]), str(entry["question_no"]), str(entry["type"]), str(entry["option_list"]))
        out.append(Item(*place, options, scores))
    return tuple(out)


def _positions(answers: pd.Series, item: Item) -> np.ndarray:
    """Place of each answer among the options; the number of options where there is no answer."""
    codes, found = pd.factorize(answers)
    absent = len(item.options)
    place = {option: i for i, option in enumerate(item.options)} | {"": absent}
    unknown = [str(value) for value in found if value not in place]
    if unknown:
        raise MethodError(
            f"{item.name}: `{unknown[0]}` is not among the answers {', '.join(item.options)}; run `klastry validate`"
        )
    return np.array([*(place[value] for value in found), absent], dtype=np.int64)[codes]


def count_answers(
    answers: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame, *, cluster: str | None = None
) -> Counts:
    """Count the answers to closed questions in every cluster.

    Parameters
    ----------
    answers
        (n_respondents, n_items) option codes as text or categories, missing or '' where not answered.
    codebook, option_lists
        As for `closed_items`.
    cluster
        Column that names the cluster of a respondent; without it all respondents are one cluster.

    Raises
    ------
    MethodError
        A respondent has no cluster, or an answer is not among the options.
    """
    if cluster is None:
        at, clusters = np.zeros(len(answers), dtype=np.int64), pd.Index([""], name="cluster")
    else:
        at, clusters = pd.factorize(answers[cluster], sort=True)
        if (at < 0).any() or "" in clusters:
            raise MethodError(f"{cluster}: a respondent without a cluster cannot be counted; run `klastry validate`")
        clusters = pd.Index(clusters, name=cluster)
    items = closed_items(codebook, option_lists)
    table = {}
    for item in items:
        width = len(item.options) + 1
        flat = np.bincount(at * width + _positions(answers[item.name], item), minlength=len(clusters) * width)
        table[item.name] = flat.reshape(len(clusters), width)[:, :-1]
    return Counts(clusters, items, table)
