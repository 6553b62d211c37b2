"""What a publication withholds under a rule of disclosure control: facts, and sentences that would print them.

A notebook computes all facts. Here those are emptied that rest on a withheld statistic, by the table and key they come
from. A chapter does not have to know: a sentence that would print such a fact, or a word that depends on it, is left
out and a sign stands in its place; a condition must ask `has` first, because which branch to take would tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from analysis.config import WITHHELD
from analysis.disclosure.column import as_printed
from analysis.disclosure.shield import Shield

# Stands for a withheld value until its sentence has been left out.
HIDDEN = "\uf8ff"
ELISION = "\\[…\\]"
SUMS = frozenset({"mean", "total", "benchmark", "max"})
DIMENSIONS = ("sector", "size", "age", "kkk", "strategy", "status", "strategy_any")
Record = Mapping[str, Any]
_SENTENCE_END = re.compile(r"(?<=[.!?…:;])[*”»)]*\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ„\[(*@\uf8ff])")
_BULLET = re.compile(r"\n(?=\s*(?:[-*+]|\d+\.) )")


def _cross(record: Record, shield: Shield) -> bool:
    parts = str(record["key"]).split("/")
    if len(parts) == 4:
        return shield.hides(parts[0], parts[1], parts[2], parts[3])
    if str(record["column"]) != "value" or (len(parts) == 2 and parts[0] in DIMENSIONS):
        return False  # names and sizes of groups are public
    named = {group for d in DIMENSIONS for group in shield.groups(d)}
    return any(group in str(record["key"]) for group in named)


def _first(record: Record, shield: Shield) -> bool:
    return shield.hides("sector", str(record["key"]).split("/")[0])


def _mean(record: Record, shield: Shield) -> bool:
    code, group = str(record["key"]).split("/")
    return shield.hides("sector", group, code)


def _ordered(record: Record, shield: Shield) -> bool:
    """Who is first or last among groups of which one is withheld."""
    return bool(shield.groups("sector"))


def _named(record: Record, shield: Shield) -> bool:
    return record["unit"] == "text" and _ordered(record, shield)


def _pair(record: Record, shield: Shield) -> bool:
    return any(shield.hides("sector", group) for group in str(record["key"]).split("/"))


def _losses(record: Record, shield: Shield) -> bool:
    parts = str(record["key"]).split("/")
    return any(bool(shield.groups(part)) for part in parts)


def _element(record: Record, shield: Shield) -> bool:
    return str(record["key"]) in shield.elements and record["column"] in SUMS


def _profile(record: Record, shield: Shield) -> bool:
    code, _, statistic = str(record["key"]).rpartition(".")
    return code in shield.elements and statistic in SUMS


def _trend(record: Record, shield: Shield) -> bool:
    code, _, statistic = str(record["key"]).partition("/")
    return code in shield.elements and statistic in SUMS and record["column"] != "before"


# Tables whose facts speak of groups or of totals that may be withheld. `PLAIN` are the others; a table that is in
# neither list stops a protected publication, so that a new one cannot slip through.
RULES: dict[str, Callable[[Record, Shield], bool]] = {
    "40_analyses/cross_sections.csv": _cross,
    "40_analyses/cross_sections_more.csv": _cross,
    "40_analyses/sector_sides.csv": _first,
    "37_sector_profiles/means.csv": _mean,
    "37_sector_profiles/contrasts.csv": _first,
    "37_sector_profiles/leaders.csv": _ordered,
    "41_sector_clusters/differences.csv": _named,
    "41_sector_clusters/nearest_sector.csv": _first,
    "41_sector_clusters/sector_distances.csv": _pair,
    "43_resilience/groups.csv": _losses,
    "40_analyses/indicator_statistics.csv": _element,
    "40_analyses/indicator_profiles.csv": _profile,
    "46_trends/trends.csv": _trend,
}


def withhold(facts: Mapping[str, Record], shield: Shield) -> dict[str, dict[str, Any]]:
    """Empty the facts that a rule withholds (`value` null, `withheld` true) and round scores of groups as it says."""
    out = {}
    for ident, record in facts.items():
        rule = RULES.get(str(record["table"]))
        if shield.active and rule is not None and rule(record, shield):
            out[ident] = {**record, "value": None, "withheld": True}
        elif shield.active and rule is _cross and record["unit"] == "score":
            rounding, decimals = shield.settings.rounding, shield.settings.decimals
            out[ident] = {**record, "value": float(as_printed(float(record["value"]), decimals, rounding))}
        else:
            out[ident] = dict(record)
    return out


def _paragraph(text: str) -> str:
    """Leave out the sentences of one paragraph or bullet that hold a withheld value."""
    cuts = [0, *(m.end() for m in _SENTENCE_END.finditer(text)), len(text)]
    parts = [text[a:b] for a, b in pairwise(cuts)]
    kept: list[str] = []
    bold = False  # inside **…** that began in a sentence left out
    for part in parts:
        gone = HIDDEN in part or bold
        if gone:
            bold ^= part.count("**") % 2 == 1
            lead = re.match(r"\s*(?:[-*+] |\d+\. )?", part)
            mark = (lead.group() if lead else "") + ELISION
            if kept and kept[-1].rstrip().endswith(ELISION):
                continue
            kept.append(mark + (" " if part[-1:].isspace() else ""))
        else:
            kept.append(part)
    return "".join(kept)


def leave_out(text: str) -> tuple[str, int]:
    """Leave out of rendered Markdown the sentences that hold a withheld value; cells of tables get the sign instead.

    Returns
    -------
    tuple
        The text, and in how many paragraphs and tables something was left out.
    """
    out, count = [], 0
    for block in re.split(r"(\n\s*\n)", text):
        if HIDDEN not in block:
            out.append(block)
            continue
        if block.lstrip().startswith("|"):
            count += 1
            out.append(block.replace(HIDDEN, WITHHELD))
            continue
        count += 1
        out.append("\n".join(_paragraph(part) if HIDDEN in part else part for part in _BULLET.split(block)))
    return "".join(out), count


# Beginnings of the names of all other tables with facts: of all respondents together, of public registers, of method.
PLAIN = (
    "data/",
    "config/",
    "report/labels/",
    "10_validated/",
    "20_indicators/",
    "31_coherence/",
    "32_uncertainty/",
    "41_sector_clusters/",
    "42_cooperation_graph/",
    "43_resilience/",
    "44_members_survey/",
    "46_trends/",
    "47_edition_bridge/",
    "52_good_practices/",
    "36_protection/",
    "30_scores/",
    "40_analyses/answer_shares.csv",
    "40_analyses/area_ends.csv",
    "40_analyses/consistency_summary.csv",
    "40_analyses/contradictions.csv",
    "40_analyses/disclosure_effect.csv",
    "40_analyses/disclosure_signs.csv",
    "40_analyses/disclosure_summary.csv",
    "40_analyses/figures/figure-41.csv",
    "40_analyses/figures/figure-43.csv",
    "40_analyses/figures/figure-44.csv",
    "40_analyses/knowledge.csv",
    "40_analyses/known_contradictions.csv",
    "40_analyses/members_survey.csv",
    "40_analyses/recommendation_evidence.csv",
    "40_analyses/recommendation_subareas.csv",
    "40_analyses/recommendation_verdicts.csv",
    "40_analyses/recruitment.csv",
    "40_analyses/reproduction_summary.csv",
    "40_analyses/sample_answers.csv",
    "40_analyses/sample_registry.csv",
    "40_analyses/score_drivers.csv",
    "40_analyses/spread.csv",
    "40_analyses/strengths.csv",
    "40_analyses/tables/table-74.csv",
    "45_website_audit/bands.csv",
    "45_website_audit/criteria.csv",
    "45_website_audit/distribution.csv",
    "40_analyses/disclosure_",
    "33_weights/",
)
