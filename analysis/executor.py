"""Profiles of the workflow engine: whether steps run here or on a cluster, and what each may use there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import ConfigError, suggest
from analysis.yamlfile import read_mapping

FOLDER = Path("workflow/profiles")
NAMES = ("config.v8+.yaml", "config.yaml")  # as the engine looks for them
HERE = ("", "local")


@dataclass(frozen=True)
class Profile:
    """A profile, or none: then steps run on this machine."""

    folder: Path | None
    settings: dict[str, Any]

    @property
    def elsewhere(self) -> bool:
        """Whether steps run on other machines."""
        return str(self.settings.get("executor", "")) not in HERE

    def arguments(self, cores: int) -> list[str]:
        """Arguments for the workflow engine; a profile for elsewhere says itself how many steps run at a time."""
        chosen = [] if self.folder is None else ["--profile", str(self.folder)]
        return chosen if self.elsewhere else [*chosen, "--cores", str(cores)]

    def side_by_side(self, cores: int) -> int:
        """How many steps run at a time."""
        return int(self.settings.get("jobs", 1)) if self.elsewhere else cores


def find_profile(project: Path, name: str | None) -> Profile:
    """Return the profile of a name, a folder of `workflow/profiles` or any folder; None: no profile.

    Raises
    ------
    ConfigError
        There is no such folder, or it has no `config.yaml`.
    """
    if not name:
        return Profile(None, {})
    for folder in (project / FOLDER / name, Path(name).expanduser().resolve()):
        for file in NAMES:
            if (folder / file).is_file():
                return Profile(folder, read_mapping(folder / file))
    known = sorted(p.name for p in (project / FOLDER).glob("*") if p.is_dir())
    raise ConfigError(f"--profile {name}: no folder {FOLDER / name} with {NAMES[1]}{suggest(name, known)}")
