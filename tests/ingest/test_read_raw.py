"""Every kind of bad raw file gives its own problem: file, row, column, value, what is wrong, what to do.

The questionnaire is a small one of its own, so that the tests do not depend on the edition's.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import DataError, Problem
from analysis.ingest import read_raw
from analysis.ingest.expressions import parse_expression
from analysis.ingest.rules import Check, Instrument

CODEBOOK = """\
item,type,unit,option_list,min,max,required,condition
respondent_id,id,,,,,1,
sector,single,,sectors,,,1,
members,integer,members,,20,2000,1,
firms,integer,enterprises,,0,2000,0,
budget,amount,thousand_pln,,0,100000,0,
export,percent,percent,,0,100,0,
status,yes_no,,,,,1,
plans,yes_no,,,,,1,status=0
plan_year,year,year,,2020,2030,0,status=0;members>=30
tool__web,tick,,,,,1,
robots,level,points,,,,0,
remarks,text,,,,,0,
"""
HEADER = "respondent_id,sector,members,firms,budget,export,status,plans,plan_year,tool__web,robots,remarks"
GOOD = [
    "R01,ict,40,30,1234.5,12,1,,,1,2,",
    "R02,metal,25,20,,0,0,1,,0,0,\"so, so\"",
    "R03,bio,300,,0,,0,0,2026,1,,",
]  # fmt: skip
LISTS = """\
option_list,option,score,order
sectors,bio,,1
sectors,ict,,2
sectors,metal,,3
"""
INSTRUMENT = Instrument("answers", "respondent_id", "R[0-9]{2}")


def text_table(path: Path, text: str) -> pd.DataFrame:
    path.write_text(text, encoding="utf-8")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture
def codebook(tmp_path: Path) -> pd.DataFrame:
    return text_table(tmp_path / "codebook.csv", CODEBOOK)


@pytest.fixture
def lists(tmp_path: Path) -> pd.DataFrame:
    return text_table(tmp_path / "lists.csv", LISTS)


@pytest.fixture
def read(tmp_path: Path, codebook: pd.DataFrame, lists: pd.DataFrame) -> Callable[..., pd.DataFrame]:
    """Read a file given as text or bytes."""

    def _read(content: str | bytes, checks: tuple[Check, ...] = ()) -> pd.DataFrame:
        path = tmp_path / "answers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_raw(path, codebook, lists, instrument=INSTRUMENT, checks=checks)

    return _read


@pytest.fixture
def problems(read: Callable[..., pd.DataFrame]) -> Callable[..., list[Problem]]:
    """Read a file that must fail, and return its problems."""

    def _problems(content: str | bytes, checks: tuple[Check, ...] = ()) -> list[Problem]:
        with pytest.raises(DataError) as caught:
            read(content, checks)
        return caught.value.problems

    return _problems


def file(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def change(row: str, column: str, value: str) -> str:
    """One good row with one cell changed (no quoted cells in it)."""
    cells = row.split(",")
    cells[HEADER.split(",").index(column)] = value
    return ",".join(cells)


Read = Callable[..., pd.DataFrame]
Problems = Callable[..., list[Problem]]


def test_good_file_gets_types_and_keeps_missing(read: Read) -> None:
    table = read(file(*GOOD))
    assert list(table.columns) == HEADER.split(",")
    assert table.dtypes.astype(str)[["members", "budget", "sector", "status"]].tolist() == [
        "Int64",
        "float64",
        "str",
        "Int64",
    ]
    assert table.loc[0, "budget"] == 1234.5
    assert pd.isna(table.loc[1, "budget"]) and pd.isna(table.loc[2, "firms"])
    assert table.loc[1, "remarks"] == "so, so"
    assert table["plans"].tolist() == [pd.NA, 1, 0]


def test_columns_may_come_in_any_order_and_with_a_byte_order_mark(read: Read) -> None:
    plain = read(file(*GOOD))
    frame = pd.read_csv(io.StringIO(file(*GOOD)), dtype=str, keep_default_na=False)[HEADER.split(",")[::-1]]
    turned = b"\xef\xbb\xbf" + frame.to_csv(index=False, lineterminator="\r\n").encode()
    pd.testing.assert_frame_equal(read(turned), plain)


@pytest.mark.parametrize(
    ("column", "value", "message", "remedy"),
    [
        ("members", "12a", "has a letter in a number", "write digits only"),
        ("members", "40 osób", "has a letter in a number", "without a unit"),
        ("members", "1 200", "has spaces inside a number", "write 1200"),
        ("members", "1\u00a0200", "has spaces inside a number", "write 1200"),
        ("members", "40.5", "is not a whole number", "whole number"),
        ("members", "40.0", "is not written as a whole number", "write 40"),
        ("members", "1.2E+03", "is in scientific notation", "all its digits"),
        ("members", "9" * 16, "is too long for a number", "number of digits"),
        ("members", "٤٠", "is not a number", "write digits only"),
        ("members", "-", "is not a number", "leave the cell empty"),
        ("members", "nan", "has a letter in a number", "leave the cell empty"),
        ("members", "19", "is below the least possible value 20", "check the answer"),
        ("members", "2001", "is above the greatest possible value 2000", "(members)"),
        ("budget", "-1", "is below the least possible value 0", "(thousand_pln)"),
        ("export", "100.01", "is above the greatest possible value 100", "(percent)"),
        ("sector", "metall", "is not an allowed answer", "did you mean metal"),
        ("sector", "ICT", "is not an allowed answer", "use one of: bio, ict, metal"),
        ("status", "yes", "is not an allowed answer", "use one of: 0, 1"),
        ("tool__web", "2", "is not an allowed answer", "use one of: 0, 1"),
        ("robots", "3", "is not an allowed answer", "use one of: 0, 1, 2"),
        ("sector", "ict ", "has spaces around the answer", "write 'ict'"),
        ("robots", " ", "holds only spaces", "empty the cell"),
        ("sector", "", "a required answer is missing", "fill in the cell"),
        ("respondent_id", "", "the row has no identifier", "delete the row if it is empty"),
        ("respondent_id", "R1", "is not an identifier of this file", "R[0-9]{2}"),
        ("respondent_id", "Klaster Północ", "is not an identifier of this file", "R[0-9]{2}"),
    ],
)
def test_bad_cell(problems: Problems, column: str, value: str, message: str, remedy: str) -> None:
    found = problems(file(GOOD[2], change(GOOD[0], column, value)))
    assert len(found) == 1, found
    (problem,) = found
    assert (problem.file, problem.row, problem.column) == ("answers.csv", 3, column)
    assert problem.value == (value or None)
    assert message in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("value", "message", "remedy"),
    [
        ("12,5", "has a decimal comma in a number", "use a point: 12.5"),
        ("1,234", "has a comma in a number", "(1.234), nothing if it marks thousands (1234)"),
        ("1.234.567", "has thousands separators", "write 1234567"),
    ],
)
def test_comma_in_a_number(problems: Problems, value: str, message: str, remedy: str) -> None:
    (problem,) = problems(file(change(GOOD[0], "budget", f'"{value}"')))
    assert (problem.row, problem.column, problem.value) == (2, "budget", value)
    assert message in problem.message and remedy in problem.remedy


def test_row_is_the_line_of_the_file_even_after_blank_lines_and_line_breaks_in_cells(problems: Problems) -> None:
    longer = GOOD[0] + '"first\nsecond"'
    (problem,) = problems(file(longer, "", change(GOOD[2], "members", "x")))
    assert (problem.row, problem.value) == (5, "x")


def test_every_problem_is_reported_not_only_the_first(problems: Problems) -> None:
    bad = change(change(change(GOOD[0], "members", "many"), "sector", "chem"), "export", "120")
    found = problems(file(bad, change(GOOD[2], "robots", "9")))
    assert [(p.row, p.column) for p in found] == [(2, "export"), (2, "members"), (2, "sector"), (3, "robots")]
    assert str(DataError(found)).count("Remedy:") == 4


def test_double_respondent(problems: Problems) -> None:
    found = problems(file(*GOOD, change(GOOD[2], "respondent_id", "R01"), change(GOOD[2], "respondent_id", "R01")))
    assert [(p.row, p.column, p.value) for p in found] == [(5, "respondent_id", "R01"), (6, "respondent_id", "R01")]
    assert all("already used in row 2" in p.message for p in found)


def test_answer_to_a_question_that_was_not_asked(problems: Problems) -> None:
    (problem,) = problems(file(change(GOOD[0], "plans", "1")))
    assert (problem.row, problem.column, problem.value) == (2, "plans", "1")
    assert "only asked if status=0 (here: status=1)" in problem.message
    assert problem.remedy.startswith("empty the cell")


def test_no_answer_to_a_question_asked_by_condition(problems: Problems) -> None:
    (problem,) = problems(file(change(GOOD[2], "plans", "")))
    assert (problem.row, problem.column, problem.value) == (2, "plans", None)
    assert "required answer is missing (asked because status=0)" in problem.message


def test_all_conditions_must_hold(problems: Problems) -> None:
    small = change(GOOD[2], "members", "29")
    (problem,) = problems(file(small))
    assert problem.column == "plan_year" and "members=29" in problem.message


def test_windows_1250_names_line_and_byte(problems: Problems) -> None:
    content = file(GOOD[0], GOOD[2] + "Łódź, później").encode("cp1250")
    (problem,) = problems(content)
    position = content.split(b"\n")[2].index("Ł".encode("cp1250")) + 1
    assert (problem.file, problem.row) == ("answers.csv", 3)
    assert f"byte 0xA3 at position {position} of the line is not UTF-8" == problem.message
    assert "Łódź" in str(problem.value)
    assert "save the file as UTF-8" in problem.remedy
    (problem,) = problems(file(GOOD[0], GOOD[2] + "Łódź", GOOD[2] + "żyto").encode("cp1250"))
    assert problem.row == 3 and problem.message.endswith("; 2 lines of the file are affected")


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (file(*GOOD).encode("utf-16"), "is UTF-16", "CSV UTF-8"),
        (b"PK\x03\x04rest", "is an Excel workbook", "CSV UTF-8"),
        (b"", "is empty", "restore"),
        (file(*GOOD).replace(",", ";"), "separated by semicolons", "with commas"),
        (file(*GOOD).replace(",", "\t"), "separated by tabs", "with commas"),
        (file(), "no rows", "add the answers"),
        (file(GOOD[0] + '"open'), "quotation marks cannot be read", "close the quotation mark"),
    ],
)
def test_unreadable_file(problems: Problems, content: str | bytes, message: str, remedy: str) -> None:
    (problem,) = problems(content)
    assert message in problem.message and remedy in problem.remedy


def test_row_of_the_wrong_length(problems: Problems) -> None:
    (problem,) = problems(file(GOOD[0], GOOD[2] + ",so, so"))
    assert problem.row == 3
    assert problem.message == "the row has 14 cells, the header 12"
    assert "quotation marks" in problem.remedy


def test_missing_file(codebook: pd.DataFrame, lists: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_raw(tmp_path / "nowhere.csv", codebook, lists)
    assert caught.value.problems[0].message == "does not exist"


def test_header_double_unnamed_and_with_spaces(problems: Problems) -> None:
    found = problems(
        file(header=HEADER.replace("firms", "members").replace("remarks", "").replace("budget", " budget"))
    )
    assert sorted(p.message for p in found) == [
        "column 12 has no name",
        "the column name has spaces around it",
        "the column name is used twice, by columns 3 and 4",
    ]
    assert {p.row for p in found} == {1}


def test_missing_and_unexpected_column_suggest_each_other(problems: Problems) -> None:
    found = {p.message: p for p in problems(file(*GOOD, header=HEADER.replace("firms", "firmy")))}
    missing, extra = found["the column is missing"], found["the column is not in the codebook"]
    assert (missing.row, missing.column, extra.row, extra.column) == (1, "firms", 1, "firmy")
    assert "did you mean firmy" in missing.remedy and "did you mean firms" in extra.remedy


def test_check_between_columns_names_the_values(problems: Problems, read: Read) -> None:
    check = Check("firms", parse_expression("firms <= members", ["firms", "members"]), "more firms than members")
    assert len(read(file(*GOOD), (check,))) == 3  # R03 has no answer: the check does not apply
    (problem,) = problems(file(GOOD[2], change(GOOD[0], "firms", "41")), (check,))
    assert (problem.row, problem.column, problem.value) == (3, "firms", "firms=41, members=40")
    assert problem.message == "more firms than members"
    assert "`firms`" in problem.remedy


@given(st.integers(20, 2000), st.decimals(0, 100000, places=2), st.sampled_from(["bio", "ict", "metal"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_by_the_rules_is_read_back(read: Read, members: int, budget: Decimal, sector: str) -> None:
    row = change(change(change(GOOD[0], "members", str(members)), "budget", str(budget)), "sector", sector)
    table = read(file(row))
    assert (table.loc[0, "members"], table.loc[0, "sector"]) == (members, sector)
    assert table.loc[0, "budget"] == float(budget)
