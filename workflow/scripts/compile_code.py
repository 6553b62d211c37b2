"""Compile what would otherwise be compiled while the first build runs: bytecode of this project and Numba's kernels.

Packages from PyPI arrive compiled; the project itself is used where it stands, so this is done once the environment is
there (`bootstrap.py`). Results lie in `__pycache__` next to the code. Code that changes later is compiled by the build
that first needs it, as Python and Numba always do.
"""

from __future__ import annotations

import compileall
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.clustering import stability, ward_kernel
from analysis.config.clustering import Clustering
from analysis.cooperation import null_models, robustness
from analysis.cooperation.graph import Graph

ROOT = Path(__file__).resolve().parents[2]


def compile_kernels() -> None:
    """Call every compiled kernel of the edition's notebooks once, on data of the kinds the notebooks pass.

    The kernels of the reconstruction are left to it: an edition's build does not need them.
    """
    rng = np.random.default_rng(0)
    pair = Graph(("A", "B"), pd.DataFrame({"a": ["A"], "b": ["B"], "weight": [1.0]}))
    attacks: tuple[robustness.Attack, ...] = ("random", "degree", "betweenness")
    for attack in attacks:
        robustness.removal_curves(pair, attack, draws=1, rng=rng)
    null_models.curveball(pd.DataFrame([[1, 0], [0, 1]]), rng=rng)
    stability.bootstrap_jaccard(rng.random((4, 2)), [2], "ward", Clustering(), draws=1, rng=rng)


def kernels() -> dict[str, int]:
    """Each kernel with the number of types of arguments for which it is compiled in this process."""
    named = (item for module in (null_models, robustness, ward_kernel) for item in vars(module).items())
    return {name: len(made.signatures) for name, made in named if hasattr(made, "signatures")}


def main() -> int:
    """Compile bytecode and kernels."""
    done = [compileall.compile_dir(ROOT / folder, quiet=1) for folder in ("analysis", "workflow")]
    compile_kernels()
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
