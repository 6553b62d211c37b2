"""Coherence: do indicators agree with each other and with the scores they are part of?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.composite.structure import Structure
from analysis.composite.weighting import first_component

LOW, HIGH, NEGATIVE, COLLINEAR = 0.3, 0.92, -0.4, 0.92
PAIR_COLUMNS = ["method", "n", "r", "p", "p_holm"]


def correlate(x: NDArray[np.float64], y: NDArray[np.float64], method: str) -> tuple[int, float, float]:
    """Correlation of two columns over the units that have both: n, r, p (two-sided, of no correlation).

    Parameters
    ----------
    x, y
        (n_units,), NaN is missing.
    method
        pearson, spearman or kendall (τ-b).

    Returns
    -------
    n, r, p
        NaN for r and p with fewer than three pairs or a constant column.
    """
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    n = int(both.sum())
    if n < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return n, np.nan, np.nan
    test = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}[method]
    found = test(x, y)
    return n, float(found[0]), float(found[1])


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's adjusted p-values of a family of tests, (n,); NaN stays NaN and does not count.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    out = np.full(p.shape, np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    m = len(order)
    if m:
        stepped = np.maximum.accumulate(p[order] * (m - np.arange(m)))
        out[order] = np.minimum(stepped, 1.0)
    return out


def _flag(r: float, *, within: bool) -> str:
    if np.isnan(r):
        return "undefined"
    if r < NEGATIVE:
        return "negative"
    if r >= (COLLINEAR if within else HIGH):
        return "collinear" if within else "high"
    return "" if within or r >= LOW else "low"


def parent_correlations(elements: pd.DataFrame, structure: Structure, *, method: str = "pearson") -> pd.DataFrame:
    """Correlation of each element with everything above it: its parent, and on to the index.

    Parameters
    ----------
    elements
        (n_units, n_elements), normalised indicators and scores together.
    structure
        The tree.
    method
        pearson, spearman or kendall.

    Returns
    -------
    DataFrame
        One row for each element and ancestor: code, ancestor, steps (1 = parent), method, n, r, p, p_holm (over the
        whole table: that many tests find something by chance), flag (`low` below 0.3, `negative` below -0.4, `high`
        from 0.92: the element is hardly told from its ancestor, `undefined`).

    Notes
    -----
    An element is part of its ancestor, so some correlation is built in (1/√k for k independent equal members); p-values
    of no correlation are therefore a low bar.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Multivariate analysis"; COINr `get_corr`, `get_corr_flags`.
    """
    rows = []
    for code in [*structure.indicators, *structure.aggregates]:
        ancestor, steps = str(structure.elements.at[code, "parent"]), 1
        while ancestor:
            n, r, p = correlate(elements[code].to_numpy(dtype=float), elements[ancestor].to_numpy(dtype=float), method)
            rows.append([code, ancestor, steps, method, n, r, p])
            ancestor, steps = str(structure.elements.at[ancestor, "parent"]), steps + 1
    table = pd.DataFrame(rows, columns=["code", "ancestor", "steps", "method", "n", "r", "p"])
    table["p_holm"] = holm(table["p"].to_numpy(dtype=float))
    table["flag"] = [_flag(float(r), within=False) for r in table["r"]]
    return table


def group_correlations(elements: pd.DataFrame, structure: Structure, *, method: str = "pearson") -> pd.DataFrame:
    """Correlations between the children of each aggregate.

    Parameters, References
    ----------------------
    As `parent_correlations`.

    Returns
    -------
    DataFrame
        One row for each pair: parent, code, other, method, n, r, p, p_holm (over the whole table), flag (`negative`
        below -0.4: a trade-off inside the group; `collinear` from 0.92: the pair counts nearly double; `undefined`).
    """
    rows = []
    for parent in structure.aggregates:
        for a, b in combinations(structure.children(parent), 2):
            n, r, p = correlate(elements[a].to_numpy(dtype=float), elements[b].to_numpy(dtype=float), method)
            rows.append([parent, a, b, method, n, r, p])
    table = pd.DataFrame(rows, columns=["parent", "code", "other", "method", "n", "r", "p"])
    table["p_holm"] = holm(table["p"].to_numpy(dtype=float))
    table["flag"] = [_flag(float(r), within=True) for r in table["r"]]
    return table


def collinear_pairs(indicators: pd.DataFrame, *, threshold: float = COLLINEAR) -> pd.DataFrame:
    """Pairs of indicators anywhere in the index with |Spearman's ρ| at or above the threshold, strongest first.

    Parameters
    ----------
    indicators
        (n_units, n_indicators).
    threshold
        Least absolute correlation.

    Returns
    -------
    DataFrame
        code, other, n, r.
    """
    r = indicators.corr("spearman", min_periods=3).to_numpy(dtype=float)
    there = indicators.notna().to_numpy(dtype=float)
    n = there.T @ there
    i, j = np.nonzero(np.triu(np.abs(np.nan_to_num(r)) >= threshold, k=1))
    codes = indicators.columns.to_numpy()
    table = pd.DataFrame({"code": codes[i], "other": codes[j], "n": n[i, j].astype(int), "r": r[i, j]})
    strength = table["r"].abs()
    return (
        table.assign(s=strength)
        .sort_values(["s", "code", "other"], ascending=[False, True, True])
        .drop(columns="s")
        .reset_index(drop=True)
    )


def cronbach_alpha(values: NDArray[np.float64], *, standardised: bool = True) -> float:
    """Cronbach's α of some columns over complete rows.

    Parameters
    ----------
    values
        (n_units, k); rows with a missing value are left out.
    standardised
        From the mean correlation r̄: k r̄ / (1 + (k - 1) r̄); else from covariances.

    Returns
    -------
    float
        NaN for fewer than two columns, three complete rows, a constant column, or columns whose sum does not vary.

    References
    ----------
    Cronbach (1951), doi:10.1007/BF02310555; OECD/JRC (2008), Handbook, p. 72.
    """
    x = values[~np.isnan(values).any(axis=1)]
    k = values.shape[1]
    if k < 2 or len(x) < 3 or (np.ptp(x, axis=0) == 0).any():
        return float("nan")
    c = np.corrcoef(x, rowvar=False) if standardised else np.cov(x, rowvar=False)
    total = float(c.sum())
    return float(k / (k - 1) * (1 - np.trace(c) / total)) if total > 1e-12 else float("nan")


def group_consistency(elements: pd.DataFrame, structure: Structure) -> pd.DataFrame:
    """Internal consistency of each aggregate with two or more children.

    Parameters
    ----------
    elements
        (n_units, n_elements), normalised indicators and scores together.
    structure
        The tree.

    Returns
    -------
    DataFrame
        code, level, members, n (units with all of them), alpha (standardised), alpha_without (the largest α after
        leaving out one member) and its code `drop`, pc1_share (share of variance of the first principal component),
        pc1_negative (members whose loading on it is negative), flag (`alpha` below 0.7, `several_dimensions` when the
        component explains less than half, `undefined`).
    """
    rows = []
    for code in structure.aggregates:
        members = list(structure.children(code))
        if len(members) < 2:
            continue
        x = elements[members].dropna().to_numpy(dtype=float)
        alpha = cronbach_alpha(x)
        without = {
            m: cronbach_alpha(np.delete(x, j, axis=1)) if len(members) > 2 else np.nan for j, m in enumerate(members)
        }
        best = max((m for m in members if not np.isnan(without[m])), key=lambda m: without[m], default="")
        share, negative = np.nan, ""
        if len(x) > 2 and (np.ptp(x, axis=0) > 0).all():
            loadings, share = first_component(x)
            negative = " ".join(m for m, value in zip(members, loadings, strict=True) if value < 0)
        flags = ["undefined"] if np.isnan(alpha) else []
        flags += ["alpha"] if alpha < 0.7 else []
        flags += ["several_dimensions"] if share < 0.5 else []
        rows.append(
            [code, structure.level(code), len(members), len(x), alpha, without.get(best, np.nan), best, share, negative,
             " ".join(flags)]
        )  # fmt: skip
    columns = [
        "code", "level", "members", "n", "alpha", "alpha_without", "drop", "pc1_share", "pc1_negative", "flag",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
