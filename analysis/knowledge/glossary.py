"""Terms of the report with their meaning, in the order of the Polish alphabet."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pandas as pd
from pydantic import field_validator

from analysis.errors import ConfigError, suggest
from analysis.framework import Framework
from analysis.knowledge.records import Record, Reference, count_row, file_name, read_rows, with_counts

_ALPHABET = {letter: i for i, letter in enumerate("aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż")}


def polish_order(text: str) -> tuple[list[int], str]:
    """Sort key of the Polish alphabet: ą after a, ł after l; capitals and punctuation do not count, digits come first.

    Examples
    --------
    >>> sorted(["Łańcuch", "Mediana", "Lider", "Ćma", "CATI", "Zysk"], key=polish_order)
    ['CATI', 'Ćma', 'Lider', 'Łańcuch', 'Mediana', 'Zysk']
    """
    letters = [
        _ALPHABET.get(letter, -1) + 1 if letter in _ALPHABET or letter.isdigit() else 0
        for letter in unicodedata.normalize("NFC", text).lower()
        if letter.isalnum() or letter == " "
    ]
    return letters, text


class Term(Record):
    """A row of `glossary.csv`: a term, its English name, what it means here, and terms to look up beside it.

    `lang` is the language of the Polish entry where it is a foreign word or an English abbreviation.
    """

    KIND: ClassVar[str] = "term"
    CODES: ClassVar[frozenset[str]] = frozenset({"id", "term_pl", "term_en", "abbreviation", "see", "lang", "line"})

    id: str
    term_pl: str
    term_en: str
    abbreviation: str = ""
    lang: str = "pl"
    definition: str
    see: tuple[str, ...] = ()
    line: int

    @field_validator("see", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value

    @property
    def anchor(self) -> str:
        """Anchor of the entry in the book."""
        return f"sec-slownik-{self.id}"

    @property
    def link(self) -> str:
        """Markdown link to the entry under its own name."""
        mark = "" if self.lang == "pl" else f"{{lang={self.lang}}}"
        return f"[{f'[{self.term_pl}]{mark}' if mark else self.term_pl}](#{self.anchor})"


def load_glossary(path: Path, framework: Framework) -> list[Term]:
    """Read the glossary in the order of the Polish alphabet.

    Raises
    ------
    ConfigError
        A row is broken, or refers to a term that is not there.
    """
    terms = read_rows(path, Term, Reference.read(path.parent, framework))
    known = {term.id: term for term in terms}
    wrong = []
    for term in terms:
        place = f"{term.place.file}:{term.place.line()}: see: "
        for other in term.see:
            if other == term.id:
                wrong.append(f"{place}`{other}` refers to itself")
            elif other not in known:
                wrong.append(f"{place}unknown term `{other}`{suggest(other, list(known))}")
    if wrong:
        raise ConfigError(f"{file_name(path)}:\n  " + "\n  ".join(wrong))
    return sorted(terms, key=lambda term: polish_order(term.term_pl))


def facts_table(terms: Sequence[Term]) -> pd.DataFrame:
    """Number of terms, as a table of facts (see `records.facts_table`)."""
    file = terms[0].place.file
    return with_counts(terms, [count_row("glossary.n", len(terms), "Liczba pojęć w słowniku", file)])
