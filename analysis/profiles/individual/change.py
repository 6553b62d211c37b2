"""What changed since the previous edition, where it had the same respondent; a private file says who is who."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError, Problem
from analysis.profiles.individual.standing import percentile_ranks

LINK = "private/previous_respondents.csv"
COLUMNS = ("respondent_id", "previous_id")
SCORES = "30_scores/scores.csv"
CHANGED = ["before", "now", "percentile_before", "percentile_now", "shift"]


def read_link(path: Path, *, respondents: list[str], previous: list[str]) -> pd.Series:
    """Read which respondent of the previous edition each respondent was; empty where there is no file.

    Raises
    ------
    DataError
        A column is missing, a row names somebody unknown, or stands there twice; lists all of them.
    """
    if not path.is_file():
        return pd.Series(dtype=str)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    problems = []
    for column, known in zip(COLUMNS, (respondents, previous), strict=True):
        if column not in table:
            problems.append(Problem(path.name, 1, column, None, "the column is missing", "add it to the header"))
            continue
        for line, value in enumerate(table[column], start=2):
            if value not in known:
                problems.append(Problem(path.name, line, column, value, "is not known", "correct the identifier"))
        for i in np.flatnonzero(table[column].duplicated()):
            value = str(table[column].iloc[i])
            problems.append(
                Problem(path.name, int(i) + 2, column, value, "stands there twice", "one row for each respondent")
            )
    if problems:
        raise DataError(problems)
    return table.set_index("respondent_id")["previous_id"]


def previous_of(edition: Path, build: Path, respondent: str, respondents: list[str]) -> str:
    """Who the respondent was in the previous edition; empty where it was nobody, or where no file says so.

    Parameters
    ----------
    edition
        Folder of this edition; its `private/previous_respondents.csv` has columns respondent_id, previous_id.
    build
        Build of the previous edition, with its indicators and scores.

    Raises
    ------
    DataError
        The file links to an edition that has not been built, or is wrong.
    """
    path = edition / LINK
    if not path.is_file():
        return ""
    scores = build / SCORES
    if not scores.is_file():
        message = f"links respondents to an edition whose scores are not there ({build.name}/{SCORES})"
        remedy = f"build it first: klastry build --edition {build.name}"
        raise DataError([Problem(path.name, None, None, None, message, remedy)])
    previous = sorted(set(pd.read_csv(scores, usecols=["respondent_id"], dtype=str)["respondent_id"]))
    return str(read_link(path, respondents=respondents, previous=previous).get(respondent, ""))


def changes(
    build: Path,
    previous: str,
    scores: pd.DataFrame,
    indicators: pd.DataFrame,
    directions: pd.Series,
    respondent: str,
    *,
    top: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Changes of scores and of the answers that moved most; two empty tables where there is no previous respondent.

    Parameters
    ----------
    build
        Build of the previous edition.
    previous
        Result of `previous_of`.
    scores, indicators
        (n_units, n_codes) of this edition, index `respondent_id`.
    """
    if not previous:
        return pd.DataFrame(columns=["code", *CHANGED]), pd.DataFrame(columns=["code", *CHANGED, "change"])
    long = pd.read_csv(build / SCORES)
    before = long.pivot(index="respondent_id", columns="code", values="score")
    answers = pd.read_csv(build / "20_indicators/indicators.csv", index_col="respondent_id")
    kept = score_changes(scores[[c for c in scores if "." not in str(c)]], before, respondent, previous)
    return kept, indicator_changes(indicators, answers, directions, respondent, previous, top=top)


def score_changes(now: pd.DataFrame, before: pd.DataFrame, respondent: str, previous: str) -> pd.DataFrame:
    """Scores and percentile ranks of one respondent in two editions, each on the scale of its edition.

    Parameters
    ----------
    now, before
        (n_units, n_codes), index `respondent_id`; codes of both editions are compared.

    Returns
    -------
    DataFrame
        Columns code, before, now, percentile_before, percentile_now, shift (difference of percentile ranks); a code
        without a score in either edition is left out.
    """
    codes = [code for code in now.columns if code in before.columns]
    table = pd.DataFrame(
        {
            "before": before.loc[previous, codes],
            "now": now.loc[respondent, codes],
            "percentile_before": percentile_ranks(before[codes], previous),
            "percentile_now": percentile_ranks(now[codes], respondent),
        }
    )
    table["shift"] = table["percentile_now"] - table["percentile_before"]
    return table.dropna().rename_axis("code").reset_index()


def indicator_changes(
    now: pd.DataFrame, before: pd.DataFrame, directions: pd.Series, respondent: str, previous: str, *, top: int
) -> pd.DataFrame:
    """Answers that moved the respondent most among all: the largest changes of the percentile rank, in native units.

    Parameters
    ----------
    now, before
        (n_units, n_indicators), native units; only indicators that mean the same in both editions.

    Returns
    -------
    DataFrame
        At most `top` rows, largest shift first: as `score_changes`, with `change` in native units; no row where the
        place is the same.
    """
    codes = [code for code in now.columns if code in before.columns]
    signs = directions.reindex(codes)
    moved = score_changes(now[codes] * signs, before[codes] * signs, respondent, previous).set_index("code")
    moved["before"], moved["now"] = before.T[previous].reindex(moved.index), now.T[respondent].reindex(moved.index)
    moved["change"] = moved["now"] - moved["before"]
    moved = moved[moved["shift"] != 0]
    order = moved["shift"].abs().sort_values(ascending=False, kind="stable").index
    return moved.loc[order].head(top).reset_index()
