"""Typed method configuration: every methodological choice is a key, documented here, refused when unknown.

`config/method/default.yaml` states the published method in full; a variant names only what differs and says
`extends: default`. `config/schema.json` is generated from these models (`klastry schema`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import ConfigError, suggest


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Missing(_Section):
    """What happens to missing answers."""

    rule: Literal["omit", "zero"] = Field(
        "omit",
        description="omit: a missing indicator is left out of the mean; zero: it counts as 0 before treatment",
    )


class Treatment(_Section):
    """Treatment of outliers, before normalisation."""

    rule: Literal["iqr_cap", "none"] = Field("iqr_cap", description="iqr_cap: values beyond the fence are set to it")
    side: Literal["upper", "lower", "both"] = Field("upper", description="which fence is applied")
    k: Annotated[float, Field(gt=0)] = Field(1.5, description="fence = quartile ± k · interquartile range")
    quantile_type: Literal[6, 7] = Field(7, description="Hyndman–Fan type of the quartiles: 7 inclusive, 6 exclusive")
    zero_iqr: Literal["leave", "cap", "error"] = Field(
        "leave",
        description="indicator whose quartiles coincide: leave it uncapped, cap it (it becomes constant), or stop",
    )


class Normalisation(_Section):
    """Rescaling of treated indicators onto a common scale."""

    rule: Literal["minmax"] = Field("minmax", description="linear between the observed minimum and maximum")
    lower: float = Field(0.0, description="score of the worst observed value")
    upper: float = Field(1.0, description="score of the best observed value")

    @model_validator(mode="after")
    def _ordered(self) -> Normalisation:
        if not self.lower < self.upper:
            raise ValueError(f"lower ({self.lower}) must be below upper ({self.upper})")
        return self


class Aggregation(_Section):
    """From indicators to sub-areas, areas and the overall score."""

    subarea: Literal["arithmetic"] = Field("arithmetic", description="mean of the available indicators of a sub-area")
    area_from: Literal["indicators", "subareas"] = Field(
        "indicators", description="area score = mean of its available indicators, or of its sub-area scores"
    )
    overall: Literal["arithmetic"] = Field("arithmetic", description="mean of the five area scores")


class Weights(_Section):
    """Weights at each level."""

    indicators: Literal["equal", "framework"] = Field(
        "equal", description="equal, or the column `weight` of the framework"
    )


class Ranks(_Section):
    """Ranking of respondents, 1 = best; computed on unrounded scores."""

    ties: Literal["min", "average", "max"] = Field("min", description="rank shared by tied respondents")


class Bands(_Section):
    """Half-open bands of a numeric characteristic: [lower, next lower)."""

    lower: list[float] = Field(description="lower bounds of the bands, ascending")
    groups: list[str] = Field(description="group code of each band")

    @model_validator(mode="after")
    def _matching(self) -> Bands:
        if len(self.lower) != len(self.groups):
            raise ValueError(f"{len(self.lower)} lower bounds but {len(self.groups)} groups")
        if sorted(self.lower) != self.lower:
            raise ValueError(f"lower bounds must ascend, got {self.lower}")
        return self


class CrossSections(_Section):
    """Groups of respondents that the report compares."""

    dimensions: list[Literal["all", "age", "kkk", "sector", "size", "strategy"]] = Field(
        description="dimensions, in the order of the annex"
    )
    quantile_type: Literal[6, 7] = Field(7, description="Hyndman–Fan type of the quartiles in Tables 18–36")
    size: Bands = Field(description="bands of the number of members")
    age: Bands = Field(description="bands of the founding year")


class Strengths(_Section):
    """Rule of strengths and weaknesses on sub-area medians."""

    strength_at_least: float = Field(0.30, description="median from which a sub-area is a strength")
    weakness_at_most: float = Field(0.20, description="median up to which a sub-area is a weakness")


class Individual(_Section):
    """Rules of the individual reports."""

    min_peers: Annotated[int, Field(ge=3)] = Field(
        5, description="a peer group with fewer scores is replaced by all respondents, so that nobody is disclosed"
    )
    top: Annotated[int, Field(ge=1)] = Field(3, description="number of strengths and of weaknesses listed")


class Disclosure(_Section):
    """What the tables of scores by group may reveal about a respondent."""

    threshold: Annotated[float, Field(gt=0)] = Field(
        0.02, description="a score counts as disclosed when its possible values lie less than this apart"
    )
    decimals: Annotated[int, Field(ge=1, le=4)] = Field(2, description="decimals with which the tables are printed")
    resolution: Annotated[float, Field(gt=0)] = Field(
        0.0001, description="scores are told apart at this distance; an even number of it makes a printed step"
    )
    time_limit: Annotated[float, Field(gt=0)] = Field(
        5.0, description="deterministic time of one question to the solver; beyond it a score is undecided"
    )
    small_group: Annotated[int, Field(ge=2)] = Field(5, description="groups with fewer respondents are named as small")


class Words(_Section):
    """Thresholds of words that depend on numbers."""

    same_within_pct: float = Field(2.0, description="relative change, in percent, below which a value 'did not change'")
    same_within_score: float = Field(0.02, description="difference of scores below which they are 'similar'")


class Method(_Section):
    """The whole method of an edition."""

    name: str = Field(description="short name of the variant")
    description: str = Field(description="one line: what it is")
    extends: str | None = Field(None, description="variant this one starts from")
    missing: Missing
    treatment: Treatment
    normalisation: Normalisation
    weights: Weights
    aggregation: Aggregation
    ranks: Ranks
    cross_sections: CrossSections
    strengths: Strengths
    individual: Individual
    disclosure: Disclosure
    words: Words
    seed: int = Field(description="seed of everything random in the analyses")


def _allowed(path: tuple[str | int, ...]) -> list[str]:
    model: Any = Method
    for part in path:
        field = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        if field is None:
            return []
        model = field.annotation
    return list(getattr(model, "model_fields", {}))


def _explain(error: ValidationError, source: str) -> ConfigError:
    lines = []
    for item in error.errors():
        loc = tuple(item["loc"])
        key = ".".join(map(str, loc))
        if item["type"] == "extra_forbidden":
            hint = suggest(str(loc[-1]), _allowed(loc[:-1]))
            lines.append(f"unknown key `{key}`{hint}")
        elif item["type"] == "missing":
            lines.append(f"key `{key}` is missing; add it, or let the file extend `default`")
        else:
            lines.append(f"`{key}` = {item['input']!r}: {item['msg']}")
    return ConfigError(f"{source}: " + "\n  ".join(lines))


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable as YAML ({error}); save it as UTF-8 YAML") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: a mapping of keys is expected, found {type(data).__name__}")
    return data


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = _merge(out[key], value)
        else:
            out[key] = value
    return out


def method_files(name: str, config_dir: Path) -> list[Path]:
    """Return the files a variant rests on, base first; raises `ConfigError` for an unknown or circular name."""
    chain: list[Path] = []
    current: str | None = name
    while current is not None:
        path = config_dir / "method" / f"{current}.yaml"
        if path in chain:
            raise ConfigError(f"{path}: `extends` goes round in a circle")
        if not path.is_file():
            known = sorted(p.stem for p in (config_dir / "method").glob("*.yaml"))
            raise ConfigError(f"no method `{current}` in {config_dir / 'method'}{suggest(current, known)}")
        chain.append(path)
        current = _read_yaml(path).get("extends")
    return chain[::-1]


def load_method(name: str, config_dir: Path) -> Method:
    """Load a named method with everything it extends.

    Raises
    ------
    ConfigError
        Unknown method, unknown or missing key, or a value outside its type; names file, key and what is allowed.
    """
    files = method_files(name, config_dir)
    merged: dict[str, Any] = {}
    for path in files:
        merged = _merge(merged, _read_yaml(path))
    try:
        return Method.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, str(files[-1].name)) from error


def schema_json() -> str:
    """Return the JSON schema of a method file, for editors; committed as `config/schema.json`."""
    return json.dumps(Method.model_json_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
