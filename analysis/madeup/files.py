"""Made-up tables as raw files with sidecars that say what they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from analysis.errors import ConfigError
from analysis.sources import MADE_UP, sha256, sidecar_path
from analysis.yamlfile import read_yaml


def _refuse_real_answers(folder: Path) -> None:
    kept = []
    for path in sorted(folder.glob("*.csv")):
        side = sidecar_path(path)
        told = read_yaml(side) if side.is_file() else None
        if not isinstance(told, dict) or told.get("origin") != MADE_UP:
            kept.append(path.name)
    if kept:
        raise ConfigError(
            f"{folder} holds files that are not made up ({', '.join(kept)}); nothing was written. Name another folder, "
            "or move them away first"
        )


def write_made_up(tables: Mapping[str, pd.DataFrame], folder: Path, *, year: int, seed: int, date: str) -> list[Path]:
    """Write made-up tables and their sidecars; the same tables give the same bytes.

    Parameters
    ----------
    tables
        From `make_up`.
    folder
        Folder for the files, made if need be; made-up files in it are replaced.
    year, seed
        What the sidecars say.
    date
        Date in the sidecars (that of the edition: no clock is read).

    Raises
    ------
    ConfigError
        The folder holds a table that is not made up.
    """
    _refuse_real_answers(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        side = {
            "title": f"{name}, edition {year}: made-up answers",
            "origin": MADE_UP,
            "description": f"{len(table)} rows drawn at random for a trial: valid, and about nobody.",
            "what_is_fact": "Questions and options only.",
            "what_is_reconstructed": "Every single answer is made up; none has to do with a real cluster.",
            "licence": "CC0-1.0",
            "created": date,
            "seed": seed,
            "sha256": sha256(path),
        }
        text = yaml.safe_dump(side, sort_keys=False, allow_unicode=True, width=1000)
        sidecar_path(path).write_text(text, encoding="utf-8")
        written += [path, sidecar_path(path)]
    return written
