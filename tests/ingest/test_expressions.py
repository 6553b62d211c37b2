"""Checks written in a table: what they may say, what they mean, and that nothing else can be said."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import FrameworkError
from analysis.ingest.expressions import parse_expression, violations

TABLE = pd.DataFrame(
    {
        "a": pd.array([1, 2, 3, pd.NA], dtype="Int64"),
        "b": [0.1, 2.0, 0.0, 1.0],
        "c": [0.2, 0.0, 1.0, 1.0],
        "kind": pd.Series(["x", "y", None, "x"], dtype="str"),
    }
)


def broken(text: str) -> list[int]:
    return TABLE.index[violations(parse_expression(text, list(TABLE.columns)), TABLE)].tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a < 2", [1, 2]),
        ("a >= b", []),
        ("1 <= a <= 2", [2]),
        ("a + b * 2 == 1.2", [1, 2]),
        ("(a + b) * 2 == 2.2", [1, 2]),
        ("b + c <= 0.3", [1, 2, 3]),  # 0.1 + 0.2 is 0.30000000000000004 in floats
        ("b + c != 0.3", [0]),
        ("b + c > 0.3", [0]),
        ("-a < 0", []),
        ("kind == 'x'", [1]),
        ("kind != 'x' or a == 1", []),
        ("kind == 'x' and b < 1", [1, 3]),
        ("not kind == 'x'", [0, 3]),
        ("a / b <= 5", [0]),  # row 2 divides by zero, row 3 has no a: neither applies
        ("a - c / 2 > 1", [0]),
    ],
)
def test_meaning(text: str, rows: list[int]) -> None:
    assert broken(text) == rows


def test_missing_value_makes_a_check_not_applicable() -> None:
    assert broken("a == 99") == [0, 1, 2]
    assert broken("a == 99 or kind == 'z'") == [0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.b == 1",
        "a[0] == 1",
        "max(a, b) == 1",
        "a ** 9 == 1",
        "a // b == 1",
        "a in (1, 2)",
        "a is 1",
        "[a] == 1",
        "(lambda: 1) == a",
        "a if b else c",
        "f'{a}' == 'x'",
        "(a := 1) == 1",
        "True == a",
        "a == None",
        "a",
        "1 < 2",
        "not a",
        "a and b",
        "(a > 1) + 1 == 2",
        "-(a > 1) < 2",
        "a > ",
        "",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(FrameworkError, match="expression `"):
        parse_expression(text, list(TABLE.columns))


def test_unknown_column_gets_a_suggestion() -> None:
    with pytest.raises(FrameworkError, match=r"no column `kinds`; did you mean kind\?"):
        parse_expression("kinds == 'x'", list(TABLE.columns))


@pytest.mark.parametrize("text", ["kind > 1", "a == 'x'", "kind + a > 1"])
def test_number_against_text(text: str) -> None:
    with pytest.raises(FrameworkError, match="compare numbers with numbers"):
        broken(text)


@given(
    st.lists(st.tuples(*[st.integers(-9, 9)] * 3), min_size=1, max_size=8),
    st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]),
    st.sampled_from(["+", "-", "*"]),
    st.sampled_from(["and", "or"]),
)
def test_agrees_with_python_row_by_row(rows: list[tuple[int, int, int]], order: str, sign: str, word: str) -> None:
    text = f"a {sign} b {order} c {word} not a < b"
    table = pd.DataFrame(rows, columns=["a", "b", "c"])
    expected = [not eval(text, {}, dict(zip("abc", row, strict=True))) for row in rows]
    assert violations(parse_expression(text, ["a", "b", "c"]), table).tolist() == expected
