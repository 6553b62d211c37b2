"""Straight lines through points: how the overall score goes with one characteristic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.errors import MethodError


@dataclass(frozen=True)
class LineFit:
    """Ordinary least squares of `y` on `x`: y = intercept + slope · x.

    `p` tests slope = 0 (two-sided), `low` and `high` bound the slope with the stated confidence; `points` has columns
    x, y (index the respondents), `band` columns x, fit, low, high for the mean of y.
    """

    slope: float
    intercept: float
    r2: float
    p: float
    low: float
    high: float
    n: int
    points: pd.DataFrame
    band: pd.DataFrame

    def summary(self, name: str) -> dict[str, float | int | str]:
        """Return the numbers of the fit as one table row."""
        return {
            "driver": name, "n": self.n, "slope": self.slope, "intercept": self.intercept, "r2": self.r2, "p": self.p,
            "low": self.low, "high": self.high,
        }  # fmt: skip


def fit_line(y: pd.Series, x: pd.Series, *, confidence: float = 0.95, grid: int = 101) -> LineFit:
    """Fit a line by ordinary least squares, respondents with a missing value left out.

    Parameters
    ----------
    y, x
        (n,), same index.
    confidence
        Level of the intervals.
    grid
        Number of points of the band.

    Raises
    ------
    MethodError
        Fewer than three points, or `x` does not vary.
    """
    points = pd.DataFrame({"x": pd.to_numeric(x), "y": pd.to_numeric(y)}).dropna().astype(float)
    if len(points) < 3 or points["x"].nunique() < 2:
        raise MethodError(
            f"line fit: {len(points)} points with {points['x'].nunique()} different x; no line is defined"
        )
    result = sm.OLS(points["y"], sm.add_constant(points["x"])).fit()
    low, high = result.conf_int(alpha=1 - confidence).loc["x"]
    xs = np.linspace(points["x"].min(), points["x"].max(), grid)
    frame = result.get_prediction(sm.add_constant(xs)).summary_frame(alpha=1 - confidence)
    band = pd.DataFrame({"x": xs, "fit": frame["mean"], "low": frame["mean_ci_lower"], "high": frame["mean_ci_upper"]})
    return LineFit(
        slope=float(result.params["x"]),
        intercept=float(result.params["const"]),
        r2=float(result.rsquared),
        p=float(result.pvalues["x"]),
        low=float(low),
        high=float(high),
        n=len(points),
        points=points,
        band=band,
    )


def driver_table(fits: dict[str, LineFit]) -> pd.DataFrame:
    """One row for each fit: `LineFit.summary`, slope per 100 and shares of the variance in percent."""
    table = pd.DataFrame([fit.summary(name) for name, fit in fits.items()])
    table["per_100"] = 100 * table["slope"]
    table["r2_percent"] = 100 * table["r2"]
    table["rest_percent"] = 100 - table["r2_percent"]
    return table
