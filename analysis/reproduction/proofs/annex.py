"""Proofs in words, for the annex of the report: what is said, where, and what would repair it.

In each table the weightiest come first: by `KIND_ORDER`, and within a kind by `distance`, how far the nearest number is
with which the others could hold. Exchanged editions are one mistake and stay in the order of the annex.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd

from analysis import language
from analysis.errors import FrameworkError
from analysis.reproduction.proofs.engine import Proof
from analysis.reproduction.proofs.prove import Audit, severity
from analysis.reproduction.proofs.report import lines_of
from analysis.reproduction.proofs.statements import Cut, Statement
from analysis.reproduction.proofs.words import word, words

KIND_ORDER = ("impossible", "edition", "method", "two values", "answers", "sum", "unit", "wording", "rounding")
COLUMNS = ("no", "what", "lines", "values", "repair", "proof")


def _number(text: str) -> str:
    """Return numbers with the decimal mark of the language, and thousands apart from five digits on."""
    apart = re.sub(r"\d{5,}", lambda m: f"{int(m[0]):,}".replace(",", "\u00a0"), text)
    return re.sub(r"(?<=\d)\.(?=\d)", language.decimal_mark(), apart)


def _tied(text: str) -> str:
    """Return a text whose short marks do not part from the number that follows."""
    return re.sub(words("tie"), lambda m: m[1].replace(" ", "\u00a0") + "\u00a0", text)


def _band(lower: Cut | None, upper: Cut | None) -> str:
    def level(cut: Cut) -> str:
        return (
            _number(f"{float(cut.level):g}") if cut.level < 10**6 else f"{float(cut.level / 10**6):g} {word('million')}"
        )

    if lower is not None and upper is None:
        if lower.strict and lower.level == 0:
            return word("positive")
        return word("above" if lower.strict else "at_least", low=level(lower))
    if lower is None and upper is not None:
        return word("at_most" if upper.strict else "under", high=level(upper))
    if lower is not None and upper is not None:
        which = f"{'above' if lower.strict else 'from'}_{'to' if upper.strict else 'under'}"
        return word(which, low=level(lower), high=level(upper))
    return ""


def name(s: Statement, *, foreign: bool = False) -> str:
    """Return what a statement is about; `foreign` adds the code, where the proof is about several quantities."""
    says, code = s.says, f" {s.key}" if foreign else ""
    if match := re.match(r"^table (\d+):([^:@]+):(\w+)", s.id):
        return word("in_table", measure=words("measures")[match[3]], code=match[2], table=match[1])
    if s.key.startswith("Q") and s.source == "annex":
        item, _, option = s.statistic.partition(": ")
        return word("question", no=s.key[1:], option=(item + ", " if item else "") + option)
    if says is None:
        found = words("measures").get(s.statistic)
        if found is None and s.statistic.startswith("mean_year"):
            found = word("year_mean", year=s.statistic.split()[-1])
        if found is None and s.statistic.startswith("share_option"):
            found = word("option_share", option=s.statistic.removeprefix("share_option "))
        return f"{found or word('value')}{code}"
    if says.kind == "rank":
        return (word("largest") if says.rank == 1 else word("rank", rank=says.rank)) + code
    if says.kind in ("count", "share", "share_of_all", "below"):
        what = word("clusters" if says.kind in ("count", "below") else "share_of_clusters")
        option = s.key.partition(":")[2]
        if option and option != "yes":
            return f"{what}{f' {s.key}' if foreign else ''}"  # the row says which option it is about
        return word("with_value", what=what, band=_band(says.lower, says.upper)) + code
    if (says.kind == "total" and "share" in s.statistic) or (says.kind == "total" and s.statistic == "other"):
        return word("share_of_whole") + code
    if says.kind == "sector_mean":
        return word("sector_mean", sector=words("sectors").get(says.sector, says.sector)) + code
    return words("says").get(says.kind, words("measures").get(says.kind, says.kind)) + code


def _printed(s: Statement) -> str:
    if s.source == "text":
        return word("quote", text=s.printed)
    return _with_unit(_number(s.printed.partition(" ")[0]), _unit(s))


def _unit(s: Statement) -> str:
    """Return the unit in which a statement prints its number."""
    if s.source != "text":
        unit = s.printed.partition(" ")[2]
        return _unit_words(str(words("units").get(unit, unit)))
    if name(s).startswith(words("percent_names")):
        return "%"
    found = re.search(r"%|(?:mln|tys\.)(?: zł)?", s.printed)
    return _unit_words(found[0]) if found else ""


def _unit_words(polish: str) -> str:
    """Return a unit quoted from the printed text, in the language of the process."""
    if language.current() == "pl":
        return polish
    return polish.replace("mln", "million").replace("tys.", "thousand").replace("zł", "PLN")


def _with_unit(number: str, unit: str) -> str:
    return number + ("%" if unit == "%" else f" {unit}" if unit else "")


def _supposed(s: Statement) -> str:
    found = next(str(text) for start, text in words("supposed").items() if s.id.startswith(start))
    return f"{found} ({s.printed})" if s.id.startswith("all answered") else found


def _where(s: Statement) -> str:
    return word("lines", lines=", ".join(s.lines)) if s.lines else ""


def values(proof: Proof) -> str:
    """Return the numbers that exclude each other, each with its line; what they are of is said once."""
    foreign = len({m.key for m in proof.members if m.says is not None}) > 1
    numbers: dict[str, list[str]] = {}
    for m in proof.members:
        if m.source in ("supposed", "rule"):
            numbers[_supposed(m) + _where(m)] = []
        else:
            numbers.setdefault(name(m, foreign=foreign), []).append(_printed(m) + _where(m))
    between = word("against") if len(proof.members) == 2 else ", "
    return _tied("; ".join(f"{what}: {between.join(own)}" if own else what for what, own in numbers.items()))


def repair(proof: Proof) -> str:
    """Return what would let the numbers hold; each alternative alone is enough."""
    out = []
    if proof.kind == "edition":
        where = ", ".join(w.line for w in proof.witnesses)
        out.append(word("edition", lines=where))
    of_numbers = [m for m in proof.members if m.source not in ("supposed", "rule")]
    percent = (
        bool(of_numbers) and _unit(of_numbers[0]) == "%"
    )  # words such as two thirds leave the unit to the number beside them
    by_line = len({m.line for m in of_numbers} - {""}) == len(of_numbers)
    for m in proof.members:
        found = proof.repairs.get(m.id)
        if found is None or (proof.kind == "edition" and m.source == "text"):
            continue
        if proof.kind == "wording" and m.source != "text":
            continue  # words give way to numbers
        if m.source == "supposed":
            known = found.startswith("N = ")
            spans = _spans(found.removeprefix("N = "))
            out.append(word("answers_n", spans=spans) if known else word("no_supposition"))
        elif m.source == "rule":
            out.append(word("one_unit" if m.id.startswith("rule:unit") else "no_rule"))
        elif len(proof.members) <= 3:
            place = word("line", line=m.line) if by_line else name(m)
            unit = _unit(m) or ("%" if percent and name(m) == name(of_numbers[0]) else "")
            out.append(f"{place}: {_with_unit(_number(found).replace(' or ', word('or')), unit)}")
    return _tied(word("otherwise").join(dict.fromkeys(out))) or word("only_survey")


def distance(proof: Proof) -> Fraction:
    """Return the least relative change of one printed number that lets the others hold; 0 where none was looked for."""
    changes = []
    for m in proof.members:
        found = proof.repairs.get(m.id, "")
        middle = (m.values.low + m.values.high) / 2 / m.factor
        if m.source in ("supposed", "rule") or not found or not middle:
            continue
        try:
            changes += [abs(Fraction(number) - middle) / abs(middle) for number in found.split(" or ")]
        except ValueError as error:
            raise FrameworkError(f"{proof.id}: the repair `{found}` is not a number") from error
    return min(changes, default=Fraction(0))


def _weight(proof: Proof) -> tuple[int, Fraction, str, str]:
    far = Fraction(0) if proof.kind == "edition" else -distance(proof)
    return KIND_ORDER.index(proof.kind), far, proof.key, proof.id


def _spans(text: str) -> str:
    numbers = text.split(", ")
    return text if len(numbers) <= 6 else f"{', '.join(numbers[:3])}, …, {numbers[-1]}"


def _what(proof: Proof, names: Mapping[str, str], titles: Mapping[str, str]) -> str:
    code, _, option = proof.key.partition(":")
    before = word("previous") if all(m.period == "previous" for m in proof.members) else ""
    if code in names:
        part = titles.get(option, option) if option != "yes" else ""
        return f"{code} {names[code]}" + (word("part", part=part) if part else "") + before
    if code.startswith("Q"):
        return word("members", no=code[1:])
    if code.startswith("criterion "):
        return word("criterion", no=code.removeprefix("criterion "))
    return titles.get(code, code) + before


def _area_rows(proofs: Sequence[Proof], titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Return one row for each area and measure in which the stated rule fails, with its widest failure."""
    rows = []
    groups: dict[tuple[str, str], list[Proof]] = {}
    for p in proofs:
        groups.setdefault((p.key, p.members[-1].statistic), []).append(p)
    for (code, measure), own in sorted(groups.items()):
        widest = max(own, key=_gap)
        whole, parts = _whole_and_parts(widest)
        shown = ", ".join(f"{_part(m)} {_printed(m)}" for m in parts)
        table = re.match(r"^table (\d+):", whole.id)
        where = word("table_line", table=table[1], line=whole.line) if table else word("line", line=whole.line)
        more = word("tables", n=len(own)) if len(own) > 1 else ""
        rows.append(
            {
                "what": f"{titles.get(code, code)}: {words('measures')[measure]}", "lines": ", ".join(lines_of(widest)),
                "values": _tied(
                    word("areas", parts=shown, area=_part(whole), printed=_printed(whole), where=where, more=more)
                ),
                "repair": word("by_rule"), "proof": widest.id,
            }
        )  # fmt: skip
    return rows


def _part(s: Statement) -> str:
    return s.id.split(":")[1]


def _whole_and_parts(proof: Proof) -> tuple[Statement, list[Statement]]:
    whole = next(m for m in proof.members if _part(m) == proof.key)
    return whole, [m for m in proof.members if m is not whole and m.source == "annex"]


def _gap(proof: Proof) -> Fraction:
    """Return how far the whole is from the plain mean of its parts."""
    whole, parts = _whole_and_parts(proof)
    middle = sum(((m.values.low + m.values.high) / 2 for m in parts), Fraction(0)) / max(len(parts), 1)
    return abs((whole.values.low + whole.values.high) / 2 - middle)


def annex_tables(audit: Audit, names: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the contradictions as printed tables, one for each severity.

    Parameters
    ----------
    audit
        Result of `prove`.
    names
        Indicator to its name.
    titles
        Names of scores (codes of sub-areas and areas) and of other keys.

    Returns
    -------
    dict of DataFrame
        high, medium, low: `COLUMNS`, numbered through, the weightiest first. Failures of a rule of the method are
        joined, one row for each area and measure.
    """
    out: dict[str, pd.DataFrame] = {}
    number = 0
    for level in ("high", "medium", "low"):
        chosen = sorted((p for p in audit.proofs if severity(p) == level), key=_weight)
        rows = [
            {"what": _what(p, names, titles), "lines": ", ".join(lines_of(p)), "values": values(p), "repair": repair(p),
             "proof": p.id}
            for p in chosen if p.kind != "method"
        ]  # fmt: skip
        rows += _area_rows([p for p in chosen if p.kind == "method"], titles)
        for row in rows:
            number += 1
            row["no"] = str(number)
        out[level] = pd.DataFrame(rows, columns=list(COLUMNS))
    return out
