"""What coordinators state set against what their members say about the same thing.

Topics are rows of `data/framework/triangulation.csv`. A *claim* is something the coordinator states or not, and members
bear out where their share reaches a threshold; a *share* is stated by both sides; a *quantity* can only go along with
the members' view. In every cluster the members are a sample, so their share has an interval, and only where that lies
wholly on the other side do the two contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import FrameworkError
from analysis.opinions.counts import Counts
from analysis.opinions.estimates import wilson

CLAIM, PORTION, QUANTITY = "claim", "share", "quantity"
AGREES, DIFFERS, CONTRADICTS = "agrees", "differs", "contradicts"
VERDICTS = (AGREES, DIFFERS, CONTRADICTS)
TOPIC_COLUMNS = ("topic", "kind", "coordinator", "members", "yes", "left_out", "threshold")
_CLAIM = re.compile(r"(\w+)(=|>)([\w|]+)")
BY_CLUSTER = ["topic", "kind", "cluster", "coordinator", "chosen", "n", "members", "low", "high", "verdict"]


def _numbers(answers: pd.DataFrame, column: str, topic: str) -> pd.Series:
    if column not in answers:
        raise FrameworkError(f"triangulation.csv: {topic} names `{column}`, not a question to coordinators")
    return pd.to_numeric(answers[column].replace("", None))


def stated_by_coordinators(answers: pd.DataFrame, topic: Mapping[str, str]) -> pd.Series:
    """Return what each coordinator states: 1 or 0 of a claim, percent of a share, a quotient; missing where unanswered.

    Parameters
    ----------
    answers
        Index the clusters, columns the coordinators' questions as text.
    topic
        A row of triangulation.csv; `coordinator` is `item=value|value`, `item>number` or `item/item`.

    Raises
    ------
    FrameworkError
        The expression cannot be read or names no question.
    """
    text, name = topic["coordinator"], topic["topic"]
    if topic["kind"] in (PORTION, QUANTITY):
        top, slash, base = text.partition("/")
        if not slash:
            raise FrameworkError(f"triangulation.csv: {name}: `{text}` is not of the form item/item")
        quotient = _numbers(answers, top, name) / _numbers(answers, base, name).where(lambda x: x > 0)
        return 100 * quotient
    found = _CLAIM.fullmatch(text)
    if topic["kind"] != CLAIM or not found:
        raise FrameworkError(f"triangulation.csv: {name}: `{text}` as {topic['kind']} cannot be read")
    item, sign, value = found.groups()
    if sign == ">":
        number = _numbers(answers, item, name)
        return (number > float(value)).astype(float).where(number.notna())
    if item not in answers:
        raise FrameworkError(f"triangulation.csv: {name} names `{item}`, not a question to coordinators")
    given = answers[item].fillna("")
    return given.isin(value.split("|")).astype(float).where(given != "")


def share_in_clusters(counts: Counts, topic: Mapping[str, str], sizes: pd.Series, level: float) -> pd.DataFrame:
    """Return what members of each cluster say: chosen, n, members (percent), low, high; index the clusters.

    Members of one cluster are taken as a random sample of it, so the interval is Wilson's with the finite population
    correction n_eff = n (N − 1) / (N − n); where all answered it has no width.
    """
    item = next((i for i in counts.items if i.name == topic["members"]), None)
    if item is None:
        raise FrameworkError(
            f"triangulation.csv: {topic['topic']} names `{topic['members']}`, not a question to members"
        )
    left_out = np.isin(item.options, topic["left_out"].split("|"))
    yes = np.isin(item.options, topic["yes"].split("|"))
    table = counts.table[item.name]
    n, chosen = table[:, ~left_out].sum(axis=1), table[:, yes].sum(axis=1)
    whole = np.maximum(sizes.reindex(counts.clusters).to_numpy(dtype=float), n)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = chosen / n
        effective = np.where(whole > n, n * (whole - 1) / (whole - n), np.inf)
        low, high = wilson(share, effective, float(stats.norm.ppf(0.5 + level / 2)))
    low, high = np.where(np.isinf(effective), share, low), np.where(np.isinf(effective), share, high)
    return pd.DataFrame(
        {"chosen": chosen, "n": n, "members": 100 * share, "low": 100 * low, "high": 100 * high}, index=counts.clusters
    )


def _verdict(row: Mapping[str, float], kind: str, threshold: float) -> str:
    stated, share, low, high = row["coordinator"], row["members"], row["low"], row["high"]
    if kind == QUANTITY or np.isnan(stated) or np.isnan(share):
        return ""
    if kind == PORTION:
        return AGREES if low - 1e-9 <= stated <= high + 1e-9 else CONTRADICTS
    if (share >= threshold) == bool(stated):
        return AGREES
    return CONTRADICTS if (high < threshold if stated else low >= threshold) else DIFFERS


def triangulate(
    coordinators: pd.DataFrame, counts: Counts, topics: pd.DataFrame, *, sizes: pd.Series, level: float
) -> pd.DataFrame:
    """Set both sides beside each other, topic by topic and cluster by cluster.

    Parameters
    ----------
    coordinators
        Index the clusters, columns the coordinators' questions as text.
    counts
        Members' answers counted in the same clusters.
    topics
        triangulation.csv, all text.
    sizes
        Index the clusters: how many members each has.
    level
        Confidence level of the members' share in a cluster.

    Returns
    -------
    DataFrame
        Columns `BY_CLUSTER`: `coordinator` as in `stated_by_coordinators`, members in percent with its interval,
        verdict agrees, differs (on the other side of the threshold, but the interval reaches it) or contradicts; empty
        for quantities and where one side is silent.
    """
    absent = [c for c in TOPIC_COLUMNS if c not in topics.columns]
    if absent:
        raise FrameworkError(f"triangulation.csv: missing column(s) {', '.join(absent)}")
    parts = []
    for topic in topics.astype(str).to_dict("records"):
        named = {str(k): str(v) for k, v in topic.items()}
        table = share_in_clusters(counts, named, sizes, level)
        table.insert(0, "coordinator", stated_by_coordinators(coordinators, named).reindex(table.index))
        threshold = float(named["threshold"] or "nan")
        table["verdict"] = [_verdict(row, named["kind"], threshold) for row in table.to_dict("records")]  # type: ignore[arg-type]
        head = table.rename_axis("cluster").reset_index()
        parts.append(head.assign(topic=named["topic"], kind=named["kind"]))
    return pd.concat(parts, ignore_index=True)[BY_CLUSTER]


def kappa(first: Iterable[bool], second: Iterable[bool]) -> float:
    """Cohen's kappa of two yes/no judgements; not a number where one of them never varies together with the other.

    κ = (p_o − p_e) / (1 − p_e). Cohen (1960), Educational and Psychological Measurement 20.
    """
    a, b = np.array(list(first), dtype=bool), np.array(list(second), dtype=bool)
    observed = float((a == b).mean())
    expected = float(a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()))
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")


def summarise(
    by_cluster: pd.DataFrame, topics: pd.DataFrame, *, permutations: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Agreement of each topic over all clusters.

    Parameters
    ----------
    by_cluster
        From `triangulate`.
    permutations
        Random pairings of coordinators and members behind `p`.

    Returns
    -------
    DataFrame
        One row a topic: kind, clusters (both sides known), agrees, differs, contradicts, agreement (percent of them),
        stated (percent of coordinators that claim it, or the mean of what they state), members (mean of the clusters'
        shares), kappa (claims), rho (Spearman, over clusters) and p: the share of random pairings of coordinators with
        other clusters' members whose rho is at least as large in absolute value; p_adjusted after Benjamini–Hochberg.
    """
    rows = []
    limits = topics.set_index("topic")["threshold"]
    for topic, own in by_cluster.groupby("topic", sort=False):
        both = own.dropna(subset=["coordinator", "members"])
        kind = str(both["kind"].iloc[0]) if len(both) else str(own["kind"].iloc[0])
        counted = {v: int((both["verdict"] == v).sum()) for v in VERDICTS}
        judged = sum(counted.values())
        stated, said = both["coordinator"].to_numpy(dtype=float), both["members"].to_numpy(dtype=float)
        rho, p = _rank_correlation(stated, said, permutations, rng)
        agreed = float("nan")
        if kind == CLAIM and len(both):
            agreed = kappa(stated > 0, said >= float(limits[topic]))
        row = {"topic": topic, "kind": kind, "clusters": len(both)} | (counted if kind != QUANTITY else {})
        row |= {"agreement": 100 * counted[AGREES] / judged if judged else float("nan")}
        row |= {"stated": float(stated.mean() * (100 if kind == CLAIM else 1)) if len(both) else float("nan")}
        row |= {"members": float(said.mean()) if len(both) else float("nan"), "kappa": agreed, "rho": rho, "p": p}
        rows.append(row)
    out = pd.DataFrame(rows)
    out[list(VERDICTS)] = out[list(VERDICTS)].astype("Int64")
    known = out["p"].notna()
    out["p_adjusted"] = np.nan
    if known.any():
        out.loc[known, "p_adjusted"] = stats.false_discovery_control(out.loc[known, "p"].to_numpy(dtype=float))
    return out


def _rank_correlation(x: np.ndarray, y: np.ndarray, permutations: int, rng: np.random.Generator) -> tuple[float, float]:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan"), float("nan")
    a, b = stats.zscore(stats.rankdata(x)), stats.zscore(stats.rankdata(y))
    rho = float(a @ b / len(a))
    drawn = rng.permuted(np.tile(b, (permutations, 1)), axis=1) @ a / len(a)
    reached = int((np.abs(drawn) >= abs(rho) - 1e-12).sum())
    return rho, (1 + reached) / (permutations + 1)


def contradictions(by_cluster: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `triangulate` that contradict, by topic, the clearest first: furthest from the interval."""
    found = by_cluster[by_cluster["verdict"] == CONTRADICTS].copy()
    stated = np.where(found["kind"] == CLAIM, 100 * found["coordinator"], found["coordinator"])
    found["gap"] = stated - found["members"]
    order = {topic: i for i, topic in enumerate(dict.fromkeys(by_cluster["topic"]))}
    keys = found.assign(_topic=found["topic"].map(order), _gap=-found["gap"].abs())
    return keys.sort_values(["_topic", "_gap", "cluster"])[[*BY_CLUSTER[:-1], "gap"]].reset_index(drop=True)
