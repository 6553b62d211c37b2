"""Tables 5–9 and the data of Figures 20–28 and 30–39: the sub-areas of one area, and one sub-area in every group."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.framework import Framework
from analysis.tables.exhibits import ExhibitDesk, Labels
from analysis.workspace import Column

AREA_MEASURES = ("mean", "median", "benchmark")
# Divisions in the order of the method chapter, with the section of the labels that names their groups.
DIVISIONS = {"kkk": "status", "size": "size", "age": "age", "strategy": "strategy", "sector": "sector"}


def area_table(cross: pd.DataFrame, framework: Framework, area: str, labels: Labels) -> pd.DataFrame:
    """Mean, median and benchmark of the sub-areas of one area over all respondents, the area itself last.

    Parameters
    ----------
    cross
        Columns dimension, group, n, code, measure, value.

    Returns
    -------
    DataFrame
        Columns code, name, mean, median, benchmark, emphasis (1 for the area).
    """
    rows = cross[cross["dimension"] == "all"]
    wide = rows.pivot(index="code", columns="measure", values="value")
    codes = [*framework.subareas.index[framework.subareas["parent"] == area], area]
    table = wide.loc[codes, list(AREA_MEASURES)].rename_axis(None, axis=1).reset_index()
    names = [labels["words"]["area_total"] if code == area else framework.label(code) for code in codes]
    table.insert(1, "name", names)
    table["emphasis"] = [int(code == area) for code in codes]
    return table


def save_area_tables(
    desk: ExhibitDesk, cross: pd.DataFrame, framework: Framework, *, source: str
) -> dict[str, pd.DataFrame]:
    """Save the table of every area under the number whose title names the area's `code`; returns them by area."""
    words, measures = desk.labels["columns"], desk.labels["measures"]
    columns = [
        Column("name", words["subarea"], width=0.52),
        *(Column(m, measures[m], align="right", format="number", decimals=2, width=0.16) for m in AREA_MEASURES),
    ]
    return {
        caption["code"]: desk.table(
            no,
            area_table(cross, framework, caption["code"], desk.labels),
            columns,
            source=source,
            row_header="name",
            emphasis="emphasis",
        )
        for no, caption in desk.labels.tables.items()
        if caption.get("code") in framework.areas.index
    }


def group_table(cross: pd.DataFrame, framework: Framework, code: str, labels: Labels) -> pd.DataFrame:
    """Mean and benchmark of one score over all respondents and in every group, division by division.

    Parameters
    ----------
    cross
        Columns dimension, group, n, code, measure, value; divisions that are not there are left out.

    Returns
    -------
    DataFrame
        Columns panel (name of the division, '' for all respondents), group, n, mean, benchmark, dimension, group_code;
        as `analysis.charts.median_benchmark` wants them, measure `mean`.
    """
    own = cross[cross["code"] == code]
    wide = own.pivot(index=["dimension", "group", "n"], columns="measure", values="value").reset_index()
    listed = framework.cross_sections
    rows = []
    for dimension in ("all", *DIVISIONS):
        if dimension not in set(wide["dimension"]):  # the method need not ask for every division
            continue
        part = wide[wide["dimension"] == dimension].set_index("group")
        for group in listed.loc[listed["dimension"] == dimension, "group"]:
            name = labels["words"]["all_clusters"] if dimension == "all" else labels[DIVISIONS[dimension]][group]
            panel = "" if dimension == "all" else labels["dimensions"][dimension]
            row = part.loc[group]
            rows.append((panel, name, int(row["n"]), row["mean"], row["benchmark"], dimension, group))
    return pd.DataFrame(rows, columns=["panel", "group", "n", "mean", "benchmark", "dimension", "group_code"])


def subarea_figures(
    cross: pd.DataFrame, framework: Framework, labels: Labels
) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """Yield printed number, code and data of the figure of every sub-area, by the `code` of the figures' titles."""
    for no, caption in labels.figures.items():
        code = caption.get("code")
        if code in framework.subareas.index:
            yield no, str(code), group_table(cross, framework, str(code), labels)
