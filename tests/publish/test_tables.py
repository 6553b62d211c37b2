from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from analysis.errors import PublishError
from analysis.publish import exhibit_tables as tables
from analysis.publish.exhibits import Exhibit
from analysis.publish.publication import Publication


def _exhibit(columns: list[dict[str, Any]], **more: Any) -> Exhibit:
    record = {"columns": columns, "row_header": columns[0]["name"], **more}
    return Exhibit("table", 1, "tbl-1", "T", "4", "20", "s", "", "t.csv", record)


def _build(tmp_path: Path, csv: str, columns: list[dict[str, Any]], **more: Any) -> tables.PrintedTable:
    (tmp_path / "t.csv").write_text(csv, encoding="utf-8")
    return tables.build(_exhibit(columns, **more), tmp_path)


NAME = {"name": "name", "label": "Nazwa"}
VALUE = {"name": "value", "label": "Wartość", "format": "number", "decimals": 1, "align": "right"}


def test_cells_are_formatted_in_polish(tmp_path: Path) -> None:
    columns = [
        NAME,
        VALUE,
        {"name": "n", "label": "N", "format": "integer"},
        {"name": "p", "label": "P", "format": "percent", "decimals": 1},
        {"name": "m", "label": "M", "format": "mixed"},
    ]
    table = _build(tmp_path, "name,value,n,p,m\nw klastrze,1234.25,4942.0,83.25,\nB,,nan,,x\n", columns)
    assert [row.cells for row in table.rows] == [
        ("w\u00a0klastrze", "1\u00a0234,3", "4\u00a0942", "83,3%", "–"),
        ("B", "–", "–", "–", "x"),
    ]


def test_word_in_a_number_column_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"t\.csv, line 3: `abc` in column value"):
        _build(tmp_path, "name,value\nA,1\nB,abc\n", [NAME, VALUE])


def test_absent_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="no column value; there are name"):
        _build(tmp_path, "name\nA\n", [NAME, VALUE])


def test_groups_and_emphasis(tmp_path: Path) -> None:
    csv = "g,name,value,e\nX,A,1,0\nX,B,2,1\nY,C,3,0\n"
    table = _build(tmp_path, csv, [NAME, VALUE], row_groups="g", emphasis="e")
    assert [(row.kind, row.cells[0]) for row in table.rows] == [
        ("group", "X"), ("body", "A"), ("emphasis", "B"), ("group", "Y"), ("body", "C"),
    ]  # fmt: skip


def test_widths_fill_the_table_and_respect_requests(tmp_path: Path) -> None:
    csv = "name,value,x\n" + "bardzo długa nazwa wskaźnika w tabeli,1,2\n" * 3
    wide = {"name": "x", "label": "X", "width": 0.25}
    widths = [head.width for head in _build(tmp_path, csv, [NAME, VALUE, wide]).heads]
    assert sum(widths) == pytest.approx(1, abs=0.001)
    assert widths[2] == 0.25
    assert widths[0] > widths[1]


def test_a_column_grows_to_its_longest_word(tmp_path: Path) -> None:
    columns = [{**NAME, "width": 0.03}, {**VALUE, "width": 0.97}]
    heads = _build(tmp_path, "name,value\nprzedsiębiorstwo,1\n", columns).heads
    assert heads[0].width > 0.1 and not heads[0].divide
    assert sum(head.width for head in heads) == pytest.approx(1, abs=0.001)


def test_words_are_divided_only_where_they_cannot_all_fit(tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(12)]
    columns = [{"name": n, "label": n} for n in names]
    table = _build(tmp_path, ",".join(names) + "\n" + ",".join(["przedsiębiorstwo"] * 12) + "\n", columns)
    assert all(head.divide for head in table.heads)


def test_html_has_scopes_and_escapes(tmp_path: Path) -> None:
    columns = [NAME, {**VALUE, "group": "G"}, {"name": "x", "label": "X", "group": "G"}]
    table = _build(tmp_path, "g,name,value,x\nAla & B,<b>,1,2\n", columns, row_groups="g")
    soup = BeautifulSoup(tables.to_html(table, "id"), "html.parser")
    assert [th["scope"] for th in soup.find_all("th")] == ["colgroup", "col", "col", "col", "rowgroup", "row"]
    assert soup.find("b") is None and "Ala & B" in soup.get_text()


def test_typst_strings_are_quoted() -> None:
    assert tables.typst_string('a "b" \\ #c') == '"a \\"b\\" \\\\ #c"'


def test_every_number_of_the_data_is_in_every_format(mini: Publication) -> None:
    exhibit = mini.exhibits["tbl-18"]
    table = tables.build(exhibit, mini.build)
    assert len(table.rows) == 25 and len(table.heads) == 7
    html, typst = tables.to_html(table, "x"), tables.to_typst(table)
    assert html.count("0,71") == typst.count("0,71") == 25


def _blocks(*parts: tuple[str, str]) -> list[dict[str, Any]]:
    out = []
    for kind, text in parts:
        if kind == "h":
            out.append({"t": "Header", "c": [3, ["", [], []], [{"t": "Str", "c": text}]]})
        elif kind == "p":
            out.append({"t": "Para", "c": [{"t": "Str", "c": text}]})
        else:
            out.append({"t": "Div", "c": [[text, ["exhibit"], []], []]})
    return out


def test_a_short_heading_goes_along_with_its_landscape_table() -> None:
    wide = _exhibit([NAME], orientation="landscape")
    blocks = _blocks(("p", "a"), ("h", "A"), ("p", "b"), ("x", "tbl-1"), ("h", "B"), ("x", "tbl-2"), ("p", "c"))
    runs = tables.page_runs(blocks, {"tbl-1": wide, "tbl-2": wide})
    assert [(landscape, len(run)) for landscape, run in runs] == [(False, 1), (True, 5), (False, 1)]
    long = _blocks(("h", "A"), ("p", "x" * 2000), ("x", "tbl-1"))
    assert [(landscape, len(run)) for landscape, run in tables.page_runs(long, {"tbl-1": wide})] == [
        (False, 2),
        (True, 1),
    ]
