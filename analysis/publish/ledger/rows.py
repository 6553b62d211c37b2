"""One fact as a row: what it is, its exact value, the cell and the raw columns it comes from, and where to go on.

The same row stands below the page that prints the number, in the card beside it (which the script copies from there),
and on the ledger's pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import Any

from analysis.framework import OVERALL, Framework
from analysis.publish import numbers
from analysis.publish.ledger.describe import Describer, Description
from analysis.publish.ledger.sources import Sources
from analysis.publish.notebooks import NotebookPage

Fact = Mapping[str, Any]
HEADS = ("Liczba", "Co to jest", "Wartość", "Skąd", "Dalej")
_CONFIDENTIAL = '<span class="sealed">poufne</span>'
_GROUPED = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def flat(code: str) -> str:
    """Write the code of an element as part of a file name.

    Examples
    --------
    >>> flat("III.2"), flat("ALL")
    ('III-2', 'ogolem')
    """
    return "ogolem" if code == OVERALL else code.replace(".", "-")


def score_page(code: str) -> str:
    """Return the page of the scores of one element."""
    return f"liczby/wynik-{flat(code)}.html"


def indicators_page(code: str) -> str:
    """Return the page of the indicators of one sub-area."""
    return f"liczby/wskazniki-{flat(code)}.html"


def cells_page(code: str) -> str:
    """Return the page of the raw cells of one indicator."""
    return f"liczby/komorki-{flat(code)}.html"


def exact(value: float | int | str) -> str:
    """Write a value unrounded, in 15 significant digits, in Polish.

    Examples
    --------
    >>> exact(0.28), exact(6.5e-06)
    ('0,28', '0,0000065')
    """
    if isinstance(value, str):
        return value
    plain = format(Decimal(f"{value:.15g}"), "f")
    whole, _, fraction = plain.partition(".")
    whole = _GROUPED.sub(numbers.NBSP, whole).replace("-", numbers.MINUS)
    return f"{whole},{fraction}" if fraction else whole


@dataclass(frozen=True)
class Place:
    """A place in the book where a fact is printed."""

    file: str
    title: str


@dataclass
class Ledger:
    """All facts of an edition with what the pages say about them.

    `page_of` maps a fact to its page of the ledger, one of `pages`, and `places` to where the book prints it (filled
    while pages are made).
    """

    facts: Mapping[str, Fact]
    describer: Describer
    sources: Sources
    notebooks: Mapping[str, NotebookPage]
    page_of: dict[str, str] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)
    places: dict[str, list[Place]] = field(default_factory=dict)
    _said: dict[str, Description] = field(default_factory=dict)
    _anchors: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def framework(self) -> Framework:
        """Framework of the edition."""
        return self.sources.framework

    def describe(self, fact_id: str) -> Description:
        """Describe a fact."""
        if fact_id not in self._said:
            self._said[fact_id] = self.describer.describe(fact_id, self.facts[fact_id])
        return self._said[fact_id]

    def has(self, file: str) -> bool:
        """Whether the ledger has a page: elements without facts have none."""
        return file in self.pages

    def notebook_href(self, fact: Fact) -> str:
        """Return the page of the notebook, at the cell that names the fact's table; '' if it is not published."""
        name, table = str(fact["notebook"]), str(fact["table"])
        book = self.notebooks.get(name)
        if book is None:
            return ""
        if (name, table) not in self._anchors:
            self._anchors[name, table] = book.anchor(table)
        return f"obliczenia/{name}.html{self._anchors[name, table]}"

    def further(self, fact_id: str, code: str) -> list[tuple[str, str]]:
        """Return where to go on from a fact: (text, target from the root of the site)."""
        out = []
        if code in self.sources.lineage:
            out.append((f"Surowe komórki {code}", cells_page(code)))
        elif code in self.framework.score_codes and self.has(score_page(code)):
            out.append(("Z czego powstaje wynik", f"{score_page(code)}#skladniki"))
        notebook = self.notebook_href(self.facts[fact_id])
        if notebook:
            out.append(("Obliczenia", notebook))
        return out


def _link(text: str, target: str, base: str) -> str:
    return f'<a href="{base}{escape(target, quote=True)}">{escape(text)}</a>'


def _origin(ledger: Ledger, fact: Fact, base: str) -> str:
    """The cell of the table, then the raw columns behind it."""
    table = str(fact["table"])
    href = ledger.sources.href(table)
    shown = _link(table, href, base) if href else f"{escape(table)} {_CONFIDENTIAL}"
    cell = f'<span class="cell-path">{shown} › {escape(str(fact["key"]))} › {escape(str(fact["column"]))}</span>'
    inputs = []
    for name, file, target in ledger.sources.files_of(fact["inputs"]):
        question = ledger.describer.question(name)
        title = f' title="{escape(question, quote=True)}"' if question else ""
        text = f"<code{title}>{escape(name)}</code>"
        where = _link(file.rsplit("/", 1)[-1], target, base) if target else escape(file.rsplit("/", 1)[-1])
        inputs.append(text if name == file or not file else f"{text} ({where})")
    listed = f'<span class="inputs">Kolumny: {", ".join(inputs)}</span>' if inputs else ""
    return cell + listed


def cells(ledger: Ledger, fact_id: str, *, lang: str = "pl", base: str = "", to_ledger: bool = True) -> list[str]:
    """Return the inner HTML of a fact's row, in the order of `HEADS`."""
    fact = ledger.facts[fact_id]
    said = ledger.describe(fact_id)
    unit = ledger.describer.word("unit", str(fact["unit"]))
    amount = "" if fact["unit"] == "text" else f'<span class="exact">{escape(exact(fact["value"]))}</span>'
    size = f"; n = {numbers.number(fact['n'])}" if fact.get("n") is not None else ""
    how = f'<span class="how">{escape(said.how)}.</span>' if said.how else ""
    links = ledger.further(fact_id, said.code)
    if to_ledger:
        links.append(("W zestawieniu liczb", f"{ledger.page_of[fact_id]}#{fact_id}"))
    return [
        escape(numbers.fact_text(fact, lang=lang)),
        f'<span class="what">{escape(said.what)}</span>{how}',
        f'{amount}<span class="unit">{escape(unit)}{size}</span>',
        _origin(ledger, fact, base),
        "".join(_link(text, target, base) for text, target in links),
    ]


def table_of(heads: Sequence[str], rows: Sequence[str], css: str, label: str) -> str:
    """Put rows into a table that scrolls in a box of its own."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(label, quote=True)}">'
        f'<table class="{css}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


_MARK = re.compile(r'<span class="fact" data-f="([^"]+)">')


def anchor_numbers(body: str) -> tuple[str, list[str]]:
    """Give the first mark of every fact on a page an id (`f-<fact>`); returns the page and the facts in order."""
    seen: list[str] = []

    def mark(match: re.Match[str]) -> str:
        fact_id = match.group(1)
        if fact_id in seen:
            return match.group()
        seen.append(fact_id)
        return f'<span class="fact" id="f-{fact_id}" data-f="{fact_id}">'

    return _MARK.sub(mark, body), seen


def sources_of_page(ledger: Ledger, ids: Sequence[str], lang: str) -> str:
    """List of the facts that a page prints; the cards beside the numbers are copies of its rows."""
    if not ids:
        return ""
    rows = []
    for fact_id in ids:
        first, *rest = cells(ledger, fact_id, lang=lang)
        inner = "".join(f"<td>{cell}</td>" for cell in rest)
        rows.append(f'<tr data-f="{escape(fact_id)}"><th scope="row" class="right">{first}</th>{inner}</tr>')
    table = table_of(HEADS, rows, "numbers", "Liczby na tej stronie i ich źródła")
    polish = "" if lang == "pl" else ' lang="pl"'
    return (
        f'<details class="sources"{polish}><summary>Liczby na tej stronie i ich źródła ({len(ids)})</summary>'
        '<p class="plain">Każda liczba w tekście pochodzi z tabeli obliczonej z danych. Wskaż liczbę albo włącz u góry '
        f"strony „Pokaż źródła liczb”, a zobaczysz jej pochodzenie.</p>{table}</details>"
    )
