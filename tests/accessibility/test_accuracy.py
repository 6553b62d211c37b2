"""The instrument on sites of our own with known defects: each verdict, and the rates that the documentation prints."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from served import HOST, SITES, served_sites

from analysis.accessibility import accuracy
from analysis.accessibility.audit import audit_sites
from analysis.accessibility.criteria import Criteria
from analysis.accessibility.outputs import Tables

pytestmark = pytest.mark.workflow

with (SITES / "known.csv").open(encoding="utf-8", newline="") as handle:
    KNOWN = list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def audited(chromium: Path, criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """All sites audited: those about titles with three pages, the others with one."""
    out = tmp_path_factory.mktemp("audit")
    parts = []
    with served_sites() as base:
        for pages, several in ((1, False), (3, True)):
            names = [k["site"] for k in KNOWN if k["site"].startswith("title") == several]
            urls = {f"{base}/{name}/index.html": name for name in names}
            tables = audit_sites(
                list(urls), out / str(pages), criteria, max_pages=pages, delay=0, only_hosts={HOST}, timeout=60
            )
            named = dict(zip(tables.sites["site_id"], tables.sites["url"].map(urls), strict=True))
            parts.append([t.assign(site_id=t["site_id"].map(named)) for t in
                          (tables.websites, tables.verdicts, tables.found, tables.sites)])  # fmt: skip
    return Tables(*(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)))


def test_every_site_was_seen(audited: Tables) -> None:
    assert (audited.sites["pages"] > 0).all(), audited.sites[audited.sites["pages"] == 0]


def test_each_criterion_has_defects_and_clean_counterparts(criteria: Criteria) -> None:
    for item in criteria.criteria:
        own = [k for k in KNOWN if item in k["item"].split(";")]
        assert sum(k["expect"] == "not_met" for k in own) >= 2, item
        assert any(k["expect"] == "unseen" for k in own), f"{item}: no defect beyond the instrument is known"
    assert {p.name for p in SITES.iterdir() if p.is_dir() and p.name != "_media"} == {k["site"] for k in KNOWN}


def test_verdicts_are_those_known(audited: Tables) -> None:
    table = audited.verdicts.pivot(index="site_id", columns="item", values="verdict")
    wrong = []
    for known in KNOWN:
        items = set(known["item"].split(";")) - {""}
        for item, verdict in table.loc[known["site"]].items():
            expected = known["expect"] if item in items and known["expect"] != "unseen" else "met"
            if verdict != expected:
                found = audited.found[(audited.found["site_id"] == known["site"]) & (audited.found["item"] == item)]
                wrong.append(f"{known['site']}, {item}: {verdict}, expected {expected}\n{found.to_string()}")
    assert not wrong, "\n".join(wrong)


def test_findings_name_page_and_element(audited: Tables) -> None:
    settled = audited.found[audited.found["level"] == "fail"]
    assert (settled["selector"] != "").all() and settled["page"].str.startswith(f"http://{HOST}").all()
    lacking = settled[(settled["snippet"] == "") & ~settled["check"].isin(["same-title"])]
    assert lacking.empty, lacking


def test_documentation_prints_the_measured_rates(audited: Tables, criteria: Criteria, root: Path) -> None:
    known = {k["site"]: set(k["item"].split(";")) - {""} for k in KNOWN}
    rates = accuracy.rates(accuracy.confusion(known, audited.verdicts, criteria))
    printed = accuracy.accuracy_lines(rates, criteria)
    assert printed in (root / "docs" / "website-audit.md").read_text("utf-8"), f"put this table there:\n{printed}"
