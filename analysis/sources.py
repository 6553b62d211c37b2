"""Editions on disk: where the raw files are, what `edition.yaml` says, and the sidecar of every raw file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import ConfigError, DataError, Problem
from analysis.messages import say
from analysis.yamlfile import read_mapping

SURVEY, RECONSTRUCTED, MADE_UP = "survey", "reconstructed", "made_up"
PROVENANCES = (SURVEY, RECONSTRUCTED, MADE_UP)
INSTRUMENTS = ("coordinators", "desk_research", "members", "websites")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Edition:
    """One edition of the benchmarking: its folder and the content of its `edition.yaml`."""

    year: int
    root: Path
    info: dict[str, Any]

    @property
    def raw(self) -> Path:
        """Folder of the raw files."""
        return self.root / "raw"

    @property
    def framework(self) -> Path:
        """Folder of the framework: the edition's own, or the common one while the edition has none."""
        own = self.root / "framework"
        return own if own.is_dir() else self.root.parents[1] / "framework"

    @property
    def previous(self) -> Path | None:
        """Folder with what is known of the previous edition: the edition's own `previous/`, or what is published."""
        own = self.root / "previous"
        if own.is_dir():
            return own
        folder = self.root.parent / str(self.info.get("previous_edition", "")) / "published"
        return folder if "previous_edition" in self.info and folder.is_dir() else None

    @property
    def provenance(self) -> str:
        """Where the raw answers come from: survey, reconstructed or made_up."""
        return str(self.info["provenance"])

    @property
    def reconstructed(self) -> bool:
        """Whether the raw answers are synthetic answers that reproduce the published statistics."""
        return self.provenance == RECONSTRUCTED

    @property
    def made_up(self) -> bool:
        """Whether the raw answers are made up for a trial (`klastry make-up`) and say nothing at all."""
        return self.provenance == MADE_UP


def load_edition(year: int, data_dir: Path) -> Edition:
    """Load an edition.

    Raises
    ------
    ConfigError
        There is no such edition, or its `edition.yaml` lacks a required key.
    """
    root = data_dir / "editions" / str(year)
    path = root / "edition.yaml"
    if not path.is_file():
        known = sorted(p.parent.name for p in (data_dir / "editions").glob("*/edition.yaml"))
        raise ConfigError(f"no edition {year}: {path} does not exist; editions here: {', '.join(known) or 'none'}")
    info = read_mapping(path)
    absent = [key for key in ("edition", "title", "period", "provenance", "publication_date") if key not in info]
    if absent:
        raise ConfigError(f"{path}: missing key(s) {', '.join(absent)}")
    if info["provenance"] not in PROVENANCES:
        raise ConfigError(f"{path}: provenance is {info['provenance']!r}; allowed: {', '.join(PROVENANCES)}")
    if info["edition"] != year or isinstance(info["edition"], bool):
        raise ConfigError(f"{path}: edition is {info['edition']!r}, its folder says {year}; write edition: {year}")
    previous = info.get("previous_edition")
    if previous is not None and (not isinstance(previous, int) or isinstance(previous, bool)):
        # It becomes the name of a folder.
        raise ConfigError(f"{path}: previous_edition is {previous!r}; write the year of an edition, say {year - 2}")
    if previous is not None and previous >= year:
        # Its published tables are inputs; those of the edition itself never are.
        raise ConfigError(f"{path}: previous_edition is {previous}; it must be before {year}, say {year - 2}")
    listed = info.get("instruments", [])
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise ConfigError(f"{path}: instruments is {listed!r}; write a list of names, say [coordinators, members]")
    languages = info.get("report_languages", ["pl"])
    if languages not in (["pl"], ["pl", "en"]):
        raise ConfigError(
            f"{path}: report_languages is {languages!r}; write [pl], or [pl, en] for an English edition too"
        )
    copied = [key for key, entry in info.get("design", {}).items() if entry.get("copied_from")]
    if copied and info["provenance"] == SURVEY:
        raise ConfigError(
            f"{path}: {len(copied)} number(s) under design are still those of another edition ({', '.join(copied[:5])}"
            f"{', …' if len(copied) > 5 else ''}); put in this edition's and remove their line `copied_from`"
        )
    return Edition(year, root, info)


def sidecar_path(path: Path) -> Path:
    """Return the path of a raw file's sidecar: `coordinators.csv.source.yaml`."""
    return path.with_name(path.name + ".source.yaml")


def check_sidecar(path: Path, provenance: str | None = None) -> list[Problem]:
    """Compare a raw file with its sidecar: its SHA-256, and that made-up answers do not pass for others.

    Returns the problems found (none if all is well). `provenance` is that of the edition, not compared if None.
    """
    side = sidecar_path(path)
    if not side.is_file():
        return [Problem(path.name, None, None, None, say("no_sidecar"), say("no_sidecar.do", name=side.name))]
    try:
        told = read_mapping(side)
    except ConfigError as error:
        message = say("sidecar_unreadable", error=error)
        return [Problem(side.name, None, None, None, message, say("sidecar_unreadable.do"))]
    if provenance not in (None, MADE_UP) and told.get("origin") == MADE_UP:
        message = say("made_up", provenance=provenance)
        return [Problem(path.name, None, None, None, message, say("made_up.do"))]
    recorded, actual = told.get("sha256"), sha256(path)
    if recorded != actual:
        message = say("sidecar_differs", recorded=str(recorded)[:12])
        return [Problem(path.name, None, None, actual[:12], message, say("sidecar_differs.do"))]
    return []


def seal(path: Path) -> bool:
    """Record the current SHA-256 of a raw file in its sidecar; returns whether the sidecar changed."""
    side = sidecar_path(path)
    if not path.is_file():
        raise DataError([Problem(path.name, None, None, None, say("file_absent"), say("file_first.do"))])
    digest = sha256(path)
    if not side.is_file():
        side.write_text(
            f"title: {path.stem}\norigin: survey\ndescription: ''\nlicence: confidential\nsha256: {digest}\n",
            encoding="utf-8",
        )
        return True
    lines = side.read_text(encoding="utf-8").splitlines()
    out = [f"sha256: {digest}" if line.startswith("sha256:") else line for line in lines]
    if f"sha256: {digest}" not in out:
        out.append(f"sha256: {digest}")
    side.write_text("\n".join(out) + "\n", encoding="utf-8")
    return out != lines
