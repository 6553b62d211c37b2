"""Files and folders that are whole or not there: written beside their place, then moved over it.

A process may be killed and a disk may fill up at any moment. A reader then finds the old file or the new one, never
half of it; what was left beside is overwritten by the next run.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import StorageError

_REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the quota of this user is used up; free some space",
    errno.EFBIG: "the file is larger than this process may write (ulimit -f); raise the limit",
    errno.EROFS: "the folder is on a read-only file system; use a copy of the project that may be written",
    errno.EACCES: "this user may not write there; change the permissions of the folder",
    errno.EPERM: "this user may not write there; change the permissions of the folder",
    errno.EIO: "the disk does not answer; check it, then remove the build folder",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENAMETOOLONG: "the name is too long for this file system; move the project to a shorter path",
}
_AT_FDCWD, _EXCHANGE = -100, 2  # of renameat2, Linux


def storage_error(error: BaseException) -> StorageError | None:
    """Say in words what is wrong with the disk; None for an error that has another cause.

    Libraries wrap such an error in one of their own: then it is the reason of theirs, or only named by its text.
    """
    seen: BaseException | None = error
    while seen is not None:
        remedy = _REMEDIES.get(seen.errno or 0) if isinstance(seen, OSError) else None
        if remedy is not None:
            name = getattr(seen, "filename", None) or "a file"
            return StorageError(f"{name} cannot be written: {remedy} and run the command again")
        seen = seen.__cause__ or seen.__context__
    remedy = remedy_in(str(error))
    return StorageError(f"a file cannot be written: {remedy} and run the command again") if remedy else None


def remedy_in(text: str) -> str | None:
    """Return the remedy for a fault of the disk that the text of another program names; None if it names none."""
    found = [remedy for number, remedy in _REMEDIES.items() if os.strerror(number) in text]
    return found[0] if found else None


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well, the file takes the place of `path`.

    The name keeps its ending, by which some writers choose the format. If the block fails nothing is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(text: str, path: Path) -> Path:
    """Write a text as UTF-8, as a whole."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return path


def write_json(data: Any, path: Path) -> Path:
    """Write JSON with stable layout, as a whole."""
    return write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", path)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; returns False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


MOST_UNPACKED = 400_000_000
"""Bytes that the parts of a packed file may have together; a workbook of a thousand long questionnaires has a tenth."""
MOST_PARTS = 10_000


def packed_too_deep(path: Path) -> str:
    """Return why a packed file (a workbook, say) must not be opened; '' if it may.

    The file says itself how much it unpacks to. A part that unpacks to more than that is cut off there by `zipfile`.

    Raises
    ------
    BadZipFile
        The file is not packed so.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED:
        return f"unpacks to {size // 1_000_000} MB, at most {MOST_UNPACKED // 1_000_000} MB are read"
    if len(parts) > MOST_PARTS:
        return f"is packed from {len(parts)} parts, at most {MOST_PARTS} are read"
    return ""


def settle(target: Path) -> None:
    """Finish what a killed `swap` left: the old folder goes back if the new one did not come, else it goes."""
    old = _old(target)
    if old.is_dir() and not target.exists():
        old.rename(target)
    for rest in (old, target.with_name(f".{target.name}.new")):
        if rest.is_dir():
            shutil.rmtree(rest)


def swap(staged: Path, target: Path) -> None:
    """Put the folder `staged` in place of `target`: in one step on Linux, else in two that `settle` can undo."""
    if target.exists() and _exchange(staged, target):
        shutil.rmtree(staged)
        return
    old = _old(target)
    if old.exists():
        shutil.rmtree(old)
    if target.exists():
        target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    if old.exists():
        shutil.rmtree(old)


@contextmanager
def whole_folder(target: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill; when the block ends well, it takes the place of `target`.

    Parameters
    ----------
    durable
        Wait until everything is on the disk before the old folder goes, so that it outlives a loss of power.
    """
    settle(target)
    staged = target.with_name(f".{target.name}.new")
    try:
        staged.mkdir(parents=True)
        yield staged
        if durable:
            for path in sorted(staged.rglob("*")):
                sync(path)
            sync(staged)
        swap(staged, target)
        if durable:
            sync(target.parent)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
