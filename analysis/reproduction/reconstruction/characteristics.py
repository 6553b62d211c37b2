"""What a respondent says about itself (sections A of the questionnaire): members, regions, labels, specialisations."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analysis.reproduction.reconstruction.groups import Design
from analysis.reproduction.reconstruction.published import N
from analysis.reproduction.reconstruction.rounding import controlled_rounding, fit, spread_total

TYPES = {
    "enterprises": 4113,
    "science": 274,
    "business_environment": 265,
    "local_government": 48,
    "other": 242,
}
SCIENCE_MAX = 16
SCIENCE_R2 = 0.2873
WITH_LOCAL_GOVERNMENT = 18
# the leader of the specialisation question: 365 enterprises are 76.7% of its enterprises
LEADER_ENTERPRISES = 476
ENTERPRISE_SHARES = {"micro": 0.37, "small": 0.30, "medium": 0.19, "large": 0.14}
JOINED, LEFT, GROWING = 969, 312, 34
OUT_OF_REGION = {
    "mazowieckie": 282,
    "lubelskie": 147,
    "malopolskie": 146,
    "dolnoslaskie": 133,
    "swietokrzyskie": 68,
    "warminsko_mazurskie": 57,
    "opolskie": 35,
}
OWN_REGION = {"mean": 66.25, "median": 72.8, "above_70": 22}
FOREIGN_CLUSTERS = 4
DOMINANT_KIS = {
    "transport": 9,
    "automation_robotics": 7,
    "ict": 6,
    "health": 4,
    "materials": 3,
    "construction": 3,
    "agri_food_wood": 3,
    "circular_economy": 2,
    "biochemistry": 2,
    "electronics_photonics": 1,
    "creative": 2,
}
KIS_AFFINITY = {
    "bio": ("health", "biochemistry", "agri_food_wood"),
    "chem": ("construction", "circular_economy", "biochemistry", "energy", "materials"),
    "edu": ("agri_food_wood", "creative", "health"),
    "ict": ("ict", "electronics_photonics", "creative", "automation_robotics"),
    "moto": ("transport", "automation_robotics", "materials", "maritime"),
    "metal": ("automation_robotics", "materials", "transport", "energy"),
}
KIS_FOUR_OR_MORE = 15
EUCLES_2023 = {"bronze": 8, "silver": 3, "gold": 5}
EUCLES_2025 = {"bronze": 3, "silver": 2, "gold": 4}
ACCREDITED, DIH, TOOK_PART_2022, KKK_PLANS = 12, 16, 32, 11
YEARS = ((2003, 2009), (2010, 2014), (2015, 2020))


def _top(score: np.ndarray, k: int, rng: np.random.Generator, noise: float) -> np.ndarray:
    """Boolean: the k largest of score plus noise."""
    out = np.zeros(len(score), bool)
    out[np.argsort(-(score + rng.normal(0, noise, len(score))), kind="stable")[:k]] = True
    return out


FEW = 0.1  # of the usual share


def member_types(design: Design, needed: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Members by type (42 × 5); row sums are the member counts, column sums the printed totals.

    Who needs most of the members to be enterprises (`needed`, 42) has few of the other types.
    """
    members = design.members
    overall = design.scores[:, -1]
    counts = np.zeros(N, int)
    counts[2:-2] = spread_total(
        np.exp(np.linspace(0, 2.2, N - 4)),
        TYPES["science"] - 2 * SCIENCE_MAX,
        np.ones(N - 4, int),
        np.full(N - 4, SCIENCE_MAX - 1),
    )
    counts[-2:] = SCIENCE_MAX
    science, nearest = counts, np.inf
    for _ in range(3000):  # the link with the overall score is printed as R² = 0.2873
        order = np.argsort(0.5 * np.log(members) + 1.6 * overall + rng.normal(0, 0.4, N), kind="stable")
        drawn = np.zeros(N, int)
        drawn[order] = counts
        gap = abs(float(np.corrcoef(drawn, overall)[0, 1]) ** 2 - SCIENCE_R2)
        if gap < nearest and (drawn <= 0.4 * members).all():
            science, nearest = drawn, gap
    local = np.zeros(N, int)
    chosen = np.flatnonzero(_top(np.log(members), WITH_LOCAL_GOVERNMENT, rng, 0.8))
    local[chosen] = spread_total(
        rng.lognormal(0, 0.7, len(chosen)),
        TYPES["local_government"],
        np.ones(len(chosen), int),
        np.full(len(chosen), 9),
    )
    start = np.column_stack([np.full(N, 0.88), 0.06 * rng.lognormal(0, 0.5, N), 0.055 * rng.lognormal(0, 0.9, N)])
    rest = members - science - local
    start[needed > 0.75 * rest, 1:] *= FEW
    columns = np.array([TYPES["enterprises"], TYPES["business_environment"], TYPES["other"]])
    leader = int(np.argmax(members))
    if rest[leader] < LEADER_ENTERPRISES:
        moved = LEADER_ENTERPRISES - rest[leader]
        other = int(np.argsort(-science, kind="stable")[-5])
        science[leader] -= moved
        science[other] += moved
        rest = members - science - local
    keep = np.arange(N) != leader
    columns = columns - np.array([LEADER_ENTERPRISES, rest[leader] - LEADER_ENTERPRISES, 0])
    fitted = fit(start[keep] * rest[keep, None], rest[keep], columns)
    table = np.zeros((N, 3), int)
    table[keep] = controlled_rounding(fitted, rest[keep], columns, rng)
    table[leader] = [LEADER_ENTERPRISES, rest[leader] - LEADER_ENTERPRISES, 0]
    return pd.DataFrame(
        {
            "members_enterprises": table[:, 0],
            "members_science": science,
            "members_business_environment": table[:, 1],
            "members_local_government": local,
            "members_other": table[:, 2],
        }
    )


def _sizes(enterprises: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Enterprises by size class; one respondent does not give them."""
    missing = int(rng.choice(np.flatnonzero((enterprises > 30) & (enterprises < 80))))
    keep = np.arange(N) != missing
    total = int(enterprises[keep].sum())
    shares = np.array(list(ENTERPRISE_SHARES.values()))
    columns = np.floor(total * shares).astype(int)
    columns[0] += total - columns.sum()
    start = rng.lognormal(0, 0.5, (int(keep.sum()), 4)) * shares * enterprises[keep, None]
    table = controlled_rounding(fit(start, enterprises[keep], columns), enterprises[keep], columns, rng)
    out = np.full((N, 4), np.nan)
    out[keep] = table
    return pd.DataFrame(out, columns=[f"enterprises_{k}" for k in ENTERPRISE_SHARES])


def _own_region(members: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Members in the voivodeship of the seat: printed mean and median of shares, 22 clusters above 70%."""
    # larger clusters reach further, but the two largest are mostly regional: otherwise members from other voivodeships
    # would be more than the printed order of voivodeships admits
    reach = np.where(members > 400, np.log(45), np.log(members))
    rank = np.argsort(np.argsort(-0.8 * reach + rng.normal(0, 0.6, N)))
    low = np.interp(np.arange(20), [0, 19], [14, 69])
    high = np.interp(np.arange(22), [0, 3, 21], [71.5, 74, 100])
    share = np.concatenate([low, high])
    own = np.rint(members * share[rank] / 100).astype(int)
    own = np.clip(own, 1, members)
    place = np.argsort(rank, kind="stable")  # respondents by increasing share
    # the median: the two middle shares are the 21st and 22nd; choose them as near 72.8 as whole members allow
    best: tuple[float, int, int] | None = None
    a, b = int(place[20]), int(place[21])
    for x in range(int(members[a] * 0.705), int(members[a] * 0.735) + 1):
        for y in range(int(members[b] * 0.72), int(members[b] * 0.76) + 1):
            sa, sb = 100 * x / members[a], 100 * y / members[b]
            if sa > 70 and sa <= sb:
                gap = abs((sa + sb) / 2 - OWN_REGION["median"])
                if best is None or (gap, x, y) < best:
                    best = (gap, x, y)
    if best is not None:
        own[a], own[b] = best[1], best[2]
    top_low = 100 * own[a] / members[a]
    for i in place[:20]:
        while 100 * own[i] / members[i] > 70:
            own[i] -= 1
    for i in place[22:]:
        while 100 * own[i] / members[i] < max(top_low, 100 * own[b] / members[b]):
            own[i] += 1
    # the mean: move members of the lower half
    for _ in range(4000):
        mean = float(np.mean(100 * own / members))
        if abs(mean - OWN_REGION["mean"]) < 0.02:
            break
        i = int(rng.choice(place[:20]))
        new = own[i] + (1 if mean < OWN_REGION["mean"] else -1)
        if 0.08 * members[i] <= new <= 0.70 * members[i]:
            own[i] = new
    return own


def _regions(members: np.ndarray, seats: np.ndarray, voivodeships: list[str], rng: np.random.Generator) -> pd.DataFrame:
    rest = [v for v in voivodeships if v not in OUT_OF_REGION]
    low = np.full(len(rest), 36)
    high = np.full(len(rest), 131)  # the fourth largest printed is 133
    remaining = -1
    median = 0.0
    while abs(median - OWN_REGION["median"]) > 0.05 or not low.sum() * 1.05 < remaining < high.sum() * 0.97:
        own = _own_region(members, rng)
        median = float(np.median(100 * own / members))
        out = members - own
        foreign = np.zeros(N, int)
        chosen = rng.choice(np.flatnonzero(out > 12), size=FOREIGN_CLUSTERS, replace=False)
        foreign[chosen] = [1, 1, 2, 3]
        inland = out - foreign
        remaining = int(inland.sum()) - sum(OUT_OF_REGION.values())
    spread = spread_total(rng.uniform(0.8, 1.2, len(rest)), remaining, low, high)
    sums = {**OUT_OF_REGION, **dict(zip(rest, spread, strict=True))}
    columns = np.array([sums[v] for v in voivodeships])
    start = rng.lognormal(0, 0.6, (N, len(voivodeships))) * columns * inland[:, None] + 1e-6
    start[seats[:, None] == np.array(voivodeships)[None, :]] = 0
    table = controlled_rounding(fit(start, inland, columns), inland, columns, rng)
    for i in range(N):
        table[i, voivodeships.index(seats[i])] = own[i]
    result = pd.DataFrame(table, columns=[f"members_in__{v}" for v in voivodeships])
    result["members_in__abroad"] = foreign
    return result


def _specialisations(design: Design, kis: list[str], rng: np.random.Generator) -> pd.DataFrame:
    wanted = [k for k, n in DOMINANT_KIS.items() for _ in range(n)]
    cost = rng.random((N, N)) * 0.5
    for i, sector in enumerate(design.sector):
        for j, k in enumerate(wanted):
            liked = KIS_AFFINITY[sector]
            cost[i, j] += 0.3 * liked.index(k) if k in liked else 3.0
    _, column = linear_sum_assignment(cost)
    dominant = np.array([wanted[j] for j in column])
    many = _top(np.log(design.members), KIS_FOUR_OR_MORE, rng, 0.7)
    ticks = np.zeros((N, len(kis)), int)
    for i, sector in enumerate(design.sector):
        n = int(rng.choice([4, 5, 6, 7], p=[0.5, 0.3, 0.15, 0.05])) if many[i] else int(rng.choice([1, 2, 3]))
        near = [k for k in KIS_AFFINITY[sector] if k != dominant[i]]
        other = [k for k in kis if k not in near and k != dominant[i]]
        chosen = [dominant[i], *rng.permutation(near), *rng.permutation(other)][:n]
        ticks[i, [kis.index(k) for k in chosen]] = 1
    out = pd.DataFrame(ticks, columns=[f"kis__{k}" for k in kis])
    out["kis_dominant"] = dominant
    return out


def describe(
    design: Design, types: pd.DataFrame, registry: pd.DataFrame, option_lists: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Section A of the questionnaire for the 42 respondents, and the 2025 label of the desk research (last column).

    Seats are drawn without regard to sector or size: only the number of seats by voivodeship is that of the registry.
    """
    members = design.members
    overall = design.scores[:, -1]
    regions = option_lists[option_lists["option_list"] == "voivodeships"]
    code_of = dict(zip(regions["label_pl"], regions["option"], strict=True))
    seats = rng.permutation(np.sort(registry["voivodeship"].map(code_of).to_numpy()))
    kis = list(option_lists.loc[option_lists["option_list"] == "kis", "option"])
    out = pd.DataFrame({"sector": design.sector})
    bands = np.array(YEARS)[design.labels["age"]]
    out["founding_year"] = [int(rng.integers(a, b + 1)) for a, b in bands]
    out["seat_voivodeship"] = seats
    out["took_part_2022"] = _top(overall - 0.1 * (design.labels["age"] == 2), TOOK_PART_2022, rng, 0.2).astype(int)
    status = design.labels["kkk"] == 0
    out["kkk_status"] = status.astype(int)
    plans = _top(np.where(status, -9, overall), KKK_PLANS, rng, 0.1)
    out["kkk_plans"] = np.where(status, np.nan, plans.astype(float))
    labelled = np.flatnonzero(_top(overall + 0.15 * status, sum(EUCLES_2023.values()), rng, 0.12))
    label = np.full(N, "none", dtype=object)
    label_2025 = label.copy()
    ordered = labelled[np.argsort(overall[labelled], kind="stable")]
    label[ordered] = [k for k, n in EUCLES_2023.items() for _ in range(n)]
    kept = ordered[np.sort(rng.permutation(len(ordered))[: sum(EUCLES_2025.values())])]
    label_2025[kept] = [k for k, n in EUCLES_2025.items() for _ in range(n)]
    out["eucles_label"] = label
    out["members_total"] = members
    out = pd.concat([out, types, _sizes(types["members_enterprises"].to_numpy(), rng)], axis=1)
    growing = _top(overall, GROWING, rng, 0.2)
    left = spread_total(members * rng.lognormal(0, 0.7, N), LEFT, np.zeros(N, int), (members * 0.3).astype(int))
    low = np.where(growing, left + 1, 0)
    high = np.where(growing, np.minimum(members - 5, 200), left)
    joined = spread_total(members * rng.lognormal(0, 0.5, N), JOINED, low, high)
    out["members_joined"], out["members_left"] = joined, left
    out = pd.concat([out, _regions(members, seats, list(regions["option"]), rng)], axis=1)
    size = np.log(members)
    out["accredited_innovation_centre"] = _top(size, ACCREDITED, rng, 0.7).astype(int)
    out["dih_edih"] = _top(size + overall, DIH, rng, 0.7).astype(int)
    out = pd.concat([out, _specialisations(design, kis, rng)], axis=1)
    out["eucles_label_2025"] = label_2025
    return out
