"""Reconstruct all raw answers of an edition from its published statistics: coordinators, members, website audit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from analysis.errors import ConfigError
from analysis.reproduction.reconstruct_members import reconstruct_members
from analysis.reproduction.reconstruct_websites import reconstruct_websites
from analysis.sources import load_edition

LABEL_LIMIT = 3000.0  # deterministic seconds for each step of the search of labels


def reconstruct_edition(
    data_dir: Path,
    year: int,
    *,
    seed: int,
    progress: Callable[[str], None] = print,
    out_dir: Path | None = None,
    stages_dir: Path | None = None,
) -> list[Path]:
    """Write the reconstructed answers of an edition; nothing is replaced unless every part succeeded.

    Parameters
    ----------
    data_dir
        The project's `data/`.
    year
        The edition; its `provenance` must be `reconstructed`.
    seed
        Seed of everything that the published statistics leave free.
    out_dir
        Where the files go; by default the edition's `raw/`.
    stages_dir
        Keeps the results of the long steps; a run that was interrupted goes on from there.

    Raises
    ------
    ConfigError
        The edition holds real answers, which must not be overwritten.
    """
    from analysis.reproduction.reconstruction import reconstruct as reconstruct_coordinators

    edition = load_edition(year, data_dir)
    if not edition.reconstructed:
        raise ConfigError(
            f"edition {year} has provenance `{edition.info['provenance']}`: its raw answers are real and are left alone"
        )
    target = out_dir or edition.raw
    target.mkdir(parents=True, exist_ok=True)
    framework = data_dir / "framework"
    published = edition.root / "published"
    with tempfile.TemporaryDirectory() as name:
        draft = Path(name)
        progress("coordinators …")
        reconstruct_coordinators(edition.root, framework, draft, seed=seed, stages_dir=stages_dir, progress=progress)
        progress("members …")
        reconstruct_members(published, framework, draft, seed=seed)
        progress("websites …")
        reconstruct_websites(published, framework, draft, seed=seed)
        written = []
        for path in sorted(draft.iterdir()):
            shutil.copyfile(path, target / path.name)
            written.append(target / path.name)
    progress(f"{len(written)} files written to {target.name}/")
    return written


def search_labels(data_dir: Path, year: int, *, seed: int, progress: Callable[[str], None] = print) -> Path:
    """Search labels under which every printed score column can hold, and write them to the edition.

    Raises
    ------
    ConfigError
        The edition holds real answers.
    RuntimeError
        Nothing was found within the limits.
    """
    from analysis.reproduction.reconstruction import labels, published

    edition = load_edition(year, data_dir)
    if not edition.reconstructed:
        raise ConfigError(f"edition {year} has provenance `{edition.info['provenance']}`: there is nothing to search")
    found = labels.search_labels(
        published.load_published(edition.root), seed=seed, workers=2, limit=LABEL_LIMIT, progress=progress
    )
    return labels.write_labels(found, edition.root)
