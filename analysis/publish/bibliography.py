"""The literature: every entry is cited, or listed in `nocite.yaml` with the reason why it is printed nevertheless."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from analysis.errors import ConfigError, suggest
from analysis.publish.lint import Finding
from analysis.yamlfile import read_mapping

BIB = "references.bib"
NOCITE = "nocite.yaml"
_ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),", re.MULTILINE)


def entries(path: Path) -> dict[str, int]:
    """Key of each entry of a BibTeX file with its line.

    Raises
    ------
    ConfigError
        A key is used twice.
    """
    text = path.read_text(encoding="utf-8")
    out: dict[str, int] = {}
    for match in _ENTRY.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        key = match.group(2)
        if key in out:
            raise ConfigError(f"{path.name}:{line}: key `{key}` is used twice, first in line {out[key]}")
        out[key] = line
    return out


def load_nocite(report_dir: Path) -> dict[str, str]:
    """Entries that are printed without being cited, with the reason (a list `nocite` of `key` and `reason`).

    Raises
    ------
    ConfigError
        An entry lacks key or reason, has another key, or is listed twice.
    """
    path = report_dir / NOCITE
    if not path.is_file():
        return {}
    out: dict[str, str] = {}
    for item in read_mapping(path).get("nocite") or []:
        if not isinstance(item, dict) or set(item) != {"key", "reason"} or not item["reason"]:
            raise ConfigError(f"{NOCITE}: entry {item!r} needs key and reason, and nothing else")
        if item["key"] in out:
            raise ConfigError(f"{NOCITE}: `{item['key']}` is listed twice")
        out[str(item["key"])] = str(item["reason"])
    return out


def unused(report_dir: Path, cited: Collection[str], nocite: Mapping[str, str]) -> list[Finding]:
    """Report entries that nobody cites and `nocite.yaml` does not list, and lines of the list without an entry."""
    path = report_dir / BIB
    known = entries(path) if path.is_file() else {}
    found = [
        Finding(BIB, line, f"`{key}` is cited nowhere; cite it, or list it in {NOCITE} with the reason")
        for key, line in known.items()
        if key not in cited and key not in nocite
    ]
    for key in nocite:
        if key not in known:
            found.append(Finding(NOCITE, 1, f"`{key}` is not in {BIB}{suggest(key, list(known))}"))
    return found
