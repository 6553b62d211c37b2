"""The gate before printing: a report is not published while a rule of disclosure control is set and broken."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd

from analysis.config import WITHHELD
from analysis.disclosure.plan import breaches
from analysis.errors import PublishError
from analysis.publish.crossref import exhibit_name
from analysis.publish.publication import LANG, Publication
from analysis.publish.withholding import PLAIN, RULES

PROTECTED = "40_analyses/disclosure_protected.csv"
CROSS = ("40_analyses/cross_sections.csv", "40_analyses/cross_sections_more.csv")
TEXTS = frozenset({".csv", ".html", ".js", ".json"})
LONG = 8  # characters: shorter numbers are found by chance
_NUMBER = re.compile(r"\d+\.\d+")
WAY_OUT = (
    "set disclosure.action: suppress to withhold them with their complement, join groups under cross_sections, or "
    "relax disclosure.min_group, .dominance, .p_percent, .order_statistics_from"
)


def _tables(pub: Publication) -> dict[tuple[str, str], str]:
    """Printed table of each group."""
    found = {}
    for exhibit in pub.exhibits.values():
        dimension, _, group = str(exhibit.record.get("subject") or "").partition("/")
        if group:
            found[dimension, group] = exhibit_name(exhibit.kind, exhibit.no, "en")
    return found


def _left(pub: Publication) -> list[str]:
    """What the attack still discloses after protection."""
    limit = pub.shield.settings.max_disclosed
    path = pub.home / PROTECTED
    if not path.is_file():
        return [f"{PROTECTED} is not there; run the attack first: klastry build 48_disclosure"]
    summary = pd.read_csv(path).set_index("part")["narrow_share"].astype(float).to_dict()
    if "total" not in summary:
        return [f"{PROTECTED} was made without a rule; run klastry build 48_disclosure again"]
    share = summary["total"]
    if share <= limit:
        return []
    groups = sorted(((value, str(part)) for part, value in summary.items() if "=" in str(part)), reverse=True)[:5]
    worst = ", ".join(f"{part} {value:.0f}%" for value, part in groups)
    return [
        f"{share:.1f}% of the scores stay disclosed, disclosure.max_disclosed allows {limit:g}% (most in {worst}); "
        "raise disclosure.rounding, .min_group or .order_statistics_from, or drop a dimension of cross_sections"
    ]


def _leaks(pub: Publication, folder: Path) -> list[str]:
    """Withheld values that stand in the files about to be published."""
    shield, found = pub.shield, []
    for ident, fact in pub.facts.items():
        table = str(fact["table"])
        if table not in RULES and not table.startswith(PLAIN):
            found.append(f"fact {ident} comes from {table}, which no list of analysis/publish/withholding.py names")
        if fact.get("withheld") and fact["value"] is not None:
            found.append(f"facts.json: {ident} is withheld and has a value")
    for exhibit in pub.exhibits.values():
        dimension, _, group = str(exhibit.record.get("subject") or "").partition("/")
        if not group:
            continue
        with (pub.build / exhibit.data_file).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                found += [
                    f"{exhibit.data_file}: {row['code']}, {measure} of {group} is withheld and printed"
                    for measure in ("min", "q1", "median", "mean", "q3", "benchmark")
                    if shield.hides(dimension, group, row["code"], measure) and row[measure] != WITHHELD
                ]
    if pub.lang != LANG:
        return found  # the data files are published once
    with (folder / "dane" / "scores_by_group.csv").open(encoding="utf-8", newline="") as handle:
        found += [
            f"dane/scores_by_group.csv: {row['code']}, {row['measure']} of {row['group']} is withheld and printed"
            for row in csv.DictReader(handle)
            if shield.hides(row["dimension"], row["group"], row["code"], row["measure"]) and row["value"] != ""
        ]
    return found


def _full_values(pub: Publication, folder: Path) -> list[str]:
    """Data files and pages that hold a withheld statistic in full length, wherever it may have come from."""
    cross = [pd.read_csv(pub.home / table) for table in CROSS if (pub.home / table).is_file()]
    if not cross:
        return []
    table = pd.concat(cross, ignore_index=True)
    keys = zip(*(table[k].astype(str) for k in ("dimension", "group", "code", "measure")), strict=True)
    gone = [pub.shield.hides(*key) for key in keys]
    text = table["value"].map("{:.15g}".format)
    secret = {v for v in set(text[gone]) - set(text[[not g for g in gone]]) if len(v) >= LONG}
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in TEXTS and "individual" not in p.parts):
        seen = secret & set(_NUMBER.findall(path.read_text(encoding="utf-8", errors="ignore").replace(",", "\n")))
        if seen:
            found.append(f"{path.relative_to(folder)}: {len(seen)} withheld statistic(s) in full, such as {min(seen)}")
    return found


def check_protection(pub: Publication, folder: Path) -> None:
    """Refuse a publication that breaks the rule of its method; without a rule nothing is asked.

    Parameters
    ----------
    folder
        The finished formats in the language of the publication, before they replace the last report.

    Raises
    ------
    PublishError
        The rule is broken; names tables, groups and elements, and which key to change.
    """
    shield = pub.shield
    if not shield.settings.protects:
        return
    rule = shield.settings.rule
    if shield.settings.action == "refuse":
        broken = list(breaches(shield.plan, _tables(pub)))
        if broken:
            raise PublishError(
                f"disclosure.rule {rule} is broken, so nothing is published:\n  "
                + "\n  ".join(broken)
                + f"\nWhat helps: {WAY_OUT}"
            )
        return
    problems = [*_left(pub), *_leaks(pub, folder), *_full_values(pub, folder)]
    if problems:
        more = f"\n  and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise PublishError(f"disclosure.rule {rule} is set, but not kept:\n  " + "\n  ".join(problems[:20]) + more)
