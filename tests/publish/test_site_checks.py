"""The site checked as a validator would, each check with a page or file broken on purpose."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest
from bs4 import BeautifulSoup
from rocrate.rocrate import ROCrate

from analysis.charts import style
from analysis.charts.style import contrast
from analysis.publish import about_page, citation, steps
from analysis.publish.publication import Publication

HEAVIEST = 1_500_000


# --- HTML -----------------------------------------------------------------------------------------------------------


def parse_errors(html: str) -> list[str]:
    """What the HTML standard's parser calls an error, except named ones that browsers and MathML agree to bear."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    return [f"line {place[0]}: {code} {data}" for place, code, data in parser.errors]


_INTERACTIVE = {"a", "button", "input", "select", "textarea", "label", "summary"}
_PHRASING = {"p", "span", "h1", "h2", "h3", "h4", "button", "label", "a", "caption", "summary"}
_BLOCKS = {"div", "table", "ul", "ol", "figure", "section", "details", "fieldset", "form"}


def structure_errors(html: str) -> list[str]:
    """Rules beyond parsing: ids, headings, landmarks, tables, images, names of controls, nesting, references by id."""
    soup = BeautifulSoup(html, "html.parser")
    out: list[str] = []
    ids = [str(t["id"]) for t in soup.find_all(id=True)]
    out += [f"id twice: {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
    out += [f"space in id: {i}" for i in ids if re.search(r"\s", i) or not i]
    if not (soup.html and soup.html.get("lang") in ("pl", "en")):
        out.append("no language")
    if not (soup.title and soup.title.get_text(strip=True)):
        out.append("no title")
    levels = [int(h.name[1]) for h in soup.select("main :is(h1, h2, h3, h4, h5, h6)")]
    if levels[:1] != [1] or levels.count(1) != 1:
        out.append(f"headings do not begin with the only h1: {levels[:5]}")
    out += [f"heading level skipped: h{a} → h{b}" for a, b in pairwise(levels) if b > a + 1]
    for name, most in (("main", 1), ("header.top", 1), ("footer.bottom", 1)):
        if len(soup.select(name)) != most:
            out.append(f"landmark {name}: {len(soup.select(name))}")
    navs = [str(n.get("aria-label") or "") for n in soup.find_all("nav")]
    if len(set(navs)) < len(navs) or "" in navs:
        out.append(f"navigation without a name of its own: {navs}")
    skip = soup.select_one("body > a.skip")
    if skip is None or str(skip["href"]).lstrip("#") not in ids:
        out.append("no skip link to the content")
    out += [f"image without alt: {i.get('src')}" for i in soup.find_all("img") if not i.get("alt")]
    for table in soup.find_all("table"):
        heads = table.select("th")
        out += [f"th without scope: {th.get_text(strip=True)[:30]}" for th in heads if not th.get("scope")]
        if not table.select("thead th") and not table.find_parent(class_="notebook"):
            out.append(f"table without headings: {table.get('id') or table.get_text(' ', strip=True)[:40]}")
        # A table names itself, or its region or its sentence does.
        named = table.caption or table.get("aria-labelledby") or table.get("aria-label")
        if "exhibit-table" in (table.get("class") or []) and not named:
            out.append("exhibit table without a name")
    for tag in soup.find_all(["input", "select", "textarea"]):
        named = tag.get("aria-label") or (tag.get("id") and soup.find("label", attrs={"for": tag["id"]}))
        if not named and not tag.find_parent("label"):
            out.append(f"control without a label: {tag.get('id') or tag.get('name')}")
    for tag in soup.find_all(["a", "button", "summary"]):
        said = tag.get_text(strip=True) or tag.get("aria-label") or (tag.img and tag.img.get("alt"))
        if not said:
            out.append(f"nameless {tag.name}: {str(tag)[:60]}")
        inner = tag.find(["a", "button", "input", "select"]) if tag.name in ("a", "button") else None
        if inner:
            out.append(f"{inner.name} inside {tag.name}")
    for tag in soup.find_all(list(_PHRASING)):
        block = tag.find(list(_BLOCKS)) if tag.name not in ("a", "caption", "summary") else None
        if block and not tag.find_parent("svg"):
            out.append(f"<{block.name}> inside <{tag.name}>")
    for attribute in ("aria-labelledby", "aria-describedby", "for", "aria-controls"):
        for tag in soup.find_all(attrs={attribute: True}):
            value = tag[attribute]
            for ident in value if isinstance(value, list) else str(value).split():
                if ident not in ids:
                    out.append(f"{attribute} names no element: {ident}")
    return out


def outside(html: str) -> list[str]:
    """Addresses that a browser would fetch from the network by itself."""
    soup = BeautifulSoup(html, "html.parser")
    found = [str(t[a]) for a in ("src", "srcset", "poster", "data", "action") for t in soup.find_all(attrs={a: True})]
    found += [str(t["href"]) for t in soup.find_all("link", href=True)]
    found += re.findall(r"url\(\s*['\"]?([^)'\"]+)", " ".join(str(t) for t in soup.find_all("style")))
    found += re.findall(r"url\(\s*['\"]?([^)'\"]+)", " ".join(str(t.get("style")) for t in soup.find_all(style=True)))
    return [f for f in found if re.match(r"[a-z][a-z0-9+.-]*:|//", f) and not f.startswith(("data:", "#"))]


def weight(page: Path) -> int:
    """Bytes that opening a page takes: the page with its images, scripts and style sheets."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    found = {str(t["src"]) for t in soup.select("img[src], script[src]")}
    found |= {str(t["href"]) for t in soup.select('link[rel="stylesheet"]')}
    parts = {(page.parent / unquote(f)).resolve() for f in found if not f.startswith("data:")}
    return page.stat().st_size + sum(p.stat().st_size for p in parts)


def all_problems(html: str) -> list[str]:
    return [*parse_errors(html), *structure_errors(html), *(f"fetched: {f}" for f in outside(html))]


def pages_of(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*.html")):
        yield path.relative_to(site).as_posix(), path.read_text("utf-8")


def test_pages_of_the_small_edition_are_valid(mini: Publication) -> None:
    found = {name: all_problems(html) for name, html in pages_of(mini.build / "60_report/html")}
    assert not {name: problems for name, problems in found.items() if problems}


@pytest.mark.product
def test_pages_of_the_edition_are_valid(build: Path) -> None:
    found = {name: all_problems(html) for name, html in pages_of(build / "60_report/html")}
    wrong = {name: problems[:6] for name, problems in found.items() if problems}
    assert not wrong, json.dumps(dict(list(wrong.items())[:20]), ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("</main>", "</div></main>", "end-tag"),
        ("<h2", "<h4", "level skipped"),
        ('lang="pl"', 'lang=""', "no language"),
        ('id="szukane"', 'id="tresc"', "id twice"),
        ('class="skip" href="#tresc"', 'class="skip" href="#nic"', "skip link"),
        (' alt="', ' title="', "without alt"),
        ('scope="col"', 'data-x="col"', "without scope"),
        ('<label class="visually-hidden" for="szukane">', "<label>", "without a label"),
        ('href="assets/site.css"', 'href="https://example.org/site.css"', "fetched"),
        ("<article>", '<article><p style="background: url(//example.org/x.png)">x</p>', "fetched"),
        ("<article>", "<article><p><a href='#'><button>x</button></a></p>", "inside a"),
        ("-caption\">", "-other\">", "names no element"),
    ],
)  # fmt: skip
def test_a_broken_page_is_found(mini: Publication, old: str, new: str, said: str) -> None:
    html = (mini.build / "60_report/html/4-1-czlonkowie.html").read_text("utf-8")
    if old == ' alt="':
        html = next(h for _, h in pages_of(mini.build / "60_report/html") if "<img" in h)
    assert old in html and not all_problems(html)
    found = all_problems(html.replace(old, new))
    assert any(said in problem for problem in found), found[:5]


@pytest.mark.product
def test_no_page_is_heavy_and_every_link_leads_somewhere(build: Path) -> None:
    report = build / "60_report"
    weights = {p.relative_to(report).as_posix(): weight(p) for p in (report / "html").rglob("*.html")}
    heavy = {name: size for name, size in weights.items() if size > HEAVIEST}
    assert not heavy, heavy
    ids: dict[Path, set[str]] = {}
    broken = []
    for page in sorted((report / "html").rglob("*.html")):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        ids[page.resolve()] = {str(t["id"]) for t in soup.find_all(id=True)}
    for page in sorted((report / "html").rglob("*.html")):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        for tag in soup.select("a[href], img[src]"):
            target = unquote(str(tag.get("href") or tag.get("src")))
            if re.match(r"[a-z]+:", target):
                continue
            file, _, fragment = target.partition("#")
            path = (page.parent / file).resolve() if file else page.resolve()
            if not path.exists() or (fragment and path in ids and fragment not in ids[path]):
                broken.append((page.name, target))
    assert not broken, broken[:10]


@pytest.mark.product
def test_style_sheets_and_scripts_fetch_nothing(build: Path) -> None:
    for path in (build / "60_report/html/assets").glob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text("utf-8")), path.name
    for name in ("site.js", "weights.js", "network.js"):
        text = (build / "60_report/html/assets" / name).read_text("utf-8")
        assert not re.search(r"\bfetch\(|XMLHttpRequest|https?://(?!www\.w3\.org)|import\(|WebSocket", text), name


# --- colours --------------------------------------------------------------------------------------------------------

TEXT_ON = [
    ("ink", "paper"), ("ink", "ground"), ("ink", "accent-pale"), ("ink", "mark"), ("muted", "paper"),
    ("muted", "ground"), ("muted", "accent-pale"), ("accent", "paper"), ("accent", "ground"),
    ("accent", "accent-pale"), ("paper", "accent"), ("accent", "mark"),
]  # fmt: skip


def palettes(css: str) -> dict[str, dict[str, str]]:
    """Custom properties of the style sheet: light, and dark where it differs."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", css)
    made = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", block)) for block in blocks]
    light = made[0]
    return {"light": light, "dark": {**light, **made[1]}}


def weak(css: str) -> list[str]:
    out = []
    for name, colours in palettes(css).items():
        for text, ground in TEXT_ON:
            ratio = contrast(colours[text], colours[ground])
            if ratio < 4.5:
                out.append(f"{name}: {text} on {ground} {ratio:.2f}")
    return out


def test_text_of_the_site_has_contrast_in_both_modes(root: Path) -> None:
    css = (root / "report/style/site.css").read_text("utf-8")
    assert weak(css) == []
    assert weak(css.replace("--muted: #55616b", "--muted: #9aa4ac"))  # the check can fail


def test_marks_of_figures_stand_out() -> None:
    """Colours that carry a value without a text or an outline beside them; text in figures."""
    white = "#FFFFFF"
    assert all(contrast(colour, white) >= 4.5 for colour in (style.INK, style.MUTED, style.DARK))
    assert contrast(style.DARK, white) >= 3
    # The accent marks the benchmark: against the paper and against the dark mark beside it.
    assert contrast(style.ACCENT, style.DARK) >= 3
    # Values inside bars are printed in the colour that is readable there.
    for background in (*style.STEPS, *style.SEQUENTIAL, style.LIGHT, style.ACCENT):
        assert contrast(style.readable_on(background), background) >= 4.5, background


# --- provenance -----------------------------------------------------------------------------------------------------


def crate_problems(report: Path) -> list[str]:
    """Files of a report against its RO-Crate, read by the rocrate library."""
    crate = ROCrate(str(report))
    described = {e.id: e for e in crate.data_entities if "File" in str(e.type)}
    there = {p.relative_to(report).as_posix() for p in report.rglob("*") if p.is_file() and p.name != about_page.CRATE}
    # An edition in another language is made after this one and describes itself.
    others = [path.parent for path in sorted(report.glob(f"*/{about_page.CRATE}"))]
    out = [f"{other.name}/: {problem}" for other in others for problem in crate_problems(other)]
    there -= {p.relative_to(report).as_posix() for other in others for p in other.rglob("*")}
    out += [f"not described: {name}" for name in sorted(there - {unquote(i) for i in described})]
    for ident, entity in described.items():
        path = report / unquote(ident)
        if not path.is_file():
            out.append(f"described but not there: {ident}")
        elif entity["sha256"] != hashlib.sha256(path.read_bytes()).hexdigest():
            out.append(f"another content: {ident}")
        elif entity["contentSize"] != str(path.stat().st_size):
            out.append(f"another size: {ident}")
    return out


def test_crate_of_the_small_edition_describes_every_file(mini: Publication, tmp_path: Path) -> None:
    report = mini.build / "60_report"
    assert crate_problems(report) == []
    root = ROCrate(str(report)).root_dataset
    assert root["datePublished"] == "2025-11-30" and "zrekonstruowane" in root["description"]
    import shutil

    copy = tmp_path / "report"
    shutil.copytree(report, copy)
    (copy / "exhibits.csv").write_text("changed", "utf-8")
    (copy / "new.txt").write_text("new", "utf-8")
    (copy / mini.file_name("docx")).unlink()
    assert {p.split(":")[0] for p in crate_problems(copy)} == {
        "another content",
        "not described",
        "described but not there",
    }


@pytest.mark.product
def test_crate_of_the_edition_describes_every_file(build: Path) -> None:
    assert crate_problems(build / "60_report") == []


def test_about_page_names_files_with_their_hashes(mini: Publication) -> None:
    report = mini.build / "60_report"
    page = BeautifulSoup((report / "html" / about_page.FILE).read_text("utf-8"), "html.parser")
    shown = {}
    for row in page.select("table:has(#pliki-opis) tbody tr"):
        shown[row.th.get_text(strip=True)] = row.select_one(".hash").get_text(strip=True)  # type: ignore[union-attr]
    expected = {
        p.relative_to(report).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in about_page.published_files(report)
    }
    assert shown == expected and mini.file_name("pdf") in shown
    text = page.get_text(" ")
    assert "odtworz" in text or "zrekonstruowane" in text
    assert mini.date.isoformat() in text and "pandoc" in text


def test_a_page_is_cited_by_author_year_and_number(mini: Publication) -> None:
    page = BeautifulSoup((mini.build / "60_report/html/4-1-czlonkowie.html").read_text("utf-8"), "html.parser")
    said = page.select_one("details.cite #cytat").get_text()  # type: ignore[union-attr]
    assert "(2025). 4.1 Członkowie. W: Benchmarking próbny. Raport ogólny." in said
    record = page.select_one("#cytat-bibtex").get_text()  # type: ignore[union-attr]
    assert record.startswith("@incollection{") and record.count("{") == record.count("}")
    buttons = page.select("details.cite button.copy")
    assert len(buttons) == 2 and all(b.has_attr("hidden") for b in buttons)  # of no use without a script
    assert citation.load_work(mini).year == 2025


# --- language, anchors, downloads ------------------------------------------------------------------------------------


def test_foreign_words_are_marked_in_every_format(fresh: Publication) -> None:
    (fresh.report_dir / "foreign_words.yaml").write_text("en: [know-how, smart city]\n", "utf-8")
    path = fresh.report_dir / "chapters/04_results.md"
    path.write_text(path.read_text("utf-8") + "\n\nTransfer know-how, smart\ncity i know-howy.\n", "utf-8")
    steps.render_chapters(fresh)
    steps.build_html(fresh)
    html = (fresh.out_dir / "html/4-2-procesy.html").read_text("utf-8")
    marked = [t.get_text() for t in BeautifulSoup(html, "html.parser").select('main span[lang="en"]')]
    assert marked == ["know-how", "smart city"]
    steps.build_pdf(fresh)
    source = (fresh.out_dir / "typst/04_results.typ").read_text("utf-8")
    assert source.count('#text(lang: "en")[') == 2


def test_headings_and_exhibits_have_permanent_links_and_downloads(mini: Publication) -> None:
    site = mini.build / "60_report/html"
    page = BeautifulSoup((site / "4-1-czlonkowie.html").read_text("utf-8"), "html.parser")
    for heading in page.select("main h2[id], main h3[id]"):
        link = heading.find_next_sibling("a", class_="anchor")
        assert link and link["href"] == f"#{heading['id']}"
    figure = page.select_one("figure#fig-13")
    assert figure is not None and figure.select_one('figcaption a.anchor[href="#fig-13"]')
    kinds = [str(a["href"]).rsplit(".", 1)[1] for a in figure.select(".exhibit-links a[download]")]
    assert kinds == ["csv", "svg", "png"]
    assert all((site / str(a["href"])).is_file() for a in figure.select(".exhibit-links a[download]"))
