"""Tracked changes between two published reports: nothing is lost, and the page says it in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import PublishError
from analysis.publish.revision import Unit, compare_documents, read_document, write_revision
from analysis.publish.revision.matching import summary, track

PLACE = {"page": "1.html", "chapter": "1 Wstęp"}
WORDS = st.lists(st.sampled_from(["Mediana", "wynosi", "0,21.", "Rośnie", "spada.", "I", "tyle."]), max_size=9)


def unit(text: str, kind: str = "text", section: str = "s", **more: object) -> Unit:
    return Unit(kind, text, section=section, **PLACE, **more)  # type: ignore[arg-type]


def sides(units: list[Unit], changes: list, side: str) -> bool:
    found = [getattr(c, side) for c in changes if getattr(c, side) is not None]
    return sorted(map(repr, found)) == sorted(map(repr, units))


@given(WORDS, WORDS)
def test_both_texts_can_be_read_back(a: list[str], b: list[str]) -> None:
    before, after = " ".join(a), " ".join(b)
    pieces = track(before, after)
    assert "".join(t for how, t in pieces if how != "added") == before
    assert "".join(t for how, t in pieces if how != "removed") == after


@given(st.lists(st.tuples(st.sampled_from("abc"), WORDS), max_size=8), st.data())
def test_every_unit_of_both_reports_appears_once(drawn: list[tuple[str, list[str]]], data: st.DataObject) -> None:
    before = [unit(" ".join(words) or "x", section=section) for section, words in drawn]
    after = [u for u in data.draw(st.permutations(before)) if data.draw(st.booleans())]
    after += [unit("Dodane zdanie.", section="d")]
    changes = compare_documents(before, after)
    assert sides(before, changes, "before") and sides(after, changes, "after")
    for change in changes:
        if change.before is not None and change.after is not None:
            assert change.before.section == change.after.section


def test_a_changed_number_keeps_its_sentence_and_the_others() -> None:
    before = [unit("Mediana wynosi 0,21. Najlepszy ma 0,79. Reszta jest niżej.")]
    after = [unit("Mediana wynosi 0,16. Najlepszy ma 0,79. Reszta jest niżej.")]
    (change,) = compare_documents(before, after)
    assert change.sentences == (1, 0, 0)
    assert [p for p in change.pieces if p[0] != "same"] == [("removed", "0,21"), ("added", "0,16")]


def test_a_table_shows_changed_cells_and_rows() -> None:
    head = ("Podobszar", "Mediana")
    before = [unit("Tabela 5", "table", key="tbl-5", rows=(head, ("A", "0,1"), ("B", "0,2"), ("C", "0,3")))]
    after = [unit("Tabela 5", "table", key="tbl-5", rows=(head, ("A", "0,1"), ("C", "0,4"), ("D", "0,5")))]
    (change,) = compare_documents(before, after)
    assert change.cells[1] == ((("same", "A"),), (("same", "0,1"),))
    assert change.cells[2] == ((("removed", "B"),), (("removed", "0,2"),))
    assert change.cells[3] == ((("same", "C"),), (("removed", "0,3"), ("added", "0,4")))
    assert change.changed_cells == 5


def test_a_report_that_was_not_built_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="klastry build --edition 2024 --method uncapped"):
        read_document(tmp_path / "2024-uncapped")


@pytest.fixture(scope="module")
def edited(build: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the report in which one number of a sentence, one cell and one drawing were changed."""
    copy = tmp_path_factory.mktemp("edited") / "2024-edited"
    shutil.copytree(
        build / "60_report/html", copy / "60_report/html", ignore=shutil.ignore_patterns("liczby*", "dane*")
    )
    folder = copy / "60_report/html"
    (page,) = folder.glob("5-2-*.html")
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    mark = soup.select_one("main article > p [data-f], main article > p .fact")
    cell = soup.select_one("#tbl-5 tbody td")
    assert mark is not None and cell is not None
    number = mark.get_text()
    mark.string, cell.string = "987654", "9,99"
    page.write_text(str(soup), "utf-8")
    drawing = folder / "figures/figure-20.svg"
    drawing.write_text(drawing.read_text("utf-8").replace("<svg", "<svg data-edited='yes'", 1), "utf-8")
    return copy, number


@pytest.mark.product
def test_three_edits_are_three_changes(build: Path, edited: tuple[Path, str], root: Path, tmp_path: Path) -> None:
    copy, number = edited
    before, after = read_document(build), read_document(copy)
    assert len(before) > 900 and all(c.how == "same" for c in compare_documents(before, before))
    changes = [c for c in compare_documents(before, after) if c.how != "same"]
    assert sorted(c.unit.kind for c in changes) == ["figure", "table", "text"]
    counts = summary(compare_documents(before, after))
    total = {name: sum(c[name] for c in counts.values()) for name in ("changed", "removed", "added", "cells")}
    assert total == {"changed": 1, "removed": 0, "added": 0, "cells": 1}

    page = write_revision(before, after, ("2024", "2024-edited"), root / "report/style", tmp_path / "out")
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    first, second = soup.select_one("section p del"), soup.select_one("section p ins")
    assert first is not None and first.get_text() == f"usunięto: {number}"
    assert second is not None and second.get_text() == "dodano: 987654"
    images = [tmp_path / "out" / str(img["src"]) for img in soup.select("img")]
    assert len(images) == 2 and images[0].read_bytes() != images[1].read_bytes()
    assert all(img.get("alt") for img in soup.select("img"))
    again = page.read_bytes()
    assert write_revision(before, after, ("2024", "2024-edited"), root / "report/style", tmp_path / "out") == page
    assert page.read_bytes() == again


@pytest.mark.product
def test_the_units_are_the_words_of_the_pages(build: Path) -> None:
    """What is compared is what is printed: every word of an article's paragraphs is in a unit."""
    units = read_document(build)
    (path,) = (build / "60_report/html").glob("5-1-*.html")
    article = BeautifulSoup(path.read_text("utf-8"), "html.parser").select_one("main article")
    assert article is not None
    for aside in article.select(
        "details.sources, details.cite, .anchor, .exhibit-links, .eyebrow, figure, nav, button"
    ):
        aside.decompose()
    printed = set(article.get_text(" ").replace("\u00a0", " ").split())
    read = set(" ".join(u.text for u in units if u.page == path.name).split())
    lost = {w.strip("„”().,;:") for w in printed} - {w.strip("„”().,;:") for w in read}
    assert len(read) > 200 and lost <= {""}
