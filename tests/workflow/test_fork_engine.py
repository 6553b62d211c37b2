"""The engine that forks: the same outputs as a kernel, cell for cell, the same failures, and runs that do not meet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis.execution.engine import NAME, chosen, register
from analysis.execution.processes import COSTS, parent_of_steps
from analysis.execution.warm import modules_of

ROOT = Path(__file__).resolve().parents[2]

INLINE = "from matplotlib_inline import backend_inline"
CELLS = [
    "import pandas as pd\nimport matplotlib.pyplot as plt\nlimit = 3",
    "print('told', limit)\nprint('more', end='')\npd.DataFrame({'a': [1, 2]})",
    "fig, ax = plt.subplots(figsize=(1, 1))\nax.plot([0, 1])\nplt.close(fig)\nfig",
    "fig, ax = plt.subplots(figsize=(1, 1))\nlines = ax.plot([0, 1])  # left open: shown at the end of the cell",
    "display(limit + 1)\nlimit * 2;",
    "pd.DataFrame({f'a long name of column {i}': ['x' * 30] * 70 for i in range(20)})",
    "_ = limit\n'last'",
    "import sys\nprint('before')\ndisplay('between')\nprint('after')\nprint('warned', file=sys.stderr)",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "handle = display('first', display_id=True)\nhandle.update('second')",
    "!echo from a shell",
    "%%timeit -n1 -r1 -q\nlimit",
    "import asyncio\nawait asyncio.sleep(0, result='awaited')",
    "In[2], Out[6], __name__",
    "",
]


@pytest.fixture(scope="module", autouse=True)
def engine() -> str:
    return register()


def notebook(folder: Path, *cells: str, tags: dict[int, str] | None = None) -> Path:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    for index, tag in (tags or {}).items():
        nb.cells[index].metadata["tags"] = [tag]
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nb, folder / "toy.ipynb")
    return folder / "toy.ipynb"


def forked(source: Path, **options: Any) -> Any:
    target = source.with_name("forked.ipynb")
    papermill.execute_notebook(
        source, target, engine_name=NAME, progress_bar=False, kernel_name="python3", cwd=source.parent, **options
    )
    return nbformat.read(target, as_version=4)


def in_kernel(source: Path) -> Any:
    nb = nbformat.read(source, as_version=4)
    NotebookClient(nb, resources={"metadata": {"path": str(source.parent)}}).execute()
    return nb


def shown(nb: Any) -> list[list[dict[str, Any]]]:
    """Outputs as a reader sees them: kind, text, pictures; LaTeX of tables and colours of tracebacks left out."""
    found = []
    for cell in nb.cells:
        if cell.cell_type != "code" or "papermill" in str(cell.metadata.get("tags", [])):
            continue
        told: list[dict[str, Any]] = [{"execution_count": cell.execution_count}]
        for out in cell.get("outputs", []):
            kept = {
                k: out[k]
                for k in ("output_type", "name", "text", "ename", "evalue", "execution_count", "metadata")
                if k in out
            }
            if told[-1].get("name", "") == kept.get("name"):  # a kernel sends text in pieces, as time has it
                told[-1]["text"] += kept["text"]
                continue
            told.append(kept | {"data": {k: v for k, v in out.get("data", {}).items() if k != "text/latex"}})
        found.append(told)
    return found


def test_outputs_are_those_of_a_kernel(tmp_path: Path) -> None:
    source = notebook(tmp_path, *CELLS)
    own, kernel = forked(source), in_kernel(source)
    for cell, (a, b) in enumerate(zip(shown(own), shown(kernel), strict=True)):
        assert a == b, f"cell {cell}: {CELLS[cell]}"
    assert own.metadata.language_info == kernel.metadata.language_info
    texts = str(shown(own))
    assert "from a shell" in texts and texts.count("image/png") == 2 and "gone" not in texts


def test_a_shell_that_was_made_before_the_fork_is_a_fresh_kernel_too(tmp_path: Path) -> None:
    """The parent of a build's steps has it ready, and runs each step's script in another folder than it stands in."""
    here = (
        "import sys, os\nsys.modules['__main__'].__dict__ is globals(), [*map(str, _dh)] == [os.getcwd()], sorted(_oh)"
    )
    source = notebook(tmp_path, *CELLS, here, "[name for name in dir() if not name.startswith('_')]")
    script = tmp_path / "run.py"
    script.write_text(
        "import sys, papermill\nfrom analysis.execution.engine import register\n"
        "papermill.execute_notebook(*sys.argv[1:3], engine_name=register(), progress_bar=False,\n"
        "                           kernel_name='python3', cwd=sys.argv[3])",
        "utf-8",
    )
    code = (
        "import runpy, sys\nfrom analysis.execution import shell, warm\n"
        "for _ in warm.begin_once():\n    pass\n"
        "assert shell.ZMQInteractiveShell.ready\n"
        "sys.argv.pop(0)\nrunpy.run_path(sys.argv[0], run_name='__main__')"
    )
    target, env = tmp_path / "out.ipynb", {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code, script, source, target, tmp_path]
    subprocess.run([str(part) for part in command], check=True, env=env, cwd=ROOT)
    own, kernel = shown(nbformat.read(target, as_version=4)), shown(in_kernel(source))
    for cell, (a, b) in enumerate(zip(own, kernel, strict=True)):
        assert a == b, f"cell {cell}"
    assert "(True, True, " in str(own[-2])


def test_a_style_of_the_caller_changes_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = notebook(tmp_path, "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nplt.close(fig)\nfig")
    plain = shown(forked(source))
    monkeypatch.setitem(matplotlib.rcParams, "axes.facecolor", "red")
    assert shown(forked(source)) == plain


@pytest.mark.parametrize(
    "imported", ["", "import matplotlib", "import matplotlib.pyplot", "import matplotlib_inline.backend_inline"]
)
@pytest.mark.parametrize("chosen", ["", "import matplotlib; matplotlib.use('Agg')"])
def test_what_the_caller_has_imported_changes_no_picture(tmp_path: Path, imported: str, chosen: str) -> None:
    """A figure left open is shown at the end of its cell, and once, whatever the parent has done before."""
    source = notebook(
        tmp_path, "import matplotlib.pyplot as plt\nlines = plt.figure().gca().plot([0, 1])", "len(plt.get_fignums())"
    )
    code = (
        f"{imported}\n{chosen}\nimport sys, papermill\nfrom analysis.execution.engine import register\n"
        "papermill.execute_notebook(*sys.argv[1:], engine_name=register(), progress_bar=False, kernel_name='python3')"
    )
    target = tmp_path / "out.ipynb"
    subprocess.run([sys.executable, "-c", code, str(source), str(target)], check=True)
    first, second = nbformat.read(target, as_version=4).cells
    assert [out.output_type for out in first.outputs] == ["display_data"] and "image/png" in first.outputs[0].data
    assert second.outputs[0].data["text/plain"] == "0"


def test_a_failing_cell_fails_as_in_a_kernel_and_stops_the_run(tmp_path: Path) -> None:
    source = notebook(tmp_path, "x = 1", "raise ValueError('no scale')", "print('never')")
    told = {}
    for name in (NAME, "nbclient"):
        target = tmp_path / f"{name}.ipynb"
        with pytest.raises(PapermillExecutionError) as caught:
            papermill.execute_notebook(source, target, engine_name=name, progress_bar=False, kernel_name="python3")
        error = caught.value
        told[name] = (error.ename, error.evalue, error.source, error.cell_index, error.exec_count)
        assert "never" not in str([cell.get("outputs") for cell in nbformat.read(target, as_version=4).cells])
    assert told[NAME] == told["nbclient"] and told[NAME][:2] == ("ValueError", "no scale")


def test_after_a_cell_that_may_fail_the_run_goes_on(tmp_path: Path) -> None:
    source = notebook(tmp_path, "1 / 0", "'on'", tags={0: "raises-exception"})
    told = {}
    for name in (NAME, "nbclient"):  # papermill reports the failure in the end, whatever the tag says
        with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
            papermill.execute_notebook(
                source, tmp_path / name, engine_name=name, progress_bar=False, kernel_name="python3"
            )
        told[name] = shown(nbformat.read(tmp_path / name, as_version=4))
    assert told[NAME] == told["nbclient"] and "'on'" in str(told[NAME])


def test_runs_meet_neither_each_other_nor_the_caller(tmp_path: Path) -> None:
    code = (
        "import os, random, sys\nimport numpy as np\nfound = 'mark' in globals() or hasattr(sys, 'mark')\n"
        "mark = sys.mark = 1\nos.environ['KLASTRY_MARK'] = 'x'\nos.chdir('/')\n"
        "(found, os.getpid(), random.random(), float(np.random.random()))"
    )
    source = notebook(tmp_path, code)
    here = Path.cwd()
    first, second = (eval(forked(source).cells[0].outputs[0].data["text/plain"]) for _ in range(2))
    assert not first[0] and not second[0]
    assert len({first[1], second[1], os.getpid()}) == 3
    assert first[2:] != second[2:]
    assert Path.cwd() == here and "KLASTRY_MARK" not in os.environ and not hasattr(sys, "mark")


def test_a_process_that_dies_and_a_cell_that_takes_too_long_are_said(tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError, match="cell 0"):
        forked(notebook(tmp_path, "import os\nos._exit(3)"))
    with pytest.raises(CellTimeoutError, match="after 1 seconds"):
        forked(notebook(tmp_path, "import time\ntime.sleep(60)"), execution_timeout=1)


def test_nobody_waits_for_an_answer(tmp_path: Path) -> None:
    source = notebook(tmp_path, "input('name?')")
    with pytest.raises(PapermillExecutionError) as caught:
        forked(source)
    assert caught.value.ename == "StdinNotImplementedError"


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path: Path) -> None:
    source = notebook(tmp_path, "limit = 1", "limit + 1", tags={0: "parameters"})
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        NAME,
        "-p",
        "limit",
        "4",
        str(source),
        str(tmp_path / "o"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert nbformat.read(tmp_path / "o", as_version=4).cells[-1].outputs[0].data["text/plain"] == "5"


def test_the_standard_engine_is_taken_by_name_and_where_nothing_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KLASTRY_ENGINE", raising=False)
    assert chosen() == NAME and chosen("nbclient") == "nbclient"
    monkeypatch.setenv("KLASTRY_ENGINE", "nbclient")
    assert chosen() == "nbclient" and chosen(NAME) == NAME
    monkeypatch.delenv("KLASTRY_ENGINE")
    monkeypatch.delattr(os, "fork")
    assert chosen() == "nbclient"


def test_another_language_is_refused_with_the_way_out(tmp_path: Path) -> None:
    source = notebook(tmp_path, "1")
    nb = nbformat.read(source, as_version=4)
    nb.metadata["kernelspec"]["language"] = "R"
    nbformat.write(nb, source)
    with pytest.raises(Exception, match="nbclient"):
        forked(source)


def test_modules_are_found_in_the_cells(tmp_path: Path) -> None:
    source = notebook(tmp_path, "import a.b, c\nfrom d import e, f", "print('import g')")
    assert modules_of(source) == ["a.b", "c", "d", "d:e", "d:f"]


def test_workers_are_not_forked_beside_threads() -> None:
    """A lock held by another thread would stay locked in the copy: the first import of a worker could wait for ever."""
    code = """
import os, threading
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from analysis.execution.processes import way_to_start
alone = way_to_start()
threading.Thread(target=threading.Event().wait, daemon=True).start()
print(alone, way_to_start())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["fork" if Path("/proc/self/task").is_dir() else "spawn", "spawn"]


def test_a_step_of_a_build_forks_its_workers_although_it_watches_the_build(tmp_path: Path) -> None:
    """The thread that watches the build holds nothing; without the imports of the step each worker takes seconds."""
    code = f"""
import os
from multiprocessing import get_context
from pathlib import Path
from analysis import lock
from analysis.execution.processes import way_to_start
with lock.hold(Path({str(tmp_path)!r}), "test") as membership:
    os.environ.update(membership)
    lock.join(Path({str(tmp_path)!r}))
    how = way_to_start(lock.watchers())
    with get_context(how).Pool(1, lock.join, [Path({str(tmp_path)!r})]) as pool:
        print(how, pool.apply(lock.watchers))
"""
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=env)
    assert done.stdout.split() == ["fork" if Path("/proc/self/task").is_dir() else "spawn", "1"]


def test_a_build_tells_what_each_step_took(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import time\nheld = bytearray(300_000_000)\nwhile time.process_time() < 0.4:\n    pass\n", "utf-8"
    )
    costs = tmp_path / "costs.csv"
    env = {**os.environ, COSTS: str(costs)}
    client = [sys.executable, "-I", "-S", "workflow/scripts/step.py", str(script)]
    with parent_of_steps(ROOT, [notebook(tmp_path, "import math")], env) as found:
        for more in (["--log", "logs/42_burning.log"], []):
            subprocess.run([*client, *more], cwd=ROOT, env={**env, **found}, check=True, timeout=60)
    rows = [line.split(",") for line in costs.read_text("utf-8").splitlines()]
    assert [row[0] for row in rows] == ["42_burning", "script"]
    assert all(0.35 < float(seconds) < 20 and 290 < float(memory) < 900 for _, seconds, memory in rows), rows
