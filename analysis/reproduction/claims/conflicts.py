"""Printed numbers that differ about one quantity, found among statements and cells of tables.

A row of the ledger that differs is `contradicted` if the printed report itself says otherwise somewhere, and what it
says there is reproduced:

- another statement or a cell of a table prints a number of the same quantity (same answers, same clusters, same
  measure) that no unrounded value could print together with this one;
- or the statement compares a present number with an earlier one, and the two numbers that are printed elsewhere do not
  give what it says, whatever their unrounded values.

Numbers of earlier editions have no answers here; if two of them differ, or one does not follow from the others, both
sides are `contradicted`. Where the other place prints what a statement gives for the previous edition, the reason says
so: one of the two stands beside the wrong edition. Readings of words as a range (rules 3 and 4 of the grammar) never
prove anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.reproduction.claims.data import ClaimData, reference_value
from analysis.reproduction.claims.grammar import Statistic, holds
from analysis.reproduction.claims.measures import change
from analysis.reproduction.claims.resolve import CHANGES, PRINT, Claim
from analysis.reproduction.claims.rows import YEARS, Evaluated, quantity
from analysis.reproduction.consistency import categories, fact_statistic
from analysis.reproduction.evaluators import Answers, parse_threshold
from analysis.reproduction.members_table import MEAN_LABEL, members_table
from analysis.reproduction.printed import Interval, parse_printed, unit_factor
from analysis.reproduction.published import Published

Place = tuple[str, str, str, str, str, str]  # source, id, line, key, statistic, group: the identity of a row
PREVIOUS = "prints the same for the previous edition"
_MEASURES = {"mean": "mean", "median": "median", "benchmark": "max", "min": "min"}
_KINDS = {
    "n_positive": ("count", "gt"), "n_option": ("count", "gt"), "n_zero": ("count", "eq"), "n_gt": ("count", "gt"),
    "n_ge": ("count", "ge"), "n_lt": ("count", "lt"), "n_le": ("count", "le"), "n_eq": ("count", "eq"),
}  # fmt: skip
_PLAIN = {
    "total": "total", "max": "max", "share": "share", "share_option": "share", "median_restated": "median",
    "mean": "mean", "mean_year": "mean",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A printed number: the quantity it speaks of, the unrounded values (base units) it stands for, and its row."""

    quantity: str
    interval: Interval | None
    place: Place
    claim: Claim | None = None

    @classmethod
    def of_statement(cls, found: Evaluated) -> Cell:
        """The cell of a statement of the running text."""
        r = found.row
        place = (r["source"], r["id"], r["line"], r["key"], r["statistic"], r["group"])
        return cls(found.quantity, found.interval, place, found.claim)

    @property
    def name(self) -> str:
        """How a reason refers to the cell."""
        source, claim_id, line = self.place[:3]
        return claim_id or f"{source}, line {line}"


def _cell(
    what: Statistic, items: str, base: str, text: str, factor: int, place: tuple[str, str, str, str, str]
) -> Cell | None:
    printed = parse_printed(text)
    if printed is None:
        return None
    source, *rest = place
    line, key, statistic, group = rest
    return Cell(quantity(items, base, what), printed.interval.times(factor), (source, "", line, key, statistic, group))


def _score_cells(published: Published) -> Iterable[Cell | None]:
    if "scores" in published:
        for r in published["scores"].to_dict("records"):
            if r["measure"] in _MEASURES:
                whole = r["group_dim"] == "all"
                group = "all" if whole else f"{r['group_dim']}: {r['group']}"
                base = "" if whole else f"{r['group_dim']}={r['group']}"
                place = (f"table {r['table']}", r["line"], r["column_code"], r["measure"], group)
                what = Statistic(_MEASURES[r["measure"]])
                yield _cell(what, f"score:{r['column_code']}", base, r["value"], 1, place)
    if "area_tables" in published:
        for r in published["area_tables"].to_dict("records"):
            for measure in ("mean", "median", "benchmark"):
                place = (f"table {r['table']}", r["line"], r["code"], measure, "all")
                yield _cell(Statistic(_MEASURES[measure]), f"score:{r['code']}", "", r[measure], 1, place)


def _indicator_cells(published: Published, links: dict[tuple[str, ...], dict[str, str]]) -> Iterable[Cell | None]:
    for r in published["indicators"].to_dict("records") if "indicators" in published else []:
        source = f"table {r['table']}"
        for measure in ("mean", "median", "benchmark"):
            place = (source, r["line"], r["code"], measure, "all")
            factor = unit_factor(r[f"unit_{measure}"])
            yield _cell(Statistic(_MEASURES[measure]), r["code"], "", r[f"{measure}_str"], factor, place)
        for label, share in categories(r["categories"]).items():
            link = links.get((r["line"], r["code"], "category", label, str(share)), {})
            place = (source, r["line"], r["code"], f"share {label}", "all")
            yield _cell(Statistic("share"), link.get("items", ""), link.get("base", ""), str(share), 1, place)
    for r in published["sector_means"].to_dict("records") if "sector_means" in published else []:
        share = r["unit"].startswith("% of clusters")
        place = ("table 10", r["line"], r["code"] or "members", "mean", f"sector: {r['sector_code']}")
        what, factor = Statistic("share" if share else "mean"), 1 if share else unit_factor(r["unit"])
        base = f"sector={r['sector_code']}"
        yield _cell(what, r["code"] or "members_total", base, r["value_str"], factor, place)


def _fact_cells(published: Published, links: dict[tuple[str, ...], dict[str, str]]) -> Iterable[Cell | None]:
    if "indicator_facts" not in published:
        return
    units = dict(zip(published["indicators"]["code"], published["indicators"]["unit"], strict=True))
    for r in published["indicator_facts"].to_dict("records"):
        link = links.get((r["line"], r["code"], r["kind"], r["label_pl"], r["printed"]), {})
        kind = link.get("evaluator") or r["kind"]
        if kind in _KINDS:
            name, test = _KINDS[kind]
            threshold = 0.0 if kind in ("n_positive", "n_option", "n_zero") else None
            if threshold is None:
                threshold = parse_threshold(r["threshold"], units[r["code"]])[0]
            if threshold is None:
                continue
            what = Statistic(name, test, threshold)
        elif kind in _PLAIN:
            what = Statistic(_PLAIN[kind])
        else:
            continue
        group = r["note"] if r["kind"] in ("growth", "other") else "all"
        statistic = fact_statistic(r["kind"], r["threshold"], r["label_pl"])
        place = ("facts", r["line"], r["code"], statistic, group)
        factor = unit_factor(r["unit"]) if what.name not in ("count", "share") else 1
        yield _cell(what, link.get("items") or r["code"], link.get("base", ""), r["value"], factor, place)


def _member_cells(published: Published, answers: Answers) -> Iterable[Cell | None]:
    if "members_survey" not in published:
        return
    table = members_table(answers.members, answers.framework.codebooks["members"], answers.framework.option_lists)
    keys = zip(table["question_no"], table["item_pl"], table["option"], strict=True)
    found = dict(zip(keys, zip(table["item"], table["code"], strict=True), strict=True))
    for r in published["members_survey"].to_dict("records"):
        item, code = found.get((r["question_no"], r["item_pl"], r["option"]), ("", ""))
        mean = r["option"] == MEAN_LABEL
        if item and (code or mean):
            what = Statistic("mean" if mean else "share")
            place = ("table 37", r["line"], f"Q{r['question_no']}", f"{r['item_pl']}: {r['option']}", "all")
            yield _cell(what, f"member:{item}" + (f"={code}" if code else ""), "", r["value_str"], 1, place)


def table_cells(published: Published, answers: Answers, links: pd.DataFrame) -> list[Cell]:
    """Return the cells of the printed tables and comments whose quantity a statement could name.

    Parameters
    ----------
    published
        Published tables; those absent give no cells.
    answers
        Framework and members' answers, for the names of questions and options.
    links
        Links of comments and categories (`links.csv`).
    """
    by_key: dict[tuple[str, ...], dict[str, str]] = {
        (r["line"], r["code"], r["kind"], r["label"], r["printed"]): {str(k): str(v) for k, v in r.items()}
        for r in links.to_dict("records")
    }
    made = [
        *_score_cells(published), *_indicator_cells(published, by_key), *_fact_cells(published, by_key),
        *_member_cells(published, answers),
    ]  # fmt: skip
    return [cell for cell in made if cell is not None]


def excuse_by_print(ledger: pd.DataFrame, cells: Iterable[Cell], data: ClaimData) -> pd.DataFrame:
    """Turn `no` into `contradicted` where the printed report itself says otherwise; see the head of this module.

    Parameters
    ----------
    ledger
        The ledger, with the columns of its identity.
    cells
        Printed numbers of tables and statements.
    data
        For the numbers of earlier editions.
    """
    out = ledger.copy()
    columns = [out[c].astype(str) for c in ("source", "id", "line", "key", "statistic", "group")]
    index: dict[Place, int] = {place: i for i, place in zip(out.index, zip(*columns, strict=True), strict=True)}
    same: dict[str, list[Cell]] = {}
    known = [cell for cell in cells if cell.place in index]
    earlier = {c.place[3:]: c for c in known if out.at[index[c.place], "basis"] == PRINT and c.claim is not None}
    for cell in known:
        if cell.quantity:
            same.setdefault(cell.quantity, []).append(cell)
    before = out["match"].copy()
    for cell in known:
        row = index[cell.place]
        printed_only = out.at[row, "basis"] == PRINT
        if before[row] != "no" and not (printed_only and before[row] == "yes"):
            continue
        others = [
            other
            for other in same.get(cell.quantity, [])
            if other.interval and cell.interval and not other.interval.meets(cell.interval)
            and (printed_only or before[index[other.place]] == "yes")
        ]  # fmt: skip
        words = [f"{other.name} prints {out.at[index[other.place], 'published']!s}" for other in others]
        if not words and before[row] == "no" and cell.claim is not None:
            words = _follows_not(cell.claim, same, before, index, out, data)
        past = None if printed_only else earlier.get(cell.place[3:])
        if past and past.interval and any(o.interval and o.interval.meets(past.interval) for o in others):
            words.append(f"{past.name} {PREVIOUS}")
        if words:
            reason = "; ".join(dict.fromkeys([str(out.at[row, "reason"]), *words]))
            out.loc[row, ["match", "reason"]] = ["contradicted", reason.removeprefix("; ")]
    return out


def _follows_not(
    claim: Claim, same: dict[str, list[Cell]], match: pd.Series, index: dict[Place, int], ledger: pd.DataFrame,
    data: ClaimData,
) -> list[str]:  # fmt: skip
    """Reasons why a comparison does not follow from the two numbers that are printed elsewhere; none if it may."""
    if claim.basis == PRINT:
        return [f"does not follow from {claim.against}"] if "/" in claim.against else []
    if not claim.against or claim.statistic.name not in CHANGES or claim.relation in ("almost", "slightly", "about"):
        return []
    name = quantity(";".join(claim.items), claim.base, claim.measure)
    previous = reference_value(claim.against, data)
    kind = "ratio" if claim.statistic.name.startswith("ratio") else claim.statistic.name
    for cell in same.get(name, []):
        if cell.interval is None or match[index[cell.place]] != "yes":
            continue
        ends = [
            change(kind, float(end), previous, inverse=claim.inverse, years=YEARS)
            for end in (cell.interval.low, cell.interval.high)
        ]
        target = float(claim.printed.value)
        if any(e is None or holds(e / claim.scale, claim.printed, claim.relation) for e in ends):
            continue
        if len({(e or 0.0) / claim.scale > target for e in ends}) == 1:
            shown = ledger.at[index[cell.place], "published"]
            return [f"{cell.name} prints {shown!s} and {claim.against} is {previous:g}"]
    return []
