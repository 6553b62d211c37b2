"""The Word document as an editor needs it, and each rule with a document broken on purpose."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from word import W, Word, computed_numbers, from_parts, heading_numbers, open_word, problems, text

from analysis.publish.crossref import Label
from analysis.publish.docx_fields import counted, sequence_instructions
from analysis.publish.publication import Publication


@pytest.fixture(scope="module")
def small(mini: Publication) -> Word:
    return open_word(mini.build / "60_report" / mini.file_name("docx"))


@pytest.fixture(scope="module")
def whole(build: Path) -> Word:
    return open_word(next((build / "60_report").glob("raport-ogolny-*.docx")))


def test_document_of_the_small_edition_is_sound(small: Word) -> None:
    assert problems(small) == []


@pytest.mark.product
def test_document_of_the_edition_is_sound(whole: Word) -> None:
    assert problems(whole)[:20] == []


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("word/document.xml", r'TableTextRight"/>', 'TableText"/><w:jc w:val="right"/>', "direct formatting jc"),
        ("word/document.xml", r'<w:rStyle w:val="Strong"/>', "<w:b/>", "direct formatting b"),
        ("word/document.xml", r'"FigureCaption"', '"Podpis"', "is not defined"),
        ("word/document.xml", r'<w:pPr><w:pStyle w:val="BodyText"/></w:pPr>', "", "no style"),
        ("word/document.xml", r'<w:tblHeader w:val="on"/>', "", "without a repeated heading"),
        ("word/document.xml", r"<w:cantSplit/>", "", "may be divided"),
        ("word/document.xml", r'<w:tcW w:w="\d+"', '<w:tcW w:w="1"', "do not add up"),
        ("word/document.xml", r'(<wp:docPr [^>]*)descr="[^"]*"', r'\1descr=""', "without a text alternative"),
        ("word/document.xml", r'w:name="sec_', 'w:name="sec-', "no name of a bookmark"),
        ("word/document.xml", r'w:anchor="tbl_18"', 'w:anchor="tbl_99"', "link to nowhere"),
        ("word/document.xml", r"SEQ Rysunek \\\* ARABIC \\r 13", r"SEQ Rysunek", "caption shows 13, computed 1"),
        ("word/document.xml", r"REF _Ref_tbl_18 ", "REF _Ref_tbl_20 ", "reference to _Ref_tbl_20 shows 18"),
        ("word/document.xml", r'w:fldCharType="end"', 'w:fldCharType="begin"', "not closed"),
        ("word/document.xml", r"<w:footerReference [^>]*/>", "", "without a footer"),
        ("word/styles.xml", r'w:val="pl-PL"', 'w:val="en-US"', "not Polish"),
        ("docProps/core.xml", r"<dc:title>[^<]*", "<dc:title>", "no dc:title"),
    ],
)  # fmt: skip
def test_a_broken_document_is_found(small: Word, part: str, old: str, new: str, said: str) -> None:
    before = small.parts[part].decode()
    after = re.sub(old, new, before, count=1)
    assert after != before
    found = problems(from_parts({**small.parts, part: after.encode()}))
    assert any(said in problem for problem in found), found[:5]


def test_numbers_that_jump_are_set_and_the_others_counted() -> None:
    order = [
        ("tbl", "1"),
        ("fig", "1"),
        ("tbl", "2"),
        ("tbl", "72"),
        ("sec", "4"),
        ("fig", "2"),
        ("tbl", "3"),
        ("tbl", "4"),
    ]
    labels = {f"{kind}-{no}": Label(f"{kind}-{no}", kind, no, "x") for kind, no in order}
    assert sequence_instructions(labels) == {
        "tbl-1": "SEQ Tabela \\* ARABIC",
        "fig-1": "SEQ Rysunek \\* ARABIC",
        "tbl-2": "SEQ Tabela \\* ARABIC",
        "tbl-72": "SEQ Tabela \\* ARABIC \\r 72",
        "fig-2": "SEQ Rysunek \\* ARABIC",
        "tbl-3": "SEQ Tabela \\* ARABIC \\r 3",
        "tbl-4": "SEQ Tabela \\* ARABIC",
    }  # fmt: skip


def test_headings_are_counted_by_their_style_where_the_count_fits() -> None:
    numbers = ["1", "1.1", "1.1.1", "1.2", "2", "2.1", "", "4", "4.1", "3"]
    labels = {f"sec-{i}": Label(f"sec-{i}", "sec", no, "x", no.count(".") + 1) for i, no in enumerate(numbers)}
    assert [labels[x].number for x in labels if x in counted(labels)] == [*numbers[:6], "3"]


def test_an_inserted_figure_renumbers_what_follows(small: Word) -> None:
    """An editor puts a figure before Figure 13 and frees the count: references follow the caption."""
    document = small.parts["word/document.xml"].decode()
    caption = re.search(r'<w:p><w:pPr><w:pStyle w:val="FigureCaption"/>.*?</w:p>', document, re.DOTALL)
    assert caption
    fresh = re.sub(r"<w:bookmark(?:Start|End) [^>]*/>", "", caption.group())
    freed = document.replace(caption.group(), fresh + caption.group().replace(" \\r 13", ""))
    after = computed_numbers(from_parts({**small.parts, "word/document.xml": freed.encode()}))
    assert computed_numbers(small)["_Ref_fig_13"] == "13"
    assert after["_Ref_fig_13"] == "14"


@pytest.mark.product
def test_fields_compute_the_printed_numbers(whole: Word, build: Path) -> None:
    labels = json.loads((build / "50_chapters/book.json").read_text("utf-8"))["labels"].values()
    headings, numbers = heading_numbers(whole), computed_numbers(whole)
    printed = {x["id"].replace("-", "_"): x["number"] for x in labels}
    assert {k: v for k, v in headings.items() if k in printed} == {
        x["id"].replace("-", "_"): x["number"] for x in labels if x["kind"] == "sec" and x["number"]
    }
    assert numbers == {f"_Ref_{k}": v for k, v in printed.items() if k.startswith(("fig_", "tbl_"))}


@pytest.mark.product
def test_contents_hold_every_entry(whole: Word, build: Path) -> None:
    labels = list(json.loads((build / "50_chapters/book.json").read_text("utf-8"))["labels"].values())
    for kind, styles in (("sec", ["TOC1", "TOC2", "TOC3"]), ("fig", ["TableofFigures"]), ("tbl", ["TableofFigures"])):
        listed = [text(p) for style in styles for p in whole.paragraphs(style)]
        wanted = [x for x in labels if x["kind"] == kind and x["level"] <= 3]
        for label in wanted:
            assert any(entry.endswith(label["title"]) and label["number"] in entry for entry in listed), label
    shown = [str(i.text).split('"')[0].strip() for i in whole.root.iter(f"{W}instrText")]
    assert [s.split()[:1] for s in shown] == [["TOC"]] * 3


@pytest.mark.product
def test_wide_tables_are_on_turned_pages_and_english_is_marked(whole: Word, build: Path) -> None:
    turned = [s for s in whole.root.iter(f"{W}pgSz") if s.get(f"{W}orient") == "landscape"]
    wide = [
        json.loads(p.read_text("utf-8")).get("orientation") == "landscape"
        for p in (build / "40_analyses/tables").glob("table-*.json")
    ]
    assert 0 < len(turned) <= sum(wide)
    summary = next(p for p in whole.root.iter(f"{W}p") if "answers are reconstructed" in text(p).lower())
    assert {str(x.get(f"{W}val"))[:2] for x in summary.iter(f"{W}lang")} == {"en"}
