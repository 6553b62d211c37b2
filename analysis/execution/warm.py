"""What a parent imports before it forks: the modules that notebooks import, found in their cells."""

from __future__ import annotations

import ast
import importlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.execution.shell import INLINE


def modules_of(notebook: Path) -> list[str]:
    """Modules that the code cells of a notebook import, in order; a name imported from a package may be one, too."""
    found: list[str] = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [node.module, *(f"{node.module}:{alias.name}" for alias in node.names)]
    return list(dict.fromkeys(found))


def load(name: str) -> None:
    """Import a module, or for `package:name` the module of that name if the package has no such attribute."""
    package, _, inner = name.partition(":")
    module = importlib.import_module(package)
    if inner and not hasattr(module, inner):
        importlib.import_module(f"{package}.{inner}")


def prepare() -> None:
    """Set what must be set before the first import: pictures are drawn for notebooks."""
    os.environ.setdefault("MPLBACKEND", INLINE)


def warm(notebooks: Iterable[Path]) -> Iterator[str]:
    """Import one module after another; yields its name, so that the caller can do something in between."""
    prepare()
    names = dict.fromkeys(name for notebook in notebooks for name in modules_of(notebook))
    for name in names:
        load(name)
        yield name
