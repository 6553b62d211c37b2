"""Whether anything has changed since a target was last built, told by sizes and times of files alone.

The workflow engine needs seconds to find out that there is nothing to do. After a build that ended well `klastry`
remembers every file that it could have read or written. While all of them are as they were, the engine would run
nothing, so it is not asked. Where only texts of chapters are other, what has to run is plain as well. Any other
difference, also one that does not matter, leaves the decision to the engine.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

import analysis
from analysis.files import write_text

# What the workflow reads; files at the top of the project (CITATION.cff, pyproject.toml …) belong to it, too.
FOLDERS = ("config", "data", "notebooks", "report", "workflow")
# Steps that follow from the text of the chapters, with their logs; the text alone reaches nothing else of a target.
_CHAPTERS = {"chapters": "50_chapters.log"}
FROM_TEXT = {
    "chapters": _CHAPTERS,
    "html": _CHAPTERS | {"pages": "60_html.log"},
    "pdf": _CHAPTERS | {"pdf": "60_pdf.log"},
}
# What the last of these steps writes into `out`: nothing that another target reads.
_WRITTEN = {"html": ("html", ".site.json"), "pdf": ("raport-ogolny-*.pdf", "typst")}
_OWN = {".lock", ".steps"}  # of the lock of the build
WHOLE = "report"  # the target of a build that is asked for nothing else
Seen = dict[str, list[int]]  # path → size, time in ns


def _walk(folder: str, skip: Iterable[str] = ()) -> Seen:
    found: Seen = {}
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in skip or entry.name == "__pycache__":
                continue
            if entry.is_dir():
                found |= _walk(entry.path)
            else:
                with suppress(FileNotFoundError):
                    status = entry.stat()
                    found[entry.path] = [status.st_size, status.st_mtime_ns]
    return found


_PACKAGE = Path(analysis.__file__).parent
_LOADED = _walk(str(_PACKAGE))  # a process that lives long must not run code that is old


def inputs(root: Path) -> Seen:
    """Files that a build of the project may read, with size and time."""
    found: Seen = {"python": [*sys.version_info[:3]]}
    for path in Path(sys.prefix).glob("lib/python*/site-packages"):  # changes with every package that comes or goes
        found[str(path)] = [path.stat().st_mtime_ns]
    for path in root.iterdir():
        if path.is_file():
            found[str(path)] = [path.stat().st_size, path.stat().st_mtime_ns]
    for folder in {_PACKAGE, *(root / name for name in FOLDERS)}:
        found |= _walk(str(folder))
    return found


def texts(root: Path) -> Seen:
    """Texts of chapters, with size and time."""
    return _walk(str(root / "report" / "chapters"))


def around_chapters(root: Path, build: Path) -> Seen:
    """Files that rendered chapters depend on besides their own texts, with size and time."""
    chapters = str(root / "report" / "chapters")
    found = {path: seen for path, seen in inputs(root).items() if os.path.split(path)[0] != chapters}
    for name in ("facts.json", "36_protection", "40_analyses/figures", "40_analyses/tables"):
        path = build / name
        found |= _walk(str(path)) if path.is_dir() else {}
        found |= {str(path): [path.stat().st_size, path.stat().st_mtime_ns]} if path.is_file() else {}
    return found


def outputs(build: Path) -> Seen:
    """Files of a build, with size and time; of the logs only those that stand for something built."""
    found = _walk(str(build), {*_OWN, "logs"})
    return found | {path: seen for path, seen in _walk(str(build / "logs")).items() if path.endswith(".done")}


def _file(build: Path, target: str) -> Path:
    return build / "logs" / f"seen-{target}.json"


def remember(build: Path, target: str, before: Seen) -> None:
    """Keep the state after a build that ended well.

    Parameters
    ----------
    target
        What was built, with everything that the command says about it.
    before
        The inputs as they were when the build began: what changed meanwhile has to be seen by the next one.
    """
    with suppress(OSError):  # it only saves time; on a full disk there is none to be saved
        write_text(json.dumps({"inputs": before, "outputs": outputs(build)}), _file(build, target))


def changed(build: Path, target: str, now: Seen) -> set[str] | None:
    """Files that are other than after the last build of a target, or gone, or new; None if nothing is known.

    A build of the whole report is one of each of its formats, too.
    """
    current = {**now, **outputs(build)}
    found: list[set[str]] = []
    for built in {target, WHOLE} if target in FROM_TEXT else {target}:
        with suppress(OSError, ValueError, KeyError, TypeError):
            last = json.loads(_file(build, built).read_text(encoding="utf-8"))
            then: Seen = {**last["inputs"], **last["outputs"]}
            found.append({path for path in then.keys() | current.keys() if then.get(path) != current.get(path)})
    return min(found, key=len, default=None)


def steps_from_text(root: Path, build: Path, target: str, found: set[str] | None) -> dict[str, str]:
    """Return the steps, with their logs, that make a target where only texts of chapters have changed; else nothing.

    What the first of them writes may have changed as well, or be gone: it is written anew. So may other formats.
    """
    if _walk(str(_PACKAGE)) != _LOADED:
        return {}
    chapters, made = root / "report" / "chapters", build / "50_chapters"
    paths = [Path(path) for path in found or ()]
    texts = [path for path in paths if path.parent == chapters and path.suffix == ".md" and path.is_file()]
    others = [pattern for other, patterns in _WRITTEN.items() if other != target for pattern in patterns]

    def matters(path: Path) -> bool:
        if path.parent == made:
            return path.suffix not in (".md", ".json")
        out = made / "out"
        return not (out in path.parents and any(fnmatch(path.relative_to(out).parts[0], name) for name in others))

    rest = [path for path in paths if path not in texts and matters(path)]
    return FROM_TEXT.get(target, {}) if texts and not rest else {}
