"""Shocks: seeded severities, and what each does to the answers of respondents. A static what-if: nobody reacts.

The shocks are data (section `resilience` of the method). A severity of 0 changes no answer; for a shock that only takes
away, more severity never raises one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.config import Exposure, Severity, Shock
from analysis.errors import MethodError, suggest

Array = NDArray[np.float64]


class Struck(NamedTuple):
    """Answers after a shock at several severities, stacked.

    `answers` has one row for each severity and respondent, severities slowest, index `respondent_id` numbered
    `<respondent>@<severity>`; `unknown` counts respondents whose exposure is not known (they keep those answers).
    """

    answers: pd.DataFrame
    unknown: int


def quantile(severity: Severity, u: Array) -> Array:
    """Quantiles of the triangular distribution, same shape as `u` (0–1).

    F⁻¹(u) = a + √(u (b-a)(c-a)) for u below (c-a)/(b-a), else b - √((1-u)(b-a)(b-c)), with a low, b high, c mode.
    """
    a, c, b = severity.low, severity.mode, severity.high
    if a == b:
        return np.full(np.shape(u), a)
    below = u < (c - a) / (b - a)
    return np.where(below, a + np.sqrt(u * (b - a) * (c - a)), b - np.sqrt((1 - u) * (b - a) * (b - c)))


def quantile_draws(draws: int, *, rng: np.random.Generator) -> Array:
    """Quantiles at which severities are drawn, (draws,), ascending: one at random in each of `draws` equal strata."""
    return (np.arange(draws) + rng.random(draws)) / draws


def severities(shock: Shock, shocks: Mapping[str, Shock], u: Array) -> dict[str, Array]:
    """Severity of each part of a shock at the quantiles `u`; a combination strikes with all parts at one quantile."""
    names = {"": shock} if shock.losses else {name: shocks[name] for name in shock.combines}
    return {name: quantile(part.severity, u) for name, part in names.items() if part.severity is not None}


def _spelt(items: Sequence[str], columns: pd.Index, shock: str) -> list[str]:
    out: list[str] = []
    for item in items:
        found = [str(c) for c in columns if fnmatchcase(str(c), item)]
        if not found:
            near = suggest(item, list(map(str, columns)))
            raise MethodError(f"resilience.shocks.{shock}: no answer `{item}` in the coordinators' table{near}")
        out += [c for c in found if c not in out]
    return out


def exposure(answers: pd.DataFrame, settings: Exposure, *, shock: str = "") -> pd.Series:
    """Exposed part of each respondent, 0–1; missing where an answer is missing, 0 where the whole is 0.

    Raises
    ------
    MethodError
        An answer is not in the table.
    """
    part = answers[_spelt(settings.part, answers.columns, shock)].astype(float).sum(axis=1, skipna=False)
    if not settings.whole:
        return (part / 100).clip(0, 1)
    whole = answers[_spelt(settings.whole, answers.columns, shock)].astype(float).sum(axis=1, skipna=False)
    return (part / whole.where(whole > 0)).clip(0, 1).where(whole != 0, 0.0)


def strike(answers: pd.DataFrame, name: str, shocks: Mapping[str, Shock], severity: Mapping[str, Array]) -> Struck:
    """Apply a shock at several severities.

    Parameters
    ----------
    answers
        (n_respondents, …), the coordinators' table, index the respondents.
    name
        Of the shock.
    severity
        Part of the shock → (n_severities,), as `severities` gives them ('' for a single shock).

    Returns
    -------
    Struck
        The stacked answers. Answers that a shock does not name are copied. An unknown exposure leaves the answer as it
        is: what is not known to be exposed is not taken away, and such respondents are counted.

    Raises
    ------
    MethodError
        An answer is not in the table, or is no number.
    """
    count = len(next(iter(severity.values())))
    n = len(answers)
    out = {str(c): np.tile(answers[c].to_numpy(), count) for c in answers.columns}
    unknown: set[str] = set()
    for part, s in severity.items():
        shock = shocks[part or name]
        long = np.repeat(s, n)
        # Exposures are those before this part; what an earlier part of a combination took away is gone.
        before = pd.DataFrame(out, index=np.tile(answers.index.to_numpy(), count))
        for loss in shock.losses:
            reach = np.ones(n * count)
            if loss.exposure is not None:
                known = exposure(before, loss.exposure, shock=part or name)
                unknown |= set(known.index[known.isna()])
                reach = known.fillna(0.0).to_numpy()
            taken = long * loss.weight * reach
            other = _spelt(loss.by, answers.columns, part or name) if loss.by else []
            amount = before[other].astype(float).sum(axis=1).to_numpy() * taken if other else taken
            for item in _spelt(loss.items, answers.columns, part or name):
                try:
                    old = out[item].astype(float)
                except (TypeError, ValueError) as error:
                    raise MethodError(
                        f"resilience.shocks.{part or name}: the answers to `{item}` are no numbers; name another answer"
                    ) from error
                if loss.kind == "scale":
                    out[item] = old * (1 - amount)
                elif loss.kind == "subtract":
                    out[item] = np.where(np.isnan(old), np.nan, np.maximum(old - amount, np.minimum(old, 0)))
                else:
                    out[item] = old + amount
    return Struck(pd.DataFrame(out, index=_stacked(answers.index, count)), len(unknown))


def repeat(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Repeat a table of other answers for every severity, with the row names of `Struck.answers`."""
    out = pd.concat([table] * count)
    out.index = _stacked(table.index, count)
    return out


def _stacked(index: pd.Index, count: int) -> pd.Index:
    """Names of rows that are there once for every severity."""
    rows = index.tolist()
    return pd.Index([f"{row}@{k}" for k in range(count) for row in rows], name=index.name)
