"""The forms are valid in the systems they are for, and answers given in them come back as they were given."""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from filled_forms import write_kobo_export, write_limesurvey_export
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from analysis.errors import ConfigError, DataError
from analysis.framework import Framework, load_framework
from analysis.intake import import_source, propose
from analysis.madeup import Size, make_up
from analysis.questionnaire import Form, collect, load_form, write_limesurvey, write_template, write_xlsform
from analysis.questionnaire.excel import ANSWER, STATE, Formulas, places
from analysis.questionnaire.limesurvey import COLUMNS, codes
from analysis.schemas import short_codes

INSTRUMENTS = ("coordinators", "members", "desk_research", "websites", "cooperation_nodes", "cooperation_ties")


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


@pytest.fixture(scope="module")
def forms(root: Path, framework: Framework) -> dict[str, Form]:
    return {name: load_form(framework, root / "data/framework", name, year=2026) for name in INSTRUMENTS}


@pytest.fixture(scope="module")
def answers(root: Path, framework: Framework) -> dict[str, pd.DataFrame]:
    return make_up(framework, root / "data/framework", year=2026, size=Size(12, 72), seed=4)


def test_every_item_is_asked_once_in_order(forms: dict[str, Form], framework: Framework) -> None:
    for name, form in forms.items():
        asked = [field.item.name for question in form.questions for field in question.fields]
        assert asked == list(framework.codebooks[name]["item"])
        assert all(question.text["pl"] and question.text["en"] for question in form.questions)


def test_an_unknown_questionnaire_is_named(root: Path, framework: Framework) -> None:
    with pytest.raises(ConfigError, match="did you mean members"):
        load_form(framework, root / "data/framework", "member", year=2026)


# ------------------------------------------------------------------------------------------------------------- XLSForm


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_pyxform_takes_the_xlsform(forms: dict[str, Form], tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.xlsx"
    write_xlsform(forms[name], path, language="pl")
    result = convert(path, validate=False)
    assert result.warnings == []
    bound = set(re.findall(r'nodeset="/data/\w+/(\w+)"', result.xform.replace(f"/{name}_2026/", "/data/")))
    for question in forms[name].questions:
        wanted = {question.stem} if question.kind == "ticks" else {f.item.name for f in question.fields}
        assert wanted <= bound
    assert "Polski (pl)" in result.xform and "English (en)" in result.xform


def test_xlsform_keeps_conditions_bounds_and_checks(forms: dict[str, Form], tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_xlsform(forms["coordinators"], path, language="pl")
    sheet = openpyxl.load_workbook(path)["survey"]
    rows = list(sheet.iter_rows(values_only=True))
    table = {r[1]: dict(zip(rows[0], r, strict=True)) for r in rows[1:]}
    assert table["kkk_plans"]["relevant"] == "${kkk_status} = '0'"
    assert table["circular_economy"]["relevant"] == "selected(${environment_actions}, 'circular_economy')"
    assert "${strategy_status} = 'updated' or" in table["strategy_scope"]["relevant"]
    assert ". >= 20 and . <= 2000" in table["members_total"]["constraint"]
    assert ". <= ${members_total}" in table["members_joined"]["constraint"]
    assert "${members_total} = ${members_enterprises} + " in table["members_other"]["constraint"]
    assert table["founding_year"]["required"] == "yes" and not table["iso_enterprises"]["required"]


# ---------------------------------------------------------------------------------------------------------- LimeSurvey


def structure(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter="\t")
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return list(reader)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_limesurvey_structure_keeps_the_rules_of_the_format(forms: dict[str, Form], tmp_path: Path, name: str) -> None:
    path = tmp_path / "form.txt"
    write_limesurvey(forms[name], path, language="pl")
    rows = structure(path)
    order = [row["class"] for row in rows]
    assert [c for i, c in enumerate(order) if i == 0 or order[i - 1] != c][:3] == ["S", "SL", "G"]
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    assert settings["language"] == "pl" and settings["additional_languages"] == "en"
    assert {row["language"] for row in rows if row["class"] == "SL"} == {"pl", "en"}
    body = [row for row in rows if row["class"] not in ("S", "SL")]
    halves = [[row for row in body if row["language"] == lang] for lang in ("pl", "en")]
    assert body == halves[0] + halves[1], "the base language comes first, whole"
    same = ("id", "related_id", "class", "type/scale", "relevance", "mandatory", "em_validation_q")
    assert [[r[c] for c in same] for r in halves[0]] == [[r[c] for c in same] for r in halves[1]]
    names: list[str] = []
    numbers: list[str] = []
    parent: dict[str, str] = {}
    inside: list[str] = []
    for row in halves[0]:
        assert "\n" not in "".join(row.values())
        if row["class"] == "Q":
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", row["name"])
            assert row["type/scale"] in "STNKLYMF!" and row["mandatory"] in "YN" and row["text"]
            names.append(row["name"].casefold())
            numbers.append(row["id"])
            parent, inside = row, []
        elif row["class"] == "SQ":
            assert parent["type/scale"] in "MFK" and row["related_id"] == parent["id"]
            assert re.fullmatch(r"[A-Za-z0-9]{1,20}", row["name"])
            inside.append("SQ" + row["name"].casefold())
            numbers.append(row["id"])
        elif row["class"] == "A":
            assert parent["type/scale"] in "LF!" and row["id"] == parent["id"]
            assert re.fullmatch(r"[A-Za-z0-9]{1,5}", row["name"])
            inside.append("A" + row["name"].casefold())
        assert len(set(inside)) == len(inside)
    assert len(set(names)) == len(names) and len(set(numbers)) == len(numbers)
    variables = {code.variable for code in codes(forms[name]).values()}
    for row in halves[0]:
        for used in re.findall(r"\w+\.NAOK", row["relevance"] + row["em_validation_q"]):
            assert used in variables
        assert (row["relevance"] + row["em_validation_q"]).count("(") == (
            row["relevance"] + row["em_validation_q"]
        ).count(")")


@given(st.lists(st.from_regex(r"[a-z][a-z_0-9]{0,12}", fullmatch=True), min_size=1, max_size=40, unique=True))
def test_short_codes_are_short_and_differ(options: list[str]) -> None:
    short = short_codes(options)
    assert list(short) == options
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,5}", code) for code in short.values())
    assert len({code.casefold() for code in short.values()}) == len(options)
    assert all(short[o] == o for o in options if re.fullmatch(r"[a-z0-9]{1,5}", o))


# ---------------------------------------------------------------------------------------------------------- round trip


def imported(source: Path, instrument: str, framework: Framework, root: Path, tmp: Path) -> pd.DataFrame:
    """Import a file by the mapping that is proposed for it; nothing in it is decided by hand."""
    mapping = tmp / f"{source.stem}.yaml"
    propose(source, mapping, framework, root / "data/framework", instrument=instrument)
    text = yaml.safe_load(mapping.read_text("utf-8"))
    undecided = [c["column"] for t in text["tables"] for c in t["columns"] if c.get("item", "?") == "?"]
    assert undecided == []
    mapping.write_text(yaml.safe_dump({**text, "checked": True, "checked_by": "A person"}), encoding="utf-8")
    raw = tmp / f"raw-{source.stem}"
    import_source(source, mapping, framework, root / "data/framework", raw=raw, confidential=tmp / "confidential")
    table = pd.read_csv(raw / f"{instrument}.csv", dtype=str, keep_default_na=False)
    return table.mask(table == "")


def same(found: pd.DataFrame, given_: pd.DataFrame) -> None:
    key = given_.columns[0]
    a, b = (t.sort_values(key).reset_index(drop=True).fillna("") for t in (found, given_))
    assert list(a.columns) == list(b.columns) and len(a) == len(b)
    differing = [(c, x, y) for c in a for x, y in zip(a[c], b[c], strict=True) if str(x) != str(y)]
    assert differing == []


@pytest.mark.parametrize("instrument", ["coordinators", "members"])
@pytest.mark.parametrize(("full", "lang"), [(False, "pl"), (True, "pl"), (True, "en")], ids=["codes", "pl", "en"])
def test_a_limesurvey_export_comes_back(
    forms: dict[str, Form], answers: dict[str, pd.DataFrame], framework: Framework, root: Path, tmp_path: Path,
    full: bool, lang: str, instrument: str,
) -> None:  # fmt: skip
    source = tmp_path / "export.csv"
    write_limesurvey_export(forms[instrument], answers[instrument], source, full=full, lang=lang)
    same(imported(source, instrument, framework, root, tmp_path), answers[instrument])


@pytest.mark.parametrize("instrument", ["coordinators", "members"])
def test_a_kobo_export_comes_back(
    forms: dict[str, Form], answers: dict[str, pd.DataFrame], framework: Framework, root: Path, tmp_path: Path,
    instrument: str,
) -> None:  # fmt: skip
    source = tmp_path / "kobo.csv"
    write_kobo_export(forms[instrument], answers[instrument], source)
    same(imported(source, instrument, framework, root, tmp_path), answers[instrument])


def fill(path: Path, form: Form, answers: dict[str, str], out: Path) -> None:
    """Fill an empty template as a coordinator would: labels from the lists, numbers as numbers."""
    book = openpyxl.load_workbook(path)
    formulas = Formulas(form, "pl")
    for name, place in places(form, "pl").items():
        if name in answers:
            item = place.field.item
            number = not item.options and item.type not in ("id", "text")
            shown = float(answers[name]) if number else answers[name]
            value = formulas.label(item, answers[name]) if item.options else shown
            book[place.sheet][f"{ANSWER}{place.row + 1}"] = value
    book.save(out)


def test_returned_templates_come_back(
    forms: dict[str, Form], answers: dict[str, pd.DataFrame], framework: Framework, root: Path, tmp_path: Path
) -> None:
    form, table = forms["coordinators"], answers["coordinators"]
    write_template(form, tmp_path / "empty.xlsx", language="pl")
    files = []
    for row in table.to_dict("records"):
        files.append(tmp_path / f"{row['respondent_id']}.xlsx")
        fill(tmp_path / "empty.xlsx", form, {k: v for k, v in row.items() if not pd.isna(v)}, files[-1])
    collected = tmp_path / "returned.csv"
    collect(files, form).to_csv(collected, index=False)
    same(imported(collected, "coordinators", framework, root, tmp_path), table)


def test_a_strange_file_and_moved_rows_are_all_named(forms: dict[str, Form], tmp_path: Path) -> None:
    form = forms["coordinators"]
    write_template(form, tmp_path / "moved.xlsx", language="pl")
    book = openpyxl.load_workbook(tmp_path / "moved.xlsx")
    book.worksheets[2].delete_rows(6)
    book.save(tmp_path / "moved.xlsx")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    with pytest.raises(DataError) as error:
        collect(sorted(tmp_path.glob("*.xlsx")), form)
    told = str(error.value)
    assert "other.xlsx: is not the template `coordinators 2026`" in told
    assert "text.xlsx: cannot be opened" in told and "put the rows back" in told


# ------------------------------------------------------------------------------------------------------------ template


def test_template_is_locked_but_for_the_answers_and_checks_them(forms: dict[str, Form], tmp_path: Path) -> None:
    form = forms["coordinators"]
    write_template(form, tmp_path / "t.xlsx", language="pl")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    own = places(form, "pl")
    unlocked = {(s.title, c.coordinate) for s in book for row in s.iter_rows() for c in row if not c.protection.locked}
    assert unlocked == {(p.sheet, f"{ANSWER}{p.row + 1}") for p in own.values()}
    assert all(s.protection.sheet and not s.protection.password for s in book)
    checked = {f"{s.title}!{rule.sqref}": rule for s in book for rule in s.data_validations.dataValidation}
    rule = checked[f"{own['members_total'].sheet}!{ANSWER}{own['members_total'].row + 1}"]
    assert rule.type == "whole" and (float(rule.formula1), float(rule.formula2)) == (20, 2000)
    assert "od 20 do 2000" in rule.error
    sector = checked[f"{own['sector'].sheet}!{ANSWER}{own['sector'].row + 1}"]
    assert sector.type == "list" and sector.formula1.startswith("'Listy'!")
    choices = [p for p in own.values() if p.field.item.options]
    assert all(f"{p.sheet}!{ANSWER}{p.row + 1}" in checked for p in choices)


def test_example_says_that_it_is_made_up_and_counts_its_answers(
    forms: dict[str, Form], answers: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    form = forms["coordinators"]
    row = {str(k): str(v) for k, v in answers["coordinators"].iloc[0].dropna().items()}
    write_template(form, tmp_path / "e.xlsx", language="pl", answers=row)
    book = openpyxl.load_workbook(tmp_path / "e.xlsx", data_only=True)
    shown = [s for s in book if s.sheet_state == "visible"]
    assert all(s["A2"].value == "Odpowiedzi zmyślone, na próbę" for s in shown)
    own = places(form, "pl")
    states = [book[p.sheet][f"{STATE}{p.row + 1}"].value for p in own.values()]
    assert states.count("wypełnione") == len(row) and "brak odpowiedzi" not in states
    cells = [c.value for r in book["Instrukcja"].iter_rows() for c in r]
    assert "Wszystkie obowiązkowe odpowiedzi są wpisane." in cells and "proszę poprawić" not in cells


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("hidden", ["nothing", "mark", "note"])
def test_an_example_is_not_collected_as_answers(
    forms: dict[str, Form], answers: dict[str, pd.DataFrame], tmp_path: Path, language: str, hidden: str
) -> None:
    form, path = forms["coordinators"], tmp_path / "filled.xlsx"
    row = {str(k): str(v) for k, v in answers["coordinators"].iloc[0].dropna().items()}
    write_template(form, path, language=language, answers=row)
    book = openpyxl.load_workbook(path)  # one sign is enough, should somebody remove the other
    if hidden == "mark":
        book.properties.contentStatus = None
    for sheet in book if hidden == "note" else ():
        sheet["A2"] = None
    book.save(path)
    with pytest.raises(DataError, match=r"filled\.xlsx: is an example: its answers are made up.*--made-up"):
        collect([path], form)
    assert collect([path], form, made_up=True)["respondent_id"].to_list() == [row["respondent_id"]]


def test_same_form_same_bytes(forms: dict[str, Form], tmp_path: Path) -> None:
    for n in "ab":
        write_template(forms["members"], tmp_path / f"t{n}.xlsx", language="en")
        write_xlsform(forms["members"], tmp_path / f"x{n}.xlsx", language="en")
    assert (tmp_path / "ta.xlsx").read_bytes() == (tmp_path / "tb.xlsx").read_bytes()
    assert (tmp_path / "xa.xlsx").read_bytes() == (tmp_path / "xb.xlsx").read_bytes()


def test_formulas_have_the_form_of_a_spreadsheet(forms: dict[str, Form]) -> None:
    """Conditions and checks are functions there, not words: AND(…), OR(…), NOT(…)."""
    for form in forms.values():
        formulas = Formulas(form, "pl")
        texts = [formulas.condition(q.conditions) for q in form.questions if q.conditions]
        texts += [formulas.statement(rule.check.expression) for rule in form.rules]
        for text in texts:
            bare = re.sub(r'"[^"]*"', '""', text)
            assert not re.search(r"\b(and|or|not|div)\b|==|!=", bare), text
            as_python = re.sub(r"'[^']+'!\$D\$\d+", "cell", bare).replace("<>", "!=").replace('""', "0")
            ast.parse(re.sub(r"(?<![<>!=])=(?!=)", "==", as_python), mode="eval")
