"""What statements are computed from, and the values that their expressions name.

An expression is one of

- an expression of `analysis.reproduction.evaluators` (an indicator, an answer, `item=option`, `a/b`), and sums and
  differences of answers (`a+b`, `a-b`; clusters that answered all of them);
- `score:CODE`: a score of each cluster; `site:a+b`: criteria of the website audit met by each site;
- `respondents`, `sites`, `members`, `members_clusters`, `members_per_cluster`: who answered, one value for each;
- `same_region_share`, `kis_count`: derived answers of each cluster, see `DERIVED`.

A reference is a number that no answer holds: `design:KEY` of `edition.yaml`, `method:KEY`, `framework:KEY`,
`registry:members:NAME`; `history:EDITION:METRIC` and `printed:ID` for earlier editions. Sums and quotients of
references are references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.config import Method
from analysis.errors import FrameworkError
from analysis.framework import Framework
from analysis.reproduction.evaluators import Answers

# Base units in one unit of `history.csv` and of the statistics of the previous edition.
_SCALES = {
    "thousand_persons": 1_000, "thousand_m2": 1_000, "thousands": 1_000, "thousand_pln": 1_000,
    "million_pln": 1_000_000,
}  # fmt: skip


@dataclass(frozen=True)
class ClaimData:
    """Tables and numbers that the statements of the running text are compared with.

    Attributes
    ----------
    answers
        Coordinators, indicators, characteristics, members.
    scores
        respondent_id, code, score: scores of each cluster, 0-1.
    websites
        One row per site, criteria 1 or 0.
    registry
        The registry of the edition; name, members.
    inputs
        Reference to value: numbers of the inputs that are no answers; see `input_numbers`.
    earlier
        Printed statistics of the previous edition: claim_id, value, unit; all text.
    history
        edition, metric, value, unit of earlier editions; all text.
    """

    answers: Answers
    scores: pd.DataFrame
    websites: pd.DataFrame
    registry: pd.DataFrame
    inputs: Mapping[str, float]
    earlier: pd.DataFrame
    history: pd.DataFrame


def input_numbers(design: Mapping[str, Mapping[str, Any]], method: Method, framework: Framework) -> dict[str, float]:
    """Return the numbers of the inputs that statements name, by reference.

    Parameters
    ----------
    design
        Section `design` of `edition.yaml`: key to value and unit.
    method
        The method of the build.
    framework
        Areas, sub-areas, indicators, questionnaires.
    """
    indicators, bounds = framework.indicators, method.cross_sections.size.lower
    out = {f"design:{key}": float(entry["value"]) for key, entry in design.items()}
    out |= {
        "method:treatment.k": float(method.treatment.k),
        "method:normalisation.upper": float(method.normalisation.upper),
        "method:strengths.strength_at_least": float(method.strengths.strength_at_least),
        "method:strengths.weakness_at_most": float(method.strengths.weakness_at_most),
        "method:cross_sections.size.large": float(bounds[-2]),
        "method:cross_sections.size.very_large": float(bounds[-1]),
        "framework:areas": float(len(framework.areas)),
        "framework:subareas": float(len(framework.subareas)),
        "framework:indicators": float(len(indicators)),
        "framework:criteria": float((framework.codebooks["websites"]["type"] != "id").sum()),
        "framework:sectors": float((framework.cross_sections["dimension"] == "sector").sum()),
    }
    out |= {f"framework:subareas.{a}": float(n) for a, n in framework.subareas["parent"].value_counts().items()}
    for column in ("subarea", "instrument"):
        out |= {f"framework:indicators.{k}": float(n) for k, n in indicators[column].value_counts().items()}
    return out


def _same_region_share(answers: Answers) -> pd.Series:
    """Share of members, in percent, whose seat is in the voivodeship of the coordinator."""
    given = answers.coordinators
    there = [given.at[row, f"members_in__{seat}"] for row, seat in given["seat_voivodeship"].items()]
    return 100.0 * pd.Series(there, index=given.index).astype(float) / given["members_total"].astype(float)


def _kis_count(answers: Answers) -> pd.Series:
    """Number of national smart specialisations ticked."""
    return answers.coordinators[answers.matching("kis__*")].fillna(0).astype(float).sum(axis=1)


DERIVED: Mapping[str, Callable[[Answers], pd.Series]] = {
    "same_region_share": _same_region_share,
    "kis_count": _kis_count,
}


def _ones(index: pd.Index) -> pd.Series:
    return pd.Series(1.0, index=index)


def values_of(expression: str, base: str, data: ClaimData) -> pd.Series:
    """Return the values that an expression names, in base units, missing answers dropped.

    Raises
    ------
    FrameworkError
        The expression or the base names nothing in the data.
    """
    answers = data.answers
    if expression.startswith("site:"):
        sites = data.websites[expression.removeprefix("site:").split("+")].astype(float)
        return sites.sum(axis=1)
    match expression:
        case "sites":
            return _ones(data.websites.index)
        case "members":
            return _ones(answers.members.index)
        case "members_clusters":
            return _ones(pd.Index(answers.members["respondent_id"].unique()))
        case "members_per_cluster":
            return answers.members["respondent_id"].value_counts().astype(float)
        case "respondents":
            values = _ones(answers.coordinators.index)
        case _ if expression.startswith("score:"):
            rows = data.scores[data.scores["code"] == expression.removeprefix("score:")]
            if rows.empty:
                raise FrameworkError(f"claims: no score `{expression}`; use a code of the framework")
            values = rows.set_index("respondent_id")["score"].astype(float).dropna()
        case _ if expression in DERIVED:
            values = DERIVED[expression](answers).dropna()
        case _ if "=" not in expression and (parts := re.findall(r"([+-]?)([^+-]+)", expression)) and len(parts) > 1:
            table = pd.concat([answers.series(item) * (-1 if sign == "-" else 1) for sign, item in parts], axis=1)
            values = table.dropna().sum(axis=1)
        case _:
            values = answers.series(expression)
    return answers.restrict(values, base) if base else values


def member_values(expression: str, data: ClaimData) -> pd.Series:
    """Return the values of a question to members: 1 or 0 for `item=option`, else the scores of their ratings.

    Members who did not answer, and options without a score, are left out.
    """
    name, _, options = expression.partition("=")
    book = data.answers.framework.codebooks["members"].set_index("item")
    if name not in book.index:
        raise FrameworkError(f"claims: members were not asked `{name}`; use an item of their codebook")
    given = data.answers.members[name].dropna().astype(str)
    given = given[given != ""]
    lists = data.answers.framework.option_lists
    listed = lists[lists["option_list"] == book.at[name, "option_list"]]
    if options:
        unknown = sorted(set(options.split("|")) - set(listed["option"]))
        if unknown:
            raise FrameworkError(
                f"claims: `{name}` has no option {', '.join(unknown)}; it has {list(listed['option'])}"
            )
        return given.isin(options.split("|")).astype(float)
    scores = {o: float(s) for o, s in zip(listed["option"], listed["score"], strict=True) if s != ""}
    return given[given.isin(list(scores))].map(scores).astype(float)


def reference_value(reference: str, data: ClaimData) -> float:
    """Return a reference, a sum or a quotient of references, in base units.

    Raises
    ------
    FrameworkError
        It names nothing.
    """
    if "/" in reference:
        one, two = reference.split("/")
        return reference_value(one, data) / reference_value(two, data)
    if "+" in reference:
        return sum(reference_value(part, data) for part in reference.split("+"))
    kind, _, rest = reference.partition(":")
    if kind == "registry":
        column, _, name = rest.partition(":")
        found = data.registry.loc[data.registry["name"].str.contains(name, regex=False), column]
    elif kind == "history":
        edition, _, metric = rest.partition(":")
        rows = data.history[(data.history["edition"] == edition) & (data.history["metric"] == metric)]
        found = rows["value"].astype(float) * rows["unit"].map(_SCALES).fillna(1)
    elif kind == "printed":
        rows = data.earlier[data.earlier["claim_id"] == rest]
        found = rows["value"].astype(float) * rows["unit"].map(_SCALES).fillna(1)
    else:
        found = pd.Series([data.inputs[reference]] if reference in data.inputs else [])
    if len(found) != 1:
        raise FrameworkError(f"claims: the reference `{reference}` names {len(found)} numbers; it must name one")
    return float(found.iloc[0])
