"""Pandera schema of a raw table whose cells are still text, and what its failures mean to the person who typed them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pandas as pd
import pandera.pandas as pa

from analysis.errors import Problem, Said, suggest
from analysis.messages import say
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


def _explain_number(value: str, item: Item) -> tuple[Said, Said]:
    text = value.strip()
    bare = _SPACES.sub("", text)
    if re.fullmatch(_DECIMAL, bare) and bare != text:
        return say("spaces_inside"), say("write", value=bare)
    if re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", bare):
        return say("comma"), say("comma.do", point=bare.replace(",", "."), joined=bare.replace(",", ""))
    if re.fullmatch(r"-?[0-9]+,[0-9]+", bare):
        return say("decimal_comma"), say("decimal_comma.do", value=bare.replace(",", "."))
    if re.fullmatch(r"-?[0-9]{1,3}([,.][0-9]{3})+", bare) and len(re.findall(r"[,.]", bare)) > 1:
        return say("thousands"), say("write", value=re.sub("[,.]", "", bare))
    if re.fullmatch(r"-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", bare):
        return say("scientific"), say("scientific.do")
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", bare) and item.type not in FLOAT_TYPES:
        whole, rest = bare.split(".")
        if not rest.strip("0"):
            return say("not_written_whole"), say("write", value=whole)
        return say("not_whole"), say("not_whole.do")
    if re.fullmatch(r"-?[0-9.]+", bare) and bare.count(".") < 2 and len(bare) > 15:
        return say("too_long"), say("too_long.do")
    if re.search(r"[^\W\d_]", bare):
        return say("letter"), say("letter.do")
    return say("not_number"), say("not_number.do")


def _nearest(hint: Said) -> Said:
    """A hint of near names only; the list of all allowed ones is said elsewhere."""
    return hint if hint.startswith("; did") else Said("")


def _explain_option(value: str, item: Item) -> tuple[Said, Said]:
    near = suggest(value.strip(), item.options)
    if len(item.options) <= 12:
        return say("not_option"), say("not_option.do", options=", ".join(item.options), hint=_nearest(near))
    return say("not_option"), say("not_option_long.do", name=item.option_list, hint=near)


def _explain(kind: str, value: str | None, item: Item, key_pattern: str | None, first: str) -> tuple[Said, Said]:
    text = "" if value is None else value
    unit = f" ({item.unit})" if item.unit else ""
    match kind:
        case "not_nullable" if item.type == "id":
            return say("no_identifier"), say("no_identifier.do")
        case "not_nullable":
            return say("required"), say("fill")
        case "spaces" if not text.strip():
            return say("only_spaces"), say("empty_cell")
        case "spaces":
            return say("spaces"), say("write", value=repr(text.strip()))
        case "number":
            return _explain_number(text, item)
        case "option":
            return _explain_option(text, item)
        case "minimum" | "maximum":
            bound = item.minimum if kind == "minimum" else item.maximum
            return say(kind, bound=f"{bound:.15g}"), say("bound.do", unit=unit)
        case "id":
            return say("not_identifier"), say("not_identifier.do", form=key_pattern or _DEFAULT_ID)
        case "unique":
            return say("identifier_used", row=first), say("identifier_used.do")
    raise AssertionError(f"no explanation for the check {kind}")


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
            remedy = say("column_absent.do", hint=_nearest(near))
            problems.append(Problem(file, 1, str(case), None, say("column_absent"), remedy))
            continue
        if kind == "column_in_schema":
            absent = [name for name in by_name if name not in cells.columns]
            near = suggest(str(case), absent) if absent else Said("")
            remedy = say("column_unknown.do", hint=_nearest(near))
            problems.append(Problem(file, 1, str(case), None, say("column_unknown"), remedy))
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
