"""Reader of the published tables of an edition, as printed.

Every cell stays text, because the decimals of a printed number are part of what it says. Reading checks the form of
the tables (names and order of columns, what each column may hold, completeness) and refuses what is malformed; whether
the numbers agree with each other is the business of `analysis.reproduction.consistency`.

This module and the reconstruction are the only code that reads the published folder of an edition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.errors import DataError, Problem, suggest
from analysis.reproduction.printed import parse_printed

MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")
OVERALL = "ALL"
FACT_KINDS = (
    "growth", "list_size", "max", "mean_excluding", "mean_positive", "mean_share", "mean_year", "median_restated",
    "min_positive", "more_than_half_zero", "most_le", "n_answered", "n_between", "n_eq", "n_ge", "n_gt", "n_le", "n_lt",
    "n_option", "n_positive", "n_zero", "n_zero_fraction", "other", "scale_max", "share_option", "share_positive",
    "total", "total_upper_bound",
)  # fmt: skip

# What a column may hold. Each is (pattern or None, description).
_FORMS: dict[str, tuple[re.Pattern[str] | None, str]] = {
    "text": (None, "text"),
    "filled": (re.compile(r"\S"), "a text that is not empty"),
    "number": (None, "a number"),
    "number?": (None, "a number or nothing"),
    "whole": (re.compile(r"^\d+$"), "a whole number"),
    "whole?": (re.compile(r"^\d*$"), "a whole number or nothing"),
    "line": (re.compile(r"^[1-9]\d*$"), "a line number of the source"),
    "area": (re.compile(r"^[IVX]+$"), "the code of an area"),
    "subarea": (re.compile(r"^[IVX]+\.\d+$"), "the code of a sub-area"),
    "indicator": (re.compile(r"^[IVX]+\.\d+\.\d+$"), "the code of an indicator"),
    "indicator?": (re.compile(r"^([IVX]+\.\d+\.\d+)?$"), "the code of an indicator or nothing"),
    "score": (re.compile(r"^(ALL|[IVX]+(\.\d+)?)$"), "the code of a sub-area, an area, or ALL"),
    "measure": (re.compile("^(" + "|".join(MEASURES) + ")$"), "a measure: " + ", ".join(MEASURES)),
    "kind": (re.compile("^(" + "|".join(FACT_KINDS) + ")$"), "a kind of fact known to the ledger"),
    "verdict": (re.compile(r"^(strength|weakness)$"), "strength or weakness"),
    "severity": (re.compile(r"^(high|medium|low)$"), "high, medium or low"),
}  # fmt: skip

SCHEMAS: dict[str, dict[str, str]] = {
    "framework": {
        "area_code": "area", "area_name": "filled", "subarea_code": "subarea", "subarea_name": "filled",
        "n_indicators": "whole", "line": "line",
    },
    "scores": {
        "table": "whole", "group_dim": "filled", "group": "filled", "column_code": "score", "measure": "measure",
        "value": "number", "line": "line",
    },
    "area_tables": {
        "table": "whole", "area": "area", "row": "filled", "code": "score", "mean": "number", "median": "number",
        "benchmark": "number", "line": "line",
    },
    "indicators": {
        "code": "indicator", "area_code": "area", "subarea_code": "subarea", "name_pl": "filled", "unit": "filled",
        "mean": "number?", "median": "number?", "benchmark": "number?", "categories": "text", "mean_str": "number?",
        "median_str": "number?", "benchmark_str": "number?", "unit_mean": "text", "unit_median": "text",
        "unit_benchmark": "text", "note": "text", "table": "whole", "name_line": "line", "line": "line",
    },
    "indicator_facts": {
        "code": "indicator", "kind": "kind", "threshold": "text", "value": "text", "unit": "filled", "note": "text",
        "label_pl": "text", "printed": "filled", "line": "line",
    },
    "sector_means": {
        "indicator_label": "filled", "sector": "filled", "value": "number", "unit": "filled", "code": "indicator?",
        "sector_code": "filled", "value_str": "number", "line": "line",
    },
    "members_survey": {
        "question_no": "whole", "question_pl": "filled", "item_pl": "text", "option": "filled", "value": "number?",
        "unit": "filled", "note": "text", "value_str": "filled", "line": "line",
    },
    "registry": {
        "no": "whole", "name": "filled", "founded": "whole", "operating_since": "whole?", "members": "whole",
        "pkd_code": "whole", "pkd_name": "filled", "voivodeship": "filled", "line": "line",
    },
    "audit": {
        "no": "whole", "wcag": "filled", "name": "filled", "n_sites_passing": "whole", "n_sites": "whole",
        "line": "line",
    },
    "history": {
        "edition": "filled", "metric": "filled", "value": "number", "unit": "filled", "note": "text", "line": "line",
    },
    "strengths": {
        "element": "filled", "kind": "verdict", "median": "number", "table": "whole", "code": "subarea", "line": "line",
    },
    "claims": {
        "id": "filled", "line": "line", "section": "filled", "statement_en": "filled", "subject": "filled",
        "statistic": "filled", "group": "filled", "period": "filled", "value": "number", "unit": "filled",
        "printed": "filled",
    },
    "rules": {"rule": "filled", "statement_en": "filled", "lines": "filled"},
    "claim_cells": {"subject": "filled", "table": "filled", "key": "filled", "item": "text", "options": "text"},
    "contradictions": {
        "id": "filled", "severity": "severity", "concerns": "filled", "lines": "filled", "explanation": "filled",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Published:
    """Published tables by name, every cell text; `absent` names the tables the folder does not hold.

    Attributes
    ----------
    tables
        Name (see `SCHEMAS`) to table; columns as in the schema, rows in the order of the file.
    """

    tables: Mapping[str, pd.DataFrame]
    absent: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def __contains__(self, name: str) -> bool:
        return name in self.tables


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(
            [Problem(path.name, None, None, None, f"cannot be read ({error})", "save it as UTF-8, comma-separated")]
        ) from error


def _check_columns(name: str, table: pd.DataFrame) -> list[Problem]:
    file, schema = f"{name}.csv", SCHEMAS[name]
    problems = [
        Problem(
            file, 1, column, None, "the column is missing" + suggest(column, list(map(str, table.columns))),
            f"name the columns {', '.join(schema)}",
        )
        for column in schema
        if column not in table.columns
    ]  # fmt: skip
    if problems:
        return problems
    known = [column for column in table.columns if column in schema]
    return [
        Problem(
            file, 1, found, None, f"the column stands where `{expected}` is expected",
            "restore the order of the columns; names changed places, or the contents did",
        )
        for expected, found in zip(schema, known, strict=True)
        if expected != found
    ]  # fmt: skip


def _check_cells(name: str, table: pd.DataFrame) -> list[Problem]:
    problems = []
    for column, form in SCHEMAS[name].items():
        pattern, description = _FORMS[form]
        cells = table[column]
        if form.startswith("number"):
            wrong = [not (parse_printed(c) is not None or (form.endswith("?") and not c.strip())) for c in cells]
        elif pattern is not None:
            wrong = [pattern.search(c) is None for c in cells]
        else:
            continue
        for row, bad in enumerate(wrong):
            if bad:
                problems.append(
                    Problem(
                        f"{name}.csv", row + 2, column, cells.iloc[row], f"{description} is expected",
                        "compare with the printed source; check that no columns changed places",
                    )
                )  # fmt: skip
    return problems


def _duplicates(name: str, table: pd.DataFrame, key: list[str]) -> list[Problem]:
    double = table.index[table.duplicated(key)]
    return [
        Problem(
            f"{name}.csv", int(str(row)) + 2, key[-1], " / ".join(table.loc[row, key]), "the row is there twice",
            "remove one of the two",
        )
        for row in double
    ]  # fmt: skip


def _missing(name: str, table: pd.DataFrame, absent: list[str], expected: int) -> list[Problem]:
    if not absent:
        return []
    shown = "; ".join(absent[:5]) + (f"; and {len(absent) - 5} more" if len(absent) > 5 else "")
    return [
        Problem(
            f"{name}.csv", None, None, None, f"{len(table)} rows where {expected} are expected; missing: {shown}",
            "add the missing rows from the printed source",
        )
    ]  # fmt: skip


def score_codes(framework: pd.DataFrame) -> list[str]:
    """Return the columns of the score tables: sub-areas, each area after its sub-areas, and the overall score."""
    codes: list[str] = []
    for area, rows in framework.groupby("area_code", sort=False):
        codes += [*rows["subarea_code"], str(area)]
    return [*codes, OVERALL]


def _unknown(name: str, table: pd.DataFrame, column: str, allowed: list[str]) -> list[Problem]:
    return [
        Problem(
            f"{name}.csv", int(str(row)) + 2, column, cell, "not a code of framework.csv" + suggest(cell, allowed),
            "correct the code",
        )
        for row, cell in table[column].items()
        if cell and cell not in allowed
    ]  # fmt: skip


def _check_scores(table: pd.DataFrame, codes: list[str]) -> list[Problem]:
    problems = _unknown("scores", table, "column_code", codes)
    problems += _duplicates("scores", table, ["table", "column_code", "measure"])
    groups = table[["table", "group_dim", "group"]].drop_duplicates()
    for column in ("table", "group"):
        same = groups[groups.duplicated([column] if column == "table" else ["group_dim", "group"], keep=False)]
        for row, cells in same.iterrows():
            problems.append(
                Problem(
                    "scores.csv", int(str(row)) + 2, column, cells[column], "a table has one group, a group one table",
                    "compare with the headings of the printed tables",
                )
            )  # fmt: skip
    have = set(zip(table["table"], table["column_code"], table["measure"], strict=True))
    absent = [
        f"table {number}, {code}, {measure}"
        for number in groups["table"].drop_duplicates()
        for code in codes
        for measure in MEASURES
        if (number, code, measure) not in have
    ]
    return problems + _missing("scores", table, absent, groups["table"].nunique() * len(codes) * len(MEASURES))


def _check_structure(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    framework = tables["framework"]
    codes = score_codes(framework)
    subareas = list(framework["subarea_code"])
    problems = _duplicates("framework", framework, ["subarea_code"])
    if "scores" in tables:
        problems += _check_scores(tables["scores"], codes)
    if "area_tables" in tables:
        table = tables["area_tables"]
        problems += _unknown("area_tables", table, "code", codes) + _duplicates("area_tables", table, ["code"])
        absent = [code for code in codes if code != OVERALL and code not in set(table["code"])]
        problems += _missing("area_tables", table, absent, len(codes) - 1)
    if "indicators" in tables:
        table = tables["indicators"]
        problems += _unknown("indicators", table, "subarea_code", subareas) + _duplicates("indicators", table, ["code"])
        expected = framework.set_index("subarea_code")["n_indicators"].astype(int)
        found = table["subarea_code"].value_counts().reindex(expected.index, fill_value=0)
        absent = [f"{s}: {found[s]} of {expected[s]} indicators" for s in expected.index if found[s] != expected[s]]
        problems += _missing("indicators", table, absent, int(expected.sum()))
        for measure in ("mean", "median", "benchmark"):
            for row, (plain, shown) in enumerate(zip(table[measure], table[f"{measure}_str"], strict=True)):
                one, two = parse_printed(plain), parse_printed(shown)
                if (one and one.value) != (two and two.value):
                    problems.append(
                        Problem(
                            "indicators.csv", row + 2, measure, plain, f"differs from `{measure}_str` ({shown})",
                            "the two say the same number; check that no columns changed places",
                        )
                    )  # fmt: skip
        known = list(table["code"])
        for name in ("indicator_facts", "sector_means"):
            if name in tables:
                problems += _unknown(name, tables[name], "code", known)
    if "sector_means" in tables:
        table = tables["sector_means"]
        problems += _duplicates("sector_means", table, ["indicator_label", "sector_code"])
        labels, sectors = table["indicator_label"].drop_duplicates(), table["sector_code"].drop_duplicates()
        have = set(zip(table["indicator_label"], table["sector_code"], strict=True))
        absent = [f"{label[:40]} / {sector}" for label in labels for sector in sectors if (label, sector) not in have]
        problems += _missing("sector_means", table, absent, len(labels) * len(sectors))
    for name, key in (
        ("members_survey", ["question_no", "item_pl", "option"]),
        ("registry", ["no"]),
        ("audit", ["no"]),
        ("strengths", ["table", "code"]),
        ("claims", ["id"]),
        ("contradictions", ["id"]),
        ("claim_cells", ["subject"]),
    ):
        if name in tables:
            problems += _duplicates(name, tables[name], key)
    for name in ("registry", "audit"):
        if name in tables:
            numbers = set(tables[name]["no"].astype(int))
            absent = [f"no. {i}" for i in range(1, max(numbers, default=0) + 1) if i not in numbers]
            problems += _missing(name, tables[name], absent, max(numbers, default=0))
    return problems


def published_tables(tables: Mapping[str, pd.DataFrame]) -> Published:
    """Check published tables and return them.

    Parameters
    ----------
    tables
        Name to table, every cell text; `framework` is required, the others of `SCHEMAS` may be absent.

    Raises
    ------
    DataError
        A required table or a column is missing, a column stands in the place of another, a cell does not hold what
        its column holds, a row is double or missing. All problems at once, columns before cells before rows.
    """
    if "framework" not in tables:
        raise DataError(
            [Problem("framework.csv", None, None, None, "does not exist", "add the table of areas and sub-areas")]
        )
    problems = [p for name in SCHEMAS if name in tables for p in _check_columns(name, tables[name])]
    if not problems:
        problems = [p for name in SCHEMAS if name in tables for p in _check_cells(name, tables[name])]
    if not problems:
        problems = _check_structure(tables)
    if problems:
        raise DataError(problems)
    return Published(
        {name: tables[name].reset_index(drop=True) for name in SCHEMAS if name in tables},
        tuple(name for name in SCHEMAS if name not in tables),
    )


def read_published(folder: Path) -> Published:
    """Read and check the published tables of a folder; see `published_tables`.

    Raises
    ------
    DataError
        The folder does not exist, holds no `framework.csv`, or a table is malformed.
    """
    if not folder.is_dir():
        raise DataError(
            [Problem(folder.name, None, None, None, "no such folder", "name the folder that holds framework.csv")]
        )
    return published_tables(
        {name: _read(folder / f"{name}.csv") for name in SCHEMAS if (folder / f"{name}.csv").is_file()}
    )


def read_edition(edition_root: Path) -> Published:
    """Read what the printed report of an edition says, from the edition's folder."""
    return read_published(edition_root / "published")
