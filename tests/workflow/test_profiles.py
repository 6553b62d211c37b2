"""Profiles of the workflow engine: each key is one that the engine or its plugin knows; the lock of steps elsewhere."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
from importlib import import_module, util
from pathlib import Path

import pytest
import yaml

from analysis import lock
from analysis.errors import ConfigError
from analysis.executor import find_profile

PROFILES = ("kubernetes", "local", "slurm")
STEP = """
import sys, time
from pathlib import Path
from analysis import lock
lock.join(Path(sys.argv[1]))
print("joined", flush=True)
time.sleep(120)
"""


def settings(root: Path, name: str) -> dict[str, object]:
    return dict(yaml.safe_load((root / "workflow/profiles" / name / "config.yaml").read_text("utf-8")))


def test_every_profile_is_looked_at(root: Path) -> None:
    assert sorted(p.name for p in (root / "workflow/profiles").iterdir()) == list(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_the_engine_knows_every_key(root: Path, name: str) -> None:
    from snakemake.cli import get_argument_parser

    known = {option for action in get_argument_parser()._actions for option in action.option_strings}
    own = [key for key in settings(root, name) if not key.startswith(f"{name}-")]
    assert own and [key for key in own if f"--{key}" not in known] == []


@pytest.mark.parametrize("name", ["kubernetes", "slurm"])
def test_the_plugin_knows_every_key_of_its_own(root: Path, name: str) -> None:
    module = f"snakemake_executor_plugin_{name}"
    if util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed: pip install --no-deps --require-hashes -r requirements-cluster.lock")
    fields = {field.name: field for field in dataclasses.fields(import_module(module).ExecutorSettings)}
    given = {
        k.removeprefix(f"{name}-").replace("-", "_"): v
        for k, v in settings(root, name).items()
        if k.startswith(f"{name}-")
    }
    assert given and set(given) <= set(fields)
    import_module(module).ExecutorSettings(**given)
    for key, value in given.items():
        kind = type(fields[key].default)
        assert kind is type(None) or isinstance(value, kind), key


def test_the_names_of_plugins_are_pinned(root: Path) -> None:
    pinned = (root / "requirements-cluster.lock").read_text("utf-8")
    assert all(f"snakemake-executor-plugin-{name}==" in pinned for name in ("kubernetes", "slurm"))
    main = {
        line.split("==")[0] for line in (root / "requirements.lock").read_text("utf-8").splitlines() if "==" in line
    }
    cluster = {line.split("==")[0] for line in pinned.splitlines() if "==" in line}
    assert not main & cluster, "a package pinned twice can be pinned differently"


def test_where_steps_run_decides_what_the_engine_is_told(root: Path, tmp_path: Path) -> None:
    assert find_profile(root, None).arguments(2) == ["--cores", "2"]
    local, slurm = find_profile(root, "local"), find_profile(root, "slurm")
    assert not local.elsewhere and local.arguments(3)[-2:] == ["--cores", "3"] and local.side_by_side(3) == 3
    assert slurm.elsewhere and "--cores" not in slurm.arguments(2) and slurm.side_by_side(2) == 40
    (tmp_path / "config.yaml").write_text("executor: slurm\njobs: 3\n")
    assert find_profile(root, str(tmp_path)).side_by_side(2) == 3
    with pytest.raises(ConfigError, match="did you mean slurm"):
        find_profile(root, "slum")


def step_elsewhere(build: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    """Start a step as on another machine, where the number of the builder's process says nothing."""
    told = {**os.environ, **env, lock.HOST: "another-machine", lock.OWNER: "999999999"}
    return subprocess.Popen([sys.executable, "-c", STEP, str(build)], env=told, stdout=subprocess.PIPE, text=True)


def test_a_step_on_another_machine_lives_as_long_as_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock.hold(tmp_path, "a build") as env:
        assert env[lock.HOST] == socket.gethostname()
        step = step_elsewhere(tmp_path, env)
        assert step.stdout is not None and step.stdout.readline() == "joined\n"
        time.sleep(lock._PAUSE_ELSEWHERE + 1)
        assert step.poll() is None, "the lock is held, the build lives"
    assert step.wait(timeout=lock._PAUSE_ELSEWHERE + 10) == -9
    late = step_elsewhere(tmp_path, env)
    assert late.wait(timeout=30) == 1, "a step does not start for a build that is over"


def test_a_step_here_still_goes_by_its_builder(tmp_path: Path) -> None:
    with lock.hold(tmp_path, "a build") as env:
        told = {**os.environ, **env, lock.OWNER: "999999999"}
        done = subprocess.run(
            [sys.executable, "-c", STEP, str(tmp_path)], env=told, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1 and "is over" in done.stderr
