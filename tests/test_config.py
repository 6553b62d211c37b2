"""The method file: unknown keys are refused by name, variants differ only in what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.cli import main
from analysis.config import load_method, schema_json
from analysis.errors import ConfigError
from analysis.generated import environment_yml


def variant(tmp_path: Path, root: Path, text: str) -> Path:
    (tmp_path / "method").mkdir()
    (tmp_path / "method" / "default.yaml").write_text((root / "config/method/default.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "method" / "mine.yaml").write_text(text, "utf-8")
    return tmp_path


def test_variant_changes_only_its_keys(tmp_path: Path, root: Path) -> None:
    config = variant(tmp_path, root, "extends: default\nname: mine\ntreatment: {k: 3}\n")
    base, mine = load_method("default", config), load_method("mine", config)
    assert mine.treatment.k == 3
    assert mine.treatment.model_copy(update={"k": 1.5}) == base.treatment
    assert mine.aggregation == base.aggregation


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: default\ntreatment: {kk: 3}\n", r"unknown key `treatment\.kk`"),
        (
            "extends: default\nagregation: {area_from: subareas}\n",
            r"unknown key `agregation`; did you mean aggregation",
        ),
        ("extends: default\naggregation: {area_from: areas}\n", r"`aggregation\.area_from` = 'areas'"),
        ("extends: default\ntreatment: {k: -1}\n", r"`treatment\.k` = -1"),
        ("name: mine\ndescription: x\n", r"key `strengths` is missing"),
        ("extends: mine\n", "goes round in a circle"),
        ("extends: defualt\n", r"no method `defualt`.*did you mean default"),
        ("- a\n", "a mapping of keys is expected"),
    ],
)
def test_wrong_method_files_are_refused_by_name(tmp_path: Path, root: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_method("mine", variant(tmp_path, root, text))


def test_every_committed_method_loads(root: Path) -> None:
    names = [p.stem for p in (root / "config/method").glob("*.yaml")]
    assert {"default", "text", "uncapped"} <= set(names)
    for name in names:
        assert load_method(name, root / "config").name == name


def test_generated_files_agree(root: Path) -> None:
    assert (root / "config/schema.json").read_text("utf-8") == schema_json()
    assert (root / "environment.yml").read_text("utf-8") == environment_yml(root / "pyproject.toml")


def test_lock_pins_every_dependency_with_hashes_and_no_address(root: Path) -> None:
    import tomllib

    lock = (root / "requirements.lock").read_text("utf-8")
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock
    blocks = [b for b in lock.replace("\\\n", " ").splitlines() if b.strip() and not b.startswith("#")]
    assert all("==" in b and "--hash=sha256:" in b for b in blocks)
    pinned = {b.split("==")[0].strip().lower() for b in blocks}
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {w.split(">=")[0].lower() for w in wanted} <= pinned


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("normalisation: {rule: zscore}\n", ["normalisation.rule: zscore"]),
        ("normalisation: {upper: 100}\n", ["normalisation.rule: minmax"]),
        ("normalisation: {indicators: {I.1.1: {rule: rank}}}\n", ["normalisation.indicators.I.1.1.rule: rank"]),
        ("normalisation: {rule: percentile_rank}\n", []),
        ("treatment: {k: 3}\n", []),
    ],
)
def test_scores_off_the_scale_of_the_report_are_named(tmp_path: Path, root: Path, text: str, found: list[str]) -> None:
    config = variant(tmp_path, root, f"extends: default\n{text}")
    assert load_method("mine", config).off_scale() == found


def test_a_report_off_its_scale_is_refused_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--method", "zscore"]) == 2
    assert "klastry compare default zscore" in capsys.readouterr().err
