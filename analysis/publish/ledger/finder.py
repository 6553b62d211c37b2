"""The finder of the start page: choose an element and a group of clusters, read the six measures, follow them."""

from __future__ import annotations

import json
from html import escape

from analysis.framework import OVERALL
from analysis.publish import numbers
from analysis.publish.ledger.pages import MEASURES
from analysis.publish.ledger.rows import Ledger, flat, score_page


def _groups(ledger: Ledger) -> list[tuple[str, str]]:
    known = {
        tuple(str(fact["key"]).split("/")[:2]) for key, fact in ledger.facts.items() if key.startswith("score.ALL.")
    }
    listed = [(str(r["dimension"]), str(r["group"])) for r in ledger.framework.cross_sections.to_dict("records")]
    return [group for group in listed if group in known]


def _codes(ledger: Ledger) -> list[str]:
    return [code for code in ledger.framework.score_codes if ledger.has(score_page(code))]


def finder_script(ledger: Ledger, tables: dict[tuple[str, str], str]) -> str:
    """The finder's data: groups with their printed tables, measures, and for each element the numbers as printed."""
    by_key = {
        tuple(str(fact["key"]).split("/")): (key, fact)
        for key, fact in ledger.facts.items()
        if key.startswith("score.")
    }
    groups = _groups(ledger)
    values: dict[str, list[list[list[str]]]] = {}
    for code in _codes(ledger):
        values[code] = [
            [
                [by_key[place][0], numbers.fact_text(by_key[place][1])]
                if (place := (*group, code, m)) in by_key
                else []
                for m in MEASURES
            ]
            for group in groups
        ]
    data = {
        "measures": [ledger.describer.word("measure", m) for m in MEASURES],
        "tables": [tables.get(group, "") for group in groups],
        "pages": {code: score_page(code) for code in _codes(ledger)},
        "values": values,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"window.KLASTRY_SCORES={text};\n"


def finder_body(ledger: Ledger) -> str:
    """The finder's form, shown by the script, and the same ways as plain links."""
    framework = ledger.framework
    if not any(key.startswith("score.") for key in ledger.facts):
        return ""

    def name(code: str) -> str:
        return framework.label(code) if code == OVERALL else f"{code} {framework.label(code)}"

    elements = "".join(f'<option value="{code}">{escape(name(code))}</option>' for code in _codes(ledger))
    groups, shown = "", ""
    for i, (dimension, group) in enumerate(_groups(ledger)):
        if dimension != shown:
            groups += "</optgroup>" if shown else ""
            groups += f'<optgroup label="{escape(ledger.describer.word("dimension", dimension), quote=True)}">'
            shown = dimension
        groups += f'<option value="{i}">{escape(ledger.describer.group(dimension, group))}</option>'
    groups += "</optgroup>" if shown else ""
    links = "".join(
        f'<li><a href="{score_page(code)}" title="{escape(name(code), quote=True)}" id="wynik-{flat(code)}">'
        f"{'Ogółem' if code == OVERALL else code}"
        f'<span class="visually-hidden"> {escape(framework.label(code))}</span></a></li>'
        for code in _codes(ledger)
    )
    return (
        '<section class="finder" aria-labelledby="znajdz-wynik"><h2 id="znajdz-wynik">Znajdź wynik</h2>'
        '<div class="finder-fields" hidden><p><label for="co">Podobszar albo obszar</label>'
        f'<select id="co">{elements}</select></p><p><label for="grupa">Grupa klastrów</label>'
        f'<select id="grupa">{groups}</select></p></div><div class="found" role="status" aria-live="polite"></div>'
        '<p id="finder-all">Wyniki we wszystkich grupach:</p>'
        f'<ul class="codes" aria-labelledby="finder-all">{links}</ul>'
        '<p class="finder-more"><a href="liczby.html">Skąd ta liczba: wszystkie liczby raportu i ich źródła</a></p>'
        '</section><script src="assets/finder.js" defer></script>'
    )
