"""Files that a build rests on, and the moments when they change."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event

from watchfiles import Change, DefaultFilter, watch

FOLDERS = ("report", "data", "config", "notebooks", "analysis", "workflow")
PAUSE_MS = 400  # an editor writes a file in several goes, a checkout many files: one build for all of them
STEP_MS = 100


class Sources(DefaultFilter):
    """Lets through files that people write; not drafts of editors, caches and hidden files."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".ipynb_checkpoints", ".ruff_cache", ".snakemake")
    # The last one is a file by which vim tries whether it may write.
    ignore_entity_patterns = (
        *DefaultFilter.ignore_entity_patterns,
        r"^\.",
        r"\.tmp$",
        r"\.part$",
        r"^#.*#$",
        r"^4913$",
    )

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change of this path is worth a build; folders alone are not."""
        return super().__call__(change, path) and not Path(path).is_dir()


class Watcher:
    """Looks at the sources of a project from the moment it is made until `close`.

    Changes wait here while a build runs, so none is lost, and many make one build.

    Parameters
    ----------
    project
        Folder of the project.
    """

    def __init__(self, project: Path) -> None:
        self._root = project.resolve()
        self._stop = Event()
        self._found: Queue[set[str]] = Queue()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        folders = [self._root / name for name in FOLDERS if (self._root / name).is_dir()]
        for found in watch(
            *folders, watch_filter=Sources(), debounce=PAUSE_MS, step=STEP_MS, stop_event=self._stop, rust_timeout=500
        ):
            # A draft that an editor wrote and renamed is gone before anybody could build it.
            drafts = {path for kind, path in found if kind == Change.added and not Path(path).exists()}
            paths = {Path(path).relative_to(self._root).as_posix() for _, path in found if path not in drafts}
            if paths:
                self._found.put(paths)

    def wait(self, timeout: float | None = None) -> list[str]:
        """Return the files changed since the last call, sorted; waits for the first one.

        Raises
        ------
        queue.Empty
            Nothing changed within `timeout` seconds.
        """
        found = self._found.get(timeout=timeout)
        with suppress(Empty):
            while True:
                found |= self._found.get_nowait()
        return sorted(found)

    def close(self) -> None:
        """Look no longer."""
        self._stop.set()


def told(paths: list[str], shown: int = 3) -> str:
    """Return changed files as one line; folder names of years and long lists shortened."""
    few = [re.sub(r"^data/editions/", "", path) for path in paths[:shown]]
    more = f" and {len(paths) - shown} more" if len(paths) > shown else ""
    return ", ".join(few) + more
