"""From indicator values to answers: years, options, kinds and categories of the codebook."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import options
from analysis.reproduction.reconstruction.groups import Design
from analysis.reproduction.reconstruction.published import SECTORS, N, Published
from analysis.reproduction.reconstruction.rounding import controlled_rounding, fit, spread_total

STRATEGY = ("none", "not_updated", "updated")
STRATEGY_SCOPE = ("digitalisation", "green", "social")
CATEGORY = {
    "II.1.2": ("operational_documents", {0.0: "none", 0.5: "general", 1.0: "detailed"}),
    "II.1.3": ("cluster_bodies", {0.0: "none", 0.5: "one_or_two", 1.0: "three_or_more"}),
    "II.1.4": ("needs_surveys", {0.0: "none", 0.5: "ad_hoc", 1.0: "regular"}),
}
BUDGET_YEARS = {2022: 1711.9, 2023: 2383.8}
REVENUE_GROWTH = {"all": 14.2, "metal": 26.2, "moto": 19.8}
MEETINGS = {2022: 20.2}
EDUCATION = {"higher": (24, 51), "secondary": (16, 30), "vocational": (12, 24)}
PLACEMENTS = {"work_placements": 460, "internships": 1642, "industrial_doctorates": 57}
COMPETENCE = {"competence_courses": 519, "competence_conferences": 429}
IP = {"ip_applications": (12, 167), "ip_rights": (12, 343)}
COUNTRIES = {
    "germany": 31,
    "usa": 19,
    "france": 18,
    "czechia": 17,
    "norway": 13,
    "portugal": 11,
    "sweden": 12,
    "spain": 12,
}
REVENUE_KEPT = {"answers": 14, "mean": 74.0}
DOMESTIC_CLUSTERS = (21, 15, 12)


def _split(
    total: np.ndarray, share: np.ndarray, first_total: float | None, decimals: int
) -> tuple[np.ndarray, np.ndarray]:
    """Split amounts into two years; `first_total` fixes the sum of the first year to the last printed digit."""
    unit = 10**decimals
    whole = np.rint(total * unit)
    first = np.rint(whole * share)
    if first_total is None:  # a round amount splits into round amounts
        for i in np.flatnonzero(whole > 0):
            step = next(
                (k for k in (10000, 5000, 1000, 500, 100, 50, 10, 5) if whole[i] % k == 0 and 8 * k <= whole[i]), 1
            )
            first[i] = np.rint(first[i] / step) * step
    if first_total is not None:
        goal = round(first_total * unit)
        order = np.argsort(-np.nan_to_num(whole), kind="stable")
        for i in order:
            if np.isnan(whole[i]):
                continue
            gap = goal - np.nansum(first)
            step = np.clip(first[i] + gap, 0.05 * whole[i], 0.95 * whole[i]) - first[i]
            first[i] += np.rint(step) if abs(step) >= 1 else step
            first[i] = np.rint(first[i])
            if np.nansum(first) == goal:
                break
    return first / unit, (whole - first) / unit


def _budget(values: np.ndarray, without_2023: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Budget by year: 37 clusters gave both years, one gave 2022 only; so both printed yearly means hold."""
    answered = int((~np.isnan(values)).sum())
    second_total = round(BUDGET_YEARS[2023] * answered, 1)
    first_total = round(float(np.nansum(values)) - second_total, 1)
    share = np.clip(rng.normal(0.44, 0.08, N), 0.15, 0.75)
    first, second = _split(values, share, first_total, 1)
    first[without_2023] = round(BUDGET_YEARS[2022] * (answered + 1) - first_total, 1)
    return first, second


def _revenue(values: np.ndarray, sector: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Revenue by year: growth of totals as printed, overall and in two sectors."""
    answered = ~np.isnan(values)
    growth = rng.normal(0.12, 0.08, N)
    share = 1 / (2 + growth)
    first = np.full(N, np.nan)
    done = np.zeros(N, bool)
    known = 0.0
    for name in ("metal", "moto"):
        inside = answered & (sector == SECTORS.index(name))
        goal = float(values[inside].sum()) / (2 + REVENUE_GROWTH[name] / 100)
        part, _ = _split(
            np.where(inside, values, np.nan), share * goal / float((values * share)[inside].sum()), goal, 1
        )
        first[inside] = part[inside]
        known += float(part[inside].sum())
        done |= inside
    rest = answered & ~done
    goal = float(np.nansum(values)) / (2 + REVENUE_GROWTH["all"] / 100) - known
    part, _ = _split(np.where(rest, values, np.nan), share * goal / float((values * share)[rest].sum()), goal, 1)
    first[rest] = part[rest]
    return np.round(first, 1), np.round(values - first, 1)


def _kinds(values: np.ndarray, totals: dict[str, int], rest: str | None, rng: np.random.Generator) -> pd.DataFrame:
    """Split counts into kinds with printed totals; what remains goes to the kind `rest`."""
    names = list(totals)
    columns = [totals[n] for n in names]
    if rest is not None:
        names.append(rest)
        columns.append(int(values.sum()) - sum(columns))
    start = rng.lognormal(0, 0.9, (N, len(names))) * np.array(columns) * (values > 0)[:, None]
    goal = np.array(columns)
    table = controlled_rounding(fit(start, values, goal), values.astype(int), goal, rng)
    return pd.DataFrame(table, columns=names)


def _education(values: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Fields of study by level: as many clusters and fields at each level as printed."""
    whole = values.astype(int)
    for _ in range(400):
        mask = np.zeros((N, 4), bool)
        positive = np.flatnonzero(whole > 0)
        for j, (n, _) in enumerate(EDUCATION[k] for k in ("vocational", "secondary", "higher")):
            order = positive[np.argsort(-(np.log(whole[positive]) + rng.gumbel(0, 1.2, len(positive))), kind="stable")]
            mask[order[:n], j] = True
        mask[positive[whole[positive] > mask[positive, :3].sum(axis=1)], 3] = True
        if (mask[positive, :3].sum(axis=1) > whole[positive]).any():
            continue
        if (~mask[positive, :3].any(axis=1)).sum() > 3:
            continue
        columns = [EDUCATION["vocational"][1], EDUCATION["secondary"][1], EDUCATION["higher"][1]]
        last = int(whole.sum()) - sum(columns)
        left = whole - mask[:, :3].sum(axis=1)
        goal = np.array([*columns, last]) - np.array([*mask[:, :3].sum(axis=0), 0])
        if (goal < 0).any():
            continue
        try:
            table = controlled_rounding(
                fit(mask * rng.lognormal(0, 0.5, (N, 4)) + 1e-9 * mask, left, goal), left, goal, rng
            )
        except RuntimeError:
            continue
        table[:, :3] += mask[:, :3]
        return pd.DataFrame(
            table,
            columns=[f"education_fields_{k}" for k in ("vocational", "secondary", "higher", "postgraduate")],
        )
    raise RuntimeError("IV.1.6: fields of study cannot be split into the printed levels")


def _protection(values: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Applications and rights: 12 clusters each, 167 and 343 in all."""
    whole = values.astype(int)
    positive = np.flatnonzero(whole > 0)
    n_app, total_app = IP["ip_applications"]
    n_right, total_right = IP["ip_rights"]
    both = n_app + n_right - len(positive)
    for _ in range(5000):
        order = rng.permutation(positive)
        mixed = order[whole[order] >= 2][:both]
        single = [i for i in order if i not in set(mixed)]
        app_only = single[: n_app - both]
        right_only = single[n_app - both :]
        fixed_app, fixed_right = int(whole[app_only].sum()), int(whole[right_only].sum())
        need = total_app - fixed_app
        if len(mixed) < both or not both <= need <= int(whole[mixed].sum()) - both:
            continue
        if fixed_right + int(whole[mixed].sum()) - need != total_right:
            continue
        part = spread_total(whole[mixed].astype(float), need, np.ones(both, int), whole[mixed] - 1)
        app = np.zeros(N, int)
        app[app_only] = whole[app_only]
        app[mixed] = part
        return pd.DataFrame({"ip_applications": app, "ip_rights": whole - app})
    raise RuntimeError("III.2.7: applications and rights cannot be split as printed")


def _domestic_agreements(activity: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Agreements with domestic clusters (chapter 8): 26 clusters, median 1, the three largest 21, 15 and 12."""
    values = np.concatenate([np.zeros(16, int), np.ones(11, int), np.sort(rng.choice([2, 3, 4, 5], 12)), [12, 15, 21]])
    out = np.zeros(N, int)
    out[np.argsort(activity + rng.normal(0, 0.1, N), kind="stable")] = values
    return out


def _ticks(
    table: pd.DataFrame, indicators: pd.DataFrame, activity: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """All multiple-choice questions behind a `count_ticked` indicator."""
    parts: dict[str, np.ndarray] = {}
    for code in options.SHARES:
        items = str(indicators.at[code, "items"]).split(";")
        other = dict(p.split("=", 1) for p in str(indicators.at[code, "options"]).split(";") if "=" in p).get("other")
        liking = np.repeat(activity[:, None], len(items), axis=1) * 0
        if code == "II.5.1":  # an audit offered is likelier where audits took place
            liking[:, 2] = (table["II.5.5"] > 0).astype(float)
        ticks, further = options.tick(code, table[code].to_numpy(), other is not None, liking, rng)
        values = ticks.astype(float)
        if code in options.NESTED:
            first, last, parent = options.NESTED[code]
            values[ticks[:, parent] == 0, first:last] = np.nan
        for j, item in enumerate(items):
            parts[item] = values[:, j]
        if other is not None:
            parts[other] = further.astype(float)
    return pd.DataFrame(parts)


def answers(
    table: pd.DataFrame,
    design: Design,
    described: pd.DataFrame,
    indicators: pd.DataFrame,
    published: Published,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers of the coordinators and the desk research, rows in the order of the design, columns unordered.

    Parameters
    ----------
    table : 42 × 90 indicator values in printed units
    described : section A of the questionnaire
    indicators : framework table, indexed by code
    """
    sector = design.labels["sector"]
    activity = design.scores[:, published.columns.index("ALL")]
    out: dict[str, np.ndarray] = {str(c): described[c].to_numpy() for c in described if c != "eucles_label_2025"}
    desk: dict[str, np.ndarray] = {"eucles_label_2025": described["eucles_label_2025"].to_numpy()}
    for code, row in indicators.iterrows():
        if row["rule"] in ("value", "yes_no"):
            target = desk if row["instrument"] == "desk_research" else out
            target[row["items"]] = table[str(code)].to_numpy()
    for code in ("I.2.2", "I.2.4", "I.2.6", "I.3.2", "I.3.3", "III.1.8"):
        first, second = str(indicators.at[code, "items"]).split(";")
        share = np.clip(rng.normal(0.46, 0.12, N), 0.0, 1.0)
        out[first], out[second] = _split(table[code].to_numpy(), share, None, 1)
    only_2022 = int(np.flatnonzero(table["I.3.1"].isna() & (sector == SECTORS.index("bio")))[0])
    out["budget_2022"], out["budget_2023"] = _budget(table["I.3.1"].to_numpy(), only_2022, rng)
    out["sales_revenue_2022"], out["sales_revenue_2023"] = _revenue(table["II.3.4"].to_numpy(), sector, rng)
    out["website_visits_2022"], out["website_visits_2023"] = _split(
        table["II.4.2"].to_numpy(), np.clip(rng.normal(0.47, 0.06, N), 0.2, 0.8), None, 0
    )
    meetings = 2 * table["II.2.1"].to_numpy()
    share = np.clip(rng.normal(0.42, 0.08, N), 0.1, 0.9)
    out["meetings_2022"], out["meetings_2023"] = _split(meetings, share, round(MEETINGS[2022] * N), 0)
    out["strategy_status"] = np.array(STRATEGY)[design.labels["strategy"]]
    written = design.labels["strategy"] > 0
    scope = np.full((N, len(STRATEGY_SCOPE)), np.nan)
    scope[written] = options.tick_counts(
        (table["II.1.1"].to_numpy() - design.labels["strategy"])[written],
        [options.count_of(percent, int(written.sum())) for percent in options.SCOPE_SHARES],
        rng,
    )
    out |= {f"strategy_scope__{item}": scope[:, k] for k, item in enumerate(STRATEGY_SCOPE)}
    for code, (item, names) in CATEGORY.items():
        out[item] = np.array([names[v] for v in table[code]])
    ticks = _ticks(table, indicators, activity, rng)
    out |= {str(c): ticks[c].to_numpy() for c in ticks}
    out["group_purchases__other_count"] = rng.choice([0, 1, 2], N, p=[0.8, 0.15, 0.05]) * (table["II.3.2"] > 0)
    for item, column in zip(
        str(indicators.at["II.6.2", "items"]).split(";"), options.levels(table["II.6.2"].to_numpy(), rng).T, strict=True
    ):
        out[item] = column
    frames = [
        _kinds(table["III.3.1"].to_numpy(), COMPETENCE, "competence_other", rng),
        _kinds(table["IV.1.7"].to_numpy(), PLACEMENTS, None, rng),
        _education(table["IV.1.6"].to_numpy(), rng),
        _protection(table["III.2.7"].to_numpy(), rng),
    ]
    for frame in frames:
        out |= {str(c): frame[c].to_numpy() for c in frame}
    out["agreements_domestic_clusters"] = _domestic_agreements(activity, rng)
    markets = table["V.3.3"].to_numpy()
    named = np.zeros(N)
    for country, n in COUNTRIES.items():
        room = np.nan_to_num(markets) > named
        score = np.where(room, np.log(np.maximum(np.nan_to_num(markets), 1)) + rng.gumbel(0, 0.8, N), -99)
        ticked = np.zeros(N)
        ticked[np.argsort(-score, kind="stable")[: min(n, int(room.sum()))]] = 1
        named += ticked
        out[f"export_countries__{country}"] = np.where(np.isnan(markets), np.nan, ticked)
    kept = np.full(N, np.nan)
    who = np.sort(rng.permutation(np.flatnonzero(~np.isnan(table["II.3.4"])))[: int(REVENUE_KEPT["answers"])])
    parts = spread_total(
        rng.normal(74, 11, len(who)),
        round(REVENUE_KEPT["mean"] * len(who)),
        np.full(len(who), 40),
        np.full(len(who), 98),
    )
    kept[who] = parts
    out["revenue_not_falling_share"] = kept
    return pd.DataFrame(out), pd.DataFrame(desk)
