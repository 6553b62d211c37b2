"""Facts for the narrator, made up in the test: any statistics for any indicator, options and scores included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.config import Words
from analysis.narrative import Grammar
from analysis.profiles.indicator_profiles import readable
from analysis.publish.chapters import Rendered, _Voice
from analysis.publish.outline import Chapter

Facts = dict[str, dict[str, Any]]
SPAN = re.compile(r'\[((?:[^\]\\]|\\.)*)\]\{\.fact f="([^"]+)"\}')


def fact(value: Any, unit: str = "count", decimals: int = 0) -> dict[str, Any]:
    return {"value": value, "unit": unit, "decimals": decimals, "notebook": "23"}


def profile(grammar: Grammar, code: str, numbers: Mapping[str, float], *, comparable: str = "yes") -> Facts:
    """Profile facts of one indicator; what is not given is a plain default."""
    unit = str(grammar.framework.indicators.at[code, "unit"])
    given = {"mean": 4.0, "median": 3.0, "benchmark": 12.0, "total": 168.0, "zeros": 0, "positive": 42, "n": 42,
             "missing": 0, "share": 20.0, **numbers}  # fmt: skip
    out = {f"profile.{code}.comparable": fact(comparable, "text")}
    for _, name in grammar.tails(code):
        given.setdefault(f"{name}.count", 2)
        given.setdefault(f"{name}.threshold", float(name.split("_")[1]))
    for name, value in given.items():
        last = name.removeprefix("previous.")
        if last in ("zeros", "positive", "n", "missing") or last.endswith(".count"):
            shown = (value, "clusters", 0)
        elif last == "share":
            shown = (value, "percent", 1)
        else:
            shown = readable(value, unit, fraction=last == "mean")
        out[f"profile.{code}.{name}"] = fact(*shown)
    return out


def options(grammar: Grammar, code: str) -> Facts:
    """Shares of the options behind an indicator: 90, 80, … percent."""
    out = {}
    words = grammar.words(code)
    for question in filter(None, words["options"].split(";")):
        for i, item in enumerate(grammar.option_labels(question, words["level"])):
            out[f"option.{item}.share"] = fact(90.0 - 5 * i, "percent")
    item = grammar.framework.indicators.at[code, "items"]
    out[f"option.{item}.1.share"], out[f"option.{item}.1.count"] = fact(50.0, "percent"), fact(21, "clusters")
    return out


def voice(facts: Facts, grammar: Grammar) -> _Voice:
    """The functions of a chapter over these facts."""
    rendered = Rendered(Chapter(title="T", status="ready", file="x.md"), "")
    return _Voice(rendered, Path(), facts, {}, Words(), grammar)


def printed(text: str) -> str:
    """The text as a reader sees it, without marks and with plain spaces."""
    return SPAN.sub(r"\1", text).replace("\u00a0", " ")
