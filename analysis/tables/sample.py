"""Tables 3 and 4: the structure of the index, and who took part."""

from __future__ import annotations

import pandas as pd

from analysis.framework import Framework
from analysis.tables.exhibits import English, ExhibitDesk, Labels
from analysis.workspace import Column


def framework_table(framework: Framework, labels: Labels, lang: str | None = None) -> pd.DataFrame:
    """Areas, sub-areas and their numbers of indicators.

    Returns
    -------
    DataFrame
        Columns group (code), name, n_indicators, emphasis; each area as an emphasised row before its sub-areas, the
        total last.
    """
    counts = framework.indicators.groupby("subarea").size()
    rows = []
    for area in framework.areas.index:
        inside = framework.subareas.index[framework.subareas["parent"] == area]
        rows.append((area, f"{area}. {framework.label(area, lang)}", int(counts[inside].sum()), 1))
        rows += [(code, f"{code}. {framework.label(code, lang)}", int(counts[code]), 0) for code in inside]
    rows.append(("ALL", labels["words"]["total"], int(counts.sum()), 1))
    return pd.DataFrame(rows, columns=["group", "name", "n_indicators", "emphasis"])


def framework_columns(labels: Labels) -> list[Column]:
    """Columns of Table 3."""
    return [
        Column("name", f"{labels['columns']['area']} / {labels['columns']['subarea'].lower()}", width=0.72),
        Column("n_indicators", labels["columns"]["n_indicators"], align="right", format="integer", width=0.28),
    ]


def registry_table(registry: pd.DataFrame) -> pd.DataFrame:
    """Clusters that took part, with the division of activity written out.

    Parameters
    ----------
    registry
        Raw register: no, name, founded, operating_since, members, pkd_code, pkd_name, voivodeship.

    Returns
    -------
    DataFrame
        Columns no, name, founded, members, pkd, voivodeship, ordered by no.
    """
    table = registry.sort_values("no", key=pd.to_numeric)
    pkd = table["pkd_code"].astype(str).str.zfill(2) + " – " + table["pkd_name"].astype(str)
    return table.assign(pkd=pkd)[["no", "name", "founded", "members", "pkd", "voivodeship"]].reset_index(drop=True)


def registry_table_en(registry: pd.DataFrame, divisions: pd.DataFrame, voivodeships: pd.DataFrame) -> pd.DataFrame:
    """The same clusters with divisions of activity and voivodeships in English; names of clusters stay.

    Parameters
    ----------
    registry
        As for `registry_table`.
    divisions
        PKD divisions: code, name_en.
    voivodeships
        Voivodeships: name_pl, name_en.
    """
    codes = registry["pkd_code"].astype(str).str.zfill(2)
    pkd = codes + " – " + codes.map(divisions.set_index("code")["name_en"])
    seat = registry["voivodeship"].map(voivodeships.set_index("name_pl")["name_en"])
    table = registry.assign(pkd=pkd, voivodeship=seat).sort_values("no", key=pd.to_numeric)
    return table[["no", "name", "founded", "members", "pkd", "voivodeship"]].reset_index(drop=True)


def registry_columns(labels: Labels) -> list[Column]:
    """Columns of Table 4; the founding year is text so that it is not grouped into thousands."""
    words = labels["columns"]
    return [
        Column("no", words["position"], align="right", format="integer", width=0.06),
        Column("name", words["name"], width=0.29),
        Column("founded", words["founded"], align="right", width=0.11),
        Column("members", words["members"], align="right", format="integer", width=0.11),
        Column("pkd", words["pkd"], width=0.26),
        Column("voivodeship", words["voivodeship"], width=0.17),
    ]


def save_sample_tables(
    desk: ExhibitDesk,
    framework: Framework,
    registry: pd.DataFrame,
    *,
    divisions: pd.DataFrame,
    voivodeships: pd.DataFrame,
) -> dict[int, pd.DataFrame]:
    """Save Tables 3 and 4, in English too where the desk has English labels; returns the Polish ones by number."""
    size = len(registry)
    index, clusters = None, None
    if desk.english is not None:
        words = desk.english
        index = English(
            framework_table(framework, words, "en"), framework_columns(words), words["sources"]["framework"]
        )
        clusters = English(
            registry_table_en(registry, divisions, voivodeships),
            registry_columns(words),
            words["sources"]["registry"].format(n=size),
        )
    structure = desk.table(
        3,
        framework_table(framework, desk.labels),
        framework_columns(desk.labels),
        source=desk.labels["sources"]["framework"],
        row_header="name",
        emphasis="emphasis",
        english=index,
    )
    registered = desk.table(
        4,
        registry_table(registry),
        registry_columns(desk.labels),
        source=desk.labels["sources"]["registry"].format(n=size),
        row_header="name",
        english=clusters,
    )
    return {3: structure, 4: registered}
