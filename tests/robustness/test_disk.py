"""Full disks, folders that may not be written, files larger than allowed: an error in words, nothing half-written."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from toy import ROOT, command, environment, hashes, klastry, make_toy

from analysis import files
from analysis.errors import KlastryError, StorageError
from analysis.workspace import write_csv


def leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob("*") if p.name.startswith(".") and p.name not in (".lock", ".steps")]


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    write_csv(pd.DataFrame({"a": [1]}), path)

    def full(self: pd.DataFrame, target: Path, **_: Any) -> None:
        Path(target).write_text("a\n", "utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OSError, match="No space left"):
        write_csv(pd.DataFrame({"a": [2, 3]}), path)
    assert path.read_text("utf-8") == "a\n1\n" and leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "site"
    with files.whole_folder(target) as staged:
        (staged / "a").write_text("old", "utf-8")
    with pytest.raises(KlastryError), files.whole_folder(target) as staged:
        (staged / "a").write_text("new", "utf-8")
        raise KlastryError("no")
    assert (target / "a").read_text("utf-8") == "old" and leftovers(tmp_path) == []


@pytest.mark.parametrize("moment", ["before the new came", "after the new came"])
def test_an_exchange_cut_in_two_is_settled(tmp_path: Path, moment: str) -> None:
    """Where folders cannot be exchanged in one step, a kill between the two steps is put right by the next build."""
    target = tmp_path / "60_report"
    (tmp_path / ".60_report.old").mkdir()
    (tmp_path / ".60_report.old/a").write_text("old", "utf-8")
    new = tmp_path / (".60_report.new" if moment.startswith("before") else "60_report")
    new.mkdir()
    (new / "a").write_text("new", "utf-8")
    files.settle(target)
    assert (target / "a").read_text("utf-8") == ("old" if moment.startswith("before") else "new")
    assert leftovers(tmp_path) == []


def test_folders_are_exchanged_without_the_system_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for text in ("first", "second"):
        with files.whole_folder(tmp_path / "x", durable=True) as staged:
            (staged / "a").write_text(text, "utf-8")
        assert (tmp_path / "x/a").read_text("utf-8") == text
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EFBIG])
def test_the_message_says_what_and_how_on(number: int) -> None:
    told = files.storage_error(OSError(number, os.strerror(number), "/x/y.csv"))
    assert isinstance(told, StorageError) and "/x/y.csv cannot be written" in str(told) and "again" in str(told)
    assert files.remedy_in(f"OSError: [Errno {number}] {os.strerror(number)}: 'y'") in str(told)
    assert files.storage_error(FileNotFoundError(errno.ENOENT, "no", "x")) is None


def limited(size: int) -> Callable[[], None]:
    def set_limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return set_limit


def refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode not in (0, None), done.stdout
    assert words in done.stderr, done.stderr
    assert "again" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_step_of_publishing_that_may_not_write_so_much(tmp_path: Path) -> None:
    """`ulimit -f` stands in for a full disk: writes fail in the middle of a file."""
    project = make_toy(tmp_path)
    for step in ("facts", "chapters", "annex"):
        done = klastry(project, "publish", step)
        assert done.returncode == 0, done.stderr
    before = hashes(project / "build/2024")
    done = subprocess.run(
        command("publish", "annex"), cwd=project, env=environment(project), capture_output=True, text=True,
        preexec_fn=limited(4096),
    )  # fmt: skip
    refused(done, "cannot be written")
    assert hashes(project / "build/2024") == before


ON_TMPFS = """
set -e
mount -t tmpfs -o size={size} none {folder}
cp -a {source} {folder}/project
{before}
cd {folder}/project
set +e
{python} -m analysis.cli build 2>{out}/stderr >{out}/stdout
echo $? >{out}/code
mount -o remount,rw,size=400m {folder} && rm -f {folder}/ballast
{python} -m analysis.cli build >{out}/again 2>&1
echo $? >{out}/code_again
cp -a {folder}/project/build/2024 {out}/build
"""


def pages(folder: Path) -> int:
    """KiB that the files below a folder take in memory, where each begins a page of its own."""
    return sum(-(-path.stat().st_size // 4096) * 4 for path in folder.rglob("*") if path.is_file())


def in_own_mounts(script: str, env: dict[str, str]) -> None:
    possible = (
        shutil.which("unshare") and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0
    )
    if not possible:
        pytest.skip("this user may not mount file systems")
    subprocess.run(["unshare", "-m", "sh", "-c", script], env=env, check=True, timeout=1200)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "before", "words"),
    [
        ("400m", "mount -o remount,ro {folder}", "read-only"),
        ("400m", "dd if=/dev/zero of={folder}/ballast bs=1k 2>/dev/null || true", "disk is full"),
        ("400m", "dd if=/dev/zero of={folder}/ballast bs=1k count=400000 2>/dev/null || true", "disk is full"),
    ],
    ids=["read-only", "full", "full on the way"],
)
def test_real_file_systems(tmp_path: Path, size: str, before: str, words: str) -> None:
    source = make_toy(tmp_path / "source")
    reference = shutil.copytree(source, tmp_path / "reference/project")
    assert klastry(reference, "build").returncode == 0
    folder, out = tmp_path / "mount", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    if "400000" in before:
        used, needed = pages(source), pages(reference)
        before = before.replace("400000", str(400 * 1024 - used - (needed - used) // 2))  # room for half of the build
    script = ON_TMPFS.format(
        size=size, folder=folder, source=source, before=before.format(folder=folder), python=sys.executable, out=out
    )
    in_own_mounts(script, environment(folder / "project", PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1"))
    told = (out / "stderr").read_text("utf-8")
    assert (out / "code").read_text().strip() not in ("", "0")
    assert words in told and "Traceback" not in told, told
    assert (out / "code_again").read_text().strip() == "0", (out / "again").read_text("utf-8")
    assert hashes(out / "build") == hashes(reference / "build/2024")
