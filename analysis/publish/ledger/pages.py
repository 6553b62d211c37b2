"""The pages "Skąd ta liczba": every fact of the build, by element of the framework or by notebook.

`liczby.html` is the entry with the search; each further page lists the facts of one group and works without a script.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from analysis.framework import OVERALL
from analysis.publish import numbers
from analysis.publish.ledger import rows as row
from analysis.publish.ledger.rows import HEADS, Ledger, cells_page, score_page, table_of
from analysis.publish.site import slug

ENTRY = "liczby.html"
MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")
_PER_PAGE = 600
_BASE = "../"


@dataclass
class LedgerPage:
    """One page of the ledger: file, title, the facts on it, and the body."""

    file: str
    title: str
    kind: str
    code: str = ""
    facts: list[str] = field(default_factory=list)
    body: str = ""


def plan(ledger: Ledger) -> list[LedgerPage]:
    """Give every fact its page: scores by element, indicators by sub-area, the rest by notebook; fills `page_of`."""
    framework = ledger.framework
    scores = {
        code: LedgerPage(score_page(code), _element(ledger, code), "score", code) for code in framework.score_codes
    }
    subareas = {
        code: LedgerPage(row.indicators_page(code), _element(ledger, code), "indicators", code)
        for code in framework.subareas.index
    }
    rest: dict[str, list[str]] = defaultdict(list)
    for fact_id, fact in ledger.facts.items():
        code = ledger.describer.code(fact_id, fact)
        if fact_id.startswith("score.") and code in scores:
            scores[code].facts.append(fact_id)
        elif code in framework.indicators.index:
            subareas[str(framework.indicators.at[code, "subarea"])].facts.append(fact_id)
        else:
            rest[str(fact["notebook"])].append(fact_id)
    others = [page for notebook, ids in sorted(rest.items()) for page in _of_notebook(ledger, notebook, ids)]
    pages = [page for page in [*scores.values(), *subareas.values(), *others] if page.facts]
    for page in pages:
        ledger.page_of |= dict.fromkeys(page.facts, page.file)
        ledger.pages.add(page.file)
    return pages


def _of_notebook(ledger: Ledger, notebook: str, ids: Sequence[str]) -> list[LedgerPage]:
    """Pages of the facts of one notebook; a long list is cut where the first part of the id changes."""
    title = ledger.describer.word("pages", notebook)
    if len(ids) <= _PER_PAGE:
        return [LedgerPage(f"liczby/{slug(title)}.html", title, "other", facts=list(ids))]
    parts: dict[str, list[str]] = defaultdict(list)
    for fact_id in ids:
        parts[fact_id.split(".")[0]].append(fact_id)
    return [
        LedgerPage(f"liczby/{slug(title)}-{slug(name)}.html", f"{title} ({name})", "other", facts=inside)
        for name, inside in parts.items()
    ]


def _element(ledger: Ledger, code: str) -> str:
    name = ledger.framework.label(code)
    return name if code == OVERALL else f"{code} {name}"


def _places(ledger: Ledger, fact_id: str) -> str:
    found = ledger.places.get(fact_id, [])
    links = "".join(f'<a href="{_BASE}{place.file}#f-{escape(fact_id)}">{escape(place.title)}</a>' for place in found)
    return f'<span class="places">W raporcie: {links}</span>' if links else ""


def _filter(count: int) -> str:
    """The box that narrows a list down; the script shows it."""
    return (
        '<div class="narrow" hidden><label>Szukaj na tej stronie <input type="search" autocomplete="off"></label>'
        '<label class="check"><input type="checkbox"> tylko liczby wydrukowane w raporcie</label>'
        f'<p role="status" aria-live="polite">Liczby na stronie: {numbers.number(count)}</p></div>'
    )


def fact_rows(ledger: Ledger, ids: Sequence[str]) -> str:
    """Table of facts with their places in the book."""
    out = []
    for fact_id in ids:
        first, what, *rest = row.cells(ledger, fact_id, base=_BASE, to_ledger=False)
        rest[-1] += _places(ledger, fact_id)
        inner = "".join(f"<td>{cell}</td>" for cell in rest)
        printed = ' data-printed="1"' if ledger.places.get(fact_id) else ""
        out.append(
            f'<tr id="{escape(fact_id)}"{printed}><td class="right">{first}</td><th scope="row">{what}'
            f"<code>{escape(fact_id)}</code></th>{inner}</tr>"
        )
    return _filter(len(ids)) + table_of(HEADS, out, "numbers ledger", "Liczby i ich źródła")


def matrix(ledger: Ledger, code: str, tables: dict[tuple[str, str], str]) -> str:
    """Groups against measures for one element; every number leads to its row, every group to its printed table."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for fact_id, fact in ledger.facts.items():
        if fact_id.startswith(f"score.{code}."):
            dimension, group, element, measure = str(fact["key"]).split("/")
            if element == code:  # `score.I.` also begins the facts of I.1
                groups.setdefault((dimension, group), {})[measure] = fact_id
    order = {
        (str(r["dimension"]), str(r["group"])): i
        for i, r in enumerate(ledger.framework.cross_sections.to_dict("records"))
    }
    out, shown = [], ""
    for (dimension, group), found in sorted(groups.items(), key=lambda item: order.get(item[0], len(order))):
        if dimension != shown and dimension != "all":
            name = ledger.describer.word("dimension", dimension)
            out.append(f'<tr class="group"><th scope="rowgroup" colspan="{len(MEASURES) + 3}">{escape(name)}</th></tr>')
        shown = dimension
        numbers_of = [
            f'<td class="right"><a href="#{escape(found[m])}">{numbers.fact_text(ledger.facts[found[m]])}</a></td>'
            if m in found
            else f'<td class="right">{numbers.MISSING}</td>'
            for m in MEASURES
        ]
        size = next((ledger.facts[f]["n"] for f in found.values() if ledger.facts[f]["n"] is not None), None)
        target = tables.get((dimension, group))
        number = target.rsplit("#tbl-", 1)[1] if target else ""
        printed = f'<a href="{_BASE}{target}-{escape(code)}">Tabela {number}</a>' if target else "–"
        out.append(
            f'<tr><th scope="row">{escape(ledger.describer.group(dimension, group))}</th>'
            f'<td class="right">{numbers.MISSING if size is None else size}</td>{"".join(numbers_of)}'
            f"<td>{printed}</td></tr>"
        )
    heads = ["Grupa klastrów", "n", *(ledger.describer.word("measure", m) for m in MEASURES), "W aneksie"]
    return table_of(heads, out, "matrix", f"Wyniki według grup: {_element(ledger, code)}")


def _list(pages: Sequence[tuple[str, str, int]]) -> str:
    lines = "".join(
        f'<li><a href="{file}">{escape(title)}</a> <span class="muted">({numbers.number(count)})</span></li>'
        for file, title, count in pages
    )
    return f'<ul class="ledger-list">{lines}</ul>'


def entry_body(ledger: Ledger, pages: Sequence[LedgerPage]) -> str:
    """Body of the entry: what the pages are for, the search, the groups, the raw cells, the files."""
    total, printed = len(ledger.facts), len(ledger.places)
    parts = [
        "<h1>Skąd ta liczba</h1><p>Tu jest każda liczba, którą obliczono na potrzeby raportu, także ta, której w nim "
        f"nie wydrukowano: {numbers.number(total)} liczb i nazw, z czego {numbers.number(printed)} w tekście. Przy "
        "każdej stoi: co znaczy, jaka jest jej niezaokrąglona wartość, z której komórki której tabeli pochodzi, na "
        "których kolumnach danych się opiera, w którym notatniku powstała i gdzie ją wydrukowano.</p>",
        _sealed(ledger),
        '<div class="find-number" role="search" aria-label="Szukaj liczby" hidden>'
        '<label for="szukana-liczba">Szukaj liczby: nazwa, wartość albo identyfikator</label> '
        '<input id="szukana-liczba" type="search" autocomplete="off"><p role="status" aria-live="polite"></p>'
        '<ul class="results"></ul></div>',
    ]
    for kind, title in (
        ("score", "Wyniki w grupach klastrów"),
        ("indicators", "Wskaźniki i odpowiedzi"),
        ("other", "Pozostałe liczby"),
    ):
        chosen = [(page.file, page.title, len(page.facts)) for page in pages if page.kind == kind]
        if chosen:
            parts.append(f'<h2 id="{slug(title)}">{title}</h2>{_list(chosen)}')
    codes = list(ledger.sources.lineage)
    if codes:
        parts.append(f'<h2 id="surowe-komorki">Surowe komórki</h2>{_cells_list(ledger, codes)}')
    files = ledger.sources.published
    items = "".join(f'<li><a href="{ledger.sources.href(f)}">{escape(f)}</a></li>' for f in files)
    parts.append(f'<h2 id="pliki">Pliki, z których pochodzą liczby</h2><ul class="ledger-list files">{items}</ul>')
    parts.append('<script src="assets/ledger-index.js" defer></script>')
    return "\n".join(parts)


def _cells_list(ledger: Ledger, codes: Sequence[str]) -> str:
    items = "".join(
        f'<li><a href="{cells_page(code)}">{code} {escape(ledger.framework.label(code, short=True))}</a></li>'
        for code in codes
    )
    return f'<ul class="ledger-list">{items}</ul>'


def _sealed(ledger: Ledger) -> str:
    if not ledger.sources.survey:
        return ""
    return (
        '<div class="note"><p>Odpowiedzi respondentów są poufne. Strony podają plik i kolumnę, w których stoi liczba, '
        "bez zawartości komórek.</p></div>"
    )


def page_body(ledger: Ledger, page: LedgerPage, tables: dict[tuple[str, str], str], components: str = "") -> str:
    """Body of one page: for scores first the groups against the measures, and what the scores are made of."""
    parts = [f"<h1>{escape(page.title)}</h1>"]
    if page.kind == "score":
        parts.append(f'<h2 id="wyniki">Wyniki według grup</h2>{matrix(ledger, page.code, tables)}')
        if components:
            parts.append(f'<h2 id="skladniki">Z czego powstaje wynik</h2>{components}')
    elif page.kind == "indicators":
        codes = [c for c in ledger.framework.members_of(page.code) if c in ledger.sources.lineage]
        listed = _cells_list(ledger, codes).replace('href="liczby/', 'href="')
        parts.append(f'<h2 id="surowe-komorki">Surowe komórki</h2>{listed}' if codes else "")
    parts.append(f'<h2 id="liczby">Liczby i ich źródła</h2>{fact_rows(ledger, page.facts)}')
    return "\n".join(parts)


def index_script(ledger: Ledger, pages: Sequence[LedgerPage]) -> str:
    """The search's data: pages, then for each fact id, number as printed, description, page, whether printed."""
    places = {page.file: i for i, page in enumerate(pages)}
    entries = [
        [
            fact_id,
            numbers.fact_text(fact),
            ledger.describe(fact_id).what,
            places[ledger.page_of[fact_id]],
            int(fact_id in ledger.places),
        ]
        for fact_id, fact in ledger.facts.items()
    ]
    data = {"pages": [page.file for page in pages], "facts": entries}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"window.KLASTRY_FACTS={text};\n"
