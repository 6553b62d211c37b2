"""The groups a respondent belongs to, from its own answers and the bands of the method."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.config import Bands, CrossSections
from analysis.errors import DataError, MethodError, Problem

KKK_GROUPS = {1: "KKK", 0: "not KKK"}
STRATEGY_GROUPS = {"none": "none", "not_updated": "not updated", "updated": "updated"}
NEEDED = (
    "sector", "kkk_status", "kkk_plans", "members_total", "members_science", "founding_year", "strategy_status",
)  # fmt: skip
FILE = "coordinators.csv"


def assign_bands(values: pd.Series, bands: Bands, *, name: str) -> pd.Series:
    """Return the group of each value by half-open bands [lower, next lower); the last band has no upper end.

    Parameters
    ----------
    values
        (n,) numbers without missing values; index `respondent_id`.
    bands
        Lower bounds and group codes.
    name
        The characteristic, for messages.

    Raises
    ------
    MethodError
        A value lies below the first band; names the respondents and the values.
    """
    position = np.searchsorted(np.asarray(bands.lower, dtype=float), values.to_numpy(dtype=float), side="right") - 1
    outside = values[position < 0]
    if len(outside):
        listed = ", ".join(f"{who}: {value:g}" for who, value in outside.items())
        raise MethodError(
            f"{name} is below the lowest band, which begins at {bands.lower[0]:g} ({listed}); "
            f"add a band to the cross-sections of the method, or correct the answer"
        )
    return pd.Series([bands.groups[p] for p in position], index=values.index, dtype="str", name=name)


def _grouped(answers: pd.Series, groups: dict, column: str) -> tuple[pd.Series, list[Problem]]:
    allowed = ", ".join(str(key) for key in groups)
    wrong = answers[answers.notna() & ~answers.isin(list(groups))]
    problems = [
        Problem(FILE, None, column, str(value), f"{who} falls in no group", f"use one of: {allowed}")
        for who, value in wrong.items()
    ]
    return answers.map(groups).astype("str"), problems


def characteristics(coordinators: pd.DataFrame, cross_sections: CrossSections) -> pd.DataFrame:
    """Return the groups of every respondent, the keys of all cross-sections.

    Parameters
    ----------
    coordinators
        Validated answers of the coordinators, `respondent_id` as column or index.
    cross_sections
        Bands of size and age of the method.

    Returns
    -------
    Index `respondent_id`; sector, kkk (KKK | not KKK), kkk_plans (1/0, missing for clusters that have the status),
    size and age (groups of the bands), strategy (none | not updated | updated), members_total, members_science,
    founding_year.

    Raises
    ------
    DataError
        A column is missing, or an answer that decides on a group is missing or unknown; all of them together.
    MethodError
        A size or year lies below the lowest band.
    """
    table = coordinators if coordinators.index.name == "respondent_id" else coordinators.set_index("respondent_id")
    problems = [
        Problem(FILE, 1, column, None, "the column is missing", "add the column")
        for column in NEEDED
        if column not in table.columns
    ]
    if problems:
        raise DataError(problems)
    for column in NEEDED:
        if column in ("kkk_plans", "members_science"):
            continue
        problems += [
            Problem(FILE, None, column, None, f"{who} falls in no group, the answer is missing", "fill in the cell")
            for who in table.index[table[column].isna()]
        ]
    kkk, found = _grouped(table["kkk_status"], KKK_GROUPS, "kkk_status")
    problems += found
    strategy, found = _grouped(table["strategy_status"], STRATEGY_GROUPS, "strategy_status")
    problems += found
    if problems:
        raise DataError(problems)
    return pd.DataFrame(
        {
            "sector": table["sector"].astype("str"),
            "kkk": kkk,
            "kkk_plans": table["kkk_plans"].astype("Int64"),
            "size": assign_bands(table["members_total"], cross_sections.size, name="members_total"),
            "age": assign_bands(table["founding_year"], cross_sections.age, name="founding_year"),
            "strategy": strategy,
            "members_total": table["members_total"].astype("Int64"),
            "members_science": table["members_science"].astype("Int64"),
            "founding_year": table["founding_year"].astype("Int64"),
        },
        index=table.index,
    )
