"""Table 10 and the facts of chapter 6: sector groups side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.config import WITHHELD
from analysis.facts import FactSet
from analysis.framework import Framework
from analysis.language import named
from analysis.tables.exhibits import Labels
from analysis.workspace import Column

MEANS = "37_sector_profiles/means.csv"
CONTRASTS = "37_sector_profiles/contrasts.csv"
LEADERS = "37_sector_profiles/leaders.csv"
MEMBERS = "members_total"
SHARE = "share"


def sector_values(indicators: pd.DataFrame, traits: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Values of the measures of Table 10 for each unit: members, indicators, and 0 or 100 where a share is printed.

    Parameters
    ----------
    listed
        `framework/sector_indicators.csv`: columns code, measure (mean, share), decimals.
    """
    values = indicators.join(traits[[MEMBERS]].astype(float))
    out = {}
    for code, measure in zip(listed["code"], listed["measure"], strict=True):
        column = values[code].astype(float)
        out[str(code)] = 100.0 * (column > 0).where(column.notna()) if measure == SHARE else column
    return pd.DataFrame(out, index=indicators.index).astype(float)


def sector_table(
    means: pd.DataFrame,
    listed: pd.DataFrame,
    framework: Framework,
    labels: Labels,
    number: Callable[[float, int], str],
) -> pd.DataFrame:
    """Table 10: measures × groups.

    Parameters
    ----------
    means
        From `analysis.profiles.sectors.group_means`; a missing mean is withheld.
    listed
        As for `sector_values`.

    Returns
    -------
    DataFrame
        Columns code, name, unit, then for each group its mean (number) and `<group>_text` (as printed).
    """
    wide = means.pivot(index="code", columns="group", values="mean").to_dict("index")
    groups = list(dict.fromkeys(means["group"]))
    rows = []
    for row in listed.to_dict("records"):
        code, decimals = str(row["code"]), int(row["decimals"])
        if code == MEMBERS:
            name, unit = labels["columns"]["members"], ""
        else:
            entry = framework.indicators.loc[code]
            name = f"{code} {entry[named('short')]}"
            unit = labels["units"].get(str(entry["unit"]), "") if entry["unit"] != "count" else ""
        share = row["measure"] == SHARE
        unit = "%" if share else unit
        rows.append(
            {"code": code, "name": f"{name}, {unit}" if unit and unit != "%" else name, "unit": unit}
            | {g: wide[code][g] for g in groups}
            | {
                f"{g}_text": WITHHELD
                if pd.isna(wide[code][g])
                else number(wide[code][g], decimals) + ("%" if unit == "%" else "")
                for g in groups
            }
        )
    return pd.DataFrame(rows)


def sector_columns(names: Mapping[str, str], sizes: Mapping[str, int], labels: Labels) -> list[Column]:
    """Columns of Table 10: the measure, then each group with its size."""
    width = 0.7 / len(names)
    return [
        Column("name", labels["columns"]["measure"], width=0.3),
        *(
            Column(f"{g}_text", f"{name} (n={sizes[g]})", align="right", format="mixed", width=width)
            for g, name in names.items()
        ),
    ]


def add_sector_facts(
    facts: FactSet,
    means: pd.DataFrame,
    contrasts: pd.DataFrame,
    listed: pd.DataFrame,
    framework: Framework,
) -> None:
    """Add the means as `sector.<group>.<code>`, who is highest and lowest in each, and each group's contrasts.

    The contrasts are `sector.<group>.above.<place>` (name), `.inside`, `.outside` (mean scores), and `.below.…`.
    """
    decimals = listed.set_index("code")["decimals"].astype(int)
    shares = set(listed.loc[listed["measure"] == SHARE, "code"])
    for row in means.to_dict("records"):
        code = str(row["code"])
        unit = "members" if code == MEMBERS else str(framework.indicators.at[code, "unit"])
        facts.add(
            f"sector.{row['group']}.{code}",
            row["mean"],
            unit="percent" if code in shares else unit,
            decimals=int(decimals[code]),
            table=MEANS,
            key=f"{code}/{row['group']}",
            column="mean",
            inputs=() if code == MEMBERS else tuple(str(framework.indicators.at[code, "items"]).split(";")),
            n=int(row["n"]),
        )
    for row in contrasts.to_dict("records"):
        head = f"sector.{row['group']}.{row['kind']}.{row['place']}"
        key = f"{row['group']}/{row['kind']}/{row['place']}"
        name = str(framework.indicators.at[str(row["code"]), "short_pl"])
        facts.add(head, name, unit="text", table=CONTRASTS, key=key, column="code")
        for end in ("inside", "outside"):
            facts.add(f"{head}.{end}", row[end], unit="score", decimals=2, table=CONTRASTS, key=key, column=end)


def add_leader_facts(
    facts: FactSet, leaders: Mapping[str, pd.DataFrame], led: Mapping[str, Mapping[str, int]], names: Mapping[str, str]
) -> None:
    """Add who is first and last by median and benchmark, as `leaders.<measure>.<code>.first`, `.last`, `.led.<group>`.

    Parameters
    ----------
    leaders, led
        Measure → result of `analysis.profiles.sectors.leaders` and of `count_led`.
    """
    for measure, table in leaders.items():
        for code, rows in table.groupby("code", sort=False):
            for end, row in (("first", rows.iloc[0]), ("second", rows.iloc[1]), ("last", rows.iloc[-1])):
                key = f"{measure}/{code}/{row['place']}"
                head = f"leaders.{measure}.{code}.{end}"
                facts.add(head, names[str(row["group"])], unit="text", table=LEADERS, key=key, column="group")
                facts.add(f"{head}.value", float(row["value"]), unit="score", decimals=2, table=LEADERS, key=key,
                          column="value")  # fmt: skip
        for group, count in led[measure].items():
            facts.add(f"leaders.{measure}.led.{group}", count, table=LEADERS, key=f"{measure}/{group}", column="place")
        most = max(led[measure], key=lambda g: led[measure][g])
        facts.add(f"leaders.{measure}.most", names[most], unit="text", table=LEADERS, key=measure, column="group")
        facts.add(f"leaders.{measure}.most.count", led[measure][most], table=LEADERS, key=measure, column="place")
