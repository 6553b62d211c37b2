"""`klastry new-edition`: the folder of the next edition, made whole or not at all."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.editions.previous import check_build, comparability, history, previous_statistics
from analysis.editions.years import copy_framework, move_years
from analysis.errors import ConfigError
from analysis.framework import load_framework
from analysis.sources import MADE_UP, SURVEY, Edition, load_edition
from analysis.workspace import write_csv

FIRST, LAST = 2000, 2100
RECRUITMENT = ("previous_known", "previous_active", "base_active", "base_eligible")  # before `clusters_took_part`
# What is taken over word for word; every other text of edition.yaml has its years moved on.
_SAME = ("commissioned_by", "report_languages", "instruments", "soft_checks")
_DROPPED = ("provenance_note_pl", "provenance_note_en", "source_lines", "aggregates_only")


@dataclass(frozen=True)
class Draft:
    """An edition as it was made: its folder, and the cells and keys that a person has to read over."""

    root: Path
    moved: pd.DataFrame
    copied_design: list[str]


def check_year(year: int, source: int) -> None:
    """Refuse a year that cannot be the next edition.

    Raises
    ------
    ConfigError
        Not between 2000 and 2100, or not after the edition it is made from.
    """
    if not FIRST <= year <= LAST or year <= source:
        raise ConfigError(f"edition {year} cannot follow edition {source}; name a later year, up to {LAST}")


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A folder beside the target that becomes the target when everything in it is done."""
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _moved(value: Any, by: int, first: int, last: int) -> Any:
    """Move the years in a value of `edition.yaml`, at any depth."""
    if isinstance(value, dict):
        return {k: _moved(v, by, first, last) for k, v in value.items()}
    if isinstance(value, str):
        return move_years(value, by, first, last)
    if isinstance(value, datetime.date):
        try:
            return value.replace(year=value.year + by)
        except ValueError:  # the 29th of February
            return value.replace(year=value.year + by, day=28)
    return value


def _edition_yaml(edition: Edition, year: int, provenance: str) -> tuple[dict[str, Any], list[str]]:
    info, by = edition.info, year - edition.year
    first, last = edition.year - 4, edition.year + by - 1
    out: dict[str, Any] = {}
    for key, value in info.items():
        if key in _DROPPED or key in ("design", "cooperation", "resilience"):
            continue
        out[key] = value if key in _SAME else _moved(value, by, first, last)
    out |= {
        "edition": year,
        "number": int(info["number"]) + 1,
        "previous_edition": edition.year,
        "previous_period": info["period"],
        "provenance": provenance,
        "citation_previous": info["citation"],
    }
    # Numbers quoted from a document are not this edition's until somebody says so.
    design = {
        key: {**{k: v for k, v in entry.items() if k != "source_line"}, "copied_from": edition.year}
        for key, entry in info["design"].items()
    }
    out["design"] = design
    for key in ("cooperation", "resilience"):  # numbers quoted from elsewhere: true in any edition, until replaced
        if key in info:
            out[key] = info[key]
    return out, list(design)


def _widen_recruitment(design: dict[str, Any], copied: list[str]) -> None:
    """Let made-up clusters be known and invited before more of them answer than the edition before had invited.

    All steps grow alike, so that they stay in order; numbers that are enough stay as they were copied.
    """
    steps = [key for key in RECRUITMENT if key in design]
    took_part = int(design.get("clusters_took_part", {"value": 0})["value"])
    if not steps or took_part <= (least := min(int(design[key]["value"]) for key in steps)):
        return
    for key in steps:
        more = -(-int(design[key]["value"]) * took_part // least)
        design[key] = {"value": more, "unit": design[key]["unit"], "note": "made up: enough for the made-up answers"}
        if key in copied:
            copied.remove(key)


def _dump(data: dict[str, Any]) -> str:
    head = (
        "# Made by `klastry new-edition`. Dates and names that documents print come from here: read over every line.\n"
        "# `copied_from` marks a number under `design` that is still that of another edition; put in this edition's\n"
        "# number and delete the mark. With `provenance: survey` a marked number stops the build.\n"
    )
    return head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def make_edition(
    data_dir: Path,
    build: Path,
    year: int,
    source: int,
    *,
    fill: Callable[[Edition], None] | None = None,
) -> Draft:
    """Make the folder of the next edition from a built one.

    It gets an `edition.yaml`, a framework of its own with the years moved on, an empty `raw/` (or answers from
    `fill`), and under `previous/` what the edition before computed: statistics, what may be compared, totals of all
    editions, and its framework as it was. Either the whole folder appears or nothing.

    Parameters
    ----------
    data_dir
        The project's `data/`.
    build
        Build folder of the edition that is followed, complete.
    year, source
        The new edition and the one it follows.
    fill
        Writes raw files into the new edition (made-up answers); None leaves `raw/` empty.

    Raises
    ------
    ConfigError
        The year cannot follow, the edition exists already, or the one before is not built.
    """
    check_year(year, source)
    edition = load_edition(source, data_dir)
    target = data_dir / "editions" / str(year)
    if target.exists():
        raise ConfigError(f"{target} exists already and is left as it is; remove it yourself if it is to be made anew")
    check_build(build)
    by = year - source
    first, last = source - 4, source + 1
    framework = load_framework(edition.framework.parent)
    with _whole(target) as part:
        moved = copy_framework(edition.framework, part / "framework", by=by, first=first, last=last)
        previous = part / "previous"
        shutil.copytree(part / "framework", previous / "framework")
        statistics = previous_statistics(build, framework, edition.framework, str(edition.info["period"]))
        write_csv(statistics, previous / "statistics.csv")
        write_csv(comparability(statistics), previous / "comparability.csv")
        known = pd.read_csv(data_dir / "editions/history.csv", keep_default_na=False)
        labels = dict(zip(known["metric"], known["label_en"], strict=True))
        write_csv(history(build, labels), previous / "history.csv")
        info, copied = _edition_yaml(edition, year, SURVEY if fill is None else MADE_UP)
        (part / "raw").mkdir()
        if fill is not None:
            fill(Edition(year, part, info))
            for key, name in (("clusters_took_part", "coordinators"), ("members_surveyed", "members")):
                if key in info["design"]:  # what the answers themselves say is not copied
                    rows = len(pd.read_csv(part / f"raw/{name}.csv", dtype=str))
                    info["design"][key] = {"value": rows, "unit": edition.info["design"][key]["unit"]}
                    copied.remove(key)
            _widen_recruitment(info["design"], copied)
        (part / "edition.yaml").write_text(_dump(info), encoding="utf-8")
        write_csv(moved, part / "years_moved.csv")
    return Draft(target, moved, copied)
