"""What may not go to print: typed digits, skipped headings, images without alt text, references that lead nowhere.

Every check returns problems with file and line; `stop` raises them all at once. The digit rule holds on the source of a
chapter, where a number from the facts is still an expression; the other rules hold on the rendered Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import ConfigError, PublishError, suggest
from analysis.publish.crossref import REFERENCE
from analysis.yamlfile import read_mapping


@dataclass(frozen=True, order=True)
class Finding:
    """One problem at one line of one file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def stop(findings: Iterable[Finding], what: str = "the chapters cannot be published") -> None:
    """Raise a `PublishError` that lists every finding, if there is any."""
    ordered = sorted(set(findings))
    if ordered:
        raise PublishError(f"{what} ({len(ordered)}):\n  " + "\n  ".join(map(str, ordered)))


@dataclass(frozen=True)
class Allowed:
    """Digits that prose may hold: a literal text or a pattern, why, and where (empty: in every chapter)."""

    pattern: re.Pattern[str]
    reason: str
    chapters: tuple[str, ...]


def load_allowed(path: Path) -> list[Allowed]:
    """Read `report/lint.yaml`: a list `allow` of entries with `text` or `pattern`, `reason`, optional `chapters`.

    Raises
    ------
    ConfigError
        An entry has an unknown key, no reason, or neither text nor pattern.
    """
    if not path.is_file():
        return []
    entries = read_mapping(path).get("allow") or []
    out = []
    for entry in entries:
        unknown = set(entry) - {"text", "pattern", "reason", "chapters"}
        if unknown or not entry.get("reason") or ("text" in entry) == ("pattern" in entry):
            raise ConfigError(
                f"{path.name}: entry {entry!r} needs a reason and either text or pattern"
                + (f"; unknown key(s) {', '.join(sorted(unknown))}" if unknown else "")
            )
        source = entry.get("pattern") or rf"(?<!\w){re.escape(str(entry['text']))}(?!\w)"
        try:
            out.append(Allowed(re.compile(source), entry["reason"], tuple(entry.get("chapters") or ())))
        except re.error as error:
            raise ConfigError(f"{path.name}: pattern {source!r} is not a regular expression ({error})") from error
    return out


# What is not prose, in the order in which it is set aside.
_NOT_PROSE = [
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),
    re.compile(r"\{##.*?##\}", re.DOTALL),
    re.compile(r"\{%.*?%\}", re.DOTALL),
    re.compile(r"\{\{.*?\}\}", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"^(```+|~~~+).*?^\1", re.DOTALL | re.MULTILINE),
    re.compile(r"`[^`\n]+`"),
    re.compile(r"\$\$.+?\$\$", re.DOTALL),
    re.compile(r"(?<!\\)\$[^$\n]+\$"),
    re.compile(r"^:{3,}.*$", re.MULTILINE),
    re.compile(r"\{[^{}\n]*\}"),
    re.compile(r"\]\([^)\n]*\)"),
    re.compile(r"<?https?://[^\s>]+>?"),
    re.compile(r"\[\^[^\]\n]+\]:?"),
    re.compile(r"(?<=[;\[ -])@[\w:.#$%&+?<>~/-]+,[^;\]\n]*(?=[;\]])"),
    re.compile(r"@[\w:.#$%&+?<>~/-]+"),
    re.compile(r"^\s*\(?\d+[.)](?=\s)", re.MULTILINE),
    re.compile(r"\b(?:IV|V|I{1,3})\.\d+(?:\.\d+)?\b"),
]
_DIGITS = re.compile(r"\d[\d\u00a0.,–/-]*")


def _blank(match: re.Match[str]) -> str:
    return "\n".join([" " * len(line) for line in match.group().split("\n")])


def prose(source: str, allowed: Sequence[Allowed] = (), chapter: str = "") -> str:
    """Return the source with all that is not prose, and all that is allowed, blanked; lines stay."""
    for pattern in _NOT_PROSE:
        source = pattern.sub(_blank, source)
    for item in allowed:
        if not item.chapters or chapter in item.chapters:
            source = item.pattern.sub(_blank, source)
    return source


def digits(source: str, file: str, allowed: Sequence[Allowed] = (), chapter: str = "") -> list[Finding]:
    """Find digits typed in prose; `chapter` is the stem of the file, for allowances bound to one chapter."""
    out = []
    lines = source.splitlines()
    for i, line in enumerate(prose(source, allowed, chapter).splitlines(), start=1):
        for match in _DIGITS.finditer(line):
            around = lines[i - 1][max(0, match.start() - 25) : match.end() + 25].strip()
            out.append(
                Finding(
                    file,
                    i,
                    f"typed number `{match.group().strip('.,–/-')}` in “{around}”; take it from a fact, "
                    "or allow it in report/lint.yaml with a reason",
                )
            )
    return out


# A number of the facts in rendered Markdown: its text, and the id of its fact.
MARK = re.compile(r'\[((?:\\.|[^\]\\])*)\]\{\.fact f="([^"]+)"\}', re.DOTALL)
_EXHIBIT = re.compile(r"^::: \{#(?:fig|tbl)-\d+ \.exhibit.*?^:::$", re.DOTALL | re.MULTILINE)
_ANNOUNCED = re.compile(r"^::: \{\.in-preparation\}.*?^:::$", re.DOTALL | re.MULTILINE)
_NUMERAL = (
    r"dw(?:a|ie|óch|om|oma|ema)|trz(?:y|ech|em|ema)|czter(?:y|ech|em|ema)|pię(?:ć|ciu|cioma)|sze(?:ść|ściu|ścioma)|"
    r"siedmi?u?|siedem|osi?em|ośmiu|dziewię(?:ć|ciu)|dziesię(?:ć|ciu)|\w+naś(?:cie|cioro)|\w+nastu|dwadzieścia|dwudziestu|"
    r"trzydzieści|trzydziestu|czterdzieści|czterdziestu"
)
_COUNTED = re.compile(
    rf"\b(?:{_NUMERAL})\s+(?:\w+\s+)?(?:klast(?:ry|rów|rach|rom|rami)|wskaźnik(?:i|ów|ach|om|ami)|"
    r"respondentów|uczestników|koordynatorów|podmiotów|przedsiębiorstw\w*|ankiet\w*|województw\w*)\b",
    re.IGNORECASE,
)


def orphans(text: str, file: str, allowed: Sequence[Allowed] = (), chapter: str = "") -> list[Finding]:
    """Find numbers in rendered prose that no fact stands behind: digits, and numerals before what the study counts.

    A template can print a digit that its source does not show (`value(…)`, a field of `edition.yaml`, a word of a
    condition); the reader could not trace it. Captions of exhibits have their own source line; titles of sections in
    preparation are numbered by the outline.
    """
    body = _ANNOUNCED.sub(_blank, _EXHIBIT.sub(_blank, MARK.sub(_blank, text)))
    out = []
    for i, line in enumerate(prose(body, allowed, chapter).splitlines(), start=1):
        for pattern, how in ((_DIGITS, "print it with f(…)"), (_COUNTED, "print it with plural(…)")):
            for match in pattern.finditer(line):
                around = text.splitlines()[i - 1][max(0, match.start() - 25) : match.end() + 25].strip()
                out.append(
                    Finding(
                        file,
                        i,
                        f"number `{match.group().strip('.,–/- ')}` in “{around}” comes from no fact, so nobody can "
                        f"trace it; {how}, or allow it in report/lint.yaml with a reason",
                    )
                )
    return out


_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_FENCE = re.compile(r"^(```+|~~~+)")
_IDENT = re.compile(r"\{[^}]*?#([\w:.-]+)[^}]*\}")


def _outside_code(text: str) -> Iterable[tuple[int, str]]:
    fence = ""
    for i, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and line.startswith(fence):
            fence = ""
            continue
        if not fence:
            yield i, line


def headings(text: str, file: str) -> list[Finding]:
    """Check that a chapter begins with its only level-1 heading and skips no level."""
    out = []
    previous = 0
    for i, line in _outside_code(text):
        match = _HEADING.match(line)
        if not match:
            continue
        level = len(match.group(1))
        title = match.group(2)
        if previous == 0 and level != 1:
            out.append(Finding(file, i, f"the chapter begins with a heading of level {level} (“{title}”), not 1"))
        elif level == 1 and previous:
            out.append(Finding(file, i, f"second level-1 heading “{title}”; a chapter has one"))
        elif level > previous + 1:
            out.append(Finding(file, i, f"heading “{title}” jumps from level {previous} to {level}"))
        previous = level
    if previous == 0:
        out.append(Finding(file, 1, "the chapter has no heading"))
    return out


_IMAGE = re.compile(r"!\[((?:[^\]\\]|\\.)*)\]\(([^)\s]*)")


def images(text: str, file: str, folder: Path) -> list[Finding]:
    """Check that every image written by hand has a text alternative and is a file of `images/` in `folder`."""
    out = []
    for i, line in _outside_code(text):
        for match in _IMAGE.finditer(line):
            alt, target = match.groups()
            if not alt.strip():
                out.append(Finding(file, i, f"image `{target}` without alt text; write it between the brackets"))
            if not target.startswith("images/") or not (folder / target).is_file():
                out.append(Finding(file, i, f"image `{target}` is not a file of report/images"))
    return out


def labels(text: str, file: str) -> list[tuple[str, Finding]]:
    """Return every identifier that a chapter defines, with its place."""
    return [
        (match.group(1), Finding(file, i, f"label `{match.group(1)}` is defined again"))
        for i, line in _outside_code(text)
        for match in _IDENT.finditer(line)
    ]


def duplicates(places: Iterable[tuple[str, Finding]]) -> list[Finding]:
    """Report every definition of a label after the first one."""
    seen: dict[str, Finding] = {}
    out = []
    for label, place in places:
        if label in seen:
            first = seen[label]
            out.append(Finding(place.file, place.line, f"{place.message}; first in {first.file}:{first.line}"))
        else:
            seen[label] = place
    return out


def references(text: str, file: str, known: Collection[str]) -> list[Finding]:
    """Report references to figures, tables and sections that the book does not have."""
    out = []
    for i, line in _outside_code(text):
        for match in REFERENCE.finditer(re.sub(r"`[^`]+`", _blank, line)):
            label = match.group(1)
            if label not in known:
                kind = label.split("-")[0]
                near = suggest(label, sorted(k for k in known if k.startswith(kind)))
                out.append(Finding(file, i, f"reference to `{label}`, which no chapter defines{near}"))
    return out
