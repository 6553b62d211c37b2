from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import ConfigError, PublishError
from analysis.publish import lint


def _found(source: str, allowed: list[lint.Allowed] | None = None, chapter: str = "04") -> list[tuple[int, str]]:
    return [(f.line, f.message.split("`")[1]) for f in lint.digits(source, "a.md", allowed or [], chapter)]


def test_typed_digits_are_found_with_their_line() -> None:
    assert _found("# Tytuł\n\nByły 42 klastry,\nczyli 83,2% ogółu.\n") == [(3, "42"), (4, "83,2")]


@pytest.mark.parametrize(
    "source",
    [
        '{{ f("a.2023") }} klastrów',
        "{% if value('x') > 3 %}tak{% endif %}",
        "{## uwaga 12 ##}",
        "<!-- 12 -->",
        "zob. @fig-13, [na rysunku @tbl-18] i [-@sec-4-2]",
        "[@oecd2008, s. 15] oraz [@a2020; @b2021, s. 3]",
        "przypis[^12]\n\n[^12]: tekst",
        "[link](plik2.html) i <https://example.org/2024>",
        "`kod 12`\n\n```\n12\n```\n",
        "1. pierwszy\n2. drugi",
        '## Nagłówek {#sec-2 number="7.7"}',
        "wskaźnik II.1.1 i podobszar IV.4",
        "$Q_3 + 2$",
        "::: {.note width=20}",
    ],
)
def test_what_is_not_prose_may_hold_digits(source: str) -> None:
    assert _found(source) == []


def test_digits_beside_an_expression_are_still_found() -> None:
    assert _found('{{ f("a") }} z 42 klastrów i 3{{ f("b") }}') == [(1, "42"), (1, "3")]


def test_allow_list(tmp_path: Path) -> None:
    path = tmp_path / "lint.yaml"
    path.write_text(
        "allow:\n- {text: Przemysł 4.0, reason: name}\n- {pattern: 'ISO \\d+', reason: name, chapters: ['07']}\n",
        "utf-8",
    )
    allowed = lint.load_allowed(path)
    assert _found("Przemysł 4.0 i Przemysł 4.01", allowed) == [(1, "4.01")]
    assert _found("ISO 9001", allowed, "07") == []
    assert _found("ISO 9001", allowed, "08") == [(1, "9001")]


@pytest.mark.parametrize(
    "entry", ["{text: a}", "{reason: a}", "{text: a, pattern: b, reason: c}", "{txt: a, reason: b}"]
)
def test_a_careless_allowance_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "lint.yaml"
    path.write_text(f"allow:\n- {entry}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"lint\.yaml"):
        lint.load_allowed(path)


def test_headings() -> None:
    def messages(text: str) -> list[int]:
        return [f.line for f in lint.headings(text, "a.md")]

    assert messages("# A\n\n## B\n\n### C\n\n## D\n") == []
    assert messages("# A\n\n### C\n") == [3]
    assert messages("## A\n") == [1]
    assert messages("# A\n\n# B\n") == [3]
    assert messages("tekst\n") == [1]
    assert messages("# A\n\n```\n#### kod\n```\n") == []


def test_images_need_alt_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.png").touch()
    text = "![opis](images/a.png)\n![](images/a.png)\n![opis](images/b.png)\n![opis](/etc/a.png)"
    assert [f.line for f in lint.images(text, "a.md", tmp_path)] == [2, 3, 4]


def test_duplicate_labels_name_the_first_place() -> None:
    places = [*lint.labels("# A {#sec-a}\n\n## B {#sec-a}\n", "x.md"), *lint.labels("# C {#sec-c}\n", "y.md")]
    found = lint.duplicates(places)
    assert [(f.file, f.line) for f in found] == [("x.md", 3)]
    assert "first in x.md:1" in found[0].message


def test_unknown_reference_suggests_the_nearest() -> None:
    found = lint.references("zob. @fig-13 i @sec-zasby, `@fig-99`", "a.md", {"fig-13", "sec-zasoby"})
    assert len(found) == 1
    assert "sec-zasby" in found[0].message and "sec-zasoby" in found[0].message


def test_stop_lists_everything_at_once() -> None:
    with pytest.raises(PublishError) as error:
        lint.stop([lint.Finding("b.md", 2, "y"), lint.Finding("a.md", 1, "x")])
    assert str(error.value).index("a.md:1: x") < str(error.value).index("b.md:2: y")
    lint.stop([])
