"""What the last site was made of, so that a changed sentence makes its own page anew and no other.

A page of the book depends on its text, on the places of everything that links lead to, and on the facts it prints. The
pages of numbers, lists and contents depend on places and facts only. As long as those are the same, one page, the page
that searches and its index are all that a changed text changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from analysis.files import write_text
from analysis.publish.notebooks import NotebookPage
from analysis.publish.site import Page

FILE = ".site.json"
Entries = list[dict[str, str]]


def digest(tree: Any) -> str:
    """Hash a tree of JSON."""
    return hashlib.sha256(json.dumps(tree, ensure_ascii=False).encode()).hexdigest()


@dataclass
class SitePages:
    """A site as it was written.

    `frame` is the hash of what all pages share, `pages` maps a page of the book to the hash of its text, the facts it
    prints and its entries of the search index; `more` are the entries of other pages, `extra` file and title of the
    pages besides the book, `leads` the ways from pages to tools.
    """

    frame: str
    extra: list[tuple[str, str]]
    leads: dict[str, str]
    notebooks: list[dict[str, Any]]
    pages: dict[str, tuple[str, list[str], Entries]] = field(default_factory=dict)
    more: Entries = field(default_factory=list)

    @classmethod
    def begin(
        cls, pages: Sequence[Page], places: Mapping[str, tuple[str, str]], placed: Sequence[str],
        extra: Sequence[Page], leads: Mapping[str, str], notebooks: Sequence[NotebookPage],
    ) -> SitePages:  # fmt: skip
        """Describe a site whose pages are still to be written."""
        codes = [{"name": n.name, "title": n.title, "code": n.code} for n in notebooks]
        return cls(frame_of(pages, places, placed), [(p.file, p.title) for p in extra], dict(leads), codes)

    def entries(self) -> Entries:
        """Entries of the search index in their order."""
        return [entry for _, _, entries in self.pages.values() for entry in entries] + self.more

    def replace(self, file: str, entries: Entries) -> None:
        """Put new entries of a page besides the book in the place of its old ones."""
        old = [i for i, entry in enumerate(self.more) if entry["url"].partition("#")[0] == file]
        self.more[old[0] : old[-1] + 1] = entries

    def save(self, folder: Path, entries: Entries | None = None) -> None:
        """Write it beside the site; `entries` are those of all pages."""
        if entries is not None:
            self.more = entries[sum(len(own) for _, _, own in self.pages.values()) :]
        write_text(json.dumps(asdict(self), ensure_ascii=False), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> SitePages | None:
        """Read what `save` wrote; None if there is nothing."""
        path = folder / FILE
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def notebook_pages(self) -> list[NotebookPage]:
        """Notebooks with their names and code, without what their own pages show."""
        return [
            NotebookPage(n["name"], n["title"], "", "", tuple((ident, code) for ident, code in n["code"]))
            for n in self.notebooks
        ]


def frame_of(pages: Sequence[Page], places: Mapping[str, tuple[str, str]], placed: Sequence[str]) -> str:
    """Hash what all pages share: which pages there are, where everything is, which exhibits are placed."""
    listed = [(p.file, p.title, p.number, p.lang, p.ready, p.chapter, len(p.children)) for p in pages]
    return digest([listed, sorted(places.items()), list(placed)])
