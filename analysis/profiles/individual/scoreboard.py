"""The criteria of the key cluster contest, measured with what the survey has; a mirror, not a score of the contest."""

from __future__ import annotations

import re

import pandas as pd

from analysis.errors import MethodError, suggest

EXPRESSION = re.compile(r"100 \* ([\w.]+) / ([\w.]+)")
MEASURED, NO_ANSWER, NOT_HERE = "measured", "no_answer", "not_here"


def criteria_board(criteria: pd.DataFrame, profile: pd.DataFrame) -> pd.DataFrame:
    """One row for each criterion and indicator that measures it.

    Parameters
    ----------
    criteria
        Columns area_no, area_pl, no, criterion_pl, indicator (a code, several separated by `;`, or empty), note; text.
    profile
        Indicators of the respondent: code, name, unit, own, own_decimals, median, decimals, percentile.

    Returns
    -------
    DataFrame
        Columns id (`<no>` or `<no>.<place>`), area, no, criterion (empty in further rows of a criterion), code, name,
        unit, own, own_decimals, median, decimals, percentile, state (measured, no_answer, not_here), note.
    """
    by_code = profile.set_index("code")
    rows = []
    for row in criteria.to_dict("records"):
        codes = [code.strip() for code in str(row["indicator"]).split(";") if code.strip()]
        start = {"area": f"{row['area_no']}. {row['area_pl']}", "no": row["no"], "note": row["note"]}
        if not codes:
            rows.append({**start, "id": str(row["no"]), "criterion": row["criterion_pl"], "state": NOT_HERE})
        for place, code in enumerate(codes, start=1):
            one = by_code.loc[code]
            rows.append(
                {
                    **start, "id": f"{row['no']}.{place}", "criterion": row["criterion_pl"] if place == 1 else "",
                    "code": code, "state": NO_ANSWER if pd.isna(one["own"]) else MEASURED,
                    **{k: one[k] for k in ("name", "unit", "own", "own_decimals", "median", "decimals", "percentile")},
                }
            )  # fmt: skip
    columns = ["id", "area", "no", "criterion", "code", "name", "unit", "own", "own_decimals", "median", "decimals"]
    return pd.DataFrame(rows).reindex(columns=[*columns, "percentile", "state", "note"])


def share_board(results: pd.DataFrame, own: pd.Series, everyone: pd.DataFrame, *, min_peers: int) -> pd.DataFrame:
    """The five shares of the third round beside the respondent's own, where the survey has the two numbers.

    Parameters
    ----------
    results
        Columns key, name_pl, value, unit, indicator_or_expression (`100 * part / whole`, or empty), note; text.
    own
        Answers and indicators of the respondent by name.
    everyone
        (n_units, …), the same of all respondents.

    Raises
    ------
    MethodError
        An expression is not of this form or names something that the survey does not have.

    Returns
    -------
    DataFrame
        Columns key, name, printed (mean of the round, percent), own (percent), median (of all, percent; missing under
        `min_peers` values), state, note.
    """
    rows = []
    for row in results.to_dict("records"):
        names = _terms(str(row["indicator_or_expression"]), str(row["key"]), everyone)
        value = median = float("nan")
        if names is not None:
            shares = _share(everyone, names)
            value = float(shares.loc[str(own.name)])
            median = float(shares.median()) if shares.notna().sum() >= min_peers else float("nan")
        rows.append(
            {
                "key": row["key"], "name": row["name_pl"], "printed": float(row["value"]), "own": value,
                "median": median, "note": row["note"],
                "state": NOT_HERE if names is None else NO_ANSWER if pd.isna(value) else MEASURED,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _terms(expression: str, key: str, everyone: pd.DataFrame) -> tuple[str, str] | None:
    if not expression.strip():
        return None
    found = EXPRESSION.fullmatch(expression.strip())
    if found is None:
        raise MethodError(f"results of the contest, {key}: `{expression}` is not of the form `100 * part / whole`")
    part, whole = found.groups()
    absent = [name for name in (part, whole) if name not in everyone.columns]
    if absent:
        near = suggest(absent[0], [str(c) for c in everyone.columns])
        raise MethodError(f"results of the contest, {key}: the survey has no `{absent[0]}`{near}")
    return part, whole


def _share(table: pd.DataFrame, names: tuple[str, str]) -> pd.Series:
    part, whole = (table[name].astype(float) for name in names)
    return 100 * part / whole.where(whole > 0)
