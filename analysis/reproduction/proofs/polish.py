"""Proofs in Polish, for the annex of the report: what is said, where, and what would repair it.

In each table the weightiest come first: by `KIND_ORDER`, and within a kind by `distance`, how far the nearest number is
with which the others could hold. Exchanged editions are one mistake and stay in the order of the annex.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd

from analysis.errors import FrameworkError
from analysis.reproduction.proofs.engine import Proof
from analysis.reproduction.proofs.prove import Audit, severity
from analysis.reproduction.proofs.report import lines_of
from analysis.reproduction.proofs.statements import Cut, Statement

KIND_ORDER = ("impossible", "edition", "method", "two values", "answers", "sum", "unit", "wording", "rounding")
BY_RULE = "obszar jako średnia wskaźników"
COLUMNS = ("no", "what", "lines", "values", "repair", "proof")
MEASURES = {
    "mean": "średnia", "median": "mediana", "benchmark": "największa wartość", "min": "najmniejsza wartość",
    "q1": "pierwszy kwartyl", "q3": "trzeci kwartyl", "total": "suma", "iqr": "rozstęp międzykwartylowy",
    "growth": "średni roczny wzrost", "count": "liczba", "ratio": "krotność", "ratio_median": "krotność mediany",
    "n_sites_passing": "liczba stron spełniających", "n_sites": "liczba stron",
    "share_eq(0)": "odsetek stron niespełniających", "share": "odsetek", "other": "liczba z komentarza",
}  # fmt: skip
SECTORS = {
    "bio": "biotechnologia", "chem": "chemia", "edu": "edukacja, żywność, turystyka", "ict": "ICT",
    "moto": "motoryzacja", "metal": "przemysł metalowy",
}  # fmt: skip
UNITS = {
    "count": "", "clusters": "", "enterprises": "", "entities": "", "placements": "", "members": "", "persons": "",
    "points": "pkt", "thousand": "tys.", "thousand persons": "tys. os.", "thousand m2": "tys. m²", "m2": "m²", "%": "%",
}  # fmt: skip
SUPPOSED = (
    ("all answered", "odpowiedziały wszystkie klastry"),
    ("supposed:all have", "każdy klaster ma wynik"),
    ("supposed:alike", "obie wielkości podały te same klastry i zmierzono je tak samo"),
    ("supposed:same years", "za każdy rok odpowiedziały te same klastry"),
    ("supposed:base", "podstawą odsetka są wszystkie klastry"),
    ("rule:area", "metodyka: wynik obszaru to zwykła średnia wyników podobszarów"),
    ("rule:overall", "metodyka: wynik ogółem to średnia wyników obszarów"),
    ("rule:unit", "miary jednego wskaźnika mają jedną jednostkę"),
    ("supposed:", "drugą wielkość mogą mieć tylko klastry, które mają pierwszą"),
)


def _number(text: str) -> str:
    """Return numbers with a decimal comma, and thousands apart from five digits on."""
    apart = re.sub(r"\d{5,}", lambda m: f"{int(m[0]):,}".replace(",", "\u00a0"), text)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", apart)


def _tied(text: str) -> str:
    """Return a text whose short marks do not part from the number that follows."""
    return re.sub(r"\b(w\.|tab\.|pyt\.|od|do|N =) (?=\d)", lambda m: m[1].replace(" ", "\u00a0") + "\u00a0", text)


def _band(lower: Cut | None, upper: Cut | None) -> str:
    def level(cut: Cut) -> str:
        return _number(f"{float(cut.level):g}") if cut.level < 10**6 else f"{float(cut.level / 10**6):g} mln"

    if lower is not None and upper is None:
        if lower.strict and lower.level == 0:
            return "dodatnią"
        return f"powyżej {level(lower)}" if lower.strict else f"co najmniej {level(lower)}"
    if lower is None and upper is not None:
        return f"najwyżej {level(upper)}" if upper.strict else f"poniżej {level(upper)}"
    if lower is not None and upper is not None:
        start = f"powyżej {level(lower)}" if lower.strict else f"od {level(lower)}"
        return f"{start} {'do' if upper.strict else 'poniżej'} {level(upper)}"
    return ""


def name(s: Statement, *, foreign: bool = False) -> str:
    """Return what a statement is about; `foreign` adds the code, where the proof is about several quantities."""
    says, code = s.says, f" {s.key}" if foreign else ""
    if match := re.match(r"^table (\d+):([^:@]+):(\w+)", s.id):
        return f"{MEASURES[match[3]]} {match[2]}, tab. {match[1]}"
    if s.key.startswith("Q") and s.source == "annex":
        item, _, option = s.statistic.partition(": ")
        return f"pyt. {s.key[1:]}: {(item + ', ' if item else '') + option}"
    if says is None:
        found = MEASURES.get(s.statistic)
        if found is None and s.statistic.startswith("mean_year"):
            found = f"średnia za {s.statistic.split()[-1]} r."
        if found is None and s.statistic.startswith("share_option"):
            found = f"odsetek: {s.statistic.removeprefix('share_option ')}"
        return f"{found or 'wartość'}{code}"
    if says.kind == "rank":
        return ("największa wartość" if says.rank == 1 else f"wartość {says.rank}. od góry") + code
    if says.kind in ("count", "share", "share_of_all", "below"):
        what = "liczba klastrów" if says.kind in ("count", "below") else "odsetek klastrów"
        option = s.key.partition(":")[2]
        if option and option != "yes":
            return f"{what}{f' {s.key}' if foreign else ''}"  # the row says which option it is about
        return f"{what} z wartością {_band(says.lower, says.upper)}{code}"
    if (says.kind == "total" and "share" in s.statistic) or (says.kind == "total" and s.statistic == "other"):
        return f"udział w całości{code}"
    words = {
        "without": "liczba klastrów bez tej wielkości", "without_share": "odsetek klastrów bez tej wielkości",
        "answers": "liczba odpowiedzi", "mean_active": "średnia wśród klastrów z wartością dodatnią",
        "mean_rest": "średnia bez lidera", "sector_mean": f"średnia, {SECTORS.get(says.sector, says.sector)}",
    }  # fmt: skip
    return words.get(says.kind, MEASURES.get(says.kind, says.kind)) + code


def _printed(s: Statement) -> str:
    if s.source == "text":
        return f"„{s.printed}”"
    return _with_unit(_number(s.printed.partition(" ")[0]), _unit(s))


def _unit(s: Statement) -> str:
    """Return the unit in which a statement prints its number."""
    if s.source != "text":
        unit = s.printed.partition(" ")[2]
        return UNITS.get(unit, unit)
    if name(s).startswith(("odsetek", "udział")):
        return "%"
    found = re.search(r"%|(?:mln|tys\.)(?: zł)?", s.printed)
    return found[0] if found else ""


def _with_unit(number: str, unit: str) -> str:
    return number + ("%" if unit == "%" else f" {unit}" if unit else "")


def _supposed(s: Statement) -> str:
    found = next(text for start, text in SUPPOSED if s.id.startswith(start))
    return f"{found} ({s.printed})" if s.id.startswith("all answered") else found


def _where(s: Statement) -> str:
    return f" (w. {', '.join(s.lines)})" if s.lines else ""


def values(proof: Proof) -> str:
    """Return the numbers that exclude each other, each with its line; what they are of is said once."""
    foreign = len({m.key for m in proof.members if m.says is not None}) > 1
    numbers: dict[str, list[str]] = {}
    for m in proof.members:
        if m.source in ("supposed", "rule"):
            numbers[_supposed(m) + _where(m)] = []
        else:
            numbers.setdefault(name(m, foreign=foreign), []).append(_printed(m) + _where(m))
    between = " wobec " if len(proof.members) == 2 else ", "
    return _tied("; ".join(f"{what}: {between.join(own)}" if own else what for what, own in numbers.items()))


def repair(proof: Proof) -> str:
    """Return what would let the numbers hold; each alternative alone is enough."""
    out = []
    if proof.kind == "edition":
        where = ", ".join(w.line for w in proof.witnesses)
        out.append(f"zamiana edycji w tekście (por. w. {where})")
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
            out.append(f"liczba odpowiedzi: {_spans(found.removeprefix('N = '))}" if known else "uchylenie założenia")
        elif m.source == "rule":
            out.append("jedna jednostka" if m.id.startswith("rule:unit") else "uchylenie reguły")
        elif len(proof.members) <= 3:
            place = f"w. {m.line}" if by_line else name(m)
            unit = _unit(m) or ("%" if percent and name(m) == name(of_numbers[0]) else "")
            out.append(f"{place}: {_with_unit(_number(found).replace(' or ', ' lub '), unit)}")
    return _tied("; albo ".join(dict.fromkeys(out))) or "rozstrzygną dopiero ankiety"


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
    before = " (poprzednia edycja)" if all(m.period == "previous" for m in proof.members) else ""
    if code in names:
        part = titles.get(option, option) if option != "yes" else ""
        return f"{code} {names[code]}" + (f" – {part}" if part else "") + before
    if code.startswith("Q"):
        return f"Ankieta członków, pytanie {code[1:]}"
    if code.startswith("criterion "):
        return f"Dostępność stron, kryterium {code.removeprefix('criterion ')}"
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
        where = f"tab. {table[1]}, w. {whole.line}" if table else f"w. {whole.line}"
        more = f"; dotyczy to {len(own)} tabel" if len(own) > 1 else ""
        rows.append(
            {
                "what": f"{titles.get(code, code)}: {MEASURES[measure]}", "lines": ", ".join(lines_of(widest)),
                "values": _tied(f"podobszary {shown}; obszar {_part(whole)} {_printed(whole)} ({where}){more}"),
                "repair": BY_RULE, "proof": widest.id,
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
        Indicator to its Polish name.
    titles
        Polish names of scores (codes of sub-areas and areas) and of other keys.

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
