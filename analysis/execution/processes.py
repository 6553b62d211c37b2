"""Processes that end with those who need them, and the parent of a build's steps."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

COSTS = "KLASTRY_COSTS"  # names the file for what each step took: name, processor seconds, megabytes
STEPS = "KLASTRY_STEPS"  # names the socket of the parent for `workflow/scripts/step.py`
# Steps run side by side, so none of them gets threads for its matrices; the results do not depend on the cores.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Steps make trees of a million small objects that stay; looking through them again and again takes a quarter of a step.
COLLECT = (100_000, 20, 20)
_DIE_WITH_PARENT = 1  # of prctl, Linux
_PAUSE = 0.2


def die_with_parent(parent: int) -> None:
    """Let this process end when its parent ends, however that happens; called right after a fork.

    On Linux the system sees to it, also after another program was started in the process. Elsewhere a thread looks.
    `parent` is the process that forked: one that was gone before the system was asked would never be missed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PAUSE)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def end_with_parent() -> Callable[[], None]:
    """Return what a child of this process does between fork and exec, where no thread can be kept: on Linux only."""
    if sys.platform == "linux":
        return partial(die_with_parent, os.getpid())
    return lambda: None


def way_to_start(harmless: int = 0) -> str:
    """Return the start method of `multiprocessing` for workers: "fork" where nothing can be held by another thread.

    A forked worker has the imports of its parent. But a lock that another thread holds at that moment stays locked in
    the copy for ever, so a process with threads (pytest-xdist, Jupyter, pools of OpenMP) starts its workers anew.

    Parameters
    ----------
    harmless
        How many threads besides the calling one are known to hold no lock, such as `analysis.lock.watchers`.
    """
    return "fork" if sys.platform == "linux" and threads() == 1 + harmless else "spawn"


def threads() -> int:
    """Return how many threads this process has; 1 where the system does not tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


def leave(code: int) -> NoReturn:
    """End a forked child at once: what its parent registered for its own end is not run in the copy."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


@contextmanager
def parent_of_steps(
    root: Path, notebooks: Sequence[Path], env: Mapping[str, str], modules: Sequence[str] = ()
) -> Iterator[dict[str, str]]:
    """Start the process from which steps are forked and end it afterwards.

    Parameters
    ----------
    notebooks
        The server imports what their cells import; without any there is nothing to run, and no server.
    env
        Environment of the server; each step brings its own.
    modules
        What else it imports, after that: for steps that run no notebook.

    Yields
    ------
    dict
        What to add to the environment of steps, so that they find the server. Empty without one, and where processes
        cannot be forked.
    """
    if not notebooks or not hasattr(os, "fork"):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="klastry-", ignore_cleanup_errors=True) as folder:
        path = str(Path(folder) / "steps")
        # It listens before there is a server: a step that comes early waits, one whose server is gone is told at once.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            Path(path).chmod(0o600)
            listener.listen(64)
            wire = listener.fileno()
            command = [sys.executable, "-m", "analysis.execution.server", str(wire), *map(str, notebooks)]
            command += [f"--module={name}" for name in modules]
            server = subprocess.Popen(
                command, cwd=root, env={**env, **ONE_THREAD}, stdin=subprocess.PIPE, pass_fds=[wire],
                preexec_fn=end_with_parent(),
            )  # fmt: skip
        try:
            yield {STEPS: path, **ONE_THREAD}
        finally:
            server.kill()  # no step is left; it may be in the middle of an import
            server.communicate()
