"""Direction words against their facts: right sentences pass, the same sentences with the word flipped are caught."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.config import load_method
from analysis.publish import directions as d
from analysis.publish import lint
from analysis.publish.chapters import Rendered, idle
from analysis.publish.outline import Chapter

WORDS = load_method("default", Path(__file__).resolve().parents[2] / "config").words
FLIP = {
    "wzrósł": "spadł", "wzrosła": "spadła", "wzrosło": "spadło", "wzrosły": "spadły", "zwiększyła": "zmniejszyła",
    "wyższa": "niższa", "wyższą": "niższą", "wyższe": "niższe", "wyższy": "niższy", "więcej": "mniej",
    "większa": "mniejsza", "increased": "decreased", "rose": "fell", "higher": "lower",
}  # fmt: skip
FLIP |= {b: a for a, b in FLIP.items()}


def fact(value: float | str, unit: str = "members", decimals: int = 0) -> dict[str, Any]:
    return {"value": value, "unit": unit, "decimals": decimals, "notebook": "21_sample"}


FACTS = {
    "sample.members.mean": fact(118), "previous.sample.members.mean": fact(105),
    "sample.clusters": fact(32), "previous.sample.clusters": fact(32),
    "profile.I.1.1.mean": fact(20.0, "persons", 1), "profile.I.1.1.previous.mean": fact(25.0, "persons", 1),
    "profile.I.1.1.median": fact(7.0, "persons", 1), "profile.I.1.1.previous.median": fact(6.0, "persons", 1),
    "profile.I.1.1.lt_5.count": fact(12, "members"), "profile.I.1.1.lt_5.threshold": fact(5, "members"),
    "score.I.all.benchmark": fact(0.79, "score", 2), "previous.area.I.benchmark": fact(0.78, "score", 2),
    "score.I.all.mean": fact(0.30, "score", 2), "score.I.kkk.mean": fact(0.44, "score", 2),
    "score.I.not_kkk.mean": fact(0.20, "score", 2), "gap.kkk.gap": fact(0.24, "score", 2),
}  # fmt: skip


def marked(text: str) -> str:
    """Write `<fact.id>` as the chapters do."""
    return re.sub(r"<([\w.]+)>", lambda m: f'[{FACTS[m.group(1)]["value"]}]{{.fact f="{m.group(1)}"}}', text)


def wrong(text: str, lang: str = "pl") -> list[str]:
    return [f.message for f in d.directions(marked(text), "a.md", FACTS, WORDS, lang)]


RIGHT = [
    "Średnia liczba członków wzrosła z <previous.sample.members.mean> do <sample.members.mean>.",
    "Średnia <sample.members.mean> jest wyższa niż w poprzedniej edycji (<previous.sample.members.mean>).",
    "W poprzedniej edycji było to <profile.I.1.1.previous.mean>, a więc średnia spadła.",
    "Średnia spadła (poprzednio <profile.I.1.1.previous.mean>), mimo że mediana wzrosła "
    "(<profile.I.1.1.previous.median>).",
    "W poprzedniej edycji średnia wynosiła <profile.I.1.1.previous.mean>, była zatem wyższa niż teraz.",
    "Klastry z KKK mają średnią wyższą niż pozostałe (<score.I.kkk.mean> i <score.I.not_kkk.mean>).",
    "KKK mają średnią wyższą (<score.I.kkk.mean>) niż inne klastry (<score.I.not_kkk.mean>).",
    "Średnia (<score.I.all.mean>) jest znacznie niższa od benchmarku (<score.I.all.benchmark>).",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_a_right_sentence_passes_and_its_flipped_twin_is_caught(sentence: str) -> None:
    assert wrong(sentence) == []
    for match in re.finditer(r"\w+", sentence):
        if match.group() in FLIP and "<" not in match.group():
            twin = sentence[: match.start()] + FLIP[match.group()] + sentence[match.end() :]
            assert len(wrong(twin)) >= 1, twin


@pytest.mark.parametrize("word", ["wzrósł", "spadł"])
def test_numbers_that_print_alike_neither_rise_nor_fall(word: str) -> None:
    sentence = f"Wynik {word} z <previous.sample.clusters> do <sample.clusters>."
    assert len(wrong(sentence)) == 1 and "the same" in wrong(sentence)[0]
    assert wrong("Wynik nie zmienił się (<previous.sample.clusters>).") == []


def test_near_means_within_the_thresholds_of_the_method() -> None:
    assert wrong("Benchmark pozostał zbliżony (było <previous.area.I.benchmark>, jest <score.I.all.benchmark>).") == []
    assert len(wrong("Średnia pozostała zbliżona (było <profile.I.1.1.previous.mean>).")) == 1
    assert len(wrong("Średnia się nie zmieniła (<profile.I.1.1.previous.mean>).")) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Połowa ma wynik nie wyższy niż <score.I.all.mean>, a najlepszy to <score.I.all.benchmark>.",
        "W <profile.I.1.1.lt_5.count> klastrach jest to więcej niż <profile.I.1.1.lt_5.threshold> osób.",
        "Średnia KKK (<score.I.kkk.mean>) jest o <gap.kkk.gap> niższa niż można sądzić (<score.I.not_kkk.mean>).",
        "Co najmniej trzy lub więcej organów (<profile.I.1.1.mean>), poprzednio <profile.I.1.1.previous.mean>.",
        "Średnia nie wzrosła (poprzednio <sample.members.mean>).",
        "Wzrost gospodarczy nie mówi o klastrach (<profile.I.1.1.previous.mean>).",
    ],
)
def test_what_cannot_be_read_for_sure_is_left_alone(sentence: str) -> None:
    assert wrong(sentence) == []


def test_english() -> None:
    assert wrong("The mean rose from <previous.sample.members.mean> to <sample.members.mean>.", "en") == []
    assert len(wrong("The mean fell from <previous.sample.members.mean> to <sample.members.mean>.", "en")) == 1


def test_a_finding_names_line_sentence_facts_and_the_way_out() -> None:
    text = marked(
        "# A\n\nPierwsze zdanie. Średnia\nspadła z <previous.sample.members.mean> do <sample.members.mean>.\n"
    )
    (found,) = d.directions(text, "05.md", FACTS, WORDS)
    assert (found.file, found.line) == ("05.md", 3)
    for part in (
        "Średnia spadła z 105 do 118.",
        "`sample.members.mean` = 118",
        "`previous.sample.members.mean`",
        "change(",
    ):
        assert part in found.message


# --- numbers from nowhere, and announcements in vain ----------------------------------------------------------------


def test_a_number_that_no_fact_stands_behind_is_found_in_rendered_text() -> None:
    text = marked("Było <sample.clusters> klastrów.\n\nJest 42 klastrów, a w pięciu klastrach mniej; dwa powody.\n")
    found = [(f.line, f.message.split("`")[1]) for f in lint.orphans(text, "a.md")]
    assert found == [(3, "42"), (3, "pięciu klastrach")]
    assert lint.orphans("::: {#fig-13 .exhibit}\nRysunek 13. Dwa klastry w 2022 r.\n:::\n", "a.md") == []


def rendered(text: str, **more: Any) -> Rendered:
    chapter = Chapter(number="5", title="Wyniki", status="ready", file="05.md", **more)
    return Rendered(chapter, marked(text), facts=set(re.findall(r"<([\w.]+)>", text)))


def test_what_a_chapter_announces_must_be_printed() -> None:
    text = "Średnio <sample.members.mean> członków."
    assert idle(rendered(text, notebooks=["21_sample"], facts=["sample.members.*"]), FACTS, {}) == []
    messages = [f.message for f in idle(rendered(text, notebooks=["30_scores"], facts=["sample.*", "x.*"]), FACTS, {})]
    assert "notebook `30_scores`" in messages[0]
    assert "sample.clusters not printed" in messages[1] and "no fact fits `x.*`" in messages[2]


# --- the book itself ------------------------------------------------------------------------------------------------


@pytest.mark.product
def test_every_checked_sentence_of_the_book_is_right_and_caught_when_flipped(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    seen = flipped = 0
    for path in sorted((build / "50_chapters").glob("[0-9]*.md")):
        text = path.read_text("utf-8")
        checks = d.checks(text, facts)
        seen += len(checks)
        assert d.directions(text, path.name, facts, WORDS) == []
        for word in sorted({c.word for c in checks} & set(FLIP)):
            twin = re.sub(rf"\b{word}\b", FLIP[word], text)
            before = [c for c in checks if c.word == word]
            found = d.directions(twin, path.name, facts, WORDS)
            assert len(found) >= len({c.sentence for c in before}), word
            flipped += 1
    assert seen >= 8 and flipped >= 3
