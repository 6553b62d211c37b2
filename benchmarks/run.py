"""Figures of speed: each as a ratio to a plain pandas version of the same work, run in turn in one process.

Run with `make bench`. Nothing here is a test: a busy machine changes seconds, hardly the ratios.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import load_method
from analysis.framework import load_framework

ROOT = Path(__file__).resolve().parents[1]


def plain_scores(x: pd.DataFrame, framework: pd.DataFrame) -> pd.DataFrame:
    """The published method as one would type it in a notebook: a loop over columns, a groupby over codes."""
    out = {}
    for code in x.columns:
        q1, q3 = x[code].quantile([0.25, 0.75])
        column = x[code] if q1 == q3 else x[code].clip(upper=q3 + 1.5 * (q3 - q1))
        out[code] = (column - column.min()) / (column.max() - column.min())
    normalised = pd.DataFrame(out)
    subareas = normalised.T.groupby(framework["subarea"]).mean().T
    areas = normalised.T.groupby(framework["area"]).mean().T
    return pd.concat([subareas, areas, areas.mean(axis=1).rename("ALL")], axis=1)


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """Median seconds of two functions, run in turn so that both meet the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, record in zip((first, second), times, strict=True):
            start = time.perf_counter()
            function()
            record.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> int:
    """Print the figures."""
    framework = load_framework(ROOT / "data").indicators
    structure = Structure.from_hierarchy(framework)
    method = load_method("default", ROOT / "config")
    rng = np.random.default_rng(method.seed)
    print(f"{'index of n units × 90':<28}{'engine s':>10}{'plain s':>10}{'ratio':>8}")
    for n in (42, 1_000, 5_000, 20_000):
        values = np.round(rng.lognormal(2, 1, (n, len(framework))), 1)
        x = pd.DataFrame(values, columns=framework.index).rename_axis("respondent_id")
        reference = plain_scores(x, framework)
        engine = build_index(x, structure, method).scores
        np.testing.assert_allclose(engine[reference.columns], reference, atol=1e-12)
        ours, plain = alternate(lambda x=x: build_index(x, structure, method), lambda x=x: plain_scores(x, framework))
        print(f"{n:<28}{ours:>10.4f}{plain:>10.4f}{ours / plain:>8.2f}")
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "analysis.cli", "build"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and "up to date" in done.stdout:
        print(f"build with nothing to do: {time.perf_counter() - start:.1f} s")
    else:
        print("build with nothing to do: not measured, run `make report` first")
    return 0


if __name__ == "__main__":
    sys.exit(main())
