"""Statistics of indicators in native units and shares of answers: what Tables 13–17 print."""

from __future__ import annotations

import pandas as pd

from analysis.composite.quantiles import quantiles
from analysis.errors import MethodError

COLUMNS = [
    "code", "n", "missing", "mean", "median", "benchmark", "min", "max", "zeros", "positive", "q1", "q3", "total",
]  # fmt: skip
SHARED_TYPES = ("tick", "single", "yes_no", "level")


def indicator_statistics(indicators: pd.DataFrame, *, quantile_type: int = 7) -> pd.DataFrame:
    """Describe each indicator over the respondents who have a value.

    Parameters
    ----------
    indicators
        (n_respondents, n_indicators), native units, missing where not answered.
    quantile_type
        Hyndman–Fan type of the quartiles.

    Returns
    -------
    DataFrame
        (n_indicators,), columns `COLUMNS`; `benchmark` is the maximum, `n` the respondents with a value.

    Raises
    ------
    MethodError
        An indicator has no value at all.
    """
    empty = indicators.columns[indicators.isna().all()]
    if len(empty):
        raise MethodError(f"statistics: no value at all for {', '.join(empty)}")
    q = quantiles(indicators, [0.25, 0.5, 0.75], quantile_type=quantile_type)
    n = indicators.notna().sum()
    table = pd.DataFrame(
        {
            "n": n,
            "missing": len(indicators) - n,
            "mean": indicators.mean(),
            "median": q.loc[0.5],
            "benchmark": indicators.max(),
            "min": indicators.min(),
            "max": indicators.max(),
            "zeros": (indicators == 0).sum(),
            "positive": (indicators > 0).sum(),
            "q1": q.loc[0.25],
            "q3": q.loc[0.75],
            "total": indicators.sum(),
        }
    )
    return table.rename_axis("code").reset_index()[COLUMNS]


def answer_shares(
    answers: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame, lang: str = "pl"
) -> pd.DataFrame:
    """Share of respondents for each option of closed questions.

    Parameters
    ----------
    answers
        (n_respondents, …), one column per item of the codebook.
    codebook
        Columns item, type, option_list, option_<lang>.
    option_lists
        Columns option_list, option, label_<lang>.
    lang
        Language of the labels.

    Returns
    -------
    DataFrame
        Columns item, question, option, label, n, k, share, in codebook order. A ticked option is its own item
        (`item` = column, `question` = the part before `__`, `option` = ticked); a single choice, a yes/no question and
        a level have one row per option. `n` counts the respondents who answered, so that a question asked only of some
        has the right base; `share` is percent.
    """
    rows = []
    closed = codebook.loc[codebook["type"].isin(SHARED_TYPES), ["item", "type", "option_list", f"option_{lang}"]]
    for item, kind, option_list, ticked in closed.astype(str).itertuples(index=False, name=None):
        if item not in answers:
            continue
        column = answers[item].dropna()
        question = item.split("__")[0]
        if kind == "tick":
            k = int((pd.to_numeric(column) == 1).sum())
            rows.append((item, question, "ticked", ticked, len(column), k))
            continue
        name = option_list or "yes_no"
        listed = option_lists[option_lists["option_list"] == name]
        if not len(listed):
            raise MethodError(f"answer shares: no option list `{name}` for {item}")
        codes = column.astype(str)
        if pd.api.types.is_numeric_dtype(column):
            codes = column.astype(int).astype(str)
        for option, label in zip(listed["option"], listed[f"label_{lang}"], strict=True):
            rows.append((item, question, option, label, len(column), int((codes == option).sum())))
    table = pd.DataFrame(rows, columns=["item", "question", "option", "label", "n", "k"])
    table["share"] = (100 * table["k"] / table["n"].where(table["n"] > 0)).astype(float)
    return table
