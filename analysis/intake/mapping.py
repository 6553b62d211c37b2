"""The mapping file of a source: which column is which item, what its answers mean, and who has checked it.

It is proposed by the program and belongs to a person: nothing is imported before `checked: true` and a name stand in
it. It lies next to the edition, `data/editions/<year>/import/<source>.yaml`, and holds no answer of a person except
the spellings that somebody decided on under `answers`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.errors import ConfigError, suggest
from analysis.intake.numbers import WORTH
from analysis.yamlfile import read_yaml

OPEN = "?"
NONE = "none"
UNITS = (*WORTH, "percent", "fraction")

HEAD = """\
# How the columns of one source become items of the codebook. `klastry import --propose` wrote it; a person checks it:
#   1. every column: is `item` right? `item: '?'` is undecided: choose one of its candidates, or `none` to leave it out;
#   2. `answers`: what a spelling in this column means, as a code of the codebook ('' is no answer, '?' is undecided);
#   3. `identify`: which column tells respondents apart; `incomplete`: which rows count (submitted, all, or page: 5);
#   4. then set `checked: true` and your name under `checked_by`, and run the same command without --propose.
# All keys: docs/import.md
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnRule(_Strict):
    """One column: its item, how to read it, and why it was proposed."""

    column: str
    item: str = OPEN
    score: float | None = None
    why: str = ""
    candidates: list[str] = Field(default_factory=list)
    blank: Literal["missing", "not_ticked"] = "missing"
    filled: bool = False  # for `other` columns: any text counts as ticked
    unit: str = ""  # unit of plain numbers in this column, where it is not the one of the codebook
    answers: dict[str, str] = Field(default_factory=dict)

    @field_validator("answers", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Accept what YAML takes for numbers, booleans and nothing: `500: 1`, `Tak: yes` in quotes or not."""
        if not isinstance(value, dict):
            return value
        for key, became in value.items():
            if isinstance(key, bool) or isinstance(became, bool):
                raise ValueError(
                    f"write {key!r}: {became!r} in quotation marks (YAML takes yes and no for true and false)"
                )
        return {str(k): "" if v is None else str(v) for k, v in value.items()}

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        if value and value not in UNITS:
            raise ValueError(f"unit is {value!r}{suggest(value, UNITS)}")
        return value


class Identify(_Strict):
    """What tells respondents apart: columns of the source, and whether their values are kept as identifiers."""

    by: list[str] = Field(default_factory=list)
    ids: Literal["neutral", "keep"] = "neutral"


class Incomplete(_Strict):
    """Which rows count: `submitted` (a date of submission), at least `page` pages, or `all`."""

    keep: Literal["submitted", "all", "page"] = "all"
    page: int = 0
    column: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Incomplete:
        if self.keep != "all" and not self.column:
            raise ValueError(f"keep: {self.keep} needs `column`: the one that holds the date of submission or the page")
        if self.keep == "page" and self.page < 1:
            raise ValueError("keep: page needs `page`: the last page that must have been reached")
        return self


class TableRule(_Strict):
    """One table of the source (a sheet, or the whole file) and the instrument it holds."""

    instrument: str
    sheet: str = ""
    header_rows: list[int] = Field(default_factory=list)
    merged_cells: Literal["ask", "fill", "first"] = "ask"
    decimal_mark: Literal["", ",", "."] = ""
    incomplete: Incomplete = Field(default_factory=Incomplete)
    identify: Identify = Field(default_factory=Identify)
    duplicates: Literal["refuse", "first", "last"] = "refuse"
    columns: list[ColumnRule]
    items_without_column: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _once(self) -> TableRule:
        names = [c.column for c in self.columns]
        double = sorted({n for n in names if names.count(n) > 1})
        items = [c.item for c in self.columns if c.item not in (OPEN, NONE) and not c.filled]
        twice = sorted({i for i in items if items.count(i) > 1})
        if double:
            raise ValueError(f"the same column twice: {', '.join(double)}")
        if twice:
            raise ValueError(f"the same item for two columns: {', '.join(twice)}")
        return self


class Mapping(_Strict):
    """The mapping of a source."""

    source: str
    kind: Literal["csv", "xlsx", "sav"]
    checked: bool = False
    checked_by: str = ""
    encoding: str = ""
    delimiter: str = ""
    tables: list[TableRule]


def load_mapping(path: Path) -> Mapping:
    """Load a mapping.

    Raises
    ------
    ConfigError
        There is no such file, it is no YAML, or a key or value is not allowed: all of them, with their places.
    """
    if not path.is_file():
        raise ConfigError(f"{path} does not exist; propose it first: klastry import SOURCE --propose")
    content = read_yaml(path)
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        lines = []
        for one in error.errors():
            place = ".".join(str(part) for part in one["loc"])
            rule = _named(content, one["loc"])
            lines.append(f"  {place}{rule}: {one['msg'].removeprefix('Value error, ')}")
        raise ConfigError("\n".join([f"{path}: the mapping is not well formed", *lines])) from None


def _named(content: Any, place: tuple[Any, ...]) -> str:
    """Return the heading of the column that an error is about: ' (column A9[SQ001])'."""
    here = content
    for part in place:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(here, dict) and "column" in here and part != "incomplete":
            return f" (column {here['column']})"
    return ""


def mapping_text(mapping: Mapping) -> str:
    """Return a mapping as the YAML a person reads: defaults left out, columns in the order of the source."""
    record = mapping.model_dump(exclude_defaults=True)
    record["checked"], record["checked_by"] = mapping.checked, mapping.checked_by
    for table, rule in zip(record["tables"], mapping.tables, strict=True):
        table["columns"] = [
            {"column": one.column, "item": one.item, **one.model_dump(exclude_defaults=True)} for one in rule.columns
        ]
    order = ["source", "kind", "checked", "checked_by", "encoding", "delimiter", "tables"]
    ordered = {key: record[key] for key in order if key in record}
    return HEAD + yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=100)
