"""Every page of the built site in a browser: axe-core, keyboard, narrow windows, no network, no scripts, print.

One browser for each process. A page is a test, so that processes share the pages evenly.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from analysis.accessibility import score
from analysis.accessibility.browser import Auditor, PageError, axe_source, axe_version, run_axe
from analysis.accessibility.criteria import load_criteria
from analysis.accessibility.keyboard import walk

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [pytest.mark.product]

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "build/2024/60_report"
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCROLLING = {"type": "rule", "values": ["scrollable-region-focusable"]}
WIDE, PHONE, NARROW = 1280, 390, 320
# Contrast that axe-core leaves undecided for these reasons of its own, and that a person has looked at. The colours are
# those of the style sheet, which test_site_checks.py measures in pairs.
UNMEASURED = {
    "imgNode": "names on the two maps: dark on white, with a white rim over what is drawn",
    "nonBmp": "single signs: a minus in a formula, the arrow back from a footnote, a button to zoom",
    "elmPartiallyObscuring": "cells over several columns, and words that break over two lines",
    "elmPartiallyObscured": "the same, seen from the other side",
}
UPON_OTHERS = ("<text ", "<tspan ", '<a href="#fn')  # names on the maps; a footnote's number stands above its line
# What no program decides and a person has looked at: rule and reason.
LOOKED_AT = {
    "th-has-data-cells": "heads of parts of a table (scope=rowgroup) stand in rows without cells of their own",
}


def site_pages() -> list[str]:
    """All pages of the report, and of those made from one template (numbers, respondents) every so many-th."""
    html = REPORT / "html"
    numbers = sorted((html / "liczby").glob("*.html"))
    cells = [p for p in numbers if p.name.startswith("komorki-")]
    others = [p for p in numbers if p not in cells]
    respondents = sorted((REPORT / "individual").glob("R*/index.html"))
    chosen = [
        *sorted(html.glob("*.html")), *sorted((html / "obliczenia").glob("*.html")), *cells[::30], *others[::9],
        REPORT / "individual/index.html", *respondents[::14],
    ]  # fmt: skip
    return [p.relative_to(REPORT).as_posix() for p in chosen if p.is_file()]


class Desk:
    """A browser with one page that notes what it asks for and complains about."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(
            viewport={"width": WIDE, "height": 900}, locale="pl-PL", reduced_motion="reduce", offline=True, **options
        )
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("requestfailed", lambda r: self.said.append(f"not loaded: {r.url}"))

    def open(self, path: Path, scheme: str = "light", width: int = WIDE) -> Any:
        self.asked.clear()
        self.said.clear()
        self.page.emulate_media(color_scheme=scheme, media="screen")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        made = engine.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def desk(browser: Any) -> Desk:
    return Desk(browser)


def told(result: dict[str, Any], part: str, where: str) -> list[str]:
    out = []
    for rule in result[part]:
        for node in rule["nodes"]:
            target = " ".join(map(str, node["target"]))
            out.append(f"{where}: {rule['id']}: {target}: {' '.join(node['html'].split())[:160]}")
    return out


def left_open(result: dict[str, Any], where: str) -> list[str]:
    """What axe-core could not decide, without what is known and explained above."""

    def known(node: dict[str, Any]) -> bool:
        keys = {
            str((check["data"] or {}).get("messageKey")) for check in node["any"] if isinstance(check["data"], dict)
        }
        return bool(keys & UNMEASURED.keys()) or ("bgOverlap" in keys and node["html"].startswith(UPON_OTHERS))

    rules = [r for r in result["incomplete"] if r["id"] not in LOOKED_AT]
    nodes = [{**r, "nodes": [n for n in r["nodes"] if not known(n)]} for r in rules]
    return told({"incomplete": nodes}, "incomplete", where)


def overflow(page: Any, width: int, where: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    return [f"{where}: {wide} pixels wide in a window of {width}"] if wide > width else []


def problems(desk: Desk, path: Path) -> list[str]:
    """Everything that is wrong with a page, in both colour schemes and three widths."""
    page, name = desk.open(path), path.name
    page.evaluate(axe_source())
    light = run_axe(page, TAGS)
    out = told(light, "violations", f"{name} light") + left_open(light, f"{name} light, undecided")
    page.emulate_media(color_scheme="dark")
    dark = run_axe(page, COLOURS)
    out += told(dark, "violations", f"{name} dark") + left_open(dark, f"{name} dark, undecided")
    for width in (WIDE, PHONE, NARROW):
        out += overflow(page, width, name)
    page.set_viewport_size({"width": PHONE, "height": 844})
    out += told(run_axe(page, SCROLLING), "violations", f"{name} on a phone")
    out += [f"{name}: asks for {url}" for url in desk.asked if not url.startswith(("file:", "data:", "blob:"))]
    out += [f"{name}: console: {line}" for line in desk.said]
    return out


@pytest.mark.parametrize("page", site_pages())
def test_page_has_no_barrier_that_a_program_finds(desk: Desk, page: str) -> None:
    assert problems(desk, REPORT / page) == []


PLANTED = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title>
<style>.pale{color:#bbb;background:#fff}.wide{width:2000px}.box{overflow:auto;height:3rem;width:9rem}
@media (prefers-color-scheme: dark){.night{color:#333;background:#222}}</style></head>
<body><main><h1 lang="xx">Heading</h1><p class="pale">Pale text on white ground</p><p class="night">Dark on dark</p>
<img src="figure.png"><input><a href="#a"></a><div class="wide">wide</div>
<div class="box"><p style="width:40rem">A long line that nobody scrolls to by keyboard, because nothing in it takes the
focus, and so it stays hidden. And another sentence.</p></div></main>
<script src="https://example.invalid/script.js"></script><script>console.error("planted")</script></body></html>"""


def test_planted_defects_are_found(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "planted.html"
    path.write_text(PLANTED, encoding="utf-8")
    found = "\n".join(problems(desk, path))
    for rule in ("html-has-lang", "valid-lang", "image-alt", "label", "link-name", "scrollable-region-focusable"):
        assert f": {rule}:" in found, rule
    assert "light: color-contrast: .pale" in found and "dark: color-contrast: .night" in found
    assert f"window of {PHONE}" in found and "window of 1280" in found
    assert "asks for https://example.invalid/script.js" in found and "console: planted" in found
    assert "not loaded: " in found and "figure.png" in found


# --- keyboard -------------------------------------------------------------------------------------------------------

WALKED = ("index.html", "4-1-metodyka-badania.html", "siec-wspolpracy.html", "mapa-branz.html", "o-wydaniu.html")


@pytest.mark.parametrize("name", WALKED)
def test_keyboard_reaches_everything_and_shows_where_it_is(desk: Desk, name: str) -> None:
    page = desk.open(REPORT / "html" / name)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    box = page.evaluate("() => document.activeElement.getBoundingClientRect().left")
    assert box >= 0, "the skip link stays out of sight"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "tresc"
    page = desk.open(REPORT / "html/szukaj.html")  # away, so that the walk begins at the top
    page = desk.open(REPORT / "html" / name)
    page.evaluate((ROOT / "analysis/accessibility/walk.js").read_text("utf-8"))
    assert walk(page) == []


def test_contents_search_and_numbers_work_by_keyboard(desk: Desk) -> None:
    page = desk.open(REPORT / "html/4-1-metodyka-badania.html", width=PHONE)
    page.focus(".side summary")
    assert not page.evaluate("() => document.querySelector('.side-fold').open")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.querySelector('.side-fold').open")
    page.focus("#zrodla-liczb")
    page.keyboard.press("Enter")
    page.focus(".fact[data-f]")
    assert page.is_visible(".fact-card")
    page.keyboard.press("Escape")
    assert not page.is_visible(".fact-card")
    page.focus("#zrodla-liczb")
    page.keyboard.press("Enter")  # the browser remembers the switch
    page.focus("#szukane")
    page.keyboard.type("benchmark")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wyniki li a")
    assert "Znalezione miejsca" in page.inner_text("#liczba-wynikow")
    page.focus("#wyniki li a")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "szukaj" not in url)
    assert "benchmark" in page.inner_text("main").lower()


def test_sector_map_is_walked_by_keyboard(desk: Desk) -> None:
    page = desk.open(REPORT / "html/mapa-branz.html")
    page.focus("#mapa .sector[tabindex='0']")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("() => document.activeElement.dataset.sector")
    page.keyboard.press("Enter")
    name = page.evaluate("() => document.activeElement.getAttribute('aria-label').split(', liczba')[0]")
    assert page.inner_text("#karta-branzy h2") == name and page.input_value("#branza") == chosen
    near = [r.split("\t") for r in page.inner_text("#odleglosci tbody").splitlines() if "\t" in r]
    assert {row[0].replace("\u00a0", " ") for row in near} == {name}, "the table shows other sectors, too"
    distances = [float(row[2].replace(",", ".")) for row in near]
    assert distances == sorted(distances)
    assert near[0][1].replace("\u00a0", " ") in page.inner_text("#stan-mapy").replace("\u00a0", " ")
    assert len(page.query_selector_all("#karta-branzy .bars li")) == page.locator("#profile-branz tbody tr").count()
    page.keyboard.press("Escape")
    assert page.is_hidden("#karta-branzy")


# --- without scripts, on paper ---------------------------------------------------------------------------------------

_UNSEEN = """() => [...document.querySelectorAll("main :is(h1,h2,h3,h4,p,li,td,th,figcaption,img,svg)")]
  .filter((el) => !el.checkVisibility() && !el.closest("[hidden], details:not([open]), noscript, .numbers-bar"))
  .map((el) => el.outerHTML.slice(0, 120))"""


def test_every_page_is_whole_without_scripts(browser: Any) -> None:
    desk = Desk(browser, java_script_enabled=False)
    wrong = []
    for name in site_pages():
        page = desk.open(REPORT / name)
        wrong += [f"{name}: {text}" for text in page.evaluate(_UNSEEN)]
        if "html/" in name and not page.evaluate("() => document.querySelector('main').innerText.length > 100"):
            wrong.append(f"{name}: hardly a word")
    desk.context.close()
    assert wrong == []


@pytest.mark.parametrize("name", ["5-2-zasoby-klastra.html", "13-1-wartosci-wskaznikow-czastkowych.html", "index.html"])
def test_print_shows_the_text_and_nothing_around_it(desk: Desk, name: str) -> None:
    page = desk.open(REPORT / "html" / name, scheme="dark", width=794)
    page.emulate_media(media="print")
    for part in ("header.top", "nav.side", ".skip", ".exhibit-links", "nav.turn"):
        assert not any(e.is_visible() for e in page.query_selector_all(part)), part
    assert page.is_visible("main h1")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 794


# --- the report's own instrument --------------------------------------------------------------------------------------

# Not the maps (arrow keys walk them, which the instrument takes for a barrier) nor the index of headings (400 links).
AUDITED = (
    "html/index.html", "html/4-1-metodyka-badania.html", "html/9-1-wprowadzenie.html",
    "html/12-2-analiza-dostepnosci-stron-internetowych-klastrow.html", "html/o-wydaniu.html",
    "html/deklaracja-dostepnosci.html", "html/dane.html",
)  # fmt: skip


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def own_verdicts() -> Iterator[tuple[str, str, list[str]]]:
    """Criterion, verdict and what speaks against it, for pages of this site served on the loopback address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(REPORT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    criteria = load_criteria(ROOT / "data/framework")
    try:
        with Auditor(criteria.axe_rules, only_hosts={"127.0.0.1"}, timeout=60) as auditor:
            base = f"http://127.0.0.1:{server.server_port}"
            pages = [auditor.audit_page(f"{base}/{name}") for name in AUDITED]
            assert auditor.refused == []
            with pytest.raises(PageError):
                auditor.audit_page(f"{base}/not-there.html")
    finally:
        server.shutdown()
        server.server_close()
    findings = [f for page in pages for f in page["findings"]] + score.same_titles(pages)
    found = score.evidence(findings, criteria)
    for row in score.score_site(found, criteria).to_dict("records"):
        own = found[(found["item"] == row["item"]) & (found["level"] != "note")]
        said = [f"{r['check']} {r['page']} {r['selector']} {r['snippet'][:120]}" for r in own.to_dict("records")]
        yield str(row["item"]), str(row["verdict"]), said


def test_the_site_passes_the_audit_that_the_report_makes_of_others(chromium: Path) -> None:
    """Nothing is broken, a person decides what no program can, and the declaration says which verdict is which."""
    with ThreadPoolExecutor(1) as elsewhere:  # another browser may be open in this thread
        verdicts = elsewhere.submit(lambda: list(own_verdicts())).result()
    assert [(item, said[:5]) for item, verdict, said in verdicts if verdict == score.NOT_MET] == []
    with (ROOT / "report/site_audit.csv").open(encoding="utf-8", newline="") as handle:
        recorded = [(r["item"], r["verdict"], r["axe_core"]) for r in csv.DictReader(handle)]
    version = axe_version(axe_source())
    assert recorded == [(item, verdict, version) for item, verdict, _ in verdicts]
