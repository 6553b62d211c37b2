"""After a changed sentence the book is that of a build from nothing, whatever the change reaches."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import PublishError
from analysis.publish import steps
from analysis.publish.chapters_again import FILE, LastBook, Surroundings
from analysis.publish.publication import Publication, open_publication

PARTIAL = "_part.md"
BIB = "@book{a,\n title={A},\n author={Nowak, Jan},\n date={2020}\n}\n"


@pytest.fixture
def rendered(fresh: Publication) -> Publication:
    """A book with a citation, a note, a partial and narration-free chapters; rendered once."""
    folder = fresh.report_dir / "chapters"
    (folder / PARTIAL).write_text("Część wspólna.\n", encoding="utf-8")
    (fresh.report_dir / "references.bib").write_text(BIB, encoding="utf-8")
    results = folder / "04_results.md"
    results.write_text(
        results.read_text("utf-8") + '\nTak [@a].\n\n{% include "_part.md" %}\n\nKoniec rozdziału.\n', encoding="utf-8"
    )
    return again(fresh)


def again(pub: Publication) -> Publication:
    """Render with what was kept, in a process that has not read anything yet."""
    steps.run("chapters", project=pub.project, edition=2024, build=pub.build)
    return open_publication(pub.project, pub.build, 2024)


def files(pub: Publication) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(pub.chapters_dir.glob("*")) if path.is_file()}


def edit(old: str, new: str, file: str = "04_results.md") -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


@pytest.mark.parametrize(
    "change",
    [
        edit("Koniec rozdziału.", "Koniec „tego” rozdziału - i tyle, w @sec-members."),
        edit("There are", "Here there are", "05_summary.md"),
        edit("Część wspólna", "Inna część", PARTIAL),
        edit("## Członkowie {#sec-members}", "## Osoby {#sec-members}"),
        edit("Tak [@a].", "Nie, jak pisze @a."),
        edit("Przypis dolny", "Drobny przypis"),
        edit("{{ table(4) }}", ""),
        edit("Koniec rozdziału.", "[Summary] i [adres].\n\n[adres]: https://example.org"),
        edit("Koniec rozdziału.", 'Liczba: {{ f("indicator.I.1.1.median") }}.'),
        edit("\nTak [@a].\n", "\nTak [@a]; zob. [na rysunku @fig-13].\n"),
    ],
    ids=["words", "other chapter", "partial", "heading", "citation", "note", "exhibit", "definition", "fact", "beside"],
)
def test_the_book_is_that_of_a_build_from_nothing(rendered: Publication, change: Callable[[Path], None]) -> None:
    before = files(rendered)
    change(rendered.report_dir / "chapters")
    quick = files(again(rendered))
    assert quick["book.json"] != before["book.json"]
    (rendered.build / FILE).unlink()
    assert files(again(rendered)) == quick


def test_only_what_changed_is_made_anew(rendered: Publication) -> None:
    """Words put into what is kept of a chapter show whether it was taken from there."""
    path, folder = rendered.build / FILE, rendered.report_dir / "chapters"

    def mark() -> None:
        assert "There are" in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace("There are", "Kept are"), "utf-8")

    mark()
    edit("Koniec", "Kres")(folder)
    again(rendered)
    assert "Kept are" in (rendered.chapters_dir / "05_summary.md").read_text("utf-8")
    edit("There are", "So there are", "05_summary.md")(folder)
    assert "So there are" in files(again(rendered))["05_summary.md"].decode()


@pytest.mark.parametrize("around", ["facts.json", "config", "new partial", "program"])
def test_other_surroundings_leave_nothing(rendered: Publication, around: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LastBook.load(rendered, Surroundings.of(rendered)) is not None
    if around == "facts.json":
        os.utime(rendered.build / "facts.json")
    elif around == "config":
        (rendered.project / "config/new.yaml").write_text("a: 1\n", encoding="utf-8")
    elif around == "new partial":
        (rendered.report_dir / "chapters/_new.md").write_text("x", encoding="utf-8")
    else:
        monkeypatch.setattr("sys.version_info", (3, 99, 0))
    assert LastBook.load(rendered, Surroundings.of(rendered)) is None


def test_a_file_that_cannot_be_read_is_written_anew(rendered: Publication) -> None:
    good = files(rendered)
    for broken in ("", "{", '{"record": "os:path", "fields": {}}', json.dumps([1])):
        (rendered.build / FILE).write_text(broken, encoding="utf-8")
        assert files(again(rendered)) == good


def test_a_fault_leaves_the_last_book_as_it_was(rendered: Publication) -> None:
    good = files(rendered)
    edit("Koniec", '{{ f("no.such") }} Koniec')(rendered.report_dir / "chapters")
    for _ in range(2):  # a chapter with a fault is not kept
        with pytest.raises(PublishError, match=r"no\.such"):
            again(rendered)
        assert files(rendered) == good
