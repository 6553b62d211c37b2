"""Verdicts on areas and sub-areas, and who leads among the groups."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.narrative.words import EQUAL, UP, listed, order, ranked
from analysis.narrative.writing import Desk, f

_GAP = ("zdecydowanie", "znacznie", "wyraźnie", "zauważalnie")
_FEW = ("nieliczne", "nieliczne", "wybrane", "niektóre")


def group_id(group: str) -> str:
    """Return the part of a fact id that names a group, as `analysis.tables.slug` makes it."""
    return re.sub(r"[^0-9a-z]+", "_", group.lower().replace("+", "plus")).strip("_")


def score(code: str, measure: str, group: str = "all") -> str:
    """Return the id of a score's statistic."""
    return f"score.{code}.{group_id(group)}.{measure}"


@dataclass(frozen=True)
class AreaWriter:
    """Writes about one area or sub-area."""

    desk: Desk
    code: str

    @property
    def _place(self) -> int:
        return self.desk.grammar.place(self.code)

    def _name(self, code: str) -> str:
        return f"„{self.desk.grammar.framework.label(code)}”"

    def _step(self) -> int:
        """How far the mean lies below the benchmark, as an index of the words; their number where it is near."""
        ratio = self.desk.value(score(self.code, "mean")) / self.desk.value(score(self.code, "benchmark"))
        return sum(ratio >= limit for limit in self.desk.words.gap_words)

    def _extreme(self, codes: list[str], measure: str, *, lowest: bool = False) -> str:
        """'podobszar „X” (0,22)', or all of them where several are printed alike."""
        groups = ranked({code: self.desk.fact(score(code, measure)) for code in codes})
        group = groups[-1] if lowest else groups[0]
        names = listed([self._name(code) for code in group])
        many = len(group) > 1
        return f"{'podobszary' if many else 'podobszar'} {names} ({'po ' if many else ''}{f(score(group[0], measure))})"

    def area(self) -> str:
        """The verdict on an area: benchmark, mean and median, sub-areas at both ends."""
        subareas = self.desk.grammar.framework.subareas
        codes = [str(c) for c in subareas.index[subareas["parent"] == self.code]]
        mean, median, best = (f(score(self.code, m)) for m in ("mean", "median", "benchmark"))
        step = self._step()
        typical = (
            "przeciętny klaster pozostaje więc bardzo daleko za liderem",
            "przeciętny klaster pozostaje więc daleko za liderem",
            "przeciętny klaster nie osiąga połowy wyniku lidera",
            "od lidera dzieli przeciętny klaster wyraźny dystans",
            "przeciętny klaster jest stosunkowo blisko lidera",
        )[step]
        text = f"Benchmark obszaru wynosi {best}. Średnia to {mean}, a mediana {median}: {typical}."
        medians = {code: self.desk.fact(score(code, "median")) for code in codes}
        if len(ranked(medians)) > 1:
            text += (
                f" Najwyższą medianę {self._have(codes)} {self._extreme(codes, 'median')}, a najniższą "
                f"{self._extreme(codes, 'median', lowest=True)}."
            )
        full = [code for code in codes if self.desk.shown(score(code, "benchmark")) == "1,00"]
        if full:
            where = "podobszarze" if len(full) == 1 else "podobszarach"
            names = listed([self._name(code) for code in full])
            text += f" Najwyższą możliwą notę ({f(score(full[0], 'benchmark'))}) zdobyto w {where} {names}."
        return text

    def _have(self, codes: list[str]) -> str:
        """The verb of those with the highest median."""
        return "mają" if len(ranked({code: self.desk.fact(score(code, "median")) for code in codes})[0]) > 1 else "ma"

    def lead(self) -> str:
        """The first sentences of a sub-area: how the mean stands to the benchmark."""
        mean, median, best = (f(score(self.code, m)) for m in ("mean", "median", "benchmark"))
        step, name = self._step(), self._name(self.code)
        text: str
        if self.desk.shown(score(self.code, "mean")) == self.desk.shown(score(self.code, "benchmark")):
            text = f"W podobszarze {name} średnia jest równa benchmarkowi ({best})."
        elif step == len(_GAP):
            text = (
                f"W podobszarze {name} średnia ({mean}) jest stosunkowo bliska benchmarku ({best}), a połowa klastrów "
                f"osiąga co najmniej {median}."
            )
        else:
            gap = _GAP[step]
            few = f"{_FEW[step]} klastry {self.desk.grammar.few(self.code)}"
            text = (
                f"W podobszarze {name} średnia ({mean}) jest {gap} niższa od benchmarku ({best}). Tylko {few}; "
                f"mediana to {median}.",
                f"Średni wynik w podobszarze {name} wynosi {mean} i {gap} ustępuje benchmarkowi ({best}). Oznacza to, "
                f"że jedynie {few}, a połowa ma wynik nie wyższy niż {median}.",
                f"Benchmark podobszaru {name} ({best}) {gap} przewyższa średnią ({mean}) i medianę ({median}): "
                f"tylko {few}.",
            )[self._place % 3]
        return text

    def _leaders(self, dimension: str, *, lowest: bool = False) -> tuple[str, str, bool]:
        """Names of the groups with the highest (lowest) mean, the expression of that mean, whether they are several."""
        groups = self.desk.grammar.groups
        rows = groups[groups["dimension"] == dimension]
        subjects = dict(zip(rows["group"].astype(str), rows["subject"].astype(str), strict=True))
        order_of = ranked({g: self.desk.fact(score(self.code, "mean", g)) for g in subjects})
        chosen = order_of[-1 if lowest else 0]
        return listed([subjects[g] for g in chosen], " oraz "), f(score(self.code, "mean", chosen[0])), len(chosen) > 1

    def _withheld(self, dimension: str) -> bool:
        groups = self.desk.grammar.groups
        known = groups.loc[groups["dimension"] == dimension, "group"].astype(str)
        ids = [score(self.code, "mean", group) for group in known]
        return any(i in self.desk.facts and not self.desk.has(i) for i in ids)

    def groups(self) -> str:
        """Who leads: status, size, age, strategy, sector."""
        kkk, rest = score(self.code, "mean", "KKK"), score(self.code, "mean", "not KKK")
        moved = order(self.desk.fact(kkk), self.desk.fact(rest))
        if moved == EQUAL:
            status = f"Średnie klastrów ze statusem KKK i bez niego są równe ({f(kkk)})."
        else:
            up = moved == UP
            status = (
                f"Klastry ze statusem KKK mają średnią {'wyższą' if up else 'niższą'} niż pozostałe "
                f"({f(kkk)} i {f(rest)}).",
                f"Średnia klastrów ze statusem KKK ({f(kkk)}) {'przewyższa średnią' if up else 'ustępuje średniej'} "
                f"pozostałych ({f(rest)}).",
                f"Status KKK idzie w parze z {'wyższą' if up else 'niższą'} średnią: {f(kkk)} wobec {f(rest)} "
                f"bez statusu.",
            )[(self._place + self._place // 3) % 3]
        heads = {"size": "wielkości", "age": "wieku", "strategy": "strategii"}
        found = {d: self._leaders(d) for d in heads}
        lead = [f"{name} ({'po ' if many else ''}{value})" for name, value, many in found.values()]
        size, age, strategy = lead
        if self._withheld("sector"):
            return (
                f"{status} Pod względem wielkości prowadzą {size}, pod względem wieku {age}, a pod względem strategii "
                f"{strategy}. Branż nie uszeregowano, bo wyników części z nich nie podano."
            )
        best, high, several = self._leaders("sector")
        worst, low, several_low = self._leaders("sector", lowest=True)
        po, po_low = "po " if several else "", "po " if several_low else ""
        patterns = (
            f"{status} Pod względem wielkości prowadzą {size}, pod względem wieku {age}, a pod względem "
            f"strategii {strategy}. Wśród branż na czele jest {best} ({po}{high}), a na końcu {worst} ({po_low}{low}).",
            f"Najwyższą średnią wśród branż ma {best} ({po}{high}), najniższą {worst} ({po_low}{low}). {status} "
            f"W podziale według wielkości pierwsze są {size}, według wieku {age}, a według strategii {strategy}.",
            f"{status} W pozostałych przekrojach najwyższą średnią mają {size}, {age} i {strategy}. Średnie branż "
            f"sięgają od {low} ({worst}) do {high} ({best}).",
        )
        return patterns[self._place % 3]
