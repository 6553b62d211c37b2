"""The two sides of a comparison: a method applied to an edition, or scores that somebody has already computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import Method
from analysis.errors import ConfigError
from analysis.facts import FactSet
from analysis.framework import Framework, load_framework
from analysis.profiles.cross_sections import cross_sections, further_divisions
from analysis.profiles.regression import driver_table, fit_line
from analysis.tables import Labels, add_driver_facts, add_group_facts, add_index_facts, add_method_facts

DRIVERS = {"members": "members_total", "science": "members_science"}
KEYS = ("unit", "respondent_id", "uCode")


@dataclass(frozen=True)
class Inputs:
    """What all methods of an edition start from: indicators, groups of respondents, framework and labels."""

    indicators: pd.DataFrame
    traits: pd.DataFrame
    framework: Framework
    labels: Labels

    @property
    def structure(self) -> Structure:
        """The tree of the index."""
        return Structure.from_hierarchy(self.framework.indicators, source="indicators.csv")


@dataclass(frozen=True)
class Side:
    """One side: `scores` and `ranks` (n_units, n_codes), the index last; groups and facts where they are known."""

    name: str
    scores: pd.DataFrame
    ranks: pd.DataFrame
    cross: pd.DataFrame | None = None
    facts: FactSet | None = None


def edition_inputs(build: Path, data_dir: Path, labels: Labels) -> Inputs:
    """Read what an edition has built up to its indicators.

    Raises
    ------
    ConfigError
        The indicators of the edition have not been built.
    """
    folder = build / "20_indicators"
    if not (folder / "indicators.csv").is_file():
        raise ConfigError(f"{folder / 'indicators.csv'} is not there yet; run: klastry build indicators")
    read = {name: pd.read_csv(folder / f"{name}.csv") for name in ("indicators", "characteristics")}
    return Inputs(
        indicators=read["indicators"].set_index("respondent_id"),
        traits=read["characteristics"].set_index("respondent_id"),
        framework=load_framework(data_dir),
        labels=labels,
    )


def side_of_method(inputs: Inputs, method: Method, *, name: str | None = None) -> Side:
    """Build the index of an edition under a method, its groups, and the facts of the report that rest on scores.

    Raises
    ------
    MethodError
        The method cannot be applied.
    """
    index = build_index(inputs.indicators, inputs.structure, method)
    order = [*inputs.framework.score_codes]
    scores, ranks = index.scores[order], index.ranks[order]
    settings = method.cross_sections
    cross = cross_sections(
        scores, inputs.traits, inputs.framework.cross_sections,
        dimensions=settings.dimensions, quantile_type=settings.quantile_type,
    )  # fmt: skip
    more = further_divisions(
        scores, inputs.traits, statuses=list(inputs.labels["status"]), quantile_type=settings.quantile_type
    )
    root = index.structure.root
    fits = {key: fit_line(scores[root], inputs.traits[column]) for key, column in DRIVERS.items()}
    facts = FactSet(name or method.name)
    add_index_facts(facts, scores, index.treatment_log)
    add_driver_facts(facts, driver_table(fits))
    add_group_facts(facts, cross, more, inputs.framework, inputs.labels)
    add_method_facts(facts, method)
    return Side(name or method.name, scores, ranks, cross, facts)


def side_of_scores(folder: Path) -> Side:
    """Read a folder that `klastry compose` wrote, or a build folder of an edition.

    Raises
    ------
    ConfigError
        There is no `scores.csv` with the columns unit (or respondent_id), code, score, rank.
    """
    candidates = [folder / "scores.csv", folder / "30_scores" / "scores.csv"]
    path = next((p for p in candidates if p.is_file()), None)
    if path is None:
        raise ConfigError(
            f"{folder} has no scores.csv; give a folder that `klastry compose` wrote or a build folder of an edition"
        )
    table = pd.read_csv(path)
    key = next((k for k in KEYS if k in table.columns), None)
    absent = [c for c in ("code", "score", "rank") if c not in table.columns]
    if key is None or absent:
        missing = ", ".join([*([] if key else ["unit"]), *absent])
        raise ConfigError(f"{path} has no column {missing}; columns unit, code, score, rank are expected")
    table[key] = table[key].astype(str)
    if table.duplicated([key, "code"]).any():
        twice = table[table.duplicated([key, "code"])].iloc[0]
        raise ConfigError(f"{path}: {twice[key]}, {twice['code']} stands there twice")
    codes = list(dict.fromkeys(table["code"]))
    wide = {column: table.pivot(index=key, columns="code", values=column)[codes] for column in ("score", "rank")}
    return Side(str(folder), wide["score"].rename_axis("unit"), wide["rank"].rename_axis("unit"))
