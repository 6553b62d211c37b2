"""Conditions for taking part in the study, as far as the register can test them; for the others, why it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import pandas as pd
from pydantic import model_validator

from analysis.framework import Framework
from analysis.knowledge.records import Record, Reference, count_row, read_rows, with_counts

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"


class Condition(Record):
    """A row of `eligibility.csv`: a condition with its number in the list of the study, and how it is tested.

    `test` is empty where the register does not hold what is needed; then `reason` says what is missing.
    """

    KIND: ClassVar[str] = "condition"
    CODES: ClassVar[frozenset[str]] = frozenset({"id", "no", "criterion_en", "test", "line"})

    id: str
    no: int
    criterion_pl: str
    criterion_en: str
    test: Literal["", "years", "members", "sectors", "voivodeships"] = ""
    checked: str = ""
    reason: str = ""
    line: int

    @model_validator(mode="after")
    def _tested_or_explained(self) -> Condition:
        if bool(self.test) == bool(self.reason):
            raise ValueError("either test or reason must be given, and not both")
        return self


def load_conditions(path: Path, framework: Framework) -> list[Condition]:
    """Read `eligibility.csv`; raises `ConfigError` as `read_rows` does."""
    return read_rows(path, Condition, Reference.read(path.parent, framework))


def check_conditions(
    conditions: Sequence[Condition],
    registry: pd.DataFrame,
    *,
    limits: Mapping[str, float],
    at: int,
    sectors: Sequence[str],
    voivodeships: Sequence[str],
) -> pd.DataFrame:
    """Test each condition on the register.

    Parameters
    ----------
    registry
        Columns name, founded, operating_since (may be empty), members, sector, voivodeship.
    limits
        `years` and `members`: least number of years of activity at the end of year `at`, and of members.
    sectors, voivodeships
        All that there are.

    Returns
    -------
    pd.DataFrame
        A row for each condition: id, no, verdict (met, not_met, unknown), n (that satisfy it), of (that were tested),
        least (smallest value; missing where there is none), names (of what fails or is missing, joined by commas).
    """
    since = registry["operating_since"].where(registry["operating_since"] != "", registry["founded"]).astype(int)
    own = {"years": at - since, "members": registry["members"].astype(int)}
    whole = {"sectors": ("sector", sectors), "voivodeships": ("voivodeship", voivodeships)}
    rows: list[dict[str, Any]] = []
    for condition in conditions:
        row: dict[str, Any] = {"id": condition.id, "no": condition.no, "verdict": UNKNOWN}
        if condition.test in own:
            values = own[condition.test]
            failing = registry.loc[values < limits[condition.test], "name"]
            row |= {"n": len(registry) - len(failing), "of": len(registry), "least": int(values.min())}
            row |= {"verdict": NOT_MET if len(failing) else MET, "names": ", ".join(failing)}
        elif condition.test:
            column, expected = whole[condition.test]
            missing = [name for name in expected if name not in set(registry[column])]
            row |= {"n": len(expected) - len(missing), "of": len(expected)}
            row |= {"verdict": NOT_MET if missing else MET, "names": ", ".join(missing)}
        rows.append(row)
    return pd.DataFrame(rows, columns=["id", "no", "verdict", "n", "of", "least", "names"]).astype(
        {"n": "Int64", "of": "Int64", "least": "Int64"}
    )


def funnel(steps: Mapping[str, float]) -> pd.DataFrame:
    """How many clusters were left after each step of recruitment: step, clusters, share of the step before (percent).

    Raises
    ------
    ValueError
        A step holds more clusters than the one before.
    """
    table = pd.DataFrame({"step": list(steps), "clusters": [float(x) for x in steps.values()]})
    growing = table["clusters"].diff() > 0
    if growing.any():
        raise ValueError(f"step `{table.loc[growing, 'step'].iloc[0]}` holds more clusters than the step before")
    table["share_of_previous"] = 100 * table["clusters"] / table["clusters"].shift()
    return table


def facts_table(conditions: Sequence[Condition], tested: pd.DataFrame) -> pd.DataFrame:
    """Results of the tests, as a table of facts (see `records.facts_table`)."""
    where = conditions[0].place.file
    names = {c.id: c.criterion_pl for c in conditions}
    counts = tested["verdict"].value_counts()
    rows = [
        count_row("eligibility.n", tested["no"].nunique() - 1, "Warunki udziału w badaniu", where),
        count_row("eligibility.tested", int(counts.get(MET, 0) + counts.get(NOT_MET, 0)),
                  "Warunki, które da się sprawdzić w rejestrze", where),
        count_row("eligibility.unknown", int(counts.get(UNKNOWN, 0)),
                  "Warunki, których rejestr nie pozwala sprawdzić", where),
    ]  # fmt: skip
    for row in tested[tested["verdict"] != UNKNOWN].to_dict("records"):
        ident = row["id"]
        rows.append(count_row(f"eligibility.{ident}.n", int(row["n"]), f"{names[ident]}: spełnia", where))
        rows.append(count_row(f"eligibility.{ident}.of", int(row["of"]), f"{names[ident]}: sprawdzono", where))
        if pd.notna(row["least"]):
            unit = {"years": "years", "members": "members"}[ident]
            rows.append(count_row(f"eligibility.{ident}.least", int(row["least"]), f"{names[ident]}: najmniej", where,
                                  unit=unit))  # fmt: skip
        if ident in ("sectors", "voivodeships"):
            absent = int(row["of"] - row["n"])
            rows.append(count_row(f"eligibility.{ident}.missing", absent, f"{names[ident]}: ilu brakuje", where))
        if row["names"]:
            label = f"{names[ident]}: czego brakuje"
            rows.append(count_row(f"eligibility.{ident}.names", row["names"], label, where, unit="text"))
    nobody: Sequence[Record] = ()
    return with_counts(nobody, rows)
