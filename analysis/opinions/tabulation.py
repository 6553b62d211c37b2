"""Shares and ratings from the answers of a survey, exact and with their bases.

Shares are percentages of those who answered the item, so a question asked only of some has its own base. A rating is
the mean of the scores in the option list; options without a score (don't know) are left out of the mean, not of the
shares.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from analysis.opinions.counts import TICKED, count_answers

SHARE, MEAN = "share", "mean"
COLUMNS = ["item", "question_no", "type", "option", "measure", "count", "n", "value"]


def tabulate(answers: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the closed questions of a survey in the order of the codebook.

    Parameters
    ----------
    answers
        (n_respondents, n_items) option codes as text, missing or '' where not answered.
    codebook, option_lists
        As for `analysis.opinions.counts.closed_items`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. A share has its option, the number who chose it and the base; a mean has option '' and the
        number of answers with a score. `value` is an exact `Fraction` (percent, or points of the rating). A ticked
        item has one row. An item nobody answered has none.
    """
    rows: list[tuple[object, ...]] = []
    for item, table in count_answers(answers, codebook, option_lists):
        counted = [int(n) for n in table.sum(axis=0)]
        base, head = sum(counted), (item.name, item.question_no, item.type)
        for option, count in zip(item.options, counted, strict=True):
            if base and (item.type != "tick" or option == TICKED):
                rows.append((*head, option, SHARE, count, base, Fraction(100 * count, base)))
        scored = sum(n for n, s in zip(counted, item.scored, strict=True) if s)
        if item.type == "rating" and scored:
            total = sum(Fraction(s) * n for s, n in zip(item.scores, counted, strict=True) if s == s)
            rows.append((*head, "", MEAN, scored, scored, total / scored))
    return pd.DataFrame(rows, columns=COLUMNS)
