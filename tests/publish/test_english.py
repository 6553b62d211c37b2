"""The English edition: what is left out stops, what is Polish is found, what differs from the first language stops."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis import language
from analysis.charts.sentences import SENTENCES, say
from analysis.charts.style import shown_number
from analysis.errors import ConfigError, PublishError
from analysis.publish.english import QUOTED, Section, chapter_text, sections
from analysis.publish.english_site import polish_left
from analysis.publish.foreign import ForeignWords
from analysis.reproduction.proofs.words import WORDS
from analysis.tables import load_labels
from analysis.workspace import compare_numbers, open_workspace

FOREIGN = ForeignWords({"pl": ("Klaster Łąka", "Łódź")}, {"pl": QUOTED})
PLACE = re.compile(r"\{(\w+)\}")


def _header(level, ident, number):
    return {"t": "Header", "c": [level, [ident, [], [["number", number]]], []]}


def _exhibit(label):
    return {"t": "Div", "c": [[label, ["exhibit"], []], []]}


def test_headings_are_kept_where_an_exhibit_stands_below():
    nested = {"t": "Div", "c": [["", [], []], [_exhibit("tbl-3")]]}
    blocks = [_header(2, "a", "1.1"), _header(2, "b", "1.2"), _header(3, "c", "1.2.1"), nested, _header(2, "d", "1.3")]
    found = sections(blocks, Section(1, "1", "top"))
    assert [(s.id, s.exhibits) for s in found] == [("top", []), ("b", []), ("c", ["tbl-3"])]
    assert sections([_header(2, "a", "1.1")], Section(1, "1", "top")) == []


def test_a_heading_without_a_title_stops():
    parts = [Section(1, "1", "top", ["fig-1"])]
    with pytest.raises(PublishError, match="no title for top"):
        chapter_text(parts, {})
    text = chapter_text(parts, {"top": "Title"})
    assert "# Title {#top}" in text and "{{ figure(1) }}" in text and "1 figure, which is shown" in text


def test_polish_text_is_found_and_marked_text_is_not():
    html = '<p>Zwykły tekst</p><p lang="pl">Zwykły</p><p>mediana</p><p>Plain text</p><img alt="Map: Łódź 3">'
    assert polish_left(html, FOREIGN) == ["Zwykły tekst", "mediana"]
    assert polish_left('<img alt="Mapa województw, Łódź">', FOREIGN) == ["Mapa województw, Łódź"]


def test_names_and_quotations_are_marked():
    marked = FOREIGN.marked("Members of Klaster Łąka: 3 (l. 5) against „ponad 4”", "en")
    assert marked == 'Members of <span lang="pl">Klaster Łąka</span>: 3 (l. 5) against <span lang="pl">„ponad 4”</span>'


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_sentences_have_the_same_places(key):
    polish, english = SENTENCES[key]
    assert set(PLACE.findall(polish)) == set(PLACE.findall(english)) and english.strip()


def test_words_of_contradictions_are_the_same_in_both_languages():
    polish, english = WORDS["pl"], WORDS["en"]
    assert polish.keys() == english.keys()
    for key, value in polish.items():
        if isinstance(value, dict):
            assert value.keys() == english[key].keys(), key
        elif isinstance(value, str) and key != "tie":
            assert set(PLACE.findall(value)) == set(PLACE.findall(english[key])), key


def test_exhibits_have_the_same_captions_in_both_languages(root):
    polish, english = (load_labels(root / "report/labels", lang) for lang in ("pl", "en"))
    for ours, theirs in ((english.figures, polish.figures), (english.tables, polish.tables)):
        assert ours.keys() == theirs.keys()
        for no, caption in theirs.items():
            assert ours[no]["chapter"] == caption["chapter"] and ours[no]["title"].strip()
            assert ("alt" in caption) == ("alt" in ours[no]), no


def test_the_language_belongs_to_a_block():
    with language.using("en", {"tak": "yes"}):
        assert shown_number(1234.5, 1) == "1,234.5" and language.named("name") == "name_en"
        assert say("and") == " and " and language.text("tak") == "yes"
        assert language.text("nie") == "nie" and language.missing() == ["nie"]
    assert shown_number(1234.5, 1) == "1\u00a0234,5" and language.text("nie") == "nie"
    with pytest.raises(ConfigError, match="no language `de`"):
        language.use("de")


def test_another_number_stops_and_another_word_does_not():
    there = pd.DataFrame({"name": ["a", "b"], "value": [1.0, 2.0]})
    compare_numbers(there, there.assign(name=["x", "y"]), "t.csv")
    with pytest.raises(PublishError, match=r"t\.csv, line 3, column value: 2\.0 in the build, 2\.5"):
        compare_numbers(there, there.assign(value=[1.0, 2.5]), "t.csv")
    with pytest.raises(PublishError, match=r"\(2, 2\) in the build, \(1, 2\)"):
        compare_numbers(there, there.head(1), "t.csv")


def test_a_second_language_fetches_what_the_first_has_kept(root, tmp_path):
    calls = []

    def slow(x):
        calls.append(x)
        return x + 1

    first = open_workspace(2024, "default", root / "data", tmp_path, root / "config")
    (keeper,) = first.keeping("00_test", slow)
    assert keeper(1) == 2 and keeper(5) == 6
    with language.using("en"):
        second = open_workspace(2024, "default", root / "data", tmp_path, root / "config")
        (keeper,) = second.keeping("00_test", slow)
        assert keeper(1) == 2 and keeper(5) == 6
        with pytest.raises(PublishError, match=r"slow\.3\.json is not there yet"):
            keeper(7)
        with pytest.raises(PublishError, match=r"x\.csv is not there yet"):
            second.write(pd.DataFrame({"a": [1]}), "x.csv")
    assert calls == [1, 5]
