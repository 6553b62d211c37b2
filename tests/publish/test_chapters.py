from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.config import Words
from analysis.errors import ConfigError, PublishError
from analysis.publish import chapters, steps
from analysis.publish.outline import Chapter, load_chapters
from analysis.publish.publication import Publication

N = "\u00a0"


def _fact(value: Any, unit: str = "count", decimals: int = 0) -> dict[str, Any]:
    return {"value": value, "unit": unit, "decimals": decimals, "notebook": "20"}


FACTS = {
    "a.n": _fact(17, "clusters"), "a.small": _fact(2.5, "points", 1), "a.score": _fact(0.31, "score", 2),
    "a.score_near": _fact(0.32, "score", 2), "a.score_far": _fact(0.4, "score", 2), "a.now": _fact(120.0),
    "a.before": _fact(100.0), "a.almost": _fact(119.0), "a.same": _fact(119.6),
    "a.name": _fact("B*iotech_ [x]", "text"),
}  # fmt: skip


def _render(
    tmp_path: Path, text: str, lang: str = "pl", partials: dict[str, str] | None = None
) -> tuple[str, list[str]]:
    for name, content in {"04.md": text, **(partials or {})}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    chapter = Chapter(title="T", status="ready", file="04.md", lang=lang)  # type: ignore[arg-type]
    rendered, found = chapters.render(chapter, tmp_path, FACTS, {}, words=Words(), edition={"period": "2022-2023"})
    return rendered.text.strip(), [str(f) for f in found]


def _plain(tmp_path: Path, text: str, lang: str = "pl") -> str:
    out, found = _render(tmp_path, text, lang)
    assert not found, found
    return out


def test_number_is_marked_with_its_fact(tmp_path: Path) -> None:
    assert _plain(tmp_path, '{{ f("a.score") }}') == '[0,31]{.fact f="a.score"}'
    assert _plain(tmp_path, '{{ f("a.score", decimals=1, mark=False) }}') == "0,3"


def test_text_fact_cannot_become_markup(tmp_path: Path) -> None:
    assert _plain(tmp_path, '{{ f("a.name") }}') == r'[B\*iotech\_ \[x\]]{.fact f="a.name"}'


def test_plural(tmp_path: Path) -> None:
    text = '{{ plural("a.n", "klaster", "klastry", "klastrów", mark=False) }}'
    assert _plain(tmp_path, text) == f"17{N}klastrów"
    assert _plain(tmp_path, '{{ plural("a.n", "cluster", "clusters", mark=False) }}', "en") == f"17{N}clusters"


def test_fraction_without_its_form_is_a_problem(tmp_path: Path) -> None:
    _, found = _render(tmp_path, '\n{{ plural("a.small", "punkt", "punkty", "punktów") }}')
    assert found and "chapters/04.md:2" in found[0] and "`other`" in found[0]


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ("a.now", "a.before", "wzrost"),
        ("a.before", "a.now", "spadek"),
        ("a.now", "a.almost", "bez zmian"),  # within two percent
        ("a.now", "a.same", "bez zmian"),  # printed alike
        ("a.score", "a.score_near", "bez zmian"),  # scores have a threshold of their own
        ("a.score", "a.score_far", "spadek"),
    ],
)
def test_words_follow_numbers(tmp_path: Path, a: str, b: str, word: str) -> None:
    text = f'{{{{ change("{a}", "{b}", "wzrost", "spadek", "bez zmian") }}}}'
    assert _plain(tmp_path, text) == word
    text = f'{{{{ compare("{a}", "{b}", more="wzrost", less="spadek", same="bez zmian") }}}}'
    assert _plain(tmp_path, text) == word


def test_different_units_cannot_be_compared(tmp_path: Path) -> None:
    _, found = _render(tmp_path, '{{ change("a.n", "a.score", "a", "b", "c") }}')
    assert found and "cannot be compared" in found[0]


def test_all_missing_facts_at_once_with_line_and_nearest(tmp_path: Path) -> None:
    _, found = _render(tmp_path, 'x\n\n{{ f("a.scor") }} i {{ f("a.n") }}\n\n{{ plural("b.zzz", "a", "b", "c") }}')
    assert [f.split(": ")[0] for f in found] == ["chapters/04.md:3", "chapters/04.md:5"]
    assert "nearest: a.score" in found[0]


def test_missing_fact_in_a_partial_names_the_partial(tmp_path: Path) -> None:
    _, found = _render(tmp_path, '{% include "_part.md" %}', partials={"_part.md": 'x\n{{ f("nope") }}'})
    assert found and found[0].startswith("chapters/_part.md:2: no fact `nope`")


def test_undefined_name_and_broken_template_name_their_line(tmp_path: Path) -> None:
    _, found = _render(tmp_path, "\n\n{{ edtion.period }}")
    assert found and found[0].startswith("chapters/04.md:3") and "did you mean edition" in found[0]
    _, found = _render(tmp_path, "\n{% if %}")
    assert found and found[0].startswith("chapters/04.md:2: not readable as a template")


def test_exhibit_that_was_not_computed(tmp_path: Path) -> None:
    _, found = _render(tmp_path, "{{ figure(40) }}")
    assert found == ["chapters/04.md:1: figure 40 has not been computed; there are: none"]


def test_chapters_yaml_reports_everything(tmp_path: Path) -> None:
    path = tmp_path / "chapters.yaml"
    path.write_text(
        "chapters:\n- {title: A, status: redy}\n- {titel: B, status: ready}\n- {title: C, status: ready, file: c.md}\n"
    )
    with pytest.raises(ConfigError) as error:
        load_chapters(path)
    for part in ("entry 1: status", "did you mean title", "chapters/c.md does not exist"):
        assert part in str(error.value)


def test_used_lists_what_a_chapter_rests_on(mini: Publication) -> None:
    used = json.loads((mini.chapters_dir / "04_results.used.json").read_text("utf-8"))
    assert used["figures"] == [8, 13] and used["tables"] == [4, 18]
    assert used["facts"] == [
        "indicator.I.1.1.median",
        "sample.budget",
        "sample.clusters",
        "sample.persons",
        "sample.persons_before",
        "sample.share",
        "score.I.1.all.median",
    ]


def test_step_reports_all_kinds_of_problems_together(fresh: Publication) -> None:
    path = fresh.report_dir / "chapters" / "04_results.md"
    text = (
        path.read_text("utf-8")
        + '\n\n#### Skok\n\n42 razy\n\n![](x.png)\n\n@fig-99 {{ f("sample.person") }}\n\n{{ figure(8) }}\n'
    )
    path.write_text(text, "utf-8")
    with pytest.raises(PublishError) as error:
        steps.render_chapters(fresh)
    message = str(error.value)
    expected = ["jumps from level 2 to 4", "typed number `42`", "without alt text", "`fig-99`"]
    for part in [*expected, "no fact `sample.person`", "figure 8 is placed again"]:
        assert part in message, part
    line = text.splitlines().index("42 razy") + 1
    assert f"chapters/04_results.md:{line}: typed number" in message


def test_ready_chapter_announces_the_sections_still_to_come(tmp_path: Path) -> None:
    (tmp_path / "04.md").write_text("# T\n\n{{ announced() }}\n", encoding="utf-8")
    chapter = Chapter(title="T", status="ready", file="04.md", sections=["Pierwszy", "Drugi"])
    rendered, found = chapters.render(chapter, tmp_path, FACTS, {}, words=Words(), edition={})
    assert not found and "::: {.in-preparation}" in rendered.text
    assert "- Pierwszy\n- Drugi" in rendered.text
    _, problems = _render(tmp_path, "# T\n\n{{ announced() }}\n")
    assert "no `sections`" in problems[0]
