"""Cross-sections: the distribution of each score in each group of respondents (Tables 18–36)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.composite.quantiles import quantiles
from analysis.errors import MethodError
from analysis.profiles.sample import status_with_plans

MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")


def describe(scores: pd.DataFrame, *, quantile_type: int = 7) -> pd.DataFrame:
    """Minimum, quartiles, mean and benchmark (the maximum) of each column, missing scores left out.

    Parameters
    ----------
    scores
        (n_units, n_codes).

    Returns
    -------
    DataFrame
        (6, n_codes), index `MEASURES` in the order of the printed tables.
    """
    q = quantiles(scores, [0.0, 0.25, 0.5, 0.75, 1.0], quantile_type=quantile_type)
    out = pd.DataFrame(
        {"min": scores.min(), "q1": q.loc[0.25], "median": q.loc[0.5], "mean": scores.mean(), "q3": q.loc[0.75],
         "benchmark": scores.max()}
    )  # fmt: skip
    return out.T.loc[list(MEASURES)]


def cross_sections(
    scores: pd.DataFrame,
    characteristics: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    dimensions: Sequence[str],
    quantile_type: int = 7,
) -> pd.DataFrame:
    """Describe every score in every group.

    Parameters
    ----------
    scores
        (n_units, n_codes), index `respondent_id`.
    characteristics
        (n_units, …), index `respondent_id`, one column per dimension with the group code of each unit.
    groups
        Framework table of cross-sections: columns `dimension`, `group`, in printed order.
    dimensions
        Dimensions to describe; `all` is the whole set of units.

    Returns
    -------
    DataFrame
        Columns dimension, group, n, code, measure, value; n is the number of units of the group.

    Raises
    ------
    MethodError
        A dimension has no groups, a unit is in no listed group, or a group is empty.
    """
    parts = []
    for dimension in dimensions:
        listed = list(groups.loc[groups["dimension"] == dimension, "group"])
        if not listed:
            raise MethodError(f"cross-sections: dimension `{dimension}` has no groups in cross_sections.csv")
        if dimension == "all":
            membership = pd.Series(listed[0], index=scores.index)
        else:
            membership = characteristics[dimension].reindex(scores.index)
        outside = membership.index[~membership.isin(listed)]
        if len(outside):
            raise MethodError(
                f"cross-sections: {', '.join(map(str, outside[:5]))} in no group of `{dimension}` "
                f"(groups: {', '.join(listed)})"
            )
        for group in listed:
            inside = membership.index[membership == group]
            if not len(inside):
                raise MethodError(f"cross-sections: group `{group}` of `{dimension}` is empty")
            table = describe(scores.loc[inside], quantile_type=quantile_type)
            long = table.T.rename_axis("code").reset_index().melt("code", var_name="measure", value_name="value")
            long["code"] = pd.Categorical(long["code"], categories=list(scores.columns))
            long["measure"] = pd.Categorical(long["measure"], categories=list(MEASURES))
            long = long.sort_values(["code", "measure"]).astype({"code": str, "measure": str})
            long.insert(0, "n", len(inside))
            long.insert(0, "group", group)
            long.insert(0, "dimension", dimension)
            parts.append(long)
    return pd.concat(parts, ignore_index=True)


def further_divisions(
    scores: pd.DataFrame, characteristics: pd.DataFrame, *, statuses: Sequence[str], quantile_type: int = 7
) -> pd.DataFrame:
    """Cross-sections of two divisions of the text: status with plans, and strategy up to date or behind.

    Parameters
    ----------
    scores, characteristics
        As `cross_sections`, with the columns of `status_with_plans` and `strategy`.
    statuses
        Statuses in printed order; those that nobody has are left out.

    Returns
    -------
    DataFrame
        As `cross_sections`, dimensions `status` and `strategy_any`.
    """
    status = status_with_plans(characteristics)
    strategy = characteristics["strategy"].where(characteristics["strategy"] == "updated", "behind")
    present = set(status)
    groups = pd.DataFrame(
        [("status", group) for group in statuses if group in present]
        + [("strategy_any", "updated"), ("strategy_any", "behind")],
        columns=["dimension", "group"],
    )
    divided = pd.DataFrame({"status": status, "strategy_any": strategy})
    return cross_sections(scores, divided, groups, dimensions=["status", "strategy_any"], quantile_type=quantile_type)
