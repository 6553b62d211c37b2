"""„Deklaracja dostępności”: the standard, how it was checked, what the instrument says of this site, limits.

The verdicts are those of `report/site_audit.csv`, which a test compares with a new audit of the built site.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from analysis.errors import PublishError
from analysis.publish.publication import Publication
from analysis.publish.typography import bind

FILE = "deklaracja-dostepnosci.html"
TITLE = "Deklaracja dostępności"
RECORD = "site_audit.csv"
CRITERIA = "data/framework/wcag_criteria.csv"
MET = "met"
LABELS = {MET: "spełnione", "not_met": "niespełnione", "needs_person": "musi ocenić człowiek"}


def site_audit(pub: Publication) -> pd.DataFrame | None:
    """Verdicts of the instrument on this site: item, verdict, axe_core (version); None for a report without the record.

    Raises
    ------
    PublishError
        The record does not hold each criterion once with a known verdict.
    """
    path = pub.report_dir / RECORD
    if not path.is_file():
        return None
    table = pd.read_csv(path, dtype=str)
    items = list(_criteria(pub).index)
    if list(table["item"]) != items or not set(table["verdict"]) <= set(LABELS):
        raise PublishError(
            f"{path}: expected one row for each of {', '.join(items)} with a verdict among {', '.join(LABELS)}; "
            "audit the site again (docs/site.md says how)"
        )
    return table


def _criteria(pub: Publication) -> pd.DataFrame:
    return pd.read_csv(pub.project / CRITERIA, dtype=str, index_col="item")


def _verdicts(pub: Publication, table: pd.DataFrame) -> str:
    named = table.join(_criteria(pub)[["no", "wcag", "name_pl"]], on="item", rsuffix="_of")
    rows = "".join(
        f'<tr><th scope="row">{row["no"]}. {escape(bind(str(row["name_pl"])))}</th>'
        f"<td>{str(row['wcag']).replace(';', ', ')}</td><td>{LABELS[str(row['verdict'])]}</td></tr>"
        for row in named.to_dict("records")
    )
    met = int((table["verdict"] == MET).sum())
    return (
        '<h2 id="dziesiec-kryteriow">Dziesięć kryteriów, którymi raport mierzy innych</h2><p>'
        + bind(
            "Rozdział o dostępności stron klastrów ocenia je według dziesięciu kryteriów. Tym samym narzędziem "
            "sprawdzono strony tego serwisu po jednej z każdego rodzaju, poza mapami i skorowidzem, których narzędzie "
            f"nie umie przejść. Kryteria spełnione: {met} z {len(table)}. O kontraście pojedynczych znaków we wzorach "
            "program nie orzeka; mają barwę tekstu, w którym stoją."
        )
        + '</p><div class="table-scroll" role="region" tabindex="0" aria-labelledby="ocena-opis">'
        '<table class="plain-table"><caption id="ocena-opis">Ocena serwisu według kryteriów raportu</caption>'
        '<thead><tr><th scope="col">Kryterium</th><th scope="col">WCAG</th><th scope="col">Ocena</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{bind(item)}</li>' for item in items)}</ul>"


def accessibility_body(pub: Publication, pages: int, tools: Sequence[tuple[str, str]]) -> str:
    """Return the body of the page; `pages` are those of the site, `tools` the interactive ones: title and file."""
    table = site_audit(pub)
    version = "" if table is None else f" {table['axe_core'].iloc[0]}"
    checked = [
        f"każdą stronę serwisu (jest ich {pages}, bez stron z liczbami i notatników) otwiera w przeglądarce Chromium "
        f"program axe-core{version} i sprawdza regułami WCAG 2.1 poziomu A i AA, w jasnych "
        "i ciemnych barwach; jedno naruszenie wystarczy, by test wydania się nie powiódł. Strony z liczbami, notatniki "
        "i raporty indywidualne, robione z jednego wzoru, sprawdza się na przykładach",
        "przejście klawiaturą: odsyłacz do treści jest pierwszy, widać, gdzie się jest, nic nie zatrzymuje",
        "okno o szerokości telefonu i ekranu: nic nie wystaje poza stronę, a szersze tabele i rysunki przewijają się "
        "w swoich ramkach, także klawiaturą",
        "strona bez skryptów: cała treść jest na miejscu",
        "poprawność HTML, kolejność nagłówków, opisy rysunków, nagłówki tabel, kontrast barw arkusza stylów",
        "plik PDF: dwa niezależne programy sprawdzające zgodność z PDF/UA-1",
    ]
    reading = "; ".join(f'<a href="{file}">{escape(title)}</a>' for title, file in tools)
    limits = [
        "nie badano serwisu z udziałem osób, które na co dzień korzystają z czytników ekranu czy powiększania, ani "
        "niezależnym audytem; programy znajdują tylko część barier",
        "czy opis rysunku oddaje jego treść, żaden program nie powie; dlatego pod każdym rysunkiem są też jego dane",
        "źródło liczby w tekście pokazuje się pod wskaźnikiem myszy; z klawiatury trzeba najpierw włączyć przycisk "
        "„Pokaż źródła liczb” albo otworzyć listę na końcu strony",
        "notatniki z obliczeniami są po angielsku, a ich rysunki mają tylko ogólny opis; opisane są te w raporcie",
    ]
    if reading:
        limits.append(f"rysunki, z którymi można pracować ({reading}), mają pod spodem te same dane w tabelach")
    return (
        f"<h1>{TITLE}</h1><p>"
        + bind(
            "Raport mówi o dostępności cudzych stron, więc sam ma być dostępny. Ten serwis i plik PDF mają spełniać "
            "WCAG 2.1 na poziomie AA, a PDF także normę PDF/UA-1. Deklaracja mówi, jak to sprawdzono i czego nie "
            "sprawdzono."
        )
        + f'</p><h2 id="jak-sprawdzono">Jak sprawdzono</h2>{_list(checked)}'
        + (_verdicts(pub, table) if table is not None else "")
        + f'<h2 id="ograniczenia">Znane ograniczenia</h2>{_list(limits)}'
        '<h2 id="inna-postac">Inna postać</h2><p>'
        + bind(
            "Ten sam tekst jest w pliku PDF ze znacznikami, w edytowalnym DOCX i w arkuszach z aneksem; liczby są też "
            "w plikach CSV. Odsyłacze stoją na stronie początkowej."
        )
        + "</p>"
    )
