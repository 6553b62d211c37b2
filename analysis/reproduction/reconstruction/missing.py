"""Who gave no answer, found together with scores: the printed area scores say more about it than any indicator.

An area is the mean of a respondent's available indicators, so a missing answer moves the weight of its sub-area. With
the missing answers that Tables 10 and 13-17 call for, areas I and IV have no solution beside their sub-areas; a few
more, found here as the least number, make every cell of the areas I, II, IV and V possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction.published import SECTORS, N


@dataclass(frozen=True)
class Gap:
    """Missing answers of one indicator.

    `by_sector` or `total` say how many are missing; with neither the number is open and each costs `price`. Whoever
    misses the indicator misses `within` as well.
    """

    code: str
    by_sector: Mapping[str, int] | None = None
    total: int | None = None
    within: str | None = None
    price: int = 0


GAPS: dict[str, tuple[Gap, ...]] = {
    "I": (
        Gap("I.1.1", by_sector={"edu": 1}),
        Gap("I.1.2", by_sector={"edu": 1}),
        Gap("I.3.1", by_sector={"edu": 1, "bio": 1, "moto": 1, "chem": 2}),
        Gap("I.3.2", by_sector={"edu": 1, "bio": 1, "moto": 1, "chem": 1}, within="I.3.1"),
        Gap("I.3.3", within="I.3.2", price=1),
    ),
    "II": (Gap("II.3.4", total=9), Gap("II.4.2", total=13), Gap("II.5.3", total=1)),
    # the printed medians 48.5 and 43.5 of IV.4.1 and IV.4.2 need an even number of answers
    "IV": (
        Gap("IV.4.1", total=2),
        Gap("IV.4.2", total=2),
        Gap("IV.4.3", price=1),
        Gap("IV.4.4", price=1),
    ),
    "V": (Gap("V.3.2", total=17), Gap("V.3.1", total=4, within="V.3.2"), Gap("V.3.3", total=4, within="V.3.1")),
}
# numbers of answers that a respondent may have in the sub-areas, each with the switch that says so
Options = list[tuple[cp_model.IntVar, tuple[int, ...]]]
NONE_OF = "IV.4"  # four respondents have no answer at all to this sub-area


@dataclass(frozen=True)
class Absent:
    """Respondents without an answer, as switches of a model."""

    switches: dict[str, list[cp_model.IntVar]]
    price: cp_model.LinearExprT
    counts: list[Options]


def add_gaps(
    model: cp_model.CpModel,
    area: str,
    sizes: Mapping[str, int],
    sector: np.ndarray,
    without_iv4: np.ndarray,
    numbers: Mapping[str, Mapping[str, int]],
) -> Absent:
    """Switches for the missing answers of an area.

    Parameters
    ----------
    sizes : number of indicators of every sub-area
    sector : number of the sector of every respondent
    without_iv4 : respondents with no answer in IV.4
    numbers : missing answers by sector that are known only at run time, for some indicators
    """
    switches: dict[str, list[cp_model.IntVar]] = {}
    price: list[cp_model.LinearExprT] = []
    for gap in GAPS.get(area, ()):
        own = [model.new_bool_var(f"{gap.code} {i}") for i in range(N)]
        switches[gap.code] = own
        by_sector = numbers.get(gap.code, gap.by_sector)
        if by_sector is not None:
            for k, name in enumerate(SECTORS):
                model.add(sum(own[int(i)] for i in np.flatnonzero(sector == k)) == by_sector.get(name, 0))
        if gap.total is not None:
            model.add(sum(own) == gap.total)
        if gap.within is not None:
            for mine, other in zip(own, switches[gap.within], strict=True):
                model.add_implication(mine, other)
        if gap.code.startswith(NONE_OF):
            for none in np.flatnonzero(without_iv4):
                model.add(own[int(none)] == 0)
        if gap.price:
            price += [gap.price * switch for switch in own]
    if area == "I":  # who does not know the one number hardly knows the other
        for one, other in zip(switches["I.1.1"], switches["I.1.2"], strict=True):
            differ = model.new_bool_var("")
            model.add(differ >= one - other)
            price.append(differ)
    subareas = [s for s in sizes if s.split(".")[0] == area]
    counts = []
    for i in range(N):
        missing = {s: [v[i] for c, v in switches.items() if c.rsplit(".", 1)[0] == s] for s in subareas}
        full = tuple(0 if s == NONE_OF and without_iv4[i] else sizes[s] for s in subareas)
        options: Options = []
        for less in product(*(range(len(missing[s]) + 1) for s in subareas)):
            if any(n < k for n, k in zip(full, less, strict=True)):
                continue
            chosen = model.new_bool_var("")
            for s, k in zip(subareas, less, strict=True):
                if missing[s]:
                    model.add(sum(missing[s]) == k).only_enforce_if(chosen)
            options.append((chosen, tuple(n - k for n, k in zip(full, less, strict=True))))
        model.add_exactly_one([switch for switch, _ in options])
        counts.append(options)
    return Absent(switches, sum(price), counts)


def mean_of_available(
    model: cp_model.CpModel,
    area: cp_model.IntVar,
    subareas: list[cp_model.IntVar | None],
    counts: Options,
) -> None:
    """Tie an area score to the sub-area scores, weighted by their numbers of answers, up to half a unit."""
    for switch, weights in counts:
        total = sum(weights)
        parts = sum(w * s for w, s in zip(weights, subareas, strict=True) if w and s is not None)
        model.add(2 * (total * area - parts) <= total).only_enforce_if(switch)
        model.add(2 * (total * area - parts) >= -total).only_enforce_if(switch)
