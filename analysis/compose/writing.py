"""Tables into a folder, all or none."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError
from analysis.workspace import write_csv


def check_target(out: Path) -> None:
    """Refuse a target that is a file, before anything is computed; raises `ConfigError`."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; give the name of a folder as --out")


def write_tables(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write tables by file name into a folder beside the target, then move: an interrupted run leaves no half of it."""
    try:
        _write(tables, out.resolve())
    except OSError as error:
        raise ConfigError(f"{out}: the tables cannot be written ({error}); choose another folder as --out") from error


def _write(tables: dict[str, pd.DataFrame], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, table in tables.items():
            write_csv(table, made / name)
        if target.exists():
            for name in tables:
                (made / name).replace(target / name)
        else:
            made.chmod(0o755)  # mkdtemp makes folders that only the owner may read
            made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
