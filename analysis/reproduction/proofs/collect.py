"""The printed statements on the answers to each indicator: annex rows, comments, series, sector means, running text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction

from analysis.reproduction.claims import claim_key
from analysis.reproduction.consistency.findings import cell, read_number
from analysis.reproduction.consistency.index import COUNT_UNITS, COUNTED_ELSEWHERE, HISTORY_TOTALS, Fact, Tables
from analysis.reproduction.consistency.scores import stated_sizes
from analysis.reproduction.printed import Interval, unit_factor
from analysis.reproduction.proofs.answers import Quantity
from analysis.reproduction.proofs.statements import Cut, Says, Statement
from analysis.reproduction.proofs.wording import base_factor, stands_for

ZERO = Cut(Fraction(0), strict=True)
CURRENT, PREVIOUS = "current", "previous"
GRID = 100  # steps to one złoty, person or square metre: amounts are stated in grosze at the finest
FURTHER = re.compile(r"FURTHER|of the providers|among those giving")  # zeros are not meant
RANK_NOTES = {"second largest": 2, "third largest": 3}


def exactly(value: Fraction | int) -> Interval:
    """Return the interval that holds one number."""
    return Interval(Fraction(value), Fraction(value))


@dataclass
class Collected:
    """Statements by quantity and period, and the quantities."""

    quantities: dict[str, Quantity] = field(default_factory=dict)
    statements: dict[tuple[str, str], list[Statement]] = field(default_factory=lambda: defaultdict(list))
    unread: list[tuple[str, str]] = field(default_factory=list)

    def add(self, s: Statement) -> None:
        """Add a statement; two with one id are told apart by number."""
        own = self.statements[s.key, s.period]
        same = sum(o.id == s.id or o.id.startswith(f"{s.id}#") for o in own)
        own.append(replace(s, id=f"{s.id}#{same + 1}") if same else s)


def editions(t: Tables) -> dict[str, str]:
    """Return the years of the edition under audit and of the one before it, with what their statements are called."""
    if "history" not in t:
        return {}
    years = sorted({int(e) for e in t["history"]["edition"] if e.isdigit()})
    return {str(year): name for name, year in zip((CURRENT, PREVIOUS), reversed(years), strict=False)}


def clusters_before(t: Tables) -> int:
    """Return the number of clusters in the edition before; that of the edition if it is not printed."""
    if "history" in t:
        table = t["history"]
        rows = table[(table["metric"] == "clusters surveyed") & table["edition"].str.isdigit()]
        ordered = rows.sort_values("edition", key=lambda e: e.astype(int))
        if len(ordered) > 1:
            return int(read_number(ordered["value"].iloc[-2]).value)
    return t.n


def _measures(t: Tables, out: Collected) -> None:
    sizes = stated_sizes(t, "sector")[0] if "scores" in t and "sector" in t.dimensions else {}
    for code, measures in t.indicators.items():
        unit = t.units[code]
        whole = unit in COUNT_UNITS or unit == "points"
        ceiling = Fraction(100) if unit == "%" else None
        out.quantities[code] = Quantity(code, t.n, 1 if whole else GRID, ceiling, sizes)
        for name, m in measures.items():
            kind = "rank" if name == "benchmark" else name
            out.add(
                Statement(
                    cell(m.line, code, name), code, name, "annex", f"{name} of {code} over all answers",
                    f"{m.printed} {m.unit}".strip(), m.line, m.interval, Says(kind, m.interval),
                    decimals=m.printed.decimals, factor=Fraction(unit_factor(m.unit)), cell=cell(m.line, code, name),
                )
            )  # fmt: skip


def _band(f: Fact) -> tuple[Cut | None, Cut | None] | None:
    """Return the limits of a count; None if the threshold is not a number."""
    if f.kind == "n_positive" or f.kind == "share_positive":
        return ZERO, None
    if f.kind == "n_between":
        match = re.match(r"^(\d+)-(\d+)$", f.threshold_text)
        if match is None:
            return None
        # "100 or more" next to "above 200": the upper end belongs to the band
        return Cut(Fraction(match[1])), Cut(Fraction(match[2]), strict=True)
    level = f.threshold
    if level is None:
        return None
    return {
        "n_ge": (Cut(level), None), "n_gt": (Cut(level, strict=True), None), "n_le": (ZERO, Cut(level, strict=True)),
        "n_lt": (ZERO, Cut(level)), "n_eq": (Cut(level), Cut(level, strict=True)),
    }.get(f.kind)  # fmt: skip


def _fact_says(t: Tables, f: Fact) -> Says | None:
    """Return what a fact of a comment says about the answers; None if it says nothing a model of them can hold."""
    if f.value is None:
        return None
    if f.kind in ("max", "median_restated", "total", "mean_positive", "mean_excluding"):
        kind = {
            "max": "rank",
            "median_restated": "median",
            "mean_positive": "mean_active",
            "mean_excluding": "mean_rest",
        }
        if f.kind == "total" and (f.label or len(t.of(f.code, "total")) > 1):
            return None  # parts of a total; they are compared as parts
        values = f.interval if f.kind != "total" or f.value.decimals else exactly(f.exact)
        return Says(kind.get(f.kind, f.kind), values)
    if f.kind == "n_zero":
        return Says("without", exactly(f.exact))
    if f.kind == "n_answered":
        return Says("answers", exactly(f.exact))
    if f.kind == "total_upper_bound":
        return Says("total", Interval(Fraction(0), f.exact + Fraction(1, 2)))
    if f.kind == "min_positive":
        return Says("count", exactly(0), ZERO, Cut(f.exact))
    if f.kind in ("n_le", "n_lt") and f.threshold is not None and not FURTHER.search(f.note):
        return Says("below", exactly(f.exact), upper=Cut(f.threshold, strict=f.kind == "n_le"))
    if f.kind in ("n_positive", "share_positive", "n_ge", "n_gt", "n_le", "n_lt", "n_eq", "n_between"):
        band = _band(f)
        if band is None:
            return None
        share = f.kind == "share_positive"
        return Says("share" if share else "count", f.interval if share else exactly(f.exact), *band)
    if f.kind == "other":
        rank = next((k for note, k in RANK_NOTES.items() if note in f.note), None)
        if rank:
            return Says("rank", f.interval, rank=rank)
        shares = [total for total, other in t.member_totals(f.code) if other == f]
        if shares:
            return Says("total", shares[0])
    return None


def _facts(t: Tables, out: Collected) -> None:
    for f in t.facts:
        code = COUNTED_ELSEWHERE.get((f.code, f.kind), f.code)
        if f.value is None:
            continue
        if f.kind in ("share_option", "n_option"):
            key = f"{code}:{f.label}"
            says: Says | None = Says(
                "share" if f.kind == "share_option" else "count",
                f.interval if f.kind == "share_option" else exactly(f.exact),
                ZERO,
            )
            out.quantities.setdefault(key, Quantity(key, t.n, 1, Fraction(1)))
        elif f.kind == "mean_share":
            key, says = f"{code}:share", Says("mean", f.interval)
            out.quantities.setdefault(key, Quantity(key, t.n, GRID, Fraction(100)))
        else:
            key, says = code, _fact_says(t, f) if code in out.quantities else None
        if says is None:
            out.unread.append((cell(f.line, f.code, f.statistic), f.kind))
            continue
        place = cell(f.line, f.code, f.statistic)
        factor = Fraction(unit_factor(f.unit))
        if f.kind == "other" and says.kind == "total":  # a share of all members, held as the total it implies
            factor = (says.values.high - says.values.low) / (f.interval.high - f.interval.low)
        out.add(
            Statement(
                place, key, f.statistic, "comment", f.note, f"{f.value} {f.unit}", f.line, says.values, says,
                decimals=f.value.decimals, factor=factor, cell=place,
            )
        )  # fmt: skip


def _series(t: Tables, out: Collected, names: dict[str, str]) -> None:
    if "history" not in t:
        return
    for r in t["history"].to_dict("records"):
        code = HISTORY_TOTALS.get(r["metric"])
        period = names.get(r["edition"])
        if code is None or period is None or code not in out.quantities:
            continue
        number = read_number(r["value"])
        factor = Fraction(unit_factor(r["unit"]))
        values = number.interval.times(factor)
        out.add(
            Statement(
                cell(r["line"], code, "total"), code, "total", "series", f"total of {code}: {r['metric']}",
                f"{number} {r['unit']}", r["line"], values, Says("total", values), period=period,
                decimals=number.decimals, factor=factor,
            )
        )  # fmt: skip


def _sector_means(t: Tables, out: Collected) -> None:
    if "sector_means" not in t:
        return
    for r in t["sector_means"].to_dict("records"):
        code = r["code"]
        if code not in out.quantities or r["sector_code"] not in out.quantities[code].sectors:
            continue
        number = read_number(r["value_str"])
        factor = Fraction(unit_factor(r["unit"]))
        values = number.interval.times(factor)
        out.add(
            Statement(
                cell(r["line"], code, f"mean {r['sector_code']}"), code, "mean", "table",
                f"mean of {code} in the sector {r['sector_code']}", f"{number} {r['unit']}", r["line"], values,
                Says("sector_mean", values, sector=r["sector_code"]), group=f"sector:{r['sector_code']}",
                decimals=number.decimals, factor=factor, cell=cell(r["line"], code, "mean"),
            )
        )  # fmt: skip


# --- running text -------------------------------------------------------------------------------------------

_COUNT = re.compile(r"^(count|share)_(eq|gt|ge|lt|le)\((\d+)%?\)(?:_(?:gt|ge|lt|le))?$")
_BETWEEN = re.compile(r"^count_between\((\d+);(\d+)\)$")


def _claim_band(statistic: str) -> tuple[str, Cut | None, Cut | None] | None:
    if match := _BETWEEN.match(statistic):
        low, high = Fraction(match[1]), Fraction(match[2])
        return "count", ZERO if low == 0 else Cut(low), Cut(high, strict=True)
    if match := _COUNT.match(statistic):
        level = Fraction(match[3])
        lower, upper = {
            "eq": (Cut(level), Cut(level, strict=True)), "gt": (Cut(level, strict=True), None),
            "ge": (Cut(level), None),
            "lt": (None, Cut(level)), "le": (None, Cut(level, strict=True)),
        }[match[2]]  # fmt: skip
        return match[1], lower, upper
    return None


_BASES = ("char:members_total", "char:members_enterprises")


def claim_says(statistic: str, group: str, values: Interval, members: int, enterprises: int, n: int) -> Says | None:
    """Return what a claim on an indicator says about the answers; None if no model of them can hold it.

    `values` are in base units, shares in percent; `members` and `enterprises` are the printed sums of the edition
    that the claim is about, zero if unknown.
    """
    name = re.sub(r"_range\(.*\)$|_(lt|gt|le|ge)$", "", statistic) if not _COUNT.match(statistic) else statistic
    if group == "active":
        return Says("mean_active", values) if name == "mean" else None
    if group == "all_excl_leader":
        return Says("mean_rest", values) if name == "mean" else None
    if group.startswith("sector: "):
        return Says("sector_mean", values, sector=group.removeprefix("sector: ")) if name == "mean" else None
    if group != "all":
        return None
    if name in ("mean", "median", "total"):
        return Says(name, values)
    if name == "benchmark":
        return Says("rank", values)
    if match := re.match(r"^rank(\d+)$", name):
        return Says("rank", values, rank=int(match[1]))
    if name == "share_of(char:members_total)" and members:
        return Says("total", values.times(Fraction(members, 100)))
    if name == "share_of(char:members_enterprises)" and enterprises:
        return Says("total", values.times(Fraction(enterprises, 100)))
    if name == "count_available":
        return Says("answers", values)
    if name == "count_missing":
        return Says("answers", exactly(n - (values.low + values.high) / 2))
    band = _claim_band(statistic)
    if band is None:
        return None
    kind, lower, upper = band
    kind = "share_of_all" if kind == "share" else kind
    if lower == Cut(Fraction(0)) and upper == Cut(Fraction(0), strict=True):
        return Says("without" if kind == "count" else "without_share", values)
    if kind == "count" and lower is None:
        kind = "below"
    return Says(kind, values, lower, upper)


def _claims(t: Tables, out: Collected, names: dict[str, str]) -> None:
    if "claims" not in t:
        return
    cells = {}
    if "claim_cells" in t:
        rows = t["claim_cells"].to_dict("records")
        cells = {r["subject"]: r["key"] for r in rows if r["table"] == "indicator_facts"}
    sums = {p: (_members(t, p, "members"), _members(t, p, "enterprises among members")) for p in (CURRENT, PREVIOUS)}
    before = clusters_before(t)
    for r in t["claims"].to_dict("records"):
        named = claim_key({str(k): str(v) for k, v in r.items()})
        period, head = names.get(named.edition), named.code.partition(":")[0]
        found = stands_for(r["value"], r["printed"], r["unit"], r["statistic"])
        if period is None or found is None or head.rstrip("ab") not in t.units:
            continue
        values, words, decimals = found
        statistic, key = named.statistic, cells.get(r["subject"], named.code)
        if statistic.startswith("mean_share_of(enterprises)"):
            key = f"{head}:share"
        n = t.n if period == CURRENT else before
        says: Says | None = None
        if key == f"{head}:share":
            says = Says("mean", values) if named.group == "all" else None
            out.quantities.setdefault(key, Quantity(key, t.n, GRID, Fraction(100)))
        elif statistic in ("share", "count", "share_gt", "share_lt"):
            # an option, or a question answered yes or no
            key = key if ":" in key else f"{head}:yes"
            says = Says("count" if statistic == "count" else "share", values, ZERO) if named.group == "all" else None
            out.quantities.setdefault(key, Quantity(key, t.n, 1, Fraction(1)))
        elif ":" not in key:
            whole = t.units[head.rstrip("ab")] in COUNT_UNITS  # "IV.1.8a": a part of the question of an indicator
            out.quantities.setdefault(key, Quantity(key, t.n, 1 if whole else GRID))
            says = claim_says(statistic, named.group, values, *sums[period], n)
        if (
            says is not None
            and says.kind in ("count", "below", "without", "answers")
            and says.values.high - says.values.low == 1
        ):
            says = replace(says, values=exactly((says.values.low + says.values.high) / 2))
        if says is None:
            out.unread.append((r["id"], statistic))
            continue
        # a share of all members is held as the total it implies
        base = next((i for i, end in enumerate(_BASES) if statistic.startswith(f"share_of({end})")), None)
        out.add(
            Statement(
                r["id"], key, statistic, "text", r["statement_en"], r["printed"], r["line"], says.values, says,
                group=named.group, period=period, decimals=decimals, wording=words, section=r["section"],
                factor=Fraction(sums[period][base], 100) if base is not None else Fraction(base_factor(r["unit"])),
            )
        )  # fmt: skip


def _members(t: Tables, period: str, metric: str) -> int:
    """Return the printed sum of members or enterprises of an edition; 0 if it is not printed."""
    if "history" not in t:
        return 0
    table = t["history"]
    rows = table[(table["metric"] == metric) & table["edition"].str.isdigit()]
    ordered = rows.sort_values("edition", key=lambda e: e.astype(int))
    place = -1 if period == CURRENT else -2
    return int(read_number(ordered["value"].iloc[place]).value) if len(ordered) >= -place else 0


def answers_are(key: str, n: int) -> Statement:
    """Return the supposition that all `n` clusters answered; the printed tables name no other number."""
    values = exactly(n)
    return Statement(
        f"all answered:{key}", key, "answers", "supposed", f"all {n} clusters answered", f"N = {n}", "", values,
        Says("answers", values),
    )  # fmt: skip


def collect(t: Tables) -> Collected:
    """Return the statements on answers of the published tables; tables that are absent contribute none."""
    out = Collected()
    if "indicators" not in t or "registry" not in t:
        return out
    names = editions(t)
    _measures(t, out)
    if "indicator_facts" in t:
        _facts(t, out)
        _series(t, out, names)
    _sector_means(t, out)
    _claims(t, out, names)
    return out


__all__ = ["CURRENT", "PREVIOUS", "Collected", "answers_are", "collect", "editions", "exactly"]
