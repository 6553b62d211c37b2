"""The plan of a publication: which statistics of which groups are withheld, and why.

Statistics of a group stand or fall together: whoever may not have the mean of four must not have their quartiles. The
sums behind the means of all groups of all dimensions are one system, so the complement is chosen for all at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.config import Disclosure
from analysis.disclosure.column import MEASURES, as_printed
from analysis.disclosure.sensitivity import reason
from analysis.disclosure.suppression import Publication, bounds_of, complement
from analysis.errors import MethodError

WHOLE = "all"
COMPLEMENT, ORDER = "complement", "order statistics"
ORDER_MEASURES = ("min", "q1", "median", "q3", "benchmark")
COLUMNS = ["dimension", "group", "code", "measure", "n", "reason", "low", "high"]
Cell = tuple[str, str]


def cells_of(membership: pd.DataFrame, known: pd.Series) -> dict[Cell, frozenset[str]]:
    """Respondents behind each cell of one code: the whole, then every group of every dimension that has any.

    Parameters
    ----------
    membership
        (n_respondents, dimensions): the group of each respondent, missing where it is in none.
    known
        (n_respondents,), whether the respondent has a value.
    """
    inside = membership.loc[known[known].index]
    out: dict[Cell, frozenset[str]] = {(WHOLE, WHOLE): frozenset(map(str, inside.index))}
    for dimension in map(str, membership):
        for group, members in inside.groupby(dimension, sort=False).groups.items():
            out[dimension, str(group)] = frozenset(map(str, members))
    return out


def publication_of(values: pd.Series, membership: pd.DataFrame, scale: tuple[float, float]) -> tuple[
    Publication, list[list[Cell]]
]:  # fmt: skip
    """One code as a system of sums: groups with the same respondents are one cell, profiles are the atoms.

    Returns
    -------
    tuple
        The publication and, for each of its cells, the groups that it stands for.
    """
    cells = cells_of(membership, values.notna())
    joined: dict[frozenset[str], list[Cell]] = {}
    for cell, members in cells.items():
        joined.setdefault(members, []).append(cell)
    people = sorted(map(str, values.dropna().index))
    signature = {i: tuple(k for k, members in enumerate(joined) if i in members) for i in people}
    profiles = sorted(set(signature.values()))
    size = np.array([sum(signature[i] == p for i in people) for p in profiles], dtype=float)
    known = values.set_axis(values.index.astype(str))
    total = np.array([sum(float(known[i]) for i in people if signature[i] == p) for p in profiles])
    inside = np.array([[k in p for p in profiles] for k in range(len(joined))], dtype=float)
    names = [" = ".join(f"{d}/{g}" for d, g in groups) for groups in joined.values()]
    return Publication(names, inside, total, scale[0] * size, scale[1] * size), list(joined.values())


def make_plan(
    values: pd.DataFrame,
    membership: pd.DataFrame,
    settings: Disclosure,
    *,
    scale: tuple[float, float] | None,
    magnitudes: bool = True,
) -> pd.DataFrame:
    """Which statistics of groups are withheld under the rule of a method.

    Parameters
    ----------
    values
        (n_respondents, codes), missing where a respondent has none.
    membership
        (n_respondents, dimensions), same index. The whole is always published and need not be among them.
    scale
        Lowest and highest possible value; None for quantities that can be zero or more, up to their total.
    magnitudes
        Whether dominance means anything; not for shares of yes and no.

    Returns
    -------
    DataFrame
        One row for each withheld statistic: dimension, group, code, measure, n, reason (too few, dominance, p percent,
        complement, order statistics), and for whole cells low and high, between which the printed means leave the mean.
        Where all respondents together break the rule, nothing of the code is printed that rests on sums.

    Raises
    ------
    MethodError
        The two tables list different respondents, or no complement protects a cell.
    """
    if not magnitudes:
        settings = settings.model_copy(update={"rule": "custom", "min_group": settings.least, "dominance": [],
                                               "p_percent": None} if settings.protects else {})  # fmt: skip
    if not values.index.equals(membership.index):
        raise MethodError("disclosure: `values` and `membership` list different respondents; give both the same index")
    rows: list[dict[str, object]] = []
    for code in map(str, values) if settings.protects else ():
        rows += _code(code, values[code], membership, settings, scale)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"n": int})


def _code(
    code: str, values: pd.Series, membership: pd.DataFrame, settings: Disclosure, scale: tuple[float, float] | None
) -> list[dict[str, object]]:
    own = values.dropna()
    span = scale or (0.0, float(own.sum()))
    publication, groups = publication_of(own, membership.loc[own.index], span)
    members = [cells_of(membership.loc[own.index], own.notna())[names[0]] for names in groups]
    by_name = own.set_axis(own.index.astype(str))
    reasons = [reason([float(by_name[i]) for i in sorted(people)], settings) for people in members]
    whole = next(k for k, names in enumerate(groups) if (WHOLE, WHOLE) in names)
    if reasons[whole]:  # without the whole, any of its parts would give it away together with the others
        reasons = [why or COMPLEMENT for why in reasons]
    sensitive = [k for k, why in enumerate(reasons) if why]
    size = [len(people) for people in members]
    step = settings.interval * (span[1] - span[0]) if scale else settings.interval
    width = [size[k] * step if scale else step * float(publication.inside[k] @ publication.values) for k in sensitive]
    free = reasons[whole] != ""
    cost = [0.0 if free else float("inf") if k == whole else float(size[k]) for k in range(len(groups))]
    secondary = [] if free else complement(publication, sensitive, width, cost)
    for k in secondary:
        reasons[k] = COMPLEMENT
    limits = bounds_of(publication, [*sensitive, *secondary])
    out: list[dict[str, object]] = []
    for k, names in enumerate(groups):
        low, high = (end / size[k] for end in limits.get(k, (np.nan, np.nan)))
        for dimension, group in names:
            base = {"dimension": dimension, "group": group, "code": code, "n": size[k]}
            if reasons[k]:
                out += [base | {"measure": m, "reason": reasons[k], "low": low, "high": high} for m in MEASURES]
            elif settings.order_statistics_from is not None and size[k] < settings.order_statistics_from:
                out += [base | {"measure": m, "reason": ORDER, "low": None, "high": None} for m in ORDER_MEASURES]
    return out


def protect(cross: pd.DataFrame, plan: pd.DataFrame, settings: Disclosure) -> pd.DataFrame:
    """Apply a plan to statistics of groups.

    Parameters
    ----------
    cross
        Columns dimension, group, code, measure, value (any others are kept).

    Returns
    -------
    DataFrame
        The same rows with withheld values missing and the others rounded as they are printed, to `settings.rounding`
        if given; column `withheld` marks the former with 1.
    """
    keys = ["dimension", "group", "code", "measure"]
    out = set(plan[keys].itertuples(index=False, name=None))
    hidden = [key in out for key in cross[keys].astype(str).itertuples(index=False, name=None)]
    values = cross["value"].where(~np.array(hidden, dtype=bool))
    values = values.map(lambda v: float(as_printed(v, settings.decimals, settings.rounding)), na_action="ignore")
    return cross.assign(value=values, withheld=np.array(hidden, dtype=int))


def breaches(plan: pd.DataFrame, tables: Mapping[Cell, str]) -> Sequence[str]:
    """What a publication without the plan would break: a line for each group, with its table and its cells."""
    lines = []
    for (dimension, group), rows in plan.groupby(["dimension", "group"], sort=False):
        why = rows.drop_duplicates(["code", "reason"]).groupby("reason", sort=False)["code"].agg(list)
        told = "; ".join(
            f"{r}: {len(c)} element(s), {', '.join(c[:4])}{', …' if len(c) > 4 else ''}" for r, c in why.items()
        )
        where = tables.get((str(dimension), str(group)), "facts of the text")
        lines.append(f"{where}, group {group} of {dimension} (n={int(rows['n'].iloc[0])}): {told}")
    return lines
