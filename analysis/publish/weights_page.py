"""The explorer of weights as a page of the site: results of ready weightings as tables, and a form that needs scripts.

`weights.js` repeats the engine's sums in the browser from the normalised indicators that stand in the page. They are
answers of single respondents, so a survey edition has no such page unless `edition.yaml` says
`publish_respondents: true`.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from analysis.publish import numbers
from analysis.publish.publication import Publication
from analysis.publish.typography import bind
from analysis.sources import SURVEY

SOURCE = "33_weights/explorer.json"
SECTION = "sec-odpornosc-metody"
FILE = "eksplorator-wag.html"
TITLE = "Eksplorator wag"
LINK = f' Wagi można zmienić samemu: <a href="{FILE}">{TITLE}</a>.'
_DIMENSIONS = {
    "all": "Wszystkie", "age": "Wiek", "kkk": "Status KKK", "sector": "Branża", "size": "Liczba członków",
    "strategy": "Strategia",
}  # fmt: skip
_DECIMALS = 3


def weights_data(pub: Publication) -> dict[str, Any] | None:
    """Data of the page; None where the method has no weights to set, or answers are not to be published."""
    path = pub.build / SOURCE
    if not path.is_file():
        return None
    if pub.info["provenance"] == SURVEY and pub.info.get("publish_respondents") is not True:
        return None
    if not pub.shield.settings.points:
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return None if "reason" in loaded else loaded


def preset_name(preset: dict[str, Any], data: dict[str, Any]) -> str:
    """What a ready weighting is called: „podwójna waga: Zasoby klastra”."""
    fixed = {
        "published": "jak w wydaniu",
        "equal_subareas": "podobszary po równo",
        "equal_indicators": "wskaźniki po równo",
    }
    if preset["name"] in fixed:
        return fixed[preset["name"]]
    code = preset["name"].removeprefix("double_")
    area = next(a for a in data["areas"] if a["code"] == code)
    return f"podwójna waga: {area['name']}"


def _table(ident: str, caption: str, heads: list[str], rows: list[list[str]], tools: str = "") -> str:
    head = "".join(f'<th scope="col"{"" if i == 0 else " class=right"}>{h}</th>' for i, h in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f'<td class="right">{c}</td>' for c in row[1:]) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{ident}-opis"><table id="{ident}" '
        f'class="sortable"><caption id="{ident}-opis">{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{tools}"
    ).replace("class=right", 'class="right"')


def _ready_tables(data: dict[str, Any]) -> str:
    """What stands in the page without a script: ranks and group medians under every ready weighting."""
    presets = data["presets"]
    names = [bind(preset_name(p, data)).capitalize() for p in presets]
    order = sorted(range(len(data["units"])), key=lambda i: (presets[0]["ranks"][i], data["units"][i]))
    units = [
        [
            data["units"][i],
            numbers.number(presets[0]["scores"][i], _DECIMALS),
            *(str(p["ranks"][i]) for p in presets),
        ]
        for i in order
    ]
    groups = [
        [escape(bind(g["label"])), str(len(g["units"])), *(numbers.number(p["medians"][j], _DECIMALS) for p in presets)]
        for j, g in enumerate(data["groups"])
    ]
    return (
        '<h2 id="gotowe-uklady">Gotowe układy wag</h2><p>Te zestawienia policzono przy budowie wydania tym samym '
        "programem, który liczy wyniki raportu. „Podobszary po równo” dają każdemu podobszarowi tę samą wagę "
        "w jego obszarze, „wskaźniki po równo” tę samą wagę każdemu wskaźnikowi w wyniku ogółem.</p>"
        + _table("miejsca", "Miejsca respondentów w wyniku ogółem", ["Respondent", "Wynik w wydaniu", *names], units)
        + _table("mediany", "Mediany wyniku ogółem w grupach", ["Grupa", "Liczba klastrów", *names], groups)
    )


def _field(code: str, name: str, kind: str) -> str:
    said = escape(bind(name))
    return (
        f'<div class="weight {kind}" data-code="{code}">'
        f'<label for="w-{code}"><span class="no">{code}</span> {said}</label>'
        f'<input type="range" id="s-{code}" min="0" max="5" step="0.05" value="1" aria-label="Suwak: {code} {said}">'
        f'<input type="number" id="w-{code}" min="0" max="100" step="any" value="1" inputmode="decimal">'
        f'<output id="u-{code}" for="w-{code} s-{code}"></output></div>'
    )


def _form(data: dict[str, Any]) -> str:
    parts = []
    for area in data["areas"]:
        inner = "".join(_field(s["code"], s["name"], "sub") for s in area["subareas"])
        parts.append(
            f"<fieldset><legend>Obszar {area['code']}</legend>{_field(area['code'], area['name'], 'area')}"
            f"<details><summary>Podobszary obszaru {area['code']}</summary>{inner}</details></fieldset>"
        )
    choice = "".join(
        f'<option value="{p["name"]}">{escape(bind(preset_name(p, data)))}</option>' for p in data["presets"]
    )
    scores = '<option value="ALL">wynik ogółem</option>' + "".join(
        f'<option value="{a["code"]}">{a["code"]} {escape(a["name"])}</option>' for a in data["areas"]
    )
    return (
        '<div class="weights" id="wagi" hidden><div class="weights-tools">'
        f'<p><label for="uklad">Gotowy układ</label> <select id="uklad"><option value="">własny</option>{choice}'
        '</select></p><p class="buttons"><button type="button" id="wagi-od-nowa">Przywróć wagi wydania</button> '
        '<button type="button" id="wagi-adres">Kopiuj adres z tymi wagami</button></p></div>'
        f'<div class="weights-fields">{"".join(parts)}</div></div>'
        '<div id="wyniki-wag" hidden><p id="wagi-stan" role="status" aria-live="polite"></p>'
        f'<p><label for="co-pokazac">Pokaż</label> <select id="co-pokazac">{scores}</select></p>'
        + _table(
            "twoje-miejsca", "Miejsca przy ustawionych wagach",
            ["Respondent", "Miejsce", "Miejsce w\u00a0wydaniu", "Zmiana", "Wynik", "Wynik w\u00a0wydaniu"], [],
        )
        + _table(
            "twoje-mediany", "Mediany grup przy ustawionych wagach",
            ["Grupa", "Liczba klastrów", "Mediana", "Mediana w\u00a0wydaniu", "Zmiana"], [],
        )
        + "</div>"
    )  # fmt: skip


def weights_body(data: dict[str, Any], pub: Publication, section: str) -> str:
    """Return the body of the page; `section` is the address of the chapter on the method's robustness."""
    n = len(data["areas"]), sum(len(a["subareas"]) for a in data["areas"])
    inside = "wskaźników" if data["areaFrom"] == "indicators" else "podobszarów"
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    link = f' Szerzej mówi o tym rozdział <a href="{section}">o zależności wyników od metody</a>.' if section else ""
    inline = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    means = (
        f"Wynik obszaru jest średnią jego {inside}. Waga podobszaru mówi, ile razy liczy się w niej każdy wskaźnik."
        if data["areaFrom"] == "indicators"
        else f"Wynik obszaru jest średnią jego {inside}; waga podobszaru działa wprost w tej średniej."
    )
    intro = bind(
        "W wydaniu wszystkie obszary ważą tyle samo. A gdyby komuś bardziej zależało na wynikach niż na zasobach? "
        f"Tu można zmienić wagi obszarów (jest ich {n[0]}) i podobszarów ({n[1]}) i zobaczyć, co stanie się "
        f"z miejscami respondentów i z medianami grup. {means} Waga obszaru działa w wyniku ogółem. Liczą się "
        "proporcje, nie same liczby; zero wyłącza obszar albo podobszar."
    )
    return (
        f"<h1>{TITLE}</h1><p>{intro}{link}</p>{note}"
        "<noscript><p>Suwaki wymagają skryptów. Bez nich są dostępne zestawienia gotowych układów wag.</p></noscript>"
        f'<div class="weights-frame">{_form(data)}</div>{_ready_tables(data)}'
        f'<script type="application/json" id="dane-wag">{inline}</script>'
        '<script src="assets/weights.js" defer></script>'
    )
