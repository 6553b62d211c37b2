"""Places of one respondent computed at once: the same numbers as column by column with pandas, on tables with gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.profiles.individual.extremes import distinctness
from analysis.profiles.individual.standing import percentile_ranks


def table(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 6, size=(15, 12)) / 5
    values[rng.random(values.shape) < 0.2] = np.nan
    values[:, 3] = np.nan
    values[1:, 4] = np.nan
    values[:, 5] = 1.0
    return pd.DataFrame(values, index=[f"R{i:02}" for i in range(15)], columns=[f"I.{i}" for i in range(12)])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("respondent", ["R00", "R07"])
def test_percentile_ranks(seed: int, respondent: str) -> None:
    scores = table(seed)
    own, others = scores.T[respondent], scores.drop(index=respondent)
    count = others.notna().sum()
    wanted = 100 * ((others < own).sum() + 0.5 * (others == own).sum()) / count.where(count > 0)
    pd.testing.assert_series_equal(percentile_ranks(scores, respondent), wanted.where(own.notna()).rename("percentile"))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("respondent", ["R00", "R07"])
def test_distinctness(seed: int, respondent: str) -> None:
    values = table(seed)
    directions = pd.Series(np.random.default_rng(seed).choice([1, -1], 12), index=values.columns)[::-1]
    oriented = values * directions.reindex(values.columns)
    own = oriented.loc[respondent]
    wanted = pd.DataFrame(
        {
            "distinct": values.nunique() / values.notna().sum().where(values.notna().any()),
            "at_worst": own == oriented.min(),
            "at_best": own == oriented.max(),
        }
    ).rename_axis("code")
    pd.testing.assert_frame_equal(distinctness(values, respondent, directions), wanted)
