"""Individual reports of made-up editions of 40 and 100 respondents, and what 1,000 would take.

Every size is a copy of the project with an edition made up by `klastry new-edition --made-up`; measured are the two
steps that make the reports, notebooks and pages, as the build runs them on two cores. Their inputs are built with them,
one after the other; other steps may run beside them, as in any build.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.end_to_end import copy_project, klastry
from benchmarks.harness import ROOT, Row, growth, keep, load

SIZES = (40, 100)
ASKED = 1_000
YEAR = "2026"
STEPS = ("individual_notebooks", "individual_reports")


def measure(n: int, folder: Path) -> Row:
    """Build an edition of `n` respondents up to its individual reports."""
    project = copy_project(folder / f"n{n}")
    # The edition before must be built: it is what the new one is compared with.
    shutil.copytree(
        ROOT / "build/2024", project / "build/2024", ignore=shutil.ignore_patterns("60_report", "en", "logs")
    )
    klastry(
        project, "new-edition", YEAR, "--from", "2024", "--made-up", "--respondents", str(n), "--members", str(10 * n)
    )
    klastry(project, "build", "--edition", YEAR, "scores")
    done = klastry(project, "build", "--edition", YEAR, "individual")
    build = project / f"build/{YEAR}"
    times = json.loads((build / "logs/times.json").read_text(encoding="utf-8"))
    ran = re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", (build / "logs/snakemake.log").read_text(encoding="utf-8"))
    assert set(STEPS) <= set(ran), ran
    made = len([p for p in (build / "50_chapters/out/individual").iterdir() if p.is_dir()])
    assert made == n, f"{made} reports for {n} respondents"
    row = Row(f"{n} reports", sum(times[step] for step in STEPS))
    row.process_mb, row.all_mb = done.process_mb, done.all_mb
    row.note = f"notebooks {times[STEPS[0]]:.0f} s, pages and PDF {times[STEPS[1]]:.0f} s"
    shutil.rmtree(project)
    return row


def projected(sizes: list[int], rows: list[Row]) -> Row:
    """Return what the size that was asked would take: a line through two sizes or more, or in proportion to one."""
    seconds = [row.seconds for row in rows]
    each, start = np.polyfit(sizes, seconds, 1) if len(sizes) > 1 else (seconds[0] / sizes[0], 0.0)
    row = Row(f"{ASKED:,} reports, projected", float(start + each * ASKED))
    row.note = f"{start:.1f} s and {each:.2f} s a report" if len(sizes) > 1 else f"{each:.2f} s a report, as above"
    return row


def main(argv: list[str]) -> int:
    """Measure the sizes that are named, or all, and project the size that was asked."""
    before, rows, sizes = load(), [], [int(size) for size in argv] or list(SIZES)
    with tempfile.TemporaryDirectory(prefix="klastry-bench-") as folder:
        for n in sizes:
            rows.append(measure(n, Path(folder)))
            print(f"{n}: {rows[-1].seconds:.1f} s", flush=True)
    seen = [(n, row.seconds) for n, row in zip(sizes, rows, strict=True)]
    notes = [f"Individual reports: {growth('reports', seen)}."] if len(sizes) > 1 else []
    keep("individual", "Individual reports", [*rows, projected(sizes, rows)], before, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
