"""Facts: the only numbers that a chapter may print, each with the table cell it comes from.

A notebook collects facts in a `FactSet` and writes them to `40_analyses/facts/<notebook>.json`; the book reads the
merged `facts.json`. Formatting belongs to the language (`analysis.publish.numbers`), so a fact holds the unrounded
value, its unit and the decimals it is printed with.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import FactError
from analysis.files import write_json

UNITS = frozenset(
    {
        "count", "clusters", "members", "enterprises", "entities", "persons", "indicators", "percent",
        "percent_points", "points", "score", "pln", "thousand_pln", "million_pln", "billion_pln",
        "thousand_eur", "million_eur", "m2", "thousand_m2", "million_m2", "thousand_persons", "km", "year", "years",
        "text", "coefficient",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One printable number or word.

    `table`, `key`, `column` name the cell it comes from (`20_indicators/indicators.csv`, row, column); `inputs` the
    raw columns behind it, where known; `n` the respondents it rests on.
    """

    id: str
    value: float | int | str
    unit: str
    decimals: int
    table: str
    key: str
    column: str
    inputs: tuple[str, ...] = ()
    text: str = ""
    n: int | None = None


class FactSet:
    """Facts of one notebook; refuses a second fact with the same id."""

    def __init__(self, notebook: str) -> None:
        self.notebook = notebook
        self._facts: dict[str, Fact] = {}

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def add(
        self,
        fact_id: str,
        value: Any,
        *,
        unit: str = "count",
        decimals: int = 0,
        table: str,
        key: str,
        column: str,
        inputs: tuple[str, ...] = (),
        text: str = "",
        n: int | None = None,
    ) -> None:
        """Add a fact.

        Raises
        ------
        FactError
            The id is taken, the unit is unknown, or the value is neither text nor a finite number.
        """
        if fact_id in self._facts:
            raise FactError(f"{self.notebook}: fact `{fact_id}` is defined twice; give the second one its own id")
        if unit not in UNITS:
            raise FactError(
                f"{self.notebook}: fact `{fact_id}` has the unknown unit `{unit}`; known: {', '.join(sorted(UNITS))}"
            )
        if hasattr(value, "item"):
            value = value.item()
        if unit != "text":
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise FactError(
                    f"{self.notebook}: fact `{fact_id}` ({table}, {key}, {column}) is {value!r}, not a finite number; "
                    "a missing value cannot be printed, leave the fact out and let the chapter ask for it"
                )
            if isinstance(value, float) and value.is_integer() and decimals == 0:
                value = int(value)
        self._facts[fact_id] = Fact(fact_id, value, unit, decimals, table, key, column, inputs, text, n)

    def write(self, path: Path) -> None:
        """Write the facts, sorted by id."""
        payload = {}
        for fact in sorted(self, key=lambda f: f.id):
            record = {**vars(fact), "notebook": self.notebook}
            del record["id"]
            payload[fact.id] = record
        write_json(payload, path)


def read_facts(paths: list[Path]) -> dict[str, Any]:
    """Read the facts of several notebooks: id → record, in the order of the files.

    Raises
    ------
    FactError
        Two notebooks define the same id.
    """
    merged: dict[str, Any] = {}
    for path in sorted(paths):
        for fact_id, record in json.loads(path.read_text(encoding="utf-8")).items():
            if fact_id in merged:
                raise FactError(
                    f"fact `{fact_id}` is defined by {merged[fact_id]['notebook']} and {record['notebook']}; rename one"
                )
            merged[fact_id] = record
    return merged


def merge_facts(paths: list[Path], out: Path) -> int:
    """Merge the facts of all notebooks into one file; returns their number.

    Raises
    ------
    FactError
        Two notebooks define the same id.
    """
    merged = read_facts(paths)
    ordered = {key: merged[key] for key in sorted(merged)}
    write_json(ordered, out)
    return len(ordered)
