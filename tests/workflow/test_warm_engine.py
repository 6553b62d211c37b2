"""The engine without a kernel process: the same outputs as a kernel, cell for cell, and runs that do not meet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.workflow
CELLS = [
    "import pandas as pd\nimport matplotlib.pyplot as plt\nlimit = 3",
    "print('told', limit)\npd.DataFrame({'a': [1, 2]})",
    "fig, ax = plt.subplots(figsize=(1, 1))\nax.plot([0, 1])\nplt.close(fig)\nfig",
    "display(limit + 1)\nlimit * 2;",
    "_ = limit\n'last'",
]
RUN = """
import importlib.util, sys, papermill
spec = importlib.util.spec_from_file_location("warm_engine", sys.argv[1])
warm = importlib.util.module_from_spec(spec); spec.loader.exec_module(warm)
from pathlib import Path
warm.warm(Path(sys.argv[2]))
papermill.execute_notebook(*sys.argv[2:], engine_name=warm.register(), progress_bar=False, kernel_name="python3")
"""


def notebook(folder: Path, *cells: str) -> Path:
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    nb.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nb.metadata["language_info"] = {"name": "python"}
    nbformat.write(nb, folder / "toy.ipynb")
    return folder / "toy.ipynb"


def run_warm(root: Path, source: Path) -> tuple[int, Any]:
    target = source.with_name("warm.ipynb")
    script = str(root / "workflow/scripts/warm_engine.py")
    done = subprocess.run(
        [sys.executable, "-c", RUN, script, str(source), str(target)], capture_output=True, cwd=source.parent
    )
    return done.returncode, nbformat.read(target, as_version=4)


def shown(nb: Any) -> list[list[dict[str, Any]]]:
    """Outputs as a reader sees them: kind, text, pictures; addresses of objects and colours of tracebacks left out."""
    found = []
    for cell in nb.cells:
        if cell.cell_type != "code" or "papermill" in str(cell.metadata.get("tags", [])):
            continue
        told = []
        for out in cell.get("outputs", []):
            kept = {
                k: out[k] for k in ("output_type", "name", "text", "ename", "evalue", "execution_count") if k in out
            }
            told.append(kept | {"data": {k: v for k, v in out.get("data", {}).items() if k != "text/latex"}})
        found.append(told)
    return found


def test_outputs_are_those_of_a_kernel(root: Path, tmp_path: Path) -> None:
    source = notebook(tmp_path, *CELLS)
    code, warm = run_warm(root, source)
    kernel = nbformat.read(source, as_version=4)
    NotebookClient(kernel, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert code == 0
    expected = shown(kernel)
    assert shown(warm) == expected
    assert expected[1][0]["text"] == "told 3\n" and "image/png" in expected[2][-1]["data"]


def test_a_failing_cell_fails_as_in_a_kernel_and_stops_the_run(root: Path, tmp_path: Path) -> None:
    source = notebook(tmp_path, "x = 1", "raise ValueError('no scale')", "print('never')")
    code, warm = run_warm(root, source)
    kernel = nbformat.read(source, as_version=4)
    with pytest.raises(CellExecutionError):
        NotebookClient(kernel, resources={"metadata": {"path": str(tmp_path)}}).execute()
    failed = [out for cell in warm.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    (own,) = [out for cell in kernel.cells for out in cell.get("outputs", []) if out.output_type == "error"]
    assert code != 0 and (failed[0].ename, failed[0].evalue) == (own.ename, own.evalue)
    assert "never" not in str([cell.get("outputs") for cell in warm.cells])
