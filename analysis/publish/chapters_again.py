"""What the last book was made of, so that a changed sentence is rendered with its own chapter and no other.

A rendered chapter depends on its text and on what surrounds all chapters: facts, exhibits, records, lists, method,
program. As long as the surroundings are the same, a chapter whose files are the same is taken from the last time, and
it had no fault then: a book with a fault is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from analysis import unchanged
from analysis.errors import PublishError
from analysis.kept import read_kept, write_kept
from analysis.publish.assemble import Book, Cited
from analysis.publish.chapters import Narrated, Rendered
from analysis.publish.publication import Publication

FILE = "logs/last-book.json"  # it holds times of files, so it is no product


@dataclass(frozen=True)
class Surroundings:
    """What chapters are made of: hash of everything around them, and of each file of their folder by its name."""

    around: str
    texts: dict[str, str]

    @classmethod
    def of(cls, pub: Publication) -> Surroundings:
        """Look at the project and the build as they are now."""
        folder = pub.report_dir / "chapters"
        texts = {path.name: _hash(path.read_bytes()) for path in sorted(folder.glob("*.md"))}
        around = unchanged.around_chapters(pub.project, pub.build)
        return cls(_hash(repr((pub.edition, pub.method, sorted(around.items()))).encode()), texts)


@dataclass(frozen=True)
class LastBook:
    """A book without a fault: its surroundings, chapters as rendered, and the hash of its file.

    `cited` is what citations concerned, see `Book`.
    """

    made_of: Surroundings
    rendered: dict[str, Rendered]
    book: str
    cited: dict[str, Cited]

    @classmethod
    def load(cls, pub: Publication, now: Surroundings) -> LastBook | None:
        """Read what `keep` wrote; None if there is nothing, or the surroundings are others."""
        path = pub.build / FILE
        if not path.is_file():
            return None
        with suppress(PublishError):  # it only saves time: a file that cannot be read is written anew
            last = read_kept(path)
            same = isinstance(last, LastBook) and last.made_of.around == now.around
            # A chapter may include a file only if it is there, so no file may have come or gone.
            return last if same and last.made_of.texts.keys() == now.texts.keys() else None
        return None

    def chapter(self, stem: str, now: Surroundings) -> Rendered | None:
        """A chapter as it was rendered, if all files that it was made of are the same."""
        found = self.rendered.get(stem)
        if found is None or any(self.made_of.texts.get(name) != now.texts.get(name) for name in found.templates):
            return None
        return found

    def narrated(self, stem: str) -> dict[tuple[str, str], Narrated]:
        """What was narrated for a chapter: it follows from what is around, not from the chapter's text."""
        return self.rendered[stem].narrated if stem in self.rendered else {}

    def book_of(self, pub: Publication) -> Book | None:
        """The book itself, if its file is still the one that was written."""
        path = pub.chapters_dir / "book.json"
        if not path.is_file() or _hash(path.read_bytes()) != self.book:
            return None
        book = Book.load(path)
        book.cited = dict(self.cited)
        return book


def keep(pub: Publication, before: Surroundings, rendered: Mapping[str, Rendered], book: Book) -> None:
    """Keep a book without a fault; `before` are the surroundings as they were when the first chapter was read."""
    path = pub.build / FILE
    if Surroundings.of(pub) != before:  # changed meanwhile: nobody knows which chapter read what
        path.unlink(missing_ok=True)
        return
    written = _hash((pub.chapters_dir / "book.json").read_bytes())
    write_kept(LastBook(before, dict(rendered), written, book.cited), path)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
