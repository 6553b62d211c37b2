"""What `make .venv/.ready` compiles is what the edition's notebooks call: they compile nothing any more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# In a process of its own: what other tests have called is compiled for their types too.
CALLS = """
import json
import numpy as np
import pandas as pd
import compile_code
from analysis.clustering import stability
from analysis.config.clustering import Clustering
from analysis.cooperation import null_models, robustness
from analysis.cooperation.graph import Graph

compile_code.compile_kernels()
compiled = compile_code.kernels()
rng = np.random.default_rng(5)
names = tuple("ABCDEFGH")
pairs = [(a, b) for a in names for b in names if a < b and rng.random() < 0.5]
graph = Graph(names, pd.DataFrame(pairs, columns=["a", "b"]).assign(weight=1.0))
robustness.compare_attacks({("all", "star"): graph}, draws=3, rng=rng)
robustness.after_removal(graph, ["C"], draws=3, rng=rng)
null_models.curveball(pd.crosstab(rng.integers(6, size=20), rng.integers(5, size=20)).clip(upper=1), rng=rng)
values = pd.DataFrame(rng.random((12, 4)))  # columns lie one after the other in memory, as in the notebook
stability.bootstrap_jaccard(values.to_numpy(), [2, 3, 4], "ward", Clustering(), draws=5, rng=rng)
print(json.dumps([compiled, compile_code.kernels()]))
"""


def test_kernels_are_compiled_for_the_types_that_notebooks_pass(root: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=root / "workflow" / "scripts",
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = json.loads(told.stdout)
    called = ("_curves", "_percolate", "_trade", "resampled_jaccard")  # others are called by these, compiled together
    assert all(before[name] for name in called), before
    assert after == before
