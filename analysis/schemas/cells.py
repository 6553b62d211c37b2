"""Pandera schema of a raw table whose cells are still text, and what its failures mean to the person who typed them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pandas as pd
import pandera.pandas as pa

from analysis.errors import Problem, suggest
from analysis.schemas.codebook import CHOICE_TYPES, CODED_VALUES, FLOAT_TYPES, NUMERIC_TYPES, Item

_WHOLE = r"-?[0-9]{1,15}"
_DECIMAL = r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?"
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_DEFAULT_ID = r"[A-Za-z][A-Za-z0-9_-]*"


def _stripped(cells: pd.Series) -> pd.Series:
    return cells.str.strip()


def _numbers(cells: pd.Series, item: Item) -> pd.Series:
    """Return the cells that are well-formed numbers as numbers, all others as missing."""
    text = _stripped(cells)
    return pd.to_numeric(text.where(text.str.fullmatch(_pattern(item))), errors="coerce")


def _pattern(item: Item) -> str:
    return _DECIMAL if item.type in FLOAT_TYPES else _WHOLE


def _check(kind: str, test: Callable[[pd.Series], pd.Series]) -> pa.Check:
    return pa.Check(test, name=kind, error=kind)


def _checks(item: Item, key: str | None, key_pattern: str | None) -> list[pa.Check]:
    checks = []
    if item.type != "text":
        checks.append(_check("spaces", lambda s: _stripped(s) == s))
    if item.type in CODED_VALUES or item.type in CHOICE_TYPES:
        checks.append(_check("option", lambda s: _stripped(s).isin([*item.options, ""])))
    elif item.type in NUMERIC_TYPES:
        form = _pattern(item)
        checks.append(_check("number", lambda s: _stripped(s).str.fullmatch(form) | (_stripped(s) == "")))
        checks.append(_check("minimum", lambda s: ~(_numbers(s, item) < item.minimum)))
        checks.append(_check("maximum", lambda s: ~(_numbers(s, item) > item.maximum)))
    elif item.type == "id":
        wanted = key_pattern if item.name == key and key_pattern else _DEFAULT_ID
        checks.append(_check("id", lambda s: _stripped(s).str.fullmatch(wanted) | (_stripped(s) == "")))
        if item.name == key:
            checks.append(_check("unique", lambda s: ~_stripped(s).duplicated()))
    return checks


def build_schema(
    items: Sequence[Item], *, key: str | None = None, key_pattern: str | None = None
) -> pa.DataFrameSchema:
    """Build the schema of a raw table from its codebook; cells are text, an empty cell is missing.

    Parameters
    ----------
    items
        The parsed codebook.
    key
        Item that identifies a row; it may not be empty or repeated.
    key_pattern
        Regular expression the key must match in full.

    Notes
    -----
    Validate with `lazy=True` and hand the failures to `cell_problems`.
    """
    columns = {
        item.name: pa.Column(
            None,
            _checks(item, key, key_pattern),
            nullable=not (item.name == key or (item.required and not item.conditions)),
        )
        for item in items
    }
    return pa.DataFrameSchema(columns, strict=True)


def _explain_number(value: str, item: Item) -> tuple[str, str]:
    text = value.strip()
    bare = _SPACES.sub("", text)
    empty = "leave the cell empty if there is no answer"
    if re.fullmatch(_DECIMAL, bare) and bare != text:
        return "has spaces inside a number", f"write {bare}"
    if re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", bare):
        point, joined = bare.replace(",", "."), bare.replace(",", "")
        return (
            "has a comma in a number",
            f"use a point if it is a decimal comma ({point}), nothing if it marks thousands ({joined})",
        )
    if re.fullmatch(r"-?[0-9]+,[0-9]+", bare):
        return "has a decimal comma in a number", f"use a point: {bare.replace(',', '.')}"
    if re.fullmatch(r"-?[0-9]{1,3}([,.][0-9]{3})+", bare) and len(re.findall(r"[,.]", bare)) > 1:
        return "has thousands separators", f"write {re.sub('[,.]', '', bare)}"
    if re.fullmatch(r"-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", bare):
        return "is in scientific notation, digits may be lost", "write the whole number with all its digits"
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", bare) and item.type not in FLOAT_TYPES:
        whole, rest = bare.split(".")
        if not rest.strip("0"):
            return "is not written as a whole number", f"write {whole}"
        return "is not a whole number", "write a whole number; this question counts things"
    if re.fullmatch(r"-?[0-9.]+", bare) and bare.count(".") < 2 and len(bare) > 15:
        return "is too long for a number", "check the number of digits"
    if re.search(r"[^\W\d_]", bare):
        return "has a letter in a number", f"write digits only, without a unit; {empty}"
    return "is not a number", f"write digits only; {empty}"


def _explain_option(value: str, item: Item) -> tuple[str, str]:
    near = suggest(value.strip(), item.options)
    if len(item.options) <= 12:
        near = f"use one of: {', '.join(item.options)}, or nothing" + (near if near.startswith("; did") else "")
    else:
        near = f"use an option of the list `{item.option_list}`{near}"
    return "is not an allowed answer", near


def _show(bound: float) -> str:
    return f"{bound:.15g}"


def _explain(kind: str, value: str | None, item: Item, key_pattern: str | None, first: str) -> tuple[str, str]:
    text = "" if value is None else value
    if kind == "not_nullable":
        what = "the row has no identifier" if item.type == "id" else "a required answer is missing"
        return what, "fill in the cell" + ("; delete the row if it is empty" if item.type == "id" else "")
    if kind == "spaces":
        if not text.strip():
            return "holds only spaces", "empty the cell"
        return "has spaces around the answer", f"write {text.strip()!r}"
    if kind == "number":
        return _explain_number(text, item)
    if kind == "option":
        return _explain_option(text, item)
    if kind == "minimum":
        return f"is below the least possible value {_show(item.minimum)}", "check the answer and its unit" + _unit(item)
    if kind == "maximum":
        return f"is above the greatest possible value {_show(item.maximum)}", "check the answer and its unit" + _unit(
            item
        )
    if kind == "id":
        return "is not an identifier of this file", f"identifiers have the form {key_pattern or _DEFAULT_ID}"
    if kind == "unique":
        return (
            f"the identifier is already used in row {first}",
            "keep one of the two rows, or give one its own identifier",
        )
    raise AssertionError(f"no explanation for the check {kind}")


def _unit(item: Item) -> str:
    return f" ({item.unit})" if item.unit else ""


def cell_problems(
    cells: pd.DataFrame,
    lines: pd.Series,
    items: Sequence[Item],
    *,
    file: str,
    key: str | None = None,
    key_pattern: str | None = None,
) -> list[Problem]:
    """Validate a table of text cells; every failure of every cell becomes a `Problem`.

    Parameters
    ----------
    cells
        (n_rows, n_columns) text, empty cells missing; default index.
    lines
        (n_rows,) line of each row in the file.
    items, key, key_pattern
        See `build_schema`.
    file
        Name of the file, for messages.
    """
    try:
        build_schema(items, key=key, key_pattern=key_pattern).validate(cells, lazy=True)
    except pa.errors.SchemaErrors as error:
        failures = error.failure_cases
    else:
        return []
    by_name = {item.name: item for item in items}
    problems = []
    for failure in failures.to_dict("records"):
        kind, case = str(failure["check"]), failure["failure_case"]
        if kind == "column_in_dataframe":
            near = suggest(str(case), [c for c in cells.columns if c not in by_name])
            remedy = "add the column; its cells may stay empty" + (near if near.startswith("; did") else "")
            problems.append(Problem(file, 1, str(case), None, "the column is missing", remedy))
            continue
        if kind == "column_in_schema":
            absent = [name for name in by_name if name not in cells.columns]
            near = suggest(str(case), absent) if absent else ""
            remedy = "remove the column or describe it in the codebook" + (near if near.startswith("; did") else "")
            problems.append(Problem(file, 1, str(case), None, "the column is not in the codebook", remedy))
            continue
        if failure["index"] is None or pd.isna(failure["index"]):
            raise AssertionError(f"{file}, {failure['column']}: the check {kind} failed without a row: {case}")
        item, position = by_name[str(failure["column"])], int(failure["index"])
        value = None if pd.isna(case) else str(case)
        first = ""
        if kind == "unique":
            same = cells.index[cells[item.name].str.strip() == str(value).strip()]
            first = str(lines.loc[same[0]])
        message, remedy = _explain(kind, value, item, key_pattern, first)
        problems.append(Problem(file, int(lines.loc[position]), item.name, value, message, remedy))
    return problems
