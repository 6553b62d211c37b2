"""The members' table (Table 37) computed from answers, in the layout of the printed one, and the comparison of both.

Shares and ratings are those of `analysis.opinions.tabulation`.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from analysis.opinions.tabulation import MEAN, SHARE, tabulate
from analysis.reproduction.printed import parse_printed, reproduces, round_half_up

KEY = ["question_no", "item_pl", "option"]
MEAN_LABEL = "średnia ocena (1–5)"
HIGHER_FEE, HIGHER_FEE_AMOUNT = "higher_fee", "higher_fee_amount"
CLUSTERS_LABEL = "liczba klastrów reprezentowanych przez odpowiadających „Tak”"
AMOUNT_LABEL = "do kwoty (rocznie), wartość uśredniona"


def members_table(answers: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the members' answers in the order of the codebook.

    Parameters
    ----------
    answers
        (n_members, n_items) option codes as text, missing or '' where not answered; one row per member.
    codebook
        item, question_no, option_pl, type, option_list; all text.
    option_lists
        option_list, option, label_pl, score; all text.

    Returns
    -------
    pd.DataFrame
        item, code, question_no, item_pl, option, value (exact `Fraction`: percent, score, clusters or PLN), n (base).
    """
    tables = dict(iter(tabulate(answers, codebook, option_lists).groupby("item", sort=False)))
    names = option_lists.set_index(["option_list", "option"])["label_pl"].to_dict()
    rows: list[tuple[object, ...]] = []
    for entry in codebook.to_dict("records"):
        item, kind, head = str(entry["item"]), entry["type"], (entry["question_no"], str(entry["option_pl"]))
        if kind not in ("single", "rating") or item not in tables:
            continue
        printed = tables[item][tables[item]["measure"] == (SHARE if kind == "single" else MEAN)]
        for code, value, n in zip(printed["option"], printed["value"], printed["n"], strict=True):
            label = names[entry["option_list"], code] if code else MEAN_LABEL
            rows.append((item, code, *head, label, value, n))
        if item == HIGHER_FEE:
            willing = answers[answers[item] == "yes"]
            clusters = Fraction(willing["respondent_id"].nunique())
            rows.append((item, "", entry["question_no"], "Tak", CLUSTERS_LABEL, clusters, len(willing)))
            amounts = pd.to_numeric(willing[HIGHER_FEE_AMOUNT].replace("", None)).dropna()
            if len(amounts):
                mean = Fraction(int(amounts.sum()), len(amounts))
                rows.append((HIGHER_FEE_AMOUNT, "", entry["question_no"], "Tak", AMOUNT_LABEL, mean, len(amounts)))
    return pd.DataFrame(rows, columns=["item", "code", *KEY, "value", "n"])


def compare_members_table(published: pd.DataFrame, computed: pd.DataFrame) -> pd.DataFrame:
    """Set the computed table against the printed one, at printed precision.

    Parameters
    ----------
    published
        Rows of the printed table: question_no, item_pl, option, value, unit, value_str, line; all text.
    computed
        Result of `members_table`.

    Returns
    -------
    pd.DataFrame
        One row per printed row: question_no, item_pl, option, item, code, unit, published, recomputed (rounded, as
        text), n, match, line. An open answer has nothing to recompute and never matches.
    """
    merged = published.merge(computed.rename(columns={"value": "exact"}), on=KEY, how="left", validate="one_to_one")
    recomputed, match = [], []
    for row in merged.to_dict("records"):
        printed, exact = parse_printed(str(row["value_str"]).removesuffix("zł")), row["exact"]
        if printed is None or not isinstance(exact, Fraction):
            recomputed.append("")
            match.append(False)
        else:
            recomputed.append(str(round_half_up(exact, printed.decimals)))
            match.append(reproduces(exact, printed))
    merged["published"] = merged["value"].astype("str")
    merged["recomputed"] = recomputed
    merged["match"] = match
    merged["n"] = merged["n"].astype("Int64")
    return merged[[*KEY, "item", "code", "unit", "published", "recomputed", "n", "match", "line"]]
