"""Files that a build rests on; the workflow asks for them each time it starts, so nothing large is imported here."""

from __future__ import annotations

from pathlib import Path

_INPUTS = (
    "data/framework",
    "data/reference",
    "data/knowledge",
    "config",
    "notebooks",
    "analysis",
    "report",
    "workflow",
)
_CONFIDENTIAL = {"private", "confidential"}


def files_of(folder: Path) -> list[Path]:
    """List the files of a folder, but for hidden ones and what Python compiles."""
    if not folder.is_dir():
        return []
    return [
        p for p in folder.rglob("*")
        if p.is_file() and not any(x.startswith(".") or x == "__pycache__" for x in p.relative_to(folder).parts)
    ]  # fmt: skip


def input_files(project: Path, edition: int) -> list[Path]:
    """List every file of the project that a build rests on, but for confidential ones: not even their names leave."""
    data = project / "data" / "editions" / str(edition)
    own = [p for p in files_of(data) if not _CONFIDENTIAL & set(p.relative_to(data).parts)]
    return [p for name in _INPUTS for p in files_of(project / name)] + own
