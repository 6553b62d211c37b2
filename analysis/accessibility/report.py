"""The report of an audit as one page of HTML: what a person reads before deciding what the instrument left open."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib import resources
from string import Template
from typing import Any

import pandas as pd

from analysis.accessibility.criteria import Criteria
from analysis.accessibility.score import MET, NEEDS_PERSON, NOT_MET

WORDS = {MET: "spełnione", NOT_MET: "niespełnione", NEEDS_PERSON: "do oceny przez człowieka"}
LEVELS = {"fail": "błąd", "review": "do sprawdzenia", "note": "uwaga"}
SHOWN = 12  # findings of one criterion on the page; all of them are in evidence.csv


def report_page(sites: pd.DataFrame, verdicts: pd.DataFrame, found: pd.DataFrame, criteria: Criteria) -> str:
    """HTML of the report; one section for each site, its findings under the criterion they belong to."""
    rows = []
    for site in sites.to_dict("records"):
        own = verdicts[verdicts["site_id"] == site["site_id"]]
        counts = [str(int((own["verdict"] == verdict).sum())) for verdict in WORDS]
        link = f'<a href="#{site["site_id"]}">{site["site_id"]} <span lang="en">{escape(site["url"])}</span></a>'
        cells = "".join(f"<td>{count}</td>" for count in counts)
        rows.append(f'<tr><th scope="row">{link}</th><td>{site["pages"]}</td>{cells}</tr>')
    heads = "".join(
        f'<th scope="col">{escape(word)}</th>' for word in ("Serwis", "Stron", *map(str.capitalize, WORDS.values()))
    )
    parts = [_site(site, verdicts, found, criteria) for site in sites.to_dict("records")]
    template = Template((resources.files("analysis.accessibility") / "report.html").read_text(encoding="utf-8"))
    return template.substitute(heads=heads, rows="".join(rows), sites="".join(parts))


def _site(site: Mapping[Any, Any], verdicts: pd.DataFrame, found: pd.DataFrame, criteria: Criteria) -> str:
    key = str(site["site_id"])
    out = [f'<h2 id="{key}">{key} <span lang="en">{escape(str(site["url"]))}</span></h2>']
    if site["problems"]:
        out.append(f'<p>Nie otwarto: <span lang="en">{escape(str(site["problems"]))}</span></p>')
    own = found[found["site_id"] == key]
    for verdict in verdicts[verdicts["site_id"] == key].to_dict("records"):
        criterion = criteria.criteria[str(verdict["item"])]
        word = WORDS[str(verdict["verdict"])] + (" (decyzja człowieka)" if verdict["decided_by"] == "person" else "")
        wcag = ", ".join(criterion.wcag)
        out.append(f"<h3>{criterion.no}. {escape(criterion.name_pl)} (WCAG {wcag})</h3>")
        out.append(f'<p class="{verdict["verdict"]}">{word}</p>')
        if verdict["verdict"] == NEEDS_PERSON:
            out.append(f"<p>Do oceny: {escape(criterion.person_pl)}</p>")
        out.append(_findings(own[own["item"] == verdict["item"]]))
    beyond = own[own["no"] == 0]
    if len(beyond):
        out += ["<h3>Poza kryteriami</h3>", _findings(beyond)]
    return "".join(out)


def _findings(found: pd.DataFrame) -> str:
    if found.empty:
        return ""
    items = []
    for finding in found.head(SHOWN).to_dict("records"):
        detail = f' (<span lang="en">{escape(str(finding["detail"]))}</span>)' if finding["detail"] else ""
        code = f"<br><code>{escape(str(finding['selector']))}</code>" if finding["selector"] else ""
        snippet = f"<br><code>{escape(str(finding['snippet']))}</code>" if finding["snippet"] else ""
        page = f'<br><span lang="en">{escape(str(finding["page"]))}</span>'
        items.append(f"<li>{LEVELS[finding['level']]}: {escape(finding['message'])}{detail}{page}{code}{snippet}</li>")
    more = f"<p>Pozostałych: {len(found) - SHOWN}, w <code>evidence.csv</code>.</p>" if len(found) > SHOWN else ""
    return f"<ul>{''.join(items)}</ul>{more}"
