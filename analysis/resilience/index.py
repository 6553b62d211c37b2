"""The resilience index as two tables: indicators computed from answers, and the dimensions they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import language
from analysis.composite.structure import Structure
from analysis.errors import FrameworkError

INDICATORS = (
    "code", "parent", "name_pl", "name_en", "unit", "direction", "weight", "instrument", "rule", "items", "options",
    "note",
)  # fmt: skip
DIMENSIONS = ("code", "parent", "name_pl", "name_en", "weight")


@dataclass(frozen=True)
class Tree:
    """`indicators` (index code) as the rules of indicators want them, `dimensions` (index code), `structure`."""

    indicators: pd.DataFrame
    dimensions: pd.DataFrame
    structure: Structure

    @property
    def root(self) -> str:
        """Code of the index."""
        return self.structure.root

    def name(self, code: str, lang: str | None = None) -> str:
        """Name of an indicator, a dimension or the index; by default in the process's language."""
        table = self.indicators if code in self.indicators.index else self.dimensions
        return str(table.at[code, f"name_{lang or language.current()}"])


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.is_file():
        raise FrameworkError(f"{path} does not exist; restore it from version control")
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    absent = [c for c in columns if c not in table.columns]
    if absent:
        raise FrameworkError(f"{path.name}: missing column(s) {', '.join(absent)}")
    return table.set_index("code")


def read_tree(folder: Path) -> Tree:
    """Read `indicators.csv` and `dimensions.csv` of the resilience index.

    Raises
    ------
    FrameworkError
        A file or column is missing, a direction or weight is no number, or the tree contradicts itself.
    """
    indicators = _read(folder / "indicators.csv", INDICATORS)
    dimensions = _read(folder / "dimensions.csv", DIMENSIONS)
    try:
        indicators = indicators.astype({"direction": int, "weight": float})
        dimensions = dimensions.astype({"weight": float})
    except ValueError as error:
        raise FrameworkError(f"{folder}: direction and weight must be numbers ({error})") from error
    both = pd.concat([indicators, dimensions])
    both["direction"] = both["direction"].fillna(1)
    structure = Structure.from_table(
        both[["parent", "direction", "weight"]].assign(name=both["name_pl"]), source=str(folder)
    )
    return Tree(indicators, dimensions, structure)
