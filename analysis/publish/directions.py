"""Sentences whose direction word disagrees with their facts: "wzrosła" where the number fell, "wyższa niż" where lower.

The check knows nothing of how a sentence was made. It reads the rendered text, in which every number carries the id of
its fact, and looks for two things only, so that it is never wrong by guessing:

- a fact of the previous edition (its id says of what) with the word of change nearest before it, else after it;
- a comparative with "niż" or "od" between two facts of the same measure: "A jest wyższa od B", "wyższą (A) niż … (B)",
  "wyższą niż pozostałe (A i B)".

Negated and unknown words are left alone; what is left alone is not approved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.config import Words
from analysis.publish import numbers
from analysis.publish.lint import MARK, Finding

Facts = Mapping[str, Mapping[str, Any]]
UP, DOWN, SAME, NEAR = "up", "down", "same", "near"
_SAID = {UP: "more", DOWN: "less", SAME: "the same", NEAR: "nearly the same"}

_PLACE = re.compile("[\ue000-\uf8ff]")
_END = re.compile(r"(?<=[.!?])[\s”»)]+(?=[A-ZĄĆĘŁŃÓŚŹŻ„\ue000-\uf8ff*(-])|\n\s*\n|\n(?=\s*[-*] )|\n(?=#)|\n(?=:::)")

# Words of change over time; the last group of each is "in the other direction": the word speaks of the past.
_CHANGE = [
    (NEAR, re.compile(r"\b(?:pozosta\w+ (?:\w+ )?zbliżon\w+|prawie (?:się )?nie zmieni\w+(?: się)?)")),
    (SAME, re.compile(r"\b(?:nie zmieni\w+ się|się nie zmieni\w+|bez zmian|(?:remained|stayed) the same)")),
    (UP, re.compile(r"\b(?:wzrós\w*|wzros(?:ła|ło|ły|łyby|ną|nie)\b|urós\w*|urosł\w+|zwiększył\w*|podnios\w+ się)")),
    (UP, re.compile(r"\b(?:increased|rose|grew)\b")),
    (DOWN, re.compile(r"\b(?:spad(?:ł\w*|a|nie|ną)\b|zmala\w+|zmniejszył\w*|obniżył\w*)")),
    (DOWN, re.compile(r"\b(?:decreased|fell|declined|dropped)\b")),
]
_COMPARATIVE = {
    UP: re.compile(r"\b(?:wyższ\w+|większ(?:y|a|e|ą|ego|ej|ym|ych|ymi|i)\b|więcej|higher|larger|more)\b"),
    DOWN: re.compile(r"\b(?:niższ\w+|mniejsz\w+|mniej|lower|smaller|fewer|less)\b"),
}
_BEFORE = re.compile(r"\s+(?:\w+\s+){0,3}?(?:niż|od|than)\s+(?:(?:tej|tego|ta|ten|in|w|we|z|ze)\s+){0,2}"
                     r"(?:poprzedni\w*|edycj\w+ \S+|the previous)")  # fmt: skip
_NOW = re.compile(r"\s+(?:niż|than)\s+(?:teraz|obecnie|dziś|now|today)\b")
_LINK = re.compile(r"\b(?:niż|od|than)\b")
_PAIR = re.compile(r"\(([\ue000-\uf8ff])(?:,)? (?:i|a|oraz|and|wobec) ([\ue000-\uf8ff])\)")
# "3 lub więcej", "150 i więcej", "o 0,10 wyższa": a bound or a difference, not a comparison of what stands beside.
_NOT_COMPARED = re.compile(r"(?:\bnie|\blub|\bi|\bco najmniej|\bor|\band|\bnot|\bno)\s+$")


@dataclass(frozen=True)
class Check:
    """One direction word and the two facts it must agree with: `first` is said to be more, less or the same."""

    word: str
    said: str
    first: str
    second: str
    sentence: str
    line: int

    def __str__(self) -> str:
        return f"“{self.word}” in “{self.sentence}”"


@dataclass(frozen=True)
class _Sentence:
    """A sentence with one private character for each fact, so that a word is never read from a number."""

    text: str
    facts: dict[str, tuple[str, str]]
    line: int

    @property
    def plain(self) -> str:
        """The sentence as it is printed, on one line."""
        shown = _PLACE.sub(lambda m: self.facts[m.group()][0], self.text)
        return re.sub(r"\s+", " ", shown).strip()


def current_of(fact_id: str) -> str | None:
    """Return the id of this edition's fact for a fact of the previous one, None for any other.

    Examples
    --------
    >>> current_of("previous.sample.members.mean"), current_of("profile.I.1.1.previous.mean")
    ('sample.members.mean', 'profile.I.1.1.mean')
    >>> current_of("previous.area.III.median"), current_of("sample.members.mean")
    ('score.III.all.median', None)
    """
    parts = fact_id.split(".")
    if "previous" not in parts:
        return None
    parts.remove("previous")
    if parts[0] == "area":
        return ".".join(["score", *parts[1:-1], "all", parts[-1]])
    return ".".join(parts)


def comparable(first: str, second: str, facts: Facts) -> bool:
    """Whether two facts are the same measure of two things: ids that differ in one part, the same unit, numbers."""
    if first == second or not {first, second} <= set(facts):
        return False
    a, b = facts[first], facts[second]
    if a["unit"] != b["unit"] or a["unit"] == "text" or isinstance(a["value"], str):
        return False
    one, other = ((current_of(x) or x).split(".") for x in (first, second))
    if "threshold" in (one[-1], other[-1]) or len(one) != len(other):
        return False
    return sum(x != y for x, y in zip(one, other, strict=True)) <= 1


def sentences(text: str) -> Iterator[_Sentence]:
    """Cut rendered Markdown into sentences, headings and bullets."""
    marks: dict[str, tuple[str, str]] = {}

    def place(match: re.Match[str]) -> str:
        key = chr(0xE000 + len(marks) % 0x1900)
        marks[key] = (re.sub(r"\\(.)", r"\1", match.group(1)), match.group(2))
        # Line breaks inside a mark are kept, so that lines count on.
        return key + "\n" * match.group().count("\n")

    line = 1
    # Paragraph by paragraph: a chapter may have more numbers than there are private characters.
    for paragraph in re.split(r"(\n\s*\n)", text):
        marks.clear()
        body = MARK.sub(place, paragraph)
        cut = 0
        for end in [*(m.end() for m in _END.finditer(body)), len(body)]:
            part = body[cut:end]
            if part.strip():
                found = {key: marks[key] for key in _PLACE.findall(part) if key in marks}
                yield _Sentence(part, dict(found), line + body[:cut].count("\n"))
            cut = end
        line += body.count("\n")


def _changes(sentence: _Sentence) -> list[tuple[int, int, str, bool]]:
    """Words of change in a sentence: start, end, direction, whether they speak of the past."""
    out: list[tuple[int, int, str, bool]] = []
    text = sentence.text
    for said, pattern in _CHANGE:
        for match in pattern.finditer(text):
            negated = said in (UP, DOWN) and re.search(r"\bnie (?:\w+ )?$", text[: match.start()])
            if not negated and not any(a < match.end() and match.start() < b for a, b, *_ in out):
                out.append((match.start(), match.end(), said, False))
    for said, pattern in _COMPARATIVE.items():
        for match in pattern.finditer(text):
            if _NOT_COMPARED.search(text[: match.start()]):
                continue
            for follows, past in ((_BEFORE, False), (_NOW, True)):
                if follows.match(text, match.end()):
                    out.append((match.start(), match.end(), said, past))
    return sorted(out)


def checks(text: str, facts: Facts) -> list[Check]:
    """Find every direction word whose facts are known; `text` is a rendered chapter."""
    out: list[Check] = []
    for sentence in sentences(text):
        if sentence.facts:
            out += _over_time(sentence, facts) + _between(sentence, facts)
    return out


def _over_time(sentence: _Sentence, facts: Facts) -> list[Check]:
    words = _changes(sentence)
    out = []
    for place in _PLACE.finditer(sentence.text):
        before = sentence.facts[place.group()][1]
        now = current_of(before)
        if now is None or now not in facts or not comparable(now, before, facts) or not words:
            continue
        earlier = [w for w in words if w[1] <= place.start()]
        start, end, said, past = earlier[-1] if earlier else words[0]
        first, second = (before, now) if past else (now, before)
        out.append(Check(sentence.text[start:end], said, first, second, sentence.plain, sentence.line))
    return out


def _between(sentence: _Sentence, facts: Facts) -> list[Check]:
    text, out = sentence.text, []
    for said, pattern in _COMPARATIVE.items():
        for match in pattern.finditer(text):
            link = _LINK.search(text, match.end())
            others = [m for p in _COMPARATIVE.values() for m in p.finditer(text, match.end())]
            if (
                link is None
                or _NOT_COMPARED.search(text[: match.start()])
                or any(m.start() < link.start() for m in others)
            ):
                continue
            if re.search(r"[.;:]", text[match.end() : link.start()]):
                continue
            after = list(_PLACE.finditer(text, link.end()))
            earlier = [m for m in _PLACE.finditer(text) if m.start() < link.start()]
            pair = _PAIR.search(text, link.end())
            if pair and after and pair.start(1) == after[0].start():
                first, second = pair.group(1), pair.group(2)
            elif earlier and after:
                first, second = earlier[-1].group(), after[0].group()
            else:
                continue
            one, other = sentence.facts[first][1], sentence.facts[second][1]
            if comparable(one, other, facts):
                out.append(Check(match.group(), said, one, other, sentence.plain, sentence.line))
    return out


def _truth(check: Check, facts: Facts, words: Words, lang: str) -> str:
    a, b = facts[check.first], facts[check.second]
    if numbers.fact_text(a, lang=lang) == numbers.fact_text(b, lang=lang):
        return SAME
    x, y = float(a["value"]), float(b["value"])
    if check.said == NEAR:
        score = a["unit"] == "score"
        near = abs(x - y) < words.same_within_score if score else abs(x - y) <= abs(y) * words.same_within_pct / 100
        if near:
            return NEAR
    return UP if x > y else DOWN


def directions(text: str, file: str, facts: Facts, words: Words, lang: str = "pl") -> list[Finding]:
    """Report every sentence of a rendered chapter whose direction word disagrees with its facts."""
    out = []
    for check in checks(text, facts):
        truth = _truth(check, facts, words, lang)
        if truth == check.said or (check.said == NEAR and truth == SAME):
            continue
        shown = [f"`{key}` = {numbers.fact_text(facts[key], lang=lang)}" for key in (check.first, check.second)]
        out.append(
            Finding(
                file,
                check.line,
                f"{check}: the word says that {shown[0]} is {_SAID[check.said]} than or as {shown[1]}, the numbers say "
                f"{_SAID[truth]}; take the word from change(…) or compare(…), or exchange the facts",
            )
        )
    return out
