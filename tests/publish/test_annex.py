"""The annex by the rules of accessible spreadsheets, and the data package by its specification."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from analysis.errors import PublishError
from analysis.publish import annex, steps
from analysis.publish.publication import Publication

_NAME = re.compile(r"^[A-Za-z_]\w*$")
_CELL = re.compile(r"^[A-Za-z]{1,3}\d+$")
TYPES = {"string", "integer", "number", "boolean", "date", "year", "object", "array", "any"}


def breaches(sheet: Worksheet) -> list[str]:
    """What an accessible sheet may not have: merged or empty cells, no real table, empty rows above, cells beside."""
    found = [f"merged {r}" for r in sheet.merged_cells.ranges]
    if len(sheet.tables) != 1:
        return [*found, f"{len(sheet.tables)} tables"]
    (table,) = sheet.tables.values()
    left, top, right, bottom = range_boundaries(table.ref)
    if left != 1 or sheet.max_column != right or sheet.max_row != bottom:
        found.append(f"table at {table.ref}, sheet to {sheet.max_row}, {sheet.max_column}")
    found += [f"empty row {r}" for r in range(1, top) if sheet.cell(r, 1).value in (None, "")]
    heads = [sheet.cell(top, c).value for c in range(1, right + 1)]
    if any(not str(h or "").strip() for h in heads) or len({str(h).lower() for h in heads}) != len(heads):
        found.append(f"headings {heads}")
    for row in sheet.iter_rows(min_row=top + 1, max_row=bottom, max_col=right):
        found += [f"empty {cell.coordinate}" for cell in row if cell.value in (None, "")]
    if not _NAME.match(table.displayName) or _CELL.match(table.displayName):
        found.append(f"table name {table.displayName}")
    if not sheet.freeze_panes:
        found.append("no frozen headings")
    return found


def language(path: Path) -> str:
    core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
    found = re.search(r"<dc:language>([^<]+)</dc:language>", core)
    return found.group(1) if found else ""


def with_english(pub: Publication) -> None:
    path = pub.build / "40_analyses/tables/table-18.json"
    record = json.loads(path.read_text("utf-8"))
    columns = [{**c, "label": f"Col {c['name']}"} for c in record["columns"]]
    record["en"] = {
        "title": "Scores", "source": "own work", "note": "", "columns": columns, "data_file": record["data_file"],
    }  # fmt: skip
    path.write_text(json.dumps(record), "utf-8")


def test_workbooks_keep_the_rules(fresh: Publication) -> None:
    with_english(fresh)
    steps.build_annex(fresh)
    for lang, locale in (("pl", "pl-PL"), ("en", "en-GB")):
        path = fresh.out_dir / fresh.file_name("xlsx", lang)
        book = openpyxl.load_workbook(path)
        words = annex.WORDS[lang]
        assert book.sheetnames[:3] == [words.cover, words.contents, words.notes]
        assert {s.title: breaches(s) for s in book.worksheets[1:] if breaches(s)} == {}
        assert language(path) == locale and words.annex in book.properties.title
    english = openpyxl.load_workbook(fresh.out_dir / fresh.file_name("xlsx", "en"))
    assert english.sheetnames[3:] == ["Table 18"]
    notes = [cell.value for row in english["Notes"].iter_rows() for cell in row]
    assert any("tables 4, 20" in str(text) for text in notes)


def test_breaches_are_seen(fresh: Publication) -> None:
    steps.build_annex(fresh)
    book = openpyxl.load_workbook(fresh.out_dir / fresh.file_name("xlsx"))
    sheet = book["Tabela 18"]
    sheet["B9"] = None
    assert breaches(sheet) == ["empty B9"]
    sheet.merge_cells("A1:C1")
    assert breaches(sheet)[0] == "merged A1:C1"


def test_headings_inside_a_table_become_a_column(fresh: Publication) -> None:
    path = fresh.build / "40_analyses/tables/table-20.json"
    record = json.loads(path.read_text("utf-8"))
    record["columns"] = [
        {"name": "name", "label": "Nazwa", "format": "text"},
        {"name": "mean", "label": "Średnia", "format": "number", "decimals": 1},
    ]
    del record["row_groups"]
    record["emphasis"] = "mark"
    path.write_text(json.dumps(record), "utf-8")
    data = "name,mean,mark\nZasoby,,1\nA,1,0\nB,2,0\nProcesy,,1\nC,,0\n"
    (fresh.build / record["data_file"]).write_text(data, "utf-8")
    sheet = openpyxl.load_workbook(steps.build_annex(fresh))["Tabela 20"]
    top = int(re.sub(r"\D", "", sheet.tables["tabela_20"].ref.split(":")[0]))
    rows = list(sheet.iter_rows(min_row=top, values_only=True))
    assert rows[0] == ("Grupa", "Nazwa", "Średnia")
    assert rows[1:] == [("Zasoby", "A", 1), ("Zasoby", "B", 2), ("Procesy", "C", "[z]")]


# --- data package ---------------------------------------------------------------------------------------------------


def check_package(folder: Path) -> dict[str, Any]:
    """Check a package against what the specification requires, and the files against the descriptor."""
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.")
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    assert all(item.get("name") or item.get("path") for item in package["licenses"])
    assert all(item["title"] for item in package["sources"])
    names = [r["name"] for r in package["resources"]]
    assert names and len(set(names)) == len(names)
    rows: dict[str, list[dict[str, str]]] = {}
    for resource in package["resources"]:
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"]) and resource["type"] == "table"
        assert not re.match(r"/|\.\.|[a-z]+://", resource["path"])
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        text = content.decode(resource["encoding"])
        reader = csv.DictReader(text.splitlines())
        rows[resource["name"]] = list(reader)
        schema = resource["schema"]
        assert [f["name"] for f in schema["fields"]] == reader.fieldnames
        for column in schema["fields"]:
            assert column["type"] in TYPES and column["description"] and column["description_en"]
            limits = column.get("constraints", {})
            for row in rows[resource["name"]]:
                cell = row[column["name"]]
                if cell == "":
                    assert not limits.get("required"), (resource["name"], row)
                    continue
                assert cell in limits.get("enum", [cell])
                if column["type"] in ("integer", "number"):
                    value = int(cell) if column["type"] == "integer" else float(cell)
                    assert limits.get("minimum", value) <= value <= limits.get("maximum", value), (
                        resource["name"],
                        row,
                    )
        keys = [tuple(row[k] for k in schema["primaryKey"]) for row in rows[resource["name"]]]
        assert len(set(keys)) == len(keys)
    for resource in package["resources"]:
        for foreign in resource["schema"].get("foreignKeys", []):
            target = foreign["reference"]
            known = {tuple(row[k] for k in target["fields"]) for row in rows[target["resource"]]}
            used = {tuple(row[k] for k in foreign["fields"]) for row in rows[resource["name"]]}
            assert used <= known, (resource["name"], used - known)
    return package


def test_data_package_is_valid(mini: Publication) -> None:
    folder = mini.build / "60_report" / "dane"
    package = check_package(folder)
    assert {p.name for p in folder.iterdir()} == {"datapackage.json", *(r["path"] for r in package["resources"])}
    assert package["licenses"][0]["name"] == "CC0-1.0" and package["created"] == "2025-11-30T00:00:00Z"


def test_a_changed_file_is_noticed(fresh: Publication) -> None:
    steps.build_annex(fresh)
    path = fresh.out_dir / "dane" / "groups.csv"
    path.write_text(path.read_text("utf-8").replace("all,all", "all,every"), "utf-8")
    with pytest.raises(AssertionError):
        check_package(fresh.out_dir / "dane")


def test_no_row_of_a_respondent_is_in_the_package(mini: Publication) -> None:
    paths = sorted((mini.build / "60_report" / "dane").glob("*.csv"))
    assert paths
    for path in paths:
        assert not re.search(r"\bR0\d\b|respondent_id", path.read_text("utf-8")), path.name


def test_answers_without_a_licence_are_not_packed(fresh: Publication) -> None:
    (fresh.project / "data/editions/2024/raw/coordinators.csv.source.yaml").write_text("licence: none\n", "utf-8")
    with pytest.raises(PublishError, match="licence is 'none'"):
        steps.build_annex(fresh)


# --- the edition itself ---------------------------------------------------------------------------------------------


@pytest.mark.product
def test_the_edition_keeps_the_rules(build: Path) -> None:
    report = build / "60_report"
    for name, locale in (("aneks-statystyczny-2024.xlsx", "pl-PL"), ("statistical-annex-2024.xlsx", "en-GB")):
        book = openpyxl.load_workbook(report / name)
        assert {s.title: breaches(s) for s in book.worksheets[1:] if breaches(s)} == {}
        assert language(report / name) == locale
    package = check_package(report / "dane")
    assert {r["name"] for r in package["resources"]} >= {"scores_by_group", "indicator_statistics", "answer_shares"}
