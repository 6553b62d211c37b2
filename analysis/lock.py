"""One build at a time: a lock that the system itself lets go when its holder dies, however it dies.

`hold` takes the lock of a build folder. Its steps are processes of their own; each calls `join`, by which

- a step of a build that is over does not start, and one that runs ends itself within a second;
- a new build begins only when no step of an earlier one is left that could still write.

Both rest on `flock`: nothing has to be cleaned up by hand, whatever was killed. Steps on other machines (a cluster) see
whether the holder lives by the same lock, so their file system must share it.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import LockedError, StorageError
from analysis.files import storage_error

TOKEN, OWNER, HOST = "KLASTRY_BUILD", "KLASTRY_BUILD_PID", "KLASTRY_BUILD_HOST"
LOCK, STEPS = ".lock", ".steps"
_PAUSE = 0.2
_PAUSE_ELSEWHERE = 5.0  # a look at the lock goes over the network
_PATIENCE = 120.0  # seconds that steps of a killed build may take to notice
_joined: dict[str, Any] = {"pid": None, "handle": None, "watcher": None}


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise storage_error(error) or StorageError(f"{path} cannot be opened ({error})") from error
    return handle


def _try(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StorageError(f"this file system keeps no locks ({error}); build in a folder of a local disk") from error
    return True


def _record(path: Path) -> dict[str, Any]:
    """What the holder wrote; empty while it is being written."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _describe(build: Path) -> str:
    held = _record(build / LOCK)
    pid, host = held.get("pid", "?"), held.get("host", "?")
    stop = f"kill {pid}" if host == socket.gethostname() else f"kill {pid} on {host}"
    return (
        f"{build} is being built already: process {pid} on {host}, since {held.get('since', '?')} "
        f"({held.get('command', '?')}). Wait for it (--wait SECONDS), or end it: {stop}"
    )


@contextmanager
def hold(
    build: Path, command: str, *, wait: float = 0, tell: Callable[[str], None] = lambda message: None
) -> Iterator[dict[str, str]]:
    """Hold the lock of a build folder; gives the environment that its steps need.

    Parameters
    ----------
    command
        What the holder does, for the message that others get.
    wait
        Seconds to wait for a build that is running.
    tell
        Gets a line when there is something to wait for.

    Raises
    ------
    LockedError
        Another build holds the lock, or steps of a killed build do not end; says which process and what to do.
    StorageError
        The folder cannot be written, or its file system has no locks.
    """
    end = time.monotonic() + wait
    told = False
    while True:
        handle = _open(build / LOCK)
        if _try(handle, fcntl.LOCK_EX):
            # Somebody may have removed the folder meanwhile: then this is the lock of a file that is no longer there.
            if (build / LOCK).exists() and os.fstat(handle).st_ino == (build / LOCK).stat().st_ino:
                break
            os.close(handle)
            continue
        os.close(handle)
        if time.monotonic() >= end:
            raise LockedError(_describe(build))
        if not told:
            tell(_describe(build) + "\nWaiting …")
            told = True
        time.sleep(_PAUSE)
    try:
        token = uuid.uuid4().hex
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        record = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "command": command, "token": token}
        data = json.dumps(record, ensure_ascii=False).encode()
        os.ftruncate(handle, 0)
        os.pwrite(handle, data, 0)
        _outlive_steps(build, tell)
        yield {TOKEN: token, OWNER: str(os.getpid()), HOST: socket.gethostname()}
    finally:
        os.close(handle)


def _outlive_steps(build: Path, tell: Callable[[str], None]) -> None:
    """Wait until no step of an earlier build is left; new ones do not start, the token is another one already."""
    handle = _open(build / STEPS)
    try:
        end = time.monotonic() + _PATIENCE
        told = False
        while not _try(handle, fcntl.LOCK_EX):
            if not told:
                tell("Steps of a build that was ended are still running; waiting until they have noticed …")
                told = True
            if time.monotonic() >= end:
                raise LockedError(
                    f"steps of an earlier build of {build} are still running after {_PATIENCE:.0f} s; "
                    f"find them (fuser {build / STEPS}) and end them"
                )
            time.sleep(_PAUSE)
    finally:
        os.close(handle)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _elsewhere() -> bool:
    """Whether the build that started this process runs on another machine."""
    return os.environ.get(HOST, socket.gethostname()) != socket.gethostname()


def _held(build: Path, owner: int) -> bool:
    """Whether the holder of the build's lock lives; on another machine its lock says so, not its number."""
    if not _elsewhere():
        return _alive(owner)
    handle = _open(build / LOCK)
    try:
        return not _try(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _watch(build: Path, token: str, owner: int) -> None:
    while True:
        time.sleep(_PAUSE_ELSEWHERE if _elsewhere() else _PAUSE)
        if not _held(build, owner) or _record(build / LOCK).get("token", token) != token:
            os.kill(os.getpid(), signal.SIGKILL)


def join(build: Path) -> None:
    """Take part in the build that started this process; nothing happens outside of a build.

    The process holds a share of the build until it ends, and ends itself when the build has been killed.

    Raises
    ------
    LockedError
        The build that started this process is over.
    """
    token, owner = os.environ.get(TOKEN), os.environ.get(OWNER)
    if token is None or owner is None or _joined["pid"] == os.getpid():
        return
    if _joined["handle"] is None:  # a forked child has its parent's share
        handle = _open(build / STEPS)
        while not _try(handle, fcntl.LOCK_SH):
            time.sleep(_PAUSE)
        _joined["handle"] = handle
    if _record(build / LOCK).get("token") != token or not _held(build, int(owner)):
        raise LockedError(f"the build of {build} that started this step is over")
    _joined["pid"] = os.getpid()
    watcher = threading.Thread(target=_watch, args=(build.resolve(), token, int(owner)), daemon=True)
    watcher.start()
    _joined["watcher"] = watcher


def watchers() -> int:
    """Return how many threads of this process watch its build: they read a file and sleep, and hold no lock."""
    watcher = _joined["watcher"]
    return int(watcher is not None and watcher.is_alive())
