"""Proofs in Polish, for the annex of the report: what is said, where, and what would repair it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd

from analysis.reproduction.proofs.engine import Proof
from analysis.reproduction.proofs.prove import Audit, severity
from analysis.reproduction.proofs.report import lines_of
from analysis.reproduction.proofs.statements import Cut, Statement

COLUMNS = ("no", "what", "lines", "values", "repair", "proof")
MEASURES = {
    "mean": "średnia", "median": "mediana", "benchmark": "największa wartość", "min": "najmniejsza wartość",
    "q1": "pierwszy kwartyl", "q3": "trzeci kwartyl", "total": "suma", "iqr": "rozstęp środkowej połowy",
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


def _band(lower: Cut | None, upper: Cut | None) -> str:
    def level(cut: Cut) -> str:
        return _number(f"{float(cut.level):g}") if cut.level < 10**6 else f"{float(cut.level / 10**6):g} mln"

    if lower is not None and upper is None:
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
            return f"{what} ({option})"
        return f"{what} z wartością {_band(says.lower, says.upper)}{code}"
    if (says.kind == "total" and "share" in s.statistic) or (says.kind == "total" and s.statistic == "other"):
        return f"udział w ogóle{code}"
    words = {
        "without": "liczba klastrów bez tej wielkości", "without_share": "odsetek klastrów bez tej wielkości",
        "answers": "liczba odpowiedzi", "mean_active": "średnia klastrów z wartością dodatnią",
        "mean_rest": "średnia bez lidera", "sector_mean": f"średnia, {SECTORS.get(says.sector, says.sector)}",
    }  # fmt: skip
    return words.get(says.kind, MEASURES.get(says.kind, says.kind)) + code


def _printed(s: Statement) -> str:
    if s.source == "text":
        return f"„{s.printed}”"
    value, _, unit = s.printed.partition(" ")
    shown = UNITS.get(unit, unit)
    return _number(value) + ("" if not shown else "%" if shown == "%" else f" {shown}")


def _supposed(s: Statement) -> str:
    found = next(text for start, text in SUPPOSED if s.id.startswith(start))
    return f"{found} ({s.printed})" if s.id.startswith("all answered") else found


def _where(s: Statement) -> str:
    return f" (w. {', '.join(s.lines[:3])}{'…' if len(s.lines) > 3 else ''})" if s.lines else ""


def values(proof: Proof) -> str:
    """Return the numbers that exclude each other, each with its line."""
    foreign = len({m.key for m in proof.members if m.says is not None}) > 1
    return "; ".join(
        f"{_supposed(m)}{_where(m)}" if m.source in ("supposed", "rule")
        else f"{name(m, foreign=foreign)}: {_printed(m)}{_where(m)}"
        for m in proof.members
    )  # fmt: skip


def repair(proof: Proof) -> str:
    """Return what would let the numbers hold; each alternative alone is enough."""
    out = []
    if proof.kind == "edition":
        where = ", ".join(w.line for w in proof.witnesses)
        out.append(f"zamiana edycji w tekście: w. {where} podaje liczbę z tabeli jako wcześniejszą")
    for m in proof.members:
        found = proof.repairs.get(m.id)
        if found is None or (proof.kind == "edition" and m.source == "text"):
            continue
        if proof.kind == "wording" and m.source != "text":
            continue  # words give way to numbers
        if m.source == "supposed":
            known = found.startswith("N = ")
            out.append(
                f"liczba odpowiedzi: {_spans(found.removeprefix('N = '))}" if known else "założenie nie zachodzi"
            )
        elif m.source == "rule":
            out.append("inna reguła" if not m.id.startswith("rule:unit") else "jedna jednostka")
        elif len(proof.members) <= 3:
            unit = m.printed.partition(" ")[2] if m.source != "text" else ""
            shown = UNITS.get(unit, unit)
            text = _number(found).replace(" or ", " lub ")
            out.append(f"{name(m)}: {text}{'%' if shown == '%' else f' {shown}' if shown else ''}")
    return "; albo ".join(dict.fromkeys(out)) or "wymaga odpowiedzi źródłowych"


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
        shown = values(widest)
        more = f"; liczba tabel, w których tak jest: {len(own)}" if len(own) > 1 else ""
        rows.append(
            {
                "what": f"{titles.get(code, code)}: {MEASURES[measure]}", "lines": ", ".join(lines_of(widest)),
                "values": shown + more, "repair": "średnia wskaźników obszaru zamiast średniej podobszarów",
                "proof": widest.id,
            }
        )  # fmt: skip
    return rows


def _gap(proof: Proof) -> Fraction:
    """Return how far the whole is from the plain mean of its parts."""
    whole = next(m for m in proof.members if m.id.split(":")[1] == proof.key)
    parts = [m for m in proof.members if m is not whole and m.source == "annex"]
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
        high, medium, low: `COLUMNS`, numbered through. Failures of a rule of the method are joined, one row for each
        area and measure.
    """
    out: dict[str, pd.DataFrame] = {}
    number = 0
    for level in ("high", "medium", "low"):
        chosen = [p for p in audit.proofs if severity(p) == level]
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
