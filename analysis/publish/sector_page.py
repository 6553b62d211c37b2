"""The map of sectors as a page of the site: a drawing that is there without scripts, distances and profiles as tables.

`sector-map.js` adds what needs hands: choice of a sector by pointer, keyboard or list, its neighbours from the nearest
on, and its profile as bars. Nothing is fetched; the data stand in the page.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from analysis.publish import numbers
from analysis.publish.network_page import wrap
from analysis.publish.publication import Publication
from analysis.publish.typography import bind

SOURCE = "41_sector_clusters/sector_map.json"
SECTIONS = ("sec-branze-testy", "sec-branze-typy")  # they say what the map means, and lead to it
EXHIBITS = ("fig-54", "fig-57", "tbl-48")
FILE = "mapa-branz.html"
TITLE = "Mapa branż"
SCALE = 82  # pixels of the drawing for a unit of the plane
_MARKS = {
    "bio": '<circle r="{r}"/>',
    "chem": '<path d="M-{r}-{r}H{r}V{r}H-{r}Z"/>',
    "edu": '<path d="M0-{r} {r} {r}H-{r}Z"/>',
    "ict": '<path d="M0-{r} {r} 0 0 {r}-{r} 0Z"/>',
    "moto": '<path d="M0 {r}-{r}-{r}H{r}Z"/>',
    "metal": '<path d="M-{h}-{r}H{h}V-{h}H{r}V{h}H{h}V{r}H-{h}V{h}H-{r}V-{h}H-{h}Z"/>',
}
_OTHER = '<path d="M-{r} 0-{h}-{r}H{h}L{r} 0 {h} {r}H-{h}Z"/>'  # a sector of another edition
_LABEL_WIDTH = 245


def sector_data(pub: Publication) -> dict[str, Any] | None:
    """Data of the page that the notebook wrote; None for a build without it.

    Places of single clusters are answers of respondents, so a survey edition has none of them unless `edition.yaml`
    says `publish_respondents: true`.
    """
    path = pub.build / SOURCE
    if not path.is_file():
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if pub.info["provenance"] != "reconstructed" and pub.info.get("publish_respondents") is not True:
        loaded["points"] = []
    return loaded


def _mark(code: str, size: float) -> str:
    shape = _MARKS.get(code, _OTHER)
    return shape.format(r=f"{size:g}", h=f"{size / 2.5:g}")


def _row(places: list[tuple[str, float]], low: float, high: float) -> dict[str, float]:
    """Middles of labels that stand in one row, near their sectors and `_LABEL_WIDTH` apart."""
    at: dict[str, float] = {}
    ordered = sorted(places, key=lambda p: (p[1], p[0]))
    room = high - low - _LABEL_WIDTH * (len(ordered) - 1)
    last = low - _LABEL_WIDTH
    for i, (code, x) in enumerate(ordered):
        most = high - _LABEL_WIDTH * (len(ordered) - 1 - i) if room >= 0 else x
        last = at[code] = max(last + _LABEL_WIDTH, min(x, most))
    return at


def _drawing(data: dict[str, Any]) -> str:
    drawn = [*data["points"], *data["sectors"]]
    left, right = min(p["x"] for p in drawn) - 0.5, max(p["x"] for p in drawn) + 0.5
    down, up = min(p["y"] for p in drawn) - 0.35, max(p["y"] for p in drawn) + 0.35
    head, height = 52.0, (up - down) * SCALE
    width = max((right - left) * SCALE, 3.2 * _LABEL_WIDTH)

    def place(point: dict[str, Any]) -> tuple[float, float]:
        return round((point["x"] - left) * SCALE, 1), round(head + (up - point["y"]) * SCALE, 1)

    share = [numbers.number(s, 0) for s in data["shares"]]
    zero_x, zero_y = place({"x": 0, "y": 0})
    foot = round(head + height)
    out = [
        f'<svg id="mapa" viewBox="0 0 {round(width)} {foot + 84}" role="group" aria-label="Mapa branż; strzałki '
        'przechodzą między branżami, Enter wybiera">',
        f'<path class="axis" d="M0 {zero_y}H{round(width)}M{zero_x} {head}V{foot}"/>',
        f'<text class="axis-name" x="{round(width) - 6}" y="{zero_y - 8}" text-anchor="end">składowa 1: {share[0]}% '
        "zmienności →</text>",
        f'<text class="axis-name" x="{zero_x + 8}" y="{foot - 8}">składowa 2: {share[1]}% zmienności</text>',
    ]
    for a in data["sectors"]:
        for b in data["sectors"]:
            if a["code"] < b["code"]:
                (x1, y1), (x2, y2) = place(a), place(b)
                out.append(
                    f'<line class="way" data-a="{a["code"]}" data-b="{b["code"]}" x1="{x1}" y1="{y1}" x2="{x2}" '
                    f'y2="{y2}"/>'
                )
    place_of = {kind["no"]: i for i, kind in enumerate(data["types"], start=1)}
    for point in data["points"]:
        x, y = place(point)
        out.append(
            f'<g class="unit ty-{place_of[point["type"]]}" data-sector="{point["sector"]}" '
            f'transform="translate({x} {y})">{_mark(point["sector"], 5)}</g>'
        )
    # Names stand in two rows outside the points, the upper half of the sectors above, each with a line to its mark.
    by_height = sorted(data["sectors"], key=lambda s: (-s["y"], s["code"]))
    middle = (len(by_height) + 1) // 2
    for row, above in ((by_height[:middle], True), (by_height[middle:], False)):
        spread = _row([(s["code"], place(s)[0]) for s in row], _LABEL_WIDTH / 2, width - _LABEL_WIDTH / 2)
        for sector in row:
            x, y = place(sector)
            lines = wrap(sector["name"], 26)
            first, edge = (38 - 18 * (len(lines) - 1), 45) if above else (foot + 38, foot + 20)
            aside = round(spread[sector["code"]] - x, 1)
            spans = "".join(
                f'<tspan x="{aside}" dy="{18 if i else 0}">{escape(line)}</tspan>' for i, line in enumerate(lines)
            )
            said = f"{sector['name']}, liczba klastrów: {sector['size']}"
            out.append(
                f'<g class="sector" data-sector="{sector["code"]}" role="button" '
                f'tabindex="{0 if sector is by_height[0] else -1}" aria-label="{escape(said, quote=True)}" '
                f'transform="translate({x} {y})"><line class="lead" x1="0" y1="0" x2="{aside}" '
                f'y2="{round(edge - y, 1)}"/>{_mark(sector["code"], 11)}<text y="{round(first - y, 1)}">'
                f"{spans}</text></g>"
            )
    return "".join([*out, "</svg>"])


def _legend(data: dict[str, Any]) -> str:
    marks = "".join(
        f'<li><svg viewBox="-12 -12 24 24" aria-hidden="true"><g class="sector">{_mark(s["code"], 9)}</g></svg>'
        f"{escape(bind(s['name']))} ({s['size']})</li>"
        for s in data["sectors"]
    )
    kinds = "".join(
        f'<li><svg viewBox="-12 -12 24 24" aria-hidden="true"><rect class="ty-{i}" x="-9" y="-9" width="18" '
        f'height="18"/></svg>{escape(bind(k["name"]))}</li>'
        for i, k in enumerate(data["types"], start=1)
    )
    types = f'<ul class="network-legend" aria-label="Kolory typów klastrów">{kinds}</ul>' if data["points"] else ""
    return f'<ul class="network-legend" aria-label="Znaki branż i liczba klastrów">{marks}</ul>{types}'


def _scroll(ident: str, inner: str) -> str:
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{ident}-opis">'
        f'<table id="{ident}" class="sortable">{inner}</table></div>'
    )


def _heads(names: list[str]) -> str:
    return "".join(f'<th scope="col"{" class=right" if i else ""}>{n}</th>' for i, n in enumerate(names)).replace(
        "class=right", 'class="right"'
    )


def _neighbours(data: dict[str, Any]) -> str:
    name = {s["code"]: escape(bind(s["name"])) for s in data["sectors"]}
    sides = [
        (one, other, pair) for pair in data["pairs"] for one, other in ((pair["a"], pair["b"]), (pair["b"], pair["a"]))
    ]
    order = [s["code"] for s in data["sectors"]]
    sides.sort(key=lambda s: (order.index(s[0]), s[2]["distance"], s[1]))
    rows = "".join(
        f'<tr data-sector="{one}" data-near="{other}"><th scope="row">{name[one]}</th><td>{name[other]}</td>'
        f'<td class="right">{numbers.number(pair["distance"], 2)}</td>'
        f'<td class="right">{numbers.number(pair["by_chance"], 2)}</td>'
        f'<td class="right">{numbers.number(pair["p"], 3)}</td></tr>'
        for one, other, pair in sides
    )
    heads = _heads(["Branża", "Sąsiad", "Odległość", "Przy losowym przydziale", "p"])
    caption = '<caption id="odleglosci-opis">Odległości średnich profili, od najbliższego sąsiada</caption>'
    return _scroll(
        "odleglosci", f"{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>".replace(
            '<th scope="col" class="right">Sąsiad', '<th scope="col">Sąsiad'
        ),
    )  # fmt: skip


def _profiles(data: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{area["code"]} {escape(bind(area["name"]))}</th>'
        + "".join(
            f'<td class="right" data-sector="{s["code"]}">{numbers.number(s["profile"][i], 2)}</td>'
            for s in data["sectors"]
        )
        + "</tr>"
        for i, area in enumerate(data["subareas"])
    )
    heads = _heads(["Podobszar", *(escape(bind(s["name"])) for s in data["sectors"])])
    caption = (
        '<caption id="profile-branz-opis">Średnie wyniki branż w podobszarach, w odchyleniach standardowych od '
        "średniej wszystkich klastrów</caption>"
    )
    return _scroll("profile-branz", f"{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>")


def _types(data: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr data-sector="{s["code"]}"><th scope="row">{escape(bind(s["name"]))}</th>'
        f'<td class="right">{s["size"]}</td>' + "".join(f'<td class="right">{n}</td>' for n in s["types"]) + "</tr>"
        for s in data["sectors"]
    )
    heads = _heads(["Branża", "Liczba klastrów", *(escape(bind(k["name"])) for k in data["types"])])
    caption = '<caption id="typy-w-branzach-opis">Typy klastrów w branżach (liczba klastrów)</caption>'
    return _scroll("typy-w-branzach", f"{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>")


def sector_body(data: dict[str, Any], pub: Publication, section: str) -> str:
    """Return the body of the page; `section` is the address of the section on differences between sectors, or ''."""
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    link = f' Co z tego wynika, a co może być przypadkiem, mówi <a href="{section}">rozdział o branżach</a>.'
    told = bind("Małe znaki to pojedyncze klastry, bez nazw; ich kolor mówi o typie klastra. Duże to średnie branż.")
    small = f"<p>{told}</p>" if data["points"] else ""
    options = "".join(f'<option value="{s["code"]}">{escape(bind(s["name"]))}</option>' for s in data["sectors"])
    inline = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    intro = bind(
        "Im bliżej siebie leżą dwie branże, tym podobniejsze mają wyniki w podobszarach. Płaszczyzna pokazuje tylko "
        "dwa kierunki, w których klastry różnią się najbardziej, dlatego sąsiadów ustala się z pełnych profili: ich "
        "odległość podaje zestawienie pod rysunkiem. W prawo rośnie ogólny poziom wyników."
    )
    return (
        f"<h1>{TITLE}</h1><p>{intro}{link if section else ''}</p>{note}{small}"
        '<div class="network-tools" id="wybor-branzy" hidden><p><label for="branza">Branża</label> '
        f'<select id="branza"><option value="">wszystkie</option>{options}</select></p></div>{_legend(data)}'
        f'<div class="network-view" role="region" tabindex="0" aria-label="Rysunek mapy branż">{_drawing(data)}</div>'
        '<p id="stan-mapy" role="status" aria-live="polite"></p>'
        '<section id="karta-branzy" hidden></section>'
        f'<h2 id="sasiedztwo">Sąsiedztwo</h2>{_neighbours(data)}'
        f'<h2 id="profile">Profile</h2>{_profiles(data)}<h2 id="typy">Typy</h2>{_types(data)}'
        f'<script type="application/json" id="dane-mapy">{inline}</script>'
        '<script src="assets/sector-map.js" defer></script>'
    )
