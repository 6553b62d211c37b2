"""Recommendations: what the source counts, what stops a broken record, and verdicts that can come out four ways."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import ConfigError
from analysis.framework import Framework, load_framework
from analysis.knowledge import evidence
from analysis.knowledge.recommendations import Condition, Recommendation, facts_table, load_recommendations

# The printed report: recommendations of each section, and of each addressee.
SECTIONS = {"11.1": 9, "11.2": 4, "11.3": 1, "11.4": 4, "11.5": 2, "11.6": 1, "11.7": 2, "11.8": 2}
ADDRESSEES = {
    "COORDINATOR": 20, "PARP": 8, "MIN_ECONOMY": 6, "ZPKP": 5, "MEMBERS": 4, "BSO": 4, "SCIENCE": 4, "MFiPR": 3,
    "EU_FUND_MA": 2, "SECTOR_BODIES": 1, "LOCAL_GOV": 1,
}  # fmt: skip
RECORD = """\
"no": 1
section: "11.2"
title: Próba
title_en: Trial
lines: [1, 2]
addressees: [COORDINATOR]
subareas: [I.1]
gist: Po co.
rationale: Dlaczego.
action: Co.
first_steps:
  COORDINATOR: [Zacznij.]
effect: Skutek.
evidence:
  - {id: few, says: Klastrów jest mało, fact: own.clusters, of: own.all, below: own.half, line: 1}
beyond: Reszty nie zbadano.
"""


def fact(value: float | str, unit: str = "score", decimals: int = 2) -> dict[str, Any]:
    return {"value": value, "unit": unit, "decimals": decimals}


FACTS = {
    "score.I.1.all.median": fact(0.2),
    "strength.limit": fact(0.3),
    "own.clusters": fact(10, "clusters", 0),
    "own.all": fact(40, "clusters", 0),
    "own.half": fact(50, "percent", 0),
}


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


@pytest.fixture(scope="module")
def printed(root: Path, framework: Framework) -> list[Recommendation]:
    return load_recommendations(root / "data/knowledge/recommendations", framework)


def _load(root: Path, tmp_path: Path, framework: Framework, *texts: str) -> list[Recommendation]:
    folder = tmp_path / "data/knowledge/recommendations"
    folder.mkdir(parents=True)
    shutil.copy(root / "data/knowledge/addressees.csv", folder.parent)
    for i, text in enumerate(texts):
        (folder / f"{i:02d}.yaml").write_text(text, encoding="utf-8")
    return load_recommendations(folder, framework)


def test_as_many_as_the_source_has(printed: list[Recommendation]) -> None:
    assert [r.no for r in printed] == list(range(1, 26))
    facts = facts_table(printed).set_index("id")["value"]
    assert facts["recommendations.n"] == 25
    assert {code: facts[f"recommendations.section.{code}.n"] for code in SECTIONS} == SECTIONS
    assert {code: facts[f"recommendations.addressee.{code}.n"] for code in ADDRESSEES} == ADDRESSEES
    assert [r.no for r in printed if r.addressees == ["COORDINATOR"]] == [6, 7, 8, 9]
    assert [r.no for r in printed if "COORDINATOR" not in r.addressees] == [1, 2, 4, 5, 23]
    assert [r.number for r in printed][8:11] == ["11.1.9", "11.2.1", "11.2.2"]


def test_needs_follow_from_the_subareas(printed: list[Recommendation]) -> None:
    for record in printed:
        own = {c.id for c in record.evidence}
        needs = [c for c in record.conditions if c.id not in own]
        measured = {"COORDINATOR", "MEMBERS"} & set(record.addressees)
        assert [c.fact for c in needs] == [f"score.{x}.all.median" for x in record.subareas if measured]
        assert all((c.comparison, c.limit) == ("below", "strength.limit") for c in needs)
        # Every stated condition answers a line of the printed reasons.
        for condition in record.evidence:
            assert condition.line, f"{record.no}.{condition.id}: where does the source say so?"
            low, high = record.lines
            assert low <= int(condition.line) <= high


@pytest.mark.parametrize(
    ("median", "clusters", "expected"),
    [(0.2, 10, "supported"), (0.2, 30, "partly"), (0.4, 10, "partly"), (0.4, 30, "not_supported")],
)
def test_verdict_on_invented_facts(
    root: Path, tmp_path: Path, framework: Framework, median: float, clusters: int, expected: str
) -> None:
    records = _load(root, tmp_path, framework, RECORD)
    facts = FACTS | {"score.I.1.all.median": fact(median), "own.clusters": fact(clusters, "clusters", 0)}
    evaluated = evidence.evaluate(records, facts)
    assert list(evaluated["kind"]) == ["need", "stated"]
    assert evaluated["value"].iloc[1] == 100 * clusters / 40
    assert list(evidence.verdicts(records, evaluated)["verdict"]) == [expected]


def test_what_nobody_asked_is_not_judged(root: Path, tmp_path: Path, framework: Framework) -> None:
    text = RECORD.replace("[COORDINATOR]", "[PARP]").replace("  COORDINATOR:", "  PARP:")
    text = text[: text.index("evidence:")] + "evidence: []\nbeyond: Nie pytano.\n"
    records = _load(root, tmp_path, framework, text)
    table = evidence.verdicts(records, evidence.evaluate(records, {}))
    assert list(table["verdict"]) == ["not_judged"] and list(table["judged"]) == [0]


def test_numbers_meet_the_limit_as_printed() -> None:
    condition = Condition(id="x", says="x", fact="a", below="b")
    assert evidence.judge(condition, {"a": fact(0.2949), "b": fact(0.3)})["met"]
    assert not evidence.judge(condition, {"a": fact(0.295), "b": fact(0.3)})["met"]  # printed 0.30
    at_least = Condition(id="x", says="x", fact="a", at_least=0)
    assert evidence.judge(at_least, {"a": fact(-0.001)})["met"]  # printed 0.00


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"own.clusters": None}, "evidence.0: no fact `own.clusters`; nearest"),
        ({"own.clusters": fact("dziesięć", "text")}, "is a text"),
        ({"own.all": fact(40, "members", 0)}, "a share needs one unit"),
        ({"own.all": fact(0, "clusters", 0)}, "a share needs a positive whole"),
        ({"own.half": fact(0.5)}, "its limit `own.half` in score"),
        ({"score.I.1.all.median": None}, "subareas: no fact `score.I.1.all.median`"),
    ],
)
def test_condition_that_cannot_be_put(
    root: Path, tmp_path: Path, framework: Framework, facts: dict[str, Any], message: str
) -> None:
    records = _load(root, tmp_path, framework, RECORD)
    with pytest.raises(ConfigError) as error:
        evidence.evaluate(records, {k: v for k, v in (FACTS | facts).items() if v is not None})
    assert message in str(error.value) and "recommendations/00.yaml:" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("effect: Skutek.\n", "", "00.yaml:1: effect: missing"),
        ("gist:", "sens: x\ngist:", "00.yaml:8: sens: unknown key"),
        ("[COORDINATOR]", "[KOORDYNATOR]", "unknown addressee `KOORDYNATOR`"),
        ("[I.1]", "[I.9]", "subareas.0: unknown sub-area `I.9`"),
        ("[I.1]", "[]", "`topic` says what it is about"),
        ("  COORDINATOR: [", "  PARP: [", "`first_steps` for PARP"),
        (", below: own.half", "", "needs exactly one of above, at_least, below, at_most; given: none"),
        (", below: own.half", ", below: own.half, above: own.half", "given: above, below"),
        (", below: own.half", ", below: 33", "evidence.0.below"),
        ('"11.2"', '"11.9"', "section: String should match"),
    ],
)
def test_broken_record(root: Path, tmp_path: Path, framework: Framework, old: str, new: str, message: str) -> None:
    assert old in RECORD
    with pytest.raises(ConfigError) as error:
        _load(root, tmp_path, framework, RECORD.replace(old, new, 1))
    assert message in str(error.value) and "recommendations/00.yaml" in str(error.value)


def test_order_of_sections_and_double_numbers(root: Path, tmp_path: Path, framework: Framework) -> None:
    later = RECORD.replace('"no": 1', '"no": 2').replace('"11.2"', '"11.1"')
    with pytest.raises(ConfigError, match=r"number 2 stands in 11\.1, but number 1 already in 11\.2"):
        _load(root, tmp_path / "a", framework, RECORD, later)
    with pytest.raises(ConfigError, match="`1` is"):
        _load(root, tmp_path / "b", framework, RECORD, RECORD)
