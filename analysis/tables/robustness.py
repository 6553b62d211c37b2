"""Facts of the methodological annex: coherence of the index, and how sure its findings are. No respondent is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.errors import FactError
from analysis.facts import FactSet
from analysis.framework import OVERALL, Framework
from analysis.tables.facts import slug
from analysis.tables.score_facts import GAPS

FOLDER = "32_uncertainty"
COHERENCE = "31_coherence"
SURE = 0.95
PERCENT = {"unit": "percent", "decimals": 1}
INDEX = {"unit": "coefficient", "decimals": 2}
TAU = {"unit": "coefficient", "decimals": 3}  # 0.998 is not 1


def add_coherence_facts(
    facts: FactSet,
    consistency: pd.DataFrame,
    parents: pd.DataFrame,
    collinear: pd.DataFrame,
    path: pd.DataFrame,
    lost: pd.DataFrame,
    leave_one_out: pd.DataFrame,
    framework: Framework,
    *,
    threshold: float,
) -> None:
    """Add facts of the step `31_coherence` as `coherence.…`.

    Parameters
    ----------
    consistency, parents, collinear
        From `analysis.composite.coherence`: `group_consistency`, `parent_correlations`, `collinear_pairs`.
    path, lost
        Of the redundancy audit, the path cut at the smallest set that keeps the ranking.
    leave_one_out
        With the column `code`.
    threshold
        Kendall's τ that the audit keeps.
    """

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.add(f"coherence.{name}", value, table=f"{COHERENCE}/{table}.csv", key=key, column=column, **more)

    for row in consistency.dropna(subset="alpha").to_dict("records"):
        code = str(row["code"])
        add(f"alpha.{code}", row["alpha"], "consistency", code, "alpha", **INDEX)
        add(f"pc1.{code}", 100 * row["pc1_share"], "consistency", code, "pc1_share", unit="percent")
    groups = consistency[consistency["code"].isin(list(framework.subareas.index))]
    add("groups", len(groups), "consistency", "sub-areas", "code")
    add("groups.low_alpha", int((groups["alpha"] < 0.7).sum()), "consistency", "sub-areas", "alpha")
    to_index = parents[(parents["ancestor"] == OVERALL) & parents["code"].isin(framework.codes)]
    negative = int((to_index["r"] < 0).sum())
    low = int((to_index["r"] < 0.3).sum())
    add("indicators.low", low, "parent_correlations", f"indicators/{OVERALL}", "r", unit="indicators")
    add("indicators.negative", negative, "parent_correlations", f"indicators/{OVERALL}", "r", unit="indicators")
    add("pairs", len(collinear), "collinear_pairs", "*", "r")
    kept = path[path["tau"] >= threshold].sort_values("kept").iloc[0]
    add("kept", int(kept["kept"]), "redundancy_path", str(int(kept["kept"])), "kept", unit="indicators")
    add("kept.tau", float(kept["tau"]), "redundancy_path", str(int(kept["kept"])), "tau", **INDEX)
    add("threshold", threshold, "redundancy_path", "*", "tau", **INDEX)
    emptied = lost[lost["code"].isin(list(framework.subareas.index)) & (lost["kept"] == 0)]
    add("kept.emptied", len(emptied), "redundancy_lost", "sub-areas", "kept")
    worst = lost[lost["code"].isin(list(framework.areas.index))].sort_values("tau", kind="stable").iloc[0]
    add("kept.worst", framework.label(str(worst["code"])), "redundancy_lost", str(worst["code"]), "code", unit="text")
    add("kept.worst.tau", float(worst["tau"]), "redundancy_lost", str(worst["code"]), "tau", **INDEX)
    most = leave_one_out.sort_values("mean_shift", ascending=False, kind="stable").iloc[0]
    code = str(most["code"])
    add("leave_one_out.label", framework.label(code), "leave_one_out", code, "code", unit="text")
    add("leave_one_out.largest", int(most["largest_shift"]), "leave_one_out", code, "largest_shift")
    add("leave_one_out.tau", float(most["tau"]), "leave_one_out", code, "tau", **INDEX)


def add_robustness_facts(
    facts: FactSet,
    results: Mapping[str, pd.DataFrame],
    sobol: pd.DataFrame,
    decisive: pd.DataFrame,
    variants: pd.DataFrame,
    framework: Framework,
    *,
    inputs: Mapping[str, str],
    names: Mapping[str, str],
) -> None:
    """Add facts of the step `32_uncertainty` as `robust.…`.

    Parameters
    ----------
    results
        From `analysis.composite.robustness.result_tables`, with groups and slopes.
    sobol, decisive, variants
        From `rank_sensitivity`, `decisive_inputs` and `variant_tables`.
    inputs, names
        Printed names of the uncertain inputs and of the variants.

    Raises
    ------
    FactError
        An input or a variant has no printed name.
    """
    unnamed = [x for x in dict.fromkeys(sobol["input"]) if x not in inputs]
    unnamed += [x for x in variants["variant"] if x not in names]
    if unnamed:
        raise FactError(f"{facts.notebook}: no printed name for {', '.join(unnamed)}; add it to report/labels")

    def add(name: str, value: Any, table: str, key: str, column: str, **more: Any) -> None:
        facts.add(f"robust.{name}", value, table=f"{FOLDER}/{table}.csv", key=key, column=column, **more)

    draws = len(results["draws"])
    add("draws", draws, "draws", "*", "draw")
    add("inputs", sobol["input"].nunique(), "sobol", "*", "input")

    def share(name: str, p: float, table: str, key: str, column: str) -> None:
        """Percent of draws, and their number as `.draws`: 1,999 of 2,000 would be printed as 100.0 %."""
        add(name, 100 * p, table, key, column, **PERCENT)
        add(f"{name}.draws", round(p * draws), table, key, column)

    _findings(add, share, results, framework)
    _ranks(add, results)
    _decisions(add, sobol, decisive, inputs)
    for row in variants.to_dict("records"):
        name = str(row["variant"])
        add(f"variant.{name}", names[name], "variants", name, "variant", unit="text")
        add(f"variant.{name}.kendall", row["kendall"], "variants", name, "kendall", **TAU)
        for column in ("largest_shift", "moved"):
            unit = {"unit": "clusters"} if column == "moved" else {}
            add(f"variant.{name}.{column}", int(row[column]), "variants", name, column, **unit)
    ordered = variants.sort_values("kendall", kind="stable")
    for end, one in (("farthest", ordered.iloc[0]), ("nearest", ordered.iloc[-1])):
        key = str(one["variant"])
        add(end, names[key], "variants", key, "variant", unit="text")
        add(f"{end}.kendall", one["kendall"], "variants", key, "kendall", **TAU)


def _findings(add: Any, share: Any, results: Mapping[str, pd.DataFrame], framework: Framework) -> None:
    """How often the comparisons of the text hold: `robust.<gap>.<code>`, leaders of dimensions, places of areas."""
    table = results["comparisons"].astype({"group": str, "other": str})
    for prefix, (group, other) in GAPS.items():
        rows = table[(table["group"] == group) & (table["other"] == other)]
        for row in rows.to_dict("records"):
            code = "every" if row["code"] == "*" else str(row["code"])
            key = f"{row['dimension']}/{group}/{other}/{row['code']}"
            share(f"{prefix}.{code}", row["probability"], "comparisons", key, "probability")
    labels = framework.cross_sections.set_index(["dimension", "group"])["label_pl"].to_dict()
    leads = table[(table["other"] == "") & (table["code"] == OVERALL) & (table["nominal"] == 1)]
    for row in leads.to_dict("records"):
        dimension, group = str(row["dimension"]), str(row["group"])
        key = f"{dimension}/{group}//{OVERALL}"
        add(f"lead.{dimension}", labels[(dimension, group)], "comparisons", key, "group", unit="text")
        share(f"lead.{dimension}.p", row["probability"], "comparisons", key, "probability")
    for row in results["elements"].to_dict("records"):
        code = str(row["code"])
        add(f"area.{code}.same", 100 * row["p_same_place"], "elements", code, "p_same_place", **PERCENT)
        place = int(row["place"])
        if place in (1, len(results["elements"])):
            end, column = ("highest", "p_highest") if place == 1 else ("lowest", "p_lowest")
            add(f"areas.{end}", framework.label(code), "elements", code, "code", unit="text")
            share(f"areas.{end}.p", row[column], "elements", code, column)
    for row in results["slopes"].to_dict("records"):
        name = slug(str(row["variable"]))
        share(f"slope.{name}", row["p_positive"], "slopes", str(row["variable"]), "p_positive")


def _ranks(add: Any, results: Mapping[str, pd.DataFrame]) -> None:
    """Widths of rank intervals and what is certain at the top; counts of clusters, nobody's own numbers."""
    units = results["units"]
    width = units["rank_p95"] - units["rank_p5"]
    add("width.median", width.median(), "units", "rank_p95 - rank_p5", "median")
    add("width.max", width.max(), "units", "rank_p95 - rank_p5", "max")
    n = len(units)
    for part, rows in (
        ("top", width[: n // 3]),
        ("middle", width[n // 3 : n - n // 3]),
        ("bottom", width[n - n // 3 :]),
    ):
        add(f"width.{part}", rows.median(), "units", f"rank_p95 - rank_p5, {part} third", "median")
    quarter = -(-n // 4)
    add("top.size", quarter, "units", "⌈n/4⌉", "unit", unit="clusters")
    for name, count in (
        ("certain", (units["p_top_quartile"] >= SURE).sum()),
        ("open", ((units["p_top_quartile"] < SURE) & (units["p_top_quartile"] > 1 - SURE)).sum()),
        ("excluded", (units["p_top_quartile"] <= 1 - SURE).sum()),
    ):
        add(f"top.{name}", int(count), "units", f"{name} at {SURE}", "p_top_quartile", unit="clusters")
    add("leader", 100 * units["p_top_1"].iloc[0], "units", "rank 1", "p_top_1", **PERCENT)
    add("sure", 100 * SURE, "units", "threshold", "p_top_quartile", unit="percent")
    pairs = results["neighbours"]
    following = pairs[pairs["places"] == 1]
    add("pairs", len(following), "neighbours", "places = 1", "unit")
    add("pairs.sure", int((following["p_ahead"] >= SURE).sum()), "neighbours", "places = 1", "p_ahead")


def _decisions(add: Any, sobol: pd.DataFrame, decisive: pd.DataFrame, inputs: Mapping[str, str]) -> None:
    """Inputs in the order of their total index for the mean rank shift, and for how many units each decides most."""
    every = sobol[sobol["output"] == "*"].sort_values("total", ascending=False, kind="stable")
    for place, row in enumerate(every.to_dict("records"), start=1):
        name, key = str(row["input"]), f"*/{row['input']}"
        add(f"input.{place}", inputs[name], "sobol", key, "input", unit="text")
        add(f"input.{place}.total", row["total"], "sobol", key, "total", **INDEX)
        add(f"input.{place}.first", row["first"], "sobol", key, "first", **INDEX)
    counts = decisive["input"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    for place, (decision, count) in enumerate(counts.items(), start=1):
        key = str(decision)
        add(f"decisive.{place}", inputs[key], "decisive", key, "input", unit="text")
        add(f"decisive.{place}.units", int(count), "decisive", key, "unit", unit="clusters")
    add("moving", len(decisive), "decisive", "*", "unit", unit="clusters")
