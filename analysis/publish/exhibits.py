"""Figures and tables under the numbers of the printed edition: what exists, what is computed, where it is placed."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import PublishError

KINDS = ("figure", "table")
TEXT_WIDTH_CM, MAX_HEIGHT_CM = 16.0, 20.0
FIELDS = ("kind", "no", "title", "chapter", "notebook", "data_file", "image_file", "status")


@dataclass(frozen=True)
class Exhibit:
    """One computed figure or table, read from the JSON that its notebook wrote; paths relative to the build folder."""

    kind: str
    no: int
    id: str
    title: str
    chapter: str
    notebook: str
    source: str
    note: str
    data_file: str
    record: Mapping[str, Any]

    @property
    def image_file(self) -> str:
        """Vector image of a figure, empty for a table."""
        return str(self.record.get("svg", ""))


def exhibit_id(kind: str, no: int) -> str:
    """Return the label of an exhibit: fig-13, tbl-18."""
    return f"{'fig' if kind == 'figure' else 'tbl'}-{no}"


def _read(path: Path, build_dir: Path) -> tuple[Exhibit | None, list[str]]:
    record = json.loads(path.read_text(encoding="utf-8"))
    required = ["kind", "no", "title", "notebook", "source", "data_file"]
    required += ["svg", "png", "alt"] if record.get("kind") == "figure" else ["columns"]
    problems = [f"{path.name}: `{key}` is missing or empty" for key in required if not record.get(key)]
    for key in ("data_file", "svg", "png"):
        if record.get(key) and not (build_dir / record[key]).is_file():
            problems.append(f"{path.name}: {record[key]} does not exist; run {record.get('notebook')} again")
    if record.get("kind") not in KINDS:
        problems.append(f"{path.name}: kind is {record.get('kind')!r}; allowed: {', '.join(KINDS)}")
    if problems:
        return None, problems
    exhibit = Exhibit(
        record["kind"],
        int(record["no"]),
        exhibit_id(record["kind"], int(record["no"])),
        record["title"],
        str(record.get("chapter", "")),
        record["notebook"],
        record["source"],
        record.get("note") or "",
        record["data_file"],
        record,
    )
    return exhibit, []


def load_exhibits(build_dir: Path) -> dict[str, Exhibit]:
    """Read every computed exhibit of a build, keyed by label, in the order of their numbers.

    Raises
    ------
    PublishError
        A caption, alt text, source or file is missing, or two notebooks made the same exhibit; lists all of them.
    """
    found: dict[str, Exhibit] = {}
    problems: list[str] = []
    folder = build_dir / "40_analyses"
    for path in sorted([*folder.glob("figures/*.json"), *folder.glob("tables/*.json")]):
        exhibit, bad = _read(path, build_dir)
        problems += bad
        if exhibit is None:
            continue
        if exhibit.id in found:
            problems.append(f"{path.name}: {exhibit.id} was already made by {found[exhibit.id].notebook}")
        found[exhibit.id] = exhibit
    if problems:
        raise PublishError("exhibits cannot be published:\n  " + "\n  ".join(problems))
    return dict(sorted(found.items(), key=lambda item: (item[1].kind, item[1].no)))


def load_outline(path: Path) -> list[dict[str, str]]:
    """Read the outline of the printed edition: kind, no, title, chapter of every figure and table.

    Raises
    ------
    PublishError
        The file lacks a column or names an exhibit twice.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    keys = [(row.get("kind"), row.get("no")) for row in rows]
    twice = sorted({f"{kind} {no}" for kind, no in keys if keys.count((kind, no)) > 1})
    if twice:
        raise PublishError(f"{path.name}: named twice: {', '.join(twice)}")
    absent = {"kind", "no", "title", "chapter"} - set(rows[0] if rows else {})
    if absent:
        raise PublishError(f"{path.name}: missing column(s) {', '.join(sorted(absent))}")
    return rows


def write_list(
    outline: Iterable[Mapping[str, str]], exhibits: Mapping[str, Exhibit], placed: set[str], out: Path
) -> int:
    """Write `exhibits.csv`: every exhibit of the printed edition, with what made it or an empty notebook.

    Status is published (in a chapter), computed (made, not placed in a chapter yet) or not_computed. Exhibits that the
    outline does not know follow at the end. Returns the number of rows.
    """
    rows = []
    known = set()
    for row in outline:
        label = exhibit_id(row["kind"], int(row["no"]))
        known.add(label)
        rows.append(_row(row["kind"], row["no"], row["title"], row["chapter"], exhibits.get(label), label in placed))
    for label, exhibit in exhibits.items():
        if label not in known:
            rows.append(_row(exhibit.kind, str(exhibit.no), exhibit.title, exhibit.chapter, exhibit, label in placed))
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _row(kind: str, no: str, title: str, chapter: str, made: Exhibit | None, placed: bool) -> dict[str, str]:
    return {
        "kind": kind,
        "no": no,
        "title": made.title if made else title,
        "chapter": chapter or (made.chapter if made else ""),
        "notebook": made.notebook if made else "",
        "data_file": made.data_file if made else "",
        "image_file": made.image_file if made else "",
        "status": ("published" if placed else "computed") if made else "not_computed",
    }


def _svg_size(path: Path) -> tuple[float, float] | None:
    head = path.read_text(encoding="utf-8", errors="replace")[:2000]
    found = [re.search(rf'<svg[^>]*?\b{name}="([\d.]+)', head, re.DOTALL) for name in ("width", "height")]
    if found[0] and found[1]:
        return float(found[0].group(1)), float(found[1].group(1))
    return None


def image_share(exhibit: Exhibit, path: Path) -> float:
    """Share of the text width: full, or 0.6 for half; less where the image would be higher than a page allows."""
    share = 0.6 if exhibit.record.get("width") == "half" else 1.0
    size = _svg_size(path)
    if size:
        height = share * TEXT_WIDTH_CM * size[1] / size[0]
        share *= min(1.0, MAX_HEIGHT_CM / height)
    return share
