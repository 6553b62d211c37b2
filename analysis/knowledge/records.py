"""Records of `data/knowledge`: read, checked against the framework and the lists, problems named by file and key.

A record is a YAML file or a row of a CSV file. Its class says which keys there are; keys that no class knows are
refused, and so are codes that no list has. All problems of all files of a folder are reported together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import pandas as pd
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, ValidationInfo
from pydantic import field_validator as _field_validator

from analysis.errors import ConfigError, suggest
from analysis.facts import UNITS
from analysis.framework import Framework, read_text_table
from analysis.yamlfile import read_nodes


@dataclass(frozen=True)
class Reference:
    """What records may refer to: codes of the framework and of addressees, questions, names of clusters."""

    subareas: Sequence[str] = ()
    addressees: Sequence[str] = ()
    clusters: Sequence[str] = ()
    indicators: Sequence[str] = ()
    questions: Sequence[str] = ()

    @classmethod
    def read(cls, knowledge: Path, framework: Framework) -> Reference:
        """Collect the lists: the framework, `addressees.csv` in `knowledge`, the registers of all editions."""
        file = knowledge / "addressees.csv"
        addressees = list(read_text_table(file)["code"]) if file.is_file() else []
        clusters: dict[str, None] = {}
        for name in ("registry.csv", "cooperation_nodes.csv"):
            for path in sorted(knowledge.parent.glob(f"editions/*/raw/{name}")):
                clusters |= dict.fromkeys(read_text_table(path)["name"])
        questions = list(framework.codebooks["coordinators"]["item"])
        return cls(list(framework.subareas.index), addressees, list(clusters), framework.codes, questions)


@dataclass(frozen=True)
class Place:
    """Where a record stands: file (from the folder `data` on) and the line of each key."""

    file: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str = "") -> int:
        """Line of a key such as `facts.0.value`, or of the nearest key above it."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 1)


def _listed(kind: str, name: str) -> Any:
    def check(value: str, info: ValidationInfo) -> str:
        known = list(getattr(info.context, kind, ()))
        if value not in known:
            raise ValueError(f"unknown {name} `{value}`{suggest(value, known)}")
        return value

    return AfterValidator(check)


Subarea = Annotated[str, _listed("subareas", "sub-area")]
Addressee = Annotated[str, _listed("addressees", "addressee")]
Cluster = Annotated[str, _listed("clusters", "cluster")]
Indicator = Annotated[str, _listed("indicators", "indicator")]


class Part(BaseModel):
    """A part of a record, or a whole one. `CODES` are keys with codes, names or places in the source, not prose."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    CODES: ClassVar[frozenset[str]] = frozenset()


class RecordFact(Part):
    """A number that a record states.

    `name` says in Polish what is counted; `kind` whether it was reached (result), is hoped for (expected), or says
    how big a thing is (scale); `line` is its place in the source.
    """

    CODES: ClassVar[frozenset[str]] = frozenset({"id", "unit", "kind", "line", "value"})

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    value: float | int | str
    unit: str
    decimals: int = Field(default=0, ge=0, le=6)
    kind: Literal["result", "expected", "scale"] = "result"
    line: str | int

    @_field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        if value not in UNITS:
            raise ValueError(f"unknown unit `{value}`{suggest(value, sorted(UNITS))}")
        return value


class Record(Part):
    """A record with a place; `KIND` begins the ids of its facts (`practice.<key>.<fact>`)."""

    KIND: ClassVar[str] = "record"
    _place: Place = PrivateAttr(default_factory=lambda: Place("data/knowledge"))

    @property
    def place(self) -> Place:
        """File and lines of the record."""
        return self._place

    @property
    def key(self) -> str:
        """What tells this record from others of its kind: its `id`, or its `no`."""
        own = getattr(self, "id", None)
        return str(own if own is not None else getattr(self, "no", ""))

    def fact_id(self, short: str) -> str:
        """Id of one of the record's own facts in `facts.json`."""
        return f"{self.KIND}.{self.key}.{short}"

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every piece of prose with its key (`monday.2`), in the order of the class."""
        yield from _texts(self, "")

    def text(self, key: str) -> str | list[str]:
        """The prose under a key: a text, or a list of texts.

        Raises
        ------
        KeyError
            The record has no such prose.
        """
        found: Any = self
        for part in key.split("."):
            if isinstance(found, list | tuple) and part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            elif isinstance(found, Mapping) and part in found:
                found = found[part]
            elif isinstance(found, Part) and part in type(found).model_fields and part not in type(found).CODES:
                found = getattr(found, part)
            else:
                raise KeyError(key)
        if isinstance(found, str):
            return found
        if isinstance(found, list | tuple) and all(isinstance(item, str) for item in found):
            return list(found)
        raise KeyError(key)


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Part):
        for name in type(value).model_fields:
            if name not in type(value).CODES:
                yield from _texts(getattr(value, name), f"{key}.{name}".strip("."))
    elif isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, f"{key}.{name}")
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _texts(item, f"{key}.{i}")


R = TypeVar("R", bound=Record)


def _lines(node: yaml.Node, key: str, out: dict[str, int], double: list[str]) -> None:
    # A block scalar begins with its indicator: the text stands on the next line.
    block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    out[key] = node.start_mark.line + (2 if block else 1)
    if isinstance(node, yaml.MappingNode):
        names = [str(name.value) for name, _ in node.value]
        double += [f"{key}.{n}".strip(".") for n in sorted({n for n in names if names.count(n) > 1})]
        for name, item in node.value:
            _lines(item, f"{key}.{name.value}".strip("."), out, double)
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            _lines(item, f"{key}.{i}".strip("."), out, double)


def file_name(path: Path) -> str:
    """The path as messages show it: from the folder `data` on."""
    parts = path.resolve().parts
    start = len(parts) - 1 - parts[::-1].index("data") if "data" in parts else len(parts) - 1
    return "/".join(parts[start:])


def _problems(error: ValidationError, model: type[BaseModel], file: str, lines: Mapping[str, int]) -> Iterator[str]:
    place = Place(file, lines)
    for item in error.errors():
        key = ".".join(map(str, item["loc"]))
        message = item["msg"].removeprefix("Value error, ")
        hint = ""
        if item["type"] == "extra_forbidden":
            message, hint = "unknown key", suggest(str(item["loc"][-1]), list(model.model_fields))
        elif item["type"] == "missing":
            message = "missing"
        elif item["type"] != "value_error" and isinstance(item["input"], str | int | float):
            hint = f" (value: {item['input']!r})"
        yield f"{file}:{place.line(key)}: {key or 'record'}: {message}{hint}"


def _record(model: type[R], data: Any, place: Place, reference: Reference, problems: list[str]) -> R | None:
    try:
        made = model.model_validate(data, context=reference)
    except ValidationError as error:
        problems += _problems(error, model, place.file, place.lines)
        return None
    made._place = place
    facts = [fact.id for fact in getattr(made, "facts", [])]
    problems += [
        f"{place.file}: facts: `{x}` is defined twice" for x in sorted({x for x in facts if facts.count(x) > 1})
    ]
    return made


def _unique(records: Sequence[R], problems: list[str]) -> None:
    first: dict[str, R] = {}
    for record in records:
        if record.key in first:
            place = record.place
            problems.append(f"{place.file}:{place.line()}: `{record.key}` is taken by {first[record.key].place.file}")
        first.setdefault(record.key, record)


def read_records(folder: Path, model: type[R], reference: Reference) -> list[R]:
    """Read every `*.yaml` of a folder as one record each, in the order of file names.

    Raises
    ------
    ConfigError
        Lists every problem of every file: unreadable, unknown or missing key, wrong value, unknown code, double id.
    """
    out: list[R] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        name = file_name(path)
        lines: dict[str, int] = {}
        double: list[str] = []
        try:
            node, data = read_nodes(path, name)
        except ConfigError as error:
            problems.append(str(error))
            continue
        if not isinstance(data, dict) or node is None:
            problems.append(f"{name}: a record is a list of keys with values")
            continue
        _lines(node, "", lines, double)
        problems += [f"{name}:{lines[key]}: {key}: stands in the file twice" for key in double]
        made = _record(model, data, Place(name, lines), reference, problems)
        out += [] if made is None else [made]
    _finish(out, problems)
    return out


def read_rows(path: Path, model: type[R], reference: Reference) -> list[R]:
    """Read a CSV file with one record a row; an empty cell is a key left out.

    Raises
    ------
    ConfigError
        The file is missing, or as for `read_records`.
    """
    name = file_name(path)
    if not path.is_file():
        raise ConfigError(f"{name} does not exist; restore it from version control")
    out: list[R] = []
    problems: list[str] = []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        for row in reader:
            if None in row or None in row.values():
                problems.append(f"{name}:{reader.line_num}: row: has another number of cells than the header")
                continue
            place = Place(name, {"": reader.line_num})
            made = _record(model, {k: v for k, v in row.items() if v != ""}, place, reference, problems)
            out += [] if made is None else [made]
    _finish(out, problems)
    return out


def _finish(records: Sequence[R], problems: list[str]) -> None:
    _unique(records, problems)
    if problems:
        raise ConfigError(f"records of data/knowledge ({len(problems)}):\n  " + "\n  ".join(problems))


def facts_table(records: Iterable[Record]) -> pd.DataFrame:
    """Facts of records as a table: id, value, unit, decimals, file, key (`facts.<short id>`), kind, name."""
    rows = [
        (record.fact_id(fact.id), fact.value, fact.unit, fact.decimals, record.place.file, f"facts.{fact.id}",
         fact.kind, fact.name)
        for record in records
        for fact in getattr(record, "facts", [])
    ]  # fmt: skip
    columns = ["id", "value", "unit", "decimals", "file", "key", "kind", "name"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def count_row(fact_id: str, value: float | int | str, name: str, file: str, **how: Any) -> dict[str, Any]:
    """A row for `facts_table` about the records as a whole: how many there are, how many of a kind.

    `how` may give `unit` and `decimals`; `file` is the folder or file that was counted.
    """
    return {"id": fact_id, "value": value, "unit": "count", "decimals": 0, "file": file, "key": fact_id,
            "kind": "result", "name": name} | how  # fmt: skip


def with_counts(records: Iterable[Record], counts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The facts of records followed by rows of `count_row`."""
    table = facts_table(records)
    return pd.concat([table, pd.DataFrame(counts, columns=list(table.columns), dtype=object)], ignore_index=True)
