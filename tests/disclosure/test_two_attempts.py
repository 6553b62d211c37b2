"""A column is first searched without linear relaxations: what is found and proved so is what is found with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.composite.quantiles import quantiles
from analysis.disclosure import exact
from analysis.disclosure.column import MEASURES, as_printed, column_of
from analysis.disclosure.decide import intervals


@pytest.mark.parametrize("seed", range(4))
def test_search_alone_decides_as_search_with_relaxations(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, n = np.random.default_rng(seed), 18
    scores = pd.Series(rng.beta(2, 3, n))
    membership = {"all": ["all"] * n} | {
        d: list(rng.permutation(list((g * n)[:n]))) for d, g in (("d", "abc"), ("e", "xy"))
    }
    printed = {}
    for dimension, labels in membership.items():
        for group in dict.fromkeys(labels):
            own = scores[[label == group for label in labels]]
            order = quantiles(own.to_frame("x"), [0, 0.25, 0.5, 0.75, 1], quantile_type=7)["x"].to_list()
            shown = [*order[:3], float(own.mean()), *order[3:]]
            printed[dimension, group] = {m: as_printed(v, 2) for m, v in zip(MEASURES, shown, strict=True)}
    column = column_of(membership, printed, [True] * n, code="X", decimals=2, resolution=0.001)

    def decided() -> list[tuple[str, int, int, bool]]:
        found = intervals(column, threshold=0.02, limit=5, seed=1)
        return [(i.status, i.low, i.high, i.single) for i in found]

    both = decided()
    monkeypatch.setattr(exact, "QUICK", 0.0)  # the first attempt ends before it begins
    assert decided() == both
