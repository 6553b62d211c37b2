"""Facts of running text: profiles of indicators in both editions, and what the members answered."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.facts import FactSet
from analysis.tables.facts import add_row_facts


def add_profile_facts(
    facts: FactSet, profiles: pd.DataFrame, comparability: pd.DataFrame, codes: list[str], *, path: str, place: str
) -> None:
    """Add every number of the profiles as `profile.<id>`, and the words on comparability as text.

    Parameters
    ----------
    profiles
        From `analysis.profiles.indicator_profiles`.
    comparability
        Columns subject, comparable, reason_pl.
    codes
        Indicators; `profile.<code>.comparable` is yes, no or unknown (nothing was published), `….reason` says why not.
    path, place
        Where the profiles and the comparability stand.
    """
    columns = {"shown": {"unit": "unit", "decimals": "decimals", "name": ""}}
    add_row_facts(facts, profiles, "profile", path=path, key="id", inputs="inputs", columns=columns)
    known = comparability.set_index("subject")
    for code in codes:
        listed = code in known.index
        answer = str(known.at[code, "comparable"]) if listed else "unknown"
        facts.add(f"profile.{code}.comparable", answer, unit="text", table=place, key=code, column="comparable")
        if listed and known.at[code, "reason_pl"]:
            reason = str(known.at[code, "reason_pl"])
            facts.add(f"profile.{code}.reason", reason, unit="text", table=place, key=code, column="reason_pl")


def add_previous_shares(facts: FactSet, shares: pd.DataFrame, *, place: str) -> None:
    """Add shares of options in the previous edition (item, share, claim_id) as `previous.option.<item>.share`."""
    for row in shares.to_dict("records"):
        facts.add(
            f"previous.option.{row['item']}.share",
            float(row["share"]),
            unit="percent",
            table=place,
            key=str(row["claim_id"]),
            column="value",
        )


def member_table(tabulated: pd.DataFrame, codebook: pd.DataFrame, option_lists: pd.DataFrame) -> pd.DataFrame:
    """Give the tabulated answers of members their names and the ids of their facts.

    Parameters
    ----------
    tabulated
        From `analysis.opinions.tabulation.tabulate`.

    Returns
    -------
    DataFrame
        Columns id, item, question_no, option, label, measure, count, n, value (float), unit, decimals; id is
        `Q<number>[.<part of the item>][.<option>].<measure>`.
    """
    labels = codebook.set_index("item")
    options = option_lists.drop_duplicates(["option_list", "option"]).set_index(["option_list", "option"])["label_pl"]
    rows = []
    for row in tabulated.to_dict("records"):
        entry: Mapping[str, str] = labels.loc[row["item"]].astype(str).to_dict()
        part = str(row["item"]).partition("__")[2]
        chosen = "" if row["type"] == "tick" else str(row["option"])
        name = ".".join(x for x in (f"Q{row['question_no']}", part, chosen, str(row["measure"])) if x)
        label = entry["option_pl"] or entry["question_pl"]
        answer = str(options.get((entry["option_list"], chosen), ""))
        unit = "percent" if row["measure"] == "share" else "coefficient"
        rows.append(
            (name, row["item"], row["question_no"], chosen, f"{label}: {answer}" if answer else label, row["measure"],
             row["count"], row["n"], float(row["value"]), unit, 1)
        )  # fmt: skip
    columns = ["id", "item", "question_no", "option", "label", "measure", "count", "n", "value", "unit", "decimals"]
    return pd.DataFrame(rows, columns=columns)


def add_member_facts(facts: FactSet, table: pd.DataFrame, answers: pd.DataFrame, *, path: str) -> None:
    """Add shares and ratings of the members as `members.<id>`, with the numbers of members and of their clusters.

    Parameters
    ----------
    table
        From `member_table`.
    answers
        One row a member, column respondent_id the cluster.
    """
    columns = {"value": {"unit": "unit", "decimals": "decimals", "name": ""}}
    add_row_facts(facts, table, "members", path=path, key="id", inputs="item", columns=columns)
    raw = "10_validated/members.csv"
    facts.add("members.n", len(answers), unit="members", table=raw, key="all rows", column="member_id")
    facts.add(
        "members.clusters",
        answers["respondent_id"].nunique(),
        unit="clusters",
        table=raw,
        key="distinct",
        column="respondent_id",
    )
