"""Kill a build with SIGKILL at seeded random points, in all the ways in which a process of it can die."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from toy import command, environment

# The whole tree; only `klastry`; what it has started, the workflow engine and the parent of the steps; only that
# parent; only the command of one step; only one process that was forked for a step.
MODES = ("tree", "klastry", "engine", "server", "step", "forked")
STEP = re.compile(r"run_notebook\.py (\S+)|(run_individual)\.py|publish\.py .*?(\w+)$")
SERVER = "analysis.execution.server"
FINISHED, KILLS = "finished", "kills"


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _parent(process: psutil.Process) -> int | None:
    try:
        return int(process.ppid())
    except psutil.Error:
        return None  # it has just ended


def steps(process: psutil.Process) -> dict[int, str]:
    """Pid → step of every running step below a build."""
    found = {}
    for child in _tree(process):
        line = _line(child)
        match = STEP.search(" ".join(line)) if "python" in "".join(line[:1]) else None
        if match:
            found[child.pid] = next(part for part in match.groups() if part)
    return found


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _kill(process: psutil.Process, mode: str, rng: random.Random) -> None:
    everyone = _tree(process)
    running = steps(process)
    if mode == "tree":
        victims = [process, *everyone]
    elif mode == "klastry":
        victims = [process]
    elif mode == "engine":
        victims = [p for p in everyone if _parent(p) == process.pid]
    elif mode == "step":
        victims = [psutil.Process(rng.choice(sorted(running)))] if running else [process, *everyone]
    else:
        servers = [p for p in everyone if _parent(p) == process.pid and SERVER in _line(p)]
        victims = servers if mode == "server" else [child for server in servers for child in _tree(server)][-1:]
        victims = victims or [process, *everyone]
    for victim in victims:
        try:
            victim.kill()
        except psutil.Error:
            continue


def killed_once(project: Path, rng: random.Random, arguments: Sequence[str], longest: float) -> tuple[str, list[str]]:
    """Start a build and kill it somewhere; returns the way and the steps that were running ("finished" if too late)."""
    mode = rng.choice(MODES)
    told = project / "killed.log"
    with told.open("w") as stream:
        started = subprocess.Popen(
            command(*arguments), cwd=project, env=environment(project), stdout=subprocess.DEVNULL, stderr=stream
        )
    process = psutil.Process(started.pid)
    try:
        # Half of the points lie anywhere, among them the start of the engine; half just after a step has started.
        if rng.random() < 0.5:
            _wait(started, rng.uniform(0.1, longest))
        else:
            wanted, seen, end = rng.randint(1, 4), set(), time.monotonic() + 4 * longest
            while len(seen) < wanted and time.monotonic() < end and started.poll() is None:
                seen |= set(steps(process))
                time.sleep(0.02)
            _wait(started, rng.uniform(0, longest / 10))
        if started.poll() is not None:
            assert started.returncode == 0, f"a build that nobody killed stopped:\n{told.read_text()}"
            return mode, [FINISHED]
        running = sorted(steps(process).values())
        _kill(process, mode, rng)
        # Where `klastry` lives on it ends by itself, with an exit code that says so.
        code = started.wait(600)
        assert code != 0 or not running, f"a build whose {mode} was killed during {running} said all was well"
        return mode, running or ["between steps"]
    finally:
        if started.poll() is None:
            for child in [*_tree(process), process]:
                child.kill()
            started.wait()


def _wait(started: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        started.wait(seconds)


def kill_often(
    project: Path, rng: random.Random, times: int, arguments: Sequence[str] = ("build",), longest: float = 8
) -> Counter[str]:
    """Kill one build after another, each going on where the last was cut off; returns how often each step was hit.

    A build that has come to its end is begun again from what was there at first, so there are as many kills as asked
    for. The time that a build gets grows while builds do not get on, so that a long step cannot be killed for ever.
    """
    build, kept = project / "build", project / "build-at-first"
    if build.is_dir():
        shutil.copytree(build, kept)
    hit: Counter[str] = Counter()
    allowed, last = longest, None
    while hit[KILLS] < times:
        mode, running = killed_once(project, rng, arguments, allowed)
        hit.update(running)
        if running == [FINISHED]:
            assert hit[FINISHED] <= 2 * times, f"most builds end before they can be killed: {hit}"
            shutil.rmtree(build)
            if kept.is_dir():
                shutil.copytree(kept, build)
        else:
            hit.update([KILLS, f"[{mode}]"])
        allowed = allowed * 1.3 if running == last else longest
        last = None if running == [FINISHED] else running
    return hit
