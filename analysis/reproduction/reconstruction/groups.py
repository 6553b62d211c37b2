"""Synthetic clusters: what is given about the 42 respondents, and how many members each has.

Which sector, size, age, status and strategy meet in a respondent is the business of `labels`. Member counts follow
from them: sector sums and size bands hold, nobody has the count of a named cluster, and the regression of the overall
score on the number of members comes near its printed line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction.published import SECTORS, N, Published

# Rows: sectors in the order of SECTORS; columns: 20-49, 50-79, 80-149, 150+ members (10/11/11/10 in all).
SECTOR_BY_SIZE = np.array(
    [[0, 1, 2, 1], [1, 0, 2, 3], [2, 2, 1, 1], [3, 4, 1, 1], [3, 1, 2, 3], [1, 3, 3, 1]], dtype=int
)
SECTOR_MEMBERS = {"bio": 492, "chem": 1179, "edu": 531, "ict": 931, "moto": 1010, "metal": 799}
# As large as the three largest of the edition, but not their published member counts.
LARGEST = {"ict": 494, "chem": 449, "moto": 229}
BANDS = ((20, 49), (50, 79), (80, 149), (150, 500))
ABOVE_100 = 20
AGE_SIZES = (18, 16, 8)
STRATEGY_SIZES = (8, 5, 29)
N_KKK = 17
KKK_ABOVE_100 = 16
REGRESSION = {"slope": 0.0012, "intercept": 0.1799, "r2": 0.4038}


@dataclass
class Design:
    """Characteristics of the 42 synthetic clusters (arrays of length 42) and their trial scores.

    `labels` maps a dimension to group numbers; `scores` is 42 × 25 (NaN where IV.4 is missing); `absent` maps some
    indicators to the respondents who gave no answer.
    """

    labels: dict[str, np.ndarray]
    members: np.ndarray
    without_iv4: np.ndarray
    scores: np.ndarray
    absent: dict[str, np.ndarray]

    @property
    def sector(self) -> np.ndarray:
        """Sector codes as text."""
        return np.array(SECTORS)[self.labels["sector"]]


MOST_OTHERS = 230  # members of any cluster but the three largest
TYPICAL = 0.75  # place in its size band where a cluster below 150 members is put if nothing speaks against it
CLIMBS = 60_000
ENTERPRISES_FOR_ALL = 126  # enterprises in all four kinds that give IV.4 about 1.1; its caps follow from the answers
MOST_ENTERPRISES = 0.9  # of the members


def line_of(members: np.ndarray, overall: np.ndarray) -> dict[str, float]:
    """Slope, intercept and R² of the overall score on the number of members."""
    x = members - members.mean()
    sxx = float(x @ x)
    y = overall - overall.mean()
    slope = float(x @ y) / sxx
    return {
        "slope": slope,
        "intercept": float(overall.mean()) - slope * float(members.mean()),
        "r2": slope**2 * sxx / float(y @ y),
    }


def _distance(members: np.ndarray, overall: np.ndarray) -> float:
    found = line_of(members, overall)
    return sum(abs(found[k] - REGRESSION[k]) / scale for k, scale in (("slope", 0.0001), ("r2", 0.005)))


def enterprises_needed(scores: np.ndarray, published: Published) -> np.ndarray:
    """Enterprises without which a respondent cannot reach its aim in IV.4, which counts enterprises (42)."""
    aims = np.nan_to_num(scores[:, published.columns.index("IV.4")])
    return np.ceil(ENTERPRISES_FOR_ALL * np.maximum(aims, 0)).astype(int)


def first_members(labels: Mapping[str, np.ndarray], least: np.ndarray, published: Published) -> np.ndarray:
    """Member counts inside the bands that give the sector sums; 20 are above 100, 16 of them key clusters.

    Nobody in the two lower bands has fewer members than `least`.

    Raises
    ------
    RuntimeError
        No counts satisfy all of this.
    """
    sector, size, kkk = labels["sector"], labels["size"], labels["kkk"]
    model = cp_model.CpModel()
    values, gaps, above = [], [], []
    largest_done: set[str] = set()
    for i in range(N):
        code = SECTORS[sector[i]]
        low, high = BANDS[size[i]]
        low = max(low, min(int(least[i]), high - 2)) if size[i] < 2 else low
        if size[i] == 3 and code in LARGEST and code not in largest_done:
            largest_done.add(code)
            allowed = [LARGEST[code]]
        else:
            high = min(high, MOST_OTHERS)
            allowed = [v for v in range(low, high + 1) if v not in published.named_members]
        x = model.new_int_var_from_domain(cp_model.Domain.from_values(allowed), f"m{i}")
        typical = round(low + TYPICAL * (high - low))
        gap = model.new_int_var(0, 600, "")
        model.add_abs_equality(gap, x - typical)
        over = model.new_bool_var("")
        model.add(x > 100).only_enforce_if(over)
        model.add(x <= 100).only_enforce_if(over.negated())
        values.append(x)
        gaps.append(3 * gap if size[i] < 2 else gap)
        above.append(over)
    for k, code in enumerate(SECTORS):
        model.add(sum(x for i, x in enumerate(values) if sector[i] == k) == SECTOR_MEMBERS[code])
        model.add_all_different([x for i, x in enumerate(values) if sector[i] == k])
    model.add(sum(above) == ABOVE_100)
    model.add(sum(above[i] for i in range(N) if kkk[i] == 0) == KKK_ABOVE_100)
    model.minimize(sum(gaps))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = 5.0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError("no member counts satisfy the sector sums, the size bands and the numbers above 100")
    return np.array([solver.value(x) for x in values])


def choose_members(
    labels: Mapping[str, np.ndarray], scores: np.ndarray, published: Published, rng: np.random.Generator
) -> np.ndarray:
    """Member counts near the printed regression of the overall score on members; everything else stays true.

    Small moves and exchanges between two respondents of one sector and one side of 100, seeded. `scores` (42 × 25) are
    the aims: the last column is the overall score.
    """
    overall = scores[:, -1]
    least = np.ceil(enterprises_needed(scores, published) / MOST_ENTERPRISES).astype(int)
    members = first_members(labels, least, published)
    sector, size = labels["sector"], labels["size"]
    now = _distance(members, overall)
    for _ in range(CLIMBS):
        a, b = (int(v) for v in rng.integers(N, size=2))
        if a == b or sector[a] != sector[b]:
            continue
        old = members[[a, b]].copy()
        if rng.random() < 0.2 and size[a] == size[b]:
            members[[a, b]] = old[::-1]
        else:
            step = int(rng.integers(1, 12))
            members[a] += step
            members[b] -= step
        if _fits(members, (a, b), old, labels, least, published):
            distance = _distance(members, overall)
            if distance <= now:
                now = distance
                continue
        members[[a, b]] = old
    return members


def _fits(
    members: np.ndarray,
    pair: tuple[int, int],
    old: np.ndarray,
    labels: Mapping[str, np.ndarray],
    least: np.ndarray,
    published: Published,
) -> bool:
    if any(labels["size"][i] < 2 and members[i] < min(least[i], BANDS[labels["size"][i]][1] - 2) for i in pair):
        return False
    if sorted(members[list(pair)]) == sorted(old):  # an exchange
        return bool(labels["size"][pair[0]] == labels["size"][pair[1]] and len(set(members[list(pair)] > 100)) == 1)
    own = members[labels["sector"] == labels["sector"][pair[0]]]
    for i, before in zip(pair, old, strict=True):
        low, high = BANDS[labels["size"][i]]
        low = round(low + 0.4 * (high - low)) if labels["size"][i] < 2 else low
        if before in LARGEST.values() or not low <= members[i] <= min(high, MOST_OTHERS):
            return False
        if members[i] in published.named_members or (members[i] > 100) != (before > 100):
            return False
    return len(set(own)) == len(own)
