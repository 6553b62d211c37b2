"""What a build shows of itself: which steps run, what is left, and how long each took last time.

Times of earlier builds are kept in `<build>/logs/times.json`, outside of everything that is published: they say what to
expect and never decide what runs.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from analysis.files import write_json

FILE = "times.json"
# Targets, names for others.
NO_STEP = {"report", "validation", "indicators", "scores", "figures", "analyses", "individual", "chapters"}


def seconds_text(seconds: float) -> str:
    """Return a duration as one says it: `4 s`, `1 min 20 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def read_times(logs: Path) -> dict[str, float]:
    """Seconds that each step took when it last ran; empty where nothing is known."""
    try:
        found = json.loads((logs / FILE).read_text(encoding="utf-8"))
        return {str(step): float(seconds) for step, seconds in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # a file that cannot be read costs an estimate, not a build


@dataclass
class Progress:
    """Follows the lines of the workflow engine; `feed` returns what a person wants to see of each.

    Parameters
    ----------
    logs
        Folder of the build's logs, with the times of earlier builds.
    cores
        How many steps run side by side.
    clock
        Seconds, for tests.
    """

    logs: Path
    cores: int
    clock: Callable[[], float] = time.monotonic
    known: dict[str, float] = field(init=False)
    left: Counter[str] = field(default_factory=Counter, init=False)
    running: dict[str, tuple[str, float]] = field(default_factory=dict, init=False)
    _rule: str = field(default="", init=False)
    _in_table: bool = field(default=False, init=False)
    _done: tuple[str, str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.known = read_times(self.logs)

    def feed(self, line: str) -> str | None:
        """Take a line of the engine, return a line for the person or None."""
        if line.startswith("Job stats:"):
            self._in_table = True
            self.left.clear()
            return None
        if self._in_table:
            row = re.fullmatch(r"(\w+) +(\d+)", line)
            if row and row[1] != "total":
                self.left[row[1]] += 0 if row[1] in NO_STEP else int(row[2])
            if row and row[1] == "total":
                self._in_table = False
                return self._announce()
            return None
        named = re.fullmatch(r"(?:local)?rule (\w+):", line)
        if named:  # a rule without a message; its number follows
            self._rule = named[1]
            return None
        started = re.fullmatch(r"Job (\d+): (.+)", line) or re.fullmatch(r"    jobid: (\d+)()", line)
        if started:
            self.running[started[1]] = (started[2] or self._rule, self.clock())
            return None
        finished = re.fullmatch(r"Finished jobid: (\d+) \(Rule: (\w+)\)", line)
        if finished:
            self._finish(finished[1], finished[2])
            return None
        count = re.fullmatch(r"(\d+) of (\d+) steps \(\d+%\) done", line)
        return self._tell(count[1], count[2]) if count else None

    def _finish(self, job: str, rule: str) -> None:
        name, start = self.running.pop(job, (rule, -1.0))
        self.left[rule] -= 1
        if start < 0 or rule in NO_STEP:
            self._done = None
            return
        taken = self.clock() - start
        before = self.known.get(rule)
        self._done = (name, seconds_text(taken) + (f" (last time {seconds_text(before)})" if before else ""))
        self.known[rule] = round(taken, 1)

    def expected(self) -> float | None:
        """Seconds until the end, from the times of the last run; None where a step has never run.

        Work that is left is shared between the cores, so this is what an ideal order would take; the longest single
        step is its other bound.
        """
        now = self.clock()
        waiting = {rule: n for rule, n in self.left.items() if n > 0}
        if any(rule not in self.known for rule in waiting):
            return None
        total = sum(self.known[rule] * n for rule, n in waiting.items())
        running = [now - start for _, start in self.running.values()]
        longest = max((self.known[rule] for rule in waiting), default=0.0)
        return max((total - sum(running)) / self.cores, longest - max(running, default=0.0), 0.0)

    def _announce(self) -> str | None:
        steps = sum(self.left.values())
        if not steps:
            return None
        expected = self.expected()
        new = sum(n for rule, n in self.left.items() if rule not in self.known)
        if expected is None:
            return f"  {steps} step(s) to run; no earlier times for {new} of them"
        return f"  {steps} step(s) to run; about {seconds_text(expected)} by the times of the last run"

    def _tell(self, done: str, total: str) -> str | None:
        if self._done is None:
            return None
        parts = [f"  {done}/{total}  {self._done[0]}  {self._done[1]}"]
        now = ", ".join(name for name, _ in self.running.values())
        parts += [f"runs: {now}"] if now else []
        expected = self.expected()
        parts += [f"about {seconds_text(expected)} left"] if expected and sum(self.left.values()) else []
        return " · ".join(parts)

    def save(self) -> None:
        """Keep the times for the next build; a full disk is no reason to fail."""
        with suppress(OSError):
            write_json(dict(sorted(self.known.items())), self.logs / FILE)
