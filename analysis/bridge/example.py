"""A synthetic panel of two editions, made to be understood: every factor of the bridge does something one can name."""

from __future__ import annotations

import numpy as np
import pandas as pd

FRAMEWORK = """\
code,name,level,parent,direction,weight,unit,type
r1,Budżet,1,R,1,1,thousand_pln,Indicator
r2,Pracownicy koordynatora,1,R,1,1,persons,Indicator
p1,Projekty innowacyjne,1,P,1,1,count,Indicator
p2,Wdrożone innowacje,1,P,1,1,count,Indicator
p3,Targi zagraniczne,1,P,1,1,count,Indicator
R,Zasoby,2,ALL,1,1,,Aggregate
P,Działania,2,ALL,1,1,,Aggregate
ALL,Wynik ogółem,3,,1,1,,Aggregate
"""
METHOD = """\
# Method of the worked example: the cap and the scale of the published method.
name: example
description: "Cap at Q3 + 1.5 IQR, min-max, plain means"
treatment: {rule: iqr_cap, k: 1.5, side: upper, quantile_type: 7, zero_iqr: leave}
normalisation: {rule: minmax}
"""
SAME, LEAVING, ENTERING = 16, 3, 4
SEED = 2024


def example_panel(seed: int = SEED) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two editions of invented units, each (n_units, 5), index `unit`.

    The story, indicator by indicator:

    - r1: every unit of both editions grows by a tenth; a newcomer with a very large budget stretches the scale as
      far as the fence lets it.
    - r2: nothing changes for anybody; the three units that leave are the smallest, so the scale begins higher.
    - p1: every unit of both editions has one project more, and one newcomer has more than anybody.
    - p2: the middle of the field spreads out, so the fence moves up and great values are no longer cut off.
    - p3: units get better, and two of them no longer answer.

    Notes
    -----
    Units are S01 and on (both editions), L01 and on (first only), E01 and on (second only). Nothing in it describes a
    real cluster.
    """
    rng = np.random.default_rng(seed)
    same = [f"S{i:02d}" for i in range(1, SAME + 1)]
    leaving = [f"L{i:02d}" for i in range(1, LEAVING + 1)]
    entering = [f"E{i:02d}" for i in range(1, ENTERING + 1)]

    budget = np.round(rng.lognormal(6.2, 0.5, SAME)).astype(int)
    staff = np.sort(rng.integers(3, 12, SAME))
    projects = rng.integers(0, 9, SAME)
    innovations = np.concatenate([rng.integers(2, 6, SAME - 2), [14, 18]])
    later = np.concatenate([rng.integers(1, 10, SAME - 2), [14, 18]])
    fairs = rng.integers(1, 12, SAME).astype(float)
    first = pd.DataFrame(
        {"r1": budget, "r2": staff, "p1": projects, "p2": innovations, "p3": fairs}, index=pd.Index(same, name="unit")
    ).astype(float)
    second = pd.DataFrame(
        {"r1": np.round(budget * 1.1), "r2": staff, "p1": projects + 1, "p2": later, "p3": fairs + 2},
        index=first.index,
    ).astype(float)
    second.loc[same[3], "p3"] = second.loc[same[8], "p3"] = np.nan
    gone = pd.DataFrame(
        {"r1": [210.0, 260.0, 240.0], "r2": [1.0, 1.0, 2.0], "p1": [2.0, 0.0, 1.0], "p2": [3.0, 2.0, 4.0],
         "p3": [1.0, 2.0, 1.0]},
        index=leaving,
    )  # fmt: skip
    new = pd.DataFrame(
        {"r1": [9000.0, 300.0, 420.0, 380.0], "r2": [8.0, 3.0, 4.0, 5.0], "p1": [20.0, 1.0, 3.0, 2.0],
         "p2": [6.0, 1.0, 4.0, 3.0], "p3": [9.0, 2.0, 3.0, 1.0]},
        index=entering,
    )  # fmt: skip
    return pd.concat([first, gone]).rename_axis("unit"), pd.concat([second, new]).rename_axis("unit")


def example_files() -> dict[str, str]:
    """Content of the files of the worked example by path: a folder for each edition, and the method."""
    out = {"method.yaml": METHOD}
    for name, table in zip(("first", "second"), example_panel(), strict=True):
        out[f"{name}/indicators.csv"] = table.to_csv(float_format="%g", lineterminator="\n")
        out[f"{name}/framework.csv"] = FRAMEWORK
    return out
