"""Where the project is, and where an edition is built."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.errors import ConfigError


def project_dir() -> Path:
    """Return the project folder: `KLASTRY_PROJECT`, or the nearest folder upwards that holds the workflow."""
    named = os.environ.get("KLASTRY_PROJECT")
    start = Path(named) if named else Path.cwd()
    for folder in (start, *start.parents):
        if (folder / "workflow" / "Snakefile").is_file():
            return folder
    raise ConfigError(
        f"{start} is not inside the project (no workflow/Snakefile upwards); cd there or set KLASTRY_PROJECT"
    )


def build_folder(edition: int, method: str) -> Path:
    """Build folder of an edition under a method, relative to the project."""
    return Path("build") / (str(edition) if method == "default" else f"{edition}-{method}")
