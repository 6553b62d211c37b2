"""What a parent does before it forks: it imports what notebooks import, found in their cells, and rehearses one."""

from __future__ import annotations

import ast
import importlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

from analysis.execution.shell import INLINE, ZMQInteractiveShell


def _code(notebook: Path) -> list[tuple[list[str], str]]:
    """Tags and source of each code cell."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [(c["metadata"].get("tags", []), "".join(c["source"])) for c in cells if c["cell_type"] == "code"]


def modules_of(notebook: Path) -> list[str]:
    """Modules that the code cells of a notebook import, in order; a name imported from a package may be one, too."""
    found: list[str] = []
    for _, source in _code(notebook):
        for node in ast.walk(ast.parse(source)):
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
    yield from load_all(dict.fromkeys(name for notebook in notebooks for name in modules_of(notebook)))


def load_all(names: Iterable[str]) -> Iterator[str]:
    """Import one module after another; yields its name."""
    for name in names:
        load(name)
        yield name


def begin_once() -> Iterator[str]:
    """Do what every run of a notebook would do at its beginning: papermill, the schema of notebooks, a shell.

    Yields after each of them what is ready. A fork takes the shell, in which nothing has run.
    """
    import nbformat
    import papermill

    yield "papermill"
    empty = nbformat.v4.new_notebook()
    nbformat.validate(empty)
    yield "nbformat"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.ipynb"
        nbformat.write(empty, path)
        papermill.inspect_notebook(str(path))
    yield "inspection"
    ZMQInteractiveShell.start().run("import pandas\npandas.DataFrame({'a': [1.0]})")
    ZMQInteractiveShell.ready = ZMQInteractiveShell.start()
    yield "shell"


def rehearse(notebook: Path, parameters: Mapping[str, Any], folder: Path) -> None:
    """Execute the cells of a notebook once, show nothing and forget what they made.

    What libraries load at the first use and keep for a process (modules, fonts, outlines of letters, compiled patterns)
    is there for every fork then. Where a cell fails the rehearsal ends: a run of the notebook will tell why.

    Parameters
    ----------
    parameters
        Of one run; the files that it writes are those of that run.
    folder
        In which the notebook runs.
    """
    with chdir(folder):
        shell = ZMQInteractiveShell.start()
        # Texts and tables are formatted, pictures are not: making them starts threads, which no fork would have.
        assert shell.display_formatter is not None
        shell.display_formatter.active_types = ["text/plain", "text/html"]
        for tags, source in _code(notebook):
            if shell.run(source)[2] is not None:
                break
            shell.user_ns.update(parameters if "parameters" in tags else {})
        shell.user_ns.clear()
