"""The individual reports of the built edition: complete, and the same numbers on page, in PDF and data."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.product
NUMBER = re.compile(r"\d+,\d+")


def folder(build: Path, respondent: str) -> Path:
    return build / "60_report/individual" / respondent


def respondents(build: Path) -> list[str]:
    return sorted(pd.read_csv(build / "20_indicators/characteristics.csv")["respondent_id"])


def printed(build: Path, respondent: str) -> dict[str, set[str]]:
    """Numbers with decimals in the three forms of a report."""
    page = BeautifulSoup((folder(build, respondent) / "index.html").read_text("utf-8"), "html.parser").main
    assert page is not None
    with zipfile.ZipFile(folder(build, respondent) / f"dane-{respondent}.zip") as archive:
        text = archive.read(f"{respondent}/liczby.csv").decode("utf-8-sig")
    reader = pypdf.PdfReader(folder(build, respondent) / "raport.pdf")
    return {
        "page": set(NUMBER.findall(page.get_text("|"))),
        "pdf": set(NUMBER.findall("|".join(p.extract_text() for p in reader.pages))),
        "data": {n for row in csv.DictReader(io.StringIO(text)) for n in NUMBER.findall(row["printed"])},
    }


def test_every_respondent_has_a_page_a_pdf_and_data(build: Path) -> None:
    found = sorted(p.name for p in (build / "60_report/individual").iterdir() if p.is_dir())
    assert found == respondents(build) and len(found) == 42
    index = (build / "60_report/individual/index.html").read_text("utf-8")
    for name in found:
        assert f'href="{name}/index.html"' in index
        assert 6 <= len(pypdf.PdfReader(folder(build, name) / "raport.pdf").pages) <= 10
        page = (folder(build, name) / "index.html").read_text("utf-8")
        assert "odtworzone (syntetyczne)" in page and f"dane-{name}.zip" in page


@pytest.mark.parametrize("respondent", ["R01", "R06", "R15", "R42"])
def test_page_pdf_and_data_print_the_same_numbers(build: Path, respondent: str) -> None:
    forms = printed(build, respondent)
    assert len(forms["page"]) > 80
    assert forms["page"] == forms["pdf"]
    # A number of a sentence may be a rule of the method; it has its line in the data all the same.
    assert forms["page"] <= forms["data"]


def test_numbers_of_the_data_are_those_of_the_tables_they_name(build: Path) -> None:
    with zipfile.ZipFile(folder(build, "R01") / "dane-R01.zip") as archive:
        rows = pd.read_csv(io.BytesIO(archive.read("R01/liczby.csv")), dtype=str, keep_default_na=False)
    assert len(rows) > 800
    checked = 0
    for path, lines in rows[rows["unit"] == "score"].groupby("table"):
        data = pd.read_csv(build / str(path), dtype=str)
        for line in lines.to_dict("records"):
            values = data.loc[data.eq(line["key"]).any(axis=1), line["cell"]].astype(float)
            assert (values - float(line["value"])).abs().min() < 1e-9, line
            checked += 1
    assert checked > 100


def test_the_page_does_not_name_a_cluster_of_the_register(build: Path, root: Path) -> None:
    """A reconstructed score must not stand beside a named organisation; names occur only in good practices."""
    names = set(pd.read_csv(root / "data/editions/2024/raw/registry.csv")["name"])
    for respondent in ("R01", "R15"):
        page = BeautifulSoup((folder(build, respondent) / "index.html").read_text("utf-8"), "html.parser").main
        assert page is not None
        for table in page.select("table"):
            assert not [name for name in names if name in table.get_text(" ")]
