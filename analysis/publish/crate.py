"""The report folder as an RO-Crate 1.1: every file with size and hash, the method, the inputs, how it was made.

RO-Crate is a way to describe research data as JSON-LD (https://www.researchobject.org/ro-crate/). The `rocrate` library
builds the graph; dates come from the edition and entities are sorted, so that the same report gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from analysis.config import load_method
from analysis.publish import citation
from analysis.publish.about_page import CRATE
from analysis.publish.manifest import versions
from analysis.publish.publication import LANG, Publication
from analysis.sources import sha256

_TYPES = {
    ".html": "text/html", ".pdf": "application/pdf", ".csv": "text/csv", ".json": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css", ".js": "text/javascript",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".epub": "application/epub+zip",
    ".txt": "text/plain", ".graphml": "application/xml", ".gexf": "application/xml", ".zip": "application/zip",
    ".yaml": "application/yaml",
}  # fmt: skip
_LICENCES = {"MIT": "https://spdx.org/licenses/MIT", "CC0-1.0": "https://spdx.org/licenses/CC0-1.0"}


def _entity(crate: ROCrate, ident: str, **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, ident, properties=properties))


def write_crate(pub: Publication, report: Path) -> Path:
    """Describe a report folder; returns the path of `ro-crate-metadata.json` in it."""
    work = citation.load_work(pub)
    method = load_method(pub.method, pub.project / "config")
    day = pub.date.isoformat()
    crate = ROCrate()
    crate.name = f"{work.title if pub.lang == LANG else pub.title}. {work.edition}"
    crate.description = " ".join(filter(None, [f"{pub.subtitle}. {pub.period}.", pub.provenance_note]))
    crate.root_dataset["datePublished"] = day
    crate.root_dataset["inLanguage"] = pub.lang
    crate.root_dataset["version"] = work.version or str(pub.edition)
    licence = _LICENCES.get(work.licence)
    if licence:
        crate.root_dataset["license"] = _entity(crate, licence, **{"@type": "CreativeWork", "name": work.licence})
    crate.root_dataset["author"] = [
        _entity(crate, f"#author-{i + 1}", **{"@type": "Organization", "name": name})
        for i, name in enumerate(work.authors)
    ]
    printed = " ".join(str(pub.info.get("citation") or "").split())
    if printed:
        source = _entity(crate, "#printed-report", **{"@type": "CreativeWork", "name": printed})
        crate.root_dataset["isBasedOn"] = source
    files = [
        crate.add_file(
            path,
            dest_path=path.relative_to(report).as_posix(),
            properties={
                "encodingFormat": _TYPES.get(path.suffix, "application/octet-stream"),
                "contentSize": str(path.stat().st_size),
                "sha256": sha256(path),
            },
        )
        for path in sorted(report.rglob("*"))
        if path.is_file() and path.name != CRATE
    ]
    tools = [
        _entity(crate, f"#tool-{name}", **{"@type": "SoftwareApplication", "name": name, "version": version})
        for name, version in versions(pub.project).items()
    ]
    made = {
        "@type": "CreateAction",
        "name": f"klastry build --edition {pub.edition} --method {pub.method}"
        + ("" if pub.lang == LANG else f" --language {pub.lang}"),
        "description": f"{method.description}. Seed {method.seed}; answers: {pub.info['provenance']}.",
        "endTime": day,
    }
    action = _entity(crate, "#build", **made)
    action["instrument"] = tools
    action["result"] = [file for file in files if "/" not in file.id]
    crate.root_dataset["mentions"] = action
    graph = crate.metadata.generate()
    # The library orders parts by time of adding and stamps what has no date; both are fixed here.
    graph["@graph"] = sorted(graph["@graph"], key=lambda entity: str(entity["@id"]))
    for entity in graph["@graph"]:
        if entity["@id"] == "./":
            entity["hasPart"] = sorted(entity["hasPart"], key=lambda part: str(part["@id"]))
    path = report / CRATE
    path.write_text(json.dumps(graph, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return path
