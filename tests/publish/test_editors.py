"""The list of sentences that editors of another edition must read over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.publish.editors import FILE, beginnings, claims, list_for_editors, sentences_to_check, written_pairs

SOURCE = """Klastrów było {{ f("n") }}. To zdanie nie ma liczby. Budżet wzrósł
do {{ f("b") }} mln zł, przy {{ f("n") }} klastrach. Sieć
{{ compare("b", "n", more="rośnie", less="maleje", same="stoi") }}
do {{ f("b") }}. {% if value("b") > 1 %}Więcej niż połowa{% else %}Mniej{% endif %} z {{ f("n") }}. W dwóch branżach na
{{ f("n") }} przeważa chemia, a skala to co najmniej {{ f("b") }}.
{% if value("n") > 1 %}Ten indeks maleje do {{ f("n") }}. To nie błąd.{% endif %}
"""
TEXT = """# Tytuł

Klastrów było [42]{.fact f="n"}. To zdanie nie ma liczby. Budżet wzrósł
do [9]{.fact f="b"} mln zł, przy [3]{.fact f="n"} klastrach.

Kryterium: co najmniej [20]{.fact f="design.min"} członków.
"""
NOW = {"n": {"value": 40}, "b": {"value": 9.0}, "design.min": {"value": 20}}
BEFORE = {"n": {"value": 42}, "b": {"value": 90.0}, "design.min": {"value": 20}}


def test_sentences_with_a_claim_of_a_person_the_largest_change_first() -> None:
    text = TEXT + '\nRazem [3]{.fact f="n"} to więcej niż połowa.\n'
    sources = [SOURCE, "Razem {{ f('n') }} to więcej niż połowa."]
    found = sentences_to_check({"ch": text}, NOW, BEFORE, {"design.min": 2024}, whole=True, sources=sources)
    assert [(c.line, c.change) for c in found] == [(6, "0"), (3, "90"), (8, "5")]
    assert found[0].reason == "liczba przepisana z edycji 2024"
    assert found[1].sentence == "Budżet wzrósł do 9 mln zł, przy 3 klastrach."
    assert (found[1].facts, found[1].before, found[1].now) == ("b; n", "90; 42", "9; 40")
    assert (found[1].reason, found[1].words) == ("kierunek lub porównanie", "wzrósł")
    assert (found[2].reason, found[2].words) == ("liczba słowem, kierunek lub porównanie", "połowa, więcej")


def test_what_the_program_said_needs_no_reading() -> None:
    said = {"ch": 'Wstęp. Budżet wzrósł do [9]{.fact f="b"} mln zł, przy [3]{.fact f="n"} klastrach. Koniec.'}
    assert sentences_to_check({"ch": TEXT}, NOW, BEFORE, {}, whole=True, sources=[SOURCE], computed=said) == []


@pytest.mark.parametrize(
    ("sentence", "kinds", "words"),
    [
        ('Budżet wzrósł do [9]{.fact f="b"} mln zł.', ("kierunek lub porównanie",), ("wzrósł",)),
        ('Sieć rośnie do [9]{.fact f="b"}.', (), ()),  # the program chose the word
        ('Więcej niż połowa z [9]{.fact f="n"}.', (), ()),  # the program chose the branch
        (
            'W dwóch branżach na [9]{.fact f="n"} przeważa chemia, a skala to co najmniej [9]{.fact f="b"}.',
            ("liczba słowem", "kierunek lub porównanie", "nazwa"),
            ("dwóch", "przeważa", "chemia"),
        ),
        ('Klastrów było [42]{.fact f="n"}.', (), ()),
        ('Ten indeks maleje do [42]{.fact f="n"}.', ("kierunek lub porównanie",), ("maleje",)),  # let out, not chosen
    ],
)
def test_claims_are_words_of_a_person(sentence: str, kinds: tuple[str, ...], words: tuple[str, ...]) -> None:
    names = beginnings(["Chemia, budownictwo i gospodarka cyrkularna"])
    assert names[:2] == ("chemi", "budowni")
    assert claims(sentence, written_pairs([SOURCE]), names) == (kinds, words)


def test_the_edition_that_the_texts_were_written_for_has_copied_numbers_only() -> None:
    assert sentences_to_check({"ch": TEXT}, NOW, {}, {}, whole=False) == []
    assert len(sentences_to_check({"ch": TEXT}, NOW, {}, {"design.min": 2024}, whole=False)) == 1


def test_the_file_comes_and_goes(tmp_path: Path) -> None:
    report, build = tmp_path / "report", tmp_path / "build/2026"
    report.mkdir()
    (report / "chapters.yaml").write_text("written_for: 2024\nchapters: []\n")
    (report / "chapters").mkdir()
    (report / "chapters/ch.md").write_text(SOURCE, "utf-8")
    info = {"edition": 2026, "design": {"min": {"value": 20, "copied_from": 2024}}}
    assert len(list_for_editors({"ch": TEXT}, NOW, info, report, build)) == 2
    table = pd.read_csv(build / FILE)
    assert table["chapter"].tolist() == ["ch"] * 2 and "before" in table
    (report / "chapters.yaml").write_text("written_for: 2026\nchapters: []\n")
    assert list_for_editors({"ch": TEXT}, NOW, {"edition": 2026, "design": {"min": {"value": 20}}}, report, build) == []
    assert not (build / FILE).exists()
