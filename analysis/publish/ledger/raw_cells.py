"""Pages of raw cells: the answers behind an indicator, and the parts of a score, one row for each respondent.

Only reconstructed answers are shown. Of real answers a page says in which file and column the cells are.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from analysis.publish import numbers
from analysis.publish.ledger.rows import Ledger, cells_page, exact, indicators_page, score_page, table_of

INDICATORS, NORMALISED, SCORES = "20_indicators/indicators.csv", "30_scores/normalised.csv", "30_scores/scores.csv"
TRAITS = "20_indicators/characteristics.csv"
_RESPONDENT = "Respondent"
_TRAITS = ("sector", "kkk", "size", "age", "strategy")


def _number(text: str) -> str:
    if text == "":
        return numbers.MISSING
    try:
        return exact(float(text))
    except ValueError:
        return escape(text)


def _rows(names: Sequence[str], columns: Sequence[pd.Series], mark: int) -> list[str]:
    """Rows of a table by respondent; the column `mark` is the computed one."""
    out = []
    for name in names:
        values = [
            f'<td class="right{" computed" if i == mark else ""}">{_number(str(column.get(name, "")))}</td>'
            for i, column in enumerate(columns)
        ]
        out.append(f'<tr id="{escape(name)}"><th scope="row">{escape(name)}</th>{"".join(values)}</tr>')
    return out


def _questions(ledger: Ledger, code: str) -> str:
    """List the raw columns of an indicator: file, column, question."""
    items = []
    for instrument, item in ledger.sources.lineage[code]:
        table = ledger.sources.instruments.get(instrument, f"{ledger.sources.raw}/{instrument}.csv")
        href = ledger.sources.href(table)
        file = f'<a href="../{href}">{escape(table)}</a>' if href else escape(table)
        question = ledger.describer.question(item)
        items.append(f'<li><code>{escape(item)}</code> {escape(question)} <span class="muted">({file})</span></li>')
    return f'<ul class="questions">{"".join(items)}</ul>'


def _ways(ledger: Ledger, subarea: str) -> str:
    """Links to the pages of the sub-area that the ledger has."""
    ways = [
        (score_page(subarea), f"Wyniki podobszaru {subarea}"),
        (indicators_page(subarea), f"Liczby o wskaźnikach {subarea}"),
    ]
    links = [f'<a href="{f.removeprefix("liczby/")}">{text}</a>' for f, text in ways if ledger.has(f)]
    return f"<p>{' · '.join(links)}</p>" if links else ""


def cells_body(ledger: Ledger, code: str, note: str) -> str:
    """Body of the raw-cells page of one indicator."""
    framework, sources = ledger.framework, ledger.sources
    rule = ledger.describer.word("rule", str(framework.indicators.at[code, "rule"]))
    subarea = str(framework.indicators.at[code, "subarea"])
    parts = [
        f"<h1>Surowe komórki: {escape(code)} {escape(framework.label(code, short=True))}</h1>"
        f"<p>Pełna nazwa wskaźnika: {escape(framework.label(code))}.</p>",
        f'<div class="note"><p>{escape(note)}</p></div>' if note else "",
        f"<p>Wskaźnik to {escape(rule)}. Kolumny danych, na których się opiera:</p>{_questions(ledger, code)}",
        _ways(ledger, subarea),
    ]
    lineage = sources.lineage[code]
    frames = {name: sources.frame(sources.instruments.get(name, "")) for name, _ in lineage}
    computed = sources.frame(INDICATORS)
    if any(frame is None for frame in frames.values()) or computed is None:
        parts.append(
            '<p class="sealed-note">Zawartość komórek jest poufna: odpowiedzi respondentów nie są publikowane. '
            "Kto ma do nich dostęp, znajdzie je w podanych plikach i kolumnach.</p>"
        )
        return "\n".join(parts)
    columns = [frames[name][item] for name, item in lineage]  # type: ignore[index]
    heads = [_RESPONDENT, *(item for _, item in lineage), f"{code} (obliczone)"]
    columns.append(computed[code])
    normalised = sources.frame(NORMALISED)
    mark = len(columns) - 1
    if normalised is not None:
        columns.append(normalised[code])
        heads.append("po normalizacji")
    rows = _rows(list(computed.index), columns, mark)
    parts.append(f'<h2 id="komorki">Odpowiedzi</h2>{table_of(heads, rows, "raw-cells", f"Odpowiedzi: {code}")}')
    return "\n".join(parts)


def components(ledger: Ledger, code: str) -> str:
    """What the scores of an element are made of: groups of each respondent, normalised indicators, score."""
    sources = ledger.sources
    normalised, scores = sources.frame(NORMALISED), sources.frame(SCORES)
    below = ledger.framework.members_of(code)
    links = "".join(
        f'<li><a href="{cells_page(c).removeprefix("liczby/")}">'
        f"{c} {escape(ledger.framework.label(c, short=True))}</a></li>"
        for c in below
        if c in sources.lineage
    )
    told = f'<p>Wskaźniki i ich surowe komórki:</p><ul class="ledger-list">{links}</ul>' if links else ""
    if normalised is None or scores is None:
        return told + '<p class="sealed-note">Wyniki pojedynczych respondentów są poufne i nie są publikowane.</p>'
    own = scores[scores["code"] == code]["score"]
    traits = sources.frame(TRAITS)
    shown = [name for name in _TRAITS if traits is not None and name in traits.columns]
    heads = [_RESPONDENT, *(ledger.describer.word("dimension", name) for name in shown), f"Wynik {code}"]
    # An area has up to twenty-six indicators and the whole ninety: their values stand on the pages of the sub-areas.
    detailed = below if code in ledger.framework.subareas.index else []
    heads += detailed
    rows = []
    for name in normalised.index:
        groups = [
            f"<td>{escape(ledger.describer.group(d, str(traits.at[name, d])))}</td>"  # type: ignore[union-attr]
            for d in shown
        ]
        values = [f'<td class="right computed">{_number(str(own.get(name, "")))}</td>']
        values += [f'<td class="right">{_number(str(normalised.at[name, c]))}</td>' for c in detailed]
        rows.append(f'<tr><th scope="row">{escape(str(name))}</th>{"".join(groups)}{"".join(values)}</tr>')
    table = table_of(heads, rows, "raw-cells", f"Wyniki respondentów: {code}")
    return f'{told}<details class="respondents"><summary>Wyniki respondentów ({len(rows)})</summary>{table}</details>'
