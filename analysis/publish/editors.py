"""What editors must read over before an edition goes to print: sentences that were written about another edition.

The numbers of a chapter follow the answers, the words around them do not. `report/chapters.yaml` says for which edition
the texts were last read over (`written_for`); in any other edition every sentence that prints a number is listed with
the numbers it printed then and prints now, the largest change first. Whatever the texts were written for, sentences
with a number that `edition.yaml` has copied from another edition come before all.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from analysis.publish.lint import MARK
from analysis.yamlfile import read_yaml

FILE = "50_chapters/do_sprawdzenia.csv"
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ„*\[(])|\n(?=- )")


@dataclass(frozen=True)
class Check:
    """One sentence to read over; `change` is the largest relative change of its numbers, in percent."""

    reason: str
    chapter: str
    line: int
    sentence: str
    facts: str
    before: str
    now: str
    change: str


def written_for(report_dir: Path) -> int | None:
    """Edition for which the chapters were last read over; None if `chapters.yaml` does not say."""
    loaded = read_yaml(report_dir / "chapters.yaml")
    year = loaded.get("written_for")
    return int(year) if year is not None else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shown(facts: Mapping[str, Mapping[str, Any]], ids: Iterable[str]) -> str:
    values = (facts.get(key, {}).get("value", "–") for key in ids)
    return "; ".join(f"{v:.6g}" if isinstance(v, float) else str(v) for v in values)


def _change(ids: Iterable[str], before: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """Largest relative change in percent; None if no number can be compared."""
    changes = []
    for key in ids:
        old, new = (_number(facts.get(key, {}).get("value")) for facts in (before, now))
        if old is not None and new is not None and (old or new):
            changes.append(100 * abs(new - old) / max(abs(old), abs(new)))
    return max(changes, default=None)


def _sentences(text: str) -> Iterable[tuple[int, str]]:
    """Sentences of a rendered chapter with the line on which each begins."""
    for block in re.finditer(r"(?:[^\n]|\n(?!\n))+", text):
        at = block.start()
        for part in _SENTENCE.split(block[0].strip("\n")):
            at = text.index(part, at)
            yield text.count("\n", 0, at) + 1, part
            at += len(part)


def sentences_to_check(
    chapters: Mapping[str, str],
    facts: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    copied: Mapping[str, int],
    *,
    whole: bool,
) -> list[Check]:
    """List the sentences that editors must read over.

    Parameters
    ----------
    chapters
        Stem of a chapter → its rendered Markdown, numbers still marked with their facts.
    facts, before
        Facts of this edition and of the one for which the texts were written (empty if it is not built here).
    copied
        Fact → edition that its number was copied from.
    whole
        Whether the texts were written for another edition, so that every sentence with a number counts.
    """
    found: list[tuple[bool, float, Check]] = []
    for stem, text in chapters.items():
        for line, sentence in _sentences(text):
            ids = list(dict.fromkeys(match.group(2) for match in MARK.finditer(sentence)))
            taken = [key for key in ids if key in copied]
            if not ids or not (whole or taken):
                continue
            change = _change(ids, before, facts)
            reason = f"liczba przepisana z edycji {copied[taken[0]]}" if taken else "zdanie pisane do innej edycji"
            plain = " ".join(MARK.sub(lambda m: m.group(1), sentence).split())
            told = "" if change is None else f"{change:.0f}"
            check = Check(reason, stem, line, plain, "; ".join(ids), _shown(before, ids), _shown(facts, ids), told)
            found.append((not taken, -(change if change is not None else 0.0), check))
    return [check for _, _, check in sorted(found, key=lambda x: (x[0], x[1], x[2].chapter, x[2].line))]


def write_checks(checks: list[Check], path: Path) -> None:
    """Write the list as CSV, or remove it if there is nothing to check."""
    if not checks:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([f.name for f in fields(Check)])
        writer.writerows(astuple(check) for check in checks)


def list_for_editors(
    chapters: Mapping[str, str], facts: Mapping[str, Any], info: Mapping[str, Any], report_dir: Path, build: Path
) -> list[Check]:
    """Make and write the list of an edition; returns it."""
    year, edition = written_for(report_dir), int(info["edition"])
    whole = year is not None and year != edition
    there = build.parent / str(year) / "facts.json"
    before = json.loads(there.read_text(encoding="utf-8")) if whole and there.is_file() else {}
    design = info.get("design", {})
    copied = {f"design.{key}": entry["copied_from"] for key, entry in design.items() if entry.get("copied_from")}
    checks = sentences_to_check(chapters, facts, before, copied, whole=whole)
    write_checks(checks, build / FILE)
    return checks
