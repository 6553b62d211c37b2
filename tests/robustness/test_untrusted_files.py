"""What the package never does with a file it did not write, and what it answers to files made to exhaust it."""

from __future__ import annotations

import ast
import re
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis import files, yamlfile
from analysis.errors import ConfigError, DataError
from analysis.ingest import text as raw_text
from analysis.intake.readers import spss
from analysis.intake.readers.files import read_source
from analysis.publish.publication import load_knowledge, open_publication
from analysis.questionnaire import collect
from analysis.sources import load_edition

EDITION = "edition: 2024\ntitle: t\nperiod: p\nprovenance: survey\npublication_date: 2025-11-30\n"
# Calls that run what a file says. `joblib` here runs functions side by side and keeps nothing on disk.
FORBIDDEN = {
    "pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "read_pickle", "to_pickle", "eval", "exec",
    "unsafe_load", "full_load", "Memory", "system", "popen", "mktemp",
}  # fmt: skip

# One reads; the others write, or look at nodes that it made.
YAML = ("yamlfile.py", "records.py")
READING = {"safe_load", "safe_load_all", "full_load", "full_load_all", "unsafe_load", "load_all", "compose", "parse"}


def calls(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module).split(".")[0], *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Call):
            found.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                if keyword.arg in ("allow_pickle", "shell") and value is not False:
                    found.add(f"{keyword.arg}={value}")
    return found


def test_no_file_is_run_or_unpickled(root: Path) -> None:
    wrong = []
    for path in [*(root / "analysis").rglob("*.py"), *(root / "workflow").rglob("*.py")]:
        used = calls(path)
        bad = used & (FORBIDDEN | {"allow_pickle=True", "shell=True"})
        if "yaml" in used and path.name not in YAML and used & READING:
            bad.add("yaml outside of analysis.yamlfile")
        wrong += [f"{path.relative_to(root)}: {name}" for name in sorted(bad)]
    assert wrong == []


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "references"),
        ("[" * 5000, "nested too deeply"),
        ("a: 1\nb: 2\na: 3\n", "`a` is there twice"),
        ("x:\n  a: 1\n  a: 2\n", "line 3"),
        ("!!python/object/apply:os.system ['true']", "python/object"),
        ("!!python/name:os.system", "python/name"),
        ("a: [", "not readable as YAML"),
        ("x: " + "a" * (yamlfile.LARGEST + 1), "characters"),
        ("a: 2024-02-31", "not readable"),
    ],
)
def test_yaml_that_means_harm(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "edition.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=re.escape(words)) as caught:
        yamlfile.read_yaml(path)
    assert "edition.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "previous_edition: ../../../etc",
        "previous_edition: /etc",
        "previous_edition: 2024",
        "instruments: ../x",
        "instruments: [{a: b}]",
        "edition: 2025",
    ],
)
def test_an_edition_points_nowhere_else(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "editions/2024"
    folder.mkdir(parents=True)
    key = line.split(":")[0]
    kept = [old for old in EDITION.splitlines() if not old.startswith(f"{key}:")]
    (folder / "edition.yaml").write_text("\n".join([*kept, line]), "utf-8")
    with pytest.raises(ConfigError, match=key):
        load_edition(2024, tmp_path)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b[31m", "\u202e", "\u2066", "\uffff", "\x7f"])
def test_characters_that_nobody_types_are_named(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "registry.csv"
    path.write_text(f"name,note\nA,x\nB{sign}C,y\n", "utf-8")
    table, problems = raw_text.read_text(path)
    assert table is None and [p.row for p in problems] == [3]
    assert f"U+{ord(sign[0]):04X}" in str(problems[0]) and sign not in str(problems[0])


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"' + "x" * 200_000 + '",y\n', "utf-8")
    assert "a cell has more than" in str(raw_text.read_text(path)[1][0])
    monkeypatch.setattr(raw_text, "LARGEST", 10)
    assert "at most 10 are read" in str(raw_text.read_text(path)[1][0])


def packed_deep(path: Path, size: int) -> Path:
    """A workbook one part of which unpacks to so many bytes."""
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x.bin", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(bytes(1_000_000))
    return path


def test_a_workbook_that_unpacks_to_far_more_is_not_opened(tmp_path: Path) -> None:
    path = packed_deep(tmp_path / "bomb.xlsx", files.MOST_UNPACKED + 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DataError, match=r"bomb\.xlsx: unpacks to 40\d MB, at most 400 MB"):
        read_source(path)
    form = SimpleNamespace(instrument="coordinators", year=2026)
    with pytest.raises(DataError, match=r"bomb\.xlsx: unpacks to 40\d MB, at most 400 MB"):
        collect([path], form)  # type: ignore[arg-type]


def test_a_workbook_of_very_many_parts_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed_deep(tmp_path / "many.xlsx", 0)
    monkeypatch.setattr(files, "MOST_PARTS", 3)
    with pytest.raises(DataError, match=r"many\.xlsx: is packed from \d+ parts"):
        read_source(path)


def test_entities_of_a_workbook_are_not_unfolded(tmp_path: Path) -> None:
    path = tmp_path / "laughs.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'
    parts["xl/worksheets/sheet1.xml"] = (
        head + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match=r"laughs\.xlsx: cannot be opened as a workbook"):
        read_source(path)
    with pytest.raises(DataError, match=r"laughs\.xlsx: cannot be opened as a workbook"):
        collect([path], SimpleNamespace(instrument="coordinators", year=2026))  # type: ignore[arg-type]


def test_an_spss_file_with_very_many_cells_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}), str(path))
    assert len(read_source(path)[0].rows) == 2
    monkeypatch.setattr(spss, "MAX_CELLS", 3)
    with pytest.raises(DataError, match=r"big\.sav: has 2 × 2 cells, at most 3"):
        read_source(path)


@pytest.mark.parametrize("ending", [".xls", ".xlsb", ".ods", ".numbers"])
def test_other_spreadsheets_are_refused_with_the_way_out(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"answers{ending}"
    path.write_bytes(b"x")
    with pytest.raises(DataError, match=r"Excel or LibreOffice and save it as \.xlsx"):
        read_source(path)


def test_a_project_without_records_must_say_so(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "config", tmp_path / "config")
    folder = tmp_path / "data/editions/2024"
    folder.mkdir(parents=True)
    (folder / "edition.yaml").write_text(EDITION, "utf-8")
    with pytest.raises(ConfigError, match=r"data/knowledge does not exist.*knowledge: none"):
        load_knowledge(open_publication(tmp_path, tmp_path / "build/2024", 2024))
    (folder / "edition.yaml").write_text(EDITION + "knowledge: none\n", "utf-8")
    assert load_knowledge(open_publication(tmp_path, tmp_path / "build/2024", 2024)).practices == []
    (tmp_path / "data/knowledge").mkdir()
    with pytest.raises(ConfigError, match="remove one of them"):
        load_knowledge(open_publication(tmp_path, tmp_path / "build/2024", 2024))
