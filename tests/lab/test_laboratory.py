"""The laboratory without a browser: controls, changes, results, files; then its widgets and its notebook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.compare import edition_inputs
from analysis.config import IndexMethod, load_method
from analysis.errors import ConfigError, MethodError
from analysis.lab import Laboratory, controls
from analysis.tables import load_labels


def test_controls_follow_the_typed_configuration() -> None:
    found = {control.name: control for control in controls(IndexMethod.model_validate({"treatment": {"k": 3}}))}
    assert found["treatment.k"].value == 3 and found["treatment.k"].low == 0
    assert found["treatment.side"].options == ("upper", "lower", "both")
    assert found["treatment.quantile_type"].options == tuple(range(1, 10))
    assert (found["aggregation.min_available"].low, found["aggregation.min_available"].high) == (0, 1)
    assert found["treatment.max_points"].kind == "whole" and found["normalisation.cap"].kind == "switch"
    assert all(control.description for control in found.values())
    for name, key in (("treatment", "rule"), ("normalisation", "rule"), ("weights", "rule"), ("aggregation", "rule")):
        assert f"{name}.{key}" in found
    assert not any(name.endswith((".indicators", ".levels", ".targets")) for name in found)


@pytest.fixture
def lab(root: Path, build: Path, tmp_path: Path) -> Laboratory:
    shutil.copytree(root / "config", tmp_path / "config")
    inputs = edition_inputs(build, root / "data", load_labels(root / "report/labels"))
    return Laboratory(inputs, load_method("default", root / "config"), tmp_path / "config")


@pytest.mark.product
def test_a_change_shows_and_goes_back(lab: Laboratory) -> None:
    still = lab.result()
    assert still.overall["rank_change"].eq(0).all() and not len(still.facts)
    lab.set("aggregation.area_from", "subareas")
    assert lab.changes == {"aggregation": {"area_from": "subareas"}}
    moved = lab.result()
    assert moved.overall["rank_b"].is_monotonic_increasing and moved.overall["rank_change"].ne(0).any()
    assert "method.area_from" in set(moved.facts["id"]) and moved.medians["change"].ne(0).any()
    lab.set("aggregation.area_from", "indicators")
    assert lab.changes == {}


@pytest.mark.product
def test_wrong_settings_are_refused_and_change_nothing(lab: Laboratory) -> None:
    with pytest.raises(ConfigError, match=r"no control `treatment\.kk`; did you mean treatment\.k"):
        lab.set("treatment.kk", 2)
    with pytest.raises(ConfigError, match=r"`treatment\.k` = -1"):
        lab.set("treatment.k", -1)
    assert lab.changes == {}
    lab.set("aggregation.rule", "geometric")
    with pytest.raises(MethodError, match="values above 0"):
        lab.result()
    lab.set("normalisation.lower", 0.01)
    assert len(lab.result().overall) == 42


@pytest.mark.product
def test_a_setting_becomes_a_variant_and_overwrites_none(lab: Laboratory) -> None:
    with pytest.raises(ConfigError, match="nothing differs"):
        lab.save("mine", "x")
    lab.set("treatment.k", 3.0)
    lab.set("treatment.side", "both")
    for name in ("published", "default", "text"):
        with pytest.raises(ConfigError, match="is not overwritten"):
            lab.save(name, "x")
    for name in ("My", "a/b", "../x", ""):
        with pytest.raises(ConfigError, match="no name for a variant"):
            lab.save(name, "x")
    with pytest.raises(ConfigError, match="describe"):
        lab.save("mine", "  ")
    path = lab.save("mine", "Wider fences at both ends")
    assert path.read_text("utf-8").startswith("extends: default\nname: mine\n")
    saved = load_method("mine", lab.config_dir)
    assert saved.treatment == lab.method.treatment and saved.aggregation == lab.published.aggregation
    with pytest.raises(ConfigError, match="is not overwritten"):
        lab.save("mine", "again")


@pytest.mark.product
def test_widgets_do_what_the_laboratory_does(lab: Laboratory) -> None:
    from analysis.lab.widgets import LaboratoryView

    view = LaboratoryView(lab)
    assert set(view.inputs) == {control.name for control in lab.controls}
    before = view.tables["scores"].value
    view.inputs["treatment.rule"].value = "none"
    assert lab.changes == {"treatment": {"rule": "none"}} and view.tables["scores"].value != before
    assert "treatment.rule = none" in view.message.value
    view.inputs["aggregation.rule"].value = "geometric"
    assert "values above 0" in view.message.value, "the reason is shown, the notebook goes on"
    view.name.value, view.about.value = "published", "x"
    view.save()
    assert "is not overwritten" in view.message.value
    view.reset()
    assert lab.changes == {} and view.tables["scores"].value == before
    assert view.inputs["treatment.rule"].value == "iqr_cap"


@pytest.mark.product
@pytest.mark.workflow
def test_the_notebook_runs_without_a_browser(root: Path, build: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(root / "notebooks/90_method_lab.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(root / "notebooks")}}).execute()
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    assert any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)
    assert not any(o["output_type"] == "error" for o in outputs)
