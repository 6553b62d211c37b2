"""A papermill engine without a kernel process: cells run in this process, which has the notebook's imports already.

A kernel spends seconds on starting and importing, an individual report less than one on its own work. So a parent
imports what the notebook imports (`warm`), forks one child for each run, and the child executes the cells in an IPython
shell of its own: nothing that one run does can reach another one. Outputs are those of a kernel (a test compares them),
but for figures that a cell leaves open in pyplot: a kernel shows them once more at the end of the cell.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill.engines
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets import List, Type

NAME = "warm"


def warm(notebook: Path) -> None:
    """Import in this process every module that the cells of a notebook import."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    cells = nbformat.read(notebook, as_version=4).cells
    for cell in cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    importlib.import_module(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module:
                module = importlib.import_module(node.module)
                for alias in node.names:  # a name may be a module of the package
                    if not hasattr(module, alias.name):
                        importlib.import_module(f"{node.module}.{alias.name}")


class _Hook(DisplayHook):
    """Keeps the value of the last expression of a cell as an output."""

    made: Any = List()

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.shell.outputs.append(
            nbformat.v4.new_output(
                "execute_result", data, metadata=metadata or {}, execution_count=self.shell.cell_count
            )
        )


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays as an output."""

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any) -> None:
        self.shell.outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata or {}))


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: Any = List()
    cell_count = 0  # of the running cell; the shell's own count is one ahead while results are shown

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        """Tracebacks are outputs, not text of the terminal."""
        self.outputs.append(
            nbformat.v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )


class WarmEngine(papermill.engines.Engine):
    """Executes the cells one after another and stops at the first that fails."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Run the cells; papermill itself raises for the error output of a failed one."""
        from matplotlib_inline.backend_inline import configure_inline_support

        shell = _Shell()
        InteractiveShell._instance = shell
        configure_inline_support(shell, os.environ["MPLBACKEND"])
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            if cell.cell_type == "code" and cell.source.strip():
                failed = cls._run(shell, cell)
                if failed:
                    nb_man.cell_exception(cell, index, exception=failed)
                    return
            nb_man.cell_complete(cell, index)

    @staticmethod
    def _run(shell: _Shell, cell: Any) -> BaseException | None:
        shell.outputs = []
        shell.cell_count = cell.execution_count = shell.execution_count
        with capture_output(display=False) as streams:
            done = shell.run_cell(cell.source, store_history=True)
        texts = (("stdout", streams.stdout), ("stderr", streams.stderr))
        told = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in texts if text]
        cell.outputs = told + list(shell.outputs)
        return done.error_before_exec or done.error_in_exec


def register() -> str:
    """Make the engine known to papermill; returns its name."""
    papermill.engines.papermill_engines.register(NAME, WarmEngine)
    return NAME


if __name__ == "__main__":
    sys.exit("this is an engine; run workflow/scripts/run_individual.py")
