"""The cells of a notebook run for another language: parameters after their cell, failures named with their cell."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from analysis.errors import PublishError


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("translate", root / "workflow/scripts/translate_exhibits.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_parameters_follow_the_cell_that_declares_them(script: ModuleType, tmp_path: Path) -> None:
    cells = ["edition: int = 2000\nplace = None", "display(edition)\nplace.write_text(str(edition), 'utf-8')", "1 / 1"]
    script.run("toy", cells, {"edition": 2024, "place": tmp_path / "told"})
    assert (tmp_path / "told").read_text("utf-8") == "2024"


def test_runs_do_not_meet(script: ModuleType) -> None:
    script.run("one", ["left = 1"], {})
    with pytest.raises(NameError, match="left"):
        script.run("two", ["left"], {})


@pytest.mark.parametrize(("cell", "error"), [("1 / 0", ZeroDivisionError), ("x = (", SyntaxError)])
def test_an_error_of_the_code_is_raised_as_it_is(script: ModuleType, cell: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        script.run("toy", ["x = 1", cell], {})


def test_an_error_of_ours_names_notebook_and_cell(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["from analysis.errors import FrameworkError", "raise FrameworkError('no row `x`')", "raise SystemExit"]
    with pytest.raises(PublishError, match="toy, code cell 2: no row `x`"):
        script.run("toy", cells, {})
    assert capsys.readouterr() == ("", "")
