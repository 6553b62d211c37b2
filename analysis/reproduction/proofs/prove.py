"""All proofs of a folder of published tables: what cannot hold together, of what sort it is, what repairs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from analysis.reproduction.consistency.comments import DEPENDS
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.consistency.shares import stated_base
from analysis.reproduction.printed import round_half_up
from analysis.reproduction.proofs import cells, texts
from analysis.reproduction.proofs.answers import AnswersSystem, Link, Quantity
from analysis.reproduction.proofs.cells import supposed
from analysis.reproduction.proofs.collect import CURRENT, PREVIOUS, Collected, answers_are, clusters_before, collect
from analysis.reproduction.proofs.engine import Proof, System, by_trust, contradictions, irreducible, nearest, same_says
from analysis.reproduction.proofs.sectors import KINDS, SectorSystem
from analysis.reproduction.proofs.statements import Statement
from analysis.reproduction.published import read_published

KINDS_OF_CONTRADICTION = {
    "impossible": "high", "edition": "high", "method": "high", "two values": "medium", "answers": "medium",
    "sum": "medium", "unit": "medium", "wording": "low", "rounding": "low",
}  # fmt: skip
SEVERITIES = ("high", "medium", "low")
SLIP = Fraction(1, 50)  # two printed values of one measured thing nearer than this are a slip of rounding
FAR_OFF = Fraction(1, 4)  # loose wording further from a number than this misleads
LONGEST_SEARCH = 6  # members of a set for which nearest numbers are looked for


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """Return statements with repetitions joined: same quantity, same thing, same values; the most trusted stands."""
    out: dict[tuple[object, ...], Statement] = {}
    for s in reversed(by_trust(statements)):
        key = (s.key, s.period, s.says)
        first = out.setdefault(key, s)
        if first is not s and s.line not in first.lines:
            out[key] = replace(first, also=(*first.also, *s.lines))
    return list(out.values())


def _kind(members: Sequence[Statement], case: str) -> str:
    """Return the kind of a contradiction from its members, and from what the case says it would be."""
    if case in ("method", "unit", "sum", "answers"):
        return case
    if any(m.source == "supposed" for m in members):
        return "answers"
    same = len(members) == 2 and (case in ("two values", "wording") or same_says(*members))
    worded = any(m.wording for m in members)
    if same and worded:
        return "wording"
    if same:
        one, two = members
        a, b = ((m.values.low + m.values.high) / 2 for m in (one, two))
        counted = one.values.low == one.values.high or two.values.low == two.values.high
        return "rounding" if abs(a - b) <= SLIP * max(a, b) and not counted else "two values"
    return "wording" if case == "wording" or worded else "impossible" if case != "two values" else "two values"


def _repairs(members: Sequence[Statement], system: System, quantity: Quantity | None) -> dict[str, str]:
    """Return for each member what would let the others hold, where that is cheap to find."""
    out: dict[str, str] = {}
    for s in members:
        others = [m for m in members if m is not s]
        if s.source == "supposed":
            if quantity is not None:
                fits = [n for n in range(1, quantity.n + 1) if system.feasible([*others, answers_are(quantity.key, n)])]
                out[s.id] = f"N = {_spans(fits)}" if fits else "no number of answers"
            else:
                out[s.id] = "does not hold"
        elif s.source == "rule":
            out[s.id] = "another rule"
        elif len(members) <= LONGEST_SEARCH:
            numbers = nearest(s, others, system)
            if numbers:
                out[s.id] = " or ".join(f"{round_half_up(x, s.decimals):f}" for x in numbers)
    return out


def _spans(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for k in numbers:
        if runs and runs[-1][1] == k - 1:
            runs[-1][1] = k
        else:
            runs.append([k, k])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def _proofs(
    found: Iterable[tuple[list[Statement], bool]], system: System, key: str, case: str,
    quantity: Quantity | None = None, note: str = "",
) -> list[Proof]:  # fmt: skip
    out = []
    for members, minimal in found:
        ordered = tuple(sorted(members, key=lambda s: (-s.trust, int(s.line or 0), s.id)))
        kind = _kind(ordered, case)
        repairs = _repairs(ordered, system, quantity)
        out.append(Proof(kind, key, ordered, repairs, minimal, note=note))
    return out


# --- answers ------------------------------------------------------------------------------------------------


def _of_answers(t: Tables, collected: Collected, undecided: list[str]) -> list[Proof]:
    out: list[Proof] = []
    before = clusters_before(t)
    for (key, period), raw in sorted(collected.statements.items()):
        if period not in (CURRENT, PREVIOUS):
            continue
        n = t.n if period == CURRENT else before
        quantity = replace(collected.quantities[key], n=n)
        said = merged(raw)
        answers = [s for s in said if s.says and s.says.kind != "sector_mean"]
        system = AnswersSystem([quantity])
        found = contradictions(answers, system)
        out += _proofs(found, system, key, "impossible", quantity)
        left = _without_suspects(answers, found)
        if period == CURRENT and not _number_stated(raw):
            all_answered = answers_are(key, n)
            more = contradictions([*left, all_answered], system)
            out += _proofs(more[:1], system, key, "answers", quantity)
        undecided += [key] * (system.undecided > 0)
        by_sector = [s for s in said if s.says and s.says.kind in KINDS]
        if period == CURRENT and quantity.sectors and any(s.says and s.says.kind == "sector_mean" for s in by_sector):
            out += _of_sectors(by_sector, quantity, found)
    return out


def _without_suspects(
    statements: Sequence[Statement], found: Sequence[tuple[list[Statement], bool]]
) -> list[Statement]:
    suspects = {id(by_trust(members)[0]) for members, _ in found if members}
    return [s for s in statements if id(s) not in suspects]


def _number_stated(statements: Sequence[Statement]) -> bool:
    """Whether a number of answers is printed: then nobody needs to suppose one."""
    return any(s.says is not None and s.says.kind == "answers" for s in statements) or any(
        stated_base(s.words) is not None for s in statements
    )


def _of_sectors(
    statements: Sequence[Statement], quantity: Quantity, before: Sequence[tuple[list[Statement], bool]]
) -> list[Proof]:  # fmt: skip
    system = SectorSystem(quantity)
    rest = _without_suspects(statements, before)
    found = contradictions(rest, system)
    out = _proofs(found, system, quantity.key, "impossible", quantity)
    if not _number_stated(statements):
        left = _without_suspects(rest, found)
        more = contradictions([*left, answers_are(quantity.key, quantity.n)], system)
        out += _proofs(more[:1], system, quantity.key, "answers", quantity)
    return out


def _of_links(t: Tables, collected: Collected, undecided: list[str]) -> list[Proof]:
    """Quantities that the questionnaire joins: the first can be positive only where the second is."""
    out: list[Proof] = []
    for child, parent in DEPENDS.items():
        pair = [collected.statements.get((key, CURRENT), []) for key in (child, parent)]
        if not all(pair):
            continue
        quantities = [collected.quantities[child], collected.quantities[parent]]
        own: list[Statement] = []
        for quantity, raw in zip(quantities, pair, strict=True):
            said = [s for s in merged(raw) if s.says and s.says.kind != "sector_mean"]
            alone = AnswersSystem([quantity])
            own += _without_suspects(said, contradictions(said, alone))
        rule = supposed(f"{child} needs {parent}", f"only clusters with {parent} can have {child} (questionnaire)")
        rule = replace(rule, key=child, source="rule")
        system = AnswersSystem(quantities, Link(rule, child, parent))
        everything = [*own, rule]
        if system.feasible(by_trust(everything)) is False:
            members, minimal = irreducible(by_trust(everything), system)
            out += _proofs([(members, minimal)], system, child, "impossible")
        undecided += [child] * (system.undecided > 0)
    return out


# --- editions -----------------------------------------------------------------------------------------------


def _editions(proofs: Sequence[Proof], collected: Collected) -> list[Proof]:
    """Mark pairs in which the text gives the annex's number to the edition before: editions changed places.

    The statement on the edition before, equal to the annex, becomes a witness: it does not exclude anything by
    itself, it says where the number went.
    """
    out = []
    for proof in proofs:
        annex = [m for m in proof.members if m.source in ("annex", "comment") and m.period == CURRENT]
        text = [m for m in proof.members if m.source == "text"]
        before = [
            s for s in collected.statements.get((proof.key, PREVIOUS), [])
            if proof.kind in ("two values", "rounding", "impossible") and len(proof.members) == 2 and annex and text
            and s.says and annex[0].says and s.says.same == annex[0].says.same and s.values.meets(annex[0].values)
            and s.section == text[0].section
        ]  # fmt: skip
        out.append(replace(proof, kind="edition", witnesses=tuple(before)) if before else proof)
    return out


@dataclass(frozen=True)
class Audit:
    """What was proved.

    Attributes
    ----------
    proofs
        Sorted by severity, kind, key and id; each set of statements once.
    statements
        Number of statements on answers, and of cases of cells and text, that were decided.
    undecided
        Quantities with questions that were not decided; nothing is claimed about them.
    """

    proofs: tuple[Proof, ...]
    statements: int
    undecided: tuple[str, ...]


def prove(t: Tables) -> Audit:
    """Return a proof for every contradiction that the engines find; same tables, same proofs."""
    collected = collect(t)
    undecided: list[str] = []
    found = [*_of_answers(t, collected, undecided), *_of_links(t, collected, undecided)]
    found = _editions(found, collected)
    count = sum(map(len, collected.statements.values()))
    for case in [*cells.cases(t), *texts.cases(t, collected)]:
        count += 1
        said = by_trust(case.statements)
        if case.system.feasible(said) is False:
            members, minimal = irreducible(said, case.system)
            found += _proofs([(members, minimal)], case.system, case.key, case.kind, note=case.note)
    once: dict[frozenset[str], Proof] = {}
    for proof in found:
        once.setdefault(frozenset(m.id for m in proof.members), proof)
    ordered = sorted(once.values(), key=lambda p: (SEVERITIES.index(severity(p)), p.kind, p.key, p.id))
    return Audit(tuple(ordered), count, tuple(dict.fromkeys(undecided)))


def prove_published(folder: Path) -> Audit:
    """Prove the contradictions of the published tables of a folder; see `prove`.

    Raises
    ------
    DataError
        The folder or its `framework.csv` is missing, or a table is malformed; see `published_tables`.
    """
    return prove(Tables(read_published(folder)))


def severity(proof: Proof) -> str:
    """Return high, medium or low: by kind; loose wording far from the number it stands beside counts as medium."""
    level = KINDS_OF_CONTRADICTION[proof.kind]
    if proof.kind == "wording" and len(proof.members) == 2:
        a, b = ((m.values.low + min(m.values.high, 2 * m.values.low + 1)) / 2 for m in proof.members)
        return "medium" if abs(a - b) > FAR_OFF * max(a, b) else "low"
    return level
