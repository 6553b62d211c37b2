"""Treatment of outliers: fences, winsorising, transformations; every changed cell is logged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.composite.quantiles import array_quantiles
from analysis.composite.transforms import array_kurtosis, array_skewness, boxcox, log_shifted, passes, winsorise
from analysis.config import Treatment
from analysis.errors import MethodError

CHANGE_COLUMNS = ["code", "raw", "treated", "side", "fence", "q1", "q3"]
SUMMARY_COLUMNS = [
    "rule", "changed", "skewness_before", "kurtosis_before", "skewness_after", "kurtosis_after",
    "passes_after", "lambda",
]  # fmt: skip


class Treated(NamedTuple):
    """Result of treatment.

    `values` (n_units, n_indicators); `log` one row for each changed cell (the unit's key, then `CHANGE_COLUMNS`; side
    is upper, lower, log or boxcox); `lambdas` the λ of each indicator that Box–Cox transformed.
    """

    values: pd.DataFrame
    log: pd.DataFrame
    lambdas: dict[str, float]


class Fences(NamedTuple):
    """Quartiles and fences, each (..., n_columns)."""

    q1: NDArray[np.float64]
    q3: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def iqr_fences(
    values: NDArray[np.float64],
    *,
    k: ArrayLike = 1.5,
    side: str = "upper",
    quantile_type: int = 7,
    zero_iqr: str = "leave",
) -> Fences:
    """Fences Q1 - k·IQR and Q3 + k·IQR; the side that is not applied is infinite.

    Parameters
    ----------
    values
        (..., n_units, n_columns); NaN is missing.
    k
        Multiple of the interquartile range: a number, or (...,) with one for each leading index (they broadcast: one
        table of values and many k give as many sets of fences).
    side
        upper, lower or both.
    quantile_type
        Hyndman–Fan type of the quartiles.
    zero_iqr
        `leave`: a column whose quartiles coincide has no fence; `cap`: its fence is that value.

    References
    ----------
    Tukey (1977), Exploratory Data Analysis.
    """
    q1, q3 = array_quantiles(values, [0.25, 0.75], quantile_type=quantile_type)
    spread = q3 - q1
    reach = np.asarray(k, dtype=float)[..., None] * spread
    lower, upper = q1 - reach, q3 + reach
    if zero_iqr == "leave":
        flat = np.broadcast_to(spread == 0, lower.shape)
        lower, upper = np.where(flat, -np.inf, lower), np.where(flat, np.inf, upper)
    if side == "upper":
        lower = np.full_like(lower, -np.inf)
    elif side == "lower":
        upper = np.full_like(upper, np.inf)
    return Fences(q1, q3, lower, upper)


def cap(values: NDArray[np.float64], fences: Fences) -> NDArray[np.float64]:
    """Set values beyond the fences to them: (..., n_units, n_columns), broadcast over leading dimensions."""
    return np.clip(values, fences.lower[..., None, :], fences.upper[..., None, :])


def treat(indicators: pd.DataFrame, settings: Treatment) -> Treated:
    """Treat outliers by the rule of each indicator, in native units and before direction.

    Parameters
    ----------
    indicators
        (n_units, n_indicators); the index is named as the unit's key; missing values stay missing.
    settings
        Section `treatment` of the method.

    Raises
    ------
    MethodError
        An override names an indicator that is not there; an indicator has coinciding quartiles and `zero_iqr: error`;
        a transformation cannot be fitted. Names the codes.

    Notes
    -----
    An indicator that more than three quarters of the units leave at one value has IQR = 0: its fence would erase every
    other answer. `zero_iqr: leave` keeps such an indicator as it is; `cap` flattens it to a constant.
    Rules other than `iqr_cap` act on columns that fail the skewness and kurtosis test. `winsorise_log` transforms the
    original column if winsorising did not help, and keeps the transformation even if the test still fails
    (`treatment_summary` says so). An override acts without asking the test.

    References
    ----------
    OECD/JRC (2008), Handbook, step "Data treatment"; COINr `Treat`.
    """
    unknown = [code for code in settings.indicators if code not in indicators.columns]
    if unknown:
        raise MethodError(f"treatment: `treatment.indicators` names {', '.join(unknown)}, which is no indicator")
    raw = indicators.to_numpy(dtype=float)
    own = {code: settings.settings(code) for code in indicators.columns}
    values = raw
    changes: list[pd.DataFrame] = []
    by_settings: dict[tuple[object, ...], list[int]] = {}
    for j, (code, rule) in enumerate(own.items()):
        if rule.rule == "iqr_cap" and _acts(settings, code, rule, raw[:, j]):
            by_settings.setdefault((rule.k, rule.side, rule.quantile_type, rule.zero_iqr), []).append(j)
    lambdas: dict[str, float] = {}
    if any(rule.rule != "none" for rule in own.values()):
        values = raw.copy(order="K")
    for columns in by_settings.values():
        _cap_columns(values, indicators, columns, own[indicators.columns[columns[0]]], changes)
    for j, (code, rule) in enumerate(own.items()):
        if rule.rule not in ("none", "iqr_cap") and _acts(settings, code, rule, raw[:, j]):
            lam = _reshape(values, indicators, j, rule, settings, changes)
            if lam is not None:
                lambdas[code] = lam
    treated = pd.DataFrame(values, index=indicators.index, columns=indicators.columns)
    return Treated(treated, _log(indicators, changes), lambdas)


def _acts(settings: Treatment, code: str, rule: Treatment, column: NDArray[np.float64]) -> bool:
    """Whether the rule touches the column: an override always does, a fence too, the others after a failed test."""
    over = settings.indicators.get(code)
    forced = over is not None and over.rule is not None and not over.test
    forced = forced or (over is not None and over.points is not None)
    if forced or (rule.rule == "iqr_cap" and (over is None or not over.test)):
        return True
    return not passes(column[:, None], skew_limit=rule.skew_limit, kurtosis_limit=rule.kurtosis_limit)[0]


def _cap_columns(
    values: NDArray[np.float64], table: pd.DataFrame, columns: list[int], rule: Treatment, changes: list[pd.DataFrame]
) -> None:
    everything = len(columns) == values.shape[1]
    part = values if everything else values[:, columns]
    fences = iqr_fences(part, k=rule.k, side=rule.side, quantile_type=rule.quantile_type, zero_iqr=rule.zero_iqr)
    codes = table.columns[columns]
    flat = codes[fences.q1 == fences.q3]
    if rule.zero_iqr == "error" and len(flat):
        raise MethodError(
            f"treatment: Q1 = Q3 for {', '.join(flat)}, so the fence is no fence; "
            "set `treatment.zero_iqr` to leave or cap"
        )
    capped = cap(part, fences)
    rows, at = np.nonzero((capped != part) & ~np.isnan(part))
    high = part[rows, at] > fences.upper[at]
    changes.append(
        pd.DataFrame(
            {
                "row": rows,
                "column": np.asarray(columns)[at],
                "raw": part[rows, at],
                "treated": capped[rows, at],
                "side": np.where(high, "upper", "lower"),
                "fence": np.where(high, fences.upper[at], fences.lower[at]),
                "q1": fences.q1[at],
                "q3": fences.q3[at],
            }
        )
    )
    values[:, columns] = capped


def _reshape(
    values: NDArray[np.float64],
    table: pd.DataFrame,
    j: int,
    rule: Treatment,
    settings: Treatment,
    changes: list[pd.DataFrame],
) -> float | None:
    """Winsorise or transform one column in place; returns the λ of Box–Cox."""
    code = str(table.columns[j])
    raw = values[:, j].copy()
    there = raw[~np.isnan(raw)]
    if len(np.unique(there)) < 2:
        raise MethodError(
            f"treatment: {code} has {'no value' if not len(there) else 'the same value for everybody'}, so {rule.rule} "
            "has nothing to work on; leave the indicator out of the framework"
        )
    over = settings.indicators.get(code)
    limits = {"skew_limit": rule.skew_limit, "kurtosis_limit": rule.kurtosis_limit}
    first, _, second = rule.rule.partition("_")
    new, side, lam = raw, np.full(len(raw), "", dtype="<U6"), None
    if first == "winsorise":
        points = None if over is None else over.points
        if over is not None and over.rule is not None and not over.test and points is None and not second:
            points = rule.max_points  # forced, and no number given: as many as the rule allows
        done = winsorise(raw, max_points=rule.max_points, points=points, **limits)
        new, side = done.values, done.side.astype("<U6")
        helped = not second or points is not None or passes(new[:, None], **limits)[0]
        first = "" if helped else second
    if first:
        if first == "log":
            new = log_shifted(raw, offset=rule.log_offset)
        else:
            try:
                new, lam = boxcox(raw, lam=rule.boxcox_lambda)
            except MethodError as error:
                raise MethodError(f"{error} (indicator {code})") from error
        side = np.full(len(raw), first, dtype="<U6")
    changed = (new != raw) & ~np.isnan(raw)
    rows = np.flatnonzero(changed)
    nothing = np.full(len(rows), np.nan)
    changes.append(
        pd.DataFrame(
            {
                "row": rows, "column": j, "raw": raw[rows], "treated": new[rows], "side": side[rows],
                "fence": nothing, "q1": nothing, "q3": nothing,
            }
        )
    )  # fmt: skip
    values[:, j] = new
    return lam


def _log(indicators: pd.DataFrame, changes: list[pd.DataFrame]) -> pd.DataFrame:
    key = str(indicators.index.name or "unit")
    some = [part for part in changes if len(part)]
    if not some:
        return pd.DataFrame(columns=[key, *CHANGE_COLUMNS])
    found = pd.concat(some, ignore_index=True).sort_values(["row", "column"], ignore_index=True)
    found.insert(0, key, indicators.index.to_numpy()[found["row"]])
    found.insert(1, "code", indicators.columns.to_numpy()[found["column"]])
    return found[[key, *CHANGE_COLUMNS]]


def treatment_summary(raw: pd.DataFrame, treated: Treated, settings: Treatment) -> pd.DataFrame:
    """Return what treatment did to each indicator, and whether its distribution passes the test now.

    Parameters
    ----------
    raw
        (n_units, n_indicators), as given to `treat`.
    treated, settings
        What `treat` returned, and was given.

    Returns
    -------
    DataFrame
        (n_indicators, 8), index `code`, columns `SUMMARY_COLUMNS`; skewness and kurtosis of type 2.
    """
    before, after = raw.to_numpy(dtype=float), treated.values.to_numpy(dtype=float)
    own = {str(code): settings.settings(str(code)) for code in raw.columns}
    skew, kurtosis = array_skewness(after), array_kurtosis(after)
    near = np.abs(skew) < np.array([rule.skew_limit for rule in own.values()])
    light = kurtosis < np.array([rule.kurtosis_limit for rule in own.values()])
    columns = [
        [rule.rule for rule in own.values()],
        ((after != before) & ~np.isnan(before)).sum(axis=0),
        array_skewness(before),
        array_kurtosis(before),
        skew,
        kurtosis,
        near | light | np.isnan(skew) | np.isnan(kurtosis),
        [treated.lambdas.get(code, np.nan) for code in own],
    ]
    return pd.DataFrame(dict(zip(SUMMARY_COLUMNS, columns, strict=True)), index=pd.Index(list(own), name="code"))
