"""„O wydaniu”: versions, method, seeds, what is reconstructed, hashes of inputs and outputs, citation, licences.

The page is written with the site; the list of published files is filled in when all formats are there (`fill_files`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from analysis.config import load_method
from analysis.publish import citation, numbers
from analysis.publish.inputs import input_files
from analysis.publish.manifest import versions
from analysis.publish.publication import Publication
from analysis.publish.typography import bind
from analysis.sources import sha256
from analysis.yamlfile import read_mapping

FILE = "o-wydaniu.html"
TITLE = "O wydaniu"
MARK = "<!-- files -->"
CRATE = "ro-crate-metadata.json"
_ORIGINS = {
    "public": "publiczne",
    "reconstructed": "odtworzone",
    "survey": "z ankiety",
    "derived": "wyliczone",
    "made_up": "zmyślone, na próbę",
}
_ANSWERS = {**_ORIGINS, "survey": "z ankiety, poufne"}
_METHOD = {
    "imputation.rule": "Braki odpowiedzi",
    "treatment.rule": "Wartości skrajne",
    "treatment.k": "Krotność rozstępu ćwiartkowego",
    "normalisation.rule": "Normalizacja",
    "weights.rule": "Wagi",
    "aggregation.rule": "Średnia",
    "aggregation.area_from": "Wynik obszaru ze średniej",
    "ranks.ties": "Miejsca ex aequo",
}
_LICENCES = (
    ("Program, teksty i układ tego wydania", "MIT", "en"),
    ("Odpowiedzi odtworzone", "CC0-1.0", "en"),
    ("Statystyki i fakty z wydania drukowanego", "fakty; bez roszczeń, z prośbą o cytowanie wydania drukowanego", ""),
    ("Granice województw", "Natural Earth, domena publiczna", ""),
    ("Krój Source Sans 3 (w PDF)", "SIL Open Font License 1.1", "en"),
    ("Wyszukiwarka MiniSearch", "MIT", "en"),
)


@cache
def _size(path: Path) -> int:
    return path.stat().st_size


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], ident: str) -> str:
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-labelledby="{ident}"><table class="plain-table">'
        f'<caption id="{ident}">{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{_rows(rows)}</tbody></table></div>"
    )


def _hash(value: str) -> str:
    return f'<code class="hash">{value}</code>'


def kilobytes(size: int) -> str:
    """Size of a file in kB, at least 1."""
    return f"{numbers.number(max(1, round(size / 1000)))}{numbers.NBSP}kB"


def _sidecar(path: Path) -> dict[str, Any]:
    side = path.with_name(path.name + ".source.yaml")
    return read_mapping(side) if side.is_file() else {}


def _raw(pub: Publication) -> str:
    folder = pub.project / "data/editions" / str(pub.edition) / "raw"
    rows = []
    for path in sorted(folder.glob("*.csv")):
        side = _sidecar(path)
        if not side:
            continue
        origin = _ORIGINS.get(str(side.get("origin")), escape(str(side.get("origin"))))
        told = " ".join(str(side.get("what_is_reconstructed") or "").split())
        nothing = not told or told.startswith("nothing")
        what = "nic" if nothing else f'<span lang="en">{escape(told)}</span>'
        seed = str(side.get("seed") or "–")
        rows.append(
            (
                f"<code>{path.name}</code>",
                origin,
                what,
                seed,
                f'<span lang="en">{escape(str(side.get("licence") or "–"))}</span>',
            )
        )
    if not rows:
        return ""
    heads = ("Plik", "Pochodzenie", "Co jest odtworzone", "Ziarno", "Licencja")
    return _table("Surowe pliki edycji", heads, rows, "pliki-surowe")


def _value(method: dict[str, Any], key: str) -> str:
    part: Any = method
    for name in key.split("."):
        part = part[name]
    return str(part)


def _inputs(pub: Publication) -> str:
    groups: dict[str, list[Path]] = {}
    for path in input_files(pub.project, pub.edition):
        parts = path.relative_to(pub.project).parts
        name = "/".join(
            parts[:4] if parts[:2] == ("data", "editions") else parts[:2] if parts[0] == "data" else parts[:1]
        )
        groups.setdefault(name if not Path(name).suffix else str(Path(name).parent), []).append(path)
    parts_html = []
    for number, (name, paths) in enumerate(sorted(groups.items())):
        rows = [(f"<code>{p.relative_to(pub.project).as_posix()}</code>", _hash(sha256(p))) for p in sorted(paths)]
        table = _table(f"Pliki w {name}", ("Plik", "SHA-256"), rows, f"wejscie-{number}")
        parts_html.append(
            f"<details><summary><code>{name}</code>, liczba plików: {len(paths)}</summary>{table}</details>"
        )
    return "".join(parts_html)


def about_body(pub: Publication, explorer: str = "") -> str:
    """Return the body of the page, with a mark where the list of published files goes; `explorer` is a link or ''."""
    work = citation.load_work(pub)
    method = load_method(pub.method, pub.project / "config")
    settings = method.model_dump()
    steps = [
        (escape(bind(label)), f"<code>{escape(_value(settings, key))}</code>", f"<code>{key}</code>")
        for key, label in _METHOD.items()
        if key != "treatment.k" or "k" in settings["treatment"]
    ]
    note = f'<div class="note"><p>{escape(pub.provenance_note)}</p></div>' if pub.provenance_note else ""
    facts = [
        ("Tytuł", escape(f"{pub.title}. {pub.subtitle}")),
        ("Rodzaj wydania", escape(pub.edition_label)),
        ("Okres danych", escape(str(pub.info["period"]).replace("-", "–"))),
        ("Data wydania", escape(pub.date.isoformat())),
        ("Wersja programu", escape(work.version or "–")),
        ("Odpowiedzi", _ANSWERS[str(pub.info["provenance"])]),
        ("Metoda", f'<code>{escape(pub.method)}</code>: <span lang="en">{escape(method.description)}</span>'),
        ("Ziarno losowania", str(method.seed)),
    ]
    programs = [(escape(name), escape(version)) for name, version in versions(pub.project).items()]
    licences = [(name, f'<span lang="{lang}">{text}</span>' if lang else text) for name, text, lang in _LICENCES]
    intro = bind(
        "Każda liczba tego wydania wynika z plików, metody i programu o podanych niżej odciskach. Kto ma te same "
        "pliki, dostanie te same wyniki co do bajtu. Odcisk SHA-256 pozwala sprawdzić, że plik jest tym, za który "
        "się podaje."
    )
    return (
        f"<h1>{TITLE}</h1><p>{intro}</p>{note}"
        f'<h2 id="metryka">Metryka</h2>{_table("Metryka wydania", ("Cecha", "Wartość"), facts, "metryka-opis")}'
        '<h2 id="pochodzenie">Co jest odtworzone, a co publiczne</h2><p>Opisy w tej tabeli pochodzą z plików '
        "towarzyszących danym i są po angielsku.</p>"
        f"{_raw(pub)}"
        '<h2 id="metoda">Metoda</h2><p>Metoda jest plikiem; oto jej najważniejsze decyzje. Losowania (przedziały '
        f"miejsc, testy, symulacje) zaczynają się od ziarna {method.seed}.{explorer}</p>"
        f"{_table('Decyzje metody', ('Decyzja', 'Wartość', 'Klucz'), steps, 'metoda-opis')}"
        f'<h2 id="jak-cytowac">Jak cytować</h2>{citation.cite_part(pub, work)}'
        f'<h2 id="pliki">Pliki wydania</h2>{MARK}'
        '<h2 id="dane-wejsciowe">Dane wejściowe i kod</h2><p>Pliki, z których powstało wydanie, '
        "w podziale na foldery.</p>"
        f"{_inputs(pub)}"
        '<h2 id="oprogramowanie">Oprogramowanie</h2>'
        f"{_table('Wersje programów', ('Program', 'Wersja'), programs, 'wersje-opis')}"
        '<h2 id="licencje">Licencje</h2>'
        f"{_table('Licencje części wydania', ('Część', 'Licencja'), licences, 'licencje-opis')}"
    )


def published_files(report: Path) -> list[Path]:
    """Files of a report folder that readers download: documents, workbooks, data, list of exhibits."""
    return [
        path for path in sorted(report.rglob("*"))
        if path.is_file() and path.relative_to(report).parts[0] not in ("html", "individual") and path.name != CRATE
    ]  # fmt: skip


def fill_files(report: Path) -> None:
    """Put the list of published files with sizes and hashes into the page of a report folder, if it has the page."""
    page = report / "html" / FILE
    if not page.is_file():
        return
    rows = []
    for path in published_files(report):
        name = path.relative_to(report).as_posix()
        link = f'<a href="../{name}" download>{name}</a>'
        rows.append((link, kilobytes(_size(path)), _hash(sha256(path))))
    table = _table("Pliki wydania z odciskami", ("Plik", "Rozmiar", "SHA-256"), rows, "pliki-opis")
    told = (
        f'<p>Wszystkie pliki wydania, także strony tego serwisu, wymienia opis dla programów: <a href="../{CRATE}" '
        f"download>{CRATE}</a> (RO-Crate).</p>"
    )
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(MARK, told + table), encoding="utf-8")
