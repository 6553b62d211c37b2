"""The desk of an individual report: writes each table of one respondent and the facts it holds, apart from all others.

`SHEETS` says for each table which columns may be printed and in which unit. What is not listed here cannot get into the
report: the report prints facts only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.facts import FactSet
from analysis.pictures import Picture
from analysis.tables.facts import add_row_facts
from analysis.workspace import Workspace

FOLDER = "40_analyses/individual"
SCORE: dict[str, Any] = {"unit": "score", "decimals": 2}
FINE: dict[str, Any] = {"unit": "score", "decimals": 3}
PERCENT: dict[str, Any] = {"unit": "percent", "decimals": 0}
PLACE: dict[str, Any] = {"unit": "coefficient", "decimals": 0}
NUMBER: dict[str, Any] = {"unit": "count"}
TEXT: dict[str, Any] = {"unit": "text"}
POINTS: dict[str, Any] = {"unit": "percent_points", "decimals": 0}
OWN: dict[str, Any] = {"unit": "unit", "decimals": "own_decimals"}
NATIVE: dict[str, Any] = {"unit": "unit", "decimals": "decimals"}
EXTREME = {
    "code": TEXT, "name": TEXT, "own": SCORE, "median": SCORE, "rank": NUMBER, "n": NUMBER, "percentile": PLACE,
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One table of a report: beginning of its fact ids, column that names the rows, printable columns with units."""

    prefix: str
    key: str
    columns: Mapping[str, Mapping[str, Any]]


SHEETS: dict[str, Sheet] = {
    "card": Sheet("card", "key", {"value": {**TEXT, "name": ""}}),
    "rank": Sheet(
        "rank",
        "key",
        {
            "members_total": {"unit": "members"}, "founding_year": {"unit": "year"}, "rank_p5": NUMBER,
            "rank_p95": NUMBER,
            "top_quartile": PERCENT, "draws": NUMBER,
        },
    ),
    "scores": Sheet(
        "score",
        "code",
        {
            **dict.fromkeys(["own", "median", "benchmark", "sector", "size"], SCORE), "percentile": PLACE,
            **dict.fromkeys(["rank", "n", "sector_n", "size_n", "sector_replaced", "size_replaced"], NUMBER),
        },
    ),
    "extremes": Sheet("", "id", EXTREME),
    "indicator_extremes": Sheet("", "id", EXTREME),
    "changes": Sheet(
        "change",
        "code",
        {
            "name": TEXT, "before": SCORE, "now": SCORE, "percentile_before": PLACE, "percentile_now": PLACE,
            "shift": POINTS,
        },
    ),
    "indicator_changes": Sheet(
        "moved",
        "place",
        {"code": TEXT, "name": TEXT, "before": NATIVE, "now": NATIVE, "change": NATIVE, "shift": POINTS},
    ),
    "indicators": Sheet(
        "indicator",
        "code",
        {"own": OWN, "median": NATIVE, "normalised": SCORE, "percentile": PLACE, "capped": NUMBER, "missing": NUMBER},
    ),
    "levers": Sheet(
        "lever",
        "place",
        {
            "code": TEXT, "name": TEXT, "own": OWN, "target": {"unit": "unit", "decimals": "target_decimals"},
            "step": TEXT, "gain": FINE, "after": SCORE,
        },
    ),
    "joint": Sheet("levers", "key", {"gain": FINE, "after": SCORE, "n": NUMBER, "tried": NUMBER}),
    "decisions": Sheet("decision", "place", {"input": TEXT, "name": TEXT, "first": PERCENT, "total": PERCENT}),
    "variants": Sheet("variant", "variant", {"name": TEXT, "rank": NUMBER, "shift": NUMBER}),
    "resilience": Sheet("resilience", "code", {"name": TEXT, "own": SCORE, "median": SCORE, "percentile": PLACE}),
    "exposures": Sheet("exposure", "shock", {"name": TEXT, "own": FINE, "median": FINE, "share": PERCENT}),
    "graph": Sheet("graph", "measure", {"own": SCORE, "median": SCORE, "percentile": PLACE}),
    "partners": Sheet("partner", "place", {"partner": TEXT, "reasons": TEXT}),
    "members": Sheet("members", "key", {"label": TEXT, "own": NATIVE, "own_n": NUMBER, "all": NATIVE, "all_n": NUMBER}),
    "criteria": Sheet(
        "criterion", "id", {"criterion": TEXT, "own": OWN, "median": NATIVE, "percentile": PLACE, "state": TEXT}
    ),
    "third_round": Sheet(
        "round",
        "key",
        {
            "name": TEXT, "printed": {"unit": "percent", "decimals": 2}, "own": {"unit": "percent", "decimals": 1},
            "median": {"unit": "percent", "decimals": 1}, "state": TEXT,
        },
    ),
    "strategy": Sheet(
        "kpi",
        "id",
        {
            "name": TEXT, "target": NATIVE, "target_word": TEXT, "own": NATIVE, "own_word": TEXT, "status": TEXT,
            "why": TEXT,
        },
    ),
    "example": Sheet(
        "example",
        "id",
        {
            "name": TEXT, "target": NATIVE, "target_word": TEXT, "own": NATIVE, "own_word": TEXT, "status": TEXT,
            "why": TEXT,
        },
    ),
    "practices": Sheet("pick", "id", {"record": TEXT, "subarea": TEXT, "name": TEXT}),
    "recommendations": Sheet("pick", "id", {"record": TEXT, "subarea": TEXT, "name": TEXT}),
}  # fmt: skip


@dataclass
class IndividualDesk:
    """Tables, figures and facts of one respondent, below `40_analyses/individual/<respondent>`."""

    ws: Workspace
    respondent: str
    facts: FactSet = field(init=False)

    def __post_init__(self) -> None:
        self.facts = FactSet(f"individual/{self.respondent}")

    @property
    def folder(self) -> str:
        """Folder of the report below the build folder."""
        return f"{FOLDER}/{self.respondent}"

    def sheet(self, name: str, table: pd.DataFrame, *, inputs: str | tuple[str, ...] = ()) -> pd.DataFrame:
        """Write a table, add the facts that `SHEETS` lists for it, and return it.

        An empty text is no fact, so that the report can ask whether there is one.
        """
        spec = SHEETS[name]
        path = f"{self.folder}/{name}.csv"
        self.ws.write(table, path)
        if len(table):
            add_row_facts(
                self.facts, table, spec.prefix, path=path, key=spec.key, inputs=inputs, columns=dict(spec.columns),
                empty=False,
            )  # fmt: skip
        return table

    def figure(self, no: int, drawing: str, name: str, alt: str) -> Picture:
        """Save a figure (SVG) of the report and its alternative text, which is a fact of the table that it shows."""
        svg = self.ws.write_text(drawing, f"{self.folder}/figure-{no}.svg")
        path = f"{self.folder}/{name}.csv"
        self.facts.add(f"figure.{no}.alt", alt, unit="text", table=path, key="*", column="own")
        return Picture(svg, f"figure-{no}", alt)

    def figures(self, made: Sequence[tuple[str, str]], name: str) -> Picture:
        """Save the figures of a list, numbered from 1, each with its alternative text; returns the last one."""
        return [self.figure(no, drawing, name, alt) for no, (drawing, alt) in enumerate(made, start=1)][-1]

    def adopt(self, path: Path, prefixes: Sequence[str]) -> None:
        """Take over facts of another file whose ids begin with one of the prefixes, with the cells they come from."""
        for ident, fact in sorted(json.loads(path.read_text(encoding="utf-8")).items()):
            if ident.startswith(tuple(prefixes)):
                self.facts.add(
                    ident, fact["value"], unit=fact["unit"], decimals=fact["decimals"], table=fact["table"],
                    key=fact["key"], column=fact["column"], inputs=tuple(fact["inputs"]), text=fact["text"],
                    n=fact["n"],
                )  # fmt: skip

    def close(
        self,
        profile: pd.DataFrame,
        board: pd.DataFrame,
        extremes: pd.DataFrame,
        *,
        respondents: int,
        members: int,
        mine: int,
    ) -> int:
        """Add what belongs to no single row (counts, rules, source line) and write the facts; returns their number.

        Parameters
        ----------
        profile, board, extremes
            Sheets `indicators`, `criteria` and `extremes` of this respondent.
        respondents, members, mine
            How many respondents and members there are, and how many members of this cluster.
        """
        ws, add, who = self.ws, self.facts.add, self.respondent
        place: dict[str, Any] = {"key": who, "column": "respondent_id"}
        add("respondent.id", who, unit="text", table="20_indicators/characteristics.csv", **place)
        line = ws.source_line.format(n=respondents)
        add("source", line, unit="text", table="20_indicators/characteristics.csv", **place)
        everyone: dict[str, Any] = {"key": "*", "column": "respondent_id"}
        add("respondents.n", respondents, unit="clusters", table="30_scores/scores.csv", **everyone)
        add("members.n", mine, unit="members", table="10_validated/members.csv", **place)
        add("members.all", members, unit="members", table="10_validated/members.csv", **everyone)
        rules = ws.method.individual
        rule: dict[str, Any] = {"table": f"config/method/{ws.method_name}.yaml", "key": "individual"}
        add("rule.min_peers", rules.min_peers, unit="clusters", column="min_peers", **rule)
        add("rule.on_track", 100 * rules.on_track, unit="percent", column="on_track", **rule)
        cell: dict[str, Any] = {"table": f"{self.folder}/indicators.csv", "key": "*"}
        add("indicators.answered", int(profile["own"].notna().sum()), unit="indicators", column="own", **cell)
        add("indicators.n", len(profile), unit="indicators", column="code", **cell)
        add("indicators.capped", int(profile["capped"].sum()), unit="indicators", column="capped", **cell)
        cell = {"table": f"{self.folder}/criteria.csv", "key": "*"}
        add("criteria.n", board["no"].nunique(), column="no", **cell)
        add("criteria.measured", board.loc[board["state"] != "not_here", "no"].nunique(), column="state", **cell)
        cell = {"table": f"{self.folder}/extremes.csv", "key": "*"}
        add("strengths.above", extremes.loc[extremes["side"] == "strength", "above"].sum(), column="above", **cell)
        add("weaknesses.below", extremes.loc[extremes["side"] == "weakness", "below"].sum(), column="below", **cell)
        return self.save()

    def save(self) -> int:
        """Write the facts; returns their number."""
        self.facts.write(self.ws.path(f"{self.folder}/facts.json"))
        return len(self.facts)
