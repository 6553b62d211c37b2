"""Answers of the two years of a period, named without the years: `budget_year1` is `budget_2022` in edition 2024."""

from __future__ import annotations

import re

from analysis.errors import ConfigError

_NAMED = re.compile(r"(?<=\w)_year([12])\b")


def name_years(text: str, period: str) -> str:
    """Put the years of a period, "2022-2023", in the place of `_year1` and `_year2`.

    Raises
    ------
    ConfigError
        The text names a year, and the period does not have two.

    Examples
    --------
    >>> name_years("budget_year1 + budget_year2", "2022-2023")
    'budget_2022 + budget_2023'
    """
    if not _NAMED.search(text):
        return text
    years = re.findall(r"[12][0-9]{3}", period)
    if len(years) != 2:
        raise ConfigError(f"edition.yaml: period is {period!r}; answers are named by two years, write it as 2022-2023")
    return _NAMED.sub(lambda match: f"_{years[int(match[1]) - 1]}", text)
