"""What editors must read over before an edition goes to print: sentences that were written about another edition.

The numbers of a chapter follow the answers, the words around them do not. `report/chapters.yaml` says for which edition
the texts were last read over (`written_for`); in any other edition those sentences with numbers are listed in which a
person wrote something that the next answers may turn wrong: a number in words, a direction or a comparison, the name of
a group. Words that the program chose (`indicator`, `compare`, `{% if %}` inside a sentence, names from facts) need no
reading. Numbers of then and now stand beside, the largest change first. Whatever the texts were written for, sentences
with a number that `edition.yaml` has copied from another edition come before all.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from analysis.publish.lint import MARK
from analysis.yamlfile import read_yaml

FILE = "50_chapters/do_sprawdzenia.csv"
COMPUTED = "\u25a1"  # stands for what the program prints
_TOKEN = re.compile(rf"[^\W\d_]+|{COMPUTED}")
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_BRANCHES = re.compile(r"\{%-?\s*if\b(?:(?!\{%-?\s*(?:if|endif)\b|\n\s*\n).)*?\{%-?\s*endif\s*-?%\}", re.DOTALL)
_OTHERWISE = re.compile(r"\{%-?\s*el(?:se|if)\b")
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_HALF = "połow|ćwierć|większoś|mniejszoś|dwukrot|trzykrot|kilkakrot|podwo|potro|kilkana|kilkadzi|żaden|żadn"
_FEW = "dwa|dwie|dwaj|dwóch|dwom|dwóm|dwoma|dwiema|trzy|trzech|trzem|trzej|trzema|cztery|czterech|czterem"
_MORE = (
    "wyżs|wyżej|niżs|niżej|najwyż|najniż|większ(?!oś)|mniejsz(?!oś)|najwię|najmni|więcej|mniej|częściej|najczęśc|rzadz|"
    "najrzad"
)
_MOVES = (
    "wzr[oó]s|rośn|rosn|ur[oó]s|spad|malej|zmala|zmniejsz|zwięks|popraw|pogors|ustęp|odsta|wyprzedz|zysk|straci|kurcz|"
    "przyby|ubył|drgnę"
)
_JUDGES = (
    "lepsz|lepiej|gorsz|gorzej|najlep|najgor|przewag|przewyż|lider|domin|przeważ|silniej|słabsz|słabiej|najsłab|najsiln"
)
# Kinds of claims, in the order in which they are told: words, or beginnings of words, of both languages.
CLAIMS = {
    "liczba słowem": re.compile(
        rf"(?:{_FEW})$|pięci|sześć|sześci|siedem|siedmi|osiem|ośmi|dziewię|dziesię|(?:{_HALF})|jedyn(?!ie)|"
        "(?:two|three|four|five|six|seven|eight|nine|half|third|quarter|quarters|twice|majority|none|both)$"
    ),
    "kierunek lub porównanie": re.compile(
        rf"(?:{_MORE}|{_MOVES}|{_JUDGES})|(?:higher|lower|highest|lowest|more|less|most|least|fewer|larger|smaller|"
        "largest|smallest|grew|grows|rose|rises|fell|falls|better|worse|best|worst|stronger|weaker|strongest|weakest)$"
    ),
}
# Thresholds and scales, which the method sets.
_PHRASES = re.compile(
    r"\b(?:co (?:najmniej|najwyżej)|mniej więcej|at (?:least|most)|nie (?:mniej|więcej) niż|lub (?:mniej|więcej)|"
    r"od jednego do pięciu)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ„*\[(])|\n(?=- )")


@dataclass(frozen=True)
class Check:
    """One sentence to read over; `change` is the largest relative change of its numbers, in percent.

    `words` are the words in it that a person wrote and the answers may turn wrong.
    """

    reason: str
    words: str
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
    line, counted = 1, 0
    for block in re.finditer(r"(?:[^\n]|\n(?!\n))+", text):
        at = block.start()
        for part in _SENTENCE.split(block[0].strip("\n")):
            at = text.index(part, at)
            line, counted = line + text.count("\n", counted, at), at
            yield line, part
            at += len(part)


def _chosen(branches: re.Match[str]) -> str:
    """What a choice leaves of itself: sentences that are only let out under a condition, else the sign."""
    told = branches[0]
    inside = _TAG.sub(f" {COMPUTED} ", told)
    only_let_out = not _OTHERWISE.search(told) and re.search(r"[.!?]\s", inside)
    return inside if only_let_out else f" {COMPUTED} "


def written_pairs(sources: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Return pairs of neighbouring words in the templates of chapters, as people wrote them.

    What is computed is one sign; so is a choice between words (`{% if %}`) within a paragraph.
    """
    pairs: set[tuple[str, str]] = set()
    for source in sources:
        text = _EXPRESSION.sub(f" {COMPUTED} ", source)
        while (shorter := _BRANCHES.sub(_chosen, text)) != text:
            text = shorter
        words = [word.lower() for word in _TOKEN.findall(_TAG.sub(f" {COMPUTED} ", text))]
        pairs |= set(pairwise(words))
    return frozenset(pairs)


def claims(
    sentence: str, written: frozenset[tuple[str, str]], names: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds of claims in a sentence that depend on the answers, and the words that make them.

    Parameters
    ----------
    sentence
        A sentence of a rendered chapter, numbers still marked with their facts.
    written
        From `written_pairs`: a word counts as written by a person if it stands there with one of its neighbours.
    names
        Beginnings of names of groups, in small letters.
    """
    text = _PHRASES.sub(" ", MARK.sub(f" {COMPUTED} ", sentence))
    words = [word.lower() for word in _TOKEN.findall(text)]
    by_hand = [
        word
        for i, word in enumerate(words)
        if word != COMPUTED and (tuple(words[i - 1 : i + 1]) in written or tuple(words[i : i + 2]) in written)
    ]
    found = {kind: [word for word in by_hand if pattern.match(word)] for kind, pattern in CLAIMS.items()}
    found["nazwa"] = [word for word in by_hand if word.startswith(tuple(names))]
    told = tuple(dict.fromkeys(word for kind in found for word in found[kind]))
    return tuple(kind for kind, hits in found.items() if hits), told


def beginnings(labels: Iterable[str]) -> tuple[str, ...]:
    """Return beginnings of the names of groups, alike in all cases: „Chemia, budownictwo” → chemi, budown."""
    last = [part.split()[-1].lower() for label in labels for part in re.split(r",| i ", label) if part.strip()]
    return tuple(dict.fromkeys(word[: max(5, min(7, len(word) - 3))] for word in last))


def _plain(text: str) -> str:
    return " ".join(MARK.sub(lambda m: m.group(1), text).split())


def sentences_to_check(
    chapters: Mapping[str, str],
    facts: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    copied: Mapping[str, int],
    *,
    whole: bool,
    sources: Iterable[str] = (),
    computed: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
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
        Whether the texts were written for another edition, so that every sentence with a number and a claim counts.
    sources
        Templates of the chapters, as people wrote them.
    computed
        Stem of a chapter → all that the narrator and records said in it; sentences in it need no reading.
    names
        Beginnings of names of groups, see `beginnings`.
    """
    found: list[tuple[bool, float, Check]] = []
    if not whole and not copied:
        return []
    written = written_pairs(sources)
    for stem, text in chapters.items():
        said = _plain((computed or {}).get(stem, ""))
        for line, sentence in _sentences(text):
            ids = list(dict.fromkeys(match.group(2) for match in MARK.finditer(sentence)))
            taken = [key for key in ids if key in copied]
            if not ids or not (taken or whole):
                continue
            plain = _plain(sentence)
            kinds, words = claims(sentence, written, names) if plain not in said else ((), ())
            if not taken and not kinds:
                continue
            change = _change(ids, before, facts)
            reason = f"liczba przepisana z edycji {copied[taken[0]]}" if taken else ", ".join(kinds)
            told = "" if change is None else f"{change:.0f}"
            shown = ("; ".join(ids), _shown(before, ids), _shown(facts, ids), told)
            check = Check(reason, ", ".join(words), stem, line, plain, *shown)
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
    chapters: Mapping[str, str],
    facts: Mapping[str, Any],
    info: Mapping[str, Any],
    report_dir: Path,
    build: Path,
    *,
    computed: Mapping[str, str] | None = None,
    labels: Iterable[str] = (),
) -> list[Check]:
    """Make and write the list of an edition; returns it.

    `computed` as in `sentences_to_check`; `labels` are the names of groups.
    """
    year, edition = written_for(report_dir), int(info["edition"])
    whole = year is not None and year != edition
    there = build.parent / str(year) / "facts.json"
    before = json.loads(there.read_text(encoding="utf-8")) if whole and there.is_file() else {}
    design = info.get("design", {})
    copied = {f"design.{key}": entry["copied_from"] for key, entry in design.items() if entry.get("copied_from")}
    sources = [path.read_text(encoding="utf-8") for path in sorted((report_dir / "chapters").glob("*.md"))]
    checks = sentences_to_check(
        chapters, facts, before, copied, whole=whole, sources=sources, computed=computed, names=beginnings(labels)
    )
    write_checks(checks, build / FILE)
    return checks
