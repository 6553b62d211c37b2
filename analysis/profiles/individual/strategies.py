"""The strategy monitor: a cluster's own goals as a small YAML file, measured with what the survey knows.

```yaml
title: Strategia klastra na lata 2025–2030
period: 2025-2030
kpis:
  - id: new_members
    name: Nowi członkowie klastra w ciągu roku
    target: 5                  # a number, a word (an option of the questionnaire), or null: the strategy names none
    direction: at_least        # or at_most, equal
    baseline: 2                # optional: where it started
    measure:                   # or null, with `why_not`
      question: members_joined # or indicator: III.2.1, or characteristic: kkk
      divide_by: 2             # the survey covers two years, the goal is per year
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.config.period import name_years
from analysis.errors import ConfigError, suggest
from analysis.facts import UNITS
from analysis.yamlfile import read_yaml

STRATEGIES = "strategies"
COLUMNS = ["id", "name", "unit", "decimals", "target", "target_word", "own", "own_word", "status", "why"]
SOURCES = ("indicator", "question", "characteristic")
MET, ON_TRACK, NOT_MET = "met", "on_track", "not_met"
NO_TARGET, NOT_MEASURABLE = "no_target", "not_measurable"


class Measure(BaseModel):
    """Where the value comes from: exactly one of the three sources, several questions are added up.

    `words` says how the options of a question are printed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str | None = None
    question: str | list[str] | None = None
    characteristic: str | None = None
    divide_by: Annotated[float, Field(gt=0)] = 1.0
    note: str = ""
    words: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_source(self) -> Measure:
        given = [name for name in SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"names {len(given)} sources; give exactly one of {', '.join(SOURCES)}")
        return self

    @property
    def source(self) -> str:
        """Which of the three sources is named."""
        return next(name for name in SOURCES if getattr(self, name) is not None)

    @property
    def columns(self) -> list[str]:
        """Codes or items that are read."""
        named = getattr(self, self.source)
        return [named] if isinstance(named, str) else list(named)


class Kpi(BaseModel):
    """One goal of a strategy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Annotated[str, Field(min_length=1)]
    target: float | str | None
    target_text: str = ""
    direction: Literal["at_least", "at_most", "equal"] = "at_least"
    baseline: float | None = None
    unit: str = "count"
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    measure: Measure | None
    why_not: str = ""
    source_lines: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Kpi:
        if self.unit not in UNITS:
            raise ValueError(f"unit `{self.unit}` is not known{suggest(self.unit, sorted(UNITS))}")
        if self.measure is None and not self.why_not:
            raise ValueError("has no `measure`; say in `why_not` why it cannot be measured here")
        if isinstance(self.target, str) and self.direction != "equal":
            raise ValueError(f"target “{self.target}” is a word; set `direction: equal`")
        if self.baseline is not None and isinstance(self.target, float) and self.direction != "equal":
            way = self.target - self.baseline
            if (way < 0) if self.direction == "at_least" else (way > 0):
                raise ValueError(f"baseline {self.baseline:g} lies beyond the target {self.target:g}")
        return self


class Strategy(BaseModel):
    """The goals of one cluster."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    period: Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")]
    source: str = ""
    kpis: Annotated[list[Kpi], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> Strategy:
        ids = [kpi.id for kpi in self.kpis]
        double = sorted({i for i in ids if ids.count(i) > 1})
        if double:
            raise ValueError(f"kpis: id {', '.join(double)} stands there twice")
        return self


def load_strategy(path: Path, known: dict[str, list[str]], *, period: str = "") -> Strategy:
    """Read a strategy and check that everything it would measure exists.

    Parameters
    ----------
    known
        Source (`indicator`, `question`, `characteristic`) → names that can be measured.
    period
        Period of the edition, "2022-2023": questions may name its years as `_year1` and `_year2`.

    Raises
    ------
    ConfigError
        The file is no YAML, a key or value is wrong, or a source names something unknown; lists every problem with
        file and key.
    """
    data = read_yaml(path, change=(lambda text: name_years(text, period)) if period else None)
    try:
        strategy = Strategy.model_validate(data)
    except ValidationError as error:
        raise ConfigError(f"{path.name}:\n  " + "\n  ".join(_explained(error))) from error
    problems = []
    for i, kpi in enumerate(strategy.kpis):
        for column in kpi.measure.columns if kpi.measure else []:
            names = known.get(kpi.measure.source, []) if kpi.measure else []
            if column not in names and kpi.measure:
                problems.append(
                    f"kpis.{i}.measure.{kpi.measure.source} ({kpi.id}): `{column}` is not known{suggest(column, names)}"
                )
    if problems:
        raise ConfigError(f"{path.name}:\n  " + "\n  ".join(problems))
    return strategy


def _explained(error: ValidationError) -> list[str]:
    fields = {**Strategy.model_fields, **Kpi.model_fields, **Measure.model_fields}
    out = []
    for item in error.errors():
        key = ".".join(map(str, item["loc"])) or "file"
        if item["type"] == "extra_forbidden":
            name = str(item["loc"][-1])
            out.append(f"{key}: unknown key{suggest(name, list(fields))}")
        else:
            out.append(f"{key}: {item['msg'].removeprefix('Value error, ')}")
    return out


def _value(kpi: Kpi, tables: dict[str, pd.Series]) -> Any:
    assert kpi.measure is not None
    values = tables[kpi.measure.source].reindex(kpi.measure.columns)
    if values.isna().any() or (values.astype(str) == "").any():
        return None
    if len(values) == 1 and isinstance(kpi.target, str):
        return str(values.iloc[0])
    numbers = pd.to_numeric(values, errors="coerce")
    return None if numbers.isna().any() else float(numbers.sum()) / kpi.measure.divide_by


def status_of(kpi: Kpi, value: Any, *, on_track: float) -> str:
    """Status of a goal.

    A goal is on track when at least the share `on_track` of the way from the baseline (zero, if none is given) to the
    target is behind it. Where less is better the way leads down from a baseline; without one, or for a word, a goal is
    met or not.

    Examples
    --------
    >>> goal = Kpi(id="a", name="A", target=5, measure=Measure(indicator="I.1.1"))
    >>> [status_of(goal, value, on_track=0.8) for value in (5, 4, 3, None)]
    ['met', 'on_track', 'not_met', 'not_measurable']
    """
    if kpi.measure is None or value is None:
        return NOT_MEASURABLE
    if kpi.target is None:
        return NO_TARGET
    if kpi.direction == "equal" or isinstance(kpi.target, str):
        return MET if value == kpi.target else NOT_MET
    if (value >= kpi.target) if kpi.direction == "at_least" else (value <= kpi.target):
        return MET
    start = kpi.baseline if kpi.baseline is not None else (0.0 if kpi.direction == "at_least" else None)
    if start is None or start == kpi.target:
        return NOT_MET
    return ON_TRACK if (value - start) / (kpi.target - start) >= on_track else NOT_MET


def monitor(strategy: Strategy, tables: dict[str, pd.Series], *, on_track: float) -> pd.DataFrame:
    """Measure every goal of a strategy.

    Parameters
    ----------
    tables
        Source → own values by name; an empty or missing one cannot be measured.

    Returns
    -------
    DataFrame
        One row for each goal: id, name, unit, decimals, target and own (missing, a number, or in `target_word` and
        `own_word` a word), status, why (reason of a goal that is not measurable, or the note on its measure).
    """
    rows = []
    for kpi in strategy.kpis:
        value = None if kpi.measure is None else _value(kpi, tables)
        word = isinstance(kpi.target, str)
        status = status_of(kpi, value, on_track=on_track)
        note = kpi.measure.note if kpi.measure else kpi.why_not
        rows.append(
            {
                "id": kpi.id, "name": kpi.name, "unit": kpi.unit, "decimals": kpi.decimals,
                "target": float("nan") if word or kpi.target is None else kpi.target,
                "target_word": kpi.target_text or (kpi.target if word else ""),
                "own": float("nan") if word or value is None else value,
                "own_word": kpi.measure.words.get(value, value) if kpi.measure and word and value is not None else "",
                "status": status, "why": note,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)[COLUMNS]


def measured_goals(path: Path, tables: dict[str, pd.Series], *, on_track: float, period: str = "") -> pd.DataFrame:
    """Read and measure the strategy in a file; an empty table where there is no such file.

    Parameters
    ----------
    tables
        Source → own values by name, as for `monitor`.
    period
        As for `load_strategy`.

    Raises
    ------
    ConfigError
        As for `load_strategy`.
    """
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS)
    known = {source: [str(name) for name in values.index] for source, values in tables.items()}
    return monitor(load_strategy(path, known, period=period), tables, on_track=on_track)
