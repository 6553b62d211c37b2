"""What the members of one cluster say, beside all members; only from enough answers."""

from __future__ import annotations

import pandas as pd

from analysis.errors import MethodError


def members_view(own: pd.DataFrame, everyone: pd.DataFrame, chosen: pd.DataFrame, *, min_answers: int) -> pd.DataFrame:
    """Shares and ratings of the members of one cluster beside those of all members.

    Parameters
    ----------
    own, everyone
        Tabulated answers (`analysis.opinions.tabulation`): columns item, option, measure, n, value.
    chosen
        What the report shows, in printed order: columns key, item, option ('' for a rating), measure, label.
    min_answers
        A row with fewer own answers is left without a value.

    Returns
    -------
    DataFrame
        Columns key, item, label, measure, unit (`percent` for a share, `coefficient` for a rating), decimals, own
        (missing under `min_answers`), own_n (0 there), all, all_n.

    Raises
    ------
    MethodError
        A row of `chosen` is not in the tabulation of all members.
    """
    every, mine = _cells(everyone), _cells(own)
    rows = []
    for row in chosen.to_dict("records"):
        key = (row["item"], row["option"], row["measure"])
        if key not in every:
            raise MethodError(f"members' view: nobody answered {key}; correct the list of what the report shows")
        value, n = mine.get(key, (float("nan"), 0))
        enough = n >= min_answers
        share = row["measure"] == "share"
        rows.append(
            {
                "key": row["key"], "item": row["item"], "label": row["label"], "measure": row["measure"],
                "unit": "percent" if share else "coefficient", "decimals": 0 if share else 1,
                "own": value if enough else float("nan"), "own_n": n if enough else 0, "all": every[key][0],
                "all_n": every[key][1],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _cells(tabulated: pd.DataFrame) -> dict[tuple[str, str, str], tuple[float, int]]:
    return {
        (row["item"], row["option"], row["measure"]): (float(row["value"]), int(row["n"]))
        for row in tabulated.to_dict("records")
    }
