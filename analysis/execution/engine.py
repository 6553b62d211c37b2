"""A papermill engine that forks this process instead of starting a kernel.

A kernel spends seconds on starting and importing, most notebooks less than that on their own work. The engine forks
the calling process, and the child executes the cells in an IPython shell of its own (`shell`): what one run does cannot
reach the caller or another run, and modules that the caller has imported (`warm`) are there already. The outputs are
those of a kernel, cell for cell (a test compares them). Anybody can use it: `papermill --engine klastry IN OUT`.

A copy of a process has only one of its threads, and what the others held stays locked: call the engine from a process
without threads of its own, as the command `papermill` and `klastry build` are, not from inside a kernel of Jupyter.
Where processes cannot be forked, the standard engine does the same work: `--engine nbclient`, or for a whole build
`KLASTRY_ENGINE=nbclient`.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from analysis.errors import NotebookError
from analysis.execution.processes import die_with_parent, leave, threads

NAME, STANDARD = "klastry", "nbclient"
ENGINE = "KLASTRY_ENGINE"  # environment: the papermill engine of a build
PARAMETERS, INJECTED, COMMON = "parameters", "injected-parameters", "common"  # tags of cells
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": sys.version.split()[0],
}
logger = logging.getLogger("papermill")


@cache
def _fork_engine() -> type:
    """The engine's class. Papermill looks for it while it is itself being imported, so it is made on demand."""
    from papermill.engines import Engine

    class ForkEngine(Engine):
        """Executes the cells one after another in a forked process and stops at the first that fails."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
            execute(nb_man, **options)

    return ForkEngine


def __getattr__(name: str) -> Any:
    if name == "ForkEngine":
        return _fork_engine()
    raise AttributeError(name)


@dataclass(frozen=True)
class Begun:
    """A notebook up to the last cell that all its runs have in common; runs forked from this process go on from there.

    `answers` is what the common cells gave: id of the cell → its source and the answer of the shell.
    """

    parameters: dict[str, Any]
    shell: Any
    answers: dict[str, tuple[str, dict[str, Any]]]

    def fits(self, nb: Any) -> bool:
        """Whether a run has the same common cells and the same values of the parameters that they may use."""
        here = {cell.get("id"): cell.source for cell in nb.cells if COMMON in cell.metadata.get("tags", [])}
        given = [_assigned(cell.source) for cell in nb.cells if INJECTED in cell.metadata.get("tags", [])]
        return here == {name: source for name, (source, _) in self.answers.items()} and any(
            self.parameters.items() <= values.items() for values in given
        )


def _assigned(source: str) -> dict[str, Any]:
    """Names to which a cell of parameters assigns plain values."""
    found = {}
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                found[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
    return found


def begin(notebook: Path, parameters: Mapping[str, Any], folder: Path) -> Begun | None:
    """Execute what all runs of a notebook have in common, here and once: the cells tagged `common`.

    Parameters
    ----------
    parameters
        Those that have the same value in every run.
    folder
        In which the notebook runs.

    Returns
    -------
    Begun or None
        For the option `begun` of `execute`. None where no cell is common, or one fails: then each run executes it
        itself, and tells why.

    Raises
    ------
    NotebookError
        A common cell comes after one that is not, or uses a parameter that differs between runs.
    """
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code" and c.source.strip()]
    common = [cell for cell in cells if COMMON in cell.metadata.get("tags", [])]
    if not common:
        return None
    declared, *following = cells
    if PARAMETERS not in declared.metadata.get("tags", []) or following[: len(common)] != common:
        raise NotebookError(
            f"{notebook.name}: cells tagged `{COMMON}` must follow that of the parameters, before others"
        )
    own = _assigned(declared.source).keys() - parameters.keys()
    for cell in common:
        used = own & {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
        if used:
            raise NotebookError(
                f"{notebook.name}: a cell tagged `{COMMON}` uses {', '.join(sorted(used))}, which differs between "
                f"runs:\n{cell.source}"
            )
    from analysis.execution.shell import ZMQInteractiveShell

    answers = {}
    with chdir(folder):
        shell = ZMQInteractiveShell.start()
        shell.run(declared.source)
        shell.user_ns.update(parameters)
        shell.execution_count += 1  # of the cell in which papermill writes them
        for cell in common:
            answer = _answer(shell, cell.source)
            if answer["failed"]:
                return None
            answers[cell.id] = cell.source, answer
    return Begun(dict(parameters), shell, answers)


def _answer(shell: Any, source: str) -> dict[str, Any]:
    """Execute a cell; returns what the caller of a child is told."""
    outputs, count, failed = shell.run(source)
    return {"outputs": outputs, "execution_count": count, "failed": repr(failed) if failed else ""}


def execute(
    nb_man: Any, *, begun: Begun | None = None, in_place: Callable[[int], None] | None = None,
    log_output: bool = False, stdout_file: Any = None, stderr_file: Any = None,
    execution_timeout: float | None = None, **_: Any,
) -> None:  # fmt: skip
    """Run the cells of a notebook in a forked process; papermill itself raises for the error output of a failed one.

    Parameters
    ----------
    nb_man
        papermill's manager of the running notebook; its cells get outputs and counts.
    begun
        What `begin` has executed of this notebook, if it has.
    in_place
        Execute the cells in this process, which was itself forked for this notebook and does nothing else. Called with
        the number of each cell before it runs: nobody else could say where a process ended that a cell has killed.
    execution_timeout
        Seconds that one cell may take.

    Raises
    ------
    NotebookError
        This platform cannot fork, or the notebook is not one of Python.
    DeadKernelError
        The process ended in the middle of a cell.
    CellTimeoutError
        A cell took longer than `execution_timeout`.
    """
    if not hasattr(os, "fork"):
        raise NotebookError("this platform cannot fork processes; run papermill with --engine nbclient")
    language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        raise NotebookError(f"the engine {NAME} runs Python only, not {language}; use --engine nbclient")
    begun = begun if begun and begun.fits(nb_man.nb) else None
    files = {"stdout": stdout_file, "stderr": stderr_file}
    if in_place:
        runner = _Runner(begun)
        _follow(nb_man, partial(_ask_here, runner, in_place), log_output, files)
        runner.end()
        return
    if threads() > 1:
        logger.warning("the engine %s forks a process of %d threads: what they hold stays locked", NAME, threads())
    ours, theirs = socket.socketpair()
    caller = os.getpid()
    child = os.fork()
    if child == 0:
        ours.close()
        _child(caller, nb_man.nb.cells, begun, theirs)
    theirs.close()
    ended = False
    try:
        with ours, ours.makefile("r", encoding="utf-8") as answers:
            _follow(nb_man, partial(_ask, ours, answers, execution_timeout), log_output, files)
            ours.shutdown(socket.SHUT_WR)
        ended = True
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _ask(wire: socket.socket, answers: Any, limit: float | None, index: int, cell: Any) -> dict[str, Any]:
    """Let the child execute a cell."""
    wire.sendall(f"{index}\n".encode())
    if limit and not select.select([wire], [], [], limit)[0]:
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", int(limit), cell)
    line = answers.readline()
    if not line.endswith("\n"):
        raise DeadKernelError(f"the process of the notebook ended while cell {index} ran")
    told: dict[str, Any] = json.loads(line)
    return told


def _ask_here(runner: _Runner, tell: Callable[[int], None], index: int, cell: Any) -> dict[str, Any]:
    """Execute a cell here; its answer is plain data, as from a child."""
    tell(index)
    told: dict[str, Any] = json.loads(json.dumps(runner.run(cell)))
    return told


def _follow(
    nb_man: Any, ask: Callable[[int, Any], dict[str, Any]], log_output: bool, files: dict[str, Any]
) -> None:  # fmt: skip
    """Ask for one cell after another and put the answers into the notebook."""
    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        failed = None
        if cell.cell_type == "code" and cell.source.strip():
            told = ask(index, cell)
            cell.outputs = [nbformat.from_dict(output) for output in told["outputs"]]
            cell.execution_count = told["execution_count"]
            _log(cell.outputs, log_output, files)
            failed = told["failed"]
        if failed:
            nb_man.cell_exception(cell, index, exception=NotebookError(failed))
        nb_man.cell_complete(cell, index)
        if failed:
            break
    nb_man.nb.metadata["language_info"] = LANGUAGE


def _log(outputs: list[Any], log_output: bool, files: dict[str, Any]) -> None:
    """Write outputs where papermill was asked to, as its own engine does."""
    for output in outputs:
        if output.output_type == "stream":
            if log_output:
                logger.log(logging.INFO if output.name == "stdout" else logging.WARNING, output.text)
            if files[output.name]:
                files[output.name].write(output.text)
                files[output.name].flush()
        elif log_output and "text/plain" in output.get("data", {}):
            logger.info(output.data["text/plain"])


class _Runner:
    """Executes the cells of one notebook in this process."""

    def __init__(self, begun: Begun | None) -> None:
        from analysis.execution.shell import ZMQInteractiveShell

        self.shell = begun.shell.again() if begun else ZMQInteractiveShell.start()
        self.done = begun.answers if begun else {}

    def run(self, cell: Any) -> dict[str, Any]:
        """What a cell gives: `outputs`, `execution_count`, and `failed`, empty where nothing is wrong with it."""
        if cell.get("id") in self.done:
            told = self.done[cell.id][1]
            self.shell.execution_count = told["execution_count"] + 1
        else:
            told = _answer(self.shell, cell.source)
        if "raises-exception" in cell.metadata.get("tags", []):
            told["failed"] = ""
        return told

    def end(self) -> None:
        """Do what the shell does at the end of its process."""
        self.shell.atexit_operations()


def _child(caller: int, cells: list[Any], begun: Begun | None, wire: socket.socket) -> None:
    """Execute the cells that are asked for; never returns."""
    code = 1
    try:
        die_with_parent(caller)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        runner = _Runner(begun)
        with wire, wire.makefile("r", encoding="utf-8") as asked:
            for line in asked:
                wire.sendall((json.dumps(runner.run(cells[int(line)])) + "\n").encode())
        runner.end()
        code = 0
    except BaseException:  # nothing may get out into the code of the caller, of which this process is a copy
        traceback.print_exc()
    finally:
        leave(code)


def chosen(name: str | None = None) -> str:
    """Return the engine to use: the one asked for, by name or by `KLASTRY_ENGINE`, else this one where it can work."""
    wanted = name or os.environ.get(ENGINE) or (NAME if hasattr(os, "fork") else STANDARD)
    return register() if wanted == NAME else wanted


def register() -> str:
    """Make the engine known to papermill without an installed entry point; returns its name."""
    from papermill.engines import papermill_engines

    papermill_engines.register(NAME, _fork_engine())
    return NAME
