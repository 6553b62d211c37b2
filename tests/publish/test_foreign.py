"""Words in another language: marked once, by the longest term, and never inside a mark that a person has set."""

from __future__ import annotations

from analysis.publish.foreign import ForeignWords
from analysis.publish.pandoc import Node, plain, span, text_inlines

WORDS = ForeignWords({"en": ("smart specialisation", "start-up"), "pl": ("Krajowy Klaster Kluczowy",)})


def paragraph(*inlines: Node) -> list[Node]:
    return [{"t": "Para", "c": list(inlines)}]


def test_a_term_in_a_sentence_is_marked_and_the_rest_is_not() -> None:
    (made,) = WORDS.mark(paragraph(*text_inlines("To jest smart specialisation w regionie.")), "pl")
    marks = [node for node in made["c"] if node["t"] == "Span"]
    assert marks == [span("", [], text_inlines("smart specialisation"), lang="en")]


def test_a_text_marked_by_a_person_keeps_one_mark_and_its_anchor() -> None:
    term = span("sec-x", [], text_inlines("smart specialisation (smart specialisation strategy)"), lang="en")
    (made,) = WORDS.mark(paragraph(term), "pl")
    (kept,) = made["c"]
    assert kept["c"][0] == term["c"][0] and plain(kept["c"][1]) == plain(term["c"][1])
    assert not [node for node in kept["c"][1] if node["t"] == "Span"]


def test_a_language_is_not_foreign_to_itself() -> None:
    text = paragraph(*text_inlines("A smart specialisation of the Krajowy Klaster Kluczowy."))
    (made,) = WORDS.mark(text, "en")
    assert [n["c"][0] for n in made["c"] if n["t"] == "Span"] == [["", [], [["lang", "pl"]]]]
