"""Run one notebook of the edition with papermill; the only place that knows papermill.

The parameters passed are compared with the notebook's own (papermill itself would only warn and run with the default).
The executed copy goes to `<build>/notebooks/`, without times, so that the same inputs give the same bytes. When a cell
fails, the user sees the cell and the message; the whole traceback is in the log.
"""

from __future__ import annotations

import argparse
import inspect
import json
import logging
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from traitlets.config import Config

from analysis import errors, lock
from analysis.errors import NotebookError, suggest
from analysis.files import remedy_in, storage_error, write_text

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
USER_ERRORS = {name: cls for name, cls in vars(errors).items() if inspect.isclass(cls)}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def check_parameters(notebook: Path, passed: dict[str, Any]) -> None:
    """Compare the parameters passed with those in the notebook's `parameters` cell.

    Raises
    ------
    NotebookError
        A parameter is unknown to the notebook, or the notebook has one that is not passed.
    """
    import papermill

    declared = papermill.inspect_notebook(str(notebook))
    if not declared:
        raise NotebookError(f"{notebook.name} has no parameters; tag its parameter cell with `parameters`")
    unknown = sorted(set(passed) - set(declared))
    if unknown:
        hints = ", ".join(f"`{name}`{suggest(name, sorted(declared))}" for name in unknown)
        raise NotebookError(f"{notebook.name} does not know the parameter {hints}")
    absent = sorted(set(declared) - set(passed))
    if absent:
        raise NotebookError(f"{notebook.name} has parameters that the workflow does not pass: {', '.join(absent)}")


def _clean(notebook: Any) -> None:
    """Drop times and machine details, so that the executed copy depends on its inputs only."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for i, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{i}"


def _explain(notebook: Path, error: Any) -> tuple[str, int]:
    """Return what the user needs to know of a failed cell, and the exit code."""
    kind = USER_ERRORS.get(error.ename)
    message = ANSI.sub("", error.evalue)
    source = "\n".join(f"    {line}" for line in error.source.rstrip().splitlines()[:12])
    head = f"{notebook.name}, cell {error.exec_count or error.cell_index}:\n{source}\n"
    if kind is not None and issubclass(kind, errors.KlastryError):
        return f"{head}{message}", kind.exit_code
    remedy = remedy_in(message)
    if remedy is not None:
        return f"{head}{message}: {remedy} and run the command again", errors.StorageError.exit_code
    return f"{head}{error.ename}: {message}", 1


def run(
    name: str, parameters: dict[str, Any], build: Path, log: Path, engine: str | None, **options: Any
) -> None:  # fmt: skip
    """Execute a notebook; raises `NotebookError` with the failing cell. `options` are those of the engine."""
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from analysis.execution import engine as forking

    source = NOTEBOOKS / f"{name}.ipynb"
    if not source.is_file():
        raise NotebookError(
            f"no notebook {source.relative_to(ROOT)}{suggest(name, [p.stem for p in NOTEBOOKS.glob('*.ipynb')])}"
        )
    check_parameters(source, parameters)
    target = build / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".running.ipynb")
    log.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=log, filemode="w", level=logging.INFO, force=True, format="%(message)s")
    engine = forking.chosen(engine)
    # A kernel's sockets are files of its own: two kernels that start together can pick the same free TCP port.
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as sockets:
        kernel = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/s"}})
        try:
            executed = papermill.execute_notebook(
                str(source), str(draft), parameters=parameters, cwd=str(NOTEBOOKS), progress_bar=False,
                log_output=True, kernel_name="python3", engine_name=engine, config=kernel,
                request_save_on_cell_execute=False,  # twice a cell otherwise, and nobody reads the draft
                **options,
            )  # fmt: skip
        except PapermillExecutionError as error:
            draft.replace(log.with_suffix(".failed.ipynb"))
            with log.open("a", encoding="utf-8") as stream:
                stream.write("\n".join(ANSI.sub("", line) for line in error.traceback))
            message, code = _explain(source, error)
            failure = NotebookError(message)
            failure.exit_code = code
            raise failure from error
        except DeadKernelError as error:
            draft.unlink(missing_ok=True)
            raise NotebookError(f"{source.name}: {error}; was it killed, or is memory short?") from error
    _clean(executed)
    nbformat.write(executed, draft)
    draft.replace(target)
    log.with_suffix(".failed.ipynb").unlink(missing_ok=True)


@contextmanager
def deliberate() -> Iterator[None]:
    """Turn faults of the disk into errors that say what to do."""
    try:
        yield
    except Exception as error:
        told = storage_error(error)
        if told is None or isinstance(error, errors.KlastryError):
            raise
        raise told from error


def tell_failure(step: str, error: errors.KlastryError, log: Path) -> int:
    """Leave the reason of a failure where `klastry build` looks for it, and in its output; returns the exit code."""
    record = {"step": step, "exit_code": error.exit_code, "message": str(error), "log": str(log)}
    print(f"{step}: {error}", file=sys.stderr)
    # On a full disk the output alone has to do.
    with suppress(OSError):
        write_text(json.dumps(record, ensure_ascii=False), log.with_name("failure.json"))
    return error.exit_code


def main(argv: list[str] | None = None) -> int:
    """Command line of the workflow's notebook rules."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--build", type=Path, required=True, help="build folder, relative to the project")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--engine", default=None, help="papermill engine (default: klastry; nbclient starts a kernel)")
    parser.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    args = parser.parse_args(argv)
    parameters: dict[str, Any] = {k: int(v) if v.isdigit() else v for k, v in args.parameter}
    start = time.monotonic()
    try:
        with deliberate():
            lock.join(args.build)
            run(args.name, parameters, args.build, args.log, args.engine)
    except errors.KlastryError as error:
        return tell_failure(args.name, error, args.log)
    print(f"  {args.name:<24} {time.monotonic() - start:5.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
