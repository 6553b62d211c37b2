"""What the benchmarks share: one row for each thing measured, the machine they ran on, and what a command costs.

Rows are kept in `benchmarks/results.json` under the name of the benchmark, with machine, versions and date of
that run; so parts can be measured again without losing the others. `docs/performance.md` shows them (`table.py`).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
SHOWN_VERSIONS = ("numpy", "pandas", "scipy", "igraph", "papermill", "snakemake", "typst", "pypandoc_binary")
_LOOK = 0.2  # seconds between looks at the processes of a command


@dataclass
class Row:
    """One thing measured. Seconds are those of a clock, `cpu` those of all processors; memory in MB.

    `ratio` is how many times faster (above 1) or slower this is than what `against` names, measured in the same run.
    """

    case: str
    seconds: float
    cpu: float | None = None
    ratio: float | None = None
    against: str = ""
    process_mb: float | None = None
    all_mb: float | None = None
    limit: float | None = None
    note: str = ""


@dataclass
class Cost:
    """What a command took: seconds, processor seconds, the largest process and all of them together, in MB."""

    seconds: float
    cpu: float
    process_mb: float
    all_mb: float
    largest: str
    by_process: dict[str, float] = field(default_factory=dict)
    output: str = ""


def machine() -> dict[str, Any]:
    """Return what a figure depends on besides the code."""
    model = next(
        (line.split(":")[1].strip() for line in _text("/proc/cpuinfo").splitlines() if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(total),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in SHOWN_VERSIONS},
    }


def load() -> float:
    """Processes that wanted a processor in the last minute: above the number of cores others were at work, too."""
    return round(os.getloadavg()[0], 1)


def keep(name: str, title: str, rows: list[Row], before: float, notes: list[str] | None = None) -> None:
    """Keep the rows of a benchmark in `results.json` and print them.

    Parameters
    ----------
    name, title
        Key of the benchmark, and what it is called in the table.
    before
        `load()` when it began.
    notes
        Sentences that belong to all rows.
    """
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    results[name] = {
        "title": title,
        "date": time.strftime("%Y-%m-%d"),
        "load": before,
        "machine": machine(),
        "rows": [{k: v for k, v in asdict(row).items() if v not in (None, "")} for row in rows],
        "notes": notes or [],
    }
    RESULTS.write_text(
        json.dumps(dict(sorted(results.items())), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    print(f"\n{title} (load before: {before})")
    for row in rows:
        shown = [f"{row.seconds:10.2f} s"]
        shown += [f"cpu {row.cpu:.2f} s"] if row.cpu is not None else []
        shown += [f"{row.ratio:.2f}× against {row.against}"] if row.ratio is not None else []
        shown += [f"largest process {row.process_mb:,.0f} MB"] if row.process_mb is not None else []
        shown += [f"all together {row.all_mb:,.0f} MB"] if row.all_mb is not None else []
        print(f"{row.case:<52}{'; '.join(shown)}{'; ' + row.note if row.note else ''}")
    for note in notes or []:
        print(note)


def peak_mb() -> float:
    """Largest memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def growth(what: str, seen: list[tuple[int, float]]) -> str:
    """Slope of log seconds on log size, in words: 1 is linear time."""
    sizes, seconds = zip(*seen, strict=True)
    slope, _ = np.polyfit(np.log(sizes), np.log(seconds), 1)
    last = np.log(seconds[-1] / seconds[-2]) / np.log(sizes[-1] / sizes[-2])
    return (
        f"seconds grow with {what} to the power {slope:.2f} from {sizes[0]:,} to {sizes[-1]:,} "
        f"(the last step: {last:.2f})"
    )


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended meanwhile
        return ""


def _children() -> dict[int, list[int]]:
    out: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            after_name = _text(entry / "stat").rpartition(")")[2].split()
            if after_name:
                out.setdefault(int(after_name[1]), []).append(int(entry.name))
    return out


def _tree(pid: int) -> list[int]:
    children = _children()
    out, new = [pid], [pid]
    while new:
        new = [child for parent in new for child in children.get(parent, [])]
        out += new
    return out


def _memory(pid: int) -> tuple[float, float]:
    """Return (what the process sees as its own and shared, its fair part of what is shared), MB."""
    found = {}
    for line in _text(f"/proc/{pid}/smaps_rollup").splitlines():
        name, _, value = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(value.split()[0]) * 1024 / 1e6
    return found.get("Rss", 0.0), found.get("Pss", 0.0)


def _name(pid: int) -> str:
    words = _text(f"/proc/{pid}/cmdline").replace("\0", " ").split()
    kept = [w for w in words if not w.startswith("-") and not w.endswith(("/python", "/python3"))]
    return " ".join(Path(w).name for w in kept[:6])[:90]


class _Look(threading.Thread):
    """Looks at a process and all that it started, again and again.

    Memory that processes share (a forked child and its parent) is counted once in the sum: each has its fair part.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.stop = pid, threading.Event()
        self.process_mb = self.all_mb = 0.0
        self.largest = ""
        self.by_process: dict[str, float] = {}

    def run(self) -> None:
        while not self.stop.wait(_LOOK):
            together = 0.0
            for pid in _tree(self.pid):
                rss, pss = _memory(pid)
                together += pss
                if rss > 60:
                    name = _name(pid)
                    self.by_process[name] = max(self.by_process.get(name, 0.0), rss)
                if rss > self.process_mb:
                    self.process_mb, self.largest = rss, _name(pid)
            self.all_mb = max(self.all_mb, together)


def cost(command: list[str | Path], cwd: Path = ROOT, env: Mapping[str, str] | None = None, check: bool = True) -> Cost:
    """Run a command and return what it took, with everything that it started.

    Raises
    ------
    SystemExit
        The command failed, and `check`; with the end of its output.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=cwd, env=dict(env or os.environ), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    look = _Look(process.pid)
    look.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - start
    look.stop.set()
    look.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if check and process.returncode:
        print(output[-4000:], file=sys.stderr)
        raise SystemExit(f"{' '.join(map(str, command))} failed with {process.returncode}; nothing is kept of this run")
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, worked, look.process_mb, look.all_mb, look.largest, look.by_process, output)
