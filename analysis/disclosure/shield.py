"""The plan at the hands of notebooks and of the publication: what is withheld, and the sign in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.config import WITHHELD, Disclosure
from analysis.disclosure.plan import COLUMNS, ORDER, WHOLE, protect
from analysis.errors import MethodError

PLAN = "36_protection/plan.csv"
OVERALL = "ALL"
ENDS = ("highest", "lowest", "leader")


@dataclass(frozen=True)
class Shield:
    """What a publication withholds.

    `plan` has the columns that `make_plan` returns; without a rule it is empty and everything passes unchanged.
    """

    plan: pd.DataFrame
    settings: Disclosure

    @property
    def active(self) -> bool:
        """Whether anything is done to the publication."""
        return self.settings.protects and self.settings.action == "suppress"

    @cached_property
    def cells(self) -> frozenset[tuple[str, str, str, str]]:
        """Withheld statistics: dimension, group, code, measure."""
        keys = ["dimension", "group", "code", "measure"]
        return frozenset(self.plan[keys].astype(str).itertuples(index=False, name=None)) if self.active else frozenset()

    @cached_property
    def _whole(self) -> pd.DataFrame:
        return self.plan[self.plan["reason"] != ORDER] if self.active else self.plan.iloc[:0]

    def groups(self, dimension: str) -> frozenset[str]:
        """Groups of a dimension whose overall score is withheld: too small, or the complement of one that is."""
        return self._groups.get(dimension, frozenset())

    @cached_property
    def _groups(self) -> dict[str, frozenset[str]]:
        rows = self._whole[self._whole["code"] == OVERALL]
        return {str(d): frozenset(own.astype(str)) for d, own in rows.groupby("dimension")["group"]}

    @cached_property
    def elements(self) -> frozenset[str]:
        """Elements whose sums are withheld even of all respondents together."""
        return frozenset(self._whole.loc[self._whole["dimension"] == WHOLE, "code"].astype(str))

    def hides(self, dimension: str, group: str, code: str | None = None, measure: str = "mean") -> bool:
        """Whether a statistic is withheld; without a code, whether the group is."""
        if code is None:
            return group in self.groups(dimension)
        return (dimension, group, code, measure) in self.cells

    def scores(self, cross: pd.DataFrame) -> pd.DataFrame:
        """Cross-sections as they are published: withheld values missing, the others rounded as the rule says."""
        if not self.active:
            return cross
        return protect(cross, self.plan, self.settings)

    def means(self, table: pd.DataFrame, dimension: str) -> pd.DataFrame:
        """Empty the column `mean` of a table with columns group, code, mean where the mean is withheld."""
        gone = [self.hides(dimension, str(g), str(c)) for g, c in zip(table["group"], table["code"], strict=True)]
        return table.assign(mean=table["mean"].mask(np.array(gone, dtype=bool)))

    def lines(self, table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """Put the sign of a withheld value into `columns` of the rows whose `dimension` and `group` are withheld."""
        pairs = zip(table["dimension"].astype(str), table["group"].astype(str), strict=True)
        return _signed(table, columns, [self.hides(d, g) for d, g in pairs])

    def ends(self, table: pd.DataFrame, *, dimension: str = "", words: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Put the sign into the columns that say which group is first or last, where the dimension hides any group.

        `dimension` is that of all rows; empty, if the table has a column `dimension`, whose entries are codes, or
        `words` for them (code → word).
        """
        code_of = {word: code for code, word in (words or {}).items()}
        of = [dimension] * len(table) if dimension else [code_of.get(d, d) for d in table["dimension"].astype(str)]
        return _signed(table, [c for c in ENDS if c in table], [bool(self.groups(d)) for d in of])

    def sums(self, table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """Put the sign into `columns` of the rows whose `code` is an element without published sums."""
        return _signed(table, columns, [str(code) in self.elements for code in table["code"]])

    def columns(self, table: pd.DataFrame, of: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
        """Put the sign into the columns of withheld groups; `of` says which dimension and group a column is about."""
        out = table.copy()
        for name in [c for c, key in of.items() if c in table and self.hides(*key)]:
            out[name] = out[name].where(out[name].isna() | (out[name] == ""), WITHHELD)
        return out

    def matrix(self, table: pd.DataFrame, groups: Sequence[str], dimension: str) -> pd.DataFrame:
        """Put the sign into rows and columns of withheld groups of a table that has one of each for every group."""
        gone = [self.hides(dimension, group) for group in groups]
        out = _signed(table, list(groups), gone)
        return self.columns(out, {group: (dimension, group) for group in groups})


def _signed(table: pd.DataFrame, columns: Sequence[str], gone: Sequence[bool]) -> pd.DataFrame:
    if not any(gone):
        return table
    rows = pd.Series(list(gone), index=table.index)
    return table.assign(**{name: table[name].astype(object).mask(rows, WITHHELD) for name in columns})


def read_shield(build: Path, settings: Disclosure) -> Shield:
    """Read the plan of a build.

    Raises
    ------
    MethodError
        A rule is set, but the plan has not been made.
    """
    path = build / PLAN
    if not settings.protects:
        return Shield(pd.DataFrame(columns=COLUMNS), settings)
    if not path.is_file():
        raise MethodError(
            f"{PLAN} is not there, yet disclosure.rule is {settings.rule}; run klastry build 36_protection"
        )
    text = {"dimension": str, "group": str, "code": str, "measure": str, "reason": str}
    return Shield(pd.read_csv(path, dtype=text, keep_default_na=False, na_values={"low": "", "high": ""}), settings)
