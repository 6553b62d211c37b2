"""The sample: how many clusters of which age, size, place and kind took part, and who their members are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.config import Bands
from analysis.errors import MethodError
from analysis.language import named

PLACE_PREFIX = "members_in__"
# A cluster with more members than this (in percent) in its own voivodeship is called regional.
REGIONAL_ABOVE = 70


def band(values: pd.Series, bands: Bands) -> pd.Series:
    """Put each value into a half-open band [lower, next lower).

    Parameters
    ----------
    values
        (n,), numeric.
    bands
        Lower bounds and group codes.

    Raises
    ------
    MethodError
        A value is missing or lies below the lowest bound; names the first of them.
    """
    numbers = pd.to_numeric(values)
    outside = numbers.index[~(numbers >= bands.lower[0])]
    if len(outside):
        raise MethodError(
            f"bands: {values.name} of {', '.join(map(str, outside[:5]))} is missing or below {bands.lower[0]:g}"
        )
    position = np.searchsorted(np.asarray(bands.lower), numbers.to_numpy(dtype=float), side="right") - 1
    return pd.Series([bands.groups[i] for i in position], index=values.index, name=values.name)


def founding_year(registry: pd.DataFrame) -> pd.Series:
    """Year from which a cluster's age is counted: `operating_since` where known, else `founded`."""
    since = pd.to_numeric(registry["operating_since"], errors="coerce")
    return since.fillna(pd.to_numeric(registry["founded"])).astype(int).rename("founding_year")


def count_groups(membership: pd.Series, groups: Mapping[str, str]) -> pd.DataFrame:
    """Count units by group, in the order of `groups`, empty groups included.

    Parameters
    ----------
    membership
        (n,), group code of each unit; missing values are not counted.
    groups
        Group code → printed name.

    Returns
    -------
    DataFrame
        Columns group, label, value, share (percent of the units with a group).

    Raises
    ------
    MethodError
        A unit is in a group that is not listed.
    """
    known = membership.dropna()
    unlisted = sorted(set(known) - set(groups))
    if unlisted:
        raise MethodError(f"sample: unlisted group(s) {', '.join(map(str, unlisted))} in {membership.name}")
    counts = known.value_counts().reindex(list(groups), fill_value=0)
    return pd.DataFrame(
        {
            "group": list(groups),
            "label": list(groups.values()),
            "value": counts.to_numpy(),
            "share": 100 * counts.to_numpy() / max(len(known), 1),
        }
    )


def total_by_item(answers: pd.DataFrame, items: Mapping[str, str]) -> pd.DataFrame:
    """Sum items over the respondents who answered all of them.

    Parameters
    ----------
    answers
        (n_respondents, …), numeric columns.
    items
        Column → printed name.

    Returns
    -------
    DataFrame
        Columns group, label, value, share (percent of the sum of all items), n (respondents counted).
    """
    complete = answers[list(items)].apply(pd.to_numeric).dropna()
    totals = complete.sum()
    return pd.DataFrame(
        {
            "group": list(items),
            "label": list(items.values()),
            "value": totals.to_numpy().astype(int),
            "share": (100 * totals / totals.sum()).to_numpy(),
            "n": len(complete),
        }
    )


def home_share(answers: pd.DataFrame) -> pd.Series:
    """Percent of each cluster's members seated in the coordinator's voivodeship.

    Parameters
    ----------
    answers
        Columns `members_total`, `seat_voivodeship` (code) and `members_in__<code>`.
    """
    total = pd.to_numeric(answers["members_total"])
    seats = answers["seat_voivodeship"].astype(str)
    at_home = pd.Series(0.0, index=answers.index)
    for seat in seats.unique():
        at_home[seats == seat] = pd.to_numeric(answers.loc[seats == seat, PLACE_PREFIX + seat])
    return (100 * at_home / total).rename("home_share")


def members_from_elsewhere(answers: pd.DataFrame, voivodeships: pd.DataFrame) -> pd.DataFrame:
    """Members by voivodeship of their seat, those in the coordinator's voivodeship left out.

    Parameters
    ----------
    answers
        As for `home_share`.
    voivodeships
        Reference table, columns `code`, `name_pl`, in printed order.

    Returns
    -------
    DataFrame
        Columns group, label, value; one row per voivodeship.
    """
    rows = []
    for code, name in zip(voivodeships["code"], voivodeships[named("name")], strict=True):
        elsewhere = answers["seat_voivodeship"] != code
        rows.append((code, name, int(pd.to_numeric(answers.loc[elsewhere, PLACE_PREFIX + code]).sum())))
    return pd.DataFrame(rows, columns=["group", "label", "value"])


def status_with_plans(characteristics: pd.DataFrame) -> pd.Series:
    """Status of each cluster with the plans of those without it, where plans are known.

    Parameters
    ----------
    characteristics
        Columns `kkk` (KKK | not KKK) and `kkk_plans` (1, 0 or missing).

    Returns
    -------
    Series
        KKK | plans | no plans | not KKK (plans not stated).
    """
    plans = pd.to_numeric(characteristics["kkk_plans"], errors="coerce")
    without = characteristics["kkk"] != "KKK"
    out = pd.Series("KKK", index=characteristics.index, name="status")
    out[without] = "not KKK"
    out[without & (plans == 1)] = "plans"
    out[without & (plans == 0)] = "no plans"
    return out


def numbers_table(rows: Iterable[tuple[str, float, str, int, str]]) -> pd.DataFrame:
    """Return single numbers as a table: columns group, value, unit, decimals, inputs."""
    return pd.DataFrame(list(rows), columns=["group", "value", "unit", "decimals", "inputs"])


def registry_numbers(registry: pd.DataFrame) -> pd.DataFrame:
    """Numbers of clusters and of their members in the register, as `numbers_table`."""
    members = pd.to_numeric(registry["members"])
    kkk = int((registry["kkk"] == "yes").sum())
    return numbers_table(
        [
            ("clusters", len(registry), "clusters", 0, "no"),
            ("members.total", int(members.sum()), "members", 0, "members"),
            ("members.mean", float(members.mean()), "members", 1, "members"),
            ("members.median", float(members.median()), "members", 1, "members"),
            ("members.max", int(members.max()), "members", 0, "members"),
            ("kkk", kkk, "clusters", 0, "kkk"),
            ("not_kkk", len(registry) - kkk, "clusters", 0, "kkk"),
            ("voivodeships.without", 16 - registry["voivodeship"].nunique(), "count", 0, "voivodeship"),
        ]
    )


def answer_numbers(answers: pd.DataFrame, traits: pd.DataFrame) -> pd.DataFrame:
    """Single numbers from the coordinators' answers that chapter 4.3 prints, as `numbers_table`.

    Parameters
    ----------
    answers
        (n_respondents, …), validated answers.
    traits
        Characteristics, same index: `strategy`, `founding_year`.
    """
    share = home_share(answers)
    joined, left = (pd.to_numeric(answers[f"members_{way}"]) for way in ("joined", "left"))
    science = pd.to_numeric(answers["members_science"])
    classes = answers[[f"enterprises_{c}" for c in ("micro", "small", "medium", "large")]].apply(pd.to_numeric)
    kis = answers[[c for c in answers.columns if c.startswith("kis__")]].apply(pd.to_numeric).sum(axis=1)
    abroad = pd.to_numeric(answers[PLACE_PREFIX + "abroad"])
    eucles = answers["eucles_label"].fillna("none") != "none"
    behind = traits["strategy"] != "updated"
    return numbers_table(
        [
            ("respondents", len(answers), "clusters", 0, "respondent_id"),
            ("members.joined", int(joined.sum()), "members", 0, "members_joined"),
            ("members.left", int(left.sum()), "members", 0, "members_left"),
            ("members.growing", int((joined > left).sum()), "clusters", 0, "members_joined;members_left"),
            ("home_share.mean", float(share.mean()), "percent", 1, "members_in__*;seat_voivodeship"),
            ("home_share.median", float(share.median()), "percent", 1, "members_in__*;seat_voivodeship"),
            ("home_share.limit", REGIONAL_ABOVE, "percent", 0, "members_in__*"),
            (
                "home_share.regional",
                int((share > REGIONAL_ABOVE).sum()),
                "clusters",
                0,
                "members_in__*;seat_voivodeship",
            ),
            ("foreign_members.clusters", int((abroad > 0).sum()), "clusters", 0, "members_in__abroad"),
            ("foreign_members.total", int(abroad.sum()), "members", 0, "members_in__abroad"),
            ("enterprise_classes.missing", int(classes.isna().any(axis=1).sum()), "clusters", 0, "enterprises_*"),
            ("science.without", int((science == 0).sum()), "clusters", 0, "members_science"),
            ("science.max", int(science.max()), "entities", 0, "members_science"),
            ("science.at_max", int((science == science.max()).sum()), "clusters", 0, "members_science"),
            ("kis.four_or_more", int((kis >= 4).sum()), "clusters", 0, "kis__*"),
            ("kis.min", int(kis.min()), "count", 0, "kis__*"),
            ("eucles.with", int(eucles.sum()), "clusters", 0, "eucles_label"),
            ("strategy.behind", int(behind.sum()), "clusters", 0, "strategy_status"),
            (
                "strategy.behind_before_2015",
                int((behind & (pd.to_numeric(traits["founding_year"]) < 2015)).sum()),
                "clusters",
                0,
                "strategy_status;founding_year",
            ),
        ]
    )


def named_list(registry: pd.DataFrame) -> str:
    """Name clusters of the register with their members, largest first: 'A (501), B (457)'."""
    ordered = registry.assign(members=pd.to_numeric(registry["members"])).sort_values("members", ascending=False)
    return ", ".join(f"{name} ({members})" for name, members in zip(ordered["name"], ordered["members"], strict=True))
