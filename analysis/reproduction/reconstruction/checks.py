"""What the reconstructed answers give for every printed statistic: recomputed from the files, not from the solver.

Deliberately small and independent of the indicator code: it knows the few rules of the framework table and compares the
result with mean, median, benchmark, the counts in the comments, sector means and characteristics.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.reproduction.reconstruction.marginals import printed_triple, sector_targets, threshold
from analysis.reproduction.reconstruction.published import Fact, Published

# printed label of an option or kind → item of the codebook
ITEM_OF_LABEL = {
    "strategia obejmuje: cyfryzację klastra": "strategy_scope__digitalisation",
    "strategia obejmuje: zieloną reorientację/transformację": "strategy_scope__green",
    "strategia obejmuje: dbałość o społeczeństwo (ESG, CSR, CSV)": "strategy_scope__social",
    "newslettery/biuletyny": "communication_tools__newsletter",
    "fora/grupy dyskusyjne": "communication_tools__forum",
    "wspólne stoiska np. na targach": "distribution_channels__fair_stands",
    "wspólne wynajęcie agenta, eksportera na rynkach międzynarodowych": "distribution_channels__export_agent",
    "systemy do zarządzania relacjami z klientami": "it_systems__crm",
    "systemy do zarządzania zasobami": "it_systems__erp",
    "systemy do zarządzania dokumentami": "it_systems__documents",
    "systemy do zarządzania magazynem": "it_systems__warehouse",
    "wykorzystanie koncepcji GOZ": "environment_actions__circular_economy",
    "GOZ: produkcja": "circular_economy__production",
    "GOZ: gospodarowanie odpadami": "circular_economy__waste",
    "GOZ: projektowanie": "circular_economy__design",
    "GOZ: gospodarka surowcowa": "circular_economy__raw_materials",
    "GOZ: dystrybucja": "circular_economy__distribution",
    "GOZ: konsumpcja": "circular_economy__consumption",
    "funkcjonuje instytucja wspierająca transfer technologii": "technology_transfer_institution",
    "zakup wiedzy i technologii": "knowledge_purchase",
    "działania o pozytywnym oddziaływaniu na społeczeństwo": "social_activities",
    "szkolnictwo wyższe": "education_fields_higher",
    "szkolnictwo średnie": "education_fields_secondary",
    "szkolnictwo zawodowe": "education_fields_vocational",
    "staże": "internships",
    "praktyki": "work_placements",
    "doktoraty wdrożeniowe": "industrial_doctorates",
    "zgłoszenia": "ip_applications",
    "uzyskane prawa": "ip_rights",
    "kursy, szkolenia, warsztaty": "competence_courses",
    "konferencje, seminaria i webinaria": "competence_conferences",
}
OPTION_OF_LABEL = {
    "pisemna strategia podlegająca aktualizacji": ("strategy_status", "updated"),
    "pisemna strategia, ale nieaktualizowana": ("strategy_status", "not_updated"),
    "brak strategii w formie pisemnej": ("strategy_status", "none"),
    "dokumenty szczegółowe": ("operational_documents", "detailed"),
    "dokumenty o wysokim poziomie ogólności": ("operational_documents", "general"),
    "brak dokumentów operacyjnych": ("operational_documents", "none"),
    "3 lub więcej wyspecjalizowanych organów": ("cluster_bodies", "three_or_more"),
    "1 lub 2 organy": ("cluster_bodies", "one_or_two"),
    "brak organów": ("cluster_bodies", "none"),
    "badania cykliczne (min. raz w roku)": ("needs_surveys", "regular"),
    "badania ad hoc": ("needs_surveys", "ad_hoc"),
    "nie prowadzi badań": ("needs_surveys", "none"),
}
# statements about the questionnaire, prose thresholds without a number, shares already implied by another statement
NOT_CHECKED = ("list_size", "scale_max", "other", "n_option", "max")
YEAR_ITEMS = {"I.3.1": ("budget_2022", "budget_2023"), "II.2.1": ("meetings_2022", "meetings_2023")}
LEADING_KINDS = ("mean", "median", "benchmark")


@dataclass(frozen=True)
class Check:
    """One printed statement beside the recomputed value."""

    code: str
    fact: str
    printed: float
    reached: float
    holds: bool
    source: str


def compute_indicators(
    coordinators: pd.DataFrame, desk: pd.DataFrame, framework: pd.DataFrame, lists: pd.DataFrame
) -> pd.DataFrame:
    """Indicators from answers by the rules of the framework table (42 × 90; index as in `coordinators`)."""
    score = {
        (r["option_list"], r["option"]): float(r["score"])
        for r in lists.to_dict("records")
        if str(r["score"]) not in ("", "nan")
    }
    out = {}
    for code, row in zip(framework.index, framework.to_dict("records"), strict=True):
        data = desk if row["instrument"] == "desk_research" else coordinators
        items = row["items"].split(";")
        opts = dict(p.split("=", 1) for p in row["options"].split(";") if "=" in p)
        part = data[items]
        rule = row["rule"]
        if rule in ("value", "yes_no"):
            out[code] = part.iloc[:, 0].astype(float)
        elif rule in ("sum", "level_sum"):
            out[code] = part.sum(axis=1, skipna=opts.get("missing") == "ignore").astype(float)
        elif rule == "mean":
            out[code] = part.mean(axis=1, skipna=opts.get("missing") == "ignore").astype(float)
        elif rule == "count_ticked":
            total = part.sum(axis=1)
            if "other" in opts:
                total = total + data[opts["other"]].fillna(0)
            out[code] = total.where(part.notna().any(axis=1)).astype(float)
        elif rule == "score_and_ticks":
            points = part.iloc[:, 0].map(lambda o, item=items[0]: score[item, o]).astype(float)
            out[code] = points + part.iloc[:, 1:].sum(axis=1)
        elif rule == "category_score":
            out[code] = part.iloc[:, 0].map(lambda o, item=items[0]: score[item, o]).astype(float)
        else:
            raise ValueError(f"{code}: unknown rule {rule!r}")
    return pd.DataFrame(out)


def prints_as(value: float, printed: float, decimals: int) -> bool:
    """Whether a value prints as `printed` at so many decimals (half a unit of the last digit included)."""
    return bool(abs(value - printed) <= 0.5 * 10.0**-decimals + 1e-9)


def _decimals(text: str) -> int:
    return len(text.split(".")[1]) if "." in text else 0


def _share(data: pd.Series) -> float:
    return 100 * float((data > 0).sum()) / max(int(data.notna().sum()), 1)


def _fact(
    fact: Fact, x: pd.Series, coordinators: pd.DataFrame, items: list[str], labels: dict[str, str]
) -> float | None:
    """Recomputed value of a printed statement; None when it says nothing that answers could show."""
    values = x.dropna()
    positive = values[values > 0]
    t = threshold(fact)
    kind = fact.kind
    if fact.label:
        if fact.label in OPTION_OF_LABEL:
            item, option = OPTION_OF_LABEL[fact.label]
            n = int((coordinators[item] == option).sum())
            return float(n) if kind == "n_zero" else 100 * n / len(coordinators)
        name = ITEM_OF_LABEL.get(fact.label) or labels.get(fact.label)
        if name is None:
            return None
        column = coordinators[name].astype(float)
        if fact.code == "II.6.2":
            return 100 * float((column == 2).sum()) / len(column)
        if kind == "share_option":
            return _share(column)
        if kind in ("n_option", "n_positive"):
            return float((column > 0).sum())
        return float(column.sum()) if kind == "total" else None
    if kind in NOT_CHECKED:
        return None
    among = (
        values if not ("FURTHER" in fact.note or "among" in fact.note or "of the providers" in fact.note) else positive
    )
    if kind == "n_zero":
        return float((values == 0).sum())
    if kind == "n_zero_fraction":
        return float((values == 0).sum()) / 42
    if kind == "n_positive":
        return float(len(positive))
    if kind == "n_answered":
        return float(len(positive))
    if kind == "share_positive":
        return 100 * len(positive) / 42
    if kind == "more_than_half_zero":
        return 0.0 if (values == 0).mean() > 0.5 else 1.0
    if kind == "n_eq" and fact.threshold == "100%":
        full = coordinators["members_enterprises"].astype(float)
        return float((x == full).sum())
    if kind == "n_eq" and t is not None:
        return float((values == t).sum())
    if kind == "n_le" and t is not None:
        return float((among <= t).sum())
    if kind == "n_lt" and t is not None:
        return float((among < t).sum())
    if kind == "n_lt_positive" and t is not None:
        return float((positive < t).sum())
    if kind == "n_gt" and t is not None:
        return float((values > t).sum())
    if kind == "n_ge" and t is not None:
        return float((values >= t).sum())
    if kind == "n_between":
        a, z = (float(v) for v in fact.threshold.split("-"))
        return float(((values >= a) & (values <= z)).sum())
    if kind == "total":
        if fact.code == "III.2.7" and fact.note:
            return float(coordinators["ip_applications" if "applications" in fact.note else "ip_rights"].sum())
        return float(values.sum())
    if kind == "rank":
        return float(values.sort_values(ascending=False).iloc[int(fact.threshold) - 1])
    if kind == "min_positive":
        return float(positive.min())
    if kind == "most_le" and t is not None:
        return t if (positive <= t).mean() >= 0.75 else float(positive.quantile(0.75))
    if kind == "total_upper_bound":
        return max(float(values.sum()), float(fact.value))  # "not more than": anything below counts as the bound
    if kind == "mean_positive":
        scale = 1000 if fact.code == "III.2.3" else 1
        return float(positive.mean()) / scale
    if kind == "mean_excluding":
        return float(values.sort_values().iloc[:-1].mean())
    if kind == "mean_share":
        return float((100 * x / coordinators["members_enterprises"].astype(float)).mean())
    if kind == "median_restated":
        return float(values.median())
    if kind == "mean_year":
        item = YEAR_ITEMS[fact.code][int(fact.threshold) - 2022]
        return float(coordinators[item].astype(float).mean())
    if kind == "growth":
        first, second = (coordinators[i].astype(float) for i in items)
        sector = {"metal": "metal", "automotive": "moto"}.get(
            next((w for w in ("metal", "automotive") if w in fact.note), ""), ""
        )
        if "Poland" in fact.note:
            return None
        mask = coordinators["sector"] == sector if sector else pd.Series(True, index=coordinators.index)
        return 100 * (float(second[mask].sum()) / float(first[mask].sum()) - 1)
    return None


def _tolerant(fact: Fact, reached: float) -> bool:
    if fact.kind == "n_zero_fraction":
        return abs(reached - 1 / 3) < 1e-9
    if fact.code in ("I.1.1", "I.3.1") and fact.kind == "total":  # printed in thousands, one decimal
        return prints_as(reached / 1000, float(fact.value) / 1000, 1)
    text = fact.value or fact.threshold
    return prints_as(reached, float(text), _decimals(text))


def check_all(
    coordinators: pd.DataFrame,
    desk: pd.DataFrame,
    framework: pd.DataFrame,
    lists: pd.DataFrame,
    codebook: pd.DataFrame,
    published: Published,
) -> list[Check]:
    """Every printed mean, median, benchmark, sector mean and checkable count beside its recomputed value."""
    x = compute_indicators(coordinators, desk, framework, lists)
    text_of = dict(zip(codebook["item"], codebook["option_pl"], strict=True))
    out: list[Check] = []
    for code, row in zip(framework.index.astype(str), framework.to_dict("records"), strict=True):
        if published.indicators.at[code, "mean"]:
            mean, median, top, dm, dd = printed_triple(published, code, row["unit"])
            values = x[code].dropna()
            for name, printed, reached, decimals in (
                ("mean", mean, float(values.mean()), dm),
                ("median", median, float(values.median()), dd),
                ("benchmark", top, float(values.max()), 1),
            ):
                out.append(Check(code, name, printed, reached, prints_as(reached, printed, decimals), "Tables 13-17"))
        for sector, (value, decimals) in sector_targets(published, code).items():
            reached = float(x.loc[(coordinators["sector"] == sector).to_numpy(), code].mean())
            out.append(
                Check(code, f"sector_mean:{sector}", value, reached, prints_as(reached, value, decimals), "Table 10")
            )
    social = published.sector_means[published.sector_means["code"] == "IV.2.2"]
    for r in social.to_dict("records"):
        sector, value = str(r["sector_code"]), float(r["value"])
        reached = 100 * float(x.loc[(coordinators["sector"] == sector).to_numpy(), "IV.2.2"].mean())
        out.append(Check("IV.2.2", f"sector_mean:{sector}", value, reached, prints_as(reached, value, 0), "Table 10"))
    members = published.sector_means[published.sector_means["code"] == ""]
    for r in members.to_dict("records"):
        sector, value = str(r["sector_code"]), float(r["value"])
        reached = float(coordinators.loc[coordinators["sector"] == sector, "members_total"].mean())
        holds = prints_as(reached, value, 1)
        out.append(Check("members_total", f"sector_mean:{sector}", value, reached, holds, "Table 10"))
    for fact in published.facts:
        items = str(framework.at[fact.code, "items"]).split(";")
        labels = {str(text_of[i]): i for i in items if text_of.get(i)}
        found = _fact(fact, x[fact.code], coordinators, items, labels)
        if found is None:
            continue
        printed = 1 / 3 if fact.value == "1/3" else float(fact.value or fact.threshold)
        out.append(Check(fact.code, fact.key, printed, found, _tolerant(fact, found), fact.source))
    return out
