"""The page of tracked changes: self-contained, readable without colours, printable."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from analysis.publish.revision.document import Unit
from analysis.publish.revision.matching import Change, Piece, compare_documents, summary

PAGE = "index.html"
_SPOKEN = {"removed": "usunięto: ", "added": "dodano: "}
_TAG = {"removed": "del", "added": "ins"}


def marked(pieces: Sequence[Piece]) -> Markup:
    """Tracked changes as HTML; what screen readers do not announce of `del` and `ins` is said in words."""
    out = Markup("")
    for how, text in pieces:
        if how == "same":
            out += escape(text)
        else:
            tag = _TAG[how]
            out += Markup('<{}><span class="spoken">{}</span>{}</{}>').format(tag, _SPOKEN[how], text, tag)
    return out


def _figures(changes: Sequence[Change], folder: Path) -> dict[tuple[str, str], str]:
    """Copy the images of figures that differ; returns their paths by side and key."""
    out: dict[tuple[str, str], str] = {}
    for change in changes:
        if change.unit.kind != "figure" or change.how == "same":
            continue
        for side, unit in (("before", change.before), ("after", change.after)):
            if unit is not None and unit.image is not None and unit.image.is_file():
                name = f"figures/{unit.key}-{side}{unit.image.suffix}"
                (folder / "figures").mkdir(exist_ok=True)
                shutil.copyfile(unit.image, folder / name)
                out[side, unit.key] = name
    return out


def _runs(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Chapters, their changes, and how many unchanged units lie between them; headings that did not change stay."""
    chapters = []
    for title, group in groupby(changes, key=lambda c: c.unit.chapter):
        items: list[dict[str, Any]] = []
        heading: Change | None = None
        skipped = 0
        for change in group:
            if change.how == "same" and change.unit.kind == "heading":
                heading = change
            elif change.how == "same":
                skipped += 1
            else:
                if heading is not None:
                    items.append({"kind": "heading", "change": heading, "skipped": 0})
                    heading = None
                items.append({"kind": change.unit.kind, "change": change, "skipped": skipped})
                skipped = 0
        chapters.append({"title": title, "items": items})
    return chapters


def write_revision(
    before: Sequence[Unit], after: Sequence[Unit], names: tuple[str, str], style: Path, out: Path
) -> Path:
    """Write the page of changes from one report to another into the folder `out`; returns the page.

    `names` say what the two are (methods, editions), `style` is the folder of the template `revision.html`. The folder
    is replaced as a whole, when everything is there.
    """
    changes = compare_documents(before, after)
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(style), autoescape=True, undefined=jinja2.StrictUndefined)
    env.filters["marked"] = marked
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        staged = Path(scratch) / "new"
        staged.mkdir()
        counts = summary(changes)
        page = env.get_template("revision.html").render(
            names=names,
            figures=_figures(changes, staged),
            chapters=[c for c in _runs(changes) if c["items"]],
            counts=counts,
            total={key: sum(c[key] for c in counts.values()) for key in {k for c in counts.values() for k in c}},
        )
        (staged / PAGE).write_text(page, encoding="utf-8")
        if out.exists():
            out.rename(Path(scratch) / "old")
        staged.rename(out)
    return out / PAGE
