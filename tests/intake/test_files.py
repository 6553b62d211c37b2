"""Files as people send them: encodings, separators, workbooks with titles and merged cells, SPSS; and their faults."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from exports import MAIL, as_csv, raw_answers

from analysis.errors import ConfigError, DataError
from analysis.framework import Framework
from analysis.intake import Result
from analysis.intake.mapping import ColumnRule, Identify, Mapping, TableRule, load_mapping
from analysis.intake.readers import read_source
from analysis.intake.readers.delimited import find_delimiter, find_encoding

QUESTION = "Ilu członków poszczególnych typów miał klaster na koniec 2023 r.?"
ROWS = [
    ["Numer respondenta", "W którym województwie ma siedzibę koordynator klastra?"],
    ["R01", "łódzkie"],
    ["R02", "śląskie"],
]


def raw(tmp_path: Path, name: str = "coordinators") -> pd.DataFrame:
    return pd.read_csv(tmp_path / "raw" / f"{name}.csv", dtype=str, keep_default_na=False)


def problems(error: pytest.ExceptionInfo[DataError]) -> list[tuple[int | None, str | None, str | None]]:
    return [(p.row, p.column, p.value) for p in error.value.problems]


# ------------------------------------------------------------------------------------------------------------------ csv


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_separator_do_not_change_the_answers(
    tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result], encoding: str, delimiter: str
) -> None:
    source = tmp_path / "ankieta.csv"
    source.write_bytes(as_csv(ROWS, encoding=encoding, delimiter=delimiter))
    mapping = proposed(source, instrument="coordinators")
    assert mapping.encoding.replace("-sig", "") == encoding.replace("-sig", "")
    assert mapping.delimiter == delimiter
    imported(source, mapping)
    assert list(raw(tmp_path)["seat_voivodeship"]) == ["lodzkie", "slaskie"]


def test_an_encoding_that_nothing_shows_is_asked_for() -> None:
    with pytest.raises(DataError, match="which code page"):
        find_encoding("Łódź; ćma; ęój".encode("cp1250").replace(b"\x9f", b""), "x.csv")
    assert find_encoding("śląskie".encode("cp1250"), "x.csv")[0] == "cp1250"
    assert find_encoding("śląskie".encode("iso-8859-2"), "x.csv")[0] == "iso-8859-2"


@pytest.mark.parametrize("text", ["a\nb\n", "a;b,c\nd;e,f\n", "a;b\nc\n"])
def test_a_separator_that_nothing_shows_is_asked_for(text: str) -> None:
    with pytest.raises(DataError, match="delimiter"):
        find_delimiter(text, "x.csv")


def test_every_row_of_the_wrong_length_is_named(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text("a;b\n1;2\n3\n4;5;6\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_source(source, delimiter=";")
    assert [p.row for p in error.value.problems] == [3, 4]


# ----------------------------------------------------------------------------------------------------------------- xlsx


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook as a coordinator's office sends it."""
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "Instrukcja"
    notes["A1"] = "Prosimy o wypełnienie arkusza Dane do 15 marca."
    sheet = book.create_sheet("Dane")
    sheet["A1"] = "Benchmarking klastrów – ankieta koordynatora"
    sheet.merge_cells("A1:H1")
    top = ["Nazwa klastra", "E-mail", "W którym roku założono klaster?", QUESTION, None, None,
           "Jakim budżetem dysponował koordynator klastra?",
           "Jaką część sprzedaży przedsiębiorstwa klastra realizują przez handel elektroniczny?"]  # fmt: skip
    sub = [None, None, None, "przedsiębiorstwa", "uczelnie i inne podmioty systemu szkolnictwa wyższego i nauki",
           "instytucje otoczenia biznesu", "rok 2023", None]  # fmt: skip
    for column, (a, b) in enumerate(zip(top, sub, strict=True), start=1):
        sheet.cell(3, column, a)
        sheet.cell(4, column, b)
    sheet.merge_cells("D3:F3")
    rows = [
        ["Klaster Żelazny", MAIL, datetime.datetime(2012, 5, 1), "ok. 120", 12, "b.d.", "1 234,5 tys. zł", 0.125],
        ["Klaster  Łódzki", "x@y.pl", "2009 r.", 85, "4 szt.", 3, "2,5 mln zł", "12,5 %"],
        ["Klaster Młody", None, 2015, "45 firm", "nie dotyczy", "0", 150, "-"],
        ["Razem", None, None, 250, 16, 3, None, None],
    ]
    for line, row in enumerate(rows, start=5):
        for column, value in enumerate(row, start=1):
            sheet.cell(line, column, value)
    sheet["H5"].number_format = "0.0%"
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["F"].hidden = True
    hidden = book.create_sheet("listy")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "tak"
    path = tmp_path / "ankieta koordynatora.xlsx"
    book.save(path)
    return path


def identified(mapping: Mapping, **changes: object) -> Mapping:
    table = mapping.tables[0].model_copy(update={"identify": Identify(by=["Nazwa klastra"]), **changes})
    return mapping.model_copy(update={"tables": [table]})


def test_a_workbook_as_people_send_it(
    tmp_path: Path, workbook: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    mapping = proposed(workbook)
    (table,) = mapping.tables
    assert (table.sheet, table.header_rows, table.instrument) == ("Dane", [3, 4], "coordinators")
    found = {c.column: c.item for c in table.columns}
    assert found["Nazwa klastra"] in ("none", "?")
    assert found[f"{QUESTION} [przedsiębiorstwa]"] == "members_enterprises"
    assert found["Jakim budżetem dysponował koordynator klastra? [rok 2023]"] == "budget_2023"
    names = [c.model_copy(update={"item": "none"}) if c.item == "?" else c for c in table.columns]
    imported(workbook, identified(mapping, columns=names), lang="pl")
    link = pd.read_csv(tmp_path / "confidential/respondents.csv", dtype=str).set_index("source_key")["id"]
    rows = raw(tmp_path).set_index("respondent_id")
    columns = [
        "founding_year",
        "members_enterprises",
        "members_science",
        "members_business_environment",
        "budget_2023",
        "ecommerce_share",
    ]
    assert list(rows.loc[link["Klaster Żelazny"], columns]) == ["2012", "120", "12", "", "1234.5", "12.5"]
    assert list(rows.loc[link["Klaster  Łódzki"], columns]) == ["2009", "85", "4", "3", "2500", "12.5"]
    assert list(rows.loc[link["Klaster Młody"], columns]) == ["2015", "45", "", "0", "150", ""]
    assert sorted(rows.index) == ["R01", "R02", "R03"]
    page = (tmp_path / "confidential/import/ankieta koordynatora/import_report.md").read_text("utf-8")
    assert "wiersz ukryty, wczytany jak inne: 6" in page
    assert "kolumna ukryta" in page and "arkusz pominięto: Instrukcja" in page and "suma, a nie respondent: 8" in page
    report = pd.read_csv(tmp_path / "confidential/import/ankieta koordynatora/import_report.csv", dtype=str)
    budget = report[(report["item"] == "budget_2023") & (report["row"] == "6")].iloc[0]
    assert (budget["was"], budget["became"]) == ("2,5 mln zł", "2500")


def test_everything_unreadable_is_listed_at_once_and_nothing_is_written(
    tmp_path: Path, workbook: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    book = openpyxl.load_workbook(workbook)
    sheet = book["Dane"]
    sheet["D5"], sheet["E6"], sheet["G5"] = "ponad 100", datetime.datetime(2024, 2, 5), "500 EUR"
    sheet["D6"], sheet["C7"], sheet["D7"] = "12.500", "dawno, pisać na " + MAIL, "=SUM(D5:D6)"
    sheet["A7"] = "Klaster Żelazny"
    book.save(workbook)
    mapping = proposed(workbook)
    names = [c.model_copy(update={"item": "none"}) if c.item == "?" else c for c in mapping.tables[0].columns]
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(DataError) as error:
        imported(workbook, identified(mapping, columns=names))
    rows = {(p.row, (p.column or "").split(" → ")[-1]) for p in error.value.problems}
    assert rows == {
        (5, "members_enterprises"), (6, "members_science"), (5, "budget_2023"), (6, "members_enterprises"),
        (7, "Nazwa klastra"),
    }  # fmt: skip
    assert sorted(p.name for p in tmp_path.rglob("*")) == before
    assert MAIL not in str(error.value) and "Żelazny" not in str(error.value)
    with pytest.raises(DataError) as error:
        imported(workbook, identified(mapping, columns=names, duplicates="last"))
    assert {(7, "founding_year"), (7, "members_enterprises")} <= {
        (p.row, (p.column or "").split(" → ")[-1]) for p in error.value.problems
    }
    assert MAIL not in str(error.value) and "[…]" in str(error.value)


@pytest.mark.parametrize(("choice", "expected"), [("fill", ["lodzkie", "lodzkie"]), ("first", ["lodzkie", ""])])
def test_merged_answers_need_a_decision(
    tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result], choice: str, expected: list[str]
) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["B3"] = None
    book.active.merge_cells("B2:B3")
    source = tmp_path / "scalone.xlsx"
    book.save(source)
    mapping = proposed(source, instrument="coordinators")
    with pytest.raises(DataError, match="merged_cells"):
        imported(source, mapping)
    table = mapping.tables[0].model_copy(update={"merged_cells": choice})
    imported(source, mapping.model_copy(update={"tables": [table]}))
    assert list(raw(tmp_path)["seat_voivodeship"]) == expected


def test_several_sheets_are_several_instruments(
    root: Path, tmp_path: Path, framework: Framework, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    """All raw tables of the edition in one workbook, under the names of the codebook, come back as they were."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    names = ["members", "cooperation_ties", "websites", "cooperation_nodes", "desk_research", "coordinators"]
    for name in names:
        sheet = book.create_sheet(name)
        table = raw_answers(root, name)
        sheet.append(list(table.columns))
        for row in table.head(60).itertuples(index=False):
            sheet.append([v or None for v in row])
    source = tmp_path / "wszystko.xlsx"
    book.save(source)
    mapping = proposed(source)
    assert {t.sheet: t.instrument for t in mapping.tables} == {name: name for name in names}
    imported(source, mapping)
    for name in names:
        pd.testing.assert_frame_equal(raw(tmp_path, name), raw_answers(root, name).head(60))


# ----------------------------------------------------------------------------------------------------------------- spss


def test_spss_labels_missing_values_and_dates(
    tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    data = pd.DataFrame(
        {
            "resp": ["R01", "R02", "R03", "R04"],
            "A2": [datetime.date(2010, 1, 1), datetime.date(2012, 6, 1), None, datetime.date(2015, 1, 1)],
            "A3": [5.0, 12.0, 98.0, None],
            "A5": [1.0, 2.0, 99.0, 1.0],
            "A8": [50.0, -7.0, 120.5 - 0.5, 9998.0],
            "email": [MAIL] * 4,
        }
    )
    source = tmp_path / "ankieta.sav"
    pyreadstat.write_sav(
        data, source,
        column_labels={"resp": "Numer respondenta", "A3": "W którym województwie ma siedzibę koordynator klastra?",
                       "A8": "Ilu członków miał klaster na koniec 2023 r.?"},
        variable_value_labels={"A3": {5.0: "łódzkie", 12.0: "śląskie", 98.0: "Nie wiem"},
                               "A5": {1.0: "Tak", 2.0: "Nie", 99.0: "odmowa"}, "A8": {-7.0: "trudno powiedzieć"}},
        missing_ranges={"A5": [99], "A8": [-7, {"lo": 9990, "hi": 9999}]},
    )  # fmt: skip
    mapping = proposed(source, instrument="coordinators")
    items = {c.column: c.item for c in mapping.tables[0].columns}
    assert items == {"resp": "respondent_id", "A2": "founding_year", "A3": "seat_voivodeship", "A5": "kkk_status",
                     "A8": "members_total"}  # fmt: skip
    result = imported(source, mapping)
    table = raw(tmp_path)[["respondent_id", "founding_year", "seat_voivodeship", "kkk_status", "members_total"]]
    assert table.to_numpy().tolist() == [
        ["R01", "2010", "lodzkie", "1", "50"],
        ["R02", "2012", "slaskie", "0", ""],
        ["R03", "", "", "", "120"],
        ["R04", "2015", "", "1", ""],
    ]
    rules = {(c.column, c.row): c.rule for c in result.imported[0].changes if c.item}
    assert rules["A5", 3] == rules["A8", 2] == rules["A8", 4] == "user_missing"
    assert not any(MAIL.encode() in p.read_bytes() for p in (tmp_path / "raw").iterdir())


# -------------------------------------------------------------------------------------------------------- mapping, link


def test_an_unchecked_mapping_is_refused(
    tmp_path: Path, proposed: Callable[..., Mapping], root: Path, framework: Framework
) -> None:
    from analysis.intake import import_source

    source = tmp_path / "a.csv"
    source.write_bytes(as_csv(ROWS))
    proposed(source, instrument="coordinators")
    with pytest.raises(ConfigError, match=r"checked: true.*checked_by"):
        import_source(source, tmp_path / "mapping.yaml", framework, root / "data/framework",
                      raw=tmp_path / "raw", confidential=tmp_path / "c")  # fmt: skip
    assert not (tmp_path / "raw").exists()


def test_what_a_mapping_leaves_open_is_listed_at_once(tmp_path: Path, imported: Callable[..., Result]) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(as_csv([["nr", "wojewodztwo", "rok", "nowa"], ["R01", "lodz", "2010", "x"]]))
    rules = [
        ColumnRule(column="nr", item="respondent_id"),
        ColumnRule(column="wojewodztwo", item="seat_voivodeship", answers={"lodz": "?"}),
        ColumnRule(column="rok", item="?", candidates=["founding_year (0.80)"]),
        ColumnRule(column="dawna", item="took_part_2022"),
    ]
    table = TableRule(instrument="coordinators", identify=Identify(by=["nr"], ids="keep"), columns=rules)
    with pytest.raises(DataError) as error:
        imported(source, Mapping(source="a.csv", kind="csv", tables=[table]), lang="pl")
    assert {p.column for p in error.value.problems} >= {"nowa", "wojewodztwo", "rok", "dawna"}
    assert "founding_year" in str(error.value) and "nie rozstrzygnięto" in str(error.value)


def test_a_wrong_mapping_names_the_column(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        """
source: a.csv
kind: csv
tables:
- instrument: members
  columns:
  - {column: Q1, item: role, blnk: x}
  - {column: Q2, item: benefits, unit: eur}
  - {column: Q3, answers: {Tak: yes}}
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        load_mapping(path)
    text = str(error.value)
    assert all(
        part in text for part in ("column Q1", "blnk", "column Q2", "unit is 'eur'", "column Q3", "quotation marks")
    )


def test_members_refer_to_clusters_by_name_and_numbers_stay(tmp_path: Path, imported: Callable[..., Result]) -> None:
    def clusters(*names: str) -> Path:
        path = tmp_path / "koordynatorzy.csv"
        path.write_bytes(as_csv([["Klaster", "rok"], *[[n, "2010"] for n in names]]))
        return path

    def mapping(instrument: str, by: str, *columns: tuple[str, str]) -> Mapping:
        rules = [ColumnRule(column=c, item=i) for c, i in columns]
        table = TableRule(instrument=instrument, identify=Identify(by=[by]), columns=rules)
        return Mapping(source="x", kind="csv", tables=[table])

    own = mapping("coordinators", "Klaster", ("Klaster", "none"), ("rok", "founding_year"))
    imported(clusters("Beta", "Łódzki Klaster", "Gamma"), own)
    first = pd.read_csv(tmp_path / "confidential/respondents.csv").set_index("source_key")["id"].to_dict()
    imported(clusters("Alfa", "łódzki  klaster", "Gamma", "Beta"), own, overwrite=True)
    second = pd.read_csv(tmp_path / "confidential/respondents.csv").set_index("source_key")["id"].to_dict()
    assert {k: second[k] for k in first} == first and second["Alfa"] == "R04"
    answers = tmp_path / "czlonkowie.csv"
    answers.write_bytes(as_csv([["nr", "klaster"], ["1", "ŁÓDZKI klaster"], ["2", "Nieznany"], ["3", "Beta"]]))
    theirs = mapping("members", "nr", ("nr", "none"), ("klaster", "respondent_id"))
    with pytest.raises(DataError) as error:
        imported(answers, theirs)
    assert [p.row for p in error.value.problems] == [3] and "Nieznany" not in str(error.value)
    answers.write_bytes(as_csv([["nr", "klaster"], ["1", "ŁÓDZKI klaster"], ["3", "Beta"]]))
    imported(answers, theirs)
    assert sorted(raw(tmp_path, "members")["respondent_id"]) == sorted([first["Łódzki Klaster"], first["Beta"]])
    public = b"".join(p.read_bytes() for p in (tmp_path / "raw").iterdir())
    assert b"Beta" not in public and "Łódzki".encode() not in public


def test_the_same_import_gives_the_same_bytes_and_never_replaces_others(
    tmp_path: Path, proposed: Callable[..., Mapping], imported: Callable[..., Result]
) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(as_csv(ROWS))
    mapping = proposed(source, instrument="coordinators")
    imported(source, mapping)
    files = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    imported(source, mapping, salt=None)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == files
    source.write_bytes(as_csv([*ROWS, ["R03", "opolskie"]]))
    with pytest.raises(ConfigError, match="--replace"):
        imported(source, mapping)
    assert (tmp_path / "raw/coordinators.csv").read_bytes() == files[tmp_path / "raw/coordinators.csv"]


def test_confidential_files_are_ignored_by_version_control(root: Path) -> None:
    assert "confidential/" in (root / ".gitignore").read_text("utf-8").splitlines()


def test_formulas_in_answers_stay_text(tmp_path: Path, imported: Callable[..., Result]) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(as_csv([["nr", "nazwa"], ["wezel-a", " =cmd|' /C calc'!A0"], ["wezel-b", "'=1+1"]]))
    rules = [ColumnRule(column="nr", item="node_id"), ColumnRule(column="nazwa", item="name")]
    table = TableRule(instrument="cooperation_nodes", identify=Identify(by=["nr"], ids="keep"), columns=rules)
    imported(source, Mapping(source="a.csv", kind="csv", tables=[table]))
    report = (tmp_path / "confidential/import/a/import_report.csv").read_text("utf-8-sig")
    assert ",=" not in report and "'=cmd" in report
    book = openpyxl.load_workbook(tmp_path / "confidential/import/a/import_report.xlsx")
    assert not [c.value for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]
