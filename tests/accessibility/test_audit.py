"""How an audit behaves: politely, resumably, with clear errors, and never beyond the hosts it may contact."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from served import HOST, answering, serve

from analysis.accessibility import audit as audit_module
from analysis.accessibility.audit import audit_sites, settings_for
from analysis.accessibility.browser import Auditor, PageError, find_chromium
from analysis.accessibility.crawl import Pace, Robots, check_address, next_pages
from analysis.accessibility.criteria import Criteria
from analysis.errors import ConfigError, DataError

PAGE = """<!doctype html><html lang="pl"><head><title>{title}</title></head><body><main><h1>{title}</h1>
<p>Klaster łączy firmy i uczelnie w regionie. {more}</p></main></body></html>"""


def html(title: str, more: str = "") -> tuple[int, str, dict[str, str]]:
    return 200, PAGE.format(title=title, more=more), {}


# ------------------------------------------------------------------------------------------------ without a browser


def test_missing_chromium_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KLASTRY_CHROMIUM", raising=False)
    with pytest.raises(ConfigError, match="apt-get install chromium"):
        find_chromium()
    monkeypatch.setenv("KLASTRY_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="there is no such file"):
        find_chromium()


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "file:///etc/hosts", "http://"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="write it in full"):
        check_address(address)


def test_robots() -> None:
    robots = Robots(
        200, "User-agent: klastry-audit\nCrawl-delay: 7\nDisallow: /intranet/\n\nUser-agent: *\nDisallow: /"
    )
    assert robots.delay == 7 and robots.allows("http://a.pl/") and not robots.allows("http://a.pl/intranet/x")
    assert Robots(404, "").allows("http://a.pl/") and not Robots(503, "").allows("http://a.pl/")


def test_pace_counts_for_each_host_and_obeys_the_longer_delay() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(2, clock=lambda: now[0], sleep=sleep)
    pace.wait("http://a.pl/1")
    pace.wait("http://b.pl/1")
    pace.wait("http://a.pl/2")
    pace.wait("http://a.pl/3", asked=5)
    assert slept == [2, 5]


def test_pages_that_tell_most_come_first() -> None:
    links = [
        ("http://a.pl/artykul", "Artykuł"), ("http://a.pl/pliki/statut.pdf", "Statut"), ("http://b.pl/", "Partner"),
        ("http://a.pl/wyloguj", "Wyloguj"), ("http://a.pl/kontakt", "Kontakt"), ("http://a.pl/o-nas#zespol", "O nas"),
        ("http://a.pl/o-nas", "Zespół"), ("http://a.pl/#tresc", "Treść"),
    ]  # fmt: skip
    assert next_pages("http://a.pl/", links, 9) == ["http://a.pl/kontakt", "http://a.pl/o-nas", "http://a.pl/artykul"]
    assert next_pages("http://a.pl/", links, 1) == ["http://a.pl/kontakt"]
    assert next_pages("http://a.pl/", links, 0) == []


def test_settings_are_checked() -> None:
    with pytest.raises(ConfigError, match="--max-pages 0"):
        settings_for(0)


# --------------------------------------------------------------------------------------------------- with a browser


@pytest.fixture(scope="module")
def alone(chromium: Path, criteria: Criteria) -> None:
    """Only for its dependence on Chromium."""


def test_nothing_but_the_allowed_host_is_contacted(chromium: Path) -> None:
    asked: list[str] = []
    more = '<img src="http://outside.example/a.png" alt="Hala"><script src="//cdn.example/x.js"></script>'
    more += "<script>fetch('http://192.0.2.7/').catch(() => 0)</script>"
    with serve(answering({"/": html("Klaster", more)}, asked)) as base, Auditor(["image-alt"], only_hosts={HOST}) as a:
        record = a.audit_page(f"{base}/")
        assert record["title"] == "Klaster"
        assert {u.split("/")[2] for u in a.refused} == {"outside.example", "cdn.example", "192.0.2.7"}
        with pytest.raises(PageError):
            a.audit_page("http://outside.example/")
        with pytest.raises(PageError, match="not among the hosts"):
            a.get("http://outside.example/robots.txt")
    assert all("klastry-audit" in line for line in asked)


def test_robots_redirects_errors_and_resumption(chromium: Path, criteria: Criteria, tmp_path: Path) -> None:
    asked: list[str] = []
    links = '<a href="/kontakt">Kontakt z biurem</a> <a href="/intranet">Intranet</a> <a href="/brak">Brak strony</a>'
    pages = {
        "/robots.txt": (200, "User-agent: *\nDisallow: /intranet", {"Content-Type": "text/plain"}),
        "/": html("Klaster", links),
        "/kontakt": html("Kontakt"),
        "/intranet": html("Intranet"),
    }
    said: list[str] = []
    with serve(answering(pages, asked)) as base:
        url = f"{base}/"

        def run(urls: list[str], pages_at_most: int = 4) -> pd.DataFrame:
            return audit_sites(urls, tmp_path, criteria, max_pages=pages_at_most, delay=0, only_hosts={HOST},
                               progress=said.append).sites  # fmt: skip

        sites = run([url])
        assert sites["pages"].tolist() == [2]
        assert "robots.txt forbids it" in sites["problems"][0] and "answers with 404" in sites["problems"][0]
        assert not any(line.startswith("/intranet") for line in asked)
        before = (tmp_path / "websites.csv").read_bytes()
        opened = len(asked)
        run([url])
        assert len(asked) == opened, "a finished site is not opened again"
        assert (tmp_path / "websites.csv").read_bytes() == before

        # Interrupted after the first page: the first page is kept, the second is opened.
        path = tmp_path / "state" / "W01.json"
        state = json.loads(path.read_text("utf-8"))
        state |= {"pages": state["pages"][:1], "done": False}
        path.write_text(json.dumps(state), "utf-8")
        asked.clear()
        assert run([url])["pages"].tolist() == [2]
        assert [line.split()[0] for line in asked if "/kontakt" in line or line.startswith("/ ")] == ["/kontakt"]
        assert (tmp_path / "websites.csv").read_bytes() == before

        with pytest.raises(ConfigError, match="other settings"):
            run([url], pages_at_most=9)
        with pytest.raises(ConfigError, match="given twice"):
            run([url, url])
    # A site that does not answer: told, empty row, the others stay.
    sites = run([f"http://{HOST}:9/"])
    assert sites["site_id"].tolist() == ["W01", "W02"] and sites["pages"].tolist() == [2, 0]
    assert sites["problems"][1]
    rows = pd.read_csv(tmp_path / "websites.csv", dtype=str, keep_default_na=False).set_index("site_id")
    assert set(rows.loc["W02"]) == {""} and list(rows.columns) == list(criteria.criteria)
    assert not list(tmp_path.rglob("*.part"))


def test_a_busy_server_gets_one_more_try(chromium: Path, criteria: Criteria, tmp_path: Path) -> None:
    asked: list[str] = []
    pages = {"/": (503, "", {"Retry-After": "0"})}
    with serve(answering(pages, asked)) as base:
        tables = audit_sites([f"{base}/"], tmp_path, criteria, delay=0, only_hosts={HOST})
    assert sum(line.startswith("/ ") for line in asked) == 2
    assert "answers with 503" in tables.sites["problems"][0]


def test_a_person_decides_what_is_open(chromium: Path, criteria: Criteria, tmp_path: Path) -> None:
    page = html("Klaster", '<iframe title="Film o hali" src="https://www.youtube.com/embed/x"></iframe>')
    with serve(answering({"/": page}, [])) as base:
        url = f"{base}/"
        audit_sites([url], tmp_path, criteria, delay=0, only_hosts={HOST})
        path = tmp_path / "decisions.csv"
        assert path.read_text("utf-8") == "site_id,item,decision,note\nW01,media_alternatives,,\n"
        path.write_text("site_id,item,decision,note\nW01,media_alternatives,1,napisy są\n", "utf-8")
        tables = audit_sites([url], tmp_path, criteria, delay=0, only_hosts={HOST})
        assert tables.websites.loc[0, "media_alternatives"] == "1"
        own = tables.verdicts.set_index("item").loc["media_alternatives"]
        assert (own["verdict"], own["decided_by"]) == ("met", "person")
        assert "napisy są" in path.read_text("utf-8")
        path.write_text("site_id,item,decision,note\nW01,media_alternatives,tak,\n", "utf-8")
        with pytest.raises(DataError, match=r"decisions.csv, row 2, column decision: neither 1"):
            audit_sites([url], tmp_path, criteria, delay=0, only_hosts={HOST})
    assert 'lang="pl"' in (tmp_path / "report.html").read_text("utf-8")


def test_an_interruption_leaves_no_half_written_file(
    chromium: Path, criteria: Criteria, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"/": html("Klaster", '<a href="/kontakt">Kontakt z biurem</a>'), "/kontakt": html("Kontakt")}
    first = audit_module._open

    def stop(url: str, *rest: object) -> object:
        if url.endswith("/kontakt"):
            raise KeyboardInterrupt
        return first(url, *rest)  # type: ignore[arg-type]

    with serve(answering(pages, [])) as base:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(audit_module, "_open", stop)
            audit_sites([f"{base}/"], tmp_path, criteria, delay=0, only_hosts={HOST})
        state = json.loads((tmp_path / "state" / "W01.json").read_text("utf-8"))
        assert len(state["pages"]) == 1 and not state.get("done")
        tables = audit_sites([f"{base}/"], tmp_path, criteria, delay=0, only_hosts={HOST})
    assert tables.sites["pages"].tolist() == [2]
