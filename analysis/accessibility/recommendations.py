"""Recommendations of the website audit, read from `data/knowledge/web_recommendations.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from analysis.errors import ConfigError, suggest
from analysis.yamlfile import read_yaml


@dataclass(frozen=True)
class WebRecommendation:
    """What to do on a website: priority from 1 (first), what, to what effect, and which criteria it serves."""

    number: int
    priority: int
    title: str
    action: str
    effect: str
    criteria: tuple[str, ...]
    line: int


def load_recommendations(path: Path, items: Iterable[str]) -> list[WebRecommendation]:
    """Read the recommendations in their order.

    Parameters
    ----------
    items
        Criteria that a recommendation may name.

    Raises
    ------
    ConfigError
        A record lacks a key or has an unknown one, names an unknown criterion, is out of order or has an empty text;
        lists all problems, each with the number of the record and the key.
    """
    if not path.is_file():
        raise ConfigError(f"{path.name} does not exist in {path.parent}")
    known, keys = list(items), [f.name for f in fields(WebRecommendation)]
    out: list[WebRecommendation] = []
    problems: list[str] = []
    for place, record in enumerate(read_yaml(path) or [], start=1):
        where = f"record {place}"
        problems += [f"{where}: {key} is missing" for key in keys if key not in record]
        problems += [f"{where}: unknown key {key!r}{suggest(key, keys)}" for key in map(str, record) if key not in keys]
        if set(record) != set(keys):
            continue
        for item in record["criteria"]:
            if item not in known:
                problems.append(f"{where}, criteria: unknown criterion {item!r}{suggest(str(item), known)}")
        for key in ("title", "action", "effect"):
            if not str(record[key] or "").strip():
                problems.append(f"{where}, {key}: the text is empty")
        if record["number"] != place:
            problems.append(f"{where}, number: {record['number']!r} out of order; expected {place}")
        if out and record["priority"] < out[-1].priority:
            problems.append(f"{where}, priority: {record['priority']} after {out[-1].priority}; order them by priority")
        out.append(WebRecommendation(**record | {"criteria": tuple(record["criteria"])}))
    if problems or not out:
        raise ConfigError(f"{path.name}:\n  " + "\n  ".join(problems or ["no records; expected a list"]))
    return out
