"""The list of sentences that editors of another edition must read over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.publish.editors import FILE, list_for_editors, sentences_to_check

TEXT = """# Tytuł

Klastrów było [42]{.fact f="n"}. To zdanie nie ma liczby. Budżet wzrósł
do [9]{.fact f="b"} mln zł, przy [3]{.fact f="n"} klastrach.

Kryterium: co najmniej [20]{.fact f="design.min"} członków.
"""
NOW = {"n": {"value": 40}, "b": {"value": 9.0}, "design.min": {"value": 20}}
BEFORE = {"n": {"value": 42}, "b": {"value": 90.0}, "design.min": {"value": 20}}


def test_every_sentence_with_a_number_the_largest_change_first() -> None:
    found = sentences_to_check({"ch": TEXT}, NOW, BEFORE, {"design.min": 2024}, whole=True)
    assert [(c.line, c.change) for c in found] == [(6, "0"), (3, "90"), (3, "5")]
    assert found[0].reason == "liczba przepisana z edycji 2024"
    assert found[1].sentence == "Budżet wzrósł do 9 mln zł, przy 3 klastrach."
    assert (found[1].facts, found[1].before, found[1].now) == ("b; n", "90; 42", "9; 40")


def test_the_edition_that_the_texts_were_written_for_has_copied_numbers_only() -> None:
    assert sentences_to_check({"ch": TEXT}, NOW, {}, {}, whole=False) == []
    assert len(sentences_to_check({"ch": TEXT}, NOW, {}, {"design.min": 2024}, whole=False)) == 1


def test_the_file_comes_and_goes(tmp_path: Path) -> None:
    report, build = tmp_path / "report", tmp_path / "build/2026"
    report.mkdir()
    (report / "chapters.yaml").write_text("written_for: 2024\nchapters: []\n")
    info = {"edition": 2026, "design": {"min": {"value": 20, "copied_from": 2024}}}
    assert len(list_for_editors({"ch": TEXT}, NOW, info, report, build)) == 3
    table = pd.read_csv(build / FILE)
    assert table["chapter"].tolist() == ["ch"] * 3 and "before" in table
    (report / "chapters.yaml").write_text("written_for: 2026\nchapters: []\n")
    assert list_for_editors({"ch": TEXT}, NOW, {"edition": 2026, "design": {"min": {"value": 20}}}, report, build) == []
    assert not (build / FILE).exists()
