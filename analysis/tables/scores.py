"""Tables 18–36 and the panels of Figures 13–16 and 19: scores by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.config import WITHHELD
from analysis.errors import PublishError
from analysis.framework import OVERALL, Framework
from analysis.tables.exhibits import English, ExhibitDesk, Labels
from analysis.workspace import Column

FIRST_TABLE = 18
MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")


def _group(cross: pd.DataFrame, dimension: str, group: str) -> pd.DataFrame:
    rows = cross[(cross["dimension"] == dimension) & (cross["group"] == group)]
    if not len(rows):
        raise PublishError(f"cross-sections have no group `{group}` of `{dimension}`")
    return rows


def score_table(
    cross: pd.DataFrame, framework: Framework, dimension: str, group: str, lang: str | None = None
) -> pd.DataFrame:
    """One group's distribution: a row for each sub-area, area and the overall score, a column for each measure.

    Parameters
    ----------
    cross
        Columns dimension, group, n, code, measure, value; 1 in a column withheld puts a sign for the value.

    Returns
    -------
    DataFrame
        25 rows; columns code, name, min, q1, median, mean, q3, benchmark, emphasis (1 for areas and the overall score).

    Raises
    ------
    PublishError
        The group is not in the cross-sections.
    """
    rows = _group(cross, dimension, group)
    wide = rows.pivot(index="code", columns="measure", values="value").loc[framework.score_codes, list(MEASURES)]
    if "withheld" in rows and rows["withheld"].any():
        gone = rows.pivot(index="code", columns="measure", values="withheld").loc[wide.index, wide.columns]
        wide = wide.astype(object).mask(gone == 1, WITHHELD)
    table = wide.rename_axis(None, axis=1).reset_index()
    names = [
        framework.label(c, lang) if c == OVERALL else f"{c}. {framework.label(c, lang)}" for c in framework.score_codes
    ]
    table.insert(1, "name", names)
    table["emphasis"] = [int(c not in framework.subareas.index) for c in framework.score_codes]
    return table


def score_columns(labels: Labels) -> list[Column]:
    """Columns of Tables 18–36."""
    return [
        Column("name", labels["columns"]["element"], width=0.45),
        *(
            Column(
                m,
                labels["measures"][m],
                align="right",
                format="number",
                decimals=2,
                width=0.115 if m == "benchmark" else 0.087,
            )
            for m in MEASURES
        ),
    ]


def score_groups(
    cross: pd.DataFrame, framework: Framework, dimensions: Sequence[str]
) -> Iterator[tuple[int, int, str, str]]:
    """Yield printed number of the table, group size, dimension and group, in the order of the annex."""
    no = FIRST_TABLE
    for dimension in dimensions:
        for group in framework.cross_sections.loc[framework.cross_sections["dimension"] == dimension, "group"]:
            size = int(_group(cross, dimension, group)["n"].iloc[0])
            yield no, size, dimension, str(group)
            no += 1


def save_score_tables(
    desk: ExhibitDesk,
    cross: pd.DataFrame,
    framework: Framework,
    dimensions: Sequence[str],
    *,
    source: Mapping[str, str],
) -> dict[int, pd.DataFrame]:
    """Save the table of every group; returns the Polish ones by number.

    `source` has a line for each language, with a place `{n}` for the size of the group.
    """
    saved = {}
    for no, size, dimension, group in score_groups(cross, framework, dimensions):
        english = None
        if desk.english is not None:
            other = score_table(cross, framework, dimension, group, "en")
            english = English(other, score_columns(desk.english), source["en"].format(n=size))
        saved[no] = desk.table(
            no,
            score_table(cross, framework, dimension, group),
            score_columns(desk.labels),
            source=source["pl"].format(n=size),
            row_header="name",
            emphasis="emphasis",
            subject=f"{dimension}/{group}",
            english=english,
        )
    return saved


def panel_table(
    cross: pd.DataFrame, framework: Framework, groups: Mapping[str, str], *, dimension: str, overall: str | None = None
) -> pd.DataFrame:
    """Median and benchmark of each group in each area, as `analysis.charts.median_benchmark` wants them.

    Parameters
    ----------
    groups
        Group code → printed name, in printed order.
    overall
        Name of the overall score, which then makes the last panel.

    Returns
    -------
    DataFrame
        Columns panel, group, n, median, benchmark, code, group_code.
    """
    rows = []
    for code in [*framework.areas.index, *([OVERALL] if overall else [])]:
        for group, label in groups.items():
            part = _group(cross, dimension, group)
            values = part[part["code"] == code].set_index("measure")["value"]
            name = str(overall) if code == OVERALL else framework.label(code)
            rows.append((name, label, int(part["n"].iloc[0]), values["median"], values["benchmark"], code, group))
    return pd.DataFrame(rows, columns=["panel", "group", "n", "median", "benchmark", "code", "group_code"])


def edition_panels(cross: pd.DataFrame, published: pd.DataFrame, framework: Framework, labels: Labels) -> pd.DataFrame:
    """Median and benchmark of each area in the previous edition, as far as published, and in this one.

    Parameters
    ----------
    cross
        Cross-sections of this edition.
    published
        Published statistics of the previous edition: metric, statistic, group, value.

    Returns
    -------
    DataFrame
        As `panel_table`; missing where nothing was published.
    """
    whole = published[published["group"] == "all"].drop_duplicates(["metric", "statistic"])
    known = whole.set_index(["metric", "statistic"])["value"].astype(float).to_dict()
    current = panel_table(cross, framework, {"all": labels["editions"]["current"]}, dimension="all")
    rows = []
    for row in current.to_dict("records"):
        code = str(row["code"])
        before = {
            **row,
            "group": labels["editions"]["previous"],
            "group_code": "previous",
            "n": known.get(("clusters", "count")),
            "median": known.get((code, "median")),
            "benchmark": known.get((code, "max")),
        }
        rows += [before, {**row, "group_code": "current"}]
    return pd.DataFrame(rows, columns=list(current.columns)).astype({"median": float, "benchmark": float})
