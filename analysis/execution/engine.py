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

import json
import logging
import os
import select
import signal
import socket
import sys
import traceback
from functools import cache
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from analysis.errors import NotebookError
from analysis.execution.processes import die_with_parent, leave, threads

NAME, STANDARD = "klastry", "nbclient"
ENGINE = "KLASTRY_ENGINE"  # environment: the papermill engine of a build
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


def execute(
    nb_man: Any, *, log_output: bool = False, stdout_file: Any = None, stderr_file: Any = None,
    execution_timeout: float | None = None, **_: Any,
) -> None:  # fmt: skip
    """Run the cells of a notebook in a forked process; papermill itself raises for the error output of a failed one.

    Parameters
    ----------
    nb_man
        papermill's manager of the running notebook; its cells get outputs and counts.
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
    sources = [cell.source if cell.cell_type == "code" else "" for cell in nb_man.nb.cells]
    may_fail = ["raises-exception" in cell.metadata.get("tags", []) for cell in nb_man.nb.cells]
    if threads() > 1:
        logger.warning("the engine %s forks a process of %d threads: what they hold stays locked", NAME, threads())
    ours, theirs = socket.socketpair()
    caller = os.getpid()
    child = os.fork()
    if child == 0:
        ours.close()
        _child(caller, sources, may_fail, theirs)
    theirs.close()
    files = {"stdout": stdout_file, "stderr": stderr_file}
    ended = False
    try:
        with ours, ours.makefile("r", encoding="utf-8") as answers:
            _follow(nb_man, ours, answers, execution_timeout, log_output, files)
        ended = True
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _follow(nb_man: Any, wire: socket.socket, answers: Any, limit: float | None, log_output: bool, files: Any) -> None:
    """Ask for one cell after another and put the answers into the notebook."""
    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        failed = None
        if cell.cell_type == "code" and cell.source.strip():
            wire.sendall(f"{index}\n".encode())
            if limit and not select.select([wire], [], [], limit)[0]:
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", int(limit), cell)
            line = answers.readline()
            if not line.endswith("\n"):
                raise DeadKernelError(f"the process of the notebook ended while cell {index} ran")
            told = json.loads(line)
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
    wire.shutdown(socket.SHUT_WR)


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


def _child(caller: int, sources: list[str], may_fail: list[bool], wire: socket.socket) -> None:
    """Execute the cells that are asked for; never returns."""
    code = 1
    try:
        die_with_parent(caller)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from analysis.execution.shell import ZMQInteractiveShell

        shell = ZMQInteractiveShell.start()
        with wire, wire.makefile("r", encoding="utf-8") as asked:
            for line in asked:
                outputs, count, failed = shell.run(sources[int(line)])
                if may_fail[int(line)]:
                    failed = None
                told = {"outputs": outputs, "execution_count": count, "failed": repr(failed) if failed else ""}
                wire.sendall((json.dumps(told) + "\n").encode())
        shell.atexit_operations()
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
