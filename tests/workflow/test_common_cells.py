"""Cells that all runs of a notebook have in common are executed once; each run gives what it gives by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from analysis.errors import NotebookError
from analysis.execution.engine import COMMON, NAME, PARAMETERS, begin, register
from analysis.execution.warm import rehearse

ROOT = Path(__file__).resolve().parents[2]
CELLS = {
    "edition = 1\nwho = 'R01'": PARAMETERS,
    "import os, random\nimport pandas as pd": COMMON,
    "table = pd.DataFrame({'a': [edition, 2]})\nmade_in = os.getpid()\nprint('read')": COMMON,
    "table": COMMON,
    "table.loc[0, 'a'] = ord(who[-1])\nrandom_number = random.random()\n(made_in == os.getpid(), random_number)": "",
    "table['b'] = who\ntable": "",
}


@pytest.fixture(scope="module", autouse=True)
def engine() -> str:
    return register()


def notebook(folder: Path, cells: dict[str, str]) -> Path:
    made = [nbformat.v4.new_code_cell(s, metadata={"tags": [tag] if tag else []}) for s, tag in cells.items()]
    nb = nbformat.v4.new_notebook(cells=made)
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nb, folder / "toy.ipynb")
    return folder / "toy.ipynb"


def run(source: Path, name: str = NAME, **options: Any) -> Any:
    target = source.with_name("run.ipynb")
    parameters = options.pop("parameters", {"edition": 7, "who": "R02"})
    papermill.execute_notebook(
        source, target, parameters, engine_name=name, progress_bar=False, kernel_name="python3", **options
    )
    return nbformat.read(target, as_version=4)


def shown(nb: Any) -> list[Any]:
    return [(c.execution_count, c.outputs) for c in nb.cells]


@pytest.mark.parametrize("who", ["R02", "R03"])
def test_a_run_that_goes_on_shows_what_a_kernel_shows(tmp_path: Path, who: str) -> None:
    source = notebook(tmp_path, CELLS)
    begun = begin(source, {"edition": 7}, tmp_path)
    given = {"edition": 7, "who": who}
    own, kernel = run(source, begun=begun, parameters=given), run(source, "nbclient", parameters=given)
    told = own.cells[5].outputs[0].data["text/plain"]
    assert told.startswith("(False") and kernel.cells[5].outputs[0].data["text/plain"].startswith("(True")
    for nb in (own, kernel):
        del nb.cells[5]
    assert shown(own) == shown(kernel)
    assert [cell.execution_count for cell in own.cells] == [1, 2, 3, 4, 5, 7]


def test_runs_share_neither_what_they_change_nor_their_random_numbers(tmp_path: Path) -> None:
    source = notebook(tmp_path, CELLS)
    begun = begin(source, {"edition": 7}, tmp_path)
    assert begun is not None
    first, second = (run(source, begun=begun) for _ in range(2))
    assert first.cells[5].outputs[0].data != second.cells[5].outputs[0].data
    assert first.cells[6].outputs == second.cells[6].outputs
    assert begun.shell.user_ns["table"].to_dict("list") == {"a": [7, 2]}


def test_a_run_with_other_parameters_or_cells_starts_afresh(tmp_path: Path) -> None:
    source = notebook(tmp_path, CELLS)
    begun = begin(source, {"edition": 7}, tmp_path)
    other = run(source, begun=begun, parameters={"edition": 8, "who": "R02"})
    assert "8" in other.cells[4].outputs[0].data["text/plain"]
    assert other.cells[5].outputs[0].data["text/plain"].startswith("(True")
    source = notebook(tmp_path, {key.replace("2]", "3]"): tag for key, tag in CELLS.items()})
    assert run(source, begun=begun).cells[5].outputs[0].data["text/plain"].startswith("(True")


def test_what_cannot_be_common_is_refused_and_what_fails_is_left_to_the_run(tmp_path: Path) -> None:
    start = {"edition = 1\nwho = 'R01'": PARAMETERS}
    with pytest.raises(NotebookError, match="uses who, which differs"):
        begin(notebook(tmp_path, {**start, "x = len(who)": COMMON}), {"edition": 1}, tmp_path)
    with pytest.raises(NotebookError, match="must follow"):
        begin(notebook(tmp_path, {**start, "x = 1": "", "y = 1": COMMON}), {"edition": 1}, tmp_path)
    assert begin(notebook(tmp_path, {**start, "x = 1": ""}), {"edition": 1}, tmp_path) is None
    assert begin(notebook(tmp_path, {**start, "1 / 0": COMMON}), {"edition": 1}, tmp_path) is None


def test_a_rehearsal_shows_nothing_and_fails_in_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failing = "import os\nprint('told')\nlimit\ndisplay(limit)\nopen(limit, 'w').close()\nraise SystemExit(3)"
    source = notebook(tmp_path, {"limit = 'none'": PARAMETERS, failing: "", "open('later', 'w')": ""})
    here = Path.cwd()
    rehearse(source, {"limit": "reached"}, tmp_path)
    assert capsys.readouterr() == ("", "") and Path.cwd() == here
    assert (tmp_path / "reached").is_file() and not (tmp_path / "later").exists()


def test_a_run_from_the_beginning_shows_pictures_after_it(tmp_path: Path) -> None:
    """The shell of the common cells is not the first of its process, and not the last."""
    figure = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize=(1, 1))\nplt.close(figure)\nfigure"
    source = notebook(tmp_path, {"edition = 1": PARAMETERS, "import matplotlib.pyplot": COMMON, figure: ""})
    for _ in range(2):
        assert begin(source, {"edition": 7}, tmp_path) is not None
    assert "image/png" in run(source, parameters={"edition": 8}).cells[-1].outputs[0].data


IN_PLACE = """
import sys
import os
import subprocess
import sys
from pathlib import Path
sys.path.insert(0, "workflow/scripts")
import run_individual
folder = Path(sys.argv[1])
run_individual.run_notebook.NOTEBOOKS = run_individual.run_notebook.ROOT = folder
run_individual.lock.join = lambda build: None
run_individual.respondents = lambda build: ["R01", "R02", "R03"]
try:
    run_individual.run_all({"edition": 7}, folder / "build", folder / "build" / "x.log", jobs=2)
except run_individual.NotebookError as error:
    print(error)
"""


def individual(folder: Path, cells: dict[str, str]) -> str:
    """Run a notebook for three respondents; returns what the runs say of a failure."""
    (folder / "individual").mkdir()
    notebook(folder, cells).rename(folder / "individual" / "report.ipynb")
    (folder / "build" / "40_analyses" / "individual").mkdir(parents=True)
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", IN_PLACE, str(folder)], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_runs_in_processes_of_their_own_show_what_a_kernel_shows(tmp_path: Path) -> None:
    cells = {source.replace("who", "respondent"): tag for source, tag in CELLS.items()}
    assert "Error" not in individual(tmp_path, cells)
    for who in ("R01", "R03"):
        own = nbformat.read(tmp_path / f"build/notebooks/individual/{who}.ipynb", as_version=4)
        kernel = run(tmp_path / "individual/report.ipynb", "nbclient", parameters={"edition": 7, "respondent": who})
        for nb in (own, kernel):
            del nb.cells[5]  # process and random number
        assert shown(own) == shown(kernel)


def test_a_cell_that_kills_its_process_is_named_with_its_respondent(tmp_path: Path) -> None:
    kill = "if respondent == 'R02' and rehearsed:\n    os.kill(os.getpid(), 9)"
    cells = {
        "edition = 1\nrespondent = 'R01'": PARAMETERS,
        "import os, pathlib": COMMON,
        "rehearsed = pathlib.Path('rehearsed').exists()\npathlib.Path('rehearsed').touch()": "",
        kill: "",
    }
    told = individual(tmp_path, cells)
    assert "respondent R02: the process ended while cell 4 of individual/report.ipynb ran; was it killed" in told
