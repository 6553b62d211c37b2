"""What went in and what came out: hashes, versions, method and seed of a build, without times or machine names."""

from __future__ import annotations

import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pypandoc

from analysis.config import load_method
from analysis.files import write_json
from analysis.publish.inputs import files_of, input_files
from analysis.publish.publication import Publication
from analysis.sources import sha256

# Executed notebooks and logs hold times; formats before promotion are the report once more; editions in other languages
# and what they fetch are made after the manifest.
_NOT_OUTPUTS = (
    "logs/",
    "notebooks/",
    "50_chapters/out/",
    "50_chapters/quarto/",
    ".",
    "manifest.json",
    "kept/",
    "en/",
    "60_report/en/",
)


def _hashes(paths: list[Path], root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): sha256(path) for path in sorted(paths)}


def versions(project: Path) -> dict[str, str]:
    """Versions of Python, pandoc and every direct dependency."""
    found = {"python": platform.python_version(), "pandoc": str(pypandoc.get_pandoc_version())}
    source = project / "pyproject.toml"
    block = re.search(r"^dependencies = \[(.*?)^\]", source.read_text("utf-8") if source.is_file() else "", re.M | re.S)
    for name in re.findall(r'"([A-Za-z0-9._-]+)', block.group(1)) if block else []:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def manifest(pub: Publication) -> dict[str, Any]:
    """Describe a build: inputs and outputs by hash, versions, the whole method, the seed."""
    inputs = input_files(pub.project, pub.edition)
    outputs = [
        p for p in files_of(pub.build) if not p.relative_to(pub.build).as_posix().startswith(_NOT_OUTPUTS)
    ]  # fmt: skip
    method = load_method(pub.method, pub.project / "config")
    return {
        "edition": pub.edition,
        "provenance": pub.info["provenance"],
        "publication_date": pub.date.isoformat(),
        "method": method.model_dump(),
        "seed": method.seed,
        "versions": versions(pub.project),
        "inputs": _hashes(inputs, pub.project),
        "outputs": _hashes(outputs, pub.build),
    }


def write_manifest(pub: Publication) -> Path:
    """Write `manifest.json` into the build."""
    return write_json(manifest(pub), pub.build / "manifest.json")
