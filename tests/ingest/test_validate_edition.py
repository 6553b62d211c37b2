"""All files of an edition together: references, sidecars, corrections, and one report of everything."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import ConfigError, DataError, FrameworkError, Problem
from analysis.framework import Framework, load_framework
from analysis.ingest import ValidatedEdition, inspect_edition, terminal_report, validate_edition
from analysis.sources import Edition, load_edition, seal

COLUMNS = ["item", "type", "unit", "option_list", "min", "max", "required", "condition"]
CORRECTIONS = "file,respondent,column,expect,value,reason,status,reviewed_by,reviewed_on\n"


def codebook(*rows: str) -> pd.DataFrame:
    return pd.DataFrame([row.split(",") for row in rows], columns=COLUMNS, dtype="str")


@pytest.fixture
def framework() -> Framework:
    empty = pd.DataFrame()
    books = {
        "coordinators": codebook(
            "respondent_id,id,,,,,1,", "members,integer,,,1,99,1,", "firms,integer,,,0,99,0,", "web,yes_no,,,,,1,",
            "visits,integer,,,0,999,0,web=1",
        ),
        "members": codebook("member_id,id,,,,,1,", "respondent_id,id,,,,,1,", "happy,yes_no,,,,,0,"),
    }  # fmt: skip
    lists = pd.DataFrame({"option_list": [], "option": [], "score": []}, dtype="str")
    return Framework(empty, empty, empty, books, lists, empty)


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """Two coordinators, two members of each; a registry without a codebook."""
    folder = tmp_path / "framework"
    folder.mkdir()
    (folder / "instruments.csv").write_text(
        "instrument,key,key_pattern,reference,min_per_reference\n"
        "coordinators,respondent_id,R[0-9]{2},,\nmembers,member_id,M[0-9],coordinators,2\n"
    )
    (folder / "checks.csv").write_text(
        "instrument,check,expression,severity,message_en,message_pl\n"
        "coordinators,firms,firms <= members,stop,more firms than members,więcej firm niż członków\n"
        "coordinators,visits,visits < 600,note,very many visits,bardzo wiele wejść\n"
    )
    root = tmp_path / "editions" / "2024"
    (root / "raw").mkdir(parents=True)
    one = Edition(2024, root, {})
    put(one, "coordinators", "respondent_id,members,firms,web,visits\nR01,40,30,1,500\nR02,30,,0,\n")
    put(one, "members", "member_id,respondent_id,happy\nM1,R01,1\nM2,R01,\nM3,R02,0\nM4,R02,1\n")
    put(one, "registry", "no,name\n1,Zielony\n2,Żółty\n")
    return one


def put(edition: Edition, name: str, text: str, *, sealed: bool = True) -> None:
    path = edition.raw / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    if sealed:
        seal(path)


def replace(edition: Edition, name: str, old: str, new: str) -> None:
    text = (edition.raw / f"{name}.csv").read_text("utf-8")
    assert old in text
    put(edition, name, text.replace(old, new))


def failing(edition: Edition, framework: Framework) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        validate_edition(edition, framework)
    return caught.value.problems


def test_good_edition(edition: Edition, framework: Framework) -> None:
    validated = validate_edition(edition, framework)
    assert isinstance(validated, ValidatedEdition)
    assert list(validated.tables) == ["coordinators", "members", "registry"]
    assert validated.tables["registry"]["name"].tolist() == ["Zielony", "Żółty"]
    complete = validated.completeness.set_index("item")
    # R02 has no website: the number of visits was not asked, so it is not missing
    assert complete.loc["visits", ["n_rows", "n_asked", "n_answered", "answered_pct"]].tolist() == [2, 1, 1, 100]
    assert complete.loc["firms", ["n_asked", "n_answered", "answered_pct"]].tolist() == [2, 1, 50]
    assert validated.missing_pct("coordinators") == pytest.approx(100 / 9)
    assert terminal_report(inspect_edition(edition, framework), "en").splitlines() == [
        "coordinators.csv: 2 rows, 5 columns, 11.1% of the answers asked for are missing",
        "members.csv: 4 rows, 3 columns, 8.3% of the answers asked for are missing",
        "registry.csv: 2 rows, 2 columns",
        "The answers are correct and there is nothing to note.",
    ]


def test_problems_of_all_files_come_together(edition: Edition, framework: Framework) -> None:
    replace(edition, "coordinators", "R01,40", "R01,4O")
    replace(edition, "coordinators", "R02,30,,0,", "R02,30,31,0,")
    replace(edition, "members", "M3,R02,0", "M3,R02,maybe")
    put(edition, "registry", "no,name\n1,Zielony\n", sealed=False)
    found = failing(edition, framework)
    assert [(p.file, p.row, p.column) for p in found] == [
        ("coordinators.csv", 2, "members"),
        ("coordinators.csv", 3, "firms"),
        ("members.csv", 4, "happy"),
        ("registry.csv", None, None),
    ]


def test_respondent_unknown_to_the_coordinators(edition: Edition, framework: Framework) -> None:
    replace(edition, "members", "M4,R02,1", "M4,R02,1\nM5,R20,1\nM6,R30,1\nM7,R20,0")
    twice, once = failing(edition, framework)
    assert (twice.file, twice.row, twice.column, twice.value) == ("members.csv", 6, "respondent_id", "R20")
    assert twice.message == "is not in coordinators.csv (2 rows, the first is named)"
    assert "add the row to coordinators.csv" in twice.remedy
    assert (once.row, once.value, once.message) == (7, "R30", "is not in coordinators.csv")


def test_odd_answer_is_noted_and_kept(edition: Edition, framework: Framework) -> None:
    assert validate_edition(edition, framework).notes.empty
    replace(edition, "coordinators", "1,500", "1,600")
    validated = validate_edition(edition, framework)
    assert validated.tables["coordinators"]["visits"].tolist() == [600, pd.NA]
    assert validated.notes[["file", "row", "column", "value"]].to_numpy().tolist() == [
        ["coordinators.csv", 2, "visits", "visits=600"]
    ]
    (note,) = inspect_edition(edition, framework).notes
    assert (note.severity, note.message, note.message.pl) == ("note", "very many visits", "bardzo wiele wejść")


def test_too_few_questionnaires_of_members(edition: Edition, framework: Framework) -> None:
    replace(edition, "members", "M4,R02,1\n", "")
    (problem,) = failing(edition, framework)
    assert (problem.file, problem.column, problem.value) == ("members.csv", "respondent_id", "R02")
    assert problem.message == "has 1 row here, at least 2 needed"
    assert "remove the respondent from coordinators.csv" in problem.remedy


def test_changed_and_missing_sidecar(edition: Edition, framework: Framework) -> None:
    text = (edition.raw / "members.csv").read_text("utf-8")
    put(edition, "members", text.replace("M2,R01,", "M2,R01,1"), sealed=False)
    (edition.raw / "registry.csv.source.yaml").unlink()
    changed, absent = failing(edition, framework)
    assert changed.file == "members.csv" and "differs from the file its sidecar describes" in changed.message
    assert absent.file == "registry.csv" and absent.message == "has no sidecar"
    assert "klastry seal" in changed.remedy and "klastry seal" in absent.remedy


def test_absent_file_and_instruments_of_the_edition(edition: Edition, framework: Framework) -> None:
    (edition.raw / "members.csv").unlink()
    (problem,) = failing(edition, framework)
    assert (problem.file, problem.message) == ("members.csv", "does not exist")
    fewer = Edition(2024, edition.root, {"instruments": ["coordinators"]})
    assert "members" not in validate_edition(fewer, framework).tables
    with pytest.raises(ConfigError, match="no codebook for the instrument `member`; did you mean members"):
        validate_edition(Edition(2024, edition.root, {"instruments": ["member"]}), framework)


def test_note_about_a_file_is_no_data(edition: Edition, framework: Framework) -> None:
    put(edition, "members.unmet", "anything\n", sealed=False)
    assert "members.unmet" not in validate_edition(edition, framework).tables


def correct(edition: Edition, *rows: str) -> None:
    (edition.root / "corrections.csv").write_text(CORRECTIONS + "\n".join(rows) + "\n", encoding="utf-8")


def test_accepted_corrections_are_applied_and_counted(edition: Edition, framework: Framework) -> None:
    correct(
        edition,
        "coordinators.csv,R02,firms,,12,found in the register,accepted,A. Nowak,2027-03-15",
        "coordinators.csv,R01,firms,30,31,only an idea,proposed,,",
        "members.csv,M3,happy,0,,the row was typed twice,accepted,A. Nowak,2027-03-15",
    )
    validated = validate_edition(edition, framework)
    assert validated.tables["coordinators"]["firms"].tolist() == [30, 12]
    assert pd.isna(validated.tables["members"]["happy"][2])
    assert validated.summary["corrections"].tolist() == [1, 1, 0]
    assert "1 corrections applied" in terminal_report(inspect_edition(edition, framework), "en")


def test_a_correction_may_mend_a_cell_that_would_fail(edition: Edition, framework: Framework) -> None:
    replace(edition, "coordinators", "R01,40", "R01,4O")
    correct(edition, "coordinators.csv,R01,members,4O,40,letter for a zero,accepted,A. Nowak,2027-03-15")
    assert validate_edition(edition, framework).tables["coordinators"]["members"].tolist() == [40, 30]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (
            "coordinators.csv,R01,firms,29,31,why,accepted,A. Nowak,2027-03-15",
            "expect",
            "holds '30', the correction expects '29'",
        ),
        (
            "coordinators.csv,R02,firms,5,31,why,accepted,A. Nowak,2027-03-15",
            "expect",
            "holds '', the correction expects '5'",
        ),
        (
            "coordinators.csv,R09,firms,30,31,why,accepted,A. Nowak,2027-03-15",
            "respondent",
            "has 0 rows with this identifier",
        ),
        ("coordinators.csv,R01,frims,30,31,why,accepted,A. Nowak,2027-03-15", "column", "has no such column"),
        (
            "coordinator.csv,R01,firms,30,31,why,accepted,A. Nowak,2027-03-15",
            "file",
            "is not a raw file of the edition",
        ),
        ("coordinators.csv,R01,firms,30,31,,accepted,A. Nowak,2027-03-15", "reason", "has no reason"),
        ("coordinators.csv,R01,firms,30,31,why,done,,", "status", "unknown status"),
        ("coordinators.csv,R01,firms,31,30,why,accepted,A. Nowak,2027-03-15", "expect", "the source has been mended"),
        ("coordinators.csv,R01,firms,30,31,why,accepted,,2027-03-15", "reviewed_by", "nobody reviewed it"),
        ("coordinators.csv,R01,firms,30,31,why,accepted,A. Nowak,15.03.2027", "reviewed_on", "is no date"),
    ],
)
def test_correction_that_does_not_fit(
    edition: Edition, framework: Framework, row: str, column: str, message: str
) -> None:
    correct(edition, row)
    (problem,) = failing(edition, framework)
    assert (problem.file, problem.row, problem.column) == ("corrections.csv", 2, column)
    assert message in problem.message


def test_a_cell_is_corrected_once(edition: Edition, framework: Framework) -> None:
    row = "coordinators.csv,R01,firms,30,{},why,accepted,A. Nowak,2027-03-15"
    correct(edition, row.format(31), row.format(32))
    found = failing(edition, framework)
    assert any("corrected twice (row 2)" in p.message and p.row == 3 for p in found)


def test_corrected_value_is_validated_too(edition: Edition, framework: Framework) -> None:
    correct(edition, "coordinators.csv,R01,members,40,4000,why,accepted,A. Nowak,2027-03-15")
    (problem,) = failing(edition, framework)
    assert (problem.file, problem.column, problem.value) == ("coordinators.csv", "members", "4000")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("checks.csv", "instrument,check,expression\n", "missing column.* severity, message_en, message_pl"),
        (
            "checks.csv",
            "instrument,check,expression,severity,message_en,message_pl\nmember,x,a > 1,stop,m,m\n",
            "unknown instrument `member`",
        ),
        (
            "checks.csv",
            "instrument,check,expression,severity,message_en,message_pl\nmembers,x,happi > 1,stop,m,m\n",
            "x: .*did you mean happy",
        ),
        (
            "checks.csv",
            "instrument,check,expression,severity,message_en,message_pl\nmembers,x,happy > 1,perhaps,,m\n",
            "severity is 'perhaps'; use one of: stop, note.*message_en is empty",
        ),
        (
            "instruments.csv",
            "instrument,key,key_pattern,reference,min_per_reference\nmembers,member_id,M[0-9,coordinators,two\n",
            "(?s)not a regular expression.*must be a whole number.*unknown reference `coordinators`",
        ),
    ],
)
def test_fault_in_the_declared_rules(
    edition: Edition, framework: Framework, name: str, text: str, message: str
) -> None:
    (edition.root.parents[1] / "framework" / name).write_text(text)
    with pytest.raises(FrameworkError, match=message):
        validate_edition(edition, framework)


def test_raw_files_of_the_project_are_valid(root: Path) -> None:
    declared = load_framework(root / "data")
    edition = load_edition(2024, root / "data")
    validated = validate_edition(edition, declared)
    assert set(declared.codebooks) <= set(validated.tables)
    assert validated.completeness["item"].size == sum(len(book) for book in declared.codebooks.values())
