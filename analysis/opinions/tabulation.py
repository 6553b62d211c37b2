"""Shares and ratings from the answers of a survey, exact and with their bases.

Shares are percentages of those who answered the item, so a question asked only of some has its own base. A rating is
the mean of the scores in the option list; options without a score (don't know) are left out of the mean, not of the
shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

SHARE, MEAN = "share", "mean"
COLUMNS = ["item", "question_no", "type", "option", "measure", "count", "n", "value"]
_TICKED = "1"


def _shares(given: pd.Series, options: list[str]) -> Iterator[tuple[str, str, int, int, Fraction]]:
    for option in options if len(given) else []:
        count = int((given == option).sum())
        yield option, SHARE, count, len(given), Fraction(100 * count, len(given))


def _ratings(given: pd.Series, options: pd.DataFrame) -> Iterator[tuple[str, str, int, int, Fraction]]:
    scores = {o: int(s) for o, s in zip(options["option"], options["score"], strict=True) if s != ""}
    scored = given[given.isin(list(scores))].map(scores)
    if len(scored):
        yield "", MEAN, len(scored), len(scored), Fraction(int(scored.sum()), len(scored))


def tabulate(answers: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the closed questions of a survey in the order of the codebook.

    Parameters
    ----------
    answers
        (n_respondents, n_items) option codes as text, missing or '' where not answered.
    codebook
        item, question_no, type (single, rating, tick; others are left out), option_list; all text.
    option_lists
        option_list, option, score ('' for none); all text.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. A share has its option, the number who chose it and the base; a mean has option '' and the
        number of answers with a score. `value` is an exact `Fraction` (percent, or points of the rating). A ticked
        item has one row. An item nobody answered has none.
    """
    rows: list[tuple[object, ...]] = []
    for entry in codebook.to_dict("records"):
        if entry["type"] not in ("single", "rating", "tick"):
            continue
        given = answers[str(entry["item"])].fillna("")
        given = given[given != ""]
        options = option_lists[option_lists["option_list"] == entry["option_list"]]
        listed = [_TICKED] if entry["type"] == "tick" else list(options["option"])
        found = list(_shares(given, listed))
        if entry["type"] == "rating":
            found += _ratings(given, options)
        rows += [(entry["item"], entry["question_no"], entry["type"], *row) for row in found]
    return pd.DataFrame(rows, columns=COLUMNS)
