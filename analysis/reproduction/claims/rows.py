"""The statements of the printed report beside what the build says: one row of the ledger for each.

`basis` of a row says what it is compared with, and so what its agreement is worth:

- `answers`: recomputed from the answers of the build; counted in the headline of the ledger;
- `inputs`: a number that the inputs transcribe (registry, framework, `edition.yaml`, method);
- `print`: a number of an earlier edition, or one that follows from such numbers: two printed numbers compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem
from analysis.reproduction.claims.data import ClaimData, member_values, reference_value, values_of
from analysis.reproduction.claims.grammar import Statistic, holds, in_words, stands_for
from analysis.reproduction.claims.measures import change, measure, on_values, over_areas, regression
from analysis.reproduction.claims.resolve import CHANGES, FILE, INPUTS, PRINT, Claim, resolve
from analysis.reproduction.printed import Interval, round_half_up

YEARS = 6  # of the compound growth between the two dates that are printed with it
WITHOUT_LARGEST = "all_excl_leader"  # group: all clusters but the one with the largest value
NAMES = {INPUTS: "a number of the inputs, transcribed", PRINT: "two printed numbers compared"}


@dataclass(frozen=True)
class Evaluated:
    """A row of the ledger, with the quantity it speaks of and the values (base units) it stands for, where known."""

    row: dict[str, Any]
    quantity: str
    interval: Interval | None
    claim: Claim


def quantity(items: str, base: str, statistic: Statistic) -> str:
    """Return a text that is the same for two statements about one quantity of the edition."""
    parts = [statistic.name, statistic.test, statistic.argument]
    if statistic.test:  # without a test the bounds are those of the printed number
        parts += ["" if bound is None else f"{bound:g}" for bound in (statistic.low, statistic.high)]
    return f"{' '.join(p for p in parts if p)} | {items} | {base}"


def claim_rows(claims: pd.DataFrame, data: ClaimData, links: pd.DataFrame) -> list[Evaluated]:
    """Compare every statement with the data.

    Parameters
    ----------
    claims
        Rows of `claims.csv`, all text.
    data
        What they are compared with.
    links
        See `analysis.reproduction.claims.resolve`.

    Returns
    -------
    list of Evaluated
        One for each statement, in the order of the file. `recomputed` is in the printed unit.

    Raises
    ------
    DataError
        See `resolve`; also an expression or a reference that names nothing in the data.
    """
    out, problems = [], []
    for claim in resolve(claims, links):
        try:
            out.append(_evaluate(claim, data))
        except FrameworkError as error:
            problems.append(
                Problem(FILE, claim.number, "subject", claim.row["subject"], str(error), "correct the link of the row")
            )
    if problems:
        raise DataError(problems)
    return out


def _evaluate(claim: Claim, data: ClaimData) -> Evaluated:
    r = claim.row
    row: dict[str, Any] = {
        "source": "claims", "id": r["id"], "chapter": r["section"].split("/")[0].split(".")[0].split()[0],
        "section": r["section"], "line": r["line"], "key": r["subject"], "statistic": r["statistic"],
        "group": claim.group, "period": r["period"], "basis": claim.basis, "published": r["value"],
        "unit": r["unit"], "printed_decimals": claim.printed.decimals, "recomputed": None, "difference": None,
    }  # fmt: skip
    value, ok = (None, False) if claim.why_not else _value(claim, data)
    if value is None or value != value:
        row |= {"match": "not computable", "reason": claim.why_not or "no answer to compute it from"}
        return Evaluated(row, "", None, claim)
    row |= {"recomputed": value, "match": "yes" if ok else "no"}
    if not claim.relation and claim.mode != "most" and claim.statistic.name != "mostly_le":
        row["difference"] = float(round_half_up(value, claim.printed.decimals) - claim.printed.value)
    words = [f"{NAMES[claim.basis]} ({claim.against})" if claim.basis in NAMES else "", claim.note]
    words += [] if ok else [in_words(claim.printed, claim.relation)]
    row["reason"] = "; ".join(w for w in words if w)
    if claim.basis == PRINT:
        name = quantity(r["subject"], claim.group, claim.statistic) + f" | {r['period']}"
    elif claim.basis == INPUTS:
        name = f"inputs | {claim.against}"
    elif claim.against or claim.mode:
        name = ""
    else:
        base = WITHOUT_LARGEST if r["group"] == WITHOUT_LARGEST else claim.base
        name = quantity(("member:" if claim.of_members else "") + ";".join(claim.items), base, claim.measure)
    found = stands_for(claim.printed, claim.relation, claim.statistic.low, claim.statistic.high)
    return Evaluated(row, name, found.times(claim.scale) if found else None, claim)


def _value(claim: Claim, data: ClaimData) -> tuple[float | None, bool]:
    """Return the value in the printed unit, and whether the statement holds."""

    def judged(value: float | None) -> tuple[float | None, bool]:
        if value is None or value != value:
            return None, False
        shown = value / claim.scale
        low, high = claim.statistic.low, claim.statistic.high
        return shown, holds(shown, claim.printed, claim.relation, low, high)

    if claim.basis != "answers":
        return judged(reference_value(claim.against, data))
    if claim.mode == "regression":
        return judged(regression(claim.statistic.name, claim.items[0], data))
    if claim.mode == "most":
        medians = sorted(float(values_of(item, claim.base, data).median()) for item in claim.items)
        middle = medians[len(medians) // 2]
        return middle, middle <= float(claim.printed.value)
    if claim.mode == "all":
        each = [judged(_computed(claim, item, data)) for item in claim.items]
        if any(value is None for value, _ in each):
            return None, False
        far = max(each, key=lambda e: abs((e[0] or 0.0) - float(claim.printed.value)))
        return far[0], all(ok for _, ok in each)
    if claim.statistic.name == "mostly_le":
        values = values_of(claim.items[0], "self>0", data)
        within = 100.0 * float((values <= float(claim.printed.value) * claim.scale).mean())
        return within, within > 50
    value = _computed(claim, claim.items[0], data)
    if value is not None and claim.against and claim.statistic.name in CHANGES:
        previous = reference_value(claim.against, data)
        name = "ratio" if claim.statistic.name in ("ratio_median", "ratio_to_economy") else claim.statistic.name
        value = change(name, value, previous, inverse=claim.inverse, years=YEARS)
    return judged(value)


def _computed(claim: Claim, item: str, data: ClaimData) -> float | None:
    if claim.row["subject"] == "area:*":
        return over_areas(claim.measure.name, claim.group, data)
    if claim.of_members:
        values = member_values(item, data)
        return on_values(claim.measure, values, item, len(values)) if len(values) else None
    if claim.row["group"] == WITHOUT_LARGEST:
        values = values_of(item, claim.base, data)
        return float(values.drop(values.idxmax()).mean()) if len(values) > 1 else None
    return measure(claim.measure, item, claim.base, data)
