"""The number ledger: from a number to its cell, and no cell of real answers on the site."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import build_all  # type: ignore[import-not-found]

from analysis.errors import PublishError
from analysis.framework import load_framework
from analysis.publish import steps
from analysis.publish.ledger.describe import Describer
from analysis.publish.ledger.rows import anchor_numbers, exact
from analysis.publish.publication import Publication, open_publication


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "html.parser")


def site_of(pub: Publication) -> Path:
    return pub.build / "60_report" / "html"


def as_survey(pub: Publication) -> Publication:
    path = pub.project / "data/editions/2024/edition.yaml"
    path.write_text(path.read_text("utf-8").replace("provenance: reconstructed", "provenance: survey"), "utf-8")
    return open_publication(pub.project, pub.build, 2024)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the same small edition with real answers."""
    pub = build_all(tmp_path_factory.mktemp("survey"))
    again = as_survey(pub)
    steps.render_chapters(again)
    steps.build_html(again)
    return again.out_dir / "html"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1 + 0.2, "0,3"),
        (17393, "17\u00a0393"),
        (-1234.5, "\u22121\u00a0234,5"),
        (6.67605737886329e-06, "0,00000667605737886329"),
        ("tekst", "tekst"),
        (1e15, "1\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000"),
    ],
)
def test_exact_values(value: float | str, shown: str) -> None:
    assert exact(value) == shown


def test_the_first_mark_of_a_fact_is_a_place() -> None:
    body = '<p><span class="fact" data-f="a">1</span> <span class="fact" data-f="a">1</span></p>'
    marked, ids = anchor_numbers(body)
    assert ids == ["a"] and marked.count('id="f-a"') == 1 and marked.count('data-f="a"') == 2


def test_a_row_tells_what_a_number_is(mini: Publication) -> None:
    row = page(site_of(mini), "4-1-czlonkowie.html").select_one('tr[data-f="indicator.I.1.1.median"]')
    assert row
    text = row.get_text(" ", strip=True)
    assert "Mediana: I.1.1" in text and "16\u00a0482" in text and "n = 2" in text and "employment_total" in text
    links = {a.get_text(): a["href"] for a in row.select("a")}
    assert links["Surowe komórki I.1.1"] == "liczby/komorki-I-1-1.html"
    assert links["coordinators.csv"].endswith("raw/coordinators.csv")
    assert links["W zestawieniu liczb"] == "liczby/wskazniki-I-1.html#indicator.I.1.1.median"


def test_the_ledger_has_every_fact_once_and_says_where_it_is_printed(mini: Publication) -> None:
    site = site_of(mini)
    rows = [
        r for p in (site / "liczby").glob("*.html") for r in page(site, f"liczby/{p.name}").select("table.ledger tr")
    ]
    found = [str(r["id"]) for r in rows if r.get("id")]
    assert sorted(found) == sorted(mini.facts)
    by_id = {str(r["id"]): r for r in rows if r.get("id")}
    place = by_id["sample.share"].select_one(".places a")
    assert place and place["href"] == "../4-1-czlonkowie.html#f-sample.share"
    assert by_id["score.I.1.all.q1"].select_one(".places a") is None


def test_the_search_knows_every_fact(mini: Publication) -> None:
    text = (site_of(mini) / "assets/ledger-index.js").read_text("utf-8")
    data = json.loads(text.removeprefix("window.KLASTRY_FACTS=").rstrip(";\n"))
    assert {entry[0] for entry in data["facts"]} == set(mini.facts)
    for fact_id, shown, what, where, _ in data["facts"]:
        assert page(site_of(mini), data["pages"][where]).find(id=fact_id), fact_id
        assert shown and what and fact_id not in what


def test_raw_cells_are_the_answers(mini: Publication) -> None:
    soup = page(site_of(mini), "liczby/komorki-I-1-1.html")
    rows = [[c.get_text() for c in r.find_all(["th", "td"])] for r in soup.select("table.raw-cells tr")]
    assert rows[0] == ["Respondent", "employment_total", "I.1.1 (obliczone)", "po normalizacji"]
    assert rows[1:] == [
        ["R01", "7\u00a0101", "7\u00a0101", "0,25"],
        ["R02", "–", "–", "–"],
        ["R03", "25\u00a0863", "25\u00a0863", "1"],
    ]
    assert "odtwarzają" in soup.select_one(".note").get_text()  # type: ignore[union-attr]


def test_real_answers_stay_at_home(survey: Path) -> None:
    """Not one value of a respondent: neither in pages, nor as files, nor in scripts; file and column are named."""
    secret = re.compile("4\u00a0?321|8\u00a0?765|" + r"\bR0[123]\b")
    files = [p for p in survey.rglob("*") if p.suffix in (".html", ".js", ".csv", ".json")]
    assert len(files) > 20
    assert not [p.name for p in files if not p.name.startswith("minisearch") and secret.search(p.read_text("utf-8"))]
    assert not list((survey / "dane/zrodla").rglob("coordinators.csv"))
    assert (
        not list((survey / "dane/zrodla").rglob("indicators.csv"))
        or not (survey / "dane/zrodla/20_indicators/indicators.csv").exists()
    )
    assert not (survey / "dane/zrodla/30_scores").exists()
    cells = page(survey, "liczby/komorki-I-1-1.html")
    assert cells.select_one("table") is None and cells.select_one(".sealed-note")
    assert "employment_total" in cells.get_text() and "raw/coordinators.csv" in cells.get_text()
    row = page(survey, "4-1-czlonkowie.html").select_one('tr[data-f="sample.share"]')
    assert row and row.select_one(".sealed") and "20_indicators/indicators.csv" in row.get_text()
    assert "poufne" in page(survey, "liczby.html").get_text()


def test_reconstructed_answers_are_published_and_said_to_be_so(mini: Publication) -> None:
    site = site_of(mini)
    assert "4\u00a0321" in page(site, "liczby/komorki-I-1-2.html").get_text()
    assert (site / "dane/zrodla/data/editions/2024/raw/coordinators.csv").is_file()
    assert (site / "dane/zrodla/20_indicators/indicators.csv").is_file()


def test_a_fact_needs_the_table_it_names(fresh: Publication) -> None:
    (fresh.build / "40_analyses/indicator_statistics.csv").unlink()
    steps.render_chapters(fresh)
    with pytest.raises(PublishError, match=r"indicator_statistics\.csv.*indicator\.I\.1\.1\.median"):
        steps.build_html(fresh)


def test_descriptions(root: Path, tmp_path: Path) -> None:
    framework = load_framework(root / "data")
    base = {"notebook": "40_cross_sections", "table": "t.csv", "column": "value", "value": 1, "unit": "score"}
    facts = {
        "score.III.2.150plus.median": {**base, "key": "size/150+/III.2/median"},
        "previous.area.I.benchmark": {**base, "key": "C1"},
        "sample.members.total": {**base, "key": "members.total"},
        "sample.members.total.change": {**base, "key": "members.total"},
        "option.strategy_status.updated.share": {**base, "key": "strategy_status.updated", "column": "share"},
        "unheard.of": {**base, "key": "row 1", "column": "narrow"},
    }
    describer = Describer(root / "report/labels/facts_pl.yaml", framework, facts, {})
    what = {key: describer.describe(key, fact).what for key, fact in facts.items()}
    assert what["score.III.2.150plus.median"].startswith("Mediana wyników: III.2 „")
    assert what["score.III.2.150plus.median"].endswith("bardzo duże (150 i więcej członków)")
    assert what["previous.area.I.benchmark"] == "Poprzednia edycja: Benchmark, I „Zasoby klastra”"
    assert what["sample.members.total.change"] == "Zmiana od poprzedniej edycji: Łączna liczba członków klastrów"
    assert "aktualiz" in what["option.strategy_status.updated.share"]
    assert what["unheard.of"] == "Porównania grup klastrów: wyniki o wąskim przedziale, wiersz „row 1”"
    labels = yaml.safe_load((root / "report/labels/facts_pl.yaml").read_text("utf-8"))
    labels["facts"].insert(0, {"id": "x", "txt": "y"})
    (tmp_path / "facts_pl.yaml").write_text(yaml.safe_dump(labels), "utf-8")
    with pytest.raises(PublishError, match="needs id and text"):
        Describer(tmp_path / "facts_pl.yaml", framework, facts, {})
