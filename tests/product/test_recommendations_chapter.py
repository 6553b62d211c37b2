"""Chapter 11 as published: every recommendation with its addressees, first steps and evidence, verdicts as computed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from analysis.framework import load_framework
from analysis.knowledge.recommendations import Recommendation, load_recommendations
from analysis.tables.exhibits import load_words

pytestmark = pytest.mark.product


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


@pytest.fixture(scope="module")
def records(root: Path) -> list[Recommendation]:
    return load_recommendations(root / "data/knowledge/recommendations", load_framework(root / "data"))


@pytest.fixture(scope="module")
def parts(build: Path, records: list[Recommendation]) -> dict[int, list[Tag]]:
    """No → the heading of the recommendation and what stands below it."""
    found = {}
    for page in sorted((build / "60_report/html").glob("11-*.html")):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        for record in records:
            heading = soup.find(id=f"sec-rek-{record.no}")
            if heading is None:
                continue
            block = [heading]
            for item in heading.parent.find_next_siblings():  # a heading stands in a line with its link
                inner = item.find(("h1", "h2", "h3"), recursive=False)
                if inner is not None and inner.name <= heading.name:
                    break
                block.append(item)
            found[record.no] = block
    return found


def test_every_recommendation_is_told(parts: dict[int, list[Tag]], records: list[Recommendation]) -> None:
    assert sorted(parts) == [record.no for record in records]
    for record in records:
        text = _plain(" ".join(item.get_text(" ") for item in parts[record.no]))
        assert text.startswith(f"{record.number} ") and record.title in text
        for code in record.addressees:
            assert record.label(code) in text, (record.no, code)
        assert text.count("Pierwsze kroki") == 1
        steps = sum(len(items) for items in record.first_steps.values())
        (box,) = [i for i in parts[record.no] if "first-steps" in (i.get("class") or [])]
        assert len(box.find_all("li")) == steps
        (evidence,) = [i for i in parts[record.no] if "evidence" in (i.get("class") or [])]
        assert len(evidence.find_all("li")) == len(record.conditions)


def test_verdicts_in_the_text_are_the_computed_ones(
    root: Path, build: Path, parts: dict[int, list[Tag]], records: list[Recommendation]
) -> None:
    words = load_words(root / "report/labels", "pl")["evidence"]
    with (build / "40_analyses/recommendation_verdicts.csv").open(encoding="utf-8") as handle:
        verdicts = {int(row["no"]): row for row in csv.DictReader(handle)}
    with (build / "40_analyses/recommendation_evidence.csv").open(encoding="utf-8") as handle:
        conditions = list(csv.DictReader(handle))
    sayings = {code: words[f"verdict_{code}"] for code in ("supported", "partly", "not_supported", "not_judged")}
    for record in records:
        row = verdicts[record.no]
        met = [c["met"] == "True" for c in conditions if c["no"] == str(record.no)]
        expected = "not_judged" if not met else "supported" if all(met) else "partly" if any(met) else "not_supported"
        assert row["verdict"] == expected
        (box,) = [i for i in parts[record.no] if "evidence" in (i.get("class") or [])]
        assert f"evidence-{expected}" in box["class"]
        shown = _plain(box.get_text(" "))
        assert shown.startswith(f"Dowody: {sayings[expected]}")
        above = next(_plain(i.get_text(" ")) for i in parts[record.no] if "Dla kogo:" in i.get_text())
        assert above.endswith(f"Dowody: {sayings[expected]} .") or above.endswith(f"Dowody: {sayings[expected]}.")
        marks = [words["met"] if x else words["not_met"] for x in met]
        assert re.findall(rf"Warunek ({words['met']}|{words['not_met']})\b", shown) == marks


def test_matrix_is_that_of_the_records(build: Path, records: list[Recommendation]) -> None:
    with (build / "40_analyses/tables/table-66.csv").open(encoding="utf-8") as handle:
        *rows, totals = csv.DictReader(handle)
    for record, row in zip(records, rows, strict=True):
        assert {code for code, mark in row.items() if mark == "tak"} == set(record.addressees)
    assert totals["COORDINATOR"] == "20" and totals["LOCAL_GOV"] == "1"
