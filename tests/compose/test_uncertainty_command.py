"""`klastry uncertainty` on anybody's two files: tables, groups, resumed runs, and messages instead of halves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.cli import main

METHOD = """
treatment: {rule: iqr_cap}
uncertainty:
  inputs:
    multiple: {kind: uniform, key: treatment.k, low: 1, high: 3}
    scale: {kind: choice, key: normalisation.rule, values: [minmax, percentile_rank]}
    weights: {kind: weight_noise}
  replications: 60
  sobol_samples: 8
  resamples: 20
  batch_size: 20
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    rng = np.random.default_rng(3)
    x = pd.DataFrame(rng.lognormal(0, 1, (12, 4)), columns=list("abcd")).round(3)
    x.insert(0, "unit", [f"u{i}" for i in range(12)])
    x["kind"] = ["small", "large"] * 6
    x.to_csv(tmp_path / "d.csv", index=False)
    rows = ["code,parent,type", *(f"{c},P,Indicator" for c in "ab"), *(f"{c},Q,Indicator" for c in "cd")]
    rows += ["P,X,Aggregate", "Q,X,Aggregate", "X,,Aggregate", "kind,,Group"]
    (tmp_path / "f.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "m.yaml").write_text(METHOD)
    names = {"--data": "d.csv", "--framework": "f.csv", "--method": "m.yaml", "--out": "out"}
    return ["uncertainty", *(part for key, name in names.items() for part in (key, str(tmp_path / name)))]


def test_tables_and_a_resumed_run_are_the_same_bytes(files: list[str], tmp_path: Path) -> None:
    assert main([*files, "--keep", str(tmp_path / "kept")]) == 0
    out = tmp_path / "out"
    names = ["comparisons", "draws", "elements", "groups", "neighbours", "sobol", "units"]
    assert sorted(p.stem for p in out.iterdir()) == names
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert main([*files, "--keep", str(tmp_path / "kept"), "--jobs", "2"]) == 0
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    groups = pd.read_csv(out / "groups.csv")
    assert set(groups["dimension"]) == {"kind"} and set(groups["group"]) == {"small", "large"}
    assert len(pd.read_csv(out / "units.csv")) == 12 and len(pd.read_csv(out / "draws.csv")) == 60
    assert main([*files, "--seed", "9", "--no-sobol", "--replications", "30"]) == 0
    assert (out / "units.csv").read_bytes() != first["units.csv"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: uniform, key: treatment.k", "kind: uniform, key: treatment.kk", r"inputs\.multiple`: treatment\.kk"),
        ("[minmax, percentile_rank]", "[minmax, minmx]", r"inputs\.scale`: normalisation\.rule = 'minmx'"),
        ("sobol_samples: 8", "sobol_samples: 7", "must be a power of 2"),
        ("treatment: {rule: iqr_cap}", "aggregation: {rule: geometric}", "its settings: multiple"),
    ],
)
def test_what_cannot_be_drawn_leaves_nothing_behind(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    import re

    method = tmp_path / "m.yaml"
    assert old in METHOD
    text = METHOD.replace(old, new)
    if "geometric" in new:  # positive for the method itself, zero under one of the choices
        text = text.replace("uncertainty:", "normalisation: {rule: rank}\nuncertainty:")
    method.write_text(text)
    assert main(files) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_data_need_a_framework_and_a_folder(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(files[:3]) == 2 and "go together" in capsys.readouterr().err
    assert main(files[:7]) == 2 and "--out is needed" in capsys.readouterr().err
