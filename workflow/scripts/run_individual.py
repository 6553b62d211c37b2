"""Run the individual notebook once for each respondent found in the data, two runs side by side.

The parent imports what the notebook imports and executes the cells that all respondents have in common, once, and forks
a child for each respondent (`analysis.execution`): starting a kernel would take several times as long as the report
itself. `--engine nbclient` starts a kernel for each instead.

Every run goes through `run_notebook.run`, so parameters are checked and failures explained as for any other notebook.
Executed copies go to `<build>/notebooks/individual/<respondent>.ipynb`; what the notebook writes for respondents who
are no longer in the data is removed. `respondents.csv`, which lists the reports, is written last: when it is there, all
of them are.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import run_notebook

from analysis import errors, lock
from analysis.errors import NotebookError
from analysis.execution import engine as forking
from analysis.execution.warm import rehearse, warm
from analysis.files import write_text

NOTEBOOK = "individual/report"
FOLDER = Path("40_analyses/individual")


def respondents(build: Path) -> list[str]:
    """Return the identifiers of all respondents of a build, sorted.

    Raises
    ------
    NotebookError
        The characteristics are not there, or hold nobody, the same identifier twice, or one that is no file name.
    """
    path = build / "20_indicators" / "characteristics.csv"
    if not path.is_file():
        raise NotebookError(f"{path} is not there yet; run: klastry build indicators")
    with path.open(encoding="utf-8", newline="") as stream:
        found = sorted(row["respondent_id"] for row in csv.DictReader(stream))
    if not found:
        raise NotebookError(f"{path} has no respondents")
    wrong = sorted({name for name in found if not name.isalnum() or found.count(name) > 1})
    if wrong:
        raise NotebookError(f"{path}: identifier(s) that occur twice or cannot name a folder: {', '.join(wrong)}")
    return found


def run_one(
    respondent: str, parameters: dict[str, Any], build: Path, logs: Path, engine: str | None, begun: Any = None,
    *, tell: Callable[[int], None],
) -> float:  # fmt: skip
    """Execute the notebook for one respondent; returns the seconds it took.

    `begun` is what all have in common; with it the notebook runs in this process, and `tell` hears which cell is next.

    Raises
    ------
    NotebookError
        A cell failed, or a parameter is wrong; names the respondent.
    """
    start = time.monotonic()
    scratch = build / "notebooks" / "individual" / f".{respondent}"
    try:
        given, options = {**parameters, "respondent": respondent}, {"begun": begun, "in_place": tell} if begun else {}
        run_notebook.run(NOTEBOOK, given, scratch, logs / f"{respondent}.log", engine, **options)
        (scratch / "notebooks" / f"{NOTEBOOK}.ipynb").replace(
            build / "notebooks" / "individual" / f"{respondent}.ipynb"
        )
    except errors.KlastryError as error:
        failure = NotebookError(f"respondent {respondent}: {error}")
        failure.exit_code = error.exit_code
        raise failure from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return time.monotonic() - start


def tidy(build: Path, found: list[str]) -> None:
    """Remove what earlier runs left for respondents who are no longer in the data."""
    for path in (build / FOLDER).glob("*/"):
        if path.name not in found:
            shutil.rmtree(path)
    for path in (build / "notebooks" / "individual").glob("*.ipynb"):
        if path.stem not in found:
            path.unlink()


def _child(pipe: Connection, respondent: str, work: tuple[Any, ...]) -> None:
    try:
        with run_notebook.deliberate():
            lock.join(work[1])
            pipe.send(run_one(respondent, *work, tell=pipe.send))
    except errors.KlastryError as error:
        pipe.send((str(error), error.exit_code))
    except BaseException as error:
        pipe.send((f"respondent {respondent}: {type(error).__name__}: {error}", 1))
        raise


def _side_by_side(found: list[str], work: tuple[Any, ...], jobs: int, context: Any) -> dict[str, float]:
    """Run each respondent in a process of its own, `jobs` at a time; returns seconds. No new one after a failure."""
    times: dict[str, float] = {}
    failures: dict[str, NotebookError] = {}
    cell_of: dict[str, int] = {}  # which runs now, or ran last
    waiting, running = list(reversed(found)), {}
    while (waiting and not failures) or running:
        while waiting and not failures and len(running) < jobs:
            name = waiting.pop()
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_child, args=(theirs, name, work))
            process.start()
            theirs.close()
            running[ours] = (name, process)
        for pipe in wait(list(running)):
            name, process = running[pipe]
            try:
                told = pipe.recv()
            except EOFError:
                where = f"while cell {cell_of[name]} of {NOTEBOOK}.ipynb ran" if name in cell_of else "without a word"
                told = (f"respondent {name}: the process ended {where}; was it killed, or is memory short?", 1)
            if isinstance(told, int):
                cell_of[name] = told
                continue
            del running[pipe]
            process.join()
            if isinstance(told, float):
                times[name] = told
            else:
                failures[name] = NotebookError(told[0])
                failures[name].exit_code = told[1]
    if failures:
        raise failures[min(failures)]
    return times


def prepare(source: Path, parameters: dict[str, Any], first: str) -> Any:
    """Do in this process what all runs can share: imports, what libraries keep, the cells that all have in common.

    Raises
    ------
    NotebookError
        A cell that is said to be common cannot be.
    """
    for _ in warm([source]):
        pass
    rehearse(source, {**parameters, "respondent": first}, run_notebook.NOTEBOOKS)
    begun = forking.begin(source, parameters, run_notebook.NOTEBOOKS)
    gc.collect()
    gc.freeze()  # forks share what is there instead of copying it when they collect
    return begun


def run_all(parameters: dict[str, Any], build: Path, log: Path, *, jobs: int, engine: str | None = None) -> int:
    """Execute the notebook for every respondent; returns their number. Stops after the first failure.

    Raises
    ------
    NotebookError
        A run failed; of several, the first respondent's failure.
    """
    found = respondents(build)
    source = run_notebook.NOTEBOOKS / f"{NOTEBOOK}.ipynb"
    run_notebook.check_parameters(source, {**parameters, "respondent": found[0]})
    listing = build / FOLDER / "respondents.csv"
    listing.unlink(missing_ok=True)
    tidy(build, found)
    logs = log.parent / "individual"
    shutil.rmtree(logs, ignore_errors=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # kernels share the cores; none of them needs threads
    engine, begun = forking.chosen(engine), None
    if engine == forking.NAME:
        begun = prepare(source, parameters, found[0])
        context = get_context("fork")
    else:
        context = get_context("spawn")
    times = _side_by_side(found, (parameters, build, logs, engine, begun), jobs, context)
    write_text("\n".join(["respondent_id", *found, ""]), listing)
    log.write_text("".join(f"{name} {times[name]:.1f} s\n" for name in found), encoding="utf-8")
    return len(found)


def main(argv: list[str] | None = None) -> int:
    """Command line of the rule `individual_notebooks`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="build folder, relative to the project")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side (default 2)")
    parser.add_argument(
        "--engine", default=None, help="papermill engine (default: klastry; nbclient starts a kernel each)"
    )
    parser.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    args = parser.parse_args(argv)
    parameters: dict[str, Any] = {k: int(v) if v.isdigit() else v for k, v in args.parameter}
    start = time.monotonic()
    args.log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with run_notebook.deliberate():
            lock.join(args.build)
            count = run_all(parameters, args.build, args.log, jobs=args.jobs, engine=args.engine)
    except errors.KlastryError as error:
        with suppress(OSError):
            args.log.write_text(f"{error}\n", encoding="utf-8")
        return run_notebook.tell_failure("individual", error, args.log)
    print(f"  {'individual':<24} {time.monotonic() - start:5.1f} s, {count} respondents", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
