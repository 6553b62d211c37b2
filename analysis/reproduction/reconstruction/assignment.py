"""Which respondent gives which value: first by solving every indicator near trial scores, then by seeded exchanges.

`first_matrix` solves the indicators one after another. `anneal` then exchanges answers between two respondents (inside
one sector where Table 10 prints sector means), so that every statistic of the single indicator stays as it is while the
scores of the groups come nearer to Tables 18 to 36. Exchanges that would break a link between answers (more exporters
than enterprises, a project value without a project) are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import marginals, options, scoring
from analysis.reproduction.reconstruction.groups import Design, regression_penalty
from analysis.reproduction.reconstruction.published import DIMENSIONS, GROUPS, SECTORS, N, Published

# sector patterns of missing answers that the arithmetic of Table 10 implies (see docs/reconstruction.md)
MISSING_BY_SECTOR = {
    "I.3.1": {"edu": 1, "bio": 1, "moto": 1, "chem": 2},
    "I.3.2": {"edu": 1, "bio": 1, "moto": 1, "chem": 1},
    "I.1.1": {"edu": 1},
}
N_ANSWERED = {"II.3.4": 33, "II.4.2": 29, "III.2.3": 36, "V.3.1": 38, "II.5.3": 41}
CATEGORICAL = {
    "II.1.2": ((0.0, 3), (0.5, 20), (1.0, 19)),
    "II.1.3": ((0.0, 4), (0.5, 11), (1.0, 27)),
    "II.1.4": ((0.0, 3), (0.5, 17), (1.0, 22)),
    "II.5.2": ((0.0, 8), (1.0, 34)),
    "II.5.3": ((0.0, 26), (1.0, 15)),
}
SOCIAL_BY_SECTOR = {"edu": 1, "ict": 6, "bio": 1, "moto": 6, "metal": 8, "chem": 4}
STRATEGY_SCORE = (0.0, 0.5, 1.0)


def export_share_pattern(published: Published, available: dict[str, int]) -> dict[str, int]:
    """How many clusters of each sector state an export share: 25 answers that give the overall and the sector means.

    `available` is the number of clusters of the sector that can have one at all.
    """
    means = marginals.sector_targets(published, "V.3.2")
    overall = float(str(published.indicators.at["V.3.2", "mean"]))
    sizes = [available[s] for s in SECTORS]
    scale = marginals.SCALE["V.3.2"]
    empty = {}  # numbers of answers from which a printed sector mean cannot come
    for s, (value, decimals) in means.items():
        spans = [marginals.interval(value, decimals, max(c, 1) * scale) for c in range(N)]
        empty[s] = [low > high for low, high in spans]
    best: tuple[float, tuple[int, ...]] | None = None
    for counts in product(*(range(1, k + 1) for k in sizes)):
        if sum(counts) != 25:
            continue
        if any(empty[s][c] for c, s in zip(counts, SECTORS, strict=True)):
            continue
        total = sum(c * means[s][0] for c, s in zip(counts, SECTORS, strict=True))
        if abs(total - overall * 25) > 1.0:
            continue
        spread = sum((c - 25 * k / sum(sizes)) ** 2 / k for c, k in zip(counts, sizes, strict=True))
        if best is None or (spread, counts) < best:
            best = (spread, counts)
    if best is None:
        raise RuntimeError("V.3.2: no 25 answers give both the overall mean and the sector means")
    return dict(zip(SECTORS, best[1], strict=True))


def _lowest(candidates: np.ndarray, activity: np.ndarray, k: int) -> np.ndarray:
    return candidates[np.argsort(activity[candidates], kind="stable")[:k]]


def first_matrix(
    design: Design,
    published: Published,
    units: dict[str, str],
    enterprises: np.ndarray,
    with_other: set[str],
    rng: np.random.Generator,
    *,
    progress: Callable[[str], None],
) -> pd.DataFrame:
    """Solve all 90 indicators one by one: 42 × 90 in printed units, NaN where no answer is given."""
    columns = published.columns
    overall = design.scores[:, columns.index("ALL")]
    sector = design.labels["sector"]
    out: dict[str, np.ndarray] = {}

    sizes = {s: int(np.sum(sector == k)) for k, s in enumerate(SECTORS)}
    export_shares = export_share_pattern(published, sizes)

    def activity(code: str) -> np.ndarray:
        own = design.scores[:, columns.index(code.rsplit(".", 1)[0])]
        return np.where(np.isnan(own), overall, own)

    def answered(code: str) -> np.ndarray:
        yes = np.ones(N, bool)
        if code in ("I.1.1", "I.1.2", "I.3.1", "I.3.2"):
            pattern = MISSING_BY_SECTOR["I.1.1" if code == "I.1.2" else code]
            score = design.scores[:, columns.index("I")]
            for s, k in pattern.items():
                yes[_lowest(np.flatnonzero(sector == SECTORS.index(s)), score, k)] = False
        elif code.startswith("IV.4."):
            yes = ~design.without_iv4
        elif code == "V.3.3":
            yes = ~np.isnan(out["V.3.1"])
        elif code == "III.2.3":
            projects = out["III.2.1"] > 0
            lost = np.concatenate(
                [
                    _lowest(np.flatnonzero(projects), activity(code), 4),
                    _lowest(np.flatnonzero(~projects), rng.random(N), 2),
                ]
            )
            yes[lost] = False
        elif code == "V.3.2":
            positive = np.flatnonzero(out["V.3.1"] > 0)
            yes[:] = False
            for s, k in export_shares.items():
                inside = positive[sector[positive] == SECTORS.index(s)]
                yes[inside[np.argsort(-activity(code)[inside], kind="stable")[:k]]] = True
        elif code in N_ANSWERED:
            yes[_lowest(np.arange(N), activity(code) + rng.normal(0, 0.15, N), N - N_ANSWERED[code])] = False
        return yes

    codes = list(published.indicators.index)
    parents = marginals.NEEDS
    order = sorted(codes, key=lambda c: (c in parents, parents.get(c) in parents, codes.index(c)))
    for code in order:
        act = activity(code)
        if code == "II.1.1":
            out[code] = np.array(STRATEGY_SCORE)[design.labels["strategy"]]
            continue
        if code == "IV.2.2":
            out[code] = np.zeros(N)
            for s, k in SOCIAL_BY_SECTOR.items():
                inside = np.flatnonzero(sector == SECTORS.index(s))
                out[code][inside[np.argsort(-act[inside], kind="stable")[:k]]] = 1.0
            continue
        if code in CATEGORICAL:
            yes = answered(code)
            who = np.flatnonzero(yes)
            values = np.concatenate([np.full(k, v) for v, k in CATEGORICAL[code]])
            out[code] = np.full(N, np.nan)
            out[code][who[np.argsort(act[who] + rng.normal(0, 0.15, len(who)), kind="stable")]] = values
            continue
        task = make_task(code, out, answered(code), act, design, published, units[code], enterprises, with_other)
        if code == "V.3.1":  # exporters enough in every sector for the export shares that Table 10 implies
            for s, k in export_shares.items():
                inside = np.flatnonzero((sector == SECTORS.index(s)) & task.answered)
                task.must_be_positive[inside[np.argsort(-act[inside], kind="stable")[:k]]] = True
        out[code] = marginals.solve(task, published, units[code], rng, time_limit=3.0)
    progress("values: all indicators solved one by one")
    return pd.DataFrame({c: out[c] for c in codes})


def make_task(
    code: str,
    values: dict[str, np.ndarray],
    answered: np.ndarray,
    activity: np.ndarray,
    design: Design,
    published: Published,
    unit: str,
    enterprises: np.ndarray,
    with_other: set[str],
) -> marginals.Task:
    """Bounds and links of one indicator, given the values of the indicators solved before it (`values`)."""
    scale = marginals.SCALE.get(code, marginals.SCALE_BY_UNIT.get(unit, 1))
    upper = np.full(N, 10**9)
    if code in marginals.AT_MOST_MEMBERS:
        upper = design.members * scale
    if code in marginals.AT_MOST_ENTERPRISES:
        upper = enterprises * scale
    if code in marginals.CEILING:
        upper = np.full(N, marginals.CEILING[code] * scale)
    if code in marginals.AT_MOST:
        upper = np.nan_to_num(values[marginals.AT_MOST[code]] * scale, nan=1e9).astype(int)
    lower = np.full(N, marginals.FLOOR.get(code, 0) * scale)
    zero = np.zeros(N, bool)
    positive = np.zeros(N, bool)
    if code in marginals.NEEDS:
        parent = values[marginals.NEEDS[code]]
        zero = parent == 0 if code == "V.3.3" else ~(parent > 0)
        if code in marginals.SAME_PLACES:
            positive = parent > 0
    task = marginals.Task(
        code, scale, answered, upper, lower, zero, positive, activity, design.labels["sector"], design.labels["kkk"]
    )
    if code.startswith("IV.4."):
        task.shares = enterprises.astype(float)
        fact = next(f for f in published.facts if f.code == code and f.kind == "mean_share")
        task.extra = {"mean_share": float(fact.value), "full": 2.0}
    if code == "II.3.1":
        task.extra = {"kkk_total": 76.0}
    if code in options.SHARES and code in with_other:
        task.extra["other"] = 1.0
    if code == "IV.4.1":
        task.lower[int(np.argmax(design.members))] = 365
    return task


def approach(
    table: pd.DataFrame,
    design: Design,
    published: Published,
    units: dict[str, str],
    enterprises: np.ndarray,
    with_other: set[str],
    rng: np.random.Generator,
    *,
    sweeps: int,
    progress: Callable[[str], None],
) -> pd.DataFrame:
    """Solve the indicators again, one by one, so that sub-area scores come near the trial scores of the design.

    The aim of an indicator is what the other indicators of its sub-area leave open. Its quartiles stay, so the scores
    of all others stay too. An indicator whose solver finds nothing better keeps its values.
    """
    codes = list(table.columns)
    raw = table.to_numpy(float).copy()
    trial = design.scores
    parents = set(marginals.NEEDS.values())
    numeric = [c for c in codes if published.indicators.at[c, "mean"]]
    for sweep in range(sweeps):
        for j in rng.permutation(len(codes)):
            code = codes[j]
            if code not in numeric:
                continue
            z = normalise(raw)
            sub = code.rsplit(".", 1)[0]
            inside = [k for k, c in enumerate(codes) if c.rsplit(".", 1)[0] == sub]
            part = z[:, inside]
            n = (~np.isnan(part)).sum(axis=1)
            goal = trial[:, published.columns.index(sub)]
            aim = goal * n - (np.nansum(part, axis=1) - np.nan_to_num(z[:, j]))
            values = {c: raw[:, k] for k, c in enumerate(codes)}
            present = ~np.isnan(raw[:, j])
            task = make_task(
                code, values, present, np.zeros(N), design, published, units[code], enterprises, with_other
            )
            task.aim, task.keep = np.where(np.isnan(aim), np.nan, np.clip(aim, 0, 1)), raw[:, j].copy()
            if code in parents:  # whoever has an answer that needs this one keeps a positive one, and the reverse
                task.must_be_positive = raw[:, j] > 0
                task.must_be_zero = raw[:, j] == 0
            for other, bound in marginals.AT_MOST.items():
                if bound == code:
                    task.lower = np.nan_to_num(values[other] * task.scale).astype(int)
            best = float(np.nansum(np.abs(z[:, j] - task.aim)))
            off = abs(float(np.nanmean(task.aim)) - float(np.nanmean(z[:, j])))
            for factor in (1.0, 0.8, 1.25) if off > 0.02 else (1.0,):
                task.extra["cap_factor"] = factor
                found = marginals._attempt(task, published, units[code], rng, time_limit=0.8, firm=True)
                if found is None:
                    continue
                tried = task.keep.copy()
                tried[present] = found[present]
                after = float(np.nansum(np.abs(normalise(tried[:, None])[:, 0] - task.aim)))
                if after < best and _facts_kept(code, task.keep, found, published):
                    best = after
                    raw[:, j] = found
        stats = score_statistics(normalise(raw), codes, design, published)
        near = scoring.hit_rates(stats, published.scores)["0.01"]
        progress(f"values: sweep {sweep + 1}, score statistics within 0.01: {near:.1%}")
    return pd.DataFrame(raw, columns=codes)


def _facts_kept(code: str, old: np.ndarray, new: np.ndarray, published: Published) -> bool:
    """Whether the counts of comments that the old values give are also given by the new ones."""
    for fact in published.facts:
        if fact.code != code or fact.label:
            continue
        t = marginals.threshold(fact)
        if fact.kind not in ("n_zero", "n_positive", "n_le", "n_lt", "n_gt", "n_ge") or (t is None):
            continue
        test = {"n_zero": np.equal, "n_positive": np.greater, "n_le": np.less_equal, "n_lt": np.less,
                "n_gt": np.greater, "n_ge": np.greater_equal}[fact.kind]  # fmt: skip
        if int(test(old, t).sum()) != int(test(new, t).sum()) and int(test(old, t).sum()) == int(float(fact.value)):
            return False
    return True


def normalise(values: np.ndarray) -> np.ndarray:
    """Cap at Q3 + 1.5·IQR (type 7; left alone when IQR = 0), then min–max to 0–1; columns are indicators."""
    q1, q3 = np.nanquantile(values, [0.25, 0.75], axis=0)
    spread = q3 - q1
    cap = np.where(spread > 0, q3 + 1.5 * spread, np.inf)
    capped = np.minimum(values, cap)
    low, high = np.nanmin(capped, axis=0), np.nanmax(capped, axis=0)
    return (capped - low) / np.where(high > low, high - low, 1.0)


def score_matrix(normalised: np.ndarray, codes: list[str], columns: tuple[str, ...]) -> np.ndarray:
    """42 × 25 scores: sub-areas and areas as means of available indicators, overall as mean of the areas."""
    out = np.full((len(normalised), len(columns)), np.nan)
    areas = [c for c in columns if "." not in c and c != "ALL"]
    for k, column in enumerate(columns):
        if column == "ALL":
            continue
        inside = [j for j, c in enumerate(codes) if c.startswith(column + ".")]
        part = normalised[:, inside]
        n = (~np.isnan(part)).sum(axis=1)
        out[:, k] = np.where(n > 0, np.nansum(part, axis=1) / np.maximum(n, 1), np.nan)
    out[:, columns.index("ALL")] = out[:, [columns.index(a) for a in areas]].mean(axis=1)
    return out


def score_statistics(normalised: np.ndarray, codes: list[str], design: Design, published: Published) -> np.ndarray:
    """Group statistics 19 × 25 × 6 of the scores of an indicator matrix."""
    scores = score_matrix(normalised, codes, published.columns)
    return scoring.measures(scoring.extend(scores), scoring.padded(scoring.group_rows(design.labels)))


def anneal(
    table: pd.DataFrame,
    design: Design,
    published: Published,
    enterprises: np.ndarray,
    rng: np.random.Generator,
    *,
    steps: int,
    progress: Callable[[str], None],
    hot: float = 0.012,
    cold: float = 0.0003,
) -> pd.DataFrame:
    """Exchange answers between respondents until the score tables fit better; every column keeps its set of values.

    `steps` trial exchanges, about 0.1 ms each. Indicators whose comments tie them to the respondent (shares of own
    enterprises in IV.4, the strategy group) stay where they are.
    """
    codes = list(table.columns)
    raw = table.to_numpy(float).copy()
    z = normalise(raw)
    columns = published.columns
    scores = score_matrix(z, codes, columns)
    ext = scoring.extend(scores)
    labels = design.labels
    index = scoring.padded(scoring.group_rows(labels))
    printed = published.scores
    current = scoring.distance(scoring.measures(ext, index), printed).sum(axis=2)
    sub_col = np.array([columns.index(c.rsplit(".", 1)[0]) for c in codes])
    area_col = np.array([columns.index(c.split(".")[0]) for c in codes])
    all_col = columns.index("ALL")
    present = ~np.isnan(raw)
    sub_n = np.stack([present[:, sub_col == c].sum(axis=1) for c in sub_col], axis=1)
    area_n = np.stack([present[:, area_col == c].sum(axis=1) for c in area_col], axis=1)
    fixed = {"II.1.1"} | {c for c in codes if c.startswith("IV.4.")}
    movable = np.array([j for j, c in enumerate(codes) if c not in fixed and np.nanstd(raw[:, j]) > 0])
    by_sector = {c for c in codes if marginals.sector_targets(published, c)} | {"IV.2.2"}
    cell = np.zeros((N, len(codes)), int)
    for j, c in enumerate(codes):
        if c in by_sector:
            cell[:, j] = labels["sector"]
        if c == "II.3.1":
            cell[:, j] = labels["sector"] * 2 + labels["kkk"]
    upper = np.full((N, len(codes)), np.inf)
    for j, c in enumerate(codes):
        if c in marginals.AT_MOST_MEMBERS:
            upper[:, j] = design.members
        if c in marginals.AT_MOST_ENTERPRISES:
            upper[:, j] = enterprises
    number = {c: j for j, c in enumerate(codes)}
    needs = {number[c]: number[p] for c, p in marginals.NEEDS.items()}
    children: dict[int, list[int]] = {}
    for child, parent in needs.items():
        children.setdefault(parent, []).append(child)
    both = {number["III.1.7"]: number["III.1.6"], number["III.1.6"]: number["III.1.7"]}
    below = {number[c]: number[p] for c, p in marginals.AT_MOST.items()}
    above = {p: c for c, p in below.items()}

    def allowed(j: int, row: int, value: float) -> bool:
        if value > upper[row, j]:
            return False
        if j in needs and value > 0 and not raw[row, needs[j]] > 0:
            return False
        if value <= 0 and any(raw[row, k] > 0 for k in children.get(j, ())):
            return False
        if j in both and (value > 0) != (raw[row, both[j]] > 0):
            return False
        if j in below and value > raw[row, below[j]]:
            return False
        return not (j in above and value < raw[row, above[j]])

    first, at = {}, 1
    for d in DIMENSIONS:
        first[d] = at
        at += len(GROUPS[d])
    own_groups = np.stack([np.zeros(N, int)] + [first[d] + labels[d] for d in DIMENSIONS], axis=1)
    line = regression_penalty(design.members, ext[:N, all_col])
    tenth = max(steps // 10, 1)
    pool_j = rng.choice(movable, size=steps)
    pool_ab = rng.integers(N, size=(steps, 2))
    pool_u = rng.random(steps)
    for step in range(steps):
        if step % tenth == 0:
            progress(f"exchanges: step {step}, misfit {current.sum():.2f}")
        j, (a, b) = int(pool_j[step]), pool_ab[step]
        va, vb = raw[a, j], raw[b, j]
        if va == vb or not (present[a, j] and present[b, j]) or cell[a, j] != cell[b, j]:
            continue
        if not (allowed(j, a, vb) and allowed(j, b, va)):
            continue
        dz = z[b, j] - z[a, j]
        touched = [sub_col[j], area_col[j], all_col]
        groups = np.union1d(own_groups[a], own_groups[b])
        backup = ext[[[a], [b]], touched]
        for row, delta in ((a, dz), (b, -dz)):
            ext[row, touched[0]] += delta / sub_n[row, j]
            up = delta / area_n[row, j]
            ext[row, touched[1]] += up
            ext[row, all_col] += up / 5
        grid = (groups[:, None], np.array(touched)[None, :])
        new = scoring.distance(scoring.measures(ext[:, touched], index[groups]), printed[grid]).sum(axis=2)
        new_line = regression_penalty(design.members, ext[:N, all_col])
        change = new.sum() - current[grid].sum() + new_line - line
        temperature = hot * (cold / hot) ** (step / steps)
        if change <= 0 or pool_u[step] < np.exp(-change / temperature):
            current[grid] = new
            line = new_line
            raw[a, j], raw[b, j] = vb, va
            z[a, j], z[b, j] = z[b, j], z[a, j]
        else:
            ext[[[a], [b]], touched] = backup
    progress(f"exchanges: step {steps}, misfit {current.sum():.2f}")
    return pd.DataFrame(raw, columns=codes)
