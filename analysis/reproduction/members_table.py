"""The members' table (Table 37) computed from answers, in the layout of the printed one, and the comparison of both.

Shares are percentages of the respondents who answered the item. Ratings are means of the scores in the option list;
options without a score (don't know) are left out of the mean.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

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
    rows: list[tuple[object, ...]] = []
    for entry in codebook.to_dict("records"):
        item, kind, label = str(entry["item"]), entry["type"], str(entry["option_pl"])
        if kind not in ("single", "rating"):
            continue
        given = answers[item].fillna("")
        given = given[given != ""]
        options = option_lists[option_lists["option_list"] == entry["option_list"]]
        if kind == "rating":
            scores = {o: int(s) for o, s in zip(options["option"], options["score"], strict=True) if s != ""}
            scored = given[given.isin(list(scores))].map(scores)
            if len(scored):
                mean = Fraction(int(scored.sum()), len(scored))
                rows.append((item, "", entry["question_no"], label, MEAN_LABEL, mean, len(scored)))
            continue
        for code, option_label in zip(options["option"], options["label_pl"], strict=True):
            if len(given):
                share = Fraction(100 * int((given == code).sum()), len(given))
                rows.append((item, code, entry["question_no"], label, option_label, share, len(given)))
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
