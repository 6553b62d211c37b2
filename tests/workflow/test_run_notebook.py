"""The notebook runner: parameters are a contract, failures show the cell, executed copies are byte-stable."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from analysis.errors import NotebookError


@pytest.fixture
def runner(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_notebook", root / "workflow/scripts/run_notebook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "run_notebook", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def notebook(folder: Path, *cells: str, name: str = "toy") -> Path:
    nb = nbformat.v4.new_notebook()
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb.metadata["language_info"] = {"name": "python"}
    for i, source in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source)
        cell["id"] = f"cell-{i}"
        if i == 0:
            cell.metadata["tags"] = ["parameters"]
        nb.cells.append(cell)
    nbformat.write(nb, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def test_misspelled_and_forgotten_parameters_are_errors(runner: ModuleType, tmp_path: Path) -> None:
    path = notebook(tmp_path, 'edition: int = 2024\nmethod: str = "default"')
    with pytest.raises(NotebookError, match="does not know the parameter `methd`; did you mean method"):
        runner.check_parameters(path, {"edition": 2024, "methd": "x"})
    with pytest.raises(NotebookError, match="does not pass: method"):
        runner.check_parameters(path, {"edition": 2024})
    runner.check_parameters(path, {"edition": 2024, "method": "x"})


@pytest.mark.workflow
def test_failure_shows_cell_and_message_and_keeps_the_log(
    runner: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook(
        tmp_path,
        "edition: int = 1",
        "x = 1",
        "from analysis.errors import MethodError\nraise MethodError('no scale for I.1.1')",
    )
    log = tmp_path / "b/logs/toy.log"
    code = runner.main(["toy", "--build", str(tmp_path / "b"), "--log", str(log), "-p", "edition", "2024"])
    record = (log.parent / "failure.json").read_text("utf-8")
    assert code == 2
    assert "no scale for I.1.1" in record and "raise MethodError" in record and "Traceback" not in record
    assert "Traceback" in log.read_text("utf-8")
    assert (log.parent / "toy.failed.ipynb").is_file() and not (tmp_path / "b/notebooks/toy.ipynb").exists()


@pytest.mark.workflow
def test_two_runs_give_the_same_bytes(runner: ModuleType, tmp_path: Path) -> None:
    notebook(tmp_path, "edition: int = 1", "edition + 1")
    copies = []
    for run in ("one", "two"):
        build = tmp_path / run
        assert runner.main(["toy", "--build", str(build), "--log", str(build / "toy.log"), "-p", "edition", "41"]) == 0
        copies.append((build / "notebooks/toy.ipynb").read_bytes())
    assert copies[0] == copies[1]
    assert b"42" in copies[0]


@pytest.mark.workflow
def test_kernels_side_by_side_share_no_sockets(root: Path, runner: ModuleType, tmp_path: Path) -> None:
    """Neither TCP ports, for which they would race, nor socket files of the same name."""
    asked = "import json, time\nfrom ipykernel import get_connection_info\ntime.sleep(2)\nprint(get_connection_info())"
    notebook(tmp_path, "edition: int = 1", asked)
    code = (
        "import sys, pathlib, run_notebook as r\n"
        "r.NOTEBOOKS = r.ROOT = pathlib.Path(sys.argv.pop(1))\n"
        "sys.exit(r.main())"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "workflow/scripts"), str(root)])}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), "toy", "--build", str(tmp_path / run), "--log",
             str(tmp_path / run / "toy.log"), "--engine", "nbclient", "-p", "edition", "1"],
            env=env,
        )
        for run in ("one", "two")
    ]  # fmt: skip
    assert [process.wait(120) for process in running] == [0, 0]
    infos = [
        json.loads(nbformat.read(tmp_path / run / "notebooks/toy.ipynb", as_version=4).cells[-1]["outputs"][0]["text"])
        for run in ("one", "two")
    ]
    assert [info["transport"] for info in infos] == ["ipc", "ipc"]
    assert infos[0]["ip"] != infos[1]["ip"] and all(Path(info["ip"]).is_absolute() for info in infos)
    assert not any(Path(info["ip"]).parent.exists() for info in infos)
