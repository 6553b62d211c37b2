"""The e-book as built: a sound archive, complete, with words for every picture and links that lead somewhere."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath

import pytest
from lxml import etree

pytestmark = pytest.mark.product

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = {"opf": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
TYPE = "{http://www.idpf.org/2007/ops}type"


@pytest.fixture(scope="module")
def book(build):
    with zipfile.ZipFile(build / "60_report/raport-ogolny-2024.epub") as archive:
        yield archive


@pytest.fixture(scope="module")
def package(book):
    container = etree.fromstring(book.read("META-INF/container.xml"))
    (root,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
    assert root.get("media-type") == "application/oebps-package+xml"
    return root.get("full-path"), etree.fromstring(book.read(root.get("full-path")))


@pytest.fixture(scope="module")
def pages(book):
    return {name: etree.fromstring(book.read(name)) for name in book.namelist() if name.endswith(".xhtml")}


def test_archive_begins_with_its_type_and_holds_no_times(book):
    first = book.infolist()[0]
    assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and not first.extra
    assert book.read("mimetype") == b"application/epub+zip" and book.testzip() is None
    assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_manifest_is_complete_and_the_spine_is_in_it(book, package):
    path, opf = package
    folder = PurePosixPath(path).parent
    items = {item.get("id"): str(folder / item.get("href")) for item in opf.iterfind(".//opf:item", OPF)}
    apart = {"mimetype", path, "META-INF/container.xml", "META-INF/com.apple.ibooks.display-options.xml"}
    assert set(items.values()) == set(book.namelist()) - apart and len(set(items.values())) == len(items)
    spine = [ref.get("idref") for ref in opf.iterfind(".//opf:itemref", OPF)]
    assert set(spine) <= set(items) and len(spine) == len(set(spine)) > 60
    (nav,) = [item for item in opf.iterfind(".//opf:item", OPF) if "nav" in (item.get("properties") or "").split()]
    assert items[nav.get("id")].endswith("nav.xhtml")
    assert any("cover-image" in (item.get("properties") or "") for item in opf.iterfind(".//opf:item", OPF))
    for item in opf.iterfind(".//opf:item", OPF):  # what a page holds must be announced
        if item.get("media-type") == "application/xhtml+xml":
            has = b"<math" in book.read(items[item.get("id")])
            assert has == ("mathml" in (item.get("properties") or "").split()), item.get("href")


def test_metadata_say_language_and_accessibility(package):
    _, opf = package
    assert [e.text for e in opf.iterfind(".//dc:language", OPF)] == ["pl"]
    (identifier,) = opf.iterfind(".//dc:identifier", OPF)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", identifier.text) and identifier.get("id") == opf.get(
        "unique-identifier"
    )
    said = {e.get("property"): e.text for e in opf.iterfind(".//opf:meta", OPF) if e.get("property")}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["dcterms:modified"])
    for name in (
        "accessMode",
        "accessModeSufficient",
        "accessibilityFeature",
        "accessibilityHazard",
        "accessibilitySummary",
    ):
        assert said[f"schema:{name}"], name


def test_navigation_leads_to_every_chapter(pages):
    (nav,) = [page for name, page in pages.items() if name.endswith("nav.xhtml")]
    (toc,) = [e for e in nav.iter(f"{XHTML}nav") if e.get(TYPE) == "toc"]
    first = list(toc.find(f"{XHTML}ol").findall(f"{XHTML}li"))
    titles = ["".join(li.find(f"{XHTML}a").itertext()) for li in first]
    assert [t.split("\u2002")[0] for t in titles if "\u2002" in t] == [str(n) for n in range(1, 14)]
    assert not re.search(r"Table of Contents|Title Page|>Cover<", etree.tostring(nav, encoding="unicode"))


def test_links_resolve(pages):
    ids = {PurePosixPath(name).name: {e.get("id") for e in page.iter() if e.get("id")} for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        for link in page.iter(f"{XHTML}a"):
            target = link.get("href", "")
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            place = PurePosixPath(file or name).name
            if place not in ids or (anchor and anchor not in ids[place]):
                broken.append((name, target))
    assert not broken


def test_every_exhibit_is_there_and_every_picture_has_words(build, pages):
    ids = [
        e.get("id") for page in pages.values() for e in page.iter() if re.fullmatch(r"(fig|tbl)-\d+", e.get("id") or "")
    ]
    made = [p for p in (build / "40_analyses").glob("*/*.json") if p.parent.name in ("figures", "tables")]
    assert len(ids) == len(set(ids)) == len(made)
    images = [e for page in pages.values() for e in page.iter(f"{XHTML}img")]
    assert len(images) == len(list((build / "40_analyses/figures").glob("*.json")))
    assert all(len(image.get("alt") or "") > 30 for image in images)
    summary = next(page for page in pages.values() if any(e.get("id") == "sec-summary-sample" for e in page.iter()))
    assert any((e.get("lang") or e.get("{http://www.w3.org/XML/1998/namespace}lang")) == "en" for e in summary.iter())
