"""Printed tables of resilience: the index, the printed figures beside the recomputed, shocks, the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.config import Resilience
from analysis.errors import FactError
from analysis.language import text
from analysis.workspace import Column

FOLDER = "43_resilience"
SINGLE_DASH = "–"
# Value, decimals → text, in the language of the table.
Number = Callable[[float, int], str]


def dimension_table(described: pd.DataFrame, consistency: pd.DataFrame, ties: pd.DataFrame, root: str) -> pd.DataFrame:
    """Dimensions and index: code, n, q1, median, q3, benchmark, alpha, r (with the index).

    Parameters
    ----------
    described
        Indexed by code: q1, median, q3, benchmark, n.
    consistency
        `analysis.composite.coherence.group_consistency`.
    ties
        `parent_correlations`: columns code, ancestor, r.
    """
    out = described.copy()
    out["alpha"] = consistency.set_index("code")["alpha"].reindex(out.index)
    own = ties[ties["ancestor"] == root].set_index("code")["r"]
    out["r"] = own.reindex(out.index)
    return out.rename_axis("code").reset_index()


def printed_beside(
    listed: pd.DataFrame, ledger: pd.DataFrame, words: Mapping[str, str], *, number: Number
) -> pd.DataFrame:
    """The printed figures on resilience beside those recomputed, from the ledger.

    Parameters
    ----------
    listed
        Columns id, dimension, name_pl, claim (number of the statement; empty: no number is printed).
    ledger
        `reproduction.csv`, all columns as text.
    words
        `more than`, `almost`, `approx`: what stands before a number that is no equality; `yes`, `no`, `contradicted`,
        `not computable`, `no_number` for the verdicts; `dimension_<name>`.

    Raises
    ------
    FactError
        A statement is not in the ledger.
    """
    rows = ledger[ledger["id"] != ""].drop_duplicates("id").set_index("id")
    absent = sorted(set(listed["claim"]) - set(rows.index) - {""})
    if absent:
        raise FactError(f"published_indicators.csv: no statement {', '.join(absent)} in the ledger; correct `claim`")
    out = []
    for row in listed.to_dict("records"):
        head = {
            "id": row["id"],
            "dimension": words[f"dimension_{row['dimension']}"],
            "name": text(row["name_pl"]),
        }
        if not row["claim"]:
            dash = SINGLE_DASH
            out.append({**head, "printed": dash, "recomputed": dash, "match": "none", "verdict": words["no_number"]})
            continue
        found = rows.loc[row["claim"]]
        decimals, value = int(found["printed_decimals"]), found["recomputed"]
        sign = "%" if "%" in found["unit"] else ""
        how = next((words[key] for key in ("more than", "almost", "approx") if f"({key}" in found["unit"]), "")
        told = how + number(float(found["published"]), decimals) + sign
        ends = re.fullmatch(r"mean_range\((\d+);(\d+)\)", found["statistic"])
        if ends:
            told, decimals = f"{ends[1]}–{ends[2]}", 0
        # What is no equality in print is shown with a decimal more: the reader can judge.
        inexact = bool(how or ends) or _rounds_away(found["published"], value, decimals, number)
        shown = SINGLE_DASH if value in ("", "nan") else number(float(value), decimals + inexact) + sign
        out.append(
            {
                **head,
                "printed": told,
                "recomputed": shown,
                "match": found["match"],
                "verdict": words[found["match"]],
            }
        )
    return pd.DataFrame(out)


def _rounds_away(published: str, recomputed: str, decimals: int, number: Number) -> bool:
    if recomputed in ("", "nan"):
        return False
    return number(float(published), decimals) != number(float(recomputed), decimals)


def shock_table(
    settings: Resilience, words: Mapping[str, str], takes: Mapping[str, str], *, number: Number
) -> pd.DataFrame:
    """Shocks as they are defined: name, takes, severity (low – mode – high in percent)."""
    rows = []
    for key, shock in settings.shocks.items():
        s = shock.severity
        reach = words["each"] if s is None else " – ".join(number(100 * v, 0) for v in (s.low, s.mode, s.high))
        rows.append({"shock": key, "name": words[key], "takes": takes[key], "severity": reach})
    return pd.DataFrame(rows)


def response_table(response: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Mean response over respondents: shock, code, base, mean, low, high (means at the 5 % mildest and hardest draws),
    loss, relative (percent of the base), relative_low, relative_high, gaining (respondents whose score rises).

    Parameters
    ----------
    response
        Column shock and those of `analysis.resilience.response.responses`.
    """
    rows = []
    for shock in dict.fromkeys(response["shock"]):
        for code in codes:
            own = response[(response["shock"] == shock) & (response["code"] == code)]
            base = own["base"].mean()
            mild, hard = own["p95"].mean(), own["p5"].mean()
            rows.append(
                {
                    "shock": shock, "code": code, "base": base, "mean": own["mean"].mean(), "low": hard, "high": mild,
                    "loss": base - own["mean"].mean(), "relative": 100 * (1 - own["mean"].mean() / base),
                    "relative_low": 100 * (1 - mild / base), "relative_high": 100 * (1 - hard / base),
                    "gaining": int((own["loss"] < -1e-9).sum()),
                    "moved": int((own["rank_new_50"] != own["rank_base"]).sum()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def main_table(table: pd.DataFrame, overall: str, root: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the overall score from `response_table`, with names, and the loss of the resilience index beside."""
    out = table[table["code"] == overall].copy()
    out["name"] = out["shock"].map(names)
    out["index"] = table.loc[table["code"] == root, "relative"].to_numpy()
    return out


def grid_rows(table: pd.DataFrame, codes: Mapping[str, str], shocks: Mapping[str, str]) -> pd.DataFrame:
    """Losses in percent of the mean score before: label, gap and a column for each shock.

    Parameters
    ----------
    table
        `response_table`.
    codes
        Code → printed name of the row; a name that begins with `|` gets room above.
    """
    wide = table.pivot(index="code", columns="shock", values="relative").loc[list(codes), list(shocks)]
    wide = wide.rename(columns=dict(shocks)).reset_index(drop=True)
    names = list(codes.values())
    wide.insert(0, "label", [name.removeprefix("|") for name in names])
    wide.insert(1, "gap", [name.startswith("|") for name in names])
    return wide


def group_table(
    groups: pd.DataFrame, shocks: Mapping[str, str], words: Mapping[str, Mapping[str, str]], code: str
) -> pd.DataFrame:
    """Relative losses of one score by group: dimension, group (printed names), n, a column for each shock."""
    own = groups[groups["code"] == code]
    rows: list[dict[str, object]] = []
    for dimension, named in words.items():
        part = own[own["dimension"] == dimension]
        for group, label in named.items():
            mine = part[part["group"] == group].set_index("shock")
            if len(mine):
                losses = {shock: float(mine["relative"][shock]) for shock in shocks}
                n = int(mine["n"].iloc[0])
                rows.append({"dimension": dimension, "group": group, "label": label, "n": n, **losses})
    return pd.DataFrame(rows)


def graph_table(after: pd.DataFrame, kinds: pd.Series, names: pd.Series, words: Mapping[str, str]) -> pd.DataFrame:
    """What a departure leaves of the graph, by kind of the one who leaves: kind, label, n, mean and worst case.

    Parameters
    ----------
    after
        Indexed by node: largest (percent), r.
    kinds, names
        Of every node.
    """
    own = after.assign(kind=kinds.reindex(after.index), name=names.reindex(after.index))
    rows = []
    for kind, part in own.groupby("kind", sort=True):
        worst = part.sort_values(["largest", "r"], kind="stable").iloc[0]
        rows.append(
            {
                "kind": kind, "label": words[str(kind)], "n": len(part), "largest": part["largest"].mean(),
                "worst": worst["largest"], "r": part["r"].mean(), "lowest_r": part["r"].min(), "who": worst["name"],
            }
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values("worst", kind="stable").reset_index(drop=True)


def resilience_columns(which: str, words: Mapping[str, str], shocks: Mapping[str, str]) -> list[Column]:
    """Columns of a printed table: dimensions, printed, shocks, response, groups or graph."""
    made: dict[str, list[Column]] = {
        "dimensions": [
            Column("name", words["dimension"], width=0.3),
            Column("indicators", words["indicators"], "right", "integer", width=0.13),
            *[Column(k, words[k], "right", "number", 2) for k in ("q1", "median", "q3", "benchmark", "alpha", "r")],
        ],
        "printed": [
            Column("id", words["id"], width=0.08),
            Column("name", words["figure"], width=0.46),
            Column("printed", words["printed"], "right", "mixed", width=0.12),
            Column("recomputed", words["recomputed"], "right", "mixed", width=0.12),
            Column("verdict", words["verdict"], width=0.22),
        ],
        "shocks": [
            Column("name", words["shock"], width=0.22),
            Column("takes", words["takes"], width=0.58),
            Column("severity", words["severity_range"], "right", "text", width=0.2),
        ],
        "response": [
            Column("name", words["shock"], width=0.28),
            *[
                Column(k, words[k], "right", "percent", 1)
                for k in ("relative", "relative_low", "relative_high", "index")
            ],
            Column("moved", words["moved"], "right", "integer"),
        ],
        "groups": [
            Column("label", words["group"], width=0.3),
            Column("n", "N", "right", "integer"),
            *[Column(key, name, "right", "percent", 1) for key, name in shocks.items()],
        ],
        "graph": [
            Column("label", words["kind"], width=0.28),
            Column("n", words["organisations"], "right", "integer"),
            *[Column(k, words[k], "right", "percent", 1) for k in ("largest", "worst")],
            Column("r", words["r_after"], "right", "number", 3),
            Column("who", words["who"], width=0.28),
        ],
    }
    return made[which]
