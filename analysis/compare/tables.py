"""Tables of a comparison, from two sides."""

from __future__ import annotations

import pandas as pd

from analysis.compare.sides import Side
from analysis.composite.robustness import agreement as rank_agreement
from analysis.errors import ConfigError
from analysis.facts import Fact
from analysis.publish.numbers import quantity


def _text(fact: Fact | None) -> str:
    return "" if fact is None else quantity(fact.value, fact.unit, fact.decimals)


def compare_sides(first: Side, second: Side) -> pd.DataFrame:
    """Scores and ranks of units that both sides have, by code.

    Returns
    -------
    DataFrame
        unit, code, score_a, score_b, score_change, rank_a, rank_b, rank_change (positive: better under the second).

    Raises
    ------
    ConfigError
        The sides share no unit or no code.
    """
    units = first.scores.index.astype(str).intersection(second.scores.index.astype(str), sort=False)
    codes = [c for c in first.scores.columns if c in second.scores.columns]
    if not len(units) or not codes:
        what = "unit" if not len(units) else "code"
        raise ConfigError(f"{first.name} and {second.name} have no {what} in common; nothing can be compared")
    parts = {}
    for suffix, side in (("a", first), ("b", second)):
        for name, table in (("score", side.scores), ("rank", side.ranks)):
            chosen = table.set_axis(table.index.astype(str)).loc[units, codes].rename_axis("unit")
            parts[f"{name}_{suffix}"] = chosen.reset_index().melt("unit", var_name="code", value_name="v")
    out = parts["score_a"][["unit", "code"]].copy()
    for name, part in parts.items():
        out[name] = part["v"].to_numpy(dtype=float)
    out["score_change"] = out["score_b"] - out["score_a"]
    out["rank_change"] = out["rank_a"] - out["rank_b"]
    order = {unit: i for i, unit in enumerate(units)}
    places = {code: i for i, code in enumerate(codes)}
    out = out.assign(u=out["unit"].map(order), c=out["code"].map(places)).sort_values(["c", "u"], ignore_index=True)
    return out[["unit", "code", "score_a", "score_b", "score_change", "rank_a", "rank_b", "rank_change"]]


def agreement(table: pd.DataFrame) -> pd.DataFrame:
    """Rank correlations and moves of each code.

    Parameters
    ----------
    table
        From `compare_sides`.

    Returns
    -------
    DataFrame
        code, n, spearman, kendall (τ-b), mean_shift and largest_shift (absolute, of ranks), moved (units whose rank
        differs).
    """
    columns = ["score_a", "score_b", "rank_a", "rank_b"]
    rows = [
        {"code": code, **rank_agreement(*(part[c].to_numpy(dtype=float) for c in columns))}
        for code, part in table.groupby("code", sort=False)
    ]
    return pd.DataFrame(rows)


def group_medians(first: Side, second: Side) -> pd.DataFrame | None:
    """Medians of groups side by side: dimension, group, n, code, median_a, median_b, change; None if not known."""
    if first.cross is None or second.cross is None:
        return None
    keys = ["dimension", "group", "n", "code"]
    parts = {}
    for name, cross in (("median_a", first.cross), ("median_b", second.cross)):
        parts[name] = cross[cross["measure"] == "median"].set_index(keys)["value"]
    out = pd.concat(parts, axis=1, sort=False).reset_index()
    out["change"] = out["median_b"] - out["median_a"]
    return out


def changed_facts(first: Side, second: Side) -> pd.DataFrame | None:
    """Facts of the report whose printed text differs: id, old, new, the table they come from; None if not known."""
    if first.facts is None or second.facts is None:
        return None
    old, new = ({fact.id: fact for fact in facts} for facts in (first.facts, second.facts))
    rows = []
    for fact_id in sorted({*old, *new}):
        before, after = old.get(fact_id), new.get(fact_id)
        if _text(before) != _text(after):
            place = after or before
            rows.append([fact_id, _text(before), _text(after), "" if place is None else place.table])
    return pd.DataFrame(rows, columns=["id", "old", "new", "table"])


def summary_lines(
    first: Side,
    second: Side,
    table: pd.DataFrame,
    *,
    root: str,
    medians: pd.DataFrame | None,
    facts: pd.DataFrame | None,
    rows: int = 10,
) -> list[str]:
    """What a person reads first: agreement, the largest moves, medians of the index by group, changed words.

    Parameters
    ----------
    table, medians, facts
        From `compare_sides`, `group_medians`, `changed_facts`.
    root
        Code of the index.
    rows
        Largest moves and facts shown.
    """
    overall = table[table["code"] == root]
    row = agreement(overall).iloc[0]
    lines = [
        f"a = {first.name}, b = {second.name}: {len(overall)} units, {root}: Spearman {row['spearman']:.3f}, Kendall "
        f"{row['kendall']:.3f}, {row['moved']} ranks differ, by {row['mean_shift']:.2f} on average, at most "
        f"{row['largest_shift']:g}"
    ]
    moves = overall[overall["rank_change"] != 0]
    moves = moves.reindex(moves["rank_change"].abs().sort_values(ascending=False, kind="stable").index).head(rows)
    if len(moves):
        shown = moves[["unit", "score_a", "score_b", "rank_a", "rank_b", "rank_change"]].round(3)
        places = dict.fromkeys(("rank_a", "rank_b"), "{:g}".format)  # halves only where ties are averaged
        places["rank_change"] = "{:+g}".format
        lines += ["", "Largest moves:", shown.to_string(index=False, formatters=places)]
    if medians is not None:
        shown = medians.loc[medians["code"] == root].drop(columns="code").round(3)
        lines += ["", f"Group medians of {root}:", shown.to_string(index=False)]
    if facts is not None:
        lines += ["", f"{len(facts)} facts of the report change"]
        # Words first: a number that moves is expected, a word that changes alters a sentence.
        text = facts[~facts["old"].str.contains(r"\d") & ~facts["new"].str.contains(r"\d")]
        if len(text):
            lines += ["Words among them:", text[["id", "old", "new"]].head(rows).to_string(index=False)]
    return lines
