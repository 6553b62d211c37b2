"""How chapters print records of `data/knowledge`: `told(record, "description")`, with the record's own numbers.

The text of a record is Markdown that calls the same functions as a chapter, and `n("short")` or `counted("short", …)`
for its own facts. What is wrong in it is reported at the record's file and key, not at the chapter that prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2

from analysis.knowledge import Record
from analysis.publish import lint
from analysis.publish.lint import Allowed, Finding

if TYPE_CHECKING:
    from analysis.publish.chapters import _Voice


_MARKUP = re.compile(r"\{(?:[{%]|##)")  # where an expression, a statement or a comment begins
_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Told:
    """A printed text of a record: where it stands and what became of it."""

    file: str
    line: int
    key: str
    text: str

    def finding(self, message: str) -> Finding:
        """The message at the place of the text."""
        return Finding(self.file, self.line, f"{self.key}: {message}")


def fill(templates: jinja2.Environment, text: str, known: Mapping[str, Any]) -> str:
    """Fill in the expressions of a text; one that has none is not compiled."""
    if not _MARKUP.search(text):
        return _NEWLINE.sub("\n", text)
    return templates.from_string(text).render(known)


class RecordVoice:
    """Tells the texts of records in the voice of one chapter."""

    def __init__(self, voice: _Voice, templates: jinja2.Environment) -> None:
        self.voice = voice
        self.templates = templates

    def told(self, record: Record, key: str) -> str:
        """Print a text of a record; a list of texts becomes bullets."""
        if not isinstance(record, Record):
            return self.voice.problem(f"told(…, “{key}”): this is no record of data/knowledge")
        try:
            text = record.text(key)
        except KeyError:
            return self.voice.problem(f"told(…, “{key}”): {record.place.file} has no text under this key")
        if isinstance(text, str):
            return self._tell(record, key, text)
        items = [self._tell(record, f"{key}.{i}", item) for i, item in enumerate(text)]
        return "\n\n" + "\n".join("- " + item.replace("\n", "\n  ") for item in items) + "\n\n"

    def _tell(self, record: Record, key: str, text: str) -> str:
        place = record.place

        def own(short: str, **how: Any) -> str:
            return self.voice.f(record.fact_id(short), **how)

        def counted(short: str, *forms: Any, **how: Any) -> str:
            return self.voice.plural(record.fact_id(short), *forms, **how)

        outer, self.voice.at = self.voice.at, Told(place.file, place.line(key), key, "")
        try:
            known = {**self.voice.functions(), "edition": self.voice.edition, "n": own, "counted": counted}
            out = fill(self.templates, text.strip(), known)
        except jinja2.TemplateSyntaxError as error:
            out = self.voice.problem(f"not readable as a template: {error.message}")
        except (jinja2.TemplateRuntimeError, TypeError, OverflowError) as error:
            out = self.voice.problem(str(error))
        finally:
            self.voice.at = outer
        self.voice.rendered.told.append(Told(place.file, place.line(key), key, out))
        return out


def typed_digits(records: Iterable[Record], allowed: Sequence[Allowed], chapters: Mapping[str, str]) -> list[Finding]:
    """Find digits typed in the texts of records; `chapters` names, by kind, the chapter whose allowances hold."""
    out = []
    for record in records:
        for key, text in record.texts():
            for found in lint.digits(text, record.place.file, allowed, chapters.get(record.KIND, "")):
                line = record.place.line(key) + found.line - 1
                out.append(Finding(found.file, line, f"{key}: {found.message}"))
    return out


def at_record(finding: Finding, rendered: str, told: Sequence[Told]) -> Finding:
    """Move a finding from a rendered line to the record whose text stands there, if one does."""
    line = rendered.splitlines()[finding.line - 1] if rendered else ""
    best: tuple[int, Told] | None = None
    for item in told:
        length = max((len(x) for x in item.text.splitlines() if x.strip() and x.strip() in line), default=0)
        if length and (best is None or length > best[0]):
            best = (length, item)
    return finding if best is None else best[1].finding(finding.message)
