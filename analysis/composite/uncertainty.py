"""Monte Carlo over the choices of a method: batches, resumed runs, several processes and machines.

The table of draws is made first from a seed; a draw's result depends on its row only. So batch size, processes,
machines and interruptions change nothing, not even the last bit.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray

from analysis.composite.draws import Problem, describe, draw_uniform, group_keys, resolve, run_draws
from analysis.composite.normalisation import array_rank
from analysis.errors import MethodError

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Runs:
    """Scores of many draws.

    `values` (n_draws, n_inputs) as one reads them; `codes` the index and the elements below it; `scores`
    (n_draws, n_units, n_codes); `ranks` (n_draws, n_units) of the index, 1 = best; `comparable` (n_draws,) marks the
    draws whose scores are on the scale of the method itself (its normalisation, same bounds).
    """

    problem: Problem
    values: pd.DataFrame
    codes: list[str]
    scores: Array
    ranks: Array
    comparable: NDArray[np.bool_]

    @property
    def units(self) -> pd.Index:
        """The units, in the order of the arrays."""
        return self.problem.nominal.scores.index


def kept_codes(problem: Problem) -> list[str]:
    """The index and its children, first the children."""
    root = problem.structure.root
    return [*(c for c in problem.structure.children(root) if c in problem.structure.aggregates), root]


def batches_of(problem: Problem, values: pd.DataFrame, size: int) -> list[NDArray[np.int64]]:
    """Places of the draws of each batch: draws with the same settings stand together, then cut into batches."""
    order = np.argsort(group_keys(problem, values), kind="stable").astype(np.int64)
    return [order[start : start + size] for start in range(0, len(order), size)]


def input_key(problem: Problem, u: Array, size: int) -> str:
    """Digest of everything that a run depends on; finished batches are found again under it."""
    digest = hashlib.sha256()
    tree = problem.structure
    for text in (
        problem.method.model_dump_json(), tree.elements.to_csv(), ",".join(map(str, problem.indicators.index)),
        ",".join(problem.indicators.columns), problem.others.to_csv(), f"{problem.seed} {size} {u.shape}",
    ):  # fmt: skip
        digest.update(text.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())  # batches of other code are not taken for batches of this
    digest.update(np.ascontiguousarray(problem.indicators.to_numpy(dtype=float)).tobytes())
    digest.update(np.ascontiguousarray(u).tobytes())
    return digest.hexdigest()[:16]


def _batch(problem: Problem, values: pd.DataFrame, columns: list[int]) -> Array:
    return run_draws(problem, values)[..., columns]


def run(
    problem: Problem,
    u: Array,
    *,
    batch_size: int | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run draws given as uniform numbers.

    Parameters
    ----------
    problem
        From `make_problem`.
    u
        (n_draws, n_inputs), in [0, 1]: from `draw_uniform`, or any design.
    batch_size
        Draws computed and kept together; None: the key of the method.
    jobs
        Processes on this machine.
    scheduler
        Address of a Dask scheduler; batches then run on its workers.
    keep
        Folder in which finished batches stay, below a folder named after the inputs; a later call with the same
        inputs reads them instead of computing them.
    progress
        Called after each batch with the draws done and their number.

    Raises
    ------
    MethodError
        A step cannot be applied in some draw; the message has its settings. Nothing is replaced or left out.
    """
    size = problem.method.uncertainty.batch_size if batch_size is None else batch_size
    values = resolve(problem, u)
    codes = kept_codes(problem)
    columns = [problem.structure.aggregates.index(c) for c in codes]
    batches = batches_of(problem, values, size)
    folder = None if keep is None else keep / input_key(problem, u, size)
    scores = np.empty((len(u), len(problem.nominal.scores), len(codes)))
    done = 0
    missing = []
    for number, places in enumerate(batches):
        found = _read(folder, number, (len(places), *scores.shape[1:]))
        if found is None:
            missing.append(number)
        else:
            scores[places] = found
            done += len(places)
    tasks = [values.iloc[batches[number]] for number in missing]
    for number, made in zip(missing, _computed(problem, tasks, columns, jobs, scheduler), strict=True):
        scores[batches[number]] = made
        _write(folder, number, made)
        done += len(batches[number])
        if progress is not None:
            progress(done, len(u))
    ranks = array_rank(-scores[..., -1:])[..., 0]
    return Runs(problem, describe(problem, values), codes, scores, ranks, _comparable(problem, values))


def _computed(
    problem: Problem, tasks: list[pd.DataFrame], columns: list[int], jobs: int, scheduler: str | None
) -> Iterator[Array]:
    """Results of the tasks in their order, as they come."""
    if scheduler is None and jobs == 1:
        yield from (_batch(problem, task, columns) for task in tasks)
        return
    with contextlib.ExitStack() as stack:
        if scheduler is not None:
            from distributed import Client

            stack.enter_context(Client(scheduler))
            stack.enter_context(parallel_config("dask"))
            parallel = Parallel(return_as="generator")
        else:
            parallel = Parallel(n_jobs=jobs, return_as="generator")
        yield from parallel(delayed(_batch)(problem, task, columns) for task in tasks)


def _read(folder: Path | None, number: int, shape: tuple[int, ...]) -> Array | None:
    path = None if folder is None else folder / f"batch-{number:05d}.npy"
    if path is None or not path.is_file():
        return None
    found = np.load(path)
    if found.shape != shape:
        raise MethodError(f"uncertainty: {path} does not hold what its folder says; remove the folder")
    return np.asarray(found, dtype=float)


def _write(folder: Path | None, number: int, scores: Array) -> None:
    """Write under another name first: an interrupted run leaves no half of a batch."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"half-{number:05d}.npy"
    np.save(half, scores)
    half.replace(folder / f"batch-{number:05d}.npy")


def _comparable(problem: Problem, values: pd.DataFrame) -> NDArray[np.bool_]:
    """Draws in which normalisation is the method's own."""
    out = np.ones(len(values), dtype=bool)
    own = problem.method.normalisation
    for name, given in problem.inputs.items():
        if getattr(given, "key", "").split(".")[0] != "normalisation":
            continue
        if given.kind != "choice":
            return np.zeros(len(values), dtype=bool)
        _, _, key = given.key.partition(".")
        settings = [{key: v} if key else v for v in given.values]
        same = [all(getattr(own, k) == x for k, x in setting.items()) for setting in settings]
        out &= np.array(same)[values[name].to_numpy()]
    return out


def monte_carlo(problem: Problem, *, seed: int, replications: int | None = None, **how: object) -> Runs:
    """Draw from the section `uncertainty` of the method and run; `how` as `run`.

    The table of draws grows at its end with `replications`: the first draws stay the same.
    """
    size = problem.method.uncertainty.replications if replications is None else replications
    u = draw_uniform(problem, size, rng=np.random.default_rng(seed))
    return run(problem, u, **how)  # type: ignore[arg-type]
