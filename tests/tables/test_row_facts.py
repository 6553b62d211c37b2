"""Facts from rows: the same values, keys and decimals as rows taken one by one; an empty text is a fact or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import FactError
from analysis.facts import FactSet
from analysis.tables.facts import add_row_facts

COLUMNS = {
    "value": {"unit": "score", "decimals": 2}, "rank": {}, "own": {"unit": "unit", "decimals": "decimals"},
    "word": {"unit": "text"},
}  # fmt: skip


def mixed(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = 12
    table = pd.DataFrame(
        {
            "code": [f"I.{i}" for i in range(rows)], "value": rng.random(rows), "rank": rng.integers(1, 9, rows),
            "own": rng.integers(0, 5, rows) / 2, "unit": rng.choice(["percent", "count"], rows),
            "decimals": rng.integers(0, 3, rows), "word": rng.choice(["", "yes", "no"], rows),
            "n": pd.array(rng.choice([5, 7, pd.NA], rows), dtype="Int64"), "items": rng.choice(["a;b", "c"], rows),
        }
    )  # fmt: skip
    table.loc[rng.random(rows) < 0.3, "value"] = np.nan
    table["rank"] = table["rank"].astype("Int64").where(table.index != 2)
    return table


@pytest.mark.parametrize("seed", range(4))
def test_facts_are_those_of_single_rows(seed: int) -> None:
    table = mixed(seed)
    facts = FactSet("x")
    add_row_facts(facts, table, "p", path="t.csv", columns=COLUMNS, key="code", inputs="items")
    wanted = FactSet("x")
    for _, row in table.iterrows():
        for column, how in COLUMNS.items():
            if pd.isna(row[column]):
                continue
            own = how.get("unit") == "unit"
            wanted.add(
                f"p.{row['code']}.{column}", row[column], unit=row["unit"] if own else how.get("unit", "count"),
                decimals=int(row["decimals"]) if own else how.get("decimals", 0), table="t.csv", key=row["code"],
                column=column, inputs=tuple(row["items"].split(";")), n=None if pd.isna(row["n"]) else int(row["n"]),
            )  # fmt: skip
    assert list(facts) == list(wanted) and len(facts) > 30


def test_an_empty_text_is_no_fact_where_it_is_said_so() -> None:
    table = pd.DataFrame({"code": ["a", "b"], "word": ["", "yes"]})
    counts = []
    for empty in (True, False):
        facts = FactSet("x")
        add_row_facts(facts, table, "p", path="t.csv", columns={"word": {"unit": "text"}}, key="code", empty=empty)
        counts.append([fact.id for fact in facts])
    assert counts == [["p.a.word", "p.b.word"], ["p.b.word"]]


def test_two_rows_with_one_key_are_refused() -> None:
    table = pd.DataFrame({"code": ["a", "a"], "rank": [1, 2]})
    with pytest.raises(FactError, match="more than one row for 'a'"):
        add_row_facts(FactSet("x"), table, "p", path="t.csv", columns={"rank": {}}, key="code")
