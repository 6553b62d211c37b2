"""The cooperation graph as a page of the site: a drawing that is there without scripts, and a table of every tie.

`network.js` adds what needs hands: filters by kind, search, a walk from partner to partner with the keyboard. Nothing
is fetched; the drawing, its names and the table are in the page.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from analysis.publish.typography import bind

FOLDER = "42_cooperation_graph"
EXHIBIT = "fig-45"
FILE = "siec-wspolpracy.html"
TITLE = "Sieć współpracy klastrów"
DOWNLOADS = (("siec.graphml", "GraphML"), ("siec.gexf", "GEXF"))
SCALE = 50
_SHAPES = {
    "cluster_in_study": '<circle r="9"/>',
    "cluster_outside_study": '<circle r="9"/>',
    "platform": '<rect x="-8" y="-8" width="16" height="16"/>',
    "council": '<path d="M0-11 11 0 0 11-11 0Z"/>',
    "programme": '<path d="M0-11 11 9H-11Z"/>',
    "association": '<path d="M-10 0-5-9H5L10 0 5 9H-5Z"/>',
    "public_body": '<path d="M-4-10H4V-4H10V4H4V10H-4V4H-10V-4H-4Z"/>',
}


def network_data(build: Path) -> dict[str, Any] | None:
    """Data of the page that the notebook wrote; None for a build without it."""
    path = build / FOLDER / "network.json"
    if not path.is_file():
        return None
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def wrap(text: str, most: int = 17) -> list[str]:
    """Break a name into lines of at most `most` characters, where words allow it."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _drawing(data: dict[str, Any]) -> str:
    top = max(n["y"] for n in data["nodes"]) + 0.6
    at = {n["id"]: (round(n["x"] * SCALE, 1), round((top - n["y"]) * SCALE, 1)) for n in data["nodes"]}
    width = round(max(x for x, _ in at.values()) + 60)
    height = round(max(y for _, y in at.values()) + 60)
    out = [
        f'<svg id="siec" viewBox="-30 0 {width + 40} {height}" role="group" aria-label="Graf powiązań; '
        'strzałki przechodzą między podmiotami, Enter pokazuje powiązania">'
    ]
    for tie in data["ties"]:
        (x1, y1), (x2, y2) = at[tie["a"]], at[tie["b"]]
        out.append(
            f'<line class="tie t-{tie["kind"]}" data-tie="{tie["id"]}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
        )
    counts = {n["id"]: sum(n["id"] in (t["a"], t["b"]) for t in data["ties"]) for n in data["nodes"]}
    for number, node in enumerate(data["nodes"]):
        x, y = at[node["id"]]
        label = f"{node['name']}, {data['kinds'][node['kind']]}, liczba powiązań: {counts[node['id']]}"
        lines = "".join(
            f'<tspan x="0" dy="{1.05 if i else 0}em">{escape(line)}</tspan>'
            for i, line in enumerate(wrap(node["short"]))
        )
        out.append(
            f'<g class="node k-{node["kind"]}" data-node="{escape(node["id"])}" role="button" '
            f'tabindex="{0 if number == 0 else -1}" aria-label="{escape(label, quote=True)}" '
            f'transform="translate({x} {y})">{_SHAPES[node["kind"]]}<text y="22">{lines}</text></g>'
        )
    return "".join([*out, "</svg>"])


def _filters(data: dict[str, Any]) -> str:
    boxes = []
    for kind, name in data["tieKinds"].items():
        count = sum(t["kind"] == kind for t in data["ties"])
        boxes.append(
            f'<label><input type="checkbox" value="{kind}" checked> <span class="swatch t-{kind}"></span>'
            f"{escape(name)} ({count})</label>"
        )
    marks = "".join(
        f'<li><svg viewBox="-12 -12 24 24" aria-hidden="true"><g class="node k-{k}">{_SHAPES[k]}</g></svg>'
        f"{escape(name)}</li>"
        for k, name in data["kinds"].items()
    )
    people = "".join(
        f'<option value="{escape(n["id"])}">{escape(n["name"])}</option>'
        for n in sorted(data["nodes"], key=lambda n: str(n["name"]).casefold())
    )
    return (
        f'<div class="network-tools" hidden><fieldset><legend>Rodzaje współpracy</legend>{"".join(boxes)}</fieldset>'
        f'<p><label for="podmiot">Podmiot</label> <select id="podmiot"><option value="">wszystkie</option>{people}'
        '</select> <button type="button" id="pomniejsz" aria-label="Pomniejsz rysunek">−</button> '
        '<button type="button" id="powieksz" aria-label="Powiększ rysunek">+</button></p></div>'
        f'<ul class="network-legend" aria-label="Znaki podmiotów">{marks}</ul>'
    )


def _table(data: dict[str, Any]) -> str:
    name = {n["id"]: n["name"] for n in data["nodes"]}
    rows = []
    for tie in data["ties"]:
        years = "–".join(str(y) for y in (tie["since"], tie["until"]) if y is not None)
        if tie["until"] is not None and tie["since"] is None:
            years = f"do {tie['until']}"
        cells = [
            name[tie["b"]], data["tieKinds"][tie["kind"]], tie["form"], years or "–", tie["what"], tie["model"],
        ]  # fmt: skip
        rows.append(
            f'<tr data-tie="{tie["id"]}" data-kind="{tie["kind"]}" data-a="{escape(tie["a"])}" '
            f'data-b="{escape(tie["b"])}"><th scope="row">{escape(bind(name[tie["a"]]))}</th>'
            + "".join(f"<td>{escape(bind(c))}</td>" for c in cells)
            + "</tr>"
        )
    heads = ("Podmiot", "Z kim", "Rodzaj", "Forma", "Lata", "Na czym polega", "Model")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        '<div class="table-scroll" role="region" tabindex="0" aria-labelledby="powiazania"><table id="tabela-powiazan">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def network_body(data: dict[str, Any]) -> str:
    """Return the body of the page: drawing, tools, details, table."""
    links = " · ".join(f'<a href="dane/{file}" download>{name}</a>' for file, name in DOWNLOADS)
    return (
        f"<h1>{TITLE}</h1><p>Powiązania polskich klastrów opisane w raporcie: fakty publiczne o nazwanych podmiotach. "
        "Wybór podmiotu pokazuje jego powiązania; tabela pod rysunkiem zawiera je wszystkie. Lista nie jest pełna: "
        f"powstała z tego, co opowiedzieli koordynatorzy.</p><p>Dane do pobrania: {links}.</p>{_filters(data)}"
        f'<div class="network-view" role="region" tabindex="0" aria-label="Rysunek sieci">{_drawing(data)}</div>'
        '<p id="wybor" role="status" aria-live="polite"></p>'
        f'<h2 id="powiazania">Wszystkie powiązania</h2>{_table(data)}'
        '<script src="assets/network.js" defer></script>'
    )
