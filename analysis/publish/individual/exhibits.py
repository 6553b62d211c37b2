"""Figures and tables of one report. Every number in a cell is a fact; names and order come from the notebook's tables.

An exhibit whose table is empty for this respondent is left out, and the numbers close up.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.publish.exhibits import Exhibit, exhibit_id
from analysis.publish.individual.publication import FOLDER, Cell, IndividualPublication

Printed = Mapping[str, str]


@dataclass
class TableMaker:
    """Rows of one table in the making; what is printed from a fact is remembered with its place."""

    one: IndividualPublication
    name: str
    rows: list[dict[str, str]] = field(default_factory=list)
    cells: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, ident: str, facts: Mapping[str, str], words: Printed, *, plain: Sequence[str] = ()) -> None:
        """Add a row: `facts` are columns printed from facts by id, `plain` those without their unit, `words` text."""
        row = dict(words)
        for column, fact_id in facts.items():
            row[column] = self.one.text(fact_id, unit=column not in plain)
            if fact_id in self.one.facts:
                self.cells.append((ident, column, fact_id))
        self.rows.append(row)

    def finish(self, no: int, *, note: str = "", group: str = "", emphasis: str = "", file: str = "") -> Exhibit:
        """Write the table and describe it; titles, heads and widths are words of the report."""
        one = self.one
        words = one.labels["tables"][self.name]
        ident = exhibit_id("table", no)
        columns = [
            {
                "name": key, "label": head["label"], "align": head.get("align", "right"), "format": "mixed",
                "width": head.get("width"), "group": head.get("group"),
            }
            for key, head in words["columns"].items()
        ]  # fmt: skip
        name = f"table-{no}.csv"
        keys = [*words["columns"], *filter(None, [group, emphasis])]
        _write(one, name, self.rows, keys)
        one.cells.extend(Cell(ident, row, column, fact) for row, column, fact in self.cells)
        record = {
            "kind": "table", "no": no, "id": ident, "name": self.name, "title": words["title"], "columns": columns,
            "note": note or words.get("note", ""), "source": _source(one, words),
            "row_header": next(iter(words["columns"])),
            "row_groups": group or None, "emphasis": emphasis or None, "data_file": name,
        }  # fmt: skip
        return _exhibit(one, record)


def _source(one: IndividualPublication, words: Mapping[str, Any]) -> str:
    return str(words.get("source") or one.facts["source"]["value"])


def _exhibit(one: IndividualPublication, record: dict[str, Any]) -> Exhibit:
    return Exhibit(
        record["kind"], record["no"], record["id"], record["title"], "", f"{FOLDER}/{one.respondent}", record["source"],
        record["note"], record["data_file"], record,
    )  # fmt: skip


def _write(one: IndividualPublication, name: str, rows: Iterable[Printed], keys: Sequence[str]) -> None:
    one.build.mkdir(parents=True, exist_ok=True)
    with (one.build / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(keys), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def _figures(one: IndividualPublication) -> list[Exhibit]:
    words = one.labels["figure"]
    found: list[Exhibit] = []
    areas = [row for row in one.rows("scores.csv") if "." not in row["code"] and row["code"] != "ALL"]
    for no, area in enumerate(areas, start=1):
        target = one.build / "figures" / f"figure-{no}.svg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one.tables / f"figure-{no}.svg", target)
        note = words["replaced"] if _replaced(one, area["code"]) else ""
        record = {
            "kind": "figure", "no": no, "id": exhibit_id("figure", no), "name": f"area_{area['code']}",
            "title": words["title"].format(area=f"{area['code']}. {area['name']}"), "note": note.strip(),
            "source": _source(one, words), "svg": f"figures/figure-{no}.svg", "data_file": "scores.csv",
            "alt": str(one.facts[f"figure.{no}.alt"]["value"]),
        }  # fmt: skip
        found.append(_exhibit(one, record))
    return found


def _replaced(one: IndividualPublication, area: str) -> bool:
    rows = [row for row in one.rows("scores.csv") if row["code"] == area or row["code"].startswith(f"{area}.")]
    return any(row[f"{name}_replaced"] == "1" for row in rows for name in ("sector", "size"))


# --- tables ---------------------------------------------------------------------------------------------------------


def _scores(one: IndividualPublication, no: int) -> Exhibit:
    """All scores; a median that stands in for that of a small group carries a mark."""
    made, mark, replaced = TableMaker(one, "scores"), one.labels["replaced"], False
    for row in one.rows("scores.csv"):
        place, code = f"score.{row['code']}", row["code"]
        name = row["name"] if code == "ALL" else f"{code}. {row['name']}"
        shown = ("own", "percentile", "median", "sector", "size", "benchmark")
        made.add(code, {c: f"{place}.{c}" for c in shown}, {"name": name, "emphasis": str(int("." not in code))})
        printed = made.rows[-1]
        for group in ("sector", "size"):
            if row[f"{group}_replaced"] == "1" and f"{place}.{group}" in one.facts:
                printed[group] += mark
                replaced = True
        printed["rank"] = one.labels["missing"]
        if f"{place}.rank" in one.facts:
            printed["rank"] = one.labels["rank"].format(rank=one.text(f"{place}.rank"), n=one.text(f"{place}.n"))
            made.cells += [(code, "rank", f"{place}.rank"), (code, "rank", f"{place}.n")]
    words = one.labels["tables"]["scores"]
    note = words["note"].format(sector=one.text("card.sector"), size=one.text("card.size"))
    if replaced:
        note += " " + words["note_replaced"].format(mark=mark, min_peers=one.text("rule.min_peers")).strip()
    return made.finish(no, note=note, emphasis="emphasis")


def _levers(one: IndividualPublication, no: int) -> Exhibit | None:
    made, steps = TableMaker(one, "levers"), one.labels["steps"]
    for row in one.rows("levers.csv"):
        place = f"lever.{row['place']}"
        facts = {"own": f"{place}.own", "target": f"{place}.target", "gain": f"{place}.gain", "after": f"{place}.after"}
        made.add(row["place"], facts, {"name": row["name"], "step": steps[row["step"]]}, plain=("gain", "after"))
    return made.finish(no) if made.rows else None


def _listed(name: str, sheet: str, prefix: str, key: str, columns: Sequence[str], label: str = "name") -> Any:
    """Maker of a table that prints one sheet as it is, a row for each of its rows."""

    def make(one: IndividualPublication, no: int) -> Exhibit | None:
        made = TableMaker(one, name)
        for row in one.rows(f"{sheet}.csv"):
            made.add(row[key], {c: f"{prefix}.{row[key]}.{c}" for c in columns}, {"name": row[label]})
        return made.finish(no) if made.rows else None

    return make


def _graph(one: IndividualPublication, no: int) -> Exhibit | None:
    made = TableMaker(one, "graph")
    for row in one.rows("graph.csv"):
        facts = {c: f"graph.{row['measure']}.{c}" for c in ("own", "median", "percentile")}
        made.add(row["measure"], facts, {"name": one.labels["measures"][row["measure"]]})
    return made.finish(no) if made.rows else None


def _members(one: IndividualPublication, no: int) -> Exhibit | None:
    made, words = TableMaker(one, "members"), one.labels["members"]
    rows = one.rows("members.csv")
    for row in rows:
        place = f"members.{row['key']}"
        shown = {"own": f"{place}.own", "own_n": f"{place}.own_n", "all": f"{place}.all", "all_n": f"{place}.all_n"}
        made.add(row["key"], shown, {"name": row["label"], "group": words[row["measure"]]})
        if f"{place}.own" not in one.facts:
            made.rows[-1]["own_n"] = one.labels["missing"]
            made.cells = [cell for cell in made.cells if cell[:2] != (row["key"], "own_n")]
    told = any(f"members.{row['key']}.own" in one.facts for row in rows)
    return made.finish(no, group="group") if told else None


def _criteria(one: IndividualPublication, no: int) -> Exhibit | None:
    made, states = TableMaker(one, "criteria"), one.labels["states"]
    for row in one.rows("criteria.csv"):
        place = f"criterion.{row['id']}"
        by = row["name"] or ". ".join(filter(None, [states["not_here"], row["note"]]))
        by += f" ({states['no_answer']})" if row["state"] == "no_answer" else ""
        facts = {c: f"{place}.{c}" for c in ("own", "median", "percentile")}
        made.add(row["id"], facts, {"name": row["criterion"], "by": by, "group": row["area"]})
    return made.finish(no, group="group") if made.rows else None


def _round(one: IndividualPublication, no: int) -> Exhibit | None:
    made, states = TableMaker(one, "third_round"), one.labels["states"]
    for row in one.rows("third_round.csv"):
        place = f"round.{row['key']}"
        made.add(row["key"], {c: f"{place}.{c}" for c in ("printed", "own", "median")}, {"name": row["name"]})
        if row["state"] != "measured":
            made.rows[-1]["own"] = states[row["state"]]
    return made.finish(no) if made.rows else None


def _strategy(sheet: str, prefix: str) -> Any:
    def make(one: IndividualPublication, no: int) -> Exhibit | None:
        made, words = TableMaker(one, sheet), one.labels
        if sheet == "example" and one.rows("strategy.csv"):
            return None  # the cluster's own goals take the place of the example
        for row in one.rows(f"{sheet}.csv"):
            place = f"{prefix}.{row['id']}"
            worded = {name: f"{place}.{name}_word" for name in ("target", "own") if f"{place}.{name}_word" in one.facts}
            facts = {name: worded.get(name, f"{place}.{name}") for name in ("target", "own")}
            measured = row["why"] or words["missing"]
            made.add(row["id"], facts, {"name": row["name"], "by": measured, "status": words["status"][row["status"]]})
        return made.finish(no) if made.rows else None

    return make


def _indicators(one: IndividualPublication, no: int) -> Exhibit:
    """Own value in its unit, missing or not, capped or not, normalised score, median of all, percentile."""
    made, words = TableMaker(one, "indicators"), one.labels
    for row in one.rows("indicators.csv"):
        place = f"indicator.{row['code']}"
        shown = {c: f"{place}.{c}" for c in ("own", "normalised", "median", "percentile")}
        made.add(row["code"], shown, {"name": row["name"], "group": row["group"]})
        capped = one.facts.get(f"{place}.capped")
        state = "missing" if capped is None else "capped" if capped["value"] else "as_given"
        made.rows[-1]["state"] = words["answer"][state]
    return made.finish(no, group="group")


MAKERS: tuple[Callable[[IndividualPublication, int], Exhibit | None], ...] = (
    _scores,
    _listed("changes", "changes", "change", "code", ["before", "now", "percentile_before", "percentile_now", "shift"]),
    _listed("indicator_changes", "indicator_changes", "moved", "place", ["before", "now", "change", "shift"]),
    _levers,
    _listed("decisions", "decisions", "decision", "place", ["first", "total"]),
    _listed("variants", "variants", "variant", "variant", ["rank", "shift"]),
    _listed("resilience", "resilience", "resilience", "code", ["own", "median", "percentile"]),
    _listed("exposures", "exposures", "exposure", "shock", ["own", "median", "share"]),
    _graph,
    _members,
    _criteria,
    _round,
    _strategy("strategy", "kpi"),
    _strategy("example", "example"),
    _indicators,
)


def make_exhibits(one: IndividualPublication) -> list[Exhibit]:
    """Figures, then tables; a table without rows takes no number."""
    made: list[Exhibit] = []
    for make in MAKERS:
        if (exhibit := make(one, len(made) + 1)) is not None:
            made.append(exhibit)
    return [*_figures(one), *made]
