"""Which respondent gives which value: every indicator solved near trial scores.

`first_matrix` solves the indicators one after another, `approach` again so that the sub-areas come near their trial
scores. The search for the score tables (`exchanges`, `exact`) starts from there.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import marginals, options, scoring
from analysis.reproduction.reconstruction.groups import Design
from analysis.reproduction.reconstruction.published import SECTORS, N, Published

# Area III cannot be the mean of complete answers (docs/reconstruction.md). Which answers are missing is not printed:
# joint sales and orders have medians of zero, which hold without some of the answers. The search places them.
UNSTATED = {"III.1.8": 9, "III.1.9": 6}
CATEGORICAL = {
    "II.1.2": ((0.0, 3), (0.5, 20), (1.0, 19)),
    "II.1.3": ((0.0, 4), (0.5, 11), (1.0, 27)),
    "II.1.4": ((0.0, 3), (0.5, 17), (1.0, 22)),
    "II.5.2": ((0.0, 8), (1.0, 34)),
    "II.5.3": ((0.0, 26), (1.0, 15)),
}
SOCIAL_BY_SECTOR = {"edu": 1, "ict": 6, "bio": 1, "moto": 6, "metal": 8, "chem": 4}
STRATEGY = "II.1.1"


def strategy_base(design: Design) -> np.ndarray:
    """Points for the strategy itself: 0 none, 1 written, 2 written and updated; each field it covers adds one."""
    return np.asarray(design.labels["strategy"], int)


def strategy_points(design: Design, liking: np.ndarray) -> np.ndarray:
    """Points of II.1.1, the fields at those who like them most; every field at as many as printed."""
    base = strategy_base(design)
    out = base.astype(float)
    for share in options.SCOPE_SHARES:
        n = options.count_of(share, int((base > 0).sum()))
        out[np.argsort(np.where(base > 0, -liking, np.inf), kind="stable")[:n]] += 1
    return out


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

    def activity(code: str) -> np.ndarray:
        own = design.scores[:, columns.index(code.rsplit(".", 1)[0])]
        return np.where(np.isnan(own), overall, own)

    def answered(code: str) -> np.ndarray:
        yes = ~design.absent[code] if code in design.absent else np.ones(N, bool)
        if code.startswith("IV.4."):
            yes &= ~design.without_iv4
        elif code == "III.2.3":
            projects = out["III.2.1"] > 0
            lost = np.concatenate(
                [
                    _lowest(np.flatnonzero(projects), activity(code), 4),
                    _lowest(np.flatnonzero(~projects), rng.random(N), 2),
                ]
            )
            yes[lost] = False
        elif code in UNSTATED:
            yes[_lowest(np.arange(N), rng.random(N), UNSTATED[code])] = False
        return yes

    codes = list(published.indicators.index)
    parents = marginals.NEEDS
    order = sorted(codes, key=lambda c: (c in parents, parents.get(c) in parents, codes.index(c)))
    for code in order:
        act = activity(code)
        if code == STRATEGY:
            out[code] = strategy_points(design, act + rng.normal(0, 0.15, N))
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
            task.must_be_positive |= ~design.absent["V.3.2"]
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
