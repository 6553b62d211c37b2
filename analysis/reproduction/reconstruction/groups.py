"""Synthetic clusters: sector, size, age, status and strategy of 42 respondents, and the sub-area scores they aim at.

The groups have the printed sizes. How many respondents of a sector fall into a size band is as among named clusters;
which age, status and strategy go with them is *not* taken from the registry but searched for: starting from a random
design, simulated annealing exchanges labels and moves trial scores until the group statistics of Tables 18 to 36 come
near. No respondent has the member count of a named cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction import scoring
from analysis.reproduction.reconstruction.published import DIMENSIONS, GROUPS, SECTORS, N, Published
from analysis.reproduction.reconstruction.rounding import spread_total

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
# clusters that gave no value at all for sub-area IV.4: (sector, size band)
WITHOUT_SPECIALISATION = (("edu", 3), ("moto", 3), ("moto", 3), ("moto", 3))
# the one sub-area with a single indicator (0 to 16 environmental actions): totals by sector follow from Table 10
SINGLE, SINGLE_MAX = "IV.3", 16
SINGLE_BY_SECTOR = {"bio": 27, "chem": 57, "edu": 11, "ict": 34, "moto": 65, "metal": 75}
REGRESSION = {"slope": 0.0012, "intercept": 0.1799, "r2": 0.4038}


@dataclass
class Design:
    """Characteristics of the 42 synthetic clusters (arrays of length 42) and their trial scores.

    `labels` maps a dimension to group numbers; `scores` is 42 × 25 (NaN where IV.4 is missing).
    """

    labels: dict[str, np.ndarray]
    members: np.ndarray
    without_iv4: np.ndarray
    scores: np.ndarray

    @property
    def sector(self) -> np.ndarray:
        """Sector codes as text."""
        return np.array(SECTORS)[self.labels["sector"]]


def _members(sector: np.ndarray, size: np.ndarray, published: Published, rng: np.random.Generator) -> np.ndarray:
    """Member counts: sector sums and bands hold, three are very large, none is the count of a named cluster."""
    model = cp_model.CpModel()
    values, gaps, above = [], [], []
    largest_done: set[str] = set()
    for i in range(N):
        code = SECTORS[sector[i]]
        low, high = BANDS[size[i]]
        if size[i] == 3 and code in LARGEST and code not in largest_done:
            largest_done.add(code)
            allowed = [LARGEST[code]]
        else:
            high = min(high, 230)
            allowed = [v for v in range(low, high + 1) if v not in published.named_members]
        x = model.new_int_var_from_domain(cp_model.Domain.from_values(allowed), f"m{i}")
        typical = int(np.exp(rng.uniform(np.log(low), np.log(high))))
        gap = model.new_int_var(0, 600, "")
        model.add_abs_equality(gap, x - typical)
        over = model.new_bool_var("")
        model.add(x > 100).only_enforce_if(over)
        model.add(x <= 100).only_enforce_if(over.negated())
        values.append(x)
        gaps.append(gap)
        above.append(over)
    for k, code in enumerate(SECTORS):
        model.add(sum(x for i, x in enumerate(values) if sector[i] == k) == SECTOR_MEMBERS[code])
        model.add_all_different([x for i, x in enumerate(values) if sector[i] == k])
    model.add(sum(above) == ABOVE_100)
    model.minimize(sum(gaps))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = 5.0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError("no member counts satisfy the sector sums and size bands")
    return np.array([solver.value(x) for x in values])


def weights_of(published: Published) -> dict[str, int]:
    """Number of indicators of each sub-area, in printed order."""
    codes = [c.rsplit(".", 1)[0] for c in published.indicators.index]
    return {c: codes.count(c) for c in dict.fromkeys(codes)}


def complete(sub: np.ndarray, columns: tuple[str, ...], weights: dict[str, int]) -> np.ndarray:
    """42 × 25 scores from 42 × 19 of sub-areas: areas weighted by available indicators, overall the mean of areas."""
    out = np.full((len(sub), len(columns)), np.nan)
    names = list(weights)
    out[:, [columns.index(n) for n in names]] = sub
    areas = [c for c in columns if "." not in c and c != "ALL"]
    for area in areas:
        inside = [k for k, n in enumerate(names) if n.startswith(area + ".")]
        w = np.array([weights[names[k]] for k in inside], float)
        available = ~np.isnan(sub[:, inside])
        out[:, columns.index(area)] = np.nansum(sub[:, inside] * w, axis=1) / (available * w).sum(axis=1)
    out[:, columns.index("ALL")] = out[:, [columns.index(a) for a in areas]].mean(axis=1)
    return out


def regression_penalty(members: np.ndarray, overall: np.ndarray) -> float:
    """Distance of the line of overall score on members from the printed one (weighted)."""
    x = members - members.mean()
    sxx = float(x @ x)
    y = overall - overall.mean()
    slope = float(x @ y) / sxx
    r2 = slope**2 * sxx / float(y @ y)
    intercept = float(overall.mean()) - slope * float(members.mean())
    return (
        1500 * max(abs(slope - REGRESSION["slope"]) - 0.00005, 0)
        + 3 * abs(intercept - REGRESSION["intercept"])
        + 3 * abs(r2 - REGRESSION["r2"])
    )


def _start(published: Published, rng: np.random.Generator) -> Design:
    pairs = [(s, b) for s in range(len(SECTORS)) for b in range(4) for _ in range(SECTOR_BY_SIZE[s, b])]
    sector = np.array([p[0] for p in pairs])
    size = np.array([p[1] for p in pairs])
    members = _members(sector, size, published, rng)
    kkk = np.ones(N, int)
    above = rng.permutation(np.flatnonzero(members > 100))
    kkk[above[:KKK_ABOVE_100]] = 0
    below = rng.permutation(np.flatnonzero((members <= 100) & (members >= 80)))
    kkk[below[: N_KKK - KKK_ABOVE_100]] = 0
    age = rng.permutation(np.repeat(np.arange(3), AGE_SIZES))
    strategy = rng.permutation(np.repeat(np.arange(3), STRATEGY_SIZES))
    without = np.zeros(N, bool)
    for code, band in WITHOUT_SPECIALISATION:
        free = np.flatnonzero((sector == SECTORS.index(code)) & (size == band) & ~without)
        without[free[0]] = True
    labels = {"age": age, "kkk": kkk, "sector": sector, "size": size, "strategy": strategy}
    return Design(labels, members, without, np.empty((0, 0)))


def _trial_scores(design: Design, published: Published, names: list[str], rng: np.random.Generator) -> np.ndarray:
    """First scores: the printed overall quantiles, handed out by an activity factor of size, status and chance."""
    activity = np.log(design.members) + 0.8 * (design.labels["kkk"] == 0) + rng.normal(0, 0.7, N)
    out = np.empty((N, len(names)))
    for k, name in enumerate(names):
        stat = published.scores[0, published.columns.index(name)]
        order = np.argsort(np.argsort(activity + rng.normal(0, 0.6, N)))
        out[:, k] = np.interp((order + 0.5) / N, [0.0, 0.25, 0.5, 0.75, 1.0], stat[[0, 1, 2, 4, 5]])
    return out


def design_groups(
    published: Published, rng: np.random.Generator, *, steps: int, progress: Callable[[str], None]
) -> Design:
    """Search labels and trial scores that fit the score tables.

    `steps` is the number of annealing steps (about 0.1 ms each). Deterministic for a given state of `rng`.
    """
    design = _start(published, rng)
    names = list(weights_of(published))
    sub = _trial_scores(design, published, names, rng)
    sub[design.without_iv4, names.index("IV.4")] = np.nan
    for code, total in SINGLE_BY_SECTOR.items():
        inside = np.flatnonzero(design.sector == code)
        own = sub[inside, names.index(SINGLE)]
        whole = spread_total(own + 0.05, total, np.zeros(len(inside), int), np.full(len(inside), SINGLE_MAX))
        sub[inside, names.index(SINGLE)] = whole / SINGLE_MAX
    design.scores = complete(sub, published.columns, weights_of(published))
    refine(design, published, rng, steps=steps, hot=0.15, cold=0.0015, labels_too=True, progress=progress)
    return design


def refine(
    design: Design,
    published: Published,
    rng: np.random.Generator,
    *,
    steps: int,
    hot: float,
    labels_too: bool,
    progress: Callable[[str], None],
    cold: float = 0.0005,
    anchor: float = 0.0,
) -> None:
    """Move the trial scores of a design (in place) towards the printed group statistics by simulated annealing.

    With `labels_too` respondents also exchange age, status and strategy. `anchor` is the price of moving a score away
    from where it stood (per unit of score).
    """
    weights = weights_of(published)
    names = list(weights)
    columns = published.columns
    areas = [c for c in columns if "." not in c and c != "ALL"]
    column_of = np.array([columns.index(n) for n in names])
    sub = design.scores[:, column_of]
    start = sub.copy()
    ext = scoring.extend(design.scores)
    labels = design.labels
    printed = published.scores
    index = scoring.padded(scoring.group_rows(labels))
    current = scoring.distance(scoring.measures(ext, index), printed).sum(axis=2)
    area_column = np.array([columns.index(n.split(".")[0]) for n in names])
    all_column = columns.index("ALL")
    w = np.array([weights[n] for n in names], float)
    area_w = {}
    for area in areas:
        inside = np.array([n.split(".")[0] == area for n in names])
        area_w[columns.index(area)] = ((~np.isnan(sub)) * (w * inside)).sum(axis=1)
    first = {}
    at = 1
    for d in DIMENSIONS:
        first[d] = at
        at += len(GROUPS[d])
    line = regression_penalty(design.members, ext[:N, all_column])
    tenth = max(steps // 10, 1)
    exchange = ("age", "kkk", "strategy")
    single = names.index(SINGLE)
    same_sector = [np.flatnonzero(labels["sector"] == s) for s in labels["sector"]]
    for step in range(steps):
        temperature = hot * (cold / hot) ** (step / steps)
        kind = rng.random()
        if kind < 0.06:
            if not labels_too:
                continue
            d = exchange[int(rng.integers(3))]
            a, b = (int(v) for v in rng.integers(N, size=2))
            if labels[d][a] == labels[d][b] or (d == "kkk" and (design.members[a] > 100) != (design.members[b] > 100)):
                continue
            old = labels[d].copy()
            labels[d][[a, b]] = old[[b, a]]
            rows = [np.flatnonzero(labels[d] == k) for k in range(len(GROUPS[d]))]
            part = scoring.padded(rows)
            sl = slice(first[d], first[d] + len(rows))
            new = scoring.distance(scoring.measures(ext, part), printed[sl]).sum(axis=2)
            change = new.sum() - current[sl].sum()
            if change <= 0 or rng.random() < np.exp(-change / temperature):
                current[sl] = new
                index[sl] = part
            else:
                labels[d] = old
            continue
        k = int(rng.integers(len(names)))
        a, b = (int(v) for v in rng.integers(N, size=2))
        c = int(column_of[k])
        moved: list[tuple[int, float]]
        if k == single:  # whole numbers of one indicator, whose sector totals are known
            b = int(rng.choice(same_sector[a]))
            if a == b:
                continue
            if kind < 0.5:
                moved = [(a, ext[b, c] - ext[a, c]), (b, ext[a, c] - ext[b, c])]
            else:
                if ext[a, c] > 1 - 0.5 / SINGLE_MAX or ext[b, c] < 0.5 / SINGLE_MAX:
                    continue
                moved = [(a, 1 / SINGLE_MAX), (b, -1 / SINGLE_MAX)]
        elif kind < 0.5:
            if np.isinf(ext[a, c]) or np.isinf(ext[b, c]) or ext[a, c] == ext[b, c]:
                continue
            moved = [(a, ext[b, c] - ext[a, c]), (b, ext[a, c] - ext[b, c])]
        else:
            if np.isinf(ext[a, c]):
                continue
            value = min(max(ext[a, c] + rng.normal(0, 0.08 if kind < 0.8 else 0.02), 0.0), 1.0)
            moved = [(a, value - ext[a, c])]
        ac = area_column[k]
        touched = np.array([c, ac, all_column])
        backup = [(r, ext[r, touched].copy()) for r, _ in moved]
        groups = {0}
        for r, delta in moved:
            ext[r, c] += delta
            up = delta * w[k] / area_w[ac][r]
            ext[r, ac] += up
            ext[r, all_column] += up / 5
            groups.update(first[d] + int(labels[d][r]) for d in DIMENSIONS)
        g = np.array(sorted(groups))
        new = scoring.distance(scoring.measures(ext[:, touched], index[g]), printed[np.ix_(g, touched)]).sum(axis=2)
        new_line = regression_penalty(design.members, ext[:N, all_column])
        change = new.sum() - current[np.ix_(g, touched)].sum() + new_line - line
        if anchor:
            for (r, delta), (_, values) in zip(moved, backup, strict=True):
                origin = start[r, k]
                change += anchor * (abs(values[0] + delta - origin) - abs(values[0] - origin))
        if change <= 0 or rng.random() < np.exp(-change / temperature):
            current[np.ix_(g, touched)] = new
            line = new_line
        else:
            for r, values in backup:
                ext[r, touched] = values
        if step % tenth == 0:
            progress(f"groups: step {step}, misfit {current.sum():.2f}")
    scores = ext[:N].copy()
    scores[np.isinf(scores)] = np.nan
    design.scores = scores
    rates = scoring.hit_rates(scoring.measures(scoring.extend(scores), index), printed)
    progress(f"groups: trial scores within 0.01 of {rates['0.01']:.1%} of the printed statistics")
