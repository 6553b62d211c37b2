"""Levers: the shortcut equals the whole index built anew; targets by rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.composite.index import build_index
from analysis.composite.levers import columnwise, joint_score, next_targets, single_gains
from analysis.composite.structure import Structure
from analysis.config import load_method
from analysis.errors import MethodError
from analysis.framework import load_framework


@pytest.mark.parametrize("variant", ["default", "zscore"])
def test_shortcut_equals_the_index_built_anew(root: Path, variant: str) -> None:
    framework = load_framework(root / "data").indicators
    structure, method = Structure.from_hierarchy(framework), load_method(variant, root / "config")
    rng = np.random.default_rng(5)
    index = pd.Index([f"R{i:02d}" for i in range(9)], name="respondent_id")
    data = pd.DataFrame(rng.lognormal(2, 1, (9, 90)).round(1), index=index, columns=framework.index)
    data.loc["R03", "I.1.2"] = np.nan
    targets = pd.Series({"I.1.1": 1e6, "II.2.1": 9.0, "V.3.7": float(data["V.3.7"].median())})
    assert columnwise(method, structure)
    quick = single_gains(data, structure, method, "R03", targets)
    exact = single_gains(data, structure, method, "R03", targets, exact=True)
    pd.testing.assert_frame_equal(quick, exact, atol=1e-12, rtol=0)
    assert quick["base"].iloc[0] == build_index(data, structure, method).scores.at["R03", "ALL"]
    assert joint_score(data, structure, method, "R03", targets[["I.1.1"]]) == pytest.approx(quick["score"].iloc[0])
    with pytest.raises(MethodError, match=r"R03 cannot move I\.1\.2"):
        single_gains(data, structure, method, "R03", pd.Series({"I.1.2": 5.0}))


def test_targets_by_rule() -> None:
    own = pd.Series({"low": 1.0, "middle": 3.0, "high": 9.0, "none": np.nan, "less": 7.0, "fixed": 0.0})
    median = pd.Series(2.5, index=own.index)
    beyond = pd.Series({**dict.fromkeys(own.index, 5.0), "less": 1.5})
    directions = pd.Series({**dict.fromkeys(own.index, 1), "less": -1})
    made = next_targets(own, [median, beyond], directions, steps={"low": 1.0, "less": 1.0}, fixed=["fixed"])
    # Counted things go to the next whole number; who is beyond both thresholds, or did not answer, has no target.
    assert made.to_dict("records") == [
        {"code": "low", "target": 3.0, "step": 0},
        {"code": "middle", "target": 5.0, "step": 1},
        {"code": "less", "target": 2.0, "step": 0},
    ]
