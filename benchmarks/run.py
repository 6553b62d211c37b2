"""All benchmarks, or those that are named, each in a process of its own; then the table of docs/performance.md.

    make bench                                    (or: make bench PART="index survey")

Nothing here is a test: a busy machine changes seconds, hardly the ratios. `make report` must have been run.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks import table
from benchmarks.harness import ROOT

PARTS = ("index", "cooperation", "survey", "individual", "end_to_end")


def main(argv: list[str]) -> int:
    """Measure and write; a benchmark that fails leaves what was kept of it before."""
    unknown = set(argv) - set(PARTS)
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    failed = [
        part
        for part in argv or PARTS
        if subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], cwd=ROOT, check=False).returncode
    ]
    table.main()
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
