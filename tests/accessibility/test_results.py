"""Verdicts from findings, counts from verdicts, bounds from column totals."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.accessibility import accuracy, band_bounds, bands, criteria_met, load_criteria, pass_counts, score_site
from analysis.accessibility.criteria import Criteria
from analysis.accessibility.score import evidence, same_titles
from analysis.errors import FrameworkError, MethodError


def finding(check: str, **more: object) -> dict[str, object]:
    return {"check": check, "page": "p", "selector": "s", "snippet": "x"} | more


def test_verdicts(criteria: Criteria) -> None:
    found = evidence(
        [finding("color-contrast", doubtful=True), finding("image-alt"), finding("large-image-marked-decorative"),
         finding("new-window-not-told"), finding("reflow"), finding("several-main-headings")], criteria,
    )  # fmt: skip
    verdicts = score_site(found, criteria).set_index("item")["verdict"]
    changed = {"alt_text": "not_met", "contrast": "needs_person", "headings": "needs_person"}
    assert verdicts.to_dict() == {item: changed.get(item, "met") for item in criteria.criteria}
    assert set(score_site(found.head(0), criteria, seen=False)["verdict"]) == {"needs_person"}
    assert found["no"].tolist() == sorted(found["no"]) and found["level"].iloc[1] == "fail"


def test_second_page_with_a_title_is_reported() -> None:
    pages = [{"page": "a", "title": "Klaster"}, {"page": "b", "title": " klaster "}, {"page": "c", "title": "Kontakt"}]
    assert [(f["page"], f["detail"]) for f in same_titles(pages)] == [("b", "a")]


def test_counts_and_bands() -> None:
    audit = pd.DataFrame({"a": [1, 1, 0, None], "b": [1, 0, 0, 1]})
    counts = pass_counts(audit, ["a", "b"])
    assert counts[["value", "n", "open"]].to_numpy().tolist() == [[2, 3, 1], [2, 4, 0]]
    assert criteria_met(audit, ["a", "b"])["sites"].tolist() == [1, 1, 1]
    ten = pd.DataFrame({"met": range(11), "sites": [0, 0, 0, 0, 0, 4, 2, 0, 1, 2, 1]})
    assert bands(ten)["sites"].tolist() == [3, 3, 4]
    with pytest.raises(MethodError, match="no column c"):
        pass_counts(audit, ["c"])
    with pytest.raises(MethodError, match="column a: expected 1"):
        pass_counts(audit.replace({"a": {1: 7}}), ["a"])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=3), st.integers(1, 3))
def test_bounds_are_those_of_all_tables(totals: list[int], least: int) -> None:
    sites = 3
    least = min(least, len(totals))
    columns = [[c for c in itertools.product((0, 1), repeat=sites) if sum(c) == total] for total in totals]
    reached = [int((np.sum(choice, axis=0) >= least).sum()) for choice in itertools.product(*columns)]
    assert band_bounds(totals, sites, least) == (min(reached), max(reached))


def test_bounds_refuse_impossible_totals() -> None:
    with pytest.raises(MethodError, match=r"\[5\] are not between"):
        band_bounds([5], 4, 1)


def test_rates(criteria: Criteria) -> None:
    items = list(criteria.criteria)
    verdicts = pd.DataFrame([(s, i, "met") for s in "abc" for i in items], columns=["site_id", "item", "verdict"])
    first = items[0]
    for site, verdict in zip("abc", ("not_met", "not_met", "needs_person"), strict=True):
        verdicts.loc[(verdicts["site_id"] == site) & (verdicts["item"] == first), "verdict"] = verdict
    table = accuracy.rates(accuracy.confusion({"a": {first}, "b": set(), "c": {first}}, verdicts, criteria))
    row = table.set_index("item").loc[first]
    assert (row["precision"], row["recall"], row["recall_with_person"]) == (0.5, 0.5, 1.0)
    assert pd.isna(table.set_index("item").loc[items[1], "precision"])
    assert table.set_index("item").loc["all", "defects"] == 2


def test_criteria_are_those_of_the_codebook(criteria: Criteria, root: Path) -> None:
    codebook = pd.read_csv(root / "data/framework/questionnaires/websites.csv", dtype=str)
    assert list(criteria.criteria) == list(codebook["item"][1:])
    assert {c.item for c in criteria.checks.values()} == {*criteria.criteria, "beyond"}


def test_every_check_of_the_scripts_is_in_the_table_and_back(criteria: Criteria, root: Path) -> None:
    text = "".join(
        p.read_text("utf-8") for p in (root / "analysis/accessibility").iterdir() if p.suffix in (".py", ".js")
    )
    own = [c.check for c in criteria.checks.values() if c.source == "own"]
    assert [name for name in own if f'"{name}"' not in text] == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",fail,", ",grave,", "wcag_checks.csv, row 2, level: unknown value 'grave'; allowed: fail, review, note"),
        ("image-alt,alt_text", "image-alt,alt", "row 2, item: unknown value 'alt'"),
        ("check,item", "check,what", "row 1: the columns are"),
    ],
)
def test_broken_table_of_checks(root: Path, tmp_path: Path, old: str, new: str, message: str) -> None:
    folder = root / "data" / "framework"
    (tmp_path / "wcag_criteria.csv").write_text((folder / "wcag_criteria.csv").read_text("utf-8"), "utf-8")
    text = (folder / "wcag_checks.csv").read_text("utf-8").replace(old, new, 1)
    (tmp_path / "wcag_checks.csv").write_text(text, "utf-8")
    with pytest.raises(FrameworkError, match=message):
        load_criteria(tmp_path)
