"""Sidecars of reconstructed raw files: where a file comes from, what in it is fact and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from analysis.sources import sha256, sidecar_path

LICENCE = "CC0-1.0"
CREATED = date(2025, 11, 30)  # date of the edition: fixed, so that repeated runs agree


def write_sidecar(
    path: Path, *, title: str, description: str, fact: str, reconstructed: str, seed: int, created: date = CREATED
) -> Path:
    """Write the sidecar of a reconstructed file; the same file and arguments give the same bytes.

    Parameters
    ----------
    path
        The raw file, already written.
    title, description
        What the file is, for people.
    fact, reconstructed
        What in the file is taken from the published report, and what was made up to fit it.
    seed
        Seed the file was made with.
    created
        Date stated in the sidecar.
    """
    record = {
        "title": title,
        "origin": "reconstructed",
        "description": description,
        "what_is_fact": fact,
        "what_is_reconstructed": reconstructed,
        "licence": LICENCE,
        "created": created,
        "seed": seed,
        "sha256": sha256(path),
    }
    side = sidecar_path(path)
    side.write_text(
        yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=10_000), encoding="utf-8", newline="\n"
    )
    return side
