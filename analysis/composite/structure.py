"""The structure of an index as data: a tree of indicators and aggregates, checked, with the order of aggregation.

Any number of levels: level 1 are the indicators, the highest level is the index itself (the root).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.errors import FrameworkError, MethodError

NUMBERS = ("goalpost_low", "goalpost_high", "target", "reference", "lower", "upper", "mean", "sd")
"""Optional numbers of an indicator: raw goalposts, target and reference; bounds or moments of its normalisation."""
COLUMNS = ("name", "level", "parent", "direction", "weight", "unit", "denominator", *NUMBERS)
ROOT = "ALL"


@dataclass(frozen=True)
class Group:
    """An aggregate with its children: `code`, `level`, and `members`, the codes that its mean is taken over."""

    code: str
    level: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    """A checked tree; made by `Structure.from_table`.

    `elements` has one row for each indicator and aggregate (index `code`, columns `COLUMNS`) in the order of the
    file; `others` maps columns of the data that are no part of the tree to what they are (group, denominator, other).
    """

    elements: pd.DataFrame
    others: dict[str, str]

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, *, others: dict[str, str] | None = None, source: str = "framework"
    ) -> Structure:
        """Check a table of elements and make the structure.

        Parameters
        ----------
        table
            Index the codes; `parent` is needed ('' or missing at the root); optional `level` (derived if the column
            is absent or empty throughout), `direction` (default 1), `weight` (default 1), `name` (default the code),
            `unit`, `denominator` and the numbers `NUMBERS`.
        others
            Columns of the data that are no part of the tree, by kind.
        source
            Name of the file for messages.

        Raises
        ------
        FrameworkError
            Duplicate code, unknown parent, cycle, no root or several, a level that is not one above its children, a
            direction other than ±1, a weight missing or negative, an aggregate without children. Lists all of them.
        """
        elements = _with_defaults(table)
        problems = _problems(elements, declared="type" in table.columns)
        if problems:
            raise FrameworkError(f"{source}: " + "; ".join(problems))
        elements["level"] = _levels(elements, source)
        return cls(elements[list(COLUMNS)], dict(others or {}))

    @classmethod
    def from_hierarchy(cls, indicators: pd.DataFrame, *, root: str = ROOT, source: str = "framework") -> Structure:
        """Make a three-storey structure from a table of indicators with the columns `area` and `subarea`.

        Raises
        ------
        FrameworkError
            As `from_table`; a sub-area in two areas.
        """
        rows = [pd.DataFrame({"parent": indicators["subarea"]}, index=indicators.index)]
        belongs = indicators[["subarea", "area"]].drop_duplicates()
        torn = belongs["subarea"][belongs["subarea"].duplicated()]
        if len(torn):
            raise FrameworkError(f"{source}: sub-area {', '.join(torn)} lies in more than one area")
        rows.append(pd.DataFrame({"parent": belongs["area"].to_numpy()}, index=belongs["subarea"]))
        areas = list(dict.fromkeys(indicators["area"]))
        rows.append(pd.DataFrame({"parent": [*[root] * len(areas), ""]}, index=[*areas, root]))
        table = pd.concat(rows)
        for column in ("name", "direction", "weight", "unit", "denominator", *NUMBERS):
            if column in indicators.columns:
                table[column] = indicators[column].reindex(table.index) if table.index.is_unique else np.nan
        if not table.index.is_unique:
            double = table.index[table.index.duplicated()].unique()
            raise FrameworkError(
                f"{source}: duplicate code(s) {', '.join(map(str, double))}; give each element its own"
            )
        above = [*belongs["subarea"], *areas, root]
        for column in ("direction", "weight"):
            if column in table.columns:
                table.loc[above, column] = 1.0
        return cls.from_table(table, source=source)

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for code, parent in self.elements["parent"].items():
            if parent:
                found.setdefault(parent, []).append(str(code))
        return {parent: tuple(codes) for parent, codes in found.items()}

    @cached_property
    def _levels(self) -> dict[str, int]:
        return {str(code): int(level) for code, level in self.elements["level"].items()}

    @cached_property
    def root(self) -> str:
        """Code of the index."""
        return str(self.elements.index[self.elements["parent"] == ""][0])

    @cached_property
    def indicators(self) -> list[str]:
        """Codes of the indicators, in the order of the file."""
        return [str(code) for code in self.elements.index if code not in self._children]

    @cached_property
    def aggregates(self) -> list[str]:
        """Codes of the aggregates, children before their parent, the index last."""
        out: list[str] = []
        stack = [(self.root, False)]
        while stack:
            code, done = stack.pop()
            if code not in self._children:
                continue
            if done:
                out.append(code)
                continue
            stack.append((code, True))
            stack += [(child, False) for child in reversed(self._children[code])]
        return out

    @property
    def directions(self) -> pd.Series:
        """(n_indicators,), +1 or -1."""
        return self.elements.loc[self.indicators, "direction"]

    @property
    def weights(self) -> pd.Series:
        """(n_elements,), weights as the file gives them."""
        return self.elements["weight"]

    def children(self, code: str) -> tuple[str, ...]:
        """Return the children of an aggregate; empty for an indicator."""
        return self._children.get(code, ())

    def level(self, code: str) -> int:
        """Return the level of an element, 1 for an indicator."""
        return int(self._levels[code])

    def leaves(self, code: str) -> tuple[str, ...]:
        """Return the indicators below an element (itself, if it is one)."""
        children = self.children(code)
        return tuple(leaf for child in children for leaf in self.leaves(child)) if children else (code,)

    def groups(self, *, area_from: str = "subareas") -> list[Group]:
        """Return the aggregates in the order of computation with what each is a mean of.

        With `area_from: indicators`, an aggregate of level 3 is a mean of all indicators below it.
        """
        out = []
        for code in self.aggregates:
            direct = area_from == "indicators" and self.level(code) == 3
            out.append(Group(code, self.level(code), self.leaves(code) if direct else self.children(code)))
        return out

    def without(self, codes: Iterable[str]) -> Structure:
        """Return the structure without some elements and what is below them; emptied aggregates go as well.

        Raises
        ------
        MethodError
            An unknown code, or nothing would be left.
        """
        dropped = set(codes)
        unknown = sorted(dropped - set(self.elements.index))
        if unknown:
            raise MethodError(f"availability: no element {', '.join(unknown)} in the framework")
        dropped = {leaf for code in dropped for leaf in self.leaves(code)}
        kept = set(self.indicators) - dropped
        if not kept:
            raise MethodError("availability: no indicator is left in the index")
        alive = [c for c in self.elements.index if any(leaf in kept for leaf in self.leaves(str(c)))]
        return Structure(self.elements.loc[alive], self.others)

    def effective_weights(self, weights: pd.Series, *, area_from: str = "subareas") -> pd.DataFrame:
        """Weight of each element within its parent and in the index, if nothing is missing and means are arithmetic.

        Parameters
        ----------
        weights
            (n_elements,), weights in use.
        area_from
            As `groups`; with `indicators`, a sub-area weighs what its indicators weigh.

        Returns
        -------
        DataFrame
            (n_elements, 4), index `code`: parent, level, `within_parent` (children of a parent sum to 1), `effective`
            (each level of a tree with equal depths sums to 1).

        Raises
        ------
        MethodError
            All weights of a group are zero.
        """
        effective = pd.Series(np.nan, index=self.elements.index)
        effective[self.root] = 1.0
        for group in reversed(self.groups(area_from=area_from)):
            members = list(group.members)
            total = float(weights[members].sum())
            if not total > 0:
                raise MethodError(f"weights: all weights are zero below {group.code} ({', '.join(members)})")
            if np.isnan(effective[group.code]):  # below an aggregate computed from its indicators directly
                effective[group.code] = float(effective[list(self.leaves(group.code))].sum())
            else:
                effective[members] = float(effective[group.code]) * weights[members] / total
        parents = self.elements["parent"]
        sums = effective.groupby(parents).transform("sum")
        return pd.DataFrame(
            {
                "parent": parents,
                "level": self.elements["level"],
                "within_parent": (effective / sums).where(parents != "", 1.0),
                "effective": effective,
            }
        )


def _with_defaults(table: pd.DataFrame) -> pd.DataFrame:
    out = pd.DataFrame(index=pd.Index(table.index.astype(str), name="code"))
    text = {"name": "", "parent": "", "unit": "", "denominator": "", "type": ""}
    for column, default in text.items():
        out[column] = table[column].fillna(default).astype(str).to_numpy() if column in table.columns else default
    out["name"] = out["name"].where(out["name"] != "", out.index.to_numpy())
    for column in ("level", "direction", "weight", *NUMBERS):
        default_number = 1.0 if column in ("direction", "weight") else np.nan
        out[column] = table[column].to_numpy(dtype=float) if column in table.columns else default_number
    # The index itself has no use for a weight or a direction, and COINr's example leaves some of them empty.
    root = out["parent"] == ""
    out.loc[root & out["weight"].isna(), "weight"] = 1.0
    out.loc[out.index.isin(out["parent"]) & out["direction"].isna(), "direction"] = 1.0
    return out


def _problems(elements: pd.DataFrame, *, declared: bool) -> list[str]:
    out = []
    codes = elements.index
    double = codes[codes.duplicated()].unique()
    if len(double):
        return [f"duplicate code(s) {', '.join(double)}; give each element its own"]
    if not len(codes):
        return ["no indicators at all; a row for each indicator and each aggregate is expected"]
    parents = elements["parent"]
    for code, parent in parents.items():
        if parent and parent not in codes:
            out.append(f"{code}: unknown parent `{parent}`; add a row for it or correct the name")
    roots = codes[parents == ""]
    circle = _cycle(parents)
    if circle:
        out.append(f"the parents go round in a circle: {' → '.join(circle)}; one of them must stand elsewhere")
    elif len(roots) == 0:
        out.append("no root: one element, the index itself, must have an empty parent")
    if len(roots) > 1:
        out.append(f"{len(roots)} roots ({', '.join(roots)}): only the index itself may have an empty parent")
    for code, row in elements.iterrows():
        if row["direction"] not in (1.0, -1.0):
            out.append(f"{code}: direction {row['direction']:g}, must be 1 or -1")
        if not row["weight"] >= 0 or np.isinf(row["weight"]):
            out.append(f"{code}: weight {row['weight']:g}, must be a number and not negative")
    if declared:
        childless = elements.index[(elements["type"] == "aggregate") & ~codes.isin(parents)]
        out += [f"{code}: an aggregate without children; remove it or name it as a parent" for code in childless]
        leafy = elements.index[(elements["type"] == "indicator") & codes.isin(parents)]
        out += [f"{code}: is the parent of others but its type is Indicator; make it Aggregate" for code in leafy]
    if not out and len(codes) == 1:
        out.append(f"{codes[0]}: the index has no indicators below it")
    return out


def _cycle(parents: pd.Series) -> list[str]:
    """Return one circle of parents, first code repeated at the end; empty if there is none."""
    up = {str(code): str(parent) for code, parent in parents.items()}
    finished: set[str] = set()
    for start in up:
        path: list[str] = []
        code = start
        while code and code in up and code not in finished:
            if code in path:
                return [*path[path.index(code) :], code]
            path.append(code)
            code = up[code]
        finished.update(path)
    return []


def _levels(elements: pd.DataFrame, source: str) -> pd.Series:
    """Return the levels: as stated, checked against the tree, or derived (one above the highest child)."""
    parents = elements["parent"]
    children: dict[str, list[str]] = {}
    for code, parent in parents.items():
        if parent:
            children.setdefault(parent, []).append(str(code))
    stated = elements["level"]
    if stated.notna().any():
        problems = [f"{code}: level is missing" for code in stated.index[stated.isna()]]
        for code in stated.index.drop(stated.index[stated.isna()]):
            if code not in children and stated[code] != 1:
                problems.append(
                    f"{code}: level {stated[code]:g}, but an element without children is an indicator, level 1"
                )
            for child in children.get(str(code), []):
                if stated[child] + 1 != stated[code] and not np.isnan(stated[child]):
                    problems.append(
                        f"{code}: level {stated[code]:g}, but its child {child} has level {stated[child]:g}; "
                        "a parent is one level above its children"
                    )
        if problems:
            raise FrameworkError(f"{source}: " + "; ".join(problems))
        return stated.astype(int)
    depth: dict[str, int] = {}
    pending = [str(c) for c in elements.index]
    while pending:  # no circle: every round settles at least the deepest unsettled element
        later = []
        for code in pending:
            below = children.get(code, [])
            if all(c in depth for c in below):
                depth[code] = 1 + max((depth[c] for c in below), default=0)
            else:
                later.append(code)
        pending = later
    return pd.Series(depth).reindex(elements.index)
