"""A survey of members of up to a million respondents: text answers to all shares, cross-tables and intervals.

Each size runs in a process of its own, so that its memory is that of the survey and its answers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from analysis.config import load_method
from analysis.framework import load_framework
from analysis.opinions.counts import closed_items, count_answers
from analysis.opinions.estimates import estimate
from benchmarks.harness import ROOT, Row, growth, keep, load, peak_mb

SIZES = (10_000, 100_000, 300_000, 1_000_000)
A_CLUSTER = 18  # respondents, as in the edition


def alone(respondents: int) -> Row:
    """Draw answers to every closed question of the members' codebook and tabulate them."""
    framework = load_framework(ROOT / "data")
    codebook, lists = framework.codebooks["members"], framework.option_lists
    method = load_method("default", ROOT / "config")
    rng = np.random.default_rng(method.seed)
    names = np.array([f"C{i:05d}" for i in range(respondents // A_CLUSTER)], dtype=object)
    columns = {"respondent_id": pd.Series(names[rng.integers(len(names), size=respondents)], dtype="str")}
    for item in closed_items(codebook, lists):
        options = np.array([*item.options, ""], dtype=object)
        columns[item.name] = pd.Series(options[rng.integers(len(options), size=respondents)], dtype="str")
    answers = pd.DataFrame(columns, copy=False)
    known = framework.cross_sections.groupby("dimension")["group"].agg(list)
    groups = pd.DataFrame({d: rng.choice(known[d], len(names)) for d in method.opinions.dimensions}, index=names)
    held = peak_mb()
    start, worked = time.perf_counter(), time.process_time()
    counts = count_answers(answers, codebook, lists, cluster="respondent_id")
    made = estimate(counts, groups)
    row = Row(f"{respondents:,} respondents in {len(names):,} clusters", time.perf_counter() - start)
    row.cpu, row.process_mb = time.process_time() - worked, peak_mb()
    row.note = f"{len(counts.items)} questions, {len(made):,} numbers with intervals; the answers alone {held:,.0f} MB"
    return row


def main(argv: list[str]) -> int:
    """Measure every size, or print one as JSON."""
    if argv:
        print(json.dumps(vars(alone(int(argv[0])))))
        return 0
    before, rows = load(), []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.survey", str(size)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        rows.append(Row(**json.loads(done.stdout.splitlines()[-1])))
        print(f"{size}: {rows[-1].seconds:.1f} s", flush=True)
    seen = [(size, row.cpu or row.seconds) for size, row in zip(SIZES, rows, strict=True)]
    notes = [f"Survey: {growth('respondents', seen)}."]
    keep("survey", "Survey of members", rows, before, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
