"""Records of data/knowledge: what is broken stops with file, line and key; what is whole can be printed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from analysis.config import Words
from analysis.errors import ConfigError
from analysis.framework import Framework, load_framework
from analysis.knowledge import Addressee, Cluster, Record, RecordFact, Reference, Subarea, facts_table, read_records
from analysis.knowledge.glossary import load_glossary, polish_order
from analysis.publish.chapters import render
from analysis.publish.outline import Chapter
from analysis.publish.record_voice import at_record, typed_digits

REFERENCE = Reference(["I.1", "II.5"], ["PARP", "COORDINATOR"], ["Klaster Próbny"])
GOOD = """\
id: proba
title: Praktyka próbna
cluster: Klaster Próbny
key_area: I.1
related_areas: [II.5]
addressees: [PARP]
description: |
  Uczestniczyło {{ counted("firms", "firma", "firmy", "firm") }}.

  Wynik: {{ n("share") }}.
steps:
  - Zapytaj członków.
  - Policz {{ n("firms") }} firm.
facts:
  - {id: firms, name: Liczba firm, value: 12, unit: enterprises, line: 7}
  - {id: share, name: Udział, value: 34.42, unit: percent, decimals: 2, kind: expected, line: 8-9}
"""


class Practice(Record):
    KIND: ClassVar[str] = "practice"
    CODES: ClassVar[frozenset[str]] = frozenset({"id", "cluster", "key_area", "related_areas", "addressees"})

    id: str
    title: str
    cluster: Cluster
    key_area: Subarea
    related_areas: list[Subarea]
    addressees: list[Addressee]
    description: str
    steps: list[str]
    facts: list[RecordFact] = Field(default_factory=list)


def _read(tmp_path: Path, *texts: str) -> list[Practice]:
    folder = tmp_path / "data/knowledge/practices"
    folder.mkdir(parents=True, exist_ok=True)
    for i, text in enumerate(texts):
        (folder / f"p{i}.yaml").write_text(text, encoding="utf-8")
    return read_records(folder, Practice, REFERENCE)


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


def test_whole_record_gives_facts(tmp_path: Path) -> None:
    (record,) = _read(tmp_path, GOOD)
    assert record.place.file == "data/knowledge/practices/p0.yaml"
    table = facts_table([record]).set_index("id")
    assert table.loc["practice.proba.share", ["value", "unit", "decimals", "kind"]].tolist() == [
        34.42,
        "percent",
        2,
        "expected",
    ]
    assert table.at["practice.proba.firms", "value"] == 12
    assert isinstance(table.at["practice.proba.firms", "value"], int)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Praktyka próbna\n", "", "p0.yaml:1: title: missing"),
        ("key_area: I.1", "key_area: I.9", "p0.yaml:4: key_area: unknown sub-area `I.9`; did you mean I.1"),
        ("[II.5]", "[II.5, X.1]", "p0.yaml:5: related_areas.1: unknown sub-area `X.1`"),
        ("[PARP]", "[PRAP]", "p0.yaml:6: addressees.0: unknown addressee `PRAP`; did you mean PARP"),
        ("cluster: Klaster Próbny", "cluster: Klaster Inny", "p0.yaml:3: cluster: unknown cluster `Klaster Inny`"),
        ("description: |", "descripton: |", "p0.yaml:8: descripton: unknown key; did you mean description"),
        ("unit: percent", "unit: percents", "p0.yaml:16: facts.1.unit: unknown unit `percents`; did you mean percent"),
        ("kind: expected", "kind: hoped", "p0.yaml:16: facts.1.kind: Input should be"),
        ("id: share", "id: firms", "p0.yaml: facts: `firms` is defined twice"),
        ("id: proba\n", "id: proba\nid: inna\n", "p0.yaml:2: id: stands in the file twice"),
        (GOOD, "- a\n- b\n", "p0.yaml: a record is a list of keys with values"),
        ("title: Praktyka", "title: [Praktyka", "p0.yaml: not readable as YAML"),
    ],
)
def test_broken_record_stops_with_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as error:
        _read(tmp_path, GOOD.replace(old, new))
    assert message in str(error.value)


def test_two_records_with_one_id(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"practices/p1.yaml:1: `proba` is taken by .*practices/p0.yaml"):
        _read(tmp_path, GOOD, GOOD)


def test_every_problem_of_every_file_is_listed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        _read(tmp_path, GOOD.replace("I.1", "I.9"), GOOD.replace("id: proba", "id: inna").replace("PARP", "XX"))
    assert "p0.yaml:4: key_area" in str(error.value) and "p1.yaml:6: addressees.0" in str(error.value)


FACTS = {
    "practice.proba.firms": {"value": 12, "unit": "enterprises", "decimals": 0, "notebook": "12_knowledge"},
    "practice.proba.share": {"value": 34.42, "unit": "percent", "decimals": 2, "notebook": "12_knowledge"},
}  # fmt: skip


def _told(tmp_path: Path, text: str, record: Record) -> tuple[str, list[str]]:
    (tmp_path / "09.md").write_text(text, encoding="utf-8")
    chapter = Chapter(title="T", status="ready", file="09.md")

    class Shelf:
        practices: ClassVar[list[Record]] = [record]

    out, found = render(
        chapter, tmp_path, FACTS, {}, words=Words(), edition={}, knowledge=Shelf()  # type: ignore[arg-type]
    )  # fmt: skip
    return out.text, [str(f) for f in found]


def test_told_text_prints_the_records_own_facts(tmp_path: Path) -> None:
    (record,) = _read(tmp_path, GOOD)
    loop = '{% for p in knowledge.practices %}{{ told(p, "description") }}{{ told(p, "steps") }}{% endfor %}'
    text, found = _told(tmp_path, loop, record)
    assert not found
    assert 'Uczestniczyło [12]{.fact f="practice.proba.firms"}\u00a0firm.' in text
    assert 'Wynik: [34,42%]{.fact f="practice.proba.share"}' in text
    assert '- Zapytaj członków.\n- Policz [12]{.fact f="practice.proba.firms"}' in text


def test_what_is_wrong_in_a_text_is_reported_at_the_record(tmp_path: Path) -> None:
    broken = GOOD.replace('n("share")', 'n("shard")').replace('{{ n("firms") }} firm.', "{{ nn }} firm.")
    (record,) = _read(tmp_path, broken)
    _, found = _told(tmp_path, '{{ told(knowledge.practices[0], "description") }}', record)
    assert found[0].startswith("data/knowledge/practices/p0.yaml:8: description: no fact `practice.proba.shard`")
    _, found = _told(tmp_path, '{{ told(knowledge.practices[0], "steps") }}', record)
    assert found == ["data/knowledge/practices/p0.yaml:13: steps.1: 'nn' is undefined"]
    _, found = _told(tmp_path, '\n{{ told(knowledge.practices[0], "effect") }}', record)
    assert found == ["chapters/09.md:2: told(…, “effect”): data/knowledge/practices/p0.yaml has no text under this key"]


def test_typed_digit_in_a_record_is_found(tmp_path: Path) -> None:
    (record,) = _read(tmp_path, GOOD.replace("Zapytaj członków.", "Zapytaj 12 członków."))
    (finding,) = typed_digits([record], [], {})
    assert (finding.file, finding.line) == ("data/knowledge/practices/p0.yaml", 12)
    assert finding.message.startswith("steps.0: typed number `12`")


def test_finding_in_a_chapter_moves_to_the_record(tmp_path: Path) -> None:
    from analysis.publish.lint import Finding
    from analysis.publish.record_voice import Told

    told = [Told("data/knowledge/practices/p0.yaml", 8, "description", "Wynik wzrósł do dziesięciu.")]
    chapter = "# T\n\n**Opis.** Wynik wzrósł do dziesięciu.\n\nInne.\n"
    moved = at_record(Finding("50_chapters/09.md", 3, "wrong"), chapter, told)
    assert str(moved) == "data/knowledge/practices/p0.yaml:8: description: wrong"
    kept = Finding("50_chapters/09.md", 5, "wrong")
    assert at_record(kept, chapter, told) is kept


def test_polish_alphabet() -> None:
    words = ["Łańcuch", "Źródło", "Mediana", "Lider", "Ćma", "CATI", "Zysk", "Ósemka", "Obszar", "Żabka", "cel"]
    assert sorted(words, key=polish_order) == [
        "CATI", "cel", "Ćma", "Lider", "Łańcuch", "Mediana", "Obszar", "Ósemka", "Zysk", "Źródło", "Żabka",
    ]  # fmt: skip


def test_unknown_term_in_the_glossary(root: Path, tmp_path: Path, framework: Framework) -> None:
    path = tmp_path / "data/knowledge/glossary.csv"
    path.parent.mkdir(parents=True)
    shutil.copyfile(root / "data/knowledge/glossary.csv", path)
    text = path.read_text("utf-8")
    assert ",koordynator;" in text
    path.write_text(text.replace(",koordynator;", ",kordynator;", 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"glossary\.csv:\d+: see: unknown term `kordynator`; did you mean koord"):
        load_glossary(path, framework)
