"""What is kept comes back as it was, bit for bit, and a file can bring nothing but values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.composite.structure import Structure
from analysis.errors import PublishError
from analysis.kept import read_kept, write_kept

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.fractions()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
)


@given(value=VALUES)
def test_plain_values_come_back(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("kept") / "v.json"
    write_kept(value, path)
    assert read_kept(path) == value
    assert type(read_kept(path)) is type(value)


def test_tables_come_back_with_their_types(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "third": [1 / 3, np.nan, -0.0],
            "count": [1, 2, 2**62],
            "word": ["a", None, "ż"],
            "mixed": [1, "b", Fraction(1, 3)],
            "yes": [True, False, True],
            "class": pd.Categorical(["x", None, "y"], categories=["y", "x"], ordered=True),
            "day": pd.to_datetime(["2024-01-01", None, "2025-05-05"]),
        },
        index=pd.MultiIndex.from_tuples([("R01", 1), ("R02", 2), ("R03", 3)], names=["who", None]),
    )
    told = {"t": table, "s": table["third"], "i": table.index, "a": table["count"].to_numpy(), "n": np.float64(0.1)}
    write_kept(told, tmp_path / "t.json")
    back = read_kept(tmp_path / "t.json")
    pd.testing.assert_frame_equal(back["t"], table, check_exact=True)
    pd.testing.assert_series_equal(back["s"], table["third"], check_exact=True)
    assert back["a"].dtype == np.int64 and back["n"] == 0.1 and type(back["n"]) is np.float64
    assert np.signbit(back["t"]["third"].iloc[2])


def test_records_of_the_package_come_back(tmp_path: Path) -> None:
    rows = pd.DataFrame({"code": ["A.1", "A.2"], "subarea": ["A", "A"], "area": ["T", "T"]})
    made = Structure.from_hierarchy(rows, source="rows")
    write_kept({("k", 1): made, "nan": [float("inf")]}, tmp_path / "r.json")
    back = read_kept(tmp_path / "r.json")
    assert back[("k", 1)].indicators == made.indicators and back["nan"] == [float("inf")]


@dataclass
class Foreign:
    value: int


def test_other_things_are_neither_kept_nor_made(tmp_path: Path) -> None:
    for value in (Foreign(1), object(), print):
        with pytest.raises(PublishError, match="cannot be kept"):
            write_kept(value, tmp_path / "no.json")
    assert not (tmp_path / "no.json").exists()
    for name in ("os:system", "analysis.kept:write_kept", "analysis.cli:main", "analysis.composite.index:pd.read_csv"):
        (tmp_path / "bad.json").write_text(json.dumps({"record": name, "fields": {"dict": []}}), "utf-8")
        with pytest.raises(PublishError, match="build the edition anew"):
            read_kept(tmp_path / "bad.json")
    (tmp_path / "half.json").write_text('{"dict": [[', "utf-8")
    with pytest.raises(PublishError, match="build the edition anew"):
        read_kept(tmp_path / "half.json")
    with pytest.raises(PublishError, match="not there yet"):
        read_kept(tmp_path / "absent.json")
