"""Facts and printed tables of the likeness of sectors and of the types of clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.facts import FactSet
from analysis.workspace import Column

FOLDER = "41_sector_clusters"
TWO: Any = {"unit": "coefficient", "decimals": 2}
THREE: Any = {"unit": "coefficient", "decimals": 3}
FOUR: Any = {"unit": "coefficient", "decimals": 4}
PERCENT: Any = {"unit": "percent", "decimals": 0}


class _Adder:
    """Adds facts whose cells lie in tables of the notebook's folder."""

    def __init__(self, facts: FactSet) -> None:
        self.facts = facts

    def __call__(self, name: str, value: Any, table: str, key: Any, column: str, **more: Any) -> None:
        self.facts.add(name, value, table=f"{FOLDER}/{table}.csv", key=str(key), column=column, **more)


def type_names(summary: pd.DataFrame, words: Mapping[str, str], names: Mapping[str, str]) -> dict[int, str]:
    """Printed name of each type, made from its level and its strongest sub-areas.

    Parameters
    ----------
    summary
        Result of `analysis.clustering.types.type_summary`.
    words
        `strong`, `middling`, `weak`, and `type_name`, a pattern with {number}, {level} and {top}.
    names
        Printed names of sub-areas.
    """
    out = {}
    for row in summary.reset_index().to_dict("records"):
        top = ", ".join(names[c].lower() for c in str(row["top"]).split(";"))
        out[int(row["type"])] = words["type_name"].format(number=row["type"], level=words[row["name"]], top=top)
    return out


def add_difference_facts(
    facts: FactSet, tests: pd.DataFrame, whole: Mapping[str, float], names: Mapping[str, str], alpha: float
) -> None:
    """Tests between sectors: `differ.…`, one set of facts for each score, the three largest effects, and PERMANOVA.

    Parameters
    ----------
    tests
        `kruskal_table` of the sub-areas.
    whole
        Result of `permanova`, also a one-row table.
    """
    add = _Adder(facts)
    for row in tests.to_dict("records"):
        for column, style in (("h", TWO), ("p", FOUR), ("q", FOUR), ("epsilon2", TWO)):
            add(f"differ.{row['code']}.{column}", row[column], "differences", row["code"], column, **style)
    add("differ.tests", len(tests), "differences", "all rows", "code")
    add("differ.alpha", 100 * alpha, "differences", "method clustering.alpha", "p", **PERCENT)
    add("differ.raw", int((tests["p"] < alpha).sum()), "differences", "p below alpha", "p")
    add("differ.significant", int((tests["q"] < alpha).sum()), "differences", "q below alpha", "q")
    add("differ.smallest", int(tests["smallest"].min()), "differences", "minimum", "smallest", unit="clusters")
    add("differ.by_chance", tests["by_chance"].median(), "differences", "median", "by_chance", **TWO)
    first = tests.sort_values(["epsilon2", "code"], ascending=[False, True]).head(3).to_dict("records")
    for place, row in enumerate(first, start=1):
        add(f"differ.top.{place}", names[row["code"]], "differences", row["code"], "code", unit="text")
        for column, style in (("epsilon2", TWO), ("p", FOUR), ("q", FOUR)):
            add(f"differ.top.{place}.{column}", row[column], "differences", row["code"], column, **style)
    add("differ.profile.f", whole["f"], "permanova", "profile", "f", **TWO)
    add("differ.profile.p", whole["p"], "permanova", "profile", "p", **FOUR)
    for column in ("r2", "by_chance"):
        add(f"differ.profile.{column}", 100 * whole[column], "permanova", "profile", column, **PERCENT)


def add_sector_tree_facts(
    facts: FactSet, merges: pd.DataFrame, distances: pd.DataFrame, names: Mapping[str, str], alpha: float
) -> None:
    """Dendrogram and distances of sectors: `likeness.…`; the first pair, the best-supported branch, who is far."""
    add = _Adder(facts)
    inner = merges.dropna(subset="support")
    for name, row in (
        ("first", merges.iloc[0]),
        ("best", inner.sort_values(["support", "merge"], ascending=[False, True]).iloc[0]),
    ):
        who = "; ".join(names[c] for c in str(row["members"]).split(";"))
        add(f"likeness.{name}", who, "sector_merges", row["merge"], "members", unit="text")
        add(f"likeness.{name}.support", 100 * row["support"], "sector_merges", row["merge"], "support", **PERCENT)
        add(f"likeness.{name}.p", row["p"], "sector_merges", row["merge"], "p", **THREE)
        add(f"likeness.{name}.height", row["height"], "sector_merges", row["merge"], "height", **TWO)
    ordered = distances.sort_values(["distance", "a", "b"])
    for name, row in (("near", ordered.iloc[0]), ("far", ordered.iloc[-1])):
        key = f"{row['a']}/{row['b']}"
        for end in ("a", "b"):
            add(f"likeness.{name}.{end}", names[row[end]], "sector_distances", key, end, unit="text")
        for column, style in (("distance", TWO), ("by_chance", TWO), ("p", FOUR)):
            add(f"likeness.{name}.{column}", row[column], "sector_distances", key, column, **style)
    add("likeness.pairs", len(distances), "sector_distances", "all rows", "a")
    add("likeness.apart", int((distances["p"] < alpha).sum()), "sector_distances", "p below alpha", "p")


def add_choice_facts(
    facts: FactSet, indices: pd.DataFrame, gap: pd.DataFrame, bic: pd.DataFrame, algorithm: str, k: int, filled: int
) -> None:
    """How many types: `types.k`, `types.k.gap`, the best BIC, the silhouettes of the algorithm described."""
    add = _Adder(facts)
    own = indices[indices["algorithm"] == algorithm].set_index("k")
    add("types.k", k, "validity", f"{algorithm}/{k}", "k")
    add("types.filled", filled, "filled", "filled", "action")
    add("types.silhouette", own.at[k, "silhouette"], "validity", f"{algorithm}/{k}", "silhouette", **TWO)
    second = own["silhouette"].drop(k)
    add("types.silhouette.second", second.max(), "validity", f"{algorithm}/{second.idxmax()}", "silhouette", **TWO)
    add("types.k.gap", int(gap.loc[gap["chosen"] == 1, "k"].iloc[0]), "gap", "chosen", "k")
    for name, rows in bic.dropna(subset="bic").groupby("algorithm"):
        best = rows.sort_values(["bic", "k"]).iloc[0]
        add(f"types.k.{name}", int(best["k"]), "bic", f"{name}/{best['k']}", "bic")


def add_type_facts(
    facts: FactSet, summary: pd.DataFrame, stability: pd.DataFrame, whole: pd.DataFrame,
    names: Mapping[int, str], areas: Mapping[str, str], k: int, draws: int,
) -> None:  # fmt: skip
    """Types one by one, `types.<number>.…`, and the stability of the whole partition.

    Parameters
    ----------
    stability, whole
        Results of `stability_test`.
    names, areas
        Printed names of types and of sub-areas.
    draws
        Data sets without types, of each kind.
    """
    add = _Adder(facts)
    steady = stability[stability["k"] == k].set_index("type")
    for number, row in zip(map(int, summary.index), summary.to_dict("records"), strict=True):
        head = f"types.{number}"
        add(head, names[number], "types", number, "name", unit="text")
        add(f"{head}.size", int(row["size"]), "types", number, "size", unit="clusters")
        add(f"{head}.share", row["share"], "types", number, "share", **PERCENT)
        add(f"{head}.level", row["level"], "types", number, "level", **TWO)
        for end in ("top", "bottom"):
            text = ", ".join(areas[c].lower() for c in str(row[end]).split(";"))
            add(f"{head}.{end}", text, "types", number, end, unit="text")
        add(f"{head}.silhouette", row["silhouette"], "types", number, "silhouette", **TWO)
        for column, style in (("jaccard", TWO), ("p_permuted", THREE), ("p_gradient", THREE)):
            add(f"{head}.{column}", steady.at[number, column], "stability", f"{k}/{number}", column, **style)
        add(f"{head}.verdict", steady.at[number, "verdict"], "stability", f"{k}/{number}", "verdict", unit="text")
    own = whole.set_index("k").loc[k]
    for column in ("jaccard", "mean_permuted", "mean_gradient", "best_permuted", "best_gradient"):
        add(f"types.whole.{column}", own[column], "stability_partitions", k, column, **TWO)
    for column in ("p_permuted", "p_gradient"):
        add(f"types.whole.{column}", own[column], "stability_partitions", k, column, **THREE)
    add("types.null_draws", draws, "stability_partitions", "method clustering.null_draws", "p_permuted")


def add_agreement_facts(
    facts: FactSet, table: pd.DataFrame, traits: pd.DataFrame, one_out: pd.DataFrame, names: Mapping[str, str]
) -> None:
    """Agreement of the types with other algorithms, columns, sectors and traits; what one indicator changes.

    Parameters
    ----------
    table
        Columns name, ari_types, p_types, ari_sectors, p_sectors.
    traits
        Result of `types.across`.
    one_out
        Result of `stability.leave_one_out`.
    names
        Printed names of indicators.
    """
    add = _Adder(facts)
    for row in table.to_dict("records"):
        for column, style in (("ari_types", TWO), ("p_types", THREE)):
            if row[column] == row[column]:
                add(f"types.agree.{row['name']}.{column[:-6]}", row[column], "agreement", row["name"], column, **style)
    for row in traits.to_dict("records"):
        for column, style in (("cramers_v", TWO), ("ari", TWO), ("p", FOUR)):
            add(f"types.trait.{row['trait']}.{column}", row[column], "traits", row["trait"], column, **style)
    worst = one_out.iloc[0]
    add("types.loo.worst", names[str(worst["code"])], "leave_one_out", worst["code"], "code", unit="text")
    add("types.loo.worst.moved", int(worst["moved"]), "leave_one_out", worst["code"], "moved", unit="clusters")
    add("types.loo.least_ari", one_out["ari"].min(), "leave_one_out", "minimum", "ari", **TWO)
    add("types.loo.same", int((one_out["moved"] == 0).sum()), "leave_one_out", "moved = 0", "moved")
    add("types.loo.n", len(one_out), "leave_one_out", "all rows", "code", unit="indicators")


def add_outlier_facts(facts: FactSet, nearest: pd.DataFrame, p: float, shares: tuple[float, float]) -> None:
    """How many clusters are nearest to their own sector, `nearest.…`, and the variance on the axes of the biplot."""
    add = _Adder(facts)
    own = nearest["sector"] == nearest["nearest"]
    add("nearest.own", int(own.sum()), "nearest_sector", "nearest = sector", "nearest")
    add("nearest.n", len(nearest), "nearest_sector", "all rows", "sector")
    add("nearest.p", p, "nearest_test", "p", "p", **FOUR)
    for group, rows in nearest.groupby("sector"):
        add(f"nearest.{group}.own", int((rows["nearest"] == group).sum()), "nearest_sector", group, "nearest")
        add(f"nearest.{group}.n", len(rows), "nearest_sector", group, "sector")
    for place, share in enumerate(shares, start=1):
        add(f"types.plane.{place}", share, "plane", f"component {place}", "share", **PERCENT)


def compared(pairs: pd.DataFrame, types: str, sectors: str) -> pd.DataFrame:
    """Agreement of every partition with the types and with the sectors: columns name, ari_…, p_…."""
    both = pd.concat([pairs, pairs.rename(columns={"a": "b", "b": "a"})])
    rows = []
    for name in dict.fromkeys(both["a"]):
        if name == types:
            continue
        own = both[both["a"] == name].set_index("b")
        row: dict[str, Any] = {"name": name}
        for end, other in (("types", types), ("sectors", sectors)):
            there = other in own.index
            row[f"ari_{end}"] = own.at[other, "ari"] if there else np.nan
            row[f"p_{end}"] = own.at[other, "p"] if there else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def distance_matrix(distances: pd.DataFrame, order: Sequence[str], names: Mapping[str, str]) -> pd.DataFrame:
    """Column name and one column for each sector; the diagonal is empty."""
    wide = pd.DataFrame(np.nan, index=list(order), columns=list(order))
    for row in distances.to_dict("records"):
        wide.at[row["a"], row["b"]] = wide.at[row["b"], row["a"]] = row["distance"]
    return wide.assign(name=[names[c] for c in order])[["name", *order]]


def validity_table(indices: pd.DataFrame, gap: pd.DataFrame, bic: pd.DataFrame, algorithm: str) -> pd.DataFrame:
    """One row for each k: silhouettes of all algorithms, the other indices of one, gap and the BIC of mixtures."""
    wide = indices.pivot(index="k", columns="algorithm", values="silhouette")
    own = indices[indices["algorithm"] == algorithm].set_index("k")[["calinski_harabasz", "davies_bouldin"]]
    fits = bic.pivot(index="k", columns="algorithm", values="bic").add_prefix("bic_")
    return wide.join(own).join(gap.set_index("k")["gap"]).join(fits).reset_index()


def difference_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of tests between sectors."""
    named = [Column("name", words["subarea"], width=0.29), Column("n", words["n"], "right", "integer")]
    numbers = [Column(c, words[c], "right", "number", d) for c, d in (("h", 1), ("p", 4), ("q", 3), ("epsilon2", 2))]
    return [*named, *numbers, Column("leader", words["highest"], width=0.27)]


def distance_columns(words: Mapping[str, str], short: Mapping[str, str]) -> list[Column]:
    """Columns of the distance matrix."""
    return [
        Column("name", words["sector"], width=0.28),
        *(Column(c, n, "right", "number", 2) for c, n in short.items()),
    ]


def validity_columns(words: Mapping[str, str], algorithms: Mapping[str, str]) -> list[Column]:
    """Columns of the table of the number of types."""
    head = [Column("k", words["k"], "right", "integer")]
    head += [Column(a, n, "right", "number", 2, group=words["silhouette"]) for a, n in algorithms.items()]
    rest = (("calinski_harabasz", 1), ("davies_bouldin", 2), ("gap", 2), ("bic_gmm_diag", 0))
    return head + [Column(c, words[c], "right", "number", d) for c, d in rest]


def type_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of types."""
    numbers = [("silhouette", 2), ("jaccard", 2), ("p_permuted", 3), ("p_gradient", 3)]
    return [
        Column("printed", words["type"], width=0.42),
        Column("size", words["size"], "right", "integer"),
        *(Column(c, words[f"of_{c}"], "right", "number", d) for c, d in numbers),
    ]


def agreement_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of agreement."""
    out = [Column("printed", words["partition"], width=0.44)]
    for end in ("types", "sectors"):
        out += [
            Column(f"{c}_{end}", words[c], "right", "number", d, group=words[f"with_{end}"])
            for c, d in (("ari", 2), ("p", 3))
        ]
    return out
