"""Errors a user can act on: each names the thing, the value and the way out.

Everything raised on purpose derives from `KlastryError`; the command line prints its message without a traceback and
exits with `exit_code`. Any other exception is a defect of the program and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class KlastryError(Exception):
    """An error whose cause lies in the input or the configuration."""

    exit_code = 2


class ConfigError(KlastryError):
    """The method file, the edition file or a parameter is wrong."""


class FrameworkError(KlastryError):
    """The framework tables (areas, indicators, questionnaires) contradict themselves."""


class MethodError(KlastryError):
    """A method cannot be applied to the data it was given."""


class FactError(KlastryError):
    """A fact is missing, defined twice, or not a number."""


class NotebookError(KlastryError):
    """A notebook failed, or its parameters differ from what the workflow passes."""

    exit_code = 1


class PublishError(KlastryError):
    """Chapters, exhibits or a document backend cannot be put together."""


class WithheldError(PublishError):
    """A sentence needs a number that a rule of disclosure control withholds."""


class StorageError(KlastryError):
    """The disk is full, read-only or broken: nothing half-written is left, and the command can be run again."""

    exit_code = 1


class LockedError(KlastryError):
    """Another build holds the folder, or the build of this step is over."""

    exit_code = 1


LANGUAGES = ("en", "pl")


class Said(str):
    """English text that carries its Polish wording; plain text says the same in both."""

    pl: str

    def __new__(cls, english: str, polish: str | None = None) -> Said:
        """Make it of both wordings; without a Polish one the text says the same in both languages."""
        made = super().__new__(cls, english)
        made.pl = english if polish is None else polish
        return made


def in_language(text: str, language: str) -> str:
    """Return a text in a language; text that has no Polish wording stays as it is."""
    return text.pl if language == "pl" and isinstance(text, Said) else str(text)


@dataclass(frozen=True)
class Problem:
    """One problem of one raw cell, row or column; `row` is the line in the file (the header is line 1).

    `severity` is stop (the answers cannot be used) or note (odd but possible: kept, worth a look); `also` names
    further cells of the row that the problem is about.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    remedy: str
    severity: str = "stop"
    also: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, int, str, str]:
        """Where it is, for sorting."""
        return self.file, self.row or 0, self.column or "", str(self.message)

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        shown = "" if self.value is None else f" (value: {self.value!r})"
        return f"{place}: {self.message}{shown}. Remedy: {self.remedy}"


class DataError(KlastryError):
    """Raw data break the rules of their codebook; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: p.place)
        n = len(self.problems)
        head = f"{n} problem{'s' if n != 1 else ''} in the raw data"
        super().__init__("\n".join([head, *(f"  {p}" for p in self.problems)]))


def suggest(wanted: str, allowed: Sequence[str], *, limit: int = 3) -> Said:
    """Return '; did you mean a, b?' for the names nearest to `wanted`, or the whole list if it is short."""
    near = get_close_matches(wanted, allowed, n=limit, cutoff=0.5)
    if near:
        return Said(f"; did you mean {', '.join(near)}?", f"; może chodziło o: {', '.join(near)}?")
    if len(allowed) <= 12:
        return Said(f"; allowed: {', '.join(allowed)}", f"; do wyboru: {', '.join(allowed)}")
    return Said("")
