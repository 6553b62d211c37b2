"""Propagation leaves out groups whose bounds are at rest: what it leaves is what going through all groups leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.composite.quantiles import quantiles
from analysis.disclosure.bounds import _members, order, propagate
from analysis.disclosure.column import MEASURES, Column, as_printed, column_of


def column_at_random(seed: int, n: int = 14) -> Column:
    rng = np.random.default_rng(seed)
    scores = pd.Series(rng.beta(2, 3, n))
    membership = {"all": ["all"] * n} | {
        d: list(rng.permutation(list((g * n)[:n]))) for d, g in (("d", "abc"), ("e", "xxyzz"), ("f", "kl"))
    }
    printed = {}
    for dimension, labels in membership.items():
        for group in dict.fromkeys(labels):
            own = scores[[label == group for label in labels]]
            places = quantiles(own.to_frame("x"), [0, 0.25, 0.5, 0.75, 1], quantile_type=7)["x"].to_list()
            shown = [*places[:3], float(own.mean()), *places[3:]]
            printed[dimension, group] = {m: as_printed(v, 2) for m, v in zip(MEASURES, shown, strict=True)}
    return column_of(membership, printed, [True] * n, code="X", decimals=2, resolution=0.001)


def through_all_groups(column: Column) -> tuple[np.ndarray, np.ndarray]:
    lowest, highest = column.limits()
    low, high = np.full(column.n, lowest), np.full(column.n, highest)
    for _ in range(100):
        before = low.copy(), high.copy()
        for group in column.released:
            inside = list(group.members)
            least, most = order(column, group, low[inside], high[inside])
            lo, hi = _members(least, most, low[inside], high[inside])
            at_least, at_most = column.span(group.printed["mean"], len(inside), "sound")
            hi = np.minimum(hi, at_most - lo.sum() + lo)
            low[inside], high[inside] = np.maximum(lo, at_least - hi.sum() + hi), hi
        if (before[0] == low).all() and (before[1] == high).all():
            return low, high
    raise AssertionError("propagation does not end")


@pytest.mark.parametrize("seed", range(12))
def test_groups_at_rest_change_nothing(seed: int) -> None:
    column = column_at_random(seed)
    low, high = propagate(column)
    all_low, all_high = through_all_groups(column)
    assert (low == all_low).all() and (high == all_high).all()
